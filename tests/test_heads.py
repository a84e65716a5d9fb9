"""Heads and repairs, however they are spelled: alike is judged alike, and two mistakes cost more than one."""

from __future__ import annotations

import pytest

from advisor.grading import faults, marking, submission
from advisor.grading.handin import saved
from advisor.grading.workbook import _open

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")
SEED = 3**80
TASKS = {
    "binary": ({"problem": "moons", "seed": SEED}, 2),
    "several": ({"problem": "spirals", "classes": 4, "seed": SEED}, 2),
    "number": ({"problem": "waves", "seed": SEED}, 1),
}


def judged(kind, spec, model):
    handed_in = submission.Submission({}, {"q": saved(model)}, {}, (), "")
    return marking.mark_one(("q", kind, 10.0, spec, None), handed_in, _open({"q": model}))


@pytest.fixture(scope="module")
def head(keras):
    """Judge a head behind one hidden layer; `end` is layers, or a function of the hidden layer."""
    from advisor.grading import problems

    def judge(which, end, loss, *, given=True):
        spec = TASKS[which][0]
        features = problems.find(spec["problem"]).features
        body = keras.layers.Dense(8, "relu")
        keras.utils.set_random_seed(0)
        if callable(end):
            start = keras.Input((features,))
            model = keras.Model(start, end(body(start)))
        else:
            model = keras.Sequential([*([keras.Input((features,))] if given else []), body, *end])
        if loss is not None:
            model.compile("adam", loss)
        return judged("head", spec, model)

    return judge


def test_right_heads_in_unusual_spellings_earn_all_points(keras, head):
    L, losses, ops = keras.layers, keras.losses, keras.ops
    logits = losses.SparseCategoricalCrossentropy(from_logits=True)
    for which, end, loss in [
        ("several", [L.Dense(4), L.Activation("log_softmax")], logits),
        ("several", lambda h: ops.log_softmax(L.Dense(4)(h)), logits),
        ("several", [L.Dense(4, "softmax")], "kl_divergence"),
        ("several", lambda h: L.Softmax()(L.Dense(4)(h)), "categorical_focal_crossentropy"),
        ("binary", [L.Dense(2, "softmax")], "binary_crossentropy"),
        ("binary", [L.Dense(1, kernel_initializer="zeros"), L.Activation("sigmoid")], "binary_crossentropy"),
        ("binary", lambda h: L.Dense(1)(h) + L.Dense(1)(h), losses.BinaryCrossentropy(from_logits=True)),
        ("number", [L.Dense(1, kernel_initializer="zeros")], "log_cosh"),
        ("number", lambda h: L.Add()([L.Dense(1)(h), L.Dense(1)(h)]), "mae"),
    ]:  # fmt: skip
        mark = head(which, end, loss)
        assert (mark.points, mark.message.en) == (10, "Well done."), (which, loss, mark)


def test_an_activation_applied_twice_is_no_last_layer(keras, head):
    L = keras.layers
    for which, end, loss in [
        ("binary", [L.Dense(1, "sigmoid"), L.Activation("sigmoid")], "binary_crossentropy"),
        ("binary", [L.Dense(1, "relu"), L.Activation("sigmoid")], "binary_crossentropy"),
        ("several", [L.Dense(4, "softmax"), L.Softmax()], "sparse_categorical_crossentropy"),
        ("several", [L.Dense(4, "relu"), L.Softmax()], "sparse_categorical_crossentropy"),
        ("number", [L.Dense(1, "relu"), L.Activation("tanh")], "mse"),
    ]:
        mark = head(which, end, loss)
        assert mark.points <= 5, (which, end, mark)
        assert mark.parts[0].earned == 0


def test_two_mistakes_earn_less_than_each_and_each_part_is_judged_by_itself(keras, head):
    L, losses = keras.layers, keras.losses
    sparse = "sparse_categorical_crossentropy"
    for which, end, loss, last_right, loss_right in [
        ("number", [L.Dense(1, "relu")], "binary_crossentropy", 0, 0),
        ("number", [L.Dense(1, "relu")], "mse", 0, 1),
        ("number", [L.Dense(1)], "binary_crossentropy", 1, 0),
        ("number", [L.Dense(1)], losses.Dice(), 1, 0),
        ("several", [L.Dense(4, "softmax")], "binary_crossentropy", 1, 0),
        ("several", [L.Dense(4, "sigmoid")], "binary_crossentropy", 0, 0),
        ("several", [L.Dense(4, "sigmoid")], sparse, 0, 1),
        ("several", [L.Dense(1, "sigmoid")], "binary_crossentropy", 0, 0),
        ("several", [L.Dense(4, "softmax")], losses.SparseCategoricalCrossentropy(from_logits=True), 1, 0),
        ("binary", [L.Dense(1)], "binary_crossentropy", 1, 0),
        ("binary", [L.Dense(1, "tanh")], "mse", 0, 0),
        ("binary", [L.Dense(1, "sigmoid")], "kl_divergence", 1, 0),
    ]:  # fmt: skip
        mark = head(which, end, loss)
        earned = tuple(part.earned for part in mark.parts[:2])
        assert earned == (last_right, loss_right), (which, end[0].get_config(), loss, mark)
        assert mark.points < 10


def test_the_class_report_does_not_count_a_right_last_layer_as_a_slip(keras, head):
    mark = head("several", [keras.layers.Dense(4, "softmax")], "binary_crossentropy")
    assert "ADV104" in {slip.key for slip in mark.slips}
    assert not [slip for slip in mark.slips if "softmax" in slip.key]


def test_what_is_squeezed_already_and_squeezed_again_is_told_by_the_outputs(keras, head):
    L, losses = keras.layers, keras.losses
    for which, end, loss in [
        ("several", lambda h: L.Softmax()(L.Dense(4)(h) + L.Dense(4)(h)),
         losses.SparseCategoricalCrossentropy(from_logits=True)),
        ("binary", lambda h: keras.ops.sigmoid(L.Dense(1)(h) + L.Dense(1)(h)),
         losses.BinaryCrossentropy(from_logits=True)),
        ("number", lambda h: L.ReLU()(L.Dense(1)(h) + L.Dense(1)(h)), "mse"),
        ("number", lambda h: keras.ops.maximum(L.Dense(1)(h) * 1.0, 0.0), "mse"),
    ]:  # fmt: skip
        assert head(which, end, loss).points < 10


def test_a_model_without_an_input_layer_is_judged_and_not_refused(keras, head):
    L = keras.layers
    for which, end, loss in [
        ("binary", [L.Dense(1, "sigmoid")], "binary_crossentropy"),
        ("several", [L.Dense(4, "softmax")], "sparse_categorical_crossentropy"),
        ("number", [L.Dense(1)], "mse"),
    ]:
        mark = head(which, end, loss, given=False)
        assert (mark.status, mark.points) == ("correct", 10), mark
    stack = keras.Sequential([L.Dense(16, "tanh") for _ in range(4)] + [L.Dense(1)])
    mark = judged("gradient", {"depth": 4, "features": 8, "limit": 1.0}, stack)
    assert mark.points > 0


def damaged(keras, name):
    space = {"keras": keras, "layers": keras.layers}
    exec(faults.code_of(name, SEED), space)
    return space["model"]


@pytest.mark.parametrize("name", list(faults.FAULTS))
def test_leaving_the_loss_out_repairs_nothing(keras, name):
    model = damaged(keras, name)
    model.compile("adam")
    assert judged("repair", {"fault": name, "seed": SEED}, model).points == 0


@pytest.mark.parametrize(
    "activation", ["elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh"]
)
def test_dead_units_are_not_mended_by_another_activation(keras, activation):
    model = damaged(keras, "dead-units")
    for layer in model.layers[:-1]:
        if getattr(layer, "activation", None) is not None:
            layer.activation = keras.activations.get(activation)
    assert judged("repair", {"fault": "dead-units", "seed": SEED}, model).points == 0


def test_a_loss_for_rows_of_0_and_1_is_as_good_a_repair(keras):
    L = keras.layers
    classes = faults.find("sigmoid-on-classes").classes
    model = damaged(keras, "sigmoid-on-classes")
    body = model.layers[:-1]
    for units, points in ((classes, 10), (classes + 5, 6)):
        mended = keras.Sequential(
            [keras.Input(model.input_shape[1:]), *body, L.Dense(units, "softmax")]
        )
        mended.compile("adam", "sparse_categorical_crossentropy")
        assert (
            judged("repair", {"fault": "sigmoid-on-classes", "seed": SEED}, mended).points == points
        )
    mended = keras.Sequential(
        [keras.Input(model.input_shape[1:]), *body, L.Dense(classes, "softmax")]
    )
    mended.compile("adam", "categorical_crossentropy")
    assert judged("repair", {"fault": "sigmoid-on-classes", "seed": SEED}, mended).points == 10


def test_layers_count_as_deep_as_they_bend(keras):
    L = keras.layers

    def points(*body, units=3):
        model = keras.Sequential([keras.Input((8,)), *body, L.Dense(units, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        spec = {"depth": 6, "features": 8, "classes": 3, "limit": 1.0}
        return judged("gradient", spec, model).parts

    def deep(*body):
        return points(*body)[0].earned

    assert deep(*[L.Dense(16, "relu", kernel_initializer="he_normal") for _ in range(6)]) == 1
    assert deep(*[L.Dense(16) for _ in range(5)], *[L.ReLU() for _ in range(6)]) == 0
    alternating = [L.Dense(16, "relu" if n % 2 else None) for n in range(8)]
    assert deep(*alternating) == 0
    start = x = keras.Input((8,))
    x = L.Dense(16)(x)
    for _ in range(6):
        x = x + L.Dense(16)(L.ReLU()(L.BatchNormalization()(x)))
    model = keras.Model(start, L.Dense(3, "softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    spec = {"depth": 6, "features": 8, "classes": 3, "limit": 1.0}
    assert judged("gradient", spec, model).parts[0].earned == 1
    spec["classes"] = 4
    assert judged("gradient", spec, model).points == 0


def test_own_rows_are_not_called_hidden(keras):
    import advisor
    from advisor.grading import problems

    drawn = problems.draw("moons", SEED)
    model = advisor.build(X=drawn.X_train, y=drawn.y_train, seed=0)
    handed_in = submission.Submission({}, {"q": saved(model)}, {}, (), "")
    question = ("q", "score", 10.0, TASKS["binary"][0], {"low": 0.2, "mean": 0.9, "runs": 6})
    opener = _open({"q": model})
    own = marking.mark_one(question, handed_in, opener, data=lambda: drawn)
    assert "your own rows" in own.message.en
    assert "your own" not in marking.mark_one(question, handed_in, opener).message.en
