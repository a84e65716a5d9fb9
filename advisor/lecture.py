"""What the lecture says, sentence by sentence, and where each is shown.

The lecture is the one this project implements; its claims are told here in our own words. Where a
claim is shown is read from the shelves: an entry names the claims it shows in its LECTURE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor import _shelf, labs, templates
from advisor.catalog import read_entry
from advisor.page import Answer, Page
from advisor.text import Text

CLAIMS: dict[str, Text] = {
    "every-neuron": Text(
        en="Every neuron outside the input layer sums its weighted inputs and passes the sum "
        "through an activation function.",
        zh="除输入层外，每个神经元都先对输入加权求和，再经过一个激活函数。",
    ),
    "linear-collapse": Text(
        en="Without activation functions, any number of layers is still one linear combination.",
        zh="不加激活函数，无论多少层，最后都只是一个线性组合。",
    ),
    "any-curve": Text(
        en="With a non-linear activation a network can fit all kinds of curves.",
        zh="加入非线性的激活函数，网络就能拟合各种曲线。",
    ),
    "some-are-linear": Text(
        en="Most activation functions are non-linear, some are linear.",
        zh="激活函数大多是非线性的，也有线性的。",
    ),
    "sigmoid-slope": Text(
        en="The derivative of the sigmoid is never more than 0.25.",
        zh="sigmoid 的导数最大也只有 0.25。",
    ),
    "vanishing": Text(
        en="Backpropagation multiplies such derivatives layer by layer, so the gradient vanishes.",
        zh="反向传播一层层地连乘这些小于 1 的导数，梯度就消失了。",
    ),
    "early-layers": Text(
        en="Then the first layers hardly update and learning is extremely slow.",
        zh="于是最前面几层几乎不更新，学得极慢。",
    ),
    "exploding": Text(
        en="Factors above 1 make the gradient explode, and the weights never settle.",
        zh="如果每层的因子大于 1，梯度会爆炸，权重怎么也稳不下来。",
    ),
    "sigmoid-not-hidden": Text(
        en="Sigmoid does not belong in hidden layers.", zh="隐藏层不用 sigmoid。"
    ),
    "binary-sigmoid": Text(
        en="For two classes the output layer uses sigmoid.", zh="二分类的输出层用 sigmoid。"
    ),
    "tanh-possible": Text(en="Tanh may be tried in hidden layers.", zh="隐藏层可以试试 tanh。"),
    "relu-dies": Text(
        en="Below 0, ReLU's output and derivative are both 0, so weights behind it stop updating.",
        zh="x 小于 0 时 ReLU 的输出和导数都是 0，后面的权重就不再更新。",
    ),
    "redundancy": Text(
        en="Losing part of the signal does little harm, because signals are redundant.",
        zh="丢掉一部分信号关系不大，因为信号是冗余的。",
    ),
    "leaky-next": Text(
        en="If ReLU does not work well, try Leaky ReLU.", zh="ReLU 效果不好，就试 Leaky ReLU。"
    ),
    "relu-first": Text(en="For hidden layers, try ReLU first.", zh="隐藏层优先选 ReLU。"),
    "multiclass-softmax": Text(
        en="For several classes the output layer uses softmax.", zh="多分类的输出层用 softmax。"
    ),
    "regression-linear": Text(
        en="For regression the output layer has no activation, or f(x) = x, so that it can reach "
        "every real number.",
        zh="回归的输出层不加激活函数，或者说用 f(x) = x，这样输出才能覆盖整个实数域。",
    ),
    "regression-hidden": Text(
        en="In regression the hidden layers use the usual activations.",
        zh="回归问题的隐藏层照样用常用的激活函数。",
    ),
}


@dataclass(frozen=True, slots=True, repr=False)
class LectureMap(Answer):
    """Each claim of the lecture and the entries that show it."""

    shown: dict[str, tuple[str, ...]]

    def page(self) -> Page:
        """Describe the map in the language spoken now."""
        head = (Text(en="shown in", zh="在哪里看"), Text(en="the lecture says", zh="讲义说"))
        rows = [(", ".join(self.shown[key]) or "–", CLAIMS[key]) for key in CLAIMS]
        title = Text(en="The lecture, sentence by sentence", zh="讲义逐句对照")
        return Page(str(title)).rows(*rows, head=head)

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain JSON types."""
        return {
            key: {"claim": str(CLAIMS[key]), "shown": list(places)}
            for key, places in self.shown.items()
        }

    def markdown(self) -> str:
        """Return the map as a Markdown table, as in the README."""
        head = [
            str(Text(en="the lecture says", zh="讲义说")),
            str(Text(en="shown in", zh="在哪里看")),
        ]
        lines = [f"| {head[0]} | {head[1]} |", "| --- | --- |"]
        for key, places in self.shown.items():
            lines.append(f"| {CLAIMS[key]} | {', '.join(f'`{p}`' for p in places) or '–'} |")
        return "\n".join(lines)


def where_shown() -> LectureMap:
    """Read from the shelves where each claim of the lecture is shown."""
    shown: dict[str, list[str]] = {key: [] for key in CLAIMS}
    for shelf, kind, prefix in ((labs, "lab", "lab "), (templates, "template", "")):
        for name in _shelf.names(shelf):
            _, constants = read_entry(_shelf.path(shelf, kind, name))
            for key in constants.get("LECTURE", ()):
                shown[key].append(prefix + (name.replace("_", "-") if prefix else name))
    return LectureMap({key: tuple(places) for key, places in shown.items()})
