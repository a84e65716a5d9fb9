"""The READMEs stay true: their examples run, and show what they show, numbers within rounding."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from pathlib import Path

import pytest

import advisor
from advisor.cli import main
from advisor.lecture import where_shown

ROOT = Path(__file__).parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def blocks(speak, *kinds):
    return [
        (k, b) for k, b in BLOCK.findall(READMES[speak].read_text(encoding="utf-8")) if k in kinds
    ]


def close(one, other):
    """Say whether two numbers tell the reader the same."""
    a, b = float(one), float(other)
    if max(abs(a), abs(b)) < 1e-4:  # rounding errors differ from machine to machine
        return True
    if one.lstrip("-").isdigit() and other.lstrip("-").isdigit():
        return a == b
    return abs(a - b) <= 0.1 + 0.5 * max(abs(a), abs(b))


def assert_alike(got, shown):
    """Compare two texts: words exactly, numbers roughly, spaces not at all."""
    words = ["".join(NUMBER.sub("#", text).replace("─", "").split()) for text in (got, shown)]
    assert words[0] == words[1]
    for a, b in zip(NUMBER.findall(got), NUMBER.findall(shown), strict=True):
        assert close(a, b), f"now {a}, README says {b}"


@pytest.mark.parametrize("speak", READMES)
def test_commands_print_what_the_readme_shows(speak, capsys):
    found = blocks(speak, "console")
    assert found
    for _, block in found:
        command, _, shown = block.partition("\n")
        assert main(shlex.split(command.removeprefix("$ advisor "))) == 0
        assert_alike(capsys.readouterr().out, shown)


@pytest.mark.parametrize("speak", READMES)
def test_python_examples_run_and_print_what_the_readme_shows(speak, keras):
    space: dict[str, object] = {}
    printed = ""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for kind, block in blocks(speak, "python", "pycon", "text"):
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(block, space)
            printed = out.getvalue()
        elif kind == "text" and block.startswith("relu"):
            assert_alike(printed, block)
        elif kind == "pycon":
            test = doctest.DocTestParser().get_doctest(block, space, "README", None, 0)
            complaint: list[str] = []
            runner.run(test, out=complaint.append, clear_globs=False)
            assert not complaint, "".join(complaint)
            space = test.globs
    keras.utils.enable_interactive_logging()


def test_both_readmes_have_the_same_examples():
    english, chinese = ([b for _, b in blocks(speak, "python", "sh", "text")] for speak in READMES)
    assert english == chinese


@pytest.mark.parametrize("speak", READMES)
def test_the_lecture_table_is_what_the_shelves_say(speak, request):
    advisor.set_language(speak)
    text = READMES[speak].read_text(encoding="utf-8")
    pattern = re.compile(r"(?<=<!-- lecture -->\n).*?(?=\n<!-- /lecture -->)", re.DOTALL)
    table = where_shown().markdown()
    if request.config.getoption("--overwrite"):
        READMES[speak].write_text(pattern.sub(lambda _: table, text), encoding="utf-8")
    else:
        assert pattern.search(text)[0] == table, "renew it: pytest --overwrite"


@pytest.mark.parametrize("speak", READMES)
def test_links_within_the_readme_lead_somewhere(speak):
    text = READMES[speak].read_text(encoding="utf-8")
    heads = {
        re.sub(r"[^\w一-鿿 -]", "", head).strip().lower().replace(" ", "-")
        for head in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in heads
        else:
            assert (ROOT / target).exists(), target


def test_the_first_screen_shows_only_the_three_tasks_and_three_verbs():
    screen = "\n".join(READMES["en"].read_text(encoding="utf-8").splitlines()[:22]) + (
        advisor.__doc__ or ""
    )
    assert set(re.findall(r"advisor\.(\w+)\(", screen)) == {"recommend", "build", "confirm"}
    assert not re.search(r"multilabel|positive|count|share|assignment|template", screen)


def test_ci_runs_the_readmes_commands():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for part in ("pip install --quiet -e .", "advisor confirm", ".[test", "pytest"):
        assert part in script
