"""A class whose every student hands in a hostile file: all refused, nothing run, nobody disturbed."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from advisor.grading import grader
from advisor.grading.collecting import submissions
from advisor.grading.course import Course
from advisor.grading.handin import saved
from advisor.grading.marks import REFUSED


def beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models(keras):
    """Give an honest model and the hostile files made from it, by what they try."""
    net = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(3, activation="softmax", name="dense")]
    )
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    whole = saved(net)
    return whole, dict(beside("hostile_files").every(whole))


def test_every_hostile_file_is_refused_in_one_line_and_the_honest_neighbour_is_graded(
    models, tmp_path, monkeypatch
):
    honest, hostile = models
    assert len(hostile) >= 120
    names = {f"h{number:03}": what for number, what in enumerate(hostile)}
    handed_in = {student: {"q1.keras": hostile[what]} for student, what in names.items()}
    handed_in["honest"] = {"q1.keras": honest}
    course = Course(beside("tiny_course").lay_out(tmp_path / "course", handed_in))
    before = everything(tmp_path)
    monkeypatch.setattr("advisor.grading.worker.Nursery", None)  # nothing of it may reach Keras
    source, results = course.source("tiny"), course.results()
    jobs = grader.jobs_of(source, submissions(course.root, "tiny"), results)
    assert grader.grade(jobs, source, results) == len(handed_in)
    for one in results.all("tiny"):
        mark = one.marks[0]
        if one.student == "honest":
            assert mark.status != REFUSED
            continue
        what = names[one.student]
        assert (mark.status, mark.points) == (REFUSED, 0), what
        for text in (mark.message.en, mark.message.zh):
            assert text.isprintable(), what
            assert len(text) <= 160, what
    results.close()
    new = everything(tmp_path) - before
    assert {one.name for one in new} <= {"grades.sqlite", "grades.sqlite-wal", "grades.sqlite-shm"}


def everything(folder):
    return {Path(place) / name for place, _, files in os.walk(folder) for name in files}
