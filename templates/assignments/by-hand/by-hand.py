# %% tags=["advisor"]
"""Activations by hand."""

TITLE_ZH = "手算激活函数"
LECTURE = ("sigmoid-slope", "vanishing", "multiclass-softmax", "relu-first", "sigmoid-not-hidden")
VARY = {
    "x": [-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0],
    "F": ["sigmoid", "tanh"],
    "n": [4, 5, 6, 8, 10],
    "z": [[0.0, 1.0, -1.0], [0.5, -0.5, 1.5], [1.0, 0.0, 2.0], [-1.5, 0.5, 0.0]],
    "w": [[2.0, -1.0, 3.0], [-2.0, 1.5, 4.0], [3.0, 2.0, -1.0], [1.0, -4.0, 2.5]],
    "G": ["sigmoid", "tanh"],
    "limit": [0.1, 0.05, 0.02, 0.01],
    "H": ["silu", "gelu", "mish"],
    "s": [[2.0, 1.0, 0.0], [0.0, 1.5, -1.0], [1.0, 3.0, 2.0], [-0.5, 0.5, 2.0]],
    "seed": "seed",
}
QUESTIONS = {
    "q1": {
        "kind": "number",
        "value": "output",
        "activation": "sigmoid",
        "x": "$x",
        "tolerance": 0.005,
        "text": {
            "en": "A neuron's weighted sum is {x}. What does sigmoid make of it? Two decimals are enough.",
            "zh": "某个神经元的加权和是 {x}，经过 sigmoid 之后输出多少？保留两位小数就行。",
        },
        "hints": (
            {"en": "f(x) = 1 / (1 + e^−x).", "zh": "f(x) = 1 / (1 + e^−x)。"},
            {
                "en": "In Python: 1 / (1 + np.exp(-x)).",
                "zh": "用 Python 算：1 / (1 + np.exp(-x))。",
            },
        ),
    },
    "q2": {
        "kind": "number",
        "value": "slope",
        "activation": "$F",
        "x": "$x",
        "tolerance": 0.005,
        "text": {
            "en": "And the slope of `{F}` at x = {x}?",
            "zh": "`{F}` 在 x = {x} 处的导数是多少？",
        },
        "hints": (
            {
                "en": "Both slopes can be written with the output alone: sigmoid f (1 − f), tanh 1 − f².",
                "zh": "两个导数都能只用输出来写：sigmoid 是 f (1 − f)，tanh 是 1 − f²。",
            },
            {
                "en": "Work out f first, then put it in.",
                "zh": "先算出 f，再代进去。",
            },
        ),
    },
    "q3": {
        "kind": "number",
        "value": "max-slope",
        "activation": "sigmoid",
        "power": "$n",
        "relative": 0.02,
        "text": {
            "en": "Weights apart: at most, what is left of a gradient that has passed back through {n} sigmoids?",
            "zh": "先不管权重：梯度往回连过 {n} 个 sigmoid，最多还剩几分之几？",
        },
        "hints": (
            {
                "en": "Where is f (1 − f) largest, and how large is it there?",
                "zh": "f (1 − f) 在哪里最大？最大是多少？",
            },
            {
                "en": "One factor for each layer: {n} of them. You may write it as an expression.",
                "zh": "每层乘一个因子，一共 {n} 个。可以直接写算式。",
            },
        ),
    },
    "q4": {
        "kind": "number",
        "value": "chain",
        "activation": "sigmoid",
        "sums": "$z",
        "weights": "$w",
        "relative": 0.02,
        "text": {
            "en": "Now with weights. One path runs through three sigmoid neurons; their weighted sums are z = {z}, and the weights along the path are w = {w}. By what number does this path multiply the gradient: w₁ f'(z₁) · w₂ f'(z₂) · w₃ f'(z₃)?",
            "zh": "把权重也算上。一条路径依次经过三个 sigmoid 神经元，加权和是 z = {z}，路径上的权重是 w = {w}。沿这条路径，梯度要乘上多少，也就是 w₁ f'(z₁) · w₂ f'(z₂) · w₃ f'(z₃)？",
        },
        "hints": (
            {
                "en": "This is the red part of the lecture's chain rule: a weight and a slope for each layer.",
                "zh": "这就是讲义里链式法则标红的那几项：每层一个权重、一个导数。",
            },
            {
                "en": "Mind the sign: a negative weight turns the gradient round.",
                "zh": "留意正负号：负的权重会把梯度的方向反过来。",
            },
            {
                "en": "f = 1 / (1 + np.exp(-z)) with z = np.array(...), then np.prod(w * f * (1 - f)).",
                "zh": "z = np.array(...)，f = 1 / (1 + np.exp(-z))，然后 np.prod(w * f * (1 - f))。",
            },
        ),
    },
    "q5": {
        "kind": "number",
        "value": "saturates-beyond",
        "activation": "$G",
        "limit": "$limit",
        "tolerance": 0.05,
        "text": {
            "en": "Saturation in numbers: from which x > 0 on does the slope of `{G}` stay under {limit}?",
            "zh": "饱和到底是多大的事？x > 0 时，从哪个 x 开始，`{G}` 的导数一直小于 {limit}？",
        },
        "hints": (
            {
                "en": "Plot the slope over np.linspace(0, 8, 801) and look where it passes the limit.",
                "zh": "在 np.linspace(0, 8, 801) 上画出导数，看它在哪里穿过这条线。",
            },
            {
                "en": "Or solve the quadratic for f first: f (1 − f) = limit, or 1 − f² = limit.",
                "zh": "也可以先解关于 f 的方程：f (1 − f) = 界限，或者 1 − f² = 界限。",
            },
        ),
    },
    "q6": {
        "kind": "number",
        "value": "shown-slope",
        "read": "where",
        "activation": "$H",
        "tolerance": 0.15,
        "text": {
            "en": "Here are an activation that the lecture does not name and its derivative. Read off: at which x is the slope largest?",
            "zh": "下面画的是讲义没提到的一个激活函数和它的导数。读图：导数在哪个 x 处最大？",
        },
        "hints": (
            {"en": "Look at the curve called f', not at f.", "zh": "看标着 f' 的那条线，不是 f。"},
            {
                "en": "x[np.argmax(values)] reads it for you. Note that the slope is above 1 there.",
                "zh": "x[np.argmax(values)] 可以替你读。注意那里的导数超过了 1。",
            },
        ),
    },
    "q7": {
        "kind": "number",
        "value": "softmax",
        "scores": "$s",
        "class": 0,
        "tolerance": 0.005,
        "text": {
            "en": "The last layer's sums for three classes are {s}. Which probability does softmax give to the first class?",
            "zh": "输出层三个类别的加权和是 {s}，softmax 给第一个类别的概率是多少？",
        },
        "hints": (
            {
                "en": "Every class counts: e^z of the first over the sum of all three.",
                "zh": "每个类别都要算进来：第一个的 e^z，除以三个 e^z 的和。",
            },
            {
                "en": "Check yourself: the three probabilities add up to 1.",
                "zh": "自己验一下：三个概率加起来等于 1。",
            },
        ),
    },
    "q8": {
        "kind": "choice",
        "ask": "hidden",
        "role": "first",
        "options": ["sigmoid", "tanh", "relu", "softmax"],
        "text": {
            "en": "Which activation do you try first in hidden layers, and what speaks for it?",
            "zh": "隐藏层首先试哪个激活函数？理由是哪一条？",
        },
        "why": [
            {
                "en": "For a positive sum its slope is exactly 1, so the gradient does not shrink on the way back.",
                "zh": "加权和为正时导数恰好是 1，反向传播时梯度不会越传越小。",
                "right": True,
            },
            {
                "en": "Its outputs lie between 0 and 1 and can be read as probabilities.",
                "zh": "它的输出在 0 到 1 之间，可以当成概率。",
            },
            {
                "en": "It is a straight line, so a network of it is easy to train.",
                "zh": "它就是一条直线，所以网络好训练。",
            },
            {
                "en": "Its slope is never more than 0.25, so steps stay small and safe.",
                "zh": "它的导数不超过 0.25，每步走得小，比较稳。",
            },
        ],
        "hints": (
            {
                "en": "Think of q3: which factor would you like to multiply ten times?",
                "zh": "想想 q3：什么样的因子，乘上十次也不怕？",
            },
            {
                "en": "It keeps what is positive and drops the rest.",
                "zh": "正的留下，其余归零。",
            },
        ),
    },
    "q9": {
        "kind": "choice",
        "ask": "hidden",
        "role": "never",
        "options": ["relu", "leaky_relu", "tanh", "sigmoid"],
        "text": {
            "en": "Which of these stays out of the hidden layers of a deep network, and why?",
            "zh": "这几个里面，哪一个不要用在深层网络的隐藏层？为什么？",
        },
        "why": [
            {
                "en": "Its slope is at most 0.25, and backpropagation multiplies one such slope for each layer.",
                "zh": "它的导数最大只有 0.25，反向传播每过一层就要乘上这么一个数。",
                "right": True,
            },
            {
                "en": "Its outputs are never negative.",
                "zh": "它的输出不会是负数。",
            },
            {
                "en": "It has no derivative at 0.",
                "zh": "它在 0 处没有导数。",
            },
            {
                "en": "It gives the same number for every input.",
                "zh": "不管输入是什么，它都输出同一个数。",
            },
        ],
        "hints": (
            {"en": "You have just worked it out in q3.", "zh": "q3 刚刚算过。"},
            {
                "en": "Its place is the last layer, for two classes.",
                "zh": "它的位置在二分类的输出层。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Activations by hand
#
# Every neuron outside the input layer does two things: it adds up its weighted inputs, and it passes the sum through an activation function. Today you do the second step yourself, with paper, a calculator, or a few lines of NumPy. Whoever has once multiplied ten slopes of the sigmoid by hand will not stack ten of them again.
#
# Replace each `...` by your answer. `work.check("q1", q1)` says whether it is right, as often as you like; `work.hint("q1")` helps a step further. A number may be given as 0.25 or as an expression such as 1 / 4. A choice with a reason is written as `("relu", "b")`. Your numbers are your own: your neighbour has others.

# %% [markdown] lang="zh"
# # 手算激活函数
#
# 除了输入层，每个神经元都做两件事：先对输入加权求和，再把汇总的信号送进激活函数。今天第二步由你自己来做，纸笔、计算器、几行 NumPy 都可以。亲手把十个 sigmoid 的导数乘一遍，以后就不会再把它们叠上十层了。
#
# 把每个 `...` 换成你的答案。`work.check("q1", q1)` 告诉你对不对，查多少次都行；`work.hint("q1")` 再给一点提示。数字写成 0.25，或者写成算式 1 / 4，都可以；要写理由的选择题，写成 `("relu", "b")`。每个人的数都不一样，别抄同桌的。

# %%
import matplotlib.pyplot as plt
import numpy as np

import advisor

work = advisor.assignment(".")

# %% [markdown] lang="en"
# ## Outputs and slopes
#
# The output goes forward to the next layer. The slope is what the gradient is multiplied by when it comes back.

# %% [markdown] lang="zh"
# ## 输出和导数
#
# 输出往前传给下一层；导数呢，是梯度往回走的时候要乘的那个数。

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
x = work.spec("q1")["x"]
q1 = float(1 / (1 + np.exp(-x)))
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
x, name = work.spec("q2")["x"], work.spec("q2")["activation"]
f = np.tanh(x) if name == "tanh" else 1 / (1 + np.exp(-x))
q2 = float(1 - f**2 if name == "tanh" else f * (1 - f))
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown] lang="en"
# ## Slopes are multiplied
#
# The lecture says: boldly assume 0.2 for every red factor, and the product goes to 0. Here are the exact numbers.

# %% [markdown] lang="zh"
# ## 导数要连乘
#
# 讲义里大胆假设标红的几项都是 0.2，一乘就趋近于 0。这里我们把数字算准。

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
q3 = 0.25 ** work.spec("q3")["power"]
### END SOLUTION
print(work.check("q3", q3))

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
z, w = np.array(work.spec("q4")["sums"]), np.array(work.spec("q4")["weights"])
f = 1 / (1 + np.exp(-z))
q4 = float(np.prod(w * f * (1 - f)))
### END SOLUTION
print(work.check("q4", q4))

# %% [markdown] lang="en"
# ## Where slopes are lost
#
# Far out the curve is flat: the neuron is saturated. Whatever gradient arrives there, next to nothing passes.

# %% [markdown] lang="zh"
# ## 导数丢在哪里
#
# 离 0 远了，曲线就平了，这叫饱和：不管传来多大的梯度，几乎都过不去。

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
limit = work.spec("q5")["limit"]
# f (1 − f) = limit, or 1 − f² = limit, solved for f; then from f back to x
if work.spec("q5")["activation"] == "tanh":
    x = np.arctanh(np.sqrt(1 - limit))
else:
    f = (1 + np.sqrt(1 - 4 * limit)) / 2
    x = np.log(f / (1 - f))
q5 = float(x)
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
# {{q6}}

### BEGIN SOLUTION
x, slope = work.curve("q6")["f'"]
q6 = float(x[np.argmax(slope)])
### END SOLUTION
print(work.check("q6", q6))

# %% [markdown] lang="en"
# ## The one that looks at its neighbours
#
# The activations so far take one number and give one number. Softmax takes the whole row.

# %% [markdown] lang="zh"
# ## 要看邻居的那一个
#
# 前面几个都是一个数进、一个数出；softmax 要看整行。

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
e = np.exp(work.spec("q7")["scores"])
q7 = float(e[0] / e.sum())
### END SOLUTION
print(work.check("q7", q7))

# %% [markdown] lang="en"
# ## What follows from it
#
# You have all the numbers. Choose, and say why: the letter of the reason is part of the answer.

# %% [markdown] lang="zh"
# ## 由此可知
#
# 数字都齐了。选一个，再说为什么：理由的字母也是答案的一部分。

# %% [markdown] lang="en"
# ### q8
#
# {{q8}}

# %% [markdown] lang="zh"
# ### q8
#
# {{q8}}

# %%
### BEGIN SOLUTION
right = [bool(one.get("right")) for one in work.spec("q8")["why"]].index(True)
q8 = ("relu", "abcd"[right])
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
right = [bool(one.get("right")) for one in work.spec("q9")["why"]].index(True)
q9 = ("sigmoid", "abcd"[right])
### END SOLUTION
print(work.check("q9", q9))

# %% [markdown] lang="en"
# ## Hand in
#
# This writes `answers.json` beside the notebook and says what is still missing. Hand in the whole folder.

# %% [markdown] lang="zh"
# ## 交作业
#
# 运行下面这格，会在旁边写好 `answers.json`，并告诉你还差什么。最后把整个文件夹交上来。

# %%
print(work.hand_in(q1=q1, q2=q2, q3=q3, q4=q4, q5=q5, q6=q6, q7=q7, q8=q8, q9=q9))
