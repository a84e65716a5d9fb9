"""A study in pieces is the study: on a cluster, on processes, and after an interruption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import advisor
from advisor import chunks, keeping, study
from advisor.errors import AdvisorWarning, OptionError

HIDDEN = ("relu", "tanh")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Two seeds a chunk."""
    monkeypatch.setattr(study, "_MOST", 4.1)
    monkeypatch.setattr(study, "_HALF", 10**9)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, processes=True, dashboard_address=":0") as two,
        distributed.Client(two) as client,
    ):
        yield client


def compare(**options):
    options = {"hidden": HIDDEN, "seeds": 12, "epochs": 3, **options}
    return advisor.compare("multiclass", **options)


def numbers(found):
    return [
        (one.label, r.seed, r.score, r.constant, r.losses.tobytes(), r.flow.tobytes(), r.diverged)
        for one in found.alternatives
        for r in one.runs
    ]


@pytest.fixture(scope="module")
def whole(keras):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "_MOST", 4.1)
        patch.setattr(study, "_HALF", 10**9)
        return numbers(compare())


@pytest.fixture
def trained(monkeypatch):
    """List the chunks that are trained in this process, one after the other."""
    monkeypatch.setattr(joblib, "cpu_count", lambda: 1)
    found, train = [], study.Study.train

    def noted(self, chunk):
        found.append(len(chunk))
        return train(self, chunk)

    noted.__module__, noted.__qualname__ = train.__module__, train.__qualname__
    monkeypatch.setattr(study.Study, "train", noted)
    return found


def after(count, then, monkeypatch):
    """Do something when so many chunks are finished."""
    save, finished = keeping.save, []

    def saved(key, result):
        save(key, result)
        finished.append(key)
        if len(finished) == count:
            then()

    monkeypatch.setattr(keeping, "save", saved)
    return finished


# --- elsewhere


def test_a_cluster_gives_the_numbers_of_one_process(whole, cluster, monkeypatch):
    finished = after(-1, None, monkeypatch)
    with joblib.parallel_config(backend="dask"):
        assert numbers(compare()) == whole
    assert len(finished) == 6


@pytest.mark.parametrize("backend", [pytest.param("loky", marks=pytest.mark.slow), "threading"])
def test_processes_and_threads_of_this_machine_give_them_too(backend, whole):
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert numbers(compare()) == whole


def test_a_worker_of_several_threads_imports_keras_once(whole):
    """Dask's own default; two threads begin at the same moment."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=4, processes=True, dashboard_address=":0"
        ) as one,
        distributed.Client(one),
        joblib.parallel_config(backend="dask"),
    ):
        assert numbers(compare()) == whole


def test_what_dask_gives_up_is_told():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, processes=True, dashboard_address=":0") as one,
        distributed.Client(one) as client,
    ):
        client.run_on_scheduler(
            lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0)
        )
        with (
            joblib.parallel_config(backend="dask"),
            pytest.raises(OptionError, match=r"The workers were lost \(KilledWorker"),
        ):
            chunks.each(os._exit, [(1,), (2,)], "x")


def test_a_function_of_ones_own_goes_with_them(cluster):
    own = {"hidden": lambda x: 0.7 * x, "seeds": 5, "epochs": 2}
    alone = compare(**own)
    with joblib.parallel_config(backend="dask"):
        assert numbers(compare(**own)) == numbers(alone)


def test_a_function_that_the_cluster_cannot_import_is_told(cluster, tmp_path, monkeypatch):
    (tmp_path / "own_shapes.py").write_text("def bent(x):\n    return 0.7 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    from own_shapes import bent

    with (
        joblib.parallel_config(backend="dask"),
        pytest.raises(OptionError, match=r"No module named 'own_shapes'.* Install there"),
    ):
        compare(hidden=bent, seeds=2, epochs=1)


def test_experiments_on_the_lecture_go_there_as_well(cluster):
    alone = advisor.lab("softmax-output", seeds=2)
    with joblib.parallel_config(backend="dask"):
        spread = advisor.lab("softmax-output", seeds=2)
    assert [one.values for one in spread.numbers] == [one.values for one in alone.numbers]


def test_the_command_line_names_the_cluster(cluster, capsys):
    from advisor.cli import main

    address = cluster.scheduler.address
    given = ["compare", "--cluster", address, "--seeds", "5", "--epochs", "2", "--json"]
    assert main([*given, "multiclass"]) == 0
    assert '"alternatives"' in capsys.readouterr().out


def test_a_cluster_gives_them_when_a_worker_is_killed_halfway(whole, cluster, monkeypatch):
    before = set(cluster.run(os.getpid).values())
    victim = min(before)
    after(2, lambda: os.kill(victim, signal.SIGKILL), monkeypatch)
    with joblib.parallel_config(backend="dask"):
        assert numbers(compare()) == whole
    cluster.wait_for_workers(2)
    assert set(cluster.run(os.getpid).values()) != before


def test_where_nothing_answers_is_said_in_one_line(capsys, monkeypatch):
    pytest.importorskip("distributed")
    from advisor import cluster as clusters
    from advisor.cli import main

    monkeypatch.setattr(clusters, "_WAIT", 0.5)
    for address in ("tcp://127.0.0.1:9", "no address"):
        assert main(["lab", "softmax-output", "--cluster", address]) == 2
        assert capsys.readouterr().err.startswith("advisor: No Dask scheduler answers at")


def test_workers_that_die_again_and_again_are_told():
    with (
        joblib.parallel_config(backend="loky", n_jobs=2),
        pytest.raises(OptionError, match="workers were lost"),
    ):
        chunks.each(os._exit, [(1,), (2,)], "dying")


def test_a_process_that_would_give_other_numbers_is_refused(keras):
    *settings, versions = chunks._like()
    chunks._adopt([*settings, versions])
    other = "jax" if settings[-1] != "jax" else "tensorflow"
    with pytest.raises(OptionError, match=f"Start the workers with KERAS_BACKEND={other}"):
        chunks._adopt([*settings[:-1], other, versions])
    with pytest.raises(OptionError, match=r"has keras .*, this process 0\.1: .* same versions"):
        chunks._adopt([*settings, [[p, "0.1" if p == "keras" else v] for p, v in versions]])


def test_a_process_takes_the_settings_of_the_one_that_asks(keras):
    before = chunks._like()
    try:
        chunks._adopt(["float64", "float64", 1e-6, "channels_first", *before[4:]])
        assert keras.config.floatx() == "float64"
        assert keras.config.epsilon() == 1e-6
    finally:
        chunks._adopt(before)
    assert chunks._like() == before


# --- interrupted


def test_an_interrupted_study_goes_on_from_there(whole, tmp_path, trained, monkeypatch):
    def stop():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after(3, stop, patch)
        with pytest.raises(KeyboardInterrupt):
            compare(keep=tmp_path / "study")
    assert len(list((tmp_path / "study").iterdir())) == 3
    trained.clear()
    assert numbers(compare(keep=tmp_path / "study")) == whole
    assert len(trained) == 3
    assert numbers(compare(keep=tmp_path / "study")) == whole
    assert len(trained) == 3


def test_a_killed_study_loses_at_most_the_chunk_in_flight(tmp_path, trained):
    options = {"hidden": HIDDEN, "seeds": 24, "epochs": 5, "keep": str(tmp_path)}
    code = (
        "import advisor; from advisor import study; study._MOST, study._HALF = 4.1, 10**9\n"
        f"advisor.compare('multiclass', **{options})"
    )
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", code]) as process:
        while len(list(tmp_path.glob("*.json"))) < 3 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    kept = len(list(tmp_path.glob("*.json")))
    assert 3 <= kept < 12
    compare(**options)
    assert len(trained) == 12 - kept


def test_more_seeds_take_what_is_there(tmp_path, trained):
    compare(keep=tmp_path, seeds=6)
    compare(keep=tmp_path, seeds=12)
    assert len(trained) == 6


def steep(slope):
    from keras import ops

    @ops.custom_gradient
    def step(x):
        def grad(*given, upstream=None):
            return (upstream if upstream is not None else given[0]) * slope

        return ops.cast(x > 0, "float32"), grad

    return step


def test_functions_of_the_same_values_and_other_gradients_are_two(tmp_path):
    found = [
        numbers(compare(hidden=steep(slope), seeds=2, epochs=2, keep=keep))
        for slope, keep in ((0.1, tmp_path), (2.0, tmp_path), (2.0, None), (0.1, tmp_path))
    ]
    assert found[1] == found[2] != found[0]
    assert found[3] == found[0]


KEY = """
from advisor.study import Setting
a = 0.5
print(Setting(lambda x: a * x, "he_normal", 1, 2, 0.1).key())
"""


def test_a_function_has_the_same_key_in_the_next_process():
    run = [sys.executable, "-c", KEY]
    first, again = (subprocess.run(run, capture_output=True, check=True).stdout for _ in "12")
    assert first == again


@pytest.mark.parametrize("other", [{"epochs": 4}, {"units": 31}, {"hidden": lambda x: 0.4 * x}])
def test_another_study_takes_nothing_from_the_folder(other, tmp_path, trained):
    small = {"hidden": lambda x: 0.5 * x, "seeds": 2, "epochs": 2, "keep": tmp_path}
    compare(**small)
    compare(**(small | other))
    assert len(trained) == 2


def test_other_rows_take_nothing_from_the_folder(tmp_path, trained):
    data = advisor.load("iris")
    for scale in (1.0, 1.001):
        X = data.X_train * scale
        advisor.compare(X=X, y=data.y_train, hidden="relu", seeds=2, epochs=1, keep=tmp_path)
    assert len(trained) == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"result": {"array": "!"}}', b"\xff\xfe"])
def test_a_damaged_file_is_told_and_made_again(damage, tmp_path, trained):
    small = {"seeds": 2, "epochs": 2, "keep": tmp_path}
    first = compare(**small)
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(damage)
    with pytest.warns(AdvisorWarning, match="is damaged"):
        assert numbers(compare(**small)) == numbers(first)
    compare(**small)
    assert len(trained) == 2


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(tmp_path, trained):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "folder", 3.5, ""):
        with pytest.raises(OptionError, match="Nothing can be kept in"):
            compare(keep=folder)
    assert trained == []


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OptionError, match="No space left on device"):
        compare(seeds=2, epochs=2, keep=tmp_path)
    assert list(tmp_path.iterdir()) == []


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | arrays.arrays(
        st.sampled_from(["<f4", "<f8", ">f8", "<i8", "?", "u1"]), arrays.array_shapes(min_dims=0)
    ),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=8,
)


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return (
            type(a) is type(b)
            and len(a) == len(b)
            and all(same(x, y) for x, y in zip(a, b, strict=True))
        )
    return type(a) is type(b) and (a == b or a != a)  # noqa: PLR0124 - NaN


@given(plain)
def test_what_is_kept_comes_back_bit_by_bit(value):
    import tempfile

    with tempfile.TemporaryDirectory() as folder, keeping.kept_in(folder):
        assert keeping.load("key") is keeping.NOTHING
        keeping.save("key", value)
        assert same(keeping.load("key"), value)


def test_what_cannot_be_kept_is_refused(tmp_path):
    with keeping.kept_in(tmp_path), pytest.raises(TypeError, match="cannot keep a object"):
        keeping.save("key", object())
