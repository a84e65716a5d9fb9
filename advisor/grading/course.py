"""A course's folder, laid out as nbgrader's: source, release, submitted, feedback."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor import _shelf
from advisor.errors import OptionError, UnknownNameError, shown
from advisor.grading import source as sources
from advisor.grading.results import Results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.grading.roster import Student
    from advisor.grading.source import Source

_READY = "assignments"  # beside the templates


@dataclass(frozen=True, slots=True)
class Course:
    """Where a course's files lie.

    Attributes:
        root: its folder.
    """

    root: Path

    def source(self, name: str) -> Source:
        """Read an assignment.

        Raises:
            UnknownNameError: the course has none of this name.
            OptionError: it cannot be used as it is.
        """
        folder = self.root / "source" / name
        if not sources.NAME.fullmatch(name) or not folder.is_dir():
            known = sorted(p.parent.name for p in (self.root / "source").glob("*/assignment.toml"))
            if not known:
                raise OptionError(
                    f"There is no course in {shown(self.root.resolve().name)}: no source/ with an "
                    "assignment in it. Go to the course's folder, name it with --course, or begin one: "
                    "advisor assignment new."
                )
            raise UnknownNameError("assignment of this course", name, known)
        return sources.read(folder)

    def roster(self) -> list[Student]:
        """Return who is in the class; [] where students.csv is not there.

        Raises:
            OptionError: it cannot be read.
        """
        from advisor.grading import roster

        file = self.root / "students.csv"
        return roster.read(file) if file.exists() else []

    def results(self) -> Results:
        """Open the results file.

        Raises:
            OptionError: it cannot be used.
        """
        return Results(self.root / "grades.sqlite")

    def released(self, name: str, student: str | None) -> Path:
        """Return where an assignment is handed out; student None for everyone's."""
        return self.root / "release" / (student or "") / name

    def feedback(self, name: str, student: str) -> Path:
        """Return where a student's feedback page stands."""
        return self.root / "feedback" / student / name / "feedback.html"


def ready() -> dict[str, Path]:
    """Return the ready assignments by name."""
    folder = _shelf.folder("templates") / _READY
    return {file.parent.name: file.parent for file in sorted(folder.glob("*/assignment.toml"))}


def begin(course: Course, name: str, like: str | None = None) -> Path:
    """Copy a ready assignment into a course, with a key of its own; return its folder.

    Args:
        course: where to.
        name: of the new assignment.
        like: the ready one to begin from; None takes the one of the same name.

    Raises:
        UnknownNameError: there is no such ready assignment.
        OptionError: the name cannot be used, or is taken.
    """
    from advisor.projects import write_new

    known = ready()
    origin = like or name
    if origin not in known:
        raise UnknownNameError("ready assignment", origin, known)
    if not sources.NAME.fullmatch(name):
        raise OptionError(
            f"Expected a name of small letters, digits and -, at most 40. Received: {shown(name)}."
        )
    folder = course.root / "source" / name
    if folder.exists():
        raise OptionError(f"source/{name} exists already. Nothing was written. Name another.")
    for file, text in _copied(known[origin], origin, name):
        write_new(folder / file, text)
    return folder


def _copied(origin: Path, old: str, new: str) -> Iterator[tuple[str, str]]:
    """Give the files of a ready assignment under its new name."""
    table = (origin / "assignment.toml").read_text(encoding="utf-8")
    table = table.replace(f'name = "{old}"', f'name = "{new}"', 1)
    key = f'key = "{secrets.token_hex(16)}"  # of the variants; keep it, and keep it secret\n'
    yield f"{new}.py", (origin / f"{old}.py").read_text(encoding="utf-8")
    yield "assignment.toml", key + table
