"""An assignment as its teacher keeps it: a folder with `assignment.toml` and one percent-format source.

The source's first cell, tagged "advisor", holds the questions as literals. It is read, never run.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.text import LANGUAGES, Text

if TYPE_CHECKING:
    from pathlib import Path

REVEALS = ("points", "message", "description", "full")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_QUESTION = re.compile(r"[a-z][a-z0-9_]{0,19}")
_KEYS = {
    "name", "title", "version", "language", "reveal", "self_check", "variants", "due", "key", "points",
    "limits",
}  # fmt: skip
_BANDS = "bands.json"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may take.

    Attributes:
        seconds: of computing, for each model that Keras opens.
        memory_mb: of address space, likewise; TensorFlow itself needs about 3,000.
        file_mb: of one file.
    """

    seconds: float = 30
    memory_mb: int = 4096
    file_mb: int = 64


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it stands in the source, before a student's values are filled in."""

    name: str
    kind: str
    points: float
    text: Text
    hints: tuple[Text, ...]
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """An assignment, read from its folder.

    Attributes:
        folder: where it lies.
        name: as the folder's.
        title: what it is about.
        number: its version as the teacher counts.
        language: "en", "zh" or "both".
        reveal: what feedback shows, one of REVEALS.
        self_check: students may check answers themselves, as often as they like.
        variants: "student" for one a student, "none" where all have the same.
        due: when it is due; None for never.
        key: of the variants; secret.
        limits: of a submission.
        vary: what differs between students.
        questions: by name.
        code: the source as it stands.
        bands: what the reference scored, by question; measured by `render`.
    """

    folder: Path
    name: str
    title: Text
    number: int
    language: str
    reveal: str
    self_check: bool
    variants: str
    due: datetime | None
    key: str
    limits: Limits
    vary: dict[str, Any]
    questions: dict[str, Question]
    code: str
    bands: dict[str, Any]

    @property
    def version(self) -> str:
        """The teacher's number and a fingerprint of all that a grade depends on."""
        asked = {
            name: [one.kind, one.points, _graded(one.spec)] for name, one in self.questions.items()
        }
        bands = {name: band for name, band in self.bands.items() if isinstance(band, dict)}
        what = [self.name, asked, self.vary, self.variants, self.key, bands, vars_of(self.limits)]
        text = json.dumps(what, ensure_ascii=False, sort_keys=True, default=str)
        return f"{self.number}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def vars_of(limits: Limits) -> dict[str, float]:
    """Return limits as plain data."""
    return {name: getattr(limits, name) for name in ("seconds", "memory_mb", "file_mb")}


def _graded(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key not in {"text", "hints"}}


def read(folder: Path) -> Source:
    """Read an assignment's folder.

    Raises:
        OptionError: a file is missing or damaged, or holds what cannot be; one line says where.
    """
    from advisor.grading import kinds

    table = _toml(folder / "assignment.toml")
    name = table.get("name", folder.name)
    if not isinstance(name, str) or not NAME.fullmatch(name) or name != folder.name:
        raise OptionError(
            f"Expected the name in assignment.toml to be the folder's, small letters, digits and - : "
            f"{shown(folder.name)}. Received: {shown(name)}."
        )
    code = _text(folder / f"{name}.py")
    constants = _constants(code, f"{name}.py")
    points = table.get("points")
    raw = constants.get("QUESTIONS")
    if not isinstance(raw, dict) or not raw:
        raise OptionError(f"Expected QUESTIONS = {{…}} in the first cell of {name}.py.")
    if not isinstance(points, dict) or set(points) != set(raw):
        raise OptionError(
            f"Expected [points] of assignment.toml to name the questions {', '.join(map(str, raw))}. "
            f"Received: {', '.join(map(str, points or ())) or 'none'}."
        )
    vary = constants.get("VARY", {})
    _vet_vary(vary)
    return Source(
        folder=folder,
        name=name,
        title=_title(table),
        number=_number(table, "version", 1, int),
        language=_one_of(table, "language", (*LANGUAGES, "both"), "both"),
        reveal=_one_of(table, "reveal", REVEALS, "description"),
        self_check=_number(table, "self_check", True, bool),  # noqa: FBT003 - a default
        variants=_one_of(table, "variants", ("student", "none"), "student"),
        due=_due(table.get("due")),
        key=_key(table),
        limits=_limits(table.get("limits", {})),
        vary=vary,
        questions={
            str(key): _question(str(key), spec, points[key], set(kinds.names()))
            for key, spec in raw.items()
        },
        code=code,
        bands=_bands(folder / _BANDS),
    )


def title_of(folder: Path) -> Text:
    """Return an assignment's title without reading the rest.

    Raises:
        OptionError: its assignment.toml cannot be read.
    """
    return _title(_toml(folder / "assignment.toml"))


def bands_file(source: Source) -> Path:
    """Return where what the reference scored is kept."""
    return source.folder / _BANDS


def _bands(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise OptionError(
            f"{_BANDS} is damaged. Remove it and render the assignment again."
        ) from None
    return found if isinstance(found, dict) else {}


def _toml(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise OptionError(
            f"There is no assignment.toml in {shown(file.parent.name)}. Try: advisor assignment new."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise OptionError(f"assignment.toml cannot be read: {str(error)[:100]}.") from None
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise UnknownNameError("key in assignment.toml", unknown[0], sorted(_KEYS))
    return table


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(
            f"The source {shown(file.name)} cannot be read ({type(error).__name__})."
        ) from None


def _constants(code: str, name: str) -> dict[str, Any]:
    """Return the literals of the first cell."""
    first = re.split(r"^# %%", code, maxsplit=2, flags=re.MULTILINE)
    try:
        tree = ast.parse(first[1].partition("\n")[2] if len(first) > 1 else "")
    except SyntaxError as error:
        raise OptionError(f"{name}, first cell, line {error.lineno}: {error.msg}.") from None
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                raise OptionError(
                    f"{name}, first cell: {node.targets[0].id} must be a literal; it is read, never run."
                ) from None
    return found


def _question(name: str, spec: Any, points: Any, known: set[str]) -> Question:
    if not _QUESTION.fullmatch(name) or not isinstance(spec, dict):
        raise OptionError(f"Expected questions named q1, q2, … as dicts. Received: {shown(name)}.")
    if spec.get("kind") not in known:
        raise UnknownNameError(f"kind of question {name}", spec.get("kind"), sorted(known))
    if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 < points <= 1000:  # noqa: PLR2004
        raise OptionError(
            f"Expected the points of {name} to be above 0. Received: {shown(points)}."
        )
    return Question(
        name,
        spec["kind"],
        float(points),
        _words(spec.get("text"), f"text of {name}"),
        tuple(_words(hint, f"hints of {name}") for hint in spec.get("hints", ())),
        spec,
    )


def _words(given: Any, where: str) -> Text:
    if not isinstance(given, dict) or set(given) != set(LANGUAGES):
        raise OptionError(f'Expected {{"en": …, "zh": …}} as the {where}.')
    return Text(en=str(given["en"]), zh=str(given["zh"]))


def _title(table: dict[str, Any]) -> Text:
    title = table.get("title")
    return Text(en=title, zh=title) if isinstance(title, str) else _words(title, "title")


def _number(table: dict[str, Any], key: str, default: Any, kind: type) -> Any:
    value = table.get(key, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise OptionError(
            f"Expected {key} of assignment.toml to be a {kind.__name__}. Received: {shown(value)}."
        )
    return value


def _one_of(table: dict[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    value = table.get(key, default)
    if value not in known:
        raise UnknownNameError(f"{key} in assignment.toml", value, known)
    return str(value)


def _due(given: Any) -> datetime | None:
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            given = None
    if not isinstance(given, datetime):
        raise OptionError(
            "Expected due of assignment.toml as a date with time, such as 2026-12-24T23:59:00+08:00."
        )
    return given.astimezone() if given.tzinfo is None else given


def _key(table: dict[str, Any]) -> str:
    key = table.get("key", "")
    if not isinstance(key, str) or len(key) < 16:  # noqa: PLR2004 - 64 bits in hexadecimal
        raise OptionError(
            "Expected key of assignment.toml to be at least 16 secret characters; "
            "`advisor assignment new` writes one, `python -c 'import secrets; print(secrets.token_hex())'` makes one."
        )
    return key


def _limits(given: Any) -> Limits:
    known = vars_of(Limits())
    if not isinstance(given, dict) or set(given) - set(known):
        raise OptionError(f"Expected [limits] of assignment.toml to hold {', '.join(known)}.")
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise OptionError(
                f"Expected {key} in [limits] to be above 0. Received: {shown(value)}."
            )
    return Limits(**given)


def _vet_vary(vary: Any) -> None:
    if not isinstance(vary, dict):
        raise OptionError("Expected VARY to be a dict of names and lists of what they may be.")
    for names, options in vary.items():
        enough = isinstance(options, (list, tuple)) and len(options) >= len(str(names).split())
        if options != "seed" and not enough:
            raise OptionError(
                f"Expected VARY[{shown(names)}] to be 'seed' or a list of at least as many options as "
                "there are names."
            )
