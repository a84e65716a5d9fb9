# %% tags=["advisor"]
"""Repair a broken model."""

TITLE_ZH = "修好一个模型"
TASK = "assignment"
LECTURE = ("multiclass-softmax",)
QUESTIONS = {
    "q1": {
        "kind": "repair",
        "task": "multiclass",
        "text": {
            "en": "This model for three species trains without a word, and its loss falls. Yet its outputs are no probabilities. Find what is wrong, repair it, compile it, and hand it in.",
            "zh": "这个三分类模型训练时一声不吭，损失也在下降，可是输出并不是概率。找出问题，改好，编译，交上来。",
        },
        "hints": (
            {
                "en": "Train it, then look at model.predict(X).sum(axis=1).",
                "zh": "训练之后看一看 model.predict(X).sum(axis=1)。",
            },
            {
                "en": "Are the three classes three separate questions, or one?",
                "zh": "三个类别是三道题，还是一道题？",
            },
            {"en": "Only the last layer is wrong.", "zh": "只有输出层不对。"},
        ),
    },
}

# %% [markdown] lang="en"
# # Repair a broken model
#
# Replace each `...` by your answer and run the cell; `work.hint("q1")` gives a hint. Every right spelling is right.

# %% [markdown] lang="zh"
# # 修好一个模型
#
# 把每个 `...` 换成你的答案再运行；`work.hint("q1")` 会给提示。只要对，怎么写都算对。

# %%
import keras

import advisor

work = advisor.assignment("repair")

# %% [markdown] lang="en"
# ## q1
#
# This model for three species trains without a word, and its loss falls. Yet its outputs are no probabilities. Find what is wrong, repair it, compile it, and hand it in.

# %% [markdown] lang="zh"
# ## q1
#
# 这个三分类模型训练时一声不吭，损失也在下降，可是输出并不是概率。找出问题，改好，编译，交上来。

# %%
model = keras.Sequential(
    [
        keras.Input(shape=(4,)),
        keras.layers.Dense(16, activation="relu", kernel_initializer="he_normal"),
        keras.layers.Dense(3, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")

answer = ...  # the repaired model, compiled
print(work.check("q1", answer))
