"""An epoch as one JAX program: a scan around Keras' own stateless step."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.architecture import variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from advisor.rows import Rows


@dataclass(frozen=True, slots=True)
class Traced:
    """A compiled program, which step it loops, and the names of the logs it returns."""

    program: Any
    train: bool
    count: int
    names: list[str]
    stock: bool


def sizes(rows: Rows, batch_size: int) -> tuple[int, ...]:
    """Return which sizes a program depends on: all of them."""
    return rows.n, batch_size, *(len(array) for array in rows.arrays())


def fits(traced: Traced, model: Any) -> bool:
    """Say whether the program can run on this model's variables."""
    return traced.count == len(variables(model))


def trace(model: Any, rows: Rows, batch_size: int, *, train: bool, stock: bool) -> Traced:
    """Compile one epoch of a model for these sizes."""
    import jax
    import numpy as np

    names: list[str] = []

    def epoch(state: Any, arrays: list[Any], order: Any) -> Any:
        def step(now: Any, chosen: Any) -> Any:
            places, count = chosen if masked else (chosen, batch_size)
            batch = rows.batch(arrays, places.T, operator.getitem)
            if masked:
                batch = (*batch, jax.numpy.arange(batch_size) < count)
            logs, now = (model.train_step if train else model.test_step)(now, batch)
            names[:] = logs
            return now, [jax.numpy.asarray(value, "float32") for value in logs.values()]

        logs: Any = None
        if masked:
            order = order[jax.numpy.asarray(padded)]
        steps = order[:whole].reshape(-1, batch_size, *rows.columns)
        if whole:
            state, every = jax.lax.scan(step, state, (steps, counts) if masked else steps)
            logs = [values[-1] for values in every]
        if whole < rows.n:
            state, logs = step(state, order[whole:])
        return state, logs

    masked = bool(getattr(model, "advisor_masks", False) and rows.n % batch_size)
    whole = rows.n // batch_size * batch_size
    if masked:  # the last batch repeats its own rows, and is no second program to compile
        tail, number = rows.n - whole, -(-rows.n // batch_size)
        padded = np.arange(number * batch_size)
        padded[whole:] = whole + np.arange(batch_size) % tail
        counts = np.array([batch_size] * (number - 1) + [tail], "int32")
        whole = len(padded)
    order = jax.numpy.zeros((rows.n, *rows.columns), "int32")
    state = _values(_state(model, train=train))
    compiled = jax.jit(epoch).lower(state, rows.arrays(), order).compile()
    return Traced(compiled, train, len(variables(model)), names, stock)


def bind(
    traced: Traced,
    model: Any,
    rows: Rows,
    batch_size: int,  # noqa: ARG001 - it is part of the program
) -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
    """Return the epochs as a function of their orders of rows, on this model's variables."""
    import jax

    arrays = [jax.numpy.asarray(a) for a in rows.arrays()]
    names = list(model.get_metrics_result()) if traced.stock else traced.names

    def one(order: Any) -> list[Any]:
        model.reset_metrics()
        state = _state(model, train=traced.train)
        values, logs = traced.program(_values(state), arrays, jax.numpy.asarray(order, "int32"))
        for group, found in zip(state, values, strict=True):
            for variable, value in zip(group, found, strict=True):
                variable.assign(value)
        return logs  # type: ignore[no-any-return]

    def run(orders: Iterable[Any]) -> list[dict[str, Any]]:
        every = [one(order) for order in orders]  # the next is drawn while the last one computes
        return [
            {name: value.tolist() for name, value in zip(names, logs, strict=True)}
            for logs in every
        ]

    return run


def _state(model: Any, *, train: bool) -> tuple[list[Any], ...]:
    """Return the variables in the groups that Keras' stateless steps take."""
    groups = [model.trainable_variables, model.non_trainable_variables]
    if train:
        groups.append(model.optimizer.variables)
    return *(list(group) for group in groups), list(model.metrics_variables)


def _values(state: tuple[list[Any], ...]) -> tuple[list[Any], ...]:
    return tuple([variable.value for variable in group] for group in state)
