"""The questions of an assignment, as literals in the first cell of its source: read, never run."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.text import LANGUAGES, Text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_CELL = re.compile(r"^# ?%%.*\n?", re.MULTILINE)
SEED = "seed"  # in VARY: a secret whole number, which nobody is told
_LEAST, _MOST = 0.01, 1000.0  # points


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it stands in the source, before a student's values are filled in."""

    name: str
    kind: str
    points: float
    text: Text
    hints: tuple[Text, ...]
    spec: dict[str, Any]


def read(code: str, file: str, points: Any) -> tuple[dict[str, Question], dict[str, Any]]:
    """Return the questions by name, and what differs between students.

    Raises:
        OptionError: the first cell holds none, or what cannot be; one line says where.
    """
    from advisor.grading import kinds

    constants = _constants(code, file)
    raw, vary = constants.get("QUESTIONS"), constants.get("VARY", {})
    if not isinstance(raw, dict) or not raw:
        raise OptionError(f"Expected QUESTIONS = {{…}} in the first cell of {file}.")
    named = list(points) if isinstance(points, dict) else []
    if set(named) != set(raw):
        raise OptionError(
            f"Expected [points] of assignment.toml to name the questions {_listed(raw)}. "
            f"Received: {_listed(named) or 'none'}."
        )
    _vet_vary(vary)
    known = kinds.names()
    return {name: _question(name, spec, points[name], known) for name, spec in raw.items()}, vary


def words(given: Any, where: str) -> Text:
    """Return {"en": …, "zh": …} as Text.

    Raises:
        OptionError: it is something else.
    """
    if not isinstance(given, dict) or set(given) != set(LANGUAGES):
        raise OptionError(
            f'Expected {{"en": …, "zh": …}} as the {where}. Received: {shown(given)}.'
        )
    if not all(isinstance(one, str) for one in given.values()):
        raise OptionError(f"Expected words as the {where}. Received: {shown(given)}.")
    return Text(**given)


def _listed(names: Any) -> str:
    return ", ".join(map(str, names))


def _constants(code: str, file: str) -> dict[str, Any]:
    """Return the literals of the first cell."""
    before, *cells = _CELL.split(code, maxsplit=2)
    skipped = before.count("\n") + 1
    found = {}
    try:
        tree = ast.parse(cells[0] if cells else "")
    except SyntaxError as error:
        line = skipped + (error.lineno or 0)
        raise OptionError(f"{file}, line {line}, in the first cell: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise OptionError(f"{file}, first cell: it cannot be read ({error}).") from None
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                raise OptionError(
                    f"{file}, line {skipped + node.lineno}, in the first cell: {node.targets[0].id} must "
                    "be a literal; it is read, never run."
                ) from None
    return found


def _question(name: Any, spec: Any, points: Any, known: list[str]) -> Question:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(spec, dict):
        raise OptionError(f"Expected questions named q1, q2, … as dicts. Received: {shown(name)}.")
    if spec.get("kind") not in known:
        raise UnknownNameError(f"kind of question {name}", spec.get("kind"), known)
    number = isinstance(points, (int, float)) and not isinstance(points, bool)
    if not number or not _LEAST <= points <= _MOST:
        raise OptionError(
            f"Expected the points of {name} to be {_LEAST} to {_MOST:g}. Received: {shown(points)}."
        )
    hints = spec.get("hints", ())
    if not isinstance(hints, (list, tuple)):
        raise OptionError(f"Expected a list of hints of {name}. Received: {shown(hints)}.")
    _vet_plain(spec, name)
    _vet_reasons(spec.get("why"), name)
    return Question(
        name,
        spec["kind"],
        float(points),
        words(spec.get("text"), f"text of {name}"),
        tuple(words(hint, f"hints of {name}") for hint in hints),
        spec,
    )


def _vet_plain(spec: Any, where: str) -> None:
    """Refuse what a handout cannot carry: sets, bytes, complex numbers, keys that are no names."""
    try:
        json.dumps(spec, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise OptionError(
            f"Expected {where} to hold names, numbers, lists and dicts alone."
        ) from None


def _vet_reasons(reasons: Any, name: str) -> None:
    if reasons is None:
        return
    if not isinstance(reasons, (list, tuple)) or not all(isinstance(one, dict) for one in reasons):
        raise OptionError(f"Expected why of {name} to be a list of reasons.")
    for one in reasons:
        words({key: one[key] for key in one if key != "right"}, f"reasons of {name}")
    if not any(one.get("right") is True for one in reasons):
        raise OptionError(f'Expected a reason of {name} with "right": True.')


def _vet_vary(vary: Any) -> None:
    if not isinstance(vary, dict) or not all(isinstance(names, str) for names in vary):
        raise OptionError("Expected VARY to be a dict of names and lists of what they may be.")
    every = [name for names in vary for name in names.split()]
    bad = [n for n in every if not n.isidentifier() or every.count(n) > 1]
    if bad or not all(names.split() for names in vary):
        raise OptionError(
            f"Expected each name of VARY once, as in Python. Received: {_listed(bad)}."
        )
    for names, options in vary.items():
        enough = isinstance(options, (list, tuple)) and len(options) >= len(names.split())
        if options != SEED and not enough:
            raise OptionError(
                f"Expected VARY[{shown(names)}] to be 'seed' or a list of at least as many options as "
                "there are names."
            )
        _vet_plain(options, f"VARY[{shown(names)}]")
