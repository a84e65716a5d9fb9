"""Grading loses nothing, doubles nothing and leaves nothing behind, whatever dies.

ADVISOR_KILLS says how often the grader is killed (default: 8).
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from advisor.grading.handin import saved
from advisor.grading.jail import ladder
from advisor.grading.judgement import CannotRunError
from advisor.grading.nursery import GoneError, Nursery
from advisor.grading.source import Limits

ROOT = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("ADVISOR_KILLS", "8"))
_SPEC = importlib.util.spec_from_file_location(
    "tiny_course", Path(__file__).with_name("tiny_course.py")
)
tiny_course = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tiny_course)
NAME = tiny_course.NAME
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
GRADE = """
import json, mmap, os, signal, sys
from pathlib import Path

told = json.loads(sys.argv[2])
if told.get("no fork"):  # as on Windows
    del os.fork
    sys.modules["resource"] = sys.modules["fcntl"] = None
if told.get("no keras"):
    os.environ["PYTHONPATH"] = sys.argv[1] + "-no-keras"
    os.mkdir(os.environ["PYTHONPATH"])
    Path(os.environ["PYTHONPATH"], "keras.py").write_text("raise ImportError('no such luck')")
from advisor.errors import AdvisorError
from advisor.grading import grader, marking, nursery, worker
from advisor.grading.collecting import submissions
from advisor.grading.course import Course

judge, tries = marking.mark, mmap.mmap(-1, 16)
worker._STATIC = told.get("seconds", 60.0)

def flood():
    ends = [int(name) for name in os.listdir("/proc/self/fd")]
    pipes = [end for end in ends if end > 2 and os.path.exists(f"/proc/self/fd/{end}")]
    pipes = [end for end in pipes if os.readlink(f"/proc/self/fd/{end}").startswith("pipe:")]
    while True:
        os.write(max(pipes), bytes(2**20))

def loop():
    while True:
        pass

def eat():
    all = []
    while True:
        all.append(bytearray(2**28))

ills = {
    "abort": os.abort, "segv": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "exit": lambda: sys.exit(0), "_exit": lambda: os._exit(0), "flood": flood, "loop": loop,
    "eat": eat, "write": lambda: Path(sys.argv[1], "x").write_bytes(bytes(99)),
    "once": lambda: tries[int(0)] > 1 or os.abort(),
}

def mark(asked, *more):
    ill = told.get("ills", {}).get(asked.student)
    if ill:
        tries[0] += 1
        ills[ill]()
    return judge(asked, *more)

marking.mark = mark
course = Course(Path(sys.argv[1]))
source = course.source("tiny")
results = course.results()
folders = submissions(course.root, "tiny")
if told.get("backwards"):
    folders.reverse()
jobs = grader.jobs_of(source, folders, results, again=told.get("again", False))
try:
    done = grader.grade(jobs, source, results, workers=told.get("workers", 2), again=told.get("again", False))
    print(json.dumps({"graded": done, "tries": tries[0]}))
except AdvisorError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)
finally:
    results.close()
"""


def files_of(keras):
    """Give three models: NumPy predicts two, Keras must open the third."""
    layers = keras.layers

    def model(*middle, last="sigmoid"):
        net = keras.Sequential([keras.Input((2,)), *middle, layers.Dense(1, activation=last)])
        net.compile("adam", "binary_crossentropy")
        return saved(net)

    keras.utils.set_random_seed(0)
    convolved = (layers.Reshape((2, 1)), layers.Conv1D(4, 1), layers.Flatten())
    return model(layers.Dense(8, "relu")), model(last="relu"), model(*convolved)


@pytest.fixture(scope="module")
def models(keras):
    return files_of(keras)


def begin(root, models, students=12, *, with_keras=()):
    """Lay out a course whose students hand in what is right, wrong, damaged or nothing."""
    right, wrong, convolved = models
    handed_in = {}
    for number in range(students):
        first = convolved if number in with_keras else right
        handed_in[f"s{number:02}"] = {
            "q1.keras": first[:900] if number % 5 == 3 else first,
            "q2.keras": wrong if number % 2 else right,
            "answers.json": b'{"q3": "sigmoid"}' if number % 3 else b"{",
        }
    return tiny_course.lay_out(root, handed_in)


@pytest.fixture(scope="module")
def course(models, tmp_path_factory):
    """A course that was graded without a hitch, by one worker."""
    root = begin(tmp_path_factory.mktemp("course"), models)
    assert grade(root, workers=1)["graded"] == 12
    return root


@pytest.fixture(scope="module")
def keras_course(models, tmp_path_factory):
    root = begin(tmp_path_factory.mktemp("keras"), models, 5, with_keras=(0, 1, 2, 4))
    assert grade(root, workers=1)["graded"] == 5
    texts = [json.loads(text) for _, text, _ in rows(root).values()]
    assert [one["marks"][0]["status"] for one in texts].count("correct") == 4
    return root


@pytest.fixture
def fresh(course, tmp_path):
    return copied(course, tmp_path / "course")


def copied(course, place):
    shutil.copytree(course, place, ignore=shutil.ignore_patterns("grades.sqlite*"))
    return place


def started(root, **told):
    """Start a grader; what it makes for a while lies beside the course."""
    scratch = root.parent / f"{root.name}-tmp"
    scratch.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", GRADE, str(root), json.dumps(told)],
        env=os.environ | {"TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def grade(root, status=0, **told):
    """Grade until it ends; return what it tells, and see that nothing is left behind."""
    process = started(root, **told)
    out, err = process.communicate(timeout=120)
    assert process.returncode == status, err
    assert left(root) == []
    return json.loads(out) if status == 0 else err


def left(root):
    return list((root.parent / f"{root.name}-tmp").iterdir())


def rows(root):
    """Return every result by student; none may be there twice."""
    base = sqlite3.connect(root / "grades.sqlite")
    found = base.execute("SELECT student, sha256, result, final FROM results").fetchall()
    base.close()
    assert len({row[:2] for row in found}) == len(found)
    return {student: (sha, text, final) for student, sha, text, final in found}


def children(process_id):
    """Return all descendants of a process."""
    found = []
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text("ascii")
        for one in map(int, listed.split()):
            found += [one, *children(one)]
    return found


def gone(processes, seconds=5.0):
    """Wait until processes have ended; say whether they have."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(_runs(one) for one in processes):
            return True
        time.sleep(0.01)
    return False


def _runs(process_id):
    try:
        text = Path(f"/proc/{process_id}/stat").read_text("ascii")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


@linux
def test_a_grader_killed_at_any_moment_loses_nothing_doubles_nothing_and_leaves_nobody(
    course, fresh
):
    rng = random.Random(KILLS)  # noqa: S311 - no secret
    kills = 0
    while kills < KILLS:
        process = started(fresh)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.3, 1.5))
        tree = children(process.pid)
        whom = rng.choice((1, len(tree) + 1))  # the grader alone, or everybody
        for one in [process.pid, *tree][:whom]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.communicate()
        assert gone(tree)
        kills += 1
        if process.returncode == 0:  # it was through before
            assert rows(fresh) == rows(course)
            (fresh / "grades.sqlite").unlink()
    grade(fresh)
    assert rows(fresh) == rows(course)


@linux
def test_what_keras_opens_survives_kills_of_the_grader_its_nursery_and_its_children(
    keras_course, tmp_path
):
    root = copied(keras_course, tmp_path / "course")
    for whom in ("grader", "nursery", "everybody"):
        process = started(root, workers=1)
        tree = []
        while process.poll() is None and not any(_nursery(one) for one in tree):
            time.sleep(0.05)
            tree = children(process.pid)
        time.sleep(1.0)
        tree = children(process.pid)
        victims = {
            "grader": [process.pid],
            "nursery": [one for one in tree if _nursery(one)][:1],
            "everybody": [process.pid, *tree],
        }[whom]
        for one in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.communicate()
        assert gone(tree)
        if whom != "everybody":
            assert left(root) == []
        if whom == "nursery":
            assert process.returncode == 0
            assert rows(root) == rows(keras_course)
            (root / "grades.sqlite").unlink()
    shutil.rmtree(root / "submitted" / "s01")
    grade(root, workers=2, backwards=True)  # and with other neighbours
    assert rows(root) == {one: row for one, row in rows(keras_course).items() if one != "s01"}


def _nursery(process_id):
    with contextlib.suppress(OSError):
        return b"advisor.grading.opening" in Path(f"/proc/{process_id}/cmdline").read_bytes()
    return False


@linux
def test_a_submission_whose_process_dies_is_set_aside_and_disturbs_nobody(course, fresh):
    names = ("abort", "segv", "exit", "_exit", "flood", "loop", "eat", "write")
    ills = {f"s{number:02}": name for number, name in enumerate(names)}
    assert grade(fresh, ills=ills, seconds=2.0) == {"graded": 12, "tries": 2 * len(names)}
    whole, found = rows(course), rows(fresh)
    assert {one for one in found if found[one] != whole[one]} == set(ills)
    for student in ills:
        result = json.loads(found[student][1])
        assert {mark["status"] for mark in result["marks"]} == {"not graded"}
        assert "No mark is lost by it" in result["notes"][0]["en"]
        assert found[student][2] == 0
    assert grade(fresh, ills=ills) == {"graded": 0, "tries": 0}
    assert rows(fresh) == found
    assert grade(fresh, again=True)["graded"] == 12
    assert rows(fresh) == whole


@linux
def test_a_process_that_dies_once_costs_nothing(course, fresh):
    assert grade(fresh, ills={"s03": "once"})["tries"] == 2
    assert rows(fresh) == rows(course)


def test_results_are_the_same_bytes_in_any_order_with_any_neighbours(course, fresh):
    shutil.rmtree(fresh / "submitted" / "s02")
    grade(fresh, workers=3, backwards=True)
    whole = rows(course)
    del whole["s02"]
    assert rows(fresh) == whole


def test_regrading_is_the_same_bytes(fresh):
    assert grade(fresh)["graded"] == 12
    assert grade(fresh, again=True)["graded"] == 12
    base = sqlite3.connect(fresh / "grades.sqlite")
    pairs = base.execute(
        "SELECT r.result, p.result FROM results r JOIN proposals p USING (student, sha256)"
    ).fetchall()
    base.close()
    assert len(pairs) == 12
    assert all(old == new for old, new in pairs)


@linux
def test_two_graders_at_once_share_the_work(course, fresh):
    both = [started(fresh), started(fresh)]
    told = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert rows(fresh) == rows(course)


@linux
def test_ctrl_c_ends_everything_at_once(keras_course, tmp_path):
    root = copied(keras_course, tmp_path / "course")
    process = started(root)
    tree = []
    while not any(_nursery(one) for one in tree):
        time.sleep(0.05)
        tree = children(process.pid)
    time.sleep(0.5)
    tree = children(process.pid)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (130, "")
    assert gone(tree)
    assert time.monotonic() - start < 4
    assert left(root) == []


def test_without_fork_grading_gives_the_same(keras_course, tmp_path):
    root = copied(keras_course, tmp_path / "course")
    grade(root, **{"no fork": True})
    found, whole = rows(root), rows(keras_course)
    assert all(json.loads(text)["rung"] == "D" for _, text, _ in found.values())
    assert {one: _of_any_rung(text) for one, (_, text, _) in found.items()} == {
        one: _of_any_rung(text) for one, (_, text, _) in whole.items()
    }


def _of_any_rung(text):
    return re.sub('"rung":"[A-D]"', "", text)


@pytest.mark.parametrize("more", [{}, {"no fork": True}], ids=["fork", "no fork"])
def test_where_keras_cannot_be_started_the_rest_is_graded_and_the_others_wait(
    keras_course, tmp_path, more
):
    root = copied(keras_course, tmp_path / "course")
    error = grade(root, status=2, **{"no keras": True}, **more)
    assert error.count("\n") == 1
    assert "Keras cannot be started (ImportError: no such luck); 4 submissions need it" in error
    assert rows(root).keys() == {"s03"}
    if not more:
        grade(root, workers=1)
        assert rows(root) == rows(keras_course)


def test_names_that_are_no_text_break_nothing(fresh):
    try:
        os.mkdir(os.fsencode(fresh / "submitted") + b"/s\xff")  # noqa: PTH102 - any bytes
        os.mkdir(os.fsencode(fresh / "submitted") + b"/s\xff/tiny")  # noqa: PTH102
    except OSError:
        pytest.skip("this file system takes names of text only")
    (fresh / "submitted" / "s00" / NAME / "answers.json").write_text('{"q3": "\\ud800"}', "utf-8")
    assert grade(fresh)["graded"] == 13
    assert all(final for _, _, final in rows(fresh).values())


ROWS = np.linspace(-1, 1, 600).reshape(300, 2)


@pytest.fixture(scope="module")
def nursery():
    one = Nursery(Limits(seconds=3), ladder.probe(str(ROOT / "tests"), "B"), str(ROOT / "tests"))
    yield one
    one.close()


@linux
def test_the_nursery_forks_from_one_thread_and_ends_its_children_in_time(nursery, keras, models):
    layers = keras.layers
    nursery.greet()
    # a thread that another process forks from under would leave its locks behind
    assert len(os.listdir(f"/proc/{nursery._process.pid}/task")) == 1  # noqa: PTH208
    stack = [layers.Conv1D(64, 64, padding="same") for _ in range(3)]
    slow = keras.Sequential(
        [keras.Input((2,)), layers.Reshape((2, 1)), layers.UpSampling1D(4000), *stack]
    )
    broad = keras.Sequential([keras.Input((2,)), layers.RepeatVector(50_000_000)])  # 100 GB
    start = time.monotonic()
    with pytest.raises(CannotRunError, match="took more than 3 s"):
        nursery.ask("outputs", saved(slow), ROWS)
    assert time.monotonic() - start < 9  # twice the limit where other programs compute as well
    with pytest.raises(CannotRunError, match="wanted more memory or disk"):
        nursery.ask("outputs", saved(broad), ROWS)
    with pytest.raises(CannotRunError, match="Keras cannot run the model: ") as caught:
        nursery.ask("outputs", models[2], ROWS[:, :1])
    assert "\n" not in str(caught.value)
    assert nursery.ask("outputs", models[2], ROWS).shape == (300, 1)


@linux
def test_a_model_killed_from_outside_is_a_failure_of_our_own(nursery, keras):
    layers = keras.layers
    endless = keras.Sequential([keras.Input((2,)), layers.RepeatVector(100_000), layers.LSTM(8)])
    nursery.greet()
    data = saved(endless)
    script = (
        "import os, pathlib, sys, time\n"
        "own = pathlib.Path(f'/proc/{sys.argv[1]}/task/{sys.argv[1]}/children')\n"
        "while not (found := own.read_text().split()): time.sleep(0.01)\n"
        "os.kill(int(found[0]), 9)"
    )
    killer = subprocess.Popen([sys.executable, "-c", script, str(nursery._process.pid)])
    with pytest.raises(GoneError, match="killed from outside"):
        nursery.ask("outputs", data, ROWS)
    killer.wait()
    nursery._process.kill()
    with pytest.raises(GoneError):
        nursery.ask("outputs", data, ROWS)
    nursery._process.wait(5)
    assert not nursery.alive


CONFINED = """
import json, os, resource, sys, tempfile
from advisor.grading import opening
place = tempfile.mkdtemp()
reading, writing = os.pipe()
if os.fork() == 0:
    limits = {"seconds": 2.5, "memory_mb": 4096, "file_bytes": 0}
    opening._confine(limits, place, os.getppid(), {writing})
    limits = {name: resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0]
              for name in ("CORE", "CPU", "FSIZE", "NOFILE", "AS")}
    told = {"limits": limits, "names": sorted(os.environ), "cwd": os.getcwd() == place,
            "open": sorted(map(int, os.listdir("/proc/self/fd"))), "own session": os.getsid(0) == os.getpid(), "temporary": tempfile.gettempdir() == place}
    os.write(writing, json.dumps(told).encode())
    os._exit(0)
os.wait()
print(os.read(reading, 65536).decode())
os.rmdir(place)
"""


@linux
def test_the_child_that_opens_a_model_is_bounded_and_sees_no_environment():
    done = subprocess.run(
        [sys.executable, "-c", CONFINED],
        env={"PYTHONPATH": str(ROOT), "SECRET": "1", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["limits"] == {
        "CORE": 0,
        "CPU": 3,
        "FSIZE": 2**26,
        "NOFILE": 256,
        "AS": 2**32,
    }
    assert told["names"] == ["HOME", "MPLBACKEND", "PATH", "TMPDIR"]
    assert len(told["open"]) == 5  # three of them to nowhere, the answer's, and the one that lists
    assert told["cwd"]
    assert told["own session"]
    assert told["temporary"]
