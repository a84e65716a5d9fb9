"""`advisor signal`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import PLOT, add_model, choices, open_model, own, save_plots, say, show

if TYPE_CHECKING:
    import argparse

ORDER = 7
TITLE = Text(
    en="how signal and gradient travel through a model, before training",
    zh="训练之前就看信号和梯度怎么一层层传",
)


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.signals import signal

    if arguments.model is not None:
        answer = signal(open_model(arguments.model), *own(arguments))
    else:
        from advisor import blueprint
        from advisor.models import construct

        chosen = choices(arguments)
        plan, data = blueprint.draw(**chosen)
        X, y = (chosen["X"] if data is None else data.X_train, plan.target.y)
        answer = signal(construct(plan), *((X, y) if arguments.measure else ()))
    if arguments.plot:
        save_plots([answer], arguments.plot)
    show(answer, arguments)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_model(verb)
    verb.add_argument("--measure", action="store_true", help=say(_MEASURE))
    verb.add_argument("--model", metavar="MODEL.keras", help=say(_FORETELL))
    verb.add_argument("--plot", metavar="FILE.png", help=say(PLOT))


_FORETELL = Text(
    en="look at this saved model instead; with --data it is measured",
    zh="改为看这个存好的模型；给出 --data 就会实测",
)


_MEASURE = Text(en="measure it as well, on the training rows", zh="同时在训练样本上实测")
