"""`advisor assignment`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import say, show

if TYPE_CHECKING:
    import argparse

ORDER = 14
TITLE = Text(en="list assignments, show one, get a hint", zh="列出作业、看题、要提示")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.assignments import assignment, titles

    if not arguments.name:
        for name, title in titles():
            print(f"{name:<24}{title}")
        return
    work = assignment(arguments.name)
    if arguments.question is None:
        show(work, arguments)
    elif arguments.answer is None:
        show(work.hint(arguments.question), arguments)
    else:
        show(work.check(arguments.question, arguments.answer), arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument(
        "name",
        nargs="?",
        help=say(Text(en="an assignment (none: list them)", zh="作业名（不写则列出）")),
    )
    verb.add_argument(
        "question", nargs="?", help=say(Text(en="a question, for a hint", zh="题号：给一个提示"))
    )
    verb.add_argument(
        "answer",
        nargs="?",
        help=say(Text(en="an answer in one word, to be checked", zh="一个词的答案：检查对错")),
    )
