"""The clauses that a task's outputs must keep, each measured on outputs, never on the loss.

A clause is a function from Outputs to a Measurement. The rows of the table of tasks name them;
adding a clause is adding an entry to CLAUSES.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor.expressions import evaluate
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.heads import Head
    from advisor.tasks import Task

TOLERANCE = 1e-6  # of float32 arithmetic, for numbers around 1
VARIES = 1e-6  # outputs that spread less than this are constant
COLUMNS = 10  # outputs whose independence is tried, at most


class NotApplicableError(Exception):
    """The clause could not be looked at; the text says why."""

    def __init__(self, why: Text) -> None:
        """Keep the reason in both languages."""
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a clause may look at.

    Attributes:
        task: the task that the outputs are judged by.
        p: outputs, shape (n, columns), float64.
        y: targets: integers (n,) for classes in K columns, else shape (n, columns).
        head: the last layer taken apart, or None.
        tolerance: of the arithmetic the model computes in.
    """

    task: Task
    p: Any
    y: Any
    head: Head | None
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured number beside its limit.

    Attributes:
        value, limit: the two numbers; None where the clause could not be looked at.
        relation: how they must stand: "=", "≤", "≥", "<" or ">".
        passed: they do; None where the clause could not be looked at.
        note: what the number is, or why it could not be had.
    """

    value: float | None
    relation: str
    limit: float | None
    passed: bool | None
    note: Text


@dataclass(frozen=True, slots=True)
class Clause:
    """A promise about outputs: its name, its words, and how it is measured."""

    name: str
    title: Text
    measure: Callable[[Outputs], Measurement]


def measure(name: str, outputs: Outputs) -> Measurement:
    """Measure one clause; where it cannot be looked at, say so instead of passing it."""
    import numpy as np

    try:
        if name != "finite" and not np.isfinite(outputs.p).all():
            raise NotApplicableError(_NOT_FINITE)  # noqa: TRY301 - one way out for all reasons
        with np.errstate(all="ignore"):
            return CLAUSES[name].measure(outputs)
    except NotApplicableError as error:
        return Measurement(None, "", None, None, error.why)


_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, limit: value == limit,
    "≤": lambda value, limit: value <= limit,
    "≥": lambda value, limit: value >= limit,
    "<": lambda value, limit: value < limit,
    ">": lambda value, limit: value > limit,
}


def _hold(value: Any, relation: str, limit: float, en: str, zh: str) -> Measurement:
    number = float(value)
    passed = bool(_RELATIONS[relation](number, float(limit)))
    return Measurement(number, relation, float(limit), passed, Text(en=en, zh=zh))


def _finite(o: Outputs) -> Measurement:
    import numpy as np

    bad = np.sum(~np.isfinite(o.p))
    return _hold(bad, "=", 0, "outputs that are NaN or infinite", "NaN 或无穷大的输出个数")


def _unit_interval(o: Outputs) -> Measurement:
    import numpy as np

    outside = np.maximum(np.maximum(-o.p, o.p - 1), 0).max()
    return _hold(outside, "≤", 0, "farthest outside [0, 1]", "超出 [0, 1] 最多")


def _not_constant(o: Outputs) -> Measurement:
    import numpy as np

    if len(o.p) < 2:  # noqa: PLR2004
        raise NotApplicableError(_ONE_ROW)
    spread, size = float(np.ptp(o.p, axis=0).max()), max(1.0, float(np.abs(o.p).max()))
    if spread <= np.finfo("float32").eps * size:
        spread = 0.0  # float32 knows no smaller difference
    limit = VARIES * size
    return _hold(
        spread, ">", limit, "spread between rows (max − min)", "各行之间的差距（最大 − 最小）"
    )


def _equals_sigmoid(o: Outputs) -> Measurement:
    import numpy as np

    if o.head is None:
        raise NotApplicableError(_NO_HEAD)
    if o.head.z.shape != o.p.shape:
        raise NotApplicableError(_NO_HEAD)
    gap = np.abs(o.p - 1 / (1 + np.exp(-o.head.z))).max()
    return _hold(gap, "≤", o.tolerance, "largest |p − σ(z)|", "|p − σ(z)| 最大值")


def _rows_sum(o: Outputs) -> Measurement:
    import numpy as np

    gap = np.abs(o.p.sum(axis=1) - 1).max()
    return _hold(gap, "≤", o.tolerance, "largest |row sum − 1|", "|行和 − 1| 最大值")


def _row_sums_free(o: Outputs) -> Measurement:
    import numpy as np

    if len(o.p) < 2:  # noqa: PLR2004
        raise NotApplicableError(_ONE_ROW)
    spread = np.ptp(o.p.sum(axis=1))
    return _hold(spread, ">", 1e-3, "spread of the row sums", "各行之和的差距")


def _beats_constant(o: Outputs) -> Measurement:
    import numpy as np

    y = o.y
    p = o.p if y.ndim == 1 else o.p.reshape(y.shape)
    line, task = o.task.loss_line, o.task
    if y.ndim == 1:  # integers: the best constant is each class's share
        prior = np.bincount(y, minlength=p.shape[1]) / len(y)
    else:
        prior = evaluate(task.prior, y=y)
    constant = evaluate(line, y=y, p=np.broadcast_to(prior, p.shape))
    loss = evaluate(line, y=y, p=p)
    if not np.isfinite(constant) or len(np.unique(y, axis=0)) == 1:
        raise NotApplicableError(_ONE_TARGET)
    return _hold(
        loss,
        "<",
        constant,
        "loss from predict, against the best constant",
        "由预测重算的损失，对比最佳常数",
    )


def _every_class(o: Outputs) -> Measurement:
    import numpy as np

    answers = evaluate(o.task.read_line, p=o.p)
    if o.task.targets == "flags":
        given, true = answers.any(axis=0) & ~answers.all(axis=0), o.y.any(axis=0) & ~o.y.all(axis=0)
        return _hold(
            (given & true).sum(),
            "≥",
            true.sum(),
            "labels both given and not",
            "有给也有不给的标签数",
        )
    predicted, present = np.unique(answers), np.unique(o.y)
    found = np.isin(present, predicted).sum()
    return _hold(found, "≥", len(present), "classes predicted", "预测到的类别数")


def _independent(o: Outputs) -> Measurement:
    import numpy as np

    if o.head is None or o.head.kernel.shape[1] < 2:  # noqa: PLR2004
        raise NotApplicableError(_NO_HEAD)
    before, worst = o.head.activate(o.head.z), 0.0
    for j in range(min(before.shape[1], COLUMNS)):
        kernel = o.head.kernel.copy()
        kernel[:, j] += 1
        after = replace(o.head, kernel=kernel)
        change = np.abs(after.activate(after.z) - before)
        worst = max(worst, float(np.delete(change, j, axis=1).max()))
    return _hold(
        worst,
        "≤",
        o.tolerance,
        "change in the other outputs when one kernel column changes",
        "改动一列权重时，其他输出的变化",
    )


def _reaches(low: float, high: float, en: str, zh: str) -> Callable[[Outputs], Measurement]:
    def reach(o: Outputs) -> Measurement:
        import numpy as np

        first, last = np.quantile(o.y, [low, high], axis=0)
        first, last = (first if low > 0 else -np.inf), (last if high < 1 else np.inf)
        share = ((o.p > first) & (o.p < last)).mean(axis=0).min()
        return _hold(share, ">", 0, f"share of predictions {en}", f"预测值落在{zh}的比例")

    return reach


def _reaches_negative(o: Outputs) -> Measurement:
    if not (o.y < 0).any():
        raise NotApplicableError(_NO_NEGATIVE)
    return _hold(o.p.min(), "<", 0, "smallest prediction", "最小的预测值")


def _above(relation: str) -> Callable[[Outputs], Measurement]:
    return lambda o: _hold(o.p.min(), relation, 0, "smallest prediction", "最小的预测值")


_NO_HEAD = Text(
    en="the model does not end in a Dense layer that can be looked into",
    zh="模型的结尾不是能拆开看的 Dense 层",
)
_NOT_FINITE = Text(en="some outputs are NaN or infinite", zh="有输出是 NaN 或无穷大")
_ONE_ROW = Text(en="one row cannot show it", zh="只有一行，看不出来")
_ONE_TARGET = Text(en="all targets are the same", zh="所有目标都一样")
_NO_NEGATIVE = Text(en="no target is negative", zh="没有负的目标值")

CLAUSES: dict[str, Clause] = {
    clause.name: clause
    for clause in (
        Clause("finite", Text(en="every output is a number", zh="输出都是正常的数"), _finite),
        Clause(
            "in-unit-interval",
            Text(en="every output lies in [0, 1]", zh="输出都在 [0, 1] 里"),
            _unit_interval,
        ),
        Clause("not-constant", Text(en="not constant", zh="不是常数"), _not_constant),
        Clause(
            "equals-sigmoid",
            Text(en="is the sigmoid of the weighted sum", zh="等于加权和的 sigmoid"),
            _equals_sigmoid,
        ),
        Clause(
            "rows-sum-to-one", Text(en="each row adds up to 1", zh="每行加起来等于 1"), _rows_sum
        ),
        Clause(
            "row-sums-free",
            Text(en="rows need not add up to 1", zh="各行之和不必等于 1"),
            _row_sums_free,
        ),
        Clause(
            "beats-constant",
            Text(en="beats the best constant", zh="比最佳常数强"),
            _beats_constant,
        ),
        Clause(
            "every-class-predicted",
            Text(en="every class is predicted", zh="每一类都预测到"),
            _every_class,
        ),
        Clause(
            "columns-independent",
            Text(en="outputs do not compete", zh="各输出互不争抢"),
            _independent,
        ),
        Clause(
            "reaches-low",
            Text(en="reaches below the first quartile", zh="够得到下四分位以下"),
            _reaches(0, 0.25, "below the targets' first quartile", "目标下四分位以下"),
        ),
        Clause(
            "reaches-middle",
            Text(en="reaches between the quartiles", zh="够得到两个四分位之间"),
            _reaches(0.25, 0.75, "between the targets' quartiles", "目标两个四分位之间"),
        ),
        Clause(
            "reaches-high",
            Text(en="reaches above the third quartile", zh="够得到上四分位以上"),
            _reaches(0.75, 1, "above the targets' third quartile", "目标上四分位以上"),
        ),
        Clause(
            "reaches-negative",
            Text(en="can be negative, as targets are", zh="目标有负数，输出也能为负"),
            _reaches_negative,
        ),
        Clause("positive-only", Text(en="always above 0", zh="永远大于 0"), _above(">")),
        Clause("non-negative", Text(en="never below 0", zh="永远不小于 0"), _above("≥")),
    )
}
