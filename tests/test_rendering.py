"""What is handed out has gaps and no solutions, runs as it is, and was proved before."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from advisor.cli import main
from advisor.errors import AdvisorError, OptionError
from advisor.grading import handout, proving, rendering, source
from advisor.grading.rehearsal import NotProvedError

_FILE = Path(__file__).with_name("assignment_folder.py")
_SPEC = importlib.util.spec_from_file_location("assignment_folder", _FILE)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)

ROOT = Path(__file__).resolve().parents[1]
SOLUTION = 'q1 = "relu"  # the secret answer'
GAP = "q1 = ...  # your answer · 你的答案"


def rendered(tmp_path, *changes, student="007", language=None, **more):
    return rendering.files(small.read(tmp_path, *changes), student, language=language, **more)


def script(tmp_path, solution, **more):
    """Render with another solution of q1; return the lines of its cell."""
    code = rendered(tmp_path, (SOLUTION, solution), **more)["small.py"]
    cells = [cell for cell in code.split("# %%") if 'check("q1"' in cell]
    return cells[0].splitlines()[1:-2]


# gaps


@pytest.mark.parametrize(
    ("solution", "gap"),
    [
        ("q1 = 1", [GAP]),
        ("q1 = 1\n\nq1 = 2", [GAP]),
        ("x = 1\n# the answer\nq1 = x", [GAP]),
        ("q1: str = 'relu'", [GAP]),
        ("q1, x = 1, 2", [GAP]),
        ("q3, q1 = 1, 2", [GAP.replace("q1", "q3"), GAP]),
        ("if True:\n    q1 = 1\nelse:\n    q1 = 2", [GAP]),
        ("for q1 in (1, 2):\n    pass", [GAP]),
        ("with open('x') as q1:\n    pass", [GAP]),
        ("x = 1", [GAP[5:]]),
        ("", [GAP[5:]]),
        ("# nothing but words", [GAP[5:]]),
        ("print(q1)", [GAP[5:]]),
    ],
)
def test_a_solution_becomes_a_gap_for_each_question_it_answers(tmp_path, solution, gap):
    assert script(tmp_path, solution) == gap


def test_gaps_stand_where_the_solution_stood(tmp_path):
    deep = (
        "def f(x):\n    ### BEGIN SOLUTION\n\n    y = 2 * x\n    return y\n    ### END SOLUTION\n\n"
        "if True:\n\t### BEGIN SOLUTION\n\tq1 = f(2)\n\t### END SOLUTION\n"
        "### begin solution\nz = 1\n#### End  Solution (ours)"
    )
    around = ("### BEGIN SOLUTION\n" + SOLUTION + "\n### END SOLUTION", deep)
    code = rendered(tmp_path, around)["small.py"]
    cell = next(cell for cell in code.split("# %%") if 'check("q1"' in cell)
    assert cell.splitlines()[1:-2] == [
        "def f(x):",
        f"    {GAP[5:]}",
        "",
        "if True:",
        f"\t{GAP}",
        GAP[5:],
    ]
    ast.parse(code)


def test_the_reference_keeps_the_solutions_without_their_marks(tmp_path):
    assert script(tmp_path, SOLUTION, solved=True) == [SOLUTION]
    assert script(tmp_path, "if 1:\n    q1 = 5", solved=True) == ["if 1:", "    q1 = 5"]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('### END SOLUTION\nprint(work.check("q1"', 'print(work.check("q1"', "without '### END SOLUTION'"),
        ("### BEGIN SOLUTION\nq1", "q1", "'### END SOLUTION' without its other half"),
        (SOLUTION, "### BEGIN SOLUTION\nq1 = 1\n### END SOLUTION", "'### BEGIN SOLUTION' without its"),
        (SOLUTION, "q1 = (", r"begins with 'q1 = \(' is no Python"),
        (SOLUTION, "!ls\nq1 = 1", "begins with '!ls' is no Python"),
        ("# {{q3}}", "# {{q33}}", r"shows \{\{q33\}\}, and there is no such question"),
        ("### BEGIN SOLUTION\nspec", "# {{q33}}\n### BEGIN SOLUTION\nspec", "no such question"),
        ('lang="zh"', 'lang="cn"', "Unknown lang of a cell 'cn'.*Known: en, zh"),
        ('tags=["advisor"]', "", r"QUESTIONS would be handed out: mark it tags=\[\"advisor\"\]"),
        ("# # 小作业", "# ### BEGIN SOLUTION\n# # 小作业", "solution stands in prose"),
    ],
)  # fmt: skip
def test_a_source_that_would_leak_or_break_is_refused(tmp_path, old, new, match):
    with pytest.raises(AdvisorError, match=match) as caught:
        rendered(tmp_path, (old, new))
    assert "\n" not in str(caught.value)


# what is in the files


@pytest.mark.parametrize("language", [None, "en", "zh"])
def test_no_solution_is_in_any_file(tmp_path, language):
    files = rendered(tmp_path, language=language)
    assert set(files) == {"assignment.json", "small.py", "small.ipynb"}
    secrets = [
        "secret answer",
        'sigmoid": 0.25',
        'get("right")',
        "SOLUTION",
        "QUESTIONS",
        "VARY",
        "{{",
    ]
    for name, text in files.items():
        for secret in secrets:
            assert secret not in text, name
        assert not json.loads(text).get("reference") if name == "assignment.json" else True


def test_words_are_in_both_languages_in_one_or_in_the_teachers(tmp_path):
    both, zh = rendered(tmp_path)["small.py"], rendered(tmp_path, language="zh")["small.py"]
    assert "# # Small\n# Which first?" in both
    assert "# # 小作业\n# 先用哪个？" in both
    assert "# Small" not in zh
    assert 'import advisor\n\nadvisor.set_language("zh")\n' in zh
    assert "set_language" not in both + rendered(tmp_path, language="en")["small.py"]
    # the teacher's words stand in one language: it is that for every student
    english = rendered(tmp_path, ("key =", 'language = "en"\nkey ='), language="zh")["small.py"]
    assert "# # Small" in english
    assert "小作业" not in english


def test_a_students_question_has_the_students_options_in_its_prose(tmp_path):
    code = rendered(tmp_path, language="en")["small.py"]
    assert "# One of: `sigmoid`, `relu`\n# - (a) " in code


def test_the_notebook_is_valid_and_the_same_each_time(tmp_path, recwarn):
    files = rendered(tmp_path)
    book = nbformat.reads(files["small.ipynb"], as_version=4)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"
    assert not any(cell.get("outputs") for cell in book.cells)
    assert [set(cell.metadata) <= {"lang", "lines_to_next_cell"} for cell in book.cells].count(
        False
    ) == 0
    assert rendered(tmp_path) == files
    assert not recwarn.list


def test_the_script_is_the_notebook(tmp_path):
    import jupytext

    files = rendered(tmp_path)
    book = nbformat.reads(files["small.ipynb"], as_version=4)
    again = jupytext.reads(files["small.py"], fmt="py:percent")
    assert [c.source for c in again.cells] == [c.source for c in book.cells]


def test_a_damaged_handout_is_told(tmp_path):
    folder = tmp_path / "x"
    with pytest.raises(OptionError, match=r"There is no assignment\.json in 'x'"):
        handout.read(folder)
    rendering.write(folder, rendered(tmp_path))
    whole = (folder / "assignment.json").read_text(encoding="utf-8")
    for text in (
        "",
        "[]",
        "5",
        "{}",
        "[" * 100_000,
        whole[:500],
        whole.replace('"spec": "', '"spec": "%'),
    ):
        (folder / "assignment.json").write_text(text, encoding="utf-8")
        with pytest.raises(OptionError, match=r"assignment\.json is damaged"):
            handout.read(folder)


# it runs


def run(folder, *command, **environment):
    cut = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", **environment}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, **cut}, timeout=120,
    )  # fmt: skip


def test_the_untouched_script_runs_and_hands_in_nothing(tmp_path):
    folder = tmp_path / "handed"
    rendering.write(folder, rendered(tmp_path))
    done = run(folder, "small.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("not attempted") == 3
    assert not done.stderr
    assert json.loads((folder / "answers.json").read_text(encoding="utf-8")) == {}
    assert sorted(p.name for p in folder.iterdir()) == [
        "answers.json",
        "assignment.json",
        "small.ipynb",
        "small.py",
    ]


@pytest.mark.filterwarnings("ignore")
def test_the_untouched_notebook_runs_in_chinese(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    files = rendered(tmp_path, language="zh")
    folder = tmp_path / "handed"
    rendering.write(folder, files)
    book = nbformat.reads(files["small.ipynb"], as_version=4)
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": folder}}).execute()
    said = [
        out.get("text", "") or out.get("data", {}).get("text/plain", "")
        for cell in book.cells
        for out in cell.get("outputs", ())
    ]
    assert sum("还没做" in one for one in said) >= 3
    assert "q1、q2 和 q3" in said[-1]


# the proof


def prove(tmp_path, *changes):
    return proving.prove(small.read(tmp_path, *changes))


def test_a_proof_is_kept_until_something_changes(tmp_path):
    made, proof = prove(tmp_path)
    assert (proof.name, proof.out_of, proof.runs) == ("small", 4.5, 6)
    again = source.read(made.folder)
    assert proving.proved(again)
    assert again.version == proof.version == proving.prove(again)[1].version
    assert not proving.proved(replace(again, code=again.code + "\n"))
    assert not proving.proved(small.read(tmp_path, ("q1 = 1\n", "q1 = 2\n")))
    assert "4.5" in str(proof)
    assert not list(made.folder.glob("*.keras"))


def test_a_solution_may_print_leave_move_write_and_draw(tmp_path):
    odd = (
        "import os, sys, warnings\nimport matplotlib.pyplot as plt\nplt.figure()\n"
        "print('答' * 100_000, file=sys.stderr)\nprint('\\x00\\ud800'.encode('utf-8', 'replace'))\n"
        "warnings.warn('x')\nopen('left.txt', 'w').write('x')\nos.makedirs('a/b')\nos.chdir('a/b')\n"
        'q1 = "relu"'
    )
    assert prove(tmp_path, (SOLUTION, odd))[1].out_of == 4.5
    ends = (
        "work.hand_in(q1=q1, q2=q2, q3=q3)",
        "work.hand_in(q1=q1, q2=q2, q3=q3)\nraise SystemExit",
    )
    assert prove(tmp_path, ends)[1].out_of == 4.5


REFUSED = [
    (SOLUTION, 'q1 = "tanh"', r"^The reference solution scores 0 of 1 on q1 \(example-1\): tanh is not"),
    (SOLUTION, "q1 = 5", r"on q1 \(example-1\): Received a 'int' that is no name"),
    (", q2=q2", "", r"scores 0 of 2 on q2 \(example-1\): Nothing was handed in for q2"),
    ('{"sigmoid": 0.25, "tanh": 1.0}[spec["activation"]]', "0.25", r"scores 0 of 2 on q2 \(example-"),
    (SOLUTION, "q1 = 1 / 0", r"example-1\) fails: ZeroDivisionError: division by zero in the line 'q1 = 1 / 0'"),
    (SOLUTION, "raise SystemExit(3)", "fails: SystemExit: 3 in the line"),
    (SOLUTION, "import os; os._exit(7)", "ended at once: exit status 7"),
    ('print(work.check("q1"', 'print(y)\nprint(work.check("q1"', r"example-1\) fails: NameError"),
    (f"{SOLUTION}\n### END SOLUTION", f"{SOLUTION}\ny = 1\n### END SOLUTION\nprint(y)",
     r"^The empty starter fails: NameError: .* in the line 'print\(y\)'"),
    (f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", SOLUTION,
     "^The empty starter scores 1 on q1: put the answer between"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "match"), REFUSED)
def test_what_does_not_hold_is_not_proved_and_said_in_one_line(tmp_path, old, new, match):
    with pytest.raises(NotProvedError, match=match) as caught:
        prove(tmp_path, (old, new))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert not (tmp_path / "source/small/bands.json").exists()


def test_a_solution_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("advisor.grading.rehearsal._SECONDS", 2)
    with pytest.raises(NotProvedError, match="took more than 2 s for 7 variants"):
        prove(tmp_path, (SOLUTION, "import time; time.sleep(60)"))


def test_where_all_have_the_same_theirs_is_proved_too(tmp_path):
    lives = (SOLUTION, 'import os\nq1 = "relu" if "everyone" not in os.getcwd() else 5')
    with pytest.raises(NotProvedError, match=r"on q1 \(everyone\)"):
        prove(tmp_path, ("key =", 'variants = "none"\nkey ='), lives)


@pytest.mark.parametrize(
    ("scores", "low"),
    [
        ([0.9] * 6, 0.89),
        ([0.9, 0.5], 0.5),
        ([0.90, 0.91, 0.92, 0.90, 0.91, 0.92], 0.876),
        ([1.0], 0.99),
    ],
)
def test_a_band_is_no_magic_number(scores, low):
    found = proving.band(scores)
    assert found["low"] == pytest.approx(low) or found["low"] <= min(scores) - 0.01 + 1e-9
    assert found["low"] <= min(*scores, 2)
    assert found["runs"] == len(scores)


QUESTION = """"zh": "为什么？"},
    },
    "q4": {"kind": "score", "problem": "waves", "seed": "$seed",
           "text": {"en": "Fit.", "zh": "拟合。"}},
}
"""
FIT = """# %%
# {{q4}}
### BEGIN SOLUTION
import keras
q4 = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
q4.compile(keras.optimizers.Adam(0.05), "mse")
q4.fit(X, y, epochs=EPOCHS, verbose=0)
### END SOLUTION
print(work.check("q4", q4))

# %%
work.hand_in(q4=q4, q1=q1,"""
KERAS = (
    ("q3 = 1.5\n", "q3 = 1.5\nq4 = 3\n"),
    ('"zh": "为什么？"},\n    },\n}\n', QUESTION),
    ("# %%\nwork.hand_in(q1=q1,", FIT),
)


def test_a_trained_reference_gives_the_same_band_each_time_wherever_it_runs(tmp_path, monkeypatch):
    """Unseeded on purpose: each run begins with seeds of its own."""
    monkeypatch.setattr(proving, "RUNS", 3)
    changes = (*KERAS, ("EPOCHS", "8"))
    one, proof = prove(tmp_path / "a", *changes)
    band = proof.bands["q4"]
    assert band["runs"] == 3
    assert 0.1 < band["low"] < band["mean"] < 1
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    two, _ = prove(tmp_path / "b", *changes)
    assert two.version == one.version
    assert "q4" in str(proof)


def test_an_untrained_reference_is_no_measure(tmp_path, monkeypatch):
    monkeypatch.setattr(proving, "RUNS", 2)
    with pytest.raises(
        NotProvedError, match=r"^q4: the reference scores .* not beyond a constant's"
    ):
        prove(tmp_path, *KERAS, ("EPOCHS", "0"))


# the course's folder


def do(capsys, *words, status=0):
    assert main(["assignment", *map(str, words)]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return said.out if status < 2 else said.err


def test_a_teacher_begins_proves_and_hands_out(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small.write(tmp_path)
    assert "There is no students.csv" in do(capsys, "release", "small", status=2)
    (tmp_path / "students.csv").write_text(
        "id,name,language\n007,李,zh\n008,Ann,en\n009,Bo,\n", "utf-8"
    )
    assert "4.5 points of all" in do(capsys, "render", "small", "--student", "008")
    assert (tmp_path / "rendered/008/small/small.ipynb").exists()
    assert "3" in do(capsys, "release", "small")
    found = sorted(str(p.relative_to(tmp_path)) for p in (tmp_path / "release").rglob("*.*"))
    files = ("assignment.json", "small.ipynb", "small.py")
    assert found == [f"release/{s}/small/{f}" for s in ("007", "008", "009") for f in files]
    zh = (tmp_path / "release/007/small/small.py").read_text(encoding="utf-8")
    assert "小作业" in zh
    assert "# Small" not in zh
    for file in (tmp_path / "release").rglob("*.*"):
        text = file.read_text(encoding="utf-8")
        assert small.KEY not in text
        assert "secret answer" not in text
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert "3" in do(capsys, "release", "small", "--course", tmp_path)


def test_everyone_gets_the_same_where_the_teacher_says_so(tmp_path, capsys):
    small.write(tmp_path, ("key =", 'variants = "none"\nkey ='))
    do(capsys, "release", "small", "--course", tmp_path, "--lang", "zh")
    found = sorted(p.name for p in (tmp_path / "release/small").iterdir())
    assert found == ["assignment.json", "small.ipynb", "small.py"]
    assert "# Small" not in (tmp_path / "release/small/small.py").read_text(encoding="utf-8")


def test_json_is_all_that_json_prints(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small.write(tmp_path)
    (tmp_path / "students.csv").write_text("id\n007\n", encoding="utf-8")
    assert "by-hand" in json.loads(do(capsys, "new", "--json"))
    assert "heads" in json.loads(do(capsys, "--json"))
    assert json.loads(do(capsys, "new", "by-hand", "--json"))["written"].endswith("by-hand")
    assert json.loads(do(capsys, "render", "small", "--json"))["points"] == 4.5
    assert json.loads(do(capsys, "release", "small", "--json"))["released"] == 1
    small.write(tmp_path, (SOLUTION, "q1 = 5"))
    told = json.loads(do(capsys, "render", "small", "--json", status=1))
    assert told["proved"] is False
    assert "scores 0 of 1 on q1" in told["why"]
    assert json.loads(do(capsys, "release", "small", "--json", status=1))["proved"] is False


def test_ready_assignments_are_begun_under_any_name_with_a_key_of_their_own(tmp_path, capsys):
    assert "by-hand" in do(capsys, "new", "--course", tmp_path)
    do(capsys, "new", "by-hand", "--course", tmp_path)
    do(capsys, "new", "week-1", "--like", "by-hand", "--course", tmp_path)
    one, two = (source.read(tmp_path / "source" / name) for name in ("by-hand", "week-1"))
    assert one.key != two.key
    assert one.questions == two.questions
    for words, match in (
        (("new", "by-hand"), "source/by-hand exists already"),
        (("new", "week-2"), "Unknown ready assignment 'week-2'"),
        (("new", "x", "--like", "y"), "Unknown ready assignment 'y'"),
        (("new", "../x", "--like", "by-hand"), "Expected a name of small letters"),
        (
            ("render", "nonsense"),
            "Unknown assignment of this course 'nonsense'. Known: by-hand, week-1",
        ),
        (("render", "../source/by-hand"), "Unknown assignment of this course"),
        (("render", "by-hand", "--student", "../../x"), "may not name a folder"),
    ):
        assert match in do(capsys, *words, "--course", tmp_path, status=2)
    assert "There is no course in" in do(
        capsys, "render", "x", "--course", tmp_path / "y", status=2
    )


def test_a_proof_that_fails_has_exit_status_1_and_writes_nothing(tmp_path, capsys):
    small.write(tmp_path, (SOLUTION, "q1 = 5"))
    said = do(capsys, "render", "small", "--course", tmp_path, status=1)
    assert said.startswith("✗ The reference solution scores 0 of 1 on q1")
    assert not (tmp_path / "rendered").exists()
    small.write(tmp_path, ('"max-slope"', '"max-slop"'))
    assert "Unknown value" in do(capsys, "render", "small", "--course", tmp_path, status=2)


def test_chinese_is_spoken_on_request(tmp_path, capsys):
    small.write(tmp_path)
    said = do(capsys, "render", "small", "--course", tmp_path, "--lang", "zh")
    assert "参考解" in said
    assert "样例在这里" in said


def test_the_small_assignments_are_tried_as_before(capsys):
    assert "q1" in do(capsys, "hidden")
    assert do(capsys, "hidden", "q1").strip()
    assert "correct" in do(capsys, "hidden", "q1", "relu")
    with pytest.raises(SystemExit) as caught:
        main(["assignment", "nonsense"])
    assert caught.value.code == 2
    assert "choose from 'new', 'render'" in capsys.readouterr().err


def test_it_works_where_advisor_is_installed_and_not_a_checkout(tmp_path):
    """The proof's own process finds this very advisor, whatever the working directory."""
    site, bare = tmp_path / "site/advisor", shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "advisor", site, ignore=bare)
    for shelf in ("templates", "datasets"):
        shutil.copytree(ROOT / shelf, site / "_bundled" / shelf, ignore=bare)
    small.write(tmp_path)
    done = run(
        tmp_path / "source", "-P", "-c",
        "import sys; from advisor.cli import main; sys.exit(main())",
        "assignment", "render", "small", "--course", "..",
        PYTHONPATH=str(tmp_path / "site"), PYTHONSAFEPATH="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
