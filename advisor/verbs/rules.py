"""`advisor rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import FINE, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 6
TITLE = Text(en="what `check` looks for, and how to repair it", zh="check 检查什么，怎么修改")


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; return its exit status."""
    from advisor.rulebook import rule, rulebook

    if not arguments.rule:
        if getattr(arguments, "json", False):
            show({one.code: one.to_dict() for one in rulebook()}, arguments)
        else:
            rows = (f"{one.code}  {one.name:<32}  {one.entry.TITLE}" for one in rulebook())
            print("\n".join(rows))
        return FINE
    for position, name in enumerate(arguments.rule):
        if position:
            print()
        show(rule(name), arguments)
    return FINE


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("rule", nargs="*", metavar="RULE", help=say(_RULE))


_RULE = Text(en="a code or a name (none: list them)", zh="规则的编号或名字（不写则列出）")
