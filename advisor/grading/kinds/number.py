"""A number that is computed, or read off a curve, within a tolerance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.answers import written
from advisor.grading import slips
from advisor.grading.judgement import Judgement, UnreadableError
from advisor.grading.marks import Part
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.judgement import Asked

MODEL = False
EXPECTED = Text(en="a number", zh="一个数")
_NEAR = 3  # within so many tolerances, half the points


def judge(asked: Asked) -> Judgement:
    """Judge a number: right within the tolerance, half right within three."""
    wanted = value(asked.spec)
    got = read(asked.answer)
    allowed = tolerance(asked.spec, wanted)
    off = abs(got - wanted)
    earned = 1.0 if off <= allowed * (1 + 1e-9) else 0.5 if off <= _NEAR * allowed else 0.0
    message = (
        Text(en="", zh="")
        if earned == 1
        else (_NEARLY if earned else _WRONG).format(_LARGE if got > wanted else _SMALL)
    )
    found = () if earned else (slips.of_answer(asked.name, f"{got:.3g}", _lab(asked.spec)),)
    right = _RIGHT.format(f"{wanted:.4g}", f"{allowed:.2g}")
    return Judgement((Part(_NUMBER, 1.0, earned, message),), message, found, None, right)


def value(spec: dict[str, Any]) -> float:
    """Return the right number; a handed-out question may bring it along."""
    from advisor.grading.values import value_of

    return float(spec["wanted"]) if "wanted" in spec else value_of(spec)


def tolerance(spec: dict[str, Any], wanted: float) -> float:
    """Return how far off is still right."""
    if "tolerance" in spec:
        return float(spec["tolerance"])
    return float(spec.get("relative", 0.01)) * abs(wanted)


def read(answer: Any) -> float:
    """Return a number given as such or as text: "0.25", "1/4", "25%", full-width digits too.

    Raises:
        UnreadableError: it is none, or not finite.

    Example:
        >>> read("1/4"), read("２５％"), read(0.25)
        (0.25, 0.25, 0.25)
    """
    import unicodedata

    if isinstance(answer, bool) or not isinstance(answer, (int, float, str)):
        raise UnreadableError(_NO_NUMBER.format(type(answer).__name__))
    try:
        if isinstance(answer, str):
            text = unicodedata.normalize("NFKC", answer[:40]).replace("−", "-").strip()
            number = written(text)
        else:
            number = float(answer)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise UnreadableError(_NO_NUMBER.format(type(answer).__name__)) from None
    if not math.isfinite(number):
        raise UnreadableError(_NO_NUMBER.format("nan, inf"))
    return number


def _lab(spec: dict[str, Any]) -> str:
    labs = {"delta-ratio": "vanishing-gradient", "dead-share": "dying-relu"}
    return labs.get(spec["value"], "sigmoid-slope")


def lines(spec: dict[str, Any], name: str) -> str:
    """Return the code that draws the curve, where there is one to be read."""
    from advisor.grading.values import has_curve

    if not has_curve(spec):
        return ""
    return (
        f'curves = work.curve("{name}")\n'
        "for label, (x, values) in curves.items():\n"
        "    plt.plot(x, values, label=label)\n"
        "plt.legend()\nplt.grid()\nplt.show()"
    )


_NUMBER = Text(en="the number", zh="数值")
_NEARLY = Text(en="Nearly: {}.", zh="差一点：{}。")
_WRONG = Text(en="Not yet: {}.", zh="还不对：{}。")
_LARGE = Text(en="too large", zh="大了")
_SMALL = Text(en="too small", zh="小了")
_RIGHT = Text(en="{} (± {})", zh="{}（± {}）")
_NO_NUMBER = Text(en="{}, which is no number", zh="{}，不是数")
