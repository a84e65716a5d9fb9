"""`advisor assignment release`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.actions._common import add_name, course_of, prove, told
from advisor.text import Text
from advisor.verbs._common import FINDINGS, FINE

if TYPE_CHECKING:
    import argparse

ORDER = 3
TITLE = Text(
    en="write what is handed out, a variant for each student of students.csv",
    zh="写出要发下去的作业，students.csv 里每人一份变式",
)


def run(arguments: argparse.Namespace) -> int:
    """Hand out an assignment that was proved; prove it first where it was not."""
    from advisor import progress
    from advisor.grading import proving, rendering, variants

    course = course_of(arguments)
    source = course.source(arguments.name)
    roster = course.roster() if source.variants == "student" else []
    if source.variants == "student" and not roster:
        raise OptionError(
            "There is no students.csv, and each student has a variant. Write one with the columns "
            'id,name,language, or set variants = "none" in assignment.toml.'
        )
    if not proving.proved(source):
        proof = prove(source, arguments)
        if proof is None:
            return FINDINGS
        source = proof[0]
    spoken = getattr(arguments, "lang", None)
    if source.variants == "none":
        folder = course.released(source.name, None)
        rendering.write(folder, rendering.files(source, variants.EVERYONE, language=spoken))
    for student in progress.track(roster, f"release {source.name}", lambda one: one.id):
        folder = course.released(source.name, student.id)
        own = student.language or spoken
        rendering.write(folder, rendering.files(source, student.id, language=own))
    where = str(course.root / "release")
    count = len(roster) or 1
    told(arguments, {"released": count, "folder": where}, _DONE.format(count, where))
    return FINE


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)


_DONE = Text(en="Handed out: {} in {}", zh="发下去 {} 份，在 {}")
