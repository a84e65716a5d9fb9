"""An assignment's folder is read in one go; every mistake of a teacher's gives one clear line."""

from __future__ import annotations

import contextlib
import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import AdvisorError, OptionError
from advisor.grading import source, specs

_FILE = Path(__file__).with_name("assignment_folder.py")
_SPEC = importlib.util.spec_from_file_location("assignment_folder", _FILE)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)
BODY, CELL, KEY, TABLE, read, write = (
    small.BODY, small.CELL, small.KEY, small.TABLE, small.read, small.write,
)  # fmt: skip


def test_what_stands_in_the_folder_is_read(tmp_path):
    found = read(tmp_path)
    assert (found.name, found.number, found.language, found.reveal) == (
        "small",
        1,
        "both",
        "description",
    )
    assert (found.self_check, found.variants, found.due) == (True, "student", None)
    assert str(found.title) == "Small"
    assert found.title.zh == "小作业"
    assert [(q.name, q.kind, q.points, len(q.hints)) for q in found.questions.values()] == [
        ("q1", "choice", 1.0, 2),
        ("q2", "number", 2.0, 0),
        ("q3", "choice", 1.5, 0),
    ]
    assert found.limits == source.Limits(30, 4096, 64)
    specs.vet(found)


def test_a_windows_editor_may_save_it(tmp_path):
    version = read(tmp_path).version
    for file in write(tmp_path).iterdir():
        text = file.read_text(encoding="utf-8").replace("\n", "\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    again = source.read(tmp_path / "source" / "small")
    assert again.version == version
    assert "\r" not in again.code


def test_it_is_read_from_its_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path))
    assert source.read(Path()).name == "small"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2026-12-24T23:59:00+08:00", datetime(2026, 12, 24, 15, 59, tzinfo=UTC)),
        ("2026-12-24T15:59:00Z", datetime(2026, 12, 24, 15, 59, tzinfo=UTC)),
        ("2026-12-24 23:59:00", datetime(2026, 12, 24, 23, 59).astimezone()),
        ('"2026-12-24T23:59"', datetime(2026, 12, 24, 23, 59).astimezone()),
    ],
)
def test_due_has_a_time_zone_or_the_teachers_own(tmp_path, given, wanted):
    assert read(tmp_path, ("key =", f"due = {given}\nkey =")).due == wanted


TABLE_MISTAKES = [
    ('name = "small"', 'name = "smal"', r"to be the folder's.*'small'\. Received: 'smal'"),
    ('name = "small"', "name = 5", "Received: 5"),
    ('name = "small"', "name = ", "assignment.toml cannot be read"),
    (
        'name = "small"',
        'nmae = "small"',
        "Unknown key in assignment.toml 'nmae'.*Did you mean 'name'",
    ),
    (
        'title = { en = "Small", zh = "小作业" }',
        "",
        'Expected {"en".* as the title in assignment.toml',
    ),
    ('zh = "小作业"', "zh = 3", "Expected words as the title"),
    (f'key = "{KEY}"', "", "Expected key of assignment.toml to be at least 16 secret"),
    (f'key = "{KEY}"', 'key = "short"', "at least 16 secret"),
    ("q3 = 1.5", "", r"\[points\].*name the questions q1, q2, q3\. Received: q1, q2\."),
    ("q3 = 1.5", "q3 = 1\nq4 = 1", r"Received: q1, q2, q3, q4\."),
    ("[points]\nq1 = 1\nq2 = 2\nq3 = 1.5", "points = 5", r"Received: none\."),
    ("[points]\nq1 = 1\nq2 = 2\nq3 = 1.5", "", r"Received: none\."),
    ("q3 = 1.5", "q3 = 0", "points of q3 to be 0.01 to 1000. Received: 0"),
    ("q3 = 1.5", "q3 = nan", "points of q3"),
    ("q3 = 1.5", "q3 = inf", "points of q3"),
    ("q3 = 1.5", "q3 = true", "points of q3"),
    ("q3 = 1.5", 'q3 = "1"', "points of q3"),
    ("key =", 'version = "1"\nkey =', "version of assignment.toml to be a int"),
    ("key =", "version = true\nkey =", "version of assignment.toml"),
    ("key =", 'language = "de"\nkey =', "Unknown language in assignment.toml 'de'"),
    ("key =", 'reveal = "all"\nkey =', "Unknown reveal in assignment.toml 'all'"),
    ("key =", "reveal = []\nkey =", "Unknown reveal"),
    ("key =", 'self_check = "no"\nkey =', "self_check of assignment.toml"),
    ("key =", 'variants = "all"\nkey =', "Unknown variants in assignment.toml"),
    ("key =", "due = 2026-12-24\nkey =", "due of assignment.toml as a date with time"),
    ("key =", 'due = "2026-12-24"\nkey =', "date with time"),
    ("key =", 'due = "tomorrow evening"\nkey =', "Received: 'tomorrow evening'"),
    ("key =", "due = 5\nkey =", "date with time"),
    (
        "[points]",
        "[limits]\nseconds = 0\n[points]",
        r"seconds in \[limits\] to be a number above 0",
    ),
    ("[points]", "[limits]\nseconds = nan\n[points]", "seconds in"),
    ("[points]", "[limits]\nseconds = inf\n[points]", "seconds in"),
    ("[points]", "[limits]\nfile_mb = 0.5\n[points]", "file_mb in .* a whole number"),
    ("[points]", "[limits]\nmemory = 5\n[points]", "to hold seconds, memory_mb, file_mb"),
    ("key =", "limits = 5\nkey =", "to hold seconds"),
]
CELL_MISTAKES = [
    (CELL, "", r"Expected QUESTIONS = {…} in the first cell of small\.py"),
    ("QUESTIONS", "QUESTION", "Expected QUESTIONS"),
    ("QUESTIONS = {", "QUESTIONS = {}\nX = {", "Expected QUESTIONS"),
    ('"value": "max-slope"', '"value" "max-slope"', r"small\.py, line 15, in the first cell: "),
    ('"max-slope"', "max_slope", r"line 5, in the first cell: QUESTIONS must be a literal"),
    ('"relative": 0.02', "[]: 0.02", "QUESTIONS must be a literal"),
    ('"relative": 0.02', '"relative": {1, 2}', "Expected q2 to hold names, numbers"),
    ('"relative": 0.02', '"relative": b"2"', "Expected q2 to hold"),
    ('"relative": 0.02', '"relative": 1e999', "Expected q2 to hold"),
    ('"relative": 0.02', '2: 0.02, "x": 1', "Expected q2 to hold"),
    ('"kind": "number"', '"kind": "numbr"', "Unknown kind of question q2 'numbr'.*Did you mean 'number'"),
    ('"kind": "number"', '"kind": ["number"]', "Unknown kind"),
    ('"kind": "number",', "", "Unknown kind of question q2 None"),
    ('"text": {"en": "And why?", "zh": "为什么？"}', '"text": "And why?"', "as the text of q3"),
    ('{"en": "And why?", "zh": "为什么？"}', '{"en": "And why?"}', "as the text of q3"),
    ('{"en": "And why?", "zh": "为什么？"}', '{"en": 1, "zh": 2}', "Expected words as the text of q3"),
    ('({"en": "Not {F}.", "zh": "不是 {F}。"}, {"en": "relu", "zh": "relu"})', '{"en": "x", "zh": "x"}',
     "Expected a list of hints of q1"),
    ('{"en": "Not {F}.", "zh": "不是 {F}。"}', '"Not"', "as the hints of q1. Received: 'Not'"),
    (', "right": True', "", 'Expected a reason of q3 with "right": True'),
    ('"zh": "有界"', '"right": False', "as the reasons of q3"),
    ('{"en": "bounded", "zh": "有界"}', '"bounded"', "why of q3 to be a list of reasons"),
    ("VARY = {", "VARY = [] or {", "VARY must be a literal"),
    ("VARY = {", "VARY = 5; X = {", "Expected VARY to be a dict"),
    ('"n": [2, 3, 4]', '"n": []', r"VARY\['n'\] to be 'seed' or a list"),
    ('"n": [2, 3, 4]', '"n": "seeds"', r"VARY\['n'\]"),
    ('"n": [2, 3, 4]', '"n": [{1}]', r"VARY\['n'\] to hold"),
    ('"a b": [1.5, 2.5, 3.5]', '"a b": [1.5]', r"VARY\['a b'\]"),
    ('"a b"', '"a F"', "each name of VARY once.*Received: F, F"),
    ('"a b"', '"1"', "each name of VARY once"),
    ('"a b"', '""', "each name of VARY once"),
    ('"a b"', "5", "Expected VARY to be a dict"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "match"), TABLE_MISTAKES + CELL_MISTAKES)
def test_a_mistake_gives_one_clear_line(tmp_path, old, new, match):
    with pytest.raises(AdvisorError, match=match) as caught:
        read(tmp_path, (old, new))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_time_before_all_calendars_raises_nothing_else(tmp_path):
    with contextlib.suppress(OptionError):  # where the system knows no such time
        read(tmp_path, ("key =", "due = 0001-01-01T00:00:00\nkey ="))


def test_files_that_are_missing_or_no_text_are_told(tmp_path):
    folder = write(tmp_path)
    (folder / "small.py").write_bytes(b"\xff\xfe")
    with pytest.raises(OptionError, match=r"The source 'small\.py' cannot be read"):
        source.read(folder)
    (folder / "small.py").write_text("# %%\nx = '\0'\n", encoding="utf-8")
    with pytest.raises(OptionError, match=r"small\.py.*first cell"):
        source.read(folder)
    (folder / "small.py").unlink()
    with pytest.raises(OptionError, match=r"FileNotFoundError"):
        source.read(folder)
    (folder / "assignment.toml").write_bytes(b"\xff")
    with pytest.raises(OptionError, match=r"assignment\.toml cannot be read"):
        source.read(folder)
    (folder / "assignment.toml").unlink()
    with pytest.raises(OptionError, match=r"There is no assignment\.toml in 'small'"):
        source.read(folder)


def test_a_damaged_band_says_what_to_do(tmp_path):
    folder = write(tmp_path)
    (folder / "bands.json").write_text("{", encoding="utf-8")
    with pytest.raises(OptionError, match="Remove it and render"):
        source.read(folder)


WRONG_OPTIONS = '"ask": "fault", "fault": "dead-units", "seed": "$seed", "options": ["zero-kernel", "constant-kernel"],'
SPEC_MISTAKES = [
    ('"max-slope"', '"max-slop"', "q2: Unknown value 'max-slop'.*Did you mean 'max-slope'"),
    ('["sigmoid", "tanh"], "n"', '["sigmoid", "tnah"], "n"', "Unknown activation 'tnah'"),
    ('"power": "$n"', '"power": "$m"', r"q2 reads \$m, which VARY does not have"),
    ('"power": "$n"', '"power": "x"', "q2 cannot be asked as it is"),
    ('"relative": 0.02', '"tolerance": -1', "tolerance of q2 to be above 0"),
    ('"relative": 0.02', '"relative": 0', "tolerance of q2 to be above 0"),
    ('"ask": "hidden",\n        "role": "first",\n        "text"', '"text"', "q1 needs 'ask'"),
    ('"ask": "hidden",\n        "role": "first",\n        "text"', '"ask": "hiden", "text"',
     r"q1: Unknown thing to choose \(ask\) 'hiden'"),
    ('"role": "first",\n        "options"', '"role": "frist",\n        "options"', "Unknown role 'frist'"),
    ('"options": ["sigmoid", "relu"]', '"options": ["sigmoid", "tanh"]', "q3 offers no right answer"),
    ('"options": ["sigmoid", "relu"]', '"options": ["sigmoid", "rleu"]', "q3.*'rleu'"),
    ('"kind": "number",', '"kind": "head", "problem": "spiral", "seed": "$seed",',
     "q2: Unknown problem 'spiral'"),
    ('"kind": "number",', '"kind": "head", "problem": "spirals",', "q2 needs 'seed'"),
    ('"kind": "number",', '"kind": "head", "problem": "moons", "classes": "$n", "seed": "$seed",',
     "q2: .*'moons' has 2 classes"),
    ('"kind": "number",', '"kind": "score", "seed": "$seed",', "q2 needs 'problem'"),
    ('"kind": "number",', '"kind": "repair", "fault": "dead-unit", "seed": "$seed",',
     "q2: Unknown fault 'dead-unit'"),
    ('"kind": "number",', '"kind": "gradient", "features": 8,', "q2 needs 'depth'"),
    ('"kind": "number",', '"kind": "gradient", "features": 8, "depth": 3, "limit": 0,', "limit of q2"),
    ('"kind": "number",', f'"kind": "choice", {WRONG_OPTIONS}', "q2 offers no right answer"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "match"), SPEC_MISTAKES)
def test_a_wrong_name_in_any_variant_is_found_before_it_is_handed_out(tmp_path, old, new, match):
    with pytest.raises(AdvisorError, match=match) as caught:
        specs.vet(read(tmp_path, (old, new)))
    assert "\n" not in str(caught.value)


CHANGES_GRADES = [
    ("q1 = 1\n", "q1 = 2\n"),
    ('"relative": 0.02', '"relative": 0.03'),
    ('"role": "first"', '"role": "next"'),
    ('"n": [2, 3, 4]', '"n": [2, 3]'),
    (KEY, KEY[::-1]),
    ("key =", 'variants = "none"\nkey ='),
    ("key =", "version = 2\nkey ="),
    ("[points]", "[limits]\nseconds = 9\n[points]"),
    ('"有界"}', '"有界", "right": True}'),
]
CHANGES_WORDS = [
    ("And why?", "Why is that?"),
    ("Which first?", "Which one first?"),
    ("bounded", "it is bounded"),
    ('"relu", "zh": "relu"', '"ReLU", "zh": "ReLU"'),
    ("# # Small", "# # A small one"),
    ("the secret answer", "another comment"),
    ('en = "Small"', 'en = "Little"'),
    ("key =", "due = 2026-12-24T23:59:00\nkey ="),
    ("key =", 'reveal = "full"\nlanguage = "en"\nself_check = false\nkey ='),
]


def test_the_version_changes_with_what_grades_depend_on_and_only_then(tmp_path):
    version = read(tmp_path).version
    assert version.startswith("1-")
    assert read(tmp_path).version == version
    found = [read(tmp_path, change).version for change in CHANGES_GRADES]
    assert len({version, *found}) == len(CHANGES_GRADES) + 1
    assert {read(tmp_path, change).version for change in CHANGES_WORDS} == {version}
    (tmp_path / "source/small/bands.json").write_text('{"q2": {"low": 0.5}}', encoding="utf-8")
    assert read(tmp_path).version != version


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(CELL + TABLE)), st.text(max_size=3), st.integers(0, 9))
def test_no_slip_of_the_keyboard_raises_anything_else(tmp_path, place, typed, gone):
    whole = TABLE + CELL
    whole = whole[:place] + typed.encode("utf-8", "ignore").decode() + whole[place + gone :]
    table, mark, code = whole.partition("# %%")
    folder = write(tmp_path, table=table, code=mark + code + BODY)
    try:
        specs.vet(source.read(folder))
    except AdvisorError as error:
        assert "\n" not in str(error)  # noqa: PT017 - it may be read as well
