"""`compare`'s training on a graphics card, through Keras' JAX backend: networks a second.

KERAS_BACKEND=jax python -m benchmarks.card 10000
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

from benchmarks.fitting import EPOCHS
from benchmarks.populations import HIDDEN

BATCH = 32
BARS = {"with compiling": 2000, "without": 5000}


def study(count: int, hidden: list[str], depth: int, units: int) -> tuple[Any, float]:
    """Return a study of digits networks, and the seconds that splitting the rows took."""
    from advisor.comparison import _data
    from advisor.settings import combinations, with_rate
    from advisor.splits import split
    from advisor.study import Study

    X, target, _ = _data(None, None, None, "digits")
    settings = combinations(hidden, None, depth, units, None)
    settings = tuple(with_rate(one, target.task.learning_rate) for one in settings)
    start = time.perf_counter()
    parts = tuple(split(X, target, seed) for seed in range(count // len(settings)))
    return Study(settings, parts, X, target, EPOCHS, BATCH), time.perf_counter() - start


def measure(plan: Any) -> dict[str, float]:
    """Train a study twice; return the seconds of each stage, compiled anew and then not."""
    from advisor import calls, loops
    from advisor.population import Population

    loops._shared.clear()  # noqa: SLF001 - as in a process that has trained nothing yet
    calls._kept.clear()  # noqa: SLF001
    found: dict[str, float] = {}
    stages = {name: getattr(Population, name) for name in ("__init__", "flow", "train", "predict")}

    def timed(name: str, stage: Any, how: str) -> Any:
        def run(*args: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return stage(*args, **options)
            finally:
                took = time.perf_counter() - start
                found[f"{name}, {how}"] = found.get(f"{name}, {how}", 0.0) + took

        return run

    for how in BARS:
        start = time.perf_counter()
        try:
            for name, stage in stages.items():
                setattr(Population, name, timed(name, stage, how))
            runs = plan.run()
        finally:
            for name, stage in stages.items():
                setattr(Population, name, stage)
        found[f"all, {how}"] = time.perf_counter() - start
        found["score"] = sum(run.score for run in runs) / len(runs)
    return found


def main() -> None:
    """Print a line a stage, and networks a second beside the bars."""
    import jax
    import keras

    warnings.filterwarnings("ignore", message=".* of .* columns of X never vary")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{jax.devices()[0].device_kind}; Keras {keras.__version__}, JAX {jax.__version__}")
    for depth, units in ((2, 32), (1, 64)):
        plan, splitting = study(count, HIDDEN, depth, units)
        networks = len(plan.settings) * len(plan.splits)
        found = measure(plan)
        print(
            f"{networks} digits networks, {len(HIDDEN)} activations, {depth} × {units} hidden "
            f"units, {EPOCHS} epochs; mean score {found.pop('score'):.3f}; the rows split in "
            f"{splitting:.2f} s"
        )
        for name, took in found.items():
            print(f"  {name:<28}{took:8.2f} s")
        for how, bar in BARS.items():
            rate = networks / found[f"train, {how}"]
            print(f"  trained {how}: {rate:.0f} networks/s (bar {bar})")


if __name__ == "__main__":
    main()
