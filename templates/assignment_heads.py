# %% tags=["advisor"]
"""Last layers for three tasks."""

TITLE_ZH = "三个任务的输出层"
TASK = "assignment"
LECTURE = ("binary-sigmoid", "multiclass-softmax", "regression-linear")
QUESTIONS = {
    "q1": {
        "kind": "head",
        "task": "binary",
        "text": {
            "en": "Is a tumour benign or not (30 features)? Which last layer, which loss? Answer with (units, activation, loss), with layers, or with a compiled model.",
            "zh": "肿瘤是不是良性（30 个特征）？输出层怎么写，损失用什么？答案可以写成（单元数，激活函数，损失）、若干层，或者编译好的模型。",
        },
        "hints": (
            {
                "en": "How many numbers does a yes/no question need?",
                "zh": "一道是非题需要几个数来回答？",
            },
            {
                "en": "The number must be a probability. What does softmax do when it has a single unit to share 1 among?",
                "zh": "这个数得是概率。只有一个单元可分时，softmax 会给出什么？",
            },
            {"en": 'Try advisor.recommend("binary").', "zh": '看看 advisor.recommend("binary")。'},
        ),
    },
    "q2": {
        "kind": "head",
        "task": "multiclass",
        "text": {
            "en": "Which of three species is an iris (4 features)? Which last layer, which loss, for labels 0, 1, 2?",
            "zh": "鸢尾花属于三个品种中的哪一个（4 个特征）？标签是 0、1、2，输出层和损失怎么选？",
        },
        "hints": (
            {
                "en": "One unit a class. What must the three outputs of a row add up to?",
                "zh": "每类一个单元。同一行的三个输出加起来应该是多少？",
            },
            {
                "en": "The labels are numbers, not one-hot rows: which cross-entropy takes them?",
                "zh": "标签是数字，不是独热编码：哪一种交叉熵能直接用？",
            },
            {
                "en": 'Try advisor.recommend("multiclass").',
                "zh": '看看 advisor.recommend("multiclass")。',
            },
        ),
    },
    "q3": {
        "kind": "head",
        "task": "regression",
        "text": {
            "en": "A target that may be any real number, also negative (2 features). Which last layer, which loss?",
            "zh": "目标可以是任意实数，也可以是负数（2 个特征）。输出层和损失怎么选？",
        },
        "hints": (
            {
                "en": "Which activations can reach −5 and 5 alike?",
                "zh": "哪些激活函数既能到 −5 又能到 5？",
            },
            {"en": "The lecture: f(x) = x.", "zh": "讲义里说：f(x) = x。"},
            {
                "en": 'Try advisor.recommend("regression").',
                "zh": '看看 advisor.recommend("regression")。',
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Last layers for three tasks
#
# Replace each `...` by your answer and run the cell; `work.hint("q1")` gives a hint. Every right spelling is right.

# %% [markdown] lang="zh"
# # 三个任务的输出层
#
# 把每个 `...` 换成你的答案再运行；`work.hint("q1")` 会给提示。只要对，怎么写都算对。

# %%

import advisor

work = advisor.assignment("heads")

# %% [markdown] lang="en"
# ## q1
#
# Is a tumour benign or not (30 features)? Which last layer, which loss? Answer with (units, activation, loss), with layers, or with a compiled model.

# %% [markdown] lang="zh"
# ## q1
#
# 肿瘤是不是良性（30 个特征）？输出层怎么写，损失用什么？答案可以写成（单元数，激活函数，损失）、若干层，或者编译好的模型。

# %%
answer = ...  # for example (units, "activation", "loss")
print(work.check("q1", answer))

# %% [markdown] lang="en"
# ## q2
#
# Which of three species is an iris (4 features)? Which last layer, which loss, for labels 0, 1, 2?

# %% [markdown] lang="zh"
# ## q2
#
# 鸢尾花属于三个品种中的哪一个（4 个特征）？标签是 0、1、2，输出层和损失怎么选？

# %%
answer = ...
print(work.check("q2", answer))

# %% [markdown] lang="en"
# ## q3
#
# A target that may be any real number, also negative (2 features). Which last layer, which loss?

# %% [markdown] lang="zh"
# ## q3
#
# 目标可以是任意实数，也可以是负数（2 个特征）。输出层和损失怎么选？

# %%
answer = ...
print(work.check("q3", answer))
