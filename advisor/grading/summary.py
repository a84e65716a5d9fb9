"""What grading says when it is through: how many, how well, what waits to be committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.grading import outcome
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.marks import Result

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A grade that a regrade would change."""

    student: str
    question: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, repr=False)
class Graded(Answer):
    """What counts now, and what would change.

    Attributes:
        name, version: of the assignment.
        results: what counts.
        changes: what a regrade would change; None where none waits.
    """

    name: str
    version: str
    results: tuple[Result, ...]
    changes: tuple[Change, ...] | None

    @property
    def aside(self) -> list[str]:
        """Whose submissions could not be graded."""
        return sorted(outcome.aside(list(self.results)))

    def page(self) -> Page:
        """Describe it in the language spoken now."""
        page = Page(str(_TITLE.format(self.name, len(self.results), self.version)))
        points = [one.points for one in self.results]
        if points:
            mean = f"{sum(points) / len(points):.2f}"
            page.rows((_MEAN, f"{mean} / {self.results[0].out_of:g}"))
        if self.aside:
            page.rows((_ASIDE, ", ".join(self.aside[:_SHOWN])))
        if self.changes is not None:
            page.heading(_WAITING.format(len(self.changes)))
            rows = [(c.student, c.question, f"{c.before:g} → {c.after:g}") for c in self.changes]
            if rows:
                page.rows(*rows[:_SHOWN])
            page.say(_COMMIT.format(self.name))
        return page

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        waits = self.changes is not None
        changes = self.changes or ()
        return {
            "name": self.name,
            "version": self.version,
            "graded": {one.student: one.points for one in self.results},
            "aside": self.aside,
            "waiting": waits,
            "changes": [[c.student, c.question, c.before, c.after] for c in changes],
        }


def changes(proposals: list[tuple[Result | None, Result]]) -> tuple[Change, ...] | None:
    """Return which points a regrade would change; None where nothing was regraded."""
    if not proposals:
        return None
    found = []
    for old, new in proposals:
        before = {mark.question: mark.points for mark in old.marks} if old else {}
        found += [
            Change(new.student, mark.question, before.get(mark.question, 0.0), mark.points)
            for mark in new.marks
            if mark.points != before.get(mark.question, 0.0)
        ]
    return tuple(found)


_TITLE = Text(en="{}: {} graded, version {}", zh="{}：已评 {} 份，版本 {}")
_MEAN = Text(en="mean points", zh="平均分")
_ASIDE = Text(en="set aside", zh="放在一边")
_WAITING = Text(en="Graded again: {} marks would change", zh="重评：有 {} 处分数会变")
_COMMIT = Text(
    en="Nothing has changed yet. advisor assignment grade {0} --commit lets it count, --discard forgets it.",
    zh="现在什么都还没变。advisor assignment grade {0} --commit 让它算数，--discard 放弃。",
)
