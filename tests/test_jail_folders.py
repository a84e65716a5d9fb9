"""Where a student's code lives: what it may read there, what is counted, and that all of it goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from advisor.grading import scratch
from advisor.grading.jail import readable, watching

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are jails on Linux")


def test_a_folder_that_cannot_be_looked_into_holds_too_much(tmp_path, monkeypatch):
    def closed(_):
        raise PermissionError

    assert not watching._holds_too_much(str(tmp_path), 0)
    monkeypatch.setattr(os, "scandir", closed)
    assert watching._holds_too_much(str(tmp_path), 0)


def test_a_scratch_folder_goes_whatever_is_built_in_it(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    before = Path.cwd()
    try:
        os.chdir(place)
        for _ in range(1500):
            os.mkdir("d")  # noqa: PTH102
            open("file", "w").close()  # noqa: PTH123
            os.chdir("d")
    finally:
        os.chdir(before)
    closed = place / "closed" / "inner"
    closed.mkdir(parents=True)
    closed.chmod(0)
    closed.parent.chmod(0o300)
    scratch.clear(str(place))
    assert not place.exists()


@pytest.mark.parametrize("checkout", [False, True])
def test_packages_beside_advisor_are_readable_and_files_of_a_checkout_are_not(
    checkout, tmp_path, monkeypatch
):
    """Where pip installs for one user, packages lie in no folder of Python's own."""
    (tmp_path / "advisor").mkdir()
    if checkout:
        (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(readable, "_PROJECT", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    found = readable.paths("/nowhere")
    assert (str(tmp_path) in found) != checkout
    assert checkout == (str(tmp_path / "advisor") in found)
