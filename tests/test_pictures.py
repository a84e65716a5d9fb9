"""Pictures speak the language spoken, never show empty boxes, and leave matplotlib as it was."""

from __future__ import annotations

import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

import advisor
from advisor import pictures
from advisor.confirmation import Confirmation, Trained
from advisor.tasks import TASKS
from advisor.text import Text


def words_of(figure):
    """Give every word in a figure."""
    return " ".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def answer(task, p, y):
    """Make a confirmation without training anything."""
    right = Trained("right(1)", None, "L", [1.0, 0.5], p, 1.0, ())
    wrong = Trained("wrong(1)", Text(en="wrong", zh="错"), "L", [1.0, 0.6], p * 2, 0.0, ())
    return Confirmation(task, "toy", 0, y, right, (wrong,))


def made(task):
    rng = np.random.default_rng(0)
    if TASKS[task].units == "K":
        return answer(task, rng.dirichlet(np.ones(3), 40), np.arange(40) % 3)
    return answer(task, rng.random((40, 1)), (np.arange(40) % 2)[:, None])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.skipif(pictures.cjk_font() is None, reason="no font with Chinese characters installed")
def test_chinese_labels_show_where_a_font_has_them(task):
    """A missing glyph would be a warning, and warnings are errors."""
    advisor.set_language("zh")
    figure = made(task).plot()
    assert "训练损失" in words_of(figure)
    figure.canvas.draw()


@pytest.mark.parametrize("task", TASKS)
def test_labels_are_english_where_no_font_has_chinese(task, monkeypatch):
    monkeypatch.setattr(pictures, "cjk_font", lambda: None)
    advisor.set_language("zh")
    shown = words_of(made(task).plot())
    assert "training loss" in shown
    assert not any("一" <= c <= "鿿" for c in shown)


def test_the_users_matplotlib_is_left_as_it_was():
    before = dict(mpl.rcParams)
    made("binary").plot()
    assert dict(mpl.rcParams) == before


def test_drawing_needs_no_pyplot():
    code = "import advisor, sys; advisor.load('moons').plot(); print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_neighbouring_colours_differ_in_lightness_too():
    """In print, or for the colour-blind, hue is not enough."""

    def lightness(colour):
        red, green, blue = mpl.colors.to_rgb(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = [lightness(colour) for colour in pictures.COLOURS]
    assert all(abs(a - b) > 0.05 for a, b in itertools.pairwise(shades))
