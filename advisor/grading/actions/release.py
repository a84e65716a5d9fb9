"""`advisor assignment release`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.actions._common import add_name, course_of
from advisor.text import Text
from advisor.verbs._common import show

if TYPE_CHECKING:
    import argparse

ORDER = 3
TITLE = Text(
    en="write what is handed out, a variant for each student of students.csv",
    zh="写出要发下去的作业，students.csv 里每人一份变式",
)


def run(arguments: argparse.Namespace) -> None:
    """Hand out an assignment that was proved; prove it first where it was not."""
    from advisor import progress
    from advisor.grading import proving, rendering, variants

    course = course_of(arguments)
    source = course.source(arguments.name)
    roster = course.roster()
    if source.variants == "student" and not roster:
        raise OptionError(
            "There is no students.csv, and each student has a variant. Write one with the columns "
            'id,name,language, or set variants = "none" in assignment.toml.'
        )
    if not proving.proved(source):
        source, _ = proving.prove(source)
    if source.variants != "student":
        folder = course.released(source.name, None)
        rendering.write(folder, rendering.files(source, variants.EVERYONE))
        _tell(1, str(folder), arguments)
        return
    for student in progress.track(roster, f"release {source.name}", lambda one: one.id):
        spoken = student.language or getattr(arguments, "lang", None)
        folder = course.released(source.name, student.id)
        rendering.write(folder, rendering.files(source, student.id, language=spoken))
    _tell(len(roster), str(course.root / "release"), arguments)


def _tell(count: int, where: str, arguments: argparse.Namespace) -> None:
    written = {"released": count, "folder": where}
    show(written if getattr(arguments, "json", False) else _DONE.format(count, where), arguments)


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)


_DONE = Text(en="Handed out: {} in {}", zh="发下去 {} 份，在 {}")
