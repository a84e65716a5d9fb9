"""Where a student's id stands in the names of what was handed in.

A pattern is text with fields: `{student}`, `{file}` (the rest, at the end), `{*}` (anything within
one name) and `{assignment}`. A field is as short as can be; where that fits nobody in the class,
longer ones are tried, a bounded number of them, so that no name takes long.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import OptionError, UnknownNameError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT_IN = {
    "moodle": "{student}_{*}_assignsubmission_{*}/{file}",
    "moodle-flat": "{student}_{*}_assignsubmission_file_{file}",
    "canvas": "{*}_{student}_{*}_{file}",
    "folders": "{student}/{file}",
    "zips": "{student}.zip",
}
_CANVAS_LATE = re.compile(r"[^\d]*_LATE_\d", re.IGNORECASE)  # before the numbers
_FIELDS = ("{student}", "{file}", "{*}", "{assignment}")
_LONGEST_PATTERN = 200
_LONGEST_NAME = 255  # of a file, on every system
_READINGS = 50  # of one name that are tried
_STEPS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a path.

    Attributes:
        student: the id or the name that stands in it.
        folder: where that student's files lie.
        file: the rest of the path.
    """

    student: str
    folder: tuple[str, ...]
    file: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was found sound.

    Attributes:
        name: of a built-in one, else its text.
        text: as written.
        names: for each name of a path, texts and fields in turn.
    """

    name: str
    text: str
    names: tuple[tuple[str, ...], ...]

    @property
    def timed(self) -> bool:
        """Whether times are those of handing in: Moodle and Canvas write when it was downloaded."""
        return self.name != "canvas" and "_assignsubmission_" not in self.text

    def late(self, path: tuple[str, ...]) -> bool | None:
        """Whether the platform wrote into a name that it is late; None where it never does."""
        return bool(_CANVAS_LATE.match(path[0])) if self.name == "canvas" else None

    def readings(self, path: tuple[str, ...], zipped: int = 0) -> list[Reading]:
        """Return every way to read a path, the likeliest first; none where it does not fit.

        Args:
            path: the names of folders and the file.
            zipped: how many of them lead to a zip that the rest lies in; 0 for none.
        """
        many = len(self.names)
        whole = self.names[-1] == ("{file}",)
        if len(path) < many or 0 < zipped < many:
            return []
        if len(path) > many and not whole and zipped != many:
            return []  # only a zip takes the place of a file
        path = tuple(unicodedata.normalize("NFC", name) for name in path)
        fits = [list(_fits(*pair)) for pair in zip(self.names, path, strict=False)]
        return [
            Reading(
                next(one["{student}"] for one in chosen if "{student}" in one),
                path[: many - 1],
                (chosen[-1].get("{file}", path[many - 1]), *path[many:]),
            )
            for chosen in itertools.islice(itertools.product(*fits), _READINGS)
        ]


def pattern(given: str, assignment: str) -> Pattern:
    """Return a pattern by its name or its text.

    Raises:
        UnknownNameError: a name that is not built in.
        OptionError: the text is no sound pattern.

    Example:
        >>> pattern("{student}-{file}", "hw1").readings(("007-answers.json",))[0].student
        '007'
    """
    text = BUILT_IN.get(given, given)
    if not set("{}/").intersection(text):
        raise UnknownNameError("pattern", given, BUILT_IN)
    _vet(text)
    if set("{}/").intersection(assignment):
        raise OptionError(f"The assignment's name {shown(assignment)} has a brace or a slash.")
    names = tuple(_parts(name, assignment) for name in text.split("/"))
    found = [part for name in names for part in name if part[0] == "{"]
    if found.count("{student}") != 1:
        raise _refused(given, "it needs the field {student} once")
    if found.count("{file}") > 1 or ("{file}" in found and names[-1][-1] != "{file}"):
        raise _refused(given, "{file} stands once, at the end")
    return Pattern(given, text, names)


def _vet(text: str) -> None:
    """Refuse what cannot be a path."""
    if len(text) > _LONGEST_PATTERN or not text.isprintable():
        raise _refused(
            text, f"it is longer than {_LONGEST_PATTERN} characters or has invisible ones"
        )
    if "\\" in text:
        raise _refused(text, "folders are separated by /")
    if {"", ".", ".."}.intersection(text.split("/")):
        raise _refused(
            text, "it starts at the folder or zip given, and no part of it is empty or .."
        )


def _parts(name: str, assignment: str) -> tuple[str, ...]:
    """Cut one name of a pattern into texts and fields."""
    parts: list[str] = []
    for piece in filter(None, re.split(r"(\{[^{}]*\})", name)):
        field = piece[0] == "{" and piece[-1] == "}"
        if field and piece not in _FIELDS:
            raise UnknownNameError("field of a pattern", piece, _FIELDS)
        if not field and set("{}").intersection(piece):
            raise _refused(name, "a brace is not closed")
        if field and parts and parts[-1][0] == "{" and piece != "{assignment}":
            raise _refused(name, "two fields need some text between them")
        text = unicodedata.normalize("NFC", assignment if piece == "{assignment}" else piece)
        if parts and parts[-1][0] != "{" and text[0] != "{":
            parts[-1] += text
        else:
            parts.append(text)
    return tuple(parts)


def _refused(text: str, why: str) -> OptionError:
    return OptionError(f"The pattern {shown(text, 60)} is refused: {why}.")


def _fits(parts: tuple[str, ...], name: str) -> Iterator[dict[str, str]]:
    """Yield what the fields hold, in every way that the name fits its pattern."""
    if len(name) > _LONGEST_NAME:
        return
    steps = iter(range(_STEPS))
    lower = name.lower() if len(name.lower()) == len(name) else name

    def walk(place: int, start: int, held: dict[str, str]) -> Iterator[dict[str, str]]:
        if place == len(parts):
            if start == len(name):
                yield held
            return
        part = parts[place]
        if part[0] != "{":
            if lower.startswith(part.lower(), start):
                yield from walk(place + 1, start + len(part), held)
            return
        for end in _ends(parts[place + 1 : place + 2], lower, start, joker=part == "{*}"):
            if next(steps, None) is None:
                return
            yield from walk(place + 1, end, {**held, part: name[start:end]})

    yield from itertools.islice(walk(0, 0, {}), _READINGS)


def _ends(after: tuple[str, ...], name: str, start: int, *, joker: bool) -> Iterator[int]:
    """Yield where a field may end: before the text that follows it, the nearest first."""
    if not after:
        if start < len(name):
            yield len(name)
        return
    first = end = name.find(after[0].lower(), start + 1)
    while end > 0:
        # people's names hold more of the text between fields ("van_der_Berg"), numbers do not:
        # what a student called a file never moves the place of the id
        if joker and end > first and any(c.isdigit() for c in name[start:end]):
            return
        yield end
        end = name.find(after[0].lower(), end + 1)
