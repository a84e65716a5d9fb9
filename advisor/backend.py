"""Keras, imported without TensorFlow's start-up noise."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def keras() -> Any:
    """Return the `keras` module; its first import writes nothing to standard error.

    Raises:
        ImportError: as Keras raises it, after printing what the import had written.
    """
    if "keras" not in sys.modules:
        with silence():
            import keras as module

            module.ops.zeros(())  # the first use of a device is noisy as well
    return sys.modules["keras"]


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Send file descriptor 2 to a temporary file; show what it caught if an import inside fails.

    TensorFlow writes from C++, so neither `sys.stderr` nor TF_CPP_MIN_LOG_LEVEL alone is enough.
    """
    try:
        kept = os.dup(2)
    except OSError:  # no standard error at all: nothing can be noisy
        yield
        return
    level = os.environ.get("TF_CPP_MIN_LOG_LEVEL")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryFile() as caught:
        sys.stderr.flush()
        os.dup2(caught.fileno(), 2)
        try:
            yield
        except BaseException:
            sys.stderr.flush()
            os.dup2(kept, 2)
            caught.seek(0)
            sys.stderr.write(caught.read().decode("utf-8", "replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            if level is None:
                os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)


@contextlib.contextmanager
def seeded_layers(seed: int) -> Iterator[None]:
    """Let layers made inside draw their weights from `seed`, as after `set_random_seed(seed)`.

    Keras' initializers without a seed of their own draw one from Python's `random`, and from
    nothing else; its state is restored, so the user's process never notices.
    """
    import random

    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


_unseeded_builds = 0


def fresh_seed() -> int:
    """Return another seed at each call, without moving the process's random state.

    It looks at the state of Python's `random`, so a script that starts with
    `keras.utils.set_random_seed` repeats itself from run to run.
    """
    import random

    global _unseeded_builds  # noqa: PLW0603 - the only way to differ while the state stays
    _unseeded_builds += 1
    return hash((random.getstate()[1], _unseeded_builds)) % 2**31


def accelerated() -> bool:
    """Say whether the backend in use computes on a graphics card or the like; TensorFlow's or JAX'."""
    if keras().backend.backend() == "jax":
        import jax

        return bool(jax.default_backend() != "cpu")
    import tensorflow as tf

    return bool(tf.config.list_logical_devices("GPU"))


def card_bytes() -> int | None:
    """Return the graphics card's memory; None where there is none, or it does not tell."""
    if not accelerated() or keras().backend.backend() != "jax":
        return None
    import jax

    told = jax.devices()[0].memory_stats() or {}
    return int(told["bytes_limit"]) if "bytes_limit" in told else None


def gradients(function: Callable[[list[Any]], Any], inputs: list[Any]) -> list[Any]:
    """Return the gradient of a number with respect to each input, on the backend in use.

    Args:
        function: from a list of tensors to a number.
        inputs: tensors.
    """
    name = keras().backend.backend()
    if name == "jax":
        import jax

        return list(jax.grad(function)(inputs))
    if name == "torch":
        import torch

        leaves = [tensor.detach().requires_grad_() for tensor in inputs]
        return list(torch.autograd.grad(function(leaves), leaves))
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        result = function(inputs)
    return list(tape.gradient(result, inputs, unconnected_gradients="zero"))
