"""The ready assignments, and the problems and values they stand on."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor.errors import OptionError, UnknownNameError
from advisor.grading import rendering, source, variants
from advisor.grading.faults import FAULTS
from advisor.grading.problems import HIDDEN, PROBLEMS, TRAIN, draw
from advisor.grading.values import VALUES, curve, has_curve, value_of

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")
ROOT = Path(__file__).resolve().parents[1] / "templates" / "assignments"
NAMES = ["by-hand", "dying-relu", "six-models", "three-heads", "vanishing"]
SEEDS = st.integers(0, 2**256 - 1)


# problems


def score(y, p, task):
    return (y == p).mean() if task != "regression" else 1 - ((y - p) ** 2).mean() / y.var()


@pytest.mark.parametrize("name", PROBLEMS)
@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_a_seed_draws_the_same_rows_with_every_class(name, seed):
    row = PROBLEMS[name]
    most = None if row.classes is None else row.classes[1]
    data, again = draw(name, seed, most), draw(name, seed, most)
    assert data.X_train.shape == (TRAIN, row.features)
    assert data.X_test.shape == (HIDDEN, row.features)
    for part in ("X_train", "y_train", "X_test", "y_test"):
        assert np.array_equal(getattr(data, part), getattr(again, part))
        assert np.isfinite(getattr(data, part)).all()
    assert data.X_train.dtype == np.float64
    if most is None:
        assert data.y_train.dtype == np.float64
        assert data.y_train.min() < -0.5 < 0.5 < data.y_train.max()
    else:
        assert data.y_train.dtype == np.int64
        assert set(data.y_train) == set(data.y_test) == set(range(data.classes))


@pytest.mark.parametrize("name", PROBLEMS)
def test_nothing_need_be_scaled(name):
    for seed in range(5):
        data = draw(name, seed)
        assert (np.abs(data.X_train.mean(axis=0)) < 0.9).all()
        assert ((data.X_train.std(axis=0) > 0.3) & (data.X_train.std(axis=0) < 1.8)).all()
        assert np.abs(data.y_train).max() < 8


@pytest.mark.parametrize("name", PROBLEMS)
def test_students_rows_differ(name):
    one, two = draw(name, 1), draw(name, 2)
    assert not np.array_equal(one.X_train, two.X_train)
    assert not np.isin(one.X_train[:, 0], one.X_test[:, 0]).any()


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_small_network_beats_the_constant_and_leaves_room(name, keras):
    data = draw(name, 2**255 + 1)
    model = advisor.build(data.task, X=data.X_train, y=data.y_train, seed=0)
    model.optimizer.learning_rate = 0.01
    advisor.fit(model, data.X_train, data.y_train, epochs=60, seed=0, verbose=0)
    p = model.predict(data.X_test, verbose=0)
    p = p.argmax(axis=1) if data.task == "multiclass" else p[:, 0]
    p = p > 0.5 if data.task == "binary" else p
    reached = score(data.y_test, p, data.task)
    assert 0.85 < reached < 0.995 if data.task != "regression" else 0.7 < reached < 0.98


def test_unknown_problems_and_impossible_classes_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'spirals'"):
        draw("spiral", 0)
    with pytest.raises(OptionError, match=r"'spirals' has 3 to 6 classes\. Received: 7"):
        draw("spirals", 0, 7)
    with pytest.raises(OptionError, match=r"'moons' has 2 classes\. Received: 3"):
        draw("moons", 0, 3)
    with pytest.raises(OptionError, match="'waves' has no classes"):
        draw("waves", 0, 2)


# values


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"value": "max-slope", "activation": "sigmoid", "power": 3}, 1 / 64),
        ({"value": "output", "activation": "sigmoid", "x": 0}, 0.5),
        ({"value": "slope", "activation": "tanh", "x": 0.5}, 1 - np.tanh(0.5) ** 2),
        ({"value": "slope", "activation": "leaky_relu", "x": -3.0, "power": 2}, 0.04),
        ({"value": "chain", "activation": "sigmoid", "sums": [0, 0], "weights": [2, -4]}, -0.5),
        ({"value": "chain", "activation": "relu", "sums": [1, 2, -1]}, 0.0),
        ({"value": "layers-until", "activation": "sigmoid", "limit": 0.001}, 5),
        ({"value": "layers-until", "factor": 0.1, "limit": 0.002}, 3),
        ({"value": "delta-factor", "activation": "relu", "initializer": "he_normal"}, 1.0),
        ({"value": "delta-factor", "activation": "relu", "stddev": 0.05, "units": 200}, 0.5),
        ({"value": "kernel-std", "activation": "relu", "fan_in": 200}, 0.1),
        ({"value": "dead-bias", "weights": [1.5, -2.0, 0.5]}, -2.0),
        ({"value": "softmax", "scores": [0.0, 0.0, 0.0, 0.0], "class": 2}, 0.25),
        ({"value": "cross-entropy", "scores": [0.0, 0.0], "class": 1}, np.log(2)),
        ({"value": "cross-entropy", "p": 0.5}, np.log(2)),
        ({"value": "chance-loss", "classes": 10}, np.log(10)),
        ({"value": "shown-slope", "activation": "gelu", "read": "where"}, np.sqrt(2)),
        ({"value": "shown-slope", "activation": "silu", "read": "highest"}, 1.0998393),
    ],
)
def test_values_are_what_is_worked_out_by_hand(spec, wanted):
    assert value_of(spec) == pytest.approx(wanted, rel=5e-3, abs=1e-9)


@settings(deadline=None)
@given(limit=st.floats(0.001, 0.2), name=st.sampled_from(["sigmoid", "tanh", "softsign"]))
def test_beyond_saturation_the_slope_stays_under_the_limit(limit, name):
    x = value_of({"value": "saturates-beyond", "activation": name, "limit": limit})
    slope = {"value": "slope", "activation": name}
    assert value_of({**slope, "x": x}) == pytest.approx(limit, rel=1e-6)
    assert value_of({**slope, "x": x + 1}) < limit


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "silu", "tanh"])
@pytest.mark.parametrize("initializer", ["glorot_uniform", "he_normal"])
def test_the_delta_ratio_is_what_signal_foretells(activation, initializer, keras):
    stack = [
        keras.layers.Dense(32, activation=activation, kernel_initializer=initializer)
        for _ in range(7)
    ]
    model = keras.Sequential([keras.Input((8,)), *stack, keras.layers.Dense(3)])
    spec = {"activation": activation, "initializer": initializer, "depth": 7, "units": 32}
    foretold = value_of({"value": "delta-ratio", **spec, "features": 8})
    assert foretold == pytest.approx(advisor.signal(model).log10_delta_ratio, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS)
def test_what_is_read_off_a_curve_can_be_seen_on_it(seed):
    (epoch, train), (_, held) = curve({"value": "curve", "seed": seed}).values()
    read = {
        r: value_of({"value": "curve", "read": r, "seed": seed})
        for r in ("best-epoch", "final-gap")
    }
    assert 15 < read["best-epoch"] < 50
    assert held[int(read["best-epoch"]) - 1] == held.min()
    assert held[-1] > held.min() + 0.03
    assert read["final-gap"] == held[-1] - train[-1] > 0.1
    assert epoch[0] == 1

    sums = [z for _, z in curve({"value": "dead-share", "seed": seed}).values()]
    dead = [z.max() for z in sums if z.max() <= 0]
    alive = [z.max() for z in sums if z.max() > 0]
    assert value_of({"value": "dead-share", "seed": seed}) == len(dead) / len(sums)
    assert 0 < len(dead) < len(sums)
    assert max(dead) <= -0.2 < 0.2 < min(alive)
    off = value_of({"value": "off-share", "seed": seed})
    assert len(dead) / len(sums) < off < 1

    ((layer, size),) = curve({"value": "layer-factor", "seed": seed}).values()
    steepness = np.polyfit(layer, size, 1)[0]
    factor = value_of({"value": "layer-factor", "seed": seed})
    assert factor == pytest.approx(10**-steepness, rel=0.02)
    assert 0.19 < factor < 0.76


def test_only_what_is_read_off_has_a_curve():
    assert has_curve({"value": "dead-share"})
    assert not has_curve({"value": "max-slope"})
    with pytest.raises(UnknownNameError, match="value with a curve"):
        curve({"value": "max-slope"})


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ({"value": "slop"}, "Did you mean 'slope'"),
        ({"value": "slope", "activation": "relu"}, "'slope' needs 'x'"),
        ({"value": "max-slope", "activation": "glu"}, "'glu' has no largest slope"),
        ({"value": "curve", "read": "x", "seed": 0}, "Unknown way of reading 'x'"),
        ({"value": "shown-slope", "activation": "relu", "read": "x"}, "Unknown way of reading"),
        ({"value": "saturates-beyond", "activation": "relu", "limit": 0.1}, "does not stay under"),
        ({"value": "layers-until", "factor": 1.5, "limit": 0.1}, "between 0 and 1"),
        ({"value": "layers-until", "factor": 0.99999, "limit": 1e-9}, "leaves too much"),
        ({"value": "delta-ratio", "activation": "softmax", "depth": 3}, "not elementwise"),
        (
            {"value": "delta-ratio", "activation": "relu", "initializer": "xavier", "depth": 3},
            "Unknown initializer 'xavier'",
        ),
        ({"value": "delta-factor", "activation": "softmax"}, "not elementwise"),
        ({"value": "kernel-std", "activation": "softmax", "fan_in": 3}, "not elementwise"),
    ],
)
def test_specs_that_lack_something_are_refused_in_one_line(spec, match):
    with pytest.raises((UnknownNameError, OptionError), match=match) as caught:
        value_of(spec)
    assert "\n" not in str(caught.value)


# assignments


@pytest.fixture(params=NAMES)
def made(request, tmp_path):
    """An assignment as `new` writes it, with a key of its own."""
    folder = tmp_path / request.param
    shutil.copytree(ROOT / request.param, folder)
    table = folder / "assignment.toml"
    text = table.read_text(encoding="utf-8")
    assert not re.search("^key", text, re.MULTILINE), "`new` writes the key"
    table.write_text(f'key = "{"0123456789abcdef" * 2}"\n{text}', encoding="utf-8")
    return source.read(folder)


def specs(made, students=12):
    """Give each question's spec for several students."""
    for student in map(str, range(students)):
        own = variants.values(made, student)
        for name, question in made.questions.items():
            yield name, question, variants.spec_of(question, own), own


def test_assignments_have_an_hours_worth_of_questions_in_both_languages(made):
    assert 6 <= len(made.questions) <= 10
    assert len({one.kind for one in made.questions.values()}) >= 2
    for question in made.questions.values():
        assert question.text.en
        assert re.search("[\u4e00-\u9fff]", question.text.zh)
        assert all(hint.en and hint.zh for hint in question.hints)  # a formula is the same in both
        assert len(question.hints) >= 2
        for reason in question.spec.get("why", ()):
            assert set(reason) <= {"en", "zh", "right"}
            assert re.search("[\u4e00-\u9fff]", reason["zh"])


def test_every_variant_has_an_answer(made):
    for name, question, spec, own in specs(made):
        assert "{" not in variants.text_of(question.text, own).en, name
        if question.kind == "number":
            assert np.isfinite(value_of(spec))
            assert spec["value"] in VALUES
        elif question.kind in {"head", "score"}:
            draw(spec["problem"], spec["seed"], spec.get("classes"))
        elif "fault" in spec:
            codes = FAULTS[spec["fault"]].codes
            shown = [advisor.rule(one).code for one in spec.get("options", codes)]
            assert set(codes) & set(shown), f"{name} does not offer {codes}"


def test_exactly_one_reason_is_right(made):
    for question in made.questions.values():
        reasons = question.spec.get("why")
        assert reasons is None or [bool(one.get("right")) for one in reasons].count(True) == 1


def test_variants_differ(made):
    seen = {str(variants.values(made, str(student))) for student in range(30)}
    assert len(seen) == 30


def test_starters_hold_a_gap_for_each_question_and_no_solution(made):
    files = rendering.files(made, "007")
    code = files[f"{made.name}.py"]
    for name in made.questions:
        assert re.search(rf"^{name} = \.\.\.", code, re.MULTILINE)
        assert f"{name}={name}" in code
    assert "SOLUTION" not in code
    assert "{{" not in code
    assert ".repair()" not in code
    assert 'get("right")' not in code
    ast.parse(code)
    ast.parse(rendering.files(made, "007", solved=True)[f"{made.name}.py"])


def test_claims_of_the_lecture_exist(made):
    from advisor.lecture import CLAIMS

    first = made.code.split("# %%")[1].partition("\n")[2]
    claims = next(
        ast.literal_eval(node.value)
        for node in ast.parse(first).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "LECTURE"
    )
    assert set(claims) <= set(CLAIMS)


def test_a_language_may_be_left_out(made):
    chinese = rendering.files(made, "007", language="zh")[f"{made.name}.py"]
    assert 'lang="en"' not in chinese
    assert "交作业" in chinese


@pytest.mark.slow
def test_the_reference_scores_full_points_and_the_starter_none(made):
    from advisor.grading.proving import prove

    assert prove(made)[1].out_of > 0


def test_all_assignments_are_tried_here():
    assert sorted(folder.name for folder in ROOT.iterdir()) == NAMES
