"""`advisor source`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import OUT, add_model, choices, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 11
TITLE = Text(en="the same model as a plain Keras script", zh="同一个模型的纯 Keras 脚本")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.scripts import source

    script = source(**choices(arguments))
    if arguments.out:
        from advisor.projects import write_new

        write_new(arguments.out, script)
        return
    show(script, arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_model(verb)
    verb.add_argument("-o", "--out", metavar="SCRIPT.py", help=say(OUT))
