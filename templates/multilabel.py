# %% tags=["advisor"]
"""Several labels a row: K sigmoid units, shown on topics."""

TITLE_ZH = "多标签：K 个 sigmoid 单元，以文章话题为例"
TASK = "multilabel"
LECTURE = ("relu-first",)

# %% [markdown] lang="en"
# # Several labels a row: K sigmoid units, shown on topics
#
# Which topics does a text touch? Twenty word counts go in, five probabilities come out, each for itself.

# %% [markdown] lang="zh"
# # 多标签：K 个 sigmoid 单元，以文章话题为例
#
# 一篇文章涉及哪些话题？输入 20 个词的次数，输出五个概率，各管各的。

# %% [markdown] lang="en"
# ## Load
#
# The rows are split once and for all: a model is judged on rows it has never seen.

# %% [markdown] lang="zh"
# ## 读数据
#
# 训练集和测试集一次分好：评判模型，要用它从没见过的样本。

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(0)
y = (rng.random(size=(600, 5)) < 0.35).astype(int)  # each topic for itself: none to five a text
favoured = np.kron(np.eye(5), np.ones(4))  # each topic favours four of the twenty words
X = rng.poisson(1 + 2.5 * y @ favoured).astype(float)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, and how many labels does a row carry?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本？一个样本带几个标签？

# %%
print("rows and features:", X_train.shape)
print("share of each label:", y_train.mean(axis=0).round(2))
print("rows with 0, 1, 2, ... labels:", np.bincount(y_train.sum(axis=1)))

# %% [markdown] lang="en"
# ## Build
#
# Every label is a yes/no question of its own, so the last layer has one sigmoid unit a label, and the loss is binary cross-entropy, averaged over the labels. Softmax would make the labels compete for a total of 1. The output bias starts at each label's share.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so gradients do not shrink on the way back. He initialisation belongs to it; Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 每个标签都是一道单独的是非题，所以输出层每个标签一个 sigmoid 单元，损失用二元交叉熵，对标签取平均。用 softmax 的话，标签就要去抢同一个 1。输出偏置从每个标签的比例起步。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度往回传不会越传越小。要配 He 初始化，因为 Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln(p̄_k / (1 − p̄_k))
prior = np.clip(np.mean(y_train, axis=0), 1e-6, 1 - 1e-6)
bias = (np.log(prior / (1 - prior))).tolist()

# the same weights each time
keras.utils.set_random_seed(0)

model = keras.Sequential(
    [
        keras.Input(shape=(X_train.shape[1],), name="features"),
        keras.layers.Normalization(mean=mean, variance=variance, name="normalization"),
        keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal", name="hidden_1"),
        keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal", name="hidden_2"),
        keras.layers.Dense(
            5,
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="multilabel",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.BinaryAccuracy()],
)
model.summary()

# %% [markdown] lang="en"
# ## Fit
#
# Fifty passes over the training rows, 32 rows a step.

# %% [markdown] lang="zh"
# ## 训练
#
# 把训练集过 50 遍，每步 32 个样本。

# %%
history = model.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0)
losses = history.history["loss"]
print(f"loss: {losses[0]:.4f} at first, {losses[-1]:.4f} at last")

# %% [markdown] lang="en"
# ## Check the outputs
#
# A loss that falls proves nothing about the last layer. Look at the outputs themselves. Outputs lie in [0, 1], rows need not add up to 1, and each label is both given and withheld.

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出。输出都在 [0, 1] 里；每行加起来不必等于 1；每个标签都有给的时候，也有不给的时候。

# %%
p = model.predict(X_test, verbose=0)
sums = p.sum(axis=1)
print(f"outputs: {p.min():.4f} to {p.max():.4f}; row sums: {sums.min():.2f} to {sums.max():.2f}")
print("rows given each label:", (p >= 0.5).sum(axis=0), "of", len(p))
print(f"share of right labels: {np.mean((p >= 0.5) == y_test):.3f}")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses)
left.set(xlabel="epoch", ylabel="training loss", title="The loss falls ...")
right.hist(sums, bins=30)
right.set(
    xlabel="sum of a row's outputs", ylabel="rows", title="... and rows add up to what they like"
)
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# p_k is the probability of label k; give every label with p_k ≥ 0.5.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# p_k 就是带第 k 个标签的概率；凡 p_k ≥ 0.5 的标签都给上。

# %%
answers = (p >= 0.5).astype(int)
print("first test row:", p[0].round(2), "so labels", answers[0], "; true labels", y_test[0])
