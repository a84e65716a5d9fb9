"""Every data set and template keeps its contract; adding one touches one file."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

import advisor
from advisor import _shelf, catalog, datasets, projects, templates
from advisor.errors import OptionError, UnknownNameError
from advisor.lecture import CLAIMS, where_shown
from advisor.tasks import TASKS
from advisor.text import Text

DATASETS = _shelf.names(datasets)
TEMPLATES = _shelf.names(templates)
LESSONS = [
    name
    for name in TEMPLATES
    if catalog.read_entry(_shelf.path(templates, "template", name))[1]["TASK"] in TASKS
]
NEW_SET = '''"""Steps: a toy."""

TITLE_ZH = "台阶"
TASK = "binary"
FEATURES = ["x"]
CLASSES = ["low", "high"]
TARGET = "step"
SOURCE = "generated"


def load():
    """Return the rows."""
    import numpy as np

    X = np.arange(40.0)[:, None]
    y = (X[:, 0] > 20).astype(int)
    return X[::2], X[1::2], y[::2], y[1::2]
'''
NEW_TEMPLATE = '''# %% tags=["advisor"]
"""A new lesson."""

TITLE_ZH = "新的一课"
TASK = "binary"
LECTURE = ("binary-sigmoid",)

# %%
print("hello")
'''


# ------------------------------------------------------------------ data sets
@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_keeps_its_contract(name):
    data = advisor.load(name)
    row = TASKS[data.task]
    for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test)):
        assert X.dtype == np.float64
        assert X.ndim == 2
        assert len(X) == len(y)
        assert np.isfinite(X).all()
    assert len(data.features) == data.X_train.shape[1]
    if row.targets == "numbers":
        assert data.y_train.ndim == 1
        assert not data.classes
    else:
        columns = data.y_train.shape[1] if row.targets == "flags" else data.y_train.max() + 1
        assert len(data.classes) == columns
        assert data.y_train.dtype.kind == "i"
        assert set(np.unique(data.y_test)) == set(np.unique(data.y_train))
    assert data.title.en
    assert any("一" <= c <= "鿿" for c in data.title.zh)
    assert name not in TASKS


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_is_the_same_each_time_and_moves_no_global_state(name):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what is meant
    one, two = advisor.load(name), advisor.load(name)
    np.testing.assert_array_equal(one.X_test, two.X_test)
    np.testing.assert_array_equal(one.y_train, two.y_train)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("name", DATASETS)
def test_the_lines_that_load_a_data_set_need_nothing_else(name):
    data, space = advisor.load(name), {}
    lines = catalog.loading_lines(name)
    assert "advisor" not in lines
    exec(lines, space)
    np.testing.assert_array_equal(space["X_train"], data.X_train)
    np.testing.assert_array_equal(space["y_test"], data.y_test)


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_shows_itself(name):
    data = advisor.load(name)
    for speak in ("en", "zh"):
        advisor.set_language(speak)
        assert str(data).startswith(name)
    assert data.to_dict()["n_test"] == len(data.X_test)
    assert len(data.plot().axes) == 1


def test_there_are_the_data_sets_that_were_asked_for():
    wanted = "breast_cancer moons circles xor iris wine digits spirals diabetes friedman sine"
    assert set(wanted.split()) <= set(DATASETS)
    assert {task for _, task, _ in catalog.titles()} == set(TASKS)
    for task, name in (
        ("binary", "breast_cancer"),
        ("multiclass", "iris"),
        ("regression", "diabetes"),
    ):
        assert advisor.load(task).name == name


def test_an_unknown_data_set_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'digits'"):
        advisor.load("digit")


# ------------------------------------------------------------------ templates
def cells(name):
    """Give a template's cells as (kind, language, text)."""
    import jupytext

    text = _shelf.path(templates, "template", name).read_text(encoding="utf-8")
    book = jupytext.reads(text, fmt="py:percent")
    return [(cell.cell_type, cell.metadata.get("lang"), cell.source) for cell in book.cells]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_template(task):
    assert task in LESSONS


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_tells_what_it_is_without_being_run(name):
    doc, constants = catalog.read_entry(_shelf.path(templates, "template", name))
    assert doc.splitlines()[0].endswith(".")
    assert any("一" <= c <= "鿿" for c in constants["TITLE_ZH"])
    assert set(constants["LECTURE"]) <= set(CLAIMS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_prose_stands_in_both_languages_side_by_side(name):
    prose = [(language, text) for kind, language, text in cells(name) if kind == "markdown"]
    assert [language for language, _ in prose] == ["en", "zh"] * (len(prose) // 2)
    for language, text in prose:
        assert any("一" <= c <= "鿿" for c in text) == (language == "zh")


def untrained(script):
    """Run a script up to the statement that trains, and give what it has made."""
    kept = []
    for node in ast.parse(script).body:
        if "model.fit(" in ast.unparse(node) or "summary" in ast.unparse(node):
            break
        kept.append(node)
    space = {}
    exec(compile(ast.Module(kept, []), "script", "exec"), space)
    return space["model"]


def assert_same(one, other):
    assert one.get_config() == other.get_config()
    # Keras counts the optimizers and metrics of a process in their names: adam, adam_1, …
    compiled = [re.sub(r"_\d+(?=')", "", str(m.get_compile_config())) for m in (one, other)]
    assert compiled[0] == compiled[1]
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("task", TASKS)
def test_template_source_and_build_give_the_same_model(task, keras):
    built = advisor.build(task, seed=0)
    assert_same(untrained(advisor.source(task, seed=0)), built)
    file = _shelf.path(templates, "template", task)
    assert_same(untrained(file.read_text(encoding="utf-8")), built)


CHOICES = [
    {"dataset": "wine", "hidden": "tanh", "depth": 1, "units": 8},
    {"dataset": "digits", "hidden": "leaky_relu", "depth": 3, "units": 5},
    {"dataset": "plane", "depth": 0},
    {"task": "regression", "dataset": "rentals"},
    {"task": "multiclass", "dataset": "breast_cancer", "hidden": "sigmoid"},
]


@pytest.mark.parametrize("choice", CHOICES)
def test_source_prints_whatever_build_accepts(choice, keras):
    assert_same(untrained(advisor.source(**choice, seed=1)), advisor.build(**choice, seed=1))


def own_targets():
    rng = np.random.default_rng(0)
    return {
        "whole": np.arange(60) % 3,
        "text": np.array(["b", "a", "c"])[np.arange(60) % 3],
        "one-hot": np.eye(3)[np.arange(60) % 3],
        "probabilities": rng.dirichlet(np.ones(3), 60),
        "two columns": rng.normal(size=(60, 2)),
        "flags": rng.integers(0, 2, (60, 4)),
        "one column": rng.normal(size=(60, 1)),
    }


@pytest.mark.parametrize("case", own_targets())
@pytest.mark.filterwarnings("ignore::advisor.errors.AdvisorWarning")
def test_source_for_your_own_data_leaves_one_line_to_fill_in(case, keras):
    y = own_targets()[case]
    X = np.random.default_rng(1).normal(5, 2, (60, 3))
    script = advisor.source(X=X, y=y, seed=0)
    blank = next(line for line in script.splitlines() if line.startswith("X, y = ..."))
    filled = script.replace(blank, "")
    space = {"X": X, "y": y if case != "one column" else y[:, 0]}
    tree = ast.parse(filled)
    kept = [n for n in tree.body if "model.fit(" not in ast.unparse(n)]
    stop = next(i for i, n in enumerate(kept) if "model.predict" in ast.unparse(n))
    exec(compile(ast.Module(kept[:stop], []), "script", "exec"), space)
    assert_same(space["model"], advisor.build(X=X, y=y, seed=0))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "multilabel", "count"])
def test_what_source_prints_runs_from_top_to_bottom(task, capsys, keras):
    script = advisor.source(task, seed=0).replace("epochs=50", "epochs=2")
    exec(compile(script, "script", "exec"), {})
    assert "first answers:" in capsys.readouterr().out


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.filterwarnings("ignore")
def test_a_template_runs_as_it_is_handed_out(name, tmp_path, capsys, keras):
    text = projects.write_template(name, tmp_path).read_text(encoding="utf-8")
    assert "LECTURE" not in text
    assert "import advisor" not in text
    exec(compile(text, name, "exec"), {"__name__": "__main__"})
    plt.close("all")
    assert "first test row" in capsys.readouterr().out


def test_a_template_runs_as_a_process_of_its_own(tmp_path):
    file = projects.write_template("multiclass", tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "first test row" in done.stdout


def test_a_template_is_written_once_and_never_over_a_file(tmp_path):
    file = projects.write_template("多分类", tmp_path / "new" / "folder")
    before = file.read_bytes()
    with pytest.raises(OptionError, match="exists already"):
        projects.write_template("multiclass", file.parent)
    assert file.read_bytes() == before
    with pytest.raises(UnknownNameError, match="Did you mean 'multiclass'"):
        projects.write_template("multiclas", tmp_path)


@pytest.mark.parametrize(("keep", "drop"), [("en", "zh"), ("zh", "en")])
def test_one_language_may_be_kept(keep, drop, tmp_path):
    text = projects.write_template("binary", tmp_path, language=keep).read_text(encoding="utf-8")
    assert f'lang="{keep}"' in text
    assert f'lang="{drop}"' not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_opens_as_a_notebook(name, tmp_path):
    import nbformat

    file = projects.write_template(name, tmp_path, notebook=True)
    book = nbformat.read(file, as_version=4)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"


def test_a_notebook_runs_from_top_to_bottom(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.delenv("MPLBACKEND")  # the kernel shows pictures inline

    file = projects.write_template("multiclass", tmp_path, notebook=True, language="zh")
    book = nbformat.read(file, as_version=4)
    NotebookClient(book, timeout=300, kernel_name="python3").execute()
    outputs = [out for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert any("image/png" in out.get("data", {}) for out in outputs)


# ------------------------------------------------------------------ a new entry
def test_adding_a_data_set_touches_one_file(tmp_path, monkeypatch, keras):
    (tmp_path / "steps.py").write_text(NEW_SET, encoding="utf-8")
    monkeypatch.setattr(datasets, "__path__", [*datasets.__path__, str(tmp_path)])
    assert ("steps", "binary", Text(en="Steps: a toy", zh="台阶")) in catalog.titles()
    assert advisor.load("steps").classes == ["low", "high"]
    assert advisor.build(dataset="steps").output_shape == (None, 1)
    assert_same(
        untrained(advisor.source(dataset="steps", seed=0)), advisor.build(dataset="steps", seed=0)
    )


def test_adding_a_template_touches_one_file(tmp_path, monkeypatch):
    (tmp_path / "lesson.py").write_text(NEW_TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(templates, "__path__", [*templates.__path__, str(tmp_path)])
    assert ("lesson", Text(en="A new lesson", zh="新的一课")) in projects.template_titles()
    assert "lesson" in where_shown().shown["binary-sigmoid"]
    written = projects.write_template("lesson", tmp_path / "out").read_text(encoding="utf-8")
    assert "hello" in written
    assert "LECTURE" not in written


def test_adding_a_task_or_an_activation_is_adding_a_row(monkeypatch, keras):
    """A new row is advised, built, printed and confirmed; nothing else knows its name."""
    from dataclasses import replace

    from advisor.activations import ACTIVATIONS

    monkeypatch.setitem(TASKS, "rate", replace(TASKS["share"], name="rate", aliases=("速率",)))
    assert advisor.recommend("速率").activation == "sigmoid"
    assert advisor.build("rate", dataset="germination").name == "rate"
    assert 'name="rate"' in advisor.source("rate", dataset="germination")
    assert advisor.confirm("rate").ok
    relu6 = replace(ACTIVATIONS["relu"], name="relu6", aliases=(), upper=6.0)
    monkeypatch.setitem(ACTIVATIONS, "relu6", relu6)
    model = advisor.build("rate", dataset="germination", hidden="relu6")
    assert model.get_layer("hidden_1").activation is keras.activations.relu6
