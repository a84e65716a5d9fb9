"""What grading says when it is through: how many, how well, what waits to be committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.grading.marks import NOT_GRADED
from advisor.grading.paper import number, one_line
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.grading.marks import Result

_SHOWN = 20
Worth = tuple[float | None, float]  # points, None where not graded; and out of how many


@dataclass(frozen=True, slots=True)
class Change:
    """A mark that a regrade changes: before and after, None where the question is not there."""

    student: str
    question: str
    before: Worth | None
    after: Worth | None


@dataclass(frozen=True, slots=True, repr=False)
class Graded(Answer):
    """What counts now, and what would change.

    Attributes:
        name, version: of the assignment.
        results: what counts.
        changes: what a regrade changes; None where none waits.
        committed: a commit was asked for; those changes count now.
        failed: what could not be graded again; the earlier result still counts.
        remarks: what is odd about marks by hand, by student.
        rung: behind what students' code and models ran just now; None where nothing was graded.
    """

    name: str
    version: str
    results: tuple[Result, ...]
    changes: tuple[Change, ...] | None
    committed: bool
    failed: tuple[Result, ...]
    remarks: Mapping[str, tuple[Text, ...]]
    rung: Text | None = None

    @property
    def aside(self) -> tuple[Result, ...]:
        """What could not be graded."""
        return tuple(one for one in self.results if not one.whole)

    @property
    def older(self) -> int:
        """How many results that count are of another version than the assignment's."""
        return sum(one.version != self.version for one in self.results)

    def page(self) -> Page:
        """Describe it in the language spoken now."""
        page = Page(str(_TITLE.format(self.name, len(self.results), self.version)))
        whole = [one for one in self.results if one.whole]
        if whole:
            points, out_of = (
                number(sum(values) / len(whole))
                for values in ([one.points for one in whole], [one.out_of for one in whole])
            )
            page.rows((_MEAN, f"{points} / {out_of}"))
        if self.rung is not None:
            page.rows((_RUNG, self.rung))
        if self.older:
            page.rows((_OLDER, str(self.older)))
        for words, which in ((_ASIDE, self.aside), (_FAILED, self.failed)):
            if which:
                page.rows((words.format(len(which)), _listed(which)))
        odd = [(one_line(who), note) for who, notes in self.remarks.items() for note in notes]
        if odd:
            page.rows(*odd[:_SHOWN])
        page.blocks += _more(len(odd))
        if self.changes is not None:
            self._changed(page, self.changes)
        elif self.committed:
            page.say(_NOTHING)
        return page

    def _changed(self, page: Page, changes: tuple[Change, ...]) -> None:
        page.heading((_CHANGED if self.committed else _WAITING).format(len(changes)))
        if changes:
            page.rows(
                *(
                    (one_line(c.student), c.question, f"{_worth(c.before)} → {_worth(c.after)}")
                    for c in changes[:_SHOWN]
                )
            )
        page.blocks += _more(len(changes))
        if not self.committed:
            page.say(_COMMIT.format(self.name))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "name": self.name,
            "version": self.version,
            "graded": {one.student: one.points for one in self.results},
            "aside": {one.student: str(one.cause) for one in self.aside},
            "failed": {one.student: str(one.cause) for one in self.failed},
            "older": self.older,
            "rung": None if self.rung is None else str(self.rung),
            "remarks": {who: [str(one) for one in said] for who, said in self.remarks.items()},
            "waiting": self.changes is not None and not self.committed,
            "committed": self.committed,
            "changes": [
                [c.student, c.question, c.before and [*c.before], c.after and [*c.after]]
                for c in self.changes or ()
            ],
        }


def changes(proposals: Sequence[tuple[Result, Result]]) -> tuple[Change, ...] | None:
    """Return which marks a regrade changes; None where nothing was regraded."""
    if not proposals:
        return None
    found = []
    for old, new in proposals:
        before, after = _by_question(old), _by_question(new)
        found += [
            Change(new.student, question, before.get(question), after.get(question))
            for question in {**after, **before}
            if before.get(question) != after.get(question)
        ]
    return tuple(found)


def _by_question(result: Result) -> dict[str, Worth]:
    return {
        mark.question: (None if mark.status == NOT_GRADED else mark.points, mark.out_of)
        for mark in result.marks
    }


def _worth(given: Worth | None) -> str:
    if given is None:
        return "–"
    points, out_of = given
    return f"{'–' if points is None else number(points)} / {number(out_of)}"


def _listed(results: Sequence[Result]) -> str:
    """Name students, with the cause where it is known."""
    names = [
        one_line(f"{one.student} ({cause})" if (cause := str(one.cause)) else one.student)
        for one in results[:_SHOWN]
    ]
    more = [str(_MORE.format(len(results) - _SHOWN))] if len(results) > _SHOWN else []
    return ", ".join([*names, *more])


def _more(count: int) -> list[tuple[str, Any]]:
    """Return a paragraph that says how many are not shown, or none."""
    return Page("").say(_ALL.format(count - _SHOWN)).blocks if count > _SHOWN else []


_TITLE = Text(en="{}: {} graded, version {}", zh="{}：已评 {} 份，版本 {}")
_MEAN = Text(en="mean points", zh="平均分")
_RUNG = Text(en="run behind", zh="隔离方式")
_OLDER = Text(en="graded by another version", zh="按别的版本评的")
_ASIDE = Text(en="set aside ({})", zh="放在一边（{}）")
_FAILED = Text(en="could not be graded again ({})", zh="重评没评成（{}）")
_MORE = Text(en="… and {} more", zh="……还有 {} 个")
_ALL = Text(en="… and {} more; --json has them all.", zh="……还有 {} 条；--json 里都有。")
_WAITING = Text(en="Graded again: {} marks would change", zh="重评：有 {} 处分数会变")
_CHANGED = Text(en="Committed: {} marks changed", zh="已算数：有 {} 处分数变了")
_NOTHING = Text(
    en="Nothing was committed: no regrade by this version waits. Grade first, without --commit.",
    zh="没有可以算数的：这个版本没有等着的重评。先不加 --commit 评一次。",
)
_COMMIT = Text(
    en="Nothing has changed yet. advisor assignment grade {0} --commit lets it count, --discard forgets it.",
    zh="现在什么都还没变。advisor assignment grade {0} --commit 让它算数，--discard 放弃。",
)
