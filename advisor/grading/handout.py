"""What a student is handed: `assignment.json`, the rows of each question, and what to fill in.

Nothing in it tells the seeds, so nobody draws the hidden rows. Where students may check answers
themselves, the questions' specs travel in it, packed so that nobody reads an answer by accident;
who unpacks them on purpose learns what checking as often as one likes would tell as well.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown
from advisor.grading import kinds, marking, variants
from advisor.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.grading.source import Source

FILE = "assignment.json"
_MOST = 8 * 2**20
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Handed:
    """One question as a student has it.

    Attributes:
        name, kind, points: as the teacher set them.
        text: with the student's values and what there is to choose from.
        hints: the first one first.
        spec: what is needed to check an answer; None where the teacher keeps that.
        curves: what is shown for it: x and y by label.
        band: what the reference scored.
    """

    name: str
    kind: str
    points: float
    text: Text
    hints: tuple[Text, ...]
    spec: dict[str, Any] | None = field(repr=False)
    curves: dict[str, tuple[list[float], list[float]]] = field(repr=False)
    band: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Handout:
    """An assignment as a student has it; `reference` where the teacher's own solution is run."""

    name: str
    title: Text
    student: str
    questions: dict[str, Handed]
    reference: bool = False


def make(source: Source, student: str) -> Handout:
    """Return a student's handout, with all specs."""
    own = variants.values(source, student)
    asked = {
        name: (spec, band) for name, _, _, spec, band in marking.sheet(source, student).questions
    }
    questions = {}
    for name, question in source.questions.items():
        spec, band = asked[name]
        questions[name] = Handed(
            name,
            question.kind,
            question.points,
            _text(question.kind, variants.text_of(question.text, own, f"The text of {name}"), spec),
            tuple(variants.text_of(hint, own, f"A hint of {name}") for hint in question.hints),
            spec,
            _curves(question.kind, spec),
            band,
        )
    return Handout(source.name, source.title, student, questions)


def _text(kind: str, words: Text, spec: dict[str, Any]) -> Text:
    """Return a question's words, with what there is to choose from."""
    listing = getattr(kinds.kind(kind), "listing", None)
    if listing is None:
        return words
    more = listing(spec)
    return Text(en=f"{words.en}\n\n{more.en}".rstrip(), zh=f"{words.zh}\n\n{more.zh}".rstrip())


def _curves(kind: str, spec: dict[str, Any]) -> dict[str, tuple[list[float], list[float]]]:
    from advisor.grading import values

    if kind != "number" or not values.has_curve(spec):
        return {}
    return {
        label: ([float(x) for x in xs], [float(y) for y in ys])
        for label, (xs, ys) in values.curve(spec).items()
    }


def files(source: Source, student: str, *, reference: bool = False) -> dict[str, str]:
    """Return the files that a student is handed beside the code, by name."""
    given = make(source, student)
    found = {FILE: dumps(given, self_check=source.self_check or reference, reference=reference)}
    for name, question in given.questions.items():
        if question.spec is not None and has_rows(question.kind, question.spec):
            drawn = marking.rows(question.spec)
            found[f"{name}.csv"] = table(drawn.X_train, drawn.y_train)
    return found


def dumps(handout: Handout, *, self_check: bool, reference: bool = False) -> str:
    """Return `assignment.json`."""
    questions = {}
    for name, one in handout.questions.items():
        assert one.spec is not None  # noqa: S101 - `make` fills it in
        questions[name] = {
            "kind": one.kind,
            "points": one.points,
            "text": _both(one.text),
            "hints": [_both(hint) for hint in one.hints],
            "curves": one.curves,
            "band": one.band,
            "spec": _packed(_open(one.kind, one.spec)) if self_check else None,
        }
    whole: dict[str, Any] = {
        "name": handout.name,
        "title": _both(handout.title),
        "student": handout.student,
        "questions": questions,
    }
    whole |= {"reference": True} if reference else {}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _open(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Leave out seeds, and put the number in the place of what it is drawn from."""
    from advisor.grading.kinds import number

    prose = {"seed", "text", "hints"}
    kept = {k: v for k, v in spec.items() if k not in prose and not variants.secret(v)}
    return {**kept, "wanted": number.value(spec)} if kind == "number" else kept


def _packed(spec: dict[str, Any]) -> str:
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    return base64.b85encode(zlib.compress(text.encode())).decode()


def _both(words: Text) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def read(folder: Path) -> Handout:
    """Read a handed-out folder.

    Raises:
        OptionError: there is none here, or it is damaged.
    """
    file = folder / FILE
    try:
        data = file.read_bytes()[:_MOST]
        given = json.loads(data)
        questions = {}
        for name, one in given["questions"].items():
            spec = one["spec"]
            questions[name] = Handed(
                name,
                one["kind"],
                float(one["points"]),
                Text(**one["text"]),
                tuple(Text(**hint) for hint in one["hints"]),
                None if spec is None else json.loads(zlib.decompress(base64.b85decode(spec))),
                one["curves"],
                one["band"],
            )
        names = given["name"], Text(**given["title"]), given["student"]
        return Handout(*names, questions, given.get("reference", False))
    except FileNotFoundError:
        raise OptionError(
            f"There is no {FILE} in {shown(folder.name or '.')}. Run this in the folder that was handed out."
        ) from None
    except (*_DAMAGED, zlib.error) as error:
        raise OptionError(
            f"{FILE} is damaged ({type(error).__name__}). Take the folder from your teacher again."
        ) from None


def table(X: Any, y: Any) -> str:
    """Return rows as a CSV file, x1, x2, …, y; every number as it is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(f"x{n}" for n in range(1, X.shape[1] + 1)), "y"])
    for features, target in zip(X.tolist(), y.tolist(), strict=True):
        writer.writerow([*map(repr, features), repr(target)])
    return out.getvalue()


def rows(file: Path) -> tuple[Any, Any]:
    """Return X and y of such a file; y as integers where all are.

    Raises:
        OptionError: it is missing or damaged.
    """
    import numpy as np

    try:
        found = np.loadtxt(file, delimiter=",", skiprows=1, ndmin=2, encoding="utf-8")
    except FileNotFoundError:
        raise OptionError(
            f"There is no {file.name} here: {file.stem} comes without rows, or the file was moved."
        ) from None
    except (OSError, ValueError, UserWarning) as error:
        raise OptionError(
            f"{file.name} cannot be read ({type(error).__name__}). Take it from your teacher again."
        ) from None
    X, y = found[:, :-1], found[:, -1]
    return X, y.astype("int64") if (y == y.round()).all() else y


def has_rows(kind: str, spec: dict[str, Any]) -> bool:
    """Say whether a question comes with rows."""
    return kind in {"head", "score", "repair"} or (kind == "choice" and "fault" in spec)
