"""Many networks that differ by their seed, as one Keras model of stock layers, trained at once.

Every network sees the same rows in the same order; its loss is its own, so SGD and Adam, which work
number by number, keep the networks independent.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.training import fit

if TYPE_CHECKING:
    from collections.abc import Sequence


class Crowd:
    """Networks of one shape, a seed each.

    Attributes:
        model: all of them: rows (n, features) in, outputs (n, networks, outputs) out.
        layers: the weighted layers; a kernel has shape (networks, in, out).
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: Any,
        seeds: int,
        *,
        initializer: Any = "glorot_uniform",
        bias: float = 0.0,
        head: str = "linear",
        normalise: bool = False,
    ) -> None:
        """Make the layers and draw their weights.

        Args:
            sizes: number of features, of units in each hidden layer, of outputs.
            hidden: activation of the hidden layers.
            seeds: how many networks.
            initializer: of the hidden kernels.
            bias: that all hidden units start with.
            head: activation of the output layer.
            normalise: put BatchNormalization before each hidden activation.
        """
        keras = backend.keras()
        self.seeds = seeds
        x = inputs = keras.Input((sizes[0],))
        x = keras.layers.RepeatVector(seeds)(x)
        self.layers: list[Any] = []
        for units in sizes[1:]:
            last = len(self.layers) == len(sizes) - 2
            layer = keras.layers.EinsumDense(
                "bki,kio->bko",
                output_shape=(seeds, units),
                bias_axes="ko",
                activation=head if last else None if normalise else hidden,
                bias_initializer=keras.initializers.Constant(0.0 if last else bias),
            )
            x = layer(x)
            self.layers.append(layer)
            if normalise and not last:
                x = keras.layers.Reshape((seeds * units,))(x)
                x = keras.layers.BatchNormalization()(x)
                x = keras.layers.Activation(hidden)(keras.layers.Reshape((seeds, units))(x))
        self.model = keras.Model(inputs, x)
        self._draw(initializer)

    def _draw(self, initializer: Any) -> None:
        """Give each network kernels of its own seed; the output layer's are Glorot's."""
        import numpy as np

        keras = backend.keras()
        for place, layer in enumerate(self.layers):
            last = place == len(self.layers) - 1
            kind = keras.initializers.get("glorot_uniform" if last else initializer)
            _, rows, columns = layer.kernel.shape
            drawn = []
            for seed in range(self.seeds):
                own = type(kind).from_config({**kind.get_config(), "seed": 100 * seed + place})
                drawn.append(np.asarray(own((rows, columns))))
            layer.kernel.assign(np.stack(drawn))

    def train(
        self, X: Any, y: Any, optimizer: Any, epochs: int, *, batch_size: int = 32, seed: int = 0
    ) -> list[float]:
        """Train all networks; return the sum of their losses, one an epoch.

        Args:
            X: rows, shape (n, features).
            y: classes as integers (n,), or numbers (n, outputs).
            optimizer: one of Keras'.
            epochs: passes over the rows.
            batch_size: rows a step.
            seed: of the order of rows.
        """
        import numpy as np

        classes = y.dtype.kind in "iu"
        repeated = np.repeat(y[:, None], self.seeds, axis=1)
        if not self.model.compiled:
            self.model.compile(optimizer, _loss(classes=classes, networks=self.seeds))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pixels that never vary, and of NaN: it is meant
            history = fit(
                self.model, X, repeated, epochs=epochs, batch_size=batch_size, verbose=0, seed=seed
            )
        return [float(loss) for loss in history.history["loss"]]

    def outputs(self, X: Any) -> Any:
        """Return each network's outputs, shape (networks, n, outputs)."""
        import numpy as np

        keras = backend.keras()
        found = keras.ops.convert_to_numpy(self.model(X.astype("float32"), training=False))
        return np.moveaxis(found.astype("float64"), 1, 0)

    def accuracy(self, X: Any, y: Any) -> list[float]:
        """Return the share of rows that each network classifies right."""
        p = self.outputs(X)
        found = p.argmax(axis=-1) if p.shape[-1] > 1 else (p[..., 0] > 0).astype(int)
        return [float((one == y).mean()) for one in found]

    def r2(self, X: Any, y: Any) -> list[float]:
        """Return each network's R² for numbers (n, 1)."""
        errors = ((self.outputs(X) - y) ** 2).mean(axis=(1, 2))
        return [float(1 - error / y.var()) for error in errors]

    def sums(self, X: Any) -> list[Any]:
        """Return the weighted sums of each layer, shape (networks, n, units); without BatchNormalization."""
        import numpy as np

        keras = backend.keras()
        found = []
        h = np.repeat(X[None].astype("float64"), self.seeds, axis=0)
        for layer in self.layers:
            kernel, bias = (np.asarray(w, "float64") for w in (layer.kernel, layer.bias))
            found.append(h @ kernel + bias[:, None])
            h = np.asarray(keras.ops.convert_to_numpy(layer.activation(found[-1])), "float64")
        return found


def _loss(*, classes: bool, networks: int) -> Any:
    """Return the sum of the networks' mean losses."""
    keras = backend.keras()

    def entropy(y: Any, p: Any) -> Any:
        rows = keras.ops.sparse_categorical_crossentropy(y, p, from_logits=True)
        return networks * keras.ops.mean(rows, axis=-1)

    def square(y: Any, p: Any) -> Any:
        return networks * keras.ops.mean((y - p) ** 2, axis=(-2, -1))

    return entropy if classes else square


def digits() -> tuple[Any, Any, Any, Any]:
    """Return the digits standardised on their training rows: X and y to train, X and y to test."""
    import numpy as np

    from advisor.catalog import load

    data = load("digits")
    centre, spread = data.X_train.mean(axis=0), data.X_train.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    X, test = ((X - centre) / spread for X in (data.X_train, data.X_test))
    return X.astype("float32"), data.y_train, test.astype("float32"), data.y_test
