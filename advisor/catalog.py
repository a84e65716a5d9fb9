"""The toy data sets, by their own name or by the name of a task."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import _shelf, datasets
from advisor.errors import UnknownNameError
from advisor.page import Answer, Page
from advisor.tasks import TASKS, Task, find_task
from advisor.text import Text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Dataset(Answer):
    """A toy data set with its fixed split.

    Attributes:
        name: as in `load(name)`.
        task: the name of its task.
        title: what it is about, in both languages.
        X_train, X_test: raw features, float64, shape (n, n_features).
        y_train, y_test: integers 0..K−1 or 0/1 for classes, float64 or counts otherwise.
        features: a name for each column, with its unit.
        classes: a name for each class or label; empty where there are none.
        target: what y is, with its unit.
        source: where it comes from.
    """

    name: str
    task: str
    title: Text
    X_train: Any
    y_train: Any
    X_test: Any
    y_test: Any
    features: list[str]
    classes: list[str]
    target: str
    source: str

    def page(self) -> Page:
        """Describe the data set in the language spoken now."""
        rows: list[tuple[object, object]] = [
            (Text(en="task", zh="任务"), self.task),
            (
                Text(en="rows", zh="样本"),
                Text(en="{} to train on, {} to test", zh="训练 {}，测试 {}").format(
                    len(self.X_train), len(self.X_test)
                ),
            ),
            (
                Text(en="features", zh="特征"),
                f"{len(self.features)}: {', '.join(self.features[:6])}"
                + " …" * (len(self.features) > 6),  # noqa: PLR2004
            ),
            (Text(en="target", zh="目标"), self.target),
        ]
        if self.classes:
            rows.append((Text(en="classes", zh="类别"), ", ".join(self.classes)))
        rows.append((Text(en="source", zh="出处"), self.source))
        return Page(f"{self.name}: {self.title}").rows(*rows)

    def to_dict(self) -> dict[str, Any]:
        """Return what is known about the data set, without its rows, as plain JSON types."""
        return {
            "name": self.name,
            "task": self.task,
            "title": str(self.title),
            "n_train": len(self.X_train),
            "n_test": len(self.X_test),
            "features": self.features,
            "classes": self.classes,
            "target": self.target,
            "source": self.source,
        }

    def plot(self) -> Any:
        """Draw the training rows as a matplotlib Figure: the two columns that tell most."""
        from advisor.plots import draw_dataset

        return draw_dataset(self)


def load(name: object) -> Dataset:
    """Return a toy data set by its name, or the default one of a task.

    Raises:
        UnknownNameError: neither a data set nor a task bears the name.

    Example:
        >>> iris = load("multiclass")
        >>> iris.name, iris.X_train.shape, iris.classes
        ('iris', (112, 4), ['setosa', 'versicolor', 'virginica'])
    """
    key = dataset_name(name)
    entry = _shelf.entry(datasets, "data set", key)
    X_train, X_test, y_train, y_test = entry.load()
    return Dataset(
        name=key,
        task=entry.TASK,
        title=Text(en=_summary(entry.__doc__ or ""), zh=entry.TITLE_ZH),
        X_train=X_train,
        y_train=y_train,
        X_test=X_test,
        y_test=y_test,
        features=list(entry.FEATURES),
        classes=list(getattr(entry, "CLASSES", [])),
        target=entry.TARGET,
        source=entry.SOURCE,
    )


def dataset_name(name: object) -> str:
    """Return the data set's name for the name of a data set or of a task.

    Raises:
        UnknownNameError: it is neither.
    """
    known = _shelf.names(datasets)
    key = name.name if isinstance(name, Task) else str(name).strip()
    if key in known:
        return key
    try:
        return find_task(name).dataset
    except UnknownNameError:
        raise UnknownNameError("data set", name, [*known, *TASKS]) from None


def titles() -> list[tuple[str, str, Text]]:
    """List every data set as (name, task, title), reading its file, not running it."""
    found = []
    for name in _shelf.names(datasets):
        doc, constants = read_entry(_shelf.path(datasets, "data set", name))
        found.append((name, constants["TASK"], Text(en=_summary(doc), zh=constants["TITLE_ZH"])))
    return found


def read_entry(file: Path) -> tuple[str, dict[str, Any]]:
    """Return a shelf file's docstring and its upper-case constants without running it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    constants = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if node.targets[0].id.isupper():
            with contextlib.suppress(ValueError):  # computed, as pixel names are: not needed here
                constants[node.targets[0].id] = ast.literal_eval(node.value)
    return ast.get_docstring(tree) or "", constants


def loading_lines(name: str) -> str:
    """Return the plain lines that load a data set: the body of its `load`, which needs no advisor.

    The lines define X_train, X_test, y_train and y_test.
    """
    import textwrap

    text = _shelf.path(datasets, "data set", name).read_text(encoding="utf-8")
    function = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "load"
    )
    first = function.body[1]  # after the docstring
    lines = textwrap.dedent("\n".join(text.splitlines()[first.lineno - 1 : function.end_lineno]))
    *head, last = lines.rpartition("\nreturn ")
    return f"{head[0]}\nX_train, X_test, y_train, y_test = {last}"


def _summary(docstring: str) -> str:
    """Return the first line of a docstring without its full stop."""
    return docstring.strip().splitlines()[0].removesuffix(".")
