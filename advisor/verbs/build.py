"""`advisor build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import add_out, choices, model_path, save, show

if TYPE_CHECKING:
    import argparse

ORDER = 2
TITLE = Text(en="write a ready Keras model", zh="写出一个可以直接训练的 Keras 模型")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor.models import build

    out = model_path(arguments.out)
    model = build(**choices(arguments))
    save(model, out)
    written = {"written": arguments.out, "parameters": model.count_params()}
    show(written if getattr(arguments, "json", False) else _WRITTEN.format(**written), arguments)


_WRITTEN = Text(
    en="{written}: compiled, not trained, {parameters} parameters.",
    zh="{written}：已编译，未训练，{parameters} 个参数。",
)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_out(verb)
