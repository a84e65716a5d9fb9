# %% tags=["advisor"]
"""A positive number: one softplus unit, shown on rents."""

TITLE_ZH = "正数目标：一个 softplus 单元，以房租为例"
TASK = "positive"
LECTURE = ("relu-first", "regression-hidden")

# %% [markdown] lang="en"
# # A positive number: one softplus unit, shown on rents
#
# What does a flat cost a month? Never 0 or less.

# %% [markdown] lang="zh"
# # 正数目标：一个 softplus 单元，以房租为例
#
# 一套房每月多少钱？绝不会是 0 或负数。

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
area = rng.gamma(4, 18, size=800)
distance = rng.uniform(0, 20, size=800)
age = rng.uniform(0, 100, size=800)
floor = rng.integers(0, 10, size=800)
X = np.column_stack([area, distance, age, floor])
log_rent = 1.2 * np.log(area / 60) - 0.18 * distance - 0.006 * age + 0.03 * floor + 2.4
y = np.exp(log_rent + rng.normal(scale=0.15, size=800))
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, and how are the targets spread?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本？目标怎么分布？

# %%
print("rows and features:", X_train.shape)
print(
    "targets, smallest, quartiles, largest:", np.quantile(y_train, [0, 0.25, 0.5, 0.75, 1]).round(2)
)

# %% [markdown] lang="en"
# ## Build
#
# Softplus, ln(1 + e^z), is always above 0 and nearly linear for large z. ReLU would be 0 with slope 0 for half of its inputs: a unit that starts there never learns. The loss compares logarithms, so that twice too much is as bad for a cheap flat as for an expensive one.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so gradients do not shrink on the way back. He initialisation belongs to it; Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# softplus 即 ln(1 + e^z)，永远大于 0，z 大时近乎线性。用 ReLU 的话，一半输入的输出和斜率都是 0，一开始落在那边就学不动。损失比较的是对数：多估一倍，便宜房和贵房一样算错。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度往回传不会越传越小。要配 He 初始化，因为 Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln(e^c − 1),  c = exp(mean ln(1 + y)) − 1
prior = np.expm1(np.mean(np.log1p(y_train), axis=0))
bias = (prior + np.log(-np.expm1(-prior))).tolist()

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
            activation="softplus",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="positive",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.MeanSquaredLogarithmicError(),
    metrics=[keras.metrics.MeanAbsolutePercentageError(), keras.metrics.RootMeanSquaredError()],
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves. Every output must be above 0.

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出。每个输出都必须大于 0。

# %%
p = model.predict(X_test, verbose=0)[:, 0]
print(f"smallest output: {p.min():.3f}, smallest target: {y_test.min():.3f}")
print(f"R2: {1 - np.sum((y_test - p) ** 2) / np.sum((y_test - y_test.mean()) ** 2):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# A linear output with the squared error looks harmless, and predicts flats that pay you.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 线性输出配均方误差看着没什么，却会预测出“倒贴钱”的房子。

# %%
wrong = keras.Sequential(
    [
        keras.Input(shape=(X_train.shape[1],)),
        keras.layers.Normalization(mean=mean, variance=variance),
        keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
        keras.layers.Dense(1),
    ]
)
wrong.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mean_squared_error")
wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0)
wrong_p = wrong.predict(X_test, verbose=0)[:, 0]
print(f"wrong model: {np.sum(wrong_p <= 0)} of {len(wrong_p)} rents are 0 or less")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses)
left.set(xlabel="epoch", ylabel="training loss", title="The loss falls ...")
right.scatter(y_test, p, s=15)
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], "k--")
right.set(xlabel="target", ylabel="prediction", title="... and the outputs reach the targets")
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# The output is the number itself.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# 输出就是要的那个数。

# %%
print(f"first test row: predicted {p[0]:.2f}, true {y_test[0]:.2f}")
