"""What a kind of question is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.grading.marks import Part, Slip
    from advisor.grading.problems import Drawn
    from advisor.saved import SavedModel

NOTHING = Text(en="", zh="")


class NeedsKerasError(Exception):
    """NumPy cannot tell: Keras has to open the model, in a process of its own."""


class CannotRunError(Exception):
    """The model could not be run; the words say why."""

    def __init__(self, why: Text) -> None:
        """Keep the reason in both languages."""
        super().__init__(why.en)
        self.why = why


class UnreadableError(Exception):
    """The answer is of no kind that the question takes; the words say what was received."""

    def __init__(self, why: Text) -> None:
        """Keep what was received in both languages."""
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what was handed in for it.

    Attributes:
        name: "q1".
        spec: the question's, with the student's values.
        answer: numbers, text, lists and dicts; None where there is none.
        model: the model handed in, vetted; None where there is none.
        run: `run("outputs", X)` gives what the model predicts, `run("gradient", X)` its log10 δ
            ratio, as arrays.
        data: gives the rows that the question is about.
        band: what the reference scored; None where it was not measured.
        hidden: whether the rows are those that students have not.
    """

    name: str
    spec: dict[str, Any]
    answer: Any
    model: SavedModel | None
    run: Callable[[str, Any], Any]
    data: Callable[[], Drawn]
    band: dict[str, float] | None = None
    hidden: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a kind of question found; the fields are those of a Mark."""

    parts: tuple[Part, ...]
    message: Text = NOTHING
    slips: tuple[Slip, ...] = ()
    picture: dict[str, Any] | None = field(default=None, repr=False)
    right: Text = NOTHING
