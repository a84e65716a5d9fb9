"""The same model as a plain Keras script, which needs no advisor."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from advisor import blueprint
from advisor.catalog import loading_lines
from advisor.training import BATCH_SIZE, EPOCHS

if TYPE_CHECKING:
    from advisor.blueprint import Blueprint


class Script(str):
    """A Python script as text: print it, write it to a file, show it in a notebook."""

    __slots__ = ()

    __repr__ = str.__str__

    def _repr_html_(self) -> str:
        """Return the script for a notebook."""
        return f"<pre><code>{html.escape(self)}</code></pre>"

    def to_dict(self) -> dict[str, Any]:
        """Return the script as plain JSON types."""
        return {"script": str(self)}


def source(
    task: object = None,
    *,
    X: Any = None,
    y: Any = None,
    dataset: str | None = None,
    hidden: object = "relu",
    depth: int = 2,
    units: int = 32,
    seed: int | None = None,
) -> Script:
    """Return the plain Keras script of the model that `build` makes from the same arguments.

    With your own X and y the script has the line `X, y = ...` for you to fill in.

    Raises:
        What `build` raises.

    Example:
        >>> print(source("multiclass").splitlines()[0])
        '''multiclass: Dense(3, softmax) with SparseCategoricalCrossentropy, on iris.'''
    """
    plan, _ = blueprint.draw(
        task, X=X, y=y, dataset=dataset, hidden=hidden, depth=depth, units=units, seed=seed
    )
    blocks = [
        _title(plan),
        "import keras\nimport numpy as np",
        _loading(plan),
        statistics_lines(),
        bias_lines(plan),
        *(
            ["# the same weights each time\n" + f"keras.utils.set_random_seed({seed})"]
            * (seed is not None)
        ),
        model_lines(plan),
        f"model.fit(X_train, y_train, epochs={EPOCHS}, batch_size={BATCH_SIZE}, verbose=0)",
        reading_lines(plan),
    ]
    return Script("\n\n".join(blocks) + "\n")


def _title(plan: Blueprint) -> str:
    on = f"on {plan.dataset}" if plan.dataset else "on your own data"
    return (
        f"'''{plan.task.name}: Dense({plan.outputs}, {plan.activation}) with {plan.loss}, {on}.'''"
    )


def _loading(plan: Blueprint) -> str:
    """Load the shipped data set, or leave a line for the user's own."""
    if plan.dataset is not None:
        return loading_lines(plan.dataset).replace("import numpy as np\n", "", 1)
    given = plan.target
    lines = [f"X, y = ...  # your data: X of shape (n, {len(plan.mean)}), y: {_your_labels(plan)}"]
    if given.mapped:
        lines += ["classes = np.unique(y)", "y = np.searchsorted(classes, y)  # labels 0..K-1"]
    return "\n".join(
        [
            *lines,
            "X_train, y_train = X, y",
            "X_test, y_test = X, y  # better: rows kept aside, see sklearn's train_test_split",
        ]
    )


def _your_labels(plan: Blueprint) -> str:
    if plan.target.mapped:
        return f"{len(plan.target.classes)} different labels"
    return "one-hot or probabilities" if plan.target.onehot else plan.task.labels.value


def statistics_lines() -> str:
    """Return the lines that measure the features."""
    return (
        "# each feature's mean and variance on the training rows, for the first layer\n"
        "mean, variance = X_train.mean(axis=0), X_train.var(axis=0)\n"
        "variance[variance == 0] = 1  # a feature that never varies"
    )


def bias_lines(plan: Blueprint) -> str:
    """Return the lines that compute where the output bias starts."""
    onehot = plan.task.onehot if plan.target.onehot else None
    prior = _of_training(onehot.prior if onehot else plan.task.prior)
    bias = plan.task.bias
    line = "bias = prior.tolist()" if bias == "prior" else f"bias = ({bias}).tolist()"
    return (
        f"# start at the best constant prediction: {plan.task.bias_start.value}\n"
        f"prior = {prior}\n{line}"
    )


def model_lines(plan: Blueprint) -> str:
    """Return the lines that make and compile the model."""
    hidden = "".join(
        f'        keras.layers.Dense({plan.units}, activation="{plan.hidden}", '
        f'kernel_initializer="{plan.initializer}", name="hidden_{number}"),\n'
        for number in range(1, plan.depth + 1)
    )
    metrics = ", ".join(f"keras.metrics.{name}()" for name in plan.metrics)
    return (
        "model = keras.Sequential(\n"
        "    [\n"
        '        keras.Input(shape=(X_train.shape[1],), name="features"),\n'
        "        keras.layers.Normalization(mean=mean, variance=variance, "
        'name="normalization"),\n'
        f"{hidden}"
        "        keras.layers.Dense(\n"
        f"            {plan.outputs},\n"
        f'            activation="{plan.activation}",\n'
        "            bias_initializer=keras.initializers.Constant(bias),\n"
        '            name="output",\n'
        "        ),\n"
        "    ],\n"
        f'    name="{plan.task.name}",\n'
        ")\n"
        "model.compile(\n"
        f"    optimizer=keras.optimizers.Adam(learning_rate={plan.learning_rate}),\n"
        f"    loss=keras.losses.{plan.loss}(),\n"
        f"    metrics=[{metrics}],\n"
        ")"
    )


def reading_lines(plan: Blueprint) -> str:
    """Return the lines that predict, read an output and score it."""
    task = plan.task
    column = "[:, 0]" if plan.outputs == 1 and task.units != "K" else ""
    score = re.sub(r"\by\b", "y_true", task.score_line)
    true = "y_test.argmax(axis=1)" if plan.target.onehot else "y_test"
    return (
        f"p = model.predict(X_test, verbose=0){column}\n"
        f"answers = {task.read_line}  # {task.read}\n"
        f'print("first answers:", answers[:5])\n'
        f"y_true = {true}\n"
        f'print("{task.score_name.en}:", round(float({score}), 3))'
    )


def _of_training(line: str) -> str:
    """Let a line of the table speak of the training targets."""
    return re.sub(r"\by\b", "y_train", line)
