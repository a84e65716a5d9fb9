"""The pictures of data sets and confirmations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import pictures
from advisor.pictures import BLUE, COLOURS, GREY, MARKERS, ORANGE, PURPLE, RED
from advisor.tasks import TASKS
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.catalog import Dataset
    from advisor.confirmation import Confirmation, Trained

_EPOCH = Text(en="epoch", zh="训练轮次")
_LOSS = Text(en="training loss", zh="训练损失")
_LESSON = Text(en="What the loss shows", zh="损失曲线看到的")
_RIGHT = Text(en="right", zh="正确")
_WRONG = Text(en="wrong", zh="错误")
_ROWS = Text(en="number of rows", zh="样本数")


def draw_confirmation(answer: Confirmation) -> Any:
    """Draw the loss curves, then what each last layer's outputs do, the wrong ones in red."""
    trained = [answer.right, *answer.controls]
    panel = _PANELS[TASKS[answer.task].contract_picture]
    curves = bool(answer.right.losses)

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        row = list(axes[0])
        if curves:
            _paint_losses(row.pop(0), trained, words)
        for axis, one in zip(row, trained, strict=True):
            colour = BLUE if one.why is None else RED
            panel(axis, answer, one, colour, words)
            mark = _RIGHT if one.why is None else _WRONG
            axis.set_title(f"{one.head}: {words(mark)}" if curves else one.head, color=colour)

    return pictures.draw(len(trained) + curves, 1, paint)


def _paint_losses(axis: Any, trained: list[Trained], words: Callable[[object], str]) -> None:
    styles = ["-", "--", ":", "-."]
    for number, one in enumerate(trained):
        colour = (BLUE, RED, ORANGE, PURPLE)[number % 4]
        style = styles[number % len(styles)]
        axis.plot(range(1, len(one.losses) + 1), one.losses, style, color=colour, label=one.head)
    axis.set(xlabel=words(_EPOCH), ylabel=words(_LOSS), title=words(_LESSON))
    axis.legend()


def _paint_probabilities(
    axis: Any, answer: Confirmation, one: Trained, colour: str, words: Callable[[object], str]
) -> None:
    """Show how the outputs spread, for each true class."""
    import numpy as np

    y, p = answer.y.ravel(), one.p.ravel()
    parts = [p[y == 0], p[y == 1]] if len(p) == len(y) else [p]
    label = Text(en="true class {}", zh="真实类别 {}")
    names = [words(label.format(k)) for k in range(len(parts))]
    low, high = min(0.0, float(np.nanmin(p))), max(1.0, float(np.nanmax(p)))
    axis.hist(
        parts, bins=np.linspace(low, high, 21), color=[colour, GREY][: len(parts)], label=names
    )
    axis.set(xlabel=words(Text(en="output p", zh="输出 p")), ylabel=words(_ROWS))
    axis.legend()


def _paint_row_sums(
    axis: Any, _: Confirmation, one: Trained, colour: str, words: Callable[[object], str]
) -> None:
    """Show what each row's outputs add up to."""
    import numpy as np

    sums = one.p.sum(axis=1)
    low, high = min(0.0, float(sums.min())), max(2.0, float(sums.max()))
    half = (high - low) / 80  # bins are centred, so that sums of 1 share one bar
    axis.hist(sums, bins=np.linspace(low - half, high + half, 42), color=colour)
    axis.axvline(1, color=GREY, linestyle="--")
    axis.set(
        xlabel=words(Text(en="sum of a row's {} outputs", zh="一行 {} 个输出之和")).format(
            one.p.shape[1]
        ),
        ylabel=words(_ROWS),
    )


def _paint_reach(
    axis: Any, answer: Confirmation, one: Trained, colour: str, words: Callable[[object], str]
) -> None:
    """Show predictions against targets: a right output can reach the diagonal everywhere."""
    y, p = answer.y.ravel(), one.p.ravel()
    axis.plot([y.min(), y.max()], [y.min(), y.max()], color=GREY, linestyle="--", linewidth=1.5)
    axis.scatter(y, p, s=18, color=colour, alpha=0.6)
    axis.set(
        xlabel=words(Text(en="target y", zh="目标 y")),
        ylabel=words(Text(en="prediction", zh="预测")),
    )


_PANELS = {
    "probabilities": _paint_probabilities,
    "row sums": _paint_row_sums,
    "reach": _paint_reach,
}


def draw_dataset(data: Dataset) -> Any:
    """Draw the training rows: two columns that tell the classes apart, or the target itself."""

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        axis = axes[0][0]
        if data.y_train.ndim > 1:
            _paint_labels(axis, data, words)
        else:
            _paint_rows(axis, data)
        axis.set_title(words(data.title), fontsize=11, wrap=True)

    return pictures.draw(1, 1, paint, width=7)


def _paint_labels(axis: Any, data: Dataset, words: Callable[[object], str]) -> None:
    """Show how often each label is given."""
    axis.bar(data.classes, data.y_train.mean(axis=0), color=BLUE)
    axis.set(ylabel=words(Text(en="share of rows", zh="带这个标签的样本比例")), ylim=(0, 1))


def _paint_rows(axis: Any, data: Dataset) -> None:
    """Show each row by the column, or the two columns, that tell most."""
    import numpy as np

    X, y = data.X_train, data.y_train
    spread = np.abs([_correlation(column, y, classes=bool(data.classes)) for column in X.T])
    first, *rest = np.argsort(-spread, kind="stable")[:2]
    if not data.classes:
        axis.scatter(X[:, first], y, s=22, color=BLUE, alpha=0.7)
        axis.set(xlabel=data.features[first], ylabel=data.target)
        return
    for k, name in enumerate(data.classes):
        mine = y == k
        marker, colour = MARKERS[k % len(MARKERS)], COLOURS[k % len(COLOURS)]
        axis.scatter(
            X[mine, first], X[mine, rest[0]], s=22, label=name, marker=marker, color=colour
        )
    axis.set(xlabel=data.features[first], ylabel=data.features[rest[0]])
    axis.legend()


def _correlation(column: Any, labels: Any, *, classes: bool) -> float:
    """Return how much a column tells: the share of its variance between classes, or |r|."""
    import numpy as np

    if column.std() == 0:
        return 0.0
    if not classes:
        return float(np.corrcoef(column, labels)[0, 1])
    means = [column[labels == k].mean() for k in np.unique(labels)]
    return float(np.std(means) / column.std())
