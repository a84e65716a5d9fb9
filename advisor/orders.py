"""In which order rows are seen: by the seed and the epoch only."""

from __future__ import annotations

import contextlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MASK = 2**128 - 1
_STEP = 0x2360ED051FC65DA44385DF649FCCF645  # PCG64's multiplier


def order_of(seed: int, epoch: int, n: int) -> Any:
    """Return the order of n rows in an epoch; it depends on the seed and the epoch only."""
    import numpy as np

    return np.random.default_rng((seed, epoch)).permutation(n).astype("int32")


def orders_of(seeds: Sequence[int], epoch: int, n: int) -> Any:
    """Return `order_of` each seed, shape (seeds, n), in half the time where there are many.

    To make a generator costs as much as to draw an order. Here one is given the state that NumPy's
    SeedSequence and PCG64 (O'Neill 2014, "PCG: a family of simple fast space-efficient
    statistically good algorithms for random number generation") would start each of them from.
    """
    import numpy as np

    found = np.empty((len(seeds), n), "int32")
    if max(*seeds, epoch) >= 2**32:
        for row, seed in zip(found, seeds, strict=True):
            row[:] = order_of(seed, epoch, n)
        return found
    generator = np.random.Generator(np.random.PCG64(0))
    state = generator.bit_generator.state
    own = state["state"]
    for row, (a, b, c, d) in zip(found, _words(seeds, epoch), strict=True):
        own["inc"] = ((c << 64 | d) << 1 | 1) & _MASK
        own["state"] = (((a << 64 | b) + own["inc"]) * _STEP + own["inc"]) & _MASK
        generator.bit_generator.state = state
        row[:] = generator.permutation(n)
    return found


@contextlib.contextmanager
def ahead(
    draw: Callable[[int], Any], first: Any, epochs: int, most: int
) -> Iterator[Iterator[Any]]:
    """Give each epoch's orders, drawn in a thread while others are compiled or trained on.

    Args:
        draw: gives an epoch's orders.
        first: what it gave for epoch 0.
        epochs: how many to give.
        most: bytes that may wait for their epoch.
    """
    pool, size = ThreadPoolExecutor(1), max(1, most // first.nbytes)
    waiting = deque(pool.submit(draw, epoch) for epoch in range(1, min(epochs, size + 1)))

    def each() -> Iterator[Any]:
        yield first
        for epoch in range(1, epochs):
            if epoch + size < epochs:
                waiting.append(pool.submit(draw, epoch + size))
            yield waiting.popleft().result()

    try:
        yield each()
    finally:
        pool.shutdown(cancel_futures=True)


def _words(seeds: Sequence[int], epoch: int) -> list[list[int]]:
    """Return SeedSequence((seed, epoch)).generate_state(4, uint64) of each seed."""
    import numpy as np

    constant = 0x43B0D7E5

    def scrambled(value: Any, by: int) -> Any:
        nonlocal constant
        value = value ^ np.uint32(constant)
        constant = constant * by % 2**32
        value = value * np.uint32(constant)
        return value ^ value >> np.uint32(16)

    def mixed(x: Any, y: Any) -> Any:
        both = x * np.uint32(0xCA01F9DD) - y * np.uint32(0x4973F715)
        return both ^ both >> np.uint32(16)

    first = np.array(seeds, "uint32")
    given = [first, np.full_like(first, epoch), np.zeros_like(first), np.zeros_like(first)]
    pool = [scrambled(word, 0x931E8875) for word in given]
    for source in range(4):
        for target in range(4):
            if source != target:
                pool[target] = mixed(pool[target], scrambled(pool[source], 0x931E8875))
    constant = 0x8B51F9DD
    halves = np.stack([scrambled(pool[i % 4], 0x58F38DED) for i in range(8)], axis=1)
    whole = halves.astype("uint64")
    return (whole[:, ::2] | whole[:, 1::2] << np.uint64(32)).tolist()  # type: ignore[no-any-return]
