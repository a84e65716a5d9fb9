"""`advisor assignment feedback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of, told
from advisor.text import Text, language
from advisor.verbs._common import say

if TYPE_CHECKING:
    import argparse

ORDER = 6
TITLE = Text(
    en="write a page for each student, in the student's language",
    zh="给每个学生写一页反馈，用学生自己的语言",
)


def run(arguments: argparse.Namespace) -> None:
    """Write the pages of all graded submissions."""
    from advisor import writing
    from advisor.grading import feedback, outcome
    from advisor.grading.handout import make

    course = course_of(arguments)
    source = course.source(arguments.name)
    graded = outcome.of(course, source)
    pages = []
    for result in graded.results:
        student = graded.student(result.student)
        given = make(source, result.student)
        page = feedback.page(
            result,
            title=source.title,
            questions={name: one.text for name, one in given.questions.items()},
            language=source.language
            if source.language != "both"
            else student.language or language(),
            reveal=arguments.reveal or source.reveal,
            name=student.name,
            notes=graded.notes(result.student),
        )
        pages.append((course.feedback(source.name, result.student), page))
    base = course.root / "feedback"
    for folder in base.glob(f"*/{source.name}"):
        writing.tidy(folder)
    count = writing.write_all(pages)
    done = {
        "pages": len(pages),
        "changed": count,
        "folder": str(base),
        "waiting": sorted(graded.waiting),
    }
    words = str(_DONE.format(len(pages), count, base))
    told(arguments, done, "\n".join([words, *graded.reminder(source.name)]))


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    from advisor.grading.source import REVEALS

    add_name(action)
    action.add_argument("--reveal", choices=REVEALS, help=say(_REVEAL))


_REVEAL = Text(
    en="how much is told (default: as assignment.toml says)",
    zh="告诉多少（默认按 assignment.toml）",
)
_DONE = Text(
    en="{} pages, {} of them new or changed, in {}", zh="{} 页，其中 {} 页是新的或有变化，在 {}"
)
