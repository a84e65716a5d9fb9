"""The verbs of the command line: what each takes and does, a row of COMMANDS each."""

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


_TASK = Text(
    en="a task: binary, multiclass, regression, … (or 二分类 …)", zh="任务：二分类、多分类、回归……"
)
_DATA = Text(en="a CSV file of your own, with a header line", zh="你自己的 CSV 文件，第一行是列名")
_TARGET = Text(
    en="the column of the targets (default: the last)", zh="目标所在的列（默认最后一列）"
)
_DATASET = Text(
    en="a shipped data set (see: advisor datasets)", zh="自带的数据集（见 advisor datasets）"
)
_HIDDEN = Text(en="activation of the hidden layers", zh="隐藏层的激活函数")
_DEPTH = Text(en="number of hidden layers", zh="隐藏层的层数")
_UNITS = Text(en="units in each hidden layer", zh="每个隐藏层的单元数")
_SEED = Text(en="seed of the weights and of the order of rows", zh="权重和样本次序的随机种子")
_OUT = Text(en="file to write", zh="写到哪个文件")


def _show(answer: Any, arguments: argparse.Namespace) -> None:
    """Print an answer as words or as JSON."""
    if getattr(arguments, "json", False):
        data = answer.to_dict() if hasattr(answer, "to_dict") else answer
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(answer)


def _add_data(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("task", nargs="?", help=say(_TASK))
    verb.add_argument("--data", metavar="FILE.csv", help=say(_DATA))
    verb.add_argument("--target", metavar="COLUMN", help=say(_TARGET))


def _add_model(verb: argparse.ArgumentParser) -> None:
    _add_data(verb)
    verb.add_argument("--dataset", help=say(_DATASET))
    verb.add_argument("--hidden", default="relu", help=say(_HIDDEN))
    verb.add_argument("--depth", type=int, default=2, help=say(_DEPTH))
    verb.add_argument("--units", type=int, default=32, help=say(_UNITS))
    verb.add_argument("--seed", type=int, help=say(_SEED))


def _add_out(verb: argparse.ArgumentParser) -> None:
    _add_model(verb)
    verb.add_argument("-o", "--out", metavar="MODEL.keras", required=True, help=say(_OUT))


def _own(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """Read the user's CSV file, if one was named."""
    if arguments.data is None:
        if arguments.target is not None:
            raise OptionError("--target names a column of --data. Give both.")
        return None, None
    from advisor.tables import read_csv

    return read_csv(arguments.data, arguments.target)


def _choices(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what `build` and `source` are asked for."""
    X, y = _own(arguments)
    names = ("dataset", "hidden", "depth", "units", "seed")
    chosen = {name: getattr(arguments, name) for name in names}
    if arguments.task is None and X is None and chosen["dataset"] is None:
        raise OptionError("Name a task, or --dataset, or --data FILE.csv. Try: advisor datasets.")
    return {"task": arguments.task, "X": X, "y": y, **chosen}


def _recommend(arguments: argparse.Namespace) -> None:
    from advisor.recommendation import recommend

    X, y = _own(arguments)
    _show(recommend(arguments.task, X=X, y=y, evidence=arguments.evidence), arguments)


def _add_recommend(verb: argparse.ArgumentParser) -> None:
    _add_data(verb)
    verb.add_argument("--evidence", action="store_true", help=say(_EVIDENCE))


_EVIDENCE = Text(
    en="also try the hidden activations on --data, ten seeds each",
    zh="再用 --data 把各个隐藏层激活函数试一遍，每个十个种子",
)


def _build(arguments: argparse.Namespace) -> None:
    from advisor.models import build

    out = _model_path(arguments.out)
    model = build(**_choices(arguments))
    _save(model, out)
    written = {"written": arguments.out, "parameters": model.count_params()}
    _show(written if getattr(arguments, "json", False) else _WRITTEN.format(**written), arguments)


def _fit(arguments: argparse.Namespace) -> None:
    from advisor import blueprint, judging, training
    from advisor.confirmation import score
    from advisor.models import construct

    out = _model_path(arguments.out)
    chosen = _choices(arguments)
    plan, data = blueprint.draw(**chosen)
    X = chosen["X"] if data is None else data.X_train
    model = construct(plan)
    history = training.run(model, X, plan.target.y, seed=plan.seed)
    _save(model, out)
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
    _show(result if getattr(arguments, "json", False) else _FITTED.format(**result), arguments)


_WRITTEN = Text(
    en="{written}: compiled, not trained, {parameters} parameters.",
    zh="{written}：已编译，未训练，{parameters} 个参数。",
)
_FITTED = Text(
    en="{written}: trained 50 epochs, {score} on the {rows} rows {value}, training loss {loss}.",
    zh="{written}：训练了 50 轮，{score}（{rows} 样本）{value}，训练损失 {loss}。",
)


def _confirm(arguments: argparse.Namespace) -> int:
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
        _save_plots(answers, arguments.plot)
    if getattr(arguments, "json", False):
        print(json.dumps([a.to_dict() for a in answers], ensure_ascii=False, indent=2))
    elif arguments.model is not None:
        print(answers[0])
    return FINE if all(answer.ok for answer in answers) else FINDINGS


def _open_model(path: str) -> Any:
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


def _signal(arguments: argparse.Namespace) -> None:
    from advisor.signals import signal

    if arguments.model is not None:
        answer = signal(_open_model(arguments.model), *_own(arguments))
    else:
        from advisor import blueprint
        from advisor.models import construct

        chosen = _choices(arguments)
        plan, data = blueprint.draw(**chosen)
        X, y = (chosen["X"] if data is None else data.X_train, plan.target.y)
        answer = signal(construct(plan), *((X, y) if arguments.measure else ()))
    if arguments.plot:
        _save_plots([answer], arguments.plot)
    _show(answer, arguments)


def _add_signal(verb: argparse.ArgumentParser) -> None:
    _add_model(verb)
    verb.add_argument("--measure", action="store_true", help=say(_MEASURE))
    verb.add_argument("--model", metavar="MODEL.keras", help=say(_FORETELL))
    verb.add_argument("--plot", metavar="FILE.png", help=say(_PLOT))


_MEASURE = Text(en="measure it as well, on the training rows", zh="同时在训练样本上实测")
_FORETELL = Text(
    en="look at this saved model instead; with --data it is measured",
    zh="改为看这个存好的模型；给出 --data 就会实测",
)


def _confirm_file(arguments: argparse.Namespace) -> Any:
    """Judge a model that the user saved."""
    from advisor.confirmation import confirm

    X, y = _own(arguments)
    if X is None:
        raise OptionError("--model needs --data FILE.csv to be judged on.")
    model = _open_model(arguments.model)
    task = arguments.task[0] if arguments.task else None
    return confirm(model, X, y, task=task)


def _save_plots(answers: list[Any], path: str, names: list[str] | None = None) -> None:
    """Write each picture; with several, its name goes before the ending: the task's by default."""
    from pathlib import Path

    base = Path(path)
    for answer, own in zip(
        answers, names or [getattr(one, "task", "") for one in answers], strict=True
    ):
        name = base if len(answers) == 1 else base.with_stem(f"{base.stem}_{own}")
        answer.plot().savefig(name)


def _add_confirm(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("task", nargs="*", help=say(_TASK))
    verb.add_argument("--all", action="store_true", help=say(_ALL))
    verb.add_argument("--seed", type=int, default=0, help=say(_SEED))
    verb.add_argument("--plot", metavar="FILE.png", help=say(_PLOT))
    verb.add_argument("--model", metavar="MODEL.keras", help=say(_MODEL))
    verb.add_argument("--data", metavar="FILE.csv", help=say(_DATA))
    verb.add_argument("--target", metavar="COLUMN", help=say(_TARGET))


_ALL = Text(en="every task, not only the lecture's three", zh="所有任务，不只是讲义里的三个")
_PLOT = Text(en="write the picture to this file", zh="把图存到这个文件")
_MODEL = Text(
    en="judge this trained model on --data instead", zh="改为检验这个训练好的模型，数据用 --data"
)


def _compare(arguments: argparse.Namespace) -> None:
    from advisor.comparison import compare

    X, y = _own(arguments)
    names = ("hidden", "initializer", "depth", "units", "learning_rate", "seeds", "epochs")
    given = {name: getattr(arguments, name) for name in (*names, "batch_size")}
    chosen = {name: value for name, value in given.items() if value is not None}
    answer = compare(arguments.task, X=X, y=y, dataset=arguments.dataset, **chosen)
    if arguments.plot:
        _save_plots([answer], arguments.plot)
    _show(answer, arguments)


def _add_compare(verb: argparse.ArgumentParser) -> None:
    _add_data(verb)
    verb.add_argument("--dataset", help=say(_DATASET))
    verb.add_argument("--hidden", nargs="+", help=say(_HIDDEN))
    verb.add_argument("--initializer", nargs="+", help=say(_INITIALIZER))
    verb.add_argument("--depth", nargs="+", type=int, help=say(_DEPTH))
    verb.add_argument("--units", nargs="+", type=int, help=say(_UNITS))
    verb.add_argument("--learning-rate", nargs="+", type=float, help=say(_RATE))
    verb.add_argument("--seeds", type=int, help=say(_SEEDS))
    verb.add_argument("--epochs", type=int, help=say(_EPOCHS))
    verb.add_argument("--batch-size", type=int, help=say(_BATCH))
    verb.add_argument("--plot", metavar="FILE.png", help=say(_PLOT))


_INITIALIZER = Text(
    en="initializer of the hidden kernels (default: the activation's own)",
    zh="隐藏层权重的初始化方法（默认用各激活函数自己的）",
)
_RATE = Text(en="learning rate of Adam (default: the task's)", zh="Adam 的学习率（默认用任务的）")
_SEEDS = Text(
    en="how many splits, starts and orders to try (default: 10)",
    zh="换多少次划分、初始权重和样本次序（默认 10）",
)
_EPOCHS = Text(en="passes over the training rows (default: 50)", zh="训练多少轮（默认 50）")
_BATCH = Text(en="rows a step (default: 32)", zh="每步多少行（默认 32）")


def _activation(arguments: argparse.Namespace) -> None:
    from advisor.activations import ACTIVATIONS, activation

    rows = [activation(name) for name in arguments.name or ACTIVATIONS]
    if arguments.plot:
        from advisor.activation_plots import draw_activations

        draw_activations(rows).savefig(arguments.plot)
    if len(rows) == 1:
        _show(rows[0], arguments)
    elif getattr(arguments, "json", False):
        print(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
    elif arguments.name:
        print("\n\n".join(str(row) for row in rows))
    else:
        print("\n".join(f"{row.name:<16}{row.title}" for row in rows))


def _lab(arguments: argparse.Namespace) -> int:
    from advisor import progress
    from advisor.demonstrations import SEEDS, lab, names, titles

    if not arguments.name and not arguments.all:
        found = dict(titles())
        if getattr(arguments, "json", False):
            _show({name: str(title) for name, title in found.items()}, arguments)
        else:
            print("\n".join(f"{name:<20}{title}" for name, title in found.items()))
        return FINE
    if arguments.report:
        _writable(arguments.report, ".html")
    chosen = names() if arguments.all else arguments.name
    as_json, answers = getattr(arguments, "json", False), []
    for name in progress.track(chosen, "lab", str):
        answers.append(lab(name, seeds=arguments.seeds or SEEDS))
        if not as_json:
            print(answers[-1], end="\n\n", flush=True)
    if as_json:
        print(json.dumps([one.to_dict() for one in answers], ensure_ascii=False, indent=2))
    if arguments.plot:
        _save_plots(answers, arguments.plot, [one.name for one in answers])
    if arguments.report:
        from pathlib import Path

        from advisor.report import page

        Path(arguments.report).write_text(page(answers), encoding="utf-8")
    return FINE if all(one.ok for one in answers) else FINDINGS


def _add_lab(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", nargs="*", help=say(_LAB))
    verb.add_argument("--all", action="store_true", help=say(_ALL_LABS))
    verb.add_argument("--seeds", type=int, help=say(_SEEDS_OF_LAB))
    verb.add_argument("--plot", metavar="FILE.png", help=say(_PLOT))
    verb.add_argument("--report", metavar="FILE.html", help=say(_REPORT))


_LAB = Text(en="experiments (none: list them)", zh="实验名（不写则列出）")
_ALL_LABS = Text(en="every experiment, in the lecture's order", zh="所有实验，按讲义的次序")
_SEEDS_OF_LAB = Text(
    en="how many networks of each kind (default: 5)", zh="每种训练多少个网络（默认 5）"
)
_REPORT = Text(
    en="write one self-contained web page with the pictures", zh="写成一个带图的网页，单个文件"
)


def _source(arguments: argparse.Namespace) -> None:
    from advisor.scripts import source

    script = source(**_choices(arguments))
    if arguments.out:
        from advisor.projects import write_new

        write_new(arguments.out, script)
        return
    _show(script, arguments)


def _add_source(verb: argparse.ArgumentParser) -> None:
    _add_model(verb)
    verb.add_argument("-o", "--out", metavar="SCRIPT.py", help=say(_OUT))


def _datasets(arguments: argparse.Namespace) -> None:
    from advisor.catalog import load, titles

    if arguments.name:
        _show(load(arguments.name), arguments)
        return
    found = titles()
    if getattr(arguments, "json", False):
        rows = [{"name": name, "task": task, "title": str(title)} for name, task, title in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from advisor.page import Page

    page = Page(str(Text(en="Toy data sets, offline", zh="自带的小数据集（无需联网）")))
    print(page.rows(*found))


def _new(arguments: argparse.Namespace) -> None:
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
    _show(
        {"written": str(written)} if getattr(arguments, "json", False) else str(written), arguments
    )


def _add_new(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("template", nargs="?", help=say(_TEMPLATE))
    verb.add_argument("folder", nargs="?", help=say(_FOLDER))
    verb.add_argument("--notebook", action="store_true", help=say(_NOTEBOOK))


_TEMPLATE = Text(
    en="a template: a task or an assignment (none: list them)",
    zh="模板：任务名或作业名（不写则列出）",
)
_FOLDER = Text(
    en="where to write it (default: here); nothing is overwritten",
    zh="写到哪个文件夹（默认当前）；绝不覆盖已有文件",
)
_NOTEBOOK = Text(
    en="write a notebook (.ipynb) instead of a script", zh="写成笔记本（.ipynb）而不是脚本"
)


def _assignment(arguments: argparse.Namespace) -> None:
    from advisor.assignments import assignment, titles

    if not arguments.name:
        for name, title in titles():
            print(f"{name:<24}{title}")
        return
    work = assignment(arguments.name)
    if arguments.question is None:
        _show(work, arguments)
    elif arguments.answer is None:
        _show(work.hint(arguments.question), arguments)
    else:
        _show(work.check(arguments.question, arguments.answer), arguments)


def _add_assignment(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "name",
        nargs="?",
        help=say(Text(en="an assignment (none: list them)", zh="作业名（不写则列出）")),
    )
    verb.add_argument(
        "question", nargs="?", help=say(Text(en="a question, for a hint", zh="题号：给一个提示"))
    )
    verb.add_argument(
        "answer",
        nargs="?",
        help=say(Text(en="an answer in one word, to be checked", zh="一个词的答案：检查对错")),
    )


def _lecture(arguments: argparse.Namespace) -> None:
    from advisor.lecture import where_shown

    _show(where_shown(), arguments)


def _model_path(out: str) -> str:
    """Refuse a file name that Keras would not take, before anything is trained."""
    return _writable(out, ".keras")


def _writable(out: str, ending: str) -> str:
    """Refuse a file of another ending, or in a folder that is not there."""
    from pathlib import Path

    if not out.endswith(ending):
        raise OptionError(f"Expected a file ending in {ending}. Received: {out!r}.")
    if not Path(out).resolve().parent.is_dir():
        raise OptionError(f"There is no folder to write {out!r} into. Make it first.")
    return out


def _save(model: Any, out: str) -> None:
    import warnings

    if not model.optimizer.built:  # else loading the file warns of an optimizer without slots
        model.optimizer.build(model.trainable_variables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's, raised inside Keras
        model.save(out)


def _add_activation(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "name",
        nargs="*",
        help=say(Text(en="activations (none: list them)", zh="激活函数名（不写则列出）")),
    )
    verb.add_argument("--plot", metavar="FILE.png", help=say(_PLOT))


def _dataset_only(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", nargs="?", help=say(_DATASET))


COMMANDS: dict[str, tuple[Any, Text, Any]] = {
    "recommend": (
        _recommend,
        Text(
            en="which activations and loss for a task or your data, and why",
            zh="一个任务或你的数据该用什么激活函数和损失，为什么",
        ),
        _add_recommend,
    ),
    "build": (
        _build,
        Text(en="write a ready Keras model", zh="写出一个可以直接训练的 Keras 模型"),
        _add_out,
    ),
    "fit": (
        _fit,
        Text(en="build, train 50 epochs, write the model", zh="建好、训练 50 轮、写出模型"),
        _add_out,
    ),
    "confirm": (
        _confirm,
        Text(
            en="train, then test the outputs beside wrong last layers",
            zh="训练后检验输出，并和错误的输出层对照",
        ),
        _add_confirm,
    ),
    "compare": (
        _compare,
        Text(
            en="train many networks at once; what is better beyond noise",
            zh="一次训练许多网络，看什么确实更好",
        ),
        _add_compare,
    ),
    "signal": (
        _signal,
        Text(
            en="how signal and gradient travel through a model, before training",
            zh="训练之前就看信号和梯度怎么一层层传",
        ),
        _add_signal,
    ),
    "lab": (
        _lab,
        Text(
            en="a claim of the lecture as an experiment, or all of them as a web page",
            zh="把讲义的一条说法做成实验，或者全部做成一个网页",
        ),
        _add_lab,
    ),
    "activation": (
        _activation,
        Text(en="all about an activation function", zh="一个激活函数的全部资料"),
        _add_activation,
    ),
    "source": (
        _source,
        Text(en="the same model as a plain Keras script", zh="同一个模型的纯 Keras 脚本"),
        _add_source,
    ),
    "datasets": (
        _datasets,
        Text(en="list the toy data sets, or show one", zh="列出自带数据集，或看其中一个"),
        _dataset_only,
    ),
    "new": (_new, Text(en="write out a teaching template", zh="写出一份教学模板"), _add_new),
    "assignment": (
        _assignment,
        Text(en="list assignments, show one, get a hint", zh="列出作业、看题、要提示"),
        _add_assignment,
    ),
    "lecture": (
        _lecture,
        Text(
            en="each sentence of the lecture, and where it is shown", zh="讲义的每句话在哪里有演示"
        ),
        lambda _: None,
    ),
}
