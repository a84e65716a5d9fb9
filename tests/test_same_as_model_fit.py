"""Weights and history after `advisor.fit` are those of `model.fit`, for every kind of model."""

from __future__ import annotations

import numpy as np
import pytest

import advisor

EPOCHS, BATCH, ROWS = 5, 16, 70  # the last batch is smaller
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 4)).astype("float32")
CLASSES = RNG.integers(0, 3, ROWS)
FLAGS = (X[:, 0] > 0).astype("int64")
NUMBERS = (X @ np.array([1.0, -2, 3, 0.5])).astype("float32")
IMAGES = RNG.normal(size=(ROWS, 6, 6, 1)).astype("float32")
WORDS = RNG.integers(0, 10, (ROWS, 5))


def dense(keras, *middle, units=3, activation="softmax", **options):
    """A small network; `middle` are layers between the hidden one and the last."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu", **options),
            *middle,
            layers.Dense(units, activation=activation),
        ]
    )


def compiled(model, optimizer="adam", loss="sparse_categorical_crossentropy", **options):
    model.compile(optimizer, loss, **options)
    return model


def normalised(keras):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return compiled(
        keras.Sequential(
            [
                keras.Input((4,)),
                layers.Dense(8, use_bias=False),  # a bias before the norm is noise under Adam
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Dense(3, activation="softmax"),
            ]
        ),
        metrics=["accuracy"],
    )


def two_in_two_out(keras, *, named=False):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    both = layers.Concatenate()([layers.Dense(5, "tanh")(left), layers.Dense(5, "tanh")(right)])
    outs = [
        layers.Dense(3, "softmax", name="kind")(both),
        layers.Dense(1, name="size")(both),
    ]
    if named:
        model = keras.Model(
            {"left": left, "right": right}, dict(zip(["kind", "size"], outs, strict=True))
        )
        loss = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
        metrics = {"kind": ["accuracy"], "size": ["mae"]}
    else:
        model = keras.Model([left, right], outs)
        loss, metrics = ["sparse_categorical_crossentropy", "mse"], [["accuracy"], ["mae"]]
    model.compile("adam", loss, metrics=metrics)
    return model


def subclassed(keras):
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(6, activation="tanh")
            self.drop = keras.layers.Dropout(0.3, seed=3)
            self.last = keras.layers.Dense(3, activation="softmax")

        def call(self, x, training=False):
            self.add_loss(0.01 * keras.ops.mean(keras.ops.square(x)))
            return self.last(self.drop(self.first(x), training=training))

    keras.utils.set_random_seed(1)
    return compiled(Mine(), metrics=["accuracy"])


def own_step(keras):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("a train_step is written for one backend")
    import tensorflow as tf

    class Mine(keras.Sequential):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = keras.ops.mean(keras.ops.square(self(x, training=True)[:, 0] - y))
            weights = self.trainable_weights
            self.optimizer.apply(tape.gradient(loss, weights), weights)
            return {"mine": loss}

    keras.utils.set_random_seed(1)
    return compiled(Mine([keras.Input((4,)), keras.layers.Dense(1)]), "sgd", "mse")


def own_loss(keras):
    def cubic(y, p):
        return keras.ops.mean(keras.ops.abs(y - p) ** 3, axis=-1)

    class Share(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="share")
            self.total = self.add_weight(initializer="zeros")

        def update_state(self, y, p, sample_weight=None):
            self.total.assign_add(keras.ops.sum(keras.ops.cast(p > 0, "float32")))

        def result(self):
            return self.total / 70

    return compiled(dense(keras, units=1, activation=None), "sgd", cubic, metrics=[Share()])


def unbuilt(keras):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(5, activation="relu"), keras.layers.Dense(1)]
    return compiled(keras.Sequential(layers), loss="mse", metrics=["mae"])


def embedding(keras):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return compiled(
        keras.Sequential(
            [
                keras.Input((5,), dtype="int32"),
                layers.Embedding(10, 4, mask_zero=True),
                layers.GRU(4),
                layers.Dense(3, activation="softmax"),
            ]
        )
    )


def convolution(keras):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return compiled(
        keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                layers.Conv2D(3, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(3, activation="softmax"),
            ]
        ),
        metrics=["accuracy"],
    )


def frozen(keras):
    model = dense(keras)
    model.layers[0].trainable = False
    return compiled(model)


def adapted(keras):
    layer = keras.layers.Normalization()
    layer.adapt(X)
    keras.utils.set_random_seed(1)
    return compiled(
        keras.Sequential([keras.Input((4,)), layer, keras.layers.Dense(3, activation="softmax")])
    )


# name: (model, X, y, options of fit)
CASES = {
    "dense": (lambda k: compiled(dense(k), metrics=["accuracy"]), X, CLASSES, {}),
    "batch normalization": (normalised, X, CLASSES, {}),
    "seeded dropout": (lambda k: compiled(dense(k, k.layers.Dropout(0.5, seed=7))), X, CLASSES, {}),
    "noise": (lambda k: compiled(dense(k, k.layers.GaussianNoise(0.5, seed=7))), X, CLASSES, {}),
    "regularised": (
        lambda k: compiled(
            dense(k, kernel_regularizer="l2", activity_regularizer=k.regularizers.L1(0.01))
        ),
        X,
        CLASSES,
        {},
    ),
    "constrained": (
        lambda k: compiled(dense(k, kernel_constraint=k.constraints.MaxNorm(1.0))),
        X,
        CLASSES,
        {},
    ),
    "sample weights": (
        lambda k: compiled(dense(k), metrics=["accuracy"], weighted_metrics=["accuracy"]),
        X,
        CLASSES,
        {"sample_weight": RNG.random(ROWS)},
    ),
    "class weights": (
        lambda k: compiled(dense(k), weighted_metrics=["accuracy"]),
        X,
        CLASSES,
        {"class_weight": {0: 1.0, 1: 5.0}},
    ),
    "class weights leave the validation alone": (
        lambda k: compiled(dense(k), weighted_metrics=["accuracy"]),
        X,
        CLASSES,
        {"class_weight": {0: 1.0, 1: 5.0}, "validation_split": 0.3},
    ),
    "one-hot class weights": (
        lambda k: compiled(dense(k), loss="categorical_crossentropy"),
        X,
        np.eye(3)[CLASSES],
        {"class_weight": {0: 1.0, 1: 5.0, 2: 0.5}},
    ),
    "validation data": (
        lambda k: compiled(dense(k), metrics=["accuracy"]),
        X,
        CLASSES,
        {"validation_data": (X[:21], CLASSES[:21])},
    ),
    "weighted validation": (
        lambda k: compiled(dense(k), weighted_metrics=["accuracy"]),
        X,
        CLASSES,
        {"validation_data": (X[:21], CLASSES[:21], np.arange(21.0)), "validation_freq": 2},
    ),
    "validation split": (
        normalised,
        X,
        CLASSES,
        {"validation_split": 0.3, "validation_batch_size": 4, "sample_weight": RNG.random(ROWS)},
    ),
    "validation after some epochs": (
        normalised,
        X,
        CLASSES,
        {"validation_data": [X[:5], CLASSES[:5]], "validation_freq": [1, 4]},
    ),
    "later start": (normalised, X, CLASSES, {"initial_epoch": 2}),
    "area under the curve": (
        lambda k: compiled(
            dense(k, units=1, activation="sigmoid"),
            loss="binary_crossentropy",
            metrics=[k.metrics.AUC(name="auc"), k.metrics.Precision(name="precision"), "accuracy"],
        ),
        X,
        FLAGS,
        {},
    ),
    "metrics that are built late": (
        lambda k: compiled(dense(k, units=1, activation=None), loss="mse", metrics=["r2_score"]),
        X,
        NUMBERS,
        {"validation_split": 0.2},
    ),
    "one-hot metrics": (
        lambda k: compiled(
            dense(k),
            loss="categorical_crossentropy",
            metrics=[k.metrics.F1Score(average="macro", name="f1"), "accuracy"],
        ),
        X,
        np.eye(3)[CLASSES],
        {},
    ),
    "column of targets": (
        lambda k: compiled(dense(k, units=1, activation=None), loss="mse", metrics=["mae"]),
        X,
        NUMBERS[:, None],
        {},
    ),
    "two in, two out": (two_in_two_out, [X, X + 1], [CLASSES, NUMBERS], {}),
    "two in, two out, weighted": (
        two_in_two_out,
        [X, X + 1],
        [CLASSES, NUMBERS],
        {"sample_weight": RNG.random(ROWS), "validation_split": 0.2},
    ),
    "named in and out": (
        lambda k: two_in_two_out(k, named=True),
        {"right": X + 1, "left": X},
        {"kind": CLASSES, "size": NUMBERS},
        {},
    ),
    "subclass": (subclassed, X, CLASSES, {"validation_split": 0.2}),
    "own train_step": (own_step, X, NUMBERS, {}),
    "own loss and metric": (own_loss, X, NUMBERS, {"validation_split": 0.2}),
    "unbuilt": (unbuilt, X, NUMBERS, {}),
    "embedding": (embedding, WORDS, CLASSES, {}),
    "convolution": (convolution, IMAGES, CLASSES, {"validation_split": 0.2}),
    "frozen layer": (frozen, X, CLASSES, {}),
    "adapted normalization": (adapted, X, CLASSES, {}),
    "XLA": (lambda k: compiled(dense(k), jit_compile=True, metrics=["accuracy"]), X, CLASSES, {}),
    "several steps an execution": (
        lambda k: compiled(dense(k), steps_per_execution=3, metrics=["accuracy"]),
        X,
        CLASSES,
        {},
    ),
}

OPTIMIZERS = {
    "SGD": lambda o: o.SGD(0.1, momentum=0.9, nesterov=True),
    "RMSprop": lambda o: o.RMSprop(0.01),
    "Adam, clipped": lambda o: o.Adam(0.01, clipnorm=0.1),
    "Adam, global clip": lambda o: o.Adam(0.01, global_clipnorm=0.1),
    "Adam, amsgrad": lambda o: o.Adam(0.01, amsgrad=True),
    "Adam, weight decay": lambda o: o.Adam(0.01, weight_decay=0.01),
    "Adam, moving average": lambda o: o.Adam(0.01, use_ema=True, ema_overwrite_frequency=2),
    "Adam, accumulated": lambda o: o.Adam(0.01, gradient_accumulation_steps=2),
    "Adam, schedule": lambda o: o.Adam(o.schedules.ExponentialDecay(0.05, 3, 0.5)),
    "Adam, warm restarts": lambda o: o.Adam(
        o.schedules.CosineDecay(0.0, 5, warmup_target=0.05, warmup_steps=3)
    ),
    "AdamW": lambda o: o.AdamW(0.01),
    "Nadam": lambda o: o.Nadam(0.01),
    "Adagrad": lambda o: o.Adagrad(0.1),
    "scaled loss": lambda o: o.LossScaleOptimizer(o.Adam(0.01)),
}
CASES |= {
    f"optimizer {name}": (
        lambda k, make=make: compiled(dense(k), make(k.optimizers)), X, CLASSES, {}
    )
    for name, make in OPTIMIZERS.items()
}  # fmt: skip


def weights(model):
    return [np.asarray(w) for w in model.get_weights()]


def agree(mine, theirs, one, two):
    assert list(mine.history) == list(theirs.history)
    for name, values in theirs.history.items():
        np.testing.assert_allclose(mine.history[name], values, rtol=1e-3, atol=1e-5, err_msg=name)
        assert all(type(value) is float for value in mine.history[name])
    assert mine.epoch == theirs.epoch
    for a, b in zip(weights(one), weights(two), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_weights_and_history_are_those_of_model_fit(name, keras):
    make, x, y, options = CASES[name]
    one, two = make(keras), make(keras)
    options = {"epochs": EPOCHS, "batch_size": BATCH, "shuffle": False, **options}
    mine = advisor.fit(one, x, y, **options)
    theirs = two.fit(x, y, verbose=0, **options)
    agree(mine, theirs, one, two)


@pytest.mark.parametrize(
    "name", ["dense", "seeded dropout", "two in, two out", "own loss and metric"]
)
def test_training_goes_on_where_it_stopped(name, keras):
    make, x, y, _ = CASES[name]
    one, two = make(keras), make(keras)
    options = {"epochs": 2, "batch_size": BATCH, "shuffle": False}
    for _ in range(2):
        mine = advisor.fit(one, x, y, **options)
        theirs = two.fit(x, y, verbose=0, **options)
    agree(mine, theirs, one, two)
    assert int(one.optimizer.iterations) == int(two.optimizer.iterations) == 4 * -(-ROWS // BATCH)
    found, wanted = (model.evaluate(x, y, verbose=0) for model in (one, two))
    np.testing.assert_allclose(found, wanted, rtol=1e-4)
