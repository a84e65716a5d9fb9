"""The model, the metric and the optimizer of many networks side by side.

They are classes of Keras', made when Keras is imported.
"""

from __future__ import annotations

import functools
from typing import Any

from advisor import backend


@functools.cache
def model_class() -> Any:
    """Return the model of many members: its loss is the sum of theirs."""
    backend.keras()
    import keras

    class Members(keras.Model):  # type: ignore[misc]
        """Members side by side: x is (members, rows, n_features), y (members, rows, …)."""

        advisor_results_wait = True  # for loops: logs are the metrics' results
        advisor_masks = True  # for loops: sample_weight is a mask of a batch's rows

        def __init__(
            self, layers: list[Any], runs: list[tuple[Any, int]], count: int, loss: Any
        ) -> None:
            super().__init__(name="population")
            self.members = layers
            self._ends = [end for _, end in runs]
            self._functions = [keras.activations.get(name) for name, _ in runs]
            self._of_row = loss
            self._losses_metric = losses_class()(count)
            self.built = True

        def call(self, x: Any) -> Any:
            return self.outputs_of(x, [0.0] * (len(self.members) - 1))

        def outputs_of(self, h: Any, added: list[Any]) -> Any:
            """Run the layers, with something added to each hidden layer's weighted sums.

            It is what the layers themselves would do; as a product it is faster than as an einsum.
            """
            *hidden, output = self.members
            for layer, more in zip(hidden, added, strict=True):
                z = keras.ops.matmul(h, layer.kernel) + layer.bias
                h = self._activate(z if isinstance(more, float) else z + more)
            return output.activation(keras.ops.matmul(h, output.kernel) + output.bias)

        def _activate(self, z: Any) -> Any:
            """Apply to each run of members its activation."""
            if len(self._functions) == 1:
                return self._functions[0](z)
            parts = keras.ops.split(z, self._ends[:-1], axis=0)
            done = [f(part) for f, part in zip(self._functions, parts, strict=True)]
            return keras.ops.concatenate(done, axis=0)

        def losses_of(self, y: Any, p: Any, mask: Any = None) -> tuple[Any, Any]:
            """Return each member's mean loss, shape (members,), over how many rows: the mask's."""
            return _mean(self._of_row(y, p), mask)

        def compute_loss(
            self,
            x: Any = None,  # noqa: ARG002
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: Any = True,  # noqa: ARG002, FBT002
        ) -> Any:
            losses, count = self.losses_of(y, y_pred, sample_weight)
            self._losses_metric.update_state(losses, count)
            return keras.ops.sum(losses)

        def compute_metrics(self, *_: Any, **__: Any) -> Any:
            return self.get_metrics_result()

    return Members


@functools.cache
def losses_class() -> Any:
    """Return the metric that keeps each member's mean loss."""
    backend.keras()
    import keras

    class MemberLosses(keras.metrics.Metric):  # type: ignore[misc]
        """Each member's mean loss over the rows of an epoch."""

        def __init__(self, members: int) -> None:
            super().__init__(name="losses")
            self.total = self.add_weight(shape=(members,), initializer="zeros", name="total")
            self.rows = self.add_weight(shape=(), initializer="zeros", name="rows")

        def update_state(self, losses: Any, rows: Any) -> None:
            rows = keras.ops.cast(rows, "float32")
            self.total.assign_add(losses * rows)
            self.rows.assign_add(rows)

        def result(self) -> Any:
            return self.total / self.rows

    return MemberLosses


@functools.cache
def adam_class() -> Any:
    """Return Adam with a learning rate for each member."""
    backend.keras()
    import keras

    class MemberAdam(keras.optimizers.Adam):  # type: ignore[misc]
        """Adam where `rates` has one learning rate a member, along the first axis."""

        def __init__(self, rates: list[float]) -> None:
            super().__init__(1.0)
            self._rates = rates

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            shape = (-1,) + (1,) * (len(variable.shape) - 1)
            rates = keras.ops.reshape(keras.ops.convert_to_tensor(self._rates, "float32"), shape)
            super().update_step(gradient, variable, learning_rate * rates)

    return MemberAdam


def _mean(losses: Any, mask: Any) -> tuple[Any, Any]:
    """Return the mean over rows, and how many they are: the mask's, where there is one."""
    ops = backend.keras().ops
    if mask is None:
        return ops.mean(losses, axis=1), ops.shape(losses)[1]
    count = ops.sum(ops.cast(mask, losses.dtype))
    return ops.sum(ops.where(mask, losses, 0.0), axis=1) / count, count


def outputs(model: Any, X: Any, rows: Any) -> Any:
    """Return each member's outputs for its rows of X; rows is (members, rows)."""
    return model(backend.keras().ops.take(X, rows, axis=0), training=False)


def flow(model: Any, X: Any, y: Any, rows: Any) -> list[Any]:
    """Return the root mean square of ∂L/∂z of a row's loss, at each hidden layer, shape (members,)."""
    ops = backend.keras().ops
    x, targets = ops.take(X, rows, axis=0), ops.take(y, rows, axis=0)
    count = rows.shape[1]
    hidden = [layer.kernel for layer in model.members[:-1]]

    def total(added: list[Any]) -> Any:
        return ops.sum(model.losses_of(targets, model.outputs_of(x, added))[0]) * count

    nothing = [ops.zeros((k.shape[0], count, k.shape[2]), "float32") for k in hidden]
    return [_root_mean_square(g) for g in backend.gradients(total, nothing)]


def _root_mean_square(g: Any) -> Any:
    """Return it for each member; squares of small float32 gradients alone would be 0."""
    ops = backend.keras().ops
    largest = ops.max(ops.abs(g), axis=(1, 2))
    scale = ops.where(ops.isfinite(largest) & (largest > 0), largest, ops.ones_like(largest))
    return scale * ops.sqrt(ops.mean(ops.square(g / scale[:, None, None]), axis=(1, 2)))
