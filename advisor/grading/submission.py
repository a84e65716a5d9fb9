"""One submission as it lies in its folder: read once, never run.

Answers come from `answers.json`, else from the cells of the handed-out notebook or script, where
literals assigned to the questions' names are taken; models are files such as `q2.keras`.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.errors import shown
from advisor.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_TEXT_BYTES = 8 * 2**20
_FILES = 200
_READ = {".keras", ".json", ".ipynb", ".py"}


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
    """

    answers: dict[str, Any]
    models: dict[str, bytes] = field(repr=False)
    refused: dict[str, Text]
    notes: tuple[Text, ...]
    sha256: str


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
    for name, data in files.contents.items():
        question = name.removesuffix(".keras").lower()
        if not name.endswith(".keras"):
            continue
        if question not in questions:
            notes.append(_NO_QUESTION.format(shown(name, 40)))
        elif isinstance(data, bytes):
            models[question] = data
        else:
            refused[question] = data
    answers, complaints = _answers(files.contents, questions)
    return Submission(answers, models, refused, (*notes, *complaints), files.sha256)


def _files(folder: Path, file_bytes: int) -> tuple[dict[str, bytes | Text], list[Text]]:
    """Read the folder's files once each; links, pipes and folders are not followed."""
    found: dict[str, bytes | Text] = {}
    notes: list[Text] = []
    try:
        names = sorted(os.listdir(folder), key=os.fsencode)  # noqa: PTH208 - names, not paths
    except OSError as error:
        return {}, [_NO_FOLDER.format(error.strerror)]
    for name in names[:_FILES]:
        ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - any bytes are a name
        if name.startswith(".") or ending not in _READ:
            continue
        limit = file_bytes if ending == ".keras" else min(file_bytes, _TEXT_BYTES)
        found[name if ending != ".keras" else name[:-6] + ".keras"] = _bytes(folder / name, limit)
    if len(names) > _FILES:
        notes.append(_MANY.format(len(names), _FILES))
    return found, notes


def _bytes(path: Path, limit: int) -> bytes | Text:
    """Return a regular file's bytes, or why not."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return _NO_FILE
    with os.fdopen(descriptor, "rb", closefd=True) as opened:
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return _NO_FILE
            data = opened.read(limit + 1)
        except OSError:
            return _NO_FILE
    return data if len(data) <= limit else _LARGE.format(limit // 2**20)


def _answers(
    contents: dict[str, bytes | Text], questions: list[str]
) -> tuple[dict[str, Any], list[Text]]:
    """Return the answers, JSON before notebooks before scripts, and what could not be read."""
    found: dict[str, Any] = {}
    notes: list[Text] = []
    order = sorted(contents, key=lambda n: (not n.endswith(".json"), not n.endswith(".ipynb"), n))
    for name in order:
        ending, data = os.path.splitext(name)[1], contents[name]  # noqa: PTH122
        if ending == ".keras" or (ending == ".json" and name != "answers.json"):
            continue
        if not isinstance(data, bytes):
            notes.append(_NOT_READ.format(shown(name, 40), data))
            continue
        try:
            given = _READERS[ending](data, questions)
        except (ValueError, RecursionError, MemoryError, SyntaxError, KeyError, TypeError) as error:
            notes.append(_NOT_READ.format(shown(name, 40), type(error).__name__))
            continue
        for question, value in given.items():
            found.setdefault(question, value)
    return found, notes


def _json(data: bytes) -> Any:
    """Parse JSON; infinite numbers and NaN are none."""
    return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _from_json(data: bytes, questions: list[str]) -> dict[str, Any]:
    given = _json(data)
    if not isinstance(given, dict):
        raise TypeError("no dict")
    return {name: given[name] for name in questions if name in given}


def _from_notebook(data: bytes, questions: list[str]) -> dict[str, Any]:
    book = _json(data)
    found: dict[str, Any] = {}
    for cell in book["cells"]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        code = "".join(source) if isinstance(source, list) else str(source)
        lines = [line for line in code.split("\n") if not line.lstrip().startswith(("%", "!"))]
        try:
            found |= _assigned("\n".join(lines), questions)
        except (SyntaxError, ValueError):
            continue  # one cell that is half written does not spoil the others
    return found


def _from_script(data: bytes, questions: list[str]) -> dict[str, Any]:
    return _assigned(data.decode("utf-8-sig"), questions)


_READERS = {".json": _from_json, ".ipynb": _from_notebook, ".py": _from_script}


def _assigned(code: str, questions: list[str]) -> dict[str, Any]:
    """Return the literals that are assigned to the questions' names, the last one of each."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in a student's strings
        tree = ast.parse(code[:_TEXT_BYTES])
    found: dict[str, Any] = {}
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in questions:
                try:
                    value = literal(node.value)
                except (ValueError, OverflowError, ZeroDivisionError):
                    found.pop(target.id, None)  # a model, or something that has to be run
                    continue
                found[target.id] = value
    return {name: value for name, value in found.items() if value is not ...}


def literal(node: ast.expr, depth: int = 0) -> Any:
    """Return a literal's value; simple arithmetic on numbers is a literal here.

    Raises:
        ValueError: it is none.

    Example:
        >>> literal(ast.parse("0.25 ** 10 / 2", mode="eval").body)
        4.76837158203125e-07
    """
    if depth > 20:  # noqa: PLR2004 - deeper is no answer
        raise ValueError("nested too deep")
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [literal(one, depth + 1) for one in node.elts]
    if isinstance(node, ast.Dict):
        keys = [literal(key, depth + 1) for key in node.keys if key is not None]
        values = [literal(value, depth + 1) for value in node.values]
        return dict(zip(map(str, keys), values, strict=True))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        number = _number(literal(node.operand, depth + 1))
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp):
        return _computed(node, depth)
    raise ValueError("no literal")


def _computed(node: ast.BinOp, depth: int) -> float:
    left, right = (float(_number(literal(n, depth + 1))) for n in (node.left, node.right))
    match node.op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow():
            power = left**right
            return float(_number(power))
    raise ValueError("no literal")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("no number")  # noqa: TRY004 - literal's one kind of error
    return value


_NO_QUESTION = Text(en="{} belongs to no question.", zh="{} 不是哪道题的文件。")
_NO_FOLDER = Text(en="The folder cannot be read: {}.", zh="文件夹读不了：{}。")
_NO_FILE = Text(
    en="it is no file that can be read (a link, a folder or a device)",
    zh="不是能读的文件（是链接、文件夹或设备）",
)
_LARGE = Text(en="it is larger than {} MB", zh="超过 {} MB")
_MANY = Text(
    en="{} files were handed in; the first {} were looked at.", zh="交了 {} 个文件，只看前 {} 个。"
)
_NOT_READ = Text(en="{} was not read: {}.", zh="{} 没有读：{}。")
