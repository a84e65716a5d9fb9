"""A model before it is one: every choice resolved, for `build` to make and `source` to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.activations import activation
from advisor.errors import OptionError, whole_number
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from advisor.catalog import Dataset
    from advisor.target import Target
    from advisor.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """Every choice that makes a model, as plain values.

    Attributes:
        task: the row of the table of tasks.
        dataset: name of the shipped data set, None for a user's own data.
        target: what y was taken to be.
        mean, variance: of each feature on the training rows, shape (n_features,).
        hidden, initializer: of each hidden layer.
        depth, units: number of hidden layers, units in each.
        outputs, activation: of the last layer.
        bias: where the output bias starts: a number, or one an output.
        loss, metrics: names of Keras classes.
        learning_rate: of Adam.
        seed: of the weights.
    """

    task: Task
    dataset: str | None
    target: Target
    mean: Any
    variance: Any
    hidden: str
    initializer: str
    depth: int
    units: int
    outputs: int
    activation: str
    bias: float | list[float]
    loss: str
    metrics: tuple[str, ...]
    learning_rate: float
    seed: int | None


def draw(
    task: object = None,
    *,
    X: Any = None,
    y: Any = None,
    dataset: str | None = None,
    hidden: object = "relu",
    depth: int = 2,
    units: int = 32,
    seed: int | None = None,
) -> tuple[Blueprint, Dataset | None]:
    """Resolve what `build` is asked for; give the shipped data set too, where one is meant.

    Raises:
        OptionError: options that are out of range or exclude each other.
        UnknownNameError, DataError, DataTypeError, LabelError: as `build` documents.
    """
    from advisor.recommendation import read_data
    from advisor.target import read

    whole_number("depth", depth, 0)
    whole_number("units", units, 1)
    if seed is not None:
        whole_number("seed", seed, 0)
    row = activation(hidden)
    if not row.by_name:
        raise OptionError(
            f"{row.name} cannot be a hidden layer's activation here. Expected one that Keras takes "
            "by its name alone and that keeps the number of units, such as 'relu'; compare takes "
            "functions of your own."
        )
    data = None
    if X is None and y is None:
        if task is None and dataset is None:
            raise OptionError("Nothing to build for. Expected a task, a dataset, or X and y.")
        from advisor.catalog import load

        data = load(dataset if dataset is not None else task)
        X = data.X_train
        target = read(data.y_train, data.task if task is None else task)
    else:
        if dataset is not None:
            raise OptionError("Expected a dataset or X and y. Received: both. Leave one out.")
        if X is None:
            raise OptionError("Expected X and y. Received: y only. Pass X=, shape (n, n_features).")
        X, target = read_data(X, y, task)
    return (
        resolve(
            X, target, row, dataset=data.name if data else None, depth=depth, units=units, seed=seed
        ),
        data,
    )


def resolve(
    X: Any,
    target: Target,
    row: Any,
    *,
    dataset: str | None,
    depth: int,
    units: int,
    seed: int | None,
) -> Blueprint:
    """Fill every field from the table of tasks and from the data."""
    import numpy as np

    task = target.task
    variance = X.var(axis=0)
    variance[variance == 0] = 1
    onehot = task.onehot if target.onehot else None
    prior = evaluate(onehot.prior if onehot else task.prior, y=target.y)
    return Blueprint(
        task=task,
        dataset=dataset,
        target=target,
        mean=X.mean(axis=0),
        variance=variance,
        hidden=row.name,
        initializer=row.initializer,
        depth=int(depth),
        units=int(units),
        outputs=target.outputs,
        activation=task.last.value,
        bias=np.asarray(evaluate(task.bias, y=target.y, prior=prior)).tolist(),
        loss=onehot.loss if onehot else task.loss.value,
        metrics=onehot.metrics if onehot else metric_names(task),
        learning_rate=task.learning_rate,
        seed=None if seed is None else int(seed),
    )


def metric_names(task: Task) -> tuple[str, ...]:
    """Return the Keras classes that a task is measured by."""
    return tuple(task.metrics.value.split(", "))
