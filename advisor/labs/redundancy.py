"""A part of the signal is enough, if there is much of it."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs._crowd import Crowd, digits
from advisor.pictures import COLOURS, MARKERS
from advisor.text import Text

ORDER = 12
LECTURE = ("redundancy",)
TITLE = Text(en="a part of the signal is enough", zh="只要一部分信号就够了")
VERDICT = Text(
    en="It depends on the width: 256 units hardly notice that a tenth is gone, 8 do.",
    zh="要看宽度：256 个单元少掉一成几乎没感觉，8 个就不行了。",
)
LIMITS = Text(
    en="With a third or half of the units gone narrow networks fall apart, deeper ones sooner. And a "
    "unit switched off by ReLU for a row is not lost: that it is off is information too.",
    zh="少掉三分之一、一半时，窄网络就垮了，深的垮得更快。另外，ReLU 对某个样本关掉的单元并没有丢：“关着”本身也是信息。",
)
CRITERION = Text(
    en="Digits, one hidden layer, a tenth of its units silenced at test time: accuracy falls by at "
    "most .02 with 256 units, by at least .05 on the mean with 8.",
    zh="digits、一个隐藏层、测试时关掉一成单元：256 个单元准确率至多降 .02，8 个单元平均至少降 .05。",
)
QUESTION = Text(
    en="Dropout silences half of the units while training. Why does that make networks robust?",
    zh="Dropout 在训练时随机关掉一半单元。为什么这能让网络更稳健？",
)
ANSWER = Text(
    en="No unit can rely on one other unit being there, so what matters is learnt several times: "
    "the redundancy is made on purpose.",
    zh="谁也不能指望某一个单元一定在，重要的东西就会被学上好几遍：冗余是故意造出来的。",
)
SOURCE = "measured with Keras on digits"
PANELS = 1
WIDTHS, SHARES, MASKS = (8, 16, 64, 256), (0.0, 0.1, 0.3, 0.5), 20


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Silence units of trained networks."""
    import numpy as np

    keras = backend.keras()
    X, y, test, truth = digits()

    def train(width: int, seeds: int) -> list[list[float]]:
        rng = np.random.default_rng(0)
        crowd = Crowd([64, width, 10], "relu", seeds, initializer="he_normal")
        crowd.train(X, y, keras.optimizers.Adam(0.01), 20)
        hidden = np.maximum(crowd.sums(test)[0], 0)
        kernel, bias = (
            np.asarray(w, "float64") for w in (crowd.layers[1].kernel, crowd.layers[1].bias)
        )
        left = []
        for share in SHARES:
            found = []
            for _ in range(MASKS):
                kept = rng.uniform(size=(seeds, 1, width)) >= share
                p = hidden * kept / (1 - share) @ kernel + bias[:, None]
                found.append((p.argmax(axis=-1) == truth).mean(axis=1))
            left.append(np.mean(found, axis=0).tolist())
        return left

    rows = [(width, seeds) for width in WIDTHS]
    left = dict(zip(WIDTHS, chunks.each(train, rows, "lab"), strict=True))
    drops = {w: tuple(a - b for a, b in zip(*left[w][:2], strict=True)) for w in WIDTHS}
    numbers = [
        Number(_FULL.format(256), tuple(left[256][0]), least=0.95),
        Number(_DROP.format(256), drops[256], most=0.02),
        Number(_DROP.format(64), drops[64]),
        Number(_DROP.format(16), drops[16]),
        Number(_MEAN.format(8), (fmean(drops[8]),), least=0.05),
    ]
    return numbers, {"left": left}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show what accuracy is left."""
    import numpy as np

    axis = axes[0]
    for place, (width, left) in enumerate(data["left"].items()):
        look = {"color": COLOURS[place], "marker": MARKERS[place]}
        axis.plot([100 * s for s in SHARES], np.mean(left, axis=1), **look, label=str(width))
        axis.fill_between(
            [100 * s for s in SHARES], np.min(left, axis=1), np.max(left, axis=1),
            color=COLOURS[place], alpha=0.15, linewidth=0,
        )  # fmt: skip
    axis.set(xlabel=words(_SILENCED), title=words(_LEFT), ylim=(0, 1.02))
    axis.legend(title=words(Text(en="units", zh="单元数")))


_FULL = Text(en="test accuracy with all of {} units", zh="{} 个单元全在时的测试准确率")
_DROP = Text(
    en="fall of accuracy, a tenth of {} units silenced", zh="{} 个单元关掉一成，准确率下降"
)
_MEAN = Text(
    en="mean fall of accuracy, a tenth of {} units silenced", zh="{} 个单元关掉一成，准确率平均下降"
)
_SILENCED = Text(en="% of hidden units silenced", zh="关掉的隐藏单元（%）")
_LEFT = Text(en="Test accuracy left", zh="剩下的测试准确率")
