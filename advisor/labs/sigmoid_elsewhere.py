"""Sigmoid at the output, for more than two classes apart."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd
from advisor.text import Text

ORDER = 9
LECTURE = ("binary-sigmoid",)
TITLE = Text(en="where sigmoid belongs", zh="sigmoid 该用在哪里")
VERDICT = Text(
    en="True with additions: binary classes, and also several labels at once, shares in [0, 1], "
    "gates.",
    zh="成立，但不止于此：除了二分类，还有多标签、[0, 1] 里的比例，以及各种门。",
)
LIMITS = Text(
    en="Not for classes that exclude each other: a row of sigmoids does not add up to 1. And softmax "
    "cannot say that two labels hold at once.",
    zh="不用于互斥的多分类：一排 sigmoid 加起来不等于 1。反过来，softmax 说不出“两个标签同时成立”。",
)
CRITERION = Text(
    en="Rows with 0 to 3 labels: with sigmoid at least 90 % of the rows have all labels right, with "
    "softmax no row's outputs reach .5 for two labels; LSTM's gates are sigmoid.",
    zh="每行 0 到 3 个标签：sigmoid 至少 90% 的行全部判对；softmax 没有一行能让两个标签都超过 .5；"
    "LSTM 的门用的是 sigmoid。",
)
QUESTION = Text(
    en="May a photograph be “beach” and “sunset” at once? Which output layer, and which loss?",
    zh="一张照片可以既是“海滩”又是“日落”。输出层用什么，损失用什么？",
)
ANSWER = Text(
    en="Yes, so the labels are independent questions: one sigmoid a label, binary cross-entropy.",
    zh="标签之间互不排斥，是几个独立的是非题：每个标签一个 sigmoid，损失用二元交叉熵。",
)
SOURCE = "measured with Keras; keras.layers.LSTM"
PANELS = 1


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Train on rows with several labels, with either output layer."""
    import numpy as np

    keras = backend.keras()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 8)).astype("float32")
    y = (X @ rng.normal(size=(8, 3)) > 0).astype("float32")

    def train(head: str, seeds: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        crowd = Crowd([8, 32, 3], "relu", seeds, initializer="he_normal", head=head)
        crowd.model.compile(keras.optimizers.Adam(0.01), _entropy(seeds))
        crowd.train(X[:1000], y[:1000], None, 30)
        p = crowd.outputs(X[1000:])
        right = ((p > 0.5) == y[1000:]).all(axis=-1).mean(axis=-1)  # noqa: PLR2004
        both = ((p > 0.5).sum(axis=-1) > 1).mean(axis=-1)  # noqa: PLR2004
        return tuple(right.tolist()), tuple(both.tolist())

    found = chunks.named(train, {head: (head, seeds) for head in ("sigmoid", "softmax")})
    right, both = ({head: one[i] for head, one in found.items()} for i in (0, 1))
    gate = keras.layers.LSTM(1).cell.recurrent_activation is keras.activations.sigmoid
    numbers = [
        Number(_RIGHT.format("sigmoid"), right["sigmoid"], least=0.9),
        Number(_RIGHT.format("softmax"), right["softmax"], most=0.7),
        Number(_BOTH, both["softmax"], least=0, most=0),
        Number(_GATE, (float(gate),), least=1),
    ]
    return numbers, {"right": right}


def _entropy(networks: int) -> Any:
    """Return binary cross-entropy of probabilities, for either output layer."""
    keras = backend.keras()

    def loss(y: Any, p: Any) -> Any:
        p = keras.ops.clip(p * 1.0, 1e-7, 1 - 1e-7)  # * 1.0: Keras shall not go back to the logits
        rows = y * keras.ops.log(p) + (1 - y) * keras.ops.log(1 - p)
        return -networks * keras.ops.mean(rows, axis=(-2, -1))

    return loss


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show how many rows have all labels right."""
    _scores.rows(axes[0], data["right"], words(_ALL), xlim=(0, 1.02))


_RIGHT = Text(en="share of rows with all labels right, {}", zh="全部标签都对的行所占比例，{}")
_BOTH = Text(
    en="softmax: share of rows with two labels above .5", zh="softmax：有两个标签超过 .5 的行"
)
_GATE = Text(
    en="LSTM's gates have keras.activations.sigmoid (1: yes)",
    zh="LSTM 的门用的是 keras.activations.sigmoid（1：是）",
)
_ALL = Text(en="Several labels: rows all right", zh="多标签：全部判对的行")
