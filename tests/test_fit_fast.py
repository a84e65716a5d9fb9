"""What `advisor.fit` adds to `model.fit`: compiled epochs, kept for the next model; and callbacks."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import advisor
from advisor import handover, loops, runs, training
from advisor.errors import AdvisorWarning, DataError, OptionError, UnknownNameError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype("float32")
Y = RNG.integers(0, 3, 50)


def network(
    keras, activation="relu", last="softmax", seed=0, rate=0.01, name=None, metrics=("accuracy",)
):
    with advisor.backend.seeded_layers(seed):
        layers = keras.layers
        model = keras.Sequential(
            [keras.Input((4,)), layers.Dense(6, activation, name=name), layers.Dense(3, last)]
        )
    model.compile(
        keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=list(metrics)
    )
    return model


@pytest.fixture
def traces(monkeypatch):
    """Count how often something is compiled, beginning with nothing kept."""
    engine, found = loops._engine(), []
    plain = engine.trace
    monkeypatch.setattr(engine, "trace", lambda *a, **k: (found.append(1), plain(*a, **k))[1])
    monkeypatch.setattr(loops, "_shared", type(loops._shared)())
    return found


def weights(model):
    return [np.asarray(w) for w in model.get_weights()]


def same(one, two):
    return all(np.array_equal(a, b) for a, b in zip(weights(one), weights(two), strict=True))


# --- what is compiled is kept


def test_a_new_model_of_the_same_architecture_compiles_nothing(traces, keras):
    for seed in range(3):
        advisor.fit(network(keras, seed=seed, name=f"h{seed}"), X, Y, epochs=2)
    assert len(traces) == 1


def test_another_number_of_rows_or_another_learning_rate_compiles_nothing(traces, keras):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("JAX programs are for one number of rows")
    advisor.fit(network(keras), X, Y, batch_size=8)
    advisor.fit(network(keras, rate=0.1), X[:33], Y[:33], batch_size=16)
    assert len(traces) == 1


@pytest.mark.parametrize("change", ["activation", "loss", "frozen", "metric", "dtype", "constant"])
def test_what_changes_the_program_is_compiled_anew(change, traces, keras):
    one, two = network(keras), network(keras)
    y = Y
    if change == "activation":
        two = network(keras, "tanh")
    elif change == "loss":
        two.compile(keras.optimizers.Adam(), "mse", metrics=["accuracy"])
        y = np.eye(3)[Y]
        one.compile(keras.optimizers.Adam(), "categorical_crossentropy", metrics=["accuracy"])
    elif change == "frozen":
        two.layers[0].trainable = False
        two.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    elif change == "metric":
        two = network(keras, metrics=[])
    elif change == "dtype":
        y = Y.astype("int32")
    elif change == "constant":
        one, two = (
            keras.Sequential(
                [keras.layers.Normalization(mean=m, variance=1.0), keras.layers.Dense(3)]
            )
            for m in (0.0, 5.0)
        )
        for model in (one, two):
            model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    advisor.fit(one, X, y if change == "loss" else Y)
    advisor.fit(two, X, y)
    assert len(traces) == 2


def test_layers_adapted_to_other_data_do_not_share(traces, keras):
    found = []
    for shift in (0.0, 100.0):
        norm = keras.layers.Normalization()
        norm.adapt(X + shift)
        with advisor.backend.seeded_layers(0):
            model = keras.Sequential([keras.Input((4,)), norm, keras.layers.Dense(3, "softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        history = advisor.fit(model, X + shift, Y, epochs=3, shuffle=False)
        found.append(history.history["loss"])
    np.testing.assert_allclose(*found, rtol=1e-4)
    assert len(traces) == 2


def test_a_layer_named_like_an_activation_is_no_activation(traces, keras):
    for name in ("relu", "tanh"):
        advisor.fit(network(keras, activation=name, name=name), X, Y)
    assert len(traces) == 2


def test_models_trained_in_turns_do_not_touch_each_other(keras):
    one, two, alone = network(keras, seed=1), network(keras, seed=2), network(keras, seed=1)
    for epoch in range(3):
        advisor.fit(one, X, Y, seed=epoch)
        kept = weights(one)
        advisor.fit(two, X, Y, seed=epoch)
        assert all(np.array_equal(a, b) for a, b in zip(kept, weights(one), strict=True))
    for epoch in range(3):
        advisor.fit(alone, X, Y, seed=epoch)
    assert same(one, alone)


def test_models_trained_in_threads_do_not_touch_each_other(keras):
    models = [network(keras, seed=seed) for seed in range(4)]
    threads = [
        threading.Thread(target=advisor.fit, args=(model, X, Y), kwargs={"epochs": 20, "seed": 0})
        for model in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, model in enumerate(models):
        alone = network(keras, seed=seed)
        advisor.fit(alone, X, Y, epochs=20, seed=0)
        assert same(model, alone)


def test_a_trained_model_is_let_go(keras):
    stock, own = network(keras), network(keras)
    own.compile("sgd", lambda y, p: keras.ops.sum(p, axis=-1))
    watched = []
    for model in (stock, own):
        advisor.fit(model, X, Y)
        watched.append(weakref.ref(model))
    del model, stock, own
    gc.collect()
    assert [reference() for reference in watched] == [None, None]


def test_a_model_is_compiled_again_after_compile(keras):
    model = network(keras)
    advisor.fit(model, X, Y, epochs=2)
    model.compile("sgd", lambda y, p: 0 * keras.ops.sum(p, axis=-1))
    before = weights(model)
    advisor.fit(model, X, Y, epochs=2)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(model), strict=True))


# --- callbacks


class Watcher:
    """Names the hooks that were called."""

    def __init__(self, keras):
        seen = self.seen = []

        class Callback(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                seen.append("train begin")

            def on_epoch_begin(self, epoch, logs=None):
                seen.append(f"begin {epoch}")

            def on_test_begin(self, logs=None):
                seen.append("test begin")

            def on_test_end(self, logs=None):
                seen.append(f"test end {sorted(logs)}")

            def on_epoch_end(self, epoch, logs=None):
                seen.append(f"end {epoch} {sorted(logs)} {int(self.model.optimizer.iterations)}")

            def on_train_end(self, logs=None):
                seen.append("train end")

        self.callback = Callback()


def test_callbacks_see_the_epochs_that_they_see_in_model_fit(keras):
    options = {"epochs": 3, "validation_data": (X, Y), "validation_freq": 2}
    mine, theirs = Watcher(keras), Watcher(keras)
    advisor.fit(network(keras), X, Y, callbacks=[mine.callback], **options)
    network(keras).fit(X, Y, callbacks=[theirs.callback], verbose=0, **options)
    assert mine.seen == theirs.seen


def test_weights_are_in_the_model_at_every_epochs_end(keras):
    seen = []
    model = network(keras)
    watch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(weights(model))
    )
    advisor.fit(model, X, Y, epochs=2, callbacks=watch, shuffle=False)
    for epochs, found in enumerate(seen, 1):
        alone = network(keras)
        advisor.fit(alone, X, Y, epochs=epochs, shuffle=False)
        assert all(np.array_equal(a, b) for a, b in zip(found, weights(alone), strict=True))


def test_early_stopping_and_schedules_work(keras):
    stop = keras.callbacks.EarlyStopping(
        "loss", patience=1, min_delta=10, restore_best_weights=True
    )
    slow = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate)
    model = network(keras)
    history = advisor.fit(model, X, Y, epochs=9, callbacks=[stop, slow])
    assert len(history.history["loss"]) == 2
    assert history.history["learning_rate"] == pytest.approx([0.005, 0.0025])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0025)


def test_an_interrupted_training_is_resumed(keras, tmp_path):
    def stop_after(epoch):
        def on_epoch_end(number, logs):
            if number == epoch:
                raise KeyboardInterrupt

        return keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end)

    backup = str(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        advisor.fit(network(keras), X, Y, epochs=4, shuffle=False,
                    callbacks=[keras.callbacks.BackupAndRestore(backup), stop_after(1)])  # fmt: skip
    model, whole = network(keras, seed=9), network(keras)
    history = advisor.fit(model, X, Y, epochs=4, shuffle=False,
                          callbacks=[keras.callbacks.BackupAndRestore(backup)])  # fmt: skip
    advisor.fit(whole, X, Y, epochs=4, shuffle=False)
    assert history.epoch in ([2, 3], [1, 2, 3])
    for a, b in zip(weights(model), weights(whole), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")
def test_files_are_written_at_epoch_ends(keras, tmp_path):
    callbacks = keras.callbacks
    advisor.fit(
        network(keras), X, Y, epochs=2, validation_split=0.2,
        callbacks=[
            callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras")),
            callbacks.CSVLogger(str(tmp_path / "log.csv")),
            callbacks.TensorBoard(str(tmp_path / "board"), histogram_freq=1),
        ],
    )  # fmt: skip
    assert {"1.keras", "2.keras", "log.csv", "board"} == {f.name for f in tmp_path.iterdir()}
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    assert {f.name for f in (tmp_path / "board").iterdir()} == {"train", "validation"}


def watchers(keras):
    return {
        "LambdaCallback": keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: None
        ),
        "TerminateOnNaN": keras.callbacks.TerminateOnNaN(),
        "ModelCheckpoint": keras.callbacks.ModelCheckpoint("unused.keras", save_freq=1000),
        "TensorBoard": keras.callbacks.TensorBoard("unused", update_freq="batch"),
    }


@pytest.mark.parametrize("name", ["LambdaCallback", "TerminateOnNaN", "ModelCheckpoint"])
def test_callbacks_that_watch_batches_hand_over_and_it_is_said(name, keras):
    with pytest.warns(AdvisorWarning, match=f"{name} watches every batch: model.fit trains"):
        history = advisor.fit(network(keras), X, Y, callbacks=[watchers(keras)[name]], seed=0)
    assert len(history.history["loss"]) == 1


def test_a_progress_bar_of_keras_is_shown_when_asked_for(keras, capsys):
    advisor.fit(network(keras), X, Y, epochs=2, verbose=2)
    assert "Epoch 2/2" in capsys.readouterr().out


# --- what is handed over, and what is refused


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"steps_per_epoch": 1}, "steps_per_epoch counts batches"),
        ({"shuffle": "batch"}, "shuffle='batch'"),
    ],
)
def test_options_that_count_batches_hand_over(options, reason, keras):
    with pytest.warns(AdvisorWarning, match=reason):
        advisor.fit(network(keras), X, Y, batch_size=10, **options)


def test_a_stream_hands_over(keras):
    stream = ((X[i : i + 10], Y[i : i + 10]) for i in range(0, 50, 10))
    with pytest.warns(AdvisorWarning, match="X is a stream: model.fit trains"):
        history = advisor.fit(network(keras), stream, steps_per_epoch=5)
    assert len(history.history["loss"]) == 1


def test_the_torch_backend_hands_over(keras, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    assert "torch backend" in handover.reason(network(keras), (X, Y), {})


def test_a_bar_is_shown_where_somebody_watches(keras, monkeypatch):
    shown = []

    def track(steps, title, name):
        shown.append((title, [name(step) for step in steps]))
        return iter(steps)

    monkeypatch.setattr(training, "_on_terminal", lambda: True)
    monkeypatch.setattr(runs.progress, "track", track)
    advisor.fit(network(keras), X, Y, epochs=2)
    assert shown == [("fit", ["epoch 1/2", "epoch 2/2"])]


def test_handed_over_training_keeps_class_weights_and_seed(keras):
    watch = watchers(keras)["LambdaCallback"]
    options = {"epochs": 2, "seed": 3, "class_weight": {0: 1.0, 1: 9.0}, "validation_split": 0.2}
    found = []
    for _ in range(2):
        with pytest.warns(AdvisorWarning, match="watches every batch"):
            history = advisor.fit(network(keras), X, Y, callbacks=[watch], **options)
        found.append(history.history)
    assert found[0] == found[1]
    assert "val_loss" in found[0]


def test_eager_models_hand_over(keras):
    model = network(keras)
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    with pytest.warns(AdvisorWarning, match="run_eagerly"):
        advisor.fit(model, X, Y)


REFUSED = [
    ({"sample_weight": np.ones(3)}, DataError, "one sample_weight a row"),
    ({"sample_weight": np.full(50, np.nan)}, DataError, "finite"),
    ({"sample_weight": np.ones(50), "class_weight": {0: 1.0}}, OptionError, "Leave one out"),
    ({"class_weight": [1.0, 2.0]}, OptionError, "class_weight="),
    ({"validation_split": 1.5}, OptionError, "between 0 and 1"),
    ({"validation_split": 0.999}, OptionError, "both sides"),
    ({"validation_data": (X[:, :2], Y)}, DataError, r"shape \(n, 4\)"),
    ({"validation_data": (X, Y + 1)}, DataError, r"0\.\.2"),
    ({"batch_size": 0}, OptionError, "batch_size"),
    ({"epochs": -1}, OptionError, "epochs"),
    ({"epochs": 2.5}, OptionError, "epochs"),
    ({"epoch": 5}, UnknownNameError, "Did you mean 'epochs'"),
    ({"validation_freq": 0}, OptionError, "validation_freq"),
    ({"validation_batch_size": 0}, OptionError, "validation_batch_size"),
    ({"initial_epoch": -1}, OptionError, "initial_epoch"),
    ({"seed": -1}, OptionError, "seed"),
]


@pytest.mark.parametrize(("options", "error", "words"), REFUSED)
def test_bad_options_are_refused_before_anything_is_compiled(options, error, words, traces, keras):
    model = network(keras)
    before = weights(model)
    with pytest.raises(error, match=words):
        advisor.fit(model, X, Y, **options)
    assert not traces
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(model), strict=True))


def test_zero_epochs_train_nothing(keras):
    model = network(keras)
    before = weights(model)
    assert advisor.fit(model, X, Y, epochs=0).history == {}
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(model), strict=True))


def test_a_batch_larger_than_the_data_is_one_batch(keras):
    model = network(keras)
    advisor.fit(model, X, Y, batch_size=1000)
    assert int(model.optimizer.iterations) == 1
