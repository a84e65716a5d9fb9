"""The command line: the same verbs, words or JSON, both languages, honest exit statuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest

import advisor
from advisor.cli import main
from advisor.errors import AdvisorWarning
from advisor.verbs._common import FINDINGS, FINE, USAGE


def run(capsys, *words):
    """Run a command in this process; give its status, what it printed, and its errors."""
    try:
        status = main([str(word) for word in words])
    except SystemExit as stop:
        status = stop.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def table(tmp_path):
    data = advisor.load("iris")
    file = tmp_path / "flowers.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([*data.features, "species"])
        for row, label in zip(data.X_train, data.y_train, strict=True):
            writer.writerow([*row, data.classes[label]])
    return file


def test_recommend_answers_in_words_and_in_json(capsys):
    status, out, _ = run(capsys, "recommend", "multiclass")
    assert (status, "softmax" in out) == (FINE, True)
    status, out, _ = run(capsys, "recommend", "多分类", "--json")
    assert json.loads(out)["activation"] == "softmax"


@pytest.mark.parametrize(
    "words", [("--lang", "zh", "recommend", "二分类"), ("recommend", "binary", "--lang=zh")]
)
def test_lang_may_stand_before_or_after_the_verb(capsys, words):
    _, out, _ = run(capsys, *words)
    assert out.startswith("二分类")


def test_the_environment_chooses_the_language(capsys, monkeypatch):
    monkeypatch.setenv("ADVISOR_LANG", "zh")
    assert "隐藏层" in run(capsys, "recommend", "binary")[1]
    assert "列出" in run(capsys, "--help")[1]


@pytest.mark.parametrize("speak", ["en", "zh"])
def test_help_reads_as_reviewed(capsys, golden, speak, monkeypatch):
    monkeypatch.setenv("COLUMNS", "92")
    golden(f"help_{speak}", run(capsys, "--lang", speak, "--help")[1])


def test_a_table_of_your_own_is_read(capsys, table):
    status, out, _ = run(capsys, "recommend", "--data", table, "--target", "species", "--json")
    answer = json.loads(out)
    assert (status, answer["task"], answer["units"]) == (FINE, "multiclass", 3)
    assert answer["classes"] == ["setosa", "versicolor", "virginica"]


@pytest.mark.filterwarnings("ignore::advisor.errors.AdvisorWarning")
def test_build_and_fit_write_where_they_are_told(capsys, table, tmp_path, keras):
    first, second = tmp_path / "a.keras", tmp_path / "b.keras"
    assert run(capsys, "build", "binary", "-o", first, "--depth", 1)[0] == FINE
    assert keras.models.load_model(first).count_params() > 0
    status, out, _ = run(capsys, "fit", "--data", table, "-o", second, "--seed", 0)
    assert status == FINE
    assert "trained 50 epochs" in out
    data = advisor.load("iris")
    scored = keras.models.load_model(second).predict(data.X_test, verbose=0).argmax(axis=1)
    assert (scored == data.y_test).mean() > 0.85


def test_confirm_judges_a_saved_model(capsys, tmp_path, keras):
    data = advisor.load("binary")
    file, rows = tmp_path / "m.keras", tmp_path / "rows.csv"
    np.savetxt(rows, np.c_[data.X_test, data.y_test], delimiter=",", comments="",
               header=",".join(f"f{i}" for i in range(data.X_test.shape[1])) + ",y")  # fmt: skip
    run(capsys, "fit", "binary", "-o", file, "--seed", 0)
    status, out, _ = run(capsys, "confirm", "--model", file, "--data", rows)
    assert status == FINE, out
    bad = keras.models.load_model(file)
    bad.get_layer("output").kernel.assign(np.zeros((32, 1)))
    bad.save(file)
    status, out, _ = run(capsys, "confirm", "--model", file, "--data", rows, "--json")
    assert status == FINDINGS
    assert json.loads(out)[0]["ok"] is False


def test_confirm_draws_a_picture(capsys, tmp_path):
    file = tmp_path / "picture.png"
    assert run(capsys, "confirm", "binary", "--plot", file)[0] == FINE
    assert file.read_bytes().startswith(b"\x89PNG")


def test_datasets_are_listed_and_shown(capsys):
    out = run(capsys, "datasets")[1]
    assert "iris" in out
    assert "breast_cancer" in out
    assert "petal length" in run(capsys, "datasets", "iris")[1]
    assert len(json.loads(run(capsys, "datasets", "--json")[1])) >= 14


def test_activations_are_listed_and_shown(capsys):
    assert "leaky_relu" in run(capsys, "activation")[1]
    assert "max" in run(capsys, "activation", "relu")[1]
    assert json.loads(run(capsys, "activation", "relu", "--json")[1])["name"] == "relu"


def test_source_is_written_never_over_a_file(capsys, tmp_path):
    file = tmp_path / "script.py"
    assert run(capsys, "source", "binary", "-o", file)[0] == FINE
    assert "import advisor" not in file.read_text(encoding="utf-8")
    status, _, err = run(capsys, "source", "binary", "-o", file)
    assert status == USAGE
    assert "exists already" in err


def test_new_writes_a_template(capsys, tmp_path):
    status, _, _ = run(capsys, "new", "multiclass", tmp_path / "project", "--lang", "zh")
    assert status == FINE
    assert (tmp_path / "project" / "multiclass.py").exists()
    assert run(capsys, "new", "multiclass", tmp_path / "project")[0] == USAGE
    assert "binary" in run(capsys, "new")[1]


def test_the_lecture_is_mapped_to_where_it_is_shown(capsys):
    status, out, _ = run(capsys, "lecture", "--json")
    assert status == FINE
    places = json.loads(out)
    assert "binary" in places["binary-sigmoid"]["shown"]


WRONG = [
    (("recommend", "binray"), "Did you mean 'binary'"),
    (("recommend",), "Expected a task"),
    (("build", "binary", "-o", "model.h5"), r"ending in .keras"),
    (("build", "binary", "-o", "no/such/folder/m.keras"), "no folder"),
    (("build", "-o", "m.keras"), "Name a task"),
    (("recommend", "--data", "nowhere.csv"), "Cannot read 'nowhere.csv'"),
    (("recommend", "binary", "--target", "y"), "--target names a column"),
    (("confirm", "--model", "m.keras"), "needs --data"),
    (("confirm", "nonsense"), "Unknown task"),
    (("new", "nonsense"), "Unknown template"),
    (("activation", "nonsense"), "Unknown activation"),
    (("datasets", "nonsense"), "Unknown data set"),
    (("nonsense",), "invalid choice"),
    ((), "required"),
]


@pytest.mark.parametrize(("words", "expected"), WRONG)
def test_wrong_usage_is_status_2_and_one_line(capsys, words, expected):
    status, out, err = run(capsys, *words)
    assert status == USAGE
    assert expected in err
    assert out == ""
    assert "Traceback" not in err


def test_the_command_runs_as_a_process_and_stops_at_a_closed_pipe():
    command = f"{sys.executable} -m advisor recommend binary | head -1"
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("binary classification")
    assert done.stderr == ""


def test_a_terminal_without_chinese_is_no_crash():
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "--lang", "zh", "recommend", "binary"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert b"relu" in done.stdout


def test_compare_says_what_is_better_and_draws_it(capsys, tmp_path):
    picture = tmp_path / "comparison.png"
    words = ["compare", "multiclass", "--hidden", "relu", "tanh", "--depth", "1", "2"]
    words += ["--learning-rate", "0.01", "--seeds", "5", "--epochs", "3", "--plot", picture]
    status, out, err = run(capsys, *words)
    assert (status, err) == (FINE, "")
    assert "tanh, depth=2" in out
    assert picture.stat().st_size > 10_000


def test_compare_takes_a_csv_file_and_answers_in_json(capsys, table):
    with pytest.warns(AdvisorWarning, match="Labels are mapped"):
        status, out, _ = run(capsys, "compare", "--data", table, "--target", "species", "--hidden",
                             "relu", "--seeds", "2", "--epochs", "2", "--json")  # fmt: skip
    assert status == FINE
    found = json.loads(out)
    assert (found["task"], found["dataset"], len(found["seeds"])) == ("multiclass", None, 2)


def test_evidence_stands_beside_the_rule(capsys, table):
    status, out, _ = run(capsys, "recommend", "--data", table, "--evidence")
    assert status == FINE
    assert "The rule, tried on your data" in out
    status, _, err = run(capsys, "recommend", "multiclass", "--evidence")
    assert (status, "Pass X and y" in err) == (USAGE, True)


@pytest.mark.parametrize("words", [["--hidden", "rely"], ["--seeds", "0"], ["--depth", "-1"]])
def test_a_wrong_comparison_is_a_usage_error(capsys, words):
    status, out, err = run(capsys, "compare", "multiclass", *words)
    assert (status, out) == (USAGE, "")
    assert err.count("\n") == 1
