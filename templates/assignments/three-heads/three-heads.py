# %% tags=["advisor"]
"""Three heads."""

TITLE_ZH = "三种输出层"
LECTURE = ("binary-sigmoid", "multiclass-softmax", "regression-linear", "relu-first")
VARY = {
    "B": ["moons", "rings", "quadrants"],
    "K": [3, 4, 5, 6],
    "M": ["spirals", "blobs"],
    "R": ["waves", "ridges"],
    "s": [[2.0, 0.5, -1.0], [0.0, 1.0, 2.5], [-0.5, 1.5, 0.5], [1.0, -1.0, 3.0]],
    "seed": "seed",
    "seed_of_q8": "seed",
}
QUESTIONS = {
    "q1": {
        "kind": "head",
        "problem": "$B",
        "seed": "$seed",
        "text": {
            "en": "Two classes: y is 0 or 1. Build a Keras model with one or two hidden layers, give it the last layer and the loss of this task, compile it, and hand it in. It need not be trained.",
            "zh": "二分类：y 是 0 或 1。搭一个带一两个隐藏层的 Keras 模型，配上这个任务的输出层和损失函数，编译好交上来。不用训练。",
        },
        "hints": (
            {
                "en": "One question, one probability: how many units does that take?",
                "zh": "一道是非题，一个概率：要几个单元？",
            },
            {
                "en": "The output must lie between 0 and 1. Which activation maps any sum to there?",
                "zh": "输出必须在 0 到 1 之间。哪个激活函数能把任意的加权和压进去？",
            },
            {
                "en": 'print(advisor.recommend("binary")) says it all, with reasons.',
                "zh": 'print(advisor.recommend("binary")) 会把该怎么配、为什么，都告诉你。',
            },
        ),
    },
    "q2": {
        "kind": "choice",
        "ask": "loss",
        "problem": "$B",
        "options": ["BinaryCrossentropy", "MeanSquaredError", "CategoricalCrossentropy"],
        "text": {
            "en": "Which loss belongs to q1, and why?",
            "zh": "q1 该配哪个损失函数？为什么？",
        },
        "why": [
            {
                "en": "Through the sigmoid it leaves the gradient p − y: the more wrong and sure the answer, the larger the correction.",
                "zh": "它和 sigmoid 合在一起，梯度正好是 p − y：错得越离谱、越自信，修正得就越狠。",
                "right": True,
            },
            {
                "en": "It is the only loss that can be differentiated.",
                "zh": "只有它是可以求导的损失函数。",
            },
            {
                "en": "It never gets larger than 1, so training stays stable.",
                "zh": "它不会超过 1，所以训练稳定。",
            },
            {
                "en": "It compares the two probabilities of a row with its one-hot label.",
                "zh": "它拿一行里的两个概率和 one-hot 标签去比。",
            },
        ],
        "hints": (
            {
                "en": "Your model says 0.001 and the truth is 1. How hard does each loss push?",
                "zh": "模型说 0.001，真相是 1。每个损失函数各推多大力？",
            },
            {
                "en": "q1 has one unit, not two.",
                "zh": "q1 只有一个单元，不是两个。",
            },
        ),
    },
    "q3": {
        "kind": "head",
        "problem": "$M",
        "classes": "$K",
        "seed": "$seed",
        "text": {
            "en": "{K} classes: y is 0, 1, … as integers. Build and compile a model for it; it need not be trained.",
            "zh": "{K} 分类：y 是整数 0、1、2……。为它搭一个模型，编译好；不用训练。",
        },
        "hints": (
            {
                "en": "One unit for each class.",
                "zh": "每个类别一个单元。",
            },
            {
                "en": "Exactly one class is right, so a row's probabilities must add up to 1.",
                "zh": "恰好有一个类别是对的，所以一行的概率加起来必须等于 1。",
            },
            {
                "en": 'The labels are integers, not one-hot rows: the loss with "sparse" in its name takes them.',
                "zh": "标签是整数，不是 one-hot：要用名字里带 sparse 的那个损失函数。",
            },
        ),
    },
    "q4": {
        "kind": "choice",
        "ask": "last",
        "problem": "$M",
        "options": ["relu", "sigmoid", "softmax", "tanh", "linear"],
        "text": {
            "en": "Which activation stands last in q3, and what would go wrong with {K} sigmoids in its place?",
            "zh": "q3 的输出层用哪个激活函数？如果换成 {K} 个 sigmoid，会出什么问题？",
        },
        "why": [
            {
                "en": "Each sigmoid answers for itself: a row's outputs need not add up to 1, and several classes can be sure at once.",
                "zh": "每个 sigmoid 各答各的：一行的输出加起来不等于 1，好几个类别可以同时很有把握。",
                "right": True,
            },
            {
                "en": "Sigmoids cannot be trained in the last layer, as their gradient vanishes there.",
                "zh": "sigmoid 放在输出层没法训练，梯度在那里就消失了。",
            },
            {
                "en": "The loss would stop falling and show that something is wrong.",
                "zh": "损失会降不下去，一看就知道有问题。",
            },
            {
                "en": "A sigmoid's output can be negative.",
                "zh": "sigmoid 的输出可能是负数。",
            },
        ],
        "hints": (
            {
                "en": "Build both and look at model.predict(X).sum(axis=1).",
                "zh": "两种都搭出来，看看 model.predict(X).sum(axis=1)。",
            },
            {
                "en": "With Keras the loss falls either way: that proves nothing.",
                "zh": "在 Keras 里两种写法损失都会降：光看损失说明不了问题。",
            },
        ),
    },
    "q5": {
        "kind": "head",
        "problem": "$R",
        "seed": "$seed",
        "text": {
            "en": "A number is to be foretold: y is any real number, also below 0. Build and compile a model for it; it need not be trained.",
            "zh": "这回预测的是数值：y 可以是任意实数，也有负的。为它搭一个模型，编译好；不用训练。",
        },
        "hints": (
            {
                "en": "Look at y.min() and y.max(). Which activations can reach both?",
                "zh": "看看 y.min() 和 y.max()。哪些激活函数两头都够得到？",
            },
            {
                "en": "The last layer needs no activation at all: f(x) = x.",
                "zh": "输出层干脆不加激活函数，也就是 f(x) = x。",
            },
        ),
    },
    "q6": {
        "kind": "choice",
        "ask": "last",
        "problem": "$R",
        "options": ["relu", "sigmoid", "softmax", "tanh", "linear"],
        "text": {
            "en": 'Which activation stands last in q5, and why? (`None` and "linear" mean the same.)',
            "zh": 'q5 的输出层用哪个激活函数？为什么？（写 `None` 和 "linear" 是一回事。）',
        },
        "why": [
            {
                "en": "Its range is all real numbers, so no target is out of reach.",
                "zh": "它的值域是整个实数域，什么样的目标都够得到。",
                "right": True,
            },
            {
                "en": "A network of linear layers is enough for a regression.",
                "zh": "做回归，全用线性层就够了。",
            },
            {
                "en": "It keeps outputs small, so the squared error cannot explode.",
                "zh": "它让输出保持很小，平方误差就不会爆炸。",
            },
            {
                "en": "Its slope is largest at 0, where most targets lie.",
                "zh": "它在 0 处导数最大，而目标大多在 0 附近。",
            },
        ],
        "hints": (
            {
                "en": "What would ReLU say where y = −1?",
                "zh": "y = −1 的时候，ReLU 能输出什么？",
            },
            {
                "en": "Only the last layer is without activation; the hidden layers keep theirs.",
                "zh": "只有输出层不加激活函数，隐藏层的还要留着。",
            },
        ),
    },
    "q7": {
        "kind": "number",
        "value": "cross-entropy",
        "scores": "$s",
        "class": 0,
        "tolerance": 0.01,
        "text": {
            "en": "By hand once: for one row the sums of the last layer are {s}, and the first class is the true one. How large is the cross-entropy of this row, after softmax?",
            "zh": "手算一次：某个样本输出层的加权和是 {s}，真实类别是第一个。过了 softmax 之后，这个样本的交叉熵是多少？",
        },
        "hints": (
            {
                "en": "Softmax first: p = e^z / sum of e^z.",
                "zh": "先算 softmax：p = e^z / 所有 e^z 之和。",
            },
            {
                "en": "Then −ln of the first probability; the others do not appear in it by themselves.",
                "zh": "再对第一个概率取 −ln；其余的概率不单独出现。",
            },
        ),
    },
    "q8": {
        "kind": "score",
        "problem": "spirals",
        "classes": "$K",
        "seed": "$seed_of_q8",
        "text": {
            "en": "Now train: new rows, a spiral of {K} arms, each a class. Build a model, train it, and hand it in. It is scored on 300 rows that you do not have, against what the reference solution reaches.",
            "zh": "最后来真的：一份新数据，{K} 条旋臂的螺旋线，一条臂一个类别。搭模型、训练、交上来。评分用的是你手里没有的 300 个样本，和参考解比。",
        },
        "hints": (
            {
                "en": "Two hidden layers of 32 ReLU units and about 100 epochs of Adam are enough.",
                "zh": "两个隐藏层、每层 32 个 ReLU 单元，用 Adam 训练 100 轮左右就够。",
            },
            {
                "en": "Put some rows aside and watch the accuracy there; a perfect fit of the others is not the aim.",
                "zh": "留一部分样本出来看准确率；把其余的背得滚瓜烂熟并不是目的。",
            },
        ),
    },
}

# %% [markdown] lang="en"
# # Three heads
#
# For the hidden layers the lecture has one rule: ReLU first. The last layer is another matter. What it must be depends on what you want to know: yes or no, which of several, or how much. Last layer and loss form a pair; a wrong pair often trains without a word and still says nothing that you could use.
#
# Replace each `...` by your answer. `work.check("q1", q1)` says whether it is right, as often as you like; `work.hint("q1")` helps a step further. Every spelling that does the right thing is right. The data are your own: two problems, and how many classes there are, differ from student to student.

# %% [markdown] lang="zh"
# # 三种输出层
#
# 隐藏层怎么选，讲义一句话：优先 ReLU。输出层就不一样了，要看你想问什么：是不是？是哪一个？是多少？输出层和损失函数是成对的；配错了，往往照样能训练，一声不吭，可输出根本没法用。
#
# 把每个 `...` 换成你的答案。`work.check("q1", q1)` 告诉你对不对，查多少次都行；`work.hint("q1")` 再给一点提示。只要效果对，怎么写都算对。数据是你自己的：用哪份数据、几个类别，每个人都不一样。

# %%
import keras
import numpy as np
from keras import layers

import advisor

work = advisor.assignment(".")

# %% [markdown] lang="en"
# ## Yes or no

# %% [markdown] lang="zh"
# ## 是不是？

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
q1 = advisor.build("binary", X=X, y=y, seed=0)
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
right = [bool(one.get("right")) for one in work.spec("q2")["why"]].index(True)
q2 = ("BinaryCrossentropy", "abcd"[right])
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown] lang="en"
# ## Which of several

# %% [markdown] lang="zh"
# ## 是哪一个？

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
q3 = advisor.build("multiclass", X=X, y=y, seed=0)
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
right = [bool(one.get("right")) for one in work.spec("q4")["why"]].index(True)
q4 = ("softmax", "abcd"[right])
### END SOLUTION
print(work.check("q4", q4))

# %% [markdown] lang="en"
# ## How much

# %% [markdown] lang="zh"
# ## 是多少？

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
q5 = advisor.build("regression", X=X, y=y, seed=0)
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
right = [bool(one.get("right")) for one in work.spec("q6")["why"]].index(True)
q6 = ("linear", "abcd"[right])
### END SOLUTION
print(work.check("q6", q6))

# %% [markdown] lang="en"
# ## What the loss says
#
# Before the last question, work a loss out yourself. A model that knows nothing of K classes has a cross-entropy of ln K; keep that number in mind when you watch a training.

# %% [markdown] lang="zh"
# ## 损失是怎么算出来的
#
# 做最后一题之前，自己算一次损失。K 个类别什么都不知道的模型，交叉熵是 ln K；看训练过程的时候心里要有这个数。

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
q7 = float(-np.log(e[0] / e.sum()))
### END SOLUTION
print(work.check("q7", q7))

# %% [markdown] lang="en"
# ## All together

# %% [markdown] lang="zh"
# ## 合起来

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
q8 = advisor.build("multiclass", X=X, y=y, hidden="relu", seed=0)
advisor.fit(q8, X, y, epochs=100, seed=0, verbose=0)
### END SOLUTION
print(work.check("q8", q8))

# %% [markdown] lang="en"
# ## Hand in
#
# This writes `answers.json` and your models beside the notebook and says what is still missing. Hand in the whole folder.

# %% [markdown] lang="zh"
# ## 交作业
#
# 运行下面这格，会在旁边写好 `answers.json` 和各个模型，并告诉你还差什么。最后把整个文件夹交上来。

# %%
print(work.hand_in(q1=q1, q2=q2, q3=q3, q4=q4, q5=q5, q6=q6, q7=q7, q8=q8))
