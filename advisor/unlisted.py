"""A row for a function that is not in the table, by numerical means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.curves import Activation, Hidden
from advisor.errors import OptionError
from advisor.quadrature import critical, mean
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Array = np.ndarray[Any, Any]
    Function = Callable[[Array], Array]

_FAR = 1e4  # what a function does there is taken for its limit
_NEAR = 7.0  # farther out rounding alone may reach a bound
_FLAT = 1e-3
_STEP = 0.005
_JUMP = 0.05  # a larger change of the slope within a step is a kink


def measure(function: Any) -> Activation:
    """Return the row of a function of one array, found by evaluating and differentiating it.

    Args:
        function: elementwise, from a Keras tensor of any shape to one of that shape; or a layer.

    Raises:
        OptionError: it fails, changes the shape, or lets one unit depend on another.
    """
    import numpy as np

    f, df, places = in_numpy(function)
    far = np.logspace(2, 4, 50)
    x = np.concatenate([-far[::-1], _inner(), far])
    y, slope = f(x), df(x)
    lower, lower_reached = _bound(f, x, y, -1)
    upper, upper_reached = _bound(f, x, y, 1)
    steepest, where = _steepest(df, x, slope)
    backward = mean(lambda z: df(z) ** 2, 1.0, places)
    name = getattr(function, "__name__", None) or getattr(function, "name", "function")
    left, right = (bool(abs(s) < _FLAT) for s in df(np.array([-_FAR, _FAR])))
    points = (critical(f, df, spread, places) for spread in (0.0, 0.2, 0.5))
    return Activation(
        name=str(name),
        title=_YOURS,
        call=f"{name}(x)",
        formula="f(x)",
        derivative="f'(x)",
        f=f,
        df=df,
        lower=lower,
        upper=upper,
        lower_reached=lower_reached,
        upper_reached=upper_reached,
        monotone=_rises(y),
        saturates=_SIDES[left, right],
        max_slope=steepest,
        max_slope_at=where,
        kinks=tuple(zip(places, df(np.array(places)).tolist(), strict=True)) if places else (),
        mean=mean(f, 1.0, places),
        gain_forward=_gain(mean(lambda z: f(z) ** 2, 1.0, places)),
        gain_backward=_gain(backward),
        critical=tuple(point for point in points if point is not None),
        initializer="lecun_normal" if backward > math.sqrt(0.5) else "he_normal",
        initializer_reason=_SCALE.format(f"{1 / backward:.3g}" if backward > 0 else "∞"),
        use=_UNKNOWN,
        hidden=Hidden(None, _UNKNOWN),
        source=_MEASURED,
    )


def in_numpy(function: Any) -> tuple[Function, Function, tuple[float, ...]]:
    """Return f, f' and the places of kinks, on arrays.

    Args:
        function: elementwise, from a Keras tensor of any shape to one of that shape; or a layer.

    Raises:
        OptionError: it fails, changes the shape, or lets one unit depend on another.
    """
    f, df = _on_arrays(function)
    _each_for_itself(function, f)
    return f, df, _kinks(f, df, _inner())


def _inner() -> Array:
    import numpy as np

    return np.arange(-50, 50 + _STEP / 2, _STEP)


def _on_arrays(function: Any) -> tuple[Function, Function]:
    """Return f and f' as functions of arrays, in float64 where function and backend can."""
    import numpy as np

    keras = backend.keras()

    def maker(dtype: str) -> tuple[Function, Function]:
        def f(x: Array) -> Array:
            given = keras.ops.convert_to_tensor(np.asarray(x, dtype))
            return np.asarray(keras.ops.convert_to_numpy(function(given)), "float64")

        def df(x: Array) -> Array:
            given = keras.ops.convert_to_tensor(np.asarray(x, dtype))
            (found,) = backend.gradients(lambda xs: keras.ops.sum(function(xs[0])), [given])
            if found is None:  # nothing of x is in it
                return np.zeros(np.shape(x))
            return np.asarray(keras.ops.convert_to_numpy(found), "float64")

        return f, df

    probe = np.linspace(-2, 2, 24).reshape(2, 3, 4)
    failure: Exception | None = None
    for dtype in ("float64", "float32") if keras.backend.backend() != "jax" else ("float32",):
        f, df = maker(dtype)
        try:
            shape, slopes = f(probe).shape, df(probe).shape
        except Exception as error:  # noqa: BLE001 - a function of the user's may raise anything
            failure = error
            continue
        if shape == slopes == probe.shape:
            return f, df
        raise OptionError(
            f"{function!r} turns shape {probe.shape} into {shape}. Expected one number for each number."
        )
    raise OptionError(
        f"{function!r} cannot be measured: {type(failure).__name__}: {str(failure).strip()[:200]} "
        "Expected a function of one tensor, of operations that can be differentiated."
    )


def _each_for_itself(function: Any, f: Function) -> None:
    """Refuse a function whose value at one unit depends on another."""
    import numpy as np

    x = np.linspace(-2, 2, 12).reshape(3, 4)
    other = x.copy()
    other[:, 0] += 1
    if not np.allclose(f(x)[:, 1:], f(other)[:, 1:], atol=1e-6):
        raise OptionError(
            f"{function!r} is not elementwise: a unit's value changes with another's input. "
            "Expected a function that takes each number for itself."
        )


def _bound(f: Function, x: Array, y: Array, sign: int) -> tuple[float, bool]:
    """Return infimum (sign −1) or supremum (sign 1), and whether it is attained."""
    import numpy as np

    y = sign * np.where(np.isnan(y), -sign * np.inf, y)
    at = int(y.argmax())
    nearer, end = (float(v) for v in sign * f(_side(x, y) * np.array([_FAR / 10, _FAR])))
    if not math.isfinite(end) or end - nearer > _FLAT * (1 + abs(nearer)):
        return sign * math.inf, False
    fine = np.linspace(x[max(at - 1, 0)], x[min(at + 1, len(x) - 1)], 20001)
    best = max(float(y[at]), float((sign * f(fine)).max()))
    if best > max(y[0], y[-1]) or bool((y[np.abs(x) <= _NEAR] >= best).any()):
        return sign * best, True
    return sign * round(end + (end - nearer) / 9, 6) + 0.0, False  # exact for tails like 1/x


def _side(x: Array, y: Array) -> float:
    """Return the sign of the end where y is larger."""
    return float(x[0] if y[0] > y[-1] else x[-1]) / abs(float(x[-1]))


def _steepest(df: Function, x: Array, slope: Array) -> tuple[float, float | None]:
    """Return the largest |f'| and where it is, None where only infinity has it."""
    import numpy as np

    size = np.abs(np.nan_to_num(slope, nan=0.0, posinf=np.inf, neginf=np.inf))
    at = int(size.argmax())
    if not math.isfinite(size[at]):
        return math.inf, None
    inside = np.abs(x) <= _NEAR
    if size[inside].max() >= size[at] * (1 - 1e-12):
        near = np.flatnonzero(inside & (size >= size[at] * (1 - 1e-12)))
        at = int(near[np.abs(x[near]).argmin()])
    elif max(size[0], size[-1]) >= size[at] * (1 - 1e-6):
        grows = max(size[0], size[-1]) > 2 * size[np.abs(x) <= _FAR / 100].max()
        return (math.inf if grows else float(f"{size[at]:.4g}")), None
    fine = np.linspace(x[at] - _STEP, x[at] + _STEP, 20001)
    sizes = np.abs(df(fine))
    best = int(sizes.argmax())
    if sizes[best] <= size[at] * (1 + 1e-9):
        return float(size[at]), round(float(x[at]), 6)
    return float(sizes[best]), round(float(fine[best]), 6)


def _kinks(f: Function, df: Function, x: Array) -> tuple[float, ...]:
    """Return where f or f' jumps."""
    import numpy as np

    x = x + _STEP / 3  # kinks lie at round numbers: never on a node, always between two
    found = []
    for g, jump in ((df, _JUMP), (f, _JUMP)):
        values = g(x)
        steps = np.abs(np.diff(values))
        with np.errstate(all="ignore"):
            usual = np.maximum(np.roll(steps, 2), np.roll(steps, -2))
        for i in np.flatnonzero((steps > jump) & (steps > 3 * usual)):
            low, high = float(x[i]), float(x[i + 1])
            for _ in range(40):
                middle = (low + high) / 2
                at_low, at, at_high = g(np.array([low, middle, high]))
                low, high = (
                    (low, middle) if abs(at - at_low) > abs(at_high - at) else (middle, high)
                )
            found.append(round((low + high) / 2, 6) + 0.0)
    return tuple(sorted(set(found)))


def _rises(y: Array) -> bool:
    """Tell whether values never fall, but for rounding."""
    import numpy as np

    y = y[np.isfinite(y)]
    return bool(np.all(np.diff(y) >= -1e-9 * (1 + np.abs(y[1:]))))


def _gain(second_moment: float) -> float:
    return second_moment**-0.5 if second_moment > 0 else math.inf


_SIDES = {
    (False, False): "no",
    (True, False): "left",
    (False, True): "right",
    (True, True): "both",
}
_YOURS = Text(en="a function of yours, measured", zh="你自己的函数，实测")
_SCALE = Text(
    en='the nearest of Keras\' own; VarianceScaling(scale={}, mode="fan_in") keeps gradients at '
    "unit variance.",
    zh='Keras 自带的里面最接近的；方差为 1 时保持梯度大小的是 VarianceScaling(scale={}, mode="fan_in")。',
)
_UNKNOWN = Text(
    en='not in the table: compare(hidden=["relu", f]) tells whether it helps on your data.',
    zh='表里没有：在你的数据上有没有用，compare(hidden=["relu", f]) 会告诉你。',
)
_MEASURED = "measured by evaluating and differentiating it"
