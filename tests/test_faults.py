"""The broken models of the assignments: each has the fault that it is named for, and no other."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor.errors import UnknownNameError
from advisor.grading.faults import FAULTS, code_of
from advisor.grading.looking import hidden_layers
from advisor.grading.problems import PROBLEMS, draw

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")
BY_HAND = {"dead-units"}  # no rule names one change that mends it
SEEDS = st.integers(0, 2**256 - 1)


def broken(name, keras, seed):
    names = {"keras": keras, "layers": keras.layers}
    keras.utils.set_random_seed(seed)
    exec(code_of(name, seed), names)
    return names["model"], draw(FAULTS[name].problem, seed, FAULTS[name].classes)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_what_check_finds_in_the_model_and_in_the_file(name, keras, tmp_path):
    model, data = broken(name, keras, seed=list(FAULTS).index(name))
    report = advisor.check(model, data.X_train, data.y_train)
    assert {one.code for one in report.causes} == set(FAULTS[name].codes)
    file = tmp_path / "model.keras"
    model.save(file)
    seen = advisor.check(file, data.X_train, data.y_train)
    assert {one.code for one in seen.causes} == set(FAULTS[name].codes)
    if name in BY_HAND:
        return
    mended = report.repair()
    assert advisor.check(mended, data.X_train, data.y_train).findings == ()
    mended.save(file)
    clean = advisor.check(file, data.X_train, data.y_train)
    assert clean.findings == ()
    assert hidden_layers(clean.facts) >= FAULTS[name].hidden
    kept = hidden_layers(seen.facts)
    assert kept == FAULTS[name].hidden or name == "no-activation"


@pytest.mark.parametrize("name", FAULTS)
@settings(deadline=None, max_examples=10)
@given(seed=SEEDS)
def test_code_is_plain_keras_and_the_same_for_the_same_seed(name, seed):
    code = code_of(name, seed)
    assert code == code_of(name, seed)
    tree = ast.parse(code)
    loaded = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert loaded <= {"keras", "layers", "model", "range", "_"}
    assert "{" not in code


def test_code_varies_between_students():
    assert len({code_of("softmax-twice", seed) for seed in range(20)}) > 10


def test_titles_speak_both_languages():
    for row in (*FAULTS.values(), *PROBLEMS.values()):
        assert row.title.en
        assert re.search("[\u4e00-\u9fff]", row.title.zh)


def test_an_unknown_fault_is_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'dead-units'"):
        code_of("dead-unit")
