"""`SignalRecorder` sees what training does to signal and gradient, and leaves training as it is."""

from __future__ import annotations

import json

import numpy as np
import pytest

import advisor
from advisor.errors import DataError, OptionError


@pytest.fixture(scope="module")
def recorded(keras):
    data = advisor.load("iris")
    model = advisor.build("multiclass", depth=2, units=16, seed=0)
    watch = advisor.SignalRecorder(data.X_train, data.y_train)
    advisor.fit(model, data.X_train, data.y_train, epochs=6, callbacks=[watch], seed=0)
    return watch, model


def test_it_records_before_after_and_between(recorded):
    watch, _ = recorded
    epochs = [moment.epoch for moment in watch.moments]
    assert epochs[0] == 0
    assert epochs[-1] == 6
    assert epochs == sorted(set(epochs))
    assert watch.series("update").shape == (len(epochs), 3)


def test_training_goes_the_same_way_without_it(recorded):
    _, watched = recorded
    data = advisor.load("iris")
    alone = advisor.build("multiclass", depth=2, units=16, seed=0)
    advisor.fit(alone, data.X_train, data.y_train, epochs=6, seed=0)
    for a, b in zip(watched.get_weights(), alone.get_weights(), strict=True):
        assert (a == b).all()


def test_histograms_count_every_activation_and_gradient(recorded):
    watch, _ = recorded
    rows = 112
    for moment in watch.moments:
        counts, edges = moment.layers[0].outputs
        assert counts.sum() == rows * 16
        assert edges[0] >= 0  # ReLU
        counts, _ = moment.layers[0].entries
        assert counts.sum() == 4 * 16


def test_what_it_says_last_is_what_signal_measures(recorded):
    watch, model = recorded
    data = advisor.load("iris")
    answer = advisor.signal(model, data.X_train, data.y_train)
    for layer, last in zip(answer.layers, watch.moments[-1].layers, strict=True):
        assert layer.measured.delta == pytest.approx(last.delta)
        assert layer.measured.update == pytest.approx(last.update)


def test_every_so_many_batches_works_in_model_fit_too(keras):
    data = advisor.load("iris")
    model = advisor.build("multiclass", seed=0)
    watch = advisor.SignalRecorder(data.X_train, data.y_train, every=3)
    model.fit(data.X_train, data.y_train, epochs=2, batch_size=16, callbacks=[watch], verbose=0)
    steps = -(-112 // 16)
    expected = [0, 3 / steps, 6 / steps, 1 + 2 / steps, 1 + 5 / steps, 2]
    assert [moment.epoch for moment in watch.moments] == pytest.approx(expected)


def test_dying_units_are_seen_to_die(keras):
    data = advisor.load("digits")
    keras.utils.set_random_seed(0)
    stack = [keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")]
    model = keras.Sequential([keras.Input((64,)), *stack])
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    watch = advisor.SignalRecorder(data.X_train, data.y_train)  # raw pixels, 0 to 16
    with pytest.warns(advisor.errors.AdvisorWarning):
        advisor.fit(model, data.X_train, data.y_train, epochs=5, callbacks=[watch])
    dead = watch.series("dead")[:, 0]
    assert dead[0] <= 0.2
    assert dead[-1] >= 0.5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_reads_and_draws(recorded, language):
    watch, _ = recorded
    advisor.set_language(language)
    assert "hidden_1" in str(watch)
    assert len(watch.plot().axes) == 8
    json.dumps(watch.to_dict(), allow_nan=False)
    line = watch.plot().axes[0].get_lines()[3]
    assert list(line.get_ydata()) == [-3, -3]


def test_before_training_it_says_so():
    assert "Nothing recorded" in str(advisor.SignalRecorder(np.ones((2, 2)), np.ones(2)))


def test_bad_input_is_refused_before_training(keras):
    with pytest.raises(OptionError, match="every"):
        advisor.SignalRecorder(np.ones((2, 2)), np.ones(2), every="day")
    with pytest.raises(OptionError, match="every"):
        advisor.SignalRecorder(np.ones((2, 2)), np.ones(2), every=0)
    data = advisor.load("iris")
    watch = advisor.SignalRecorder(data.X_train[:, :2], data.y_train)
    with pytest.raises(DataError, match="Expected X of shape"):
        advisor.fit(advisor.build("multiclass"), data.X_train, data.y_train, callbacks=[watch])
