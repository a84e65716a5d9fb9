"""`advisor fit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.text import Text
from advisor.verbs._common import add_out, choices, model_path, save, show

if TYPE_CHECKING:
    import argparse

ORDER = 3
TITLE = Text(en="build, train 50 epochs, write the model", zh="建好、训练 50 轮、写出模型")


def run(arguments: argparse.Namespace) -> None:
    """Run the verb."""
    from advisor import blueprint, judging, training
    from advisor.confirmation import score
    from advisor.models import construct

    out = model_path(arguments.out)
    chosen = choices(arguments)
    plan, data = blueprint.draw(**chosen)
    X = chosen["X"] if data is None else data.X_train
    model = construct(plan)
    history = training.run(model, X, plan.target.y, seed=plan.seed)
    save(model, out)
    X, y, rows = (
        (X, plan.target.y, "training") if data is None else (data.X_test, data.y_test, "test")
    )
    seen = judging.outputs(plan.task, model, X.astype("float32"), judging.columns(plan.task, y))
    result = {
        "written": arguments.out,
        "score": str(plan.task.score_name),
        "value": round(score(seen), 4),
        "rows": rows,
        "loss": round(float(history.history["loss"][-1]), 6),
    }
    show(result if getattr(arguments, "json", False) else _FITTED.format(**result), arguments)


_FITTED = Text(
    en="{written}: trained 50 epochs, {score} on the {rows} rows {value}, training loss {loss}.",
    zh="{written}：训练了 50 轮，{score}（{rows} 样本）{value}，训练损失 {loss}。",
)


def add(verb: argparse.ArgumentParser) -> None:
    """Add its options."""
    add_out(verb)
