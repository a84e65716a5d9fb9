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
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 每个标签都是一道单独的是非题，所以输出层每个标签一个 sigmoid 单元，损失用二元交叉熵，对标签取平均。用 softmax 的话，标签就要去抢同一个 1。输出偏置从每个标签的比例起步。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. Every output must lie in [0, 1]; rows need not add up to 1; each label is both given and withheld; moving the weights of one output must not move the others; and the loss computed from the predictions must beat that of the best constant, each label's share. (It is far above the training loss: the model knows the training rows by heart.)

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。每个输出都要在 [0, 1] 里；每行加起来不必等于 1；每个标签都有给的时候，也有不给的时候；改动一个输出的权重，别的输出不能跟着变；由预测值重算的损失，要比最佳常数（只报各标签的比例）强。（它比训练损失大得多：训练集被模型背下来了。）

# %%
p = model.predict(X_test, verbose=0)
sums = p.sum(axis=1)
print(f"outputs: {p.min():.4f} to {p.max():.4f}, all finite: {np.isfinite(p).all()}")
print(f"row sums: {sums.min():.2f} to {sums.max():.2f}")

answers = (p >= 0.5).astype(int)
print(f"rows given each label: {answers.sum(axis=0)} of {len(p)}")
print(f"share of right labels: {np.mean(answers == y_test):.3f}")

# move the weights of the first output only, and put them back
output = model.get_layer("output")
weights, offset = output.get_weights()
moved = weights.copy()
moved[:, 0] += 1
output.set_weights([moved, offset])
change = np.abs(model.predict(X_test, verbose=0) - p).max(axis=0)
output.set_weights([weights, offset])
print("change in each output:", change.round(3))
constant = np.tile(np.mean(y_test, axis=0), (len(y_test), 1))  # each label's share
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = -np.mean(
        y_test * np.log(np.maximum(q, 1e-7)) + (1 - y_test) * np.log(np.maximum(1 - q, 1e-7))
    )
    print(f"loss of {name}: {loss:.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# Softmax makes the labels compete for a total of 1, so at most one of them can be above 0.5. On TensorFlow its loss curve is exactly that of sigmoid, because Keras computes the loss from the raw scores.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# softmax 让各标签去抢同一个 1，超过 0.5 的最多只有一个。在 TensorFlow 上，Keras 是拿原始分数算损失的，所以损失曲线和 sigmoid 的一模一样。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.softmax  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=keras.losses.BinaryCrossentropy()
)
wrong_losses = wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0).history["loss"]
wrong_p = wrong.predict(X_test, verbose=0)
wrong_sums = wrong_p.sum(axis=1)
print(f"wrong model, loss: {wrong_losses[0]:.4f} at first, {wrong_losses[-1]:.4f} at last")
print("most labels on one row:", y_test.sum(axis=1).max(), "true,", end=" ")
print(f"{answers.sum(axis=1).max()} by sigmoid, {(wrong_p >= 0.5).sum(axis=1).max()} by softmax")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses, label="sigmoid")
left.plot(wrong_losses, "--", label="softmax")
left.set(xlabel="epoch", ylabel="training loss", title="Both losses fall ...")
left.legend()
right.hist([sums, wrong_sums], bins=30, label=["sigmoid", "softmax"])
right.set(
    xlabel="sum of a row's outputs", ylabel="rows", title="... but softmax allows a total of 1"
)
right.legend()
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
print("first test row:", p[0].round(2), f"so labels {answers[0]}; true labels {y_test[0]}")
