"""Advice: which activation in the hidden layers, which one last, with which loss, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.activations import hidden_choice
from advisor.page import Answer, Page
from advisor.tasks import Task, find_task
from advisor.text import Text, join

if TYPE_CHECKING:
    from advisor.choices import Choice
    from advisor.comparison import Comparison
    from advisor.target import Target


@dataclass(frozen=True, slots=True)
class Limit:
    """A place where the lecture's rule for the hidden layers stops, and what was measured there."""

    where: Text
    instead: Text
    measured: Text
    source: Text


LIMITS = (
    Limit(
        where=Text(
            en="very deep plain stacks (no BatchNormalization, no residuals)",
            zh="很深的纯堆叠网络（没有 BatchNormalization，也没有残差）",
        ),
        instead=Text(
            en="tanh with glorot_uniform, or selu with lecun_normal",
            zh="tanh 配 glorot_uniform，或 selu 配 lecun_normal",
        ),
        measured=Text(
            en="10 hidden layers on digits, SGD(0.1): tanh .970, ReLU with He .942; 32 layers: "
            "tanh .907, ReLU .325.",
            zh="digits 上 10 个隐藏层、SGD(0.1)：tanh .970，ReLU+He .942；32 层：tanh .907，ReLU .325。",
        ),
        source=Text(en="measured, 5 seeds, 64 units a layer", zh="实测，5 个种子，每层 64 个单元"),
    ),
    Limit(
        where=Text(en="small tables of data", zh="小型表格数据"),
        instead=Text(
            en="any; try depth=0, a linear model, as well",
            zh="都可以；也试试 depth=0，即线性模型",
        ),
        measured=Text(
            en="Two hidden layers on diabetes: linear R² .430, sigmoid .429, ReLU .355; on "
            "breast_cancer all lie within .960 to .967. No winner can be named.",
            zh="diabetes 上两个隐藏层：线性 R² .430，sigmoid .429，ReLU .355；"
            "breast_cancer 上全在 .960 到 .967 之间。分不出胜负。",
        ),
        source=Text(
            en="measured, 5 splits, 32 units a layer, Adam(0.003)",
            zh="实测，5 次划分，每层 32 个单元，Adam(0.003)",
        ),
    ),
    Limit(
        where=Text(en="recurrent layers (LSTM, GRU)", zh="循环层（LSTM、GRU）"),
        instead=Text(
            en="tanh, with sigmoid for the gates: Keras' defaults",
            zh="tanh，门控用 sigmoid：就是 Keras 的默认值",
        ),
        measured=Text(
            en="The gates need a number between 0 and 1; one weight matrix used at every step makes "
            "an unbounded ReLU grow or fade (with doubled He variance, gradients grow by 10^9 in "
            "50 steps).",
            zh="门控需要 0 到 1 之间的数；同一个权重矩阵每一步都用，没有上界的 ReLU 会越滚越大或越缩越小"
            "（权重方差大一倍，50 步后梯度放大约 10^9 倍）。",
        ),
        source=Text(
            en="Keras 3.15 LSTM, GRU; measured on a plain recurrence",
            zh="Keras 3.15 的 LSTM、GRU；在简单循环上实测",
        ),
    ),
    Limit(
        where=Text(
            en="equations with second derivatives (physics-informed nets)",
            zh="含二阶导数的方程（物理信息网络 PINN）",
        ),
        instead=Text(en="tanh or silu", zh="tanh 或 silu"),
        measured=Text(
            en="u'' = −π² sin πx: relative error of tanh 6e-4 at worst, of ReLU .51 to .66, "
            "because its second derivative is 0.",
            zh="u'' = −π² sin πx：tanh 相对误差最多 6e-4，ReLU 却有 .51 到 .66，因为它的二阶导数是 0。",
        ),
        source=Text(en="measured, 5 seeds, 2×32 units", zh="实测，5 个种子，2×32 个单元"),
    ),
)


@dataclass(frozen=True, slots=True, repr=False)
class Recommendation(Answer):
    """What to build for a task, each choice with its reason, formula, source and alternatives.

    Attributes:
        task: the task's name.
        sure: "certain", "likely" or "unsure" that y is of this task; None for a named task.
        units: of the last layer: a number where y was given, else "1", "K" or "d".
        hidden, last, loss, optimizer, metrics, labels, bias: the choices.
        initializer: for the hidden kernels.
        read, read_line: how to read an output, in words and as a line of NumPy in `p`.
        classes: labels in the order of the outputs, where y was given; else None.
        mapped: the labels are not 0..K−1, so that y = np.searchsorted(classes, y) comes first.
        unknown: what cannot be known from the data.
        limits: where the rule for the hidden layers stops.
        evidence: a small study on the data given, where it was asked for.
    """

    task: str
    sure: str | None
    units: int | str
    hidden: Choice
    initializer: str
    last: Choice
    loss: Choice
    optimizer: Choice
    metrics: Choice
    labels: Choice
    bias: Choice
    read: Text
    read_line: str
    classes: list[Any] | None
    mapped: bool
    unknown: tuple[Text, ...]
    limits: tuple[Limit, ...] = LIMITS
    evidence: Comparison | None = None

    @property
    def agrees(self) -> bool | None:
        """Nothing in the study is better than the rule's hidden activation; None without one."""
        return None if self.evidence is None else not self._better()

    def _better(self) -> list[str]:
        """Name what the study found better than the rule's hidden activation, beyond noise."""
        if self.evidence is None:
            return []
        labels = [one.label for one in self.evidence.alternatives]
        return [label for label in labels if self.evidence.beats(label, self.hidden.value)]

    @property
    def activation(self) -> str:
        """The last layer's activation."""
        return self.last.value

    def _choices(self) -> list[tuple[str, Text, Choice]]:
        return [
            ("hidden", Text(en="Hidden layers", zh="隐藏层"), self.hidden),
            ("last", Text(en="Last layer", zh="输出层"), self.last),
            ("loss", Text(en="Loss", zh="损失函数"), self.loss),
            ("optimizer", Text(en="Optimizer", zh="优化器"), self.optimizer),
            ("metrics", Text(en="Metrics", zh="指标"), self.metrics),
            ("labels", Text(en="Labels", zh="标签"), self.labels),
            ("bias", Text(en="Output bias starts at", zh="输出偏置从这里起步"), self.bias),
        ]

    def page(self) -> Page:
        """Describe the recommendation in the language spoken now."""
        row = find_task(self.task)
        page = Page(str(_PAIR.format(row.title, row.when)))
        if self.sure is not None:
            page.say(_TAKEN.format(task=self.task, sure=self.sure))
        summary = []
        for key, title, choice in self._choices():
            summary.append((title, self._value(key, choice)))
        summary.append((Text(en="Reading", zh="怎么读输出"), f"{self.read}  {self.read_line}"))
        page.rows(*summary)
        if self.mapped and self.classes is not None:
            from advisor.target import mapping_line

            page.say(_MAPPED.format(mapping_line(self.classes)))
        for note in self.unknown:
            page.say(f"? {note}")
        if self.evidence is not None:
            self._add_evidence(page, self.evidence)
        for key, title, choice in self._choices():
            page.heading(_PAIR.format(title, self._value(key, choice))).rows(*_because(choice))
        page.heading(Text(en="Where the rule for hidden layers stops", zh="隐藏层的规则到哪里为止"))
        return page.rows(
            *(("•", _STOPS.format(s.where, s.instead, s.measured)) for s in self.limits)
        )

    def _add_evidence(self, page: Page, study: Comparison) -> None:
        """Put the study's result beside the rule, also where they disagree."""
        better = self._better()
        mine = next(one for one in study.alternatives if one.label == self.hidden.value)
        page.heading(_STUDY)
        rule = _RULE.format(self.hidden.value, f"{mine.median:.3f}", f"{study.best.median:.3f}")
        page.say(_AND_BEST.format(rule, study.best.label))
        page.say(_DISAGREES.format(join(better)) if better else _AGREES)
        page.rows(*study.table(), head=study.head())
        for sentence in study.findings():
            page.say(sentence)

    def _value(self, key: str, choice: Choice) -> str:
        if key == "hidden":
            return f'{choice.value}, kernel_initializer="{self.initializer}"'
        if key == "last":
            return f'Dense({self.units}, activation="{choice.value}")'
        return str(choice.words)

    def to_dict(self) -> dict[str, Any]:
        """Return the recommendation as plain JSON types."""
        return {
            "task": self.task,
            "sure": self.sure,
            "units": self.units,
            "initializer": self.initializer,
            "activation": self.activation,
            **{key: _plain(choice) for key, _, choice in self._choices()},
            "read": str(self.read),
            "read_line": self.read_line,
            "classes": self.classes,
            "mapped": self.mapped,
            "unknown": [str(note) for note in self.unknown],
            "limits": [
                {
                    "where": str(s.where),
                    "instead": str(s.instead),
                    "measured": str(s.measured),
                    "source": str(s.source),
                }
                for s in self.limits
            ],
            "evidence": None if self.evidence is None else self.evidence.to_dict(),
            "agrees": self.agrees,
        }


_PAIR = Text(en="{}: {}", zh="{}：{}")
_STOPS = Text(en="{}: {}. {}", zh="{}：{}。{}")
_TAKEN = Text(en="y was taken for: {task} ({sure}).", zh="从 y 看，任务是：{task}（{sure}）。")
_MAPPED = Text(en="Labels are mapped: {}", zh="标签先映射：{}")
_STUDY = Text(en="The rule, tried on your data", zh="拿你的数据试一试这条规则")
_RULE = Text(
    en="The rule says {}: median score {}, where the best median is {}",
    zh="规则推荐 {}：得分中位数 {}，最好的中位数是 {}",
)
_AND_BEST = Text(en="{}, of {}.", zh="{}（{}）。")
_AGREES = Text(
    en="The study agrees: nothing tried is better than that beyond noise.",
    zh="试验支持规则：试过的里面没有哪个确实比它好。",
)
_DISAGREES = Text(
    en="The study disagrees: {} did better on your data, beyond noise, with two hidden layers. "
    "Small data often do not follow the rule (see below, where it stops): trust the study, and "
    "look at the depth as well: compare(X=X, y=y, depth=[1, 2, 4]).",
    zh="试验和规则不一致：在你的数据上，用两个隐藏层时 {} 确实更好。小数据常常不合这条规则"
    "（见下面“到哪里为止”）：请相信试验，也看看层数：compare(X=X, y=y, depth=[1, 2, 4])。",
)
_WHY = Text(en="why", zh="为什么")
_FORMULA = Text(en="formula", zh="公式")
_SOURCE = Text(en="source", zh="出处")
_INSTEAD = Text(en="instead", zh="也可以")
_AVOID = Text(en="avoid", zh="不要用")


def recommend(
    task: object = None, *, X: Any = None, y: Any = None, evidence: bool = False
) -> Recommendation:
    """Recommend hidden and output activations, loss and the rest for a task or for data.

    Args:
        task: name of a task in English or Chinese; None to read it off y.
        X: features, shape (n, n_features), any table of numbers; checked, not learnt from.
        y: targets, shape (n,), (n, 1) or (n, columns); text labels are fine.
        evidence: also train the lecture's hidden activations on X and y, ten seeds each, and put
            the result beside the rule; takes some seconds.

    Raises:
        UnknownNameError: no such task.
        DataError, DataTypeError: X or y that cannot be used as it is.
        OptionError: neither a task nor y; or evidence without X and y.

    Example:
        >>> advice = recommend("多分类")
        >>> advice.hidden.value, advice.initializer, advice.activation, advice.loss.value
        ('relu', 'he_normal', 'softmax', 'SparseCategoricalCrossentropy')
    """
    if evidence and (X is None or y is None):
        from advisor.errors import OptionError

        raise OptionError("evidence=True is a study on your data. Pass X and y as well.")
    if X is None and y is None:
        if task is None:
            from advisor.errors import OptionError

            raise OptionError(
                "Nothing to recommend for. Expected a task, or X and y. Try recommend('binary')."
            )
        row = find_task(task)
        return _assemble(row, row.loss, None)
    X, target = read_data(X, y, task)
    advice = _assemble(target.task, _loss(target), target, named=task is not None)
    if not evidence:
        return advice
    from dataclasses import replace

    from advisor.comparison import compare

    return replace(advice, evidence=compare(target.task, X=X, y=target.y))


def read_data(X: Any, y: Any, task: object) -> tuple[Any, Target]:
    """Return X, float64 (None where only y was given), and what y is for."""
    from advisor import arrays, target

    if X is None:
        return None, target.read(arrays.targets(y), task)
    X, y = arrays.pair(X, y)
    return X, target.read(y, task)


def _loss(target: Target) -> Choice:
    """Turn the row's loss into its one-hot form where y is one-hot."""
    from dataclasses import replace

    row = target.task
    if not target.onehot or row.onehot is None:
        return row.loss
    other = row.onehot.loss
    kept = tuple(a for a in row.loss.alternatives if a.value != other)
    return replace(row.loss, value=other, alternatives=kept, formula="L = −Σ_k y_k ln p_k")


def _assemble(
    row: Task, loss: Choice, target: Target | None, *, named: bool = True
) -> Recommendation:
    """Put the row, the hidden layers' advice and what y told together."""
    from dataclasses import replace

    from advisor.activations import activation

    hidden = hidden_choice()
    metrics = row.metrics
    if target is not None and target.onehot and row.onehot is not None:
        metrics = replace(metrics, value=", ".join(row.onehot.metrics))
    classes = None if target is None or target.classes is None else target.classes.tolist()
    return Recommendation(
        task=row.name,
        sure=None if target is None or named else str(target.sure),
        units=row.units if target is None else target.outputs,
        hidden=hidden,
        initializer=activation(hidden.value).initializer,
        last=row.last,
        loss=loss,
        optimizer=row.optimizer,
        metrics=metrics,
        labels=row.labels,
        bias=row.bias_start,
        read=row.read,
        read_line=row.read_line,
        classes=classes,
        mapped=target is not None and target.mapped,
        unknown=() if target is None else target.unknown,
    )


def _because(choice: Choice) -> list[tuple[object, object]]:
    """List a choice's reason, formula, source, alternatives and what to avoid."""
    rows: list[tuple[object, object]] = [
        (_WHY, choice.reason),
        (_FORMULA, choice.formula),
        (_SOURCE, choice.source),
    ]
    rows += [(_INSTEAD, _PAIR.format(a.value, a.when)) for a in choice.alternatives]
    return rows + [(_AVOID, _PAIR.format(a.value, a.why)) for a in choice.avoid]


def _plain(choice: Choice) -> dict[str, Any]:
    """Return a choice as plain JSON types."""
    return {
        "value": choice.value,
        "reason": str(choice.reason),
        "formula": choice.formula,
        "source": str(choice.source),
        "alternatives": [{"value": a.value, "when": str(a.when)} for a in choice.alternatives],
        "avoid": [{"value": a.value, "why": str(a.why)} for a in choice.avoid],
    }
