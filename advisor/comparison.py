"""Which activation, initializer, depth, width or learning rate is better, and is it beyond noise?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, keeping, uncertainty
from advisor.errors import DataError, OptionError, UnknownNameError, warn, whole_number
from advisor.page import Answer, Page
from advisor.settings import combinations, labels_of, seeds_of, with_rate
from advisor.splits import split
from advisor.study import Setting, Study
from advisor.target import mapping_line
from advisor.tasks import TASKS
from advisor.text import Text, join

if TYPE_CHECKING:
    from advisor.study import Run
    from advisor.target import Target
    from advisor.uncertainty import Difference

HIDDEN = ("relu", "leaky_relu", "tanh", "sigmoid")  # the lecture's
SEEDS = 10
FEWEST_ROWS = 8
LEAST_MEMORY = 100 * 2**20  # bytes: compiling alone takes about half of that


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
            found.append(_BETTER.format(self.best.label, join(beaten)))
        elif not any(pair.told_apart for pair in self.differences.values()):
            found.append(_NOTHING)
        if near:
            reach = [d for (a, b), d in self.differences.items() if a == 0 and not d.told_apart]
            widest = max(max(abs(d.low), abs(d.high)) for d in reach)
            found.append(_SAME.format(self.best.label, join(near), f"{widest:.3f}"))
        failed = sum(one.failed for one in self.alternatives)
        if failed:
            runs = len(self.alternatives) * len(self.seeds)
            diverged = sum(one.diverged for one in self.alternatives)
            found.append(_FAILED.format(failed=failed, runs=runs, diverged=diverged))
        if self.task == "regression":
            found.append(_STANDARDISED)
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
    keep: Any = None,
) -> Comparison:
    """Train every combination from every seed, all at once, and say what is better beyond noise.

    Each seed is another split into training and test rows, another start and another order of
    rows, and all alternatives share it, so that differences are paired. Real targets are
    standardised on the training rows: the ranking does not depend on their unit.

    Some seconds' work make a chunk; chunks are trained here, or where joblib's configuration sends
    them: `with joblib.parallel_config(backend="dask")` over a cluster, with the same numbers.

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
            takes half of that), in each process that trains; None for chunks of about 2 GiB at
            most, as many side by side as half of what is free takes.
        keep: folder for what is finished, made if it is not there. The same study goes on from
            there after an interruption, and loses at most the chunk that was being trained.

    Raises:
        UnknownNameError: no such task, data set, activation or initializer.
        OptionError: an option out of range, a folder that cannot be written, workers that are lost.
        DataError, DataTypeError, LabelError: X or y that cannot be used.

    Example:
        >>> found = compare("multiclass", hidden=["relu", "softplus"], seeds=5, epochs=20)
        >>> len(found.alternatives), found.rows, found.best.median > 0.9
        (2, (112, 38), True)
    """
    settings = combinations(hidden, initializer, depth, units, learning_rate)
    chosen = seeds_of(seeds)
    whole_number("epochs", epochs, 1)
    whole_number("batch_size", batch_size, 1)
    if memory is not None:
        whole_number("memory", memory, LEAST_MEMORY)
    X, target, name = _data(task, X, y, dataset)
    if target.mapped:
        warn(f"Labels are mapped: {mapping_line(target.classes)}")
    if backend.keras().backend.backend() == "torch":
        raise OptionError("compare runs on Keras' tensorflow and jax backends. Received: torch.")
    settings = tuple(with_rate(one, target.task.learning_rate) for one in settings)
    parts = tuple(split(X, target, seed) for seed in chosen)
    plan = Study(settings, parts, X, target, epochs, batch_size)
    with keeping.kept_in(keep):
        return _conclude(plan, plan.run(memory), name)


def _conclude(plan: Study, runs: list[Run], dataset: str | None) -> Comparison:
    """Order the alternatives and compare all pairs."""
    import numpy as np

    settings, seeds = plan.settings, tuple(part.seed for part in plan.splits)
    groups = [tuple(runs[i * len(seeds) : (i + 1) * len(seeds)]) for i in range(len(settings))]
    scores = np.array([[run.score for run in group] for group in groups])
    rank = sorted(range(len(settings)), key=lambda i: (-np.median(scores[i]), -scores[i].mean(), i))
    differences = uncertainty.differences(scores[rank])
    letters = uncertainty.letters(len(rank), differences)
    names = labels_of(settings)
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
_STANDARDISED = Text(
    en="Targets were standardised for training. build and fit take them raw: standardise yours "
    "before you train tanh or sigmoid layers on them, y = (y - y.mean()) / y.std().",
    zh="训练时目标先做了标准化。build 和 fit 用的是原始目标：要用 tanh 或 sigmoid 隐藏层，"
    "请先标准化：y = (y - y.mean()) / y.std()。",
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
