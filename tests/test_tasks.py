"""The table of tasks: complete, bilingual, and true on Keras."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from advisor import _shelf, datasets
from advisor.activations import ACTIVATIONS
from advisor.choices import Choice
from advisor.contracts import CLAUSES
from advisor.errors import UnknownNameError
from advisor.expressions import evaluate
from advisor.lecture import CLAIMS
from advisor.recommendation import LIMITS
from advisor.tasks import LECTURE, TASKS, find_task
from advisor.text import Text


def texts(thing, where=""):
    """Walk through rows and give every Text in them."""
    if isinstance(thing, Text):
        yield where, thing
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from texts(getattr(thing, field.name), f"{where}.{field.name}")
    elif isinstance(thing, (tuple, list)):
        for i, item in enumerate(thing):
            yield from texts(item, f"{where}[{i}]")
    elif isinstance(thing, dict):
        for key, item in thing.items():
            yield from texts(item, f"{where}.{key}")


def is_chinese(words: str) -> bool:
    return any("一" <= c <= "鿿" for c in words)


@pytest.mark.parametrize(
    "table",
    [TASKS, CLAUSES, CLAIMS, list(LIMITS)],
    ids=["tasks", "clauses", "claims", "limits"],
)
def test_every_explanation_exists_in_both_languages(table):
    found = list(texts(table))
    assert found
    for where, text in found:
        assert text.en.strip(), where
        assert not is_chinese(
            text.en.replace("二分类", "").replace("多分类", "").replace("回归", "")
        ), where
        assert is_chinese(text.zh) or text.zh == text.en or "{" in text.zh, (where, text.zh)


@pytest.mark.parametrize("name", TASKS)
def test_a_row_names_what_exists(name, keras):
    row = TASKS[name]
    assert row.name == name
    assert hasattr(keras.losses, row.loss.value)
    assert hasattr(keras.activations, row.last.value)
    assert all(hasattr(keras.metrics, metric) for metric in row.metrics.value.split(", "))
    assert set(row.contract) <= set(CLAUSES)
    known = _shelf.names(datasets)
    assert row.dataset in known
    assert row.confirm_on in known
    assert name not in known, "no data set bears a task's name"
    for choice in (row.last, row.loss, row.optimizer, row.metrics, row.labels, row.bias_start):
        assert isinstance(choice, Choice)
        assert choice.formula
        assert str(choice.source)
    if row.onehot:
        assert hasattr(keras.losses, row.onehot.loss)


@pytest.mark.parametrize("name", TASKS)
def test_each_wrong_last_layer_is_one_to_avoid(name):
    row = TASKS[name]
    avoided = {choice.value.split("(")[0] for choice in row.last.avoid}
    assert {wrong.activation for wrong in row.wrong} <= avoided
    assert row.wrong


@pytest.mark.parametrize("name", LECTURE)
def test_the_lectures_tasks_use_the_lectures_activations(name):
    assert TASKS[name].last.value in ACTIVATIONS


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("二分类", "binary"),
        ("多分类", "multiclass"),
        ("回归", "regression"),
        ("多标签", "multilabel"),
        (" Binary ", "binary"),
        ("multi-class", "multiclass"),
        ("计数", "count"),
        ("比例", "share"),
        ("正数", "positive"),
    ],
)
def test_tasks_are_found_by_english_and_chinese_names(word, name):
    assert find_task(word).name == name


def test_an_unknown_task_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'multiclass'"):
        find_task("multiclas")


def canonical(name):
    """Targets and outputs of a task, as the lines of its row take them."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(40, 3 if TASKS[name].units == "K" else 1))
    y = {
        "binary": rng.integers(0, 2, (40, 1)),
        "multiclass": rng.integers(0, 3, 40),
        "multilabel": rng.integers(0, 2, (40, 3)),
        "regression": rng.normal(size=(40, 1)),
        "positive": rng.exponential(size=(40, 1)) + 0.1,
        "count": rng.poisson(2, (40, 1)),
        "share": rng.random((40, 1)),
    }[name]
    return z, y


@pytest.mark.parametrize("name", TASKS)
def test_the_loss_in_numpy_is_that_of_keras(name, keras):
    z, y = canonical(name)
    row = TASKS[name]
    p = np.asarray(getattr(keras.activations, row.last.value)(z.astype("float32")))
    expected = float(getattr(keras.losses, row.loss.value)()(y.astype("float32"), p))
    assert evaluate(row.loss_line, y=y, p=p.astype(float)) == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize("name", TASKS)
def test_no_constant_beats_the_prior(name):
    _, y = canonical(name)
    row = TASKS[name]
    prior = np.asarray(evaluate(row.prior, y=y), dtype=float)
    shape = (len(y), 3) if name == "multiclass" else y.shape
    best = evaluate(row.loss_line, y=y, p=np.broadcast_to(prior, shape))
    rng = np.random.default_rng(1)
    for _ in range(50):
        other = prior * np.exp(rng.normal(scale=0.1, size=prior.shape))
        if name == "multiclass":
            other /= other.sum()
        assert evaluate(row.loss_line, y=y, p=np.broadcast_to(other, shape)) >= best - 1e-12


@pytest.mark.parametrize("name", TASKS)
def test_the_bias_gives_the_prior(name, keras):
    _, y = canonical(name)
    row = TASKS[name]
    prior = np.atleast_1d(evaluate(row.prior, y=y))
    bias = np.atleast_1d(evaluate(row.bias, y=y, prior=prior))[None, :].astype("float32")
    p = np.asarray(getattr(keras.activations, row.last.value)(bias))[0]
    np.testing.assert_allclose(p, prior, rtol=1e-5)


@pytest.mark.parametrize("name", [n for n in TASKS if n != "positive"])
def test_with_its_loss_the_gradient_is_prediction_minus_target(name, keras):
    """The canonical link: dL/dz = p − y for each row (twice that for the squared error)."""
    import tensorflow as tf

    z, y = canonical(name)
    row = TASKS[name]
    z = tf.constant(z, dtype=tf.float32)
    loss = getattr(keras.losses, row.loss.value)(reduction="sum")
    with tf.GradientTape() as tape:
        tape.watch(z)
        p = getattr(keras.activations, row.last.value)(z)
        value = loss(y.astype("float32"), p)
    onehot = np.eye(3)[y] if name == "multiclass" else y
    slope = np.asarray(p) - onehot
    slope *= {"regression": 2, "multilabel": 1 / 3}.get(name, 1)
    np.testing.assert_allclose(np.asarray(tape.gradient(value, z)), slope, atol=2e-5)


def test_the_message_of_softmax_over_one_unit_is_true(keras):
    z = np.random.default_rng(0).normal(size=(9, 1)).astype("float32")
    with pytest.warns(UserWarning, match="axis"):
        assert np.asarray(keras.activations.softmax(z)) == pytest.approx(1, abs=1e-6)
