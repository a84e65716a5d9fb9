"""`advisor assignment report`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of
from advisor.text import Text, language
from advisor.verbs._common import say, show, writable

if TYPE_CHECKING:
    import argparse

ORDER = 8
TITLE = Text(
    en="the class: points by question, the commonest mistakes, and the lab that answers each",
    zh="全班情况：每题得分、最常见的错误，以及对应的实验",
)


def run(arguments: argparse.Namespace) -> None:
    """Show the class report, and write it as a page."""
    from advisor import writing
    from advisor.grading import classreport, outcome, variants

    course = course_of(arguments)
    source = course.source(arguments.name)
    graded = outcome.of(course, source)
    fields = {name: name for names in source.vary for name in names.split()}
    report = classreport.summarise(
        graded.results,
        graded.roster,
        title=source.title,
        questions={
            name: variants.text_of(_open(one.text), fields)
            for name, one in source.questions.items()
        },
        late=graded.late,
        waiting=graded.waiting,
    )
    show(report, arguments)
    if not getattr(arguments, "json", False):
        for line in graded.reminder(source.name):
            show(line, arguments)
    if arguments.report:
        file = Path(writable(arguments.report, ".html"))
        writing.tidy(file.parent)
        writing.write(file, report.html(language()))


def _open(words: Text) -> Text:
    """Leave nobody's own variant: {K} will be shown as K, and K = {K} as K = …."""
    return Text(en=_NAMED.sub(r"\1…", words.en), zh=_NAMED.sub(r"\1…", words.zh))


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    action.add_argument("--report", metavar="FILE.html", help=say(_REPORT))


_NAMED = re.compile(r"(?<!\w)((\w+) ?= ?)\{\2\}", re.ASCII)
_REPORT = Text(en="write it as one web page as well", zh="同时写成一个网页")
