"""Files that a model's reader must refuse, made from an honest one; canaries only, nothing works."""

from __future__ import annotations

import copy
import io
import json
import stat
import struct
import warnings
import zipfile

import numpy as np


def take_apart(data):
    """Return the entries of a saved model."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(entries, **options):
    """Return an archive of entries: names and contents, or pairs of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(name, content)
    return out.getvalue()


def entry(name, mode=None, content=b""):
    """Return an entry with a mode of its own, and its content."""
    made = zipfile.ZipInfo(name)
    if mode is not None:
        made.external_attr = mode << 16
    return made, content


def archives(whole):
    """Give archives that are built to surprise."""
    good = take_apart(whole)
    pairs = list(good.items())
    names = {
        "traversal": "../evil", "traversal in assets": "assets/../../evil", "absolute": "/evil",
        "a drive": "C:/evil", "a drive in assets": "assets/C:evil", "backslashes": "..\\evil",
        "backslash in assets": "assets\\evil", "a share": "\\\\host\\evil", "a script": "evil.py",
        "a module": "assets/../keras/__init__.py", "a hidden entry": "assets/.evil",
        "a device": "assets/NUL", "a device with an end": "assets/con.txt", "a stream": "assets/a:b",
        "a line break": "assets/a\nb", "turned text": "assets/a\u202eb", "a tilde": "~/evil",
        "spaces": "assets/ ", "dots": "assets/...", "no name": "assets//x",
        "other weights": "model.weights.npz", "sharded weights": "model.weights.json",
        "config twice by case": "Config.json", "weights twice by case": "MODEL.weights.h5",
        "a pickle": "assets.pkl",
    }  # fmt: skip
    for what, name in names.items():
        yield f"zip: {what}", pack([*pairs, (name, b"canary")])
    yield "zip: config twice", pack([*pairs, ("config.json", b"{}")])
    yield "zip: weights twice", pack([*pairs, ("model.weights.h5", b"")])
    yield (
        "zip: a link",
        pack([*pairs, entry("assets/link", stat.S_IFLNK | 0o777, b"/etc/hostname")]),
    )
    yield (
        "zip: the config is a link",
        pack([entry("config.json", stat.S_IFLNK | 0o777, good["config.json"]), *pairs[2:]]),
    )
    yield "zip: a pipe", pack([*pairs, entry("assets/pipe", stat.S_IFIFO | 0o666)])
    yield "zip: a device node", pack([*pairs, entry("assets/zero", stat.S_IFCHR | 0o666)])
    yield "zip: config is a folder", pack([("config.json/", b""), *pairs[2:]])
    yield "zip: no config", pack(pairs[2:])
    yield "zip: no weights", pack(pairs[:2])
    yield "zip: bzip2", pack(good, compression=zipfile.ZIP_BZIP2)
    yield "zip: lzma", pack(good, compression=zipfile.ZIP_LZMA)
    yield "zip: many entries", pack({**good, **{f"assets/{n}": b"" for n in range(100)}})
    deflated = {"compression": zipfile.ZIP_DEFLATED}
    yield "zip: a config that is a bomb", pack({**good, "config.json": b" " * 2**23}, **deflated)
    yield (
        "zip: weights that are a bomb",
        pack({**good, "model.weights.h5": bytes(2**24)}, **deflated),
    )
    yield "zip: assets that are a bomb", pack({**good, "assets/a": bytes(2**24)}, **deflated)
    yield "zip: metadata that is a bomb", pack({**good, "metadata.json": bytes(2**22)}, **deflated)
    yield "zip: something before", b"MZ" + whole
    yield "zip: a script before", b"#!/bin/sh\nexit\n" + whole
    yield "zip: something behind", whole + b"canary"
    yield "zip: a second archive behind", whole + whole
    yield "zip: a comment", commented(whole)
    yield from headers(whole)
    yield "zip: cut", whole[:-30]
    yield "zip: empty", pack({})
    yield "zip: its end alone", b"PK\x05\x06" + bytes(18)
    yield "no zip: nothing", b""
    yield "no zip: text", b"import this"
    yield "no zip: page", b"<!DOCTYPE html><script>1</script>"
    yield "no zip: HDF5", b"\x89HDF\r\n\x1a\n" + bytes(64)
    yield "no zip: a pickle", b"\x80\x04K\x01."
    yield "no zip: ones", b"\xff" * 4096
    yield "no zip: gzip", b"\x1f\x8b\x08" + bytes(64)


def commented(whole):
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"PK\x05\x06" + bytes(18)
    return out.getvalue()


def headers(whole):
    """Give archives whose two headers of an entry disagree, field by field."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        infos, start = archive.infolist(), archive.start_dir
    first = infos[1]
    here = first.header_offset
    there = start + whole[start:].index(b"config.json") - 46
    assert whole[there : there + 4] == b"PK\x01\x02"

    def changed(what, *places):
        data = bytearray(whole)
        for place, form, value in places:
            struct.pack_into("<" + form, data, place, value)
        return f"zip: {what}", bytes(data)

    yield changed("encrypted", (here + 6, "H", 1), (there + 8, "H", 1))
    yield changed("encrypted by the directory", (there + 8, "H", 1))
    yield changed("encrypted by the entry", (here + 6, "H", 1))
    yield changed("strongly encrypted", (here + 6, "H", 0x41), (there + 8, "H", 0x41))
    yield changed("another packing by the entry", (here + 8, "H", 8))
    yield changed("an unknown packing", (here + 8, "H", 99), (there + 10, "H", 99))
    yield changed("another sum by the entry", (here + 14, "I", 1))
    yield changed("a wrong sum", (here + 14, "I", 1), (there + 16, "I", 1))
    yield changed("another packed size by the entry", (here + 18, "I", 1))
    yield changed("another size by the entry", (here + 22, "I", 1))
    yield changed("a size of zero", (here + 22, "I", 0), (there + 24, "I", 0))
    yield changed("a size of 4 GB", (here + 22, "I", 2**32 - 2), (there + 24, "I", 2**32 - 2))
    yield changed("zip64 without its field", (there + 24, "I", 2**32 - 1))
    yield changed("a size that is shorter", (there + 24, "I", 5), (there + 20, "I", 5))
    yield changed("a name that differs", (here + 30, "B", ord("C")))
    yield changed("a place of another entry", (there + 42, "I", infos[2].header_offset))
    yield changed("a place outside", (there + 42, "I", 2**31))
    yield changed("a longer extra field", (here + 28, "H", 40))
    yield changed("more entries than there are", (len(whole) - 12, "H", 9))
    yield changed(
        "fewer entries than there are", (len(whole) - 14, "H", 2), (len(whole) - 12, "H", 2)
    )
    yield changed("a directory elsewhere", (len(whole) - 6, "I", 0))
    cut = pack([("metadata.json", b"{}"), ("config.json\0.txt", b"{}")])
    yield "zip: a NUL in a name", cut.replace(b"config.json_.txt", b"config.json\0.txt")


def spoiled(good, change):
    """Return the archive with its config changed."""
    config = json.loads(good["config.json"])
    found = change(config)
    return pack({**good, "config.json": json.dumps(config if found is None else found)})


def texts(good):
    """Give configs that are no config, or more than one."""
    plain = good["config.json"].decode()
    made = {
        "nested lists": "[" * 5000 + "]" * 5000,
        "nested dicts": '{"a":' * 5000 + "1" + "}" * 5000,
        "brackets in a string that never ends": '"' + '\\"' * 10**6,
        "an open string": '{"a": "' + "x" * 10**6,
        "many lists": "[" + "[]," * 10**6 + "[]]",
        "many numbers": "[" + "1," * 10**6 + "1]",
        "the model's class twice": plain.replace(
            '"class_name": "Sequential"', '"class_name": "Lambda", "class_name": "Sequential"', 1
        ),
        "a key twice, deep": plain.replace('"units": 3', '"units": 3, "units": 3', 1),
        "NaN": plain.replace('"units": 3', '"units": NaN', 1),
        "Infinity": plain.replace('"units": 3', '"units": Infinity', 1),
        "beyond floats": plain.replace('"units": 3', '"units": 1e999', 1),
        "a number of 5,000 digits": plain.replace('"units": 3', f'"units": {"9" * 5000}', 1),
        "a number of 100 digits": plain.replace('"units": 3', f'"units": {"9" * 100}', 1),
        "half a character": plain.replace('"name": "dense"', '"name": "\\ud800"', 1),
        "half a character as a key": plain.replace('"units": 3', '"\\udfff": 3', 1),
        "NUL in a name": plain.replace('"name": "dense"', '"name": "a\\u0000b"', 1),
        "a terminal's codes in a name": plain.replace('"name": "dense"', '"name": "\\u001b[2J"', 1),
        "turned text in a name": plain.replace('"name": "dense"', '"name": "a\\u202eb"', 1),
        "a line break in a name": plain.replace('"name": "dense"', '"name": "a\\u2028b"', 1),
        "a long name": plain.replace('"name": "dense"', f'"name": "{"a" * 5000}"', 1),
        "a byte order mark": "\ufeff" + plain,
        "something behind": plain + "{}",
        "a comment": "/**/" + plain,
        "a number": "3",
        "a list": "[]",
        "null": "null",
        "a string": '"Sequential"',
        "nothing": "",
        "an empty model": "{}",
    }
    for what, text in made.items():
        yield f"json: {what}", pack({**good, "config.json": text})
    yield "json: UTF-16", pack({**good, "config.json": plain.encode("utf-16")})
    yield "json: Latin-1", pack({**good, "config.json": plain.encode() + b"\xe4"})


def layer(config, number=1):
    return config["config"]["layers"][number]


def node(name, module="keras.layers", /, **config):
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


CODE = ["4wEAAAA=", None, None]  # no code: it would not even unmarshal
LAMBDAS = {
    "Lambda": node("Lambda", name="x", function=node("__lambda__", "builtins", value=CODE)),
    "Lambda by a path": node("Lambda", "keras.src.layers.core.lambda_layer", name="x"),
    "lambda in small letters": node("lambda", name="x"),
    "Lambda without a module": {"class_name": "Lambda", "config": {"name": "x"}},
    "Lambda by registered name": {**node("Dense", name="x", units=1), "registered_name": "Lambda"},
    "Lambda in TimeDistributed": node("TimeDistributed", name="x", layer=node("Lambda", name="y")),
    "Lambda in Bidirectional": node("Bidirectional", name="x", layer=node("Lambda", name="y")),
    "Lambda in SpectralNormalization": node("SpectralNormalization", name="x", layer=node("Lambda", name="y")),
    "Lambda in a model": node("Sequential", "keras", name="x", layers=[node("Lambda", name="y")]),
    "Lambda in a model in a wrapper": node(
        "TimeDistributed", name="x", layer=node("Sequential", "keras", name="z", layers=[node("Lambda", name="y")])
    ),
    "Lambda as a cell": node("StackedRNNCells", name="x", cells=[node("Lambda", name="y")]),
}  # fmt: skip
OTHERS = {
    "TFSMLayer": node("TFSMLayer", name="x", filepath="canary"),
    "TorchModuleWrapper": node("TorchModuleWrapper", name="x", module="canary"),
    "JaxLayer": node("JaxLayer", name="x"), "FlaxLayer": node("FlaxLayer", name="x"),
    "Wrapper": node("Wrapper", name="x"), "Pipeline": node("Pipeline", name="x", layers=[]),
    "RNN of an own cell": node("RNN", name="x", cell=node("Cell", "mine")),
    "an own class": {**node("Own", "mine", name="x"), "registered_name": "mine>Own"},
    "an own class of a known name": {**node("Dense", name="x", units=1), "registered_name": "mine>Dense"},
    "os": node("system", "os", name="x"), "builtins": node("eval", "builtins", name="x"),
    "subprocess": node("Popen", "subprocess", args=["canary"]), "a module": node("ModuleType", "types"),
    "keras.utils": node("get_file", "keras.utils", origin="canary"),
    "keras.src.utils": node("get_file", "keras.src.utils.file_utils", origin="canary"),
    "keras.models": node("load_model", "keras.models", filepath="canary"),
    "keras.saving": node("load_model", "keras.saving", filepath="canary"),
    "keras.saving deserialize": node("deserialize_keras_object", "keras.saving", config={}),
    "keras.config": node("enable_unsafe_deserialization", "keras.config"),
    "keras.ops": node("map", "keras.ops"), "keras.ops vectorize": node("Vectorize", "keras.src.ops.numpy"),
    "keras.ops while": node("WhileLoop", "keras.src.ops.core"), "numpy": node("load", "numpy", file="canary"),
    "keras_hub": node("Backbone", "keras_hub.models"), "keras_nlp": node("Own", "keras_nlp.own"),
    "keras_cv": node("Own", "keras_cv"), "keras with more": node("Dense", "keras.layers.evil", units=1),
    "a relative module": node("Dense", ".layers"), "no module": {"class_name": "Dense", "config": {"units": 1}},
    "a module that is a list": {**node("Dense"), "module": ["keras.layers"]},
    "a class that is a list": {**node("Dense"), "class_name": ["Dense"]},
    "callbacks": node("ModelCheckpoint", "keras.callbacks", filepath="canary"),
    "preprocessing": node("image_dataset_from_directory", "keras.preprocessing", directory="/"),
    "datasets": node("load_data", "keras.datasets.mnist"), "applications": node("VGG16", "keras.applications"),
    "another model class": node("Model", "keras"), "Functional by another module": node("Functional", "keras.models"),
    "a type": node("__typespec__", "tensorflow", value=1), "bytes": node("__bytes__", None, value="x"),
    "a lambda": node("__lambda__", "builtins", value=CODE), "a vocabulary by a path": node("StringLookup", name="x", vocabulary="/etc/hostname"),
    "numbers by a path": node("IntegerLookup", name="x", vocabulary="/etc/hostname"),
    "texts by a path": node("TextVectorization", name="x", vocabulary="canary.txt"),
    "a vocabulary in a wrapper": node("TimeDistributed", name="x", layer=node("StringLookup", name="y", vocabulary="/etc/hostname")),
    "texts standardised by own code": node("TextVectorization", name="x", standardize=node("__lambda__", "builtins", value=CODE)),
    "texts split by a function": node("TextVectorization", name="x", split={"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}),
}  # fmt: skip
FUNCTIONS = (
    "exec", "eval", "keras.utils.get_file", "get_file", "load_model", "keras.saving.load_model",
    "builtins.open", "os.system", "__import__", "relu; canary", "lambda x: x", "mine>own", "",
)  # fmt: skip
SETTINGS = (
    "activation", "kernel_initializer", "bias_initializer", "kernel_regularizer",
    "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
)  # fmt: skip


def trees(good):
    """Give configs that name more than a model needs."""
    for what, bad in {**LAMBDAS, **OTHERS}.items():
        own = {**bad, "config": {"name": "x", **bad["config"]}}
        yield f"tree: {what}", spoiled(good, lambda c, b=own: c["config"]["layers"].insert(1, b))
    for name in FUNCTIONS[:-1]:
        yield (
            f"tree: activation {name}",
            spoiled(good, lambda c, n=name: layer(c)["config"].update(activation=n)),
        )
    objects = {
        "a lambda": node("__lambda__", "builtins", value=CODE),
        "a function of os": {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        "an own object": {**node("Own", "mine"), "registered_name": "mine>Own"},
    }  # fmt: skip
    for setting in SETTINGS:
        for what, bad in objects.items():
            yield (
                f"tree: {what} as {setting}",
                spoiled(good, lambda c, s=setting, b=bad: layer(c)["config"].update({s: b})),
            )
    for place in ("optimizer", "loss", "metrics", "weighted_metrics", "loss_weights", "steps"):
        for what, bad in objects.items():
            value = [bad] if "metrics" in place else bad
            yield (
                f"compile: {what} as {place}",
                spoiled(good, lambda c, p=place, v=value: c["compile_config"].update({p: v})),
            )
    yield (
        "compile: a schedule of its own",
        spoiled(
            good,
            lambda c: c["compile_config"]["optimizer"]["config"].update(
                learning_rate=node("Own", "mine")
            ),
        ),
    )
    yield (
        "compile: a metric that wraps",
        spoiled(
            good,
            lambda c: c["compile_config"].update(
                metrics=[node("MeanMetricWrapper", "keras.metrics", fn="mse")]
            ),
        ),
    )
    yield (
        "compile: a huge table",
        spoiled(
            good,
            lambda c: c["compile_config"].update(
                metrics=[node("AUC", "keras.metrics", num_thresholds=10**9)]
            ),
        ),
    )
    yield (
        "compile: huge counts",
        spoiled(
            good,
            lambda c: c["compile_config"].update(
                metrics=[node("MeanIoU", "keras.metrics", num_classes=10**6)]
            ),
        ),
    )
    yield "compile: inside a model", spoiled(good, lambda c: c["config"]["layers"].insert(1, {
        **node("Sequential", "keras", name="x", layers=[]), "compile_config": {"optimizer": "adam"}}))  # fmt: skip
    yield (
        "tree: a class in the build",
        spoiled(good, lambda c: layer(c).update(build_config={"input_shape": node("Own", "mine")})),
    )
    yield (
        "tree: a lambda under an own key",
        spoiled(
            good,
            lambda c: layer(c)["config"].update(
                mine={"deep": [node("__lambda__", None, value=CODE)]}
            ),
        ),
    )
    yield (
        "tree: a lambda beside the config",
        spoiled(good, lambda c: layer(c).update(mine=[node("Lambda")])),
    )
    yield (
        "tree: a policy of its own",
        spoiled(good, lambda c: layer(c)["config"].update(dtype=node("Own", "mine"))),
    )
    yield (
        "tree: a policy of objects",
        spoiled(good, lambda c: layer(c)["config"].update(dtype="object")),
    )
    yield (
        "tree: a policy of a huge type",
        spoiled(
            good,
            lambda c: layer(c)["config"].update(
                dtype=node("DTypePolicy", "keras", name="S1000000000")
            ),
        ),
    )
    yield (
        "tree: an array of a huge type",
        spoiled(
            good,
            lambda c: layer(c)["config"].update(
                x={"class_name": "__numpy__", "config": {"value": [1], "dtype": "S1000000000"}}
            ),
        ),
    )
    yield (
        "tree: a shared object that is a list",
        spoiled(good, lambda c: layer(c).update(shared_object_id=[1])),
    )
    yield (
        "tree: the model is a Dense",
        spoiled(good, lambda c: c.update(class_name="Dense", module="keras.layers")),
    )
    yield (
        "tree: the model is its own",
        spoiled(good, lambda c: c.update(class_name="Own", module="mine")),
    )
    yield "tree: Keras 2", spoiled(good, lambda c: c.update(module="keras.src.engine.sequential"))
    yield (
        "tree: the layers are a dict",
        spoiled(good, lambda c: c["config"].update(layers={"a": 1})),
    )
    yield "tree: no layers", spoiled(good, lambda c: c["config"].pop("layers") and None)
    yield "tree: a layer without config", spoiled(good, lambda c: layer(c).update(config=None))


def added(*layers):
    """Return a change that puts layers behind the input."""

    def change(config):
        nodes = config["config"]["layers"]
        config["config"]["layers"] = [nodes[0], *copy.deepcopy(layers)]

    return change  # fmt: skip


def shaped(shape, *layers):
    """Return a change to a model of other layers, that reads rows of a shape."""

    def change(config):
        added(*layers)(config)
        layer(config, 0)["config"]["batch_shape"] = [None, *shape]

    return change  # fmt: skip


def sizes(good):
    """Give configs of models that no memory holds."""
    image, line = (64, 64, 3), (64, 4)
    made = {
        "a billion units": ((8,), node("Dense", name="x", units=10**9)),
        "negative units": ((8,), node("Dense", name="x", units=-1)),
        "two wide layers": ((8,), node("Dense", name="x", units=10**6), node("Dense", name="y", units=10**6)),
        "a large kernel": (image, node("Conv2D", name="x", filters=64, kernel_size=[10**5, 10**5], padding="same")),
        "a kernel in three": ((9, 9, 9, 1), node("Conv3D", name="x", filters=9, kernel_size=[999, 999, 999], padding="same")),
        "many filters": (image, node("Conv2D", name="x", filters=10**6, kernel_size=[1, 1])),
        "a large embedding": ((8,), node("Embedding", name="x", input_dim=10**6, output_dim=10**6)),
        "an embedding of images": (image, node("Embedding", name="x", input_dim=10, output_dim=10**5)),
        "a repeated vector": ((8,), node("RepeatVector", name="x", n=10**8)),
        "a repeated vector, allowed": ((100,), node("RepeatVector", name="x", n=10**6)),
        "upsampling in one": (line, node("UpSampling1D", name="x", size=10**6)),
        "upsampling in two": (image, node("UpSampling2D", name="x", size=[10**4, 10**4])),
        "upsampling in three": ((4, 4, 4, 1), node("UpSampling3D", name="x", size=[999, 999, 999])),
        "upsampling twice": (image, node("UpSampling2D", name="x", size=[30, 30]), node("UpSampling2D", name="y", size=[30, 30])),
        "padding in one": (line, node("ZeroPadding1D", name="x", padding=[10**8, 0])),
        "padding in two": (image, node("ZeroPadding2D", name="x", padding=[[10**6, 0], [10**6, 0]])),
        "negative cropping": (image, node("Cropping2D", name="x", cropping=[[-10**6, 0], [-10**6, 0]])),
        "transposed steps": (image, node("Conv2DTranspose", name="x", filters=1, kernel_size=[3, 3], strides=[999, 999])),
        "dense on a large input": ((5000, 1000), node("Dense", name="x", units=5 * 10**3)),
        "a large input": ((10**5, 10**5),),
        "a resized image": (image, node("Resizing", name="x", height=10**5, width=10**5)),
        "a cropped image that grows": (image, node("CenterCrop", name="x", height=10**5, width=10**5)),
        "adaptive pooling": (image, node("AdaptiveMaxPooling2D", name="x", output_size=[10**5, 10**5])),
        "attention of a long sequence": ((10**6, 8), node("MultiHeadAttention", name="x", num_heads=8, key_dim=8)),
        "a reshape to more": ((8,), node("Reshape", name="x", target_shape=[10**5, 10**5])),
        "a recurrent layer": (line, node("LSTM", name="x", units=10**5)),
        "recurrent both ways": (line, node("Bidirectional", name="x", layer=node("LSTM", name="y", units=10**5))),
        "many tokens": (line, node("CategoryEncoding", name="x", num_tokens=10**9)),
        "many categories of each": ((10**4,), node("CategoryEncoding", name="x", num_tokens=10**6, output_mode="one_hot")),
        "einsum of wide": ((10**4,), node("EinsumDense", name="x", equation="ab,bc->ac", output_shape=[None, 10**6])),
        "a wide model in a wrapper": (line, node("TimeDistributed", name="x", layer=node(
            "Sequential", "keras", name="y", layers=[node("Dense", name="a", units=10**6), node("Dense", name="b", units=10**6)]))),
        "a wrapped layer": (line, node("TimeDistributed", name="x", layer=node("Dense", name="y", units=10**6))),
        "a low rank that is none": ((8,), node("Dense", name="x", units=8, lora_rank=10**6)),
        "spectrum": ((10**6,), node("MelSpectrogram", name="x", fft_length=10**6, num_mel_bins=10**6)),
        "units that are text": ((8,), node("Dense", name="x", units="8")),
        "units that are a list": ((8,), node("Dense", name="x", units=[8])),
        "units that are half": ((8,), node("Dense", name="x", units=8.5)),
        "steps of none": (image, node("Conv2D", name="x", filters=1, kernel_size=[3, 3], strides=[0, 0])),
    }  # fmt: skip
    for what, (shape, *layers) in made.items():
        yield f"size: {what}", spoiled(good, shaped(shape, *layers))
    yield (
        "size: many layers",
        spoiled(good, added(*(node("Dropout", name=f"d{n}", rate=0.1) for n in range(500)))),
    )
    yield (
        "size: a shape that it was built for",
        spoiled(good, lambda c: layer(c).update(build_config={"input_shape": [None, 10**7]})),
    )
    yield (
        "size: not built, wide",
        spoiled(
            good,
            lambda c: c["config"].update(layers=[node("Dense", name=n, units=10**6) for n in "ab"]),
        ),
    )
    yield "size: not built, for a wide shape", spoiled(good, lambda c: c["config"].update(
        layers=[node("Dense", name="a", units=10**6)], build_input_shape=[None, 10**6]))  # fmt: skip
    yield (
        "size: many rows at a time",
        spoiled(good, lambda c: layer(c, 0)["config"].update(batch_shape=[10**9, 8])),
    )
    yield "size: models within models", spoiled(good, nested_many)


def nested_many(config):
    """Each model calls the one within it nine times, six deep."""
    inner = functional("m0", ["x"], [])
    for depth in range(1, 7):
        calls = [(inner["config"]["name"], [f"in{depth}", 0, 0])] * 9
        inner = functional(f"m{depth}", [f"in{depth}"], [(inner, calls)])
    config.update(inner)


def tensor(name, call=0, pin=0, shape=(None, 8)):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": list(shape), "dtype": "float32", "keras_history": [name, call, pin]},
    }


def functional(name, inputs, layers, outputs=None):
    """Return a functional model of (layer, calls), calls as (name, tensor)."""
    nodes = [
        {
            **node("InputLayer", name=one, batch_shape=[None, 8], dtype="float32"),
            "name": one,
            "inbound_nodes": [],
        }
        for one in inputs
    ]
    for one, calls in layers:
        own = one["config"]["name"]
        inbound = [{"args": [tensor(*came)], "kwargs": {}} for _, came in calls]
        nodes.append({**one, "name": own, "inbound_nodes": inbound})
    last = layers[-1][0]["config"]["name"] if layers else inputs[0]
    config = {
        "name": name,
        "trainable": True,
        "layers": nodes,
        "input_layers": [[one, 0, 0] for one in inputs],
    }
    config["output_layers"] = outputs or [[last, 0, 0]]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }


def graphs(good):
    """Give functional models whose graphs do not hold together."""
    dense = node("Dense", name="d", units=8)
    other = node("Dense", name="e", units=8)

    def op(name, **config):
        return {**node(name, "keras.src.ops.numpy", name="o", **config), "registered_name": name}

    made = {
        "reads itself": functional("m", ["x"], [(dense, [("d", ["d", 0, 0])])]),
        "a circle": functional("m", ["x"], [(dense, [("d", ["e", 0, 0])]), (other, [("e", ["d", 0, 0])])]),
        "an unknown layer": functional("m", ["x"], [(dense, [("d", ["none", 0, 0])])]),
        "an unknown output": functional("m", ["x"], [(dense, [("d", ["x", 0, 0])])], [["none", 0, 0]]),
        "a call that is not there": functional("m", ["x"], [(dense, [("d", ["x", 7, 0])])]),
        "a tensor that is not there": functional("m", ["x"], [(dense, [("d", ["x", 0, 10**9])])]),
        "a negative call": functional("m", ["x"], [(dense, [("d", ["x", -1, 0])])]),
        "a huge call": functional("m", ["x"], [(dense, [("d", ["x", 10**30, 0])])]),
        "a layer that reads nothing": functional("m", ["x"], [(dense, [])]),
        "one name twice": functional("m", ["x"], [(dense, [("d", ["x", 0, 0])]), (dense, [("d", ["x", 0, 0])])]),
        "an input of one name twice": functional("m", ["x", "x"], [(dense, [("d", ["x", 0, 0])])]),
        "called 5,000 times": functional("m", ["x"], [(dense, [("d", ["x", 0, 0])] * 5000)]),
        "a chain of 5,000 calls, backwards": functional(
            "m", ["x"], [(dense, [("d", ["d", n + 1, 0]) for n in range(4999)] + [("d", ["x", 0, 0])])]
        ),
        "numbers repeated": functional("m", ["x"], [(op("Repeat", repeats=10**8), [("o", ["x", 0, 0])])]),
        "numbers tiled": functional("m", ["x"], [(op("Tile", repeats=[10**4, 10**4]), [("o", ["x", 0, 0])])]),
        "numbers padded": functional("m", ["x"], [(op("Pad", pad_width=[[0, 0], [10**8, 0]]), [("o", ["x", 0, 0])])]),
        "numbers broadcast": functional("m", ["x"], [(op("BroadcastTo", shape=[10**5, 10**5]), [("o", ["x", 0, 0])])]),
        "numbers from nothing": functional("m", ["x"], [(op("Arange"), [])]),
        "numbers made": functional("m", ["x"], [(op("Linspace", num=10**9), [("o", ["x", 0, 0])])]),
        "a class of operations that runs code": functional("m", ["x"], [(
            {**node("Map", "keras.src.ops.core", name="o"), "registered_name": "Map"}, [("o", ["x", 0, 0])])]),
    }  # fmt: skip
    for what, config in made.items():
        yield f"graph: {what}", pack({**good, "config.json": json.dumps(config)})
    old = functional("m", ["x"], [(dense, [("d", ["x", 0, 0])])])
    old["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0, {}]]]
    yield "graph: Keras 2", pack({**good, "config.json": json.dumps(old)})
    code = functional("m", ["x"], [(dense, [("d", ["x", 0, 0])])])
    code["config"]["layers"][1]["inbound_nodes"][0]["kwargs"] = {
        "mask": node("__lambda__", None, value=CODE)
    }
    yield "graph: code in a call", pack({**good, "config.json": json.dumps(code)})
    bare = functional("m", ["x"], [(dense, [("d", ["x", 0, 0])])])
    for key in ("input_layers", "output_layers", "layers"):
        left = {**bare, "config": {k: v for k, v in bare["config"].items() if k != key}}
        yield f"graph: without {key}", pack({**good, "config.json": json.dumps(left)})


def weights(good):
    """Give files of weights that are more, less or other than the model's."""
    import h5py

    stored = good["model.weights.h5"]

    def edited(change):
        out = io.BytesIO(stored)
        with h5py.File(out, "r+") as opened:
            change(opened)
        return out.getvalue()

    def instead(make):
        def change(opened):
            del opened["layers/dense/vars/0"]
            make(opened["layers/dense/vars"])

        return edited(change)  # fmt: skip

    def filled(value):
        def change(opened):
            opened["layers/dense/vars/0"][0, 0] = value

        return edited(change)  # fmt: skip

    def virtual(group):
        layout = h5py.VirtualLayout((8, 3), "f4")
        layout[:] = h5py.VirtualSource("canary.h5", "x", (8, 3))
        group.create_virtual_dataset("0", layout)

    kernel = np.ones((8, 3), "f4")
    plug = {"compression": 32015, "allow_unknown_filter": True}
    choice = h5py.enum_dtype({"A": 0, "B": 1}, "i4")
    made = {
        "an external link": instead(lambda g: g.__setitem__("0", h5py.ExternalLink("/etc/hostname", "/"))),
        "a soft link": instead(lambda g: g.__setitem__("0", h5py.SoftLink("/layers/dense/vars/1"))),
        "a link to nowhere": instead(lambda g: g.__setitem__("0", h5py.SoftLink("/none"))),
        "a hard link": instead(lambda g: g.__setitem__("0", g["1"])),
        "a circle of groups": edited(lambda f: f["layers/dense"].__setitem__("again", f["layers"])),
        "the root within": edited(lambda f: f["layers"].__setitem__("root", f["/"])),
        "numbers in another file": instead(lambda g: g.create_dataset("0", (8, 3), "f4", external=[("/canary", 0, 96)])),
        "numbers in a device": instead(lambda g: g.create_dataset("0", (8, 3), "f4", external=[("/dev/zero", 0, 96)])),
        "a virtual array": instead(virtual),
        "objects": instead(lambda g: g.create_dataset("0", (8, 3), h5py.ref_dtype)),
        "regions": instead(lambda g: g.create_dataset("0", (8, 3), h5py.regionref_dtype)),
        "texts": instead(lambda g: g.create_dataset("0", data=["canary"] * 3)),
        "texts of one length": instead(lambda g: g.create_dataset("0", data=np.array([b"abcd"] * 3))),
        "lists of any length": instead(lambda g: g.create_dataset("0", (8, 3), h5py.vlen_dtype("f4"))),
        "records": instead(lambda g: g.create_dataset("0", (8, 3), [("a", "f4"), ("b", "i4")])),
        "an enumeration": instead(lambda g: g.create_dataset("0", (8, 3), choice)),
        "opaque bytes": instead(lambda g: g.create_dataset("0", data=np.zeros((8, 3), "V9"))),
        "arrays in an array": instead(lambda g: g.create_dataset("0", (8,), np.dtype(("f4", (3,))))),
        "complex numbers": instead(lambda g: g.create_dataset("0", (8, 3), "c8")),
        "long numbers": instead(lambda g: g.create_dataset("0", (8, 3), np.longdouble)),
        "a type by reference": edited(lambda f: (f.__setitem__("t", np.dtype("f4")), f.__delitem__("layers/dense/vars/0"), f["layers/dense/vars"].create_dataset("0", (8, 3), f["t"]))),
        "a type beside": edited(lambda f: f.__setitem__("layers/dense/t", np.dtype("f4"))),
        "NaN": filled(np.nan), "infinity": filled(np.inf), "minus infinity": filled(-np.inf),
        "a kernel turned": instead(lambda g: g.create_dataset("0", data=kernel.T)),
        "a kernel of one number": instead(lambda g: g.create_dataset("0", data=np.float32(1))),
        "a kernel of none": instead(lambda g: g.create_dataset("0", (0, 3), "f4")),
        "a kernel that is empty": instead(lambda g: g.create_dataset("0", data=h5py.Empty("f4"))),
        "a wide kernel": instead(lambda g: g.create_dataset("0", data=np.ones((8, 400), "f4"))),
        "a kernel too many": edited(lambda f: f["layers/dense/vars"].create_dataset("2", data=kernel)),
        "a kernel missing": instead(lambda g: None),
        "a layer missing": edited(lambda f: f.__delitem__("layers/dense")),
        "a layer too many": edited(lambda f: f["layers"].create_dataset("dense_9/vars/0", data=kernel)),
        "all layers missing": edited(lambda f: f.__delitem__("layers")),
        "numbers where a group should be": edited(lambda f: (f.__delitem__("layers/dense"), f["layers"].create_dataset("dense", data=kernel))),
        "never written": instead(lambda g: g.create_dataset("0", (8, 3), "f4")),
        "a huge shape, never written": instead(lambda g: g.create_dataset("0", (10**6, 10**6), "f8")),
        "a huge shape of one value": instead(lambda g: g.create_dataset("0", (10**6, 10**6), "f8", fillvalue=1.0, chunks=(1, 1))),
        "packed zeros": instead(lambda g: g.create_dataset("0", data=np.zeros((2000, 2000), "f4"), compression="gzip")),
        "packed": instead(lambda g: g.create_dataset("0", data=kernel, compression="gzip", shuffle=True)),
        "packed by LZF": instead(lambda g: g.create_dataset("0", data=kernel, compression="lzf")),
        "scaled": instead(lambda g: g.create_dataset("0", data=kernel.astype("i4"), scaleoffset=4)),
        "summed": instead(lambda g: g.create_dataset("0", data=kernel, fletcher32=True)),
        "a plug-in's filter": instead(lambda g: g.create_dataset("0", (8, 3), "f4", chunks=(8, 3), **plug)),
        "in chunks": instead(lambda g: g.create_dataset("0", data=kernel, chunks=(1, 1))),
        "to be resized": instead(lambda g: g.create_dataset("0", data=kernel, maxshape=(None, 3))),
        "deep groups": edited(lambda f: f.create_group("/".join(["a"] * 200))),
        "a group's order kept": edited(lambda f: f.create_group("x", track_order=True)),
        "many groups": edited(lambda f: [f.create_group(f"layers/x{n}") for n in range(300)] and None),
        "a name that climbs": edited(lambda f: f["layers"].create_group("..x/..")),
        "a name that is a path": edited(lambda f: f.create_group("layers/dense/C:\\x")),
        "a name of an emperor": edited(lambda f: f.create_group("layers/dense/秦")),
        "a long name": edited(lambda f: f.create_group("layers/dense/" + "a" * 1000)),
        "many facts about a group": edited(lambda f: [f["layers/dense"].attrs.__setitem__(f"a{n}", np.zeros(5000)) for n in range(300)] and None),
        "nothing": b"canary", "its head alone": stored[:8], "cut": stored[: len(stored) // 2],
        "cut by one": stored[:-1], "another version": stored[:8] + b"\x03" + stored[9:],
        "an unknown version": stored[:8] + b"\xff" + stored[9:], "something before": bytes(512) + stored,
        "no end": stored[:40] + b"\xff" * 8 + stored[48:], "a root elsewhere": stored[:64] + b"\xff" * 8 + stored[72:],
        "a root that is the head": stored[:64] + bytes(8) + stored[72:], "zeros": stored[:96] + bytes(len(stored) - 96),
        "shifted": stored[:24] + b"\x08" + stored[25:], "short places": stored[:13] + b"\x04\x04" + stored[15:],
    }  # fmt: skip
    out = io.BytesIO()
    with h5py.File(out, "w", libver="latest") as opened, h5py.File(io.BytesIO(stored)) as came:
        came.copy("layers", opened)
    made["the newest version"] = out.getvalue()
    for what, content in made.items():
        yield f"weights: {what}", pack({**good, "model.weights.h5": content})
    yield "weights: none", pack({**good, "model.weights.h5": b""})


def every(whole):
    """Give all of them, by name."""
    good = take_apart(whole)
    yield from archives(whole)
    for family in (texts, trees, sizes, graphs, weights):
        yield from family(good)
