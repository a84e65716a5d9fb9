"""students.csv is read as any spreadsheet saved it; an id always may name a folder."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import OptionError
from advisor.grading import roster
from advisor.grading.roster import Roll, Student


@pytest.fixture
def read(tmp_path):
    def reading(content: str | bytes, encoding: str = "utf-8"):
        file = tmp_path / "students.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return roster.read(file)

    return reading


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_roster_reads_the_same_in_every_encoding_and_with_every_separator(
    read, encoding, separator
):
    lines = ["姓名,学号,班级,语言", "李雷,007,一班,zh_CN", "", '"Müller",="0012",二班,en', "韩,3,,"]
    text = "\r\n".join(lines).replace(",", separator)
    if encoding == "gb18030":
        text = text.replace("ü", "u")
    name = "Muller" if encoding == "gb18030" else "Müller"
    students = [Student("007", "李雷", "zh"), Student("0012", name, "en"), Student("3", "韩", "")]
    assert read(text, encoding) == students


def test_columns_stand_in_any_order_and_only_the_id_is_needed(read):
    assert read("Language,ID\nChinese,1\n") == [Student("1", "", "zh")]
    assert read("id\n001\n") == [Student("001")]
    assert read('sep=;\nid;name\n1;"a;b"\n') == [Student("1", "a;b")]


def test_a_spreadsheets_text_wrapper_is_taken_off(read):
    assert [s.id for s in read('id\n="007"\n"=""008"""\n')] == ["007", "008"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "row 1 should name the columns"),
        ("number,name\n1,a\n", "row 1 should name the columns"),
        ("id,id\n1,2\n", "two columns for id"),
        ("id,学号\n1,2\n", "two columns for id"),
        ("id,name\n1,a\n,b\n", "row 3 has no id"),
        ("id\n1\n2\n\n1\n", "rows 2 and 5 have the same id '1'"),
        ("id\nann\nAnn\n", "rows 2 and 3 have the same id"),
        ("id\nCON\n", "row 2 .*Windows"),
        ("id\n1\n../2\n", "row 3 .*character /"),
        ("id\n2.02412E+11\n", "row 2 .*rounded"),
        ("id,language\n1,fr\n", "row 2 .*'fr'; en and zh"),
        ('id\n"' + "1" * 200_000 + '"\n', "no table"),
    ],
)
def test_a_wrong_roster_is_refused_in_one_line_that_names_the_row(read, text, why):
    with pytest.raises(OptionError, match=why) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 220


def test_a_roster_that_is_no_text_is_refused(read, tmp_path):
    with pytest.raises(OptionError, match="workbook; save it as CSV"):
        read(b"PK\x03\x04rest")
    with pytest.raises(OptionError, match="encoding"):
        read(b"id\n\xff\xff\xff\n")
    with pytest.raises(OptionError, match="no file students"):
        roster.read(tmp_path / "none.csv")
    with pytest.raises(OptionError, match="folder or a device"):
        roster.read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OptionError, match="folder or a device"):
        roster.read(tmp_path / "pipe")


@pytest.mark.parametrize("good", ["007", "李雷", "a b", "s-1_2@x.org", "=1+1", "Zoë", "a" * 100])
def test_an_id_of_every_common_form_is_safe(good):
    assert roster.safe_id(good) == good


UNSAFE = [".", "..", ".git", "a.", "a/b", "a\\b", "C:x", "a?b", "nul", "Com1.txt", "LPT¹"]
HIDDEN = ["a\0b", "a\nb", "a\x1b[31m", "\u202eabc", "a\u200bb", "\ud800"]


@pytest.mark.parametrize("bad", ["", " ", "a ", " a", "a" * 101, "学" * 90, *UNSAFE, *HIDDEN])
def test_an_id_that_may_not_name_a_folder_is_refused(bad):
    with pytest.raises(OptionError, match="may not name a folder") as caught:
        roster.safe_id(bad)
    assert str(caught.value).isprintable()


@given(st.text(max_size=120))
def test_a_safe_id_is_one_visible_name_that_stays_the_same(text):
    try:
        name = roster.safe_id(text)
    except OptionError:
        return
    assert roster.safe_id(name) == name == unicodedata.normalize("NFC", name)
    assert os.path.basename(name) == name not in {"", ".", ".."}  # noqa: PTH119
    assert len(name.encode()) <= 200
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in name)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_roster_or_one_line(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(data)
    try:
        students = roster.read(file)
    except OptionError as error:
        said, students = str(error), []
    else:
        said = ""
    assert not said or said.isprintable()
    assert all(roster.safe_id(student.id) == student.id for student in students)


def test_somebody_is_found_by_id_before_name_and_by_name_only_when_it_is_one_persons():
    roll = Roll([Student("1", "Ann"), Student("ann", "Bo"), Student("3", "Li"), Student("4", "Li")])
    assert (roll.find("ANN"), roll.find("bo"), roll.find(" 1 ")) == ("ann", "ann", "1")
    assert roll.find("Li") is roll.find("nobody") is None
    assert (roll.why_not("Li").en, roll.why_not("x").en) == (
        "several students bear this name",
        "not in students.csv",
    )


def test_without_a_roster_every_safe_id_is_somebody():
    assert Roll(None).find("anybody") == "anybody"
    assert Roll(None).find("..") is None
