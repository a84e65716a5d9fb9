"""What several verbs share: options, reading, writing, and how an answer is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError
from advisor.text import Text

if TYPE_CHECKING:
    import argparse

FINE, FINDINGS, USAGE = 0, 1, 2  # exit statuses


def say(words: Text) -> str:
    """Return words as argparse takes them, in the language spoken now."""
    return str(words).replace("%", "%%")


TASK = Text(
    en="a task: binary, multiclass, regression, … (or 二分类 …)", zh="任务：二分类、多分类、回归……"
)


DATA = Text(en="a CSV file of your own, with a header line", zh="你自己的 CSV 文件，第一行是列名")


TARGET = Text(en="the column of the targets (default: the last)", zh="目标所在的列（默认最后一列）")


DATASET = Text(
    en="a shipped data set (see: advisor datasets)", zh="自带的数据集（见 advisor datasets）"
)


HIDDEN = Text(en="activation of the hidden layers", zh="隐藏层的激活函数")


DEPTH = Text(en="number of hidden layers", zh="隐藏层的层数")


UNITS = Text(en="units in each hidden layer", zh="每个隐藏层的单元数")


SEED = Text(en="seed of the weights and of the order of rows", zh="权重和样本次序的随机种子")


OUT = Text(en="file to write", zh="写到哪个文件")


PLOT = Text(en="write the picture to this file", zh="把图存到这个文件")


KEEP = Text(
    en="folder for what is finished; after an interruption the same command goes on from there",
    zh="存放已完成部分的文件夹；中断后同一条命令接着做",
)


CLUSTER = Text(
    en="train on a Dask cluster: its scheduler's address", zh="在 Dask 集群上训练：写调度器的地址"
)


def show(answer: Any, arguments: argparse.Namespace) -> None:
    """Print an answer as words or as JSON."""
    if getattr(arguments, "json", False):
        data = answer.to_dict() if hasattr(answer, "to_dict") else answer
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(answer)


def add_data(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("task", nargs="?", help=say(TASK))
    verb.add_argument("--data", metavar="FILE.csv", help=say(DATA))
    verb.add_argument("--target", metavar="COLUMN", help=say(TARGET))


def add_model(verb: argparse.ArgumentParser) -> None:
    add_data(verb)
    verb.add_argument("--dataset", help=say(DATASET))
    verb.add_argument("--hidden", default="relu", help=say(HIDDEN))
    verb.add_argument("--depth", type=int, default=2, help=say(DEPTH))
    verb.add_argument("--units", type=int, default=32, help=say(UNITS))
    verb.add_argument("--seed", type=int, help=say(SEED))


def add_study(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--keep", metavar="FOLDER", help=say(KEEP))
    verb.add_argument("--cluster", metavar="ADDRESS", help=say(CLUSTER))


def add_out(verb: argparse.ArgumentParser) -> None:
    add_model(verb)
    verb.add_argument("-o", "--out", metavar="MODEL.keras", required=True, help=say(OUT))


def own(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """Read the user's CSV file, if one was named."""
    if arguments.data is None:
        if arguments.target is not None:
            raise OptionError("--target names a column of --data. Give both.")
        return None, None
    from advisor.tables import read_csv

    return read_csv(arguments.data, arguments.target)


def choices(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what `build` and `source` are asked for."""
    X, y = own(arguments)
    names = ("dataset", "hidden", "depth", "units", "seed")
    chosen = {name: getattr(arguments, name) for name in names}
    if arguments.task is None and X is None and chosen["dataset"] is None:
        raise OptionError("Name a task, or --dataset, or --data FILE.csv. Try: advisor datasets.")
    return {"task": arguments.task, "X": X, "y": y, **chosen}


def open_model(path: str) -> Any:
    """Let Keras open a model that the user saved."""
    from pathlib import Path

    from advisor import backend

    if not Path(path).is_file():
        raise OptionError(f"There is no file {path!r}.")
    try:
        return backend.keras().models.load_model(path)
    except (ValueError, OSError, TypeError, KeyError) as error:
        raise OptionError(
            f"Keras cannot open the model: {str(error).splitlines()[0][:200]}"
        ) from None


def save(model: Any, out: str) -> None:
    import warnings

    if not model.optimizer.built:  # else loading the file warns of an optimizer without slots
        model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's, raised inside Keras
        model.save(out)


def save_plots(answers: list[Any], path: str, names: list[str] | None = None) -> None:
    """Write each picture; with several, its name goes before the ending: the task's by default."""
    from pathlib import Path

    base = Path(path)
    for answer, own in zip(
        answers, names or [getattr(one, "task", "") for one in answers], strict=True
    ):
        name = base if len(answers) == 1 else base.with_stem(f"{base.stem}_{own}")
        answer.plot().savefig(name)


def model_path(out: str) -> str:
    """Refuse a file name that Keras would not take, before anything is trained."""
    return writable(out, ".keras")


def writable(out: str, ending: str) -> str:
    """Refuse a file of another ending, or in a folder that is not there."""
    from pathlib import Path

    if not out.endswith(ending):
        raise OptionError(f"Expected a file ending in {ending}. Received: {out!r}.")
    if not Path(out).resolve().parent.is_dir():
        raise OptionError(f"There is no folder to write {out!r} into. Make it first.")
    return out
