"""Outputs are proved clause by clause; wrong last layers are caught, right ones in any spelling pass."""

from __future__ import annotations

import json

import numpy as np
import pytest

import advisor
from advisor.confirmation import confirm
from advisor.contracts import CLAUSES
from advisor.errors import AdvisorError
from advisor.tasks import LECTURE, TASKS

# the clause that each tempting wrong last layer must break
BREAKS = {
    ("binary", "softmax"): "not-constant",
    ("multiclass", "sigmoid"): "rows-sum-to-one",
    ("multiclass", "linear"): "rows-sum-to-one",
    ("multilabel", "softmax"): "columns-independent",
    ("regression", "sigmoid"): "reaches-low",
    ("regression", "tanh"): "reaches-low",
    ("regression", "relu"): "reaches-negative",
    ("positive", "linear"): "positive-only",
    ("count", "linear"): "non-negative",
    ("share", "linear"): "in-unit-interval",
}


@pytest.fixture(scope="module", params=TASKS)
def confirmed(request):
    return confirm(request.param, seed=0)


def test_a_named_task_is_confirmed_and_every_control_breaks(confirmed):
    assert confirmed.ok, str(confirmed)
    assert all(verdict.measured.passed for verdict in confirmed.clauses), str(confirmed)
    for control in confirmed.controls:
        activation = control.head.split("(")[0]
        assert BREAKS[confirmed.task, activation] in [v.name for v in control.broken]


def test_the_loss_hides_what_the_outputs_show(confirmed):
    lying = {("binary", "softmax"), ("multiclass", "sigmoid")}
    for control in confirmed.controls:
        identical = control.losses == confirmed.right.losses
        assert identical == ((confirmed.task, control.head.split("(")[0]) in lying)


def test_a_confirmation_reads_well_in_both_languages(confirmed):
    for speak, word in (("en", "Control, same seed"), ("zh", "对照组")):
        advisor.set_language(speak)
        assert word in str(confirmed)
        assert "<table>" in confirmed._repr_html_()


def test_a_confirmation_is_plain_json(confirmed):
    data = json.loads(json.dumps(confirmed.to_dict(), allow_nan=False))
    assert data["ok"] is True
    assert [c["name"] for c in data["clauses"]] == list(TASKS[confirmed.task].contract)
    assert all(c["breaks"] for c in data["controls"])


def test_a_confirmation_is_drawn(confirmed, tmp_path):
    figure = confirmed.plot()
    figure.savefig(tmp_path / "picture.png")
    assert len(figure.axes) == 2 + len(confirmed.controls)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_seed_repeats_every_number():
    assert confirm("binary", seed=3).to_dict() == confirm("binary", seed=3).to_dict()


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_belongs_to_a_contract(clause):
    assert any(clause in row.contract for row in TASKS.values())


# ------------------------------------------------------------------ models of the user's
@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(0)
    y = np.arange(240) % 3
    X = rng.normal(size=(240, 4)) + 3 * np.eye(4)[y]
    return X, y


def trained(keras, layers, loss, X, y, epochs=15, optimizer="adam"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(X.shape[1:]), *layers])
    rate = keras.optimizers.Adam(0.02) if optimizer == "adam" else optimizer
    model.compile(rate, loss)
    model.fit(X, y, epochs=epochs, verbose=0)
    return model


def spellings(keras):
    """Right heads for three classes, as people write them."""
    L, logits = keras.layers, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    sparse = "sparse_categorical_crossentropy"
    inner = keras.Sequential([keras.Input((4,)), L.Dense(8, "relu"), L.Dense(3, "softmax")])
    return {
        "a string": ([L.Dense(3, activation="softmax")], sparse),
        "a function": ([L.Dense(3, activation=keras.activations.softmax)], sparse),
        "an Activation layer": ([L.Dense(3), L.Activation("softmax")], sparse),
        "a Softmax layer": ([L.Dense(3), L.Softmax()], sparse),
        "logits": ([L.Dense(3)], logits),
        "a nested model": ([inner], sparse),
        "dropout before": ([L.Dense(16, "relu"), L.Dropout(0.2), L.Dense(3, "softmax")], sparse),
        "batch norm": ([L.BatchNormalization(), L.Dense(3, "softmax")], sparse),
    }


@pytest.mark.parametrize(
    "spelling",
    [
        "a string",
        "a function",
        "an Activation layer",
        "a Softmax layer",
        "logits",
        "a nested model",
        "dropout before",
        "batch norm",
    ],
)
def test_every_spelling_of_a_right_head_passes(spelling, keras, blobs):
    layers, loss = spellings(keras)[spelling]
    answer = confirm(trained(keras, layers, loss, *blobs), *blobs)
    assert answer.task == "multiclass"
    assert answer.ok, str(answer)


def test_a_functional_model_with_one_hot_labels_passes(keras, blobs):
    X, y = blobs
    given = keras.Input((4,))
    model = keras.Model(
        given, keras.layers.Dense(3, "softmax")(keras.layers.Dense(8, "tanh")(given))
    )
    model.compile(keras.optimizers.Adam(0.02), "categorical_crossentropy")
    model.fit(X, np.eye(3)[y], epochs=15, verbose=0)
    assert confirm(model, X, np.eye(3)[y]).ok


@pytest.mark.parametrize("units", [1, 2])
def test_binary_heads_of_one_and_two_units_pass(units, keras, blobs):
    X, y = blobs[0], (blobs[1] == 1).astype(int)
    head = keras.layers.Dense(units, "sigmoid" if units == 1 else "softmax")
    loss = "binary_crossentropy" if units == 1 else "sparse_categorical_crossentropy"
    answer = confirm(trained(keras, [head], loss, X, y), X, y)
    assert answer.ok, str(answer)


def test_binary_logits_pass_and_that_is_said(keras, blobs):
    X, y = blobs[0], (blobs[1] == 1).astype(int)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    answer = confirm(trained(keras, [keras.layers.Dense(1)], loss, X, y), X, y)
    assert answer.ok, str(answer)
    assert "from_logits=True" in str(answer)


WRONG = {  # last layer, loss, label -> the clauses it may break
    "softmax(1)": (lambda k: [k.layers.Dense(1, "softmax")], "binary_crossentropy", 2, {"not-constant"}),
    "linear(1)": (lambda k: [k.layers.Dense(1)], "mean_squared_error", 2, {"in-unit-interval"}),
    "tanh(1)": (lambda k: [k.layers.Dense(1, "tanh")], "mean_squared_error", 2, {"in-unit-interval"}),
    "sigmoid(3)": (
        lambda k: [k.layers.Dense(3, "sigmoid")], "sparse_categorical_crossentropy", 3, {"rows-sum-to-one"},
    ),
    "double sigmoid": (
        lambda k: [k.layers.Dense(1, "sigmoid"), k.layers.Activation("sigmoid")],
        "binary_crossentropy", 2, {"equals-sigmoid"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_wrong_heads_of_the_users_fail(name, keras, blobs):
    make, loss, classes, clauses = WRONG[name]
    X, y = blobs[0], blobs[1] if classes == 3 else (blobs[1] == 1).astype(int)
    answer = confirm(trained(keras, make(keras), loss, X, y), X, y)
    assert not answer.ok
    assert clauses <= {v.name for v in answer.right.broken}, str(answer)


def test_a_users_model_is_never_changed(keras, blobs):
    model = trained(
        keras, [keras.layers.Dense(3, "softmax")], "sparse_categorical_crossentropy", *blobs
    )
    before, config = [w.copy() for w in model.get_weights()], model.get_config()
    confirm(model, *blobs)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert model.get_config() == config
    assert len(model.layers[-1]._inbound_nodes) == 1


def test_a_rare_class_never_predicted_is_a_remark(keras):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = (X[:, 0] + rng.normal(size=400) > 2.4).astype(int)
    model = trained(
        keras, [keras.layers.Dense(1, "sigmoid")], "binary_crossentropy", X, y, epochs=5
    )
    answer = confirm(model, X, y)
    verdict = next(v for v in answer.clauses if v.name == "every-class-predicted")
    assert verdict.remark
    assert not verdict.failed


def test_a_weak_linear_model_is_not_blamed_for_its_last_layer(keras):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = 0.15 * X[:, 0] + rng.normal(size=300)
    model = trained(keras, [keras.layers.Dense(1)], "mean_squared_error", X, y, epochs=20)
    answer = confirm(model, X, y)
    assert answer.ok, str(answer)


def test_a_subclassed_model_is_judged_by_its_outputs(keras, blobs):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(1, activation="sigmoid")

        def call(self, x):
            return self.last(x)

    X, y = blobs[0], (blobs[1] == 1).astype(int)
    model = Net()
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    model.fit(X, y, epochs=15, verbose=0)
    answer = confirm(model, X, y)
    assert answer.ok, str(answer)
    looked = next(v for v in answer.clauses if v.name == "equals-sigmoid").measured
    assert looked.passed is None, "could not look is not passed"


def test_images_are_judged(keras):
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = (
        rng.random((90, 6, 6, 1))
        + np.eye(3)[y][:, :1, None, None] * 2 * (y == 0)[:, None, None, None]
    )
    layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten(),
              keras.layers.Dense(3, "softmax")]  # fmt: skip
    answer = confirm(trained(keras, layers, "sparse_categorical_crossentropy", X, y), X, y)
    assert {v.name for v in answer.right.broken} <= {"beats-constant"}


def test_each_time_step_is_a_row_where_the_model_predicts_each(keras):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 5, 2))
    y = (X[:, :, 0] > 0).astype(int)
    for last, loss in (
        ("sigmoid", "binary_crossentropy"),
        ("softmax", "sparse_categorical_crossentropy"),
    ):
        units = 1 if last == "sigmoid" else 2
        layers = [keras.layers.Dense(8, "relu"), keras.layers.Dense(units, last)]
        shaped = y[:, :, None] if last == "sigmoid" else y
        answer = confirm(trained(keras, layers, loss, X, shaped), X, shaped)
        assert answer.ok, str(answer)
        assert len(answer.y) == 600


def test_mixed_precision_is_judged_by_its_own_precision(keras, blobs):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        layers = [keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")]
        assert confirm(trained(keras, layers, "sparse_categorical_crossentropy", *blobs), *blobs).ok
    finally:
        keras.config.set_dtype_policy(policy)


def test_what_no_contract_covers_is_said(keras, blobs):
    X, y = blobs
    given = keras.Input((4,))
    two = keras.Model(given, [keras.layers.Dense(1)(given), keras.layers.Dense(1)(given)])
    two.compile("sgd", ["mse", "mse"])
    with pytest.raises(AdvisorError, match=r"one output\. Received: 2"):
        confirm(two, X, [y, y])
    margins = trained(keras, [keras.layers.Dense(1, "tanh")], "hinge", X, (y > 0) * 2 - 1, epochs=1)
    with pytest.raises(AdvisorError, match="covers Hinge"):
        confirm(margins, X, (y > 0) * 2 - 1)


def test_y_that_does_not_fit_the_outputs_is_refused(keras, blobs):
    X, y = blobs
    model = trained(
        keras, [keras.layers.Dense(3, "softmax")], "sparse_categorical_crossentropy", X, y
    )
    with pytest.raises(AdvisorError, match=r"integers 0\.\.2"):
        confirm(model, X, y + 1)
    with pytest.raises(AdvisorError, match="Received: no X or no y"):
        confirm(model, X)
    with pytest.raises(AdvisorError, match="brings its own data"):
        confirm("binary", X, y)
    with pytest.raises(AdvisorError, match="Nothing to confirm"):
        confirm()


@pytest.mark.parametrize("task", LECTURE)
def test_the_lectures_confirmations_stay_as_shown(task, confirmed):
    if confirmed.task == task:
        assert confirmed.right.score > 0.9
