"""Each kind of question: equivalent answers are equally right, every wrong one is told why."""

from __future__ import annotations

import json

import pytest

from advisor.errors import OptionError, UnknownNameError
from advisor.grading import faults, kinds, marking, problems, submission
from advisor.grading.handin import saved as _saved
from advisor.grading.judgement import NeedsKerasError
from advisor.grading.kinds import number, score
from advisor.grading.marks import Result, loads
from advisor.grading.workbook import _open

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")
SEED = 3**80
HEADS = {
    "binary": {"problem": "moons", "seed": SEED},
    "several": {"problem": "spirals", "classes": 4, "seed": SEED},
    "number": {"problem": "waves", "seed": SEED},
}


def judged(kind, spec, *, answer=None, model=None, band=None, file=None):
    """Mark one question of 10 points."""
    models = {"q": _saved(model)} if model is not None else {"q": file} if file else {}
    answers = {} if answer is None else {"q": answer}
    handed_in = submission.Submission(answers, models, {}, (), "")
    opener = _open({"q": model}) if model is not None else None
    return marking.mark_one(("q", kind, 10.0, spec, band), handed_in, opener)


@pytest.fixture(scope="module")
def make(keras):
    """Make a model for a head: `make("binary", layers, loss)`."""

    def made(which, last, loss, hidden=True):
        features = problems.find(HEADS[which]["problem"]).features
        body = [keras.layers.Dense(8, "relu")] if hidden else []
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((features,)), *body, *last])
        if loss is not None:
            model.compile("adam", loss)
        return model

    return made


def right_heads(keras):
    L, losses = keras.layers, keras.losses
    return [
        ("binary", [L.Dense(1, "sigmoid")], "binary_crossentropy"),
        ("binary", [L.Dense(1), L.Activation("sigmoid")], losses.BinaryCrossentropy()),
        ("binary", [L.Dense(1)], losses.BinaryCrossentropy(from_logits=True)),
        ("binary", [L.Dense(2, "softmax")], "sparse_categorical_crossentropy"),
        ("binary", [L.Dense(1, "sigmoid")], "binary_focal_crossentropy"),
        ("several", [L.Dense(4, "softmax")], "sparse_categorical_crossentropy"),
        ("several", [L.Dense(4), L.Softmax()], losses.SparseCategoricalCrossentropy()),
        ("several", [L.Dense(4)], losses.SparseCategoricalCrossentropy(from_logits=True)),
        ("several", [L.Dense(4, "softmax")], "categorical_crossentropy"),
        ("several", [L.Dense(4)], losses.CategoricalCrossentropy(from_logits=True)),
        ("binary", [L.Dense(2, "softmax")], "categorical_crossentropy"),
        ("number", [L.Dense(1)], "mse"),
        ("number", [L.Dense(1, "linear")], losses.Huber()),
        ("number", [L.Dense(1), L.Activation("linear")], "mean_absolute_error"),
    ]


def test_every_spelling_of_a_right_head_earns_all_points(keras, make):
    for which, last, loss in right_heads(keras):
        mark = judged("head", HEADS[which], model=make(which, last, loss))
        assert (mark.status, mark.points) == ("correct", 10.0), (which, loss, mark.message)
        assert sum(part.share for part in mark.parts) == pytest.approx(1)


def test_a_wrong_head_earns_what_is_right_of_it_and_is_told_why(keras, make):
    L, losses = keras.layers, keras.losses
    cases = [
        ("binary", [L.Dense(1, "softmax")], "binary_crossentropy", 3, "softmax"),
        ("binary", [L.Dense(1)], "binary_crossentropy", 5, "no activation"),
        ("binary", [L.Dense(1, "tanh")], "binary_crossentropy", 3, "from -1 to 1"),
        ("binary", [L.Dense(1, "sigmoid")], "mse", 7, "MeanSquaredError"),
        ("several", [L.Dense(4, "sigmoid")], "sparse_categorical_crossentropy", 3, "add up to 1"),
        ("several", [L.Dense(3, "softmax")], "sparse_categorical_crossentropy", 5, "4"),
        ("several", [L.Dense(6, "softmax")], "sparse_categorical_crossentropy", 5, "4"),
        ("several", [L.Dense(4, "softmax")], "mse", 7, ""),
        ("number", [L.Dense(1, "sigmoid")], "mse", 5, "sigmoid"),
        ("number", [L.Dense(1, "relu")], "mse", 5, "cannot be reached"),
        ("number", [L.Dense(1)], losses.BinaryCrossentropy(), 7, "BinaryCrossentropy"),
    ]
    for which, last, loss, most, words in cases:
        mark = judged("head", HEADS[which], model=make(which, last, loss))
        assert mark.status == "partly", (which, loss, mark)
        assert 0 < mark.points <= most, (which, loss, mark)
        assert words in mark.message.en, (words, mark.message.en)
        assert mark.message.zh
        assert mark.slips


def test_a_model_that_is_not_compiled_loses_the_loss_only(keras, make):
    mark = judged(
        "head", HEADS["several"], model=make("several", [keras.layers.Dense(4, "softmax")], None)
    )
    assert mark.points == 7
    assert "names no loss" in mark.message.en


def test_a_model_for_other_data_is_told_so(keras):
    model = keras.Sequential([keras.Input((7,)), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    mark = judged("head", HEADS["binary"], model=model)
    assert (mark.points, mark.status) == (0, "not yet")
    assert "2 features" in mark.message.en


def test_a_file_that_is_refused_costs_its_own_question_only():
    mark = judged("head", HEADS["binary"], file=b"<!DOCTYPE html><p>")
    assert mark.status == "refused"
    assert "web page" in mark.message.en


def test_what_numpy_cannot_run_asks_for_keras(keras, make):
    L = keras.layers
    body = [L.Reshape((2, 1)), L.Conv1D(4, 1), L.Flatten(), L.Dense(1, "sigmoid")]
    model = make("binary", body, "binary_crossentropy", hidden=False)
    with pytest.raises(NeedsKerasError):
        judged("head", HEADS["binary"], file=_saved(model))
    assert judged("head", HEADS["binary"], model=model).points == 10


BAND = {"low": 0.9, "mean": 0.95, "runs": 6}


def test_a_trained_model_reaches_the_band_and_an_untrained_one_does_not(keras, make):
    import advisor

    drawn = problems.draw("moons", SEED)
    model = advisor.build(X=drawn.X_train, y=drawn.y_train, seed=0)
    raw = judged("score", HEADS["binary"], model=model, band=BAND)
    advisor.fit(model, drawn.X_train, drawn.y_train, epochs=40, seed=0)
    mark = judged("score", HEADS["binary"], model=model, band=BAND)
    assert (mark.status, mark.points) == ("correct", 10)
    assert mark.picture["kind"] == "histogram"
    assert raw.points < 8


def test_raw_scores_are_scored_as_their_loss_takes_them(keras, make):
    drawn = problems.draw("moons", SEED)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model = make("binary", [keras.layers.Dense(1)], loss)
    model.compile(keras.optimizers.Adam(0.02), loss)
    model.fit(drawn.X_train, drawn.y_train, epochs=30, verbose=0)
    right = ((model.predict(drawn.X_test, verbose=0)[:, 0] > 0) == drawn.y_test).mean()
    mark = judged("score", HEADS["binary"], model=model, band={**BAND, "low": 0.2})
    assert f"{right:.3f}" in mark.message.en


@pytest.mark.parametrize(
    ("reached", "earned"),
    [(0.4, 0.0), (0.7, 0.0), (0.75, 0.25), (0.8, 0.5), (0.899, 0.99), (float("nan"), 0.0)],
)
def test_below_the_band_points_grow_from_halfway_on(reached, earned):
    assert score.share(reached, 0.5, 0.9) == pytest.approx(earned)


def test_a_score_without_a_band_is_the_teachers_matter(keras, make):
    model = make("binary", [keras.layers.Dense(1, "sigmoid")], "binary_crossentropy")
    with pytest.raises(OptionError, match="render first"):
        judged("score", HEADS["binary"], model=model)


def broken(keras, name):
    space = {"keras": keras, "layers": keras.layers}
    exec(faults.code_of(name, SEED), space)
    return space["model"]


@pytest.mark.parametrize("name", list(faults.FAULTS)[::3])
def test_a_broken_model_earns_nothing_and_its_repair_everything(keras, name):
    from advisor import check

    fault = faults.find(name)
    drawn = problems.draw(fault.problem, SEED, fault.classes)
    spec = {"fault": name, "seed": SEED}
    model = broken(keras, name)
    mark = judged("repair", spec, model=model)
    assert (mark.points, mark.status) == (0, "not yet"), mark
    assert {slip.key for slip in mark.slips} >= set(fault.codes)
    mended = check(model, drawn.X_train, drawn.y_train).repair()
    mark = judged("repair", spec, model=mended)
    assert (mark.points, mark.status) == (10, "correct"), mark.message


def test_replacing_a_model_is_no_repair(keras):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    mark = judged("repair", {"fault": "softmax-on-one-unit", "seed": SEED}, model=model)
    assert mark.points == 0
    assert "do not replace it" in mark.message.en


def test_another_fault_in_the_place_of_the_old_one_costs_the_rest(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((2,)),
            *(layers.Dense(16, "softmax") for _ in range(2)),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    mark = judged("repair", {"fault": "softmax-on-one-unit", "seed": SEED}, model=model)
    assert 0 < mark.points < 10
    assert "but" in mark.message.en


def stack(keras, activation, initializer, depth=10, more=()):
    layers = keras.layers
    body = []
    for _ in range(depth):
        body.append(layers.Dense(32, kernel_initializer=initializer))
        body += [kind() for kind in more]
        body.append(layers.Activation(activation))
    return keras.Sequential([keras.Input((8,)), *body, layers.Dense(3, "softmax")])


GRADIENT = {"depth": 10, "features": 8, "classes": 3, "limit": 1.0}


def test_gradients_that_survive_are_told_from_those_that_do_not(keras):
    L = keras.layers
    for activation, initializer, points, words in [
        ("relu", "he_normal", 10, "within"),
        ("tanh", "glorot_uniform", 10, "within"),
        ("selu", "lecun_normal", 10, "within"),
        ("sigmoid", "glorot_uniform", 3, "vanishes"),
        ("relu", keras.initializers.RandomNormal(stddev=1.0), 3, "explodes"),
        ("relu", "glorot_uniform", 6.5, "vanishes"),
    ]:
        mark = judged("gradient", GRADIENT, model=stack(keras, activation, initializer))
        assert mark.points == points, (activation, initializer, mark)
        assert words in mark.message.en
    cured = stack(keras, "sigmoid", "glorot_uniform", more=[L.BatchNormalization])
    assert judged("gradient", GRADIENT, model=cured).points > 3


def test_a_shallow_network_has_no_gradient_to_lose(keras):
    mark = judged("gradient", GRADIENT, model=stack(keras, "relu", "he_normal", depth=3))
    assert mark.points == 0
    assert "3 hidden layers" in mark.message.en
    linear = judged("gradient", GRADIENT, model=stack(keras, "linear", "glorot_uniform"))
    assert linear.points == 0


@pytest.mark.parametrize(
    ("answer", "earned"),
    [
        (0.25, 1),
        ("1/4", 1),
        ("25%", 1),
        ("０．２５", 1),
        (0.2524, 1),
        (0.256, 0.5),
        (0.5, 0),
        ("−1", 0),
    ],
)
def test_numbers_are_read_however_they_are_written(answer, earned):
    spec = {"value": "max-slope", "activation": "sigmoid", "power": 1, "relative": 0.01}
    assert judged("number", spec, answer=answer).points == 10 * earned


@pytest.mark.parametrize(
    "answer", ["", "a", "1/0", "nan", "inf", "1e999", True, [1], {"a": 1}, "9" * 50]
)
def test_what_is_no_number_is_told_so(answer):
    spec = {"value": "max-slope", "activation": "sigmoid", "power": 1}
    mark = judged("number", spec, answer=answer)
    assert mark.points == 0
    assert mark.message.zh


WHY = [{"en": "no", "zh": "错"}, {"en": "yes", "zh": "对", "right": True}]
CHOICES = [
    ({"ask": "hidden", "role": "first"}, ["relu", "ReLU", "rectifier"], ["sigmoid", "tanh"]),
    ({"ask": "hidden", "role": "next"}, ["leaky_relu", "Leaky ReLU", "LeakyReLU"], ["relu", "elu"]),
    ({"ask": "hidden", "role": "never", "options": ["relu", "tanh", "sigmoid"]}, ["sigmoid"], ["relu"]),
    ({"ask": "last", "task": "multiclass"}, ["softmax", "Softmax"], ["sigmoid", "relu", "None"]),
    ({"ask": "last", "problem": "waves"}, ["linear", "none", None, "identity", "恒等"], ["relu"]),
    ({"ask": "last", "problem": "moons"}, ["sigmoid", "logistic"], ["softmax"]),
    ({"ask": "loss", "task": "binary"}, ["bce", "binary_crossentropy", "BinaryCrossentropy"], ["mse"]),
    ({"ask": "loss", "problem": "spirals"}, ["sparse_categorical_crossentropy", "scce"], ["mse", "bce"]),
    ({"ask": "loss", "task": "regression"}, ["mse", "MeanSquaredError", "mae", "huber"], ["bce"]),
    ({"ask": "initializer", "activation": "relu"}, ["he_normal", "HeUniform", "he"], ["glorot_uniform"]),
    ({"ask": "fault", "fault": "softmax-on-one-unit"}, ["ADV101", "softmax-on-one-unit", "adv101"], ["ADV102"]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "right", "wrong"), CHOICES)
def test_choices_are_judged_by_the_tables(spec, right, wrong):
    for answer in right:
        given = {"choice": answer} if answer is None else answer
        assert judged("choice", spec, answer=given).points == 10, answer
        whole = judged("choice", {**spec, "why": WHY}, answer=[answer, "b"])
        assert whole.points == 10, whole
        half = judged("choice", {**spec, "why": WHY}, answer=[answer, "(A)"])
        assert half.points == 6
        assert "(a) is not the reason" in half.message.en
    for answer in wrong:
        mark = judged("choice", {**spec, "why": WHY}, answer=[answer, "b"])
        assert mark.points == 4, (answer, mark)
        assert mark.slips


@pytest.mark.parametrize(
    "answer", ["", "nonsense", 3, [], ["a", "b", "c"], {"x": 1}, "x" * 9999, [["relu"], 1]]
)
def test_what_is_no_choice_is_told_so(answer):
    mark = judged("choice", {"ask": "hidden", "role": "first", "why": WHY}, answer=answer)
    assert mark.points == 0
    assert len(mark.message.en) < 300


def test_a_mistake_in_a_question_is_the_teachers():
    with pytest.raises(UnknownNameError, match="thing to choose"):
        judged("choice", {"ask": "colour"}, answer="relu")
    with pytest.raises(UnknownNameError, match="value"):
        judged("number", {"value": "weight"}, answer=1)


@pytest.mark.parametrize("name", kinds.names())
def test_nothing_handed_in_is_not_attempted_and_says_what_is_expected(name):
    mark = judged(name, {})
    assert (mark.status, mark.points) == ("not attempted", 0)
    assert kinds.kind(name).EXPECTED.en in mark.message.en
    assert kinds.kind(name).EXPECTED.zh in mark.message.zh


def test_a_result_is_the_same_bytes_after_reading_it_back(keras, make):
    marks = (
        judged(
            "head", HEADS["binary"], model=make("binary", [keras.layers.Dense(1, "softmax")], "mse")
        ),
        judged("choice", CHOICES[0][0] | {"why": WHY}, answer=["relu", "a"]),
    )
    result = Result("heads", "1-abc", "007", "f" * 64, marks)
    text = result.dumps()
    assert loads(text).dumps() == text
    assert json.loads(text)["marks"][0]["message"]["zh"]
    assert result.points == round(sum(mark.points for mark in marks), 2)
    assert number.value({"wanted": 3}) == 3


CHOICE = {"ask": "hidden", "role": "first", "why": WHY}


@pytest.mark.parametrize(
    ("spec", "typed", "points"),
    [
        (CHOICE, ["relu", "（b）"], 10),
        (CHOICE, ["ｒｅｌｕ", "ｂ"], 10),
        (CHOICE, "relu, b", 10),
        (CHOICE, "relu，b", 10),
        ({"ask": "loss", "problem": "spirals"}, "keras.losses.SparseCategoricalCrossentropy()", 10),
        ({"ask": "loss", "problem": "spirals"}, "LogCosh", 0),
        ({"ask": "initializer", "activation": "relu"}, "he_uniform", 10),
        ({"ask": "initializer", "activation": "relu"}, "HeNormal()", 10),
        ({"ask": "initializer", "activation": "relu"}, "heaven", 0),
    ],
)
def test_answers_are_read_as_they_are_typed(spec, typed, points):
    mark = judged("choice", spec, answer=typed)
    assert mark.points == points, mark
    assert "does not know" not in mark.message.en


def test_the_class_counts_reasons_by_their_words_not_by_their_letters():
    other = {**CHOICE, "why": CHOICE["why"][::-1]}
    first, second = (
        judged("choice", CHOICE, answer=("relu", "a")),
        judged("choice", other, answer=("relu", "b")),
    )
    assert first.slips
    assert [one.key for one in first.slips] == [one.key for one in second.slips]
