"""`advisor assignment`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import say, show

if TYPE_CHECKING:
    import argparse

ORDER = 14
TITLE = Text(
    en="assignments: try one, hand out, collect and grade", zh="作业：自己做、发作业、收作业、评分"
)


def run(arguments: argparse.Namespace) -> None:
    """List the small assignments that a student may try at once."""
    from advisor.assignments import titles

    found = {name: str(title) for name, title in titles()}
    lines = (f"{name:<24}{title}" for name, title in found.items())
    show(found if getattr(arguments, "json", False) else "\n".join(lines), arguments)


def _try(arguments: argparse.Namespace) -> None:
    """Show a small assignment, give a hint, or check an answer."""
    from advisor.assignments import assignment

    work = assignment(arguments.action)
    if arguments.question is None:
        show(work, arguments)
    elif arguments.answer is None:
        show(work.hint(arguments.question), arguments)
    else:
        show(work.check(arguments.question, arguments.answer), arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add what a teacher does, and the small assignments by name."""
    import argparse

    from advisor import _shelf
    from advisor.assignments import titles
    from advisor.grading import actions

    kinds = verb.add_subparsers(dest="action", metavar="ACTION", title=say(_ACTIONS))
    entries = [_shelf.entry(actions, "action", name) for name in _shelf.names(actions)]
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=say(_JSON))
    common.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help=say(_LANG))
    for entry in sorted(entries, key=lambda entry: int(entry.ORDER)):
        words, name = say(entry.TITLE), entry.__name__.rpartition(".")[2]
        action = kinds.add_parser(name, help=words, description=words, parents=[common])
        entry.add(action)
        action.set_defaults(run=entry.run)
    for name, title in titles():
        small = kinds.add_parser(name, help=say(_SMALL.format(title)), parents=[common])
        small.add_argument("question", nargs="?", help=say(_QUESTION))
        small.add_argument("answer", nargs="?", help=say(_ANSWER))
        small.set_defaults(run=_try)


_ACTIONS = Text(en="what to do", zh="做什么")
_SMALL = Text(en="try it: {}", zh="自己做：{}")
_QUESTION = Text(en="a question, for a hint", zh="题号：给一个提示")
_ANSWER = Text(en="an answer in one word, to be checked", zh="一个词的答案：检查对错")
_JSON = Text(en="print JSON instead of words", zh="输出 JSON")
_LANG = Text(en="English or Chinese", zh="英文或中文")
