"""`advisor assignment new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_course, course_of, told
from advisor.text import Text
from advisor.verbs._common import say

if TYPE_CHECKING:
    import argparse

ORDER = 1
TITLE = Text(
    en="begin an assignment from a ready one (none: list them)",
    zh="从现成的作业开始（不写名字则列出）",
)


def run(arguments: argparse.Namespace) -> None:
    """Copy a ready assignment into the course."""
    from advisor.grading import source
    from advisor.grading.course import begin, ready

    if arguments.name is None:
        titles = {name: str(source.title_of(folder)) for name, folder in ready().items()}
        lines = (f"{name:<16}{title}" for name, title in titles.items())
        told(arguments, titles, "\n".join(lines))
        return
    folder = begin(course_of(arguments), arguments.name, arguments.like)
    told(arguments, {"written": str(folder)}, folder)


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    action.add_argument("name", nargs="?", help=say(_NAME))
    action.add_argument("--like", metavar="READY", help=say(_LIKE))
    add_course(action)


_NAME = Text(
    en="a ready assignment, or a name of your own with --like",
    zh="现成作业的名字；自己起名则加 --like",
)
_LIKE = Text(en="the ready assignment to begin from", zh="以哪个现成的作业为底")
