"""Bad input is answered in one line: what was found, what was expected, how to repair."""

from __future__ import annotations

import decimal
import itertools
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import advisor
from advisor.errors import AdvisorError, AdvisorWarning

N = 12
X = np.arange(2.0 * N).reshape(N, 2) / 7
Y = np.arange(N) % 3


def changed(array, value, at=(3, 1)):
    array = np.array(array, dtype=type(value) if isinstance(value, str) else np.float64)
    array[at] = value
    return array


def missing_integers():
    return pd.DataFrame({"a": pd.array([1, None, *range(N - 2)], dtype="Int64"), "b": range(N)})


def huge_sparse():
    return scipy.sparse.csr_matrix((N, 10_000_000))


REFUSED_X = {
    "NaN": (lambda: changed(X, np.nan), r"1 value \(column 1; first in row 3\).*Impute"),
    "infinite": (lambda: changed(X, -np.inf), r"column 1; first in row 3.*infinite|infinite"),
    "beyond float32": (lambda: changed(X, 1e39), r"column 1.*beyond float32.*Scale"),
    "no rows": (lambda: X[:0], "no rows"),
    "no features": (lambda: X[:, :0], "no features|shape"),
    "length": (lambda: X[:5], "X has 5 rows, y has 12"),
    "text": (lambda: np.array([["a", "b"]] * N), "text"),
    "mixed objects": (lambda: np.array([[1, "a"]] * N, dtype=object), "a str among them"),
    "mixed column": (
        lambda: pd.DataFrame({"a": [1] * 6 + ["x"] * 6, "b": range(N)}),
        r"'a' \(object\)",
    ),
    "dates": (lambda: np.full((N, 2), "2026-01-01", dtype="datetime64[D]"), "dates"),
    "date column": (
        lambda: pd.DataFrame({"d": pd.date_range("2026", periods=N), "b": range(N)}),
        "'d'",
    ),
    "durations": (lambda: np.ones((N, 2), dtype="timedelta64[s]"), "durations"),
    "masked": (lambda: np.ma.masked_greater(X, 2), "masked"),
    "complex": (lambda: X.astype(complex), "complex"),
    "ragged": (lambda: [[1.0], [1.0, 2.0]] * 6, "ragged"),
    "3-D": (lambda: X[:, :, None], r"3 dimensions|shape"),
    "1-D": (lambda: X[:, 0], "reshape|shape"),
    "path": (lambda: "data.csv", "X is a str.*Read the file first"),
    "bytes": (lambda: b"data", "X is a bytes"),
    "dict": (lambda: {"a": [1, 2]}, "X is a dict"),
    "a number": (lambda: 3.0, "dimensions|shape|float"),
    "nullable integers": (missing_integers, r"column 0; first in row 1"),
    "sparse too large": (huge_sparse, "sparse with 120,000,000 cells"),
    "a function": (lambda: len, "X is a builtin"),
    "records": (lambda: np.zeros(N, dtype=[("a", "f8"), ("b", "f8")]), "records|shape"),
}
REFUSED_Y = {
    "None": (lambda: None, "None|no y|y only|missing"),
    "NaN": (lambda: changed(Y, np.nan, 4), "row 4"),
    "infinite": (lambda: changed(Y, np.inf, 4), "row 4"),
    "empty": (lambda: Y[:0], "empty"),
    "length": (lambda: Y[:5], "X has 12 rows, y has 5"),
    "missing text": (lambda: np.array(["a", None] * 6, dtype=object), "6 rows"),
    "missing category": (lambda: pd.Categorical(["a", None] * 6), "row"),
    "missing nullable": (lambda: pd.array([1, None] * 6, dtype="Int64"), "6 rows"),
    "mixed objects": (lambda: np.array(["a", 1] * 6, dtype=object), "int, str"),
    "dates": (lambda: np.full(N, "2026-01-01", dtype="datetime64[D]"), "dates"),
    "complex": (lambda: Y.astype(complex), "complex"),
    "masked": (lambda: np.ma.masked_greater(Y, 1), "masked"),
    "ragged": (lambda: [["a"], ["a", "b"]] * 6, "ragged|MultiLabelBinarizer"),
    "path": (lambda: "labels.csv", "y is a str"),
    "dict": (lambda: {"a": 1}, "y is a dict"),
    "a number": (lambda: 1.0, "single value"),
    "beyond 64 bits": (lambda: [10**30, 1] * 6, "beyond 64 bits"),
    "decimals of text": (lambda: [decimal.Decimal(1), "b"] * 6, "Decimal, str|mixed"),
}


@pytest.fixture(scope="module")
def model(keras):
    return advisor.build("multiclass", X=X, y=Y, seed=0)


def verbs(model):
    return {
        "recommend": lambda X, y: advisor.recommend(X=X, y=y),
        "build": lambda X, y: advisor.build(X=X, y=y, seed=0),
        "fit": lambda X, y: advisor.fit(model, X, y),
        "confirm": lambda X, y: advisor.confirm(model, X, y),
        "check": lambda X, y: advisor.check(model, X, y),
        "compare": lambda X, y: advisor.compare(X=X, y=y, hidden="relu", seeds=1, epochs=1),
    }


ON_ANY_ROWS = ["recommend", "build", "fit", "confirm"]
VERBS = [*ON_ANY_ROWS, "compare", "check"]


def refused(call, *given):
    """Return the one line that a call is refused with."""
    before = (
        [v.numpy().copy() for v in given[-1].variables] if hasattr(given[-1], "variables") else []
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AdvisorWarning)
        with pytest.raises(AdvisorError) as caught:
            call(*given[:2])
    assert all(
        np.array_equal(a, b.numpy()) for a, b in zip(before, given[-1].variables, strict=False)
    )
    text = str(caught.value)
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", REFUSED_X)
def test_unusable_X_is_refused_in_one_line(verb, case, model):
    make, expected = REFUSED_X[case]
    assert re.search(expected, refused(verbs(model)[verb], make(), Y, model))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", REFUSED_Y)
def test_unusable_y_is_refused_in_one_line(verb, case, model):
    make, expected = REFUSED_Y[case]
    if verb == "check" and make() is None:
        pytest.skip("check looks at X alone as well")
    assert re.search(expected, refused(verbs(model)[verb], X, make(), model))


def test_ragged_lists_of_labels_are_refused():
    with pytest.raises(AdvisorError, match="ragged"):
        advisor.recommend(y=[[1], [1, 2]])


WARNED = {
    "one row": (X[:1], Y[:1], "one row only"),
    "one class": (X, np.zeros(N, int), "y holds one"),
    "constant feature": (np.c_[X, np.ones(N)], Y, "1 of 3 columns of X never vary"),
    "shuffled index": (pd.DataFrame(X), pd.Series(Y).sample(frac=1, random_state=0), "index of y"),
}


@pytest.mark.parametrize("verb", ON_ANY_ROWS)
@pytest.mark.parametrize("case", WARNED)
def test_what_cannot_be_learnt_is_a_warning(verb, case, keras):
    data, targets, expected = WARNED[case]
    fitting = advisor.build(
        "multiclass", X=np.random.default_rng(0).random((N, data.shape[1])), y=Y
    )
    with pytest.warns(AdvisorWarning, match=expected):
        verbs(fitting)[verb](data, targets)


@pytest.mark.parametrize("case", ["one row", "shuffled index"])
def test_check_warns_of_rows_that_tell_nothing(case, keras):
    data, targets, expected = WARNED[case]
    fitting = advisor.build("multiclass", X=X, y=Y)
    with pytest.warns(AdvisorWarning, match=expected):
        advisor.check(fitting, data, targets)


@pytest.mark.parametrize("case", set(WARNED) - {"one row"})
def test_compare_warns_of_what_cannot_be_learnt(case, keras):
    data, targets, expected = WARNED[case]
    with pytest.warns(AdvisorWarning, match=expected):
        advisor.compare(X=data, y=targets, hidden="relu", seeds=1, epochs=1)


def test_warnings_point_at_the_line_that_called():
    with pytest.warns(AdvisorWarning) as caught:
        advisor.recommend(X=X[:1], y=Y[:1])
    assert caught[0].filename == __file__


MAPPED = {
    "text": (np.array(["no", "yes"] * 6), "binary", ["no", "yes"]),
    "bytes": (np.array([b"no", b"yes"] * 6), "binary", ["no", "yes"]),
    "objects": (np.array(["a", "b", "c"] * 4, dtype=object), "multiclass", ["a", "b", "c"]),
    "a category": (pd.Categorical(["lo", "hi"] * 6), "binary", ["hi", "lo"]),
    "a text column": (pd.Series(["lo", "hi", "mid"] * 4), "multiclass", ["hi", "lo", "mid"]),
    "from 1": (Y + 1, "multiclass", [1, 2, 3]),
    "minus one and one": (np.array([-1, 1] * 6), "binary", [-1, 1]),
    "with gaps": (np.array([0, 5, 9] * 4), "multiclass", [0, 5, 9]),
}
TAKEN = {
    "one column": (Y[:, None], "multiclass", 3),
    "a data frame of one column": (pd.DataFrame({"y": Y}), "multiclass", 3),
    "one-hot": (np.eye(3)[Y], "multiclass", 3),
    "probabilities": (np.full((N, 4), 0.25), "multiclass", 4),
    "whole floats": (Y.astype(float), "multiclass", 3),
    "bool": (Y == 1, "binary", 1),
    "nullable without gaps": (pd.array(list(Y), dtype="Int64"), "multiclass", 3),
    "a list": (Y.tolist(), "multiclass", 3),
}


@pytest.mark.parametrize("case", MAPPED)
def test_other_labels_are_mapped_in_the_order_of_np_unique_and_that_is_said(case, keras):
    y, task, classes = MAPPED[case]
    advice = advisor.recommend(X=X, y=y)
    assert (advice.task, advice.classes, advice.mapped) == (task, classes, True)
    assert "np.searchsorted(classes, y)" in str(advice)
    with pytest.warns(AdvisorWarning, match=r"np\.searchsorted\(classes, y\)"):
        built = advisor.build(X=X, y=y)
    assert built.output_shape == (None, 1 if task == "binary" else len(classes))
    with pytest.warns(AdvisorWarning, match=r"np\.searchsorted\(classes, y\)"):
        assert advisor.compare(X=X, y=y, hidden="relu", seeds=1, epochs=1).task == task


@pytest.mark.parametrize("case", MAPPED)
def test_fit_and_confirm_refuse_other_labels_with_the_line_that_maps_them(case, keras):
    y, task, classes = MAPPED[case]
    fitting = advisor.build(task, X=X, y=np.arange(N) % len(classes))
    for verb in (advisor.fit, advisor.confirm):
        with pytest.raises(AdvisorError, match=r"np\.searchsorted"):
            verb(fitting, X, y)


@pytest.mark.parametrize("case", TAKEN)
def test_usual_forms_of_labels_are_taken_without_a_word(case, keras):
    y, task, units = TAKEN[case]
    advice = advisor.recommend(X=X, y=y)
    assert (advice.task, advice.units, advice.mapped) == (task, units, False)
    built = advisor.build(X=X, y=y)
    assert built.output_shape == (None, units)
    advisor.fit(built, X, y)
    assert advisor.confirm(built, X, y).task == task


def test_fractions_are_refused_as_classes():
    with pytest.raises(AdvisorError, match="must be whole"):
        advisor.recommend("multiclass", X=X, y=Y / 2)


def test_probabilities_are_explained():
    advice = advisor.recommend(y=np.full((N, 4), 0.25))
    assert advice.loss.value == "CategoricalCrossentropy"
    assert "soft labels" in str(advice)


@pytest.mark.parametrize(
    "labels", [np.arange(N) * 83_333_333_333, np.arange(N), np.random.default_rng(0).permutation(N)]
)
def test_a_class_for_each_row_is_questioned(labels):
    with pytest.warns(AdvisorWarning, match="number to predict .* or an identifier"):
        advice = advisor.recommend(X=X, y=labels)
    assert advice.units == N
    assert advice.sure == "unsure"


def test_a_million_classes_are_mapped_in_seconds():
    many = np.random.default_rng(0).permutation(1_000_000)
    with pytest.warns(AdvisorWarning, match="1000000 different labels"):
        advice = advisor.recommend(y=many)
    assert advice.units == 1_000_000
    assert len(str(advice)) < 20_000


def test_sparse_X_within_the_size_is_made_dense(keras):
    sparse = scipy.sparse.csr_matrix(X)
    assert advisor.recommend(X=sparse, y=Y).task == "multiclass"
    advisor.fit(advisor.build(X=sparse, y=Y), sparse, Y)


def endless(X, y):
    for _ in itertools.count():
        yield X, y


def test_an_endless_stream_is_read_for_a_bounded_time(keras):
    with pytest.warns(AdvisorWarning, match="first 100 batches"):
        assert advisor.recommend(X=endless(X, Y)).task == "multiclass"
    with pytest.warns(AdvisorWarning, match="first 100 batches"):
        built = advisor.build(X=endless(X, Y))
    with pytest.warns(AdvisorWarning, match="first 100 batches"):
        advisor.confirm(built, endless(X, Y))
    with pytest.raises(AdvisorError, match="steps_per_epoch"):
        advisor.fit(built, endless(X, Y))
    with pytest.warns(AdvisorWarning, match="X is a stream: model.fit trains"):
        advisor.fit(built, endless(X, Y), steps_per_epoch=3)


def test_a_tf_dataset_is_taken(keras):
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(5)
    built = advisor.build(X=batches)
    assert built.output_shape == (None, 3)
    with pytest.warns(AdvisorWarning, match="X is a stream: model.fit trains"):
        advisor.fit(built, batches)
    assert advisor.confirm(built, batches).task == "multiclass"
    with pytest.raises(AdvisorError, match="steps_per_epoch"):
        advisor.fit(built, batches.repeat())


NAMED = [
    ("binary", Y, "Use task 'multiclass'"),
    ("binary", np.eye(2)[Y % 2], r"y\.argmax"),
    ("multiclass", np.c_[Y, Y], "Use task 'multilabel'"),
    ("multilabel", Y, "MultiLabelBinarizer"),
    ("regression", np.array(["a"] * N), "Received: text"),
    ("positive", Y, "numbers > 0"),
    ("count", Y - 1, "whole numbers"),
    ("count", Y / 2, "whole numbers"),
    ("share", Y * 50, "Divide per cent by 100"),
    ("share", np.c_[Y, Y] / 2, "one target a row"),
]


@pytest.mark.parametrize(("task", "y", "expected"), NAMED)
def test_targets_that_do_not_fit_a_named_task_are_refused(task, y, expected):
    for verb in (advisor.recommend, advisor.build):
        with pytest.raises(AdvisorError, match=expected):
            verb(task, X=X, y=y)


OPTIONS = [
    ({"task": "binray"}, "Did you mean 'binary'"),
    ({"task": 3}, "Unknown data set 3|Unknown task 3"),
    ({"task": "binary", "hidden": "rleu"}, "Did you mean 'relu'"),
    ({"task": "binary", "depth": -1}, "depth to be a whole number of at least 0"),
    ({"task": "binary", "depth": True}, "depth to be a whole number"),
    ({"task": "binary", "units": 0}, "units to be a whole number of at least 1"),
    ({"task": "binary", "units": 2.5}, "units to be a whole number"),
    ({"task": "binary", "seed": "x"}, "seed to be a whole number"),
    ({"dataset": "irsi"}, "Did you mean 'iris'"),
    ({"dataset": "iris", "X": X, "y": Y}, "Received: both"),
    ({}, "Nothing to build for"),
    ({"y": Y}, "y only"),
    ({"task": "binary", "dataset": "iris"}, "Use task 'multiclass'"),
]


@pytest.mark.parametrize(("options", "expected"), OPTIONS)
def test_options_out_of_range_are_refused(options, expected):
    for verb in (advisor.build, advisor.source):
        with pytest.raises(AdvisorError, match=expected):
            verb(**options)


def test_errors_echo_no_escape_codes():
    with pytest.raises(AdvisorError) as caught:
        advisor.recommend("\x1b[31mred\nline")
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"epochs": -1}, "epochs to be a whole number"),
        ({"epochs": "a"}, "epochs to be a whole number"),
        ({"batch_size": 0}, "batch_size to be a whole number of at least 1"),
        ({"seed": "a"}, "seed to be a whole number"),
        ({"validation_data": (X, Y + 5)}, r"integers 0\.\.2"),
    ],
)
def test_options_of_fit_are_refused_before_training(options, expected, model):
    with pytest.raises(AdvisorError, match=expected):
        advisor.fit(model, X, Y, **options)


def test_numbers_of_numpy_are_numbers(keras):
    made = advisor.build("binary", units=np.int64(8), depth=np.int32(1), seed=np.int64(3))
    assert made.get_layer("hidden_1").units == 8


def test_confirm_refuses_a_data_set_of_another_kind():
    with pytest.raises(AdvisorError, match="'diabetes', which is for task 'regression'"):
        advisor.confirm("multiclass", dataset="diabetes")


def test_fit_refuses_what_is_no_compiled_model(keras):
    with pytest.raises(AdvisorError, match=r"Expected a keras\.Model"):
        advisor.fit("model", X, Y)
    bare = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(AdvisorError, match="not compiled"):
        advisor.fit(bare, X, Y)
    with pytest.raises(AdvisorError, match=r"Expected a task's name or a keras\.Model"):
        advisor.confirm(3, X, Y)
