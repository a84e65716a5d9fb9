"""What people see: aligned on a terminal in either language, escaped in a notebook."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor
from advisor.errors import UnknownNameError
from advisor.page import WIDTH, Page, width, wrap
from advisor.text import Text, language, set_language

WORDS = st.text(alphabet="ab ，。激活函数x", min_size=1).filter(lambda s: s.strip())


@given(WORDS, st.integers(8, 40))
def test_wrapping_loses_nothing_and_keeps_to_the_width(words, limit):
    lines = wrap(words, limit)
    assert "".join("".join(lines).split()) == "".join(words.split())
    for line in lines:
        longest_word = max((width(w) for w in line.split()), default=0)
        assert width(line) <= max(limit, longest_word)


def test_a_line_never_starts_with_chinese_punctuation():
    for limit in range(8, 30):
        for line in wrap("优先选择 ReLU，效果不好再试 Leaky ReLU，不要用 sigmoid。", limit):
            assert line[0] not in "，。"


def test_columns_align_where_chinese_takes_two():
    page = Page("t").rows(("隐藏层", "relu"), ("out", "softmax"))
    lines = page.text().splitlines()[2:]
    assert width(lines[0].split("relu")[0]) == width(lines[1].split("softmax")[0])


def test_a_notebook_never_runs_what_a_name_holds():
    page = Page("<script>x</script>").say("<b>").rows(("<i>",)).heading("<u>").code("a < b")
    shown = page.html()
    for tag in ("<script>", "<b>", "<i>", "<u>", "a < b"):
        assert tag not in shown


def test_pages_fit_a_terminal():
    for name in ("binary", "multiclass", "regression", "share"):
        for speak in ("en", "zh"):
            set_language(speak)
            assert all(width(line) <= WIDTH for line in str(advisor.recommend(name)).splitlines())


def test_language_is_chosen_by_call_then_environment(monkeypatch):
    hello = Text(en="hello", zh="你好")
    set_language(None)
    monkeypatch.setenv("ADVISOR_LANG", "zh_CN.UTF-8")
    assert str(hello) == "你好"
    set_language("en")
    assert str(hello) == "hello"
    set_language(None)
    monkeypatch.setenv("ADVISOR_LANG", "")
    assert language() == "en"
    monkeypatch.setenv("ADVISOR_LANG", "fr")
    with pytest.raises(UnknownNameError, match=r"Unknown language 'fr'\. Known: en, zh"):
        str(hello)


def test_a_text_within_a_text_speaks_the_same_language():
    inner = Text(en="one", zh="一")
    assert Text(en="<{}>", zh="《{}》").format(inner) == Text(en="<one>", zh="《一》")
