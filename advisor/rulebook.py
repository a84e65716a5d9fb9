"""The rules by code and name: read off the shelf, printed, selected and ignored."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import _shelf, rules
from advisor.errors import OptionError, UnknownNameError, shown
from advisor.page import Answer, Page
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_FILE = re.compile(r"adv(\d{3})_(\w+)")


@dataclass(frozen=True, repr=False)
class Rule(Answer):
    """One rule of `check`.

    Attributes:
        code: "ADV101".
        name: "softmax-on-one-unit".
        entry: its file's module.
    """

    code: str
    name: str
    entry: ModuleType

    def page(self) -> Page:
        """Describe the rule in the language spoken now."""
        entry = self.entry
        page = Page(f"{self.code} {self.name}{_COLON}{entry.TITLE}")
        page.heading(_WHY).say(entry.WHY)
        page.heading(_EXAMPLE).code(entry.EXAMPLE.rstrip())
        page.heading(_INSTEAD).say(entry.REPAIR).code(entry.INSTEAD.rstrip())
        page.heading(_FALSE).say(entry.FALSE_POSITIVES)
        return page.rows((_SOURCE, entry.SOURCE))

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as plain JSON types, words in the language spoken now."""
        entry = self.entry
        return {
            "code": self.code,
            "name": self.name,
            "title": str(entry.TITLE),
            "why": str(entry.WHY),
            "repair": str(entry.REPAIR),
            "false_positives": str(entry.FALSE_POSITIVES),
            "example": entry.EXAMPLE,
            "instead": entry.INSTEAD,
            "source": entry.SOURCE,
        }


@functools.cache
def rulebook() -> tuple[Rule, ...]:
    """Return every rule, by code."""
    found = []
    for file in _shelf.names(rules):
        matched = _FILE.fullmatch(file)
        if matched is None:
            raise ValueError(f"A rule's file is named advNNN_name.py. Received: {file}.py.")
        number, name = matched.groups()
        entry = _shelf.entry(rules, "rule", file)
        found.append(Rule(f"ADV{number}", name.replace("_", "-"), entry))
    return tuple(found)


def rule(name: object) -> Rule:
    """Return one rule by code or name; case, "-" and "_" do not matter.

    Raises:
        UnknownNameError: there is none; the nearest is given.

    Example:
        >>> rule("adv101").name
        'softmax-on-one-unit'
    """
    key = str(name).strip().lower().replace("_", "-")
    for one in rulebook():
        if key in {one.code.lower(), one.name}:
            return one
    known = (
        [one.code for one in rulebook()] if key.startswith("adv") else [r.name for r in rulebook()]
    )
    raise UnknownNameError("rule", name, known)


def chosen(select: Sequence[str] | None, ignore: Sequence[str] | None) -> list[Rule]:
    """Return the rules to run; "ADV1" stands for all that begin so.

    Args:
        select: codes, beginnings of codes, or names; None for all, or what `[tool.advisor]` of
            the nearest pyproject.toml says.
        ignore: likewise, taken away.

    Raises:
        UnknownNameError: one of them fits no rule.
        OptionError: they are no lists of text.
    """
    settings = configured() if select is None or ignore is None else {}
    wanted = settings.get("select") if select is None else select
    unwanted = settings.get("ignore") if ignore is None else ignore
    kept = list(rulebook()) if wanted is None else _matching(wanted, "select")
    dropped = {one.code for one in _matching(unwanted or [], "ignore")}
    return [one for one in kept if one.code not in dropped]


def _matching(given: Any, option: str) -> list[Rule]:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, (list, tuple, set)) or not all(isinstance(one, str) for one in given):
        raise OptionError(
            f"Expected {option} to be a list of codes or names, such as ['ADV101', 'ADV3']. Received: "
            f"{shown(given)}."
        )
    found: set[str] = set()
    for one in given:
        start = one.strip().upper()
        codes = {r.code for r in rulebook() if start.startswith("ADV") and r.code.startswith(start)}
        found |= codes or {rule(one).code}
    return [one for one in rulebook() if one.code in found]


def configured() -> dict[str, Any]:
    """Return `[tool.advisor]` of the nearest pyproject.toml, from the working folder up.

    Raises:
        OptionError: it cannot be read.
    """
    import tomllib
    from pathlib import Path

    for folder in (Path.cwd(), *Path.cwd().parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise OptionError(f"pyproject.toml cannot be read: {str(error)[:80]}.") from None
        tool = table.get("tool")
        found = tool.get("advisor", {}) if isinstance(tool, dict) else {}
        unknown = (
            sorted(set(found) - {"select", "ignore"}) if isinstance(found, dict) else ["advisor"]
        )
        if unknown:
            raise OptionError(
                f"[tool.advisor] of pyproject.toml takes select and ignore. Received: {unknown[0]}."
            )
        return dict(found)
    return {}


_COLON = Text(en=": ", zh="：")
_WHY = Text(en="Why is this bad?", zh="为什么不好？")
_EXAMPLE = Text(en="Example", zh="例子")
_INSTEAD = Text(en="Use instead", zh="应该这样")
_FALSE = Text(en="Known false positives", zh="已知的误报")
_SOURCE = Text(en="source", zh="出处")
