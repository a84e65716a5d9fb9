"""A progress bar for long work: on a terminal only, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Step = TypeVar("Step")


def track(steps: Sequence[Step], title: str, name: Callable[[Step], str]) -> Iterator[Step]:
    """Give the steps one by one, showing how far it is where somebody watches."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task(title, total=len(steps))
        for step in steps:
            bar.update(line, description=f"{title}: {name(step)}")
            yield step
            bar.advance(line)
