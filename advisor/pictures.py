"""One style for every picture: readable on a projector and in print, safe for the colour-blind."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from advisor.text import Text, language

if TYPE_CHECKING:
    from collections.abc import Callable

# Okabe and Ito's palette: told apart with any kind of colour vision, and by lightness in print
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
PURPLE, SKY = "#CC79A7", "#56B4E9"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
MARKERS = "os^Dvx"

_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelsize": 12,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 13,
    "axes.unicode_minus": False,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 12,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "legend.fontsize": 11,
    "lines.linewidth": 2.2,
    "savefig.bbox": "tight",
}
_CJK_FILES = re.compile(
    r"CJK|SansSC|SourceHan|PingFang|Heiti|Hiragino|msyh|simhei|wqy|DroidSansFallback|Arial ?Unicode",
    re.IGNORECASE,
)
_CJK = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Heiti SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)


def draw(columns: int, rows: int, paint: Callable[[Any, Any], None], *, width: float = 4.6) -> Any:
    """Return a matplotlib Figure of `rows` × `columns` panels, painted in the common style.

    The figure is its own: no pyplot, no window, nothing global. A notebook shows it; a script
    calls `.savefig("picture.png")`.

    Args:
        columns: panels side by side.
        rows: panels below each other.
        paint: called with the array of axes, shape (rows, columns), and with `words`, which turns
            a Text into what may be shown: Chinese only where a font for it is installed.
        width: of one panel, in inches.
    """
    import matplotlib as mpl

    font = cjk_font()
    family: dict[Any, Any] = {"font.family": [font, "DejaVu Sans"] if font else ["DejaVu Sans"]}
    with mpl.rc_context({**_STYLE, **family}):
        figure = _figure_class()(figsize=(width * columns, 4.0 * rows), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
        paint(axes, words)
        figure.canvas.draw()  # fonts are looked up now, while the style holds
    return figure


def words(text: object) -> str:
    """Return a Text in the language spoken now, in English where no font has Chinese characters."""
    if isinstance(text, Text) and language() == "zh" and cjk_font() is None:
        return text.en
    return str(text)


@functools.cache
def cjk_font() -> str | None:
    """Return an installed font that has Chinese characters, None where there is none."""
    from matplotlib import font_manager

    manager = font_manager.fontManager

    def known() -> str | None:
        installed = {font.name for font in manager.ttflist}
        return next((name for name in _CJK if name in installed), None)

    if known() is None:  # matplotlib's own list may be older than the font
        listed = {font.fname for font in manager.ttflist}
        for file in set(font_manager.findSystemFonts()) - listed:
            if _CJK_FILES.search(file):
                manager.addfont(file)
    return known()


@functools.cache
def _figure_class() -> Any:
    """Return a Figure that a notebook shows even where pyplot was never imported."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    class Picture(Figure):
        """A matplotlib Figure that shows itself."""

        def _repr_png_(self) -> bytes:
            import io

            out = io.BytesIO()
            FigureCanvasAgg(self).print_figure(out, format="png", dpi=self.dpi)
            return out.getvalue()

    return Picture
