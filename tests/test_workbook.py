"""The student's side: check, hint, data, curve, hand in, on the folder that was handed out."""

from __future__ import annotations

import importlib.util
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor.errors import OptionError, UnknownNameError
from advisor.grading import handin, marking, rendering, submission, variants
from advisor.text import set_language

_FILE = Path(__file__).with_name("assignment_folder.py")
_SPEC = importlib.util.spec_from_file_location("assignment_folder", _FILE)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)

QUESTIONS = """    "q4": {"kind": "head", "problem": "moons", "seed": "$seed", "text": {"en": "h", "zh": "h"}},
    "q5": {"kind": "score", "problem": "waves", "seed": "$seed", "text": {"en": "s", "zh": "s"}},
    "q6": {"kind": "number", "value": "curve", "read": "best-epoch", "seed": "$seed", "tolerance": 2,
           "text": {"en": "c", "zh": "c"}},
    "q7": {"kind": "gradient", "features": 4, "depth": 2, "text": {"en": "g", "zh": "g"}},
}
"""
ALL_KINDS = (
    ("q3 = 1.5\n", "q3 = 1.5\nq4 = 1\nq5 = 1\nq6 = 1\nq7 = 1\n"),
    ('"zh": "为什么？"},\n    },\n}\n', f'"zh": "为什么？"}},\n    }},\n{QUESTIONS}'),
)


@pytest.fixture
def handed(tmp_path):
    """Give the assignment, and the folder that student 007 was handed."""

    def made(*changes):
        found = small.read(tmp_path, *ALL_KINDS, *changes)
        bands = tmp_path / "source/small/bands.json"
        bands.write_text('{"q5": {"low": 0.5, "mean": 0.6, "runs": 6}}', encoding="utf-8")
        found = small.source.read(found.folder)
        folder = tmp_path / "handed out"
        rendering.write(folder, rendering.files(found, "007"))
        return found, folder

    return made


@pytest.fixture
def work(handed):
    return advisor.assignment(handed()[1])


def read_back(folder):
    return submission.parse(submission.load(Path(folder)), [f"q{n}" for n in range(1, 8)])


# looking


def test_an_assignment_shows_its_questions_in_the_language_spoken(work):
    assert "Which first?" in str(work)
    assert work.to_dict()["title"] == "Small"
    set_language("zh")
    assert "先用哪个？" in str(work)
    json.dumps(work.to_dict())


def test_hints_come_one_by_one_and_the_last_one_repeats(handed):
    found, folder = handed()
    work, own = advisor.assignment(folder), variants.values(found, "007")
    assert [str(work.hint("q1")) for _ in range(3)] == [f"Not {own['F']}.", "relu", "relu"]
    assert "no hint" in str(work.hint("q2"))


def test_rows_and_curves_are_those_of_the_student(handed):
    found, folder = handed()
    work = advisor.assignment(folder)
    drawn = marking.rows(marking.sheet(found, "007").questions[3][3])
    X, y = work.data("q4")
    assert np.array_equal(X, drawn.X_train)
    assert np.array_equal(y, drawn.y_train)
    assert y.dtype == np.int64
    assert work.data("q5")[1].dtype == np.float64
    curve = work.curve("q6")
    assert len(curve) == 2
    assert all(x.shape == values.shape for x, values in curve.values())
    assert work.curve("q1") == {}


def test_a_spec_tells_the_values_and_not_the_answer(handed):
    found, folder = handed()
    work, own = advisor.assignment(folder), variants.values(found, "007")
    assert work.spec("q2")["power"] == own["n"]
    assert "wanted" not in work.spec("q2")
    assert [set(one) for one in work.spec("q3")["why"]] == [{"en", "zh"}] * 3
    assert "seed" not in work.spec("q4")


def test_unknown_questions_and_rows_that_are_not_there_are_told(work):
    for ask in (work.check, work.hint, work.data, work.curve, work.spec):
        with pytest.raises(UnknownNameError, match="Unknown question 'q9'"):
            ask("q9")
    with pytest.raises(UnknownNameError, match="Unknown question 'q9'"):
        work.hand_in(q9=1)
    assert not (work.folder / "answers.json").exists()
    with pytest.raises(OptionError, match=r"There is no q1\.csv here: q1 comes without rows"):
        work.data("q1")
    for text in ("x1,y\n1;2\n", "", "x1,y\n", "x1,y\n1,a\n", "x1,y\n1,2\n1,2,3\n"):
        (work.folder / "q4.csv").write_text(text, encoding="utf-8")
        with pytest.raises(OptionError, match=r"q4\.csv cannot be read"):
            work.data("q4")


def test_a_folder_without_an_assignment_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError, match="Run this in the folder that was handed out"):
        advisor.assignment(".")


# checking values


def test_checking_judges_as_the_teacher_will(handed):
    found, folder = handed()
    work, own = advisor.assignment(folder), variants.values(found, "007")
    right = {"sigmoid": 0.25, "tanh": 1.0}[own["F"]] ** own["n"]
    assert work.check("q1").status == "not attempted"
    assert work.check("q1", "ReLU").status == "correct"
    assert work.check("q1", "tanh").status == "not yet"
    assert work.check("q2", right).ok
    assert work.check("q2", np.float32(right)).ok
    assert work.check("q2", str(right)).ok
    assert not work.check("q2", 7 * right).ok
    letter = "abc"[
        [bool(one.get("right")) for one in work.given.questions["q3"].spec["why"]].index(True)
    ]
    assert work.check("q3", ("relu", letter)).ok
    assert "0.9 of 1.5 points so far" in str(work.check("q3", "relu"))


@pytest.mark.parametrize(
    "answer", [float("nan"), float("inf"), 10**5000, 1j, object(), lambda x: x, {1, 2}, [[]] * 2000,
               "a" * 10**6, b"relu", np.zeros(10**6), np.zeros(0), None, True, {"a": 1}],
    ids=range(15),
)  # fmt: skip
@pytest.mark.parametrize("question", ["q1", "q2", "q4"])
def test_an_odd_answer_is_told_and_never_raised(work, question, answer):
    outcome = work.check(question, answer)
    assert outcome.status == "not yet"
    assert "\n" not in outcome.message.en
    assert len(outcome.message.en) < 300


def test_the_outcome_is_told_in_chinese(work):
    set_language("zh")
    assert "还没做" in str(work.check("q1"))
    assert "不对" in str(work.check("q1", "tanh"))
    assert "正确" in str(work.check("q1", "relu"))
    assert "收到的是模型" not in str(work.check("q4", "relu"))


def test_where_the_teacher_keeps_the_answers_nothing_is_judged(handed):
    work = advisor.assignment(handed(("key =", "self_check = false\nkey ="))[1])
    assert "Your teacher judges this one" in str(work.check("q1", "tanh"))
    assert work.spec("q2") == {}
    assert work.data("q4")[0].shape[1] == 2
    assert work.hand_in(q1="tanh").values == ("q1",)


# values


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("relu"), "relu"),
        (np.array([[0.5]]), 0.5),
        (np.array([1, 2]), [1, 2]),
        (("relu", "b"), ["relu", "b"]),
        ((np.str_("relu"), np.array("b")), ["relu", "b"]),
        ({"choice": "relu", 1: None}, {"choice": "relu", "1": None}),
        (np.tanh, "tanh"),
        (None, None),
    ],
)
def test_answers_become_plain_values(answer, wanted):
    found = handin.value(answer, "q1")
    assert found == wanted
    assert type(found) is type(wanted)


def test_functions_layers_losses_and_tensors_are_taken_by_name_or_value(keras):
    L = keras.layers
    for answer, wanted in (
        (keras.activations.relu, "relu"),
        (L.ReLU(), "ReLU"),
        (L.ReLU, "ReLU"),
        (L.Activation("relu"), "relu"),
        (L.Dense(3, activation="softmax"), "softmax"),
        (keras.losses.MeanSquaredError(), "MeanSquaredError"),
        (keras.losses.mean_squared_error, "mean_squared_error"),
        (keras.initializers.HeNormal(), "HeNormal"),
        (keras.ops.convert_to_tensor(0.5), 0.5),
        (keras.Variable([1.0, 2.0]), [1.0, 2.0]),
    ):
        assert handin.value(answer, "q1") == wanted
    with pytest.raises(OptionError, match="Received: 'Sequential'"):
        handin.value(keras.Sequential([]), "q1")


def test_a_name_that_is_no_text_is_no_answer():
    class Odd:
        __name__ = property(lambda self: self)  # as text it would tell an address in memory

    with pytest.raises(OptionError, match="Received: 'Odd'"):
        handin.value(Odd(), "q1")


# handing in

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=100)
@given(PLAIN)
def test_what_is_handed_in_is_what_is_read(answer):
    text = json.dumps({"q1": handin.value(answer, "q1")}, ensure_ascii=False)
    data = text.encode("utf-8", "replace")
    found = submission.parse(submission.Files({"answers.json": data}, (), ""), ["q1"])
    assert json.dumps(found.answers, ensure_ascii=False).encode("utf-8", "replace") == data


def test_handing_in_writes_what_is_there_and_tells_what_is_left(work):
    done = work.hand_in(q1="relu", q2=..., q3=("relu", "b"), q6=np.float64(30))
    assert (done.values, done.models, done.left) == (
        ("q1", "q3", "q6"),
        (),
        ("q2", "q4", "q5", "q7"),
    )
    assert "still to do" in str(done)
    assert json.loads(json.dumps(done.to_dict())) == done.to_dict()
    assert read_back(work.folder).answers == {"q1": "relu", "q3": ["relu", "b"], "q6": 30}
    again = work.hand_in(q2=0.25)
    assert again.values == ("q2",)
    assert read_back(work.folder).answers == {"q2": 0.25}
    set_language("zh")
    assert "还没做" in str(again)


def test_what_cannot_be_handed_in_keeps_nothing_else_from_it(work):
    done = work.hand_in(
        q1=lambda x: x, q2=10**5000, q3="relu", q4="relu", q5=object(), q6=float("nan")
    )
    assert done.values == ("q3", "q6")
    assert set(done.problems) == {"q1", "q2", "q4", "q5"}
    assert "Received: 'lambda'" in str(done)
    assert "Expected a Keras model for q4. Received: 'str'" in " ".join(str(done).split())
    found = read_back(work.folder)
    assert found.answers["q3"] == "relu"
    assert found.answers["q6"] != found.answers["q6"]


def test_everything_is_written_beside_the_assignment_wherever_one_is(handed, tmp_path, monkeypatch):
    monkeypatch.chdir(handed()[1])
    work = advisor.assignment(".")
    monkeypatch.chdir(tmp_path)
    work.hand_in(q1="relu")
    assert read_back(tmp_path / "handed out").answers == {"q1": "relu"}
    assert not (tmp_path / "answers.json").exists()
    assert work.data("q4")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_a_folder_where_nothing_can_be_written_is_told(work):
    (work.folder / "answers.json").mkdir()
    with pytest.raises(OptionError, match=r"Cannot write .*answers\.json"):
        work.hand_in(q1="relu")


# models


@pytest.fixture
def head(keras):
    """Make a model for q4: two features, one unit at the end."""

    def made(*last, compiled=True):
        layers = last or [keras.layers.Dense(1, activation="sigmoid")]
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "relu"), *layers])
        if compiled:
            model.compile("adam", "binary_crossentropy")
        return model

    return made


def test_a_right_model_is_told_so_is_saved_and_stays_as_it_is(work, head):
    model = head()
    before, compiled = model.get_weights(), model.get_compile_config()
    state = random.getstate()
    assert work.check("q4", model).ok
    assert work.hand_in(q4=model).models == ("q4",)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert model.get_compile_config() == compiled
    assert random.getstate() == state
    assert not model.optimizer.built or model.optimizer.iterations == 0
    assert set(read_back(work.folder).models) == {"q4"}


def test_an_old_model_that_still_counts_is_told(work, head):
    work.hand_in(q4=head(), q1="relu")
    done = work.hand_in(q4=..., q1="relu")
    assert done.earlier == ("q4",)
    assert "q4.keras: still there, and counts" in str(done)


def test_a_model_that_is_not_compiled_is_told(work, head):
    assert "names no loss" in str(work.check("q4", head(compiled=False)))


def test_a_model_in_the_place_of_a_value_is_told(work, head):
    assert work.check("q1", head()).message.en.startswith("Received a model. Expected a name")
    assert set(work.hand_in(q1=head()).problems) == {"q1"}


def test_what_will_be_refused_is_told_at_once(work, head, keras):
    class Own(keras.layers.Layer):
        def call(self, x):
            return x

    class Sub(keras.Model):
        def __init__(self, units):
            super().__init__()
            self.last = keras.layers.Dense(units)

        def call(self, x):
            return self.last(x)

    for model, why in (
        (head(keras.layers.Lambda(lambda x: x), keras.layers.Dense(1)), "Lambda"),
        (head(Own(), keras.layers.Dense(1)), "'Own' is not one of Keras' own classes"),
    ):
        outcome, done = work.check("q4", model), work.hand_in(q4=model, q1="relu")
        assert why in outcome.message.en
        assert "will not be taken" in done.problems["q4"].en
        assert why in done.problems["q4"].en
        assert done.models == ("q4",)
    outcome, done = work.check("q4", Sub(1)), work.hand_in(q4=Sub(1), q1="relu")
    assert outcome.message.en.startswith("Keras cannot save the model for q4 (NotImplementedError")
    assert done.problems["q4"].en == outcome.message.en
    assert (done.values, done.models) == (("q1",), ())
    assert "\n" not in outcome.message.en


def test_a_model_that_was_never_built_is_not_built_by_checking(work, keras):
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    outcome = work.check("q4", model)
    assert outcome.status in {"correct", "not yet"}
    assert "\n" not in outcome.message.en
    assert not model.built
    assert work.check("q4", model) == outcome


def test_a_trained_model_is_scored_on_rows_held_back(work, keras):
    X, _ = work.data("q5")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    poor = work.check("q5", model)
    assert poor.status == "not yet"
    assert "0.500 was asked for" in poor.message.en


def test_gradients_are_measured_on_a_copy(work, keras):
    """SpatialDropout and the like are not foretold, so Keras measures."""
    L = keras.layers
    layers = [L.Dense(16, "relu", kernel_initializer="he_normal"), L.GaussianNoise(0.0)] * 1
    model = keras.Sequential(
        [
            keras.Input((4,)),
            *layers,
            L.Dense(16, "relu", kernel_initializer="he_normal"),
            L.Dense(3),
        ]
    )
    before, state = model.get_weights(), random.getstate()
    work.check("q7", model)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert not model.compiled
    assert random.getstate() == state
