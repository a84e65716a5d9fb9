# %% tags=["advisor"]
"""Six broken models."""

TITLE_ZH = "六个坏模型"
LECTURE = ("binary-sigmoid", "multiclass-softmax", "regression-linear", "sigmoid-not-hidden")
VARY = {
    "m1 m2 m3 m4 m5 m6": [
        "softmax-on-one-unit",
        "softmax-on-numbers",
        "sigmoid-on-classes",
        "tanh-on-two-classes",
        "relu-on-numbers",
        "sigmoid-on-numbers",
        "two-units-for-four-classes",
        "one-unit-for-three-classes",
        "squares-on-classes",
        "cross-entropy-on-numbers",
        "one-hot-loss-on-integers",
        "scores-without-from-logits",
        "softmax-with-from-logits",
        "sigmoid-with-from-logits",
        "relu-on-scores",
        "no-activation",
        "ten-sigmoids",
        "softmax-between-layers",
        "softmax-twice",
        "zero-kernels",
        "equal-kernels",
        "huge-kernels",
        "step-too-large",
        "step-too-small",
    ],
    "s1": "seed",
    "s2": "seed",
    "s3": "seed",
    "s4": "seed",
    "s5": "seed",
    "s6": "seed",
}
QUESTIONS = {
    "q1": {
        "kind": "choice",
        "ask": "fault",
        "fault": "$m1",
        "seed": "$s1",
        "options": [
            "activation-applied-twice",
            "activation-with-from-logits",
            "activated-logits",
            "constant-kernel",
            "hidden-layer-without-activation",
            "kernel-too-large",
            "label-encoding-mismatch",
            "learning-rate-too-high",
            "learning-rate-too-low",
            "logits-without-from-logits",
            "loss-task-mismatch",
            "output-activation-mismatch",
            "output-units-mismatch",
            "saturating-hidden-activation",
            "softmax-in-hidden-layer",
            "softmax-on-one-unit",
            "zero-kernel",
        ],
        "text": {
            "en": "First patient. What is wrong with this model for these data? Name the root cause.",
            "zh": "第一个病人。就这份数据来说，这个模型有什么毛病？说出病根。",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "What is y: two classes, several, or numbers of both signs? np.unique(y)[:10] tells.",
                "zh": "y 是什么：两类、多类，还是有正有负的数值？看 np.unique(y)[:10]。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
        ),
    },
    "q2": {
        "kind": "repair",
        "fault": "$m1",
        "seed": "$s1",
        "text": {
            "en": "Repair the model of q1, compile it, and hand it in.",
            "zh": "把 q1 的模型修好，编译好交上来。",
        },
        "hints": (
            {
                "en": "Copy the code, change the faulty line, and nothing else.",
                "zh": "把代码抄下来，只改有毛病的那一行，别的不动。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
    "q3": {
        "kind": "choice",
        "ask": "fault",
        "fault": "$m2",
        "seed": "$s2",
        "options": [
            "activation-applied-twice",
            "activation-with-from-logits",
            "activated-logits",
            "constant-kernel",
            "hidden-layer-without-activation",
            "kernel-too-large",
            "label-encoding-mismatch",
            "learning-rate-too-high",
            "learning-rate-too-low",
            "logits-without-from-logits",
            "loss-task-mismatch",
            "output-activation-mismatch",
            "output-units-mismatch",
            "saturating-hidden-activation",
            "softmax-in-hidden-layer",
            "softmax-on-one-unit",
            "zero-kernel",
        ],
        "text": {
            "en": "Second patient. What is the root cause here?",
            "zh": "第二个病人。病根是什么？",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "What is y: two classes, several, or numbers of both signs? np.unique(y)[:10] tells.",
                "zh": "y 是什么：两类、多类，还是有正有负的数值？看 np.unique(y)[:10]。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
        ),
    },
    "q4": {
        "kind": "repair",
        "fault": "$m2",
        "seed": "$s2",
        "text": {
            "en": "Repair the model of q3 and hand it in.",
            "zh": "把 q3 的模型修好，交上来。",
        },
        "hints": (
            {
                "en": "Copy the code, change the faulty line, and nothing else.",
                "zh": "把代码抄下来，只改有毛病的那一行，别的不动。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
    "q5": {
        "kind": "choice",
        "ask": "fault",
        "fault": "$m3",
        "seed": "$s3",
        "options": [
            "activation-applied-twice",
            "activation-with-from-logits",
            "activated-logits",
            "constant-kernel",
            "hidden-layer-without-activation",
            "kernel-too-large",
            "label-encoding-mismatch",
            "learning-rate-too-high",
            "learning-rate-too-low",
            "logits-without-from-logits",
            "loss-task-mismatch",
            "output-activation-mismatch",
            "output-units-mismatch",
            "saturating-hidden-activation",
            "softmax-in-hidden-layer",
            "softmax-on-one-unit",
            "zero-kernel",
        ],
        "text": {
            "en": "Third patient. What is the root cause here?",
            "zh": "第三个病人。病根是什么？",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "What is y: two classes, several, or numbers of both signs? np.unique(y)[:10] tells.",
                "zh": "y 是什么：两类、多类，还是有正有负的数值？看 np.unique(y)[:10]。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
        ),
    },
    "q6": {
        "kind": "repair",
        "fault": "$m3",
        "seed": "$s3",
        "text": {
            "en": "Repair the model of q5 and hand it in.",
            "zh": "把 q5 的模型修好，交上来。",
        },
        "hints": (
            {
                "en": "Copy the code, change the faulty line, and nothing else.",
                "zh": "把代码抄下来，只改有毛病的那一行，别的不动。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
    "q7": {
        "kind": "repair",
        "fault": "$m4",
        "seed": "$s4",
        "text": {
            "en": "Fourth patient: find the fault, repair the model, and hand it in.",
            "zh": "第四个病人：找出毛病，修好，交上来。",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
    "q8": {
        "kind": "repair",
        "fault": "$m5",
        "seed": "$s5",
        "text": {
            "en": "Fifth patient: find the fault, repair the model, and hand it in.",
            "zh": "第五个病人：找出毛病，修好，交上来。",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
    "q9": {
        "kind": "repair",
        "fault": "$m6",
        "seed": "$s6",
        "text": {
            "en": "Sixth patient: find the fault, repair the model, and hand it in.",
            "zh": "第六个病人：找出毛病，修好，交上来。",
        },
        "hints": (
            {
                "en": "Read it from the end: the number of units, the activation, the loss. Then the hidden layers, then the optimizer.",
                "zh": "从后往前读：几个单元、什么激活函数、什么损失函数。再看隐藏层，最后看优化器。",
            },
            {
                "en": "print(advisor.check(model, X, y)) names the cause and why it is bad.",
                "zh": "print(advisor.check(model, X, y)) 会说出病根是什么、为什么不好。",
            },
            {
                "en": "print(advisor.check(model, X, y).diff()) shows the smallest change; understand it before you take it.",
                "zh": "print(advisor.check(model, X, y).diff()) 会给出最小的改法；看懂了再用。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Six broken models
#
# Six models, each with one fault. Most of them train without a word; some even bring their loss down. That proves nothing: what counts is whether last layer, loss and labels belong together, and whether the hidden layers can learn at all.
#
# For the first three, say what is wrong, then repair it; for the other three the repair is enough. A repaired model has the same hidden layers as before: repair it, do not replace it. It need not be trained, but compiled. `advisor.rule("softmax-on-one-unit")` explains what a name means.
#
# Replace each `...` by your answer. `work.check("q2", q2)` says whether it is right, as often as you like; `work.hint("q2")` helps a step further. Which six models you have differs from student to student.

# %% [markdown] lang="zh"
# # 六个坏模型
#
# 六个模型，每个都有一处毛病。大多数训练起来一声不吭，有的损失还往下降。这说明不了什么：要紧的是输出层、损失函数和标签是不是一套，隐藏层到底学不学得动。
#
# 前三个，先说出毛病在哪里，再修；后三个直接修好就行。修好的模型，隐藏层要和原来一样：是修，不是换。不用训练，但要编译。名字不懂的，用 `advisor.rule("softmax-on-one-unit")` 查。
#
# 把每个 `...` 换成你的答案。`work.check("q2", q2)` 告诉你对不对，查多少次都行；`work.hint("q2")` 再给一点提示。你拿到哪六个模型，和别人不一样。

# %%
import keras
import numpy as np
from keras import layers

import advisor

work = advisor.assignment(".")

# %% [markdown] lang="en"
# ## First

# %% [markdown] lang="zh"
# ## 第一个

# %% [markdown] lang="en"
# ### q1
#
# {{q1}}

# %% [markdown] lang="zh"
# ### q1
#
# {{q1}}

# %%
# {{q1}}

### BEGIN SOLUTION
q1 = advisor.check(model, X, y).causes[0].name
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
q2 = advisor.check(model, X, y).repair()
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown] lang="en"
# ## Second

# %% [markdown] lang="zh"
# ## 第二个

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
q3 = advisor.check(model, X, y).causes[0].name
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
# {{q4}}

### BEGIN SOLUTION
q4 = advisor.check(model, X, y).repair()
### END SOLUTION
print(work.check("q4", q4))

# %% [markdown] lang="en"
# ## Third

# %% [markdown] lang="zh"
# ## 第三个

# %% [markdown] lang="en"
# ### q5
#
# {{q5}}

# %% [markdown] lang="zh"
# ### q5
#
# {{q5}}

# %%
# {{q5}}

### BEGIN SOLUTION
q5 = advisor.check(model, X, y).causes[0].name
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
q6 = advisor.check(model, X, y).repair()
### END SOLUTION
print(work.check("q6", q6))

# %% [markdown] lang="en"
# ## Fourth

# %% [markdown] lang="zh"
# ## 第四个

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
q7 = advisor.check(model, X, y).repair()
### END SOLUTION
print(work.check("q7", q7))

# %% [markdown] lang="en"
# ## Fifth

# %% [markdown] lang="zh"
# ## 第五个

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
# ## Sixth

# %% [markdown] lang="zh"
# ## 第六个

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
q9 = advisor.check(model, X, y).repair()
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
