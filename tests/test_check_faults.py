"""One fault at a time, and what is merely unusual: found where it is, silent where it is not."""

from __future__ import annotations

import numpy as np
import pytest

import advisor

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")
RNG = np.random.default_rng(0)
X8 = RNG.normal(size=(200, 8))
IMAGES = RNG.random((200, 28, 28, 1))
SERIES = RNG.normal(size=(200, 20, 3))
K10 = np.arange(200) % 10
K2 = K10 % 2
SHARES = RNG.random((200, 4))
SHARES = SHARES / SHARES.sum(axis=1, keepdims=True)
BITS = RNG.integers(0, 2, (200, 8))
PICTURES = RNG.random((200, 64))


def cases(keras):  # noqa: PLR0915 - a table
    """Give (what, wanted rule or None for silence, layers, loss, X, y, options)."""
    L, I, O, losses = keras.layers, keras.initializers, keras.optimizers, keras.losses  # noqa: E741
    D = L.Dense
    sparse, onehot, binary = (
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "binary_crossentropy",
    )
    logits = losses.SparseCategoricalCrossentropy(from_logits=True)
    ten = [D(32, "relu"), D(10, "softmax")]
    yes = [D(32, "relu"), D(1, "sigmoid")]
    one = [D(32, "relu"), D(1)]

    yield (
        "images without Flatten",
        "missing-flatten",
        [D(64, "relu"), D(10, "softmax")],
        sparse,
        IMAGES[..., 0],
        K10,
    )
    yield (
        "a series that goes on",
        "missing-flatten",
        [L.LSTM(16, return_sequences=True), D(1, "sigmoid")],
        binary,
        SERIES,
        K2,
    )
    yield (
        "labels a step",
        None,
        [L.Masking(), L.LSTM(16, return_sequences=True), L.TimeDistributed(D(3, "softmax"))],
        sparse,
        SERIES,
        RNG.integers(0, 3, (200, 20, 1)),
    )
    yield (
        "numbers a step",
        None,
        [L.LSTM(16, return_sequences=True), D(1)],
        "mse",
        SERIES,
        RNG.normal(size=(200, 20)),
    )
    yield "one label for all", "single-class-labels", yes, binary, X8, np.ones(200, int)
    yield (
        "shares by sigmoids",
        "output-activation-mismatch",
        [D(8, "relu"), D(4, "sigmoid")],
        onehot,
        X8,
        SHARES,
    )
    yield "shares by softmax", None, [D(8, "relu"), D(4, "softmax")], "kl_divergence", X8, SHARES
    yield (
        "several labels by softmax",
        "output-activation-mismatch",
        [D(8, "relu"), D(8, "softmax")],
        onehot,
        X8,
        BITS,
    )
    yield "bits by sigmoids and squares", None, [D(16, "relu"), D(8, "sigmoid")], "mse", X8, BITS
    yield (
        "a target that is a ReLU",
        None,
        [D(8, "relu"), D(1, "relu")],
        "mse",
        X8,
        np.maximum(X8[:, 0], 0),
    )
    yield (
        "pictures by softmax",
        "output-activation-mismatch",
        [D(32, "relu"), D(64, "softmax")],
        binary,
        PICTURES,
        PICTURES,
    )
    yield (
        "a bottleneck",
        None,
        [D(32, "relu"), D(2), D(32, "relu"), D(64, "sigmoid")],
        binary,
        PICTURES,
        PICTURES,
    )
    yield (
        "labels over 255",
        "label-encoding-mismatch",
        ten,
        sparse,
        X8,
        (K10 / 255).astype("float32"),
    )
    yield "one-hot rows, sparse loss", "label-encoding-mismatch", ten, sparse, X8, np.eye(10)[K10]
    yield (
        "numbers, ten sigmoids",
        "label-encoding-mismatch",
        [D(32, "relu"), D(10, "sigmoid")],
        binary,
        X8,
        K10,
    )
    yield "minus and plus one", "labels-out-of-range", yes, binary, X8, 2 * K2 - 1
    yield "minus and plus one by tanh", None, [D(32, "relu"), D(1, "tanh")], "mse", X8, 2 * K2 - 1
    yield "hinge by tanh", None, [D(32, "relu"), D(1, "tanh")], "hinge", X8, 2 * K2 - 1
    yield (
        "targets beyond tanh",
        "output-activation-mismatch",
        [D(32, "relu"), D(1, "tanh")],
        "mse",
        X8,
        28 + 10 * X8[:, 0],
    )
    yield "classes by squares", "loss-task-mismatch", one, "mse", X8, K2
    yield (
        "ten classes by squares",
        "loss-task-mismatch",
        [D(32, "relu"), D(10)],
        "mse",
        X8,
        np.eye(10)[K10],
    )
    yield "class numbers by squares", "loss-task-mismatch", ten, "mse", X8, K10
    yield (
        "five units, ten classes",
        "output-units-mismatch",
        [D(32, "relu"), D(5, "softmax")],
        sparse,
        X8,
        K10,
    )
    yield "one unit, three targets", "output-units-mismatch", one, "mse", X8, X8[:, :3]
    yield (
        "ten units, one target",
        "output-units-mismatch",
        [D(32, "relu"), D(10)],
        "mse",
        X8,
        X8[:, 0],
    )
    yield "a tiny rate", "learning-rate-too-low", yes, binary, X8, K2, {"optimizer": O.Adam(1e-7)}
    yield (
        "a huge rate",
        "learning-rate-too-high",
        one,
        "mse",
        X8,
        X8[:, 0],
        {"optimizer": O.SGD(20.0)},
    )
    yield (
        "a rate too high here",
        "learning-rate-too-high",
        [D(64, "relu"), D(64, "relu"), D(1)],
        "mse",
        X8,
        20 * X8[:, 0],
        {"optimizer": O.SGD(1.0)},
    )
    yield "Adam at 0.1, linear", None, [D(1)], "mse", X8, X8[:, 0], {"optimizer": O.Adam(0.1)}
    yield (
        "four sigmoids",
        "saturating-hidden-activation",
        [*(D(50, "sigmoid") for _ in range(4)), D(10, "softmax")],
        sparse,
        X8,
        K10,
    )
    yield (
        "tiny kernels",
        "initializer-activation-mismatch",
        [
            *(D(50, "relu", kernel_initializer=I.RandomNormal(stddev=0.01)) for _ in range(4)),
            D(10, "softmax"),
        ],
        sparse,
        X8,
        K10,
    )
    yield (
        "a convolution of zeros",
        "zero-kernel",
        [
            L.Conv2D(8, 3, activation="relu", kernel_initializer="zeros"),
            L.Flatten(),
            D(10, "softmax"),
        ],
        sparse,
        IMAGES,
        K10,
    )
    yield (
        "a perceptron from zeros",
        None,
        [D(1, "sigmoid", kernel_initializer="zeros")],
        binary,
        X8,
        K2,
        {"optimizer": "sgd"},
    )
    yield (
        "pixels",
        "unscaled-inputs",
        [L.Conv2D(8, 3, activation="relu"), L.Flatten(), D(10, "softmax")],
        sparse,
        255 * IMAGES,
        K10,
    )
    yield "scaled twice", "unscaled-inputs", ten, sparse, X8 / 255 / 255, K10
    yield "tanh on scores", "activated-logits", [D(8, "relu"), D(10, "tanh")], logits, X8, K10
    yield (
        "capped scores",
        None,
        [D(8, "relu"), D(10), L.Rescaling(1 / 30), L.Activation("tanh"), L.Rescaling(30.0)],
        logits,
        X8,
        K10,
    )
    yield (
        "argmax of several labels",
        "metric-task-mismatch",
        [D(8, "relu"), D(8, "sigmoid")],
        binary,
        X8,
        BITS,
        {"metrics": ["accuracy"]},
    )
    yield (
        "each of ten by itself",
        "metric-task-mismatch",
        ten,
        onehot,
        X8,
        np.eye(10)[K10],
        {"metrics": ["binary_accuracy"]},
    )
    yield "targets of a million", "unscaled-targets", one, "mse", X8, 1e6 * (2 + X8[:, 0])
    yield (
        "positive by softplus",
        None,
        [D(32, "relu"), D(1, "softplus")],
        "mse",
        X8,
        np.exp(X8[:, 0]),
    )
    yield "numbers under a loss for classes", "loss-task-mismatch", yes, binary, X8, 1e5 * X8[:, 0]
    yield "numbers under a sparse loss", "loss-task-mismatch", one, sparse, X8, X8[:, 0]
    yield "counts by a line", "loss-activation-mismatch", one, "poisson", X8, RNG.poisson(3, 200)
    yield (
        "each pixel",
        None,
        [L.Conv2D(8, 3, padding="same", activation="relu"), L.Conv2D(1, 1, activation="sigmoid")],
        binary,
        IMAGES,
        (IMAGES > 0.5).astype("float32"),
        {"metrics": ["accuracy"]},
    )
    yield (
        "a class for each pixel",
        None,
        [L.Conv2D(8, 3, padding="same", activation="relu"), L.Conv2D(3, 1, activation="softmax")],
        sparse,
        IMAGES,
        RNG.integers(0, 3, (200, 28, 28)),
    )
    yield (
        "pooled before softmax",
        None,
        [
            L.Conv2D(8, 3, activation="relu"),
            L.Conv2D(10, 1),
            L.GlobalAveragePooling2D(),
            L.Activation("softmax"),
        ],
        sparse,
        IMAGES,
        K10,
    )


def test_every_fault_is_found_and_nothing_else_is_reported(keras):
    from advisor import backend

    for what, wanted, layers, loss, X, y, *options in cases(keras):
        given = {"optimizer": "adam", **(options[0] if options else {})}
        with backend.seeded_layers(3):
            copies = [type(layer).from_config(layer.get_config()) for layer in layers]
            model = keras.Sequential([keras.Input(X.shape[1:]), *copies])
        model.compile(loss=loss, **given)
        alone, whole = advisor.check(model).findings, advisor.check(model, X, y).findings
        if wanted is None:
            assert not [*alone, *whole], (what, whole)
        else:
            assert whole, what
            assert wanted in {finding.name for finding in whole}, (what, whole)
            assert whole[0].name in {wanted, "output-activation-mismatch"}, (what, whole)
