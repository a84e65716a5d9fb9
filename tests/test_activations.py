"""Every row of the table of activations is true on Keras, and in both languages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor
from advisor.activations import ACTIVATIONS, by_rank, hidden_choice
from advisor.errors import UnknownNameError
from advisor.expressions import evaluate

SCALAR = [name for name, row in ACTIVATIONS.items() if row.elementwise]
GRID = np.linspace(-50, 50, 4001)


def keras_slope(keras, name, x):
    """Return Keras' own value and derivative, by GradientTape."""
    import tensorflow as tf

    x = tf.constant(x, dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = getattr(keras.activations, name)(x)
    return np.asarray(y), np.asarray(tape.gradient(y, x))


@pytest.mark.parametrize("name", SCALAR)
def test_value_and_derivative_are_those_of_keras_kinks_included(name, keras):
    row = ACTIVATIONS[name]
    value, slope = keras_slope(keras, name, GRID)
    assert set(row.kinks) <= set(GRID)
    np.testing.assert_allclose(evaluate(row.f, x=GRID), value, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(evaluate(row.df, x=GRID), slope, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", SCALAR)
@given(x=st.floats(-16, 16))
def test_the_derivative_is_the_slope(name, x):
    row = ACTIVATIONS[name]
    if any(abs(x - kink) < 1e-3 for kink in row.kinks):
        return
    step = 1e-5
    slope = (evaluate(row.f, x=np.float64(x + step)) - evaluate(row.f, x=np.float64(x - step))) / (
        2 * step
    )
    assert evaluate(row.df, x=np.float64(x)) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("name", SCALAR)
@given(x=st.floats(-16, 16))
def test_values_stay_in_the_range(name, x):
    row = ACTIVATIONS[name]
    y = float(evaluate(row.f, x=np.float64(x)))
    assert row.lower <= y <= row.upper
    assert row.lower_reached or y > row.lower
    assert row.upper_reached or y < row.upper


@pytest.mark.parametrize("name", SCALAR)
def test_the_range_is_no_wider_than_it_must_be(name):
    row = ACTIVATIONS[name]
    y = evaluate(row.f, x=np.array([-1e9, -30.0, 0.0, 30.0, 1e9]))
    for bound, extreme in ((row.lower, y.min()), (row.upper, y.max())):
        assert abs(extreme) > 1e6 if math.isinf(bound) else abs(extreme - bound) < 1e-9


@pytest.mark.parametrize("name", SCALAR)
def test_the_largest_slope_is_the_largest(name):
    row = ACTIVATIONS[name]
    assert np.abs(evaluate(row.df, x=GRID)).max() == pytest.approx(row.max_slope)


@pytest.mark.parametrize("name", SCALAR)
def test_saturation_is_where_the_slope_vanishes(name):
    row = ACTIVATIONS[name]
    left, right = np.abs(evaluate(row.df, x=np.array([-40.0, 40.0]))) < 1e-6
    assert {"no": (0, 0), "left": (1, 0), "right": (0, 1), "both": (1, 1)}[row.saturates] == (
        left,
        right,
    )


@pytest.mark.parametrize("name", SCALAR)
def test_gains_keep_a_normal_variable_at_size_one(name):
    row = ACTIVATIONS[name]
    z = np.linspace(-12, 12, 240_000)  # no node on a kink at 0
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    for line, gain in ((row.f, row.gain_forward), (row.df, row.gain_backward)):
        second_moment = np.trapezoid(evaluate(line, x=z) ** 2 * weight, z)
        assert second_moment**-0.5 == pytest.approx(gain, rel=1e-5)
    mean = np.trapezoid(evaluate(row.f, x=z) * weight, z)
    assert row.zero_centred == (abs(mean) < 1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_row_reads_well_in_both_languages(name, keras):
    row = ACTIVATIONS[name]
    keras.initializers.get(row.initializer)
    for speak in ("en", "zh"):
        advisor.set_language(speak)
        assert any("一" <= c <= "鿿" for c in str(row)) == (speak == "zh")
    assert row.to_dict()["name"] == name
    assert 'class="advisor"' in row._repr_html_()


def test_softmax_in_numpy_is_that_of_keras_and_sums_to_one(keras):
    x = np.random.default_rng(0).normal(size=(20, 5)) * 20
    y = evaluate(ACTIVATIONS["softmax"].f, x=x)
    np.testing.assert_allclose(y, np.asarray(keras.activations.softmax(x)), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(y.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(evaluate(ACTIVATIONS["softmax"].f, x=x + 3), y, atol=1e-12)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_softmax_of_two_is_the_sigmoid_of_the_difference(a, b):
    pair = evaluate(ACTIVATIONS["softmax"].f, x=np.array([[a, b]]))[0, 0]
    assert pair == pytest.approx(
        float(evaluate(ACTIVATIONS["sigmoid"].f, x=np.float64(a - b))), abs=1e-12
    )


@given(st.floats(-30, 30))
def test_sigmoid_is_symmetric(x):
    f = ACTIVATIONS["sigmoid"].f
    assert evaluate(f, x=np.float64(-x)) == pytest.approx(
        1 - float(evaluate(f, x=np.float64(x))), abs=1e-12
    )


def test_the_jacobian_of_softmax_never_exceeds_one_half():
    rng = np.random.default_rng(0)
    for _ in range(200):
        p = rng.dirichlet(np.full(4, 0.3))
        assert (
            np.linalg.norm(np.diag(p) - np.outer(p, p), 2)
            <= ACTIVATIONS["softmax"].max_slope + 1e-12
        )


def test_float32_slopes_are_exactly_zero_where_the_table_says(keras):
    import tensorflow as tf

    def slope(name, x):
        x = tf.constant(x, dtype=tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = getattr(keras.activations, name)(x)
        return float(tape.gradient(y, x))

    assert slope("sigmoid", 16.64) == 0 < slope("sigmoid", 16.5)
    assert slope("tanh", 7.92) == 0 < slope("tanh", 7.8)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("ReLU", "relu"), ("Leaky ReLU", "leaky_relu"), ("LeakyReLU", "leaky_relu"), ("identity", "linear"),
     ("双曲正切", "tanh"), ("logistic", "sigmoid"), (None, "linear"), ("SoftMax", "softmax")],
)  # fmt: skip
def test_a_row_is_found_by_whatever_people_type(typed, name):
    assert advisor.activation(typed).name == name


def test_a_row_is_found_by_keras_own_function(keras):
    assert advisor.activation(keras.activations.tanh).name == "tanh"


def test_an_unknown_activation_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'relu'"):
        advisor.activation("rleu")


def test_the_rule_for_hidden_layers_is_the_lectures():
    assert [row.name for row in by_rank()][:3] == ["relu", "leaky_relu", "tanh"]
    assert ACTIVATIONS["sigmoid"].hidden.rank is None
    assert hidden_choice("sigmoid").value == "sigmoid"
    assert "0.25" in str(hidden_choice("sigmoid").reason)
