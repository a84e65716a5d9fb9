"""Which activation, initializer, depth, width or learning rate is better, and is it beyond noise?"""

from __future__ import annotations

import itertools
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, uncertainty
from advisor.activations import ACTIVATIONS, activation
from advisor.errors import DataError, OptionError, UnknownNameError, warn, whole_number
from advisor.page import Answer, Page
from advisor.splits import split
from advisor.study import Setting, Study
from advisor.target import mapping_line
from advisor.tasks import TASKS
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.study import Run
    from advisor.target import Target
    from advisor.uncertainty import Difference

HIDDEN = ("relu", "leaky_relu", "tanh", "sigmoid")  # the lecture's
SEEDS = 10
FEWEST_ROWS = 8
LEAST_MEMORY = 100 * 2**20  # bytes: compiling alone takes about half of that

# where the table of activations has no row: what keeps the signal's size, by its gain
_HE = {"relu6", "elu", "celu", "gelu", "silu", "mish", "hard_silu", "softplus"}
_INITIALIZERS = dict.fromkeys(_HE, "he_normal") | {"selu": "lecun_normal"}


@dataclass(frozen=True, slots=True)
class Alternative:
    """One setting over all seeds.

    Attributes:
        setting: what it is.
        label: what tells it from the others, in words.
        runs: one a seed.
        median, low, high: of the scores, with the 95 % bootstrap interval of the median.
        groups: letters; alternatives that share one are not told apart.
    """

    setting: Setting
    label: str
    runs: tuple[Run, ...]
    median: float
    low: float
    high: float
    groups: str

    @property
    def scores(self) -> list[float]:
        """The test scores, one a seed."""
        return [run.score for run in self.runs]

    @property
    def failed(self) -> int:
        """How many runs are no better than a constant prediction, diverged ones included."""
        return sum(run.failed for run in self.runs)

    @property
    def diverged(self) -> int:
        """How many runs ended in NaN or infinity."""
        return sum(run.diverged for run in self.runs)

    @property
    def log10_delta_ratio(self) -> float | None:
        """Gradient at the first hidden layer over the last one's, log10, median over seeds."""
        import numpy as np

        if self.setting.depth < 2:  # noqa: PLR2004 - a ratio needs two layers
            return None
        with np.errstate(all="ignore"):
            return float(np.median([np.log10(run.flow[0] / run.flow[-1]) for run in self.runs]))

    @property
    def seconds(self) -> float:
        """Time a network, making, training and testing it."""
        return sum(run.seconds for run in self.runs) / len(self.runs)


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Answer):
    """Alternatives, each trained from the same seeds, and what can be said about them.

    Attributes:
        task: the task's name.
        dataset: the shipped data set, None for the user's own data.
        rows: how many rows a network was trained on, and tested on.
        seeds: each a split, a start and an order of rows.
        epochs: of every run.
        alternatives: best median first.
        differences: of every pair of places in `alternatives`, the first minus the second.
    """

    task: str
    dataset: str | None
    rows: tuple[int, int]
    seeds: tuple[int, ...]
    epochs: int
    alternatives: tuple[Alternative, ...]
    differences: dict[tuple[int, int], Difference]

    @property
    def best(self) -> Alternative:
        """The one with the best median; others may not be told apart from it."""
        return self.alternatives[0]

    def beats(self, first: str, second: str) -> bool:
        """Say whether one alternative is better than another beyond noise, by their labels.

        Raises:
            UnknownNameError: no alternative bears the label.
        """
        labels = [one.label for one in self.alternatives]
        for name in (first, second):
            if name not in labels:
                raise UnknownNameError("alternative", name, labels)
        a, b = labels.index(first), labels.index(second)
        found = self.differences.get((min(a, b), max(a, b)))
        return found is not None and found.told_apart and (found.value > 0) == (a < b)

    def page(self) -> Page:
        """Describe the comparison in the language spoken now."""
        task = TASKS[self.task]
        where = self.dataset or _YOURS
        page = Page(str(_TITLE.format(task=task.title, where=where)))
        page.rows(*self.table(), head=self.head())
        for sentence in self.findings():
            page.say(sentence)
        if len(self.alternatives) > 1:
            page.heading(_AGAINST.format(self.best.label))
            page.rows(*(self._against_best(b) for b in range(1, len(self.alternatives))))
        return page.say(
            _NOISE.format(
                n=len(self.seeds), epochs=self.epochs, train=self.rows[0], test=self.rows[1]
            )
        )

    def table(self) -> list[tuple[str, ...]]:
        """Return a row for each alternative, under `head`."""
        return [_row(one) for one in self.alternatives]

    def head(self) -> tuple[str, ...]:
        """Return the titles of the table's columns."""
        return "", *str(_HEAD.format(TASKS[self.task].score_name)).split("|")

    def findings(self) -> list[Text]:
        """Say what is better than what beyond noise, and what is not."""
        if len(self.alternatives) == 1:
            return []
        if len(self.seeds) < uncertainty.FEWEST:
            return [_TOO_FEW.format(n=len(self.seeds), least=uncertainty.FEWEST)]
        beaten = [one.label for one in self.alternatives if self.beats(self.best.label, one.label)]
        near = [one.label for one in self.alternatives[1:] if one.label not in beaten]
        found = []
        if beaten:
            found.append(_BETTER.format(self.best.label, _and(beaten)))
        elif not any(pair.told_apart for pair in self.differences.values()):
            found.append(_NOTHING)
        if near:
            reach = [d for (a, b), d in self.differences.items() if a == 0 and not d.told_apart]
            widest = max(max(abs(d.low), abs(d.high)) for d in reach)
            found.append(_SAME.format(self.best.label, _and(near), f"{widest:.3f}"))
        failed = sum(one.failed for one in self.alternatives)
        if failed:
            runs = len(self.alternatives) * len(self.seeds)
            diverged = sum(one.diverged for one in self.alternatives)
            found.append(_FAILED.format(failed=failed, runs=runs, diverged=diverged))
        return found

    def _against_best(self, place: int) -> tuple[object, ...]:
        """Return one alternative's difference to the best as a row."""
        found = self.differences[0, place]
        label = self.alternatives[place].label
        said = _NEAR
        if found.told_apart:
            said = _WORSE if found.value > 0 else _ODD
        return label, _signed(-found.value), f"{_signed(-found.high)} … {_signed(-found.low)}", said

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types; NaN and infinity as null."""
        labels = [one.label for one in self.alternatives]
        return {
            "task": self.task,
            "dataset": self.dataset,
            "n_train": self.rows[0],
            "n_test": self.rows[1],
            "seeds": list(self.seeds),
            "epochs": self.epochs,
            "alternatives": [_alternative_dict(one) for one in self.alternatives],
            "differences": [
                {
                    "first": labels[a],
                    "second": labels[b],
                    "value": found.value,
                    "low": found.low,
                    "high": found.high,
                    "told_apart": found.told_apart,
                }
                for (a, b), found in self.differences.items()
            ],
            "findings": [str(sentence) for sentence in self.findings()],
        }

    def plot(self) -> Any:
        """Draw scores, learning curves and the flow of gradients, as a matplotlib Figure."""
        from advisor.comparison_plots import draw_comparison

        return draw_comparison(self)


def compare(
    task: object = None,
    *,
    X: Any = None,
    y: Any = None,
    dataset: str | None = None,
    hidden: Any = HIDDEN,
    initializer: Any = None,
    depth: Any = 2,
    units: Any = 32,
    learning_rate: Any = None,
    seeds: Any = SEEDS,
    epochs: int = 50,
    batch_size: int = 32,
    memory: int | None = None,
) -> Comparison:
    """Train every combination from every seed, all at once, and say what is better beyond noise.

    Each seed is another split into training and test rows, another start and another order of
    rows, and all alternatives share it, so that differences are paired. Real targets are
    standardised on the training rows: the ranking does not depend on their unit.

    Args:
        task: name in English or Chinese; None to take the data set's, or to read it off y.
        X: features, shape (n, n_features).
        y: targets of n rows. Labels other than 0..K−1 are mapped in `np.unique` order, which a
            warning says.
        dataset: name of a shipped data set; default the task's own. Its training and test rows are
            pooled and split anew by each seed.
        hidden: activations of the hidden layers: a name, a function, or several.
        initializer: of the hidden kernels, by Keras' name, or several; None for the one that
            belongs to the activation.
        depth: number of hidden layers, or several.
        units: units in each hidden layer, or several.
        learning_rate: of Adam, or several; None for the task's own.
        seeds: how many, or which.
        epochs: passes over the training rows.
        batch_size: rows a step.
        memory: bytes that the networks trained at once may take, 100 MiB at least (compiling alone
            takes half of that); None for half of what is free.

    Raises:
        UnknownNameError: no such task, data set, activation or initializer.
        OptionError: an option out of range.
        DataError, DataTypeError, LabelError: X or y that cannot be used.

    Example:
        >>> found = compare("multiclass", hidden=["relu", "softplus"], seeds=5, epochs=20)
        >>> len(found.alternatives), found.rows, found.best.median > 0.9
        (2, (112, 38), True)
    """
    settings = _settings(hidden, initializer, depth, units, learning_rate)
    chosen = _seeds(seeds)
    whole_number("epochs", epochs, 1)
    whole_number("batch_size", batch_size, 1)
    if memory is not None:
        whole_number("memory", memory, LEAST_MEMORY)
    X, target, name = _data(task, X, y, dataset)
    if target.mapped:
        warn(f"Labels are mapped: {mapping_line(target.classes)}")
    if backend.keras().backend.backend() == "torch":
        raise OptionError("compare runs on Keras' tensorflow and jax backends. Received: torch.")
    settings = tuple(_with_rate(one, target.task.learning_rate) for one in settings)
    parts = tuple(split(X, target, seed) for seed in chosen)
    plan = Study(settings, parts, X, target, epochs, batch_size)
    return _conclude(plan, plan.run(memory), name)


def _conclude(plan: Study, runs: list[Run], dataset: str | None) -> Comparison:
    """Order the alternatives and compare all pairs."""
    import numpy as np

    settings, seeds = plan.settings, tuple(part.seed for part in plan.splits)
    groups = [tuple(runs[i * len(seeds) : (i + 1) * len(seeds)]) for i in range(len(settings))]
    scores = np.array([[run.score for run in group] for group in groups])
    rank = sorted(range(len(settings)), key=lambda i: (-np.median(scores[i]), -scores[i].mean(), i))
    differences = uncertainty.differences(scores[rank])
    letters = _letters(len(rank), differences)
    names = _labels(settings)
    alternatives = tuple(
        Alternative(
            settings[i],
            names[i],
            groups[i],
            float(np.median(scores[i])),
            *uncertainty.median_interval(scores[i]),
            letters[place],
        )
        for place, i in enumerate(rank)
    )
    rows = len(plan.splits[0].train), len(plan.splits[0].test)
    return Comparison(
        plan.target.task.name, dataset, rows, seeds, plan.epochs, alternatives, differences
    )


def _data(task: object, X: Any, y: Any, dataset: str | None) -> tuple[Any, Target, str | None]:
    """Return all rows, what y is, and the name of the shipped data set."""
    import numpy as np

    from advisor import target
    from advisor.recommendation import read_data

    if X is None and y is None:
        if task is None and dataset is None:
            raise OptionError("Nothing to compare on. Expected a task, a dataset, or X and y.")
        from advisor.catalog import load

        data = load(dataset if dataset is not None else task)
        X = np.concatenate([data.X_train, data.X_test])
        y = np.concatenate([data.y_train, data.y_test])
        return X, target.read(y, data.task if task is None else task), data.name
    if dataset is not None:
        raise OptionError("Expected a dataset or X and y. Received: both. Leave one out.")
    if X is None:
        raise OptionError("Expected X and y. Received: y only. Pass X=, shape (n, n_features).")
    X, read = read_data(X, y, task)
    if len(X) < FEWEST_ROWS:
        raise DataError(
            f"X has {len(X)} rows. Expected at least {FEWEST_ROWS}, to keep some for the test."
        )
    return X, read, None


def _settings(
    hidden: Any, initializer: Any, depth: Any, units: Any, learning_rate: Any
) -> tuple[Setting, ...]:
    """Return every combination once, after checking each value."""
    values: list[list[Any]] = []
    for name, given in (
        ("hidden", hidden),
        ("initializer", initializer),
        ("depth", depth),
        ("units", units),
        ("learning_rate", learning_rate),
    ):
        several = list(given) if isinstance(given, (list, tuple, set, range)) else [given]
        if not several:
            raise OptionError(f"{name} is empty. Expected a value, or a list of values.")
        values.append(several)
    for value in values[2]:
        whole_number("depth", value, 0)
    for value in values[3]:
        whole_number("units", value, 1)
    for value in values[4]:
        _check_rate(value)
    names = [_hidden(value) for value in values[0]]
    starts = [_initializer(value) for value in values[1]]
    found = [
        Setting(name, start or own, int(d), int(u), float("nan") if rate is None else float(rate))
        for (name, own), start, d, u, rate in itertools.product(names, starts, *values[2:])
    ]
    return tuple({repr(one): one for one in found}.values())


def _hidden(given: Any) -> tuple[Any, str]:
    """Return an activation as Keras takes it, and the initializer that belongs to it.

    Raises:
        UnknownNameError: Keras has no such activation.
        OptionError: it does not keep the shape of what it gets.
    """
    keras = backend.keras()
    try:
        row = activation(given)
    except UnknownNameError:
        try:
            function = keras.activations.get(given)
        except (ValueError, TypeError):
            known = sorted({*ACTIVATIONS, *_INITIALIZERS, "softsign", "hard_tanh"})
            raise UnknownNameError("activation", given, known) from None
    else:
        return row.name, row.initializer
    _keeps_shape(given, function)
    name = getattr(function, "__name__", type(function).__name__)
    return (name if isinstance(given, str) else given), _INITIALIZERS.get(name, "glorot_uniform")


def _keeps_shape(given: Any, function: Any) -> None:
    """Refuse what is no function from numbers to as many numbers."""
    import numpy as np

    ones = np.ones((2, 3, 4), "float32")
    try:
        kept = tuple(function(ones).shape) == ones.shape
    except Exception as error:  # noqa: BLE001 - a function of the user's may raise anything
        raise OptionError(
            f"The activation {given!r} cannot be used in a hidden layer: {type(error).__name__} on "
            "an array of ones. Expected a function of one array."
        ) from None
    if not kept:
        raise OptionError(
            f"The activation {given!r} changes the shape of what it gets. Expected one number for "
            "each number."
        )


def _initializer(given: Any) -> str | None:
    """Return the name of an initializer; None for the activation's own.

    Raises:
        UnknownNameError: Keras has none of that name.
    """
    if given is None:
        return None
    keras = backend.keras()
    try:
        keras.initializers.get(str(given))
    except ValueError:
        known = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform"]
        known += ["lecun_normal", "random_normal", "orthogonal", "zeros"]
        raise UnknownNameError("initializer", given, known) from None
    return str(given)


def _check_rate(value: Any) -> None:
    import math
    import numbers

    if value is None:
        return
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise OptionError(f"Expected learning_rate to be a number above 0. Received: {value!r}.")


def _with_rate(one: Setting, rate: float) -> Setting:
    from dataclasses import replace

    return one if one.learning_rate == one.learning_rate else replace(one, learning_rate=rate)


def _seeds(given: Any) -> tuple[int, ...]:
    """Return which seeds are meant."""
    several = given if isinstance(given, (list, tuple, range)) else None
    if several is None:
        whole_number("seeds", given, 1)
        several = range(given)
    for seed in several:
        whole_number("seeds", seed, 0)
    if not several or len(set(several)) < len(several):
        raise OptionError("Expected seeds to be a number, or a list of different ones.")
    return tuple(int(seed) for seed in several)


def _labels(settings: tuple[Setting, ...]) -> list[str]:
    """Name each setting by what varies; the activation where nothing does."""
    parts = {
        "hidden": [one.name for one in settings],
        "initializer": [one.initializer for one in settings],
        "depth": [f"depth={one.depth}" for one in settings],
        "units": [f"units={one.units}" for one in settings],
        "learning_rate": [f"learning_rate={one.learning_rate:g}" for one in settings],
    }
    # an activation brings its own initializer: that needs no naming
    own = len({(one.name, one.initializer) for one in settings}) == len(set(parts["hidden"]))
    vary = [
        words
        for name, words in parts.items()
        if len(set(words)) > 1 and not (name == "initializer" and own)
    ] or [parts["hidden"]]
    return [", ".join(words) for words in zip(*vary, strict=True)]


def _letters(count: int, differences: dict[tuple[int, int], Difference]) -> list[str]:
    """Give letters so that two alternatives share one exactly where they are not told apart.

    Source: the compact letter display of Piepho (2004): start with one group, split it at each
    pair told apart, drop groups inside others.
    """
    groups = [set(range(count))]
    for (a, b), found in differences.items():
        if not found.told_apart:
            continue
        split = [part for g in groups for part in ((g - {a}, g - {b}) if {a, b} <= g else (g,))]
        groups = [
            g for i, g in enumerate(split) if not any(g < h for h in split) and g not in split[:i]
        ]
    groups.sort(key=sorted)
    names = [string.ascii_lowercase[i % 26] for i in range(len(groups))]
    return ["".join(n for n, g in zip(names, groups, strict=True) if i in g) for i in range(count)]


def _row(one: Alternative) -> tuple[str, ...]:
    """Return an alternative as a row of the table."""
    ratio = one.log10_delta_ratio
    return (
        one.label,
        f"{one.median:.3f}",
        f"{one.low:.3f} … {one.high:.3f}",
        one.groups,
        f"{one.failed}/{len(one.runs)}",
        "–" if ratio is None else f"{10**ratio:.2g}",
        f"{one.seconds:.3f} s",
    )


_HEAD = Text(
    en="{}, median|95 %|group|failed|gradient first:last|a network",
    zh="{}（中位数）|95 %|组|失败|梯度 首层:末层|每个网络",
)


def _alternative_dict(one: Alternative) -> dict[str, Any]:
    import math

    ratio = one.log10_delta_ratio
    return {
        "label": one.label,
        "hidden": one.setting.name,
        "initializer": one.setting.initializer,
        "depth": one.setting.depth,
        "units": one.setting.units,
        "learning_rate": one.setting.learning_rate,
        "median": one.median,
        "low": one.low,
        "high": one.high,
        "groups": one.groups,
        "failed": one.failed,
        "diverged": one.diverged,
        "log10_delta_ratio": ratio if ratio is not None and math.isfinite(ratio) else None,
        "seconds": one.seconds,
        "scores": one.scores,
    }


def _signed(number: float) -> str:
    """Write a number with its sign; what rounds to 0 has none."""
    text = f"{number:+.3f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def _and(names: list[str]) -> Text:
    """Join names: "a, b and c"."""
    *head, last = names
    if not head:
        return Text(en=last, zh=last)
    return Text(en=f"{', '.join(head)} and {last}", zh=f"{'、'.join(head)} 和 {last}")


_TITLE = Text(en="{task}: compared on {where}", zh="{task}：在 {where} 上比较")
_YOURS = Text(en="your data", zh="你的数据")
_BETTER = Text(en="{} is better than {}, beyond noise.", zh="{} 确实比 {} 好：差别超出了随机波动。")
_SAME = Text(
    en="{} is not told apart from {}. That is no proof that they are equal: they may still differ "
    "by up to {}.",
    zh="{} 与 {} 分不出高下。这不等于它们一样好：真实差距仍可能有 {}。",
)
_NOTHING = Text(
    en="No alternative is better than another beyond noise.",
    zh="没有哪一个确实比别的好：差别都在随机波动之内。",
)
_TOO_FEW = Text(
    en="{n} seeds are too few to call anything better: take at least {least}.",
    zh="只有 {n} 个种子，太少，不能说谁更好：至少用 {least} 个。",
)
_FAILED = Text(
    en="Failed: {failed} of {runs} runs did no better than a constant prediction; {diverged} of them "
    "diverged to NaN. They count with the constant's score.",
    zh="失败：{runs} 次训练里有 {failed} 次不比预测一个常数强，其中 {diverged} 次发散成 NaN。"
    "发散的按常数预测的得分计入。",
)
_AGAINST = Text(en="Against {}, mean difference and 95 %", zh="与 {} 相比：平均差和 95 % 区间")
_NEAR = Text(en="not told apart", zh="分不出高下")
_WORSE = Text(en="worse beyond noise", zh="确实更差")
_ODD = Text(en="lower median, better mean beyond noise", zh="中位数低，平均却确实更高")
_NOISE = Text(
    en="{n} seeds; each is another split of these rows ({train} to train on, {test} to test on), "
    "another start and order, shared by all; {epochs} epochs. Alternatives with a letter in common "
    "are not told apart, at 95 % for all pairs at once. Gradient: ∂L/∂z before training.",
    zh="{n} 个种子；每个种子把这些样本重新划分一次（训练 {train} 行，测试 {test} 行），换一次初始权重"
    "和样本次序，所有方案共用；训练 {epochs} 轮。字母相同的方案分不出高下（所有两两比较合起来 95 %）。"
    "梯度：训练前的 ∂L/∂z。",
)
