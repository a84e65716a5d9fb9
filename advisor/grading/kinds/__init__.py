"""The shelf of kinds of question: one file each, listed by file name.

An entry has `MODEL` (a saved model is handed in, not a value), `EXPECTED` (words for what an answer
must be), `judge(asked)`, and `lines(spec)`: the code that the student is given for it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from advisor import _shelf

if TYPE_CHECKING:
    from types import ModuleType


def names() -> list[str]:
    """List the kinds."""
    import sys

    return _shelf.names(sys.modules[__name__])


@cache
def kind(name: str) -> Any:
    """Return one kind's module."""
    import sys

    module: ModuleType = sys.modules[__name__]
    return _shelf.entry(module, "kind of question", name)
