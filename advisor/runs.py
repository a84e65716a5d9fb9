"""Epoch after epoch as `model.fit` runs them: callbacks, validation, history."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, loops, progress
from advisor.orders import order_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from advisor.rows import Rows

BLOCK = 0.1  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to train, and on the way what.

    Attributes:
        epochs, initial_epoch: as `model.fit` counts them.
        batch_size, validation_batch_size: rows a step.
        seed: of the order of rows.
        shuffle: another order each epoch, or the order given.
        validation: rows to evaluate on, None for none.
        validation_freq: every so many epochs, or after these epochs.
        callbacks: Keras callbacks.
        verbose: 0, 1 or 2 as in Keras; "bar" for one line on a terminal.
    """

    epochs: int
    initial_epoch: int = 0
    batch_size: int
    validation_batch_size: int
    seed: int
    shuffle: bool = True
    validation: Rows | None = None
    validation_freq: int | Collection[int] = 1
    callbacks: Any = None
    verbose: int | str = 0


def train(model: Any, rows: Rows, plan: Plan) -> Any:
    """Train a compiled model on rows in memory; return its History."""
    import numpy as np

    keras = backend.keras()
    model.stop_training = False
    epochs = loops.loop(model, rows, plan.batch_size, train=True)
    evaluate = _evaluation(model, plan)
    shown = plan.verbose if plan.verbose in (1, 2) else 0
    watching = keras.callbacks.CallbackList(
        plan.callbacks,
        add_history=True,
        add_progbar=bool(shown),
        verbose=shown,
        epochs=plan.epochs,
        steps=-(-rows.n // plan.batch_size),
        model=model,
    )
    watching.on_train_begin()
    logs, in_order = None, np.arange(rows.n, dtype="int32")
    for block in _blocks(model, plan):
        orders = [order_of(plan.seed, i, rows.n) if plan.shuffle else in_order for i in block]
        watching.on_epoch_begin(block[0])
        for number, found in zip(block, epochs(orders), strict=True):
            logs = found
            if evaluate is not None and _is_due(number + 1, plan.validation_freq):
                watching.on_test_begin()
                tested = evaluate()
                watching.on_test_end(tested)
                logs |= {f"val_{name}": value for name, value in tested.items()}
            watching.on_epoch_end(number, logs)
        if model.stop_training:
            break
    if plan.epochs and isinstance(model.optimizer, keras.optimizers.Optimizer):
        model.optimizer.finalize_variable_values(model.trainable_weights)
    watching.on_train_end(logs)
    return model.history


def _blocks(model: Any, plan: Plan) -> Iterator[list[int]]:
    """Give the epochs one by one; several at once where nothing happens between them."""
    first = getattr(model, "_initial_epoch", None) or plan.initial_epoch  # BackupAndRestore's
    numbers = range(first, plan.epochs)
    if plan.verbose == "bar":
        title = f"epoch {{}}/{plan.epochs}"
        steps = progress.track(numbers, "fit", lambda number: title.format(number + 1))
        yield from ([number] for number in steps)
    elif plan.callbacks or plan.validation is not None or plan.verbose:
        yield from ([number] for number in numbers)
    else:
        yield from together(numbers)


def together(numbers: Sequence[int], seconds: float = BLOCK) -> Iterator[list[int]]:
    """Give epochs in blocks that take about so many seconds, by how long the last one took.

    A call costs some tenths of a millisecond, whatever it does.
    """
    waiting, size = list(numbers), 1
    while waiting:
        start = time.perf_counter()
        block, waiting = waiting[:size], waiting[size:]
        yield block
        size = max(1, int(seconds * len(block) / (time.perf_counter() - start)))


def _evaluation(model: Any, plan: Plan) -> Callable[[], dict[str, float]] | None:
    """Return the evaluation on the validation rows, None where there are none."""
    import numpy as np

    if plan.validation is None:
        return None
    run = loops.loop(model, plan.validation, plan.validation_batch_size, train=False)
    order = np.arange(plan.validation.n, dtype="int32")
    return lambda: run([order])[0]


def _is_due(number: int, frequency: int | Collection[int]) -> bool:
    return number % frequency == 0 if isinstance(frequency, int) else number in frequency
