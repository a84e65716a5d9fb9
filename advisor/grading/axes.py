"""Axes of a small SVG: where a value stands, the ticks, the words around."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from advisor.grading.paper import escaped, one_line
from advisor.page import width, wrap
from advisor.pictures import BLUE, GREY, RED

WIDTH = 360  # of every picture, in its own units: about the pixels of a telephone
LEFT = 46  # room for the numbers beside the axis
LINE = 15  # from one line of words to the next
_RIGHT = WIDTH - 10
_COLUMN = 5.9  # how wide a Latin letter is; a Chinese one takes two
_LONGEST = 120  # characters of a label that are looked at
_GRID = "#dddddd"
_TURN = 35  # degrees that names under bars are turned where they have no room
_SLANTED = 64  # how long such a name may be


@dataclass(frozen=True, slots=True)
class Axes:
    """Values from (x_low, y_low) to (x_high, y_high), `tall` units high, below `top`."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    top: float
    tall: float

    def __post_init__(self) -> None:
        """Widen what has no width."""
        for low, high in (("x_low", "x_high"), ("y_low", "y_high")):
            a, b = sorted((getattr(self, low), getattr(self, high)))
            least = max(abs(a), abs(b)) * 1e-9
            pad = max(abs(a) * 0.1, 0.5) if b - a <= least else 0.0
            object.__setattr__(self, low, a - pad)
            object.__setattr__(self, high, b + pad)

    @property
    def foot(self) -> float:
        """The height at which the lowest value stands."""
        return self.top + self.tall

    def x(self, value: float) -> float:
        """Where a value stands from the left."""
        return LEFT + (_RIGHT - LEFT) * (value - self.x_low) / (self.x_high - self.x_low)

    def y(self, value: float) -> float:
        """Where a value stands from above."""
        return self.foot - self.tall * (value - self.y_low) / (self.y_high - self.y_low)

    def holds(self, x: float) -> bool:
        """Tell whether a value is on the axis."""
        return self.x_low <= x <= self.x_high

    def lower(self, by: float) -> Axes:
        """Return the same axes further down."""
        return replace(self, top=self.top + by)

    def padded(self) -> Axes:
        """Return axes with a little air around the values."""
        x, y = 0.04 * (self.x_high - self.x_low), 0.05 * (self.y_high - self.y_low)
        return replace(
            self,
            x_low=self.x_low - x,
            x_high=self.x_high + x,
            y_low=self.y_low - y,
            y_high=self.y_high + y,
        )

    def footed(self) -> Axes:
        """Return axes on which the lowest bar can be seen."""
        air = 0.1 * (self.y_high - self.y_low)
        return replace(self, y_low=self.y_low - air, y_high=self.y_high + air / 2)

    def upright(self, x: float) -> str:
        """Draw a line at a marked value."""
        at = self.x(x)
        return f'<path d="M{at:.1f} {self.top - 2:.1f}V{self.foot:.1f}" {stroke(RED, "5 3")}/>'

    def level(self, y: float) -> str:
        """Draw a line at a limit."""
        return f'<path d="M{LEFT} {self.y(y):.1f}H{_RIGHT}" {stroke(RED, "5 3")}/>'

    def bar(self, place: int, value: float | None, name: str) -> str:
        """Draw one bar, named where a pointer rests on it; a cross where there is no number."""
        slot = (_RIGHT - LEFT) / (self.x_high - self.x_low)
        left = LEFT + slot * (place + 0.14)
        if value is None:
            return text(left + slot * 0.36, self.foot - 4, "×", anchor="middle", fill=RED)
        at = self.y(value)
        size = f'width="{slot * 0.72:.1f}" height="{self.foot - at:.1f}"'
        said = f"<title>{escaped(one_line(name)[:_LONGEST])}: {value:.3g}</title>"
        return f'<rect x="{left:.1f}" y="{at:.1f}" {size} fill="{BLUE}">{said}</rect>'

    def frame(
        self, xlabel: str, *, whole: bool = False, names: list[str] | None = None
    ) -> tuple[str, float]:
        """Draw the axes with ticks; return them, and how far down the words reach.

        Args:
            xlabel: what runs to the right.
            whole: ticks at whole numbers only, upwards.
            names: written under the bars in the place of numbers.
        """
        out = []
        for value, label in ticks(self.y_low, self.y_high, 5, whole=whole):
            at = self.y(value)
            out.append(f'<path d="M{LEFT} {at:.1f}H{_RIGHT}" stroke="{_GRID}"/>')
            out.append(text(LEFT - 6, at + 4, label, anchor="end"))
        out.append(f'<path d="M{LEFT} {self.top:.1f}V{self.foot:.1f}H{_RIGHT}" {stroke(GREY)}/>')
        below, depth = self._numbers() if names is None else self._names(names)
        for line in wrap(one_line(xlabel)[:_LONGEST], int(_RIGHT / _COLUMN))[:2] if xlabel else []:
            depth += LINE
            out.append(text((LEFT + _RIGHT) / 2, self.foot + depth, line, anchor="middle"))
        return "".join(out) + below, self.foot + depth + 6

    def _numbers(self) -> tuple[str, float]:
        """Write numbers under the axis."""
        out = []
        for value, label in ticks(self.x_low, self.x_high, 6):
            at = self.x(value)
            out.append(f'<path d="M{at:.1f} {self.foot:.1f}v4" {stroke(GREY)}/>')
            out.append(text(at, self.foot + LINE, label, anchor="middle"))
        return "".join(out), LINE

    def _names(self, names: list[str]) -> tuple[str, float]:
        """Write names under the bars, turned where they need room, left out where none is."""
        slot = (_RIGHT - LEFT) / max(len(names), 1)
        if all(cut(name, slot - 3) == cut(name, WIDTH) for name in names):
            middles = (LEFT + slot * (i + 0.5) for i in range(len(names)))
            words = (
                text(x, self.foot + LINE, n, anchor="middle")
                for x, n in zip(middles, names, strict=True)
            )
            return "".join(words), LINE
        every = math.ceil(LINE / slot)
        out, longest = [], 0.0
        for i in range(0, len(names), every):
            short, wide = cut(names[i], _SLANTED)
            longest = max(longest, wide)
            x, y = LEFT + slot * (i + 0.5) + 3, self.foot + 11
            turn = f' transform="rotate(-{_TURN} {x:.1f} {y:.1f})"'
            out.append(text(x, y, short, anchor="end", more=turn))
        return "".join(out), 10 + longest * math.sin(math.radians(_TURN))


def finite(value: Any) -> float | None:
    """Return a number that can be drawn, None for anything else; a monstrous one is cut.

    Example:
        >>> finite(2), finite(float("nan")), finite(True), finite(-(10**400))
        (2.0, None, None, -1e+100)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(max(-1e100, min(1e100, value)))


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
    """Return round values between two others, each with its label.

    Example:
        >>> [label for _, label in ticks(-1, 1, 4)]
        ['−1.0', '−0.5', '0.0', '0.5', '1.0']
    """
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    step = math.ceil(step) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    small = 1e-4 <= max(abs(low), abs(high)) < 1e6  # noqa: PLR2004 - others in powers of ten
    places = next((p for p in range(12) if abs(step * 10**p - round(step * 10**p)) < 1e-6), 12)  # noqa: PLR2004
    return [
        (i * step, _label(i * step, f".{places}f" if small else ".3g"))
        for i in range(first, last + 1)
    ]


def _label(value: float, form: str) -> str:
    """Write a number with a true minus, and no idle zeros in its power of ten."""
    words = format(value + 0.0, form)
    if "e" in words:
        digits, power = words.split("e")
        words = f"{digits}e{int(power)}"
    return words.replace("-", "−")


def cut(words: str, room: float) -> tuple[str, float]:
    """Return words that fit the room, ended by an ellipsis where they do not, and their width."""
    line = one_line(words)[:_LONGEST]
    if width(line) * _COLUMN <= room:
        return line, width(line) * _COLUMN
    while line and (width(line) + 1) * _COLUMN > room:
        line = line[:-1]
    return f"{line}…", (width(line) + 1) * _COLUMN


def text(
    x: float, y: float, words: str, *, anchor: str = "", fill: str = "#333", more: str = ""
) -> str:
    """Return words at a place."""
    held = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}"{held}{more}>{escaped(words)}</text>'


def stroke(colour: str, dash: str = "", width: float = 1.2) -> str:
    """Return how a line looks."""
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{colour}" stroke-width="{width}"{broken}'
