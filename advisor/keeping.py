"""A folder for what is finished, so that a study that was interrupted goes on from there.

A file a chunk, named by all that its numbers depend on, written whole or not at all. It is JSON, and
loading it runs nothing.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import tempfile
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor import writing
from advisor.errors import OptionError, shown, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = object()  # what `load` gives where nothing is kept
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


@contextlib.contextmanager
def kept_in(folder: Any) -> Iterator[None]:
    """Keep the chunks that are finished inside in a folder, and take from it what is there.

    Args:
        folder: a path, made if it is not there; None to keep nothing.

    Raises:
        OptionError: nothing can be written there.
    """
    if folder is None:
        yield
        return
    if folder == "":  # as a path it would be wherever we are
        raise OptionError("Nothing can be kept in ''. Expected a folder that can be written.")
    try:
        path = Path(folder).expanduser()
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except (OSError, TypeError, ValueError, RuntimeError) as error:  # the last: no such home
        raise OptionError(
            f"Nothing can be kept in {shown(folder)} ({type(error).__name__}). Expected a folder "
            "that can be written."
        ) from None
    before = _folder.set(path)
    try:
        yield
    finally:
        _folder.reset(before)


def keeps() -> bool:
    """Say whether anything is kept."""
    return _folder.get() is not None


def load(key: Any) -> Any:
    """Return what is kept under a key; NOTHING where that is nothing, or is damaged."""
    file = _file(key)
    try:
        return _read(json.loads(file.read_bytes())["result"]) if file else NOTHING
    except FileNotFoundError:
        return NOTHING
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        warn(f"{file} is damaged: what it held is done again.")
        return NOTHING


def save(key: Any, result: Any) -> None:
    """Keep a result: None, truth values, numbers, text, arrays, and tuples, lists, dicts of them.

    Raises:
        OptionError: it cannot be written, as where the disk is full.
    """
    file = _file(key)
    if file is None:
        return
    text = json.dumps({"key": _written(key), "result": _written(result)})
    try:
        writing.replace(file, text.encode("ascii"))
    except OSError as error:
        raise OptionError(
            f"{file} cannot be written ({error.strerror}). What is finished before is kept: make "
            "room, or repair the rights, then run the same again."
        ) from None


def _file(key: Any) -> Path | None:
    """Return where a result is kept; None where nothing is."""
    folder = _folder.get()
    if folder is None:
        return None
    text = json.dumps(_written(key), sort_keys=True)
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def _written(value: Any) -> Any:
    """Return a value as JSON that `_read` makes the same value of; floats keep every bit."""
    import numpy as np

    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [_written(one) for one in value]}
    if isinstance(value, dict):
        return {"dict": [[_written(name), _written(one)] for name, one in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": data, "dtype": value.dtype.str, "shape": list(value.shape)}
    raise TypeError(f"cannot keep a {type(value).__name__}")


def _read(value: Any) -> Any:
    import numpy as np

    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(_read(one) for one in value["tuple"])
    if "dict" in value:
        return {_read(name): _read(one) for name, one in value["dict"]}
    dtype = np.dtype(value["dtype"])
    if dtype.hasobject:
        raise ValueError("no array of numbers")
    return np.frombuffer(base64.b64decode(value["array"]), dtype).reshape(value["shape"]).copy()
