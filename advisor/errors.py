"""What can go wrong, as exceptions.

    AdvisorError
    ├── UnknownNameError (ValueError)   a task, activation, data set … that is not on its list
    ├── OptionError (ValueError)        an option outside its range, or two that exclude each other
    ├── DataError (ValueError)          X or y that cannot be used as it is
    │   └── LabelError                  y that does not fit the task or the model
    ├── ModelFileError (ValueError)     a file that is no saved model, or no harmless one
    ├── FindingsError                   training was not begun: the model has errors
    └── DataTypeError (TypeError)       X or y of a kind that is not a table of numbers
    AdvisorWarning (UserWarning)        it goes on, but the user should know

Every text is one line: what was received, what was expected, how to repair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class AdvisorError(Exception):
    """Any error that advisor raises on purpose."""


class UnknownNameError(AdvisorError, ValueError):
    """A name that is not on its list; names the nearest ones that are.

    Example:
        >>> print(UnknownNameError("task", "binray", ["binary", "multiclass"]))
        Unknown task 'binray'. Known: binary, multiclass. Did you mean 'binary'?
    """

    def __init__(self, kind: str, received: object, known: Iterable[str]) -> None:
        """Say which `kind` of name was received, and which are known."""
        import difflib

        names = list(known)
        near = difflib.get_close_matches(str(received).lower(), names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"Unknown {kind} {shown(received)}. Known: {', '.join(names)}.{hint}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it come back from another process as it was."""
        import copyreg

        return copyreg.__newobj__, (type(self), *self.args)  # type: ignore[attr-defined]


class OptionError(AdvisorError, ValueError):
    """An option outside its range, or two that exclude each other."""


class DataError(AdvisorError, ValueError):
    """X or y that cannot be used as it is."""


class LabelError(DataError):
    """Targets that do not fit the task or the model."""


class ModelFileError(AdvisorError, ValueError):
    """A file that is no saved model, or one that names what a saved model need not name."""


class FindingsError(AdvisorError):
    """Training was not begun: a check found an error in the model."""


class DataTypeError(AdvisorError, TypeError):
    """X or y of a kind that is not a table of numbers."""


class AdvisorWarning(UserWarning):
    """It goes on, but the user should know."""


def shown(value: object, limit: int = 40) -> str:
    r"""Return a value as it may stand in an error: one line, escaped, cut to `limit` characters.

    Example:
        >>> shown("\x1b[31mred")
        "'\\x1b[31mred'"
    """
    text = ascii(value) if not str(value).isprintable() else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def warn(message: str) -> None:
    """Warn at the line of the user's that called into advisor."""
    import sys
    import warnings

    level = 2
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to find the caller's own line
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] == "advisor":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, AdvisorWarning, stacklevel=level)


def whole_number(name: str, value: object, least: int) -> None:
    """Refuse what is not a whole number of at least `least`."""
    import numbers

    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        raise OptionError(
            f"Expected {name} to be a whole number of at least {least}. Received: {shown(value)}."
        )
