# %% tags=["advisor"]
"""Two classes: one sigmoid unit, shown on breast cancer."""

TITLE_ZH = "二分类：一个 sigmoid 单元，以乳腺癌数据为例"
TASK = "binary"
LECTURE = ("binary-sigmoid", "relu-first", "every-neuron")

# %% [markdown] lang="en"
# # Two classes: one sigmoid unit, shown on breast cancer
#
# Is a tumour benign? Thirty measurements go in, one probability comes out.

# %% [markdown] lang="zh"
# # 二分类：一个 sigmoid 单元，以乳腺癌数据为例
#
# 肿瘤是良性的吗？输入 30 个测量值，输出一个概率。

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
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.25, random_state=0, stratify=y
)

# %% [markdown] lang="en"
# ## Look
#
# How many rows, how many features, and how large is each class?

# %% [markdown] lang="zh"
# ## 看一看
#
# 多少个样本、多少个特征、两类各占多少？

# %%
print("rows and features:", X_train.shape)
print("share of class 1 (benign):", y_train.mean().round(3))
print(
    "features run from",
    X_train.min().round(2),
    "to",
    X_train.max().round(2),
    "- so they must be scaled",
)

# %% [markdown] lang="en"
# ## Build
#
# The last layer is one unit with a sigmoid: a number between 0 and 1, the probability of class 1. Its loss is binary cross-entropy; together their gradient is simply p − y. The output bias starts at the share of class 1, so training starts near the best constant guess.
#
# The hidden layers use ReLU, the first choice: for positive sums its slope is exactly 1, so it does not shrink the gradient on the way back. He initialisation belongs to it, and must be asked for: Keras' default is Glorot. The first layer standardises the raw features with the training rows' mean and variance.

# %% [markdown] lang="zh"
# ## 搭模型
#
# 输出层是一个 sigmoid 单元：0 到 1 之间的数，就是属于第 1 类的概率。损失用二元交叉熵，两者配在一起，梯度正好是 p − y。输出偏置从第 1 类的比例起步，训练就从最佳常数附近开始。
#
# 隐藏层首选 ReLU：加权和为正时斜率恰好是 1，梯度经过它不会变小。要配 He 初始化，而且得自己写上：Keras 默认的是 Glorot。第一层用训练集的均值和方差把原始特征标准化。

# %%
# each feature's mean and variance on the training rows, for the first layer
mean, variance = X_train.mean(axis=0), X_train.var(axis=0)
variance[variance == 0] = 1  # a feature that never varies

# start at the best constant prediction: ln(p̄ / (1 − p̄))
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
    name="binary",
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC()],
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
# A loss that falls proves nothing about the last layer. Look at the outputs themselves, on rows the model has not seen. Every output must lie in [0, 1]; it must be the sigmoid of the last layer's weighted sum; both classes must be predicted; and the loss computed from the predictions must beat that of the best constant. (It is far above the training loss: the model knows the training rows by heart.)

# %% [markdown] lang="zh"
# ## 检查输出
#
# 损失下降并不能证明输出层选对了，要直接看输出，而且要看模型没见过的样本。每个输出都要在 [0, 1] 里；它应当正好是输出层加权和的 sigmoid；两类都要预测得到；由预测值重算的损失，要比最佳常数强。（它比训练损失大得多：训练集被模型背下来了。）

# %%
p = model.predict(X_test, verbose=0)[:, 0]
print(f"outputs: {p.min():.4f} to {p.max():.4f}, all finite: {np.isfinite(p).all()}")

# the last neuron by hand: a weighted sum, then its activation
before = keras.Model(model.inputs[0], model.get_layer("hidden_2").output)
signals = keras.ops.convert_to_numpy(before(X_test))
weights, offset = model.get_layer("output").get_weights()
z = (signals @ weights + offset)[:, 0]
print("largest |p - sigmoid(z)|:", np.abs(p - 1 / (1 + np.exp(-z))).max())

answers = (p >= 0.5).astype(int)
print(f"classes predicted: {np.unique(answers)}, accuracy: {np.mean(answers == y_test):.3f}")
constant = np.full(len(y_test), np.mean(y_test))  # the share of class 1
for name, q in [("the model", p), ("the best constant", constant)]:
    loss = -np.mean(
        y_test * np.log(np.maximum(q, 1e-7)) + (1 - y_test) * np.log(np.maximum(1 - q, 1e-7))
    )
    print(f"loss of {name}: {loss:.3f}")

# %% [markdown] lang="en"
# ## The tempting mistake
#
# Softmax over one unit looks almost the same in code. It shares out 1 among its units, and a single unit gets all of it: it predicts 1 for every row. On TensorFlow the loss falls exactly as before, because Keras computes it from the raw scores. Keras does warn about an axis of size 1; otherwise only the outputs show the mistake, and the loss computed from them.

# %% [markdown] lang="zh"
# ## 最容易犯的错
#
# 只有一个单元却用 softmax，代码看上去几乎一样。softmax 是把 1 分给各个单元，只有一个就独得 1：每个样本都预测成 1。可在 TensorFlow 上损失照样下降，和刚才分毫不差，因为 Keras 是拿原始分数算的。Keras 会提醒一句“这一维大小是 1”；除此之外，只有看输出、拿输出重算损失才看得出来。

# %%
keras.utils.set_random_seed(0)
wrong = keras.models.clone_model(model)  # the same layers, with first weights again
wrong.get_layer("output").activation = keras.activations.softmax  # all that differs
wrong.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=keras.losses.BinaryCrossentropy()
)
wrong_losses = wrong.fit(X_train, y_train, epochs=50, batch_size=32, verbose=0).history["loss"]
wrong_p = wrong.predict(X_test, verbose=0)[:, 0]
wrong_loss = -np.mean(
    y_test * np.log(np.maximum(wrong_p, 1e-7))
    + (1 - y_test) * np.log(np.maximum(1 - wrong_p, 1e-7))
)
print(f"wrong model, loss: {wrong_losses[0]:.4f} at first, {wrong_losses[-1]:.4f} at last")
print(f"wrong model, outputs: {np.unique(wrong_p)}, loss computed from them: {wrong_loss:.3f}")
print(f"wrong model, accuracy: {np.mean((wrong_p >= 0.5) == y_test):.3f}")

# %% [markdown] lang="en"
# ## Plot

# %% [markdown] lang="zh"
# ## 画图

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
left.plot(losses, label="sigmoid")
left.plot(wrong_losses, "--", label="softmax(1)")
left.set(xlabel="epoch", ylabel="training loss", title="Both losses fall ...")
left.legend()
right.hist(
    [p[y_test == 0], p[y_test == 1], wrong_p],
    bins=20,
    label=["class 0", "class 1", "softmax(1), all rows"],
)
right.set(
    xlabel="output p", ylabel="rows", title="... but only the sigmoid tells the classes apart"
)
right.legend()
plt.show()

# %% [markdown] lang="en"
# ## Read an output
#
# p is the probability of class 1; say class 1 when p ≥ 0.5.

# %% [markdown] lang="zh"
# ## 读一个输出
#
# p 就是属于第 1 类的概率；p ≥ 0.5 就判为第 1 类。

# %%
print(f"first test row: p = {p[0]:.3f}, so class {answers[0]}; true class {y_test[0]}")
