"""`advisor compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import (
    DATASET,
    DEPTH,
    HIDDEN,
    PLOT,
    UNITS,
    add_data,
    add_study,
    own,
    save_plots,
    say,
    show,
)

if TYPE_CHECKING:
    import argparse

ORDER = 8
TITLE = Text(
    en="train many networks at once; what is better beyond noise",
    zh="一次训练许多网络，看什么确实更好",
)


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor import cluster
    from advisor.comparison import compare

    X, y = own(arguments)
    names = ("hidden", "initializer", "depth", "units", "learning_rate", "seeds", "epochs")
    given = {name: getattr(arguments, name) for name in (*names, "batch_size", "keep")}
    chosen = {name: value for name, value in given.items() if value is not None}
    with cluster.joined(arguments.cluster):
        answer = compare(arguments.task, X=X, y=y, dataset=arguments.dataset, **chosen)
    if arguments.plot:
        save_plots([answer], arguments.plot)
    show(answer, arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_data(verb)
    verb.add_argument("--dataset", help=say(DATASET))
    verb.add_argument("--hidden", nargs="+", help=say(HIDDEN))
    verb.add_argument("--initializer", nargs="+", help=say(_INITIALIZER))
    verb.add_argument("--depth", nargs="+", type=int, help=say(DEPTH))
    verb.add_argument("--units", nargs="+", type=int, help=say(UNITS))
    verb.add_argument("--learning-rate", nargs="+", type=float, help=say(_RATE))
    verb.add_argument("--seeds", type=int, help=say(_SEEDS))
    verb.add_argument("--epochs", type=int, help=say(_EPOCHS))
    verb.add_argument("--batch-size", type=int, help=say(_BATCH))
    add_study(verb)
    verb.add_argument("--plot", metavar="FILE.png", help=say(PLOT))


_BATCH = Text(en="rows a step (default: 32)", zh="每步多少行（默认 32）")


_EPOCHS = Text(en="passes over the training rows (default: 50)", zh="训练多少轮（默认 50）")


_INITIALIZER = Text(
    en="initializer of the hidden kernels (default: the activation's own)",
    zh="隐藏层权重的初始化方法（默认用各激活函数自己的）",
)


_RATE = Text(en="learning rate of Adam (default: the task's)", zh="Adam 的学习率（默认用任务的）")


_SEEDS = Text(
    en="how many splits, starts and orders to try (default: 10)",
    zh="换多少次划分、初始权重和样本次序（默认 10）",
)
