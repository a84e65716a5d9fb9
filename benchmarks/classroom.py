"""A class of made-up students hands in `three-heads`; how long grading them takes.

The submissions are what a lecturer meets: right in many spellings, half right, the classic mistakes,
empty, damaged, hostile. `make` is used by the tests as well.
"""

from __future__ import annotations

import io
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "three-heads"
SORTS = ("right", "right", "right", "half right", "classic mistakes", "broken", "hostile", "empty")
_LASTS = {"binary": ("sigmoid", 1), "multiclass": ("softmax", 0), "regression": ("linear", 1)}
_LOSSES = {
    "binary": "binary_crossentropy",
    "multiclass": "sparse_categorical_crossentropy",
    "regression": "mse",
}
_WRONG = {"binary": ("softmax", 1), "multiclass": ("sigmoid", 0), "regression": ("relu", 1)}


class Factory:
    """Makes saved models, each kind once."""

    def __init__(self, *, for_keras: bool = False) -> None:
        """Make models that NumPy predicts, or, `for_keras`, ones that it does not."""
        from advisor import backend

        self._keras = backend.keras()
        self._for_keras = for_keras
        self._made: dict[Any, bytes] = {}

    def model(self, features: int, units: int, last: str, loss: str, spelling: int = 0) -> bytes:
        """Return the file of one model; `spelling` tells how its last layer is written."""
        key = (features, units, last, loss, spelling)
        if key not in self._made:
            self._made[key] = self._save(*key)
        return self._made[key]

    def _save(self, features: int, units: int, last: str, loss: str, spelling: int) -> bytes:
        keras, layers = self._keras, self._keras.layers
        keras.utils.set_random_seed(0)
        body = [layers.Dense(16, "relu"), layers.Dense(8, "tanh")]
        if self._for_keras:
            body = [
                layers.Reshape((features, 1)),
                layers.Conv1D(8, 1, activation="relu"),
                layers.Flatten(),
            ]
        ends = {
            0: [layers.Dense(units, activation=last)],
            1: [layers.Dense(units), layers.Activation(last)],
            2: [layers.Dense(units)],
        }[spelling]
        model = keras.Sequential([keras.Input((features,)), *body, *ends])
        if spelling == 2:  # raw scores, and a loss that takes them  # noqa: PLR2004
            logits = {
                "binary_crossentropy": keras.losses.BinaryCrossentropy,
                "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
            }
            model.compile("adam", logits[loss](from_logits=True) if loss in logits else loss)
        else:
            model.compile("adam", loss)
        return saved(model)

    def trained(self, X: Any, y: Any, task: str, classes: int) -> bytes:
        """Return a model trained on a student's own rows."""
        import advisor

        del task, classes
        model = advisor.build(X=X, y=y, seed=0)
        advisor.fit(model, X, y, epochs=40, seed=0)
        return saved(model)


def saved(model: Any) -> bytes:
    """Return a model's file."""
    import warnings

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "m.keras"
        model.save(path)
        return path.read_bytes()


def hand_in(
    course: Path, student: str, sort: str, factory: Factory, *, train: bool = False
) -> dict[str, bytes]:
    """Return the files that one student hands in."""
    from advisor.grading import marking, problems
    from advisor.grading.course import Course

    sheet = marking.sheet(Course(course).source(NAME), student)
    rng = random.Random(student)  # noqa: S311 - no secret
    files: dict[str, bytes] = {}
    answers: dict[str, Any] = {}
    for name, kind, _, spec, _ in sheet.questions:
        if kind in {"head", "score"}:
            problem = problems.find(spec["problem"])
            classes = spec.get("classes") or (2 if problem.task == "binary" else 1)
            wrong = sort == "classic mistakes" or (sort == "half right" and name == "q1")
            last, units = (_WRONG if wrong else _LASTS)[problem.task]
            units = units or classes
            loss = _LOSSES[problem.task]
            spelling = 0 if wrong else rng.randrange(3)
            files[f"{name}.keras"] = factory.model(problem.features, units, last, loss, spelling)
            if kind == "score" and train:
                drawn = marking.rows(spec)
                files[f"{name}.keras"] = factory.trained(
                    drawn.X_train, drawn.y_train, problem.task, classes
                )
        else:
            answers[name] = right_answer(kind, spec) if sort == "right" else "relu"
    return spoilt(files, answers, sort, rng)


def right_answer(kind: str, spec: dict[str, Any]) -> Any:
    """Return the right answer to a question without a model."""
    from advisor.grading import problems
    from advisor.grading.kinds import number
    from advisor.tasks import TASKS

    if kind == "number":
        return number.value(spec)
    row = TASKS[problems.find(spec["problem"]).task]
    name = row.last.value if spec["ask"] == "last" else row.loss.value
    letters = "abcdefgh"
    why = [letters[n] for n, one in enumerate(spec.get("why", ())) if one.get("right")]
    return [name, *why[:1]]


def spoilt(
    files: dict[str, bytes], answers: dict[str, Any], sort: str, rng: random.Random
) -> dict[str, bytes]:
    """Damage what is handed in, as its sort says."""
    if sort == "empty":
        return {"answers.json": b"{}"}
    if sort == "broken":
        page = b"<!DOCTYPE html>"
        files = {n: rng.choice([data[: len(data) // 2], b"", page]) for n, data in files.items()}
    if sort == "hostile":
        files = {name: with_lambda(data) for name, data in files.items()}
    if sort == "half right":
        files.pop("q5.keras", None)
    files["answers.json"] = json.dumps(answers).encode()
    return files


def with_lambda(data: bytes) -> bytes:
    """Name a layer that would run code; the file is only ever refused."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == "config.json":
                content = content.replace(b'"Dense"', b'"Lambda"', 1)
            new.writestr(entry, content)
    return out.getvalue()


def make(
    course: Path, students: int, *, for_keras: bool = False, train_every: int = 8
) -> list[str]:
    """Begin a course, prove its assignment, and hand in for so many students; return their ids."""
    advisor("new", NAME, course=course)
    ids = [f"{20260000 + n}" for n in range(1, students + 1)]
    rows = "".join(f"{one},Student {one},{'zh' if n % 2 else 'en'}\n" for n, one in enumerate(ids))
    (course / "students.csv").write_text("id,name,language\n" + rows, encoding="utf-8")
    advisor("render", NAME, course=course)
    factory = Factory(for_keras=for_keras)
    for number, student in enumerate(ids):
        sort = SORTS[number % len(SORTS)]
        train = sort == "right" and number % train_every == 0 and not for_keras
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        for name, data in hand_in(course, student, sort, factory, train=train).items():
            (folder / name).write_bytes(data)
    return ids


def advisor(action: str, *more: str, course: Path) -> str:
    """Run one action of `advisor assignment` as a process of its own."""
    command = [
        sys.executable,
        "-m",
        "advisor",
        "assignment",
        action,
        *more,
        "--course",
        str(course),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(done.stderr)
    return done.stdout


def timed(course: Path, *actions: str) -> Iterator[tuple[str, float]]:
    """Give how long each action takes, as a process, start-up included."""
    for action in actions:
        start = time.perf_counter()
        advisor(action, NAME, course=course)
        yield action, time.perf_counter() - start


def main(students: int = 300) -> None:
    """Print the times for a class whose models NumPy predicts, and for one that Keras must open."""
    for for_keras in (False, True):
        place = Path(tempfile.mkdtemp(prefix="advisor-classroom-"))
        try:
            course = place / "course"
            make(course, students, for_keras=for_keras)
            files = list((course / "submitted").rglob("*.keras"))
            took = dict(timed(course, "grade", "feedback", "export", "report"))
            who = "Keras must open" if for_keras else "NumPy predicts"
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            print(
                f"grading: {students} students, {len(files)} models that {who}: "
                + ", ".join(f"{action} {seconds:.1f} s" for action, seconds in took.items())
                + f"; grade and feedback {took['grade'] + took['feedback']:.1f} s"
                + f" (bar {300 if for_keras else 10} s); {most} MiB at most"
            )
        finally:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
