"""No false alarm: 500 right models of every task, activation, depth, head and spelling."""

from __future__ import annotations

import random

import numpy as np
import pytest

import advisor

HIDDEN = [
    "relu",
    "tanh",
    "elu",
    "selu",
    "gelu",
    "silu",
    "leaky_relu",
    "softplus",
    "mish",
    "softsign",
    "sigmoid",
    "celu",
    "hard_silu",
]
TASKS = [
    "binary",
    "multiclass",
    "regression",
    "multilabel",
    "share",
    "count",
    "positive",
    "autoencoder",
]
MODELS, PARTS = 500, 10


def standard(X):
    return (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)


@pytest.fixture(scope="module")
def tables():
    """Return X and y for each task."""
    from sklearn import datasets

    moons = datasets.make_moons(300, noise=0.1, random_state=0)[0]
    digits = datasets.load_digits().data / 16
    rate = np.exp(moons[:, 0])
    load = {"return_X_y": True}
    return {
        "binary": [datasets.load_breast_cancer(**load), datasets.make_moons(300, random_state=0)],
        "multiclass": [
            datasets.load_iris(**load),
            datasets.load_wine(**load),
            datasets.load_digits(**load),
        ],
        "regression": [
            datasets.load_diabetes(**load),
            datasets.make_regression(300, 8, random_state=0),
        ],
        "multilabel": [
            datasets.make_multilabel_classification(300, 12, n_classes=5, random_state=0)
        ],
        "share": [(moons, 1 / (1 + np.exp(-2 * moons[:, 0])))],
        "count": [(moons, np.random.default_rng(0).poisson(rate))],
        "positive": [(moons, rate)],
        "autoencoder": [(digits, digits)],
    }


def spelled(keras, rng, units, activation):
    """Return a last layer in one of its spellings."""
    L = keras.layers
    if activation is None:
        return rng.choice(
            [lambda: [L.Dense(units)], lambda: [L.Dense(units), L.Activation("linear")]]
        )()
    function = getattr(keras.activations, activation)
    spellings = [
        lambda: [L.Dense(units, activation=activation)],
        lambda: [L.Dense(units), L.Activation(activation)],
        lambda: [L.Dense(units, activation=function)],
        lambda: [L.Dense(units), L.Activation(function)],
        lambda: [keras.Sequential([L.Dense(units, activation=activation)])],
        lambda: [L.Dense(units), L.Dropout(0.1), L.Activation(activation)],
        lambda: [L.Dense(units, activation=lambda z: 1.0 * function(z))],
        lambda: [L.Dense(units, activation=activation), L.Reshape((units,))],
        lambda: [L.Dense(units, activation=activation, dtype="float32")],
    ]
    if activation == "softmax":
        spellings.append(lambda: [L.Dense(units), L.Softmax()])
    return rng.choice(spellings)()


def ending(keras, rng, task, y):
    """Return the last layers, the loss, the metrics and y for one right way to do a task."""
    losses, metrics = keras.losses, keras.metrics
    binary = losses.BinaryCrossentropy
    sparse, onehot = losses.SparseCategoricalCrossentropy, losses.CategoricalCrossentropy
    k = int(y.max()) + 1 if task in {"binary", "multiclass"} else 0
    cut = [metrics.BinaryAccuracy(threshold=0.0)]
    ways = {
        "binary": [
            (1, "sigmoid", "binary_crossentropy", ["accuracy"], y),
            (1, "sigmoid", binary(), [metrics.AUC()], y.reshape(-1, 1)),
            (1, "sigmoid", "binary_crossentropy", None, y.astype(bool)),
            (1, None, binary(from_logits=True), cut, y.astype("float32")),
            (2, "softmax", sparse(), ["accuracy"], y),
            (2, "softmax", onehot(), ["accuracy"], np.eye(2)[y]),
            (2, None, sparse(from_logits=True), ["accuracy"], y),
        ] if task == "binary" else [],
        "multiclass": [
            (k, "softmax", "sparse_categorical_crossentropy", ["accuracy"], y),
            (k, "softmax", onehot(label_smoothing=0.1), None, np.eye(k)[y]),
            (k, None, sparse(from_logits=True), ["accuracy"], y),
            (k, "log_softmax", sparse(from_logits=True), None, y),
        ] if task == "multiclass" else [],
        "regression": [
            (1, None, rng.choice(["mse", "mae", losses.Huber(), "log_cosh"]), ["mae"], y),
            (1, None, "mse", None, standard(y)),
        ],
        "multilabel": [
            (y.shape[-1], "sigmoid", "binary_crossentropy", ["binary_accuracy"], y),
            (y.shape[-1], None, binary(from_logits=True), None, y),
        ],
        "share": [(1, "sigmoid", rng.choice(["binary_crossentropy", "mse"]), None, y)],
        "count": [(1, rng.choice(["exponential", "softplus"]), "poisson", None, y)],
        "positive": [(1, "softplus", rng.choice(["mse", "msle"]), ["mae"], y)],
        "autoencoder": [(64, "sigmoid", rng.choice(["binary_crossentropy", "mse"]), None, y)],
    }[task]  # fmt: skip
    units, activation, loss, given, labels = rng.choice(ways)
    return spelled(keras, rng, units, activation), loss, given, labels


def model_of(keras, rng, tables):
    """Return a right model with its data, and what it is, in words."""
    L, task = keras.layers, rng.choice(TASKS)
    X, y = rng.choice(tables[task])
    prepared = "none" if task == "autoencoder" else rng.choice(["scaled", "layer", "batch"])
    layers = []
    if prepared == "scaled":
        X = standard(X)
    elif prepared == "layer":
        variance = np.where(X.var(axis=0) > 0, X.var(axis=0), 1)
        layers = [L.Normalization(mean=X.mean(axis=0), variance=variance)]
    elif prepared == "batch":
        layers = [L.BatchNormalization()]
    hidden, depth, width = rng.choice(HIDDEN), rng.randrange(5), rng.choice([8, 16, 32, 64])
    depth = min(depth, 2) if hidden == "sigmoid" else depth
    own = advisor.activation(hidden).initializer
    for _ in range(depth):
        options = {"kernel_initializer": rng.choice([own, "glorot_uniform"])}
        layers += rng.choice(
            [
                lambda options=options: [L.Dense(width, activation=hidden, **options)],
                lambda options=options: [L.Dense(width, **options), L.Activation(hidden)],
                lambda options=options: [
                    L.Dense(width),
                    L.BatchNormalization(),
                    L.Activation(hidden),
                ],
                lambda options=options: [
                    L.Dense(width, activation=hidden, **options),
                    L.Dropout(0.3),
                ],
            ]
        )()
    last, loss, metrics, y = ending(keras, rng, task, y)
    raw, rate = task == "regression", task in {"count", "positive"}
    optimizer = rng.choice(
        [
            lambda: "adam",
            lambda: keras.optimizers.Adam(0.01),
            lambda: keras.optimizers.SGD(0.0005 if raw else 0.01 if rate else 0.1),
            lambda: keras.optimizers.RMSprop(0.001),
            lambda: keras.optimizers.AdamW(0.001),
        ]
    )()
    if rng.random() < 0.5:
        model = keras.Sequential([keras.Input(X.shape[1:]), *layers, *last])
    else:
        tensor = given = keras.Input(X.shape[1:])
        for layer in (*layers, *last):
            tensor = layer(tensor)
        model = keras.Model(given, tensor)
    model.compile(optimizer, loss, metrics=metrics)
    return (
        model,
        X,
        y,
        f"{task} {prepared} {depth}x{hidden}({width}) {loss} {type(last[-1]).__name__}",
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_right_models_are_met_with_silence(part, keras, tables):
    for seed in range(part * MODELS // PARTS, (part + 1) * MODELS // PARTS):
        rng = random.Random(seed)  # noqa: S311 - a test, no secret
        from advisor import backend

        with backend.seeded_layers(seed):
            model, X, y, words = model_of(keras, rng, tables)
        found = [*advisor.check(model).findings, *advisor.check(model, X, y).findings]
        assert not found, (seed, words, [f.to_dict()["message"] for f in found])
    keras.backend.clear_session()
