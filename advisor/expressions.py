"""Lines of NumPy that the tables hold, so that what is printed is what is run."""

from __future__ import annotations

import functools
from typing import Any


def evaluate(line: str, **names: object) -> Any:
    """Compute one line of a table; it sees `np`, `len`, `int`, `special` and the given names only.

    `special` is scipy.special, imported where a line names it.

    Only lines written in this package's tables come here, never a user's text.

    Example:
        >>> float(evaluate("np.maximum(x, 0.0)", x=-3))
        0.0
    """
    import numpy as np

    # NumPy's C code imports its Python half through the caller's builtins, at the first use
    builtins = {"__import__": __import__}
    seen: dict[str, Any] = {"__builtins__": builtins, "np": np, "len": len, "int": int}
    if "special." in line:
        from scipy import special

        seen["special"] = special
    with np.errstate(all="ignore"):
        return eval(_compiled(line), seen, names)  # noqa: S307 - see the docstring


@functools.cache
def _compiled(line: str) -> Any:
    return compile(line, "<a line of a table>", "eval")
