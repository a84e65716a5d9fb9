"""Real Keras programs with known defects, as facts: what they are built of, and stand-in data.

`programs.json` lists 82 programs from Stack Overflow, GitHub and published fault benchmarks: layers,
loss, optimizer, metrics, the shape, range and encoding of the data, the known defects by the names
of our rules, how each can be seen, and which rules must stay silent.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

Program = dict[str, Any]
_FILE = Path(__file__).with_name("programs.json")
_PIXELS = 20_000  # larger images come in fewer rows
_XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]


def programs() -> list[Program]:
    """Return every program."""
    found: list[Program] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def build(program: Program) -> Any:
    """Return the program's model, compiled; the weights are drawn from a fixed seed."""
    from advisor import backend

    keras = backend.keras()
    first = program["layers"][0][0]
    kind = "int32" if first == "Embedding" else "float32"
    with backend.seeded_layers(1):
        layers = [_layer(keras, *given) for given in program["layers"]]
        model = keras.Sequential([keras.Input(tuple(program["input"]), dtype=kind), *layers])
    options = dict(program["optimizer"])
    optimizer = getattr(keras.optimizers, options.pop("kind"))(**options)
    metrics = [_metric(keras, name) for name in program.get("metrics", [])]
    model.compile(optimizer=optimizer, loss=_loss(keras, program["loss"]), metrics=metrics or None)
    return model


def _layer(keras: Any, kind: str, options: dict[str, Any] | None = None) -> Any:
    made = dict(options or {})
    for name in ("kernel_initializer", "bias_initializer"):
        if isinstance(made.get(name), list):
            initializer, given = made[name]
            made[name] = getattr(keras.initializers, initializer)(**given)
    return getattr(keras.layers, kind)(**made)


def _loss(keras: Any, given: Any) -> Any:
    if isinstance(given, str):
        return given
    name, options = given
    return getattr(keras.losses, "".join(p.capitalize() for p in name.split("_")))(**options)


def _metric(keras: Any, name: str) -> Any:
    own = {"precision": "Precision", "recall": "Recall", "exact_accuracy": "Accuracy"}
    return getattr(keras.metrics, own[name])() if name in own else name


def data(program: Program) -> tuple[Any, Any]:
    """Return X and y that have the shape, the range and the encoding of the program's data."""
    import numpy as np

    given = program["data"]
    shape = tuple(program["input"])
    rows = 12 if math.prod(shape) > _PIXELS else 200
    rng = np.random.default_rng(0)
    X, y = _RECIPES[given["recipe"]](rng, min(rows, given.get("n", rows)), shape, given)
    if np.asarray(y).dtype.kind in "iu":
        y = _encoded(y, given["labels"], given.get("k", 2))
    X = X if X.dtype.kind == "i" else X.astype("float32")
    return X, (y[:, None] if given.get("y2d") and y.ndim == 1 else y)


def _encoded(y: Any, how: str, k: int) -> Any:
    import numpy as np

    if how == "onehot":
        return np.eye(max(k, int(y.max()) + 1), dtype="float32")[y]
    table = {
        "bool": lambda: y.astype(bool),
        "float01": lambda: y.astype("float32"),
        "int_from_1": lambda: y + 1,
        "div255": lambda: (y / 255).astype("float32"),
    }
    return table.get(how, lambda: y)()


def _classes(rng: Any, rows: int, given: Program) -> Any:
    """Return class numbers, all of them, in any order."""
    import numpy as np

    if given.get("imbalance"):
        y = (rng.random(rows) < given["imbalance"]).astype(int)
        y[:2] = 0, 1
        return y
    return rng.permutation(np.arange(rows) % given.get("k", 2))


def _clusters(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    y = _classes(rng, rows, given)
    centres = rng.normal(0, 3, (given.get("k", 2), *shape))
    X = centres[y] + rng.normal(0, 1, (rows, *shape))
    return ((X - X.mean(axis=0)) / X.std(axis=0) if given.get("scaled") else X), y


def _pictures(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    """Return patterns of a class with noise, from `lo` to `hi`."""
    y = _classes(rng, rows, given)
    patterns = 0.7 * (rng.random((given["k"], *shape)) < 0.3)  # noqa: PLR2004
    X = (patterns[y] + 0.25 * rng.random((rows, *shape))).clip(0, 1)
    X = given["lo"] + (given["hi"] - given["lo"]) * X
    if given["labels"] == "multihot":
        return X, (rng.random((rows, given["k"])) < 0.3).astype("float32")  # noqa: PLR2004
    return X, y


def _columns(rng: Any, rows: int, _: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    """Return columns of very different ranges, with classes or a number to tell from them."""
    import numpy as np

    low, high = np.array(given["ranges"], float).T
    share = rng.random((rows, len(low)))
    X, score = low + share * (high - low), share.mean(axis=1)
    if "ylo" in given:
        score = (score - score.min()) / (score.max() - score.min())
        return X, (given["ylo"] + score * (given["yhi"] - given["ylo"])).astype("float32")
    k = given.get("k", 2)
    return X, np.minimum(score.argsort().argsort() * k // rows, k - 1)


_CURVES = {
    "x2": lambda x: x**2,
    "x2p3": lambda x: x**2 + 3,
    "x4": lambda x: x**4,
    "5x2": lambda x: 5 * x**2,
    "poly4": lambda x: x**4 + x**3 - x,
}


def _curve(_: Any, rows: int, __: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    import numpy as np

    x = np.linspace(given["lo"], given["hi"], rows)
    slow = given["f"] == "sin_slow"
    y = np.sin(x / 50) if slow else _CURVES[given["f"]](x)
    if given["recipe"] == "func_norm":
        x, y = ((v - v.mean()) / v.std() for v in (x, y))
    return x[:, None], y.astype("float32")


def _words(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    """Return numbers of words, one of them a class's own."""
    import numpy as np

    y = _classes(rng, rows, given)
    X = rng.integers(1, given["vocab"], (rows, *shape))
    own = (y * 7 + 1) % given["vocab"]
    return np.where(rng.random(X.shape) < 0.3, own[:, None], X).astype("int32"), y  # noqa: PLR2004


def _series(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    y = _classes(rng, rows, given)
    waves = 0.8 * rng.normal(0, 1, (given["k"], *shape))
    return waves[y] + rng.normal(0, 1, (rows, *shape)), y


def _bits(rng: Any, rows: int, _: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    import numpy as np

    table = np.array(_XOR, float)
    X = table[[3, 0, 2, 1, 3, 0]] if given["recipe"] == "xor6" else table[rng.integers(0, 4, rows)]
    return X, (X[:, 0] != X[:, 1]).astype(int)


def _board(rng: Any, rows: int, shape: tuple[int, ...], _: Program) -> tuple[Any, Any]:
    """Return boards of the game of life, and their next generation without the border."""
    import numpy as np

    X = (rng.random((rows, *shape)) < 0.4).astype("float32")  # noqa: PLR2004
    near = sum(np.roll(X, (a, b), (1, 2)) for a in (-1, 0, 1) for b in (-1, 0, 1)) - X
    alive = (near == 3) | ((near == 2) & (X == 1))  # noqa: PLR2004
    return X, alive.astype("float32")[:, 1:-1, 1:-1]


def _halves(_: Any, rows: int, shape: tuple[int, ...], __: Program) -> tuple[Any, Any]:
    import numpy as np

    y = np.arange(rows) % 2
    return np.repeat(y[:, None], shape[0], axis=1).astype(float), y


def _rings(rng: Any, rows: int, _: tuple[int, ...], __: Program) -> tuple[Any, Any]:
    import numpy as np

    y, angle = np.arange(rows) % 2, rng.uniform(0, 2 * np.pi, rows)
    radius = np.where(y == 0, 1.0, 0.8) + rng.normal(0, 0.1, rows)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), y


def _iris(_: Any, __: int, ___: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    from sklearn.datasets import load_iris

    given["k"] = 3
    X, y = load_iris(return_X_y=True)
    return ((X - X.mean(axis=0)) / X.std(axis=0) if given.get("scaled") else X), y


def _weighted(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    import numpy as np

    X = rng.uniform(given["lo"], given["hi"], (rows, *shape))
    return X, (X @ np.array(given["w"], float) + given["b"]).astype("float32")


def _line(rng: Any, _: int, __: tuple[int, ...], ___: Program) -> tuple[Any, Any]:
    import numpy as np

    t = np.arange(100.0)
    return np.column_stack([t, np.ones(100)]), (2 * t + 4 + 10 * rng.random(100)).astype("float32")


def _powers(rng: Any, rows: int, _: tuple[int, ...], __: Program) -> tuple[Any, Any]:
    import numpy as np

    x = rng.uniform(-10, 10, rows)
    return np.column_stack([x, x**2]), (5 - 3 * x + 2 * x**2).astype("float32")


def _hundredths(rng: Any, rows: int, _: tuple[int, ...], __: Program) -> tuple[Any, Any]:
    X = rng.integers(0, 101, (rows, 2)) / 100
    return X, X.mean(axis=1).astype("float32")


def _numbers(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    y = given["lo"] + (given["hi"] - given["lo"]) * rng.random((rows, given["k"]))
    X = rng.normal(0, 1, (rows, *shape)) if len(shape) > 1 else rng.random((rows, *shape))
    return X, y.astype("float32")


def _several(rng: Any, rows: int, shape: tuple[int, ...], given: Program) -> tuple[Any, Any]:
    import numpy as np

    X = rng.poisson(5, (rows, *shape)).astype(float)
    score = X @ rng.normal(0, 1, (shape[0], given["k"]))
    return X, (score > np.median(score, axis=0)).astype("float32")


def _majority(rng: Any, rows: int, shape: tuple[int, ...], _: Program) -> tuple[Any, Any]:
    X = rng.integers(0, 2, (rows, *shape)).astype(float)
    return X, (X.sum(axis=1) > 1).astype(int)


def _chance(rng: Any, rows: int, shape: tuple[int, ...], _: Program) -> tuple[Any, Any]:
    return rng.random((rows, *shape)), rng.integers(0, 2, rows)


_RECIPES: dict[str, Any] = {
    "avg2": _hundredths,
    "blobs": _clusters,
    "circles": _rings,
    "const_vectors": _halves,
    "digits_flat": _pictures,
    "func": _curve,
    "func_norm": _curve,
    "game_of_life": _board,
    "hetero": _columns,
    "hetero_reg": _columns,
    "images": _pictures,
    "iris": _iris,
    "line100": _line,
    "linear": _weighted,
    "majority3": _majority,
    "multi_reg": _numbers,
    "multilabel": _several,
    "quad_feats": _powers,
    "random_binary": _chance,
    "seq_gauss": _series,
    "seq_reg": _numbers,
    "tokens": _words,
    "xor6": _bits,
    "xor_rep": _bits,
}
