"""What was compiled is kept for the next model of its kind, up to a number."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

MOST = 64


class Recent(OrderedDict[Any, Any]):
    """A dictionary of `MOST` entries: the one that was longest not asked for goes first.

    Example:
        >>> kept = Recent((number, "") for number in range(MOST))
        >>> kept.get(0)
        ''
        >>> kept["new"] = ""
        >>> 0 in kept, 1 in kept
        (True, False)
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """Return an entry, which thereby is the last to go."""
        if key in self:
            self.move_to_end(key)
        return super().get(key, default)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep an entry."""
        super().__setitem__(key, value)
        while len(self) > MOST:
            self.popitem(last=False)
