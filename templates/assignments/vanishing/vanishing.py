# %% tags=["advisor"]
"""Vanishing gradients and their cures."""

TITLE_ZH = "梯度消失与对策"
LECTURE = ("sigmoid-slope", "vanishing", "early-layers", "exploding", "sigmoid-not-hidden")
VARY = {
    "n": [6, 7, 8, 9, 10],
    "f": [0.15, 0.18, 0.22, 0.24],
    "limit": [0.001, 0.0001, 0.00001],
    "S": [0.05, 0.06, 0.08, 0.12],
    "U": [100, 128, 200, 256],
    "A": ["sigmoid", "gelu", "silu", "relu"],
    "L": [8, 10, 12, 16],
    "m": ["ten-sigmoids", "deep-softplus", "deep-relu-glorot"],
    "D": [12, 14, 16, 18, 20],
    "seed": "seed",
}
QUESTIONS = {
    "q1": {
        "kind": "number",
        "value": "max-slope",
        "activation": "sigmoid",
        "power": "$n",
        "relative": 0.02,
        "text": {
            "en": "Weights apart: what is at most left of a gradient after {n} sigmoid layers?",
            "zh": "先不管权重：梯度往回过 {n} 层 sigmoid，最多还剩多少？",
        },
        "hints": (
            {
                "en": "The largest slope of the sigmoid is 0.25, at x = 0.",
                "zh": "sigmoid 的导数最大是 0.25，在 x = 0 处。",
            },
            {"en": "0.25 to the power {n}.", "zh": "0.25 的 {n} 次方。"},
        ),
    },
    "q2": {
        "kind": "number",
        "value": "layers-until",
        "factor": "$f",
        "limit": "$limit",
        "tolerance": 0,
        "text": {
            "en": "The lecture assumes 0.2 for each layer; let it be {f} here. After how many layers is less than {limit} of the gradient left? Give the smallest whole number.",
            "zh": "讲义大胆假设每层乘 0.2，这里就当是 {f} 吧。至少过多少层，梯度就剩不到 {limit} 了？填最小的整数。",
        },
        "hints": (
            {
                "en": "Multiply until the product falls below the limit, and count.",
                "zh": "一直乘，乘到小于界限为止，数一数乘了几次。",
            },
            {
                "en": "Or n > ln(limit) / ln(factor), rounded up.",
                "zh": "或者 n > ln(界限) / ln(因子)，向上取整。",
            },
        ),
    },
    "q3": {
        "kind": "number",
        "value": "layer-factor",
        "seed": "$seed",
        "relative": 0.1,
        "text": {
            "en": "Here is log10 of the gradient's size at each of twelve hidden layers; layer 1 is next to the inputs. By what factor does a layer multiply the gradient on its way back, on the average?",
            "zh": "下面画的是十二个隐藏层各自梯度大小的 log10，第 1 层靠着输入。往回每过一层，梯度平均乘上多少？",
        },
        "hints": (
            {
                "en": "From layer 12 to layer 1 the gradient passes 11 steps. How far does the logarithm fall in all?",
                "zh": "从第 12 层到第 1 层，一共走 11 步。对数总共降了多少？",
            },
            {
                "en": "Divide by 11, then take 10 to that power: 10 ** ((first − last) / 11).",
                "zh": "除以 11，再取 10 的幂：10 ** ((第 1 层 − 第 12 层) / 11)。",
            },
        ),
    },
    "q4": {
        "kind": "number",
        "value": "delta-factor",
        "activation": "relu",
        "stddev": "$S",
        "units": "$U",
        "relative": 0.03,
        "text": {
            "en": "ReLU's slope is 1 or 0, and yet the weights decide. In layers of {U} units the weights are drawn with mean 0 and standard deviation {S}. By what factor does such a ReLU layer multiply the gradient's size (the root of its mean square)?",
            "zh": "ReLU 的导数不是 1 就是 0，可权重照样说了算。每层 {U} 个单元，权重按均值 0、标准差 {S} 抽取。每过这样一层 ReLU，梯度的大小（均方根）乘上多少？",
        },
        "hints": (
            {
                "en": "For each unit {U} gradients come back, each times a weight: their mean squares add up.",
                "zh": "每个单元收到 {U} 份传回来的梯度，各乘一个权重：均方相加。",
            },
            {
                "en": "Half of the ReLU units are off for a row, so half of the mean square is lost.",
                "zh": "对一个样本来说，有一半的 ReLU 单元是关着的，均方要再折一半。",
            },
            {
                "en": "√({U} · {S}² / 2).",
                "zh": "√({U} · {S}² / 2)。",
            },
        ),
    },
    "q5": {
        "kind": "number",
        "value": "delta-ratio",
        "activation": "$A",
        "initializer": "glorot_uniform",
        "depth": "$L",
        "units": 64,
        "features": 64,
        "tolerance": 0.1,
        "text": {
            "en": "Now let theory do the multiplying: 64 features, {L} hidden layers of 64 units with `{A}` and Keras' default initialiser. What does `advisor.signal(model)` foretell as log10 of the gradient at the first hidden layer over the last one's? (`log10_delta_ratio`; no training is needed.)",
            "zh": "乘法交给理论来做：64 个特征，{L} 个隐藏层，每层 64 个单元，激活函数 `{A}`，用 Keras 默认的初始化。`advisor.signal(model)` 预测，第一个隐藏层的梯度与最后一个之比，取 log10 是多少？（就是 `log10_delta_ratio`；不用训练。）",
        },
        "hints": (
            {
                "en": "Build the stack as plain Keras layers, with any last layer behind it.",
                "zh": "用普通的 Keras 层搭出这个堆叠，后面随便接一个输出层。",
            },
            {
                "en": "Glorot draws for the mean of inputs and outputs, so ReLU loses √½ a layer with it; sigmoid loses far more.",
                "zh": "Glorot 按输入和输出的平均来定方差，ReLU 配它每层只剩 √½；sigmoid 丢得多得多。",
            },
        ),
    },
    "q6": {
        "kind": "choice",
        "ask": "initializer",
        "activation": "relu",
        "options": ["zeros", "ones", "glorot_uniform", "he_normal", "lecun_normal"],
        "text": {
            "en": "The first cure costs one word. Which kernel initialiser belongs to ReLU, and why?",
            "zh": "第一个对策只要改一个词。ReLU 该配哪种权重初始化？为什么？",
        },
        "why": [
            {
                "en": "Half of the units are off for a row, so it takes twice the variance to keep the size of signals and gradients.",
                "zh": "对一个样本，一半的单元是关着的，方差加倍才能保住信号和梯度的大小。",
                "right": True,
            },
            {
                "en": "All units of a layer must start alike, so that none has an advantage.",
                "zh": "同一层的单元要从一样的起点出发，才公平。",
            },
            {
                "en": "Small weights are safest: they keep ReLU from saturating on the right.",
                "zh": "权重越小越稳妥，免得 ReLU 在右边饱和。",
            },
            {
                "en": "It is what Keras takes by default.",
                "zh": "Keras 默认用的就是它。",
            },
        ],
        "hints": (
            {
                "en": "Put your answer into q4: which S makes the factor exactly 1?",
                "zh": "代回 q4：S 取多少，因子恰好是 1？",
            },
            {"en": "Variance 2 / fan_in.", "zh": "方差 2 / fan_in。"},
        ),
    },
    "q7": {
        "kind": "choice",
        "ask": "fault",
        "fault": "$m",
        "seed": "$seed",
        "options": [
            "saturating-hidden-activation",
            "vanishing-gradient",
            "initializer-activation-mismatch",
            "softmax-in-hidden-layer",
            "kernel-too-large",
            "dead-units",
        ],
        "text": {
            "en": "This deep model hardly learns. What is the root cause? One is a cause, others may follow from it; `advisor.rules()` explains each name.",
            "zh": "这个深层模型几乎学不动。根本原因是什么？只有一个是病根，别的可能是它带出来的；每个名字的意思可以用 `advisor.rules()` 查。",
        },
        "hints": (
            {
                "en": "Look at the hidden layers: which activation, which initialiser, how many?",
                "zh": "看隐藏层：什么激活函数、什么初始化、有几层？",
            },
            {
                "en": "Is the activation itself to blame, or would another initialiser be enough?",
                "zh": "是激活函数本身的问题，还是换个初始化就行？",
            },
            {
                "en": "print(advisor.check(model, X, y)) puts the cause first.",
                "zh": "print(advisor.check(model, X, y)) 会把病根排在最前面。",
            },
        ),
    },
    "q8": {
        "kind": "repair",
        "fault": "$m",
        "seed": "$seed",
        "text": {
            "en": "Repair the model of q7, compile it, and hand it in. It stays as deep as it is: repair it, do not replace it.",
            "zh": "把 q7 的模型修好，编译好交上来。层数不许减：是修，不是换。",
        },
        "hints": (
            {
                "en": "For every hidden layer: an activation whose slope is not always small, and its initialiser.",
                "zh": "每个隐藏层都换：导数不总是很小的激活函数，配上它的初始化。",
            },
            {
                "en": "ReLU with he_normal, or tanh with Keras' default.",
                "zh": "ReLU 配 he_normal，或者 tanh 用 Keras 默认的初始化。",
            },
        ),
    },
    "q9": {
        "kind": "gradient",
        "depth": "$D",
        "features": 8,
        "classes": 3,
        "limit": 1.0,
        "text": {
            "en": "Your own now: a model for 8 features and 3 classes with at least {D} hidden layers, each with an activation, so that the gradient at the first hidden layer is between a tenth of the last one's and ten times it. It need not be trained.",
            "zh": "轮到你自己搭：8 个特征、3 个类别，至少 {D} 个带激活函数的隐藏层，要求第一个隐藏层的梯度在最后一个的十分之一到十倍之间。不用训练。",
        },
        "hints": (
            {
                "en": "The factor of each layer must be near 1. Which pairs of activation and initialiser do that?",
                "zh": "每层的因子要接近 1。哪些激活函数和初始化的搭配做得到？",
            },
            {
                "en": "Ask advisor.signal(model).log10_delta_ratio before you hand in: it must lie between −1 and 1.",
                "zh": "交之前先看 advisor.signal(model).log10_delta_ratio：要在 −1 到 1 之间。",
            },
            {
                "en": "Wide layers (64 units or more) keep chance small.",
                "zh": "层宽一些（64 个单元以上），随机波动就小。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Vanishing gradients and their cures
#
# The gradient of an early layer is a product: a slope and a weight for each layer behind it. If every factor is below 1, the product dies out, and the first layers hardly update; if every factor is above 1, it explodes. Here you first do the multiplying, then read it off a network, then bring a deep stack back to life.
#
# Replace each `...` by your answer. `work.check("q1", q1)` says whether it is right, as often as you like; `work.hint("q1")` helps a step further. Depths, factors and models are your own: they differ from student to student.

# %% [markdown] lang="zh"
# # 梯度消失与对策
#
# 前面几层的梯度是一个连乘积：后面每一层贡献一个导数、一个权重。每个因子都小于 1，越乘越小，前几层几乎不更新；每个因子都大于 1，就爆炸了。这次作业先自己乘一遍，再从网络上读出来，最后把一个深层堆叠救活。
#
# 把每个 `...` 换成你的答案。`work.check("q1", q1)` 告诉你对不对，查多少次都行；`work.hint("q1")` 再给一点提示。层数、因子、模型每个人都不一样。

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import advisor

work = advisor.assignment(".")

# %% [markdown] lang="en"
# ## Multiply

# %% [markdown] lang="zh"
# ## 先乘一遍

# %% [markdown] lang="en"
# ### q1
#
# {{q1}}

# %% [markdown] lang="zh"
# ### q1
#
# {{q1}}

# %%
### BEGIN SOLUTION
q1 = 0.25 ** work.spec("q1")["power"]
### END SOLUTION
print(work.check("q1", q1))

# %% [markdown] lang="en"
# ### q2
#
# {{q2}}

# %% [markdown] lang="zh"
# ### q2
#
# {{q2}}

# %%
### BEGIN SOLUTION
factor, limit = work.spec("q2")["factor"], work.spec("q2")["limit"]
q2 = int(np.floor(np.log(limit) / np.log(factor))) + 1
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown] lang="en"
# ## Read it off
#
# In practice nobody multiplies: one looks at the gradients of all layers, on a logarithmic axis. A straight line there means the same factor in every layer.

# %% [markdown] lang="zh"
# ## 从图上读
#
# 实际工作中没人去乘，都是把各层的梯度画在对数坐标上看。图上是一条直线，就说明每层乘的因子一样。

# %% [markdown] lang="en"
# ### q3
#
# {{q3}}

# %% [markdown] lang="zh"
# ### q3
#
# {{q3}}

# %%
# {{q3}}

### BEGIN SOLUTION
layer, size = work.curve("q3")["log10 |gradient|"]
q3 = float(10 ** ((size[0] - size[-1]) / (layer[-1] - layer[0])))
### END SOLUTION
print(work.check("q3", q3))

# %% [markdown] lang="en"
# ## Foretell it
#
# A slope is only half of a factor; the other half is the weights. Where they are drawn at random, their spread is known before training, and so is the factor.

# %% [markdown] lang="zh"
# ## 提前算出来
#
# 导数只是因子的一半，另一半是权重。权重是随机抽的，方差在训练之前就知道，所以因子也能提前算出来。

# %% [markdown] lang="en"
# ### q4
#
# {{q4}}

# %% [markdown] lang="zh"
# ### q4
#
# {{q4}}

# %%
### BEGIN SOLUTION
spec = work.spec("q4")
q4 = float(np.sqrt(spec["units"] * spec["stddev"] ** 2 / 2))
### END SOLUTION
print(work.check("q4", q4))

# %% [markdown] lang="en"
# ### q5
#
# {{q5}}

# %% [markdown] lang="zh"
# ### q5
#
# {{q5}}

# %%
### BEGIN SOLUTION
name, depth = work.spec("q5")["activation"], work.spec("q5")["depth"]
stack = [layers.Dense(64, activation=name) for _ in range(depth)]
deep = keras.Sequential([keras.Input((64,)), *stack, layers.Dense(3, activation="softmax")])
q5 = advisor.signal(deep).log10_delta_ratio
### END SOLUTION
print(work.check("q5", q5))

# %% [markdown] lang="en"
# ## Cure it
#
# Three cures are within reach: another initialiser, another activation, or fewer layers. Here the depth is given, so it is the first two.

# %% [markdown] lang="zh"
# ## 对症下药
#
# 手边有三个办法：换初始化、换激活函数、减少层数。这里层数定死了，所以用前两个。

# %% [markdown] lang="en"
# ### q6
#
# {{q6}}

# %% [markdown] lang="zh"
# ### q6
#
# {{q6}}

# %%
### BEGIN SOLUTION
right = [bool(one.get("right")) for one in work.spec("q6")["why"]].index(True)
q6 = ("he_normal", "abcd"[right])
### END SOLUTION
print(work.check("q6", q6))

# %% [markdown] lang="en"
# ### q7
#
# {{q7}}

# %% [markdown] lang="zh"
# ### q7
#
# {{q7}}

# %%
# {{q7}}

### BEGIN SOLUTION
q7 = advisor.check(model, X, y).causes[0].name
### END SOLUTION
print(work.check("q7", q7))

# %% [markdown] lang="en"
# ### q8
#
# {{q8}}

# %% [markdown] lang="zh"
# ### q8
#
# {{q8}}

# %%
# {{q8}}

### BEGIN SOLUTION
q8 = advisor.check(model, X, y).repair()
### END SOLUTION
print(work.check("q8", q8))

# %% [markdown] lang="en"
# ### q9
#
# {{q9}}

# %% [markdown] lang="zh"
# ### q9
#
# {{q9}}

# %%
### BEGIN SOLUTION
depth = work.spec("q9")["depth"]
stack = [layers.Dense(64, activation="relu", kernel_initializer="he_normal") for _ in range(depth)]
q9 = keras.Sequential([keras.Input((8,)), *stack, layers.Dense(3, activation="softmax")])
q9.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
print(advisor.signal(q9).log10_delta_ratio)
### END SOLUTION
print(work.check("q9", q9))

# %% [markdown] lang="en"
# ## Hand in
#
# This writes `answers.json` and your models beside the notebook and says what is still missing. Hand in the whole folder.

# %% [markdown] lang="zh"
# ## 交作业
#
# 运行下面这格，会在旁边写好 `answers.json` 和各个模型，并告诉你还差什么。最后把整个文件夹交上来。

# %%
print(work.hand_in(q1=q1, q2=q2, q3=q3, q4=q4, q5=q5, q6=q6, q7=q7, q8=q8, q9=q9))
