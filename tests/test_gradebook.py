"""The gradebook holds every student once, and opens in spreadsheets as it was meant."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import OptionError
from advisor.grading import gradebook, roster
from advisor.grading.roster import Student
from advisor.text import Text


def _graded():
    file = Path(__file__).parent / "graded.py"
    spec = importlib.util.spec_from_file_location("graded", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


graded = _graded()
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
IDS = [
    "007", "1e5", "20261125", "2024-01-02", "202411250001", "s001", "张三", "1/2", "12:30", "5%",
    "TRUE", "mar1", "SEPT2", "１２３", "0", "00", "1.50", "1d5", "10月", "三月", "$5", "a_b-c", "0x1F",
]  # fmt: skip


def book(results=None, students=None, **more):
    given = {"late": {"2024-01-02"}, **more}
    results = graded.RESULTS if results is None else results
    return gradebook.rows(results, graded.ROSTER if students is None else students, **given)


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(data):
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_every_student_has_a_row_in_the_rosters_order():
    found = [(row.student.id, row.status) for row in book().rows]
    assert found == [
        ("007", "graded"),
        ("008", "missing"),
        ("1e5", "graded"),
        ("s001", "graded"),
        ("2024-01-02", "late"),
        ("20261125", "graded"),
        ("202411250001", "set aside"),
    ]


def test_points_are_the_results():
    rows = {row.student.id: row for row in book().rows}
    for one in graded.RESULTS[:-1]:
        row = rows[one.student]
        assert (row.total, row.out_of) == (one.points, one.out_of)
        assert row.points == {mark.question: mark.points for mark in one.marks}
        assert row.percent == round(100 * one.points / one.out_of, 1)


def test_what_is_missing_or_not_graded_is_empty_and_not_zero():
    rows = {row.student.id: row for row in book().rows}
    assert (rows["008"].total, rows["008"].percent, rows["008"].out_of) == (None, None, 10)
    assert rows["202411250001"].total is None
    assert rows["1e5"].points["q4"] == 0  # not attempted


def test_half_graded_is_said():
    mark = graded.ASIDE.marks[0]
    result = replace(graded.RIGHT, marks=(mark, *graded.RIGHT.marks[1:]))
    row = book([result], [])
    assert (row.rows[0].status, row.rows[0].total) == ("not all graded", 8)


def test_who_is_not_on_the_roster_is_there_and_said():
    found = book(students=graded.ROSTER[:2], aside={"zz"}).rows
    assert [row.student.id for row in found[2:]] == sorted(
        ["1e5", "s001", "2024-01-02", "20261125", "202411250001", "zz"]
    )
    assert all(row.notes[-1].en == "Not on the roster." for row in found[2:])
    assert found[-1].status == "set aside"
    assert not any("roster" in note.en for row in book(students=[]).rows for note in row.notes)


def test_what_was_handed_in_and_not_graded_is_not_missing():
    rows = {row.student.id: row for row in book(waiting={"008", "007", "new"}).rows}
    assert (rows["008"].status, rows["008"].notes) == ("not graded yet", ())
    assert (rows["007"].status, rows["007"].total) == ("not graded yet", 10)
    assert "the points are of the earlier submission" in rows["007"].notes[0].en
    assert (rows["new"].status, rows["new"].notes[0].en) == (
        "not graded yet",
        "Not on the roster.",
    )


def test_who_was_late_is_noted_whatever_the_status():
    for row in book(late={"202411250001", "2024-01-02", "008"}, waiting={"008"}).rows:
        late = row.student.id in {"202411250001", "2024-01-02", "008"}
        assert ("Handed in late." in [note.en for note in row.notes]) == late
    assert row.status == "set aside"


def test_what_the_teacher_should_know_is_noted():
    words = Text(en="look", zh="看")
    rows = {row.student.id: row for row in book(remarks={"007": (words,)}).rows}
    assert rows["007"].notes == (words,)


def test_results_of_several_versions_do_not_say_what_there_is_for_the_missing():
    first = replace(graded.HEAD_RIGHT, out_of=1.0)
    other = replace(graded.RIGHT, marks=(first, *graded.RIGHT.marks[1:]))
    rows = {row.student.id: row for row in book([graded.HALF, other], out_of=10.0).rows}
    assert (rows["007"].out_of, rows["008"].out_of) == (9, 10)


def test_nothing_is_counted_twice_or_mixed():
    with pytest.raises(OptionError, match="Received two of 's001'"):
        book([graded.HALF, graded.HALF])
    with pytest.raises(OptionError, match="Received 'heads' and 'other'"):
        book([graded.HALF, replace(graded.RIGHT, assignment="other")])


def test_an_empty_class_has_a_header():
    assert read(gradebook.csv(book([], [])))[0][:2] == ["id", "name"]
    assert sheet(gradebook.xlsx(book([], []))).max_row == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_csv_reads_well(golden, language):
    data = gradebook.csv(book(), language)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 8
    golden(f"gradebook_csv_{language}", data.decode("utf-8-sig").replace("\r\n", "\n"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_reads_well(golden, language):
    page = sheet(gradebook.xlsx(book(), language))
    lines = [page.title, f"frozen at {page.freeze_panes}, filter {page.auto_filter.ref}"]
    for line in page.iter_rows():
        cells = [f"{c.coordinate} {c.data_type}/{c.number_format} {c.value!r}" for c in line]
        lines += [cell for cell in cells if not cell.endswith(" None")]
    golden(f"gradebook_xlsx_{language}", "\n".join(lines))


def test_the_same_grades_give_the_same_bytes(monkeypatch):
    import time

    first = gradebook.xlsx(book())
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert gradebook.xlsx(book()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        assert b"2000-01-01" in package.read("docProps/core.xml")


@pytest.mark.parametrize("student", IDS)
def test_an_id_comes_back_from_the_csv_and_the_workbook(tmp_path, student):
    made = book([], [Student(student, "李雷")])
    file = tmp_path / "students.csv"
    file.write_bytes(gradebook.csv(made))
    # an id with a slash may not name a folder, so the roster refuses it whoever wrote it
    if not set("/:") & set(student):
        assert [(one.id, one.name) for one in roster.read(file)] == [(student, "李雷")]
    assert read(gradebook.csv(made, plain=True))[1][0] == student
    cell = sheet(gradebook.xlsx(made))["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (student, "s", "@")


def test_ids_that_a_spreadsheet_keeps_are_plain_in_the_csv():
    plain = {one for one in IDS if gradebook.guarded(one) == one}
    assert plain == {"20261125", "s001", "张三", "0", "a_b-c"}
    assert gradebook.guarded("007") == '="007"'


@settings(deadline=None, max_examples=60)  # openpyxl is imported by the first
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5, unique=True), st.text())
def test_no_cell_is_a_formula(ids, words):
    words = f"={words}"
    students = [Student(one, words) for one in ids]
    note = Text(en=words, zh=words)
    made = book([replace(graded.RIGHT, student=ids[0], notes=(note,))], students)
    rows = read(gradebook.csv(made))
    assert len(rows) == 1 + len(ids)
    for row in rows:
        assert len(row) == 12
        guarded = re.fullmatch(r'="([^"]|"")*"', row[0])
        assert guarded is None or not FORMULA.match(row[0][2:])
        assert not FORMULA.match(row[1])
        assert not any(FORMULA.match(cell) for cell in [*row[1:], "" if guarded else row[0]])
    page = sheet(gradebook.xlsx(made))
    assert {cell.data_type for line in page.iter_rows() for cell in line} <= {"s", "n"}


@pytest.mark.parametrize("text", ["a;=1+1", "\t=1", "\r\n=1", " =1", "＝1+1", "-1", "+1", "@x"])
def test_a_name_is_never_a_formula(text):
    (_, row) = read(gradebook.csv(book([], [Student("s1", text)])))
    assert not FORMULA.match(row[1])
    assert ";=" not in row[1]


def test_a_name_that_looks_like_a_code_or_an_error_is_kept():
    for text in ("#N/A", "true", "1e5", "2024-01-02"):
        cell = sheet(gradebook.xlsx(book([], [Student("s1", text)])))["B2"]
        assert (cell.value, cell.data_type) == (text, "s")
    # to Excel _x0041_ alone is the letter A; written so, it shows as it is
    assert (
        sheet(gradebook.xlsx(book([], [Student("s1", "_x0041_")])))["B2"].value == "_x005F_x0041_"
    )


# ---- in a spreadsheet


def opened(tmp_path, data, name, language):
    """Give the rows as LibreOffice, set to a language, shows them."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    user = tmp_path / "home" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(SETTINGS.format(language), encoding="utf-8")
    (tmp_path / name).write_bytes(data)
    words = [program, f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless"]
    words += (
        ["--infilter=CSV:44,34,76,1"] if name.endswith(".csv") else []
    )  # UTF-8, as the mark says
    out = tmp_path / "out"
    words += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"]
    words += ["--outdir", str(out), str(tmp_path / name)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return read((out / f"{Path(name).stem}.csv").read_bytes())


SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{}</value></prop></item></oor:items>
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_a_spreadsheet_shows_ids_names_and_points_as_they_are(tmp_path, kind, language):
    code = language[:2]
    more = [Student(one, "李雷") for one in IDS if one not in {s.id for s in graded.ROSTER}]
    made = book(students=[*graded.ROSTER, *more])
    data = gradebook.csv(made, code) if kind == "csv" else gradebook.xlsx(made, code)
    head, *rows = opened(tmp_path, data, f"g.{kind}", language)
    assert head[:2] == (["id", "name"] if code == "en" else ["学号", "姓名"])
    assert [row[0] for row in rows] == [row.student.id for row in made.rows]
    found = {row[0]: row for row in rows}
    assert found["007"][1:8] == ["张三", "2", "3", "1", "2", "2", "10"]
    assert found["s001"][2:10] == ["0.8", "1.5", "0", "2", "1.25", "5.55", "10", "55.5"]
    assert found["008"][2:8] == [""] * 6
    sheet_name = found["2024-01-02"][1]
    assert sheet_name == (f"'{graded.SHEET}" if kind == "csv" else graded.SHEET)
