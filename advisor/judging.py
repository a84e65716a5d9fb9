"""What a user's model is for, and its outputs as the clauses look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor import backend, heads, intake, streams, target
from advisor.activations import activation
from advisor.contracts import TOLERANCE, Outputs
from advisor.errors import DataError, DataTypeError, LabelError, OptionError
from advisor.expressions import evaluate
from advisor.tasks import TASKS, Task, find_task
from advisor.text import Text

_BY_LOSS = {"Poisson": "count", "MeanSquaredLogarithmicError": "positive"}
_LOGITS = Text(
    en="The loss takes raw scores (from_logits=True): outputs were judged after {}.",
    zh="损失接收的是原始分数（from_logits=True）：这里先套上 {} 再判断。",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A user's model before the clauses.

    Attributes:
        outputs: what the clauses look at.
        head: the model's last layer, in words.
        linear: nothing bends or bounds the last weighted sum.
        notes: what was done on the way.
    """

    outputs: Outputs
    head: str
    linear: bool
    notes: tuple[Text, ...]


def read(model: Any, X: Any, y: Any, task: object) -> Case:
    """Compute the model's outputs and decide which task they are judged by.

    Raises:
        DataTypeError: it is no Keras model with one output.
        OptionError: X or y is missing.
        DataError, LabelError: X or y that do not fit the model.
    """
    keras = backend.keras()
    if not isinstance(model, keras.Model):
        raise DataTypeError(
            f"Expected a task's name or a keras.Model. Received: a {type(model).__name__}."
        )
    if y is None and streams.is_stream(X):
        X, y = streams.collect(X)
    if X is None or y is None:
        raise OptionError("Expected a model, X and y. Received: no X or no y. Pass test rows.")
    if len(getattr(model, "outputs", None) or [None]) > 1:
        raise DataTypeError(
            f"Expected a model with one output. Received: {len(model.outputs)}. Judge each by a "
            "model of its own: keras.Model(model.inputs, model.outputs[0])."
        )
    X, y = intake.check(model, X, y)
    p = heads.outputs_of(model, X)
    y = _each_position(y, p.shape)
    loss = intake.loss_name(model)
    if "Hinge" in loss and task is None:
        raise OptionError(
            f"No task's contract covers {loss}, whose outputs are margins, no probabilities. "
            "Pass task= to judge them all the same."
        )
    row = find_task(task) if task is not None else task_of(loss, p.shape[-1], y)
    _fits(p.shape[-1], row, y)
    case = outputs(row, model, X, columns(row, y), p)
    linear = case.head is not None and _same(case.p, case.head.z)
    if _from_logits(model) and (linear or case.head is None):
        p = evaluate(activation(row.last.value).f, x=case.p)
        case = Outputs(row, p, case.y, case.head, case.tolerance)
        linear, notes = False, (_LOGITS.format(row.last.value),)
        return Case(case, f"{row.last.value}({p.shape[1]})", linear, notes)
    return Case(case, f"{model.name}, {case.p.shape[1]} outputs", linear, ())


def outputs(task: Task, model: Any, X: Any, y: Any, p: Any = None) -> Outputs:
    """Compute what the clauses look at; y as `columns` gives it, p where it is known already."""
    p = heads.outputs_of(model, X) if p is None else p
    head = heads.take_apart(model, X) if p.ndim == 2 else None  # noqa: PLR2004
    return Outputs(task, p.reshape(-1, p.shape[-1]), y, head, _tolerance(model))


def columns(task: Task, y: Any) -> Any:
    """Return y as the clauses take it: integers (n,) for classes in columns, else (n, columns)."""
    if task.targets == "classes" and task.units == "K":
        return y.argmax(axis=-1).ravel() if target.is_onehot(y) else y.ravel().astype(int)
    return y.reshape(-1, 1) if y.ndim == 1 else y.reshape(-1, y.shape[-1])


def task_of(loss: str, units: int, y: Any) -> Task:
    """Return the task that a model's loss, number of outputs and y agree on.

    Known mistakes: one-hot rows are taken for exclusive classes, whatever the last layer.
    """
    import numpy as np

    flags = bool(np.isin(y, (0, 1)).all())
    if loss in _BY_LOSS:
        return TASKS[_BY_LOSS[loss]]
    if y.ndim > 1:
        if target.is_onehot(y) and (flags or not loss.startswith("Mean")):
            return TASKS["multiclass"]
        return TASKS["multilabel" if flags else "regression"]
    if units > 1:
        return TASKS["multiclass"]
    if flags:
        return TASKS["binary"]
    return TASKS["share" if loss.startswith("Binary") else "regression"]


def _each_position(y: Any, shape: tuple[int, ...]) -> Any:
    """Take every pixel or time step of a model that predicts each as a row of its own."""
    if len(shape) > 2 and y.shape in (shape, shape[:-1]):  # noqa: PLR2004
        y = y.reshape(-1, shape[-1]) if y.shape == shape else y.reshape(-1)
        return y[:, 0] if y.ndim > 1 and y.shape[1] == 1 else y
    return y


def _fits(units: int, task: Task, y: Any) -> None:
    """Refuse y that cannot belong to the model's outputs, or to the task."""
    if task.targets == "classes" and task.units == "K" and y.ndim == 1:
        if not target.is_whole(y) or y.min() < 0 or y.max() >= units:
            raise LabelError(
                f"Expected integers 0..{units - 1}, as the model has {units} outputs. Received: "
                f"{y.min():g}..{y.max():g}. Map: y = np.searchsorted(np.unique(y), y)"
            )
        return
    target.read(y.reshape(-1, y.shape[-1]) if y.ndim > 1 else y, task)
    have = 1 if y.ndim == 1 else y.shape[-1]
    if have != units:
        raise DataError(
            f"Expected y with {units} columns, as the model has {units} outputs. Received: {have}."
        )


def _from_logits(model: Any) -> bool:
    """Say whether the compiled loss takes raw scores."""
    loss: Any = getattr(model, "loss", None)
    return hasattr(loss, "get_config") and bool(loss.get_config().get("from_logits", False))


def _same(p: Any, z: Any) -> bool:
    import numpy as np

    return bool(p.shape == z.shape and np.allclose(p, z, rtol=1e-3, atol=1e-6))


def _tolerance(model: Any) -> float:
    """Return the error that the model's own arithmetic may make."""
    kind = str(getattr(model, "compute_dtype", "float32"))
    return {"float16": 1.6e-2, "bfloat16": 1.2e-1}.get(kind, TOLERANCE)
