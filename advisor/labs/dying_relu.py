"""ReLU units die: made to, counted, and looked at."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd, digits
from advisor.text import Text

ORDER = 11
LECTURE = ("relu-dies",)
TITLE = Text(en="ReLU units die", zh="ReLU 神经元会死")
VERDICT = Text(
    en="True: left of 0 a unit gives nothing and learns nothing, exactly.",
    zh="成立：在 0 的左边，输出恰好是 0，也完全学不到东西。",
)
LIMITS = Text(
    en="About half the units being off for a row is normal; dead is a unit that is off for every "
    "row. With scaled inputs that is rare; raw inputs with a large step kill nearly all.",
    zh="对某个样本约一半单元是关着的，这很正常；对所有样本都关着才叫死。输入缩放好时很少见；不缩放又用大步长，"
    "几乎全死。",
)
CRITERION = Text(
    en="With every hidden bias at −30 the hidden gradient is exactly 0.0 and accuracy stays at "
    "chance; on raw pixels with Adam(0.1) at least 90 % of the first layer, on the mean, is dead after 10 epochs.",
    zh="隐藏层偏置全为 −30 时，隐藏层梯度恰好是 0.0，准确率停在乱猜；原始像素配 Adam(0.1)，10 轮之后第一层平均"
    "至少死掉 90%。",
)
QUESTION = Text(
    en="A unit is off for all 32 rows of a batch. Is it dead?",
    zh="一个单元对一批 32 个样本都关着。它死了吗？",
)
ANSWER = Text(
    en="Not proved: another row may switch it on, and layers before it move it. Look at z, over a "
    "few hundred rows; advisor.signal counts that.",
    zh="还说明不了：别的样本也许能打开它，前面的层也会推动它。要看几百个样本的 z；advisor.signal 就是这么数的。",
)
SOURCE = "Lu et al. 2020, arXiv 1903.06733; measured with Keras on digits"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Count the units that are off at the start, killed by biases, and killed by training."""
    import numpy as np

    from advisor.catalog import load

    keras = backend.keras()
    X, y, test, truth = digits()
    fresh = Crowd([64, 64, 64, 64, 10], "relu", seeds, initializer="he_normal")
    active = tuple(float(v) for v in (fresh.sums(X)[1] > 0).mean(axis=(1, 2)))
    raw = load("digits").X_train

    def bury(seeds: int) -> tuple[Any, list[float]]:
        """Return how far a weight moved, and the accuracy."""
        crowd = Crowd([64, 64, 64, 10], "relu", seeds, initializer="he_normal", bias=-30.0)
        before = [np.array(layer.kernel) for layer in crowd.layers[:2]]
        crowd.train(X, y, keras.optimizers.Adam(0.01), 10)
        after = [np.array(layer.kernel) for layer in crowd.layers[:2]]
        moved = [np.abs(a - b).max(axis=(1, 2)) for a, b in zip(after, before, strict=True)]
        return np.maximum(*moved), crowd.accuracy(test, truth)

    def kill(kind: str, rate: float, seeds: int) -> Any:
        """Return the largest sum of each unit of the first layer, shape (networks, units)."""
        rows = raw if kind == "raw" else X
        crowd = Crowd([64, 64, 64, 64, 10], "relu", seeds, initializer="he_normal")
        crowd.train(rows.astype("float32"), y, keras.optimizers.Adam(rate), 10)
        return crowd.sums(rows)[0].max(axis=1)

    ((moved, accuracy),) = chunks.each(bury, [(seeds,)], "lab")
    kinds = {"raw, Adam(0.1)": ("raw", 0.1, seeds), "scaled, Adam(0.001)": ("scaled", 0.001, seeds)}
    highest = chunks.named(kill, kinds)
    shares = {name: tuple((found <= 0).mean(axis=1).tolist()) for name, found in highest.items()}
    dead, few = shares.values()
    numbers = [
        Number(_ACTIVE, active, least=0.4, most=0.6),
        Number(_MOVED, tuple(moved.tolist()), least=0, most=0),
        Number(_BURIED, tuple(accuracy), most=0.11),
        Number(_DEAD, dead, least=0.8),
        Number(_MEAN, (fmean(dead),), least=0.9),
        Number(_FEW, few, most=0.1),
    ]
    return numbers, {"shares": shares, "highest": highest["raw, Adam(0.1)"][0]}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show how many units died, and the highest weighted sum that each dead unit reaches."""
    _scores.rows(axes[0], data["shares"], words(_SHARES), xlim=(-0.03, 1.03))
    axes[1].hist(data["highest"], 30)
    axes[1].axvline(0, color="black")
    axes[1].set(title=words(_HIGHEST), xlabel="max z")


_ACTIVE = Text(
    en="before training: share of units that are on for a row", zh="训练前：对一个样本开着的单元"
)
_MOVED = Text(
    en="biases −30: largest change of a hidden weight in 10 epochs",
    zh="偏置 −30：10 轮里隐藏层权重的最大变化",
)
_BURIED = Text(en="biases −30: test accuracy", zh="偏置 −30：测试准确率")
_DEAD = Text(
    en="raw pixels, Adam(0.1), 10 epochs: share of dead units in the first layer",
    zh="原始像素、Adam(0.1)、10 轮：第一层死掉的单元",
)
_MEAN = Text(en="the mean of these shares", zh="这些比例的平均")
_FEW = Text(
    en="standardised pixels, Adam(0.001), 10 epochs: the same",
    zh="标准化像素、Adam(0.001)、10 轮：同上",
)
_SHARES = Text(en="Dead units, first layer", zh="第一层死掉的单元")
_HIGHEST = Text(en="Highest z of each unit over all rows", zh="每个单元在所有样本上最大的 z")
