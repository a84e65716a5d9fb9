"""A class from `new` to the gradebook by the README alone, and a student's way to "correct"."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

import advisor
from advisor.cli import main
from advisor.grading.course import Course
from advisor.grading.marks import loads

ROOT = Path(__file__).parent.parent
STUDENTS = 16


@pytest.fixture(scope="module")
def classroom():
    spec = importlib.util.spec_from_file_location("classroom", ROOT / "benchmarks" / "classroom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands():
    """Return what the README says, line by line."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(
        r"^```sh\n(advisor assignment new.*?)^```$", text, re.DOTALL | re.MULTILINE
    )
    return [line.partition("#")[0].strip() for line in block.splitlines()]


def downloads(course, ids, classroom):
    """Pack what students hand in as Moodle does; one of them is nobody's."""
    factory, out = classroom.Factory(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, student in enumerate(ids):
            sort = classroom.SORTS[number % len(classroom.SORTS)]
            files = classroom.hand_in(course, student, sort, factory, train=number == 0)
            for name, data in files.items():
                archive.writestr(
                    f"学生 {student}_{1000 + number}_assignsubmission_file_/{name}", data
                )
        archive.writestr("Nobody_9_assignsubmission_file_/answers.json", "{}")
    return out.getvalue()


@pytest.fixture(scope="module")
def course(tmp_path_factory, classroom, keras):
    """Follow the README; return the course's folder."""
    place = tmp_path_factory.mktemp("teacher")
    ids = [f"{number:03d}" for number in range(1, STUDENTS + 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for line in commands():
            words = line.split()
            if words[0] == "cd":
                patch.chdir(place / words[1])
                rows = "".join(f"{one},学生 {one},zh\n" for one in ids)
                Path("students.csv").write_text("id,name,language\n" + rows, encoding="utf-8")
                continue
            if words[2] == "collect":
                Path("downloads.zip").write_bytes(downloads(Path(), ids, classroom))
            status = main(words[1:])
            assert status == (1 if words[2] == "collect" else 0), line
    return place / "course"


def results(course):
    base = sqlite3.connect(course / "grades.sqlite")
    found = [loads(text) for (text,) in base.execute("SELECT result FROM results ORDER BY student")]
    base.close()
    return found


def test_every_submission_is_graded_by_what_it_is(course, classroom):
    graded = results(course)
    assert len(graded) == STUDENTS
    for number, result in enumerate(graded):
        sort = classroom.SORTS[number % len(classroom.SORTS)]
        status = {mark.question: mark.status for mark in result.marks}
        if sort == "right":
            assert all(status[q] == "correct" for q in ("q1", "q2", "q3", "q4", "q5", "q6", "q7"))
        elif sort == "classic mistakes":
            assert {status[q] for q in ("q1", "q3", "q5")} == {"partly"}
        elif sort == "half right":
            assert (status["q1"], status["q3"], status["q5"]) == (
                "partly",
                "correct",
                "not attempted",
            )
        elif sort in {"broken", "hostile"}:
            assert {status[q] for q in ("q1", "q3", "q5")} == {"refused"}
        else:
            assert set(status.values()) == {"not attempted"}
        for mark in result.marks:
            assert mark.status != "refused" or len(mark.message.en) <= 160
    assert graded[0].points == graded[0].out_of  # trained as well


def test_nothing_is_left_behind(course):
    assert not list(course.rglob("*.tmp"))
    assert sorted(p.name for p in course.iterdir()) == [
        "class.html", "downloads.zip", "feedback", "gradebook-three-heads.csv",
        "gradebook-three-heads.xlsx", "grades.sqlite", "release", "rendered", "source", "students.csv", "submitted",
    ]  # fmt: skip


def test_students_get_what_is_theirs_and_nothing_of_the_teachers(course):
    source = Course(course).source("three-heads")
    seen = set()
    for folder in sorted((course / "release").glob("*/three-heads")):
        data = b"".join(file.read_bytes() for file in sorted(folder.iterdir()))
        assert b"SOLUTION" not in data
        assert source.key.encode() not in data
        seen.add((folder / "q1.csv").read_bytes())
    assert len(seen) == STUDENTS


def test_feedback_gradebook_and_report_are_written(course):
    pages = list((course / "feedback").glob("*/three-heads/feedback.html"))
    assert len(pages) == STUDENTS
    assert all('lang="zh"' in page.read_text(encoding="utf-8") for page in pages)
    table = (course / "gradebook-three-heads.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    assert b'="001"' in table.replace(b'""', b'"')
    report = (course / "class.html").read_text(encoding="utf-8")
    assert "softmax(1)" in report
    assert "学生 001" not in report


def test_grading_again_changes_nothing(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    before = [one.dumps() for one in results(course)]
    assert main(["assignment", "grade", "three-heads", "--again", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["waiting"]
    assert shown["changes"] == []
    assert main(["assignment", "grade", "three-heads", "--commit"]) == 0
    assert [one.dumps() for one in results(course)] == before


def test_a_mark_by_hand_stays_with_author_and_reason(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    give = ["assignment", "grade", "three-heads", "--give", "004", "q5", "1"]
    assert main(give) == 2
    assert "--author" in capsys.readouterr().err
    assert main([*give, "--author", "Li <b>", "--reason", "right idea"]) == 0
    assert main(["assignment", "feedback", "three-heads"]) == 0
    page = (course / "feedback/004/three-heads/feedback.html").read_text(encoding="utf-8")
    assert "Li &lt;b&gt;" in page
    assert "right idea" in page


def test_a_student_goes_from_the_released_folder_to_correct_in_chinese(course, keras, monkeypatch):
    folder = course / "release/001/three-heads"
    monkeypatch.chdir(folder)
    advisor.set_language("zh")
    work = advisor.assignment(".")
    assert "输出层" in str(work)
    assert work.check("q1").status == "not attempted"
    X, y = work.data("q3")
    classes = int(y.max()) + 1
    wrong = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(classes, "sigmoid")])
    wrong.compile("adam", "sparse_categorical_crossentropy")
    first = work.check("q3", wrong)
    assert first.status == "not yet"
    assert re.search("[一-鿿]", str(first))
    assert str(work.hint("q3")) == "每个类别一个单元。"
    right = advisor.build(X=X, y=y, seed=0)
    assert work.check("q3", right).status == "correct"
    assert "还没做" in str(work.hand_in(q3=right, q4=("softmax", "a"), q5=...))
    assert {"answers.json", "q3.keras"} <= {file.name for file in folder.iterdir()}
