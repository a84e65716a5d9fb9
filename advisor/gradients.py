"""Signal and gradient of a Keras model, measured on a batch; the model is left as it was."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.anatomy import Part
    from advisor.meanfield import Link

_NO_SLOPE = 1e-7  # in float32 a smaller slope adds nothing
_BINS, _COUNTED = 40, 20_000  # of a histogram
_LEAST = 1e-20  # stands for an exact 0 where a logarithm is taken
_GROUPS = 8  # of rows of like size, for which the theory is asked one by one
_LOOKS = 32  # rows, or positions of rows, without which nobody can call a unit dead
_FLAT = 0.05  # a slope under which a unit counts as saturated, as in the pictures of activations


@dataclass(slots=True)
class Measured:
    """What was measured at a weighted layer; logarithms to base 10, None where there is nothing.

    Attributes:
        q: mean square of its weighted sums z, constant biases left out.
        gap: 1 − correlation of the weighted sums of two rows, mean over pairs.
        dead: share of units whose activation has no slope for any row, if there are 32 or more.
        saturated: share of rows and units where the activation's slope is below 0.05.
        delta: log10 of ‖∂L/∂z‖, root mean square over rows, L a row's loss.
        kernel: log10 of the batch's kernel gradient ‖∂L/∂W‖.
        row_kernel: log10 of a row's own, root mean square over rows; of Dense layers.
        update: log10 of ‖ΔW‖ / ‖W‖ in the optimizer's next step.
        outputs: histogram of what the activation gives, (counts, edges).
        entries: histogram of log10 |∂L/∂w| over the batch's kernel gradient, (counts, edges).
    """

    q: float | None = None
    gap: float | None = None
    dead: float | None = None
    saturated: float | None = None
    delta: float | None = None
    kernel: float | None = None
    row_kernel: float | None = None
    update: float | None = None
    outputs: tuple[Any, Any] | None = None
    entries: tuple[Any, Any] | None = None


@dataclass(slots=True)
class Arrival:
    """What arrives at the first weighted layer.

    Attributes:
        squares: mean square over a row's numbers, a group of rows of like size each; for images
            over a position's channels, shape (height, width).
        gap: 1 − correlation of two rows, mean over pairs.
    """

    squares: list[Any]
    gap: float


def measure(
    model: Any, parts: Sequence[Part], X: Any, y: Any = None
) -> tuple[list[Measured], Arrival | None]:
    """Run a batch forward, and backward where y is given; return a row a part, and what arrives.

    Args:
        model: a built Keras model.
        parts: its weighted layers.
        X: what the model takes.
        y: what its loss takes; None to run forward only.
    """
    batch = len(backend.keras().tree.flatten(X)[0])
    ears = _Ears(parts)
    _run(model, ears, (X, None))
    found = [_forward(part, ears, number, batch) for number, part in enumerate(parts)]
    if y is not None:
        _backward(model, ears, (X, y), found)
    return found, _arrival(ears.inputs[0], batch, parts[0].link) if parts else None


def _arrival(inputs: Any, batch: int, link: Link | None) -> Arrival | None:
    """Sort the rows by size, and describe groups of them."""
    import numpy as np

    if inputs is None or link is None or len(inputs) != batch:
        return None
    rows = _numpy(inputs)
    gap = _gap(rows.reshape(batch, -1)) if batch > 1 else None
    squares = rows**2
    order = np.argsort(squares.reshape(batch, -1).mean(axis=1))
    groups = np.array_split(squares[order], min(_GROUPS, batch))
    if not link.taps:
        return Arrival([float(group.mean()) for group in groups], 1.0 if gap is None else gap)
    channels = -1 if rows.shape[1:-1] == tuple(t.shape[1] for t in link.taps) else 1
    maps = [group.mean(axis=channels).mean(axis=0) for group in groups]
    return Arrival(maps, 1.0 if gap is None else gap)


class _Ears:
    """Listens at weighted layers: what comes in, the weighted sum, what the activation sees."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.inputs: list[Any] = [None] * len(parts)
        self.seen: list[Any] = [None] * len(parts)
        self.outputs: list[Any] = [None] * len(parts)
        self.sums: list[tuple[int, Any]] = []  # in the order of the calls

    @contextlib.contextmanager
    def listening(self, probes: list[Any] | None) -> Iterator[None]:
        """Listen while a model runs; add a probe to each weighted sum, in the order of the calls."""
        with contextlib.ExitStack() as stack:
            calls = iter(probes) if probes is not None else None
            for number, part in enumerate(self.parts):
                stack.enter_context(_instead(part.layer, "activation", self._sum(number, calls)))
                if calls is None:
                    stack.enter_context(_instead(part.layer, "call", self._input(number)))
                    if part.site is not None:
                        stack.enter_context(_instead(part.site, "call", self._site(number)))
            yield

    def _sum(self, number: int, probes: Iterator[Any] | None) -> Any:
        activation = self.parts[number].layer.activation

        def listen(z: Any) -> Any:
            if probes is None:
                self.sums.append((number, z))
                if self.parts[number].site is None:
                    self.seen[number] = z
            else:
                z = z + next(probes)
            out = z if activation is None else activation(z)
            if probes is None and self.parts[number].site is None:
                self.outputs[number] = out
            return out

        return listen

    def _input(self, number: int) -> Any:
        call = self.parts[number].layer.call

        def listen(inputs: Any, *args: Any, **options: Any) -> Any:
            self.inputs[number] = inputs
            return call(inputs, *args, **options)

        return listen

    def _site(self, number: int) -> Any:
        call = self.parts[number].site.call

        def listen(inputs: Any, *args: Any, **options: Any) -> Any:
            self.seen[number] = inputs
            self.outputs[number] = call(inputs, *args, **options)
            return self.outputs[number]

        return listen


@contextlib.contextmanager
def _instead(layer: Any, name: str, value: Any) -> Iterator[None]:
    """Give a layer another attribute for a while, behind the back of Keras' tracking."""
    own = vars(layer)
    had, before = name in own, own.get(name)
    own[name] = value
    try:
        yield
    finally:
        if had:
            own[name] = before
        else:
            del own[name]


def _run(
    model: Any,
    ears: _Ears,
    data: tuple[Any, Any],
    probes: list[Any] | None = None,
    values: list[Any] | None = None,
) -> Any:
    """Call the model as in training; return the loss where y is given. Nothing is kept."""
    keras = backend.keras()
    X, y = data
    mapping = list(zip(model.trainable_variables, values, strict=True)) if values else []
    with (
        keras.StatelessScope(state_mapping=mapping, collect_losses=True),
        ears.listening(probes),
    ):
        p = model(X, training=True)
        return None if y is None else model.compute_loss(x=X, y=y, y_pred=p, training=True)


def _forward(part: Part, ears: _Ears, number: int, batch: int) -> Measured:
    """Look at what was heard at one layer on the way forward."""
    import numpy as np

    found = Measured()
    sums = [_numpy(z) for at, z in ears.sums if at == number]
    if not sums:
        return found
    z = sums[0] - _bias(part)
    found.q = float(np.mean(z**2))
    if len(z) == batch > 1:
        found.gap = _gap(z.reshape(batch, -1))
    if ears.seen[number] is not None and part.follower.name != "linear":
        found.dead, found.saturated = _asleep(part, _numpy(ears.seen[number]))
    if ears.outputs[number] is not None:
        found.outputs = _histogram(_numpy(ears.outputs[number]))
    return found


def _histogram(values: Any) -> tuple[Any, Any] | None:
    """Count values in bins between the smallest and the largest; of very many, evenly chosen ones."""
    import numpy as np

    values = np.ravel(values)
    values = values[:: -(-values.size // _COUNTED)]
    values = values[np.isfinite(values)]
    return np.histogram(values, _BINS) if len(values) else None


def _bias(part: Part) -> Any:
    """Return the biases, which the theory leaves out where they are not drawn at random."""
    import numpy as np

    layer = part.layer
    if part.link is None or part.link.bias or not layer.use_bias:
        return 0.0
    bias = _numpy(layer.bias)
    if getattr(layer, "data_format", None) == "channels_first":
        return bias.reshape(-1, *np.ones(len(part.link.taps), int))
    return bias


def _gap(z: Any) -> float | None:
    """Return 1 − the mean cosine of two rows, without a difference of nearly equal numbers."""
    import numpy as np

    size = np.linalg.norm(z, axis=1, keepdims=True)
    if not np.isfinite(size).all() or (size == 0).any():
        return None
    directions = z / size
    return float(((directions - directions.mean(axis=0)) ** 2).sum() / (len(z) - 1))


def _asleep(part: Part, seen: Any) -> tuple[float | None, float | None]:
    """Return the shares of dead and of saturated units."""
    import numpy as np

    if part.follower.moments is None:
        return None, None
    _, df, _ = part.follower.numeric()
    with np.errstate(all="ignore"):
        slopes = np.abs(df(seen))
    axis = 1 if getattr(part.layer, "data_format", None) == "channels_first" else -1
    units = np.moveaxis(slopes, axis, -1).reshape(-1, slopes.shape[axis])
    dead = float((units.max(axis=0) < _NO_SLOPE).mean()) if len(units) >= _LOOKS else None
    return dead, float((units < _FLAT).mean())


def _backward(model: Any, ears: _Ears, data: tuple[Any, Any], found: list[Measured]) -> None:
    """Fill in what the gradient tells."""
    import numpy as np

    keras = backend.keras()
    parts, batch = ears.parts, len(keras.tree.flatten(data[0])[0])
    probes = [keras.ops.zeros_like(z) for _, z in ears.sums]
    values = [_copy(v) for v in model.trainable_variables]
    cut = len(probes)

    def loss(inputs: list[Any]) -> Any:
        return _run(model, ears, data, inputs[:cut], inputs[cut:])

    gradients = backend.gradients(loss, [*probes, *values])
    deltas = [None if g is None else _numpy(g) for g in gradients[:cut]]
    kernels = dict(zip(map(id, model.trainable_variables), gradients[cut:], strict=True))
    updates = _updates(model, gradients[cut:])
    for number, (part, row) in enumerate(zip(parts, found, strict=True)):
        calls = [d for (at, _), d in zip(ears.sums, deltas, strict=True) if at == number]
        mine = [d for d in calls if d is not None]
        if not mine or len(mine) < len(calls):
            continue
        row.delta = _log10(math.sqrt(batch * sum(float(np.sum(d**2)) for d in mine)))
        kernel = getattr(part.layer, "_kernel", None)
        kernel = part.layer.kernel if kernel is None else kernel
        gradient = kernels.get(id(kernel))
        if gradient is not None:
            entries = _numpy(gradient)
            row.kernel = _log10(float(np.linalg.norm(entries.ravel())))
            row.entries = _histogram(np.log10(np.maximum(np.abs(entries), _LEAST)))
            row.update = updates.get(id(kernel))
        inputs = _numpy(ears.inputs[number])
        if inputs.ndim == 2 and len(mine) == 1:  # noqa: PLR2004 - a Dense layer on rows
            sizes = (mine[0] ** 2).sum(axis=1) * (inputs**2).sum(axis=1)
            row.row_kernel = _log10(math.sqrt(batch * float(sizes.sum())))


def try_step(model: Any, X: Any, y: Any) -> tuple[float, float]:
    """Return the loss of a batch before and after one step, taken on copies of the weights."""
    keras = backend.keras()
    ears, variables = _Ears(()), model.trainable_variables
    values = [_copy(v) for v in variables]

    def loss(inputs: list[Any]) -> Any:
        return _run(model, ears, (X, y), values=inputs)

    stepped = _stepped(model, backend.gradients(loss, values))
    after = [
        keras.ops.convert_to_tensor(_numpy(stepped.get(id(v), v)), dtype=v.dtype) for v in variables
    ]
    return float(_numpy(loss(values))), float(_numpy(loss(after)))


def _updates(model: Any, gradients: list[Any]) -> dict[int, float]:
    """Return log10 ‖ΔW‖ / ‖W‖ of the optimizer's next step."""
    import numpy as np

    stepped, found = _stepped(model, gradients), {}
    for variable in model.trainable_variables:
        if id(variable) not in stepped:
            continue
        before, after = _numpy(variable.value), _numpy(stepped[id(variable)].value)
        size = float(np.linalg.norm(before.ravel()))
        if size > 0:
            found[id(variable)] = _log10(float(np.linalg.norm((after - before).ravel())) / size)
    return found


def _stepped(model: Any, gradients: list[Any]) -> dict[int, Any]:
    """Let a copy of the optimizer take one step with copies of the weights; return those."""
    keras = backend.keras()
    optimizer, variables = model.optimizer, model.trainable_variables
    pairs = [(v, g) for v, g in zip(variables, gradients, strict=True) if g is not None]
    if optimizer is None or not pairs:
        return {}
    copy = type(optimizer).from_config(optimizer.get_config())
    weights = [keras.Variable(_copy(v), dtype=v.dtype, name=v.name) for v in variables]
    own = dict(zip(map(id, variables), weights, strict=True))
    copy.build(weights)
    if optimizer.built:
        for mine, theirs in zip(copy.variables, optimizer.variables, strict=True):
            mine.assign(theirs)
    copy.apply([g for _, g in pairs], [own[id(v)] for v, _ in pairs])
    return {id(v): own[id(v)] for v, _ in pairs}


def _copy(variable: Any) -> Any:
    """Return a variable's value; Keras would hand out TensorFlow's variable itself."""
    import numpy as np

    keras = backend.keras()
    value = np.array(keras.ops.convert_to_numpy(variable.value), copy=True)
    return keras.ops.convert_to_tensor(value, dtype=variable.dtype)


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf if value == 0 else math.nan


def _numpy(tensor: Any) -> Any:
    import numpy as np

    return np.asarray(backend.keras().ops.convert_to_numpy(tensor), "float64")
