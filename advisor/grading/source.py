"""An assignment as its teacher keeps it: a folder with `assignment.toml` and one percent-format source.

Its questions stand in the source's first cell (see `questions`); nothing here runs it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.grading import questions
from advisor.text import LANGUAGES, Text

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.grading.questions import Question

REVEALS = ("points", "message", "description", "full")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_KEYS = {
    "name", "title", "version", "language", "reveal", "self_check", "variants", "due", "key", "points",
    "limits",
}  # fmt: skip
_BANDS = "bands.json"
_MOST = 1_000_000  # seconds or megabytes


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
        asked = {n: [one.kind, one.points, _graded(one.spec)] for n, one in self.questions.items()}
        bands = {name: band for name, band in self.bands.items() if isinstance(band, dict)}
        what = [self.name, asked, self.vary, self.variants, self.key, bands, vars_of(self.limits)]
        text = json.dumps(what, ensure_ascii=False, sort_keys=True)
        return f"{self.number}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def vars_of(limits: Limits) -> dict[str, float]:
    """Return limits as plain data."""
    return {name: getattr(limits, name) for name in ("seconds", "memory_mb", "file_mb")}


def _graded(spec: dict[str, Any]) -> dict[str, Any]:
    """Leave out prose: a slip of the pen that is mended lets nobody be graded again."""
    kept = {key: value for key, value in spec.items() if key not in {"text", "hints"}}
    if kept.get("why"):
        kept["why"] = [bool(one.get("right")) for one in kept["why"]]
    return kept


def read(folder: Path) -> Source:
    """Read an assignment's folder.

    Raises:
        OptionError: a file is missing or damaged, or holds what cannot be; one line says where.
    """
    table = _toml(folder / "assignment.toml")
    name = table.get("name", folder.name)
    if not isinstance(name, str) or not NAME.fullmatch(name) or name != folder.resolve().name:
        raise OptionError(
            f"Expected the name in assignment.toml to be the folder's, small letters, digits and - : "
            f"{shown(folder.resolve().name)}. Received: {shown(name)}."
        )
    code = _text(folder / f"{name}.py")
    asked, vary = questions.read(code, f"{name}.py", table.get("points"))
    return Source(
        folder=folder,
        name=name,
        title=_title(table),
        number=_typed(table, "version", 1, int),
        language=_one_of(table, "language", (*LANGUAGES, "both"), "both"),
        reveal=_one_of(table, "reveal", REVEALS, "description"),
        self_check=_typed(table, "self_check", True, bool),  # noqa: FBT003 - a default
        variants=_one_of(table, "variants", ("student", "none"), "student"),
        due=_due(table.get("due")),
        key=_key(table),
        limits=_limits(table.get("limits", {})),
        vary=vary,
        questions=asked,
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
    except (OSError, ValueError, RecursionError):
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
    except (ValueError, RecursionError, OSError) as error:
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


def _title(table: dict[str, Any]) -> Text:
    title = table.get("title")
    return (
        Text(en=title, zh=title)
        if isinstance(title, str)
        else questions.words(title, "title in assignment.toml")
    )


def _typed(table: dict[str, Any], key: str, default: Any, kind: type) -> Any:
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
    """Return when it is due; without a time zone, in the teacher's own."""
    if given is None:
        return None
    if isinstance(given, str) and len(given) > len("2026-12-24"):  # a date alone ends when?
        with contextlib.suppress(ValueError):
            given = datetime.fromisoformat(given)
    if isinstance(given, datetime):
        with contextlib.suppress(ValueError, OverflowError):
            return given.astimezone() if given.tzinfo is None else given
    raise OptionError(
        "Expected due of assignment.toml as a date with time, such as 2026-12-24T23:59:00+08:00. "
        f"Received: {shown(str(given))}."
    )


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
        kinds = (int, float) if key == "seconds" else int
        number = isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not 0 < value <= _MOST:
            what = "a number" if key == "seconds" else "a whole number"
            raise OptionError(
                f"Expected {key} in [limits] to be {what} above 0. Received: {shown(value)}."
            )
    return Limits(**given)
