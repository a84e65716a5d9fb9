"""Models: compiled, ready for raw features, the last layer plain and started at the prior."""

from __future__ import annotations

import pickle
import random
import warnings

import numpy as np
import pytest

import advisor
from advisor.errors import AdvisorWarning
from advisor.expressions import evaluate
from advisor.tasks import TASKS


def weights(model):
    return [np.asarray(w) for w in model.get_weights()]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


@pytest.mark.parametrize("name", TASKS)
def test_a_model_takes_raw_features_and_ends_as_its_row_says(name, keras):
    row, data = TASKS[name], advisor.load(name)
    model = advisor.build(name, seed=0)
    names = [layer.name for layer in model.layers]
    assert names == ["normalization", "hidden_1", "hidden_2", "output"]
    last = model.get_layer("output")
    assert type(last) is keras.layers.Dense
    assert last.activation is getattr(keras.activations, row.last.value)
    assert type(model.loss).__name__ == row.loss.value
    assert model.compiled
    assert model.predict(data.X_test[:3], verbose=0).shape == (3, last.units)


@pytest.mark.parametrize("name", TASKS)
def test_with_zero_kernels_the_model_predicts_the_prior(name):
    row, data = TASKS[name], advisor.load(name)
    model = advisor.build(name, seed=0)
    last = model.get_layer("output")
    last.kernel.assign(np.zeros(last.kernel.shape))
    prior = evaluate(row.prior, y=data.y_train)
    np.testing.assert_allclose(model.predict(data.X_test[:1], verbose=0)[0], prior, rtol=1e-4)


def test_the_first_layer_standardises_the_training_rows(keras):
    data = advisor.load("wine")
    model = advisor.build(dataset="wine")
    z = np.asarray(model.get_layer("normalization")(data.X_train.astype("float32")))
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=1e-4)


def test_a_constant_feature_stays_finite():
    X = np.c_[np.arange(8.0), np.full(8, 5.0)]
    with pytest.warns(AdvisorWarning, match="never vary"):
        model = advisor.build("binary", X=X, y=np.arange(8) % 2)
    assert np.isfinite(model.predict(X, verbose=0)).all()


def test_a_seed_repeats_the_weights_and_none_does_not():
    assert same(advisor.build("binary", seed=3), advisor.build("binary", seed=3))
    assert not same(advisor.build("binary", seed=3), advisor.build("binary", seed=4))
    assert not same(advisor.build("binary"), advisor.build("binary"))


def test_the_seed_is_that_of_keras(keras):
    built = advisor.build("binary", seed=5)
    config = built.get_config()
    keras.utils.set_random_seed(5)
    assert same(keras.Sequential.from_config(config), built)


def states():
    import tensorflow as tf

    numpy = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the legacy state Keras seeds
    return random.getstate(), numpy, tf.random.get_global_generator().state.numpy().tolist()


@pytest.mark.parametrize("seed", [None, 0])
def test_the_process_random_state_is_left_as_it_was(seed, keras):
    keras.utils.set_random_seed(1)
    before = states()
    model = advisor.build("multiclass", seed=seed)
    data = advisor.load("multiclass")
    advisor.fit(model, data.X_train, data.y_train, epochs=2, seed=seed or 0)
    advisor.confirm(model, data.X_test, data.y_test)
    assert states() == before


def test_clones_and_saved_copies_keep_statistics_and_prior(keras, tmp_path):
    data = advisor.load("regression")
    model = advisor.build("regression", seed=0)
    expected = model.predict(data.X_test, verbose=0)
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(data.X_test, verbose=0), expected)
    clone = keras.models.clone_model(model)
    assert clone.get_config() == model.get_config()
    np.testing.assert_array_equal(
        np.asarray(clone.get_layer("output").bias), np.asarray(model.get_layer("output").bias)
    )
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone.predict(data.X_test, verbose=0), expected)


@pytest.mark.parametrize("hidden", ["relu", "leaky_relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_choices_show_in_the_model(hidden, depth):
    model = advisor.build("multiclass", hidden=hidden, depth=depth, units=7)
    hiddens = [layer for layer in model.layers if layer.name.startswith("hidden")]
    assert len(hiddens) == depth
    assert all(layer.units == 7 and layer.activation.__name__ == hidden for layer in hiddens)
    wanted = {"relu": "HeNormal", "leaky_relu": "HeNormal"}.get(hidden, "GlorotUniform")
    assert all(type(layer.kernel_initializer).__name__ == wanted for layer in hiddens)


def test_your_own_data_is_served_and_its_task_read_off():
    rng = np.random.default_rng(0)
    X = rng.normal(50, 9, (60, 3))
    assert advisor.build(X=X, y=rng.normal(size=60)).loss.name == "mean_squared_error"
    assert advisor.build(X=X, y=rng.normal(size=(60, 2))).output_shape == (None, 2)
    assert advisor.build("share", X=X, y=rng.random(60)).loss.name == "binary_crossentropy"
    assert advisor.build(X=X, y=rng.integers(0, 2, (60, 4))).output_shape == (None, 4)


def test_mapped_labels_train_after_the_line_that_is_shown():
    rng = np.random.default_rng(0)
    y = np.array(["low", "high", "mid"])[np.arange(90) % 3]
    X = rng.normal(size=(90, 2)) + 4 * (y == "high")[:, None] - 4 * (y == "low")[:, None]
    with pytest.warns(AdvisorWarning, match="'high' → 0, 'low' → 1, 'mid' → 2"):
        model = advisor.build(X=X, y=y, seed=0)
    classes = np.unique(y)
    advisor.fit(model, X, np.searchsorted(classes, y), epochs=30, seed=0)
    answers = classes[model.predict(X, verbose=0).argmax(axis=1)]
    assert (answers == y).mean() > 0.9


def test_the_task_may_be_another_than_the_data_sets():
    assert advisor.build("regression", dataset="rentals").loss.name == "mean_squared_error"
    assert advisor.build("multiclass", dataset="breast_cancer").output_shape == (None, 2)


def test_building_five_models_logs_nothing(capfd):
    for seed in range(5):
        advisor.build("binary", seed=seed)
    captured = capfd.readouterr()
    assert captured.err == captured.out == ""


class TestInScikitLearn:
    """`build` as the model function of Keras' wrappers, in a Pipeline and a GridSearchCV."""

    def test_a_classifier_in_a_grid(self, keras):
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        data = advisor.load("multiclass")
        net = keras.wrappers.SKLearnClassifier(advisor.build, model_kwargs={"seed": 0})
        pipeline = make_pipeline(StandardScaler(), net)
        grid = GridSearchCV(
            pipeline,
            {
                "sklearnclassifier__model_kwargs": [
                    {"hidden": "tanh", "seed": 0},
                    {"depth": 1, "seed": 0},
                ]
            },
            cv=2,
            error_score="raise",
        )
        fit_options = {"epochs": 7, "verbose": 0}
        grid.fit(
            data.X_train,
            data.y_train,
            **{f"sklearnclassifier__{k}": v for k, v in fit_options.items()},
        )
        best = grid.best_estimator_[-1]
        assert best.history_.epoch == list(range(7))
        assert best.model_.output_shape == (None, 3)
        assert best.model_.loss.name == "categorical_crossentropy"
        assert grid.score(data.X_test, data.y_test) > 0.5

    def test_fit_options_through_the_grid_survive_cloning(self, keras):
        from sklearn.model_selection import GridSearchCV

        data = advisor.load("multiclass")
        net = keras.wrappers.SKLearnClassifier(advisor.build, model_kwargs={"seed": 0})
        grid = GridSearchCV(
            net, {"fit_kwargs": [{"epochs": 3, "verbose": 0}, {"epochs": 5, "verbose": 0}]}, cv=2
        )
        grid.fit(data.X_train, data.y_train)
        assert len(grid.best_estimator_.history_.epoch) == grid.best_params_["fit_kwargs"]["epochs"]

    def test_two_classes_become_softmax_of_two_there(self, keras):
        data = advisor.load("binary")
        net = keras.wrappers.SKLearnClassifier(advisor.build, model_kwargs={"seed": 0})
        net.fit(data.X_train, data.y_train, epochs=3, verbose=0)
        assert net.model_.output_shape == (None, 2)
        assert net.score(data.X_test, data.y_test) > 0.85

    def test_a_regressor(self, keras):
        data = advisor.load("plane")
        net = keras.wrappers.SKLearnRegressor(
            advisor.build, model_kwargs={"task": "regression", "seed": 0}
        )
        net.fit(data.X_train, data.y_train, epochs=30, verbose=0)
        assert net.score(data.X_test, data.y_test) > 0.5


def test_building_warns_of_nothing_on_the_shipped_sets():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("digits", "wine", "moons"):
            advisor.build(dataset=name)
