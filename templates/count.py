# %% tags=["advisor"]
"""A count: one exponential unit, shown on bicycle rentals."""

TITLE_ZH = "计数：一个指数单元，以租自行车为例"
TASK = "count"
LECTURE = ("relu-first", "regression-hidden")

# %% [markdown] lang="en"
# # A count: one exponential unit, shown on bicycle rentals
#
# How many bicycles are rented in an hour? 0, 1, 2, …

# %% [markdown] lang="zh"
# # 计数：一个指数单元，以租自行车为例
#
# 一小时租出多少辆自行车？0、1、2……

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
temperature = rng.normal(14, 8, size=800)
rain = rng.exponential(1.5, size=800)
wind = rng.gamma(4, 1, size=800)
weekend = rng.integers(0, 2, size=800)
X = np.column_stack([temperature, rain, wind, weekend])
y = rng.poisson(np.exp(0.11 * temperature - 0.6 * rain - 0.12 * wind + 0.5 * weekend + 0.2))
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, and how many hours without a single rental?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本？有多少小时一辆也没租出去？

# %%
print("rows and features:", X_train.shape)
print(
    f"mean count {y_train.mean():.2f}, largest {y_train.max()}, hours without any {np.mean(y_train == 0):.0%}"
)

# %% [markdown] lang="en"
# ## Build
#
# The output is the expected count, which is above 0, and effects multiply: so the last layer is an exponential. Its loss is the Poisson loss; together their gradient is simply μ − y. The output bias starts at the log of the mean count.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 输出是期望次数，一定大于 0，而且各因素的作用是相乘的：所以输出层用指数函数。损失用泊松损失，两者配在一起，梯度正好是 μ − y。输出偏置从平均次数的对数起步。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln ȳ
prior = np.maximum(np.mean(y_train, axis=0), 1e-6)
bias = (np.log(prior)).tolist()

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
            activation="exponential",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="count",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.Poisson(),
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. No output may be below 0, and the Poisson loss computed from the predictions must beat that of the best constant, the mean count. (It may be negative: compare it, do not read it.)

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。输出不能小于 0；由预测值重算的泊松损失，要比最佳常数（只报平均次数）强。（它可以是负数：只比较大小，别去读数值。）

# %%
p = model.predict(X_test, verbose=0)[:, 0]
print(f"predictions: {p.min():.4f} to {p.max():.2f}, all finite: {np.isfinite(p).all()}")
constant = np.full(len(y_test), np.mean(y_test))  # the mean count
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = np.mean(q - y_test * np.log(np.maximum(q, 1e-7)))
    print(f"loss of {name}: {loss:.3f}")
print(f"R2: {1 - np.sum((y_test - p) ** 2) / np.sum((y_test - np.mean(y_test)) ** 2):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# A linear output with the squared error predicts hours in which bicycles are handed back.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 线性输出配均方误差，会预测出“租出负数辆”的小时。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.linear  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001), loss=keras.losses.MeanSquaredError()
)
wrong_losses = wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0).history["loss"]
wrong_p = wrong.predict(X_test, verbose=0)[:, 0]
print(f"wrong model, loss: {wrong_losses[0]:.4f} at first, {wrong_losses[-1]:.4f} at last")
print(f"wrong model: {np.sum(wrong_p < 0)} of {len(wrong_p)} counts are negative")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses)
left.set(xlabel="epoch", ylabel="training loss", title="The loss falls ...")
right.scatter(y_test, p, s=15, label="exponential")
right.scatter(y_test, wrong_p, s=15, marker="x", label="linear last")
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], "k--")
right.set(xlabel="target", ylabel="prediction", title="... but look at the quiet hours")
right.axhline(0, color="k", lw=0.5)
right.set(xlim=(-0.5, 5), ylim=(-1, 8))
right.legend()
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# μ is the expected count; round it when a whole number is needed.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# μ 是期望次数；需要整数时再四舍五入。

# %%
answers = np.round(p).astype(int)
print(f"first test row: expected {p[0]:.2f}, so {answers[0]}; true {y_test[0]}")
