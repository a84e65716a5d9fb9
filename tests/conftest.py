"""Keras is imported quietly once; golden texts are renewed by `pytest --overwrite`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "agg")
GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption("--overwrite", action="store_true", help="renew the golden texts")


@pytest.fixture(autouse=True)
def _english():
    """Each test starts in English, whatever the last one spoke."""
    from advisor import set_language

    set_language("en")
    yield
    set_language(None)


@pytest.fixture(scope="session")
def keras():
    from advisor import backend

    return backend.keras()


@pytest.fixture
def golden(request):
    """Compare a text with tests/golden/<name>.txt."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / f"{name}.txt"
        if request.config.getoption("--overwrite"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.rstrip() + "\n", encoding="utf-8")
        assert text.rstrip() == file.read_text(encoding="utf-8").rstrip()

    return compare
