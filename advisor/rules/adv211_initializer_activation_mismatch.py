"""Checks that the initializer keeps signals alive through the hidden layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.facts import NEEDS_STACK
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import hidden, initializer_for, names, number, too_small
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="initializer does not suit the activation", zh="初始化和激活函数不配")
WHY = Text(
    en="ReLU drops half of the signal, which He's factor 2 makes up for; with Glorot, Keras' default, "
    "signals and gradients lose 0.7 a layer: nothing in 3 layers, a factor of 100,000 in 34.",
    zh="ReLU 会丢掉一半信号，He 初始化的因子 2 正好补上；用 Keras 默认的 Glorot，信号和梯度每层只剩 0.7 倍："
    "3 层没什么，34 层就是十万倍。",
)
REPAIR = Text(
    en="he_normal under ReLU and its kin, lecun_normal under SELU, glorot_uniform under tanh.",
    zh="ReLU 一类用 he_normal，SELU 用 lecun_normal，tanh 用 glorot_uniform。",
)
FALSE_POSITIVES = Text(
    en="Shallow networks with Keras' default are not reported: it costs them little.",
    zh="浅网络用 Keras 默认值影响很小，不报告。",
)
SOURCE = "Glorot & Bengio 2010 and He et al. 2015, as cited by keras.initializers; advisor signal"
EXAMPLE = """\
model = keras.Sequential(
    [keras.Input((64,))]
    + [layers.Dense(64, activation="relu") for _ in range(20)]
    + [layers.Dense(3, activation="softmax")]
)
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"relu")', '"relu", kernel_initializer="he_normal")')
_LOST = 2.0  # log10 of the gradient, either way


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the model whose signals another initializer would keep alive."""
    journey = facts.journey
    if journey is None:
        raise NotApplicable(NEEDS_STACK)
    ratio = journey.ratio if not journey.uncertain else None
    known = [r for r in (ratio, journey.measured) if r is not None]
    if not known or max(map(abs, known)) < _LOST:
        return
    small = too_small([facts.layers[n] for n in hidden(facts)])
    if small and min(known) < 0:
        changes = [
            SetOptions(one.name, {"kernel_initializer": initializer_for(one)}) for one in small
        ]
        yield Seen(
            WARNING,
            small[0].name,
            _SMALL_SEEN.format(names(small), number(10 ** min(known))),
            REPAIR,
            tuple(changes),
            explains=("vanishing-gradient", "dead-units"),
        )
        return
    if ratio is None or abs(ratio) < _LOST:
        return
    kinds = set(journey.functions)
    if journey.remedy is None or len(kinds) != 1 or journey.remedy[0] not in kinds:
        return  # another initializer alone does not help
    layers = [facts.layers[n] for n in hidden(facts)]
    initializer = journey.remedy[1]
    yield Seen(
        WARNING,
        layers[0].name,
        _SEEN.format(number(10**ratio), len(layers), initializer),
        REPAIR,
        tuple(SetOptions(layer.name, {"kernel_initializer": initializer}) for layer in layers),
        explains=("vanishing-gradient", "exploding-gradient", "dead-units"),
    )


_SEEN = Text(
    en="With these initializers the gradient at the first hidden layer is {} of that at the last of "
    "{}; with {} it keeps its size.",
    zh="用现在的初始化，{1} 个隐藏层里第一层的梯度是最后一层的 {0}；换成 {2} 就能保持大小。",
)
_SMALL_SEEN = Text(
    en="The kernels of {} are drawn so small that of the gradient at the last hidden layer {} arrives "
    "at the first.",
    zh="{} 的权重初值太小：最后一个隐藏层的梯度，传到第一层只剩 {}。",
)
