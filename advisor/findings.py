"""What a rule reports, and how it says that it could not look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.changes import Change
    from advisor.text import Text

ERROR, WARNING, HINT = "error", "warning", "hint"
SEVERITIES = (ERROR, WARNING, HINT)  # worst first


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule saw at one place.

    Attributes:
        severity: "error" (wrong), "warning" (risky here) or "hint".
        where: the layer, "loss", "metrics", "optimizer", "X" or "y"; with several outputs the
            output's name is part of it.
        message: what is there, and what that does here.
        fix: how to repair it.
        changes: the same as data; empty where no change of the model repairs it.
        explains: names of rules whose findings follow from this one.
        stands: it is never taken for a consequence.
    """

    severity: str
    where: str
    message: Text
    fix: Text
    changes: tuple[Change, ...] = ()
    explains: tuple[str, ...] = ()
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a model.

    Attributes:
        code: of the rule, "ADV101".
        name: of the rule, "softmax-on-one-unit".
        severity: "error" (wrong), "warning" (risky here) or "hint".
        where: the layer, "loss", "metrics", "optimizer", "X" or "y".
        message: what is there, and what that does here.
        why: why it is bad, in general.
        fix: how to repair it.
        source: where this is from.
        changes: the repair as data.
        because: code of the finding that this one follows from; None for a root cause.
    """

    code: str
    name: str
    severity: str
    where: str
    message: Text
    why: Text
    fix: Text
    source: str
    changes: tuple[Change, ...] = field(default=(), repr=False)
    because: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON types, words in the language spoken now."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "where": self.where,
            "message": str(self.message),
            "why": str(self.why),
            "fix": str(self.fix),
            "source": self.source,
            "because": self.because,
        }


class NotApplicable(Exception):  # noqa: N818 - it is no error: a rule could not look
    """A rule could not look: what it needs is not there.

    Attributes:
        needs: what is missing, in both languages.
    """

    def __init__(self, needs: Text) -> None:
        """Say what is missing."""
        super().__init__(needs.en)
        self.needs = needs
