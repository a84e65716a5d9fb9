"""One submission as it lies in its folder: read once; nothing of it is run here.

Answers come from `answers.json`, else from the handed-out notebook or script, where literals assigned
to the questions' names are taken; models are files such as `q2.keras`. Where two files differ,
`answers.json` counts and a note says so: `hand_in` wrote it, and nobody can tell which is newer.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.errors import shown
from advisor.grading import literals
from advisor.text import Text, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_TEXT_BYTES = 8 * 2**20
_FILES = 200
ALTOGETHER = 5 * literals.LETTERS  # of code in all files, which take seconds to look through
TIMES = 4  # as many bytes altogether as one file may have
_DIGITS = 400  # of a whole number; more are no number that anybody is asked for
_READ = {".keras", ".json", ".ipynb", ".py"}
_CELL = re.compile(r"^# ?%%.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Files:
    """A submission's files as bytes, read once and not looked into.

    Attributes:
        contents: bytes by file name, or words for why a file could not be read.
        notes: what else is to be told of the folder.
        sha256: of all of it.
    """

    contents: dict[str, bytes | Text] = field(repr=False)
    notes: tuple[Text, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What a student handed in.

    Attributes:
        answers: values by question; questions without one are missing.
        models: the bytes of each model by question.
        refused: why a file could not be read, by question.
        notes: what belongs to no question, or could not be read.
        sha256: of all files that were read.
        settled: by question, the status and the words of what code could not answer.
    """

    answers: dict[str, Any]
    models: dict[str, bytes] = field(repr=False)
    refused: dict[str, Text]
    notes: tuple[Text, ...]
    sha256: str
    settled: dict[str, tuple[str, Text]] = field(default_factory=dict)


def load(folder: Path, file_bytes: int = 2**26) -> Files:
    """Read the files that may be graded; nothing is raised, what cannot be read is told."""
    contents, notes = _files(folder, file_bytes)
    digest = hashlib.sha256()
    for name in sorted(contents, key=os.fsencode):
        data = contents[name]
        digest.update(os.fsencode(name) + b"\0")
        digest.update(hashlib.sha256(data).digest() if isinstance(data, bytes) else b"refused")
    return Files(contents, tuple(notes), digest.hexdigest())


def parse(files: Files, questions: list[str]) -> Submission:
    """Look for answers and models in what was read; what cannot be read is noted."""
    models: dict[str, bytes] = {}
    refused: dict[str, Text] = {}
    notes = list(files.notes)
    for name in sorted(files.contents, key=_tidy_first):
        data = files.contents[name]
        stem, ending = os.path.splitext(name)  # noqa: PTH122 - any bytes are a name
        question = stem.lower()
        if ending.lower() != ".keras":
            continue
        if question not in questions:
            notes.append(_NO_QUESTION.format(shown(name)))
        elif question in models or question in refused:
            notes.append(_TWICE.format(shown(name), question))
        elif isinstance(data, bytes):
            models[question] = data
        else:
            refused[question] = data
    answers, complaints = _answers(files.contents, questions)
    return Submission(answers, models, refused, (*notes, *complaints), files.sha256)


def _files(folder: Path, file_bytes: int) -> tuple[dict[str, bytes | Text], list[Text]]:
    """Read the folder's files once each; links, pipes and folders are not followed."""
    found: dict[str, bytes | Text] = {}
    try:
        names = sorted(filter(_wanted, os.listdir(folder)), key=os.fsencode)  # noqa: PTH208
    except (OSError, ValueError) as error:
        return {}, [_NO_FOLDER.format(getattr(error, "strerror", "") or type(error).__name__)]
    left = TIMES * file_bytes
    for name in names[:_FILES]:
        model = name.lower().endswith(".keras")
        found[name] = data = _bytes(
            folder / name, min(file_bytes, file_bytes if model else _TEXT_BYTES)
        )
        left -= len(data) if isinstance(data, bytes) else 0
        if left < 0:
            found[name] = _TOGETHER.format(TIMES * file_bytes // 2**20)
            break
    much = _MANY.format(len(names), len(found))
    return found, [much] if len(found) < len(names) else []


def _wanted(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in _READ  # noqa: PTH122


def _bytes(path: Path, limit: int) -> bytes | Text:
    """Return a regular file's bytes, or why not."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return _NO_FILE
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return _NO_FILE
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            data = opened.read(limit + 1)
    except OSError:
        return _NO_FILE
    finally:
        os.close(descriptor)
    return data if len(data) <= limit else _LARGE.format(limit // 2**20)


def _answers(
    contents: dict[str, bytes | Text], questions: list[str]
) -> tuple[dict[str, Any], list[Text]]:
    """Return the answers, JSON before notebooks before scripts, and complaints."""
    found: dict[str, Any] = {}
    notes: list[Text] = []
    first: dict[str, str] = {}  # which file an answer is from
    left = ALTOGETHER
    for ending, name in _in_order(contents):
        data = contents[name]
        if not isinstance(data, bytes):
            notes.append(_NOT_READ.format(shown(name), data))
            continue
        try:
            if ending == ".json":
                given = _from_json(data, questions)
            else:
                code = list(_CODE[ending](data))
                left -= min(sum(map(len, code)), literals.LETTERS)
                if left < 0:
                    notes.append(_NOT_READ.format(shown(name), _MUCH))
                    break
                given = literals.read(code, questions)
        except (ValueError, RecursionError, MemoryError, KeyError, TypeError) as error:
            notes.append(_NOT_READ.format(shown(name), type(error).__name__))
            continue
        other = [
            one for one in questions if one in found and one in given and given[one] != found[one]
        ]
        if other:
            counting = sorted({first[one] for one in other})
            notes.append(_DIFFERS.format(join(counting), join(other), shown(name)))
        for question, value in given.items():
            found.setdefault(question, value)
            first.setdefault(question, shown(name))
    return found, notes


def _in_order(contents: dict[str, bytes | Text]) -> Iterator[tuple[str, str]]:
    """Give the files that may hold answers, the best of each kind first: (ending, name)."""
    for ending in (".json", *_CODE):
        for name in sorted(contents, key=_tidy_first):
            small = name.lower()
            if small.endswith(ending) and (ending != ".json" or small == "answers.json"):
                yield ending, name


def _tidy_first(name: str) -> tuple[bool, str]:
    """Put a name as it should be before one in capitals."""
    return not name.islower(), name


def _text(data: bytes) -> str:
    """Return text in the encodings that editors here write; nothing is refused."""
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def plain(data: bytes) -> Any:
    """Parse JSON; NaN and numbers beyond all measure spoil no other answer.

    Raises:
        ValueError, RecursionError: it is none.
    """
    return json.loads(_text(data), parse_constant=float, parse_int=_whole)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= _DIGITS else math.inf


def code(files: Files) -> Iterator[tuple[str, bytes]]:
    """Give the files that hold code, those first that come first where answers are looked for."""
    for ending, name in _in_order(files.contents):
        data = files.contents[name]
        if ending != ".json" and isinstance(data, bytes):
            yield name, data


def cells(name: str, data: bytes) -> list[str]:
    """Return a file's code as it is to be run: a script whole, a notebook cell by cell."""
    if not name.lower().endswith(".ipynb"):
        return [_text(data)]
    try:
        found = list(_cells(plain(data)))
    except (ValueError, RecursionError, MemoryError, KeyError, TypeError):
        return []
    if sum(map(len, found)) > literals.LETTERS:
        return found  # nobody will run it
    return [literals.without_magics(cell) for cell in found]


def _from_json(data: bytes, questions: list[str]) -> dict[str, Any]:
    given = plain(data)
    if not isinstance(given, dict):
        raise TypeError("no dict")
    given = {key.strip().lower(): value for key, value in given.items()} | given
    return {name: given[name] for name in questions if name in given}


def _cells(book: Any) -> Iterator[str]:
    """Give the code of a notebook's cells, also of one that an old Jupyter wrote."""
    sheets = [book] if "cells" in book else book["worksheets"]
    for cell in (cell for sheet in sheets for cell in sheet["cells"]):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        lines = source if isinstance(source, list) else [source]
        yield "".join(line for line in lines if isinstance(line, str))


# how code is taken from a file, by its ending
_CODE: dict[str, Callable[[bytes], Iterable[str]]] = {
    ".ipynb": lambda data: _cells(plain(data)),
    ".py": lambda data: _CELL.split(_text(data)),
}

_NO_QUESTION = Text(en="{} belongs to no question.", zh="{} 不是哪道题的文件。")
_TWICE = Text(
    en="{0} was not looked at: there is another file for {1}.", zh="{0} 没有看：{1} 另有一个文件。"
)
_NO_FOLDER = Text(en="The folder cannot be read: {}.", zh="文件夹读不了：{}。")
_NO_FILE = Text(
    en="it is no file that can be read (a link, a folder or a device)",
    zh="不是能读的文件（是链接、文件夹或设备）",
)
_LARGE = Text(en="it is larger than {} MB", zh="超过 {} MB")
_TOGETHER = Text(en="the files are larger than {} MB together", zh="所有文件加起来超过 {} MB")
_MUCH = Text(
    en=f"all code together is longer than {ALTOGETHER:,} letters",
    zh=f"代码加起来超过 {ALTOGETHER:,} 个字符",
)
_MANY = Text(
    en="{} files were handed in; the first {} were looked at.", zh="交了 {} 个文件，只看前 {} 个。"
)
_NOT_READ = Text(en="{} was not read: {}.", zh="{} 没有读：{}。")
_DIFFERS = Text(
    en="{0} counts for {1}; {2} says something else. After a change, run work.hand_in again.",
    zh="{1} 以 {0} 为准；{2} 里写的不一样。改动之后，请重新运行 work.hand_in。",
)
