"""Every row of the table of activations is true on Keras, and in both languages."""

from __future__ import annotations

import inspect
import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import advisor
from advisor.activation_plots import draw_activations
from advisor.activations import ACTIVATIONS, by_rank, hidden_choice
from advisor.errors import OptionError, UnknownNameError
from advisor.expressions import evaluate
from advisor.unlisted import measure

SCALAR = [name for name, row in ACTIVATIONS.items() if row.elementwise]
GRID = np.linspace(-50, 50, 4001)


def in_keras(keras, name):
    """Return the activation as Keras has it."""
    function = getattr(keras.activations, name)
    return (lambda x: function(x, 1.0, 0.0)) if name == "threshold" else function


def keras_slope(keras, name, x, dtype="float64"):
    """Return Keras' own value and derivative, by GradientTape."""
    import tensorflow as tf

    x = tf.constant(x, dtype=dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = in_keras(keras, name)(x)
    return np.asarray(y), np.asarray(tape.gradient(y, x))


def second_moments(row):
    """Return E f(z), E f(z)², E f'(z)² by a plain sum over many points, none on a kink."""
    z = np.linspace(-12, 12, 240_000) + 1e-7
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    y, slope = evaluate(row.f, x=z), evaluate(row.df, x=z)
    return [float(np.trapezoid(v * weight, z)) for v in (y, y**2, slope**2)]


def test_every_activation_of_keras_has_a_row(keras):
    theirs = {f.__name__ for f in vars(keras.activations).values() if inspect.isfunction(f)}
    assert set(ACTIVATIONS) == theirs - {"get", "serialize", "deserialize"}
    assert len(ACTIVATIONS) == 30


@pytest.mark.parametrize("name", SCALAR)
def test_value_and_derivative_are_those_of_keras_kinks_included(name, keras):
    row = ACTIVATIONS[name]
    value, slope = keras_slope(keras, name, GRID)
    assert {x for x, _ in row.kinks} <= set(GRID)
    # Keras keeps some constants in float32: leaky_relu's slope, gelu's √2
    np.testing.assert_allclose(evaluate(row.f, x=GRID), value, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(evaluate(row.df, x=GRID), slope, rtol=1e-7, atol=1e-8)
    for x, taken in row.kinks:
        assert slope[x == GRID] == pytest.approx(taken)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "glu"])
def test_rows_of_numbers_come_out_as_in_keras(name, keras):
    x = np.random.default_rng(0).normal(size=(20, 6)) * 3
    theirs = np.asarray(in_keras(keras, name)(keras.ops.convert_to_tensor(x)))
    np.testing.assert_allclose(evaluate(ACTIVATIONS[name].f, x=x), theirs, rtol=1e-6, atol=1e-9)
    assert ACTIVATIONS[name].keeps_shape == (theirs.shape == x.shape)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=7))
def test_sparsemax_is_the_nearest_point_of_the_simplex(scores):
    x = np.array([scores])
    p = evaluate(ACTIVATIONS["sparsemax"].f, x=x)
    assert p.sum() == pytest.approx(1)
    assert p.min() >= 0
    # optimality of a projection: x − p is the same for all that are above 0, no larger elsewhere
    gap = (x - p)[p > 0]
    assert np.ptp(gap) < 1e-9
    assert ((x - p)[p == 0] <= gap.max() + 1e-9).all()


def test_keras_own_sparsemax_is_wrong_once_two_classes_survive(keras):
    theirs = np.asarray(keras.activations.sparsemax(keras.ops.convert_to_tensor([[1.0, 0.9]])))
    if keras.__version__ == "3.15.1":  # the row's pitfall says so; a later Keras may repair it
        np.testing.assert_allclose(theirs, [[0.05, 0.0]], atol=1e-6)
    alone = np.array([[3.0, 1.0, -2.0]])
    np.testing.assert_allclose(evaluate(ACTIVATIONS["sparsemax"].f, x=alone), [[1, 0, 0]])
    np.testing.assert_allclose(np.asarray(keras.activations.sparsemax(alone)), [[1, 0, 0]])
    ours = evaluate(ACTIVATIONS["sparsemax"].f, x=np.array([[1.0, 0.9]]))
    np.testing.assert_allclose(ours, [[0.55, 0.45]])


@pytest.mark.parametrize("name", SCALAR)
def test_a_row_is_what_measuring_the_function_finds(name, keras):
    """The second referee: bounds, kinks, slopes, gains and critical points found from outside."""
    row, seen = ACTIVATIONS[name], measure(in_keras(keras, name))
    for field in ("lower_reached", "upper_reached", "monotone", "saturates", "zero_centred"):
        assert getattr(seen, field) == getattr(row, field), field
    for field in ("lower", "upper", "max_slope", "mean", "gain_forward", "gain_backward"):
        assert getattr(seen, field) == pytest.approx(getattr(row, field), rel=2e-6, abs=2e-6), field
    kinks = [] if name == "celu" else row.kinks  # there it is the backend that is wrong, at a point
    assert np.allclose(np.array(seen.kinks), np.array(kinks))
    assert [p.sigma_b for p in seen.critical] == [p.sigma_b for p in row.critical]
    for found, told in zip(seen.critical, row.critical, strict=True):
        assert found.sigma_w == pytest.approx(told.sigma_w, rel=2e-5)
        assert found.q == (None if told.q is None else pytest.approx(told.q, rel=2e-5, abs=1e-9))
        assert found.stability == pytest.approx(told.stability, rel=1e-4)


def test_a_function_of_ones_own_is_measured(keras):
    row = advisor.activation(lambda x: x * keras.ops.sigmoid(1.702 * x))
    assert row.title.en == "a function of yours, measured"
    assert (row.monotone, row.saturates, row.lower_reached) == (False, "left", True)
    assert row.gain_forward == pytest.approx(1.53, abs=0.02)  # nearly gelu
    assert "VarianceScaling" in str(row)
    row.plot()
    leaky = advisor.activation(keras.layers.LeakyReLU(negative_slope=0.3))
    assert leaky.kinks == ((0.0, pytest.approx(0.3)),)
    assert leaky.gain_forward == pytest.approx(1.354571, rel=1e-6)
    assert leaky.initializer == "he_normal"


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: x[..., :1], "Expected one number for each number"),
        (
            lambda x: x / 0 if isinstance(x, str) else x.nonsense,
            "cannot be measured: AttributeError",
        ),
        (lambda x: x - __import__("keras").ops.mean(x, axis=-1, keepdims=True), "not elementwise"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_reason(function, says, keras):
    with pytest.raises(OptionError, match=says):
        advisor.activation(function)


@pytest.mark.parametrize("names", [["relu", "gelu", "silu"], ["softmax"], list(ACTIVATIONS)])
def test_activations_are_drawn_side_by_side(names):
    figure = draw_activations([ACTIVATIONS[name] for name in names])
    assert [axis.get_title() for axis in figure.axes] == names


@pytest.mark.parametrize("name", SCALAR)
@given(x=st.floats(-16, 16))
def test_the_derivative_is_the_slope(name, x):
    row = ACTIVATIONS[name]
    assume(all(abs(x - kink) > 1e-3 for kink, _ in row.kinks))
    step = 1e-5
    slope = (evaluate(row.f, x=np.float64(x + step)) - evaluate(row.f, x=np.float64(x - step))) / (
        2 * step
    )
    assert evaluate(row.df, x=np.float64(x)) == pytest.approx(slope, rel=1e-6, abs=2e-5)


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
    inner = np.linspace(-3, 3, 600_001)  # where those with a hollow have it
    y = evaluate(row.f, x=np.concatenate([[-1e9, -30.0, 30.0, 1e9], inner]))
    for bound, extreme in ((row.lower, y.min()), (row.upper, y.max())):
        assert abs(extreme) > 1e6 if math.isinf(bound) else abs(extreme - bound) < 1e-9


@pytest.mark.parametrize("name", SCALAR)
def test_the_largest_slope_is_the_largest(name):
    row = ACTIVATIONS[name]
    if math.isinf(row.max_slope):
        assert np.abs(evaluate(row.df, x=np.array([700.0]))).max() > 1e300
        return
    grid = GRID[~np.isin(GRID, [x for x, _ in row.kinks])]
    assert np.abs(evaluate(row.df, x=grid)).max() <= row.max_slope * (1 + 1e-9)
    if row.max_slope_at is None:  # only towards infinity
        reach = np.abs(evaluate(row.df, x=np.array([-1e9, 1e9]))).max()
        assert reach == pytest.approx(row.max_slope)
    else:
        near = row.max_slope_at + np.array([-1e-7, 0, 1e-7])
        assert np.abs(evaluate(row.df, x=near)).max() == pytest.approx(row.max_slope, rel=1e-6)


@pytest.mark.parametrize("name", SCALAR)
def test_saturation_is_where_the_slope_vanishes(name):
    row = ACTIVATIONS[name]
    left, right = np.abs(evaluate(row.df, x=np.array([-700.0, 700.0]))) < 1e-5
    assert {"no": (0, 0), "left": (1, 0), "right": (0, 1), "both": (1, 1)}[row.saturates] == (
        left,
        right,
    )


@pytest.mark.parametrize("name", SCALAR)
def test_gains_keep_a_normal_variable_at_size_one(name):
    row = ACTIVATIONS[name]
    mean, forward, backward = second_moments(row)
    assert forward**-0.5 == pytest.approx(row.gain_forward, rel=1e-5)
    assert backward**-0.5 == pytest.approx(row.gain_backward, rel=3e-5)
    assert mean == pytest.approx(row.mean, abs=1e-5)


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
    with pytest.raises(UnknownNameError, match="Did you mean 'relu'") as caught:
        advisor.activation("rleu")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - as from a cluster's worker
    assert (type(again), str(again)) == (UnknownNameError, str(caught.value))


def test_the_rule_for_hidden_layers_is_the_lectures():
    assert [row.name for row in by_rank()][:3] == ["relu", "leaky_relu", "tanh"]
    assert ACTIVATIONS["sigmoid"].hidden.rank is None
    assert hidden_choice("sigmoid").value == "sigmoid"
    assert "0.25" in str(hidden_choice("sigmoid").reason)
