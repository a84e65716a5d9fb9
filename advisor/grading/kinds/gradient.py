"""Make gradients survive a given depth, as `signal` foretells it from the file or measures it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import file_facts
from advisor.grading import looking, sketches
from advisor.grading.judgement import CannotRunError, Judgement
from advisor.grading.marks import Part, Slip
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.judgement import Asked

MODEL = True
EXPECTED = Text(en="a Keras model, saved as .keras", zh="存成 .keras 的 Keras 模型")
_SHARES = (0.3, 0.7)
_HALF = 2.0  # within so many times the limit, half the points
_ROWS = 64


def judge(asked: Asked) -> Judgement:
    """Judge how deep the model is, and how much of the gradient reaches its first hidden layer.

    The model must take `features` numbers a row and have `depth` hidden layers with an activation;
    log10 of its δ ratio must lie within ±`limit`.
    """
    spec = asked.spec
    limit = float(spec.get("limit", 1.0))
    assert asked.model is not None  # noqa: S101 - `marking` asks only with a model
    facts = file_facts.read(asked.model)
    _takes(facts, int(spec["features"]), spec.get("classes"))
    depth = looking.hidden_layers(facts)
    deep = depth >= int(spec["depth"])
    ratio = _ratio(asked, facts)
    size = abs(ratio) if math.isfinite(ratio) else math.inf
    earned = 1.0 if size <= limit else 0.5 if size <= _HALF * limit else 0.0
    number = f"{ratio:+.2f}".replace("-", "−") if math.isfinite(ratio) else "∞"
    words = (_LIVES if earned == 1 else _FADES if ratio < 0 else _GROWS).format(number, limit)
    parts = (
        Part(_DEPTH, _SHARES[0], float(deep), _LAYERS.format(depth, spec["depth"])),
        # a shallow model has no gradient to lose
        Part(_SURVIVES, _SHARES[1], earned if deep else 0.0, words if deep else _FIRST),
    )
    found = () if earned == 1 or not deep else (_FADED if ratio < 0 else _GREW,)
    message = words if deep else parts[0].message
    deltas = facts.journey.deltas if facts.journey is not None else ()
    return Judgement(parts, message, found, sketches.of_gradients(deltas, limit), _RIGHT)


def _takes(facts: Any, features: int, classes: int | None) -> None:
    shape = facts.layers[0].shape if facts.layers else None
    if len(facts.outputs) != 1 or (shape is not None and shape != (features,)):
        raise CannotRunError(_SHAPE.format(features))
    units = facts.outputs[0].units
    if classes is not None and units is not None and units != classes:
        raise CannotRunError(_CLASSES.format(classes, units))


def _ratio(asked: Asked, facts: Any) -> float:
    """Return log10 of the δ ratio, to two digits: foretold where theory reaches, else measured."""
    import numpy as np

    if facts.journey is not None and facts.journey.ratio is not None:
        return round(float(facts.journey.ratio), 2)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(_ROWS, int(asked.spec["features"])))
    found = np.asarray(asked.run("gradient", rows), "float64").ravel()
    if found.size != 1:
        raise CannotRunError(_NO_RATIO)
    if math.isnan(found[0]):
        raise CannotRunError(_NO_RATIO)
    return round(float(found[0]), 2)


def lines(spec: dict[str, Any], name: str) -> str:
    """Return a start: what the model takes and gives."""
    del name
    return (
        f"features, classes, depth = {spec['features']}, {spec.get('classes', 3)}, {spec['depth']}"
    )


_DEPTH = Text(en="depth", zh="深度")
_SURVIVES = Text(en="the gradient arrives", zh="梯度传得到")
_LAYERS = Text(
    en="{} hidden layers with an activation; {} were asked for.",
    zh="带激活函数的隐藏层有 {} 个，要求 {} 个。",
)
_FIRST = Text(en="Not looked at before the depth is right.", zh="深度对了才看这一项。")
_LIVES = Text(
    en="log10 of the gradient at the first hidden layer over the last one's is {}: within ±{}.",
    zh="第一个隐藏层的梯度与最后一个之比，取 log10 是 {}：在 ±{} 之内。",
)
_FADES = Text(
    en="log10 of the gradient at the first hidden layer over the last one's is {}, must lie within "
    "±{}: it vanishes on the way.",
    zh="第一个隐藏层的梯度与最后一个之比，取 log10 是 {}，应当在 ±{} 之内：梯度在半路消失了。",
)
_GROWS = Text(
    en="log10 of the gradient at the first hidden layer over the last one's is {}, must lie within "
    "±{}: it explodes on the way.",
    zh="第一个隐藏层的梯度与最后一个之比，取 log10 是 {}，应当在 ±{} 之内：梯度在半路爆炸了。",
)
_SHAPE = Text(
    en="Expected a model for {} features with one output.",
    zh="模型的输入应当是 {} 个特征，输出一个。",
)
_CLASSES = Text(
    en="Expected {} outputs a row. Received: {}.", zh="每个样本应当有 {} 个输出，收到的是 {} 个。"
)
_NO_RATIO = Text(
    en="No gradient could be measured: does the model have hidden layers with weights?",
    zh="量不出梯度：模型有带权重的隐藏层吗？",
)
_FADED = Slip(
    "the gradient vanishes",
    Text(en="handed in a stack whose gradient vanishes", zh="交的网络梯度会消失"),
    "vanishing-gradient",
)
_GREW = Slip(
    "the gradient explodes",
    Text(en="handed in a stack whose gradient explodes", zh="交的网络梯度会爆炸"),
    "exploding-gradient",
)
_RIGHT = Text(
    en="ReLU with he_normal, tanh with glorot_uniform or SELU with lecun_normal keep it alive.",
    zh="ReLU 配 he_normal、tanh 配 glorot_uniform、SELU 配 lecun_normal 都能保住梯度。",
)
