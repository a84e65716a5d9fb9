"""Mistakes counted over a class, and the experiment of the lecture that answers each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading.marks import Slip
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.findings import Finding

LAST = {
    "binary": "binary-output",
    "multiclass": "softmax-output",
    "regression": "regression-output",
}
_HIDDEN = "how-to-choose"
# what `check` finds -> the lab that shows it
_LABS = {
    "ADV101": "binary-output",
    "ADV102": "softmax-output",
    "ADV103": "softmax-output",
    "ADV104": "binary-output",
    "ADV105": "softmax-output",
    "ADV106": "binary-output",
    "ADV107": "binary-output",
    "ADV201": "linear-collapse",
    "ADV202": "hidden-sigmoid",
    "ADV203": "vanishing-gradient",
    "ADV204": "hidden-sigmoid",
    "ADV205": "every-neuron",
    "ADV206": "dying-relu",
    "ADV207": "exploding-gradient",
    "ADV208": "early-layers",
    "ADV209": "early-layers",
    "ADV210": "exploding-gradient",
    "ADV211": "vanishing-gradient",
    "ADV401": "exploding-gradient",
}


def of_finding(finding: Finding, task: str = "") -> Slip:
    """Return the slip that a finding of `check` is."""
    from advisor.rulebook import rule

    lab = _LABS.get(finding.code, "")
    if finding.code in {"ADV102", "ADV103", "ADV104", "ADV105"} and task in LAST:
        lab = LAST[task]
    return Slip(finding.code, _HAD.format(rule(finding.code).entry.TITLE), lab)


def of_head(activation: str, units: int | None, task: str, *, miscounted: bool = False) -> Slip:
    """Return the slip of a wrong last layer; variants with other numbers of classes count as one.

    Example:
        >>> of_head("sigmoid", 5, "multiclass").key
        'sigmoid(K) for multiclass'
    """
    from advisor.tasks import TASKS

    lab = LAST.get(task, "")
    if miscounted:
        return Slip(f"units for {task}", _COUNTED.format(TASKS[task].title), lab)
    layer = f"{activation}({1 if units == 1 else 'K'})"
    return Slip(f"{layer} for {task}", _USED.format(layer, TASKS[task].title), lab)


def of_answer(question: str, answer: str, lab: str = _HIDDEN) -> Slip:
    """Return the slip of a wrong answer."""
    return Slip(f"{question}: {answer}", _ANSWERED.format(answer, question), lab)


def of_reason(question: str, answer: str, reason: Text, lab: str = _HIDDEN) -> Slip:
    """Return the slip of a right answer with a wrong reason; letters are each student's own."""
    words = _REASONED.format(answer, question, reason)
    return Slip(f"{question}: {answer}, {reason.en}", words, lab)


_REASONED = Text(en="answered {} to {}, because “{}”", zh="{1} 答了 {0}，理由是“{2}”")
_HAD = Text(en="handed in a model with this fault: {}", zh="交的模型有这个毛病：{}")
_USED = Text(en="used {} for {}", zh="做{1}用了 {0}")
_COUNTED = Text(en="gave the wrong number of outputs for {}", zh="做{}输出的个数不对")
_ANSWERED = Text(en="answered {} to {}", zh="{1} 答了 {0}")
