"""`advisor datasets`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import DATASET, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 12
TITLE = Text(en="list the toy data sets, or show one", zh="列出自带数据集，或看其中一个")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.catalog import load, titles

    if arguments.name:
        show(load(arguments.name), arguments)
        return
    found = titles()
    if getattr(arguments, "json", False):
        rows = [{"name": name, "task": task, "title": str(title)} for name, task, title in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from advisor.page import Page

    page = Page(str(Text(en="Toy data sets, offline", zh="自带的小数据集（无需联网）")))
    print(page.rows(*found))


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("name", nargs="?", help=say(DATASET))
