"""The theory: its tables are the means they claim to be, and its maps have known closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import moments, quadrature, tabulation
from advisor.activations import ACTIVATIONS
from advisor.expressions import evaluate
from advisor.meanfield import Link, average, travel
from advisor.moments import Measured, known

NAMES = sorted(name for name, row in ACTIVATIONS.items() if row.elementwise)
SMOOTH = sorted(set(NAMES) - {"exponential", "threshold", "hard_shrink", "soft_shrink"})


def test_every_elementwise_activation_has_its_tables():
    assert sorted(known()) == NAMES


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 640))
def test_tables_hold_what_quadrature_computes(name, node):
    forward, backward = tabulation.squares(ACTIVATIONS[name], moments.Q[node])
    assert known()[name].squares[node] == pytest.approx(forward, rel=1e-6, abs=1e-6)
    assert known()[name].slopes[node] == pytest.approx(backward, rel=1e-6, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SMOOTH), st.floats(-12, 12))
def test_between_the_nodes_the_tables_are_right_to_a_thousandth(name, log2_q):
    row, q = ACTIVATIONS[name], 2.0**log2_q
    places = tuple(x for x, _ in row.kinks)
    square, slope, elasticity, _ = known()[name].means(q, 1.0)
    exact = quadrature.mean(lambda x: evaluate(row.f, x=x) ** 2, q, places)
    assert square == pytest.approx(exact, rel=1e-3)
    exact_slope = quadrature.mean(lambda x: evaluate(row.df, x=x) ** 2, q, places)
    assert slope == pytest.approx(exact_slope, rel=2e-3)
    direct = Measured(lambda x: evaluate(row.f, x=x), lambda x: evaluate(row.df, x=x), places)
    assert elasticity == pytest.approx(direct.means(q, 1.0)[2], abs=0.02)
    assert known()[name].square(np.array([q]))[0] == pytest.approx(square)
    assert known()[name].slope(np.array([q]))[0] == pytest.approx(slope)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SMOOTH), st.floats(-10, 10), st.floats(-7, 0.1))
def test_the_gap_of_two_inputs_is_right_to_two_per_cent(name, log2_q, log10_gap):
    row, q, gap = ACTIVATIONS[name], 2.0**log2_q, 10.0**log10_gap
    places = tuple(x for x, _ in row.kinks)
    exact = quadrature.mean_squared_gap(lambda x: evaluate(row.f, x=x), q, gap, places) / 2
    assert known()[name].means(q, gap)[3] == pytest.approx(exact, rel=0.02)


@settings(max_examples=50)
@given(st.floats(-60, 60), st.floats(1e-12, 1.6))
def test_relu_follows_the_arc_cosine_kernel_at_any_size(log2_q, gap):
    q, c = 2.0**log2_q, 1 - gap
    angle = 2 * math.asin(math.sqrt(gap / 2))
    product = (math.sin(angle) + (math.pi - angle) * c) / (2 * math.pi) * q
    square, slope, elasticity, between = known()["relu"].means(q, gap)
    assert square == pytest.approx(q / 2, rel=1e-3)  # also beyond the table
    assert slope == pytest.approx(0.5)
    assert elasticity == pytest.approx(1, abs=1e-3)
    if gap > 1e-4:  # the closed form loses its digits below
        assert between == pytest.approx(q / 2 - product, rel=0.012)


def dense(name, inputs, weight, bias=0.0):
    return Link(weight, bias, inputs, known()[name])


def test_he_keeps_relu_and_glorot_halves_its_square():
    he, glorot = ([dense("relu", 50, v / 50)] * 20 for v in (2, 1))
    steps = travel(he)
    assert [step.delta for step in steps] == pytest.approx([0] * 20, abs=1e-5)
    assert [step.q for step in steps] == pytest.approx([2] * 20, rel=1e-5)
    steps = travel(glorot)
    assert steps[0].delta == pytest.approx(19 * math.log10(math.sqrt(0.5)), rel=1e-5)
    assert steps[0].kernel - steps[-1].kernel == pytest.approx(0, abs=1e-5)  # it hides the rest
    assert steps[0].chi == pytest.approx(0.5, rel=1e-6)


def test_sigmoid_loses_a_factor_of_about_a_fifth_a_layer():
    first = dense("sigmoid", 64, 2 / (64 + 256))
    steps = travel([first, *[dense("sigmoid", 256, 1 / 256)] * 9])
    assert steps[0].delta == pytest.approx(-5.65, abs=0.02)  # measured: −5.66 ± .03
    assert steps[-1].q == pytest.approx(0.264687, rel=1e-3)
    assert steps[-1].gap < 1e-10


def test_selu_with_lecun_holds_variance_one_and_its_gradient_grows():
    steps = travel([dense("selu", 100, 1 / 100)] * 31)
    assert steps[-1].q == pytest.approx(1, rel=1e-3)
    assert steps[0].delta == pytest.approx(0.45, abs=0.01)


def test_the_elasticity_tells_an_unstable_map_from_a_stable_one():
    gelu = travel([dense("gelu", 100, 2 / 100)] * 30)
    tanh = travel([dense("tanh", 100, 1 / 100)] * 30)
    assert max(step.grows for step in gelu) > 3
    assert max(step.grows for step in tanh) <= 1


def test_a_thousand_layers_neither_underflow_nor_raise():
    steps = travel([dense("sigmoid", 10, 0.1)] * 1000)
    assert steps[0].delta == pytest.approx(-626, abs=3)
    assert len(travel([dense("exponential", 10, 0.9)] * 30)) < 30  # it overflows on the way
    assert len(travel([dense("relu", 10, 1e-40)] * 30)) < 30  # it becomes 0 on the way


def test_inputs_of_several_sizes_are_averaged_as_squares():
    links = [dense("tanh", 100, 2 / 100)] * 6
    small, large = travel(links, 0.1), travel(links, 4.0)
    both = average([small, large])
    assert both[0].delta == pytest.approx(
        math.log10((100 ** small[0].delta + 100 ** large[0].delta) / 2) / 2
    )
    assert average([small]) is small


def test_biases_and_dropout_enter_the_maps():
    plain, biased = (travel([dense("tanh", 64, 1 / 64, bias)] * 2) for bias in (0.0, 0.3))
    assert biased[0].q == pytest.approx(plain[0].q + 0.3)
    dropped = Link(2 / 64, 0.0, 64, known()["relu"], keep=0.5)
    steps = travel([dropped] * 3)
    assert steps[1].q == pytest.approx(2 * steps[0].q)
    assert steps[0].chi == pytest.approx(2)
    assert steps[1].gap == pytest.approx((1 - 1 / math.pi + 1) / 2, rel=1e-2)  # noise of its own


def test_a_bias_that_all_units_share_is_integrated():
    row = ACTIVATIONS["relu"]
    shifted = Measured(lambda x: evaluate(row.f, x=x), lambda x: evaluate(row.df, x=x), (0.0,), -2)
    z = np.random.default_rng(0).normal(size=2_000_000)
    square, slope, _, _ = shifted.means(1.0, 0.5)
    assert square == pytest.approx(np.mean(np.maximum(z - 2, 0) ** 2), rel=0.03)
    assert slope == pytest.approx(np.mean(z > 2), rel=0.02)
