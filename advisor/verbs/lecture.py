"""`advisor lecture`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import show

if TYPE_CHECKING:
    import argparse

ORDER = 15
TITLE = Text(
    en="each sentence of the lecture, and where it is shown", zh="讲义的每句话在哪里有演示"
)


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.lecture import where_shown

    show(where_shown(), arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """This one takes nothing."""
    del verb
