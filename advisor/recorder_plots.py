"""The picture of a recording: updates, dead units, and histograms over training."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from advisor import pictures
from advisor.pictures import COLOURS, GREY
from advisor.recorder import USUAL
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.recorder import SignalRecorder

_MOST = 4  # layers whose histograms are shown: first, last and between
_STYLES = ("-", "--", ":")


def draw_recorder(answer: SignalRecorder) -> Any:
    """Draw update:weight and dead shares of all layers, and histograms of some."""
    import numpy as np

    count = len(answer.parts)
    chosen = (
        sorted({round(i) for i in np.linspace(0, count - 1, min(count, _MOST))}) if count else []
    )

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        _paint_updates(axes[0][0], answer, words)
        _paint_sleep(axes[0][1], answer, words)
        for row, number in zip(axes[1:], chosen, strict=True):
            name = answer.parts[number].name
            _paint_histogram(row[0], answer, number, "outputs")
            row[0].set(title=f"{name}{words(_OUTPUTS)}", xlabel=words(_EPOCH))
            _paint_histogram(row[1], answer, number, "entries")
            row[1].set(title=f"{name}{words(_ENTRIES)}", xlabel=words(_EPOCH))

    return pictures.draw(2, 1 + len(chosen), paint, width=5.6)


def _look(place: int) -> dict[str, Any]:
    style = _STYLES[place // len(COLOURS) % len(_STYLES)]
    return {"color": COLOURS[place % len(COLOURS)], "linestyle": style}


def _epochs(answer: SignalRecorder) -> list[float]:
    return [moment.epoch for moment in answer.moments]


def _paint_updates(axis: Any, answer: SignalRecorder, words: Callable[[object], str]) -> None:
    """Show log10 of update to weight, with the line where it usually lies."""
    import numpy as np

    updates = answer.series("update")
    updates[~np.isfinite(updates)] = np.nan
    for place, part in enumerate(answer.parts):
        axis.plot(_epochs(answer), updates[:, place], **_look(place), label=part.name)
    axis.axhline(USUAL, color=GREY, linewidth=1.4, linestyle="-.")
    axis.annotate("−3", (1, USUAL), xycoords=("axes fraction", "data"), color=GREY)
    axis.set(xlabel=words(_EPOCH), title=words(_UPDATE))
    if len(answer.parts) <= 2 * len(COLOURS):
        axis.legend(fontsize=9)


def _paint_sleep(axis: Any, answer: SignalRecorder, words: Callable[[object], str]) -> None:
    """Show the shares of dead and of saturated units."""
    import numpy as np

    dead, saturated = answer.series("dead"), answer.series("saturated")
    for place, part in enumerate(answer.parts):
        if np.isnan(dead[:, place]).all():
            continue
        colour = _look(place)["color"]
        axis.plot(_epochs(answer), dead[:, place], "-", color=colour, label=part.name)
        axis.plot(_epochs(answer), saturated[:, place], ":", color=colour)
    axis.set(xlabel=words(_EPOCH), ylim=(-0.03, 1.03), title=words(_SLEEP))


def _paint_histogram(axis: Any, answer: SignalRecorder, number: int, name: str) -> None:
    """Show how values are spread at each moment: dark where many are."""
    import numpy as np

    epochs = _epochs(answer)
    middles = [(a + b) / 2 for a, b in itertools.pairwise(epochs)]
    edges = [epochs[0], *middles, max(epochs[-1], epochs[0] + 1)]
    for place, moment in enumerate(answer.moments):
        found = getattr(moment.layers[number], name)
        if found is None:
            continue
        counts, values = found
        shade = np.sqrt(counts / counts.max())[:, None]
        axis.pcolormesh(edges[place : place + 2], values, shade, cmap="Blues", vmin=0, vmax=1)
    axis.grid(visible=False)


_EPOCH = Text(en="epoch", zh="训练轮次")
_UPDATE = Text(en="log10 of update : weight", zh="更新 : 权重（log10）")
_SLEEP = Text(en="Dead (line) and saturated (dots)", zh="死亡（实线）与饱和（虚线）的比例")
_OUTPUTS = Text(en=": what the activation gives", zh="：激活函数的输出")
_ENTRIES = Text(en=": log10 |∂L/∂w|", zh="：log10 |∂L/∂w|")
