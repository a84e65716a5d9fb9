"""The table of problems that assignments draw their data from: another sample for each student.

NumPy alone draws them. Features and targets are of order 1, so that nothing need be scaled, and a
seed turns, mirrors and renumbers what it draws: two students' models cannot be exchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

TRAIN, HIDDEN = 240, 300  # rows to train on, and rows that a student never sees
DEFAULT_CLASSES = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem.

    Attributes:
        name: as in `draw(name, seed)`.
        title: what is to be foretold from what.
        task: "binary", "multiclass" or "regression".
        features: how many columns X has.
        classes: the fewest and the most classes that y may have; None where y is a number.
        rows: gives X and y for (rng, n, classes), in an order that shows nothing.
    """

    name: str
    title: Text
    task: str
    features: int
    classes: tuple[int, int] | None
    rows: Callable[[Any, int, int], tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One student's sample of a problem.

    Attributes:
        problem, task: their names.
        classes: how many; None where y is a number.
        X_train, X_test: float64, shape (240, features) and (300, features).
        y_train, y_test: int64 with all classes, or float64; shape (n,).
    """

    problem: str
    task: str
    classes: int | None
    X_train: Any
    y_train: Any
    X_test: Any
    y_test: Any


def draw(name: str, seed: int, classes: int | None = None) -> Drawn:
    """Draw a problem's rows; the same for the same seed.

    Args:
        name: of the problem.
        seed: any whole number from 0, however large.
        classes: how many; None takes 3, or 2 where there can be no more.

    Raises:
        UnknownNameError: no such problem.
        OptionError: the problem cannot have so many classes.

    Example:
        >>> data = draw("spirals", seed=7, classes=4)
        >>> data.X_train.shape, data.X_test.shape, sorted(set(data.y_test.tolist()))
        ((240, 2), (300, 2), [0, 1, 2, 3])
    """
    import numpy as np

    problem = find(name)
    count = _count(problem, classes)
    rng = np.random.default_rng(seed)
    X, y = problem.rows(rng, TRAIN + HIDDEN, count or 0)
    X_train, X_test, y_train, y_test = X[:TRAIN], X[TRAIN:], y[:TRAIN], y[TRAIN:]
    return Drawn(problem.name, problem.task, count, X_train, y_train, X_test, y_test)


def find(name: object) -> Problem:
    """Return the row of a problem.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in PROBLEMS:
        raise UnknownNameError("problem", name, PROBLEMS)
    return PROBLEMS[str(name)]


def _count(problem: Problem, classes: int | None) -> int | None:
    """Return how many classes are drawn."""
    if problem.classes is None:
        if classes is not None:
            raise OptionError(f"Problem {problem.name!r} has no classes. Received: {classes!r}.")
        return None
    least, most = problem.classes
    if classes is None:
        return max(least, min(most, DEFAULT_CLASSES))
    if type(classes) is not int or not least <= classes <= most:
        allowed = str(least) if least == most else f"{least} to {most}"
        raise OptionError(
            f"Problem {problem.name!r} has {allowed} classes. Received: {shown(classes)}."
        )
    return classes


def _labels(rng: Any, n: int, classes: int) -> Any:
    """Return class numbers, as many of each in the training rows as can be, and in the others."""
    import numpy as np

    parts = [np.arange(size) % classes for size in (TRAIN, n - TRAIN)]
    return np.concatenate([rng.permutation(part) for part in parts]).astype(np.int64)


def _renumbered(rng: Any, y: Any, classes: int) -> Any:
    return rng.permutation(classes)[y]


def _turned(rng: Any, X: Any) -> Any:
    """Turn the plane by any angle; mirror it in half of the cases."""
    import numpy as np

    angle, side = rng.uniform(0, 2 * np.pi), rng.choice([-1.0, 1.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return X @ turn * np.array([side, 1.0])


def _moons(rng: Any, n: int, _classes: int) -> tuple[Any, Any]:
    """Two half circles that reach into each other."""
    import numpy as np

    y = _labels(rng, n, 2)
    angle = rng.uniform(0, np.pi, n) + np.pi * y
    X = np.column_stack([np.cos(angle) - 0.5 + y, np.sin(angle) - 0.25 + 0.5 * y])
    X += rng.normal(scale=0.24, size=X.shape)
    return _turned(rng, 1.2 * X), _renumbered(rng, y, 2)


def _rings(rng: Any, n: int, _classes: int) -> tuple[Any, Any]:
    """A ring around a disc, off the centre."""
    import numpy as np

    y = _labels(rng, n, 2)
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(y == 0, 0.85 * np.sqrt(rng.uniform(size=n)), rng.uniform(1.05, 1.7, n))
    radius += rng.normal(scale=0.15, size=n)
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + rng.uniform(-0.3, 0.3, 2), _renumbered(rng, y, 2)


def _quadrants(rng: Any, n: int, _classes: int) -> tuple[Any, Any]:
    """Four clouds, opposite ones of one class: exclusive or."""
    import numpy as np

    y = _labels(rng, n, 2)
    first = rng.choice([-1.0, 1.0], n)
    X = np.column_stack([first, np.where(y == 0, first, -first)])
    X += rng.normal(scale=0.52, size=X.shape)
    return _turned(rng, X), _renumbered(rng, y, 2)


def _spirals(rng: Any, n: int, classes: int) -> tuple[Any, Any]:
    """Arms wound around one centre, half a turn each."""
    import numpy as np

    y = _labels(rng, n, classes)
    radius = rng.uniform(0.25, 1.7, n)
    angle = 2 * np.pi * y / classes + np.pi * 0.6 * radius
    angle += rng.normal(scale=1.35 / classes, size=n) / radius**0.5
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _turned(rng, X), _renumbered(rng, y, classes)


def _blobs(rng: Any, n: int, classes: int) -> tuple[Any, Any]:
    """Round clouds in four dimensions, their centres far enough apart."""
    import numpy as np

    y = _labels(rng, n, classes)
    corners = np.concatenate([np.eye(4), -np.eye(4)])[rng.permutation(8)[:classes]]
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    X = 1.6 * corners[y] + rng.normal(scale=0.5, size=(n, 4))
    return X @ turn, y


def _waves(rng: Any, n: int, _classes: int) -> tuple[Any, Any]:
    """A wave along one feature, a slope along the second; the third means nothing."""
    import numpy as np

    X = rng.uniform(-1.5, 1.5, (n, 3))
    start, sides = rng.uniform(-0.4, 0.4), rng.choice([-1.0, 1.0], 2)
    y = sides[0] * 1.5 * np.sin(2.2 * X[:, 0] + start) + sides[1] * 0.8 * X[:, 1]
    y += rng.normal(scale=0.3, size=n)
    return X[:, rng.permutation(3)], y


def _ridges(rng: Any, n: int, _classes: int) -> tuple[Any, Any]:
    """Two bent ridges across four features."""
    import numpy as np

    X = rng.normal(size=(n, 4))
    along = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    u, v = (X @ along)[:, :2].T
    y = rng.choice([-1.0, 1.0]) * (1.2 * np.abs(u) - 1.0) + 1.2 * np.tanh(2 * v)
    y += rng.normal(scale=0.25, size=n)
    return X, y


_ROWS = (
    Problem(
        name="moons",
        title=Text(
            en="which of two interlocking half circles a point lies on",
            zh="一个点落在两个咬合的半圆中的哪一个上",
        ),
        task="binary",
        features=2,
        classes=(2, 2),
        rows=_moons,
    ),
    Problem(
        name="rings",
        title=Text(en="whether a point lies in a disc or around it", zh="一个点在圆盘里还是在外圈"),
        task="binary",
        features=2,
        classes=(2, 2),
        rows=_rings,
    ),
    Problem(
        name="quadrants",
        title=Text(
            en="which of two pairs of opposite clouds a point belongs to (exclusive or)",
            zh="四团点里对角的两团算一类，一个点属于哪一类（异或）",
        ),
        task="binary",
        features=2,
        classes=(2, 2),
        rows=_quadrants,
    ),
    Problem(
        name="spirals",
        title=Text(en="which arm of a spiral a point lies on", zh="一个点落在螺旋线的哪一条旋臂上"),
        task="multiclass",
        features=2,
        classes=(3, 6),
        rows=_spirals,
    ),
    Problem(
        name="blobs",
        title=Text(
            en="which cloud a point of four numbers belongs to", zh="一个四维的点属于哪一团"
        ),
        task="multiclass",
        features=4,
        classes=(3, 6),
        rows=_blobs,
    ),
    Problem(
        name="waves",
        title=Text(
            en="the height of a wave with noise, from three numbers",
            zh="由三个数预测带噪声的波的高度",
        ),
        task="regression",
        features=3,
        classes=None,
        rows=_waves,
    ),
    Problem(
        name="ridges",
        title=Text(
            en="the height of a landscape with two ridges, from four numbers",
            zh="由四个数预测有两道山脊的地形的高度",
        ),
        task="regression",
        features=4,
        classes=None,
        rows=_ridges,
    ),
)

PROBLEMS: dict[str, Problem] = {row.name: row for row in _ROWS}
