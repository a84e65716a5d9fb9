"""Feedback says no more than it may, in a page that nothing from a student can touch."""

from __future__ import annotations

import errno
import importlib.util
import json
import math
import os
import re
import shutil
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import writing
from advisor.errors import OptionError, UnknownNameError
from advisor.grading import feedback, marks
from advisor.grading.drawings import svg
from advisor.grading.paper import harmless
from advisor.text import Text


def _graded():
    file = Path(__file__).parent / "graded.py"
    spec = importlib.util.spec_from_file_location("graded", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


graded = _graded()
SECRETS = {  # what each level adds, as it stands in the marks below
    "message": Text(en="MESSAGE-en", zh="MESSAGE-zh"),
    "part": Text(en="PART-en", zh="PART-zh"),
    "seen": Text(en="SEEN-en", zh="SEEN-zh"),
    "right": Text(en="RIGHT-en", zh="RIGHT-zh"),
}
PICTURE = {
    **graded.SUMS,
    "title": {"en": "PICTURE-en", "zh": "PICTURE-zh"},
    "xlabel": {"en": "AXIS-en", "zh": "AXIS-zh"},
}
SECRET = marks.Mark(
    "q1",
    1.0,
    2.0,
    marks.PARTLY,
    SECRETS["message"],
    parts=(marks.Part(SECRETS["part"], 1.0, 0.5, SECRETS["seen"]),),
    slips=(marks.Slip("SLIP-key", Text(en="SLIP-en", zh="SLIP-zh"), "SLIP-lab"),),
    picture=PICTURE,
    right=SECRETS["right"],
    by="WHO",
    reason="REASON",
)
SHOWN = {
    "points": {"WHO"},
    "message": {"WHO", "REASON", "MESSAGE"},
    "description": {"WHO", "REASON", "MESSAGE", "PART", "SEEN", "PICTURE", "AXIS"},
    "full": {"WHO", "REASON", "MESSAGE", "PART", "SEEN", "PICTURE", "AXIS", "RIGHT"},
}
WORDS = SHOWN["full"] | {"SLIP"}


def page(result, **more):
    given = {"title": graded.TITLE, "questions": graded.QUESTIONS, "reveal": "full", **more}
    return feedback.page(result, **given)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reveal", feedback.REVEALS)
def test_what_is_not_revealed_is_nowhere_in_the_page(reveal, language):
    made = page(replace(graded.RIGHT, marks=(SECRET,)), reveal=reveal, language=language)
    assert {word for word in WORDS if word in made} == SHOWN[reveal]
    assert ("<svg" in made) == (reveal in {"description", "full"})
    assert f"-{'zh' if language == 'en' else 'en'}" not in made  # nor the other language
    assert "1 / 2" in made


def test_points_only_is_the_same_page_whatever_else_the_mark_says():
    bare = marks.Mark("q1", 1.0, 2.0, marks.PARTLY, graded.NOTHING, by="WHO")
    one, other = (page(replace(graded.RIGHT, marks=(m,)), reveal="points") for m in (bare, SECRET))
    assert one == other


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_reads_well(golden, language):
    results = [graded.HALF, graded.GONE, graded.BY_HAND, graded.ASIDE]
    names = {student.id: student.name for student in graded.ROSTER}
    pages = [page(one, language=language, name=names[one.student]) for one in results]
    golden(f"feedback_{language}", "\n".join(pages))


def test_the_same_result_gives_the_same_bytes_after_a_round_trip():
    for one in graded.RESULTS:
        assert page(marks.loads(one.dumps())) == page(one)


def test_unknown_languages_and_levels_are_refused():
    with pytest.raises(UnknownNameError, match="Unknown way to reveal 'al'"):
        page(graded.RIGHT, reveal="al")
    with pytest.raises(UnknownNameError, match="Unknown language 'fr'"):
        page(graded.RIGHT, language="fr")


def test_a_mark_given_by_hand_says_who_and_why():
    made = page(graded.BY_HAND)
    assert "Marked by hand by <bdi>Ms Li &lt;li@example.org&gt;</bdi>" in made
    assert "shows that you know: &amp; so half a point." in made


def test_what_is_not_graded_yet_costs_nothing():
    made = page(graded.ASIDE)
    assert "<b>–</b> of 10 points so far" in made
    assert "Questions not graded yet: 5." in made


@settings(deadline=None)
@given(st.text(), st.text(alphabet="<>&\"'`\u202e\u2066\x00\x1b\ud800/abc=\n", max_size=80))
def test_nothing_from_a_submission_is_markup(name, layer):
    message = Text(en=f"layer {layer}", zh=f"层 {layer}")
    mark = replace(graded.HEAD_HALF, message=message, question="q1", reason=layer, by=name or "x")
    labels = replace(graded.REPAIR_HALF, picture={**graded.LAYERS, "labels": [layer, name] * 5})
    result = replace(graded.RIGHT, student=name, marks=(mark, labels))
    made = page(result, name=layer, questions={})
    assert re.findall("<(?:script|img|iframe|object|link|a (?!class))", made) == []
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", made
    )
    body = made.partition("<body>")[2].rpartition("</body>")[0]
    ET.fromstring(f"<body>{body}</body>")  # noqa: S314 - ours; every tag is closed
    made.encode()


def test_a_page_loads_nothing_and_allows_no_script():
    made = page(graded.BY_HAND, name=graded.HOSTILE)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in made
    assert not re.search(r'(src|href)="(?!#)', made)
    assert "url(" not in made
    assert "<script" not in made


def test_a_class_of_300_takes_a_moment():
    results = graded.many(300)
    start = time.perf_counter()
    for one in results:
        page(one, name=graded.HOSTILE, language="zh")
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("text", ["李雷", "Zoë", "محمد", "נועה", "O'Brien", "नमस्ते", "👩‍🔬"])
def test_honest_names_stay_as_they_are(text):
    assert harmless(text) == text


def test_a_name_cannot_climb_over_other_lines():
    assert len(harmless("a" + "\u0301" * 500)) == 4


# ---- pictures


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["SUMS", "CLASSES", "PRICES", "LAYERS"])
def test_a_picture_names_itself_and_its_axes(name, language):
    picture = getattr(graded, name)
    tree = ET.fromstring(svg(picture, language))  # noqa: S314 - ours
    assert tree.get("role") == "img"
    assert tree.find("title").text == picture["title"][language]
    words = [one.text for one in tree.iter("text")]
    for key in ("xlabel", "ylabel"):
        assert not picture.get(key) or picture[key][language] in words
    numbers = [one for one in words if re.fullmatch(r"−?\d+(\.\d+)?", one)]
    assert len(numbers) >= 4


NUMBERS = st.one_of(
    st.none(), st.floats(), st.integers(), st.sampled_from([math.nan, 1e308, -1e-320, True, "1"])
)
LABEL = st.fixed_dictionaries({"en": st.text(max_size=40), "zh": st.just("标签")})
PICTURES = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("histogram"),
            "low": NUMBERS,
            "high": NUMBERS,
            "series": st.lists(
                st.fixed_dictionaries({"label": LABEL, "counts": st.lists(NUMBERS, max_size=6)}),
                max_size=8,
            ),
            "marks": st.lists(st.fixed_dictionaries({"x": NUMBERS, "label": LABEL}), max_size=4),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("scatter"),
            "xlabel": LABEL,
            "points": st.lists(st.lists(NUMBERS, min_size=2, max_size=2), max_size=9),
            "line": st.one_of(st.none(), st.lists(NUMBERS, max_size=5)),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("bars"),
            "ylabel": LABEL,
            "labels": st.lists(st.text(max_size=50), max_size=40),
            "values": st.lists(NUMBERS, max_size=40),
            "limit": NUMBERS,
        }
    ),
)


@settings(deadline=None)
@given(PICTURES)
def test_any_numbers_give_a_picture_without_nan(picture):
    made = svg(picture, "en")
    tree = ET.fromstring(made)  # noqa: S314 - ours
    for one in tree.iter():
        for key in ("d", "x", "y", "cx", "cy", "width", "height", "viewBox", "transform"):
            assert not re.search("nan|inf|e[+-]", one.get(key, ""))


def test_a_picture_of_an_unknown_kind_is_left_out():
    assert svg({"kind": "pie"}, "en") == ""
    assert "<figure" not in page(
        replace(graded.RIGHT, marks=(replace(SECRET, picture={"kind": "pie"}),))
    )


# ---- in a browser


def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        pytest.skip("no Chromium among the system's programs")
    return api, found


def test_a_hostile_name_is_text_in_a_real_browser(tmp_path):
    api, chromium = browser()
    hostile = replace(
        graded.BY_HAND,
        student=f"{graded.HOSTILE}",
        marks=tuple(
            replace(
                m,
                by=graded.HOSTILE,
                reason="w" * 400,
                message=Text(en=graded.HOSTILE, zh="长" * 900),
            )
            for m in graded.BY_HAND.marks
        ),
    )
    names = {"hostile": graded.HOSTILE, "long": "x" * 500, "rtl": "محمد " * 60}
    complaints: list[str] = []
    with api.sync_playwright() as play:
        program = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = program.new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        requests: list[str] = []
        tab.on("request", lambda request: requests.append(request.url))
        opened = 0
        for language in ("en", "zh"):
            for key, name in names.items():
                file = tmp_path / f"{key}_{language}.html"
                file.write_text(page(hostile, name=name, language=language), encoding="utf-8")
                for width in (390, 1200):
                    tab.set_viewport_size({"width": width, "height": 800})
                    tab.goto(file.as_uri())
                    opened += 1
                    beyond = "document.documentElement.scrollWidth - window.innerWidth"
                    assert tab.evaluate(beyond) <= 0, (key, language, width)
                    shown = tab.locator(".who bdi").first.inner_text()
                    assert shown == " ".join(name.replace("\u202e", "\ufffd").split())
                    assert tab.locator("img, script, iframe").count() == 0
                    assert tab.locator("svg").count() == 3
        policy = "() => { const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s); return window.ran || 0 }"
        assert complaints == []
        assert len(requests) == opened
        assert tab.evaluate(policy) == 0  # even a script that got in would not run
        program.close()


# ---- writing


def names_in(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_file_that_says_the_same_is_left_alone(tmp_path):
    file = tmp_path / "a" / "feedback.html"
    assert writing.write(file, "你好\n")
    assert file.read_bytes() == "你好\n".encode()
    os.utime(file, (1, 1))
    assert not writing.write(file, "你好\n".encode())
    assert file.stat().st_mtime == 1
    assert writing.write(file, "other")
    assert names_in(file.parent) == ["feedback.html"]


def _failing(number, winerror=None):
    def fail(*args, **kwargs):
        error = OSError(number, os.strerror(number))
        if winerror:
            error.winerror = winerror
        raise error

    return fail


TROUBLES = [
    (errno.ENOSPC, None, "the disk is full. Make room, then run again"),
    (errno.EDQUOT, None, "the disk is full"),
    (errno.EROFS, None, "read-only.*Allow writing there, then run again"),
    (errno.EACCES, None, "read-only"),
    (errno.EBUSY, None, "another program has it open. Close it there, then run again"),
    (errno.EACCES, 32, "another program has it open"),
    (errno.EIO, None, "Run again when that is put right"),
]


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
@pytest.mark.parametrize(("number", "winerror", "words"), TROUBLES)
def test_trouble_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch, step, number, winerror, words
):
    file = tmp_path / "gradebook.csv"
    writing.write(file, "old")
    where = Path if step == "replace" else os
    monkeypatch.setattr(where, step, _failing(number, winerror))
    with pytest.raises(OptionError, match=words) as caught:
        writing.write(file, "new")
    monkeypatch.undo()
    assert file.read_text() == "old"
    assert names_in(tmp_path) == ["gradebook.csv"]
    assert "\n" not in str(caught.value)
    assert str(tmp_path.parent) not in str(caught.value)
    assert writing.write(file, "new")


def test_a_write_that_ends_half_way_leaves_the_old_file(tmp_path):
    resource = pytest.importorskip("resource", reason="this system has no limits to set")
    file = tmp_path / "gradebook.csv"
    writing.write(file, "old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OptionError, match="What was there before is unchanged"):
            writing.write(file, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_text() == "old"
    assert names_in(tmp_path) == ["gradebook.csv"]


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / "gradebook.csv").mkdir()
    with pytest.raises(OptionError, match="a file stands where a folder is wanted"):
        writing.write(tmp_path / "gradebook.csv", "x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OptionError, match="a file stands where a folder is wanted"):
        writing.write(tmp_path / "file" / "gradebook.csv", "x")


def test_what_a_killed_run_left_is_tidied(tmp_path):
    (tmp_path / ".advisor-0123456789abcdef.tmp").write_text("half")
    (tmp_path / "gradebook.csv").write_text("whole")
    assert writing.tidy(tmp_path) == 1
    assert names_in(tmp_path) == ["gradebook.csv"]


def test_many_files_are_written_at_once(tmp_path):
    files = [(tmp_path / f"s{i}" / "feedback.html", page(graded.RIGHT) + str(i)) for i in range(40)]
    assert writing.write_all(files) == 40
    assert writing.write_all(files) == 0
    assert all(file.read_text(encoding="utf-8") == data for file, data in files)
    (tmp_path / "s7" / "feedback.html").unlink()
    (tmp_path / "s7" / "feedback.html").mkdir()
    with pytest.raises(OptionError, match=r"s7/feedback\.html"):
        writing.write_all((file, f"{data}!") for file, data in files)
    assert all(names_in(file.parent) == ["feedback.html"] for file, _ in files)


def test_the_permissions_of_the_old_file_are_kept(tmp_path):
    file = tmp_path / "gradebook.csv"
    writing.write(file, "old")
    file.chmod(0o640)
    writing.write(file, "new")
    assert file.stat().st_mode & 0o777 == 0o640


def test_the_samples_are_results():
    for one in graded.RESULTS:
        assert json.loads(one.dumps())["student"] == one.student
