"""Ready Keras models: compiled, for raw features, with the last layer that the task needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import backend, blueprint
from advisor.errors import warn
from advisor.target import mapping_line

if TYPE_CHECKING:
    from advisor.blueprint import Blueprint


def build(
    task: object = None,
    *,
    X: Any = None,
    y: Any = None,
    dataset: str | None = None,
    hidden: object = "relu",
    depth: int = 2,
    units: int = 32,
    seed: int | None = None,
) -> Any:
    """Return a compiled `keras.Sequential` for a task, a shipped data set, or your own X and y.

    The layers: `normalization` with the training rows' mean and variance (raw features go in),
    `hidden_1` … `hidden_<depth>`, `output`, whose bias starts at the best constant prediction.
    Nothing is trained.

    Args:
        task: name in English or Chinese; None to take the data set's, or to read it off y.
        X: features, shape (n, n_features).
        y: targets of n rows. Labels other than 0..K−1 are mapped in `np.unique` order, with a
            warning that gives the line to do the same before `fit`.
        dataset: name of a shipped data set; default the task's own.
        hidden: activation of the hidden layers, by name.
        depth: number of hidden layers, 0 for a linear model.
        units: units in each hidden layer.
        seed: of the weights, the same as after `keras.utils.set_random_seed(seed)`. None gives
            other weights at each call. The process's random state is left as it was either way.

    Raises:
        UnknownNameError: no such task, data set or activation.
        OptionError: an option out of range, or X and y beside a dataset.
        DataError, DataTypeError, LabelError: X or y that cannot be used.

    Example:
        >>> model = build("multiclass", seed=0)
        >>> model.output_shape, model.get_layer("output").activation.__name__, model.loss.name
        ((None, 3), 'softmax', 'sparse_categorical_crossentropy')
    """
    plan, _ = blueprint.draw(
        task, X=X, y=y, dataset=dataset, hidden=hidden, depth=depth, units=units, seed=seed
    )
    if plan.target.mapped:
        warn(f"Labels are mapped: {mapping_line(plan.target.classes)} Do so before fit.")
    return construct(plan)


def construct(plan: Blueprint) -> Any:
    """Make the model of a blueprint: the very lines that `source` prints."""
    keras = backend.keras()
    dense = keras.layers.Dense
    with backend.seeded_layers(backend.fresh_seed() if plan.seed is None else plan.seed):
        hidden = [
            dense(
                plan.units,
                activation=plan.hidden,
                kernel_initializer=plan.initializer,
                name=f"hidden_{number}",
            )
            for number in range(1, plan.depth + 1)
        ]
        output = dense(
            plan.outputs,
            activation=plan.activation,
            bias_initializer=keras.initializers.Constant(plan.bias),
            name="output",
        )
        model = keras.Sequential(
            [
                keras.Input(shape=(len(plan.mean),), name="features"),
                keras.layers.Normalization(
                    mean=plan.mean, variance=plan.variance, name="normalization"
                ),
                *hidden,
                output,
            ],
            name=plan.task.name,
        )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=plan.learning_rate),
        loss=getattr(keras.losses, plan.loss)(),
        metrics=[getattr(keras.metrics, name)() for name in plan.metrics],
    )
    return model
