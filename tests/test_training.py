"""`fit` has the meaning of `model.fit`; what it adds are checks and a seed."""

from __future__ import annotations

import numpy as np
import pytest

import advisor
from advisor.errors import LabelError


@pytest.fixture(scope="module")
def data():
    return advisor.load("iris")


def weights(model):
    return [np.asarray(w) for w in model.get_weights()]


def test_without_shuffling_it_is_model_fit(data, keras):
    one, two = (advisor.build("multiclass", seed=0) for _ in range(2))
    mine = advisor.fit(one, data.X_train, data.y_train, epochs=3, batch_size=16, shuffle=False)
    theirs = two.fit(data.X_train, data.y_train, epochs=3, batch_size=16, shuffle=False, verbose=0)
    assert list(mine.history) == list(theirs.history)
    for a, b in zip(weights(one), weights(two), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_the_seeded_order_is_model_fits_where_nothing_is_shuffled(data, keras):
    one, two = (advisor.build("multiclass", seed=0) for _ in range(2))
    advisor.fit(one, data.X_train, data.y_train, epochs=2, seed=1, shuffle=False)
    two.fit(data.X_train, data.y_train, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(weights(one), weights(two), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_a_seed_repeats_the_training_and_another_does_not(data, keras):
    def train(seed):
        model = advisor.build("multiclass", seed=0)
        advisor.fit(model, data.X_train, data.y_train, epochs=3, seed=seed)
        return weights(model)

    first, again, other = train(1), train(1), train(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("seed", [None, 0])
def test_validation_and_weights_go_through(seed, data, keras):
    model = advisor.build("multiclass", seed=0)
    history = advisor.fit(
        model, data.X_train, data.y_train, epochs=2, seed=seed,
        validation_split=0.25, sample_weight=np.ones(len(data.X_train)),
    )  # fmt: skip
    assert {"loss", "val_loss"} <= set(history.history)
    history = advisor.fit(
        model, data.X_train, data.y_train, epochs=2, seed=seed,
        validation_data=(data.X_test, data.y_test), class_weight={0: 1.0, 1: 2.0, 2: 1.0},
    )  # fmt: skip
    assert len(history.history["val_loss"]) == 2


def test_weights_of_zero_leave_rows_out(data, keras):
    keep = np.arange(len(data.X_train)) < 80
    one, two = (
        advisor.build("multiclass", X=data.X_train, y=data.y_train, seed=0) for _ in range(2)
    )
    advisor.fit(one, data.X_train, data.y_train, seed=0, shuffle=False, batch_size=112,
                sample_weight=keep * 112 / 80.0)  # fmt: skip
    advisor.fit(two, data.X_train[:80], data.y_train[:80], seed=0, shuffle=False, batch_size=80)
    for a, b in zip(weights(one), weights(two), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_it_is_quiet_where_nobody_watches(data, keras, capsys):
    advisor.fit(advisor.build("multiclass"), data.X_train, data.y_train)
    assert capsys.readouterr().out == ""


def test_models_with_several_inputs_are_passed_on(keras):
    left, right = keras.Input((2,)), keras.Input((3,))
    out = keras.layers.Dense(1)(keras.layers.Concatenate()([left, right]))
    model = keras.Model([left, right], out)
    model.compile("sgd", "mse")
    history = advisor.fit(model, [np.ones((8, 2)), np.ones((8, 3))], np.ones(8))
    assert len(history.history["loss"]) == 1


def test_a_frame_of_numbers_is_taken(data, keras):
    import pandas as pd

    frame = pd.DataFrame(data.X_train, columns=data.features)
    advisor.fit(advisor.build("multiclass"), frame, pd.Series(data.y_train))


LOSSES = [
    ("sparse_categorical_crossentropy", 3, [0, 1, 2, 3], r"integers 0\.\.2"),
    ("sparse_categorical_crossentropy", 3, [-1, 0, 1, 2], r"integers 0\.\.2"),
    ("binary_crossentropy", 1, [0, 1, 2, 1], r"\[0, 1\]"),
    ("binary_crossentropy", 1, [-1, 1, -1, 1], r"\[0, 1\]"),
    ("categorical_crossentropy", 3, [0, 1, 2, 0], "one-hot"),
    ("poisson", 1, [-1, 0, 1, 2], "Poisson"),
    ("mse", 1, ["a", "b", "a", "b"], "text"),
]


@pytest.mark.parametrize(("loss", "units", "y", "expected"), LOSSES)
def test_targets_that_the_loss_cannot_take_are_refused_before_training(
    loss, units, y, expected, keras
):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units)])
    model.compile("sgd", loss)
    before = weights(model)
    with pytest.raises(LabelError, match=expected):
        advisor.fit(model, np.random.default_rng(0).random((4, 2)), y)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(model), strict=True))
