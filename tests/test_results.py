"""What is graded is kept once, and replaced only by what was committed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from advisor.errors import OptionError
from advisor.grading import outcome
from advisor.grading import results as results_module
from advisor.grading.marks import (
    CORRECT,
    NOT_GRADED,
    NOT_YET,
    PARTLY,
    ByHand,
    Mark,
    Part,
    Result,
)
from advisor.grading.results import Results
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
    assert kept.counts(key(result()))
    assert not kept.counts(key(result(sha="bb")))


def test_a_regrade_counts_after_its_commit_only(kept):
    kept.keep(result(2.0))
    kept.keep(result(1.0, status=PARTLY), again=True)
    assert points(kept) == {"7": 3.0}
    (old, new), *more = kept.proposals("heads", "1-x")
    assert (old.points, new.points, more) == (3.0, 2.0, [])
    assert kept.commit("heads", "1-x") == 1
    assert points(kept) == {"7": 2.0}
    assert kept.proposals("heads", "1-x") == []


def test_a_discarded_regrade_leaves_no_trace(kept):
    kept.keep(result(2.0))
    before = rows(kept)
    kept.keep(result(1.0), again=True)
    kept.discard("heads")
    assert rows(kept) == before
    assert kept.proposals("heads", "1-x") == []
    assert kept.commit("heads", "1-x") == 0


def test_another_version_of_the_same_bytes_waits_and_then_counts(kept):
    kept.keep(result(2.0))
    kept.keep(result(0.0, version="2-y", status=NOT_YET))
    assert points(kept) == {"7": 3.0}
    assert kept.waits(key(result(version="2-y")))
    kept.commit("heads", "2-y")
    assert points(kept) == {"7": 1.0}


def test_a_regrade_that_another_one_replaced_never_counts(kept):
    kept.keep(result(2.0))
    kept.keep(result(0.0, version="9-wrong", status=NOT_YET))
    kept.keep(result(1.0, version="2-mended", status=PARTLY))
    assert kept.proposals("heads", "9-wrong") == []
    assert kept.commit("heads", "2-mended") == 1
    assert points(kept) == {"7": 2.0}


def test_a_commit_takes_only_the_version_that_was_shown(kept):
    kept.keep(result(2.0))
    kept.keep(result(0.0, version="2-y", status=NOT_YET))
    assert kept.commit("heads", "3-z") == 0
    assert points(kept) == {"7": 3.0}


def test_a_version_that_is_restored_counts_again(kept):
    kept.keep(result(2.0))
    kept.keep(result(0.0, version="2-y", status=NOT_YET))
    kept.commit("heads", "2-y")
    assert not kept.counts(key(result(2.0)))
    kept.keep(result(2.0))
    assert points(kept) == {"7": 1.0}
    assert kept.commit("heads", "1-x") == 1
    assert points(kept) == {"7": 3.0}
    assert len(rows(kept)) == 2


def test_a_failed_regrade_is_named_and_does_not_wait(kept):
    kept.keep(result(2.0))
    failed = result(0.0, version="2-y", status=NOT_GRADED)
    kept.keep(failed)
    assert not kept.waits(key(failed))
    assert kept.failed("heads", "2-y") == [failed]
    assert kept.failed("heads", "1-x") == []
    kept.keep(result(1.0, version="2-y", status=PARTLY))
    assert kept.waits(key(failed))
    assert kept.failed("heads", "2-y") == []


def test_a_regrade_of_what_was_handed_in_anew_since_is_not_shown(kept):
    kept.keep(result(2.0, sha="aa"))
    kept.keep(result(0.0, sha="aa", version="2-y", status=NOT_YET))
    kept.keep(result(1.0, sha="bb", version="2-y", status=PARTLY))
    assert kept.proposals("heads", "2-y") == []


def test_another_submission_counts_at_once(kept):
    kept.keep(result(2.0))
    kept.keep(result(1.0, sha="bb"))
    assert points(kept) == {"7": 2.0}


def test_a_regrade_of_an_earlier_submission_does_not_overtake_a_later_one(kept):
    kept.keep(result(2.0, sha="aa"))
    kept.keep(result(0.0, sha="aa"), again=True)
    kept.keep(result(1.0, sha="bb"))
    kept.commit("heads", "1-x")
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
    assert kept.counts(key(aside))
    kept.keep(result(2.0), again=True)
    assert points(kept) == {"7": 3.0}
    kept.keep(aside, again=True)
    assert kept.proposals("heads", "1-x") == []
    assert kept.commit("heads", "1-x") == 0
    assert points(kept) == {"7": 3.0}


def test_marks_by_hand_stay_over_regrading_and_new_versions_until_taken_back(kept):
    kept.keep(result(0.0, status=NOT_YET))
    kept.give("heads", ByHand("7", "q1", 1.5, "Zhang", "a good idea"))
    kept.keep(result(0.5, version="2-y", status=PARTLY))
    kept.commit("heads", "2-y")
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
    kept.commit("heads", "1-x")
    assert len(kept.proposals("depth", "2-y")) == 1
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


def test_a_mark_by_hand_never_exceeds_what_its_question_is_worth(kept):
    kept.keep(result(0.0, status=NOT_YET))
    kept.give("heads", ByHand("7", "q1", 5.0, "Li", "a good idea", 10.0))
    mark = kept.all("heads")[0].marks[0]
    assert (mark.points, mark.out_of, mark.status) == (2.0, 2.0, CORRECT)
    assert kept.by_hand("heads")["7", "q1"].out_of == 10.0
    (words,) = outcome.remarks(kept.all("heads"), kept.by_hand("heads"))["7"]
    assert words.en == "q1: 5 of 10 given by hand; it is worth 2 where it counts, so 2 counts."
    kept.give("heads", ByHand("7", "q1", 1.0, "Li", "a good idea", 2.0))
    assert outcome.remarks(kept.all("heads"), kept.by_hand("heads")) == {}


def test_what_grading_said_gives_way_to_a_mark_by_hand(kept):
    part = Part(WORDS, 1.0, 0.0, WORDS)
    aside = replace(result(0.0, status=NOT_GRADED), notes=(WORDS, Text(en="x", zh="x")))
    first, second = aside.marks
    marks = (replace(first, parts=(part,)), replace(second, status=NOT_GRADED))
    kept.keep(replace(aside, marks=marks))
    kept.give("heads", ByHand("7", "q1", 2.0, "Li", "read it"))
    (half,) = kept.all("heads")
    assert (half.marks[0].message.en, half.marks[0].parts) == ("", ())
    assert half.notes == aside.notes  # q2 is still set aside
    kept.give("heads", ByHand("7", "q2", 1.0, "Li", "read it"))
    (whole,) = kept.all("heads")
    assert whole.notes == aside.notes[1:]


def test_why_a_submission_was_set_aside_is_kept_and_absent_else(kept):
    aside = replace(result(0.0, status=NOT_GRADED), cause=Text(en="it died", zh="退出"))
    kept.keep(aside)
    assert kept.all("heads") == [aside]
    assert "cause" not in result().dumps()


def test_a_file_of_an_earlier_day_gets_what_it_lacks(tmp_path):
    base = sqlite3.connect(tmp_path / "grades.sqlite")
    base.execute(
        "CREATE TABLE by_hand (number INTEGER PRIMARY KEY, assignment TEXT, student TEXT, "
        "question TEXT, points REAL, author TEXT NOT NULL, reason TEXT NOT NULL)"
    )
    base.execute("INSERT INTO by_hand VALUES (1, 'heads', '7', 'q1', 1.0, 'Li', 'why')")
    base.commit()
    base.close()
    for _ in range(2):
        results = Results(tmp_path / "grades.sqlite")
        assert list(results.by_hand("heads").values()) == [ByHand("7", "q1", 1.0, "Li", "why")]
        results.close()


def test_what_may_not_be_written_is_read_all_the_same(kept, tmp_path, monkeypatch):
    kept.keep(result())

    def refuse(path):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(results_module, "_writable", refuse)
    for logged in (True, False):  # beside a program that writes, and alone
        if not logged:
            kept.close()
        mine = Results(tmp_path / "grades.sqlite")
        assert mine.all("heads") == [result()]
        with pytest.raises(OptionError, match="it cannot be written"):
            mine.keep(result(sha="bb"))
        mine.close()
    with pytest.raises(OptionError, match="it cannot be written"):
        Results(tmp_path / "nothing.sqlite")
