"""Orders of rows, drawn for many seeds at once, are those drawn one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from advisor.orders import order_of, orders_of

SEEDS = st.one_of(st.integers(0, 50), st.integers(0, 2**32 - 1), st.integers(0, 2**70))


@given(st.lists(SEEDS, min_size=1, max_size=5), st.integers(0, 10**6), st.integers(0, 99))
def test_many_at_once_are_those_of_each(seeds, epoch, n):
    found = orders_of(seeds, epoch, n)
    assert found.dtype == np.int32
    for row, seed in zip(found, seeds, strict=True):
        np.testing.assert_array_equal(row, order_of(seed, epoch, n))


def test_an_order_holds_every_row_once():
    assert sorted(order_of(3, 4, 10)) == list(range(10))
    assert list(order_of(3, 4, 10)) != list(order_of(3, 5, 10))
