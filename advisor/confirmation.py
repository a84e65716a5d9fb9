"""Proof that a model's outputs behave as its task intends, beside wrong last layers that do not."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor import blueprint, judging, progress, training
from advisor.contracts import CLAUSES, measure
from advisor.errors import OptionError
from advisor.expressions import evaluate
from advisor.models import construct
from advisor.page import Answer, Page
from advisor.tasks import TASKS, Task, find_task
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.blueprint import Blueprint
    from advisor.catalog import Dataset
    from advisor.contracts import Measurement, Outputs
    from advisor.tasks import WrongLast

# honest in a model of the user's: rare classes are seldom predicted, weak features predict the mean
_REMARKS = {"every-class-predicted"}
_REACHES = {"reaches-low", "reaches-middle", "reaches-high", "reaches-negative"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One clause, measured.

    Attributes:
        name: of the clause.
        measured: the number beside its limit; `measured.passed` is None where it could not look.
        remark: it is worth saying, but no failure.
    """

    name: str
    measured: Measurement
    remark: bool = False

    @property
    def failed(self) -> bool:
        """The clause was looked at and is broken."""
        return self.measured.passed is False and not self.remark

    def row(self) -> tuple[str, str, str, str, str]:
        """Return mark, title, number, limit and note, as shown."""
        m = self.measured
        mark = "–" if m.passed is None else "✓" if m.passed else "!" if self.remark else "✗"
        number = "" if m.value is None else f"{m.value:.4g}"
        limit = "" if m.limit is None else f"{m.relation} {m.limit:.4g}"
        return mark, str(CLAUSES[self.name].title), number, limit, str(m.note)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain JSON types; NaN and infinity as text."""
        m = self.measured
        return {
            "name": self.name,
            "title": str(CLAUSES[self.name].title),
            "value": _plain(m.value),
            "relation": m.relation,
            "limit": _plain(m.limit),
            "passed": m.passed,
            "remark": self.remark,
            "note": str(m.note),
        }


@dataclass(frozen=True, slots=True)
class Trained:
    """A last layer after training, and what its outputs did.

    Attributes:
        head: "sigmoid(1)", "softmax(3)", …
        why: what is wrong with it; None for the right one.
        loss: the class of the loss it was trained with; None for a user's model.
        losses: the training loss that Keras showed, one an epoch; empty for a user's model.
        p: outputs on the rows tested, shape (n, columns).
        score: on the rows tested, 1.0 at best.
        clauses: the clauses, measured.
    """

    head: str
    why: Text | None
    loss: str | None
    losses: list[float]
    p: Any
    score: float
    clauses: tuple[Verdict, ...]

    @property
    def broken(self) -> list[Verdict]:
        """The clauses that it breaks."""
        return [clause for clause in self.clauses if clause.failed]


@dataclass(frozen=True, slots=True, repr=False)
class Confirmation(Answer):
    """Whether outputs keep their task's contract.

    Attributes:
        task: the task's name.
        dataset: the shipped data set it was trained on, None for a user's model.
        seed: of weights and batches, None for a user's model.
        y: targets of the rows tested.
        right: the model judged.
        controls: wrong last layers, trained from the same seed (a named task only).
        notes: what else should be known.
    """

    task: str
    dataset: str | None
    seed: int | None
    y: Any
    right: Trained
    controls: tuple[Trained, ...]
    notes: tuple[Text, ...] = ()

    @property
    def ok(self) -> bool:
        """No clause is broken, and every control breaks one."""
        return not self.right.broken and all(control.broken for control in self.controls)

    @property
    def clauses(self) -> tuple[Verdict, ...]:
        """The clauses of the model judged."""
        return self.right.clauses

    def page(self) -> Page:
        """Describe the confirmation in the language spoken now."""
        row = TASKS[self.task]
        where = _WHERE if self.dataset else _YOURS
        page = Page(
            f"{_PASS if self.ok else _FAIL} {row.title}{_COLON}{self.right.head}{_COMMA}"
            f"{where.format(dataset=self.dataset, n=len(self.y))}"
        )
        loss = f"{_COMMA}{_LOSS} {self.right.losses[-1]:.4g}" if self.right.losses else ""
        page.say(f"{row.score_name} {self.right.score:.3f}{loss}")
        page.rows(*(verdict.row() for verdict in self.clauses), head=_head())
        for note in self.notes:
            page.say(f"! {note}")
        for control in self.controls:
            page.heading(_CONTROL.format(control.head, control.why))
            page.say(self._loss_lesson(control))
            if not control.broken:
                page.say(f"✗ {_UNBROKEN}")
            page.rows(*(verdict.row() for verdict in control.broken))
        return page

    def _loss_lesson(self, control: Trained) -> Text:
        """Put the control's loss beside the right one's."""
        mine, right = control.losses[-1], self.right.losses[-1]
        score = f"{TASKS[self.task].score_name} {control.score:.3f}"
        if control.loss != self.right.loss:
            return _ANOTHER_LOSS.format(score=score, name=control.loss, loss=f"{mine:.4g}")
        if control.losses == self.right.losses:
            return _SAME_LOSS.format(score=score, loss=f"{mine:.4g}")
        return _OTHER_LOSS.format(score=score, loss=f"{mine:.4g}", right=f"{right:.4g}")

    def to_dict(self) -> dict[str, Any]:
        """Return the confirmation as plain JSON types."""
        return {
            "task": self.task,
            "dataset": self.dataset,
            "seed": self.seed,
            "n_rows": len(self.y),
            "ok": self.ok,
            **_trained_dict(self.right),
            "controls": [
                {**_trained_dict(c), "why": str(c.why), "breaks": [f.name for f in c.broken]}
                for c in self.controls
            ],
            "notes": [str(note) for note in self.notes],
        }

    def plot(self) -> Any:
        """Draw the loss curves and what the outputs do, as a matplotlib Figure."""
        from advisor.plots import draw_confirmation

        return draw_confirmation(self)


_PASS = Text(en="✓ confirmed", zh="✓ 通过")
_FAIL = Text(en="✗ not confirmed", zh="✗ 不通过")
_WHERE = Text(
    en="trained on {dataset}, outputs on {n} test rows",
    zh="在 {dataset} 上训练，看 {n} 个测试样本的输出",
)
_YOURS = Text(en="your model, outputs on {n} rows", zh="你的模型，看 {n} 个样本的输出")
_LOSS = Text(en="training loss", zh="训练损失")
_CONTROL = Text(en="Control, same seed, {}: {}", zh="对照组（同一个种子）{}：{}")
_UNBROKEN = Text(
    en="breaks no clause: this control proves nothing", zh="没有违反任何一条：这个对照说明不了问题"
)
_SAME_LOSS = Text(
    en="{score}. Its loss curve is identical to the right one's ({loss}): the loss does not show "
    "the mistake, the outputs do.",
    zh="{score}。它的损失曲线和正确的那个一模一样（{loss}）：错误从损失上看不出来，看输出才知道。",
)
_COLON, _COMMA = Text(en=": ", zh="："), Text(en=", ", zh="，")
_ANOTHER_LOSS = Text(
    en="{score}. Trained with {name}, which ends at {loss}.",
    zh="{score}。用 {name} 训练，损失停在 {loss}。",
)
_OTHER_LOSS = Text(
    en="{score}. Its training loss ends at {loss}, the right one's at {right}.",
    zh="{score}。它的训练损失停在 {loss}，正确的那个是 {right}。",
)
_COULD = Text(
    en="The output could reach there (it is linear); the model has not learnt to.",
    zh="输出本身够得到（它是线性的），只是模型还没学会。",
)


def _head() -> tuple[str, str, str, str, str]:
    words = Text(en="clause|measured|limit|what was measured", zh="条款|测得|限度|测的是什么")
    one, two, three, four = str(words).split("|")
    return "", one, two, three, four


def confirm(
    model: Any = None,
    X: Any = None,
    y: Any = None,
    *,
    task: object = None,
    dataset: str | None = None,
    seed: int = 0,
) -> Confirmation:
    """Test outputs clause by clause: of a named task, trained here, or of a model of yours.

    Args:
        model: name of a task, which is trained on its data set beside its wrong last layers; or a
            trained Keras model, which is judged on X and y and never trained or changed.
        X: features as your model takes them.
        y: targets as your model takes them.
        task: what your model is for; None to read it off y, the loss and the outputs.
        dataset: another shipped data set for a named task; wrong last layers may survive there.
        seed: of weights and batches, for a named task.

    Raises:
        UnknownNameError: no such task or data set.
        DataError, DataTypeError, LabelError: X or y that cannot be used.

    Example:
        >>> confirm("binary").ok  # doctest: +SKIP
        True
    """
    if model is None and task is not None:
        model, task = task, None
    if model is None:
        raise OptionError("Nothing to confirm. Expected a task's name, or a model, X and y.")
    if isinstance(model, (str, Task)):
        if X is not None or y is not None:
            raise OptionError("A named task brings its own data. Pass a model, X and y instead.")
        return _confirm_task(find_task(model), dataset, seed)
    return _confirm_model(model, X, y, task)


def _confirm_task(task: Task, dataset: str | None, seed: int) -> Confirmation:
    """Train the right last layer and the wrong ones from one seed, then test their outputs."""
    plan, data = blueprint.draw(task, dataset=dataset or task.confirm_on, seed=seed)
    assert data is not None  # noqa: S101 - a named data set was asked for
    if TASKS[data.task].targets != task.targets:
        raise OptionError(
            f"Expected a data set with {task.targets} as targets, for task '{task.name}'. Received: "
            f"'{data.name}', which is for task '{data.task}'. See: advisor datasets."
        )
    y = judging.columns(task, data.y_test)
    plans = [(plan, None), *((_spoil(plan, wrong), wrong.why) for wrong in task.wrong)]
    right, *controls = (
        _train(one, data, y, why)
        for one, why in progress.track(plans, f"confirm {task.name}", lambda p: _name(p[0]))
    )
    return Confirmation(task.name, data.name, seed, y, right, tuple(controls))


def _train(plan: Blueprint, data: Dataset, y: Any, why: Text | None) -> Trained:
    """Train one last layer and test its outputs on the test rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of softmax(1): here it is meant
        model = construct(plan)
        history = training.run(model, data.X_train, plan.target.y, seed=plan.seed)
        outputs = judging.outputs(plan.task, model, data.X_test.astype("float32"), y)
    losses = [float(loss) for loss in history.history["loss"]]
    return Trained(_name(plan), why, plan.loss, losses, outputs.p, score(outputs), _judge(outputs))


def _spoil(plan: Blueprint, wrong: WrongLast) -> Blueprint:
    """Put the wrong last layer in the place of the right one."""
    import numpy as np

    prior = evaluate(plan.task.prior, y=plan.target.y)
    bias = evaluate(wrong.bias, y=plan.target.y, prior=prior)
    return replace(
        plan,
        outputs=_units(wrong, plan),
        activation=wrong.activation,
        bias=np.asarray(bias).tolist(),
        loss=wrong.loss or plan.loss,
    )


def _confirm_model(model: Any, X: Any, y: Any, task: object) -> Confirmation:
    """Judge a trained model of the user's."""
    case = judging.read(model, X, y, task)
    verdicts, notes = _judge(case.outputs, remarks=_REMARKS), list(case.notes)
    if case.linear and any(v.failed and v.name in _REACHES for v in verdicts):
        verdicts = tuple(replace(v, remark=v.remark or v.name in _REACHES) for v in verdicts)
        notes.append(_COULD)
    outputs = case.outputs
    right = Trained(case.head, None, None, [], outputs.p, score(outputs), verdicts)
    return Confirmation(outputs.task.name, None, None, outputs.y, right, (), tuple(notes))


def _judge(outputs: Outputs, remarks: set[str] | None = None) -> tuple[Verdict, ...]:
    """Measure every clause of the task's contract."""
    return tuple(
        Verdict(name, measure(name, outputs), remark=name in (remarks or ()))
        for name in outputs.task.contract
    )


def score(outputs: Outputs) -> float:
    """Score the outputs as the task is scored, 1.0 at best."""
    y = outputs.y
    p = outputs.p if y.ndim == 1 else outputs.p.reshape(y.shape)
    return float(evaluate(outputs.task.score_line, y=y, p=p))


def _units(wrong: WrongLast, plan: Blueprint) -> int:
    return 1 if wrong.units == "1" else plan.outputs


def _name(plan: Blueprint) -> str:
    return f"{plan.activation}({plan.outputs})"


def _trained_dict(trained: Trained) -> dict[str, Any]:
    """Return a trained last layer as plain JSON types."""
    return {
        "head": trained.head,
        "score": _plain(trained.score),
        "loss": _plain(trained.losses[-1]) if trained.losses else None,
        "clauses": [verdict.to_dict() for verdict in trained.clauses],
    }


def _plain(number: float | None) -> float | str | None:
    """Return a number that JSON can hold: NaN and infinity as text."""
    import math

    return number if number is None or math.isfinite(number) else str(number)
