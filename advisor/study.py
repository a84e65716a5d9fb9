"""Many settings, many seeds: trained at once in populations, and what came of each network.

A study is cut into chunks by what it is, not by where it runs: the same networks side by side give
the same bits on one process and on a cluster, others differ in the last one.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor import backend, chunks, judging, keeping, memory
from advisor.expressions import evaluate
from advisor.orders import orders_of
from advisor.population import Population, bytes_of_member, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.blueprint import Blueprint
    from advisor.splits import Split
    from advisor.target import Target

FLOW_ROWS = 128  # training rows on which the gradient's flow is measured
_OF_FREE = 0.5  # of the free memory, for the networks that train at once
_CHUNK = 2 * 2**30  # bytes of a chunk at most: no machine's own, or another one would cut otherwise
_COMPILING = 48 * 2**20  # bytes that compiling and the libraries take beside them, measured
# Networks a chunk: so many that what a step costs whoever is in it is a tenth of it, measured.
_MOST = 280  # of the smallest ones
_HALF = 140_000  # weights × rows a step of networks of which half as many do
_FASTER = 500  # a graphics card, than a core


@dataclass(frozen=True, slots=True)
class Setting:
    """What is compared: one alternative.

    Attributes:
        hidden: activation of the hidden layers, a name or a function.
        initializer: of their kernels, by Keras' name.
        depth, units: how many hidden layers, of how many units.
        learning_rate: of Adam.
    """

    hidden: Any
    initializer: str
    depth: int
    units: int
    learning_rate: float

    @property
    def name(self) -> str:
        """The activation's name."""
        if isinstance(self.hidden, str):
            return self.hidden
        return getattr(self.hidden, "__name__", type(self.hidden).__name__)

    def key(self) -> list[Any]:
        """Return plain values that tell this setting from others; a function is its code."""
        own = [self.name] if isinstance(self.hidden, str) else [self.name, _code(self.hidden)]
        return [own, self.initializer, self.depth, self.units, self.learning_rate]

    def on(self, part: Split) -> Blueprint:
        """Return the network of this setting on a split."""
        return replace(
            part.plan,
            hidden=self.hidden,
            initializer=self.initializer,
            depth=self.depth,
            units=self.units,
            learning_rate=self.learning_rate,
        )


def _code(function: Any) -> str:
    """Return a digest of all that a function does: of its values alone its gradient is not seen."""
    import inspect

    import cloudpickle

    digest = hashlib.sha256(cloudpickle.dumps(function))
    with contextlib.suppress(OSError, TypeError):  # what is imported is pickled by its name
        digest.update(inspect.getsource(function).encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """One network, trained and tested.

    Attributes:
        setting, seed: which one.
        score: on its test rows, 1.0 at best; that of `constant` where it diverged.
        constant: the score of the best constant prediction on the same rows.
        losses: training loss, one an epoch; NaN from where it diverged.
        flow: size of ∂L/∂z at each hidden layer before training, shape (depth,).
        diverged: a loss or a prediction is NaN or infinite.
        seconds: its share of the time.
    """

    setting: Setting
    seed: int
    score: float
    constant: float
    losses: Any
    flow: Any
    diverged: bool
    seconds: float

    @property
    def failed(self) -> bool:
        """It diverged, or is no better than the best constant prediction."""
        return self.diverged or self.score <= self.constant


@dataclass(frozen=True, slots=True)
class Study:
    """Every setting from every seed; settings share a seed's split, start and order of rows.

    Attributes:
        settings: alternatives.
        splits: one a seed.
        X: features of all rows, shape (n, n_features).
        target: what y is.
        epochs, batch_size: as in `fit`.
    """

    settings: tuple[Setting, ...]
    splits: tuple[Split, ...]
    X: Any
    target: Target
    epochs: int
    batch_size: int

    def run(self, limit: int | None = None) -> list[Run]:
        """Train all; return the runs: the first setting's, one a split, then the next one's.

        Args:
            limit: bytes that networks trained at once may take, in each process that trains; None
                for half of the memory: of what is free here, or of the graphics card's.

        Raises:
            OptionError: as `chunks.each` does.
        """
        card = backend.card_bytes()
        at_most = limit or int((card or memory.free_bytes()) * _OF_FREE)
        pieces = list(self.chunks(limit or (at_most if card else _CHUNK)))
        bare = replace(self, settings=(), splits=())  # each piece brings its own
        largest = max(len(one) * self._bytes(list({s for s, _ in one})) for one in pieces)
        at_once = max(1, at_most // (largest + _COMPILING))
        keys = self._keys(pieces) if keeping.keeps() else None
        rows = [(piece,) for piece in pieces]
        done = chunks.each(Study.train, rows, "compare", keys=keys, at_once=at_once, shared=(bare,))
        found = {
            (setting, part.seed): Run(setting, part.seed, *outcome)
            for piece, outcomes in zip(pieces, done, strict=True)
            for (setting, part), outcome in zip(piece, outcomes, strict=True)
        }
        return [found[setting, part.seed] for setting in self.settings for part in self.splits]

    def _keys(self, pieces: list[list[tuple[Setting, Split]]]) -> list[Any]:
        """Return all that the numbers of each chunk depend on."""
        import numpy as np

        data = [self.target.task.name, self.target.outputs, self.target.onehot]
        for array in (self.X, self.target.y):
            digest = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
            data += [array.dtype.str, list(array.shape), digest]
        names = {setting: setting.key() for setting in self.settings}
        return [
            [data, self.epochs, self.batch_size, [[names[s], part.seed] for s, part in piece]]
            for piece in pieces
        ]

    def chunks(self, limit: int) -> Iterator[list[tuple[Setting, Split]]]:
        """Group networks by shape, and each group into equal chunks that stay below the limit.

        Only where networks are large does the limit decide.
        """
        shapes: dict[tuple[int, int], list[Setting]] = {}
        for setting in self.settings:
            shapes.setdefault((setting.depth, setting.units), []).append(setting)
        for group in shapes.values():
            most = max(1, min((limit - _COMPILING) // self._bytes(group), self._most(group[0])))
            pairs = [(setting, part) for part in self.splits for setting in group]
            whole = len(group) if most >= len(group) else 1  # whole seeds: the same program again
            parts = -(-len(pairs) // (most - most % whole))
            size = -(-len(pairs) // (parts * whole)) * whole
            yield from (pairs[i : i + size] for i in range(0, len(pairs), size))

    def _most(self, setting: Setting) -> int:
        """Return how many networks make a chunk that is worth its while."""
        step = weights_of(setting.on(self.splits[0])) * self.batch_size
        faster = _FASTER if backend.accelerated() else 1
        return max(1, int(faster * _MOST / (1 + step / _HALF)))

    def _bytes(self, group: list[Setting]) -> int:
        """Estimate what one network takes: its own, and its share of a seed's table."""
        plan, n = group[0].on(self.splits[0]), len(self.splits[0].train)
        table = 16 * len(self.X) * (len(plan.mean) + plan.outputs)  # as it is made, in float64
        own = bytes_of_member(plan, n, self.batch_size, self.epochs)
        return own + table // len(group) + 1

    def train(self, chunk: list[tuple[Setting, Split]]) -> list[tuple[Any, ...]]:
        """Train one chunk as a population, and judge each member on its own test rows.

        Returns:
            what a `Run` has beside setting and seed, for each pair of the chunk.
        """
        import numpy as np

        start = time.perf_counter()
        with chunks.alone:
            population = Population([setting.on(part) for setting, part in chunk])
        members = [chunk[place] for place in population.order]
        parts = list({part.seed: part for _, part in members}.values())
        place = {part.seed: i for i, part in enumerate(parts)}
        columns = np.array([place[part.seed] for _, part in members])
        n, trained, seeds = len(self.X), len(parts[0].train), [part.seed for part in parts]
        begin = n * np.arange(len(parts), dtype="int32")  # of each seed's rows in the tables
        tables = zip(*(part.tables(self.X, self.target.y) for part in parts), strict=True)
        features, targets = (np.concatenate(several) for several in tables)
        features = backend.keras().ops.convert_to_tensor(features)

        def rows(first: int, last: int) -> Any:
            """Return where a seed's first to last row are, a column a member."""
            return np.arange(first, last, dtype="int32")[:, None] + begin[columns]

        with chunks.alone:
            flow = population.flow(features, targets, rows(0, min(trained, FLOW_ROWS)))
        losses = population.train(
            features,
            targets,
            lambda epoch: orders_of(seeds, epoch, trained).T + begin,
            columns,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )
        predicted = population.predict(features, rows(trained, n))
        seconds = (time.perf_counter() - start) / len(population)
        outcomes: list[Any] = [None] * len(chunk)
        for i, (_, part) in enumerate(members):
            score, constant, diverged = self._judge(part, predicted[i], losses[i])
            outcome = score, constant, losses[i], flow[i], diverged, seconds
            outcomes[population.order[i]] = outcome
        return outcomes

    def _judge(self, part: Split, p: Any, losses: Any) -> tuple[float, float, bool]:
        """Return a network's score, the best constant prediction's, and whether it diverged."""
        import numpy as np

        task, y = self.target.task, self.target.y
        onehot = task.onehot if self.target.onehot else None
        prior = evaluate(onehot.prior if onehot else task.prior, y=y[part.train])
        shown = judging.columns(task, y[part.test])

        def score(p: Any) -> float:
            p = p if shown.ndim == 1 else p.reshape(shown.shape)
            return float(evaluate(task.score_line, y=shown, p=p))

        constant = score(np.broadcast_to(prior, p.shape))
        if not (np.isfinite(losses).all() and np.isfinite(p).all()):
            return constant, constant, True
        return score(p * part.spread + part.centre), constant, False
