"""The picture that many experiments share: a row a kind, a dot a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.pictures import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def rows(axis: Any, scores: Mapping[str, Sequence[float]], title: str, **options: Any) -> None:
    """Draw every seed's score as a dot, the median as a bar."""
    import numpy as np

    names = list(scores)
    for place, name in enumerate(names):
        height, colour = len(names) - place, COLOURS[place % len(COLOURS)]
        axis.plot(scores[name], [height] * len(scores[name]), "o", color=colour, alpha=0.6)
        axis.plot(
            np.median(scores[name]), height, "|", color="black", markersize=20, markeredgewidth=2.5
        )
    axis.set_yticks(range(len(names), 0, -1), names)
    axis.set(ylim=(0.4, len(names) + 0.6), title=title, **options)
    axis.grid(visible=False, axis="y")
