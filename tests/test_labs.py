"""Every claim of the lecture as an experiment: its numbers are what its verdict needs."""

from __future__ import annotations

import json
import re
import shutil

import pytest

import advisor
from advisor import _shelf, labs
from advisor.demonstrations import SEEDS, Demonstration, Number, names
from advisor.errors import OptionError, UnknownNameError
from advisor.lecture import CLAIMS, where_shown
from advisor.report import page
from advisor.text import Text

LECTURE = [
    "every-neuron", "linear-collapse", "any-function", "sigmoid-slope", "vanishing-gradient",
    "early-layers", "exploding-gradient", "hidden-sigmoid", "sigmoid-elsewhere", "hidden-tanh",
    "dying-relu", "redundancy", "leaky-relu", "softmax-output", "how-to-choose",
    "regression-output", "binary-output",
]  # fmt: skip
LONG = {"how-to-choose", "exploding-gradient"}  # more than a minute each
RUN = [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in LECTURE]


def test_there_is_one_for_each_claim_in_the_lectures_order():
    assert names() == LECTURE


def test_every_sentence_of_the_lecture_is_shown_somewhere():
    shown = where_shown().shown
    assert set(shown) == set(CLAIMS)
    assert all(places for places in shown.values())
    assert "lab vanishing-gradient" in shown["vanishing"]


@pytest.fixture(scope="module")
def ran():
    """Run each experiment once, when it is first asked for."""
    found: dict[str, Demonstration] = {}

    def run(name: str) -> Demonstration:
        if name not in found:
            found[name] = advisor.lab(name)
        return found[name]

    return run


@pytest.mark.parametrize("name", RUN)
def test_its_numbers_are_what_the_verdict_needs(ran, name):
    done = ran(name)
    assert done.seeds == SEEDS >= 5
    assert done.ok, [(str(n.what), n.values) for n in done.numbers if not n.ok]
    asked = [number for number in done.numbers if number.bound]
    assert len(asked) >= 2
    json.dumps(done.to_dict(), allow_nan=False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", RUN)
def test_it_reads_and_draws(ran, name, language):
    done = ran(name)
    advisor.set_language(language)
    words = str(done)
    assert str(done.question) in " ".join(words.split()) or language == "zh"
    assert words.startswith("✓")
    figure = done.plot()
    assert all(axis.get_title() for axis in figure.axes)
    texts = " ".join(t.get_text() for axis in figure.axes for t in (axis.title, axis.xaxis.label))
    assert "{" not in texts
    assert "{" not in words


@pytest.mark.parametrize("name", LECTURE)
def test_every_word_is_there_in_both_languages(name):
    entry = _shelf.entry(labs, "lab", name.replace("-", "_"))
    for key in ("TITLE", "VERDICT", "LIMITS", "CRITERION", "QUESTION", "ANSWER"):
        text = getattr(entry, key)
        assert text.en
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert set(entry.LECTURE) <= set(CLAIMS)
    assert entry.SOURCE


def test_a_number_that_misses_its_bound_fails_the_verdict():
    what = Text(en="x", zh="x")
    assert Number(what, (0.5, 0.9), least=0.5).ok
    assert not Number(what, (0.49, 0.9), least=0.5).ok
    assert not Number(what, (0.1, 0.2), most=0.15).ok
    assert not Number(what, (float("nan"),), most=1).ok
    assert not Number(what, (float("nan"),), least=0).ok
    assert Number(what, (1.0,), 1, 1).bound == "= 1"


def test_more_seeds_are_more_networks():
    done = advisor.lab("sigmoid_slope", seeds=7)
    assert len(done.numbers[0].values) == 7


def test_unknown_names_and_seeds_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'dying-relu'"):
        advisor.lab("dying-rely")
    with pytest.raises(OptionError, match="seeds"):
        advisor.lab("dying-relu", seeds=1)


def test_on_the_command_line(capsys, tmp_path):
    from advisor.cli import main

    assert main(["lab"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("every-neuron")
    report, picture = tmp_path / "l.html", tmp_path / "l.png"
    words = ["lab", "sigmoid-slope", "every-neuron", "--seeds", "5"]
    assert main([*words, "--report", str(report), "--plot", str(picture)]) == 0
    assert "✓ sigmoid-slope" in capsys.readouterr().out
    assert report.read_text(encoding="utf-8").count("<section") == 2
    assert (tmp_path / "l_every-neuron.png").stat().st_size > 5000
    assert main(["lab", "nonsense"]) == 2
    assert main(["lab", "sigmoid-slope", "--report", str(tmp_path / "no" / "l.html")]) == 2
    assert main(["lab", "sigmoid-slope", "--report", "l.txt"]) == 2
    capsys.readouterr()
    assert main(["lab", "sigmoid-slope", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["ok"] is True


def test_the_report_is_one_file_and_escapes_every_word():
    done = advisor.lab("sigmoid-slope")
    hostile = Demonstration(**{**vars(done), "title": Text(en="<script>", zh="<script>")})
    made = page([hostile])
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert not re.search(r'(src|href)="(?!data:|#)', made)
    assert page([])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_opens_in_a_real_browser(tmp_path, language):
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    browser = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if browser is None:
        pytest.skip("no Chromium among the system's programs")
    advisor.set_language(language)
    done = [advisor.lab("sigmoid-slope"), advisor.lab("every-neuron")]
    file = tmp_path / "lectures.html"
    file.write_text(page(done), encoding="utf-8")
    complaints: list[str] = []
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = chromium.new_page(viewport={"width": 390, "height": 800})
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("requestfailed", lambda request: complaints.append(request.url))
        tab.goto(file.as_uri())
        assert tab.title() == str(
            Text(en="Activation functions: the lecture, measured", zh="激活函数：讲义逐条实测")
        )
        assert tab.locator("section").count() == 2
        wide = tab.eval_on_selector_all("img", "all => all.map(i => i.naturalWidth)")
        assert all(width > 300 for width in wide)
        answer = tab.locator("details p").first
        assert not answer.is_visible()
        tab.locator("summary").first.click()
        assert answer.is_visible()
        room = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert room <= 0  # a telephone need not scroll sideways
        chromium.close()
    assert complaints == []
