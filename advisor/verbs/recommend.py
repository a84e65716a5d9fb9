"""`advisor recommend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import add_data, own, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 1
TITLE = Text(
    en="which activations and loss for a task or your data, and why",
    zh="一个任务或你的数据该用什么激活函数和损失，为什么",
)


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.recommendation import recommend

    X, y = own(arguments)
    show(recommend(arguments.task, X=X, y=y, evidence=arguments.evidence), arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_data(verb)
    verb.add_argument("--evidence", action="store_true", help=say(_EVIDENCE))


_EVIDENCE = Text(
    en="also try the hidden activations on --data, ten seeds each",
    zh="再用 --data 把各个隐藏层激活函数试一遍，每个十个种子",
)
