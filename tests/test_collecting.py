"""Collecting takes what was handed in, wherever it lies, and nothing that is there is lost."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import set_language
from advisor.errors import AdvisorError, OptionError
from advisor.grading import roster, storing
from advisor.grading.collecting import collect, submissions
from advisor.grading.parts import kept_name
from advisor.grading.patterns import BUILT_IN, pattern
from advisor.grading.roster import Student, safe_id

if TYPE_CHECKING:
    from pathlib import Path

CLASS = [Student("007", "李雷"), Student("008", "韩梅梅"), Student("009", "Anna Maria")]
GOOD = {"answers.json": b'{"q1": 3}', "q2.keras": b"model", "hw1.ipynb": b"{}"}
DAY = (2026, 5, 4, 12, 0, 0)


def packed(files, *, date=DAY, how=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of {name: bytes}, or of [(name or ZipInfo, bytes)]."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, date)
            info.compress_type = how
            archive.writestr(info, data)
    return out.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and every folder that is empty."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    yield folder
    outside = {p.name for p in tmp_path.iterdir()} - {"course", "in", "in.zip", "canary"}
    assert not outside, "something was written outside the course"
    assert {p.name for p in folder.iterdir()} <= {"submitted"}
    for path in folder.rglob("*"):
        assert stat.S_IFMT(path.lstat().st_mode) in {stat.S_IFREG, stat.S_IFDIR}


@pytest.fixture
def take(course, tmp_path):
    """Collect from a zip's bytes, or from files in a folder."""

    def taking(given, **options):
        options.setdefault("roster", CLASS)
        source = tmp_path / ("in.zip" if isinstance(given, bytes) else "in")
        if isinstance(given, bytes):
            source.write_bytes(given)
        for name, data in given.items() if isinstance(given, dict) else ():
            file = source / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return collect(course, "hw1", source, **options)

    return taking


def handed_in(student, files=GOOD):
    return {f"{student}/{name}": data for name, data in files.items()}


# patterns


@given(st.from_regex(r"[a-z0-9.-]{1,12}", fullmatch=True), st.sampled_from(sorted(BUILT_IN)))
def test_what_a_pattern_writes_it_reads(student, name):
    text = BUILT_IN[name].replace("{student}", student).replace("{file}", "a_b/c.py")
    path = tuple(text.replace("{*}", "12").split("/"))
    zipped = 0 if name in {"moodle", "folders"} else 1
    assert student in {found.student for found in pattern(name, "hw1").readings(path, zipped)}


@settings(deadline=None)
@given(st.lists(st.text("a_-12.", min_size=1, max_size=255), min_size=1, max_size=4))
def test_no_name_takes_long_to_read(path):
    began = time.perf_counter()
    for text in ("{*}_{*}_{*}_{student}_{*}_{*}x/{file}", *BUILT_IN.values()):
        found = pattern(text, "hw1").readings(tuple(path), len(path) - 1)
        assert all(one.student and one.file for one in found)
        assert len(found) <= 50
    assert time.perf_counter() - began < 1


def test_the_worst_name_takes_milliseconds():
    worst = pattern("{*}_{*}_{*}_{*}_{student}_{*}_{*}x", "hw1")
    began = time.perf_counter()
    for _ in range(100):
        assert worst.readings(("_" * 255,)) == []
    assert time.perf_counter() - began < 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("modle", "Did you mean 'moodle'"),
        ("{studnt}/{file}", "Did you mean '{student}'"),
        ("{file}", "needs the field {student} once"),
        ("{student}/{student}", "needs the field {student} once"),
        ("{file}/{student}", "at the end"),
        ("{student}{*}/{file}", "some text between"),
        ("{student/{file}", "brace is not closed"),
        ("../{student}/{file}", "no part of it is empty or .."),
        ("/{student}/{file}", "no part of it is empty or .."),
        ("{student}\\{file}", "separated by /"),
        ("{student}\x1b/{file}", "invisible"),
        ("{student}/" + "a" * 300, "longer than 200"),
    ],
)
def test_a_wrong_pattern_is_refused_in_one_line(text, why):
    with pytest.raises(AdvisorError) as caught:
        pattern(text, "hw1")
    assert why in str(caught.value)
    assert str(caught.value).isprintable()


# where things lie


def test_a_folder_is_collected_as_it_is(take, course):
    got = take(handed_in("007") | handed_in("008/my work"))
    assert (got.pattern, got.new, got.missing) == ("folders", ("007", "008"), ("009",))
    for student in ("007", "008"):
        found = tree(course / "submitted" / student / "hw1")
        receipt = json.loads(found.pop(".collected.json"))
        assert found == GOOD
        assert set(receipt["files"]) == set(GOOD)
    assert submissions(course, "hw1") == [
        (s, course / "submitted" / s / "hw1") for s in ("007", "008")
    ]


def test_a_moodle_zip_of_300_is_collected_by_students_names(course, tmp_path):
    many = [Student(f"{i:04}", f"学生_{i}" if i % 2 else f"Anna M {i}") for i in range(303)]
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for i, student in enumerate(many[:300]):
            for name, data in (("answers.json", b"%d" % i), ("hw/q2.keras", b"m" * 999)):
                path = f"{student.name}_{9000 + i}_assignsubmission_file_/{name}"
                archive.writestr(zipfile.ZipInfo(path, DAY), data)
            path = f"{student.name}_{9000 + i}_assignsubmission_onlinetext_/onlinetext.html"
            archive.writestr(path, "said")
    got = collect(course, "hw1", tmp_path / "in.zip", roster=many)
    assert (got.pattern, len(got.new), got.missing) == ("moodle", 300, ("0300", "0301", "0302"))
    assert got.ignored == {"onlinetext.html": 300}
    assert not got.unmatched
    assert not got.refused
    for i in (0, 1, 299):
        assert (course / f"submitted/{i:04}/hw1/answers.json").read_bytes() == b"%d" % i


def test_a_flat_canvas_zip_is_collected(take, course):
    flat = {
        "leilei_007_11_answers-2.json": b"7",
        "leilei_007_12_q2-2.keras": b"m",
        "van_der_han_LATE_008_13_my_hw.py": b"q1 = 1",
        "annamaria_009_14_work.zip": packed({"work/answers.json": b"9"}),
        "other_555_15_answers.json": b"5",
    }
    got = take(packed(flat))
    assert (got.pattern, got.new) == ("canvas", ("007", "008", "009"))
    assert list(got.unmatched) == ["other_555_15_answers.json"]
    assert names(course / "submitted/007/hw1")[1:] == ["answers.json", "q2.keras"]
    assert (course / "submitted/008/hw1/my_hw.py").read_bytes() == b"q1 = 1"
    assert (course / "submitted/009/hw1/answers.json").read_bytes() == b"9"


def test_nobody_hands_in_for_another_by_the_name_of_a_file(take):
    got = take(packed({"eve_555_15_x_008_1_answers.json": b"5", "li_007_1_answers.json": b"7"}))
    assert got.new == ("007",)
    assert len(got.unmatched) == 1


def test_a_zip_of_zips_is_collected(take, course):
    inner = packed({"hw1/answers.json": b"7", "__MACOSX/hw1/._answers.json": b"x"})
    got = take(packed({"007.zip": inner, "008.ZIP": packed(GOOD), "x.zip": packed(GOOD)}))
    assert (got.pattern, got.new, list(got.unmatched)) == ("zips", ("007", "008"), ["x.zip"])
    assert (course / "submitted/007/hw1/answers.json").read_bytes() == b"7"


def test_a_pattern_of_ones_own_names_the_assignment(take):
    files = {f"{a}/{s}-x/answers.json": b"1" for a in ("hw1", "hw2") for s in ("007", "008")}
    got = take(packed(files), pattern="{assignment}/{student}-{*}/{file}")
    assert got.new == ("007", "008")
    assert not got.unmatched
    got = take(packed({"hw1_007.ipynb": b"{}"}), pattern="{assignment}_{student}.ipynb")
    assert "007" in got.duplicate


def test_a_folder_around_everything_is_looked_through(take):
    got = take(packed({f"All of hw1/{k}": v for k, v in (handed_in("007")).items()}))
    assert (got.pattern, got.new) == ("folders", ("007",))


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_without_a_roster_every_id_is_accepted_and_the_pattern_found(take, name):
    path = {"moodle": "{}_12_assignsubmission_file_/answers.json", "folders": "{}/answers.json"}
    path |= {"canvas": "xy_{}_12_answers.json", "zips": "{}.zip"}
    path["moodle-flat"] = "{}_12_assignsubmission_file_answers.json"
    data = packed(GOOD) if name == "zips" else b"{}"
    got = take(packed({path[name].format(s): data for s in ("a1", "b2")}), roster=None)
    assert (got.pattern, got.new, got.missing) == (name, ("a1", "b2"), ())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_names_without_the_flag_for_utf_8_are_read(take, course, encoding):
    blob = packed({"XXXXXX/answers.json": b"7"})
    assert len("李雷".encode()) == 6
    name = "李雷".encode(encoding).ljust(6, b"\x20")
    got = take(blob.replace(b"XXXXXX", name))
    assert got.new == ("007",)


def test_a_folders_name_that_is_not_utf_8_is_read(take, tmp_path):
    folder = tmp_path / "in" / os.fsdecode("李雷".encode("gb18030"))
    folder.mkdir(parents=True)
    (folder / "answers.json").write_bytes(b"7")
    (folder / os.fsdecode(b"\xff\xfe.py")).write_bytes(b"q1 = 1")
    got = take({})
    assert got.new == ("007",)
    assert str(got).encode()


# which files


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("answers.json", ("answers.json", False)),
        ("Answers (1).JSON", ("answers.json", True)),
        ("answers-3.json", ("answers.json", True)),
        ("Q3.keras", ("q3.keras", False)),
        ("q3 - 副本.keras", ("q3.keras", True)),
        ("net-1.keras", ("net-1.keras", False)),
        ("作业.ipynb", ("作业.ipynb", False)),
        ("con.py", ("_con.py", False)),
        ("a\x1b\u202e:b.py", ("a___b.py", False)),
        ("assignment.json", None),
        ("q5.csv", None),
        ("keras", None),
    ],
)
def test_a_file_is_kept_under_a_name_that_any_system_takes(name, kept):
    assert kept_name(name, None) == kept


@given(st.text(max_size=60), st.sampled_from(["py", "ipynb", "keras", "json", "PY"]))
def test_a_kept_name_is_safe_and_stays(stem, suffix):
    found = kept_name(f"{stem}.{suffix}", None)
    if found:
        assert safe_id(found[0]) == found[0]
        assert kept_name(found[0], None)[0] == found[0]


def test_only_what_is_graded_is_taken_and_the_rest_named(take, course):
    rest = {"assignment.json": b"{}", "q5.csv": b"1", ".DS_Store": b"x", "Thumbs.db": b"x"}
    rest |= {".ipynb_checkpoints/hw1-checkpoint.ipynb": b"old", "__pycache__/a.py": b"x"}
    got = take(handed_in("007", GOOD | rest))
    assert got.ignored == {"assignment.json": 1, "q5.csv": 1}
    assert names(course / "submitted/007/hw1") == sorted([*GOOD, ".collected.json"])


def test_models_that_nobody_asked_for_are_not_taken(take):
    got = take(handed_in("007", GOOD | {"resnet.keras": b"m"}), wanted={"q2.keras"})
    assert (got.new, got.ignored) == (("007",), {"resnet.keras": 1})


def test_a_file_at_the_top_goes_before_one_deeper_and_before_a_copy(take, course):
    more = {"old/answers.json": b"old", "answers (1).json": b"copy"}
    got = take(handed_in("007", GOOD | more))
    assert got.new == ("007",)
    assert "left alone: 007/answers (1).json, 007/old/answers.json" in got.duplicate["007"].en
    assert (course / "submitted/007/hw1/answers.json").read_bytes() == GOOD["answers.json"]


def test_two_files_of_one_name_in_two_folders_are_refused_unless_they_are_the_same(take):
    twice = {"a/answers.json": b"1", "b/answers.json": b"2"}
    same = {"a/answers.json": b"1", "b/answers.json": b"1"}
    got = take(handed_in("007", twice) | handed_in("008", same))
    assert got.new == ("008",)
    assert "two different files answers.json: 007/a/answers.json and 007/b" in got.refused["007"].en


def test_a_students_part_with_nothing_to_grade_says_what_is_in_it(take):
    got = take(handed_in("007", {"hw.rar": b"Rar!"}))
    assert got.refused["007"].en.endswith("but hw.rar")
    assert "007" not in got.missing


# again, twice, late


def test_collecting_again_finds_everything_there_and_changes_nothing(take, course):
    files = handed_in("007") | handed_in("008")
    take(files)
    before, times = tree(course), {p: p.stat().st_mtime_ns for p in course.rglob("*")}
    got = take(files)
    assert (got.new, got.already_there) == ((), ("007", "008"))
    assert tree(course) == before
    assert {p: p.stat().st_mtime_ns for p in course.rglob("*")} == times


def test_other_bytes_never_replace_what_is_there(take, course):
    take(packed(handed_in("007")))
    before = tree(course)
    got = take(packed(handed_in("007", GOOD | {"answers.json": b"new"})))
    assert tree(course) == before
    assert "move submitted/007/hw1 away and collect again" in got.duplicate["007"].en
    assert not got.new
    assert not got.already_there


def test_what_a_teacher_laid_there_by_hand_is_kept(take, course):
    place = course / "submitted/007/hw1"
    place.mkdir(parents=True)
    (place / "answers.json").write_bytes(b"by hand")
    (course / "submitted/008/hw1").mkdir(parents=True)  # empty: nothing to lose
    got = take(handed_in("007") | handed_in("008"))
    assert (got.new, list(got.duplicate)) == (("008",), ["007"])
    assert tree(place) == {"answers.json": b"by hand"}


def test_of_two_attempts_the_newest_is_taken_and_the_other_named(take, course):
    first = zipfile.ZipInfo("007-1.zip", DAY)
    later = zipfile.ZipInfo("007-2.zip", (2026, 5, 5, 1, 0, 0))
    inner = [packed({"answers.json": data}) for data in (b"later", b"first")]
    got = take(packed([(later, inner[0]), (first, inner[1])]), pattern="{student}-{*}.zip")
    assert got.new == ("007",)
    assert (course / "submitted/007/hw1/answers.json").read_bytes() == b"later"
    assert "left alone: 007-1.zip" in got.duplicate["007"].en


def test_two_people_of_one_name_in_moodle_are_not_one_whoever_uploaded_last(take):
    names = [f"李雷_{n}_assignsubmission_file_/answers.json" for n in (11, 12)]
    days = [DAY, (2026, 5, 5, 1, 0, 0)]
    for second, taken in ((b"2", ()), (b"1", ("007",))):
        infos = [zipfile.ZipInfo(*pair) for pair in zip(names, days, strict=True)]
        got = take(packed([(infos[0], b"1"), (infos[1], second)]))
        assert got.new == taken
        assert taken or "whether they are of one person" in got.refused["007"].en


def test_a_file_beside_a_zip_that_holds_it_as_well_is_one_attempt(take, course):
    work = packed({"answers.json": b"1", "q2.keras": b"m"})
    place = "李雷_11_assignsubmission_file_"
    assert take(packed({f"{place}/answers.json": b"1", f"{place}/work.zip": work})).new == ("007",)
    assert names(course / "submitted/007/hw1")[1:] == ["answers.json", "q2.keras"]


@pytest.mark.parametrize("zone", ["moodle", "moodle-flat"])
def test_moodle_writes_when_it_was_downloaded_so_nobody_is_late_by_that(take, zone):
    slash = "/" if zone == "moodle" else "_"
    got = take(
        packed(
            {f"李雷_11_assignsubmission_file{'_' * (zone == 'moodle')}{slash}answers.json": b"1"}
        ),
        due=datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert (got.pattern, got.new, got.late) == (zone, ("007",), ())
    assert "does not say when files were handed in" in str(got)


def test_canvas_says_who_is_late(take, course):
    flat = {"leilei_007_1_answers.json": b"7", "mei_LATE_008_2_answers.json": b"8"}
    flat["anna_009_3_my_LATE_9_hw.py"] = b"q1 = 1"
    due = datetime(2026, 5, 1, tzinfo=UTC)
    assert take(packed(flat), due=due).late == ("008",)
    assert take(packed(flat), due=due).late == ("008",), "remembered"
    assert storing.receipt(course / "submitted/007/hw1").late is False


def test_a_students_own_folder_does_not_hand_in_for_others(take):
    got = take({"007/008/answers.json": b"1", "007/009/answers.json": b"1"})
    assert (got.new, got.missing) == (("007",), ("008", "009"))


def test_an_id_beside_the_name_is_understood_and_another_name_is_not(take):
    files = {
        "007_李雷.zip": packed(GOOD),
        "韩梅梅-008.zip": packed(GOOD),
        "009_李雷.zip": packed(GOOD),
    }
    got = take(packed(files))
    assert (got.new, list(got.unmatched)) == (("007", "008"), ["009_李雷.zip"])


def test_where_nobody_is_found_the_page_says_what_students_csv_needs(take):
    got = take(packed({"lilei_51234_778899_answers.json": b"1"}))
    assert got.pattern == "canvas"
    assert got.unmatched["lilei_51234_778899_answers.json"].en == "not in students.csv"
    assert "--pattern" in str(got)


def test_names_are_compared_as_moodle_writes_them(take):
    roster = [Student("1", "Anna O'Brien"), Student("2", "Jo_Lee (b)")]
    got = take(packed({
        "Anna OBrien_90_assignsubmission_file_/answers.json": b"1",
        "Jo Lee (b)_91_assignsubmission_file_/answers.json": b"2",
    }), roster=roster)  # fmt: skip
    assert got.new == ("1", "2")


def test_without_a_roster_moodles_folders_are_still_moodles(take):
    places = [
        f"{n}_{i}_assignsubmission_{k}_" for i, n in enumerate("ab") for k in ("file", "onlinetext")
    ]
    got = take(packed({f"{place}/answers.json": b"1" for place in places}), roster=None)
    assert (got.pattern, got.new) == ("moodle", ("a", "b"))


def test_western_letters_stay_western(take, tmp_path):
    data = bytearray(packed({"Jxrgen_9_assignsubmission_file_/answers.json": b"1"}))
    data = data.replace(b"Jxrgen", "Jürgen".encode("cp437"))
    got = take(bytes(data), roster=[Student("1", "Jürgen")])
    assert got.new == ("1",)
    (tmp_path / "in").mkdir()
    csv = tmp_path / "in" / "students.csv"
    csv.write_bytes("id,name\n1,Müller\n2,Jürgen\n".encode("cp1252"))
    assert [one.name for one in roster.read(csv)] == ["Müller", "Jürgen"]
    csv.write_bytes("id,name\n1,李雷\n2,韩梅梅\n".encode("gbk"))
    assert [one.name for one in roster.read(csv)] == ["李雷", "韩梅梅"]


def test_what_looks_like_an_answer_is_told_with_its_student(take):
    got = take(handed_in("007", GOOD | {"model.keras": b"m", "my answers.json": b"{}"}),
               wanted={"q2.keras"})  # fmt: skip
    assert got.new == ("007",)
    assert "model.keras, my answers.json" in got.overlooked["007"].en


def test_rubbish_in_a_students_zip_does_not_refuse_it_and_what_does_is_named(take):
    link = zipfile.ZipInfo(".venv/bin/python", DAY)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    bad = zipfile.ZipInfo("data/x.csv", DAY)
    bad.external_attr = link.external_attr
    windows = zipfile.ZipInfo("hw1/", DAY)
    good = packed([(link, b"/bin/python"), (windows, b""), ("answers.json", b"1")])
    good = good.replace(b"hw1/", b"hw1\\")
    got = take(packed({"007.zip": good, "008.zip": packed([(bad, b"x"), ("answers.json", b"1")])}))
    assert got.new == ("007",)
    assert "data/x.csv: it is a link" in got.refused["008"].en


def test_a_time_that_no_clock_shows_stops_nobody(take, course):
    info = zipfile.ZipInfo("007/answers.json", DAY)
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, -100_000)
    assert take(packed([(info, b"1")])).new == ("007",)
    assert storing.receipt(course / "submitted/007/hw1").time.year == 1969


def test_long_names_that_begin_alike_stay_two(take, course):
    long = "Introduction to deep learning assignment three heads part"
    assert take(handed_in("007", {f"{long} {n}.ipynb": b"%d" % n for n in (1, 2)})).new == ("007",)
    assert len(names(course / "submitted/007/hw1")) == 3


def test_late_is_what_is_newer_than_the_due_time_and_is_remembered(take, course):
    early = zipfile.ZipInfo("007/answers.json", DAY)
    late = zipfile.ZipInfo("008/answers.json", (2026, 5, 6, 0, 0, 2))
    blob = packed([(early, b"1"), (late, b"2")])
    due = datetime(2026, 5, 6)  # noqa: DTZ001 - this computer's time, as the zip's
    assert take(blob, due=due).late == ("008",)
    assert storing.receipt(course / "submitted/008/hw1").late is True
    assert storing.receipt(course / "submitted/007/hw1").late is False
    assert take(blob).late == ("008",), "remembered"
    assert take(blob, due=datetime(2026, 6, 1, tzinfo=UTC)).late == (), "extended"
    assert storing.receipt(course / "submitted/008/hw1").late is False


def test_a_clock_inside_a_students_zip_does_not_count(take):
    inner = packed({"answers.json": b"1"}, date=(1999, 1, 1, 0, 0, 0))
    due = datetime(2026, 5, 4, 11)  # noqa: DTZ001 - this computer's time, as the zip's
    assert take(packed({"007.zip": inner}), due=due).late == ("007",)


def test_the_zips_own_utc_time_goes_before_the_local_one(take, course):
    info = zipfile.ZipInfo("007/answers.json", DAY)
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_700_000_000)
    take(packed([(info, b"1")]))
    assert storing.receipt(course / "submitted/007/hw1").time.timestamp() == 1_700_000_000


# built to surprise


def linked(name):
    info = zipfile.ZipInfo(name, DAY)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(blob):
    """Set the flag of encryption in every header."""
    out = bytearray(blob)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = out.find(mark)
        while place >= 0:
            out[place + at] |= 1
            place = out.find(mark, place + 1)
    return bytes(out)


def twice(name):
    return packed({name: b"1", name[:-1] + "X": b"2"}).replace(
        name[:-1].encode() + b"X", name.encode()
    )


def many():
    return packed({f"{i}.py": b"" for i in range(2001)}, how=zipfile.ZIP_STORED)


def directory_bomb():
    """A directory that claims to be as large as a disk."""
    blob = bytearray(packed(GOOD))
    struct.pack_into("<L", blob, len(blob) - 10, 2**31)
    return bytes(blob)


BOMB = {"answers.json": b"0" * 2**27}
HOSTILE = {
    "up": lambda: packed({"../../canary.py": b"x"}),
    "up by backslash": lambda: packed({"..\\..\\canary.py": b"x"}),
    "up in the middle": lambda: packed({"a/../../../canary.py": b"x"}),
    "absolute": lambda: packed({"/canary.py": b"x"}),
    "a drive": lambda: packed({"C:/canary.py": b"x"}),
    "a link": lambda: packed([(linked("answers.json"), b"/etc/passwd")]),
    "encrypted": lambda: encrypted(packed(GOOD)),
    "a bomb": lambda: packed(BOMB),
    "twice": lambda: twice("answers.json"),
    "many": many,
    "a huge directory": directory_bomb,
    "cut off": lambda: packed(GOOD)[:-30],
    "cut in front": lambda: packed(GOOD)[30:],
    "wrong bytes": lambda: packed(GOOD, how=zipfile.ZIP_STORED).replace(b"model", b"modem"),
    "a name of no letters": lambda: packed({"x": b"1"}).replace(b"x", b"\0"),
    "lzma": lambda: packed(GOOD, how=zipfile.ZIP_LZMA),
    "text": lambda: b"not a zip",
    "empty": lambda: b"",
    "no entries": lambda: packed({}),
    "a zip in it only": lambda: packed({"a.zip": packed(GOOD)}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_students_hostile_zip_is_refused_and_stops_nobody(take, course, kind):
    outer = packed({"007.zip": HOSTILE[kind](), "008.zip": packed(GOOD)}, how=zipfile.ZIP_STORED)
    got = take(outer, file_limit=2**20)
    assert (got.new, list(got.refused)) == (("008",), ["007"])
    assert not (course / "submitted/007").exists()
    assert len(got.refused["007"].en) <= 160
    assert str(got.refused["007"]).isprintable()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_as_the_source_is_answered_in_one_line(take, course, kind):
    try:
        got = take(HOSTILE[kind](), file_limit=2**20)
    except OptionError as error:
        said = str(error)
    else:
        said = str(got.refused | got.unmatched)
        assert not got.new
        assert got.refused or got.unmatched
    assert said.isprintable()
    assert tree(course / "submitted") == {}


def test_a_hostile_entry_of_a_platforms_zip_stops_nobody(take):
    files = [("007/../008/answers.json", b"x"), ("../../canary", b"x"), ("009/answers.json", b"1")]
    files += [(linked("008/answers.json"), b"/etc/passwd")]
    got = take(packed(files))
    assert got.new == ("009",)
    assert set(got.refused) == {"../../canary", "007/../008/answers.json", "008"}
    assert "link" in got.refused["008"].en


def test_a_file_that_is_too_large_is_refused_whatever_size_it_claims(take):
    large = packed(handed_in("007", {"q2.keras": b"m" * 5000}))
    lies = large.replace(struct.pack("<L", 5000), struct.pack("<L", 50))
    for blob in (large, lies):
        got = take(blob, file_limit=1000)
        assert list(got.refused) == ["007"]


def test_links_pipes_and_devices_in_a_folder_are_neither_followed_nor_waited_for(take, tmp_path):
    (tmp_path / "canary").write_text("secret")
    for student in ("007", "008", "009"):
        (tmp_path / "in" / student).mkdir(parents=True)
    (tmp_path / "in/007/answers.json").symlink_to(tmp_path / "canary")
    os.mkfifo(tmp_path / "in/008/answers.json")
    (tmp_path / "in/009/more").symlink_to("/")
    got = take({"009/answers.json": b"1"})
    assert got.new == ("009",)
    assert {s: "link" in why.en for s, why in got.refused.items()} == {"007": True, "008": False}


def test_a_link_in_submitted_is_not_written_through(take, course, tmp_path):
    (tmp_path / "canary").mkdir()
    (course / "submitted").mkdir()
    (course / "submitted/007").symlink_to(tmp_path / "canary")
    got = take(handed_in("007") | handed_in("008"))
    assert (got.new, list(got.refused)) == (("008",), ["007"])
    assert not any((tmp_path / "canary").iterdir())
    (course / "submitted/007").unlink()


def test_names_are_printed_without_what_a_terminal_obeys(take):
    evil = "\x1b[31m\u202eevil"
    got = take(packed(handed_in("007") | {f"{evil}/answers.json": b"1", f"007/{evil}.txt": b""}))
    for language in ("en", "zh"):
        set_language(language)
        assert "\x1b" not in str(got)
        assert "\u202e" not in str(got)
        assert "\\x1b[31m\\u202eevil" in str(got)
        json.dumps(got.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_stays_as_it_is(take, golden, language):
    late, early = zipfile.ZipInfo("008/answers.json", (2026, 5, 9, 0, 0, 0)), GOOD["answers.json"]
    take(packed(handed_in("007")))
    got = take(
        packed([(late, early), *handed_in("999").items(), ("008/a.txt", b"")]),
        due=datetime(2026, 5, 6, tzinfo=UTC),
    )
    again = take(packed({"007/answers.json": b"2", "009/hw.rar": b"Rar!", "999/hw1.py": b""}))
    set_language(language)
    golden(f"collected-{language}", f"{got}\n\n{again}")


def test_the_source_may_not_be_what_was_collected(course):
    (course / "submitted").mkdir()
    for source in (course, course / "submitted", course.parent):
        with pytest.raises(OptionError, match="holds the folder submitted"):
            collect(course, "hw1", source)


def test_a_source_that_is_none_is_answered_in_one_line(course, tmp_path):
    with pytest.raises(OptionError, match="no folder or zip 'none'"):
        collect(course, "hw1", tmp_path / "none")
    (tmp_path / "in").mkdir()
    with pytest.raises(OptionError, match="'in' holds no files"):
        collect(course, "hw1", tmp_path / "in")
    with pytest.raises(OptionError, match="may not name a folder"):
        collect(course, "../hw1", tmp_path / "in")


# whole or not at all

COLLECT = """
import sys
from pathlib import Path
from advisor.grading.collecting import collect
collect(Path(sys.argv[1]), "hw1", Path(sys.argv[2]))
"""


def test_a_kill_at_any_time_leaves_no_half_submission_and_a_new_run_ends_the_same(tmp_path):
    source, whole = tmp_path / "in.zip", tmp_path / "whole"
    files = {f"s{i:03}/{name}": data * 40 for i in range(44) for name, data in GOOD.items()}
    source.write_bytes(packed(files))
    whole.mkdir()
    command = [sys.executable, "-c", COLLECT]
    subprocess.run([*command, whole, source], check=True)
    wanted, killed = tree(whole), 0
    chance = random.Random(6)  # noqa: S311 - when to kill
    for round_ in range(10):
        course = tmp_path / str(round_)
        course.mkdir()
        with subprocess.Popen([*command, course, source]) as running:
            while running.poll() is None and len(submissions(course, "hw1")) < round_ * 4:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.02 if round_ else 0.3))
            running.send_signal(signal.SIGKILL)
        killed += running.returncode == -signal.SIGKILL
        for _, place in submissions(course, "hw1"):
            got = tree(place)
            there = f"submitted/{place.parent.name}/hw1"
            assert got == {n: wanted[f"{there}/{n}"] for n in (*GOOD, ".collected.json")}
        collect(course, "hw1", source)
        assert tree(course) == wanted
    assert killed >= 5


def test_a_full_disk_is_one_line_and_a_new_run_goes_on(tmp_path):
    course, source = tmp_path / "course", tmp_path / "in.zip"
    course.mkdir()
    source.write_bytes(packed({f"{i:02}/q2.keras": os.urandom(40_000) for i in range(40)}))
    mount = shutil.which("mount") or "mount"
    small = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", course]
    if os.geteuid() or subprocess.run(small, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(OptionError, match=r"disk is full\. \d+ new submissions are stored"):
            collect(course, "hw1", source)
        stored = submissions(course, "hw1")
        assert 5 < len(stored) < 40
        assert not [p for p in course.rglob("*") if p.name.startswith(".collecting")]
        subprocess.run([mount, "-o", "remount,size=16m", course], check=True)
        got = collect(course, "hw1", source)
        assert (len(got.already_there), len(got.new)) == (len(stored), 40 - len(stored))
        subprocess.run([mount, "-o", "remount,ro", course], check=True)
        assert len(collect(course, "hw1", source).already_there) == 40
        source.write_bytes(packed({"new/answers.json": b"1"}))
        with pytest.raises(OptionError, match="read-only"):
            collect(course, "hw1", source)
    finally:
        subprocess.run([shutil.which("umount"), course], check=True)


def test_a_write_that_fails_leaves_nothing_half_done(take, course, monkeypatch):
    real = storing._write

    def failing(path, data):
        if path.name == "q2.keras" and "008" in str(path):
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(storing, "_write", failing)
    files = handed_in("007") | handed_in("008") | handed_in("009")
    with pytest.raises(OptionError, match="1 new submissions are stored and stay"):
        take(files)
    assert names(course / "submitted") == ["007"]
    monkeypatch.undo()
    got = take(files)
    assert (got.already_there, got.new) == (("007",), ("008", "009"))


def test_what_a_killed_run_left_is_swept(take, course):
    left = course / "submitted/010/.collecting-hw1"
    left.mkdir(parents=True)
    (left / "answers.json").write_bytes(b"ha")
    take(handed_in("007"))
    assert names(course / "submitted") == ["007"]


def test_two_runs_do_not_collect_at_once(take, course):
    (course / "submitted").mkdir()
    with (
        storing.alone(course / "submitted"),
        pytest.raises(OptionError, match="Another run is collecting"),
    ):
        take(handed_in("007"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_to_a_zip_is_answered_and_writes_nothing_outside(tmp_path_factory, data):
    blob = bytearray(packed({"007.zip": packed(GOOD), **handed_in("008")}, how=zipfile.ZIP_STORED))
    for _ in range(data.draw(st.integers(1, 8))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    base = tmp_path_factory.mktemp("damage")
    (base / "in.zip").write_bytes(blob)
    (base / "course").mkdir()
    with contextlib.suppress(OptionError):
        collect(base / "course", "hw1", base / "in.zip", roster=CLASS)
    assert {p.name for p in base.iterdir()} == {"in.zip", "course"}
    assert {p.name for p in (base / "course").iterdir()} <= {"submitted"}
    assert {p.name for p in (base / "course/submitted").iterdir()} <= {"007", "008", "009"}
