"""`advisor check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import DATA, FINDINGS, FINE, TARGET, own, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 5
TITLE = Text(
    en="find what is wrong with a saved model, without running it",
    zh="检查保存的模型有什么问题，不运行它",
)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; return its exit status."""
    from advisor.diagnosis import check

    X, y = own(arguments)
    report = check(
        arguments.model,
        X,
        y,
        task=arguments.task,
        select=arguments.select.split(",") if arguments.select else None,
        ignore=arguments.ignore.split(",") if arguments.ignore else None,
    )
    show(report, arguments)
    return FINE if report.ok else FINDINGS


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("model", metavar="MODEL.keras", help=say(_MODEL))
    verb.add_argument("--data", metavar="FILE.csv", help=say(DATA))
    verb.add_argument("--target", metavar="COLUMN", help=say(TARGET))
    verb.add_argument("--task", help=say(_TASK))
    verb.add_argument("--select", metavar="CODES", help=say(_SELECT))
    verb.add_argument("--ignore", metavar="CODES", help=say(_IGNORE))


_MODEL = Text(en="a file that Keras saved", zh="Keras 保存的文件")
_TASK = Text(en="what the model is for, where nothing tells", zh="模型的任务（看不出来时写）")
_SELECT = Text(
    en="codes or names of the rules to run, with commas: ADV1,unscaled-inputs",
    zh="只用这些规则，编号或名字，逗号分隔：ADV1,unscaled-inputs",
)
_IGNORE = Text(en="rules not to run, likewise", zh="不用这些规则，写法相同")
