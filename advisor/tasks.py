"""The table of tasks: one row holds all that a task is, and all else is read from it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.choices import Alternative, Avoid, Choice
from advisor.errors import UnknownNameError
from advisor.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongLast:
    """A tempting wrong last layer, trained by `confirm` beside the right one."""

    units: str  # "1" or "K"
    activation: str
    bias: str  # a line of NumPy in y: the fairest start this activation can have
    why: Text
    loss: str | None = None  # None: the task's own


@dataclass(frozen=True, slots=True, kw_only=True)
class OneHot:
    """What changes where each label is a row of 0 and 1, or of probabilities."""

    loss: str
    metrics: tuple[str, ...]
    prior: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A row of the table.

    `prior`, `bias`, `loss_line`, `score_line` and `read_line` are lines of NumPy in `y` (targets),
    `p` (what the model predicts, of the same shape, or (n, K) for classes) and `prior`: the lines
    that `source` prints are the ones that `build` and `confirm` run. `prior` is the best constant
    prediction, `loss_line` a second implementation of the loss as referee, `score_line` gives 1.0
    at best.
    """

    name: str
    title: Text
    aliases: tuple[str, ...]
    when: Text
    units: str  # "1", "K" (one a class or label) or "d" (one a target column)
    dataset: str  # what `load(task)` gives
    confirm_on: str  # where every control breaks; where the outputs are tested
    last: Choice
    loss: Choice
    optimizer: Choice
    learning_rate: float
    metrics: Choice
    labels: Choice
    targets: str  # what y holds: "classes", "flags" (a 0/1 column a label) or "numbers"
    prior: str
    bias: str
    bias_start: Choice
    read: Text
    read_line: str
    score_name: Text
    score_line: str
    loss_line: str
    contract: tuple[str, ...]  # names of clauses, see contracts.py
    wrong: tuple[WrongLast, ...]
    contract_picture: str  # "probabilities", "row sums" or "reach": how plots.py shows the outputs
    onehot: OneHot | None = None
    valid: str = "y == y"  # a line in y: which numbers the task accepts
    repair: str = ""  # how to go on where it does not

    def __str__(self) -> str:
        """Give the title in the language spoken now."""
        return str(self.title)


_GLM = Text(
    en="canonical link, dL/dz = p − y: checked on Keras 3.15 in tests/test_tasks.py",
    zh="典则联系，dL/dz = p − y：tests/test_tasks.py 在 Keras 3.15 上验证过",
)
_LECTURE = Text(en=f"lecture: {{}}; {_GLM.en}", zh=f"讲义：{{}}；{_GLM.zh}")
_KERAS = "Keras 3.15, keras.losses.{}"

_ADAM = Text(
    en="Adam hardly needs its step tuned on small data; with {} it reaches the linear model's "
    "score, or comes within a point of it, in 50 epochs on the data sets shipped here.",
    zh="小数据上 Adam 几乎不用调步长；学习率取 {}，在自带的数据集上 50 轮就能追上线性模型，"
    "最多差一个百分点。",
)
_SGD = Alternative(
    "SGD(0.1)",
    Text(
        en="to see gradients vanish: Adam rescales every step and hides it.",
        zh="想亲眼看到梯度消失时用它：Adam 会重新缩放每一步，把问题掩盖住。",
    ),
)


def _adam(rate: float) -> Choice:
    """Give the optimizer choice at one learning rate."""
    return Choice(
        value=f"Adam({rate})",
        reason=_ADAM.format(rate),
        formula="w ← w − η · m̂ / (√v̂ + ε)",
        source="Keras 3.15, keras.optimizers.Adam; benchmarks/scores.py",
        alternatives=(_SGD,),
    )


_LOGITS = Alternative(
    "linear + from_logits=True",
    Text(
        en="with mixed precision, on the JAX or torch backend, or when any layer follows the "
        "activation: there the loss is computed from rounded probabilities. The model then "
        "predicts raw scores: apply the activation when you read them.",
        zh="用混合精度、JAX/torch 后端，或激活后面还接别的层时选它：否则损失只能用舍入过的概率来算。"
        "这样模型给出的是原始分数，读结果时要自己再套一次激活函数。",
    ),
)
_LINEAR_LAST = Avoid(
    "linear",
    Text(
        en="raw scores under a probability loss: it trains erratically and the outputs are no "
        "probabilities. Only with from_logits=True.",
        zh="把原始分数直接交给概率损失：训练忽好忽坏，输出也不是概率。除非写 from_logits=True。",
    ),
)
_RELU_LAST = Avoid(
    "relu",
    Text(
        en="below zero its output and gradient are both 0: a unit that starts there never learns.",
        zh="小于零的一侧输出和梯度都是 0：一开始就落在那边的神经元永远学不动。",
    ),
)
_SQUASHED = Text(
    en="cannot leave {}: every target outside is out of reach, however long you train.",
    zh="输出出不了 {}：落在外面的目标值训练再久也够不着。",
)
_NO_RANGE = Text(
    en="nothing keeps it inside the range of the targets: it predicts impossible values.",
    zh="没有任何东西把输出留在目标的取值范围内，会预测出不可能的值。",
)
_MSE = Text(
    en="where the sigmoid is saturated its gradient is nearly 0: a confident mistake is hardly "
    "corrected (at z = −10: 9e-5 against 1.0 for cross-entropy).",
    zh="sigmoid 饱和时均方误差的梯度几乎为 0，错得越自信越改不动（z = −10 时只有 9e-5，交叉熵是 1.0）。",
)
_METRIC_STRING = Avoid(
    "'accuracy'",
    Text(
        en="Keras guesses which accuracy the string means from shapes; name the class instead.",
        zh="Keras 会按形状去猜这个字符串指哪种准确率；直接写类名更保险。",
    ),
)
_BINARY_LOSS = (
    "-np.mean(y * np.log(np.maximum(p, 1e-7)) + (1 - y) * np.log(np.maximum(1 - p, 1e-7)))"
)
_R2 = "1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y, axis=0)) ** 2)"
_R2_NAME = Text(en="R²", zh="决定系数 R²")
_ACCURACY = Text(en="accuracy", zh="准确率")
_SHARE_PRIOR = "np.clip(np.mean(y, axis=0), 1e-6, 1 - 1e-6)"
_LOGIT = "np.log(prior / (1 - prior))"
_START = Text(
    en="The first predictions then lie around {} instead of anywhere, so training need not spend "
    "its first epochs finding it.",
    zh="这样最初的预测就落在{}附近，而不是随便什么地方，训练不必先花几轮去找它。",
)
_CHECKED = Text(
    en="checked in tests/test_models.py: with zero kernels the model predicts exactly that",
    zh="tests/test_models.py 验证过：权重为零时，模型预测的正是它",
)
_ZERO_BIAS = Alternative(
    "zeros",
    Text(en="when the classes are about equal in size.", zh="各类数量差不多时，用零也行。"),
)

BINARY = Task(
    name="binary",
    title=Text(en="binary classification", zh="二分类"),
    aliases=("二分类", "binary classification", "二分类问题"),
    when=Text(en="each row is one of two classes", zh="每个样本属于两类中的一类"),
    units="1",
    dataset="breast_cancer",
    confirm_on="breast_cancer",
    last=Choice(
        value="sigmoid",
        reason=Text(
            en="One number between 0 and 1 is all a yes/no question needs: the probability of "
            "class 1. The other class has what is left.",
            zh="是非题只要一个 0 到 1 之间的数：属于第 1 类的概率；剩下的就是另一类的。",
        ),
        formula="p = σ(z) = 1 / (1 + e^−z)",
        source=_LECTURE.format("二分类 → sigmoid"),
        alternatives=(
            Alternative(
                "softmax(2)",
                Text(
                    en="when the labels are one-hot already: it is the sigmoid of the difference of "
                    "its two scores, with one score too many.",
                    zh="标签已经是独热编码时可用：它等于两个分数之差的 sigmoid，只是多了一个分数。",
                ),
            ),
            _LOGITS,
        ),
        avoid=(
            Avoid(
                "softmax(1)",
                Text(
                    en="softmax shares out 1 among its units; a single unit always gets all of it. "
                    "It predicts 1 for every row while the loss falls as if nothing were wrong.",
                    zh="softmax 是把 1 分给各个单元；只有一个单元，它永远独得 1。"
                    "每个样本都预测成 1，损失曲线却照样漂亮地下降。",
                ),
            ),
            _LINEAR_LAST,
            Avoid("tanh", _SQUASHED.format("[−1, 1]")),
            _RELU_LAST,
        ),
    ),
    loss=Choice(
        value="BinaryCrossentropy",
        reason=Text(
            en="The negative log-likelihood of a coin with probability p; with the sigmoid its "
            "gradient is simply p − y.",
            zh="就是概率为 p 的抛硬币的负对数似然；和 sigmoid 配在一起，梯度正好是 p − y。",
        ),
        formula="L = −[y ln p + (1 − y) ln(1 − p)]",
        source=_KERAS.format("BinaryCrossentropy"),
        alternatives=(
            Alternative(
                "BinaryFocalCrossentropy",
                Text(
                    en="when one class is very rare and easy rows drown the hard ones.",
                    zh="某一类特别少、容易的样本把难样本淹没时。",
                ),
            ),
        ),
        avoid=(
            Avoid("MeanSquaredError", _MSE),
            Avoid(
                "CategoricalCrossentropy",
                Text(
                    en="with one unit its softmax is constant: there is nothing to learn.",
                    zh="只有一个单元时它的 softmax 是常数，什么也学不到。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.01),
    learning_rate=0.01,
    metrics=Choice(
        value="BinaryAccuracy, AUC",
        reason=Text(
            en="Accuracy counts right answers at p ≥ 0.5; AUC asks whether ones are ranked above "
            "zeros at any threshold, also when the classes are unequal.",
            zh="准确率数 p ≥ 0.5 时答对了多少；AUC 看正例是否总排在负例前面，类别不均衡时也说得清。",
        ),
        formula="mean[(p ≥ 0.5) = y]",
        source="Keras 3.15, keras.metrics.BinaryAccuracy, keras.metrics.AUC",
        alternatives=(
            Alternative(
                "Precision, Recall",
                Text(
                    en="when the two kinds of mistake do not cost the same.",
                    zh="两种错误代价不一样时。",
                ),
            ),
        ),
        avoid=(_METRIC_STRING,),
    ),
    labels=Choice(
        value="0 or 1, shape (n,) or (n, 1)",
        shown=Text(en="0 or 1, shape (n,) or (n, 1)", zh="0 或 1，形状 (n,) 或 (n, 1)"),
        reason=Text(
            en="The loss reads y as the probability of class 1; other numbers (−1, 2) drive it to "
            "minus infinity without a word.",
            zh="损失把 y 当作第 1 类的概率；换成别的数（−1、2）它会一声不响地掉到负无穷。",
        ),
        formula="y ∈ {0, 1}",
        source=_KERAS.format("BinaryCrossentropy"),
    ),
    targets="classes",
    prior=_SHARE_PRIOR,
    bias=_LOGIT,
    bias_start=Choice(
        value="ln(p̄ / (1 − p̄))",
        reason=_START.format(Text(en="the share of class 1", zh="第 1 类所占的比例")),
        formula="σ(b) = p̄",
        source=Text(
            en="measured at p̄ = 0.01: the first loss is 0.067 instead of 0.81",
            zh="实测 p̄ = 0.01 时：第一次的损失是 0.067，而不是 0.81",
        ),
        alternatives=(_ZERO_BIAS,),
    ),
    read=Text(
        en="p is the probability of class 1; say class 1 when p ≥ 0.5.",
        zh="p 就是属于第 1 类的概率；p ≥ 0.5 就判为第 1 类。",
    ),
    read_line="(p >= 0.5).astype(int)",
    score_name=_ACCURACY,
    score_line="np.mean((p >= 0.5) == y)",
    loss_line=_BINARY_LOSS,
    contract_picture="probabilities",
    contract=(
        "finite",
        "in-unit-interval",
        "not-constant",
        "equals-sigmoid",
        "beats-constant",
        "every-class-predicted",
    ),
    wrong=(
        WrongLast(
            units="1",
            activation="softmax",
            bias=_LOGIT,
            why=Text(
                en="one unit has nothing to share with: softmax(1) = 1 for every row",
                zh="只有一个单元，没有谁可分：softmax(1) 对每个样本都是 1",
            ),
        ),
    ),
)

MULTICLASS = Task(
    name="multiclass",
    title=Text(en="multiclass classification", zh="多分类"),
    aliases=("多分类", "multiclass classification", "multi-class", "多分类问题"),
    when=Text(en="each row is exactly one of K classes", zh="每个样本恰好属于 K 类中的一类"),
    units="K",
    dataset="iris",
    confirm_on="iris",
    last=Choice(
        value="softmax",
        reason=Text(
            en="The classes exclude each other, so their probabilities must add up to 1; softmax "
            "makes them compete for it.",
            zh="各类互相排斥，概率加起来必须等于 1；softmax 就是让它们来分这个 1。",
        ),
        formula="p_k = e^{z_k} / Σ_j e^{z_j}",
        source=_LECTURE.format("多分类 → softmax"),
        alternatives=(_LOGITS,),
        avoid=(
            Avoid(
                "sigmoid",
                Text(
                    en="K separate yes/no answers: the rows do not add up to 1. On TensorFlow the "
                    "loss curve is exactly that of softmax, so training does not show it.",
                    zh="等于 K 个互不相干的是非题：每行加起来不等于 1。在 TensorFlow 上它的损失曲线"
                    "和 softmax 一模一样，光看训练看不出来。",
                ),
            ),
            _LINEAR_LAST,
            _RELU_LAST,
            Avoid(
                "softmax(1)",
                Text(
                    en="one unit is not enough for K classes: always 1.",
                    zh="K 类只给一个单元不够用：输出永远是 1。",
                ),
            ),
        ),
    ),
    loss=Choice(
        value="SparseCategoricalCrossentropy",
        reason=Text(
            en="The negative log of the probability given to the true class; with softmax its "
            "gradient is simply p − y.",
            zh="就是给真实类别的那个概率取负对数；和 softmax 配在一起，梯度正好是 p − y。",
        ),
        formula="L = −ln p_y",
        source=_KERAS.format("SparseCategoricalCrossentropy"),
        alternatives=(
            Alternative(
                "CategoricalCrossentropy",
                Text(
                    en="when the labels are one-hot or probabilities, or for label smoothing.",
                    zh="标签是独热编码或概率时，或者要做标签平滑时。",
                ),
            ),
        ),
        avoid=(
            Avoid("MeanSquaredError", _MSE),
            Avoid(
                "BinaryCrossentropy",
                Text(
                    en="it asks K separate yes/no questions and forgets that exactly one is right.",
                    zh="它问的是 K 个独立的是非题，忘了其中恰好只有一个对。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.01),
    learning_rate=0.01,
    metrics=Choice(
        value="SparseCategoricalAccuracy",
        reason=Text(
            en="Counts how often the most probable class is the true one.",
            zh="数一数概率最大的那一类有多少次正好是真实类别。",
        ),
        formula="mean[argmax p = y]",
        source="Keras 3.15, keras.metrics.SparseCategoricalAccuracy",
        alternatives=(
            Alternative(
                "SparseTopKCategoricalAccuracy",
                Text(en="with very many classes.", zh="类别特别多时。"),
            ),
        ),
        avoid=(_METRIC_STRING,),
    ),
    labels=Choice(
        value="0, 1, …, K−1, shape (n,) or (n, 1); or one-hot, shape (n, K)",
        shown=Text(
            en="0, 1, …, K−1, shape (n,) or (n, 1); or one-hot, shape (n, K)",
            zh="0、1……K−1，形状 (n,) 或 (n, 1)；或独热编码，形状 (n, K)",
        ),
        reason=Text(
            en="The label is used as the column number of its class. Other labels are mapped by "
            "y = np.searchsorted(classes, y).",
            zh="标签就是这一类所在的列号。别的写法先映射：y = np.searchsorted(classes, y)。",
        ),
        formula="y ∈ {0, …, K−1}",
        source=_KERAS.format("SparseCategoricalCrossentropy"),
    ),
    targets="classes",
    prior="np.clip(np.bincount(y) / len(y), 1e-6, 1)",
    bias="np.log(prior)",
    bias_start=Choice(
        value="ln π_k",
        reason=_START.format(Text(en="each class's share", zh="每一类所占的比例")),
        formula="softmax(ln π) = π",
        source=_CHECKED,
        alternatives=(_ZERO_BIAS,),
    ),
    read=Text(
        en="p_k is the probability of class k; say the class with the largest one (argmax).",
        zh="p_k 就是属于第 k 类的概率；取最大的那一类（argmax）。",
    ),
    read_line="p.argmax(axis=1)",
    score_name=_ACCURACY,
    score_line="np.mean(p.argmax(axis=1) == y)",
    loss_line="-np.mean(np.log(np.maximum(p[np.arange(len(y)), y], 1e-7)))",
    contract_picture="row sums",
    contract=(
        "finite",
        "in-unit-interval",
        "rows-sum-to-one",
        "not-constant",
        "beats-constant",
        "every-class-predicted",
    ),
    wrong=(
        WrongLast(
            units="K",
            activation="sigmoid",
            bias="np.log(prior)",
            why=Text(
                en="K separate yes/no answers: the rows do not add up to 1",
                zh="K 个互不相干的是非题：每行加起来不等于 1",
            ),
        ),
        WrongLast(
            units="K",
            activation="linear",
            bias="prior",
            why=Text(
                en="raw scores: negative, and they do not add up to 1",
                zh="原始分数：有负数，加起来也不等于 1",
            ),
        ),
    ),
    onehot=OneHot(
        loss="CategoricalCrossentropy",
        metrics=("CategoricalAccuracy",),
        prior="np.clip(np.mean(y, axis=0), 1e-6, 1)",
    ),
)

REGRESSION = Task(
    name="regression",
    title=Text(en="regression", zh="回归"),
    aliases=("回归", "回归问题", "linear regression"),
    when=Text(en="each row has a real number (or several)", zh="每个样本对应一个（或几个）实数"),
    units="d",
    dataset="diabetes",
    confirm_on="plane",
    last=Choice(
        value="linear",
        reason=Text(
            en="The target may be any real number, so nothing may bend or bound the last sum: "
            "f(x) = x, which is the same as no activation.",
            zh="目标可以是任意实数，最后的加权和就不能再被弯折或截断：f(x) = x，也就是不加激活函数。",
        ),
        formula="ŷ = z",
        source=_LECTURE.format("回归 → f(x) = x"),
        alternatives=(
            Alternative(
                "softplus, exponential, sigmoid",
                Text(
                    en="when the target is positive, a count, or a share: tasks 'positive', "
                    "'count', 'share'.",
                    zh="目标是正数、计数或比例时：见任务 positive、count、share。",
                ),
            ),
        ),
        avoid=(
            Avoid("sigmoid", _SQUASHED.format("[0, 1]")),
            Avoid("tanh", _SQUASHED.format("[−1, 1]")),
            _RELU_LAST,
            Avoid(
                "softmax(1)",
                Text(en="predicts 1 for every row.", zh="每个样本都预测成 1。"),
            ),
        ),
    ),
    loss=Choice(
        value="MeanSquaredError",
        reason=Text(
            en="Its best constant is the mean, and with a linear output its gradient is simply "
            "ŷ − y (times 2/n).",
            zh="它的最佳常数就是平均值；和线性输出配在一起，梯度就是 ŷ − y（再乘 2/n）。",
        ),
        formula="L = (ŷ − y)²",
        source=_KERAS.format("MeanSquaredError"),
        alternatives=(
            Alternative(
                "Huber, MeanAbsoluteError",
                Text(
                    en="when a few targets are far out and must not rule the fit.",
                    zh="有少数离群的目标值、不想被它们牵着走时。",
                ),
            ),
        ),
        avoid=(
            Avoid(
                "BinaryCrossentropy",
                Text(
                    en="targets outside 0..1 send it to minus infinity without a word.",
                    zh="目标超出 0..1 时，它会一声不响地掉到负无穷。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.001),
    learning_rate=0.001,
    metrics=Choice(
        value="RootMeanSquaredError, R2Score",
        reason=Text(
            en="RMSE is in the target's own unit; R² is the share of its variance explained.",
            zh="RMSE 的单位和目标一样；R² 是解释掉的方差比例。",
        ),
        formula="R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²",
        source="Keras 3.15, keras.metrics.RootMeanSquaredError, keras.metrics.R2Score",
        alternatives=(
            Alternative(
                "MeanAbsoluteError",
                Text(en="to tell a layman how far off it is.", zh="要给外行讲平均差多少时。"),
            ),
        ),
        avoid=(
            Avoid(
                "'accuracy'",
                Text(
                    en="it counts exact hits of real numbers; on one unit Keras silently takes it "
                    "for binary accuracy.",
                    zh="拿实数去数“完全相等”没有意义；只有一个单元时 Keras 会悄悄当成二分类准确率。",
                ),
            ),
        ),
    ),
    labels=Choice(
        value="real numbers, shape (n,) or (n, d)",
        shown=Text(en="real numbers, shape (n,) or (n, d)", zh="实数，形状 (n,) 或 (n, d)"),
        reason=Text(
            en="Raw targets are kept. With tanh or sigmoid in the hidden layers, or targets in the "
            "thousands, standardise y on the training rows first: saturating units need far too "
            "many epochs to reach large values.",
            zh="目标保持原样。隐藏层用 tanh 或 sigmoid，或者目标动辄成千上万时，先用训练集把 y 标准化："
            "会饱和的神经元要太多轮才够得到大数值。",
        ),
        formula="y ∈ ℝ",
        source=Text(
            en="measured: on raw diabetes targets the ranking of activations is one of "
            "under-training; on standardised targets it reverses",
            zh="实测：diabetes 用原始目标时，激活函数的排名只反映谁训练得不够；标准化后排名倒过来",
        ),
    ),
    targets="numbers",
    prior="np.mean(y, axis=0)",
    bias="prior",
    bias_start=Choice(
        value="ȳ",
        reason=_START.format(Text(en="the mean of the targets", zh="目标的平均值")),
        formula="b = ȳ",
        source=_CHECKED,
        alternatives=(
            Alternative(
                "zeros",
                Text(en="when y is standardised.", zh="y 已经标准化时，用零即可。"),
            ),
        ),
    ),
    read=Text(en="ŷ is the number itself.", zh="输出 ŷ 就是要的那个数。"),
    read_line="p",
    score_name=_R2_NAME,
    score_line=_R2,
    loss_line="np.mean((y - p) ** 2)",
    contract_picture="reach",
    contract=(
        "finite",
        "not-constant",
        "reaches-low",
        "reaches-middle",
        "reaches-high",
        "reaches-negative",
        "beats-constant",
    ),
    wrong=(
        WrongLast(
            units="K",
            activation="sigmoid",
            bias="np.zeros_like(prior)",
            why=Text(en="cannot leave [0, 1]", zh="出不了 [0, 1]"),
        ),
        WrongLast(
            units="K",
            activation="tanh",
            bias="np.zeros_like(prior)",
            why=Text(en="cannot leave [−1, 1]", zh="出不了 [−1, 1]"),
        ),
        WrongLast(
            units="K",
            activation="relu",
            bias="np.mean(np.maximum(y, 0), axis=0)",
            why=Text(en="is never negative", zh="永远不会是负数"),
        ),
    ),
)

MULTILABEL = Task(
    name="multilabel",
    title=Text(en="multilabel classification", zh="多标签分类"),
    aliases=("多标签", "多标签分类", "multi-label", "multilabel classification"),
    when=Text(
        en="each row may carry none, one or several of K labels",
        zh="每个样本可以没有标签，也可以同时带几个",
    ),
    units="K",
    dataset="topics",
    confirm_on="topics",
    last=Choice(
        value="sigmoid",
        reason=Text(
            en="Every label is a yes/no question of its own, so each unit gets its own probability "
            "and none takes from another.",
            zh="每个标签都是一道单独的是非题，各单元各给各的概率，互不争抢。",
        ),
        formula="p_k = σ(z_k)",
        source=_GLM,
        alternatives=(_LOGITS,),
        avoid=(
            Avoid(
                "softmax",
                Text(
                    en="makes the labels compete for a total of 1: a row with two labels can never "
                    "have both near 1.",
                    zh="让各标签去抢同一个 1：一个样本带两个标签时，不可能两个都接近 1。",
                ),
            ),
            _LINEAR_LAST,
        ),
    ),
    loss=Choice(
        value="BinaryCrossentropy",
        reason=Text(
            en="The mean over the labels of each one's own binary cross-entropy.",
            zh="每个标签各算一个二元交叉熵，再取平均。",
        ),
        formula="L = −mean_k [y_k ln p_k + (1 − y_k) ln(1 − p_k)]",
        source=_KERAS.format("BinaryCrossentropy"),
        alternatives=(
            Alternative(
                "BinaryFocalCrossentropy",
                Text(en="when most labels are rare.", zh="大多数标签都很少出现时。"),
            ),
        ),
        avoid=(
            Avoid(
                "CategoricalCrossentropy",
                Text(
                    en="it assumes exactly one right class; on TensorFlow it silently uses softmax.",
                    zh="它假定恰好只有一类是对的；在 TensorFlow 上会悄悄换成 softmax 去算。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.01),
    learning_rate=0.01,
    metrics=Choice(
        value="BinaryAccuracy",
        reason=Text(
            en="Counts right labels, each at p_k ≥ 0.5.",
            zh="按 p_k ≥ 0.5 逐个标签数对了多少。",
        ),
        formula="mean[(p_k ≥ 0.5) = y_k]",
        source="Keras 3.15, keras.metrics.BinaryAccuracy",
        alternatives=(
            Alternative(
                "AUC(multi_label=True), F1Score(threshold=0.5)",
                Text(en="when labels are rare.", zh="标签很少出现时。"),
            ),
        ),
        avoid=(
            Avoid(
                "'accuracy'",
                Text(
                    en="on K units Keras takes it for categorical accuracy, the argmax: wrong here.",
                    zh="K 个单元时 Keras 会当成按 argmax 算的分类准确率，这里是错的。",
                ),
            ),
        ),
    ),
    labels=Choice(
        value="0 or 1, shape (n, K)",
        shown=Text(en="0 or 1, shape (n, K)", zh="0 或 1，形状 (n, K)"),
        reason=Text(en="One column a label.", zh="一列一个标签。"),
        formula="y ∈ {0, 1}^K",
        source=_KERAS.format("BinaryCrossentropy"),
    ),
    targets="flags",
    prior=_SHARE_PRIOR,
    bias=_LOGIT,
    bias_start=Choice(
        value="ln(p̄_k / (1 − p̄_k))",
        reason=_START.format(Text(en="each label's share", zh="每个标签出现的比例")),
        formula="σ(b_k) = p̄_k",
        source=_CHECKED,
        alternatives=(_ZERO_BIAS,),
    ),
    read=Text(
        en="p_k is the probability of label k; give every label with p_k ≥ 0.5.",
        zh="p_k 就是带第 k 个标签的概率；凡 p_k ≥ 0.5 的标签都给上。",
    ),
    read_line="(p >= 0.5).astype(int)",
    score_name=Text(en="share of right labels", zh="标签正确的比例"),
    score_line="np.mean((p >= 0.5) == y)",
    loss_line=_BINARY_LOSS,
    contract_picture="row sums",
    contract=(
        "finite",
        "in-unit-interval",
        "not-constant",
        "columns-independent",
        "row-sums-free",
        "beats-constant",
        "every-class-predicted",
    ),
    wrong=(
        WrongLast(
            units="K",
            activation="softmax",
            bias="np.log(prior)",
            why=Text(
                en="the labels compete: each row must add up to 1",
                zh="各标签互相争抢：每行必须加起来等于 1",
            ),
        ),
    ),
)

_LOG_RANGE = Alternative(
    "exponential",
    Text(
        en="when the targets span several powers of ten: one unit of z is then a factor of e.",
        zh="目标跨好几个数量级时：z 每加 1，预测就乘以 e。",
    ),
)

POSITIVE = Task(
    name="positive",
    title=Text(en="positive target", zh="正数目标"),
    aliases=("正数", "正数目标", "positive regression", "positive target"),
    when=Text(
        en="each row has a number above 0: a price, a duration, a mass",
        zh="每个样本对应一个大于 0 的数：价格、时长、质量",
    ),
    units="1",
    dataset="rents",
    confirm_on="rents",
    last=Choice(
        value="softplus",
        reason=Text(
            en="Always above 0, nearly linear for large z, and its gradient is never exactly cut "
            "off as ReLU's is.",
            zh="永远大于 0，z 大时近乎线性，而且不像 ReLU 那样把梯度一刀切断。",
        ),
        formula="ŷ = ln(1 + e^z)",
        source="Keras 3.15, keras.activations.softplus; advisor confirm positive",
        alternatives=(
            _LOG_RANGE,
            Alternative(
                "linear + ln y",
                Text(
                    en="simplest of all: train on np.log(y), read with np.exp.",
                    zh="最省事的办法：用 np.log(y) 训练，读结果时取 np.exp。",
                ),
            ),
        ),
        avoid=(Avoid("linear", _NO_RANGE), _RELU_LAST),
    ),
    loss=Choice(
        value="MeanSquaredLogarithmicError",
        reason=Text(
            en="Above 1, errors count in proportion: twice too much is about as bad at 10 as at "
            "1000. Well below 1 it turns into the squared error.",
            zh="大于 1 时误差按比例算：多估一倍，在 10 上和在 1000 上差不多一样糟；远小于 1 时就接近均方误差。",
        ),
        formula="L = (ln(1 + ŷ) − ln(1 + y))²",
        source=_KERAS.format("MeanSquaredLogarithmicError"),
        alternatives=(
            Alternative(
                "MeanSquaredError",
                Text(
                    en="when an error of 1 costs the same at every size.",
                    zh="无论数值大小，差 1 的代价都一样时。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.01),
    learning_rate=0.01,
    metrics=Choice(
        value="MeanAbsolutePercentageError, RootMeanSquaredError",
        reason=Text(
            en="The percentage says how far off in proportion, RMSE how far in the target's unit.",
            zh="百分比误差说的是相差几成，RMSE 说的是差多少个单位。",
        ),
        formula="100 · mean|y − ŷ| / y",
        source="Keras 3.15, keras.metrics.MeanAbsolutePercentageError",
    ),
    labels=Choice(
        value="real numbers > 0, shape (n,) or (n, 1)",
        shown=Text(
            en="real numbers > 0, shape (n,) or (n, 1)", zh="大于 0 的实数，形状 (n,) 或 (n, 1)"
        ),
        reason=Text(
            en="Choose the unit so that targets are roughly 0.1 to 100: softplus is linear, it has "
            "to climb to large numbers step by step.",
            zh="选个合适的单位，让目标大致在 0.1 到 100 之间：softplus 是线性上升的，大数得一步步爬。",
        ),
        formula="y > 0",
        source=_KERAS.format("MeanSquaredLogarithmicError"),
    ),
    targets="numbers",
    valid="y > 0",
    repair="Use task 'regression' for numbers of any sign, 'count' for counts.",
    prior="np.expm1(np.mean(np.log1p(y), axis=0))",
    bias="prior + np.log(-np.expm1(-prior))",
    bias_start=Choice(
        value="ln(e^c − 1),  c = exp(mean ln(1 + y)) − 1",
        reason=_START.format(Text(en="the best constant", zh="最佳常数")),
        formula="softplus(b) = c",
        source=_CHECKED,
    ),
    read=Text(en="ŷ is the number itself, never 0 or below.", zh="输出就是那个数，绝不会 ≤ 0。"),
    read_line="p",
    score_name=_R2_NAME,
    score_line=_R2,
    loss_line="np.mean((np.log1p(np.maximum(p, 0)) - np.log1p(y)) ** 2)",
    contract_picture="reach",
    contract=("finite", "positive-only", "not-constant", "beats-constant"),
    wrong=(
        WrongLast(
            units="1",
            activation="linear",
            bias="np.mean(y, axis=0)",
            loss="MeanSquaredError",
            why=Text(en="predicts numbers below 0", zh="会预测出负数"),
        ),
    ),
)

COUNT = Task(
    name="count",
    title=Text(en="count", zh="计数"),
    aliases=("计数", "count regression", "poisson"),
    when=Text(
        en="each row has a number of events: 0, 1, 2, …", zh="每个样本对应一个次数：0、1、2……"
    ),
    units="1",
    dataset="rentals",
    confirm_on="rentals",
    last=Choice(
        value="exponential",
        reason=Text(
            en="The output is the expected count, which is above 0; effects multiply: one unit of z "
            "is a factor of e.",
            zh="输出是期望次数，一定大于 0；各因素的作用是相乘的：z 加 1，次数乘以 e。",
        ),
        formula="μ = e^z",
        source=_GLM,
        alternatives=(
            Alternative(
                "softplus",
                Text(
                    en="when effects add up rather than multiply, or exp overflows (z > 88).",
                    zh="各因素是相加而不是相乘，或者指数会溢出（z > 88）时。",
                ),
            ),
        ),
        avoid=(
            Avoid(
                "linear",
                Text(
                    en="predicts negative counts; under the Poisson loss one of them gives NaN.",
                    zh="会预测出负的次数；泊松损失只要碰到一个就变成 NaN。",
                ),
            ),
            _RELU_LAST,
        ),
    ),
    loss=Choice(
        value="Poisson",
        reason=Text(
            en="The negative log-likelihood of counts around the mean μ; with the exponential its "
            "gradient is simply μ − y.",
            zh="就是均值为 μ 的计数的负对数似然；和指数输出配在一起，梯度正好是 μ − y。",
        ),
        formula="L = μ − y ln μ",
        source=_KERAS.format("Poisson"),
        alternatives=(
            Alternative(
                "MeanSquaredError + ln(1 + y)",
                Text(en="for large counts without zeros.", zh="次数都很大、没有 0 时。"),
            ),
        ),
        avoid=(
            Avoid(
                "MeanSquaredError",
                Text(
                    en="lets a few large counts rule and allows negative ones.",
                    zh="会让少数大数说了算，还允许出现负数。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.001),
    learning_rate=0.001,
    metrics=Choice(
        value="MeanAbsoluteError, RootMeanSquaredError",
        reason=Text(
            en="Both are in counts. The Poisson loss itself may be negative: compare, don't read it.",
            zh="两者的单位都是“次”。泊松损失本身可能是负数：只能拿来比较，别去读它的绝对大小。",
        ),
        formula="mean|y − μ|",
        source="Keras 3.15, keras.metrics.MeanAbsoluteError",
    ),
    labels=Choice(
        value="whole numbers ≥ 0, shape (n,) or (n, 1)",
        shown=Text(
            en="whole numbers ≥ 0, shape (n,) or (n, 1)", zh="不小于 0 的整数，形状 (n,) 或 (n, 1)"
        ),
        reason=Text(en="The count itself, not its log.", zh="直接给次数，不要取对数。"),
        formula="y ∈ {0, 1, 2, …}",
        source=_KERAS.format("Poisson"),
    ),
    targets="numbers",
    valid="(y >= 0) & (y == np.round(y))",
    repair="Use task 'positive' or 'regression' for fractions.",
    prior="np.maximum(np.mean(y, axis=0), 1e-6)",
    bias="np.log(prior)",
    bias_start=Choice(
        value="ln ȳ",
        reason=_START.format(Text(en="the mean count", zh="平均次数")),
        formula="e^b = ȳ",
        source=_CHECKED,
    ),
    read=Text(
        en="μ is the expected count; round it when a whole number is needed.",
        zh="μ 是期望次数；需要整数时再四舍五入。",
    ),
    read_line="np.round(p).astype(int)",
    score_name=_R2_NAME,
    score_line=_R2,
    loss_line="np.mean(p - y * np.log(np.maximum(p, 1e-7)))",
    contract_picture="reach",
    contract=("finite", "non-negative", "not-constant", "beats-constant"),
    wrong=(
        WrongLast(
            units="1",
            activation="linear",
            bias="np.mean(y, axis=0)",
            loss="MeanSquaredError",
            why=Text(en="predicts negative counts", zh="会预测出负的次数"),
        ),
    ),
)

SHARE = Task(
    name="share",
    title=Text(en="share in [0, 1]", zh="比例（0 到 1）"),
    aliases=("比例", "占比", "proportion", "fraction", "rate"),
    when=Text(
        en="each row has a share between 0 and 1: a rate, a proportion",
        zh="每个样本对应一个 0 到 1 之间的比例：率、占比",
    ),
    units="1",
    dataset="germination",
    confirm_on="germination",
    last=Choice(
        value="sigmoid",
        reason=Text(
            en="A share lives in [0, 1] like a probability, and so does a sigmoid.",
            zh="比例和概率一样落在 [0, 1] 里，sigmoid 的输出正好也在这里。",
        ),
        formula="p = σ(z)",
        source=_GLM,
        alternatives=(
            Alternative(
                "a + (b − a) · sigmoid",
                Text(
                    en="for any other known interval [a, b]: a Rescaling layer after the sigmoid.",
                    zh="取值在另一个已知区间 [a, b] 时：在 sigmoid 后面接一层 Rescaling。",
                ),
            ),
            _LOGITS,
        ),
        avoid=(
            Avoid("linear", _NO_RANGE),
            Avoid("softmax(1)", Text(en="predicts 1 for every row.", zh="每个样本都预测成 1。")),
            _RELU_LAST,
        ),
    ),
    loss=Choice(
        value="BinaryCrossentropy",
        reason=Text(
            en="It is not only for 0 and 1: its best prediction is the mean share, and with the "
            "sigmoid its gradient is p − y, without saturation.",
            zh="它不只用于 0 和 1：最佳预测就是平均比例；和 sigmoid 配在一起梯度是 p − y，不会饱和。",
        ),
        formula="L = −[y ln p + (1 − y) ln(1 − p)]",
        source=_KERAS.format("BinaryCrossentropy"),
        alternatives=(
            Alternative(
                "MeanSquaredError",
                Text(
                    en="when errors in the middle matter as much as at the ends.",
                    zh="中间的误差和两头的误差同样要紧时。",
                ),
            ),
        ),
    ),
    optimizer=_adam(0.01),
    learning_rate=0.01,
    metrics=Choice(
        value="MeanAbsoluteError, RootMeanSquaredError",
        reason=Text(
            en="Both say how far off the share is. The loss does not end at 0 but at the entropy "
            "of y.",
            zh="两者都说明比例差了多少。这里损失的下限不是 0，而是 y 自身的熵。",
        ),
        formula="mean|y − p|",
        source="Keras 3.15, keras.metrics.MeanAbsoluteError",
        avoid=(
            Avoid(
                "'accuracy'",
                Text(en="a share is not right or wrong.", zh="比例没有对错之分。"),
            ),
        ),
    ),
    labels=Choice(
        value="real numbers in [0, 1], shape (n,) or (n, 1)",
        shown=Text(
            en="real numbers in [0, 1], shape (n,) or (n, 1)",
            zh="[0, 1] 里的实数，形状 (n,) 或 (n, 1)",
        ),
        reason=Text(en="Per cent must be divided by 100 first.", zh="百分数要先除以 100。"),
        formula="0 ≤ y ≤ 1",
        source=_KERAS.format("BinaryCrossentropy"),
    ),
    targets="numbers",
    valid="(y >= 0) & (y <= 1)",
    repair="Divide per cent by 100; use task 'regression' for any number.",
    prior=_SHARE_PRIOR,
    bias=_LOGIT,
    bias_start=Choice(
        value="ln(ȳ / (1 − ȳ))",
        reason=_START.format(Text(en="the mean share", zh="平均比例")),
        formula="σ(b) = ȳ",
        source=_CHECKED,
        alternatives=(_ZERO_BIAS,),
    ),
    read=Text(en="p is the share itself.", zh="输出 p 就是那个比例。"),
    read_line="p",
    score_name=_R2_NAME,
    score_line=_R2,
    loss_line=_BINARY_LOSS,
    contract_picture="reach",
    contract=("finite", "in-unit-interval", "not-constant", "beats-constant"),
    wrong=(
        WrongLast(
            units="1",
            activation="linear",
            bias="np.mean(y, axis=0)",
            loss="MeanSquaredError",
            why=Text(en="predicts shares outside [0, 1]", zh="会预测出 [0, 1] 以外的比例"),
        ),
    ),
)

TASKS: dict[str, Task] = {
    row.name: row for row in (BINARY, MULTICLASS, REGRESSION, MULTILABEL, POSITIVE, COUNT, SHARE)
}
LECTURE = ("binary", "multiclass", "regression")  # the three that the lecture speaks of


def find_task(name: object) -> Task:
    """Return the row of a task by its English or Chinese name.

    Raises:
        UnknownNameError: no task bears this name.

    Example:
        >>> find_task("多分类").name
        'multiclass'
    """
    if isinstance(name, Task):
        return name
    wanted = str(name).strip().lower().replace("_", " ")
    if wanted in TASKS:
        return TASKS[wanted]
    for row in TASKS.values():
        if wanted in (row.title.en.lower(), row.title.zh, *row.aliases):
            return row
    raise UnknownNameError("task", name, TASKS)
