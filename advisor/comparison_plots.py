"""The picture of a comparison: scores, learning curves, and gradients by depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import pictures
from advisor.pictures import COLOURS, GREY, MARKERS
from advisor.tasks import TASKS
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.comparison import Alternative, Comparison

MOST = 12  # alternatives that can be told apart in one picture, the best ones
_STYLES = ("-", "--", ":")


def draw_comparison(answer: Comparison) -> Any:
    """Draw each run's score, the training loss and the gradient at each hidden layer."""
    shown = answer.alternatives[:MOST]
    deep = any(one.setting.depth > 1 for one in shown)

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        row = list(axes[0])
        _paint_scores(row[0], answer, shown, words)
        _paint_curves(row[1], shown, words)
        if deep:
            _paint_flow(row[2], shown, words)

    return pictures.draw(2 + deep, 1, paint, width=5.2)


def _look(place: int) -> dict[str, Any]:
    """Return the colour and line of an alternative."""
    style = _STYLES[place // len(COLOURS) % len(_STYLES)]
    return {"color": COLOURS[place % len(COLOURS)], "linestyle": style}


def _paint_scores(
    axis: Any, answer: Comparison, shown: tuple[Alternative, ...], words: Callable[[object], str]
) -> None:
    """Show every run as a dot, the median with its interval as a bar."""
    import numpy as np

    shift = np.random.default_rng(0).uniform(-0.22, 0.22, len(answer.seeds))
    for place, one in enumerate(shown):
        colour = _look(place)["color"]
        height = len(shown) - place
        diverged = np.array([run.diverged for run in one.runs])
        scores, heights = np.array(one.scores), height + shift
        axis.scatter(scores[~diverged], heights[~diverged], s=16, color=colour, alpha=0.45)
        axis.scatter(scores[diverged], heights[diverged], s=30, color=GREY, marker="x")
        axis.plot([one.low, one.high], [height, height], color=colour, linewidth=5, alpha=0.5)
        axis.plot(one.median, height, "|", color="black", markersize=18, markeredgewidth=2.5)
    names = [f"{one.label} ({one.groups})" for one in shown]
    axis.set_yticks(range(len(shown), 0, -1), names)
    axis.set(
        xlabel=words(TASKS[answer.task].score_name),
        title=words(Text(en="Test score of every run", zh="每次训练的测试得分")),
    )
    axis.grid(visible=False, axis="y")


def _paint_curves(
    axis: Any, shown: tuple[Alternative, ...], words: Callable[[object], str]
) -> None:
    """Show the training loss, median over the runs that did not diverge."""
    import numpy as np

    for place, one in enumerate(shown):
        losses = np.array([run.losses for run in one.runs if not run.diverged])
        if len(losses) == 0:
            continue
        steps = range(1, losses.shape[1] + 1)
        low, middle, high = np.quantile(losses, [0.25, 0.5, 0.75], axis=0)
        axis.plot(steps, middle, **_look(place), label=one.label)
        axis.fill_between(steps, low, high, color=_look(place)["color"], alpha=0.12, linewidth=0)
    if all(line.get_ydata().min() > 0 for line in axis.get_lines()):
        axis.set_yscale("log")
    axis.set(
        xlabel=words(Text(en="epoch", zh="训练轮次")),
        ylabel=words(Text(en="training loss", zh="训练损失")),
        title=words(Text(en="Learning curves", zh="学习曲线")),
    )
    axis.legend(fontsize=9)


def _paint_flow(axis: Any, shown: tuple[Alternative, ...], words: Callable[[object], str]) -> None:
    """Show the gradient at each hidden layer over the last one's, before training."""
    import numpy as np

    for place, one in enumerate(shown):
        if one.setting.depth < 2:  # noqa: PLR2004 - one layer has no flow
            continue
        with np.errstate(all="ignore"):
            flow = np.log10([run.flow / run.flow[-1] for run in one.runs])
        layers = range(1, one.setting.depth + 1)
        marker = MARKERS[place % len(MARKERS)]
        axis.plot(layers, np.median(flow, axis=0), **_look(place), marker=marker, label=one.label)
    axis.axhline(0, color=GREY, linewidth=1)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(
        xlabel=words(Text(en="hidden layer", zh="隐藏层")),
        ylabel=words(
            Text(en="log10 of ∂L/∂z over the last layer's", zh="∂L/∂z 与末层之比（log10）")
        ),
        title=words(Text(en="Gradients before training", zh="训练前的梯度")),
    )
