"""Assignments: every right spelling is right, every wrong one is told why, nothing is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import advisor
from advisor import assignments, projects
from advisor.errors import UnknownNameError

NAMES = [name for name, _ in assignments.titles()]


def right_heads(keras):
    L, losses = keras.layers, keras.losses
    functional = keras.Input((30,))
    model = keras.Model(functional, L.Dense(1, "sigmoid")(L.Dense(8, "relu")(functional)))
    model.compile("adam", "binary_crossentropy")
    sequential = keras.Sequential([keras.Input((4,)), L.Dense(3), L.Softmax()])
    sequential.compile("sgd", losses.SparseCategoricalCrossentropy())
    return {
        "names": ("q1", (1, "sigmoid", "binary_crossentropy")),
        "a short loss": ("q1", (1, "Sigmoid", "bce")),
        "an alias": ("q1", (1, "logistic", "BinaryCrossentropy")),
        "functions": ("q1", (1, keras.activations.sigmoid, losses.binary_crossentropy)),
        "classes": ("q1", (1, "sigmoid", losses.BinaryCrossentropy)),
        "a dict": ("q1", {"units": 1, "activation": "sigmoid", "loss": "binary_crossentropy"}),
        "a dict of layers": (
            "q1",
            {"layers": [L.Dense(1, "sigmoid")], "loss": "binary_crossentropy"},
        ),
        "a layer and a loss": ("q1", [L.Dense(1, "sigmoid"), "binary_crossentropy"]),
        "two layers": ("q1", [L.Dense(1), L.Activation("sigmoid"), losses.BinaryCrossentropy()]),
        "logits": ("q1", [L.Dense(1), losses.BinaryCrossentropy(from_logits=True)]),
        "softmax of two": ("q1", (2, "softmax", "sparse_categorical_crossentropy")),
        "softmax of two, one-hot": ("q1", (2, "softmax", "categorical_crossentropy")),
        "focal": ("q1", (1, "sigmoid", "binary_focal_crossentropy")),
        "a functional model": ("q1", model),
        "three": ("q2", (3, "softmax", "sparse_categorical_crossentropy")),
        "three, one-hot": ("q2", (3, "softmax", losses.CategoricalCrossentropy())),
        "three logits": (
            "q2",
            [L.Dense(3), losses.SparseCategoricalCrossentropy(from_logits=True)],
        ),
        "a sequential model": ("q2", sequential),
        "linear": ("q3", (1, "linear", "mean_squared_error")),
        "no activation": ("q3", (1, None, "mse")),
        "identity, huber": ("q3", (1, "identity", keras.losses.Huber())),
    }


WRONG_HEADS = {
    "softmax of one": ("q1", (1, "softmax", "bce"), "a single unit always gets all of it"),
    "no range": ("q1", (1, None, "bce"), r"\[0, 1\]|beats the best"),
    "tanh": ("q1", (1, "tanh", "bce"), r"\[−1, 1\]"),
    "squared error": ("q1", (1, "sigmoid", "mse"), "The loss MeanSquaredError"),
    "no loss": ("q1", (1, "sigmoid"), "name its loss"),
    "a number": ("q1", 3.7, "Received a float"),
    "no units": ("q1", ("sigmoid", 1, "bce"), "not \\(units, activation, loss\\)"),
    "nonsense": ("q1", (1, "sigmoit", "bce"), "unknown to Keras"),
    "nonsense loss": ("q1", (1, "sigmoid", "crossentropie"), "unknown to Keras"),
    "a dict of nothing": ("q1", {}, "a dict with nothing"),
    "three sigmoids": ("q2", (3, "sigmoid", "sparse_categorical_crossentropy"), "do not add up to 1"),
    "one unit for three": ("q2", (1, "softmax", "sparse_categorical_crossentropy"), "Training it failed|Expected"),
    "two units for three": ("q2", (2, "softmax", "sparse_categorical_crossentropy"), r"integers 0\.\.1"),
    "labels do not fit": ("q2", (3, "softmax", "binary_crossentropy"), "K separate yes/no questions"),
    "a bounded regression": ("q3", (1, "sigmoid", "mse"), "cannot leave"),
    "a one-sided regression": ("q3", (1, "relu", "mse"), "never learns"),
    "cross-entropy": ("q3", (1, None, "bce"), "The loss BinaryCrossentropy"),
}  # fmt: skip


@pytest.fixture(scope="module")
def heads():
    return advisor.assignment("heads")


@pytest.mark.parametrize(
    "spelling",
    ["names", "a short loss", "an alias", "functions", "classes", "a dict", "a dict of layers",
     "a layer and a loss", "two layers", "logits", "softmax of two", "softmax of two, one-hot", "focal",
     "a functional model", "three", "three, one-hot", "three logits", "a sequential model", "linear",
     "no activation", "identity, huber"],
)  # fmt: skip
def test_every_spelling_of_a_right_head_is_correct(spelling, heads, keras):
    question, answer = right_heads(keras)[spelling]
    outcome = heads.check(question, answer)
    assert outcome.ok, str(outcome)


@pytest.mark.parametrize("case", WRONG_HEADS)
def test_a_wrong_head_is_told_why(case, heads, keras):
    question, answer, expected = WRONG_HEADS[case]
    outcome = heads.check(question, answer)
    assert outcome.status == "not yet"
    assert __import__("re").search(expected, str(outcome).replace("\n", " ")), str(outcome)


def hidden_answers(keras):
    L = keras.layers
    return [
        ("q1", ["relu", "ReLU", "rectifier", keras.activations.relu, L.ReLU(), L.ReLU, L.Activation("relu"),
                lambda x: keras.ops.maximum(x, 0.0)],
         ["sigmoid", "leaky_relu", None, 3, L.Dense(2), lambda x: x[0], lambda _: 1 / 0, "nonsense"]),
        ("q2", ["he_normal", "he_uniform", "HeNormal", keras.initializers.HeNormal(),
                keras.initializers.VarianceScaling(2.0)],
         ["glorot_uniform", "zeros", "lecun_normal", "nonsense", 3, None]),
        ("q3", ["leaky_relu", "Leaky ReLU", L.LeakyReLU(), L.LeakyReLU(negative_slope=0.01),
                keras.activations.leaky_relu],
         ["relu", "elu", keras.activations.gelu, L.ELU()]),
        ("q4", [0.25, "1/4", "0.25", np.float32(0.25), "25%"], [0.5, 0.2, "a", None, [1], "1/0"]),
        ("q5", [0.25**10, 9.54e-7, "1/1048576"], [1e-7, 0.25]),
        ("q6", ["sigmoid", keras.activations.sigmoid, "逻辑函数"], ["relu", "tanh", "leaky_relu"]),
    ]  # fmt: skip


def test_choices_for_hidden_layers_are_judged_by_what_they_are(keras):
    work = advisor.assignment("assignment_hidden")
    for question, right, wrong in hidden_answers(keras):
        for answer in right:
            assert work.check(question, answer).ok, (
                question,
                answer,
                str(work.check(question, answer)),
            )
        for answer in wrong:
            outcome = work.check(question, answer)
            assert outcome.status == "not yet", (question, answer)
            assert str(outcome.message)


def broken_model(keras, last="sigmoid"):
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, last)]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def test_a_model_is_repaired_or_not_yet(keras):
    work = advisor.assignment("repair")
    assert work.check("q1", broken_model(keras)).status == "not yet"
    assert work.check("q1", broken_model(keras, "softmax")).ok
    assert "no compiled model" in str(work.check("q1", (3, "softmax", "bce")))
    other = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, "softmax")])
    other.compile("adam", "sparse_categorical_crossentropy")
    assert "4 features" in str(work.check("q1", other))
    bare = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    assert "name its loss" in str(work.check("q1", bare))


def test_a_students_model_is_never_changed(keras):
    model = broken_model(keras, "softmax")
    weights, config = [w.copy() for w in model.get_weights()], model.get_config()
    loss, optimizer = model.loss, model.optimizer
    advisor.assignment("repair").check("q1", model)
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))
    assert model.get_config() == config
    assert model.loss is loss
    assert model.optimizer is optimizer


def test_an_adapted_normalization_is_copied_with_what_it_measured(keras):
    data = advisor.load("iris")
    norm = keras.layers.Normalization()
    norm.adapt(data.X_train)
    model = keras.Sequential([keras.Input((4,)), norm, keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    outcome = advisor.assignment("repair").check("q1", model)
    assert outcome.ok, str(outcome)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_attempted_is_neither_right_nor_wrong(name):
    work = advisor.assignment(name)
    for question in work.questions:
        outcome = work.check(question)
        assert outcome.status == "not attempted"
        assert not outcome.ok


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("speak", ["en", "zh"])
def test_an_assignment_reads_well_in_both_languages(name, speak):
    advisor.set_language(speak)
    work = advisor.assignment(name)
    shown = str(work)
    assert any("一" <= c <= "鿿" for c in shown) == (speak == "zh")
    assert json.loads(json.dumps(work.to_dict()))["questions"].keys() == work.questions.keys()
    assert work.check("q1").to_dict()["status"] == "not attempted"


@pytest.mark.parametrize("name", NAMES)
def test_hints_help_a_step_more_each_time_and_the_last_stays(name):
    work = advisor.assignment(name)
    for question, asked in work.questions.items():
        given = [work.hint(question) for _ in range(len(asked.hints) + 2)]
        assert given[: len(asked.hints)] == list(asked.hints)
        assert given[-1] == asked.hints[-1]


def test_unknown_names_are_told():
    with pytest.raises(UnknownNameError, match="Did you mean 'heads'"):
        advisor.assignment("head")
    with pytest.raises(UnknownNameError, match="Unknown question 'q9'"):
        advisor.assignment("heads").check("q9", 1)


def test_listing_and_asking_import_no_keras():
    code = "import advisor, sys; str(advisor.assignment('heads')); print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", NAMES)
def test_a_handed_out_file_runs_untouched_and_holds_no_answer(name, tmp_path):
    file = projects.write_template(name if name != "heads" else "assignment_heads", tmp_path)
    assert "QUESTIONS" not in file.read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(file)],
        capture_output=True, text=True, check=False, env={**os.environ, "ADVISOR_LANG": "zh"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("还没做") == len(advisor.assignment(name).questions)
