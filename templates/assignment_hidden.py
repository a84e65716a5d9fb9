# %% tags=["advisor"]
"""Activations for hidden layers."""

TITLE_ZH = "隐藏层的激活函数"
TASK = "assignment"
LECTURE = (
    "relu-first",
    "leaky-next",
    "sigmoid-not-hidden",
    "sigmoid-slope",
    "vanishing",
    "relu-dies",
)
QUESTIONS = {
    "q1": {
        "kind": "hidden",
        "role": "first",
        "text": {
            "en": "Which activation do you try first in hidden layers?",
            "zh": "隐藏层首先试哪个激活函数？",
        },
        "hints": (
            {
                "en": "For positive sums its slope is exactly 1.",
                "zh": "加权和为正时，它的斜率恰好是 1。",
            },
            {"en": "Its other half is exactly 0.", "zh": "它的另一半恰好是 0。"},
        ),
    },
    "q2": {
        "kind": "initializer",
        "activation": "relu",
        "text": {
            "en": "Which kernel initialiser belongs to it? (Keras does not choose it by default.)",
            "zh": "该给它配哪种权重初始化？（Keras 默认的不是它。）",
        },
        "hints": (
            {
                "en": "Half of the units are off, so the variance has to be doubled.",
                "zh": "有一半的神经元是关着的，所以方差要加倍。",
            },
            {
                "en": "Named after the first author of arXiv 1502.01852.",
                "zh": "以 arXiv 1502.01852 第一作者的姓命名。",
            },
        ),
    },
    "q3": {
        "kind": "hidden",
        "role": "next",
        "text": {
            "en": "Many units are dead: 0 for every row. Which activation do you try next?",
            "zh": "很多神经元死了：对所有样本都输出 0。接下来换哪个激活函数？",
        },
        "hints": (
            {
                "en": "Something must be left of the slope below 0.",
                "zh": "小于 0 的一侧得留一点斜率。",
            },
            {
                "en": "ELU, GELU and SiLU do not revive them: their slope fades far below 0.",
                "zh": "ELU、GELU、SiLU 都救不回来：离 0 远了斜率也没了。",
            },
        ),
    },
    "q4": {
        "kind": "number",
        "activation": "sigmoid",
        "power": 1,
        "text": {
            "en": "What is the largest slope of the sigmoid?",
            "zh": "sigmoid 的导数最大是多少？",
        },
        "hints": (
            {"en": "f' = f (1 − f). Where is it largest?", "zh": "f' = f (1 − f)，在哪里最大？"},
            {"en": "At x = 0, where f = 1/2.", "zh": "在 x = 0，那里 f = 1/2。"},
        ),
    },
    "q5": {
        "kind": "number",
        "activation": "sigmoid",
        "power": 10,
        "text": {
            "en": "At most, what is left of a gradient after ten sigmoids, weights apart?",
            "zh": "不算权重，梯度连过十个 sigmoid，最多还剩多少？",
        },
        "hints": (
            {"en": "Multiply the answer of q4 by itself.", "zh": "把 q4 的答案连乘。"},
            {"en": "Ten factors.", "zh": "十个因子。"},
        ),
    },
    "q6": {
        "kind": "hidden",
        "role": "never",
        "text": {
            "en": "Which of the lecture's activations does not belong in the hidden layers of a deep network?",
            "zh": "讲义里的激活函数，哪一个不该用在深层网络的隐藏层？",
        },
        "hints": (
            {"en": "Look at q5.", "zh": "看看 q5。"},
            {
                "en": "It belongs in the last layer, for two classes.",
                "zh": "它该待在二分类的输出层。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Activations for hidden layers
#
# Replace each `...` by your answer and run the cell; `work.hint("q1")` gives a hint. Every right spelling is right.

# %% [markdown] lang="zh"
# # 隐藏层的激活函数
#
# 把每个 `...` 换成你的答案再运行；`work.hint("q1")` 会给提示。只要对，怎么写都算对。

# %%
import advisor

work = advisor.assignment("hidden")

# %% [markdown] lang="en"
# ## q1
#
# Which activation do you try first in hidden layers?

# %% [markdown] lang="zh"
# ## q1
#
# 隐藏层首先试哪个激活函数？

# %%
answer = ...
print(work.check("q1", answer))

# %% [markdown] lang="en"
# ## q2
#
# Which kernel initialiser belongs to it? (Keras does not choose it by default.)

# %% [markdown] lang="zh"
# ## q2
#
# 该给它配哪种权重初始化？（Keras 默认的不是它。）

# %%
answer = ...
print(work.check("q2", answer))

# %% [markdown] lang="en"
# ## q3
#
# Many units are dead: 0 for every row. Which activation do you try next?

# %% [markdown] lang="zh"
# ## q3
#
# 很多神经元死了：对所有样本都输出 0。接下来换哪个激活函数？

# %%
answer = ...
print(work.check("q3", answer))

# %% [markdown] lang="en"
# ## q4
#
# What is the largest slope of the sigmoid?

# %% [markdown] lang="zh"
# ## q4
#
# sigmoid 的导数最大是多少？

# %%
answer = ...
print(work.check("q4", answer))

# %% [markdown] lang="en"
# ## q5
#
# At most, what is left of a gradient after ten sigmoids, weights apart?

# %% [markdown] lang="zh"
# ## q5
#
# 不算权重，梯度连过十个 sigmoid，最多还剩多少？

# %%
answer = ...
print(work.check("q5", answer))

# %% [markdown] lang="en"
# ## q6
#
# Which of the lecture's activations does not belong in the hidden layers of a deep network?

# %% [markdown] lang="zh"
# ## q6
#
# 讲义里的激活函数，哪一个不该用在深层网络的隐藏层？

# %%
answer = ...
print(work.check("q6", answer))
