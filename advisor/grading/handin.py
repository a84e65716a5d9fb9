"""What a student's answers become when they are handed in: plain values, and saved models."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.errors import ModelFileError, OptionError, shown
from advisor.grading import refusals
from advisor.page import Answer, Page
from advisor.text import Text, join

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = "answers.json"
_DEPTH, _ITEMS, _LETTERS, _BITS = 20, 1000, 10_000, 4096  # more is no answer


class UnfitError(OptionError):
    """An answer that cannot be handed in.

    Attributes:
        why: in both languages.
    """

    def __init__(self, why: Text) -> None:
        """Say why."""
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True, repr=False)
class HandIn(Answer):
    """What was written to be handed in.

    Attributes:
        values: questions whose answers stand in `answers.json`.
        models: questions whose models were saved.
        left: questions that are still to be done.
        problems: by question, what could not be written, or will not be taken.
        earlier: questions whose model is there from an earlier time, and counts.
    """

    values: tuple[str, ...]
    models: tuple[str, ...]
    left: tuple[str, ...]
    problems: Mapping[str, Text]
    earlier: tuple[str, ...] = ()

    def page(self) -> Page:
        """Describe it in the language spoken now."""
        done = not self.left and not self.problems
        page = Page(str(_READY if done else _UNFINISHED))
        page.rows((_FILES, ", ".join([ANSWERS, *map(_file, self.models)])))
        if self.problems:
            page.rows(*self.problems.items())
        if self.left:
            page.rows((_LEFT, join(self.left)))
        if self.earlier:
            page.rows((_EARLIER, _COUNTS.format(join([*map(_file, self.earlier)]))))
        return page.say(_SEND)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "values": list(self.values),
            "models": list(self.models),
            "left": list(self.left),
            "problems": {name: str(why) for name, why in self.problems.items()},
            "earlier": list(self.earlier),
        }


def _file(question: str) -> str:
    return f"{question}.keras"


def is_model(answer: Any) -> bool:
    """Say whether an answer is a Keras model, without importing Keras."""
    given = isinstance(answer, type)
    return not given and hasattr(answer, "get_config") and hasattr(answer, "save")


def value(answer: Any, name: str, depth: int = 0) -> Any:
    """Return an answer as JSON has it; functions, layers and losses by their names.

    Raises:
        UnfitError: it is none of these, or larger than any answer.
    """
    if hasattr(answer, "numpy"):
        with contextlib.suppress(RuntimeError):  # PyTorch's, where a gradient is kept
            answer = answer.numpy()
    size = getattr(answer, "size", None)
    if hasattr(answer, "tolist") and isinstance(size, int) and size <= _ITEMS:
        answer = answer.item() if size == 1 else answer.tolist()
    if isinstance(answer, (list, tuple)) and len(answer) <= _ITEMS and depth < _DEPTH:
        return [value(one, name, depth + 1) for one in answer]
    if isinstance(answer, dict) and len(answer) <= _ITEMS and depth < _DEPTH:
        return {str(key): value(one, name, depth + 1) for key, one in answer.items()}
    if answer is None or isinstance(answer, (bool, float)):
        return answer
    if isinstance(answer, str) and len(answer) <= _LETTERS:
        return str(answer)
    if isinstance(answer, int) and answer.bit_length() <= _BITS:
        return answer
    return _name(answer, name)


def _name(answer: Any, name: str) -> str:
    """Return the name of a function, a layer, a loss or an initialiser."""
    inner = getattr(answer, "activation", None)  # Activation("relu"), Dense(3, activation="relu")
    word = getattr(inner if callable(inner) else answer, "__name__", "")
    word = word if isinstance(word, str) else ""
    if not word and "keras" in type(answer).__module__ and not is_model(answer):
        word = type(answer).__name__
    if not word or word == "<lambda>":
        kind = "lambda" if word else type(answer).__name__
        raise UnfitError(_NO_VALUE.format(name, shown(kind)))
    return str(word)


def saved(model: Any, name: str = "") -> bytes:
    """Return a model's `.keras` file; the model stays as it is.

    Raises:
        UnfitError: it is no model, or Keras cannot save it.
    """
    import tempfile
    import warnings
    from pathlib import Path

    if not is_model(model):
        raise UnfitError(_NO_MODEL.format(name, shown(_kind(model))))
    with tempfile.TemporaryDirectory(prefix="advisor-hand-in-") as folder:
        path = Path(folder) / "model.keras"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # NumPy's, raised inside Keras
                model.save(path)
            return path.read_bytes()
        except Exception as error:  # noqa: BLE001 - Keras raises whatever it likes
            why = " ".join(str(error).split())[:120]
            raise UnfitError(_UNSAVED.format(name, f"{type(error).__name__}: {why}")) from None


def _kind(answer: Any) -> str:
    return str(getattr(answer, "__name__", "") or type(answer).__name__)


def refusal(data: bytes, name: str) -> Text | None:
    """Return why a saved model will be refused; None where it will be taken."""
    from advisor.saved import vetted

    try:
        vetted(data, f"{name}.keras")
    except ModelFileError as error:
        return _REFUSED.format(refusals.told(name, error))
    return None


_READY = Text(en="Ready to be handed in", zh="可以交了")
_UNFINISHED = Text(en="Written, and not all is done", zh="已写好，但还没做完")
_FILES = Text(en="files", zh="文件")
_LEFT = Text(en="still to do", zh="还没做")
_EARLIER = Text(en="from earlier", zh="以前的")
_COUNTS = Text(en="{}: still there, and counts", zh="{}：还在，会算进去")
_NO_VALUE = Text(
    en="Expected a name, a number or a tuple of them for {}. Received: {}.",
    zh="{} 要的是名字、数，或者由它们组成的元组，收到的是 {}。",
)
_NO_MODEL = Text(
    en="Expected a Keras model for {}. Received: {}.", zh="{} 要的是 Keras 模型，收到的是 {}。"
)
_UNSAVED = Text(
    en="Keras cannot save the model for {} ({}). Build it of Keras' own layers.",
    zh="Keras 存不了 {} 的模型（{}）。请用 Keras 自带的层来搭。",
)
_REFUSED = Text(en="Saved, but it will not be taken: {}", zh="存好了，但不会被接受：{}")
_SEND = Text(
    en="Hand in these files, or the whole folder.", zh="把这些文件交上去，交整个文件夹也行。"
)
