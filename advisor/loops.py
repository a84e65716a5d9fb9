"""Epochs, or an evaluation, as one compiled call; kept for the next model of the same kind.

Keras' own `train_step` or `test_step` is looped over rows held in memory. The backends differ only
in how: `loops_tensorflow` and `loops_jax`.
"""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from advisor import architecture, backend
from advisor.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from advisor.rows import Rows

_shared = Recent()
_own: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def loop(
    model: Any, rows: Rows, batch_size: int, *, train: bool
) -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
    """Return a function that runs an epoch for each order of rows given, shape (n,).

    It updates the model's own weights, optimizer and metrics, and gives each epoch's logs.

    Args:
        model: compiled; it is built here where it is not.
        rows: what it is trained on, or evaluated on.
        batch_size: rows a step; the last step takes what is left.
        train: by `train_step`, else by `test_step`.
    """
    engine = _engine()
    make_ready(model, rows, batch_size)
    kind = (train, rows.kind(), engine.sizes(rows, batch_size))
    shared = getattr(model, "advisor_program", None)
    if shared is None:
        shared = architecture.key(model, named=rows.named())
    kept, place = _place(model, shared, kind)
    with _lock:
        traced = kept.get(place)
        if traced is None or not engine.fits(traced, model):
            traced = engine.trace(model, rows, batch_size, train=train, stock=shared is not None)
            kept[place] = traced
    return engine.bind(traced, model, rows, batch_size)  # type: ignore[no-any-return]


def make_ready(model: Any, rows: Rows, batch_size: int) -> None:
    """Make every variable that training needs, as the first step of `model.fit` would."""
    keras = backend.keras()
    X: Any = rows.parts[0]
    y: Any = rows.parts[1] if len(rows.parts) > 1 else None
    if not model.built and isinstance(model, keras.Sequential) and hasattr(X, "dtype"):
        model.build((None, *X.shape[1:]))
    metrics: Any = getattr(model, "_compile_metrics", None)
    layers = all(layer.built for layer in model._flatten_layers())  # noqa: SLF001 - nested ones too
    if layers and (metrics is None or metrics.built):
        pass
    elif layers and len(getattr(model, "outputs", None) or []) == 1 and hasattr(y, "dtype"):
        spec = keras.KerasTensor((None, *y.shape[1:]), str(y.dtype))
        metrics.build(spec, model.outputs[0])  # ten times faster than _symbolic_build
        if any(getattr(one, "_built", True) is False for one in metrics.metrics):
            p = keras.ops.zeros((len(y[:2]), *model.outputs[0].shape[1:]))
            metrics.update_state(y[:2], p)  # R2Score and F1Score make theirs when first used
            metrics.reset_state()
    else:
        batch = rows.first(batch_size)
        model._symbolic_build(data_batch=batch)  # noqa: SLF001 - what model.fit calls
    if model.optimizer is not None and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _place(model: Any, shared: str | None, kind: Any) -> tuple[Any, Any]:
    """Return the dictionary that keeps the function, and its key there."""
    if shared is not None:
        return _shared, (shared, kind)
    names = ("optimizer", "_compile_loss", "_compile_metrics")  # another compile makes other ones
    compiled = tuple(getattr(model, name, None) for name in names)
    trained = tuple(id(variable) for variable in model.trainable_variables)
    return _own.setdefault(model, {}), (kind, trained, compiled)


def _engine() -> Any:
    """Return the module of the backend in use."""
    if backend.keras().backend.backend() == "jax":
        from advisor import loops_jax

        return loops_jax
    from advisor import loops_tensorflow

    return loops_tensorflow
