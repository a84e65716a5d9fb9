# %% tags=["advisor"]
"""Several classes: K softmax units, shown on iris."""

TITLE_ZH = "多分类：K 个 softmax 单元，以鸢尾花为例"
TASK = "multiclass"
LECTURE = ("multiclass-softmax", "relu-first")

# %% [markdown] lang="en"
# # Several classes: K softmax units, shown on iris
#
# Which of three species is a flower? Four lengths go in, three probabilities come out.

# %% [markdown] lang="zh"
# # 多分类：K 个 softmax 单元，以鸢尾花为例
#
# 一朵花属于三个品种中的哪一个？输入四个尺寸，输出三个概率。

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
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.25, random_state=1, stratify=y
)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, how many features, and how large is each class?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本、多少个特征、每一类有多少？

# %%
print("rows and features:", X_train.shape)
print("rows of each class:", np.bincount(y_train))
print("first row:", X_train[0], "class", y_train[0])

# %% [markdown] lang="en"
# ## Build
#
# The last layer has one unit a class, and softmax turns their scores into probabilities that add up to 1: the classes compete. Its loss is sparse categorical cross-entropy (sparse: the labels are the numbers 0, 1, 2); together their gradient is simply p − y. The output bias starts at the log of each class's share.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 输出层每类一个单元，softmax 把它们的分数变成加起来等于 1 的概率：各类在互相竞争。损失用稀疏分类交叉熵（“稀疏”是说标签就是 0、1、2 这样的数），两者配在一起，梯度正好是 p − y。输出偏置从各类比例的对数起步。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln π_k
prior = np.clip(np.bincount(y_train) / len(y_train), 1e-6, 1)
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
            3,
            activation="softmax",
            bias_initializer=keras.initializers.Constant(bias),
            name="output",
        ),
    ],
    name="multiclass",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. Every output must lie in [0, 1] and each row must add up to 1; every class must be predicted; and the loss computed from the predictions must beat that of the best constant, the bare class shares.

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。每个输出都要在 [0, 1] 里，每行加起来必须等于 1；每一类都要预测得到；由预测值重算的损失，要比最佳常数（只报各类比例）强。

# %%
p = model.predict(X_test, verbose=0)
sums = p.sum(axis=1)
print(f"outputs: {p.min():.4f} to {p.max():.4f}, all finite: {np.isfinite(p).all()}")
print(f"row sums: {sums.min():.6f} to {sums.max():.6f}")

answers = p.argmax(axis=1)
print(f"classes predicted: {np.unique(answers)}, accuracy: {np.mean(answers == y_test):.3f}")
constant = np.tile(np.bincount(y_test) / len(y_test), (len(y_test), 1))  # the class shares
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = -np.mean(np.log(np.maximum(q[np.arange(len(y_test)), y_test], 1e-7)))
    print(f"loss of {name}: {loss:.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# Sigmoid on each unit answers K separate yes/no questions, so the rows do not add up to 1. On TensorFlow its loss curve is exactly that of softmax, because Keras computes the loss from the raw scores: even the accuracy is the same. Only the outputs show the mistake.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 每个单元各用一个 sigmoid，等于问了 K 个互不相干的是非题，每行加起来不等于 1。在 TensorFlow 上，Keras 是拿原始分数算损失的，所以损失曲线和 softmax 的一模一样，连准确率都一样：错误只有看输出才知道。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.sigmoid  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(),
)
wrong_losses = wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0).history["loss"]
wrong_p = wrong.predict(X_test, verbose=0)
wrong_sums = wrong_p.sum(axis=1)
print(f"wrong model, loss: {wrong_losses[0]:.4f} at first, {wrong_losses[-1]:.4f} at last")
print(f"wrong model, accuracy: {np.mean(wrong_p.argmax(axis=1) == y_test):.3f}")
print(f"wrong model, row sums: {wrong_sums.min():.3f} to {wrong_sums.max():.3f}")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses, label="softmax")
left.plot(wrong_losses, "--", label="sigmoid")
left.set(xlabel="epoch", ylabel="training loss", title="Both losses fall ...")
left.legend()
right.hist([sums, wrong_sums], bins=30, label=["softmax", "sigmoid"])
right.set(xlabel="sum of a row's outputs", ylabel="rows", title="... but only softmax adds up to 1")
right.legend()
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# p_k is the probability of class k; say the class with the largest one.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# p_k 就是属于第 k 类的概率；取最大的那一类。

# %%
print("first test row:", p[0].round(3), f"so class {answers[0]}; true class {y_test[0]}")
