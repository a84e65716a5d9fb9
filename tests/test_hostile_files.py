"""Hostile files are refused before anything opens them, each in one line, fast, and within memory."""

from __future__ import annotations

import importlib.util
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from advisor import saved
from advisor.errors import ModelFileError

_FILE = Path(__file__).with_name("hostile_files.py")
_SPEC = importlib.util.spec_from_file_location("hostile_files", _FILE)
hostile_files = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hostile_files)


@pytest.fixture(scope="module")
def whole(keras, tmp_path_factory):
    """Save the small honest model that all are made from."""
    model = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(3, activation="softmax", name="dense")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    file = tmp_path_factory.mktemp("hostile") / "plain.keras"
    model.save(file)
    return file.read_bytes()


@pytest.fixture(scope="module")
def hostile(whole):
    return dict(hostile_files.every(whole))


def refusal(data, name="model.keras"):
    """Return why a file is refused, and how long that took."""
    start = time.process_time()
    with pytest.raises(ModelFileError) as caught:
        saved.vetted(data, name)
    return str(caught.value), time.process_time() - start


def test_the_honest_model_they_are_made_from_passes(whole):
    assert saved.vetted(whole, "model.keras").config["class_name"] == "Sequential"


def test_every_hostile_file_is_refused_in_one_printable_line(hostile):
    assert len(hostile) >= 300
    for what, data in hostile.items():
        text, seconds = refusal(data)
        assert text.startswith("'model.keras' is refused: "), what
        assert text.isprintable(), what
        assert len(text) <= 160, what
        assert seconds < 1, what


def test_a_hostile_name_does_not_lengthen_or_colour_the_line(hostile):
    for what, data in hostile.items():
        text, _ = refusal(data, "\x1b[31m\n" + "ü" * 200 + ".keras")
        assert text.isprintable(), what
        assert len(text) <= 160, what


def test_what_the_config_alone_tells_is_refused_without_the_weights(hostile):
    for what, data in hostile.items():
        if not what.startswith(("weights: ", "zip: no weights")):
            with pytest.raises(ModelFileError):
                saved.parse(data, "model.keras")


@pytest.mark.parametrize("family", ["zip", "json", "tree", "compile", "size", "graph", "weights"])
def test_memory_stays_bounded(hostile, family):
    largest = max(len(data) for what, data in hostile.items() if what.startswith(family))
    tracemalloc.start()
    try:
        for what, data in hostile.items():
            if what.startswith(f"{family}: "):
                refusal(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20 + 8 * largest


def test_nothing_is_opened_or_started_while_a_file_is_read(whole, hostile):
    """An audit hook sees every file, socket and process, and code that is run."""
    seen, watching = [], []

    def hear(event, args):
        if watching and event in {
            "open",
            "exec",
            "socket.connect",
            "subprocess.Popen",
            "os.system",
        }:
            seen.append((event, str(args[0])[:80]))

    saved.vetted(whole, "model.keras")  # what is imported late is imported now
    sys.addaudithook(hear)
    watching.append(1)
    try:
        for data in hostile.values():
            refusal(data)
    finally:
        watching.clear()
    assert seen == []
