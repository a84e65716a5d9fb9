"""A submission is read in every shape in which it may arrive, and nothing is raised."""

from __future__ import annotations

import json
import os
import sys
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from advisor.grading import literals, programs, submission

QUESTIONS = ["q1", "q2", "q3", "q4"]


def parsed(tmp_path, **files):
    """Write files (a dot in a name is written __) and read them as one submission."""
    for name, data in files.items():
        file = tmp_path / name.replace("__", ".")
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return submission.parse(submission.load(tmp_path), QUESTIONS)


def book(*cells, **more):
    return json.dumps({"cells": [{"cell_type": "code", "source": c} for c in cells], **more})


def notes(found):
    assert all(one.en and one.zh and "\n" not in one.en for one in found.notes)
    return " | ".join(one.en for one in found.notes)


def answers(*code):
    return literals.read(code, QUESTIONS)


# answers.json

PLAIN = '{"q1": "relu", "q2": 0.25, "q3": ["relu", "b"], "q4": null}'
WANTED = {"q1": "relu", "q2": 0.25, "q3": ["relu", "b"], "q4": None}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]
)
def test_answers_are_read_in_every_encoding_of_an_editor(tmp_path, encoding):
    text = PLAIN.replace("}", ', "说明": "我做完了"}')
    found = parsed(tmp_path, answers__json=text.encode(encoding))
    assert found.answers == WANTED
    assert not found.notes


@pytest.mark.parametrize("name", ["Answers.json", "ANSWERS.JSON"])
def test_answers_in_capitals_are_read(tmp_path, name):
    (tmp_path / name).write_text(PLAIN.replace("q1", "Q1"), encoding="utf-8")
    assert parsed(tmp_path).answers == WANTED


def test_an_absurd_answer_spoils_no_other(tmp_path):
    digits = "9" * 100_000
    found = parsed(tmp_path, answers__json=f'{{"q1": NaN, "q2": {digits}, "q3": 1e999, "q4": 1}}')
    assert found.answers["q1"] != found.answers["q1"]
    assert found.answers["q2"] == found.answers["q3"] == float("inf")
    assert found.answers["q4"] == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "JSONDecodeError"),
        (b"[1, 2]", "TypeError"),
        (b'{"q1": 1', "JSONDecodeError"),
        (b'{"q1": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "RecursionError"),
        (b" " * (8 * 2**20 + 1), "larger than 8 MB"),
        (b"\xff\xfe\x00", "JSONDecodeError"),
    ],
)
def test_answers_that_cannot_be_read_are_told_and_the_notebook_counts(tmp_path, data, why):
    found = parsed(tmp_path, answers__json=data, x__ipynb=book('q1 = "relu"'))
    assert found.answers == {"q1": "relu"}
    assert notes(found).startswith("'answers.json' was not read")
    assert why in notes(found)


def test_of_a_key_that_stands_twice_the_last_counts(tmp_path):
    assert parsed(tmp_path, answers__json='{"q1": 1, "q1": 2}').answers == {"q1": 2}


def test_other_json_files_are_no_answers(tmp_path):
    found = parsed(tmp_path, assignment__json='{"q1": 1}', my_answers__json='{"q1": 1}')
    assert found.answers == {}
    assert not found.notes


# notebooks and scripts


def test_old_and_new_notebooks_are_read(tmp_path):
    old = {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["q1 = 1\n", "q2 = 2"]}]}],
    }
    assert parsed(tmp_path, x__ipynb=json.dumps(old)).answers == {"q1": 1, "q2": 2}
    assert parsed(tmp_path, x__ipynb=book(["q1 = 3\n", "q2 = 4"])).answers == {"q1": 3, "q2": 4}


def test_markdown_and_odd_cells_are_passed_over(tmp_path):
    text = json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": "q1 = 1"},
                {"cell_type": "raw", "source": "q1 = 1"},
                "q1 = 1",
                None,
                {"cell_type": "code"},
                {"cell_type": "code", "source": 7},
                {"cell_type": "code", "source": [None, "q2 = 2"]},
            ]
        }
    )
    assert parsed(tmp_path, x__ipynb=text).answers == {"q2": 2}


@pytest.mark.parametrize(
    "data", ["[]", "1", '"cells"', "{}", '{"cells": 5}', '{"worksheets": [1]}']
)
def test_what_is_no_notebook_is_told(tmp_path, data):
    assert "'x.ipynb' was not read" in notes(parsed(tmp_path, x__ipynb=data))


def test_magics_are_passed_over(tmp_path):
    found = parsed(
        tmp_path,
        x__ipynb=book(
            "%%time\n%matplotlib inline\n!pip install x\nq1 = 1\nq1?", "%%bash\nq2 = $(ls)"
        ),
    )
    assert found.answers == {"q1": 1}


def test_a_half_written_cell_spoils_neither_others_nor_its_own_lines(tmp_path):
    code = 'q2 = 0.5\nprint(work.check("q2", q2)'
    assert parsed(tmp_path, x__ipynb=book("q1 = 1", code, "def", "q3 = [")).answers == {
        "q1": 1,
        "q2": 0.5,
    }
    script = f"# %%\nq1 = 1\n# %%\n{code}\n# %% [markdown]\n# q3 = 3\n"
    assert parsed(tmp_path, x__ipynb=book(), x__py=script).answers == {"q1": 1, "q2": 0.5}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "latin-1"])
def test_scripts_are_read_in_every_encoding(tmp_path, encoding):
    words = "naïve café" if encoding == "latin-1" else "答案：梯度"
    script = f"# {words}\nq1 = 'relu'  # {words}\nprint('{words}')\n"
    assert parsed(tmp_path, x__py=script.encode(encoding)).answers == {"q1": "relu"}


def test_zero_bytes_in_a_script_raise_nothing(tmp_path):
    assert parsed(tmp_path, x__py=b"q1 = 1\nx = '\x00'\n").answers == {"q1": 1}


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("-0.25", -0.25),
        ("+3", 3),
        ("1/4", 0.25),
        ("0.25**10", 0.25**10),
        ("2**-1", 0.5),
        ("(1 + 2) * 3 - 4", 5.0),
        ("-(2 ** 3)", -8.0),
        ("True", True),
        ("None", None),
        ("'re' 'lu'", "relu"),
        ("('relu', 'b')", ["relu", "b"]),
        ('{"choice": "relu", 1: 2}', {"choice": "relu", "1": 2}),
    ],
)
def test_literals_and_simple_arithmetic_are_answers(code, wanted):
    assert answers(f"q1 = {code}") == {"q1": wanted}


@pytest.mark.parametrize(
    "code",
    [
        "10**10**10",
        "10.0**400",
        "1/0",
        "0**-1",
        "(-1)**0.5",
        "'a' * 10**9",
        "[1] * 10**9",
        "'a' + 'b'",
        "True + 1",
        "1 << 10**9",
        "1j",
        "b'relu'",
        "{1, 2}",
        "f'{1}'",
        "{**{}}",
        "{'a': 1, **{}}",
        "np.log(3)",
        "q2",
        "lambda: 1",
        "[x for x in y]",
        "1 if True else 2",
        "9" * 5000,
        "0x" + "f" * 5000 + " * 1",
        "-" * 5000 + "1",
        "1" + "+1" * 100,
        "1" + "+1" * 50_000,
        "[" * 150 + "]" * 150,
        "(" * 300 + ")" * 300,
    ],
)
def test_what_must_be_worked_out_is_no_answer_and_nothing_hangs(code):
    begun = time.monotonic()
    assert literals.read([f"q1 = {code}"], QUESTIONS) == {}
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("q1 = 1; q1 = 2", {"q1": 2}),
        ("q1 = q2 = 5", {"q1": 5, "q2": 5}),
        ("q1, q2 = 1, 2", {"q1": 1, "q2": 2}),
        ("[q1, (q2, x)] = 1, (2, y)", {"q1": 1, "q2": 2}),
        ("q1: str = 'relu'\nq2: int", {"q1": "relu"}),
        ("q1 = ...", {}),
        ("q1 = 1\nq1 = ...", {}),
        ("q1 = 1\nq1 = f(2)", {}),
        ("q1 = 1\nq1 += 1", {}),
        ("q1 = 1\ndel q1", {}),
        ("q1 = 1\nfor q1 in range(9): pass", {}),
        ("q1 = 1\nif x:\n    q1 = 2", {}),
        ("if True:\n    q1 = 2", {}),
        ("def f():\n    q1 = 2", {}),
        ("q1 = 1\ndef f():\n    q1 = 2", {"q1": 1}),
        ("(q1 := 5)", {}),
        ("q1, *q2 = 1, 2", {}),
        ("q1, q2 = f()", {}),
        ("q1 == 5", {}),
        ("q10 = 5\nx.q1 = 5\nx['q1'] = 5", {}),
    ],
)
def test_the_last_plain_assignment_counts(code, wanted):
    assert answers(code) == wanted


def test_a_later_cell_takes_an_answer_back():
    assert answers("q1 = 1", "q1 = ...") == {}
    assert answers("q1 = 1", "q1 = f()") == {}


@pytest.mark.parametrize(
    "line", ["q1 = f(1, 2)\n", "q1 = [1, 2, 3]\n", "q1 = '" + "a" * 900 + "'\n"]
)
def test_megabytes_of_code_take_less_than_a_second(tmp_path, line):
    code = line * (2_000_000 // len(line))
    begun = time.monotonic()
    parsed(tmp_path, x__ipynb=book("q2 = 2", code, "x = 1\n" * 300_000))
    parsed(tmp_path, x__py=code)
    assert time.monotonic() - begun < 2  # for both, on a busy machine


# which file counts


def test_answers_json_counts_and_a_note_tells_what_differs(tmp_path):
    found = parsed(
        tmp_path,
        answers__json='{"q1": "tanh", "q2": 0.25, "q3": ["relu", "b"]}',
        x__ipynb=book('q1 = "relu"\nq2 = 1 / 4\nq3 = ("relu", "b")\nq4 = 3'),
        x__py="q4 = 4",
    )
    assert found.answers == {"q1": "tanh", "q2": 0.25, "q3": ["relu", "b"], "q4": 3}
    assert [one.en[:60] for one in found.notes] == [
        "'answers.json' counts for q1; 'x.ipynb' says something else.",
        "'x.ipynb' counts for q4; 'x.py' says something else. After a",
    ]


def test_an_untouched_notebook_beside_a_filled_script_takes_nothing(tmp_path):
    found = parsed(tmp_path, x__ipynb=book("q1 = ...\nq2 = ..."), x__py="q1 = 1\nq2 = ...")
    assert found.answers == {"q1": 1}
    assert not found.notes


# files


def test_models_are_found_whatever_the_case(tmp_path):
    found = parsed(tmp_path, **{"Q3.KERAS": b"a", "q4.keras": b"b", "q9.keras": b"c"})
    assert found.models == {"q3": b"a", "q4": b"b"}
    assert notes(found) == "'q9.keras' belongs to no question."


def test_of_two_that_differ_in_case_the_tidy_one_counts(tmp_path):
    found = parsed(tmp_path, **{"Q3.KERAS": b"a", "q3.keras": b"b", "Q3.keras": b"c"})
    assert found.models == {"q3": b"b"}
    assert [one.en for one in found.notes] == [
        "'Q3.KERAS' was not looked at: there is another file for q3.",
        "'Q3.keras' was not looked at: there is another file for q3.",
    ]


@pytest.mark.parametrize("name", ["ｑ3.keras", "q３.keras", "q3\u202e.keras", "q3 .keras"])
def test_look_alikes_are_told_in_harmless_words(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    found = parsed(tmp_path)
    assert not found.models
    assert "belongs to no question" in notes(found)
    assert notes(found).isprintable()


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are text there")
def test_names_that_are_not_utf8_raise_nothing(tmp_path):
    for name in (b"q3\xff.keras", b"\xff.ipynb", b"\xfe.py"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(b"q1 = 1")
    found = parsed(tmp_path)
    assert found.answers == {"q1": 1}
    notes(found).encode()
    assert len(found.sha256) == 64


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_links_pipes_and_folders_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text('{"q1": 1}', encoding="utf-8")
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "answers.json").symlink_to(secret)
    (folder / "q3.keras").symlink_to("/dev/zero")
    os.mkfifo(folder / "q4.keras")
    os.mkfifo(folder / "x.ipynb")
    (folder / "y.py").mkdir()
    begun = time.monotonic()
    found = parsed(folder)
    assert time.monotonic() - begun < 1
    assert found.answers == found.models == {}
    assert set(found.refused) == {"q3", "q4"}
    assert len(found.notes) == 3


def test_limits_hold_for_a_file_for_all_and_for_their_number(tmp_path):
    for number in range(1, 5):
        (tmp_path / f"q{number}.keras").write_bytes(b"x" * 900)
    (tmp_path / "q1.keras").write_bytes(b"x" * 1001)
    found = submission.parse(submission.load(tmp_path, 1000), QUESTIONS)
    assert set(found.models) == {"q2", "q3", "q4"}
    assert "larger" in found.refused["q1"].en
    many = submission.load(tmp_path, 300)
    assert not any(isinstance(one, bytes) for one in many.contents.values())
    for number in range(300):
        (tmp_path / f"p{number:03d}.py").write_text("q1 = 1", encoding="utf-8")
    assert "304 files" in notes(parsed(tmp_path))
    for number in range(300):
        (tmp_path / f"p{number:03d}.py").write_bytes(b"#" * 900)
    contents = submission.load(tmp_path, 1000).contents
    assert sum(len(one) for one in contents.values() if isinstance(one, bytes)) <= 4000


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert "cannot be read" in notes(parsed(tmp_path / "none"))
    assert "cannot be read" in notes(parsed(tmp_path / "no\0ne"))


def test_the_digest_depends_on_contents_alone(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    files = {"answers.json": PLAIN, "q3.keras": "model", "x.py": "q1 = 1"}
    for folder, order in ((one, files), (two, reversed(files))):
        folder.mkdir()
        for name in order:
            (folder / name).write_text(files[name], encoding="utf-8")
    os.utime(two / "x.py", (1, 1))
    (two / "readme.txt").write_text("not graded", encoding="utf-8")
    (two / ".collected.json").write_text("{}", encoding="utf-8")
    digest = submission.load(one).sha256
    assert submission.load(two).sha256 == digest
    (two / "x.py").write_text("q1 = 2", encoding="utf-8")
    assert submission.load(two).sha256 != digest
    (one / "x.py").rename(one / "y.py")
    assert submission.load(one).sha256 != digest


# properties

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=20,
)
BITS = [
    'q1 = "relu"', "q1", "q2 = ", "1/4", "...", "=", "\n", "    ", "(", ")", "[", "]", "{", "}", "'",
    '"""', "#", "# %%", "%%time", "!ls", "if x:", "def f():", "**", "-", ":=", "10**10", ",", "\x00",
    "\\", "é", "答", "\ud800", "\r", "q3: int = 3", "for q1 in", "import q1", "f'{", "del q2", ";",
]  # fmt: skip
CODE = st.lists(st.sampled_from(BITS), max_size=30).map(" ".join) | st.text()


@settings(deadline=None, max_examples=300)
@given(JSON)
def test_any_json_is_parsed_or_told(value):
    data = json.dumps(value).encode()
    for name in ("answers.json", "x.ipynb", "x.py"):
        found = submission.parse(submission.Files({name: data}, (), ""), QUESTIONS)
        assert set(found.answers) <= set(QUESTIONS)


@settings(deadline=None, max_examples=300)
@given(
    st.fixed_dictionaries(
        {
            "cells": st.lists(
                st.fixed_dictionaries({"cell_type": st.just("code"), "source": JSON | CODE})
            )
        }
    )
)
def test_any_notebook_is_parsed_or_told(value):
    data = json.dumps(value).encode()
    found = submission.parse(submission.Files({"x.ipynb": data}, (), ""), QUESTIONS)
    assert set(found.answers) <= set(QUESTIONS)


@settings(deadline=None, max_examples=500)
@given(CODE)
@example("q1 = '\ud800'")
def test_any_code_is_parsed_or_told(code):
    data = code.encode("utf-8", "surrogatepass")
    found = submission.parse(submission.Files({"x.py": data}, (), ""), QUESTIONS)
    json.dumps(found.answers)
    notes(found)


@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_told(tmp_path, data):
    for name in ("answers.json", "x.ipynb", "x.py", "q3.keras"):
        (tmp_path / name).write_bytes(data)
    found = parsed(tmp_path)
    assert found.models == {"q3": data}


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(-(10**300), 10**300)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_what_python_writes_down_is_read_back(value):
    assert answers(f"q1 = {value!r}") == {"q1": value}


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": b"q3 = (\n" + b" " * 90_000 + b"y" + b"?" * 90_000 + b"x\n"},
        {f"f{n:03}.py": b"q3=\n" * 49_000 for n in range(60)},
    ],
    ids=["blanks and question marks", "many broken files"],
)
def test_code_that_is_slow_to_look_through_is_left(files):
    given = submission.Files(files, (), "")
    start = time.process_time()
    found = submission.parse(given, ["q3"])
    programs.plan(given, found, {"q3": False})
    assert time.process_time() - start < 20
    assert found.answers == {}
