"""Damaged models are read or refused, and loaded or told; nothing crashes or hangs.

ADVISOR_MUTANTS says how many of each sort are made (default: 1000).
"""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path

import numpy as np
import pytest

from advisor import diagnosis, file_facts, forward, rewriting, rulebook, saved
from advisor.errors import ModelFileError
from advisor.grading.handin import saved as bytes_of
from advisor.grading.jail import ladder
from advisor.grading.judgement import CannotRunError
from advisor.grading.nursery import Nursery
from advisor.grading.source import Limits

COUNT = int(os.environ.get("ADVISOR_MUTANTS", "1000"))
_SPEC = importlib.util.spec_from_file_location("mutants", Path(__file__).with_name("mutants.py"))
mutants = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(mutants)
ROWS = np.random.default_rng(0).normal(size=(5, 8))


@pytest.fixture(scope="module")
def honest(keras):
    """Save models of many kinds; all read rows of eight numbers."""
    L = keras.layers
    given = keras.Input((8,))
    body = L.Dense(6, activation="gelu")(given)
    inner = keras.Model(given, L.Add()([body, L.LayerNormalization()(L.Dense(6)(body))]))
    start = keras.Input((8,))
    stacks = [
        [L.Dense(32, activation="relu"), L.Dense(3, activation="softmax")],
        [L.Normalization(mean=[0.5] * 8, variance=[2.0] * 8), L.Dense(16), L.BatchNormalization(),
         L.LeakyReLU(0.1), L.Dropout(0.5), L.Reshape((4, 4)), L.Dense(4), L.PReLU(), L.Flatten(),
         L.Dense(1), L.Rescaling(3.0, 1.0)],
        [keras.Sequential([L.Dense(8, activation="silu")]), L.Dense(2), L.Softmax()],
        [L.Reshape((8, 1)), L.Conv1D(4, 3), L.MaxPooling1D(), L.Flatten(), L.Dense(2)],
        [L.Reshape((4, 2)), L.Bidirectional(L.LSTM(3)), L.Dense(1, activation="sigmoid")],
        [L.Reshape((2, 2, 2)), L.Conv2D(2, 2, padding="same"), L.GlobalAveragePooling2D()],
    ]  # fmt: skip
    models = [keras.Sequential([keras.Input((8,)), *stack]) for stack in stacks]
    models.append(keras.Model(start, [L.Dense(3)(inner(start)), L.Dense(1)(inner(start))]))
    models[0].compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    models[1].compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.Huber())
    return [bytes_of(model) for model in models]


def watched(mutated, read):
    """Read every mutant; return those that were not refused, and how many were."""
    passed, lines, worst = [], [], 0.0
    for data in mutated:
        start = time.process_time()
        try:
            passed.append(read(data))
        except ModelFileError as error:
            lines.append(str(error))
        worst = max(worst, time.process_time() - start)
    assert worst < 1
    assert all(line.isprintable() and len(line) <= 160 for line in lines)
    return passed, len(lines)


def test_damaged_files_are_read_or_refused_and_never_crash(honest, tmp_path):
    rules, file = rulebook.rulebook(), tmp_path / "mutant.keras"

    def read(data):
        file.write_bytes(data)
        diagnosis.run(rules, file_facts.read(saved.read(file)), subject=file)

    _, refused = watched(mutants.of_files(honest, COUNT, 0), read)
    assert COUNT / 3 < refused < COUNT


def test_damaged_weights_are_read_or_refused_and_never_crash(honest):
    def read(data):
        file = saved.vetted(data, "mutant.keras")
        forward.predict(file, file_facts.read(file), ROWS)

    _, refused = watched(mutants.of_weights(honest, COUNT, 1), read)
    assert COUNT / 3 < refused < COUNT


@pytest.mark.slow
def test_what_passes_is_loaded_by_keras_or_told_and_its_process_lives(honest):
    def read(data):
        return rewriting.rewrite(saved.vetted(data, "mutant.keras"))

    half = COUNT // 2
    passed = [
        *watched(mutants.of_files(honest, half, 2), read)[0],
        *watched(mutants.of_weights(honest, half, 3), read)[0],
    ]
    assert len(passed) > COUNT / 20
    rung = ladder.probe(str(Path(__file__).parent))
    nursery, ran, told = Nursery(Limits(), rung, str(Path(__file__).parent)), [], []
    try:
        for data in passed:
            try:
                ran.append(nursery.ask("outputs", data, ROWS).shape)
            except CannotRunError as error:
                told.append(str(error))
        assert nursery.alive
    finally:
        nursery.close()
    assert len(ran) > len(passed) / 4
    assert {shape[0] for shape in ran} == {len(ROWS)}
    assert all(line.isprintable() for line in told)
