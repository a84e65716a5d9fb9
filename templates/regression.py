# %% tags=["advisor"]
"""A real number: one linear unit, shown on diabetes."""

TITLE_ZH = "回归：一个线性单元，以糖尿病数据为例"
TASK = "regression"
LECTURE = ("regression-linear", "regression-hidden", "relu-first", "some-are-linear")

# %% [markdown] lang="en"
# # A real number: one linear unit, shown on diabetes
#
# How far has the disease progressed after a year? Ten measurements go in, a number comes out.

# %% [markdown] lang="zh"
# # 回归：一个线性单元，以糖尿病数据为例
#
# 一年后病情进展了多少？输入十项测量值，输出一个数。

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
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

X, y = load_diabetes(return_X_y=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, how many features, and where do the targets lie?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本、多少个特征、目标值落在什么范围？

# %%
print("rows and features:", X_train.shape)
print("targets, smallest, quartiles, largest:", np.quantile(y_train, [0, 0.25, 0.5, 0.75, 1]))

# %% [markdown] lang="en"
# ## Build
#
# The target may be any real number, so nothing may bend or bound the last sum: the last layer is linear, f(x) = x, which is the same as no activation. Its loss is the mean squared error. The output bias starts at the mean of the targets; without that, raw targets around 150 would take many epochs to reach.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so gradients do not shrink on the way back. He initialisation belongs to it; Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 目标可以是任意实数，最后的加权和不能再被弯折或截断：输出层用线性函数 f(x) = x，也就是不加激活函数。损失用均方误差。输出偏置从目标的平均值起步；不然 150 左右的原始目标要训练很多轮才够得着。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度往回传不会越传越小。要配 He 初始化，因为 Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ȳ
prior = np.mean(y_train, axis=0)
bias = prior.tolist()

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
            activation="linear",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="regression",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.MeanSquaredError(),
    metrics=[keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score()],
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves. The predictions must reach below, between and above the quartiles of the targets, and must explain more than the mean does (R² above 0).

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出。预测值要够得到目标的下四分位以下、中间、上四分位以上；解释力要比只报平均值强（R² 大于 0）。

# %%
p = model.predict(X_test, verbose=0)[:, 0]
low, high = np.quantile(y_test, [0.25, 0.75])


def r2(p):
    return 1 - np.sum((y_test - p) ** 2) / np.sum((y_test - y_test.mean()) ** 2)


print(
    f"predictions below {low:.0f}: {np.mean(p < low):.0%}, above {high:.0f}: {np.mean(p > high):.0%}"
)
print(f"R2: {r2(p):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# A sigmoid cannot leave [0, 1]. The loss falls a little and stops, and the model runs without a word.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# sigmoid 的输出出不了 [0, 1]。损失降一点就停，程序却从头到尾一声不吭。

# %%
wrong = keras.Sequential(
    [
        keras.Input(shape=(X_train.shape[1],)),
        keras.layers.Normalization(mean=mean, variance=variance),
        keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
wrong.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss="mean_squared_error")
wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0)
wrong_p = wrong.predict(X_test, verbose=0)[:, 0]
print(f"wrong model, largest output: {wrong_p.max():.3f}; largest target: {y_test.max():.0f}")
print(f"wrong model, R2: {r2(wrong_p):.3f}")

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
print(f"first test row: predicted {p[0]:.0f}, true {y_test[0]:.0f}")
