"""What compiled epochs cannot do, and `model.fit` does instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import backend

if TYPE_CHECKING:
    from collections.abc import Iterator

_DONE_HERE = {"epochs", "initial_epoch", "batch_size", "shuffle", "verbose", "callbacks"}
_DONE_HERE |= {"sample_weight", "class_weight", "validation_data", "validation_split"}
_DONE_HERE |= {"validation_batch_size", "validation_freq"}
# callbacks of Keras' that look at batches only where they are told to
_EPOCHWISE = {"ModelCheckpoint": "save_freq", "BackupAndRestore": "save_freq"}
_BATCH_HOOKS = [
    f"on_{kind}batch_{when}" for kind in ("", "train_", "test_") for when in ("begin", "end")
]


def reason(model: Any, parts: tuple[Any, ...], options: dict[str, Any]) -> str | None:
    """Return why `model.fit` must train this; None where compiled epochs can.

    Args:
        model: compiled.
        parts: X, y and weights.
        options: of `model.fit`.
    """
    reasons = (*_of_model(model), *_of_options(options), *_of_data(parts, options))
    return next(iter(reasons), None)


def _of_model(model: Any) -> Iterator[str]:
    keras = backend.keras()
    if keras.backend.backend() not in {"tensorflow", "jax"}:
        yield f"The {keras.backend.backend()} backend has no compiled epochs here"
    if model.run_eagerly:
        yield "run_eagerly=True asks for step after step in Python"
    if keras.distribution.distribution() or getattr(model, "_distribute_strategy", None):
        yield "The model is distributed over devices"
    if keras.config.max_epochs() or keras.config.max_steps_per_epoch():
        yield "Keras is set to cut training short"


def _of_options(options: dict[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        if name not in _DONE_HERE and value is not None:
            yield f"{name} counts batches"
    if options.get("shuffle") == "batch":
        yield "shuffle='batch' shuffles within batches"
    watcher = _batch_watcher(options.get("callbacks"))
    if watcher is not None:
        yield f"The callback {watcher} watches every batch"


def _of_data(parts: tuple[Any, ...], options: dict[str, Any]) -> Iterator[str]:
    kept = options.get("validation_data")
    if kept is not None and not isinstance(kept, (tuple, list)):
        yield "validation_data is a stream"
    for leaf in backend.keras().tree.flatten((parts, kept)):
        if leaf is not None and not _is_numbers(leaf):
            yield f"The data holds {type(leaf).__name__}, which is no array of numbers"


def _is_numbers(leaf: Any) -> bool:
    import numpy as np

    return hasattr(leaf, "__array__") and np.asarray(leaf).dtype.kind in "fiub"


def _batch_watcher(callbacks: Any) -> str | None:
    """Return the name of a callback that must see every batch; None where there is none."""
    keras = backend.keras()
    for callback in keras.tree.flatten(callbacks) if callbacks else []:
        name = type(callback).__name__
        if name in {*_EPOCHWISE, "TensorBoard"} and type(callback).__module__.startswith("keras."):
            if _is_epochwise(callback, name):
                continue
            return name
        if any(_overrides(callback, hook) for hook in _BATCH_HOOKS):
            return name
    return None


def _is_epochwise(callback: Any, name: str) -> bool:
    if name == "TensorBoard":
        return callback.update_freq == "epoch" and not callback._should_trace  # noqa: SLF001
    return bool(getattr(callback, _EPOCHWISE[name]) == "epoch")


def _overrides(callback: Any, hook: str) -> bool:
    """Say whether a callback has a hook of its own: in its class, or set as LambdaCallback does."""
    base = getattr(backend.keras().callbacks.Callback, hook)
    return getattr(getattr(callback, hook), "__func__", None) is not base
