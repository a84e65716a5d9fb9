"""`advisor new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import say, show

if TYPE_CHECKING:
    import argparse

ORDER = 13
TITLE = Text(en="write out a teaching template", zh="写出一份教学模板")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.projects import template_titles, write_template

    if not arguments.template:
        for name, title in template_titles():
            print(f"{name:<24}{title}")
        return
    written = write_template(
        arguments.template,
        arguments.folder or ".",
        notebook=arguments.notebook,
        language=getattr(arguments, "lang", None),
    )
    show(
        {"written": str(written)} if getattr(arguments, "json", False) else str(written), arguments
    )


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("template", nargs="?", help=say(_TEMPLATE))
    verb.add_argument("folder", nargs="?", help=say(_FOLDER))
    verb.add_argument("--notebook", action="store_true", help=say(_NOTEBOOK))


_FOLDER = Text(
    en="where to write it (default: here); nothing is overwritten",
    zh="写到哪个文件夹（默认当前）；绝不覆盖已有文件",
)


_NOTEBOOK = Text(
    en="write a notebook (.ipynb) instead of a script", zh="写成笔记本（.ipynb）而不是脚本"
)


_TEMPLATE = Text(
    en="a template: a task or an assignment (none: list them)",
    zh="模板：任务名或作业名（不写则列出）",
)
