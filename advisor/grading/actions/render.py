"""`advisor assignment render`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading.actions._common import add_name, course_of, prove, told
from advisor.text import Text
from advisor.verbs._common import FINDINGS, FINE, say

if TYPE_CHECKING:
    import argparse

ORDER = 2
TITLE = Text(
    en="prove that the reference scores full points and the starter none; write an example",
    zh="验证参考解得满分、空白作业得零分，并写出一份样例",
)


def run(arguments: argparse.Namespace) -> int:
    """Prove an assignment, and write what a student would be handed."""
    from advisor.grading import rendering, roster

    course = course_of(arguments)
    student = roster.safe_id(arguments.student or "example-1")
    proof = prove(course.source(arguments.name), arguments)
    if proof is None:
        return FINDINGS
    source, page = proof
    language = getattr(arguments, "lang", None)
    folder = course.root / "rendered" / student / source.name
    rendering.write(folder, rendering.files(source, student, language=language))
    told(arguments, page.to_dict() | {"written": str(folder)}, page)
    if not getattr(arguments, "json", False):
        print(_WRITTEN.format(folder))
    return FINE


def add(action: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_name(action)
    action.add_argument("--student", metavar="ID", help=say(_STUDENT))


_STUDENT = Text(en="whose variant to write as the example", zh="样例用哪个学生的变式")
_WRITTEN = Text(en="An example to look at: {}", zh="样例在这里：{}")
