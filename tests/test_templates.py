"""The lessons keep what the table of tasks says: its lines are theirs, its clauses are shown."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import advisor
from advisor import _shelf, catalog, projects, templates
from advisor.tasks import TASKS

LESSONS = {
    name: TASKS[constants["TASK"]]
    for name in _shelf.names(templates)
    if name in TASKS
    for _, constants in [catalog.read_entry(_shelf.path(templates, "template", name))]
}
TRAINING = "model.fit("


def lesson(name):
    """Give a lesson as it is handed out, without the cell that only advisor reads."""
    return projects.render(name)


def statements(script):
    """Give a script's statements without their layout, imports and docstrings."""
    return [
        ast.unparse(node)
        for node in ast.parse(script).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def renamed(expression, **names):
    """Give a line of the table as a lesson writes it."""
    tree = ast.parse(expression, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.unparse(tree)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_makes_its_model_line_for_line_as_source_prints_it(name):
    printed = statements(advisor.source(LESSONS[name], seed=0))
    stop = next(i for i, line in enumerate(printed) if line.startswith(TRAINING))
    written = statements(lesson(name))
    written = [line for line in written if not line.startswith("print(")]
    assert written[:stop] == printed[:stop]
    assert TRAINING in written[stop]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_recomputes_the_loss_by_the_line_of_the_table(name):
    wanted = renamed(LESSONS[name].loss_line, p="q", y="y_test")
    assert wanted in {
        ast.unparse(node.value)
        for node in ast.walk(ast.parse(lesson(name)))
        if isinstance(node, ast.Assign)
    }


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_tries_a_wrong_last_layer_of_the_table(name):
    tried = [
        node.value.attr
        for node in ast.walk(ast.parse(lesson(name)))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Attribute)
        and node.targets[0].attr == "activation"
        and isinstance(node.value, ast.Attribute)
    ]
    assert tried
    assert set(tried) <= {wrong.activation for wrong in LESSONS[name].wrong}


@pytest.mark.parametrize("name", ["multiclass"])
def test_the_tempting_mistake_shows_in_the_outputs_and_not_in_the_loss(name, capsys, keras):
    import matplotlib.pyplot as plt

    space = {}
    exec(compile(lesson(name), name, "exec"), space)
    plt.close("all")
    np.testing.assert_allclose(space["wrong_losses"], space["losses"], rtol=1e-4)
    np.testing.assert_allclose(space["sums"], 1, atol=1e-6)
    assert np.abs(space["wrong_sums"] - 1).max() > 0.1
    assert "row sums" in capsys.readouterr().out
