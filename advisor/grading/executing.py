"""A student's code run in the jail: what it builds is saved, what it works out is written down.

What comes out are a saved model and plain values, such as could have been handed in; whoever writes
something else into the pipe has handed in something else. Nothing here is trusted by who reads it.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import shutil
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.grading import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    Message = tuple[dict[str, Any], bytes]

CODE = "code"  # what is asked for
_MODULE = "submission"  # so that what stands below `if __name__ == "__main__"` is not run
_LONG = 8  # bytes of a length


def packed(plan: dict[str, Any], files: dict[str, bytes]) -> bytes:
    """Return what the child is given: the plan as JSON, then the files."""
    text = json.dumps(plan | {"files": {name: len(data) for name, data in files.items()}}).encode()
    return b"".join((len(text).to_bytes(_LONG, "big"), text, *files.values()))


def answers(header: dict[str, Any], payload: bytes, keras: Any, place: str) -> Iterator[Message]:
    """Run each program that is asked for, and give a message for each question, in their order."""
    del header
    end = _LONG + int.from_bytes(payload[:_LONG], "big")
    plan = json.loads(payload[_LONG:end])
    for name, size in plan["files"].items():
        Path(place, name).write_bytes(payload[end : end + size])
        end += size
    del payload
    running.one_thread()
    # nobody sets rights or times here; copies still work
    shutil.copymode = shutil.copystat = _nothing
    sys.path.insert(0, place)  # what else was handed in can be imported
    done: dict[str, _Ran] = {}
    for one in plan["wanted"]:
        file = one["file"]
        if file not in done:
            done[file] = _run(file, plan["programs"][file], keras, place)
        yield _answer(one, done[file], keras, place)


def _nothing(*given: Any, **named: Any) -> None:
    del given, named


@dataclass(slots=True)
class _Ran:
    """A program that was run: its names and how many cells it has; what failed, and where."""

    module: types.ModuleType
    cells: int
    error: BaseException | None = None
    where: dict[str, int] = field(default_factory=dict)
    built: dict[Any, bytes] = field(default_factory=dict)  # models, by what was called with what


def _run(file: str, cells: list[str], keras: Any, place: str) -> _Ran:
    """Run a file's cells until one fails."""
    module = types.ModuleType(_MODULE)
    module.__file__ = str(Path(place, file))
    module.__dict__["display"] = print  # which notebooks have
    sys.modules[_MODULE] = module
    sys.argv = [module.__file__]
    keras.utils.set_random_seed(0)
    cell = 0
    try:
        for cell, code in enumerate(cells):
            exec(compile(code, f"{file}:{cell}", "exec"), module.__dict__)  # noqa: S102 - in the jail
    except BaseException as error:  # noqa: BLE001 - students' code raises what it likes
        return _Ran(module, len(cells), error, _where(error, file, cell, len(cells)))
    return _Ran(module, len(cells))


def _where(error: BaseException, file: str, cell: int, cells: int) -> dict[str, int]:
    """Return the line that failed, and its cell where there are several; both counted from 1."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(f"{file}:"):
            line = trace.tb_lineno
            with contextlib.suppress(ValueError):  # a name that the code gave itself
                cell = int(trace.tb_frame.f_code.co_filename.rpartition(":")[2])
        trace = trace.tb_next
    where = {"cell": cell + 1} if cells > 1 else {}
    return where | ({"line": line} if line else {})


def _answer(one: dict[str, Any], ran: _Ran, keras: Any, place: str) -> Message:
    """Take one answer out of what a program left behind."""
    from advisor.grading import handin

    told = {"question": one["question"], **ran.where}
    if one["name"] not in vars(ran.module):
        missing = {"status": "missing"} if ran.error is None else running.failed(ran.error, place)
        return told | missing, b""
    try:
        if one["model"]:
            return told | {"status": "model"}, _built(one, ran, keras, place)
        value = handin.value(vars(ran.module)[one["name"]], one["question"])
        text = json.dumps(value, ensure_ascii=False)
        return told | {"status": "value"}, text.encode("utf-8", "replace")
    except handin.UnfitError as unfit:
        why = {"en": running.placeless(unfit.why.en), "zh": running.placeless(unfit.why.zh)}
        return told | {"status": "unfit"} | why, b""
    except BaseException as raised:  # noqa: BLE001 - students' code raises what it likes
        where = _where(raised, one["file"], 0, ran.cells)
        return told | where | running.failed(raised, place), b""


def _built(one: dict[str, Any], ran: _Ran, keras: Any, place: str) -> bytes:
    """Return a model, saved; a function that is given the same for two questions is called once."""
    from advisor.grading import handin

    found, question = vars(ran.module)[one["name"]], one["question"]
    if not one["call"]:
        return handin.saved(_model_of(found), question)
    given = _Given(found, question, place)
    if given.key not in ran.built:
        keras.utils.set_random_seed(0)
        ran.built[given.key] = handin.saved(_model_of(found(*given.values())), question)
    return ran.built[given.key]


class _Given:
    """What a function is given, by the names of its parameters.

    Attributes:
        key: the same for the same function with the same arguments, which is called once.
    """

    def __init__(self, function: Any, question: str, place: str) -> None:
        self._file = Path(place, f"{question}.csv")
        self._known: dict[str, Any] = {"question": question}
        self._names: list[str] = []
        with contextlib.suppress(TypeError, ValueError):  # then it is called, and says itself
            self._names = [
                one.name
                for one in inspect.signature(function).parameters.values()
                if one.default is one.empty
                and one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}
            ]
        rows = self._file.read_bytes() if self._wants_rows and self._file.exists() else b""
        asked = question if "question" in self._names else ""
        self.key = (id(function), asked, rows)

    @property
    def _wants_rows(self) -> bool:
        return bool(set(self._names) - set(self._known))

    def values(self) -> list[Any]:
        """Return the arguments.

        Raises:
            TypeError: it asks for something else.
        """
        from advisor.grading import handout

        if self._wants_rows and self._file.exists():
            X, y = handout.rows(self._file)
            self._known |= {"X": X, "y": y, "X_train": X, "y_train": y, "x": X, "x_train": X}
        unknown = [name for name in self._names if name not in self._known]
        if unknown:
            message = f"{unknown[0]!r} is not known here; there are {', '.join(self._known)}"
            raise TypeError(message)
        return [self._known[name] for name in self._names]


def _model_of(found: Any) -> Any:
    """Return the model among what a function gave, such as a model and its history."""
    from advisor.grading import handin

    if isinstance(found, (tuple, list)):
        return next((one for one in found if handin.is_model(one)), found)
    return found
