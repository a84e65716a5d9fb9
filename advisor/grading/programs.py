"""Which questions are answered by code that has to be run, told without running it.

A model that was not handed in as a file is taken from `build_model()`, or from the question's own name
where the code assigns it; a value that no literal gives, from its name. For question q1 a file q1.py
or q1.ipynb comes first, then `build_q1()`, then the name q1, then a `build_model()` that is there for
all. What then comes out of the jail is judged as if it had been handed in.
"""

from __future__ import annotations

import ast
import os
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from advisor.errors import shown
from advisor.grading import executing, literals, running, submission
from advisor.grading.marks import NOT_GRADED, NOT_YET
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from advisor.grading.nursery import Frame
    from advisor.grading.submission import Files, Submission

BUILD = "build_model"
_MOST = 2**27  # bytes of one model
_TEXT = 2**16  # of one value
_BLOCKS = (ast.If, ast.Try, ast.With)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Asks(Protocol):
    """What opens models and runs code; see `nursery.Nursery`."""

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        """Let Keras open a model."""

    def run(self, payload: bytes) -> tuple[str, list[Frame]]:
        """Run a student's code."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One answer that code gives.

    Attributes:
        question: which.
        file: where the code stands.
        name: what holds the answer.
        call: whether that is a function to be called.
        model: whether a model is asked for; else a value.
    """

    question: str
    file: str
    name: str
    call: bool
    model: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run for a submission.

    Attributes:
        wanted: an entry for each question.
        programs: the cells of each file that is run; a script is one cell.
        broken: why a file's code cannot be run, by question.
    """

    wanted: tuple[Wanted, ...]
    programs: dict[str, list[str]]
    broken: dict[str, Text]


def plan(files: Files, handed_in: Submission, questions: Mapping[str, bool]) -> Plan:
    """Return what has to be run.

    Args:
        files: the submission.
        handed_in: what was read of it.
        questions: by name, whether a model is asked for.
    """
    missing = {
        name: model
        for name, model in questions.items()
        if name not in (handed_in.models if model else handed_in.answers)
        and name not in handed_in.refused
    }
    if not missing:
        return Plan((), {}, {})
    programs = dict(_programs(files))
    names = {file: _names(cells) for file, cells in programs.items()}
    wanted, broken = [], {}
    for question, model in missing.items():
        found = _first(question, names, model=model)
        if found is not None:
            wanted.append(found)
        elif (own := _unreadable(question, programs, names, model=model)) is not None:
            broken[question] = own
    used = {one.file for one in wanted}
    return Plan(tuple(wanted), {file: programs[file] for file in programs if file in used}, broken)


def _programs(files: Files) -> Iterator[tuple[str, list[str]]]:
    """Give the cells of each file, as long as all together are not too long."""
    left = submission.ALTOGETHER
    for name, data in submission.code(files):
        cells = submission.cells(name, data)
        size = sum(map(len, cells))
        left -= size if size <= literals.LETTERS else 0  # what is longer is not looked through
        if left < 0:
            return
        yield name, cells


def _first(
    question: str, names: Mapping[str, tuple[set[str], set[str]] | Text], *, model: bool
) -> Wanted | None:
    """Return where a question's answer comes from."""
    read = {file: found for file, found in names.items() if not isinstance(found, Text)}
    own = [file for file in read if _stem(file) == question]
    ways = [(own, BUILD, True), (read, f"build_{question}", True), (read, question, False)]
    ways += [(read, f"{BUILD}_{question}", True), (read, BUILD, True)]
    for where, name, call in ways:
        if call and not model:
            continue
        for file in where:
            functions, assigned = read[file]
            if name in (functions if call else assigned):
                return Wanted(question, file, name, call, model)
    return None


def _names(cells: Sequence[str]) -> tuple[set[str], set[str]] | Text:
    """Return the functions and the names that code has; words where it cannot be run."""
    if sum(map(len, cells)) > literals.LETTERS:
        return _LONG.format(f"{literals.LETTERS:,}")
    functions: set[str] = set()
    assigned: set[str] = set()
    for number, cell in enumerate(cells):
        try:
            todo: deque[ast.AST] = deque(literals.parsed(cell))
        except literals.FAILS as error:
            line = getattr(error, "lineno", None) or 1
            why = running.printable(str(getattr(error, "msg", "") or type(error).__name__))
            where = {"cell": number + 1} if len(cells) > 1 else {}
            return _NO_PYTHON.format(_at(where | {"line": line}, why))
        while todo:
            node = todo.popleft()
            if isinstance(node, _FUNCTIONS):
                functions.add(node.name)
            elif isinstance(node, ast.Assign):
                empty = isinstance(node.value, ast.Constant) and node.value.value is ...
                stored = {one.id for target in node.targets for one in _stored(target)}
                assigned = assigned - stored if empty else assigned | stored
            elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
                assigned |= {one.id for one in _stored(node.target)}
            elif isinstance(node, _BLOCKS):
                inner = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
                todo.extendleft(reversed(inner))
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                functions |= {one.asname or one.name for one in node.names}
    return functions | assigned, assigned


def _at(where: Mapping[str, Any], why: str) -> Text:
    """Say what failed, and in which line; whole numbers alone are believed."""
    cell, line = (
        number if type(number := where.get(name)) is int and 0 < number < _MOST else None
        for name in ("cell", "line")
    )
    words = _AT[cell is not None, line is not None]
    return words.format(why, cell=cell, line=line)


def _stored(target: ast.AST) -> list[ast.Name]:
    return [one for one in ast.walk(target) if isinstance(one, ast.Name)]


def _unreadable(
    question: str,
    programs: Mapping[str, list[str]],
    names: Mapping[str, tuple[set[str], set[str]] | Text],
    *,
    model: bool,
) -> Text | None:
    """Say what is wrong with the code that seems to answer a question."""
    for file, found in names.items():
        if isinstance(found, Text) and model:
            text = "\n".join(programs[file])
            if f"def {BUILD}" in text or f"def build_{question}" in text or _stem(file) == question:
                return _NOT_RUN.format(shown(file), found)
    return None


def _stem(file: str) -> str:
    return os.path.splitext(file)[0].lower()  # noqa: PTH122 - any bytes are a name


def run(
    todo: Plan,
    beside: dict[str, bytes],
    handed_in: Submission,
    nursery: Asks,
    seconds: float,
) -> Submission:
    """Run code in the jail; return the submission with what came out.

    Args:
        todo: what is to be run.
        beside: files that lie beside the code.
        handed_in: what was read of the submission.
        nursery: what runs it.
        seconds: that it may take, for what is said.

    Raises:
        GoneError: a failure of our own.
    """
    wanted = [
        {name: getattr(one, name) for name in ("question", "file", "name", "call", "model")}
        for one in todo.wanted
    ]
    asked = {"wanted": wanted, "programs": todo.programs}
    status, heard = nursery.run(executing.packed(asked, beside))
    return _with(handed_in, todo, status, heard, f"{seconds:g}")


def _with(
    handed_in: Submission, todo: Plan, status: str, heard: list[Frame], seconds: str
) -> Submission:
    """Put what was heard beside what was read; who says nothing has no answer."""
    answers, models = dict(handed_in.answers), dict(handed_in.models)
    settled, notes = dict(handed_in.settled), list(handed_in.notes)
    told = {str(frame[0].get("question")): frame for frame in reversed(heard)}  # the first counts
    for one in todo.wanted:
        header, payload = told.get(one.question, ({"status": status}, b""))
        try:
            if header.get("status") == "model" and one.model and len(payload) <= _MOST:
                models[one.question] = payload
            elif header.get("status") == "value" and not one.model and len(payload) <= _TEXT:
                answers[one.question] = submission.plain(payload)
            else:
                why = _why(header, one, seconds)
                settled[one.question] = (NOT_YET, _NOTHING.format(shown(one.file), why))
                continue
        except (ValueError, RecursionError):
            settled[one.question] = (NOT_YET, _NOTHING.format(shown(one.file), _ENDED))
            continue
        name = f"{one.name}()" if one.call else one.name
        notes.append(_RUN.format(one.question, name, shown(one.file)))
    return replace(handed_in, answers=answers, models=models, settled=settled, notes=tuple(notes))


def _why(header: dict[str, Any], one: Wanted, seconds: str) -> Text:
    """Say why nothing came out; words that the jail gives are shown as such and no more."""
    en, zh, why = (running.printable(str(header.get(key, ""))) for key in ("en", "zh", "why"))
    match header.get("status"):
        case "unfit":
            return Text(en=en.rstrip("."), zh=zh.rstrip("。"))
        case "error":
            return _at(header, why)
        case "missing":
            return _MISSING.format(one.name)
        case "timeout":
            return _TIMEOUT.format(seconds)
        case "killed":
            return _KILLED
    return _ENDED


def without(handed_in: Submission, todo: Plan) -> Submission:
    """Return the submission where its code is not run: no mark is lost by it."""
    held = {one.question: (NOT_GRADED, _HELD) for one in todo.wanted}
    return replace(handed_in, settled=held | handed_in.settled)


def static(handed_in: Submission, todo: Plan) -> Submission:
    """Return the submission with what needs no run to be told."""
    broken = {name: (NOT_YET, why) for name, why in todo.broken.items()}
    return replace(handed_in, settled=broken | handed_in.settled)


_NOT_RUN = Text(en="{} was not run: {}.", zh="没有运行 {}：{}。")
_NO_PYTHON = Text(en="it is no Python, {}", zh="它不是能运行的 Python，{}")
_AT = {  # by whether a cell and a line are known
    (False, False): Text(en="{}", zh="{}"),
    (False, True): Text(en="line {line}: {}", zh="第 {line} 行：{}"),
    (True, False): Text(en="code cell {cell}: {}", zh="第 {cell} 个代码单元：{}"),
    (True, True): Text(
        en="code cell {cell}, line {line}: {}", zh="第 {cell} 个代码单元第 {line} 行：{}"
    ),
}
_LONG = Text(en="it is longer than {} letters", zh="它超过了 {} 个字符")
_RUN = Text(en="{}: {} of {} was run.", zh="{}：运行了 {}（{}）。")
_NOTHING = Text(en="{} was run and gave no answer: {}.", zh="运行了 {}，没有得到答案：{}。")
_MISSING = Text(en="it never defines {}", zh="没有定义 {}")
_TIMEOUT = Text(en="it was stopped after {} s", zh="超过 {} 秒，被停掉了")
_KILLED = Text(
    en="it was stopped, as it crashed or wanted more memory, disk or threads than a submission may take",
    zh="崩溃了，或者要的内存、磁盘、线程超过了一份作业的上限，被停掉了",
)
_ENDED = Text(en="its process ended before there was one", zh="还没算出来，进程就退出了")
_HELD = Text(
    en="This is answered by code, which was not run yet. No mark is lost by it; your teacher will see to it.",
    zh="这道题要运行代码才有答案，代码还没有运行。不会因此扣分，老师会处理。",
)
CAUSE = Text(
    en="its code is run only behind Landlock and seccomp, on Linux, and this machine does not have them; "
    "grade with --again on one that does, or pass --again --run-code-unprotected",
    zh="学生代码只在有 Landlock 和 seccomp 的 Linux 上运行，这台机器没有；换一台有的机器，用 --again 重评，"
    "或者加 --again --run-code-unprotected",
)
