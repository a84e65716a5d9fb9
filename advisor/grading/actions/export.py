"""`advisor assignment export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of, told
from advisor.text import Text, language
from advisor.verbs._common import say

if TYPE_CHECKING:
    import argparse

ORDER = 7
TITLE = Text(en="write the gradebook as CSV and xlsx", zh="导出成绩册（CSV 和 xlsx）")


def run(arguments: argparse.Namespace) -> None:
    """Write the gradebook."""
    from advisor import writing
    from advisor.grading import gradebook, outcome

    course = course_of(arguments)
    source = course.source(arguments.name)
    graded = outcome.of(course, source)
    book = gradebook.rows(
        graded.results,
        graded.roster,
        late=graded.late,
        aside=graded.aside,
        waiting=graded.waiting,
        remarks=graded.remarks,
        out_of=sum(question.points for question in source.questions.values()),
    )
    base = course.root / f"gradebook-{source.name}"
    spoken = language()
    files = {
        ".csv": gradebook.csv(book, spoken, plain=arguments.plain),
        ".xlsx": gradebook.xlsx(book, spoken),
    }
    writing.tidy(course.root)
    for ending, data in files.items():
        writing.write(base.with_name(base.name + ending), data)
    written = [str(base) + ending for ending in files]
    done = {"written": written, "waiting": sorted(graded.waiting)}
    told(arguments, done, "\n".join([*written, *graded.reminder(source.name)]))


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    action.add_argument("--plain", action="store_true", help=say(_PLAIN))


_PLAIN = Text(
    en="ids in the CSV as they are, for a learning platform to read; spreadsheets change 007 to 7",
    zh="CSV 里的学号原样写出，给教学平台导入用；表格软件会把 007 变成 7",
)
