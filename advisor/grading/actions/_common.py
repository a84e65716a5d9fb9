"""What several actions share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.grading.course import Course
from advisor.text import Text
from advisor.verbs._common import say, show

if TYPE_CHECKING:
    import argparse

    from advisor.grading.proving import Proof
    from advisor.grading.source import Source

_NAME = Text(en="the assignment, as its folder in source/", zh="作业名，即 source/ 里的文件夹名")
_COURSE = Text(en="the course's folder (default: here)", zh="课程文件夹（默认当前）")


def add_name(action: argparse.ArgumentParser) -> None:
    """Add the assignment and the course."""
    action.add_argument("name", help=say(_NAME))
    add_course(action)


def add_course(action: argparse.ArgumentParser) -> None:
    """Add the course."""
    action.add_argument("--course", metavar="DIR", default=".", help=say(_COURSE))


def course_of(arguments: argparse.Namespace) -> Course:
    """Return the course that was named."""
    return Course(Path(arguments.course))


def told(arguments: argparse.Namespace, data: dict[str, Any], words: object) -> None:
    """Print what was done: as JSON where that was asked for, else as words."""
    show(data if getattr(arguments, "json", False) else words, arguments)


def prove(source: Source, arguments: argparse.Namespace) -> tuple[Source, Proof] | None:
    """Prove an assignment; where that fails, say why and return None."""
    from advisor.grading import proving, rehearsal

    try:
        return proving.prove(source)
    except rehearsal.NotProvedError as error:
        told(arguments, {"name": source.name, "proved": False, "why": str(error)}, f"✗ {error}")
        return None
