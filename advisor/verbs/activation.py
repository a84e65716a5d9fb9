"""`advisor activation`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import PLOT, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 10
TITLE = Text(en="all about an activation function", zh="一个激活函数的全部资料")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.activations import ACTIVATIONS, activation

    rows = [activation(name) for name in arguments.name or ACTIVATIONS]
    if arguments.plot:
        from advisor.activation_plots import draw_activations

        draw_activations(rows).savefig(arguments.plot)
    if len(rows) == 1:
        show(rows[0], arguments)
    elif getattr(arguments, "json", False):
        print(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
    elif arguments.name:
        print("\n\n".join(str(row) for row in rows))
    else:
        print("\n".join(f"{row.name:<16}{row.title}" for row in rows))


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument(
        "name",
        nargs="*",
        help=say(Text(en="activations (none: list them)", zh="激活函数名（不写则列出）")),
    )
    verb.add_argument("--plot", metavar="FILE.png", help=say(PLOT))
