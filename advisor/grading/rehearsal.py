"""The teacher's own solution run in a process of its own, once for each made-up student."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.grading.source import Source

_SECONDS = 600
_WORDS = 300


class NotProvedError(AdvisorError):
    """The reference does not score full points, or the starter scores some; nothing was written."""


# Each run begins with seeds of its own and without figures; Keras is imported once.
_LOOP = """
import os, random, runpy, sys, traceback
package, failed, name, needed, *folders = sys.argv[1:]
if package not in sys.path:
    sys.path.insert(0, package)
import numpy
if needed:
    from advisor import backend
    backend.keras()
for number, folder in enumerate(folders):
    os.chdir(folder)
    random.seed(number)
    numpy.random.seed(number)
    if needed:
        backend.keras().utils.set_random_seed(number)
    try:
        runpy.run_path(name)
    except BaseException as error:
        if isinstance(error, SystemExit) and not error.code:
            continue
        lines = [one.line for one in traceback.extract_tb(error.__traceback__) if one.filename == name]
        where = f" in the line {lines[-1]!r}" if lines else ""
        with open(failed, "w", encoding="utf-8") as file:
            file.write(f"{number} {type(error).__name__}: {error}{where}")
        sys.exit(1)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
"""


def run(source: Source, folders: dict[Path, str]) -> None:
    """Run the script of each folder, in their order.

    Args:
        source: the assignment.
        folders: what stands in each, for the error.

    Raises:
        NotProvedError: a script fails, or they take too long; one line says which.
    """
    from advisor.grading import kinds

    failed = next(iter(folders)).parent / "failed.txt"
    needed = any(kinds.kind(one.kind).MODEL for one in source.questions.values())
    package = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-P", "-W", "ignore", "-c", _LOOP, package, str(failed)]
    try:
        done = subprocess.run(  # noqa: S603 - the teacher's own code
            [*command, f"{source.name}.py", "keras" if needed else "", *map(str, folders)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"},
        )
    except subprocess.TimeoutExpired:
        raise NotProvedError(
            f"The reference solution took more than {_SECONDS} s for {len(folders)} variants. Make it quicker."
        ) from None
    if done.returncode:
        raise NotProvedError(_why(failed, list(folders.values()), done))


def _why(failed: Path, whose: list[str], done: subprocess.CompletedProcess[str]) -> str:
    if failed.exists():
        number, _, words = failed.read_text(encoding="utf-8").partition(" ")
        return f"{whose[int(number)]} fails: {' '.join(words.split())[:_WORDS]}"
    last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return f"The reference solution ended at once: {' '.join(last.split())[:_WORDS]}"
