# %% tags=["advisor"]
"""A share between 0 and 1: one sigmoid unit, shown on germination."""

TITLE_ZH = "比例（0 到 1）：一个 sigmoid 单元，以发芽率为例"
TASK = "share"
LECTURE = ("relu-first", "regression-hidden")

# %% [markdown] lang="en"
# # A share between 0 and 1: one sigmoid unit, shown on germination
#
# Which share of fifty seeds comes up?

# %% [markdown] lang="zh"
# # 比例（0 到 1）：一个 sigmoid 单元，以发芽率为例
#
# 五十粒种子有多大比例发芽？

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
temperature = rng.uniform(0, 30, size=800)
moisture = rng.uniform(10, 90, size=800)
depth = rng.uniform(0.5, 8, size=800)
age = rng.exponential(2, size=800)
X = np.column_stack([temperature, moisture, depth, age])
z = 0.35 * (temperature - 15) + 0.05 * (moisture - 50) - 0.5 * (depth - 4) - 0.4 * (age - 2)
y = rng.binomial(50, 1 / (1 + np.exp(-z))) / 50
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, and how are the shares spread?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本？比例怎么分布？

# %%
print("rows and features:", X_train.shape)
print(
    "shares, smallest, quartiles, largest:", np.quantile(y_train, [0, 0.25, 0.5, 0.75, 1]).round(2)
)

# %% [markdown] lang="en"
# ## Build
#
# A share lives in [0, 1], and so does a sigmoid. Binary cross-entropy is not only for 0 and 1: its best prediction is the mean share, and with the sigmoid its gradient is simply p − y. The output bias starts at the mean share.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 比例在 [0, 1] 里，sigmoid 的输出也在这里。二元交叉熵不只用于 0 和 1：它的最佳预测就是平均比例；和 sigmoid 配在一起，梯度正好是 p − y。输出偏置从平均比例起步。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln(ȳ / (1 − ȳ))
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
            1,
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="share",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.MeanAbsoluteError(), keras.metrics.RootMeanSquaredError()],
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. No output may leave [0, 1], and the loss computed from the predictions must beat that of the best constant, the mean share. (It does not end at 0 here: its floor is the entropy of the shares themselves.)

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。输出不能超出 [0, 1]；由预测值重算的损失，要比最佳常数（只报平均比例）强。（这里的损失降不到 0：下限是比例自身的熵。）

# %%
p = model.predict(X_test, verbose=0)[:, 0]
print(f"outputs: {p.min():.4f} to {p.max():.4f}, all finite: {np.isfinite(p).all()}")
constant = np.full(len(y_test), np.mean(y_test))  # the mean share
for name, q in [
    ("the model", p),
    ("the best constant", constant),
    ("the shares themselves", y_test),
]:
    loss = -np.mean(
        y_test * np.log(np.maximum(q, 1e-7)) + (1 - y_test) * np.log(np.maximum(1 - q, 1e-7))
    )
    print(f"loss of {name}: {loss:.3f}")
print(f"R2: {1 - np.sum((y_test - p) ** 2) / np.sum((y_test - np.mean(y_test)) ** 2):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# A linear output predicts that fewer than none or more than all come up.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 线性输出会预测“比一粒不发还少”，或者“比全发还多”。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.linear  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=keras.losses.MeanSquaredError()
)
wrong_losses = wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0).history["loss"]
wrong_p = wrong.predict(X_test, verbose=0)[:, 0]
print(f"wrong model, loss: {wrong_losses[0]:.4f} at first, {wrong_losses[-1]:.4f} at last")
impossible = (wrong_p < 0) | (wrong_p > 1)
print(f"wrong model: {np.sum(impossible)} of {len(wrong_p)} shares are impossible")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses)
left.set(xlabel="epoch", ylabel="training loss", title="The loss falls ...")
right.scatter(y_test, p, s=15, label="sigmoid")
right.scatter(y_test, wrong_p, s=15, marker="x", label="linear last")
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], "k--")
right.set(xlabel="target", ylabel="prediction", title="... but shares end at 0 and 1")
right.axhline(0, color="k", lw=0.5)
right.axhline(1, color="k", lw=0.5)
right.legend()
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# The output is the share itself.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# 输出就是那个比例。

# %%
print(f"first test row: predicted {p[0]:.2f}, true {y_test[0]:.2f}")
