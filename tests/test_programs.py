"""What code answers is told without running it: which file, which name, and no more than is missing."""

from __future__ import annotations

import json
import time

import pytest

from advisor.grading import programs, submission

QUESTIONS = {"q1": True, "q2": True, "q3": False}


def plan(**files):
    contents = {name.replace("__", "."): text.encode() for name, text in files.items()}
    given = submission.Files(contents, (), "")
    return programs.plan(given, submission.parse(given, list(QUESTIONS)), QUESTIONS)


def wanted(**files):
    return {one.question: (one.file, one.name) for one in plan(**files).wanted}


BUILD = "def build_model(): pass\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (BUILD, {"q1": "build_model", "q2": "build_model"}),
        ("def build_q2(): pass", {"q2": "build_q2"}),
        ("q1 = model()\n" + BUILD, {"q1": "q1", "q2": "build_model"}),
        ("q1 = ...\n", {}),
        ("q1 = model()\nq1 = ...\n", {}),
        ("if True:\n    def build_model(): pass", {"q1": "build_model", "q2": "build_model"}),
        ("build_model = make", {"q1": "build_model", "q2": "build_model"}),
        ("from mine import build_model", {"q1": "build_model", "q2": "build_model"}),
        ("def other():\n    q1 = 1", {}),
        ("q3 = 1 / 3", {}),  # simple arithmetic is a literal, and read
        ("q3 = f(3)", {"q3": "q3"}),
        ("print('build_model')", {}),
    ],
)
def test_what_a_script_answers(code, found):
    assert {question: name for question, (_, name) in wanted(a__py=code).items()} == found


def test_a_questions_own_file_comes_first():
    assert wanted(a__py=BUILD, q2__py=BUILD)["q2"] == ("q2.py", "build_model")
    assert wanted(a__py=BUILD, q2__py=BUILD)["q1"] == ("a.py", "build_model")


def test_what_was_handed_in_is_not_run():
    assert set(wanted(a__py=BUILD, q1__keras="PK", answers__json='{"q3": 1}')) == {"q2"}
    assert (
        plan(a__py="q3 = f()", q1__keras="", q2__keras="", answers__json='{"q3": 1}').wanted == ()
    )


def test_a_value_is_no_model_and_leaves_the_code_to_be_run():
    values = '{"q1": [1, "sigmoid"], "q3": 1}'
    assert set(wanted(a__py=BUILD, answers__json=values)) == {"q1", "q2"}
    assert set(wanted(a__py="q3 = f()", q3__keras="PK")) == {"q3"}


def test_magics_of_a_notebook_are_left_out_and_its_cells_kept_apart():
    cells = ["%matplotlib inline\nimport keras", "%%bash\nrm x", "if 1:\n    !pip install x", BUILD]
    book = {"cells": [{"cell_type": "code", "source": one} for one in cells]}
    found = plan(a__ipynb=json.dumps(book))
    assert found.programs["a.ipynb"] == ["pass\nimport keras", "", "if 1:\n    pass", BUILD]


def test_code_that_is_no_python_is_told_with_its_line():
    broken = plan(a__py="import keras\ndef build_model(:\n").broken
    assert "it is no Python, line 2: " in broken["q1"].en
    assert "它不是能运行的 Python，第 2 行：" in broken["q1"].zh
    cells = [{"cell_type": "code", "source": one} for one in ("import keras", "\n" + BUILD[:-6])]
    broken = plan(a__ipynb=json.dumps({"cells": cells})).broken
    assert "it is no Python, code cell 2, line 2: " in broken["q1"].en
    assert "第 2 个代码单元第 2 行：" in broken["q1"].zh
    assert plan(a__py="q3 = [").broken == {}


@pytest.mark.parametrize("line", ["x = [1, 2, 3]\n", "x = f(1, 2)\n"])
def test_megabytes_of_code_are_not_run_and_told_at_once(line):
    code = BUILD + line * (4_000_000 // len(line))
    cells = {"cells": [{"cell_type": "code", "source": code}]}
    for files in ({"a__py": code}, {"a__ipynb": json.dumps(cells)}):
        begun = time.monotonic()
        found = plan(**files)
        assert time.monotonic() - begun < 1
        assert found.wanted == ()
        assert "longer than 200,000 letters" in str(found.broken["q1"])


@pytest.mark.parametrize("heard", [b"", b"{", b"nan(", b"\xff", b"9" * 100_000])
def test_what_the_jail_says_is_no_more_than_a_value(heard):
    given = submission.parse(submission.Files({}, (), ""), list(QUESTIONS))
    todo = plan(a__py="q3 = f()")
    frame = ({"question": "q3", "status": "value", "points": 99}, heard)
    found = programs._with(given, todo, "ended", [frame], "30")
    assert found.settled.keys() | found.answers.keys() == {"q3"}


def test_what_was_not_asked_for_is_not_heard():
    given = submission.parse(submission.Files({}, (), ""), list(QUESTIONS))
    frames = [({"question": "q1", "status": "model"}, b"PK"), ({"question": [], "status": 7}, b"")]
    found = programs._with(given, plan(a__py="q3 = f()"), "timeout", frames, "30")
    assert found.models == {}
    assert "stopped after 30 s" in str(found.settled["q3"][1])
