"""Every value of VARY tried in every question, so that a wrong name is found before anybody gets it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorError, OptionError
from advisor.grading import handout, kinds, marking, variants
from advisor.grading.judgement import Asked, UnreadableError
from advisor.grading.kinds import number
from advisor.grading.questions import SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.grading.questions import Question
    from advisor.grading.source import Source

_LETTERS = "abcdefgh"


def vet(source: Source) -> None:
    """Refuse questions that cannot be asked, or not of everybody.

    Raises:
        OptionError: one line says which question, and why.
    """
    for own in _every(source):
        for name, question in source.questions.items():
            try:
                _try(question, own)
            except AdvisorError as error:
                said = str(error)
                raise OptionError(said if name in said else f"{name}: {said}") from None
            except KeyError as error:
                raise OptionError(f"{name} needs {error} in its question.") from None
            except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
                why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                raise OptionError(f"{name} cannot be asked as it is ({why}).") from None


def _every(source: Source) -> Iterator[dict[str, Any]]:
    """Give as few variants as hold every option of every name."""
    lists = [options for options in source.vary.values() if options != SEED]
    for turn in range(max(map(len, lists), default=1)):
        own: dict[str, Any] = {}
        for names, options in source.vary.items():
            for at, name in enumerate(names.split()):
                own[name] = (
                    variants.number(source.key, "vet", name, str(turn))
                    if options == SEED
                    else options[(turn + at) % len(options)]
                )
        yield own


def _try(question: Question, own: dict[str, Any]) -> None:
    spec = variants.spec_of(question, own)
    kinds.kind(question.kind).lines(spec, question.name)
    if handout.has_rows(question.kind, spec):
        marking.rows(spec)
    if question.kind == "number":
        _try_number(question.name, spec)
    elif question.kind == "choice":
        _try_choice(question.name, spec)
    elif question.kind == "gradient" and not float(spec.get("limit", 1.0)) > 0:
        raise OptionError(f"Expected the limit of {question.name} to be above 0.")


def _try_number(name: str, spec: dict[str, Any]) -> None:
    wanted = number.value(spec)
    allowed = number.tolerance(spec, wanted)
    if not math.isfinite(wanted):
        raise OptionError(f"The number asked for in {name} is {wanted}.")
    exact = allowed == 0 and "tolerance" in spec  # of whole numbers
    if not exact and not 0 < allowed < math.inf:
        raise OptionError(
            f"Expected the tolerance of {name} to be above 0. Received: {allowed:g}; a relative one of "
            f"{wanted:g}?"
        )


def _try_choice(name: str, spec: dict[str, Any]) -> None:
    options = spec.get("options", ())
    right = [option for option in options or ("relu",) if _earned(name, spec, option)]
    if options and not right:
        raise OptionError(
            f"{name} offers no right answer. Offered: {', '.join(map(str, options))}."
        )


def _earned(name: str, spec: dict[str, Any], option: str) -> bool:
    """Say whether an option is right; one that is no name of anything is told where offered."""
    asked = Asked(name, spec, [option, _LETTERS[0]], None, _never, lambda: marking.rows(spec))
    try:
        return kinds.kind("choice").judge(asked).parts[0].earned == 1  # type: ignore[no-any-return]
    except UnreadableError as error:
        if not spec.get("options"):
            return False
        raise OptionError(f"{name} offers {error.why.en}.") from None


def _never(what: str, X: Any) -> Any:
    raise AssertionError(what, X)
