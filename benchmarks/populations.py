"""`compare` beside training one after another, its floor on this machine, and how it grows."""

from __future__ import annotations

import logging
import statistics
import subprocess
import sys
import warnings
from typing import Any

from benchmarks.fitting import EPOCHS, by_keras, perceptron
from benchmarks.speed import seconds

HIDDEN = ["relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid"]
SEEDS, RUNS = 25, 3
NETWORKS = len(HIDDEN) * SEEDS


def by_advisor(name: str) -> float:
    """Time one comparison of 200 networks, making, compiling, training and testing included."""
    import advisor
    from advisor import loops

    loops._shared.clear()  # noqa: SLF001 - as in a process that has compared nothing yet
    return seconds(lambda: advisor.compare(dataset=name, hidden=HIDDEN, seeds=SEEDS))


def by_sklearn(name: str, count: int) -> float:
    """Time MLPClassifiers through joblib on two processes, already started; for 200 of them."""
    from joblib import Parallel, delayed

    activations = ["relu", "tanh", "logistic"]  # what scikit-learn has

    def one(seed: int) -> Any:
        return perceptron(name, seed, activations[seed % 3])()

    with Parallel(2) as workers:
        workers(delayed(one)(seed) for seed in range(4))
        return (
            seconds(lambda: workers(delayed(one)(seed) for seed in range(count))) * NETWORKS / count
        )


def floor(name: str) -> tuple[float, float, float]:
    """Return operations and bytes a step, and the seconds they need at this machine's best.

    Operations: a multiply and an add a weight and row, forward and twice back. Bytes: Adam reads
    weight, gradient and two means and writes three of them. Best: NumPy's float32 product of two
    1024² matrices, and its copy of an array as large as the weights.
    """
    import numpy as np

    import advisor

    model = advisor.build(dataset=name)
    weights = sum(int(np.prod(w.shape)) for w in model.trainable_weights) * NETWORKS
    operations, moved = 6 * 32 * weights, 28 * weights
    a = np.ones((1024, 1024), "float32")
    b, c = np.ones(weights, "float32"), np.ones(weights, "float32")
    product = statistics.median(seconds(lambda: a @ a) for _ in range(9))
    copy = statistics.median(seconds(lambda: np.copyto(c, b)) for _ in range(99))
    return operations, moved, operations / (2 * 1024**3 / product) + moved / (8 * weights / copy)


_CHILD = """
import sys, time, advisor
from pathlib import Path

def kib(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])

hidden, seeds, limit = sys.argv[1].split(","), int(sys.argv[2]), int(sys.argv[3]) or None
advisor.compare("multiclass", hidden=hidden, seeds=1, epochs=2)
before = kib("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
start = time.perf_counter()
advisor.compare("multiclass", hidden=hidden, seeds=seeds, memory=limit)
print(time.perf_counter() - start, kib("VmHWM") - before)
"""


def grown(count: int, limit: int = 0) -> tuple[float, float]:
    """Return seconds a network and MiB added at the peak, of iris networks in their own process."""
    hidden = HIDDEN[:2]
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            _CHILD,
            ",".join(hidden),
            str(count // 2),
            str(limit),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    time, memory = done.stdout.split()
    return float(time) / count, int(memory) / 1024


def main() -> None:
    """Print a line a ratio beside its bar, then the floor, then growth."""
    warnings.filterwarnings("ignore", message=".* of .* columns of X never vary")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    print(
        f"compare: {NETWORKS} networks ({len(HIDDEN)} activations × {SEEDS} seeds), {EPOCHS} epochs, "
        "all included"
    )
    for name, bar, share in (("iris", 150, 1.0), ("digits", 80, 0.2)):
        by_keras(name)
        ours, one, theirs = [], [], []
        for _ in range(RUNS):
            ours.append(by_advisor(name))
            theirs.append(by_sklearn(name, int(NETWORKS * share)))
            one += [by_keras(name) for _ in range(2)]
        mine, keras, sklearn = (statistics.median(times) for times in (ours, one, theirs))
        print(
            f"  {name:<8}{mine:7.2f} s; model.fit one by one {keras * NETWORKS:7.0f} s (from "
            f"{len(one)}): {keras * NETWORKS / mine:4.0f} × (bar {bar}); MLPClassifiers through "
            f"joblib {sklearn:5.1f} s (from {int(NETWORKS * share)}): {sklearn / mine:.1f} × (bar 5)"
        )
        operations, moved, least = floor(name)
        steps = EPOCHS * -(-{"iris": 112, "digits": 1347}[name] // 32)
        print(
            f"          a step: {operations / 1e6:.0f} M operations, {moved / 1e6:.1f} MB by Adam; at "
            f"this machine's best {least * 1e3:.2f} ms, {least * steps / mine:.0%} of the time taken"
        )
    print("growth, iris networks in a process of their own: ms a network, MiB added")
    for count in (10, 100, 1000):
        time, memory = grown(count)
        print(f"  {count:>5} networks{time * 1e3:9.1f} ms{memory:8.0f} MiB")
    for limit in (128, 256):
        time, memory = grown(1000, limit * 2**20)
        print(f"   1000 networks{time * 1e3:9.1f} ms{memory:8.0f} MiB, in chunks of {limit} MiB")


if __name__ == "__main__":
    main()
