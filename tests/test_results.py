"""What is graded is kept once, and replaced only by what was committed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from advisor.errors import OptionError
from advisor.grading import results as results_module
from advisor.grading.marks import CORRECT, NOT_GRADED, NOT_YET, PARTLY, Mark, Result
from advisor.grading.results import ByHand, Results
from advisor.text import Text

WORDS = Text(en="Well done.", zh="做得好。")


def result(points=2.0, *, student="7", sha="aa", version="1-x", status=CORRECT):
    marks = (Mark("q1", points, 2.0, status, WORDS), Mark("q2", 1.0, 1.0, CORRECT, WORDS))
    return Result("heads", version, student, sha, marks, (), "C")


def key(one):
    return (one.assignment, one.version, one.student, one.sha256)


@pytest.fixture
def kept(tmp_path):
    results = Results(tmp_path / "grades.sqlite")
    yield results
    results.close()


def points(results):
    return {one.student: one.points for one in results.all("heads")}


def rows(results):
    return results._rows("SELECT * FROM results ORDER BY number, rowid")


def test_a_result_is_kept_once_and_comes_back_as_it_was(kept):
    for _ in range(2):
        kept.keep(result())
    assert kept.all("heads") == [result()]
    assert len(rows(kept)) == 1
    assert kept.has(key(result()))
    assert not kept.has(key(result(sha="bb")))


def test_a_regrade_counts_after_its_commit_only(kept):
    kept.keep(result(2.0))
    kept.keep(result(1.0, status=PARTLY), again=True)
    assert points(kept) == {"7": 3.0}
    (old, new), *more = kept.proposals("heads")
    assert (old.points, new.points, more) == (3.0, 2.0, [])
    assert kept.commit("heads") == 1
    assert points(kept) == {"7": 2.0}
    assert kept.proposals("heads") == []


def test_a_discarded_regrade_leaves_no_trace(kept):
    kept.keep(result(2.0))
    before = rows(kept)
    kept.keep(result(1.0), again=True)
    kept.discard("heads")
    assert rows(kept) == before
    assert kept.proposals("heads") == []
    assert kept.commit("heads") == 0


def test_another_version_of_the_same_bytes_waits_and_then_counts(kept):
    kept.keep(result(2.0))
    kept.keep(result(0.0, version="2-y", status=NOT_YET))
    assert points(kept) == {"7": 3.0}
    assert kept.has(key(result(version="2-y")), "proposals")
    kept.commit("heads")
    assert points(kept) == {"7": 1.0}


def test_another_submission_counts_at_once(kept):
    kept.keep(result(2.0))
    kept.keep(result(1.0, sha="bb"))
    assert points(kept) == {"7": 2.0}


def test_a_regrade_of_an_earlier_submission_does_not_overtake_a_later_one(kept):
    kept.keep(result(2.0, sha="aa"))
    kept.keep(result(0.0, sha="aa"), again=True)
    kept.keep(result(1.0, sha="bb"))
    kept.commit("heads")
    assert points(kept) == {"7": 2.0}


def test_handing_in_the_first_bytes_once_more_lets_them_count_again(kept):
    first, second = result(2.0, sha="aa"), result(1.0, sha="bb")
    kept.keep(first)
    kept.keep(second)
    kept.count_last(key(second))
    assert points(kept) == {"7": 2.0}
    kept.count_last(key(first))
    assert points(kept) == {"7": 3.0}


def test_what_was_set_aside_gives_way_to_a_grade_and_replaces_none(kept):
    aside = result(0.0, status=NOT_GRADED)
    kept.keep(aside)
    assert kept.has(key(aside))
    kept.keep(result(2.0), again=True)
    assert points(kept) == {"7": 3.0}
    kept.keep(aside, again=True)
    assert kept.proposals("heads") == []
    assert kept.commit("heads") == 0
    assert points(kept) == {"7": 3.0}


def test_marks_by_hand_stay_over_regrading_and_new_versions_until_taken_back(kept):
    kept.keep(result(0.0, status=NOT_YET))
    kept.give("heads", ByHand("7", "q1", 1.5, "Zhang", "a good idea"))
    kept.keep(result(0.5, version="2-y", status=PARTLY))
    kept.commit("heads")
    (one,) = kept.all("heads")
    assert (one.marks[0].points, one.marks[0].by, one.marks[0].reason) == (
        1.5,
        "Zhang",
        "a good idea",
    )
    assert one.marks[0].status == PARTLY
    assert one.marks[1] == result().marks[1]
    kept.give("heads", ByHand("7", "q1", 2.0, "Li", "looked again"))
    assert kept.all("heads")[0].marks[0].status == CORRECT
    kept.give("heads", ByHand("7", "q1", None, "Li", "a mistake"))
    assert kept.all("heads") == [result(0.5, version="2-y", status=PARTLY)]
    assert len(kept._rows("SELECT * FROM by_hand")) == 3


def test_assignments_do_not_touch_each_other(kept):
    other = replace(result(1.0), assignment="depth")
    kept.keep(result())
    kept.keep(other)
    kept.keep(replace(other, version="2-y"), again=True)
    kept.commit("heads")
    assert len(kept.proposals("depth")) == 1
    kept.discard("depth")
    assert kept.all("depth") == [other]


def test_a_file_held_by_another_program_is_told_and_waited_for(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(results_module, "_WAIT", 0.1)
    other = sqlite3.connect(tmp_path / "grades.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    mine = Results(tmp_path / "grades.sqlite")
    with pytest.raises(OptionError, match=r"another program holds it\. Close that, then run"):
        mine.keep(result())
    other.execute("ROLLBACK")
    other.close()
    mine.keep(result())
    mine.close()
    assert points(kept) == {"7": 3.0}


def test_a_full_disk_is_told_and_nothing_that_was_kept_is_lost(kept):
    kept.keep(result())
    (pages,) = kept._rows("PRAGMA page_count")[0]
    kept._rows(f"PRAGMA max_page_count={pages}")
    with pytest.raises(OptionError, match=r"the disk is full\. Make room, then run the same"):
        kept.keep(result(sha="x" * 50_000))
    kept._rows("PRAGMA max_page_count=100000")
    kept.keep(result(student="last"))
    assert {"7", "last"} <= points(kept).keys()


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_told(tmp_path, content):
    (tmp_path / "grades.sqlite").write_bytes(content)
    with pytest.raises(OptionError, match=r"it is damaged\. Put it aside or take a copy back"):
        Results(tmp_path / "grades.sqlite")


def test_a_damaged_result_is_told(kept):
    kept.keep(result())
    kept._rows("UPDATE results SET result='{\"marks\": 1}'")
    with pytest.raises(OptionError, match="it is damaged"):
        kept.all("heads")


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    (tmp_path / "grades.sqlite").mkdir()
    with pytest.raises(OptionError, match="it cannot be written"):
        Results(tmp_path / "grades.sqlite")
