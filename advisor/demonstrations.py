"""The lecture's claims as experiments: each measured over several seeds, and judged."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor import _shelf, keeping, labs
from advisor.errors import UnknownNameError, whole_number
from advisor.lecture import CLAIMS
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

SEEDS = 5  # fewer would say nothing
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Number:
    """Something measured, over seeds, and what it must be for the verdict to stand.

    Attributes:
        what: in words.
        values: one a seed, or one in all.
        least, most: bounds for every value; None for none.
    """

    what: Text
    values: tuple[float, ...]
    least: float | None = None
    most: float | None = None

    @property
    def ok(self) -> bool:
        """Every value lies within the bounds; NaN never does."""
        return all(
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            for value in self.values
        )

    @property
    def range(self) -> str:
        """The values as an interval, or as one number."""
        low, high = _number(min(self.values)), _number(max(self.values))
        return low if low == high else f"{low} … {high}"

    @property
    def bound(self) -> str:
        """What the values must be, "" where nothing is asked."""
        if self.least is not None and self.most is not None:
            if self.least == self.most:
                return f"= {_number(self.least)}"
            return f"{_number(self.least)} … {_number(self.most)}"
        if self.least is not None:
            return f"≥ {_number(self.least)}"
        return "" if self.most is None else f"≤ {_number(self.most)}"


@dataclass(frozen=True, repr=False)
class Demonstration(Answer):
    """An experiment on one claim of the lecture.

    Attributes:
        name: of the experiment.
        title: what it shows.
        claim: as the lecture makes it.
        verdict: how far it is true.
        limits: where it stops being true.
        numbers: what was measured, and what it must be.
        criterion: which of them decides.
        question, answer: for students.
        source: where the facts are from.
        seeds: how many networks of each kind.
        seconds: how long it took.
    """

    name: str
    title: Text
    claim: Text
    verdict: Text
    limits: Text
    numbers: tuple[Number, ...]
    criterion: Text
    question: Text
    answer: Text
    source: str
    seeds: int
    seconds: float
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Every number is what it must be, so the verdict stands."""
        return all(number.ok for number in self.numbers)

    def page(self) -> Page:
        """Describe the experiment in the language spoken now."""
        page = Page(f"{'✓' if self.ok else '✗'} {self.name}{_COLON}{self.title}")
        page.rows(
            (_CLAIM, self.claim),
            (_VERDICT, self.verdict),
            (_LIMITS, self.limits),
            (_CRITERION, self.criterion),
        )
        rows = (
            ("✓" if one.ok else "✗", one.range, one.bound or "–", str(one.what))
            for one in self.numbers
        )
        page.heading(_MEASURED.format(self.seeds)).rows(*rows, head=_head())
        page.heading(_FOR_STUDENTS)
        page.rows((_QUESTION, self.question), (_ANSWER, self.answer), (_SOURCE, self.source))
        return page

    def to_dict(self) -> dict[str, Any]:
        """Return the experiment as plain JSON types; NaN and infinity as text."""
        words = ("title", "claim", "verdict", "limits", "criterion", "question", "answer")
        return {
            "name": self.name,
            "ok": self.ok,
            **{name: str(getattr(self, name)) for name in words},
            "numbers": [
                {
                    "what": str(one.what),
                    "values": [_plain(value) for value in one.values],
                    "least": one.least,
                    "most": one.most,
                    "ok": one.ok,
                }
                for one in self.numbers
            ],
            "seeds": self.seeds,
            "seconds": round(self.seconds, 2),
            "source": self.source,
        }

    def plot(self) -> Any:
        """Draw what was measured, as a matplotlib Figure."""
        from advisor import pictures

        shelf = _entry(self.name)

        def paint(axes: Any, words: Any) -> None:
            shelf.paint(list(axes[0]), self.data, words)

        return pictures.draw(shelf.PANELS, 1, paint, width=5.2)


def lab(name: str, *, seeds: int = SEEDS, keep: Any = None) -> Demonstration:
    """Run the experiment on one claim of the lecture.

    Its trainings go where joblib's configuration sends them, as those of `compare` do.

    Args:
        name: as in `names()`; "-" and "_" do not matter.
        seeds: how many networks of each kind; five are the fewest that say something.
        keep: folder for the trainings that are finished, which goes on from there; None for none.

    Raises:
        UnknownNameError: no such experiment; the nearest name is given.
        OptionError: seeds is no whole number of at least 2, keep cannot be written, workers are lost.

    Example:
        >>> lab("sigmoid-slope").ok
        True
    """
    whole_number("seeds", seeds, _FEWEST)
    entry = _entry(name)
    start = time.perf_counter()
    with keeping.kept_in(keep):
        numbers, data = entry.measure(seeds)
    return Demonstration(
        name=_public(entry.__name__.split(".")[-1]),
        title=entry.TITLE,
        claim=join_claims(entry.LECTURE),
        verdict=entry.VERDICT,
        limits=entry.LIMITS,
        numbers=tuple(numbers),
        criterion=entry.CRITERION,
        question=entry.QUESTION,
        answer=entry.ANSWER,
        source=entry.SOURCE,
        seeds=seeds,
        seconds=time.perf_counter() - start,
        data=data,
    )


def names() -> list[str]:
    """List the experiments in the lecture's order."""
    found = [_public(name) for name in _shelf.names(labs)]
    return sorted(found, key=lambda name: (_entry(name).ORDER, name))


def titles() -> Iterator[tuple[str, Text]]:
    """Give each experiment's name and title, in the lecture's order."""
    for name in names():
        yield name, _entry(name).TITLE


def join_claims(keys: Sequence[str]) -> Text:
    """Return the lecture's claims as one paragraph."""
    return Text(
        en=" ".join(CLAIMS[key].en for key in keys), zh="".join(CLAIMS[key].zh for key in keys)
    )


def _entry(name: object) -> ModuleType:
    """Import an experiment by its public name."""
    known = [_public(one) for one in _shelf.names(labs)]
    if str(name).replace("_", "-").lower() not in known:
        raise UnknownNameError("lab", name, known)
    return _shelf.entry(labs, "lab", str(name).replace("-", "_").lower())


def _public(name: str) -> str:
    return name.replace("_", "-")


def _number(value: float) -> str:
    """Write a number shortly; near 1 from below with the digits that tell it from 1."""
    if value != value:  # noqa: PLR0124 - NaN
        return "NaN"
    text = f"{value:.3g}"
    if text == "1" and value != 1:
        text = f"{value:.6g}"
    return text.replace("inf", "∞").replace("-", "−")


def _plain(value: float) -> float | str:
    import math

    return float(value) if math.isfinite(value) else str(value)


def _head() -> tuple[str, ...]:
    return "", *str(_HEAD).split("|")


_COLON = Text(en=": ", zh="：")
_CLAIM = Text(en="the lecture", zh="讲义说")
_VERDICT = Text(en="verdict", zh="结论")
_LIMITS = Text(en="but", zh="但是")
_CRITERION = Text(en="decided by", zh="怎么判断")
_MEASURED = Text(en="Measured, over {} seeds", zh="实测，{} 个种子")
_HEAD = Text(en="measured|must be|what", zh="测得|要求|测的是什么")
_FOR_STUDENTS = Text(en="For students", zh="给学生")
_QUESTION, _ANSWER = Text(en="question", zh="问题"), Text(en="answer", zh="答案")
_SOURCE = Text(en="source", zh="出处")
