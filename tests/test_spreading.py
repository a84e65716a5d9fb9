"""A faculty's submissions graded on a cluster are graded as on one machine, whatever is lost on the way."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import pickle
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from advisor import cli
from advisor import cluster as clusters
from advisor.errors import OptionError
from advisor.grading import frames, grader, proving, spreading, station
from advisor.grading.collecting import submissions
from advisor.grading.course import Course
from advisor.grading.handin import saved

_SPEC = importlib.util.spec_from_file_location(
    "tiny_course", Path(__file__).with_name("tiny_course.py")
)
tiny_course = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(tiny_course)
NAME = tiny_course.NAME
CODE = b"""import keras
def build_model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model
q3 = "sig" + "moid".lower()
"""


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as two,
        distributed.Client(two) as client,
    ):
        yield client


def handed_in(keras):
    """Models that NumPy predicts, that Keras must open, that are damaged; code; nothing."""
    layers = keras.layers

    def model(*middle, last="sigmoid"):
        net = keras.Sequential([keras.Input((2,)), *middle, layers.Dense(1, activation=last)])
        net.compile("adam", "binary_crossentropy")
        return saved(net)

    right, wrong = model(layers.Dense(8, "relu")), model(last="relu")
    convolved = model(layers.Reshape((2, 1)), layers.Conv1D(4, 1), layers.Flatten())
    sorts = (
        {"q1.keras": right, "q2.keras": right, "answers.json": b'{"q3": "sigmoid"}'},
        {"q1.keras": right, "q2.keras": wrong, "answers.json": b'{"q3": "softmax"}'},
        {"q1.keras": convolved, "q2.keras": right[:900], "answers.json": b"{"},
        {"tiny.py": CODE},
        {},
    )
    found = {f"s{number:02}": sorts[number % len(sorts)] for number in range(29)}
    return found | {"s29": {"q1.keras": bytes(2**24)}}  # more than Dask takes without a warning


def grade(root, client=None, kept=lambda results: None, **more):
    """Grade a course; `kept` is told after each result."""
    course = Course(root)
    source, results = course.source(NAME), course.results()
    keep = results.keep

    def told(result, **how):
        keep(result, **how)
        kept(results)

    results.keep = told
    try:
        jobs = grader.jobs_of(source, submissions(root, NAME), results)
        return grader.grade(jobs, source, results, cluster=client, **more)
    finally:
        results.close()


def rows(root):
    """Return all that stands in the results file."""
    base = sqlite3.connect(root / "grades.sqlite")
    found = base.execute("SELECT * FROM results ORDER BY student, sha256").fetchall()
    base.close()
    return found


@pytest.fixture(scope="module")
def course(keras, tmp_path_factory):
    """A course graded on this machine, alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        root = tiny_course.lay_out(tmp_path_factory.mktemp("course"), handed_in(keras))
        assert grade(root) == 30
    return root


@pytest.fixture
def fresh(course, tmp_path):
    ignored = shutil.ignore_patterns("grades.sqlite*")
    return shutil.copytree(course, tmp_path / "course", ignore=ignored)


def test_the_command_line_grades_on_a_cluster_and_gives_back_the_same_bytes(
    course, fresh, cluster, monkeypatch, capsys
):
    monkeypatch.setattr(proving, "proved", lambda source: True)
    address = cluster.scheduler.address
    given = ["assignment", "grade", NAME, "--cluster", address, "--course", str(fresh)]
    assert cli.main(given) == 0
    assert "30 graded" in capsys.readouterr().out
    assert rows(fresh) == rows(course)
    for root in (course, fresh):
        for action in ("feedback", "export"):
            assert cli.main(["assignment", action, NAME, "--course", str(root)]) == 0
    for kind in ("*.html", "*.csv"):
        files = sorted(one.relative_to(course) for one in course.rglob(kind))
        assert files
        assert all((fresh / one).read_bytes() == (course / one).read_bytes() for one in files)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_that_is_killed_halfway_costs_nothing_and_leaves_nobody(course, fresh, cluster):
    before = set(cluster.run(os.getpid).values())
    victim, kept, family = min(before), [], []

    def kill(results):
        kept.append(results)
        if len(kept) == 8:
            family.extend(one for one in descendants(victim) if one[1])  # else it is ending
            os.kill(victim, signal.SIGKILL)

    assert grade(fresh, cluster, kill) == 30
    assert rows(fresh) == rows(course)
    assert any("station" in name for _, name in family)
    end = time.monotonic() + 10
    while any(name == command(one) for one, name in family) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [name for one, name in family if name == command(one)]


def descendants(process_id):
    """Return the processes below one, each with its command."""
    found = []
    for task in Path(f"/proc/{process_id}/task").iterdir():
        for one in map(int, (task / "children").read_text("ascii").split()):
            found += [(one, command(one)), *descendants(one)]
    return found


def command(process_id):
    try:
        return Path(f"/proc/{process_id}/cmdline").read_text("utf-8")
    except OSError:
        return ""


def test_what_is_interrupted_goes_on_from_there(course, fresh, cluster):
    kept = []

    def interrupt(results):
        kept.append(results)
        if len(kept) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(fresh, cluster, interrupt)
    assert len(rows(fresh)) == 7
    assert grade(fresh, cluster) == 23
    assert rows(fresh) == rows(course)


def test_a_worker_that_would_give_other_bytes_is_refused(fresh, cluster, monkeypatch):
    own = station.like
    monkeypatch.setattr(station, "like", lambda means: own(means) | {"keras": "3.99"})
    with pytest.raises(
        OptionError, match=r"A worker has keras [\d.]+, this machine 3.99"
    ) as caught:
        grade(fresh, cluster)
    assert "\n" not in str(caught.value)
    assert rows(fresh) == []


def test_a_worker_does_not_climb_above_the_teachers_rung(fresh, cluster):
    source = Course(fresh).source(NAME)
    means = grader.means_of(source, most="D")
    for folder in (fresh / "submitted").iterdir():
        if folder.name not in {"s00", "s01"}:  # which need no Keras
            shutil.rmtree(folder)
    assert grade(fresh, cluster, means=means) == 2
    assert all('"rung":"D"' in row[4] for row in rows(fresh))


def test_a_station_keeps_the_limits_of_the_assignment_that_it_is_at(fresh, monkeypatch):
    limits = []
    gathered = station.team.gathered

    def noted(source, means, workers):
        limits.append(source.limits.seconds)
        return gathered(source, means, workers)

    monkeypatch.setattr(station.team, "gathered", noted)
    course = Course(fresh)
    toml = fresh / "source" / NAME / "assignment.toml"
    sources, asked = [course.source(NAME)], io.BytesIO()
    toml.write_text(toml.read_text("utf-8").replace("seconds = 20", "seconds = 7"), "utf-8")
    sources.append(course.source(NAME))
    results = course.results()
    for one in (sources[0], sources[0], sources[1]):
        folders = [found for found in submissions(fresh, NAME) if found[0] == "s01"]
        means = grader.means_of(one, most="B")
        header = spreading.Stations(None, one, means)._asked
        payload = pickle.dumps(list(grader.jobs_of(one, folders, results)))
        frames.write_frame(asked, header, payload)
    results.close()
    asked.seek(0)
    monkeypatch.setattr(station, "_comes", lambda source: True)
    station.serve(asked, told := io.BytesIO())
    told.seek(0)
    answers = [json.loads(frames.read_frame(told, station.MOST)[1]) for _ in range(3)]
    assert [len(one) for one in answers] == [1, 1, 1]
    assert limits == [20, 7]


def test_a_station_that_ends_each_time_is_told_in_one_line(monkeypatch):
    started = []

    def ends():
        process = spreading.subprocess.Popen(
            [sys.executable, "-c", "pass"],
            stdin=spreading.subprocess.PIPE,
            stdout=spreading.subprocess.PIPE,
        )
        started.append(process)
        return process

    monkeypatch.setattr(spreading, "_started", ends)
    answer = spreading._there({}, b"")
    assert len(started) == 2
    for process in started:
        process.communicate()
    stations = spreading.Stations.__new__(spreading.Stations)
    with pytest.raises(OptionError, match="A process that grades ended 2 times on a worker"):
        list(stations._results(*answer))


def test_a_cluster_without_workers_is_told_in_one_line(fresh, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(clusters, "_PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as none,
        distributed.Client(none) as client,
        pytest.raises(OptionError, match="The cluster has no worker any more"),
    ):
        grade(fresh, client)
    assert rows(fresh) == []


def test_a_worker_without_advisor_is_told_before_it_is_asked(fresh, cluster, monkeypatch, capsys):
    monkeypatch.setattr(proving, "proved", lambda source: True)
    monkeypatch.setattr(clusters, "find_spec", lambda name: None)
    address = cluster.scheduler.address
    given = ["assignment", "grade", NAME, "--cluster", address, "--course", str(fresh)]
    assert cli.main(given) == 2
    assert "There is no advisor at" in capsys.readouterr().err


def test_without_dask_the_command_line_says_what_to_install(fresh, monkeypatch, capsys):
    monkeypatch.setattr(proving, "proved", lambda source: True)
    monkeypatch.setitem(sys.modules, "distributed", None)
    given = ["assignment", "grade", NAME, "--cluster", "tcp://x:1", "--course", str(fresh)]
    assert cli.main(given) == 2
    assert 'pip install "keras-advisor[cluster]"' in capsys.readouterr().err
