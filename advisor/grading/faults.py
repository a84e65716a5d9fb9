"""The table of broken models that assignments ask students to repair or to name the fault of.

Each is plain Keras code with one classic fault. What `check` says of it, as the live model and as
a saved file, is the expected diagnosis; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import UnknownNameError
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken model.

    Attributes:
        name: as in `code_of(name)`.
        title: the fault, for the teacher and for feedback; never shown with the question.
        problem: the row of PROBLEMS that the model is for.
        classes: how many classes are drawn for it; None for the problem's own.
        layers: the lines between the inputs and the end of the model; `{a}` and `{b}` stand for
            two healthy hidden layers, `{n}` for a width.
        loss: as passed to `compile`.
        codes: what `check` finds as root causes.
        hidden: how many hidden layers with weights a repaired model must still have.
        step: the optimizer.
        metrics: as passed to `compile`; "" for none.
    """

    name: str
    title: Text
    problem: str
    classes: int | None
    layers: tuple[str, ...]
    loss: str
    codes: tuple[str, ...]
    hidden: int = 2
    step: str = "keras.optimizers.Adam(0.01)"
    metrics: str = ""

    @property
    def lines(self) -> str:
        """The model's code, as `code_of` gives it for seed 0."""
        return code_of(self.name)


def find(name: object) -> Fault:
    """Return the row of a fault.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in FAULTS:
        raise UnknownNameError("fault", name, FAULTS)
    return FAULTS[str(name)]


def code_of(name: str, seed: int = 0) -> str:
    r"""Return Keras code that defines the broken `model`, compiled; it uses `keras` and `layers`.

    Args:
        name: of the fault.
        seed: any whole number from 0; it varies widths and healthy activations, not the fault.

    Raises:
        UnknownNameError: no such fault.

    Example:
        >>> print(code_of("softmax-on-one-unit").splitlines()[4])
            layers.Dense(1, activation="softmax"),
    """
    import numpy as np

    from advisor.grading import problems

    fault = find(name)
    rng = np.random.default_rng(seed)
    kind = _HEALTHY[int(rng.integers(len(_HEALTHY)))]
    first, second, wide = (int(n) for n in rng.choice(_WIDTHS, 3))
    fill = {"a": kind.format(first), "b": kind.format(second), "n": str(wide)}
    features = problems.find(fault.problem).features
    body = [f"keras.Input(({features},)),", *(line.format(**fill) for line in fault.layers)]
    return "\n".join(_whole(fault, body))


def _whole(fault: Fault, body: list[str]) -> Iterator[str]:
    """Give the lines of the model, and of its `compile`."""
    yield "model = keras.Sequential(["
    yield from (f"    {line}" for line in body)
    yield "])"
    more = f", metrics=[{fault.metrics}]" if fault.metrics else ""
    yield f"model.compile(optimizer={fault.step}, loss={fault.loss}{more})"


_HEALTHY = (
    'layers.Dense({}, activation="relu", kernel_initializer="he_normal"),',
    'layers.Dense({}, activation="tanh"),',
    'layers.Dense({}, activation="elu", kernel_initializer="he_normal"),',
)
_WIDTHS = (16, 24, 32, 48)
_BINARY, _SPARSE, _ONEHOT, _SQUARES = (
    '"binary_crossentropy"',
    '"sparse_categorical_crossentropy"',
    '"categorical_crossentropy"',
    '"mse"',
)
_SMALL_STEP = "keras.optimizers.Adam(0.001)"
_LOGITS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"

_ROWS = (
    Fault(
        name="softmax-on-one-unit",
        title=Text(en="softmax on one unit", zh="一个单元用 softmax"),
        problem="moons",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="softmax"),'),
        loss=_BINARY,
        codes=("ADV101",),
    ),
    Fault(
        name="softmax-on-numbers",
        title=Text(en="softmax for a regression", zh="回归用了 softmax"),
        problem="waves",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="softmax"),'),
        loss=_SQUARES,
        codes=("ADV101",),
    ),
    Fault(
        name="sigmoid-on-classes",
        title=Text(en="sigmoid for several classes", zh="多分类用了 sigmoid"),
        problem="spirals",
        classes=3,
        layers=("{a}", "{b}", 'layers.Dense(3, activation="sigmoid"),'),
        loss=_SPARSE,
        codes=("ADV102",),
    ),
    Fault(
        name="tanh-on-two-classes",
        title=Text(en="tanh for two classes 0 and 1", zh="二分类（0 和 1）用了 tanh"),
        problem="rings",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="tanh"),'),
        loss=_BINARY,
        codes=("ADV102",),
    ),
    Fault(
        name="relu-on-numbers",
        title=Text(en="ReLU for targets of both signs", zh="目标有正有负，输出层却用 ReLU"),
        problem="ridges",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="relu"),'),
        loss=_SQUARES,
        codes=("ADV102",),
    ),
    Fault(
        name="sigmoid-on-numbers",
        title=Text(
            en="sigmoid for targets beyond 0 to 1", zh="目标超出 0 到 1，输出层却用 sigmoid"
        ),
        problem="waves",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="sigmoid"),'),
        loss=_SQUARES,
        codes=("ADV102",),
    ),
    Fault(
        name="two-units-for-four-classes",
        title=Text(en="fewer units than classes", zh="单元数比类别少"),
        problem="blobs",
        classes=4,
        layers=("{a}", "{b}", 'layers.Dense(2, activation="softmax"),'),
        loss=_SPARSE,
        codes=("ADV103",),
    ),
    Fault(
        name="one-unit-for-three-classes",
        title=Text(en="one unit for three classes", zh="三个类别只用一个单元"),
        problem="spirals",
        classes=3,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="sigmoid"),'),
        loss=_BINARY,
        codes=("ADV103",),
    ),
    Fault(
        name="squares-on-classes",
        title=Text(en="mean squared error for class numbers", zh="类别编号用了均方误差"),
        problem="blobs",
        classes=3,
        layers=("{a}", "{b}", 'layers.Dense(3, activation="softmax"),'),
        loss=_SQUARES,
        codes=("ADV104",),
    ),
    Fault(
        name="binary-loss-on-classes",
        title=Text(en="binary cross-entropy for several classes", zh="多分类用了二元交叉熵"),
        problem="spirals",
        classes=4,
        layers=("{a}", "{b}", 'layers.Dense(4, activation="softmax"),'),
        loss=_BINARY,
        codes=("ADV104", "ADV301"),
    ),
    Fault(
        name="cross-entropy-on-numbers",
        title=Text(en="cross-entropy for a regression", zh="回归用了交叉熵"),
        problem="ridges",
        classes=None,
        layers=("{a}", "{b}", "layers.Dense(1),"),
        loss=_BINARY,
        codes=("ADV104",),
    ),
    Fault(
        name="one-hot-loss-on-integers",
        title=Text(
            en="a loss for one-hot rows, labels as integers", zh="标签是整数，损失却要 one-hot"
        ),
        problem="blobs",
        classes=5,
        layers=("{a}", "{b}", 'layers.Dense(5, activation="softmax"),'),
        loss=_ONEHOT,
        codes=("ADV301",),
    ),
    Fault(
        name="scores-without-from-logits",
        title=Text(
            en="raw scores under a loss for probabilities", zh="输出是原始分数，损失却要概率"
        ),
        problem="spirals",
        classes=3,
        layers=("{a}", "{b}", "layers.Dense(3),"),
        loss=_SPARSE,
        codes=("ADV106",),
    ),
    Fault(
        name="softmax-with-from-logits",
        title=Text(
            en="softmax under a loss for raw scores", zh="已经 softmax 了，损失还要原始分数"
        ),
        problem="blobs",
        classes=4,
        layers=("{a}", "{b}", 'layers.Dense(4, activation="softmax"),'),
        loss=_LOGITS,
        codes=("ADV107",),
    ),
    Fault(
        name="sigmoid-with-from-logits",
        title=Text(
            en="sigmoid under a loss for raw scores", zh="已经 sigmoid 了，损失还要原始分数"
        ),
        problem="quadrants",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="sigmoid"),'),
        loss="keras.losses.BinaryCrossentropy(from_logits=True)",
        codes=("ADV107",),
    ),
    Fault(
        name="relu-on-scores",
        title=Text(en="raw scores cut off by ReLU", zh="原始分数被 ReLU 截断"),
        problem="spirals",
        classes=5,
        layers=("{a}", "{b}", 'layers.Dense(5, activation="relu"),'),
        loss=_LOGITS,
        codes=("ADV108",),
    ),
    Fault(
        name="accuracy-on-numbers",
        title=Text(en="accuracy as the metric of a regression", zh="回归用准确率当指标"),
        problem="waves",
        classes=None,
        layers=("{a}", "{b}", "layers.Dense(1),"),
        loss=_SQUARES,
        codes=("ADV110",),
        metrics='"accuracy"',
    ),
    Fault(
        name="no-activation",
        title=Text(en="hidden layers without activation", zh="隐藏层没有激活函数"),
        problem="rings",
        classes=None,
        layers=(
            "layers.Dense({n}),",
            "layers.Dense({n}),",
            'layers.Dense(1, activation="sigmoid"),',
        ),
        loss=_BINARY,
        codes=("ADV201",),
    ),
    Fault(
        name="ten-sigmoids",
        title=Text(en="ten sigmoid layers on top of each other", zh="十层 sigmoid 叠在一起"),
        problem="spirals",
        classes=3,
        layers=(
            '*[layers.Dense({n}, activation="sigmoid") for _ in range(10)],',
            'layers.Dense(3, activation="softmax"),',
        ),
        loss=_SPARSE,
        codes=("ADV202",),
        hidden=10,
    ),
    Fault(
        name="deep-softplus",
        title=Text(
            en="fifteen softplus layers on top of each other", zh="十五层 softplus 叠在一起"
        ),
        problem="moons",
        classes=None,
        layers=(
            'layers.Dense({n}, activation="elu", kernel_initializer="he_normal"),',
            '*[layers.Dense({n}, activation="softplus") for _ in range(15)],',
            'layers.Dense(1, activation="sigmoid"),',
        ),
        loss=_BINARY,
        codes=("ADV203",),
        hidden=16,
        step=_SMALL_STEP,
    ),
    Fault(
        name="softmax-between-layers",
        title=Text(en="softmax in a hidden layer", zh="隐藏层用了 softmax"),
        problem="blobs",
        classes=3,
        layers=(
            "{a}",
            'layers.Dense({n}, activation="softmax"),',
            'layers.Dense(3, activation="softmax"),',
        ),
        loss=_SPARSE,
        codes=("ADV204",),
    ),
    Fault(
        name="softmax-twice",
        title=Text(en="softmax on top of softmax", zh="softmax 上又套一层 softmax"),
        problem="spirals",
        classes=4,
        layers=(
            "{a}",
            "{b}",
            'layers.Dense(4, activation="softmax"),',
            "layers.Softmax(),",
        ),
        loss=_SPARSE,
        codes=("ADV205",),
    ),
    Fault(
        name="dead-units",
        title=Text(en="biases so low that no unit is ever on", zh="偏置太低，神经元永远打不开"),
        problem="quadrants",
        classes=None,
        layers=(
            'layers.Dense({n}, activation="relu", kernel_initializer="he_normal",',
            "             bias_initializer=keras.initializers.Constant(-30.0)),",
            'layers.Dense(1, activation="sigmoid"),',
        ),
        loss=_BINARY,
        codes=("ADV206",),
        hidden=1,
    ),
    Fault(
        name="zero-kernels",
        title=Text(en="hidden weights that start at 0", zh="隐藏层权重从 0 开始"),
        problem="moons",
        classes=None,
        layers=(
            'layers.Dense({n}, activation="relu", kernel_initializer="zeros"),',
            'layers.Dense(1, activation="sigmoid"),',
        ),
        loss=_BINARY,
        codes=("ADV208",),
        hidden=1,
    ),
    Fault(
        name="equal-kernels",
        title=Text(en="hidden weights that all start alike", zh="隐藏层权重的初值全都一样"),
        problem="blobs",
        classes=3,
        layers=(
            'layers.Dense({n}, activation="tanh", kernel_initializer="ones"),',
            'layers.Dense(3, activation="softmax"),',
        ),
        loss=_SPARSE,
        codes=("ADV209",),
        hidden=1,
    ),
    Fault(
        name="huge-kernels",
        title=Text(en="weights drawn far too large", zh="权重初值太大"),
        problem="blobs",
        classes=4,
        layers=(
            "{a}",
            'layers.Dense({n}, activation="relu",',
            "             kernel_initializer=keras.initializers.RandomNormal(stddev=5.0)),",
            'layers.Dense(4, activation="softmax"),',
        ),
        loss=_SPARSE,
        codes=("ADV210",),
    ),
    Fault(
        name="exploding-stack",
        title=Text(en="a stack whose gradient grows layer by layer", zh="梯度一层层放大的堆叠"),
        problem="ridges",
        classes=None,
        layers=(
            '*[layers.Dense(64, activation="relu",',
            "               kernel_initializer=keras.initializers.RandomNormal(stddev=0.5))",
            "  for _ in range(6)],",
            "layers.Dense(1),",
        ),
        loss=_SQUARES,
        codes=("ADV211",),
        hidden=6,
    ),
    Fault(
        name="deep-relu-glorot",
        title=Text(
            en="twenty-one ReLU layers, Keras' default initialiser",
            zh="二十一层 ReLU，用的是 Keras 默认初始化",
        ),
        problem="rings",
        classes=None,
        layers=(
            'layers.Dense({n}, activation="relu", kernel_initializer="he_normal"),',
            '*[layers.Dense({n}, activation="relu") for _ in range(20)],',
            'layers.Dense(1, activation="sigmoid"),',
        ),
        loss=_BINARY,
        codes=("ADV211",),
        hidden=21,
        step=_SMALL_STEP,
    ),
    Fault(
        name="step-too-large",
        title=Text(en="a learning rate far too high", zh="学习率高得离谱"),
        problem="spirals",
        classes=3,
        layers=("{a}", "{b}", 'layers.Dense(3, activation="softmax"),'),
        loss=_SPARSE,
        codes=("ADV401",),
        step="keras.optimizers.Adam(1.0)",
    ),
    Fault(
        name="step-too-small",
        title=Text(en="a learning rate far too low", zh="学习率低得离谱"),
        problem="waves",
        classes=None,
        layers=("{a}", "{b}", "layers.Dense(1),"),
        loss=_SQUARES,
        codes=("ADV402",),
        step="keras.optimizers.Adam(1e-7)",
    ),
    Fault(
        name="step-uphill",
        title=Text(en="a negative learning rate", zh="学习率是负的"),
        problem="moons",
        classes=None,
        layers=("{a}", "{b}", 'layers.Dense(1, activation="sigmoid"),'),
        loss=_BINARY,
        codes=("ADV403",),
        step="keras.optimizers.SGD(-0.1)",
    ),
)

FAULTS: dict[str, Fault] = {row.name: row for row in _ROWS}
