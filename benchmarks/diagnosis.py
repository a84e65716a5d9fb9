"""How many defects of real programs `check` finds, beside what Keras itself warns of."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

from benchmarks.programs import build, data, programs

if TYPE_CHECKING:
    from collections.abc import Callable

_WARNINGS = {
    "softmax over axis": "softmax-on-one-unit",
    "from_logits=True": "activation-with-from-logits",
    "num_classes > 1": "loss-task-mismatch",
}


def main() -> None:
    """Print the table."""
    from advisor import backend, check

    keras = backend.keras()
    tables: dict[str, list[tuple[dict[str, Any], list[str], list[str]]]] = {
        "check(model)": [],
        "check(model, X, y)": [],
        "Keras' warnings": [],
    }
    took = []
    for program in programs():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model, (X, y) = build(program), data(program)
            alone = check(model)
            start = time.perf_counter()
            whole = check(model, X, y)
            took.append(time.perf_counter() - start)
        for name, report in (("check(model)", alone), ("check(model, X, y)", whole)):
            names = [f.name for f in report.findings]
            errors = [f.name for f in report.findings if f.severity == "error"]
            tables[name].append((program, names, errors))
        said = _said_by_keras(program, X, y)
        tables["Keras' warnings"].append((program, said, said))
        keras.backend.clear_session()
    print("Real programs with a known main defect; the correct and the disputed ones beside.")
    print(f"{'':22}{'static':>9}{'with data':>11}{'first':>9}{'errors on':>11}{'must not':>10}")
    print(f"{'':22}{'found':>9}{'found':>11}{'right':>9}{'correct':>11}{'fired':>10}")
    for name, rows in tables.items():
        print(_row(name, rows))
    print(f"check(model, X, y): median {1e3 * sorted(took)[len(took) // 2]:.0f} ms")


def _row(name: str, rows: list[tuple[dict[str, Any], list[str], list[str]]]) -> str:
    buggy = [row for row in rows if row[0]["verdict"] == "buggy" and row[0].get("primary")]
    static = [r for r in buggy if r[0]["visible"] == "static"]
    seen = [r for r in buggy if r[0]["visible"] in {"static", "data"}]
    needs = [r for r in buggy if r[0]["visible"] == "data"]
    correct = [r for r in rows if r[0]["verdict"] == "correct"]
    quiet = [r for r in rows if r[0].get("silent")]

    def share(some: list[Any], holds: Callable[[Any], bool]) -> str:
        return f"{sum(map(holds, some))}/{len(some)}"

    found = share(static, lambda r: r[0]["primary"] in r[1])
    late = share(needs, lambda r: r[0]["primary"] in r[1])
    alone = static if name == "check(model)" else seen
    first = share(alone, lambda r: bool(r[1]) and r[1][0] in r[0]["defects"])
    wrong = share(correct, lambda r: bool(r[2]))
    fired = share(quiet, lambda r: bool(set(r[0]["silent"]) & set(r[1])))
    return f"{name:22}{found:>9}{late:>11}{first:>9}{wrong:>11}{fired:>10}"


def _said_by_keras(program: dict[str, Any], X: Any, y: Any) -> list[str]:
    """Return what Keras warns of while it builds and trains for one step."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            build(program).fit(X[:32], y[:32], epochs=1, verbose=0)
        except Exception as error:  # noqa: BLE001 - some programs end in an error, which says something
            text = str(error)
            return (
                ["missing-flatten"]
                if "rank" in text
                else ["label-encoding-mismatch"] * ("shape" in text)
            )
    said = [str(one.message) for one in caught]
    return [name for part, name in _WARNINGS.items() if any(part in one for one in said)]


if __name__ == "__main__":
    main()
