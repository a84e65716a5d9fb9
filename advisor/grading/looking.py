"""What a saved model is and does, for the kinds of question that take one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorError, ModelFileError
from advisor.grading.judgement import CannotRunError
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.contracts import Outputs
    from advisor.diagnosis import Report
    from advisor.facts import Facts, Layer, Output
    from advisor.findings import Finding
    from advisor.grading.judgement import Asked
    from advisor.grading.problems import Drawn
    from advisor.saved import SavedModel
    from advisor.tasks import Task

_PAIR = 2


@dataclass(frozen=True, slots=True)
class Examined:
    """A saved model beside the data it is for.

    Attributes:
        facts: of the file.
        report: what `check` finds with the data.
    """

    facts: Facts
    report: Report

    def causes(self, *families: str) -> list[Finding]:
        """Return the errors and warnings that follow from no other, of some families of codes."""
        return [one for one in self.found(*families) if one.because is None]

    def found(self, *families: str) -> list[Finding]:
        """Return all errors and warnings of some families of codes."""
        return [
            one
            for one in self.report.findings
            if one.severity != "hint" and one.code.startswith(families or ("ADV",))
        ]


def examine(
    model: SavedModel,
    drawn: Drawn,
    *,
    rows: str = "train",
    one_hot: bool = False,
    suppose: Callable[[Output], None] | None = None,
) -> Examined:
    """Run the rules of `check` on a file and its data.

    Args:
        model: the file.
        drawn: the data.
        rows: "train" or "test".
        one_hot: a loss that takes labels as rows of 0 and 1 is given such rows.
        suppose: changes what is known of the output before the rules look.

    Raises:
        CannotRunError: the model has not one output, or does not take the data.
        ModelFileError: its config does not hold together.
    """
    import numpy as np

    from advisor import data_facts, diagnosis, file_facts, rulebook

    X, y = (drawn.X_train, drawn.y_train) if rows == "train" else (drawn.X_test, drawn.y_test)
    try:
        facts = file_facts.read(model)
        _one_output(facts)
        for output in facts.outputs:
            output.task = drawn.task
            if suppose is not None:
                suppose(output)
        _takes(facts, X)
        if one_hot and _takes_rows(facts):
            y = np.eye(drawn.classes or _PAIR)[y]
        X, y = data_facts.read(facts, X, y)
        file_facts.look(model, facts, X)
        chosen = rulebook.chosen(["ADV"], [])
        report = diagnosis.run(chosen, facts, subject=model, data=(X, y), task=drawn.task)
    except ModelFileError:
        raise
    except AdvisorError as error:
        raise CannotRunError(_DATA.format(str(error)[:200])) from None
    return Examined(facts, report)


def _takes_rows(facts: Facts) -> bool:
    from advisor.facts import BINARY, ONEHOT

    output = facts.outputs[0]
    if output.loss is None or (output.units or 1) == 1:
        return False
    pair = output.loss.kind in BINARY and output.behaviour.sums and output.units == _PAIR
    return pair or output.loss.kind in ONEHOT | {"KLDivergence"}


def _one_output(facts: Facts) -> None:
    inputs = sum(bool(layer.options.get("given")) for layer in facts.layers)
    if len(facts.outputs) != 1 or inputs > 1:
        raise CannotRunError(_ONE.format(inputs, len(facts.outputs)))


def _takes(facts: Facts, X: Any) -> None:
    shape = facts.layers[0].shape if facts.layers else None
    if shape is not None and shape not in {(X.shape[1],), (None,)}:
        got = ", ".join("?" if size is None else str(size) for size in shape)
        raise CannotRunError(_SHAPE.format(X.shape[1], got))


def hidden_layers(facts: Facts) -> int:
    """Count the hidden layers that weigh and bend: no more than there are activations among them.

    Activations that follow each other directly count once; the last layers' do not count.
    """
    ends = {number for one in facts.outputs for number in (one.layer, *one.tail)}
    bends = [
        number
        for number, layer in enumerate(facts.layers)
        if number not in ends and _bends(layer) and not _after_another(facts, number)
    ]
    return min(weighted_layers(facts), len(bends))


def _bends(layer: Layer) -> bool:
    straight = layer.function is None or layer.function.name == "linear"
    return layer.kind == "PReLU" or not (straight or layer.kind == "Rescaling")


def _after_another(facts: Facts, number: int) -> bool:
    """Say whether an activation is applied to what another one gives."""
    from advisor.tails import TRANSPARENT, WEIGHTED

    while facts.layers[number].kind not in WEIGHTED and len(facts.layers[number].inputs) == 1:
        (number,) = facts.layers[number].inputs
        if _bends(facts.layers[number]):
            return True
        if facts.layers[number].kind not in TRANSPARENT:
            return False
    return False


def weighted_layers(facts: Facts) -> int:
    """Count the hidden layers with weights, with or without an activation."""
    from advisor.findings import NotApplicable
    from advisor.rules._common import hidden

    try:
        return len(hidden(facts))
    except NotApplicable:
        return 0


def outputs(asked: Asked, facts: Facts, drawn: Drawn) -> Outputs:
    """Return what the model gives for the hidden rows, as the clauses of the contract look at it.

    Raw scores of a model whose loss takes them are judged after the task's activation; what is no
    raw score, and goes to such a loss, is squeezed by it once more.

    Raises:
        CannotRunError: it gives no numbers of the right shape.
        NeedsKerasError: Keras has to be asked first.
    """
    import numpy as np

    from advisor import judging
    from advisor.activations import activation
    from advisor.contracts import Outputs
    from advisor.expressions import evaluate
    from advisor.tasks import TASKS

    p = np.asarray(asked.run("outputs", drawn.X_test), "float64")
    if p.ndim == 1:
        p = p[:, None]
    row = TASKS[drawn.task]
    if drawn.task == "binary" and p.shape[-1] == _PAIR:
        row = TASKS["multiclass"]
    wanted = _columns(row, drawn)
    if p.ndim != 2 or p.shape != (len(drawn.X_test), wanted):  # noqa: PLR2004
        raise CannotRunError(_COLUMNS.format(wanted, " × ".join(map(str, p.shape[1:]))))
    output = facts.outputs[0]
    loss = output.loss
    raw = output.behaviour.name in {"linear", "log_softmax"}
    if output.behaviour.name == "unknown":  # what lies in [0, 1] is squeezed already
        raw = bool((p < 0).any() or (p > 1).any())
    if loss is not None and loss.from_logits and raw:
        with np.errstate(all="ignore"):
            p = evaluate(activation(row.last.value).f, x=p)
    elif loss is not None and loss.from_logits and output.behaviour.name == "unknown":
        raise CannotRunError(_SQUEEZED)
    return Outputs(row, p, judging.columns(row, np.asarray(drawn.y_test)), None)


def wrong_units(facts: Facts, drawn: Drawn) -> Text | None:
    """Say that the model gives too many or too few numbers a row; None where it does not."""
    from advisor.tasks import TASKS

    wanted, units = _columns(TASKS[drawn.task], drawn), facts.outputs[0].units
    if units is None or units == wanted or (drawn.task == "binary" and units == _PAIR):
        return None
    return _COLUMNS.format(wanted, units)


def _columns(row: Task, drawn: Drawn) -> int:
    if row.units == "K":
        return drawn.classes or _PAIR
    return 1 if drawn.y_test.ndim == 1 else int(drawn.y_test.shape[1])


def constant_score(drawn: Drawn) -> float:
    """Return what the best constant prediction scores on the hidden rows."""
    import numpy as np

    from advisor.expressions import evaluate
    from advisor.tasks import TASKS

    row = TASKS[drawn.task]
    y, train = np.asarray(drawn.y_test), np.asarray(drawn.y_train)
    if row.units == "K":
        share = np.bincount(train, minlength=drawn.classes or 0) / len(train)
        return float(evaluate(row.score_line, y=y, p=np.broadcast_to(share, (len(y), len(share)))))
    y, train = y.reshape(len(y), -1), train.reshape(len(train), -1)
    prior = np.broadcast_to(evaluate(row.prior, y=train), y.shape)
    return float(evaluate(row.score_line, y=y, p=prior))


_SQUEEZED = Text(
    en="The outputs lie in 0 to 1 already, and from_logits=True squeezes them once more.",
    zh="输出已经在 0 到 1 之间，from_logits=True 又压了一次。",
)
_ONE = Text(
    en="Expected a model with one input and one output. Received: {} and {}.",
    zh="模型应当只有一个输入、一个输出，收到的是 {} 个和 {} 个。",
)
_DATA = Text(en="Model and data do not fit: {}", zh="模型和数据对不上：{}")
_SHAPE = Text(
    en="Expected a model for {} features. Received: one for an input of shape ({}).",
    zh="模型的输入应当是 {} 个特征，收到的输入形状是 ({})。",
)
_COLUMNS = Text(
    en="Expected {} outputs a row. Received: {}.", zh="每个样本应当有 {} 个输出，收到的是 {}。"
)
