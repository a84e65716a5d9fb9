"""The table of numbers that a student works out: by a formula, by theory, or off a curve.

Each is a function of the question's spec alone, in NumPy, so that the right number is computed and
never written down.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.activations import activation
from advisor.errors import OptionError, UnknownNameError, shown
from advisor.expressions import evaluate
from advisor.grading import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Spec = Mapping[str, Any]

_FARTHEST, _FINE = 60.0, 200
_DEEPEST = 10_000


def value_of(spec: Spec) -> float:
    """Return the right number.

    Raises:
        UnknownNameError: no such value, activation, initializer or way of reading.
        OptionError: the spec lacks what the value needs, or holds what has no answer.

    Example:
        >>> value_of({"value": "max-slope", "activation": "sigmoid", "power": 2})
        0.0625
    """
    if spec.get("value") not in VALUES:
        raise UnknownNameError("value", spec.get("value"), VALUES)
    try:
        return float(VALUES[spec["value"]](spec))
    except KeyError as error:
        raise OptionError(f"The value {spec['value']!r} needs {error} in its question.") from None


def has_curve(spec: Spec) -> bool:
    """Say whether the number is read off curves that the student is shown."""
    return spec.get("value") in readings.SHOWN


def curve(spec: Spec) -> dict[str, tuple[Any, Any]]:
    """Return what the student is shown: x and y, float64 arrays, by label.

    Raises:
        UnknownNameError: the number is not read off a curve.
    """
    if not has_curve(spec):
        raise UnknownNameError("value with a curve", spec.get("value"), readings.SHOWN)
    return readings.SHOWN[str(spec["value"])](spec)


def _at(line: str, x: float) -> float:
    import numpy as np

    return float(evaluate(line, x=np.asarray(x, "float64")))


def _max_slope(spec: Spec) -> float:
    """Max |f'| ^ power: at most left of a gradient after so many layers, weights apart."""
    steepest = activation(spec["activation"]).max_slope
    if steepest is None:
        raise OptionError(f"{shown(spec['activation'])} has no largest slope.")
    return float(steepest ** spec.get("power", 1))


def _output(spec: Spec) -> float:
    """f(x)."""
    return _at(activation(spec["activation"]).f, spec["x"])


def _slope(spec: Spec) -> float:
    """f'(x) ^ power."""
    return float(_at(activation(spec["activation"]).df, spec["x"]) ** spec.get("power", 1))


def _chain(spec: Spec) -> float:
    """Π w_l f'(z_l): what backpropagation multiplies along one path."""
    row = activation(spec["activation"])
    weights = spec.get("weights") or [1.0] * len(spec["sums"])
    factors = (w * _at(row.df, z) for w, z in zip(weights, spec["sums"], strict=True))
    return float(math.prod(factors))


def _saturates(spec: Spec) -> float:
    """Give the smallest x ≥ 0 from which on |f'| stays under a limit."""
    import numpy as np

    row, limit = activation(spec["activation"]), float(spec["limit"])
    x = np.linspace(0, _FARTHEST, int(_FARTHEST) * _FINE + 1)
    above = np.flatnonzero(np.abs(evaluate(row.df, x=x)) >= limit)
    if len(above) == 0:
        return 0.0
    if above[-1] == len(x) - 1:
        raise OptionError(f"The slope of {row.name} does not stay under {limit:g}.")
    low, high = x[above[-1]], x[above[-1] + 1]
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if abs(_at(row.df, middle)) >= limit else (low, middle)
    return float(high)


def _layers_until(spec: Spec) -> float:
    """Give the fewest layers after which a factor a layer leaves less than a limit."""
    factor = spec["factor"] if "factor" in spec else _max_slope({**spec, "power": 1})
    limit = float(spec["limit"])
    if not 0 < factor < 1 or not 0 < limit < 1:
        raise OptionError(f"Expected a factor and a limit between 0 and 1. Received: {factor!r}.")
    layers = next((n for n in range(1, _DEEPEST) if factor**n < limit), None)
    if layers is None:
        raise OptionError(f"A factor of {factor!r} a layer leaves too much.")
    return float(layers)


def _delta_ratio(spec: Spec) -> float:
    """log10 ‖δ‖ at the first hidden layer over the last one's, as `advisor.signal` foretells it."""
    from advisor import meanfield, moments

    depth, units = int(spec["depth"]), int(spec.get("units", 64))
    row = activation(spec["activation"])
    if row.name not in moments.known():
        raise OptionError(f"Nothing is foretold for {row.name}: it is not elementwise.")
    links = []
    for number in range(depth):
        inputs = int(spec.get("features", units)) if number == 0 else units
        weight = _variance(spec, inputs, units)
        links.append(meanfield.Link(weight, 0.0, inputs, moments.known()[row.name]))
    steps = meanfield.travel(links)
    return steps[0].delta - steps[-1].delta


def _variance(spec: Spec, inputs: int, units: int) -> float:
    """Return the variance of a kernel's entries, by `stddev` or by Keras' initializer."""
    from advisor import variances

    if "stddev" in spec:
        return float(spec["stddev"]) ** 2
    name = "".join(part.title() for part in str(spec["initializer"]).split("_"))
    found = variances.drawn(name, {}, (inputs, units))
    if found is None:
        known = [f"{a}_{b}" for a in ("glorot", "he", "lecun") for b in ("normal", "uniform")]
        raise UnknownNameError("initializer", spec["initializer"], known)
    return found[1]


def _delta_factor(spec: Spec) -> float:
    """√(Var(w) · fan_in · E f'(z)²), z ~ N(0, 1): what a layer multiplies the gradient by."""
    row = activation(spec["activation"])
    units = int(spec.get("units", 64))
    if row.gain_backward is None:
        raise OptionError(f"Nothing is foretold for {row.name}: it is not elementwise.")
    return math.sqrt(_variance(spec, units, units) * units) / row.gain_backward


def _kernel_std(spec: Spec) -> float:
    """Gain / √fan_in: the spread of the weights that keeps signals at size 1."""
    row = activation(spec["activation"])
    if row.gain_forward is None:
        raise OptionError(f"No spread is known for {row.name}: it is not elementwise.")
    return row.gain_forward / math.sqrt(spec["fan_in"])


def _dead_bias(spec: Spec) -> float:
    """−Σ max(w, 0): under it a ReLU unit is off for all inputs between 0 and 1."""
    return -math.fsum(max(float(weight), 0.0) for weight in spec["weights"])


def _softmax(spec: Spec) -> float:
    """e^z_k / Σ e^z."""
    top = max(spec["scores"])
    parts = [math.exp(score - top) for score in spec["scores"]]
    return parts[int(spec["class"])] / math.fsum(parts)


def _cross_entropy(spec: Spec) -> float:
    """−ln p of the true class: of softmax scores, or of a probability."""
    return -math.log(spec["p"] if "p" in spec else _softmax(spec))


def _chance_loss(spec: Spec) -> float:
    """Give ln K: the cross-entropy of a model that knows nothing of K equally common classes."""
    return math.log(spec["classes"])


VALUES: dict[str, Callable[[Spec], float]] = {
    "max-slope": _max_slope,
    "output": _output,
    "slope": _slope,
    "chain": _chain,
    "saturates-beyond": _saturates,
    "layers-until": _layers_until,
    "delta-ratio": _delta_ratio,
    "delta-factor": _delta_factor,
    "kernel-std": _kernel_std,
    "dead-bias": _dead_bias,
    "softmax": _softmax,
    "cross-entropy": _cross_entropy,
    "chance-loss": _chance_loss,
    "curve": readings.of_losses,
    "dead-share": readings.dead_share,
    "off-share": readings.off_share,
    "layer-factor": readings.layer_factor,
    "shown-slope": readings.shown_slope,
}
