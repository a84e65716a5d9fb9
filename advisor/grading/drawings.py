"""Pictures of a mark as small SVG, written by hand: matplotlib takes 100 ms and more for each.

A class of 300 has thousands of pictures; these take a fraction of a millisecond. Every word is
escaped, and a number that is not finite is left out.
"""

from __future__ import annotations

from typing import Any

from advisor.grading.axes import LEFT, LINE, WIDTH, Axes, cut, finite, stroke, text
from advisor.grading.paper import escaped
from advisor.pictures import BLUE, COLOURS, GREY, RED
from advisor.text import Text

_DASHES = ("", "6 3", "2 2", "8 3 2 3", "1 3", "10 4")  # told apart where there is no colour
_PLOT = 150  # how high what is drawn stands
_MOST = 500  # points, bars or bins that are drawn
_SERIES = 12
_AREA, _RULE = "m0 3h18v9h-18z", "m0 7.5h19"  # keys of a legend
_FONTS = "system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
_EMPTY = Text(en="There is no finite number to draw.", zh="没有可以画出的有限数值。")
_SAMPLES = Text(en="samples", zh="样本数")
_LIMIT = Text(en="limit", zh="界限")
_IDEAL = Text(en="prediction = target", zh="预测 = 目标")


def svg(picture: dict[str, Any], language: str) -> str:
    """Return a mark's picture as an `<svg>` that stands inside a page.

    Its title is not drawn: a page shows it as a caption, and a reader for the blind reads it.

    Args:
        picture: of the kind "histogram", "scatter" or "bars", as `marks.Mark.picture`; another
            kind gives "".
        language: "en" or "zh".
    """
    draw = _KINDS.get(str(picture.get("kind")))
    if draw is None:
        return ""
    inside, height = draw(picture, language)
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:.0f}" font-size="11" '
        f'font-family="{_FONTS}"><title>{escaped(words_of(picture, "title", language))}</title>'
        f"{inside}</svg>"
    )


def words_of(picture: dict[str, Any], name: str, language: str) -> str:
    """Return one of a picture's texts in a language; "" where it has none."""
    given = picture.get(name)
    return str(given.get(language, "")) if isinstance(given, dict) else str(given or "")


def _histogram(picture: dict[str, Any], language: str) -> tuple[str, float]:
    """Draw how often each value came, one outline a series, with lines at marked values."""
    low, high = finite(picture.get("low")), finite(picture.get("high"))
    given = (picture.get("series") or [])[:_SERIES]
    series = [[finite(n) or 0.0 for n in (one.get("counts") or [])[:_MOST]] for one in given]
    most = max((count for counts in series for count in counts), default=0.0)
    if low is None or high is None or most <= 0:
        return _nothing(language)
    labels = [words_of(one, "label", language) for one in given]
    several = [(words, _AREA, _look(i)) for i, words in enumerate(labels) if words and labels[1:]]
    legend, top = _legend(several)
    axes = Axes(low, high, 0.0, most * 1.05, top, _PLOT)
    places = [(finite(one.get("x")), one) for one in picture.get("marks") or []]
    marks = sorted(
        (x, words_of(one, "label", language))
        for x, one in places
        if x is not None and axes.holds(x)
    )
    above, rows = _over(axes, marks)
    upward, axes = _upward(axes.lower(rows * LINE), _counted(labels, language))
    shapes = "".join(_outline(axes, counts, i) for i, counts in enumerate(series) if counts)
    lines = "".join(axes.upright(x) for x, _ in marks)
    frame, height = axes.frame(words_of(picture, "xlabel", language), whole=True)
    return legend + above + upward + frame + shapes + lines, height


def _counted(labels: list[str], language: str) -> str:
    """Return what runs upwards; a single series needs no legend besides."""
    return labels[0] if len(labels) == 1 and labels[0] else _in(_SAMPLES, language)


def _outline(axes: Axes, counts: list[float], series: int) -> str:
    """Draw one series as steps, filled so lightly that others show through."""
    step = (axes.x(axes.x_high) - LEFT) / len(counts)
    steps = "".join(
        f"V{axes.y(count):.1f}H{LEFT + step * (i + 1):.1f}" for i, count in enumerate(counts)
    )
    return f'<path d="M{LEFT} {axes.foot:.1f}{steps}V{axes.foot:.1f}" {_look(series)}/>'


def _scatter(picture: dict[str, Any], language: str) -> tuple[str, float]:
    """Draw one dot a sample, and the line on which they would all be right."""
    pairs = [[finite(v) for v in one] for one in (picture.get("points") or [])[:_MOST]]
    points = [(x, y) for x, y in pairs if x is not None and y is not None]
    if not points:
        return _nothing(language)
    line = [v for v in map(finite, picture.get("line") or []) if v is not None]
    line = line if len(line) == len("xyxy") else []
    xs = [x for x, _ in points] + line[::2]
    ys = [y for _, y in points] + line[1::2]
    key = [(_in(_IDEAL, language), _RULE, stroke(GREY, "5 3"))] if line else []
    legend, top = _legend(key)
    axes = Axes(min(xs), max(xs), min(ys), max(ys), top, _PLOT + 40).padded()
    upward, axes = _upward(axes, words_of(picture, "ylabel", language))
    frame, height = axes.frame(words_of(picture, "xlabel", language))
    dots = "".join(
        f'<circle cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="2.6"/>' for x, y in points
    )
    ideal = _straight(axes, line) if line else ""
    inside = f'{ideal}<g fill="{BLUE}" fill-opacity=".55">{dots}</g>'
    return legend + upward + frame + inside, height


def _straight(axes: Axes, line: list[float]) -> str:
    x0, y0, x1, y1 = line
    ends = f"M{axes.x(x0):.1f} {axes.y(y0):.1f}L{axes.x(x1):.1f} {axes.y(y1):.1f}"
    return f'<path d="{ends}" {stroke(GREY, "5 3")}/>'


def _bars(picture: dict[str, Any], language: str) -> tuple[str, float]:
    """Draw one bar a layer, from the foot of the axis up: the values are logarithms."""
    values = [finite(value) for value in (picture.get("values") or [])[:_MOST]]
    seen = [value for value in values if value is not None]
    if not seen:
        return _nothing(language)
    limit = finite(picture.get("limit"))
    every = seen if limit is None else [*seen, limit]
    key = [] if limit is None else [(_in(_LIMIT, language), _RULE, stroke(RED, "5 3"))]
    legend, top = _legend(key)
    axes = Axes(0.0, float(len(values)), min(every), max(every), top, _PLOT).footed()
    upward, axes = _upward(axes, words_of(picture, "ylabel", language))
    names = [str(name) for name in picture.get("labels") or []][: len(values)]
    names += [""] * (len(values) - len(names))
    pairs = zip(values, names, strict=True)
    shapes = "".join(axes.bar(i, value, name) for i, (value, name) in enumerate(pairs))
    frame, height = axes.frame("", names=names)
    across = "" if limit is None else axes.level(limit)
    return legend + upward + frame + shapes + across, height


def _over(axes: Axes, marks: list[tuple[float, str]]) -> tuple[str, int]:
    """Write what the marked values are above the picture, in as many rows as keep them apart."""
    ends: list[float] = []  # of each row, how far it is written
    out = []
    for at, words in marks:
        short, wide = cut(words, WIDTH - LEFT - 8)
        left = min(max(axes.x(at) - wide / 2, LEFT), WIDTH - wide - 4)
        row = next((i for i, end in enumerate(ends) if end + 8 <= left), len(ends))
        ends[row : row + 1] = [left + wide]
        out.append(text(left, axes.top + 11 + row * LINE, short, fill=RED))
    return "".join(out), len(ends)


def _upward(axes: Axes, words: str) -> tuple[str, Axes]:
    """Write what runs upwards above the axis, where it reads without turning one's head."""
    if not words:
        return "", axes.lower(4)
    short, _ = cut(words, WIDTH - 8)
    return text(2, axes.top + 11, short), axes.lower(LINE + 4)


def _legend(entries: list[tuple[str, str, str]]) -> tuple[str, float]:
    """Write what each area or line is; return how far down it reaches."""
    x, y = 2.0, 0.0
    out: list[str] = []
    for words, key, look in entries:
        short, wide = cut(words, WIDTH - 32)
        if x + wide + 26 > WIDTH and out:
            x, y = 2.0, y + LINE
        out.append(f'<path d="M{x:.1f} {y:.0f}{key}" {look}/>{text(x + 23, y + 11, short)}')
        x += wide + 36
    return "".join(out), (y + LINE + 4 if entries else 0.0)


def _look(series: int) -> str:
    """Return how a series looks; its dashes tell it apart where there is no colour."""
    colour, dash = COLOURS[series % len(COLOURS)], _DASHES[series % len(_DASHES)]
    return stroke(colour, dash, 1.6).replace('"none"', f'"{colour}" fill-opacity=".16"')


def _nothing(language: str) -> tuple[str, float]:
    return text(2, 18, _in(_EMPTY, language)), 28.0


def _in(words: Text, language: str) -> str:
    return str(getattr(words, language))


_KINDS = {"histogram": _histogram, "scatter": _scatter, "bars": _bars}
