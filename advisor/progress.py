"""A progress bar for long work: on a terminal only, on standard error, one at a time."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Step = TypeVar("Step")
_shown = False


def track(steps: Sequence[Step], title: str, name: Callable[[Step], str]) -> Iterator[Step]:
    """Give the steps one by one, showing how far it is where somebody watches."""
    with _bar(title, len(steps)) as advance:
        for step in steps:
            advance(0, f"{title}: {name(step)}")
            yield step
            advance(1, None)


@contextlib.contextmanager
def counted(total: int, title: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many more are done, in whatever order."""
    with _bar(title, total) as advance:
        yield lambda more: advance(more, None)


@contextlib.contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[int, str | None], None]]:
    """Show a bar where somebody watches and none is shown; give what moves it on and renames it."""
    global _shown  # noqa: PLW0603 - there is one terminal
    if _shown or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task(title, total=total)
        _shown = True
        try:
            yield lambda more, name: bar.update(line, advance=more, description=name)
        finally:
            _shown = False
