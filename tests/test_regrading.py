"""A regrade shows all that it changes before it counts, and the version that is shown is what counts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.grading import marking, proving
from advisor.grading.course import Course

_SPEC = importlib.util.spec_from_file_location(
    "tiny_course", Path(__file__).with_name("tiny_course.py")
)
tiny_course = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tiny_course)
ANSWERS = {"right": b'{"q3": "sigmoid"}', "wrong": b'{"q3": "relu"}'}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course that holds itself for proved, with two students' answers."""
    monkeypatch.setattr(proving, "proved", lambda source: True)
    handed_in = {name: {"answers.json": data} for name, data in ANSWERS.items()}
    return tiny_course.lay_out(tmp_path / "course", handed_in)


@pytest.fixture
def run(course, capsys):
    def command(*words, action="grade"):
        status = main(["assignment", action, "tiny", "--course", str(course), *words])
        told = capsys.readouterr()
        assert told.err.count("\n") <= 1
        return status, " ".join((told.out + told.err).split())

    return command


def ask(course, old, new):
    file = course / "source" / "tiny" / "assignment.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def counting(course):
    results = Course(course).results()
    found = {one.student: one.points for one in results.all("tiny")}
    results.close()
    return found


def test_a_mistaken_version_that_was_mended_never_counts(course, run):
    run()
    ask(course, "q3 = 1", "q3 = 20")
    assert run()[0] == 1
    ask(course, "q3 = 20", "q3 = 3")
    status, words = run()
    assert status == 1
    assert "right q3 1 / 1 → 3 / 3" in words
    assert "20" not in words.partition("Graded again")[2]
    status, words = run("--commit")
    assert status == 0
    assert "Committed: 2 marks changed" in words
    assert counting(course) == {"right": 3.0, "wrong": 0.0}


def test_a_source_that_is_restored_is_proposed_again(course, run):
    run()
    ask(course, "q3 = 1", "q3 = 20")
    run()
    run("--commit")
    ask(course, "q3 = 20", "q3 = 1")
    status, words = run()
    assert status == 1
    assert "graded by another version 2" in words
    assert "20 / 20 → 1 / 1" in words
    run("--commit")
    assert counting(course) == {"right": 1.0, "wrong": 0.0}
    assert run()[0] == 0


def test_what_a_question_is_worth_and_a_question_that_goes_are_shown(course, run):
    run()
    ask(course, "q3 = 1", "q3 = 10")
    changes = json.loads(run("--json")[1])["changes"]
    assert ["wrong", "q3", [0.0, 1.0], [0.0, 10.0]] in changes
    file = course / "source" / "tiny" / "tiny.py"
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(one for one in lines if '"q2"' not in one), "utf-8")
    ask(course, "q2 = 2\n", "")
    changes = json.loads(run("--json")[1])["changes"]
    assert ["wrong", "q2", [0.0, 2.0], None] in changes


def test_a_mark_by_hand_that_stays_is_no_change_and_its_new_worth_is_told(course, run):
    run()
    run("--give", "wrong", "q3", "1", "--author", "Li", "--reason", "read it")
    ask(course, "q3 = 1", "q3 = 3")
    _, words = run()
    assert "wrong q3 1 / 1 → 1 / 3" in words
    run("--commit")
    _, words = run()
    assert "q3: 1 of 1 given by hand; it is worth 3 where it counts, so 1 counts." in words
    run("--give", "right", "q3", "3", "--author", "Li", "--reason", "read it")
    ask(course, "q3 = 3", "q3 = 1")
    run()
    run("--commit")
    assert counting(course) == {"right": 1.0, "wrong": 1.0}


def test_a_commit_of_what_was_never_shown_is_told(course, run):
    run()
    ask(course, "q3 = 1", "q3 = 20")
    run()
    ask(course, "q3 = 20", "q3 = 3")
    assert "Nothing was committed" in run("--commit")[1]
    assert counting(course) == {"right": 1.0, "wrong": 0.0}


def test_a_commit_goes_alone(course, run):
    run()
    for other in ("--again", "--discard"):
        status, words = run("--commit", other)
        assert status == 2
        assert "goes with neither" in words


def test_a_regrade_that_fails_is_told_and_tried_again(course, run, monkeypatch):
    run()
    ask(course, "q3 = 1", "q3 = 3")
    judge = marking.mark

    def fail(asked, *more):
        if asked.student == "right":
            raise RuntimeError("of our own")
        return judge(asked, *more)

    monkeypatch.setattr(marking, "mark", fail)
    for _ in range(2):
        status, words = run()
        assert status == 1
        assert "could not be graded again (1) right (RuntimeError: of our own)" in words
    monkeypatch.undo()
    monkeypatch.setattr(proving, "proved", lambda source: True)
    _, words = run()
    assert "could not be graded again" not in words
    assert "right q3 1 / 1 → 3 / 3" in words


def test_first_bytes_handed_in_again_count_while_their_regrade_waits(course, run):
    answers = course / "submitted" / "right" / "tiny" / "answers.json"
    run()
    answers.write_bytes(ANSWERS["wrong"])
    run()
    assert counting(course)["right"] == 0
    answers.write_bytes(ANSWERS["right"])
    ask(course, "q3 = 1", "q3 = 3")
    run()
    assert counting(course)["right"] == 1
    run("--commit")
    assert counting(course)["right"] == 3


def test_the_mean_is_over_what_is_graded_and_all_names_are_counted(course, run, monkeypatch):
    for number in range(25):
        folder = course / "submitted" / f"s{number:02}" / "tiny"
        folder.mkdir(parents=True)
        (folder / "answers.json").write_bytes(ANSWERS["right"])
    judge = marking.mark

    def fail(asked, *more):
        if asked.student.startswith("s"):
            raise RuntimeError("of our own")
        return judge(asked, *more)

    monkeypatch.setattr(marking, "mark", fail)
    status, words = run()
    assert status == 1
    assert "mean points 0.5 / 5" in words
    assert "set aside (25)" in words
    assert "… and 5 more" in words
    page = course / "feedback" / "s00" / "tiny" / "feedback.html"
    run(action="feedback")
    assert "of our own" not in page.read_text("utf-8")


def test_a_page_does_not_contradict_a_mark_by_hand(course, run):
    page = course / "feedback" / "wrong" / "tiny" / "feedback.html"
    run()
    run("--reveal", "description", action="feedback")
    assert page.read_text("utf-8").count('class="message"') == 3
    run("--give", "wrong", "q3", "1", "--author", "Li", "--reason", "read it")
    run("--reveal", "description", action="feedback")
    section = page.read_text("utf-8").partition('id="question-3"')[2]
    assert "✓ correct" in section
    assert "read it" in section
    assert 'class="message"' not in section
    assert "✗" not in section


def test_a_name_of_any_bytes_gives_a_mark(course, run):
    run()
    assert run("--give", "wrong", "q3", "1", "--author", "\udcff", "--reason", "\udcfe")[0] == 0
    assert counting(course)["wrong"] == 1


def test_what_is_handed_in_and_not_graded_is_said_by_every_action(course, run):
    (course / "students.csv").write_text("id\nright\nwrong\nnew\nnobody\n", "utf-8")
    run()
    (course / "submitted" / "wrong" / "tiny" / "answers.json").write_bytes(ANSWERS["right"])
    (course / "submitted" / "new" / "tiny").mkdir(parents=True)
    for action in ("feedback", "export", "report"):
        words = run(action=action)[1]
        assert "2 handed in, not graded: run advisor assignment grade tiny." in words
    assert "missing 1 · not graded yet 2" in words
    table = (course / "gradebook-tiny.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in table if "not graded yet" in line] == ["wrong", "new"]
    assert "nobody,,,,,,5,,missing," in table
    page = course / "feedback" / "wrong" / "tiny" / "feedback.html"
    assert "Handed in anew since; that is not graded yet." in page.read_text("utf-8")
    run()
    assert "handed in, not graded" not in run(action="export")[1]


def test_what_a_killed_run_left_goes_with_the_next(course, run):
    run()
    run(action="feedback")
    folders = [course, course / "shown", *(course / "feedback").glob("*/tiny")]
    assert len(folders) == 4
    for folder in folders:
        folder.mkdir(exist_ok=True)
        (folder / ".advisor-0123456789abcdef.tmp").write_text("half")
    run(action="feedback")
    run(action="export")
    run("--report", str(course / "shown" / "class.html"), action="report")
    assert not list(course.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the slope of `{P}` at x = {P}", "the slope of P at x = P"),
        ("sums are P = {P}, 是P={P}; pP = {P}", "sums are P = …, 是P=…; pP = P"),
    ],
)
def test_the_class_report_names_what_differs_and_never_twice(course, run, text, shown):
    file = course / "source" / "tiny" / "tiny.py"
    file.write_text(file.read_text("utf-8").replace('"en": "?"', f'"en": "{text}"'), "utf-8")
    run()
    assert shown in run(action="report")[1]
