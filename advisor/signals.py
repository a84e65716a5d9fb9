"""How signal and gradient travel through a Keras model: foretold, and measured on a batch."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import anatomy, backend, gradients, intake, links, meanfield, onset, remedies, streams
from advisor.errors import DataTypeError, OptionError
from advisor.page import Answer

if TYPE_CHECKING:
    from advisor.anatomy import Anatomy
    from advisor.gradients import Measured
    from advisor.meanfield import Step
    from advisor.page import Page
    from advisor.remedies import Remedy
    from advisor.text import Text

ROWS = 512  # of the data that are looked at
_NUMBERS = 2**25  # that a batch may have in all layers together; of wide images fewer rows are run
_DRIFTS = 3.0  # by how many per cent a fluctuation of one may grow on the way


@dataclass(frozen=True, slots=True)
class Layer:
    """One weighted layer; logarithms to base 10, None where nothing can be said.

    Attributes:
        name: its name in the model.
        kind: of layer, with its size.
        activation, initializer: by Keras' names.
        hidden: it is no output layer.
        step: what is foretold, ‖δ‖ over the last step's.
        delta: foretold log10 ‖∂L/∂z‖ over the last hidden layer's, root mean square over rows.
        level: foretold log10 ‖∂L/∂z‖ itself.
        kernel: foretold log10 of a row's kernel gradient over the last hidden layer's.
        measured: what was measured.
        measured_delta, measured_kernel: the measured ratios.
    """

    name: str
    kind: str
    activation: str
    initializer: str
    hidden: bool
    step: Step | None
    delta: float | None
    level: float | None
    kernel: float | None
    measured: Measured | None
    measured_delta: float | None
    measured_kernel: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the layer as plain JSON types; infinity and NaN as text."""
        step, seen = self.step, self.measured
        foretold = None
        if step is not None:
            foretold = {
                "variance": step.q,
                "chi": step.chi,
                "one_minus_correlation": step.gap,
                "log10_delta": self.delta,
                "log10_delta_level": self.level,
                "log10_kernel": self.kernel,
            }
        measured = None
        if seen is not None:
            measured = {
                "mean_square": seen.q,
                "one_minus_correlation": seen.gap,
                "log10_delta": self.measured_delta,
                "log10_delta_level": seen.delta,
                "log10_kernel": self.measured_kernel,
                "log10_batch_kernel": seen.kernel,
                "log10_update_to_weight": seen.update,
                "dead": seen.dead,
                "saturated": seen.saturated,
            }
        return {
            "name": self.name,
            "kind": self.kind,
            "activation": self.activation,
            "initializer": self.initializer,
            "hidden": self.hidden,
            "predicted": _plain(foretold),
            "measured": _plain(measured),
        }


@dataclass(frozen=True, repr=False)
class Signal(Answer):
    """How signal and gradient travel through a model.

    Attributes:
        model: the model; it is not changed.
        anatomy: what its weighted layers are, and what the theory cannot look through.
        steps: what is foretold, a step a layer as far as the theory reaches.
        measured: what was measured, a row a layer; empty without data.
        rows: how many rows were measured.
    """

    model: Any
    anatomy: Anatomy
    steps: list[Step]
    measured: list[Measured]
    rows: int

    @property
    def log10_delta_ratio(self) -> float | None:
        """Foretold log10 of ‖∂L/∂z‖ at the first hidden layer over the last one's.

        None with fewer than two hidden layers, or where the theory does not reach the last one.
        """
        last = self.last_hidden
        if last < 1 or len(self.steps) <= last:
            return None
        return self.steps[0].delta - self.steps[last].delta

    @property
    def measured_log10_delta_ratio(self) -> float | None:
        """The same ratio as measured on the rows given; None without them."""
        last = self.last_hidden
        if last < 1 or not self.measured:
            return None
        return _difference(self.measured[0].delta, self.measured[last].delta)

    @property
    def tolerance(self) -> float | None:
        """How far a network of this depth and width may lie from the foretold ratio."""
        widths = self.widths
        return 0.15 + math.sqrt(len(widths) / min(widths)) if len(widths) > 1 else None

    @property
    def uncertain(self) -> bool:
        """The foretold ratio is not to be trusted: chance fluctuations grow on the way."""
        return any(step.grows > _DRIFTS for step in self.steps[: self.last_hidden + 1])

    @functools.cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The weighted layers, input first."""
        return tuple(self._layer(number) for number in range(len(self.anatomy.parts)))

    def _layer(self, number: int) -> Layer:
        part, last = self.anatomy.parts[number], self.last_hidden
        step = self.steps[number] if number < len(self.steps) else None
        seen = self.measured[number] if self.measured else None
        end = self.steps[last] if 0 <= last < len(self.steps) else None
        last_seen = self.measured[last] if self.measured and last >= 0 else None
        onset = self._onset
        return Layer(
            name=part.name,
            kind=_kind(part.layer),
            activation=part.follower.name,
            initializer=_snake(type(links.initializer_of(part.layer)).__name__),
            hidden=number <= last,
            step=step,
            delta=None if step is None or end is None else _difference(step.delta, end.delta),
            level=None if step is None or onset is None else step.delta + onset,
            kernel=None if step is None or end is None else _difference(step.kernel, end.kernel),
            measured=seen,
            measured_delta=None
            if not (seen and last_seen)
            else _difference(seen.delta, last_seen.delta),
            measured_kernel=None
            if not (seen and last_seen)
            else _difference(seen.row_kernel, last_seen.row_kernel),
        )

    @property
    def last_hidden(self) -> int:
        """The number of the last hidden layer, −1 where there is none."""
        return len(self.anatomy.parts) - self.anatomy.outputs - 1

    @functools.cached_property
    def _onset(self) -> float | None:
        """log10 of the foretold ‖∂L/∂z‖ at the output layer, for losses that are known."""
        parts = self.anatomy.parts
        if not parts or len(self.steps) < len(parts):
            return None
        last = parts[-1]
        size = onset.of(self.model, last.layer, last.follower.name, self.steps[-1].q)
        return None if not size else math.log10(size)

    @property
    def widths(self) -> list[int]:
        """How many numbers each hidden layer has for a row."""
        parts = self.anatomy.parts[: self.last_hidden + 1]
        return [_units(part.layer) for part in parts]

    @property
    def verdict(self) -> Text:
        """What to expect, in one sentence; of the measured gradient where there is one."""
        from advisor.signal_words import verdict

        return verdict(self)

    @property
    def remarks(self) -> list[Text]:
        """What was assumed, what hides what, what would help, and what cannot be said."""
        from advisor.signal_words import remarks

        return remarks(self)

    def remedy(self) -> Remedy | None:
        """Return another activation or initializer that is foretold to keep gradients alive.

        None where nothing is wrong, nothing helps, or the theory does not reach.
        """
        ratio, last = self.log10_delta_ratio, self.last_hidden
        parts = self.anatomy.parts[: last + 1]
        chain = [part.link for part in parts if part.link is not None]
        if ratio is None or len(chain) < len(parts) or any(link.taps for link in chain):
            return None
        if abs(ratio) <= remedies.REACH and self.steps[last].gap >= remedies.ALIKE:
            return None
        return remedies.find(chain, self.widths, parts[0].follower.name)

    def page(self) -> Page:
        """Describe the signal's way in the language spoken now."""
        from advisor.signal_words import describe

        return describe(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the signal's way as plain JSON types; infinity and NaN as text."""
        remedy = self.remedy()
        found: dict[str, Any] = _plain(
            {
                "model": self.model.name,
                "rows": self.rows,
                "log10_delta_ratio": self.log10_delta_ratio,
                "measured_log10_delta_ratio": self.measured_log10_delta_ratio,
                "tolerance": self.tolerance,
                "uncertain": self.uncertain,
                "verdict": str(self.verdict),
                "remedy": remedy
                and {
                    "activation": remedy.activation,
                    "initializer": remedy.initializer,
                    "log10_delta_ratio": remedy.ratio,
                },
                "layers": [layer.to_dict() for layer in self.layers],
                "remarks": [str(remark) for remark in self.remarks],
            }
        )
        return found

    def plot(self) -> Any:
        """Draw the gradient at each layer, foretold and measured, as a matplotlib Figure."""
        from advisor.signal_plots import draw_signal

        return draw_signal(self)


def signal(model: Any, X: Any = None, y: Any = None) -> Signal:
    """Foretell how signal and gradient travel through a model; with data, measure it as well.

    What is foretold rests on widths, initializers and activations alone, never on the weights as
    they are; nothing of Keras is run for it. With data, up to 512 rows are run forward, and
    backward where the model is compiled, as in the first step of training; the model is not
    changed.

    Args:
        model: a Keras model.
        X: features as the model takes them; None takes inputs of variance 1, after any
            Normalization.
        y: targets as the model's loss takes them; None measures the way forward only.

    Raises:
        DataTypeError: it is no Keras model.
        OptionError: y without X, or data for a model that is not built.
        DataError, LabelError: X or y that do not fit the model.

    Source: Poole et al. 2016, arXiv 1606.05340; Schoenholz et al. 2017, arXiv 1611.01232.

    Example:
        >>> from advisor import build
        >>> way = signal(build("multiclass", hidden="sigmoid", depth=10, units=64))
        >>> round(way.log10_delta_ratio, 1)
        -5.6
    """
    keras = backend.keras()
    if not isinstance(model, keras.Model):
        raise DataTypeError(f"Expected a keras.Model. Received: a {type(model).__name__}.")
    found = anatomy.read(model)
    if X is None:
        if y is not None:
            raise OptionError("Received y without X. Expected both, X alone, or neither.")
        chain = found.chain()
        return Signal(model, found, meanfield.travel(chain) if chain else [], [], 0)
    X, y = some_rows(model, X, y, ROWS)
    measured, arrival = gradients.measure(model, found.parts, X, y)
    steps: list[Step] = []
    if arrival is not None:
        found.behind_inputs()
        chain = found.chain()
        ways = [meanfield.travel(chain, square, arrival.gap) for square in arrival.squares if chain]
        steps = meanfield.average(ways) if ways else []
    return Signal(model, found, steps, measured, len(keras.tree.flatten(X)[0]))


def some_rows(model: Any, X: Any, y: Any, most: int) -> tuple[Any, Any]:
    """Return up to `most` rows, spread over the data; y None where no gradient can be had.

    Raises:
        OptionError: the model is not built.
        DataError, DataTypeError, LabelError: X or y that do not fit the model.
    """
    import numpy as np

    keras = backend.keras()
    if not model.built:
        raise OptionError(
            "The model is not built, so no data can pass it. Build it first: add keras.Input(shape) "
            "or call model.build(X.shape)."
        )
    if y is None and streams.is_stream(X):
        X, y = streams.collect(X)
    if y is None:
        X = intake.features(model, X)
    else:
        X, y = intake.check(model, X, y)
    if y is not None and not getattr(model, "compiled", False):
        y = None
    n = len(keras.tree.flatten(X)[0])
    most = min(n, most, max(1, _NUMBERS // _of_row(model)))
    rows = np.linspace(0, n - 1, most).astype(int)

    def some(part: Any) -> Any:
        return keras.tree.map_structure(lambda a: np.asarray(a)[rows], part)

    return some(X), None if y is None else some(y)


def _of_row(model: Any) -> int:
    """Return how many numbers the model's layers give for a row, as far as their shapes tell."""
    total = 1
    for layer in model.layers:
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):  # a subclassed model shows no graph
            continue
        total += math.prod(size or 1 for size in shape)
    return total


def _difference(first: float | None, second: float | None) -> float | None:
    if first is None or second is None or (math.isinf(first) and first == second):
        return None
    return first - second


def _kind(layer: Any) -> str:
    return f"{type(layer).__name__}({_units(layer)})"


def _units(layer: Any) -> int:
    """Return how many units, or channels, a layer has."""
    for name in ("units", "filters"):
        if hasattr(layer, name):
            return int(getattr(layer, name))
    return int(layer.kernel.shape[-1] * layer.kernel.shape[-2]) if layer.built else 0


def _snake(name: str) -> str:
    """Write a class as Keras names it in calls: GlorotUniform as glorot_uniform."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _plain(value: Any) -> Any:
    """Turn values into what JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    return value
