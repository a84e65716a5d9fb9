"""`compare` says what is better than what beyond noise, and what is not."""

from __future__ import annotations

import json

import numpy as np
import pytest

import advisor
from advisor.errors import AdvisorError, DataError, OptionError, UnknownNameError

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def iris(keras):
    return advisor.compare("multiclass", seeds=6, epochs=30)


@pytest.fixture(scope="module")
def deep(keras):
    """Ten hidden layers with SGD-like small steps: sigmoid cannot train, ReLU can."""
    data = advisor.load("digits")
    X = data.X_train[:300]
    return advisor.compare(
        X=X[:, X.std(axis=0) > 0], y=data.y_train[:300], hidden=["relu", "sigmoid"], depth=6, seeds=6,
        epochs=15,
    )  # fmt: skip


def test_networks_that_cannot_train_are_beaten(deep):
    assert deep.best.label == "relu"
    assert deep.beats("relu", "sigmoid")
    assert not deep.beats("sigmoid", "relu")
    lost = deep.alternatives[1]
    assert lost.median < 0.3
    assert lost.log10_delta_ratio < -2 < deep.best.log10_delta_ratio
    assert "relu is better than sigmoid, beyond noise." in str(deep)


def test_what_cannot_be_told_apart_is_not_ranked(iris):
    assert not any(pair.told_apart for pair in iris.differences.values())
    assert "No alternative is better than another beyond noise." in str(iris)
    assert {one.groups for one in iris.alternatives} == {"a"}


def test_differences_are_of_pairs_that_share_a_seed(iris):
    for (a, b), found in iris.differences.items():
        one, other = (np.array(iris.alternatives[i].scores) for i in (a, b))
        np.testing.assert_allclose(found.value, (one - other).mean())
    for one in iris.alternatives:
        assert [run.seed for run in one.runs] == list(iris.seeds)


def test_the_same_call_gives_the_same_answer(keras):
    one, two = (
        advisor.compare("multiclass", hidden=["relu", "tanh"], seeds=5, epochs=5) for _ in "ab"
    )
    for a, b in zip(one.alternatives, two.alternatives, strict=True):
        assert a.scores == b.scores
        assert all(np.array_equal(m.losses, n.losses) for m, n in zip(a.runs, b.runs, strict=True))


def test_the_ranking_does_not_depend_on_the_targets_unit(keras):
    data = advisor.load("diabetes")
    rankings, medians = [], []
    for scale, shift in ((1, 0), (1000, 0), (0.001, 7)):
        found = advisor.compare(X=data.X_train, y=scale * data.y_train + shift, seeds=5, epochs=20)
        rankings.append([one.label for one in found.alternatives])
        medians.append([one.median for one in found.alternatives])
    np.testing.assert_allclose(medians[1:], [medians[0]] * 2, atol=5e-3)
    assert rankings[0] == rankings[1] == rankings[2]


def test_on_raw_targets_the_ranking_would_have_been_another(keras):
    """The trap that standardising avoids: sigmoid looks hopeless where it only trains slowly."""
    data = advisor.load("diabetes")
    fair = advisor.compare("regression", hidden=["relu", "sigmoid"], seeds=5)
    assert fair.best.label == "sigmoid"
    raw = {}
    for hidden in ("relu", "sigmoid"):
        model = advisor.build("regression", hidden=hidden, seed=0)
        advisor.fit(model, data.X_train, data.y_train, epochs=50, seed=0)
        p = model.predict(data.X_test.astype("float32"), verbose=0)[:, 0]
        raw[hidden] = 1 - ((data.y_test - p) ** 2).mean() / data.y_test.var()
    assert raw["relu"] > raw["sigmoid"]


def test_diverged_runs_are_counted_never_dropped(keras):
    found = advisor.compare(
        "regression", hidden="relu", learning_rate=[0.001, 1e18], seeds=5, epochs=5
    )
    lost = next(one for one in found.alternatives if one.setting.learning_rate > 1)
    assert lost.diverged == lost.failed == 5
    assert len(lost.scores) == 5
    assert np.isfinite(lost.scores).all()
    assert "5 of them diverged to NaN" in str(found)
    json.dumps(found.to_dict(), allow_nan=False)
    found.plot()


@pytest.mark.parametrize("task", ["binary", "multilabel", "positive", "count", "share"])
def test_every_task_can_be_compared(task, keras):
    found = advisor.compare(task, hidden=["relu", "tanh"], seeds=5, epochs=20)
    assert found.task == task
    assert not any(one.diverged for one in found.alternatives)


@pytest.mark.filterwarnings("ignore:Labels are mapped")
def test_one_hot_text_and_frames_are_taken(keras):
    import pandas as pd

    data = advisor.load("iris")
    frame = pd.DataFrame(data.X_train)
    for y in (np.eye(3)[data.y_train], np.array(data.classes)[data.y_train]):
        found = advisor.compare(X=frame, y=y, hidden="relu", seeds=2, epochs=10)
        assert found.task == "multiclass"
        assert found.best.median > 0.8


def test_every_combination_is_tried_once_and_named_by_what_varies(keras):
    found = advisor.compare(
        "multiclass", hidden=["relu", "relu", "tanh"], depth=[0, 1], units=[4, 8], seeds=1, epochs=1
    )
    labels = {one.label for one in found.alternatives}
    assert len(labels) == 8
    assert "tanh, depth=1, units=8" in labels
    one = advisor.compare("multiclass", hidden="relu", seeds=1, epochs=1)
    assert one.best.label == "relu"
    starts = advisor.compare(
        "multiclass", hidden="relu", initializer=["he_normal", "zeros"], seeds=1, epochs=1
    )
    assert {a.label for a in starts.alternatives} == {"he_normal", "zeros"}
    rates = advisor.compare(
        "multiclass", hidden="relu", learning_rate=[0.1, 0.01], seeds=1, epochs=1
    )
    assert {a.label for a in rates.alternatives} == {"learning_rate=0.1", "learning_rate=0.01"}


def test_any_activation_of_keras_and_of_ones_own_can_be_compared(keras):
    def cube(x):
        return x**3 / 10

    found = advisor.compare("multiclass", hidden=["gelu", "swish", cube, "Tanh"], seeds=1, epochs=1)
    assert {one.label for one in found.alternatives} == {"gelu", "silu", "cube", "tanh"}
    assert {one.setting.initializer for one in found.alternatives} == {
        "he_normal",
        "glorot_uniform",
    }


def test_arrays_of_options_and_functions_of_one_name_are_told_apart(keras):
    found = advisor.compare(
        "multiclass", hidden=[lambda x: x, lambda x: -x], depth=np.arange(1, 3), seeds=np.arange(1),
        epochs=1,
    )  # fmt: skip
    assert len({one.label for one in found.alternatives}) == 4


def test_as_many_training_rows_of_a_shorter_table_are_compared_as_well(keras):
    """1797 rows and 1796 both train on 1347: a compiled epoch of the one does not fit the other."""
    X, y = RNG.normal(size=(1797, 3)), RNG.integers(0, 3, 1797)
    for rows in (1797, 1796):
        found = advisor.compare(X=X[:rows], y=y[:rows], hidden="relu", seeds=2, epochs=1)
        assert not any(run.diverged for run in found.best.runs)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_an_activation_without_a_gradient_has_no_flow_and_is_beaten(keras):
    def step(x):
        return keras.ops.cast(x > 0, "float32")

    found = advisor.compare("multiclass", hidden=[step, "relu"], seeds=2, epochs=1)
    one = next(one for one in found.alternatives if one.label == "step")
    assert all((run.flow == 0).all() for run in one.runs)


def test_few_seeds_are_said_to_be_too_few(keras):
    found = advisor.compare("multiclass", hidden=["relu", "tanh"], seeds=2, epochs=1)
    assert "2 seeds are too few" in str(found)


def test_a_small_limit_of_memory_gives_the_same_answer(keras):
    options = {"hidden": ["relu", "tanh"], "units": 512, "seeds": 5, "epochs": 3}
    whole, small = (
        advisor.compare("multiclass", memory=memory, **options) for memory in (None, 100 * 2**20)
    )
    for one in whole.alternatives:
        other = next(o for o in small.alternatives if o.label == one.label)
        np.testing.assert_allclose(one.scores, other.scores, atol=0.03)


def test_the_answer_shows_itself(iris, golden, keras):
    json.dumps(iris.to_dict(), allow_nan=False)
    assert "<table>" in iris._repr_html_()
    assert len(iris.plot().axes) == 3
    advisor.set_language("zh")
    assert "分不出高下" in str(iris)
    assert len(iris.plot().axes) == 3


BAD = [
    ({"hidden": "rely"}, UnknownNameError, "Did you mean 'relu'"),
    ({"hidden": []}, OptionError, "hidden is empty"),
    ({"hidden": "glu"}, OptionError, "changes the shape"),
    ({"hidden": "threshold"}, OptionError, "cannot be used in a hidden layer"),
    ({"hidden": 3}, UnknownNameError, "activation"),
    ({"initializer": "he"}, UnknownNameError, "initializer"),
    ({"depth": -1}, OptionError, "depth"),
    ({"depth": [1, 2.5]}, OptionError, "depth"),
    ({"units": 0}, OptionError, "units"),
    ({"learning_rate": 0}, OptionError, "learning_rate"),
    ({"learning_rate": float("nan")}, OptionError, "learning_rate"),
    ({"seeds": 0}, OptionError, "seeds"),
    ({"seeds": [1, 1]}, OptionError, "different"),
    ({"seeds": []}, OptionError, "different"),
    ({"epochs": 0}, OptionError, "epochs"),
    ({"batch_size": 0}, OptionError, "batch_size"),
    ({"memory": 1000}, OptionError, "memory"),
    ({"task": "binray"}, UnknownNameError, "binary"),
    ({"task": None}, OptionError, "Nothing to compare on"),
    ({"dataset": "iris", "X": [[1.0]], "y": [1]}, OptionError, "both"),
    ({"task": None, "y": [1, 0]}, OptionError, "y only"),
    ({"task": None, "X": np.ones((4, 2)), "y": [0, 1, 0, 1]}, DataError, "at least 8"),
]


@pytest.mark.filterwarnings("ignore:2 of 2 columns")
@pytest.mark.parametrize(("options", "error", "words"), BAD)
def test_bad_options_are_refused_in_one_line(options, error, words, keras):
    with pytest.raises(error, match=words) as caught:
        advisor.compare(**({"task": "multiclass"} | options))
    assert "\n" not in str(caught.value)


# --- evidence beside the rule


def test_the_study_stands_beside_the_rule_also_when_they_disagree(keras):
    data = advisor.load("diabetes")
    X = np.concatenate([data.X_train, data.X_test])
    y = np.concatenate([data.y_train, data.y_test])
    advice = advisor.recommend(X=X, y=y, evidence=True)
    assert advice.hidden.value == "relu"
    assert advice.agrees is False
    assert "The study disagrees" in str(advice)
    assert advice.to_dict()["evidence"]["alternatives"][0]["hidden"] in {"sigmoid", "tanh"}
    json.dumps(advice.to_dict(), allow_nan=False)


def test_the_study_agrees_where_nothing_is_better(keras):
    data = advisor.load("iris")
    advice = advisor.recommend(X=data.X_train, y=data.y_train, evidence=True)
    assert advice.agrees is True
    assert "The study agrees" in str(advice)
    advisor.set_language("zh")
    assert "试验支持规则" in str(advice)


def test_advice_without_a_study_says_nothing_of_one(keras):
    advice = advisor.recommend("multiclass")
    assert advice.evidence is None
    assert advice.agrees is None
    with pytest.raises(AdvisorError, match="X and y"):
        advisor.recommend("multiclass", evidence=True)
