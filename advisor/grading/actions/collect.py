"""`advisor assignment collect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of
from advisor.grading.patterns import BUILT_IN
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
    look = (found.duplicate, found.refused, found.overlooked, found.unmatched)
    return FINDINGS if any(look) else FINE


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    action.add_argument("source", metavar="FOLDER|FILE.zip", help=say(_SOURCE))
    action.add_argument("--pattern", help=say(_PATTERN))
    known = "; ".join(f"{name}: {text}" for name, text in BUILT_IN.items())
    action.epilog = say(_MORE.format(known))


_SOURCE = Text(en="what was handed in", zh="交上来的东西")
_MORE = Text(
    en="Files go to submitted/<student>/<assignment>; what is there is never overwritten. {{student}} is "
    "an id or a name of students.csv, or both; {{*}} anything; {{file}} the rest. {}. Moodle's names have "
    "to stand in students.csv as Moodle shows them; Canvas' files have Canvas' own user ids. Late is what "
    "is newer than `due` in assignment.toml, or what Canvas marks; Moodle's downloads do not say it. "
    "Exit status 1 says that something needs a look.",
    zh="文件放进 submitted/<学生>/<作业>，已有的绝不覆盖。{{student}} 是 students.csv 里的学号或姓名，两个连写"
    "也行；{{*}} 是任意文字；{{file}} 是剩下的部分。{}。Moodle 用的是姓名，students.csv 里要写得和 Moodle 上"
    "一样；Canvas 用的是它自己的用户编号。晚于 assignment.toml 里 due 的算迟交，Canvas 以它自己的标记为准，"
    "Moodle 导出的文件里没有提交时间。退出码 1 表示有需要看一眼的东西。",
)
_PATTERN = Text(
    en="how names are built, such as {student}_{*}/{file}, or a name below (default: what fits best)",
    zh="文件名的样式，如 {student}_{*}/{file}，或下面的名字之一（默认：最合适的那个）",
)
