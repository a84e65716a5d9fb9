"""`advisor assignment collect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of
from advisor.text import Text
from advisor.verbs._common import FINDINGS, FINE, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 4
TITLE = Text(
    en="take in what students handed in: a folder, a zip, or a learning platform's zip",
    zh="收作业：文件夹、zip，或教学平台导出的 zip",
)


def run(arguments: argparse.Namespace) -> int:
    """Collect; return whether something needs a look."""
    from advisor.grading import kinds
    from advisor.grading.collecting import collect

    course = course_of(arguments)
    source = course.source(arguments.name)
    models = {n for n, q in source.questions.items() if kinds.kind(q.kind).MODEL}
    found = collect(
        course.root,
        source.name,
        Path(arguments.source),
        wanted={f"{name}.keras" for name in models},
        pattern=arguments.pattern,
        due=source.due,
        roster=course.roster() or None,
        file_limit=source.limits.file_mb * 2**20,
    )
    show(found, arguments)
    return FINDINGS if found.duplicate or found.refused or found.unmatched else FINE


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    action.add_argument("source", metavar="FOLDER|FILE.zip", help=say(_SOURCE))
    action.add_argument("--pattern", help=say(_PATTERN))


_SOURCE = Text(en="what was handed in", zh="交上来的东西")
_PATTERN = Text(
    en="how names are built, such as {student}_{*}/{file}, or moodle, canvas, folders, zips",
    zh="文件名的样式，如 {student}_{*}/{file}，或 moodle、canvas、folders、zips",
)
