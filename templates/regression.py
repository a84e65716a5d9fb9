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
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 目标可以是任意实数，最后的加权和不能再被弯折或截断：输出层用线性函数 f(x) = x，也就是不加激活函数。损失用均方误差。输出偏置从目标的平均值起步；不然 150 左右的原始目标要训练很多轮才够得着。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. Predictions must reach below, between and above the quartiles of the targets, and the loss computed from them must beat that of the best constant, the mean.

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。预测值要够得到目标的下四分位以下、两个四分位之间、上四分位以上；由预测值重算的损失，要比最佳常数（只报平均值）强。

# %%
p = model.predict(X_test, verbose=0)[:, 0]
low, high = np.quantile(y_test, [0.25, 0.75])
print(f"predictions: {p.min():.0f} to {p.max():.0f}, all finite: {np.isfinite(p).all()}")
print(
    f"below {low:.0f}: {np.mean(p < low):.0%},",
    f"between: {np.mean((p > low) & (p < high)):.0%},",
    f"above {high:.0f}: {np.mean(p > high):.0%}",
)
constant = np.full(len(y_test), np.mean(y_test))  # the mean
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = np.mean((y_test - q) ** 2)
    print(f"loss of {name}: {loss:.3f}")
print(f"R2: {1 - np.sum((y_test - p) ** 2) / np.sum((y_test - np.mean(y_test)) ** 2):.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# Count the targets from their mean, as one does when standardising: about half are then negative. A linear unit does not mind. ReLU cannot go below 0, so the model never predicts anything below the mean. Its loss falls all the same.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 把目标改成“离平均值多少”，做标准化时就是这样：大约一半成了负数。线性单元无所谓；ReLU 出不了 0 以下，低于平均值的数它一个也预测不出来。可损失照样在降。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.relu  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001), loss=keras.losses.MeanSquaredError()
)
wrong.get_layer("output").bias.assign([0.0])  # the mean, counted from the mean
wrong_losses = wrong.fit(X_train, y_train - prior, epochs=50, batch_size=32, verbose=0).history[
    "loss"
]
wrong_p = wrong.predict(X_test, verbose=0)[:, 0] + prior
print(f"wrong model, loss: {wrong_losses[0]:.0f} at first, {wrong_losses[-1]:.0f} at last")
print(f"below the mean: {np.mean(y_test < prior):.0%} of the targets,", end=" ")
print(
    f"{np.mean(p < prior):.0%} of the predictions, {np.mean(wrong_p < prior):.0%} of the wrong model's"
)

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses, label="linear")
left.plot(wrong_losses, "--", label="ReLU last")
left.set(xlabel="epoch", ylabel="training loss", title="Both losses fall ...")
left.legend()
right.scatter(y_test, p, s=15, label="linear")
right.scatter(y_test, wrong_p, s=15, marker="x", label="ReLU last")
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], "k--")
right.set(xlabel="target", ylabel="prediction", title="... but ReLU never gets below the mean")
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
print(f"first test row: predicted {p[0]:.0f}, true {y_test[0]:.0f}")
