"""The class report counts right, names the lab for each slip, and never a student."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

import advisor
from advisor import demonstrations
from advisor.grading import classreport, marks
from advisor.grading.marks import Mark, Result, Slip
from advisor.text import Text


def _graded():
    file = Path(__file__).parent / "graded.py"
    spec = importlib.util.spec_from_file_location("graded", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


graded = _graded()


def report(results=None, roster=None, **more):
    given = {"title": graded.TITLE, "questions": graded.QUESTIONS, "late": {"2024-01-02"}, **more}
    results = graded.RESULTS if results is None else results
    return classreport.summarise(results, graded.ROSTER if roster is None else roster, **given)


def test_it_counts_who_handed_in():
    found = report()
    counts = (found.students, found.submissions, found.graded, found.missing, found.refused)
    assert counts == (7, 6, 5, 1, 1)
    assert found.late == 1
    assert found.mean == round((10 + 5.55 + 2.5 + 2.05 + 5.8) / 5, 2)
    assert found.totals == (0.205, 0.25, 0.555, 0.58, 1.0)


def test_the_class_is_counted_against_the_roster():
    found = report(roster=graded.ROSTER[:5], waiting={"008", "007", "stranger"})
    assert (found.students, found.submissions, found.beyond, found.missing) == (5, 8, 3, 0)
    assert found.waiting == 3
    words = str(found)
    assert "submissions 5 / 5 · missing 0 · not on the roster 3 · not graded yet 3" in words
    advisor.set_language("zh")
    assert "不在名单上 3" in str(found)


def test_the_hardest_question_comes_first():
    shares = [one.share for one in report().questions]
    assert shares == sorted(shares)
    assert report().questions[0].name == "q3"


def test_a_question_is_summed_up_over_what_was_graded():
    one = next(one for one in report().questions if one.name == "q1")
    assert (one.graded, one.attempted, one.correct) == (5, 5, 0.2)
    assert one.share == round((2 + 0.8 + 0 + 0.8 + 0.8) / 10, 4)
    assert one.bins == (1, 0, 3, 0, 0, 1)
    assert one.statuses == {
        marks.CORRECT: 1,
        marks.PARTLY: 3,
        marks.REFUSED: 1,
        marks.NOT_GRADED: 1,
    }


def test_a_slip_is_counted_over_those_who_attempted_the_question():
    found = {slip.key: slip for slip in report().slips}
    sigmoid = found["sigmoid(3) for multiclass"]
    # a refused file showed nothing, and one was not graded: 007, s001, 2024-01-02 and 20261125 are left
    assert (sigmoid.students, sigmoid.of, sigmoid.lab) == (3, 4, "softmax-output")
    assert sigmoid.share == 0.75
    early = found["q3: 20"]
    assert (early.students, early.of, early.questions) == (2, 4, ("q3",))


def test_a_slip_made_in_two_questions_counts_a_student_once():
    slip = Slip("k", Text(en="did it", zh="做了"), "dying-relu")
    wrong = [Mark(f"q{i}", 0, 1, marks.NOT_YET, graded.NOTHING, slips=(slip, slip)) for i in (1, 2)]
    right = Mark("q1", 1, 1, marks.CORRECT, graded.NOTHING)
    results = [
        Result("a", "1", "x", "0", tuple(wrong)),
        Result("a", "1", "y", "0", (right,)),
        Result("a", "1", "z", "0", (replace(right, status=marks.NOT_ATTEMPTED, points=0),)),
    ]
    (found,) = report(results, []).slips
    assert (found.students, found.of, found.questions) == (1, 2, ("q1", "q2"))


def test_the_labs_that_it_names_are_there():
    for slip in report().slips:
        assert not slip.lab or slip.lab in demonstrations.names()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_reads_well(golden, language):
    advisor.set_language(language)
    golden(f"classreport_{language}", str(report()))
    golden(f"classreport_html_{language}", report().html(language))


def test_the_data_are_plain_json():
    found = report().to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["questions"][0]["name"] == "q3"


def test_no_student_is_named():
    found = report()
    shown = [re.sub("#[0-9A-F]{6}", "", found.html(code)) for code in ("en", "zh")]  # no colours
    texts = [str(found), *shown, json.dumps(found.to_dict())]
    for student in graded.ROSTER:
        for text in texts:
            assert student.id not in text
            assert not student.name or student.name not in text
    assert not any("Ms Li" in text for text in texts)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("results", [[], [graded.ASIDE], [graded.RIGHT]])
def test_small_classes_have_a_report(results, language):
    advisor.set_language(language)
    found = report(results, [])
    assert str(found)
    assert not re.search(r"\bnan\b|None", found.html(language) + str(found))


def test_the_order_of_the_results_does_not_matter():
    assert report().html("en") == report(graded.RESULTS[::-1]).html("en")


def test_every_word_is_escaped():
    hostile = Text(en="<script>alert(1)</script>", zh="<script>")
    questions = dict.fromkeys(graded.QUESTIONS, hostile)
    slip = Slip("<b>", hostile, "<i>")
    results = [
        replace(one, marks=tuple(replace(m, slips=(slip,)) for m in one.marks))
        for one in graded.RESULTS
    ]
    for language in ("en", "zh"):
        made = report(results, title=hostile, questions=questions).html(language)
        assert not re.search("<(script|i>advisor|b><)", made)
        assert not re.search(r'(src|href)="', made)
        body = made.partition("<body>")[2].rpartition("</body>")[0]
        ET.fromstring(f"<body>{body}</body>")  # noqa: S314 - ours


def test_it_opens_in_a_real_browser(tmp_path):
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = next((path for path in map(shutil.which, names) if path), None)
    if browser is None:
        pytest.skip("no Chromium among the system's programs")
    complaints: list[str] = []
    with api.sync_playwright() as play:
        program = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = program.new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        for language in ("en", "zh"):
            file = tmp_path / f"{language}.html"
            file.write_text(report(graded.many(60)).html(language), encoding="utf-8")
            for width in (390, 1200):
                tab.set_viewport_size({"width": width, "height": 800})
                tab.goto(file.as_uri())
                beyond = "document.documentElement.scrollWidth - window.innerWidth"
                assert tab.evaluate(beyond) <= 0
                assert tab.locator("svg").count() == 6
                assert tab.locator("li").count() == 3
        program.close()
    assert complaints == []
