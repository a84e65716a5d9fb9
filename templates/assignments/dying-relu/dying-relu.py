# %% tags=["advisor"]
"""Dying ReLU."""

TITLE_ZH = "ReLU 之死"
LECTURE = ("relu-dies", "redundancy", "leaky-next", "relu-first")
VARY = {
    "w": [
        [1.5, -2.0, 0.5],
        [2.0, 1.0, -3.0],
        [-1.0, 2.5, 0.5],
        [0.5, 0.5, -1.5],
        [3.0, -1.0, -0.5],
    ],
    "K": [2, 3, 4, 5, 10],
    "n": [2, 3, 4, 5],
    "I": [50, 72, 98, 128, 200],
    "m": ["zero-kernels", "step-too-large", "equal-kernels"],
    "P": ["moons", "rings", "quadrants"],
    "seed": "seed",
    "seed_of_q10": "seed",
}
QUESTIONS = {
    "q1": {
        "kind": "number",
        "value": "dead-bias",
        "weights": "$w",
        "tolerance": 0.01,
        "text": {
            "en": "A ReLU unit has the weights {w}, and each of its inputs lies between 0 and 1. It is dead if z ≤ 0 for every possible row. How large may its bias be at most for that?",
            "zh": "一个 ReLU 单元的权重是 {w}，每个输入都在 0 到 1 之间。如果不管来什么样本都有 z ≤ 0，它就死了。要这样，偏置最大能是多少？",
        },
        "hints": (
            {
                "en": "Which row makes the weighted sum largest? Inputs with a negative weight are best at 0.",
                "zh": "什么样的样本让加权和最大？权重为负的输入取 0 最好。",
            },
            {
                "en": "Largest sum = the positive weights added up; the bias must take all of it away.",
                "zh": "最大的加权和 = 正权重之和；偏置得把它全部抵消。",
            },
        ),
    },
    "q2": {
        "kind": "number",
        "value": "dead-share",
        "seed": "$seed",
        "tolerance": 0.01,
        "text": {
            "en": "Here are the weighted sums z of a ReLU layer with twelve units, for forty rows. Which share of the units is dead, off for every row?",
            "zh": "下面是一个十二个单元的 ReLU 层在四十个样本上的加权和 z。有几分之几的单元死了，也就是对所有样本都关着？",
        },
        "hints": (
            {
                "en": "A single row with z > 0 is enough to be alive.",
                "zh": "只要有一个样本 z > 0，就还活着。",
            },
            {
                "en": "For each unit: values.max() <= 0. Count, and divide by twelve.",
                "zh": "对每个单元看 values.max() <= 0，数一数，除以十二。",
            },
        ),
    },
    "q3": {
        "kind": "number",
        "value": "off-share",
        "seed": "$seed",
        "tolerance": 0.01,
        "text": {
            "en": "The same layer: which share of all its outputs is 0, unit by unit and row by row?",
            "zh": "还是这一层：把每个单元、每个样本的输出都算上，有几分之几是 0？",
        },
        "hints": (
            {
                "en": "All pairs of unit and row count: 12 × 40.",
                "zh": "所有（单元，样本）都算：12 × 40 个。",
            },
            {
                "en": "(values <= 0).mean() for each unit, then the mean of these.",
                "zh": "每个单元算 (values <= 0).mean()，再取平均。",
            },
        ),
    },
    "q4": {
        "kind": "number",
        "value": "chance-loss",
        "classes": "$K",
        "tolerance": 0.02,
        "text": {
            "en": "All hidden units of a classifier are dead. What it says no longer depends on the inputs; at best it gives each of the {K} equally common classes the same probability. At which cross-entropy does its training loss stand still?",
            "zh": "一个分类器的隐藏层单元全死了。它的输出再也不随输入变化，最好也就是给 {K} 个一样多的类别同样的概率。它的训练损失（交叉熵）会停在多少？",
        },
        "hints": (
            {"en": "Each class gets 1/{K}.", "zh": "每个类别分到 1/{K}。"},
            {
                "en": "−ln(1/{K}). A loss that stays there from the first epoch on is a warning.",
                "zh": "−ln(1/{K})。损失从第一轮起就停在这里，就该警觉了。",
            },
        ),
    },
    "q5": {
        "kind": "choice",
        "ask": "hidden",
        "role": "next",
        "options": ["relu", "leaky_relu", "elu", "sigmoid"],
        "text": {
            "en": "Many units die and you want them to come back by themselves. Which activation do you try next, and why?",
            "zh": "单元死了一大片，想让它们自己活过来。接下来换哪个激活函数？为什么？",
        },
        "why": [
            {
                "en": "Left of 0 it keeps a slope that does not fade, however far out the sum is: a gradient still arrives.",
                "zh": "在 0 的左边它还留着一个斜率，离得再远也不消失：梯度总能传进去。",
                "right": True,
            },
            {
                "en": "Its outputs are never 0, so no signal is lost on the way forward.",
                "zh": "它的输出不会是 0，所以前向传播不丢信号。",
            },
            {
                "en": "It is smooth at 0, so units cannot die.",
                "zh": "它在 0 处是光滑的，所以不会死。",
            },
            {
                "en": "It squeezes large sums, so that no bias can drift away.",
                "zh": "它把很大的加权和压住，偏置就漂不走了。",
            },
        ],
        "hints": (
            {
                "en": "What does a unit at z = −30 need in order to move at all?",
                "zh": "一个落在 z = −30 的单元，要想动一动，需要什么？",
            },
            {
                "en": "ELU's slope there is e^−30. How does that compare with 0.2?",
                "zh": "ELU 在那里的斜率是 e^−30，和 0.2 比一比。",
            },
        ),
    },
    "q6": {
        "kind": "number",
        "value": "slope",
        "activation": "leaky_relu",
        "x": -3.0,
        "power": "$n",
        "relative": 0.02,
        "text": {
            "en": "And its price: a path on which {n} units in a row lie left of 0. Weights apart, what is left of the gradient with `keras.activations.leaky_relu`?",
            "zh": "它也有代价：一条路径上连续 {n} 个单元都落在 0 的左边。不算权重，用 `keras.activations.leaky_relu`，梯度还剩多少？",
        },
        "hints": (
            {
                "en": "keras.activations.leaky_relu has slope 0.2 left of 0 (the layer keras.layers.LeakyReLU has 0.3).",
                "zh": "keras.activations.leaky_relu 在 0 左边的斜率是 0.2（层 keras.layers.LeakyReLU 是 0.3）。",
            },
            {
                "en": "0.2 to the power {n}. With ReLU it is 0.",
                "zh": "0.2 的 {n} 次方。换成 ReLU 就是 0。",
            },
        ),
    },
    "q7": {
        "kind": "number",
        "value": "kernel-std",
        "activation": "relu",
        "fan_in": "$I",
        "relative": 0.02,
        "text": {
            "en": "Better not to die at all: a ReLU layer adds up {I} inputs. With which standard deviation should its weights be drawn, so that signals keep their size?",
            "zh": "最好一开始就别死：一个 ReLU 层把 {I} 个输入加起来。权重按多大的标准差来抽，信号才能保持大小？",
        },
        "hints": (
            {"en": "He: the variance is 2 / fan_in.", "zh": "He 初始化：方差是 2 / fan_in。"},
            {"en": "√(2 / {I}).", "zh": "√(2 / {I})。"},
        ),
    },
    "q8": {
        "kind": "repair",
        "fault": "dead-units",
        "seed": "$seed",
        "text": {
            "en": "In this model no hidden unit is ever on. Repair it, compile it, and hand it in.",
            "zh": "这个模型的隐藏层单元从来没打开过。修好、编译好，交上来。",
        },
        "hints": (
            {
                "en": "print(advisor.check(model, X, y)): how many units are off, and for how many rows?",
                "zh": "print(advisor.check(model, X, y))：多少个单元、对多少个样本是关着的？",
            },
            {
                "en": "Write the layers again and leave out what drives the sums far below 0.",
                "zh": "把各层重写一遍，去掉那个把加权和推到 0 以下很远的东西。",
            },
        ),
    },
    "q9": {
        "kind": "choice",
        "ask": "fault",
        "fault": "$m",
        "seed": "$seed",
        "options": [
            "dead-units",
            "zero-kernel",
            "constant-kernel",
            "kernel-too-large",
            "learning-rate-too-high",
            "hidden-layer-without-activation",
        ],
        "text": {
            "en": "There are more ways to lose units, or to make them all the same. What is the root cause in this model?",
            "zh": "让单元死掉、或者让它们全都一个样，办法还不少。这个模型的病根是什么？",
        },
        "hints": (
            {
                "en": "Look at the initialiser and at the optimizer's learning rate.",
                "zh": "看看初始化，再看看优化器的学习率。",
            },
            {
                "en": "A step that is too large throws biases far to the left; weights that start alike stay alike.",
                "zh": "步子太大，会把偏置一下子甩到左边很远；初值一样的权重，以后也一直一样。",
            },
        ),
    },
    "q10": {
        "kind": "score",
        "problem": "$P",
        "seed": "$seed_of_q10",
        "text": {
            "en": "A healthy ReLU network at last: train one on these two classes. It is scored on 300 rows that you do not have, against what the reference solution reaches.",
            "zh": "最后训练一个健康的 ReLU 网络：在这份二分类数据上。评分用的是你手里没有的 300 个样本，和参考解比。",
        },
        "hints": (
            {
                "en": "Two hidden layers of 32 ReLU units with he_normal, Adam, about 100 epochs.",
                "zh": "两个隐藏层、每层 32 个 ReLU 单元配 he_normal，用 Adam 训练 100 轮左右。",
            },
            {
                "en": "The inputs are of order 1 already; a learning rate of 0.01 kills nothing here.",
                "zh": "输入本来就在 1 左右；学习率 0.01 在这里不会弄死谁。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Dying ReLU
#
# Left of 0, ReLU gives 0 and has slope 0. For a single row that is no harm: about half of the units are off, and signals are redundant. But a unit that is off for every row gives nothing and learns nothing, and neither does what lies before it. Here you count such units, find out what kills them, and bring a dead network back.
#
# Replace each `...` by your answer. `work.check("q1", q1)` says whether it is right, as often as you like; `work.hint("q1")` helps a step further. Your numbers, rows and models are your own.

# %% [markdown] lang="zh"
# # ReLU 之死
#
# 在 0 的左边，ReLU 输出 0，导数也是 0。对单个样本来说没关系：大约一半的单元关着，信号本来就有冗余。可要是一个单元对所有样本都关着，它就什么也不输出、什么也学不到，它前面的也跟着学不到。这次作业来数一数死掉的单元，看看是什么弄死了它们，再把一个死掉的网络救回来。
#
# 把每个 `...` 换成你的答案。`work.check("q1", q1)` 告诉你对不对，查多少次都行；`work.hint("q1")` 再给一点提示。数字、数据、模型，每个人都不一样。

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import advisor

work = advisor.assignment(".")

# %% [markdown] lang="en"
# ## When is a unit dead?

# %% [markdown] lang="zh"
# ## 怎样才算死？

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
q1 = -sum(max(weight, 0) for weight in work.spec("q1")["weights"])
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
# {{q2}}

### BEGIN SOLUTION
sums = [np.array(z) for _, z in work.curve("q2").values()]
q2 = float(np.mean([z.max() <= 0 for z in sums]))
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown] lang="en"
# ### q3
#
# {{q3}}

# %% [markdown] lang="zh"
# ### q3
#
# {{q3}}

# %%
### BEGIN SOLUTION
q3 = float(np.mean([(np.array(z) <= 0).mean() for _, z in work.curve("q3").values()]))
### END SOLUTION
print(work.check("q3", q3))

# %% [markdown] lang="en"
# ## How it shows
#
# From outside a dead network looks like one that has nothing to learn: the loss comes down to a certain number at once and stays there.

# %% [markdown] lang="zh"
# ## 从外面怎么看出来
#
# 从外面看，死掉的网络就像没什么可学似的：损失一下子降到某个数，然后就不动了。

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
q4 = float(np.log(work.spec("q4")["classes"]))
### END SOLUTION
print(work.check("q4", q4))

# %% [markdown] lang="en"
# ## What helps

# %% [markdown] lang="zh"
# ## 有什么办法

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
right = [bool(one.get("right")) for one in work.spec("q5")["why"]].index(True)
q5 = ("leaky_relu", "abcd"[right])
### END SOLUTION
print(work.check("q5", q5))

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
q6 = 0.2 ** work.spec("q6")["power"]
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
### BEGIN SOLUTION
q7 = float(np.sqrt(2 / work.spec("q7")["fan_in"]))
### END SOLUTION
print(work.check("q7", q7))

# %% [markdown] lang="en"
# ## Repair

# %% [markdown] lang="zh"
# ## 动手修

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
q8 = keras.Sequential(
    [
        keras.Input((X.shape[1],)),
        layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
q8.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
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
# {{q9}}

### BEGIN SOLUTION
q9 = advisor.check(model, X, y).causes[0].name
### END SOLUTION
print(work.check("q9", q9))

# %% [markdown] lang="en"
# ## Alive

# %% [markdown] lang="zh"
# ## 活的

# %% [markdown] lang="en"
# ### q10
#
# {{q10}}

# %% [markdown] lang="zh"
# ### q10
#
# {{q10}}

# %%
# {{q10}}

### BEGIN SOLUTION
q10 = advisor.build("binary", X=X, y=y, hidden="relu", seed=0)
advisor.fit(q10, X, y, epochs=100, seed=0, verbose=0)
### END SOLUTION
print(work.check("q10", q10))

# %% [markdown] lang="en"
# ## Hand in
#
# This writes `answers.json` and your models beside the notebook and says what is still missing. Hand in the whole folder.

# %% [markdown] lang="zh"
# ## 交作业
#
# 运行下面这格，会在旁边写好 `answers.json` 和各个模型，并告诉你还差什么。最后把整个文件夹交上来。

# %%
print(work.hand_in(q1=q1, q2=q2, q3=q3, q4=q4, q5=q5, q6=q6, q7=q7, q8=q8, q9=q9, q10=q10))
