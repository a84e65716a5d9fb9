"""The house: what is imported when, what points where, what the public names are."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import advisor

PACKAGE = Path(advisor.__file__).parent
MODULES = sorted(
    m.name for m in pkgutil.iter_modules([str(PACKAGE)]) if m.name != "__main__" and not m.ispkg
)
LABS = sorted(m.name for m in pkgutil.iter_modules([str(PACKAGE / "labs")]))
HEAVY = {"keras", "tensorflow", "sklearn", "scipy", "numpy", "matplotlib", "rich", "pandas"}

# each group may import from the groups before it, never from one after it
ORDER = [
    {"errors"},
    {"text", "expressions", "words"},
    {
        "choices",
        "_shelf",
        "page",
        "backend",
        "progress",
        "pictures",
        "streams",
        "changes",
        "findings",
        "writing",
        "cluster",
        "allowlist",
    },
    {"keeping", "orders", "recent"},
    {"quadrature"},
    {"curves"},
    {"unlisted"},
    {"tasks", "activations", "datasets", "templates", "conversion", "tables"},
    {"catalog", "arrays", "target", "heads"},
    {"moments"},
    {"tabulation", "meanfield", "variances", "followers"},
    {"links", "remedies"},
    {"anatomy"},
    {"recommendation", "lecture", "projects"},
    {"architecture", "rows", "intake", "handover", "blueprint", "contracts"},
    {"chunks", "loops_tensorflow", "loops_jax"},
    {"loops"},
    {"runs"},
    {"training"},
    {"models", "scripts", "judging"},
    {"gradients", "onset"},
    {"signals"},
    {"signal_words"},
    {"signal_plots"},
    {"behaviours"},
    {"facts"},
    {"tails"},
    {"archive", "file_graph", "file_images", "hdf5"},
    {"configs", "file_shapes"},
    {"file_ops", "file_sizes"},
    {"file_flow"},
    {"compilation", "purposes", "vetting"},
    {"compiled", "data_facts", "endings", "file_layers", "model_facts", "probes", "saved"},
    {"file_weights"},
    {"rewriting"},
    {"file_facts"},
    {"forward", "rulebook"},
    {"diagnosis"},
    {"diagnosis_words", "inspection", "listing"},
    {"repairs"},
    {"proofs"},
    {"recorder"},
    {"recorder_plots"},
    {"confirmation"},
    {"plots", "activation_plots"},
    {"calls", "members", "memory", "uncertainty", "splits"},
    {"population"},
    {"study"},
    {"settings"},
    {"comparison"},
    {"comparison_plots"},
    {"demonstrations"},
    {"report"},
    {"answers"},
    {"assignments"},
    {"cli"},
]
LATE = {
    ("catalog", "plots"),
    ("curves", "activation_plots"),
    ("confirmation", "plots"),
    ("comparison", "comparison_plots"),
    ("signals", "signal_words"),
    ("signals", "signal_plots"),
    ("recorder", "recorder_plots"),
    ("recommendation", "comparison"),
    ("diagnosis", "diagnosis_words"),
    ("diagnosis", "proofs"),
    ("diagnosis", "repairs"),
    ("file_facts", "forward"),
    ("saved", "file_weights"),
}  # .plot() draws itself, inside the method


def imported_by(code: str) -> set[str]:
    """Run code in a fresh process and return the top-level modules it imported."""
    script = f"{code}\nimport sys; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import advisor",
        "import advisor; advisor.recommend('multiclass'); str(advisor.recommend('多分类'))",
        "import advisor; str(advisor.activation('relu'))",
        "import advisor.cli; advisor.cli.main(['recommend', 'binary', '--json'])",
    ],
)
def test_advice_on_a_named_task_imports_nothing_heavy(code):
    assert not imported_by(code) & HEAVY


def test_help_imports_nothing_heavy():
    code = "import advisor.cli, contextlib\nwith contextlib.suppress(SystemExit): advisor.cli.main(['--help'])"
    assert not imported_by(code) & HEAVY


def test_public_names_are_sorted_documented_and_loadable():
    assert advisor.__all__ == sorted(advisor.__all__)
    assert set(advisor.__all__) <= set(dir(advisor))
    for name in advisor.__all__:
        assert inspect.getdoc(getattr(advisor, name))


def test_public_names_for_type_checkers_are_the_ones_that_load():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.name: node.module.removeprefix("advisor.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("advisor.")
        for alias in node.names
    }
    assert typed == advisor._HOMES


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'recomend'"):
        advisor.recomend  # noqa: B018


def test_no_module_bears_the_name_of_a_public_function():
    assert not set(MODULES) & set(advisor.__all__)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    rank = {name: position for position, group in enumerate(ORDER) for name in group}
    assert module in rank, f"say in ORDER where {module} stands"
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("advisor"):
            continue
        parts = (node.module or "").split(".")[1:2] or [alias.name for alias in node.names]
        for other in set(parts) & set(MODULES):
            allowed = rank[other] < rank[module] or other == module or (module, other) in LATE
            same = rank[other] == rank[module]
            assert allowed or same, f"{module} imports {other}, which comes later"


def imported_within(folder: Path, package: str) -> dict[str, set[str]]:
    """Return which modules of a package each of its modules imports."""
    found = {}
    for file in folder.glob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        modules = [(n.module, n.names) for n in nodes if isinstance(n, ast.ImportFrom)]
        inner = [(m or "", names) for m, names in modules if (m or "").startswith(package)]
        found[file.stem] = {
            name
            for module, names in inner
            for name in (
                [module.split(".")[2]] if "." in module[len(package) :] else [a.name for a in names]
            )
        }
    return {name: {one for one in found[name] - {name} if one in found} for name in found}


def test_the_modules_of_grading_import_one_another_one_way():
    reads = imported_within(PACKAGE / "grading", "advisor.grading")
    reads["classreport"].discard("classpage")  # it shows itself, inside the method
    left = dict(reads)
    while ready := [name for name, others in left.items() if not others & set(left)]:
        for name in ready:
            del left[name]
    assert not left, "these import one another in a circle"


def test_grading_stands_on_the_package_and_nothing_but_its_verb_on_grading():
    for file in PACKAGE.glob("*.py"):
        if file.stem != "assignments":
            assert "advisor.grading" not in file.read_text(encoding="utf-8"), file.stem


def test_the_map_of_grading_names_every_module():
    import advisor.grading

    folder = PACKAGE / "grading"
    modules = {m.name for m in pkgutil.iter_modules([str(folder)])}
    assert modules == set(re.findall(r"`(\w+)`", advisor.grading.__doc__))


@pytest.mark.parametrize("name", LABS)
def test_labs_stand_on_the_package_and_not_on_each_other(name):
    tree = ast.parse((PACKAGE / "labs" / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("advisor.labs"):
            parts = (node.module or "").split(".")[2:] or [alias.name for alias in node.names]
            assert all(part.startswith("_") for part in parts)


@pytest.mark.parametrize("shelf", ["labs", "verbs"])
def test_entries_of_a_shelf_have_a_place_and_a_title(shelf):
    package = importlib.import_module(f"advisor.{shelf}")
    names = [m.name for m in pkgutil.iter_modules(package.__path__) if m.name[0] != "_"]
    entries = [importlib.import_module(f"advisor.{shelf}.{name}") for name in names]
    assert len({entry.ORDER for entry in entries}) == len(entries)
    assert all(entry.TITLE.en and entry.TITLE.zh for entry in entries)


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_are_true(module, keras):
    found = importlib.import_module(f"advisor.{module}")
    assert doctest.testmod(found).failed == 0


def test_wheel_checkout_and_hugging_face_do_not_collide():
    """`import datasets` must never find our shelf as a regular package."""
    code = "import importlib.util as u; s = u.find_spec('datasets'); print(s and s.origin)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert "advisor" not in done.stdout
    assert not (PACKAGE.parent / "datasets" / "__init__.py").exists()


def test_keras_is_imported_without_a_word():
    code = (
        "from advisor import backend; k = backend.keras(); import numpy as np\n"
        "m = k.Sequential([k.Input((2,)), k.layers.Dense(1)]); m.compile(loss='mse')\n"
        "m.fit(np.zeros((4, 2)), np.zeros(4), verbose=0)\n"
        "import os; assert 'TF_CPP_MIN_LOG_LEVEL' not in os.environ"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stderr == ""
    assert done.stdout == ""


def test_a_failing_import_of_keras_shows_what_was_caught():
    code = (
        "import os; os.environ['KERAS_BACKEND'] = 'nonsense'\n"
        "from advisor import backend; backend.keras()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
    )
    assert done.returncode != 0
    assert "nonsense" in done.stderr
