"""Which task does this y look like, and the y that a model of that task is trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from advisor.errors import LabelError, shown, warn
from advisor.expressions import evaluate
from advisor.tasks import TASKS, Task, find_task
from advisor.text import Text

MANY_CLASSES = 20  # more distinct whole floats than this are taken for a number, not for classes
CERTAIN = Text(en="certain", zh="肯定")
LIKELY = Text(en="likely", zh="很可能")
UNSURE = Text(en="unsure", zh="拿不准")


@dataclass(frozen=True, slots=True)
class Target:
    """What y was taken to be.

    Attributes:
        task: the row of the table of tasks.
        y: as the model takes it: integers 0..K−1, 0/1, or float64; shape (n,) or (n, columns).
        outputs: units of the last layer.
        onehot: y is one row of 0/1 (or of probabilities) a sample.
        classes: sorted labels, `classes[k]` is what output k or label k stands for; None where
            there are no classes.
        mapped: the labels given were not 0..K−1.
        sure: how sure the guess of the task is.
        unknown: what cannot be known from y.
    """

    task: Task
    y: Any
    outputs: int
    onehot: bool = False
    classes: Any = None
    mapped: bool = False
    sure: Text = CERTAIN
    unknown: tuple[Text, ...] = field(default=())


def read(y: Any, task: object = None) -> Target:
    """Return what y is trained as, for a named task or for the one that y looks like.

    Known mistakes of the guess: counts and ordered grades in integers look like classes, shares
    and prices look like any real number; `unknown` says so each time.

    Args:
        y: clean targets, as `arrays.targets` gives them.
        task: name or row of a task; None to guess.

    Raises:
        LabelError: y does not fit the named task.
    """
    import numpy as np

    if task is None:
        name, sure, unknown = _guess(y)
        row = TASKS[name]
    else:
        row, sure, unknown = find_task(task), CERTAIN, ()
    fitted = _FIT[row.targets](row, y)
    if len(np.unique(fitted.y)) == 1 and len(y) > 1 and not fitted.onehot:
        what = "one class" if fitted.classes is not None else "one value"
        warn(f"y holds {what} only: there is nothing to learn, and it cannot be split.")
    return Target(
        row, fitted.y, fitted.outputs, fitted.onehot, fitted.classes, fitted.mapped, sure, unknown
    )


def mapping_line(classes: Any) -> str:
    """Say in one line which label becomes which number, with the line for plain Keras."""
    few = ", ".join(
        f"{shown(c.item() if hasattr(c, 'item') else c)} → {k}" for k, c in enumerate(classes[:6])
    )
    more = f", … ({len(classes)} classes)" if len(classes) > 6 else ""  # noqa: PLR2004
    return f"{few}{more}. In plain Keras: classes = np.unique(y); y = np.searchsorted(classes, y)."


def is_whole(y: Any) -> bool:
    """Say whether all numbers are whole."""
    import numpy as np

    return y.dtype.kind in "iub" or bool((y == np.round(y)).all())


def is_onehot(y: Any) -> bool:
    """Say whether each row is a distribution: not negative, adding up to 1."""
    import numpy as np

    return bool(
        y.ndim == 2  # noqa: PLR2004
        and y.dtype.kind in "fiub"
        and y.shape[1] > 1
        and (y >= 0).all()
        and np.allclose(y.sum(axis=1), 1, atol=1e-5)
    )


_COUNTS = Text(
    en="Whole numbers from 0 up may be counts (task 'count') or ordered grades instead of classes.",
    zh="从 0 开始的整数也可能是计数（任务 count）或有次序的等级，不一定是类别。",
)
_IDS = Text(
    en="There are {k} different labels in {n} rows: is this a number to predict (task "
    "'regression') or an identifier, which cannot be learnt?",
    zh="{n} 行里有 {k} 个不同的标签：这是要预测的数值（任务 regression），还是学不出来的编号？",
)
_SHARES = Text(
    en="All targets lie in [0, 1]: if they are shares or probabilities, use task 'share'.",
    zh="目标全在 [0, 1] 之间：如果它们是比例或概率，请用任务 share。",
)
_POSITIVE = Text(
    en="All targets are positive: if they can never be 0 or below, task 'positive' keeps the "
    "predictions so.",
    zh="目标全是正数：如果它们本来就不可能 ≤ 0，用任务 positive 能保证预测也是正数。",
)
_WHOLE_FLOATS = Text(
    en="{k} different whole numbers held as floats were taken for a quantity; for class labels "
    "pass task='multiclass'.",
    zh="{k} 个不同的整数以浮点形式给出，这里当作数量；如果是类别标签，请写 task='multiclass'。",
)
_ONE_EACH = Text(
    en="Each row has exactly one label here; if rows may carry several or none, use task "
    "'multilabel'.",
    zh="这里每行恰好一个标签；如果一行可以有几个或没有，请用任务 multilabel。",
)
_SOFT = Text(
    en="The rows are probabilities (they add up to 1, not only 0 and 1): trained as soft labels "
    "with categorical cross-entropy.",
    zh="每行是一组概率（加起来等于 1，而不只有 0 和 1）：当作软标签，用分类交叉熵训练。",
)
_INT_COLUMNS = Text(
    en="Several columns of whole numbers were taken for several targets of a regression.",
    zh="几列整数被当作回归的几个目标。",
)


def _guess(y: Any) -> tuple[str, Text, tuple[Text, ...]]:
    """Name the task that y looks like, how sure that is, and what cannot be known."""
    import numpy as np

    if y.ndim > 1:
        return _guess_columns(y)
    labels = np.unique(y)
    if y.dtype.kind in "Ub":
        return ("binary" if len(labels) <= 2 else "multiclass"), CERTAIN, ()  # noqa: PLR2004
    return _guess_labels(y, labels) if is_whole(y) else _guess_quantity(y)


def _guess_quantity(y: Any) -> tuple[str, Text, tuple[Text, ...]]:
    """Do the same for one column of fractions."""
    if y.min() >= 0 and y.max() <= 1:
        return "regression", LIKELY, (_SHARES,)
    if y.min() > 0:
        return "regression", LIKELY, (_POSITIVE,)
    return "regression", CERTAIN, ()


def _guess_labels(y: Any, labels: Any) -> tuple[str, Text, tuple[Text, ...]]:
    """Do the same for one column of whole numbers."""
    if len(labels) <= 2:  # noqa: PLR2004
        usual = set(labels.tolist()) in ({0, 1}, {-1, 1}, {1, 2})
        return "binary", (CERTAIN if usual else LIKELY), ()
    if y.dtype.kind == "f" and len(labels) > MANY_CLASSES:
        return "regression", LIKELY, (_WHOLE_FLOATS.format(k=len(labels)),)
    unknown = [_COUNTS] if labels[0] >= 0 else []
    if len(labels) > len(y) / 2:
        unknown.append(_IDS.format(k=len(labels), n=len(y)))
        warn(str(unknown[-1]))
    dense = labels[0] in (0, 1) and labels[-1] - labels[0] == len(labels) - 1
    return "multiclass", (LIKELY if dense and len(unknown) < 2 else UNSURE), tuple(unknown)  # noqa: PLR2004


def _guess_columns(y: Any) -> tuple[str, Text, tuple[Text, ...]]:
    """Do the same for y with several columns."""
    import numpy as np

    if y.dtype.kind == "U" or y.ndim > 2:  # noqa: PLR2004
        raise LabelError(
            f"y has shape {y.shape}{' and holds text' * (y.dtype.kind == 'U')}. Expected one label "
            "a row, or a column of 0/1 for each label (sklearn.preprocessing.MultiLabelBinarizer)."
        )
    binary = bool(np.isin(y, (0, 1)).all())
    if is_onehot(y):
        return "multiclass", LIKELY, ((_ONE_EACH,) if binary else (_SOFT,))
    if binary:
        return "multilabel", CERTAIN, ()
    return "regression", (UNSURE, CERTAIN)[not is_whole(y)], (_INT_COLUMNS,) * is_whole(y)


def _encode(row: Task, y: Any) -> Target:
    """Map labels of any kind to 0..K−1 in the order of np.unique."""
    import numpy as np

    if y.dtype.kind == "f" and not is_whole(y):
        raise LabelError(
            f"Expected class labels for task '{row.name}'. Received: fractions. Float labels must "
            "be whole (0., 1., 2.); for a quantity use task 'regression'."
        )
    classes, codes = np.unique(y, return_inverse=True)
    if y.dtype.kind != "U" and np.isin(classes, (0, 1)).all() and len(classes) == 1:
        classes, codes = np.array([0, 1]), np.asarray(y)  # one class of two: 0 and 1 stay as given
    plain = y.dtype.kind != "U" and np.array_equal(classes, np.arange(len(classes)))
    kept = classes.astype(np.int64) if y.dtype.kind in "fb" else classes
    return Target(row, codes.astype(np.int64), len(kept), classes=kept, mapped=not plain)


def _fit_binary(row: Task, y: Any) -> Target:
    """Accept two classes in one column."""
    if y.ndim > 1:
        raise LabelError(
            f"Expected y of shape (n,) for task '{row.name}'. Received: shape {y.shape}. Use "
            "y.argmax(axis=1), or task 'multiclass', which is softmax(2) for two columns."
        )
    target = _encode(row, y)
    if len(target.classes) > 2:  # noqa: PLR2004
        raise LabelError(
            f"Expected two classes for task '{row.name}'. Received: {len(target.classes)}. "
            "Use task 'multiclass'."
        )
    return Target(row, target.y, 1, classes=target.classes, mapped=target.mapped)


def _fit_multiclass(row: Task, y: Any) -> Target:
    """Accept labels in one column, or one-hot rows, or rows of probabilities."""
    import numpy as np

    if y.ndim == 1:
        return _encode(row, y)
    if is_onehot(y):
        y = y.astype(np.float64)
        return Target(row, y, y.shape[1], onehot=True, classes=np.arange(y.shape[1]))
    raise LabelError(
        f"Expected y of shape (n,), or one-hot rows that add up to 1, for task 'multiclass'. "
        f"Received: shape {y.shape} with other row sums. Use task 'multilabel' for several labels "
        "a row."
    )


def _fit_multilabel(row: Task, y: Any) -> Target:
    """Accept a column of 0/1 for each label."""
    import numpy as np

    if y.ndim != 2 or y.dtype.kind == "U" or not np.isin(y, (0, 1)).all():  # noqa: PLR2004
        raise LabelError(
            f"Expected y of shape (n, K) with 0 and 1 only for task 'multilabel'. Received: shape "
            f"{y.shape}. Use sklearn.preprocessing.MultiLabelBinarizer."
        )
    return Target(row, y.astype(np.int64), y.shape[1], classes=np.arange(y.shape[1]))


def _fit_number(row: Task, y: Any) -> Target:
    """Accept real numbers in the range of the task."""
    import numpy as np

    if y.dtype.kind == "U" or y.ndim > 2:  # noqa: PLR2004
        raise LabelError(
            f"Expected numbers of shape (n,) for task '{row.name}'. Received: "
            f"{'text' if y.dtype.kind == 'U' else f'shape {y.shape}'}. "
            "For class labels use task 'multiclass'."
        )
    if y.ndim == 2 and row.units != "d":  # noqa: PLR2004
        raise LabelError(
            f"Expected one target a row, shape (n,), for task '{row.name}'. Received: shape "
            f"{y.shape}. Build one model a column."
        )
    y = y.astype(np.float64)
    wrong = ~evaluate(row.valid, y=y).reshape(len(y), -1).all(axis=1)
    if wrong.any():
        raise LabelError(
            f"Expected {row.labels.value}, for task '{row.name}'. Received: {wrong.sum()} rows with "
            f"others, first row {wrong.argmax()}. {row.repair}"
        )
    return Target(row, y, 1 if y.ndim == 1 else y.shape[1])


def _fit_classes(row: Task, y: Any) -> Target:
    """Accept one label a row: of two classes where the last layer has one unit."""
    return _fit_binary(row, y) if row.units == "1" else _fit_multiclass(row, y)


_FIT = {"classes": _fit_classes, "flags": _fit_multilabel, "numbers": _fit_number}
