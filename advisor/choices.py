"""A choice that carries its reason: what advice is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.text import Text


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another value that may be chosen, and when to prefer it."""

    value: str
    when: Text


@dataclass(frozen=True, slots=True)
class Avoid:
    """A value that tempts and is wrong here, and why."""

    value: str
    why: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One value, why it, by which formula, from which source; what else, and what not."""

    value: str
    reason: Text
    formula: str
    source: str | Text
    alternatives: tuple[Alternative, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    shown: Text | None = None  # the value in words, where it is no name or formula

    @property
    def words(self) -> str | Text:
        """The value as people read it."""
        return self.shown or self.value
