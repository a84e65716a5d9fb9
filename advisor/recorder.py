"""A Keras callback that records signal and gradient while a model trains."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import anatomy, backend, gradients
from advisor.errors import OptionError, shown
from advisor.page import Answer, Page
from advisor.signals import some_rows
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.anatomy import Part
    from advisor.gradients import Measured

ROWS = 128  # of the data that are looked at each time
_SHARE = 0.05  # of the training's time that recording may take,
_FREE, _SMALL = 0.6, 100_000  # and seconds beside for a network of fewer weights than this
USUAL = -3.0  # log10 of update to weight

_Callback: Any = backend.keras().callbacks.Callback  # here Keras is needed from the start


@dataclass(frozen=True, slots=True)
class Moment:
    """What was measured at one moment of training.

    Attributes:
        epoch: epochs done, with the part of the epoch under way.
        layers: a row a weighted layer.
    """

    epoch: float
    layers: list[Measured]


class SignalRecorder(_Callback, Answer):  # type: ignore[misc]
    """Records signal and gradient on a fixed batch while a model trains; `.plot()` shows them.

    At each moment up to 128 rows are run forward and backward: histograms of activations and of
    gradients, shares of dead and saturated units, and the ratio of update to weight in the next
    step. The model and its optimizer are not changed.

    Args:
        X: features as the model takes them.
        y: targets as its loss takes them.
        every: "epoch" records before training, at the end, and after epochs in between, evenly
            spread, as many as take 5 % of the time (with fewer than 100,000 weights 0.6 seconds
            more); a number records every so many batches, whatever the time.

    Raises:
        OptionError: `every` is neither.

    Attributes:
        moments: what was recorded.
        overhead: share of the training's time that recording took.

    Example:
        >>> from advisor import build, fit, load
        >>> data, model = load("iris"), build("multiclass", seed=0)
        >>> watch = SignalRecorder(data.X_train, data.y_train)
        >>> history = fit(model, data.X_train, data.y_train, epochs=3, callbacks=[watch])
        >>> watch.moments[0].epoch, watch.moments[-1].epoch
        (0.0, 3.0)
    """

    def __init__(self, X: Any, y: Any, every: int | str = "epoch") -> None:
        """Keep the batch; it is checked when training begins."""
        super().__init__()
        counted = isinstance(every, int) and not isinstance(every, bool) and every > 0
        if every != "epoch" and not counted:
            raise OptionError(
                f"Expected every to be 'epoch' or a number of batches. Received: {shown(every)}."
            )
        self._data, self._every = (X, y), every
        self.moments: list[Moment] = []
        self.parts: list[Part] = []
        self._epoch, self._batches, self._steps = 0, 0, 0
        self._spent = self._latest = self._begun = self._ended = 0.0
        if every != "epoch":  # only then: a callback that watches batches slows `fit` down
            self.on_train_batch_end = self._after_batch

    @property
    def overhead(self) -> float:
        """Share of the training's time that recording took, beside the time without it."""
        rest = self._ended - self._begun - self._spent
        return self._spent / rest if rest > 0 else 0.0

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Check the batch, and record what is there before training."""
        self._begun = time.perf_counter()
        self.moments, self._epoch, self._spent, self._steps = [], 0, 0.0, 0
        self.parts = anatomy.read(self.model).parts
        self._rows = some_rows(self.model, *self._data, ROWS)
        self._record(0.0)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Count anew."""
        self._epoch, self._batches = epoch, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Record where it is time to."""
        self._epoch = epoch + 1
        if self._every == "epoch" and self._epoch - self.moments[-1].epoch >= self._stride():
            self._record(float(self._epoch))

    def _stride(self) -> int:
        """Return how many epochs apart moments may lie, by the time that they take."""
        epochs = (self.params or {}).get("epochs") or self._epoch
        training = time.perf_counter() - self._begun - self._spent
        allowed = _SHARE * training * epochs / self._epoch - self._latest  # one at the end
        allowed += _FREE if self.model.count_params() < _SMALL else 0.0
        return math.ceil(epochs * self._latest / allowed) if allowed > 0 else epochs

    def _after_batch(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Record every so many batches."""
        self._batches, self._steps = batch + 1, self._steps + 1
        if self._steps % int(self._every) == 0:
            synchronise = getattr(self.model, "jax_state_sync", None)
            if synchronise is not None:
                synchronise()
            whole = (self.params or {}).get("steps")
            part = self._batches / whole if whole else 0.0
            self._record(self._epoch + part)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Record how it ended."""
        if not self.moments or self.moments[-1].epoch < self._epoch:
            self._record(float(self._epoch))
        self._ended = time.perf_counter()

    def _record(self, epoch: float) -> None:
        start = time.perf_counter()
        X, y = self._rows
        layers, _ = gradients.measure(self.model, self.parts, X, y)
        self.moments.append(Moment(epoch, layers))
        self._latest = time.perf_counter() - start
        self._spent += self._latest

    def series(self, name: str) -> Any:
        """Return one number of every layer over time, shape (moments, layers), NaN for none.

        Args:
            name: of an attribute of `Measured`: "dead", "saturated", "update", "delta", …
        """
        import numpy as np

        rows = [[getattr(layer, name) for layer in moment.layers] for moment in self.moments]
        return np.array([[np.nan if v is None else v for v in row] for row in rows], "float64")

    def page(self) -> Page:
        """Describe what was recorded in the language spoken now."""
        if not self.moments:
            return Page(str(_TITLE)).say(_NOTHING)
        page = Page(str(_TITLE)).say(
            _RECORDED.format(
                len(self.moments), f"{self.moments[-1].epoch:g}", f"{self.overhead:.1%}"
            )
        )
        first, last = self.moments[0].layers, self.moments[-1].layers
        rows = [
            (part.name, part.follower.name, *(_change(a, b, name) for name in _SHOWN))
            for part, a, b in zip(self.parts, first, last, strict=True)
        ]
        return page.rows(*rows, head=tuple(str(_HEAD).split("|"))).say(_LEGEND)

    def to_dict(self) -> dict[str, Any]:
        """Return what was recorded as plain JSON types; None for NaN and infinity."""
        names = ("q", "gap", "dead", "saturated", "delta", "kernel", "update")
        return {
            "overhead": self.overhead,
            "layers": [part.name for part in self.parts],
            "epochs": [moment.epoch for moment in self.moments],
            **{name: _listed(self.series(name)) for name in names},
        }

    def plot(self) -> Any:
        """Draw what was recorded over training, as a matplotlib Figure."""
        from advisor.recorder_plots import draw_recorder

        return draw_recorder(self)


def _listed(series: Any) -> list[list[float | None]]:
    import numpy as np

    return [[float(v) if np.isfinite(v) else None for v in row] for row in series]


def _change(first: Any, last: Any, name: str) -> str:
    """Write a number before and after training."""
    pair = getattr(first, name), getattr(last, name)
    if None in pair:
        return "–"
    if name in {"dead", "saturated"}:
        return " → ".join(f"{value:.0%}" for value in pair)
    return " → ".join(f"{value:.1f}".replace("-", "−").replace("inf", "∞") for value in pair)


_SHOWN = ("dead", "saturated", "delta", "update")
_TITLE = Text(en="Signal and gradient while training", zh="训练过程中的信号和梯度")
_NOTHING = Text(
    en="Nothing recorded yet: pass it to fit(…, callbacks=[…]).",
    zh="还没有记录：把它传给 fit(…, callbacks=[…])。",
)
_RECORDED = Text(
    en="{} moments in {} epochs; recording took {} of the time of training.",
    zh="{} 个时刻，共 {} 轮；记录占训练时间的 {}。",
)
_HEAD = Text(
    en="layer|activation|dead|saturated|log10 ‖∂L/∂z‖|update:weight",
    zh="层|激活函数|死亡|饱和|log10 ‖∂L/∂z‖|更新:权重",
)
_LEGEND = Text(
    en="Before → after training. Dead: units without a slope for any row; saturated: slopes below "
    "0.05; update:weight: log10 of ‖ΔW‖/‖W‖ in a step: −3 is usual, −1 is restless, −5 hardly moves.",
    zh="训练前 → 训练后。死亡：对所有样本斜率都是 0 的神经元；饱和：斜率小于 0.05；更新:权重：一步里 "
    "‖ΔW‖/‖W‖ 的 log10：−3 是常态，−1 太躁动，−5 几乎不动。",
)
