"""An epoch as one TensorFlow graph: a while loop around Keras' own step.

A graph function reads variables through handles, so the graph traced for one model runs on
another of the same architecture: only the handles are exchanged. Nothing is copied, and the
user's model is up to date after every step.
"""

from __future__ import annotations

import contextlib
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.architecture import variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from advisor.rows import Rows


@dataclass(frozen=True, slots=True)
class Traced:
    """A graph, and which of a model's variables each of its captured handles is.

    Attributes:
        function: takes the arrays, an order of rows an epoch, and the batch size.
        handles: per captured tensor the variable's place in `variables`, None for constants.
        count: how many variables the model had.
        names: of the logs it returns.
        stock: metrics start and end inside the graph.
    """

    function: Any
    handles: list[int | None]
    count: int
    names: list[str]
    stock: bool


def sizes(rows: Rows, batch_size: int) -> tuple[int, ...]:  # noqa: ARG001 - loops_jax needs them
    """Return which sizes a graph depends on: none, they are all read when it runs."""
    return ()


def fits(traced: Traced, model: Any) -> bool:
    """Say whether the graph can run on this model's variables."""
    return traced.count == len(variables(model))


def trace(model: Any, rows: Rows, batch_size: int, *, train: bool, stock: bool) -> Traced:  # noqa: ARG001
    """Trace epochs of a model.

    Args:
        model: built, compiled.
        rows: of which only shapes and dtypes count.
        batch_size: any; it is read when the graph runs.
        train: by `train_step`, else by `test_step`.
        stock: the model is made of Keras' own objects only.
    """
    import tensorflow as tf

    stock = _results_wait(model, stock=stock)
    names: list[str] = []

    def epochs(arrays: list[Any], orders: Any, size: Any) -> list[Any]:
        steps = (tf.shape(orders)[1] + size - 1) // size

        def batch(order: Any, number: Any) -> Any:
            chosen = tf.transpose(order[number * size : (number + 1) * size])
            return rows.batch(arrays, chosen, tf.gather)

        run = _stock_loop if stock else _any_loop
        logs = run(model, _step(model, train=train), batch, orders, steps)
        names.extend(logs)
        return list(logs.values())

    specs = [tf.TensorSpec((None, *a.shape[1:]), a.dtype) for a in rows.arrays()]
    function = tf.function(epochs, autograph=False).get_concrete_function(
        specs, tf.TensorSpec((None, None, *rows.columns), "int32"), tf.TensorSpec((), "int32")
    )
    places = {id(v.value.handle): i for i, v in enumerate(variables(model))}
    handles = [places.get(id(tensor)) for tensor in function.captured_inputs]
    return Traced(function, handles, len(places), names, stock)


def bind(
    traced: Traced, model: Any, rows: Rows, batch_size: int
) -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
    """Return the epochs as a function of their orders of rows, on this model's variables."""
    import numpy as np
    import tensorflow as tf

    arrays = [tf.constant(a) for a in rows.arrays()]
    size = tf.constant(batch_size)
    mine = [variable.value.handle for variable in variables(model)]
    others = traced.function.captured_inputs
    captured = [
        other if place is None else mine[place]
        for place, other in zip(traced.handles, others, strict=True)
    ]
    function = copy.copy(traced.function)  # the graph is shared, what it captures is not
    function.set_external_captures(captured)
    names = list(model.get_metrics_result()) if traced.stock else traced.names

    def run(orders: Iterable[Any]) -> list[dict[str, Any]]:
        orders = list(orders)
        if not traced.stock:  # its metrics start in Python: epoch by epoch
            model.reset_metrics()
            if len(orders) > 1:
                return [logs for order in orders for logs in run([order])]
        found = function(arrays, tf.constant(np.stack(orders), "int32"), size)
        values = zip(*(log.numpy().tolist() for log in found), strict=True)
        return [dict(zip(names, each, strict=True)) for each in values]

    return run


def _stock_loop(
    model: Any, step: Any, batch: Callable[[Any, Any], Any], orders: Any, steps: Any
) -> dict[str, Any]:
    """Loop Keras' own step; metrics start and end with each epoch, inside the graph."""
    import tensorflow as tf

    results = model.get_metrics_result()
    count = tf.shape(orders)[0]

    def epoch(number: Any, *kept: Any) -> Any:
        model.reset_metrics()
        order = orders[number]

        def body(place: Any) -> Any:
            step(batch(order, place))
            return place + 1

        with _fused_adam(model.optimizer), _without_results(model):
            tf.while_loop(lambda place: place < steps, body, [0], parallel_iterations=1)
        found = model.get_metrics_result()
        return (
            number + 1,
            *(
                k.write(number, tf.cast(v, "float32"))
                for k, v in zip(kept, found.values(), strict=True)
            ),
        )

    start = [tf.TensorArray("float32", count, element_shape=v.shape) for v in results.values()]
    _, *kept = tf.while_loop(
        lambda number, *_: number < count, epoch, [0, *start], parallel_iterations=1
    )
    return {name: k.stack() for name, k in zip(results, kept, strict=True)}


def _any_loop(
    model: Any, step: Any, batch: Callable[[Any, Any], Any], orders: Any, steps: Any
) -> dict[str, Any]:
    """Loop a step of the user's, one epoch; logs are those of the last step, as in `model.fit`."""
    import tensorflow as tf

    order = orders[0]
    step = tf.function(step, autograph=False)
    with _fused_adam(model.optimizer):
        logs = step.get_concrete_function(_spec(batch(order, 0))).structured_outputs
        names = list(logs)
        start = [tf.zeros(logs[name].shape, logs[name].dtype) for name in names]

        def body(number: Any, *_: Any) -> Any:
            found = step(batch(order, number))
            return (number + 1, *(found[name] for name in names))

        _, *last = tf.while_loop(
            lambda number, *_: number < steps, body, [0, *start], parallel_iterations=1
        )
    return {name: tf.cast(value, "float32")[None] for name, value in zip(names, last, strict=True)}


def _step(model: Any, *, train: bool) -> Any:
    """Return the step, compiled by XLA where the model asks for that."""
    import tensorflow as tf

    step = model.train_step if train else model.test_step
    return tf.function(step, autograph=False, jit_compile=True) if model.jit_compile else step


def _spec(batch: Any) -> Any:
    import tensorflow as tf

    return backend.keras().tree.map_structure(
        lambda part: None if part is None else tf.TensorSpec(part.shape, part.dtype), batch
    )


def _results_wait(model: Any, *, stock: bool) -> bool:
    """Say whether a step's logs are the metrics' results, so that only the last step's count."""
    keras = backend.keras()
    names = ("train_step", "test_step", "compute_metrics", "get_metrics_result")
    plain = all(getattr(type(model), name) is getattr(keras.Model, name) for name in names)
    return (stock and plain) or getattr(model, "advisor_results_wait", False)


@contextlib.contextmanager
def _without_results(model: Any) -> Iterator[None]:
    """Let steps update the metrics without computing their results."""
    vars(model)["get_metrics_result"] = dict
    try:
        yield
    finally:
        del vars(model)["get_metrics_result"]


@contextlib.contextmanager
def _fused_adam(optimizer: Any) -> Iterator[None]:
    """Let Keras' Adam update each variable by TensorFlow's one Adam kernel, not by twenty.

    The formula is the same, the rounding differs in the last bit. Other optimizers, and Adam with
    amsgrad, stay as they are.
    """
    import tensorflow as tf

    if type(optimizer) is not backend.keras().optimizers.Adam or optimizer.amsgrad:
        yield
        return
    plain = optimizer.update_step
    shared: dict[Any, dict[str, Any]] = {}  # what all variables' updates have in common, by graph

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        if not isinstance(gradient, tf.Tensor):  # sparse, from an Embedding
            plain(gradient, variable, learning_rate)
            return
        dtype, graph = variable.dtype, tf.compat.v1.get_default_graph()
        if (graph, dtype) not in shared:
            step = tf.cast(tf.convert_to_tensor(optimizer.iterations) + 1, dtype)
            beta1, beta2 = (tf.constant(b, dtype) for b in (optimizer.beta_1, optimizer.beta_2))
            shared[graph, dtype] = {
                "beta1": beta1,
                "beta2": beta2,
                "beta1_power": beta1**step,
                "beta2_power": beta2**step,
                "epsilon": tf.constant(optimizer.epsilon, dtype),
                "lr": tf.cast(learning_rate, dtype),
            }
        place = optimizer._get_variable_index(variable)  # noqa: SLF001 - as Adam itself
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=optimizer._momentums[place].value.handle,  # noqa: SLF001
            v=optimizer._velocities[place].value.handle,  # noqa: SLF001
            grad=tf.cast(gradient, dtype),
            **shared[graph, dtype],
        )

    vars(optimizer)["update_step"] = update_step
    try:
        yield
    finally:
        del vars(optimizer)["update_step"]
