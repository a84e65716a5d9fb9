"""Many networks of one shape as one Keras model, trained at once and exactly independent.

A layer of all of them is one `EinsumDense`: kernels of shape (members, in, out), one batched
product. The loss is the sum of the members' own losses, so each one's gradient is its own, and
Adam works number by number.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from advisor import architecture, backend, calls, loops, members
from advisor.errors import OptionError
from advisor.models import construct
from advisor.orders import ahead
from advisor.rows import Rows
from advisor.runs import BLOCK, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from advisor.blueprint import Blueprint

_PREDICTED_AT_ONCE = 2**24  # numbers in the widest layer of a prediction
_PREDICTED_THERE = 2**29  # on a graphics card
_AHEAD = 2**23  # bytes of orders of rows that are drawn before their epoch
_AHEAD_THERE = 2**29
_BLOCK_THERE = 1.0  # seconds of epochs, between which it has nothing to do


class Population:
    """Networks of one shape; each has its own start, split, batch order, activation, learning rate.

    Attributes:
        plans: what each member is, members of one activation side by side.
        order: the place that each member had in the plans given.
        model: all of them as one `keras.Model` of stock layers, from standardised features,
            (members, rows, n_features), to outputs, (members, rows, outputs).
    """

    def __init__(self, plans: Sequence[Blueprint]) -> None:
        """Make the members' layers and their initial weights, those that `build` would give.

        Args:
            plans: of one depth, width, last layer and loss.

        Raises:
            OptionError: the plans differ in shape, or there is none.
        """
        shapes = {(p.depth, p.units, p.outputs, p.activation, p.loss, len(p.mean)) for p in plans}
        if len(shapes) != 1:
            raise OptionError(
                f"Expected networks of one shape and loss. Received: {len(shapes)} kinds among "
                f"{len(plans)}. Make one population of each."
            )
        seen = list({plan.hidden: None for plan in plans})
        self.order = sorted(range(len(plans)), key=lambda i: seen.index(plans[i].hidden))
        self.plans = [plans[i] for i in self.order]
        self.model = self._make_model()
        self._start()

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self.plans)

    def train(
        self,
        X: Any,
        y: Any,
        orders: Callable[[int], Any],
        whose: Any = None,
        *,
        epochs: int,
        batch_size: int,
    ) -> Any:
        """Train all members; return their losses, shape (members, epochs), NaN where they diverge.

        Args:
            X: standardised features of all rows, shape (n, n_features).
            y: targets as the loss takes them, shape (n,) or (n, outputs).
            orders: gives for an epoch which rows are seen in which order, integers of shape
                (rows, k).
            whose: which of the k orders each member follows, shape (members,); None where each has
                its own.
            epochs: passes over the rows.
            batch_size: rows a step, for each member.
        """
        import numpy as np

        first = orders(0)
        n, k = first.shape
        whose = np.arange(k) if whose is None else whose
        convert = backend.keras().ops.convert_to_tensor
        tables = convert(X, "float32"), convert(self._targets(y))
        rows = Rows(tables, n, (k,), whose.astype("int32"))
        losses = np.full((len(self), epochs), np.nan)
        there = backend.accelerated()
        with ahead(orders, first, epochs, _AHEAD_THERE if there else _AHEAD) as each:
            run = loops.loop(self.model, rows, batch_size, train=True)
            for block in together(range(epochs), _BLOCK_THERE if there else BLOCK):
                seen = itertools.islice(each, len(block))
                for number, logs in zip(block, run(seen), strict=True):
                    losses[:, number] = logs["losses"]
        return losses

    def predict(self, X: Any, rows: Any) -> Any:
        """Return each member's predictions for its rows, shape (members, len(rows), outputs).

        Args:
            X: standardised features of all rows, shape (n, n_features).
            rows: which rows each member predicts, shape (rows, members).
        """
        import numpy as np

        convert = backend.keras().ops.convert_to_tensor
        plan, X = self.plans[0], convert(X, "float32")
        most = _PREDICTED_THERE if backend.accelerated() else _PREDICTED_AT_ONCE
        size = max(1, most // (len(self) * max(plan.units, plan.outputs, X.shape[1])))
        parts = [
            calls.call(members.outputs, self.model, X, convert(rows[i : i + size].T))
            for i in range(0, len(rows), size)
        ]
        return np.concatenate([np.asarray(part, dtype="float64") for part in parts], axis=1)

    def flow(self, X: Any, y: Any, rows: Any) -> Any:
        """Return the size of the gradient at each hidden layer, shape (members, depth).

        It is ∂L/∂z of the weighted sums z before the activation: the root mean square over rows
        and units, where L is a row's loss.

        Args:
            X: standardised features of all rows, shape (n, n_features).
            y: targets as the loss takes them, shape (n,) or (n, outputs).
            rows: which rows each member looks at, shape (rows, members).
        """
        import numpy as np

        if not self.plans[0].depth:
            return np.zeros((len(self), 0))
        convert = backend.keras().ops.convert_to_tensor
        tables = convert(X, "float32"), convert(self._targets(y))
        found = calls.call(members.flow, self.model, *tables, convert(rows.T))
        return np.stack([np.asarray(sizes, "float64") for sizes in found], axis=1)

    def weights(self, member: int) -> list[Any]:
        """Return a member's kernels and biases, in the order of `keras.Sequential.get_weights`."""
        import numpy as np

        found = []
        for layer in self.model.members:
            found += [np.array(layer.kernel[member]), np.array(layer.bias[member, 0])]
        return found

    def network(self, member: int) -> Any:
        """Return a member as a plain compiled `keras.Sequential` for raw features."""
        model = construct(self.plans[member])
        model.set_weights(self.weights(member))
        model.optimizer.build(model.trainable_variables)  # else loading a saved copy warns
        return model

    def _targets(self, y: Any) -> Any:
        """Return targets in the shape and width that the loss takes."""
        if self.plans[0].loss.startswith("Sparse"):
            return y.astype("int32")
        return y.reshape(len(y), -1).astype("float32")

    def _make_model(self) -> Any:
        keras = backend.keras()
        plan, count = self.plans[0], len(self)

        def dense(units: int, name: str, activation: str | None = None) -> Any:
            return keras.layers.EinsumDense(
                "kbi,kio->kbo",
                output_shape=(None, units),
                bias_axes="ko",
                activation=activation,
                kernel_initializer="zeros",  # `_start` gives each member its own
                name=name,
            )

        layers = [dense(plan.units, f"hidden_{i + 1}") for i in range(plan.depth)]
        layers.append(dense(plan.outputs, "output", plan.activation))
        sizes = [len(plan.mean), *[plan.units] * plan.depth]
        for layer, size in zip(layers, sizes, strict=True):
            layer.build((count, None, size))
        loss = getattr(keras.losses, plan.loss)(reduction=None)
        rates = [p.learning_rate for p in self.plans]
        own = len(set(rates)) > 1
        runs = list(_runs(self.plans))
        model = members.model_class()(layers, runs, count, loss)
        model.compile(members.adam_class()(rates) if own else keras.optimizers.Adam(rates[0]))
        if all(isinstance(name, str) for name, _ in runs):  # a function's name tells too little
            kinds = (sizes, plan.outputs, plan.activation, plan.loss, runs, own and rates)
            model.advisor_program = repr((count, *kinds, architecture.settings()))
        return model

    def _start(self) -> None:
        """Give each member the weights that `build` with its seed would give it."""
        import numpy as np

        for layer, kernels in zip(self.model.members, initial_kernels(self.plans), strict=True):
            layer.kernel.assign(kernels)
        biases = np.stack([np.broadcast_to(p.bias, (p.outputs,)) for p in self.plans])
        self.model.members[-1].bias.assign(biases[:, None].astype("float32"))


def initial_kernels(plans: Sequence[Blueprint]) -> list[Any]:
    """Return what `construct` would start each plan's layers from, each shape (members, in, out)."""
    import numpy as np

    keras = backend.keras()
    plan = plans[0]
    sizes = [len(plan.mean), *[plan.units] * plan.depth, plan.outputs]
    shapes = list(itertools.pairwise(sizes))
    found = [np.empty((len(plans), *shape), "float32") for shape in shapes]
    wanted: dict[Any, Any] = {}  # for each initializer and layer: it, each seed, who takes that
    for member, plan in enumerate(plans):
        with backend.seeded_layers(backend.fresh_seed() if plan.seed is None else plan.seed):
            names = [plan.initializer] * plan.depth + ["glorot_uniform"]
            for layer, name in enumerate(names):
                draw = keras.initializers.get(name)
                seeds = wanted.setdefault((name, layer), (draw, {}))[1]
                seeds.setdefault(getattr(draw, "seed", None), []).append(member)
    for (_, layer), (draw, seeds) in wanted.items():
        drawn = _drawn(draw, list(seeds), shapes[layer])
        for kernel, takers in zip(drawn, seeds.values(), strict=True):
            found[layer][takers] = kernel
    return found


def _drawn(draw: Any, seeds: list[Any], shape: tuple[int, ...]) -> Any:
    """Return what an initializer gives from each seed, shape (seeds, *shape)."""
    import copy

    import numpy as np

    draw = copy.copy(draw)

    def one(seed: Any) -> Any:
        draw.seed = seed
        return draw(shape)

    if backend.keras().backend.backend() == "jax" and seeds != [None]:
        import jax

        pairs = np.array([[seed, 0] for seed in seeds], "uint32")  # as Keras has it
        return np.asarray(jax.vmap(one)(pairs))
    return np.stack([np.asarray(one(seed)) for seed in seeds])


def bytes_of_member(plan: Blueprint, n: int, batch_size: int, epochs: int) -> int:
    """Estimate the memory that one member takes while it trains on n rows, rather too high.

    Weights, gradients, Adam's two means and what is on the way between them; a batch through every
    layer, forward and back, with its temporaries; the orders of rows of some epochs. The factors
    are measured: benchmarks/populations.py prints what they are good for.
    """
    sizes = [len(plan.mean), *[plan.units] * plan.depth, plan.outputs]
    batch = 28 * batch_size * sum(sizes)
    return 4 * (8 * weights_of(plan) + batch + 8 * n) + 8 * epochs


def weights_of(plan: Blueprint) -> int:
    """Return how many weights and biases a network has."""
    sizes = [len(plan.mean), *[plan.units] * plan.depth, plan.outputs]
    return sum((i + 1) * o for i, o in itertools.pairwise(sizes))


def _runs(plans: Sequence[Blueprint]) -> Iterator[tuple[Any, int]]:
    """Give each activation and where its members end."""
    for i, plan in enumerate(plans):
        if i + 1 == len(plans) or plans[i + 1].hidden != plan.hidden:
            yield plan.hidden, i + 1
