"""No student's code gets out, all of it ends in time, and none of it earns what it did not do."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from advisor.grading import executing, grader
from advisor.grading.collecting import submissions
from advisor.grading.course import Course
from advisor.grading.jail import ladder
from advisor.grading.nursery import Nursery
from advisor.grading.source import Limits

HERE = Path(__file__).parent
SECONDS = 1.5
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


def _beside(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiny_course, hostile = _beside("tiny_course"), _beside("hostile_scripts")


@pytest.fixture(scope="module", params=["A", "B"])
def rung(request, tmp_path_factory):
    found = ladder.probe(str(tmp_path_factory.getbasetemp()), request.param)
    if found.letter != request.param:
        pytest.skip(f"this machine has rung {found.letter}")
    return found


@pytest.fixture(scope="module")
def listener():
    """Somebody listens, and nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server.getsockname()[1]
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture(scope="module")
def where(tmp_path_factory, listener):
    """A course with a neighbour, a folder with a secret, a port: what a script may go for."""
    root = tmp_path_factory.mktemp("course")
    outside = tmp_path_factory.mktemp("home") / "outside"
    outside.mkdir()
    (outside / "secret").write_text("canary")
    files = {"answers.json": b'{"q3": "sigmoid"}', "q1.keras": b"PK", "stolen_module.py": b"q3 = 1"}
    tiny_course.lay_out(root, {"neighbour": files})
    neighbour = root / "submitted" / "neighbour" / "tiny" / "answers.json"
    return {
        "course": str(root),
        "neighbour": str(neighbour),
        "outside": str(outside),
        "port": listener,
        "folder": str(neighbour.parent),
    }


@pytest.fixture(scope="module")
def nursery(rung, where):
    os.environ["SECRET"] = "canary"  # noqa: S105 - none
    one = Nursery(Limits(seconds=SECONDS), rung, where["course"])
    del os.environ["SECRET"]
    before = everything(where), strays()
    yield one
    one.close()
    assert (everything(where), strays()) == before  # nothing was written, changed, or left behind


def everything(where):
    """Return what may not change: every file's bytes and rights."""
    found = {}
    for folder in (where["course"], Path(where["outside"]).parent):
        for path in sorted(Path(folder).rglob("*")):
            data = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (path.stat().st_mode, data)
    return found


def strays():
    places = ("/tmp/advisor-canary", "/dev/shm/canary", "/dev/shm/advisor-canary")  # noqa: S108
    return [one for one in places if os.path.exists(one)]  # noqa: PTH110


def run(nursery, code, question="q3", *, model=False):
    """Run a script; return how it ended, what was heard, and the seconds that it took."""
    name = "build_model" if model else question
    one = {"question": question, "file": "a.py", "name": name, "call": model, "model": model}
    nursery.greet()
    payload = executing.packed({"wanted": [one], "programs": {"a.py": [code]}}, {})
    start = time.monotonic()
    status, heard = nursery.run(payload)
    return status, heard, time.monotonic() - start


HONEST = "import numpy as np\nq3 = str(np.arange(3).sum())"


def is_well(nursery):
    status, heard, _ = run(nursery, HONEST)
    assert (status, heard[0][1]) == ("ended", b'"3"')


def test_nothing_that_is_tried_works(nursery, where):
    escaped, odd = [], []
    for name in hostile.HELD:
        status, heard, seconds = run(nursery, hostile.held(name, where))
        said = heard[0][1].decode() if heard else status
        if not said.startswith('"held: '):
            (escaped if "ESCAPED" in said else odd).append((name, status, said))
        assert seconds < SECONDS + 1, name
    assert (escaped, odd) == ([], [])
    is_well(nursery)


def test_everything_ends_in_time_and_harms_nobody(nursery, where):
    late = {}
    for name in hostile.ENDED:
        status, _, seconds = run(nursery, hostile.ended(name, where))
        assert status in {"ended", "timeout", "killed"}, name
        is_well(nursery)
        if seconds > SECONDS + 1:  # measured again: machines are noisy
            again = run(nursery, hostile.ended(name, where))[2]
            is_well(nursery)
            if again > SECONDS + 1:
                late[name] = (seconds, again)
    assert late == {}


def test_who_takes_too_much_is_stopped_before_its_time_is_up(nursery, where, monkeypatch):
    monkeypatch.setattr(nursery, "_limits", Limits(seconds=10))  # for slow disks
    unseen = []
    for name in hostile.WATCHED:
        status, _, _ = run(nursery, hostile.ended(name, where))
        is_well(nursery)
        if status == "timeout":
            unseen.append(name)
    assert unseen == []


GOOD = """
import joblib
import keras

assert joblib.Parallel(2)(joblib.delayed(int)(one) for one in "12") == [1, 2]  # in threads
assert joblib.effective_n_jobs(-1) == 1

def build_model(X, y):
    model = keras.Sequential(
        [keras.Input(X.shape[1:]), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, y, epochs=1, verbose=0)
    return model

q3 = "sig" + "moid"
"""


ERRS = json.dumps(
    {
        "cells": [
            {"cell_type": "code", "source": source}
            for source in ("import keras", "def build_model():\n    x = 1\n    return x / 0")
        ]
    }
).encode()


@pytest.fixture(scope="module")
def graded(rung, where, tmp_path_factory):
    """A class of cheats with an honest student among them."""
    root = tmp_path_factory.mktemp("cheats")
    own = where | {"course": str(root)}
    handed_in = {f"c{n:02}": hostile.cheat(name, own) for n, name in enumerate(hostile.CHEATS)}
    handed_in |= {"honest": GOOD}
    files = {name: {"tiny.py": code.encode()} for name, code in handed_in.items()}
    files["erring"] = {"tiny.ipynb": ERRS}
    files["neighbour"] = {"answers.json": b'{"q3": "sigmoid"}'}
    tiny_course.lay_out(root, files)
    toml = root / "source" / "tiny" / "assignment.toml"
    toml.write_text(toml.read_text().replace("seconds = 20", "seconds = 6"))
    course = Course(root)
    source, results = course.source("tiny"), course.results()
    means = grader.means_of(source, most=rung.letter)
    jobs = grader.jobs_of(source, submissions(root, "tiny"), results)
    try:
        grader.grade(jobs, source, results, means=means)
        yield {one.student: one for one in results.all("tiny")}
    finally:
        results.close()


def test_no_cheat_earns_anything(graded, rung):
    earned = {
        name: graded[f"c{n:02}"].points
        for n, name in enumerate(hostile.CHEATS)
        if graded[f"c{n:02}"].points
    }
    assert earned == {}
    assert all(one.whole for one in graded.values())  # an outcome for everyone
    assert {one.rung for one in graded.values()} == {rung.letter}


def test_an_honest_student_among_them_is_graded(graded):
    assert graded["honest"].points == 5
    assert "q1: build_model() of 'tiny.py' was run." in [str(one) for one in graded["honest"].notes]
    assert graded["neighbour"].points == 1


def test_an_error_is_told_with_its_line(graded):
    message = graded["erring"].marks[0].message
    assert "gave no answer: code cell 2, line 3: ZeroDivisionError" in message.en
    assert "没有得到答案：第 2 个代码单元第 3 行：ZeroDivisionError" in message.zh


@pytest.mark.parametrize("unprotected", [False, True])
def test_without_a_jail_code_waits_or_is_run_where_the_teacher_says_so(tmp_path, unprotected):
    course = Course(tiny_course.lay_out(tmp_path, {"honest": {"tiny.py": GOOD.encode()}}))
    source, results = course.source("tiny"), course.results()
    means = grader.means_of(source, most="C", unprotected=unprotected)
    try:
        jobs = grader.jobs_of(source, submissions(tmp_path, "tiny"), results)
        grader.grade(jobs, source, results, means=means)
        (one,) = results.all("tiny")
    finally:
        results.close()
    assert (one.points, one.whole, one.rung) == (5 * unprotected, unprotected, "C")


FULL = """
import os
os.umask(0); os.mkdir("a", 0o300)
for _ in range(1300): os.mkdir("d", 0o300); os.chdir("d")
try:
    for n in range(40): open(f"x{n}", "wb", 0).write(bytes(2**25))
except OSError: pass
os._exit(0)
"""


def test_who_fills_the_disk_leaves_room_for_the_next(nursery):
    for _ in range(6):
        run(nursery, FULL)
    code = "for n in range(6): open(f'x{n}', 'wb').write(bytes(2**25))\nq3 = '3'"
    status, heard, _ = run(nursery, code)
    assert (status, heard[0][1]) == ("ended", b'"3"')


FILES = """
import glob, os, pathlib, shutil, tempfile
import keras

def same(one, other):
    return all(getattr(one, f"st_{n}") == getattr(other, f"st_{n}") for n in ("ino", "size", "mode", "mtime_ns"))

inner = pathlib.Path("a/b/c")
for _ in range(2): inner.mkdir(parents=True, exist_ok=True)
(inner / "x").write_text("hello")
with open("a/b/c/x") as file:
    at = os.open("a/b", os.O_RDONLY)
    for one in (os.stat("a/b/c/x"), (inner / "x").resolve().stat(), os.stat("c/x", dir_fd=at),
                os.stat("a/b/../b//c/./x"), os.lstat("a/b/c/x"), os.stat(f"/proc/self/fd/{file.fileno()}")):
        assert same(one, os.fstat(file.fileno())) and one.st_size == 5
    assert same(os.stat("."), os.stat(os.getcwd())) and same(os.stat("c/..", dir_fd=at), os.fstat(at))
os.makedirs(os.path.join(os.getcwd(), "q/r"), exist_ok=True)
with tempfile.TemporaryDirectory() as other:
    shutil.copy("a/b/c/x", other)
    shutil.copytree("a", other + "/a")
    shutil.move(other + "/a", "moved")
assert not os.path.exists(other) and sorted(glob.glob("**/x", recursive=True)) == ["a/b/c/x", "moved/b/c/x"]
shutil.rmtree("moved")
for missing in ("moved", "a/b/c/x/y", "/etc/passwd", "/nowhere", str(pathlib.Path.home() / ".config")):
    assert not pathlib.Path(missing).exists() and not os.path.lexists(missing)
for there in ("/", keras.__file__, "/dev/null", "/proc/self/status"): assert os.path.exists(there)
library = next(one for one in glob.glob("/usr/lib/*/*.so*") if os.path.islink(one))
assert not same(os.lstat(library), os.stat(library)) and same(os.stat(library), os.stat(os.path.realpath(library)))
for name in ("", "x" * 300, "/".join("x" * 5000), "a" + chr(0xdc80)):
    try: os.stat(name)
    except OSError: continue
    raise AssertionError(name)
for name in ("a/b/c/x/", "a/b/c/x/.", "a/b/c/x/y"):
    try: os.stat(name)
    except NotADirectoryError: continue
    raise AssertionError(name)
q3 = "3"
"""


def test_an_honest_student_uses_files_as_anywhere(rung, where):
    one = Nursery(Limits(seconds=20), rung, where["course"])
    try:
        status, heard, _ = run(one, FILES)
    finally:
        one.close()
    assert (status, heard[0]) == ("ended", ({"question": "q3", "status": "value"}, b'"3"'))


SIGNALLED = """
import os, signal, time
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
end = time.monotonic() + 0.2
while time.monotonic() < end:
    try: os.stat(".")
    except InterruptedError: pass
"""


def test_what_is_answered_late_is_not_written_over_what_goes_on(nursery):
    """A call that a signal has ended no longer owns the memory that it named."""
    assert {run(nursery, SIGNALLED)[0] for _ in range(5)} == {"ended"}


def test_large_files_beside_the_code_are_no_fault_of_the_code(rung, where):
    one = Nursery(Limits(seconds=20, file_mb=100), rung, where["course"])
    asked = {"question": "q3", "file": "a.py", "name": "q3", "call": False, "model": False}
    plan = {"wanted": [asked], "programs": {"a.py": ["import time; time.sleep(0.2); q3 = 3"]}}
    beside = {f"rows{n}.csv": bytes(95 * 2**20) for n in range(3)}
    try:
        status, heard = one.run(executing.packed(plan, beside))
    finally:
        one.close()
    assert (status, heard[0][1]) == ("ended", b"3")
