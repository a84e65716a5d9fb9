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
log_rent = 1.2 * np.log(area / 60) - 0.22 * distance - 0.006 * age + 0.03 * floor + 2.6
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
# Softplus, ln(1 + e^z), is always above 0 and nearly linear for large z. ReLU would be 0 with slope 0 for every negative sum: an output that starts there never learns. The loss compares the logarithms of 1 + rent, so that errors count in proportion for all but the cheapest flats.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# softplus 即 ln(1 + e^z)，永远大于 0，z 大时近乎线性。用 ReLU 的话，加权和一旦为负，输出和斜率都是 0，一开始就落在那边就学不动。损失比较的是“1 + 房租”的对数：除了特别便宜的房子，误差都按比例算。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. Every output must be above 0, and the loss computed from the predictions must beat that of the best constant.

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。每个输出都必须大于 0；由预测值重算的损失，要比最佳常数强。

# %%
p = model.predict(X_test, verbose=0)[:, 0]
print(f"predictions: {p.min():.3f} to {p.max():.3f}, all finite: {np.isfinite(p).all()}")
print(f"targets: {y_test.min():.3f} to {y_test.max():.3f}")
constant = np.full(
    len(y_test), np.expm1(np.mean(np.log1p(y_test)))
)  # the mean of the logs, read back
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = np.mean((np.log1p(np.maximum(q, 0)) - np.log1p(y_test)) ** 2)
    print(f"loss of {name}: {loss:.3f}")
print(f"R2: {1 - np.sum((y_test - p) ** 2) / np.sum((y_test - np.mean(y_test)) ** 2):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# A linear output with the squared error looks harmless, and predicts flats that pay you.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 线性输出配均方误差看着没什么，却会预测出“倒贴钱”的房子。

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
print(f"wrong model: {np.sum(wrong_p <= 0)} of {len(wrong_p)} rents are 0 or less")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses)
left.set(xlabel="epoch", ylabel="training loss", title="The loss falls ...")
right.scatter(y_test, p, s=15, label="softplus")
right.scatter(y_test, wrong_p, s=15, marker="x", label="linear last")
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], "k--")
right.set(xlabel="target", ylabel="prediction", title="... but look at the cheapest flats")
right.axhline(0, color="k", lw=0.5)
right.set(xlim=(0, 2), ylim=(-1, 3))
right.legend()
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
