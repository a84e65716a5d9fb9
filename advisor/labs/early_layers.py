"""Where the gradient vanishes the first layer's weights do not change by a single bit."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs._crowd import Crowd, digits
from advisor.pictures import BLUE, GREEN, ORANGE
from advisor.text import Text

ORDER = 6
LECTURE = ("early-layers",)
TITLE = Text(en="the first layers hardly update", zh="前面几层几乎不更新")
VERDICT = Text(
    en="True for SGD: after an epoch most weights of the first layer are the same to the last bit.",
    zh="对 SGD 成立：一轮之后，第一层大半权重连一个二进制位都没变。",
)
LIMITS = Text(
    en="Not for Adam, which divides by the gradient's size and updates the first layer as much as the "
    "last. That does not save a deep sigmoid network: to its later layers all rows look alike.",
    zh="对 Adam 不成立：它除以梯度的大小，第一层和最后一层更新得一样多。但这救不了深层 sigmoid 网络：在后面"
    "几层看来，所有样本都一个样。",
)
CRITERION = Text(
    en="Digits, 10 hidden layers, SGD(0.1), one epoch of batches of 128: with sigmoid at least half of the first "
    "layer's weights are bitwise unchanged and its relative update is at most 1e-4 of the last "
    "layer's; with ReLU and tanh at most 7 % (four pixels never vary).",
    zh="digits、10 个隐藏层、SGD(0.1)、每批 128 个、一轮：sigmoid 第一层至少一半权重一位不变，相对更新至多是最后一层的 "
    "1e-4；ReLU 和 tanh 至多 7%（有四个像素从不变化）。",
)
QUESTION = Text(
    en="The loss of this sigmoid network still falls in the first epoch. What has learnt?",
    zh="这个 sigmoid 网络第一轮的损失照样在降。是什么在学？",
)
ANSWER = Text(
    en="The output layer's biases: the network learns how frequent the classes are, and nothing "
    "about the rows.",
    zh="输出层的偏置：网络学到的是各类出现的频率，和样本本身无关。",
)
SOURCE = "measured with Keras on digits"
PANELS = 2
DEPTH = 10


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Train one epoch and compare weights bit by bit."""
    import numpy as np

    keras = backend.keras()
    X, y, _, _ = digits()

    def train(hidden: str, initializer: str, seeds: int) -> tuple[tuple[float, ...], Any]:
        crowd = Crowd([64, *[64] * DEPTH, 10], hidden, seeds, initializer=initializer)
        before = [np.array(layer.kernel) for layer in crowd.layers]
        crowd.train(X, y, keras.optimizers.SGD(0.1), 1, batch_size=128)
        after = [np.array(layer.kernel) for layer in crowd.layers]
        same = tuple(float(v) for v in (before[0] == after[0]).mean(axis=(1, 2)))
        updates = np.array(
            [
                np.linalg.norm((a - b).astype("float64"), axis=(1, 2))
                / np.linalg.norm(b, axis=(1, 2))
                for b, a in zip(before, after, strict=True)
            ]
        )
        return same, updates

    kinds = {
        "sigmoid": ("sigmoid", "glorot_uniform", seeds),
        "relu": ("relu", "he_normal", seeds),
        "tanh": ("tanh", "glorot_uniform", seeds),
    }
    numbers, unchanged, moved = [], {}, {}
    for hidden, (same, updates) in chunks.named(train, kinds).items():
        ratio = tuple(float(v) for v in updates[0] / updates[-1])
        deep = hidden == "sigmoid"
        numbers += [
            Number(_SAME.format(hidden), same, **({"least": 0.5} if deep else {"most": 0.07})),
            Number(_RATIO.format(hidden), ratio, **({"most": 1e-4} if deep else {"least": 0.1})),
        ]
        unchanged[hidden], moved[hidden] = same, updates
    return numbers, {"unchanged": unchanged, "moved": moved}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the relative update of each layer, and the share of unchanged weights."""
    import numpy as np

    for (name, updates), colour in zip(data["moved"].items(), (ORANGE, BLUE, GREEN), strict=True):
        layers = range(1, len(updates) + 1)
        axes[0].plot(
            layers, np.log10(np.median(updates, axis=1)), color=colour, marker="o", label=name
        )
    axes[0].set(xlabel=words(_LAYER), title=words(_UPDATE))
    axes[0].legend()
    names = list(data["unchanged"])
    for place, (name, colour) in enumerate(zip(names, (ORANGE, BLUE, GREEN), strict=True)):
        axes[1].bar(place, np.median(data["unchanged"][name]), color=colour)
    axes[1].set_xticks(range(len(names)), names)
    axes[1].set(ylim=(0, 1), title=words(_SHARE))


_SAME = Text(
    en="{}: share of the first layer's weights that are bitwise unchanged",
    zh="{}：第一层一位都没变的权重所占比例",
)
_RATIO = Text(
    en="{}: relative update of the first layer over the last one's",
    zh="{}：第一层的相对更新，与最后一层之比",
)
_LAYER = Text(en="layer", zh="层")
_UPDATE = Text(en="log10 ‖ΔW‖/‖W‖ after an epoch", zh="一轮之后 ‖ΔW‖/‖W‖ 的 log10")
_SHARE = Text(en="First layer: weights unchanged", zh="第一层：没有变化的权重")
