"""Build a head: the last layer and the loss that a task needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import behaviours
from advisor.facts import EXCLUSIVE, Loss
from advisor.grading import looking, sketches, slips
from advisor.grading.judgement import NOTHING, CannotRunError, Judgement
from advisor.grading.marks import Part, Slip
from advisor.tasks import TASKS
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.contracts import Outputs
    from advisor.facts import Output
    from advisor.findings import Finding
    from advisor.grading.judgement import Asked
    from advisor.grading.looking import Examined
    from advisor.grading.problems import Drawn
    from advisor.saved import SavedModel
    from advisor.tasks import Task

MODEL = True
EXPECTED = Text(
    en="a compiled Keras model, saved as .keras", zh="编译好、存成 .keras 的 Keras 模型"
)
# of a question's points: the last layer, the loss, and what comes out
_SHARES = (0.5, 0.3, 0.2)
_LOSSES = ("ADV104", "ADV105", "ADV106", "ADV107", "ADV111", "ADV301")
_LASTS = ("ADV101", "ADV102", "ADV103", "ADV108", "ADV112", "ADV113", "ADV302")
_TWICE = "ADV205"  # counts where it is the last layer's
_PAIR = 2
_FAR = 1000.0
# of the contract, what a head must keep before it is trained
_CLAUSES = {"finite", "in-unit-interval", "rows-sum-to-one", "not-constant", "positive-only", "non-negative"}  # fmt: skip


def judge(asked: Asked) -> Judgement:
    """Judge the last layer, the loss, and the outputs on hidden rows.

    Every spelling that behaves alike is right: the rules of `check` and the clauses of `confirm`
    judge, no text is compared.
    """
    drawn = asked.data()
    assert asked.model is not None  # noqa: S101 - `marking` asks only with a model
    seen = looking.examine(asked.model, drawn, one_hot=True)
    outputs, broken = _contract(asked, seen, drawn)
    last = _last_layer(asked.model, seen, drawn, broken)
    loss, wrong_loss = _loss(asked.model, seen, drawn, meant=last.earned == 1)
    comes_out = Part(
        _OUTPUTS, _SHARES[2], float(not broken), _together(broken) if broken else _KEPT
    )
    found: list[Slip] = [slips.of_finding(one, drawn.task) for one in wrong_loss]
    if last.earned < 1:
        end = seen.facts.outputs[0]
        counted = looking.wrong_units(seen.facts, drawn)
        name, units = end.behaviour.name, end.units
        found.append(slips.of_head(name, units, drawn.task, miscounted=counted is not None))
    wrong = [part.message for part in (last, loss, comes_out) if part.earned < 1]
    return Judgement(
        (last, loss, comes_out),
        wrong[0] if wrong else NOTHING,
        tuple(found),
        sketches.of_outputs(outputs) if outputs is not None else None,
        _right(drawn),
    )


def _together(sentences: list[Text]) -> Text:
    return Text(en=" ".join(s.en for s in sentences), zh="".join(s.zh for s in sentences))


def _last_layer(model: SavedModel, seen: Examined, drawn: Drawn, broken: list[Text]) -> Part:
    """Judge the last layer as if the loss were right: by what is known of it, else by what comes out."""
    units = looking.wrong_units(seen.facts, drawn)
    if units is not None:
        return Part(_LAST, _SHARES[0], 0.0, units)
    if not seen.facts.outputs[0].behaviour.known:
        return Part(_LAST, _SHARES[0], float(not broken), _UNSEEN)
    suspect = seen.found(*_LASTS, *_LOSSES, _TWICE)
    if not suspect and seen.facts.outputs[0].loss is not None:
        return Part(_LAST, _SHARES[0], 1.0, NOTHING)

    def right_loss(output: Output) -> None:
        raw = output.behaviour.name in {"linear", "log_softmax"} and drawn.task != "regression"
        output.loss = Loss(row.loss.value, from_logits=raw)

    row = _row(drawn, pair=seen.facts.outputs[0].units == _PAIR)
    found = _of_the_end(looking.examine(model, drawn, suppose=right_loss))
    return Part(_LAST, _SHARES[0], float(not found), found[0].message if found else NOTHING)


def _of_the_end(seen: Examined) -> list[Finding]:
    """Return what is wrong with the last layer and what follows it."""
    end = seen.facts.outputs[0]
    last = {seen.facts.layers[n].name for n in (end.layer, *end.tail) if n is not None}
    return [one for one in seen.found(*_LASTS, _TWICE) if one.code != _TWICE or one.where in last]


def _loss(
    model: SavedModel, seen: Examined, drawn: Drawn, *, meant: bool
) -> tuple[Part, list[Finding]]:
    """Judge the loss that the model was compiled with, as if the last layer were right."""
    loss = seen.facts.outputs[0].loss
    if not seen.facts.compiled or loss is None:
        return Part(_LOSS, _SHARES[1], 0.0, _BARE), []
    pair = drawn.task == "binary" and loss.kind in EXCLUSIVE
    row = _row(drawn, pair=pair)

    def right_end(output: Output) -> None:
        output.units = _PAIR if pair else drawn.classes if row.units == "K" else 1
        output.behaviour = behaviours.listed("linear" if loss.from_logits else row.last.value)
        output.tail = ()

    if not meant:
        seen = looking.examine(model, drawn, one_hot=True, suppose=right_end)
    found = seen.found(*_LOSSES)
    codes = {one.code for one in found}
    found = [one for one in found if one.because not in codes]  # one mistake is told once
    part = Part(_LOSS, _SHARES[1], float(not found), found[0].message if found else NOTHING)
    return part, found


def _row(drawn: Drawn, *, pair: bool) -> Task:
    """Return the task's row; two units for two classes are a choice among several."""
    return TASKS["multiclass" if drawn.task == "binary" and pair else drawn.task]


def _contract(asked: Asked, seen: Examined, drawn: Drawn) -> tuple[Outputs | None, list[Text]]:
    """Return the outputs and which clauses they break, in words."""
    from advisor.contracts import CLAUSES, measure

    try:
        outputs = looking.outputs(asked, seen.facts, drawn)
    except CannotRunError as error:
        return None, [error.why]
    broken = []
    does, units = seen.facts.outputs[0].behaviour, seen.facts.outputs[0].units
    moves = does.known and not (does.sums and units == 1)
    for name in outputs.task.contract:
        if name in _CLAUSES and not (moves and name == "not-constant"):  # zeros may stand there yet
            measured = measure(name, outputs)
            if measured.passed is False:
                number = f"{measured.value:.3g}"
                limit = f"{measured.relation} {measured.limit:.3g}"
                broken.append(_BREAKS.format(CLAUSES[name].title, measured.note, number, limit))
    if drawn.task == "regression" and not does.known and _one_sided(asked, drawn):
        broken.append(_NEVER)
    return outputs, broken


def _one_sided(asked: Asked, drawn: Drawn) -> bool:
    """Say whether no row, however far out, gets a number below 0, or none above, though y has both."""
    import numpy as np

    X = np.asarray(drawn.X_test)
    p = np.asarray(asked.run("outputs", np.concatenate([X, _FAR * X, -_FAR * X])))
    return bool((p >= 0).all() and drawn.y_test.min() < 0) or bool(
        (p <= 0).all() and drawn.y_test.max() > 0
    )


def _right(drawn: Drawn) -> Text:
    """Say the head that `recommend` gives."""
    row = TASKS[drawn.task]
    units = drawn.classes if row.units == "K" else 1
    layer = f'Dense({units}, activation="{row.last.value}")'
    return _ONE_OF.format(layer, f"keras.losses.{row.loss.value}()")


def lines(spec: dict[str, Any], name: str) -> str:
    """Return the code that reads the student's data."""
    del spec
    return f'X, y = work.data("{name}")\nprint(X.shape, y.shape, y[:5])'


_LAST = Text(en="last layer", zh="输出层")
_LOSS = Text(en="loss", zh="损失函数")
_OUTPUTS = Text(en="outputs on hidden rows", zh="在未公开样本上的输出")
_UNSEEN = Text(
    en="Judged by its outputs: what its last layers are could not be told.",
    zh="看不出最后几层是什么，所以按输出来评。",
)
_BARE = Text(
    en="The model names no loss: model.compile(…, loss=…) before model.save(…).",
    zh="模型没有损失函数：先 model.compile(…, loss=…)，再 model.save(…)。",
)
_KEPT = Text(en="They keep the contract of the task.", zh="符合这个任务的约定。")
_BREAKS = Text(en="Broken: {} ({}: {}, must be {}).", zh="不符合“{}”（{}：{}，应当 {}）。")
_NEVER = Text(
    en="However far out the rows, the outputs never change their sign; the targets do.",
    zh="样本取得再偏，输出也从不变号；而目标有正有负。",
)
_ONE_OF = Text(
    en="For example {} with {}; every spelling that does the same is right.",
    zh="例如 {}，配 {}；效果一样的写法都算对。",
)
