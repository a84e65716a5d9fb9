"""Reach a score on hidden rows, against a band that the reference reached over seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError
from advisor.grading import looking, sketches
from advisor.grading.judgement import Judgement
from advisor.grading.marks import Part, Slip
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.judgement import Asked

MODEL = True
EXPECTED = Text(en="a trained Keras model, saved as .keras", zh="训练好、存成 .keras 的 Keras 模型")


def judge(asked: Asked) -> Judgement:
    """Score the model on hidden rows; halfway from the constant prediction to the band points begin.

    Raises:
        OptionError: the reference was not measured.
    """
    drawn = asked.data()
    if asked.band is None:
        raise OptionError(f"What the reference scores on {asked.name} is not known: render first.")
    assert asked.model is not None  # noqa: S101 - `marking` asks only with a model
    facts = looking.examine(asked.model, drawn, rows="test").facts
    outputs = looking.outputs(asked, facts, drawn)
    reached, chance = scored(outputs), looking.constant_score(drawn)
    low = asked.band["low"]
    earned = 1.0 if reached >= low else share(reached, chance, low)
    message = _REACHED if earned == 1 else _SHORT if reached > chance else _NO_BETTER
    numbers = (reached, low, chance, _half(chance, low))
    where = _HIDDEN if asked.hidden else _OWN
    words = message.format(*(f"{value:.3f}" for value in numbers), where)
    slip = Slip("below the constant", _BELOW, "early-layers")
    right = _BAND.format(f"{asked.band['mean']:.3f}", f"{low:.3f}", int(asked.band["runs"]))
    return Judgement(
        (Part(_SCORE, 1.0, earned, words),),
        words,
        () if reached > chance else (slip,),
        sketches.of_outputs(outputs),
        right,
    )


def scored(outputs: Any) -> float:
    """Return the task's score of outputs, 1.0 at best, to four digits; NaN counts as none at all."""
    from advisor.confirmation import score

    value = score(outputs)
    return round(value, 4) if math.isfinite(value) else -math.inf


def share(reached: float, chance: float, low: float) -> float:
    """Return what a score below the band earns, in hundredths: luck earns nothing.

    Example:
        >>> share(0.875, 0.5, 1.0), share(0.75, 0.5, 1.0)
        (0.5, 0.0)
    """
    begin = _half(chance, low)
    if not reached > begin or low <= chance:
        return 0.0
    return math.floor(100 * min((reached - begin) / (low - begin), 0.99) + 1e-6) / 100


def _half(chance: float, low: float) -> float:
    """Return the score from which points begin."""
    return (chance + low) / 2


def lines(spec: dict[str, Any], name: str) -> str:
    """Return the code that reads the student's data."""
    del spec
    return f'X, y = work.data("{name}")\nprint(X.shape, y.shape, y[:5])'


_SCORE = Text(en="score on hidden rows", zh="在未公开样本上的得分")
_HIDDEN = Text(en="on hidden rows", zh="未公开样本上")
_OWN = Text(
    en="on the last quarter of your own rows, hidden rows may give less",
    zh="你自己的样本里最后四分之一上（未公开样本上可能低一些）",
)
_REACHED = Text(en="{0} {4}; {1} was asked for.", zh="{4}得 {0}，要求 {1}。")
_SHORT = Text(
    en="{0} {4}; {1} was asked for, points begin at {3}. Always guessing the same gives {2}.",
    zh="{4}得 {0}；要求 {1}，从 {3} 起开始给分。永远猜同一个答案也有 {2}。",
)
_NO_BETTER = Text(
    en="{0} {4}: no better than always guessing the same, {2}. {1} was asked for. Was the model trained, "
    "on the data of your own folder?",
    zh="{4}得 {0}，不比永远猜同一个答案（{2}）好。要求 {1}。模型训练过吗？用的是自己文件夹里的数据吗？",
)
_BELOW = Text(en="handed in a model no better than a constant", zh="交的模型不比常数强")
_BAND = Text(
    en="The reference scored {0} on the average of {2} runs; from {1} on all points are given.",
    zh="参考解 {2} 次运行平均 {0}，达到 {1} 就给满分。",
)
