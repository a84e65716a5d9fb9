"""What the intervals promise holds: on made-up scores whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.uncertainty import FEWEST, Difference, differences, letters, median_interval

NORMAL = "normal"
COARSE = "a few test rows right or wrong"
SKEWED = "skewed"


def scores(kind, rng, shape):
    """Draw scores of alternatives that do not differ; seeds move all of them together."""
    seed = rng.normal(0, 0.05, shape[1])
    noise = {
        NORMAL: lambda: rng.normal(0, 0.02, shape),
        COARSE: lambda: rng.integers(-1, 2, shape) / 38,
        SKEWED: lambda: -rng.exponential(0.02, shape),
    }[kind]()
    return 0.9 + seed + noise


@pytest.mark.parametrize("kind", [NORMAL, COARSE, SKEWED])
@pytest.mark.parametrize("n", [5, 10, 25])
def test_equal_alternatives_are_called_different_in_few_studies(kind, n):
    """At most 1 study of 20 may name any winner among four; the bar leaves room for chance."""
    rng = np.random.default_rng(n)
    wrong = sum(
        any(pair.told_apart for pair in differences(scores(kind, rng, (4, n))).values())
        for _ in range(200)
    )
    assert wrong / 200 <= 0.08


def test_a_real_difference_is_found():
    rng = np.random.default_rng(0)
    found = sum(
        differences(scores(NORMAL, rng, (4, 10)) + np.eye(4)[0][:, None] * 0.08)[0, 1].told_apart
        for _ in range(50)
    )
    assert found >= 48


def test_shared_seeds_tell_apart_what_single_scores_hide():
    rng = np.random.default_rng(1)
    base = rng.normal(0.8, 0.1, 10)
    pair = np.stack([base + 0.01 + rng.normal(0, 0.002, 10), base])
    assert differences(pair)[0, 1].told_apart
    low, high = median_interval(pair[0])
    assert low < np.median(pair[1]) < high


@pytest.mark.parametrize("n", range(1, FEWEST))
def test_few_seeds_tell_nothing_apart(n):
    found = differences(np.stack([np.ones(n), np.zeros(n)]))[0, 1]
    assert found.value == 1
    assert not found.told_apart


def test_the_same_scores_everywhere_are_no_difference():
    found = differences(np.full((3, 10), 0.95))
    assert all(pair == Difference(0.0, 0.0, 0.0, told_apart=False) for pair in found.values())


def test_one_alternative_has_nothing_to_be_compared_with():
    assert differences(np.ones((1, 5))) == {}


@given(st.lists(st.floats(-10, 1), min_size=1, max_size=30))
def test_the_interval_holds_the_median(values):
    low, high = median_interval(values)
    assert low <= np.median(values) <= high


def test_the_intervals_cover_the_median_of_the_population():
    rng = np.random.default_rng(2)
    inside = sum(
        low <= 0 <= high for low, high in (median_interval(rng.normal(size=15)) for _ in range(300))
    )
    assert inside / 300 >= 0.92


def test_answers_do_not_depend_on_the_unit_of_the_score():
    rng = np.random.default_rng(3)
    first = rng.normal(size=(3, 10))
    one, ten = differences(first), differences(10 * first + 5)
    for pair in one:
        assert one[pair].told_apart == ten[pair].told_apart
        np.testing.assert_allclose(ten[pair].high, 10 * one[pair].high, rtol=1e-9)


@given(st.integers(2, 7), st.randoms())
def test_two_alternatives_share_a_letter_exactly_where_they_are_not_told_apart(count, random):
    found = {
        (a, b): Difference(1.0, 0.0, 2.0, told_apart=random.random() < 0.4)
        for a in range(count)
        for b in range(a + 1, count)
    }
    given = letters(count, found)
    for (a, b), pair in found.items():
        assert bool(set(given[a]) & set(given[b])) == (not pair.told_apart)
    assert all(given)
