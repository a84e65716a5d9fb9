"""Advice: the lecture's rule, its reasons, where it stops, and what y tells."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import advisor
from advisor.errors import OptionError
from advisor.tasks import TASKS

RULE = {  # the lecture's own answers
    "二分类": ("sigmoid", "BinaryCrossentropy"),
    "多分类": ("softmax", "SparseCategoricalCrossentropy"),
    "回归": ("linear", "MeanSquaredError"),
}


@pytest.mark.parametrize("task", RULE)
def test_the_lectures_rule_is_given(task):
    advice = advisor.recommend(task)
    assert (advice.activation, advice.loss.value) == RULE[task]
    assert (advice.hidden.value, advice.initializer) == ("relu", "he_normal")
    assert [other.value for other in advice.hidden.alternatives][:2] == ["leaky_relu", "tanh"]
    assert "sigmoid" in [bad.value for bad in advice.hidden.avoid]


def test_why_not_softmax_of_one_unit_is_answered():
    avoid = {bad.value: str(bad.why) for bad in advisor.recommend("binary").last.avoid}
    assert "a single unit always gets all of it" in avoid["softmax(1)"]


@pytest.mark.parametrize("name", TASKS)
def test_where_the_rule_stops_is_told(name):
    shown = str(advisor.recommend(name))
    for place in ("very deep plain stacks", "small tables", "recurrent"):
        assert place in shown


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("speak", ["en", "zh"])
def test_advice_reads_as_reviewed(name, speak, golden):
    advisor.set_language(speak)
    golden(f"recommend_{name}_{speak}", str(advisor.recommend(name)))


@pytest.mark.parametrize("name", TASKS)
def test_advice_is_plain_json(name):
    advice = advisor.recommend(name)
    assert json.loads(json.dumps(advice.to_dict()))["activation"] == advice.activation
    assert advice._repr_html_().startswith('<div class="advisor">')


# y -> (task, sure, what is said to be unknown): the specification of the guess
EXAMPLES = [
    ([0, 1, 1, 0], "binary", "certain", ""),
    ([-1, 1, 1, -1], "binary", "certain", ""),
    ([True, False, True], "binary", "certain", ""),
    (["yes", "no", "no"], "binary", "certain", ""),
    ([0.0, 1.0, 1.0], "binary", "certain", ""),
    ([3, 7, 7, 3], "binary", "likely", ""),
    ([0, 1, 2, 1, 0, 2, 0], "multiclass", "likely", "counts"),
    ([1, 2, 3, 1, 2, 3, 1], "multiclass", "likely", "counts"),
    ([0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 2.0], "multiclass", "likely", "counts"),
    (["a", "b", "c"], "multiclass", "certain", ""),
    ([0, 4, 9, 0, 4, 9, 17, 0], "multiclass", "unsure", "counts"),
    ([-0.5, 0.2, 3.1], "regression", "certain", ""),
    ([0.5, 0.2, 0.1], "regression", "likely", "share"),
    ([0.5, 20.2, 3.1], "regression", "likely", "positive"),
    (np.arange(25.0), "regression", "likely", "classes|labels"),
    ([[0, 1, 1], [1, 0, 0]], "multilabel", "certain", ""),
    ([[0, 1, 0], [1, 0, 0]], "multiclass", "likely", "multilabel"),
    ([[0.2, 0.8], [0.5, 0.5]], "multiclass", "likely", "soft labels"),
    ([[0.2, 0.9], [-0.5, 0.5]], "regression", "certain", ""),
    ([[3, 4], [5, 6]], "regression", "unsure", "several targets"),
]


@pytest.mark.parametrize(("y", "task", "sure", "unknown"), EXAMPLES)
@pytest.mark.filterwarnings("ignore::advisor.errors.AdvisorWarning")
def test_the_task_is_read_off_y_and_doubts_are_told(y, task, sure, unknown):
    advice = advisor.recommend(y=y)
    assert (advice.task, advice.sure) == (task, sure)
    said = " ".join(str(note) for note in advice.unknown)
    assert any(word in said for word in unknown.split("|")) if unknown else not said


def test_counts_are_asked_about():
    advice = advisor.recommend(y=np.random.default_rng(0).poisson(2, 300))
    assert "task 'count'" in str(advice)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=30), st.randoms(use_true_random=False))
@pytest.mark.filterwarnings("ignore::advisor.errors.AdvisorWarning")
def test_the_guess_ignores_the_order_of_rows(labels, random):
    shuffled = list(labels)
    random.shuffle(shuffled)
    first, second = advisor.recommend(y=labels), advisor.recommend(y=shuffled)
    assert first.to_dict() == second.to_dict()


def test_the_diabetes_target_is_a_quantity_though_it_is_whole():
    data = advisor.load("diabetes")
    assert advisor.recommend(X=data.X_train, y=data.y_train).task == "regression"


def test_a_named_task_wins_over_the_guess():
    assert advisor.recommend("count", y=[0, 1, 2, 3]).task == "count"
    assert advisor.recommend("regression", y=[0, 1, 2, 3]).sure is None


def test_nothing_to_advise_on_is_an_error():
    with pytest.raises(OptionError, match="Expected a task, or X and y"):
        advisor.recommend()
