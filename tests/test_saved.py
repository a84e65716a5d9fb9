"""The reader of saved files: honest ones pass, hostile ones are refused in one line."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile

import numpy as np
import pytest

import advisor
from advisor import allowlist, file_facts, forward, rulebook, saved
from advisor.cli import main
from advisor.errors import ModelFileError

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax")


@pytest.fixture(scope="module")
def honest(keras, tmp_path_factory):
    """Save a model of every kind that the reader follows; return paths and models by name."""
    L, folder = keras.layers, tmp_path_factory.mktemp("honest")
    given = keras.Input((8,))
    body = L.Dense(6, activation="gelu")(given)
    inner = keras.Model(
        given, L.Add()([body, L.LayerNormalization()(L.Dense(6)(body))]), name="inner"
    )
    start = keras.Input((8,))
    middle = inner(start)
    ends = [L.Dense(3, activation="softmax", name="kind")(middle), L.Dense(1, name="size")(middle)]
    models = {
        "plain": keras.Sequential(
            [keras.Input((8,)), L.Dense(32, activation="relu"), L.Dense(3, activation="softmax")]
        ),
        "layers": keras.Sequential(
            [keras.Input((8,)), L.Normalization(mean=[0.5] * 8, variance=[2.0] * 8), L.Dense(16),
             L.BatchNormalization(), L.LeakyReLU(0.1), L.Dropout(0.5), L.Dense(16), L.ELU(),
             L.Reshape((4, 4)), L.Dense(4), L.PReLU(), L.Flatten(), L.Dense(1), L.Rescaling(3.0, 1.0)]
        ),
        "graph": keras.Model(start, ends),
        "nested": keras.Sequential(
            [keras.Input((8,)), keras.Sequential([L.Dense(8, activation="silu")]), L.Dense(2), L.Softmax()]
        ),
    }  # fmt: skip
    models["plain"].compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    models["layers"].compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.Huber())
    models["graph"].compile(
        "adam", ["sparse_categorical_crossentropy", "mse"], metrics=[["accuracy"], ["mae"]]
    )
    for name, model in models.items():
        model.save(folder / f"{name}.keras")
    return {name: (folder / f"{name}.keras", model) for name, model in models.items()}


@pytest.mark.parametrize("name", ["plain", "layers", "graph", "nested"])
def test_numpy_predicts_what_keras_predicts(honest, name):
    path, model = honest[name]
    X = np.random.default_rng(0).normal(size=(100, 8))
    file = saved.read(path)
    mine = forward.predict(file, file_facts.read(file), X)
    theirs = model.predict(X.astype("float32"), verbose=0)
    for p, q in zip(mine, theirs if isinstance(theirs, list) else [theirs], strict=True):
        assert np.abs(p - q).max() <= 1e-6 * max(1, np.abs(q).max())


@pytest.mark.parametrize("name", ["plain", "layers", "graph", "nested"])
def test_a_file_and_its_model_are_the_same_to_the_rules(honest, name):
    path, model = honest[name]
    left, right = advisor.check(path).facts, advisor.check(model).facts
    kinds = [sorted(layer.kind for layer in facts.layers) for facts in (left, right)]
    assert kinds[0] == kinds[1]
    for a, b in zip(left.outputs, right.outputs, strict=True):
        assert (a.behaviour, a.units, a.shape) == (b.behaviour, b.units, b.shape)
        assert (a.loss and a.loss.kind) == (b.loss and b.loss.kind)
        assert [m.kind for m in a.metrics] == [m.kind for m in b.metrics]
    drawn = [
        {layer.name: layer.drawn for layer in facts.layers if layer.drawn}
        for facts in (left, right)
    ]
    assert drawn[0] == drawn[1]
    assert (
        left.optimizer == right.optimizer
        or abs(left.optimizer.learning_rate - right.optimizer.learning_rate) < 1e-6
    )


@pytest.mark.parametrize("rule", rulebook.rulebook(), ids=lambda rule: rule.code)
def test_every_rule_finds_its_example_in_the_saved_file(rule, keras, tmp_path):
    names = {"keras": keras, "layers": keras.layers, "np": np}
    *lines, last = rule.entry.EXAMPLE.strip().splitlines()
    exec("\n".join(lines), names)
    model, *data = (names[part.strip()] for part in last.split(","))
    model.save(tmp_path / "model.keras")
    report = advisor.check(tmp_path / "model.keras", *data)
    assert rule.code in {finding.code for finding in report.findings}


def spoil(honest, change, name="plain"):
    """Return the bytes of a saved model whose config is changed."""
    with zipfile.ZipFile(honest[name][0]) as archive:
        config = json.loads(archive.read("config.json"))
        weights = archive.read("model.weights.h5")
    found = change(config)
    return pack(
        {"config.json": json.dumps(config if found is None else found), "model.weights.h5": weights}
    )


def pack(entries, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(name, content)
    return out.getvalue()


def layer(config, number=1):
    return config["config"]["layers"][number]


def put(target, **values):
    target.update(values)


CHANGES = {
    "a Lambda layer": lambda c: put(layer(c), class_name="Lambda", module="keras.layers"),
    "an own class": lambda c: put(layer(c), registered_name="mine>Own"),
    "a class of another module": lambda c: put(layer(c), module="os", class_name="system"),
    "a module of Keras that is none of ours": lambda c: put(layer(c), module="keras.utils", class_name="get_file"),
    "a function by a name of its own": lambda c: put(layer(c)["config"], activation="exec"),
    "a serialised function": lambda c: put(
        layer(c)["config"],
        activation={"class_name": "function", "config": "system", "module": "os", "registered_name": "system"},
    ),
    "a serialised lambda": lambda c: put(layer(c)["config"], activation={"class_name": "__lambda__", "config": {"value": "4w=="}}),
    "another framework": lambda c: put(layer(c), class_name="TorchModuleWrapper"),
    "a saved graph": lambda c: put(layer(c), class_name="TFSMLayer"),
    "a vocabulary from a path": lambda c: put(layer(c), class_name="StringLookup", config={"name": "x", "vocabulary": "/etc/hostname"}),
    "a model of its own": lambda c: put(c, class_name="MyModel"),
    "two layers of one name": lambda c: c["config"]["layers"].append(layer(c)),
    "an unknown type": lambda c: put(layer(c)["config"], dtype="object"),
    "a billion units": lambda c: put(layer(c)["config"], units=10**9),
    "units that are text": lambda c: put(layer(c)["config"], units="many"),
    "too many layers": lambda c: c["config"]["layers"].extend(
        {**layer(c), "config": {**layer(c)["config"], "name": f"more{i}"}} for i in range(400)
    ),
    "too many weights": lambda c: put(layer(c)["config"], units=10**6) or put(layer(c), build_config={"input_shape": [None, 10**4]}),
    "layers that are no list": lambda c: put(c["config"], layers="none"),
    "no config": lambda c: put(layer(c), config=None),
    "a list at the top": lambda c: [c],
    "an own optimizer": lambda c: put(c["compile_config"]["optimizer"], module="mine", class_name="Own"),
    "an own loss": lambda c: put(c["compile_config"], loss="steal"),
    "a metric that wraps a function": lambda c: put(
        c["compile_config"], metrics=[{"module": "keras.metrics", "class_name": "MeanMetricWrapper", "config": {}}]
    ),
    "an infinite number": lambda c: put(layer(c)["config"], seed=float("inf")),
    "a name with a terminal's codes": lambda c: put(layer(c), class_name="\x1b[31mred\nnew line"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_hostile_configs_are_refused(honest, tmp_path, what):
    file = tmp_path / "model.keras"
    file.write_bytes(spoil(honest, CHANGES[what]))
    with pytest.raises(ModelFileError, match="is refused: ") as caught:
        advisor.check(file)
    text = str(caught.value)
    assert len(text) <= 160
    assert text.isprintable()
    assert str(tmp_path) not in text


def archives(honest):
    """Give archives that are built to surprise, and files of other kinds."""
    with zipfile.ZipFile(honest["plain"][0]) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    whole = honest["plain"][0].read_bytes()
    yield "it is empty", b""
    yield "cut off", whole[: len(whole) // 2]
    yield "text", b"hello, I am a model"
    yield "web page", b"<!DOCTYPE html><html>404</html>"
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "no zip", bytes(range(256))
    yield "no config.json", pack({"model.weights.h5": b""})
    yield "before the archive", b"MZ" + whole
    yield "outside the archive", pack({**good, "../evil": b""})
    yield "outside the archive", pack({**good, "/etc/evil": b""})
    yield "no model needs", pack({**good, "run.py": b""})
    yield (
        "has 72 entries",
        pack(
            {f"assets/{i}": b"" for i in range(70)} | {"config.json": b"{}", "metadata.json": b""}
        ),
    )
    yield "larger than", pack({**good, "assets/big": bytes(9 * 2**20)})
    yield "unusual way", pack(good, compression=zipfile.ZIP_BZIP2)
    yield (
        "larger than",
        pack({**good, "config.json": b" " * (5 * 2**20)}, compression=zipfile.ZIP_DEFLATED),
    )
    yield "deeper than", pack({**good, "config.json": b"[" * 5000 + b"]" * 5000})
    yield "no JSON", pack({**good, "config.json": b"{'a': 1}"})
    yield "no model", pack({**good, "config.json": b"3"})
    yield (
        "more than twice",
        pack(
            {"config.json": good["config.json"], "model.weights.h5": bytes(10 * 2**20)},
            compression=zipfile.ZIP_DEFLATED,
        ),
    )


def test_strange_files_are_told_apart(honest, tmp_path):
    seen = 0
    for number, (why, data) in enumerate(archives(honest)):
        file = tmp_path / f"{number}.keras"
        file.write_bytes(data)
        with pytest.raises(ModelFileError, match=why):
            advisor.check(file)
        seen += 1
    assert seen > 15


def test_an_entry_named_twice_is_refused(honest, tmp_path):
    file = tmp_path / "twice.keras"
    with pytest.warns(UserWarning, match="Duplicate name"):
        file.write_bytes(pack([("config.json", b"{}"), ("config.json", b"{}")]))
    with pytest.raises(ModelFileError, match="names an entry twice"):
        advisor.check(file)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes as on Unix")
def test_links_folders_and_pipes_are_refused(honest, tmp_path):
    (tmp_path / "link.keras").symlink_to(honest["plain"][0])
    os.mkfifo(tmp_path / "pipe.keras")
    for name, why in (
        ("link.keras", "a link"),
        ("pipe.keras", "no file"),
        ("", "no file"),
        ("none", "There is no file"),
    ):
        with pytest.raises(ModelFileError, match=why):
            advisor.check(tmp_path / name)


def test_weights_that_are_damaged_or_not_finite_are_refused(honest, keras, tmp_path):
    import h5py

    X, y = np.zeros((40, 8)), np.arange(40) % 3
    with zipfile.ZipFile(honest["plain"][0]) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO(good["model.weights.h5"])
    with h5py.File(out, "r+") as opened:
        opened["layers/dense/vars/0"][0, 0] = np.nan
    linked = io.BytesIO(good["model.weights.h5"])
    with h5py.File(linked, "r+") as opened:
        opened["layers/other"] = h5py.ExternalLink("/etc/hostname", "/")
    cases = {
        "NaN": out.getvalue(),
        "a link": linked.getvalue(),
        "damaged": b"nothing",
        "do not fit": None,
    }
    with zipfile.ZipFile(honest["nested"][0]) as archive:
        cases["do not fit"] = archive.read("model.weights.h5")
    for why, weights in cases.items():
        file = tmp_path / "model.keras"
        file.write_bytes(pack({**good, "model.weights.h5": weights}))
        assert advisor.check(file).facts.compiled  # what is static needs no weights
        with pytest.raises(ModelFileError, match=why):
            advisor.check(file, X, y)


def careful(keras):
    """Give models on which a guess of NumPy's would be wrong."""
    L, ops = keras.layers, keras.ops
    x, y = keras.Input((4,)), keras.Input((4, 4))
    image = keras.Input((4, 2, 2))
    yield "an operation with a number", [x], keras.Model(x, L.Dense(2)(x) + 3.0)
    yield "an operation with options", [x], keras.Model(x, ops.leaky_relu(x, negative_slope=0.7))
    yield "an operation's reshape", [x], keras.Model(x, ops.reshape(x, (-1, 2, 2)))
    yield "ranks that differ", [x, y], keras.Model([x, y], L.Add()([x, y]))
    yield (
        "channels first",
        [image],
        keras.Model(image, L.Flatten(data_format="channels_first")(image)),
    )
    yield "softmax over time", [y], keras.Model(y, L.Softmax(axis=1)(y))
    yield "softmax over two", [y], keras.Model(y, L.Softmax(axis=[1, 2])(y))
    yield "dense on sequences", [y], keras.Model(y, L.Dense(3, activation="softmax")(y))
    yield "dense at each step", [y], keras.Model(y, L.TimeDistributed(L.Dense(3))(y))
    yield "a norm at each step", [y], keras.Model(y, L.TimeDistributed(L.BatchNormalization())(y))
    yield "a norm of time", [y], keras.Model(y, L.BatchNormalization(axis=1)(y))
    yield "a norm, moved", [x], moved(keras.Model(x, L.BatchNormalization(epsilon=0.1)(x)))
    yield "a norm without shift", [x], moved(keras.Model(x, L.BatchNormalization(center=False)(x)))
    yield "a norm, renormed", [x], moved(keras.Model(x, L.BatchNormalization(renorm=True)(x)))
    yield "PReLU within", [x], moved(keras.Model(x, L.Dense(4, activation=L.PReLU("ones"))(x)))
    yield "half precision", [x], keras.Model(x, L.Dense(4, dtype="float16")(x))
    yield "whole numbers", [x], keras.Sequential([keras.Input((4,), dtype="int32"), L.Dense(2)])
    yield "shared axes", [y], moved(keras.Model(y, L.PReLU(shared_axes=[1])(y)))
    yield (
        "normalised",
        [x],
        keras.Model(x, L.Normalization(mean=[1, 2, 3, 4.0], variance=[2.0] * 4, invert=True)(x)),
    )
    for options in (
        {"max_value": 1.0}, {"negative_slope": 0.3}, {"threshold": 0.5},
        {"max_value": 1.0, "threshold": 0.2}, {"max_value": 6, "threshold": 0.5},
        {"max_value": 2.0, "negative_slope": 0.1, "threshold": 0.5},
    ):  # fmt: skip
        yield f"ReLU {options}", [x], keras.Model(x, L.ReLU(**options)(x))


def moved(model):
    """Return a model whose weights are none of those that it begins with."""
    random = np.random.default_rng(0)
    model.set_weights([random.uniform(0.5, 2, one.shape) for one in model.get_weights()])
    return model


def test_numpy_never_guesses(keras, tmp_path):
    random = np.random.default_rng(0)
    for name, inputs, model in careful(keras):
        model.save(tmp_path / "model.keras")
        file = saved.vetted((tmp_path / "model.keras").read_bytes(), "model.keras")
        X = [random.normal(0, 2, (4, *one.shape[1:])).astype("float32") for one in inputs]
        mine = forward.predict(file, file_facts.read(file), X)
        if mine is not None:
            theirs = np.asarray(model(X if len(X) > 1 else X[0]))
            assert np.abs(mine[0] - theirs).max() <= 2e-6 * max(1, np.abs(theirs).max()), name


def test_bytes_and_files_are_read_alike(honest):
    for path, _ in honest.values():
        assert saved.parse(path.read_bytes(), path.name) == saved.read(path)


def test_a_file_may_have_so_many_bytes_and_no_more(honest):
    path, _ = honest["plain"]
    size = path.stat().st_size
    assert saved.read(path, limit=size).weights
    with pytest.raises(ModelFileError, match=f"{size - 1:,} are the most"):
        saved.read(path, limit=size - 1)


def test_the_allow_list_is_that_of_the_keras_installed(keras):
    made = allowlist.make()
    assert {k: frozenset(v) for k, v in made.items()} == allowlist.allowed()
    named = {name for names in made.values() for name in names}
    assert not named & {"Lambda", "TFSMLayer", "Wrapper", "get_file", "load_model", "exec"}


def test_the_command_line_reads_files_and_says_what_is_wrong(keras, tmp_path, capsys):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    file = tmp_path / "model.keras"
    model.save(file)
    assert main(["check", str(file)]) == 1
    assert "ADV101 softmax-on-one-unit" in capsys.readouterr().out
    assert main(["check", str(file), "--ignore", "ADV101", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    rows = "\n".join(f"{i},{i % 7},{i % 3},1.5,{i % 2}" for i in range(60))
    (tmp_path / "data.csv").write_text(f"a,b,c,d,y\n{rows}\n")
    assert main(["check", str(file), "--data", str(tmp_path / "data.csv"), "--target", "y"]) == 1
    assert "ADV304 unscaled-inputs" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "none.keras")]) == 2
    assert capsys.readouterr().err == "advisor: There is no file 'none.keras'.\n"
    assert main(["rules"]) == 0
    assert "ADV101  softmax-on-one-unit" in capsys.readouterr().out
    assert main(["--lang", "zh", "rules", "ADV102"]) == 0
    assert "为什么不好" in capsys.readouterr().out
    assert main(["rules", "ADV999"]) == 2
