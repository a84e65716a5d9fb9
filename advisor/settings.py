"""What is to be compared: every combination of what was asked for, each value checked."""

from __future__ import annotations

import itertools
import math
import numbers
from dataclasses import replace
from typing import Any

from advisor import backend
from advisor.activations import ACTIVATIONS, activation
from advisor.errors import OptionError, UnknownNameError, whole_number
from advisor.study import Setting


def combinations(
    hidden: Any, initializer: Any, depth: Any, units: Any, learning_rate: Any
) -> tuple[Setting, ...]:
    """Return every combination once, after checking each value."""
    values: list[list[Any]] = []
    for name, given in (
        ("hidden", hidden),
        ("initializer", initializer),
        ("depth", depth),
        ("units", units),
        ("learning_rate", learning_rate),
    ):
        several = list(given) if _is_several(given) else [given]
        if not several:
            raise OptionError(f"{name} is empty. Expected a value, or a list of values.")
        values.append(several)
    for value in values[2]:
        whole_number("depth", value, 0)
    for value in values[3]:
        whole_number("units", value, 1)
    for value in values[4]:
        _check_rate(value)
    names = [_hidden(value) for value in values[0]]
    starts = [_initializer(value) for value in values[1]]
    found = [
        Setting(name, start or own, int(d), int(u), float("nan") if rate is None else float(rate))
        for (name, own), start, d, u, rate in itertools.product(names, starts, *values[2:])
    ]
    return tuple({repr(one): one for one in found}.values())


def _is_several(given: Any) -> bool:
    return hasattr(given, "__iter__") and not isinstance(given, (str, bytes))


def _hidden(given: Any) -> tuple[Any, str]:
    """Return an activation as Keras takes it, and the initializer that belongs to it.

    Raises:
        UnknownNameError: Keras has no such activation.
        OptionError: it does not keep the shape of what it gets.
    """
    keras = backend.keras()
    try:
        row = activation(given)
    except OptionError:  # not elementwise, so it has no row
        _keeps_shape(given, given)
        return given, "glorot_uniform"
    if row.name not in ACTIVATIONS or ACTIVATIONS[row.name] is not row:
        return given, row.initializer
    _keeps_shape(given, keras.activations.get(row.name))
    return row.name, row.initializer


def _keeps_shape(given: Any, function: Any) -> None:
    """Refuse what is no function from numbers to as many numbers."""
    import numpy as np

    ones = np.ones((2, 3, 4), "float32")
    try:
        kept = tuple(function(ones).shape) == ones.shape
    except Exception as error:  # noqa: BLE001 - a function of the user's may raise anything
        raise OptionError(
            f"The activation {given!r} cannot be used in a hidden layer: {type(error).__name__} on "
            "an array of ones. Expected a function of one array."
        ) from None
    if not kept:
        raise OptionError(
            f"The activation {given!r} changes the shape of what it gets. Expected one number for "
            "each number."
        )


def _initializer(given: Any) -> str | None:
    """Return the name of an initializer; None for the activation's own.

    Raises:
        UnknownNameError: Keras has none of that name.
    """
    if given is None:
        return None
    keras = backend.keras()
    try:
        keras.initializers.get(str(given))
    except ValueError:
        known = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform"]
        known += ["lecun_normal", "random_normal", "orthogonal", "zeros"]
        raise UnknownNameError("initializer", given, known) from None
    return str(given)


def _check_rate(value: Any) -> None:
    if value is None:
        return
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise OptionError(f"Expected learning_rate to be a number above 0. Received: {value!r}.")


def with_rate(one: Setting, rate: float) -> Setting:
    """Fill in the task's learning rate where none was asked for."""
    return one if one.learning_rate == one.learning_rate else replace(one, learning_rate=rate)


def seeds_of(given: Any) -> tuple[int, ...]:
    """Return which seeds are meant: the first so many, or those in a list."""
    if not _is_several(given):
        whole_number("seeds", given, 1)
        given = range(given)
    several = list(given)
    for seed in several:
        whole_number("seeds", seed, 0)
    if not several or len(set(several)) < len(several):
        raise OptionError("Expected seeds to be a number, or a list of different ones.")
    return tuple(int(seed) for seed in several)


def labels_of(settings: tuple[Setting, ...]) -> list[str]:
    """Name each setting by what varies; the activation where nothing does."""
    parts = {
        "hidden": [one.name for one in settings],
        "initializer": [one.initializer for one in settings],
        "depth": [f"depth={one.depth}" for one in settings],
        "units": [f"units={one.units}" for one in settings],
        "learning_rate": [f"learning_rate={one.learning_rate:g}" for one in settings],
    }
    # an activation brings its own initializer: that needs no naming
    own = len({(one.name, one.initializer) for one in settings}) == len(set(parts["hidden"]))
    vary = [
        words
        for name, words in parts.items()
        if len(set(words)) > 1 and not (name == "initializer" and own)
    ] or [parts["hidden"]]
    found = [", ".join(words) for words in zip(*vary, strict=True)]
    counts = [found[: i + 1].count(name) for i, name in enumerate(found)]  # two functions, one name
    return [
        name if count == 1 else f"{name} #{count}"
        for name, count in zip(found, counts, strict=True)
    ]
