"""Orders of rows, drawn for many seeds at once, are those drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.orders import ahead, order_of, orders_of

SEEDS = st.one_of(st.integers(0, 50), st.integers(0, 2**32 - 1), st.integers(0, 2**70))


@given(st.lists(SEEDS, min_size=1, max_size=5), st.integers(0, 10**6), st.integers(0, 99))
def test_many_at_once_are_those_of_each(seeds, epoch, n):
    found = orders_of(seeds, epoch, n)
    assert found.dtype == np.int32
    for row, seed in zip(found, seeds, strict=True):
        np.testing.assert_array_equal(row, order_of(seed, epoch, n))


@given(st.integers(1, 9), st.integers(1, 100))
def test_what_is_drawn_ahead_comes_in_its_turn_and_is_not_too_much(epochs, most):
    drawn, held = [], []

    def draw(epoch):
        drawn.append(epoch)
        return np.full(4, epoch, "int32")

    with ahead(draw, draw(0), epochs, most) as each:
        for epoch, order in enumerate(each):
            assert (order == epoch).all()
            held.append(len(drawn) - epoch - 1)
    assert drawn == list(range(epochs))
    assert max(held) <= max(1, most // 16)


def test_what_fails_in_the_thread_is_raised_and_what_waits_is_dropped():
    drawn = []

    def draw(epoch):
        drawn.append(epoch)
        return np.zeros(1) if epoch < 2 else 1 / 0

    with pytest.raises(ZeroDivisionError), ahead(draw, draw(0), 1000, 24) as each:
        list(each)
    assert len(drawn) < 10


def test_an_order_holds_every_row_once():
    assert sorted(order_of(3, 4, 10)) == list(range(10))
    assert list(order_of(3, 4, 10)) != list(order_of(3, 5, 10))
