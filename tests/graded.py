"""A small graded class: right, half right, refused, not attempted, marked by hand, set aside."""

from __future__ import annotations

from dataclasses import replace

from advisor.grading.marks import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_GRADED,
    NOT_YET,
    PARTLY,
    REFUSED,
    Mark,
    Part,
    Result,
    Slip,
)
from advisor.grading.roster import Student
from advisor.text import Text

TITLE = Text(en="Three heads", zh="三种输出层")
HOSTILE = "<img src=x onerror=alert(1)>\"'&</title><script>alert(2)</script>\u202egnp.exe"
SHEET = '=HYPERLINK("http://example.invalid","张三")'
QUESTIONS = {
    "q1": Text(
        en="Build a compiled model for 3 classes: last layer and loss are looked at.",
        zh="为 3 个类别搭一个编译好的模型：看输出层和损失函数。",
    ),
    "q2": Text(
        en="Repair the model below until `check` finds nothing.",
        zh="修好下面的模型，直到 `check` 不再报告。",
    ),
    "q3": Text(
        en="Read off the curve: how many epochs until the loss is below 0.1?",
        zh="从曲线读出：多少个 epoch 之后损失低于 0.1？",
    ),
    "q4": Text(
        en="Which activation for the hidden layers, and why?", zh="隐藏层用哪个激活函数，为什么？"
    ),
    "q5": Text(en="Predict the price; reach the band.", zh="预测价格，达到参考范围。"),
}
NOTHING = Text(en="", zh="")
LAST, LOSS = Text(en="last layer", zh="输出层"), Text(en="loss", zh="损失函数")
SIGMOID = Slip(
    "sigmoid(3) for multiclass",
    Text(en="used sigmoid(3) for several classes", zh="多分类用了 sigmoid(3)"),
    "softmax-output",
)
FADES = Slip(
    "ADV203",
    Text(en="left sigmoid in ten hidden layers", zh="十个隐藏层还用着 sigmoid"),
    "vanishing-gradient",
)
EARLY = Slip("q3: 20", Text(en="answered 20 to q3", zh="q3 答了 20"))
RIGHT_1 = Text(
    en="`Dense(3, activation='softmax')` with `sparse_categorical_crossentropy`.",
    zh="`Dense(3, activation='softmax')`，损失用 `sparse_categorical_crossentropy`。",
)


def _both(en, zh):
    return {"en": en, "zh": zh}


SUMS = {
    "kind": "histogram",
    "title": _both("What each row adds up to", "每行输出之和"),
    "xlabel": _both("sum of a row", "行和"),
    "low": 0.0,
    "high": 2.0,
    "series": [
        {
            "label": _both("rows", "样本"),
            "counts": [0, 1, 3, 8, 15, 21, 30, 41, 38, 22, 12, 6, 3, 0],
        }
    ],
    "marks": [{"x": 1.0, "label": _both("should be 1", "应该是 1")}],
}
CLASSES = {
    "kind": "histogram",
    "title": _both("How much the true class gets", "真实类别拿到多少概率"),
    "xlabel": _both("probability given to the true class", "给真实类别的概率"),
    "low": 0.0,
    "high": 1.0,
    "series": [
        {
            "label": _both(f"true class {k}", f"真实类别 {k}"),
            "counts": [max(0, 3 * k + i - 9) * (1 + (i + k) % 3) for i in range(20)],
        }
        for k in range(3)
    ],
    "marks": [],
}
PRICES = {
    "kind": "scatter",
    "title": _both("Predictions against targets", "预测值对目标值"),
    "xlabel": _both("target", "目标值"),
    "ylabel": _both("prediction", "预测值"),
    "points": [[i / 4, round(i / 4 + ((i * 37) % 11 - 5) / 6, 3)] for i in range(120)],
    "line": [0.0, 0.0, 30.0, 30.0],
}
LAYERS = {
    "kind": "bars",
    "title": _both("Gradient in each layer", "每层的梯度"),
    "ylabel": _both("log10 of its size", "大小取 log10"),
    "labels": [f"dense_{i}" if i else "input_block<b>" for i in range(10)],
    "values": [-7.9, -7.1, -6.2, -5.3, -4.6, -3.8, -3.1, -2.2, -1.4, -0.6],
    "limit": -1.6,
}


def _mark(question, points, out_of, status, message=NOTHING, **more):
    return Mark(question, points, out_of, status, message, **more)


def _right(question, out_of, **more):
    message = Text(en="Right.", zh="正确。")
    return _mark(question, out_of, out_of, CORRECT, message, **more)


HEAD_RIGHT = _right(
    "q1",
    2.0,
    parts=(Part(LAST, 0.6, 1.0, NOTHING), Part(LOSS, 0.4, 1.0, NOTHING)),
    picture=CLASSES,
    right=RIGHT_1,
)
HEAD_HALF = _mark(
    "q1",
    0.8,
    2.0,
    PARTLY,
    Text(
        en="The 3 outputs of layer `out` are right each by itself, but a row need not add up to 1.",
        zh="`out` 层的 3 个输出各自都对，但一行之和不必是 1。",
    ),
    parts=(
        Part(
            LAST,
            0.6,
            0.0,
            Text(
                en="sigmoid on 3 units: rows add up to 0.2 … 1.8, they should add up to 1.",
                zh="3 个单元用 sigmoid：行和在 0.2 … 1.8，应当是 1。",
            ),
        ),
        Part(LOSS, 0.4, 1.0, Text(en="goes with the labels 0, 1, 2.", zh="与标签 0、1、2 相配。")),
    ),
    slips=(SIGMOID,),
    picture=SUMS,
    right=RIGHT_1,
)
HEAD_REFUSED = _mark(
    "q1",
    0.0,
    2.0,
    REFUSED,
    Text(
        en="The file holds a Lambda layer, which is never opened here. Write it as a layer of Keras.",
        zh="文件里有 Lambda 层，这里从不打开。请换成 Keras 自带的层。",
    ),
    right=RIGHT_1,
)
REPAIR_HALF = _mark(
    "q2",
    1.5,
    3.0,
    PARTLY,
    Text(en="One of two faults is gone.", zh="两处毛病修好了一处。"),
    parts=(
        Part(
            Text(en="hidden layers", zh="隐藏层"),
            0.5,
            0.0,
            Text(en="still fade", zh="梯度仍会消失"),
        ),
        Part(Text(en="learning rate", zh="学习率"), 0.5, 1.0, NOTHING),
    ),
    slips=(FADES,),
    picture=LAYERS,
    right=Text(en="ReLU with he_normal.", zh="ReLU 配 he_normal。"),
)
CURVE_WRONG = _mark(
    "q3",
    0.0,
    1.0,
    NOT_YET,
    Text(en="20 is too early: the loss is 0.31 there.", zh="20 太早：那里的损失是 0.31。"),
    slips=(EARLY,),
    right=Text(en="about 47", zh="大约 47"),
)
WHY_BY_HAND = _mark(
    "q4",
    1.5,
    2.0,
    PARTLY,
    Text(en="The choice is right, the reason is not.", zh="选对了，理由不对。"),
    by="Ms Li <li@example.org>",
    reason="Your drawing shows that you know: & so half a point.",
    right=Text(
        en="relu, because its slope is 1 wherever it is on", zh="relu，因为激活处斜率恒为 1"
    ),
)


def _result(student, *marks, notes=(), sha="5f"):
    return Result("heads", "1.2", student, sha * 32, marks, notes, "B")


ABSENT = Text(en="Nothing was handed in for this question.", zh="这道题没有交。")
PRICE_RIGHT = _right("q5", 2.0, picture=PRICES, right=Text(en="R² ≥ 0.91", zh="R² ≥ 0.91"))
PRICE_HALF = _mark(
    "q5",
    1.25,
    2.0,
    PARTLY,
    Text(en="R² is 0.83; the band begins at 0.91.", zh="R² 是 0.83，参考范围从 0.91 起。"),
    picture=PRICES,
    right=Text(en="R² ≥ 0.91", zh="R² ≥ 0.91"),
)
RIGHT = _result(
    "007", HEAD_RIGHT, _right("q2", 3.0), _right("q3", 1.0), _right("q4", 2.0), PRICE_RIGHT
)
HALF = _result("s001", HEAD_HALF, REPAIR_HALF, CURVE_WRONG, _right("q4", 2.0), PRICE_HALF, sha="a1")
GONE = _result(
    "1e5",
    HEAD_REFUSED,
    REPAIR_HALF,
    _right("q3", 1.0),
    _mark("q4", 0.0, 2.0, NOT_ATTEMPTED, ABSENT),
    _mark("q5", 0.0, 2.0, NOT_ATTEMPTED, ABSENT),
    sha="0c",
)
LATE = _result(
    "2024-01-02",
    HEAD_HALF,
    *(_mark(q, 0.0, n, NOT_ATTEMPTED, ABSENT) for q, n in (("q2", 3.0), ("q3", 1.0), ("q4", 2.0))),
    PRICE_HALF,
    notes=(Text(en="Handed in 2 days late.", zh="迟交 2 天。"),),
    sha="77",
)
BY_HAND = _result(
    "20261125", HEAD_HALF, REPAIR_HALF, CURVE_WRONG, WHY_BY_HAND, PRICE_RIGHT, sha="e9"
)
ASIDE = _result(
    "202411250001",
    *(
        _mark(
            q, 0.0, n, NOT_GRADED, Text(en="The grader could not open it.", zh="评分程序打不开它。")
        )
        for q, n in (("q1", 2.0), ("q2", 3.0), ("q3", 1.0), ("q4", 2.0), ("q5", 2.0))
    ),
    sha="42",
)
RESULTS = [HALF, RIGHT, GONE, LATE, BY_HAND, ASIDE]
ROSTER = [
    Student("007", "张三", "zh"),
    Student("008", "王芳", "zh"),
    Student("1e5", "李雷", "zh"),
    Student("s001", "Ada Lovelace", "en"),
    Student("2024-01-02", SHEET),
    Student("20261125", HOSTILE, "en"),
    Student("202411250001", "@SUM(1+1)*cmd|' /C calc'!A0"),
]


def many(n):
    """A class of n, made of the few."""
    return [replace(RESULTS[i % len(RESULTS)], student=f"s{i:03d}") for i in range(n)]
