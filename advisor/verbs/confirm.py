"""`advisor confirm`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError
from advisor.text import Text
from advisor.verbs._common import (
    DATA,
    FINDINGS,
    FINE,
    PLOT,
    SEED,
    TARGET,
    TASK,
    open_model,
    own,
    save_plots,
    say,
)

if TYPE_CHECKING:
    import argparse

ORDER = 4
TITLE = Text(
    en="train, then test the outputs beside wrong last layers",
    zh="训练后检验输出，并和错误的输出层对照",
)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; return its exit status."""
    from advisor.confirmation import confirm
    from advisor.tasks import LECTURE, TASKS

    if arguments.model is not None:
        answers = [_confirm_file(arguments)]
    else:
        tasks = list(TASKS) if arguments.all else arguments.task or list(LECTURE)
        answers = []
        for task in tasks:
            answers.append(confirm(task, seed=arguments.seed))
            if not getattr(arguments, "json", False):
                print(answers[-1], end="\n\n", flush=True)
    if arguments.plot:
        save_plots(answers, arguments.plot)
    if getattr(arguments, "json", False):
        print(json.dumps([a.to_dict() for a in answers], ensure_ascii=False, indent=2))
    elif arguments.model is not None:
        print(answers[0])
    return FINE if all(answer.ok for answer in answers) else FINDINGS


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    verb.add_argument("task", nargs="*", help=say(TASK))
    verb.add_argument("--all", action="store_true", help=say(_ALL))
    verb.add_argument("--seed", type=int, default=0, help=say(SEED))
    verb.add_argument("--plot", metavar="FILE.png", help=say(PLOT))
    verb.add_argument("--model", metavar="MODEL.keras", help=say(_MODEL))
    verb.add_argument("--data", metavar="FILE.csv", help=say(DATA))
    verb.add_argument("--target", metavar="COLUMN", help=say(TARGET))


def _confirm_file(arguments: argparse.Namespace) -> Any:
    """Judge a model that the user saved."""
    from advisor.confirmation import confirm

    X, y = own(arguments)
    if X is None:
        raise OptionError("--model needs --data FILE.csv to be judged on.")
    model = open_model(arguments.model)
    task = arguments.task[0] if arguments.task else None
    return confirm(model, X, y, task=task)


_ALL = Text(en="every task, not only the lecture's three", zh="所有任务，不只是讲义里的三个")


_MODEL = Text(
    en="judge this trained model on --data instead", zh="改为检验这个训练好的模型，数据用 --data"
)
