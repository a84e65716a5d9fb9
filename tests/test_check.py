"""`check` on real programs, on every spelling of a right head, and on what it cannot look into."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import advisor
from advisor.errors import DataError, DataTypeError, FindingsError, OptionError, UnknownNameError

ROOT = Path(__file__).parent.parent


def _programs():
    """Load benchmarks/programs.py, which the wheel does not hold."""
    spec = importlib.util.spec_from_file_location("programs", ROOT / "benchmarks" / "programs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHELF = _programs()
PROGRAMS = SHELF.programs()
pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")


def small(keras, *last, loss, inputs=4, **options):
    """Build a model with one hidden layer."""
    hidden = keras.layers.Dense(16, activation="relu")
    model = keras.Sequential([keras.Input((inputs,)), hidden, *last])
    model.compile("adam", loss, **options)
    return model


def rows(n=96, features=4, classes=2):
    """Return X of size 1 and class numbers."""
    return np.random.default_rng(0).normal(size=(n, features)), np.arange(n) % classes


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(one, id=one["id"], marks=[pytest.mark.slow] * (one["id"] == "um-example"))
        for one in PROGRAMS
    ],
)
def test_real_programs_get_their_diagnosis(program, keras):
    model, (X, y) = SHELF.build(program), SHELF.data(program)
    before = [w.copy() for w in model.get_weights()]
    alone, whole = advisor.check(model), advisor.check(model, X, y)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    names = [finding.name for finding in whole.findings]
    if program["verdict"] == "buggy" and program.get("visible") in {"static", "data"}:
        assert program["primary"] in names
        assert names[0] in program["defects"]
        if program["visible"] == "static":
            assert program["primary"] in [finding.name for finding in alone.findings]
    if program["verdict"] == "correct":
        assert not [f for f in (*alone.findings, *whole.findings) if f.severity == "error"]
    assert not set(program.get("silent", ())) & {*names, *(f.name for f in alone.findings)}
    json.dumps(whole.to_dict(), allow_nan=False)
    if any(f.severity != "hint" and f.changes for f in whole.findings) and not whole.ok:
        mended = whole.repair()
        assert advisor.check(mended, X, whole.labels(y)).ok


def spellings(keras):
    """Give right heads for two classes, in every way that people write them."""
    L, A, losses = keras.layers, keras.activations, keras.losses
    bce, logits = losses.BinaryCrossentropy(), losses.BinaryCrossentropy(from_logits=True)
    sigmoid = {
        "string": [L.Dense(1, activation="sigmoid")],
        "function": [L.Dense(1, activation=A.sigmoid)],
        "ops": [L.Dense(1, activation=keras.ops.sigmoid)],
        "lambda": [L.Dense(1, activation=lambda z: 1 - keras.ops.sigmoid(-z))],
        "by hand": [L.Dense(1, activation=lambda z: 1 / (1 + keras.ops.exp(-z)))],
        "tanh of half": [L.Dense(1, activation=lambda z: 0.5 * (1 + keras.ops.tanh(z / 2)))],
        "layer": [L.Dense(1), L.Activation("sigmoid")],
        "layer of a function": [L.Dense(1), L.Activation(A.sigmoid)],
        "linear first": [L.Dense(1, activation="linear"), L.Activation("sigmoid")],
        "dropout between": [L.Dense(1), L.Dropout(0.1), L.Activation("sigmoid")],
        "normalised": [L.Dense(1), L.BatchNormalization(), L.Activation("sigmoid")],
        "nested": [keras.Sequential([L.Dense(1), L.Activation("sigmoid")])],
        "nested, built": [keras.Sequential([keras.Input((16,)), L.Dense(1, activation="sigmoid")])],
        "reshaped": [L.Dense(1, activation="sigmoid"), L.Reshape((1,))],
        "flattened": [L.Dense(1, activation="sigmoid"), L.Flatten()],
        "identity": [L.Dense(1, activation="sigmoid"), L.Identity()],
        "float32": [L.Dense(1, activation="sigmoid", dtype="float32")],
        "exp of log": [L.Dense(1, activation="log_sigmoid"), L.Activation("exponential")],
        "rescaled tanh": [
            L.Rescaling(1.0),
            L.Dense(1),
            L.Rescaling(0.5),
            L.Activation("tanh"),
            L.Rescaling(0.5, 0.5),
        ],
        "lambda layer": [L.Dense(1), L.Lambda(keras.ops.sigmoid)],
    }
    for name, layers in sigmoid.items():
        yield f"sigmoid, {name}", layers, bce, 1
    yield "sigmoid, loss by name", [L.Dense(1, activation="sigmoid")], "binary_crossentropy", 1
    yield (
        "sigmoid, loss by function",
        [L.Dense(1, activation="sigmoid")],
        losses.binary_crossentropy,
        1,
    )
    yield "sigmoid, focal", [L.Dense(1, activation="sigmoid")], losses.BinaryFocalCrossentropy(), 1
    yield "scores", [L.Dense(1)], logits, 1
    yield "scores, linear", [L.Dense(1, activation="linear")], logits, 1
    yield "scores, activation linear", [L.Dense(1), L.Activation("linear")], logits, 1
    sparse = losses.SparseCategoricalCrossentropy
    yield "softmax", [L.Dense(2, activation="softmax")], sparse(), 2
    yield "softmax layer", [L.Dense(2), L.Softmax()], sparse(), 2
    yield "softmax activation layer", [L.Dense(2), L.Activation("softmax")], sparse(), 2
    yield "softmax of log_softmax", [L.Dense(2, activation="log_softmax"), L.Softmax()], sparse(), 2
    yield (
        "softmax, loss by name",
        [L.Dense(2, activation="softmax")],
        "sparse_categorical_crossentropy",
        2,
    )
    yield "softmax by ops", [L.Dense(2, activation=keras.ops.softmax)], sparse(), 2
    yield "two scores", [L.Dense(2)], sparse(from_logits=True), 2
    yield (
        "two log-probabilities",
        [L.Dense(2, activation="log_softmax")],
        sparse(from_logits=True),
        2,
    )
    yield "softmax, one-hot", [L.Dense(2, activation="softmax")], "categorical_crossentropy", 0
    yield (
        "softmax, one-hot, binary loss",
        [L.Dense(2, activation="softmax")],
        "binary_crossentropy",
        0,
    )
    yield "two sigmoids, one-hot", [L.Dense(2, activation="sigmoid")], "binary_crossentropy", 0


def test_more_than_thirty_spellings_of_a_right_head_are_accepted(keras):
    X, y = rows()
    seen = 0
    for name, layers, loss, units in spellings(keras):
        model = small(keras, *layers, loss=loss)
        labels = y if units else np.eye(2)[y]
        found = [*advisor.check(model).findings, *advisor.check(model, X, labels).findings]
        assert not found, (name, found)
        seen += 1
    assert seen >= 30


@pytest.mark.parametrize(
    ("units", "activation", "loss", "code"),
    [
        (1, "relu", "binary_crossentropy", "ADV102"),
        (1, "tanh", "binary_crossentropy", "ADV102"),
        (3, "relu", "categorical_crossentropy", "ADV102"),
        (1, "own", "binary_crossentropy", "ADV102"),
        (1, "softmax", "mse", "ADV101"),
        (3, "sigmoid", "sparse_categorical_crossentropy", "ADV102"),
        (3, None, "categorical_crossentropy", "ADV106"),
        (1, "sigmoid", "hinge", "ADV105"),
        (1, "softmax", "sparse_categorical_crossentropy", "ADV103"),
    ],
)
def test_wrong_heads_are_found_by_what_they_do(units, activation, loss, code, keras):
    if activation == "own":
        activation = keras.ops.relu
    model = small(keras, keras.layers.Dense(units, activation=activation), loss=loss)
    assert advisor.check(model).findings[0].code == code


def test_the_root_cause_comes_first_and_its_consequences_under_it(keras):
    X, y = rows(classes=3)
    model = small(keras, keras.layers.Dense(1, activation="softmax"), loss="binary_crossentropy")
    report = advisor.check(model, X, y)
    assert [f.code for f in report.causes] == ["ADV103"]
    assert {f.because for f in report.findings if f.because} == {"ADV103"}
    fixed = report.repair()
    assert fixed.output_shape == (None, 3)
    assert advisor.check(fixed, X, y).ok


def test_it_speaks_of_the_backend_in_use(keras):
    model = small(keras, keras.layers.Dense(1, activation="softmax"), loss="binary_crossentropy")
    message = advisor.check(model).findings[0].message
    tensorflow = keras.backend.backend() == "tensorflow"
    assert ("On TensorFlow the loss will fall" in message.en) == tensorflow


def test_several_outputs_are_judged_each_by_its_own_loss_and_targets(keras):
    given = keras.Input((4,))
    hidden = keras.layers.Dense(16, activation="relu")(given)
    kind = keras.layers.Dense(3, activation="sigmoid", name="kind")(hidden)
    price = keras.layers.Dense(1, name="price")(hidden)
    model = keras.Model(given, {"kind": kind, "price": price})
    model.compile(
        "adam", loss={"kind": "sparse_categorical_crossentropy", "price": "mse"},
        metrics={"kind": ["accuracy"], "price": ["accuracy"]},
    )  # fmt: skip
    report = advisor.check(model)
    assert [(f.code, f.where) for f in report.findings] == [
        ("ADV102", "kind"), ("ADV110", "metrics of price"),
    ]  # fmt: skip
    assert all(f.because is None for f in report.findings)
    X, y = rows(classes=3)
    report = advisor.check(model, X, {"kind": y + 1, "price": X[:, 0] * 1e6})
    assert {f.code for f in report.findings} >= {"ADV102", "ADV302", "ADV305", "ADV110"}
    fixed = report.repair()
    assert advisor.check(fixed, X, report.labels({"kind": y + 1, "price": X[:, 0] * 1e6})).ok


def test_outputs_in_a_dict_are_called_by_their_keys(keras):
    given = keras.Input((4,))
    zebra = keras.layers.Dense(1, name="a_layer")(given)
    apple = keras.layers.Dense(3, activation="softmax", name="b_layer")(given)
    model = keras.Model(given, {"zebra": zebra, "apple": apple})
    losses = {"zebra": "mse", "apple": "sparse_categorical_crossentropy"}
    model.compile("adam", loss=losses, metrics={"zebra": ["mae"], "apple": ["accuracy"]})
    X, y = rows(classes=3)
    assert not advisor.check(model, X, {"zebra": X[:, 0], "apple": y}).findings
    report = advisor.check(model, X, {"zebra": X[:, 0], "apple": y + 1})
    assert [(f.code, f.where) for f in report.findings] == [("ADV302", "y of apple")]
    mapped = report.labels({"zebra": X[:, 0], "apple": y + 1})
    assert np.array_equal(mapped["apple"], y)
    assert np.array_equal(mapped["zebra"], X[:, 0])
    assert advisor.check(report.repair(), X, mapped).ok


def test_nested_models_are_looked_into_and_repaired(keras):
    L = keras.layers
    body = keras.Sequential(
        [keras.Input((4,)), L.Dense(16), L.Dense(16, activation="relu")], name="body"
    )
    given = keras.Input((4,))
    head = L.Dense(3, activation="softmax", name="head")(body(given))
    model = keras.Model(given, head)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    report = advisor.check(model)
    assert [f.code for f in report.findings] == ["ADV107", "ADV201"]
    assert report.findings[1].where.startswith("body/")
    X, y = rows(classes=3)
    fixed = report.repair()
    assert advisor.check(fixed, X, y).ok
    same = fixed.get_layer("head").get_weights()[0]
    assert np.array_equal(same, model.get_layer("head").get_weights()[0])


def test_a_shortcut_and_a_gate_are_no_faults(keras):
    L = keras.layers
    given = keras.Input((8,))
    branch = L.Dense(8, kernel_initializer="zeros")(L.Dense(8, activation="relu")(given))
    gate = L.Dense(8, activation="softmax")(given)
    joined = L.Multiply()([L.Add()([given, branch]), gate])
    model = keras.Model(given, L.Dense(1, activation="sigmoid")(joined))
    model.compile("adam", "binary_crossentropy")
    assert not advisor.check(model).findings


@pytest.mark.parametrize(
    "prepared", ["Normalization", "Rescaling", "BatchNormalization", "Embedding"]
)
def test_raw_inputs_are_in_order_before_a_layer_that_prepares_them(prepared, keras):
    L = keras.layers
    X = np.random.default_rng(0).integers(0, 255, (96, 8)).astype("float32")
    first = {
        "Normalization": lambda: [L.Normalization(mean=X.mean(axis=0), variance=X.var(axis=0))],
        "Rescaling": lambda: [L.Rescaling(1 / 255)],
        "BatchNormalization": lambda: [L.BatchNormalization()],
        "Embedding": lambda: [L.Embedding(256, 4), L.Flatten()],
    }[prepared]()
    hidden = [*first, L.Dense(16, activation="relu"), L.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((8,)), *hidden])
    model.compile("adam", "binary_crossentropy")
    assert not advisor.check(model, X, np.arange(96) % 2).findings
    last = [L.Dense(16, activation="relu"), L.Dense(1, activation="sigmoid")]
    bare = keras.Sequential([keras.Input((8,)), L.Rescaling(1.0), *last])
    bare.compile("adam", "binary_crossentropy")
    assert [f.code for f in advisor.check(bare, X, np.arange(96) % 2).causes] == ["ADV304"]


def test_rules_that_cannot_look_say_so_and_never_that_all_is_well(keras):
    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(1)])
    report = advisor.check(model)
    blind = {name for _, name, _ in report.not_applicable}
    assert {
        "unscaled-inputs",
        "label-encoding-mismatch",
        "learning-rate-too-high",
        "metric-on-logits",
    } <= blind
    assert [f.name for f in report.findings] == ["hidden-layer-without-activation"]
    passed = set(report.passed)
    assert not passed & {code for code, _, _ in report.not_applicable}
    assert passed <= {"ADV101", "ADV201", "ADV202", "ADV204", "ADV205", "ADV208", "ADV209"}
    assert "needs a compiled model" in str(report)


def test_what_is_not_kerass_own_is_named_and_never_guessed_at(keras):
    class Own(keras.layers.Layer):
        def call(self, x):
            return x * 2

    class Trained(keras.Model):
        def train_step(self, data):
            return super().train_step(data)

    def loss(y, p):
        return keras.ops.mean((y - p) ** 2)

    L = keras.layers
    model = keras.Sequential(
        [keras.Input((4,)), L.Dense(4, activation="softmax"), Own(name="mine"), L.Dense(1)]
    )
    model.compile("adam", loss)
    report = advisor.check(model)
    assert ("mine", "Own") in report.facts.own
    assert ("loss", "loss") in report.facts.own
    assert not report.findings
    assert "mine (Own)" in str(report)
    given = keras.Input((4,))
    stepped = Trained(given, L.Dense(1, activation="softmax")(given))
    stepped.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    assert [f.code for f in advisor.check(stepped).findings] == ["ADV101"]
    assert any("train_step" in str(needs) for *_, needs in advisor.check(stepped).not_applicable)


def test_a_subclassed_model_is_judged_by_its_loss_its_optimizer_and_y(keras):
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(3, activation="softmax")

        def call(self, x):
            return self.last(x)

    model = Own()
    model.compile(keras.optimizers.Adam(-1.0), "sparse_categorical_crossentropy")
    X, _ = rows(classes=3)
    model(X)
    report = advisor.check(model, X, np.ones(96))
    assert [f.name for f in report.findings] == ["single-class-labels", "negative-learning-rate"]


@pytest.mark.parametrize(
    ("X", "y", "error", "match"),
    [
        (np.zeros((5, 3)), np.zeros(5), DataError, "shape"),
        (np.zeros((5, 4)), np.zeros(6), DataError, "5 rows, y has 6"),
        (np.full((5, 4), np.nan), np.zeros(5), DataError, "NaN"),
        (np.zeros((5, 4)), np.array([0, 1, np.nan, 0, 1]), DataError, "row"),
        ("data.csv", np.zeros(5), DataTypeError, "X"),
        (None, np.zeros(5), OptionError, "y without X"),
        ({"a": 1}, np.zeros(5), DataTypeError, "X"),
    ],
)
def test_bad_data_are_refused_in_one_line(X, y, error, match, keras):
    model = small(keras, keras.layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    with pytest.raises(error, match=match) as caught:
        advisor.check(model, X, y)
    assert "\n" not in str(caught.value)


def test_wrong_models_and_tasks_are_refused(keras):
    with pytest.raises(DataTypeError, match=r"keras.Model or the path"):
        advisor.check(42)
    model = small(keras, keras.layers.Dense(1), loss="mse")
    with pytest.raises(UnknownNameError, match="binary"):
        advisor.check(model, task="binray")


def test_a_named_task_is_what_the_head_is_judged_by(keras):
    model = small(keras, keras.layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    assert advisor.check(model, task="binary").ok
    assert advisor.check(model, task="regression").findings[0].name == "loss-task-mismatch"


@pytest.mark.parametrize("labels", ["text", "from 1", "plus and minus", "bool", "column", "pandas"])
def test_labels_of_every_kind(labels, keras):
    import pandas as pd

    X, y = rows()
    given, wanted = {
        "text": (np.array(["no", "yes"])[y], "label-encoding-mismatch"),
        "from 1": (y + 1, "labels-out-of-range"),
        "plus and minus": (2 * y - 1, "labels-out-of-range"),
        "bool": (y.astype(bool), None),
        "column": (y[:, None], None),
        "pandas": (pd.Series(y), None),
    }[labels]
    model = small(keras, keras.layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    report = advisor.check(model, X, given)
    assert [f.name for f in report.causes] == ([wanted] if wanted else [])
    if wanted:
        assert np.array_equal(np.ravel(report.labels(given)), y)
        assert advisor.check(report.repair(), X, report.labels(given)).ok


def test_the_repair_is_shown_as_plain_keras(keras):
    model = small(
        keras, keras.layers.Dense(1, activation="softmax", name="last"), loss="binary_crossentropy"
    )
    diff = advisor.check(model).diff()
    assert "-    keras.layers.Dense(1, activation='softmax')," in diff
    assert "+    keras.layers.Dense(1, activation='sigmoid')," in diff
    assert diff.count("\n+") == 2  # the header and one line


def test_trained_weights_are_kept_where_they_fit(keras):
    X, y = rows()
    model = small(keras, keras.layers.Dense(1), loss="binary_crossentropy")
    model.fit(X, y, verbose=0)
    fixed = advisor.check(model).repair()
    for a, b in zip(model.get_weights(), fixed.get_weights(), strict=True):
        assert np.array_equal(a, b)
    assert (
        fixed.loss.get_config()["from_logits"]
        or fixed.layers[-1].activation is keras.activations.sigmoid
    )


def test_a_proof_shows_the_score_and_the_outputs_of_both(keras):
    X, _ = rows(200)
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    model = small(keras, keras.layers.Dense(1, activation="softmax"), loss="binary_crossentropy")
    proof = advisor.check(model, X, y).prove(X, y, epochs=50, seeds=2)
    assert proof.helped
    assert proof.before.spread == 0
    assert proof.before.low == proof.before.high == pytest.approx(1)
    assert proof.after.score > 0.85
    assert len(proof.after.scores) == 2
    words = str(proof)
    assert "The repair helps" in words
    assert "the same for every row" in words
    assert proof.after.keeps
    assert not proof.before.keeps
    assert "sigmoid" in words
    json.dumps(proof.to_dict(), allow_nan=False)


def test_a_proof_counts_outputs_that_keep_the_contract_at_the_same_score(keras):
    X, _ = rows(150)
    y = np.argmax(X[:, :3], axis=1)
    wrong = small(
        keras, keras.layers.Dense(3, activation="sigmoid"), loss="sparse_categorical_crossentropy"
    )
    proof = advisor.check(wrong, X, y).prove(X, y, epochs=3, seeds=1)
    if keras.backend.backend() == "tensorflow":  # there the two have exactly the same loss
        assert proof.before.scores == proof.after.scores
        assert not proof.better
    assert proof.helped
    assert "rows add up to 1 only within" in str(proof)


def test_a_proof_says_so_when_the_repair_does_not_help(keras):
    X, y = rows(64)  # labels that nothing in X tells
    model = small(
        keras, keras.layers.Dense(1, activation="sigmoid"), loss="mse", metrics=["accuracy"]
    )
    proof = advisor.check(model, X, y).prove(X, y, epochs=1, seeds=1)
    assert not proof.helped
    assert str(proof.verdict) in {
        "The repair changes little here",
        "The repair does not help here: the score is worse",
    }


def test_nothing_to_repair_is_said(keras):
    model = small(keras, keras.layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy")
    with pytest.raises(OptionError, match="nothing to repair"):
        advisor.check(model).repair()


def test_a_callback_reports_when_training_begins(keras, capsys):
    X, y = rows()
    model = small(keras, keras.layers.Dense(1, activation="softmax"), loss="binary_crossentropy")
    watch = advisor.ModelCheck(X, y)
    model.fit(X, y, verbose=0, callbacks=[watch])
    assert "ADV101 softmax-on-one-unit" in capsys.readouterr().out
    assert not watch.report.ok
    before = model.get_weights()
    with pytest.raises(FindingsError, match="Training was not begun: ADV101"):
        advisor.fit(model, X, y, callbacks=[advisor.ModelCheck(stop=True)])
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_test_helper_fails_with_the_report(keras):
    X, y = rows()
    advisor.assert_clean(
        small(keras, keras.layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy"), X, y
    )
    with pytest.raises(AssertionError, match="ADV106 logits-without-from-logits"):
        advisor.assert_clean(small(keras, keras.layers.Dense(1), loss="binary_crossentropy"), X, y)


def test_reports_read_in_both_languages(keras, golden):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the report speaks of the backend in use")
    X, y = rows(classes=3)
    model = small(
        keras,
        keras.layers.Dense(1, activation="softmax", name="last"),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.layers[0].name = "hidden"
    model.name = "model"
    for language in ("en", "zh"):
        advisor.set_language(language)
        golden(f"check_{language}", str(advisor.check(model, X * 100, y)))
    assert "<h3>" in advisor.check(model)._repr_html_()


def test_a_model_of_a_hundred_layers_takes_no_time(keras):
    layers = [
        keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal")
        for _ in range(100)
    ]
    model = keras.Sequential(
        [keras.Input((32,)), *layers, keras.layers.Dense(3, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    advisor.check(model)
    best = min(_seconds(lambda: advisor.check(model, ignore=[], select=["ADV"])) for _ in range(7))
    assert best < 0.06  # measured: 0.01 to 0.02; machines are noisy


def _seconds(what):
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def test_checking_a_file_imports_neither_keras_nor_tensorflow(keras, tmp_path):
    import subprocess

    model = small(keras, keras.layers.Dense(1, activation="softmax"), loss="binary_crossentropy")
    model.save(tmp_path / "model.keras")
    code = (
        "import sys, advisor.cli; status = advisor.cli.main(['check', 'model.keras'])\n"
        "print(status, {'keras', 'tensorflow', 'sklearn', 'jax'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 set()"
    assert "ADV101" in done.stdout


def test_several_inputs_and_streams(keras):
    L = keras.layers
    left, right = keras.Input((4,), name="left"), keras.Input((2,), name="right")
    joined = L.Concatenate()(
        [L.Dense(8, activation="relu", name="of_left")(left), L.Dense(8, activation="relu")(right)]
    )
    model = keras.Model({"left": left, "right": right}, L.Dense(1, activation="sigmoid")(joined))
    model.compile("adam", "binary_crossentropy", loss_weights=[2.0])
    X, y = rows()
    given = {"left": 1000 * X, "right": X[:, :2]}
    report = advisor.check(model, given, y)
    assert [f.name for f in report.causes] == ["unscaled-inputs"]
    assert "of_left" in str(report.findings[0].message)
    assert advisor.check(report.repair(), given, y).ok
    one = small(keras, L.Dense(3, activation="sigmoid"), loss="binary_crossentropy")
    batches = ((X[i : i + 8], y[i : i + 8]) for i in range(0, 96, 8))
    assert [f.name for f in advisor.check(one, batches).causes] == ["output-units-mismatch"]


def test_a_saved_model_is_repaired_and_proved_too(keras, tmp_path):
    X, _ = rows(120)
    y = (X[:, 0] > 0).astype(int)
    model = small(keras, keras.layers.Dense(1, activation="relu"), loss="binary_crossentropy")
    model.save(tmp_path / "model.keras")
    report = advisor.check(tmp_path / "model.keras", X, y)
    assert [f.name for f in report.findings] == ["output-activation-mismatch"]
    assert advisor.check(report.repair(), X, y).ok
    assert report.prove(X, y, epochs=2, seeds=1).after.failed is None


def test_a_model_without_input_shape_is_judged_by_what_it_is_made_of(keras):
    L = keras.layers
    model = keras.Sequential(
        [
            L.Dense(8, activation="relu", kernel_initializer="zeros"),
            L.Dense(1, activation="softmax"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    assert [f.code for f in advisor.check(model).findings] == ["ADV101", "ADV208"]


def test_frozen_layers_need_no_gradient(keras):
    L = keras.layers
    body = keras.Sequential(
        [
            keras.Input((8,)),
            *(L.Dense(8, activation="sigmoid") for _ in range(2)),
            L.Dense(
                8,
                activation="tanh",
                kernel_initializer=keras.initializers.RandomNormal(stddev=0.001),
            ),
            L.Dense(8, activation="relu"),
        ]
    )
    body.trainable = False
    model = keras.Sequential([keras.Input((8,)), body, L.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    report = advisor.check(model, *rows(features=8))
    assert not report.findings
    assert "vanishing-gradient" in {name for _, name, _ in report.not_applicable}
