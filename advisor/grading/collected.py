"""What came of collecting: who handed in, who did not, and what is left for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.grading.parts import shorten
from advisor.grading.patterns import BUILT_IN
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LISTED = 25  # on a page; the data has them all


@dataclass(frozen=True, slots=True, repr=False)
class Collected(Answer):
    """What came of collecting an assignment, each list sorted.

    Attributes:
        assignment: its name.
        pattern: that names were read by: a built-in one's name, or its text.
        new: ids of students whose submission was stored now.
        already_there: ids whose submission was stored before, with the same bytes.
        late: ids, among both, whose newest file is later than the due time.
        missing: ids on the roster without a submission.
        duplicate: other attempts, by id, that were left alone, and why.
        refused: by id, or by path, what could not be taken, and why.
        unmatched: by path, what belongs to nobody on the roster, and why.
        overlooked: by id, files that look like an answer and are called like none.
        ignored: how many files nobody grades, by name.
        names: of the students, by id.
        timeless: nothing says when files were handed in, so nobody is told late.
    """

    assignment: str
    pattern: str
    new: tuple[str, ...] = ()
    already_there: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    duplicate: Mapping[str, Text] = field(default_factory=dict)
    refused: Mapping[str, Text] = field(default_factory=dict)
    unmatched: Mapping[str, Text] = field(default_factory=dict)
    overlooked: Mapping[str, Text] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    timeless: bool = False

    def page(self) -> Page:
        """Describe what came of it in the language spoken now."""
        page = Page(str(_TITLE.format(shorten(self.assignment))))
        page.rows(*((title, len(getattr(self, name))) for name, title in _COUNTS.items()))
        page.say(_READ_BY.format(_described(self.pattern)))
        if self.timeless:
            page.say(_TIMELESS)
        if self.unmatched and not (self.new or self.already_there or self.refused):
            page.say(_NOBODY)
        for name in ("refused", "duplicate", "overlooked", "unmatched"):
            found: Mapping[str, Text] = getattr(self, name)
            self._list(page, name, [(shorten(who), why) for who, why in found.items()])
        for name in ("late", "missing"):
            self._list(page, name, [(shorten(who), self._name(who)) for who in getattr(self, name)])
        ignored = [(shorten(name), f"{count}×") for name, count in self.ignored.items()]
        self._list(page, "ignored", ignored)
        return page

    def to_dict(self) -> dict[str, Any]:
        """Return what came of it as plain JSON types."""
        return {
            "assignment": self.assignment,
            "pattern": self.pattern,
            **{
                name: list(getattr(self, name))
                for name in ("new", "already_there", "late", "missing")
            },
            **{
                name: {shorten(who, 200): str(why) for who, why in getattr(self, name).items()}
                for name in ("duplicate", "refused", "overlooked", "unmatched")
            },
            "ignored": dict(self.ignored),
            "timeless": self.timeless,
        }

    def _list(self, page: Page, name: str, rows: Sequence[tuple[object, ...]]) -> None:
        if not rows:
            return
        page.heading(_COUNTS[name])
        page.rows(*rows[:_LISTED])
        if len(rows) > _LISTED:
            page.say(_MORE.format(len(rows) - _LISTED))

    def _name(self, student: str) -> str:
        return shorten(self.names.get(student, ""))


def _described(pattern: str) -> str:
    text = BUILT_IN.get(pattern)
    return f"{pattern}, {text}" if text else shorten(pattern, 80)


_TITLE = Text(en="Collected: {}", zh="收作业：{}")
_READ_BY = Text(en="Names were read as {}.", zh="文件名按 {} 解读。")
_TIMELESS = Text(
    en="Moodle's download does not say when files were handed in, so nobody is told late here.",
    zh="Moodle 导出的文件里没有提交时间，所以这里不判断迟交。",
)
_NOBODY = Text(
    en="Nobody was found. students.csv needs, for Moodle, names as Moodle shows them; for Canvas, Canvas' "
    "own user ids as id. Other names need --pattern, such as '{student}-{*}.zip'.",
    zh="一个学生都没对上。用 Moodle 时，students.csv 里的姓名要和 Moodle 上一样；用 Canvas 时，"
    "id 要写 Canvas 自己的用户编号。别的命名方式用 --pattern 说明，例如 '{student}-{*}.zip'。",
)
_MORE = Text(en="… and {} more (all of them with --json)", zh="……还有 {} 个（用 --json 看全部）")
_COUNTS = {
    "new": Text(en="new", zh="新收到"),
    "already_there": Text(en="already there", zh="以前已收到"),
    "late": Text(en="late", zh="迟交"),
    "missing": Text(en="missing", zh="未交"),
    "duplicate": Text(en="other attempts, left alone", zh="另有提交，未动"),
    "refused": Text(en="refused", zh="拒收"),
    "overlooked": Text(en="answers under a wrong name", zh="文件名不对的答案"),
    "unmatched": Text(en="of nobody known", zh="对不上学生"),
    "ignored": Text(en="files that nobody grades", zh="不评分的文件"),
}
