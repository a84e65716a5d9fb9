"""Curves that a student reads a number off: drawn anew from each student's seed, in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.errors import UnknownNameError
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Spec = Mapping[str, Any]
    Curves = dict[str, tuple[Any, Any]]

_EPOCHS = 60
_TAIL = 10  # of the epochs, the level of which is the plateau
_UNITS, _ROWS = 12, 40
_LAYERS = 12


def _rng(spec: Spec) -> Any:
    import numpy as np

    return np.random.default_rng(spec["seed"])


def losses(spec: Spec) -> Curves:
    """Return the training and the validation loss of a model that begins to overfit."""
    import numpy as np

    rng = _rng(spec)
    epoch = np.arange(1, _EPOCHS + 1, dtype="float64")
    start, floor = rng.uniform(0.9, 1.3), rng.uniform(0.08, 0.2)
    turn, quick = rng.integers(18, 41), rng.uniform(5, 9)
    wobble = rng.normal(scale=0.004, size=(2, _EPOCHS))
    train = floor + (start - floor) * np.exp(-epoch / quick) + wobble[0]
    kept = floor + rng.uniform(0.06, 0.12) + (start - floor) * np.exp(-epoch / quick)
    rise = rng.uniform(0.5, 0.9) * ((epoch - turn) / _EPOCHS) ** 2
    # the last of the fall is taken away, so that the lowest epoch is where the rise begins
    fall = 0.02 * np.maximum(turn - epoch, 0) / turn
    held = kept + fall + np.where(epoch > turn, rise, 0.0) + wobble[1] / 4
    return {"training loss": (epoch, train), "validation loss": (epoch, held)}


def of_losses(spec: Spec) -> float:
    """Read "best-epoch", "final-gap" or "plateau" (of the training loss) off the two curves."""
    (epoch, train), (_, held) = losses(spec).values()
    reads: dict[str, Callable[[], float]] = {
        "best-epoch": lambda: float(epoch[held.argmin()]),
        "final-gap": lambda: float(held[-1] - train[-1]),
        "plateau": lambda: float(train[-_TAIL:].mean()),
    }
    if spec["read"] not in reads:
        raise UnknownNameError("way of reading", spec["read"], reads)
    return reads[spec["read"]]()


def sums(spec: Spec) -> Curves:
    """Return the weighted sums of a layer's units, row by row; some units are off for every row."""
    import numpy as np

    rng = _rng(spec)
    units, rows = int(spec.get("units", _UNITS)), int(spec.get("rows", _ROWS))
    dead = rng.permutation(units) < rng.integers(units // 4, 2 * units // 3 + 1)
    level = np.where(dead, rng.uniform(-5.0, -3.0, units), rng.uniform(-0.8, 0.8, units))
    z = level + np.where(dead, 0.8, 1.0) * rng.normal(size=(rows, units))
    z = np.where(dead, np.minimum(z, -0.2), z)
    z[rng.integers(rows, size=units), np.arange(units)] += np.where(dead, 0.0, 3.0)
    row = np.arange(1, rows + 1, dtype="float64")
    return {f"z{number + 1}": (row, z[:, number]) for number in range(units)}


def dead_share(spec: Spec) -> float:
    """Give the share of ReLU units that are off for every row."""
    found = [bool((z <= 0).all()) for _, z in sums(spec).values()]
    return sum(found) / len(found)


def off_share(spec: Spec) -> float:
    """Give the share of zeros among a ReLU layer's outputs, dead units or not."""
    found = [float((z <= 0).mean()) for _, z in sums(spec).values()]
    return sum(found) / len(found)


def gradients(spec: Spec) -> Curves:
    """Return the size of the gradient at each hidden layer, as log10, fading towards the first."""
    import numpy as np

    rng = _rng(spec)
    layers = int(spec.get("layers", _LAYERS))
    factor = rng.uniform(*spec.get("between", (0.2, 0.75)))
    layer = np.arange(1, layers + 1, dtype="float64")
    size = rng.uniform(-2.5, -1.5) + (layers - layer) * np.log10(factor)
    wobble = rng.normal(scale=0.02, size=layers)
    wobble[[0, -1]] = 0.0
    return {"log10 |gradient|": (layer, size + wobble)}


def layer_factor(spec: Spec) -> float:
    """Give what one layer multiplies the gradient by, on the average of all layers."""
    ((layer, size),) = gradients(spec).values()
    return float(10 ** ((size[0] - size[-1]) / (layer[-1] - layer[0])))


def slopes(spec: Spec) -> Curves:
    """Return an activation and its derivative between −4 and 4."""
    import numpy as np

    from advisor.activations import activation

    row = activation(spec["activation"])
    x = np.linspace(-4, 4, 801)
    return {"f": (x, evaluate(row.f, x=x) * 1.0), "f'": (x, evaluate(row.df, x=x) * 1.0)}


def shown_slope(spec: Spec) -> float:
    """Read the largest slope, or where it is ("highest", "where"), off the curve of f'."""
    x, slope = slopes(spec)["f'"]
    reads = {"highest": float(slope.max()), "where": float(x[slope.argmax()])}
    if spec["read"] not in reads:
        raise UnknownNameError("way of reading", spec["read"], reads)
    return reads[spec["read"]]


SHOWN: dict[str, Callable[[Spec], Curves]] = {
    "curve": losses,
    "dead-share": sums,
    "off-share": sums,
    "layer-factor": gradients,
    "shown-slope": slopes,
}
