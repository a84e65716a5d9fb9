"""Damaged copies of honest models, for the reader and for Keras: bytes, configs, weights."""

from __future__ import annotations

import io
import json
import random
import zipfile

import numpy as np


def pack(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def of_files(honest, count, seed):
    """Give damaged copies of files: bytes changed, cut, put in; config and weights changed and packed anew."""
    rng = random.Random(seed)  # noqa: S311 - a test, no secret
    files = list(honest)
    for number in range(count):
        data = bytearray(rng.choice(files))
        kind = number % 6
        at = rng.randrange(len(data))
        if kind == 0:
            for _ in range(rng.randrange(1, 20)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[at:at] = rng.randbytes(rng.randrange(1, 50))
        else:
            data = repacked(rng, bytes(data), kind)
        yield bytes(data)


def repacked(rng, data, kind):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    if kind == 3:
        text = bytearray(entries["config.json"])
        for _ in range(rng.randrange(1, 6)):
            text[rng.randrange(len(text))] = rng.randrange(32, 127)
        entries["config.json"] = bytes(text)
    else:
        config = json.loads(entries["config.json"])
        places = list(nodes(config))
        for _ in range(rng.randrange(1, 5)):
            where, key = rng.choice(places)
            values = [
                None,
                -1,
                0,
                10**30,
                float("nan"),
                "x",
                "Lambda",
                [],
                {},
                [[]],
                True,
                {"class_name": "Dense"},
            ]
            if kind == 4 and key in (where if isinstance(where, dict) else range(len(where))):
                where[key] = rng.choice(values)
            elif isinstance(where, dict):
                where.pop(key, None)
        entries["config.json"] = json.dumps(config).encode()
    return pack(entries)


def nodes(value):
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from nodes(value[key])


def of_weights(honest, count, seed):
    """Give copies with damaged weights: bytes changed, moved, cut, and whole structures edited."""
    rng = random.Random(seed)  # noqa: S311 - a test, no secret
    files = []
    for data in honest:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files.append({name: archive.read(name) for name in archive.namelist()})
    for number in range(count):
        entries = dict(rng.choice(files))
        entries["model.weights.h5"] = damaged(rng, entries["model.weights.h5"], number % 8)
        yield pack(entries)


def damaged(rng, stored, kind):
    data = bytearray(stored)
    at = rng.randrange(len(data))
    if kind == 0:
        del data[at:]
    elif kind == 1:
        data[at:at] = rng.randbytes(rng.randrange(1, 50))
    elif kind == 2:
        end = at + rng.randrange(1, 600)
        data[at:end] = data[:600][: end - at]
    elif kind in {3, 4}:  # whole fields, as lengths and places are
        marks = [n for n in range(0, len(data) - 8, 8) if any(data[n : n + 8])]
        for _ in range(rng.randrange(1, 4)):
            at = rng.choice(marks)
            few = [0, 1, 8, 96, 2**16, 2**31, 2**32, 2**63, 2**64 - 1, len(data), at]
            data[at : at + 8] = rng.choice(few).to_bytes(8, "little")
    elif kind == 5:
        return restructured(rng, stored)
    else:
        marks = [n for n, byte in enumerate(data) if byte]
        for _ in range(rng.randrange(1, 12)):
            data[rng.choice(marks)] = rng.randrange(256)
    return bytes(data)


def restructured(rng, stored):
    """Edit a file of weights as HDF5: other shapes, types, names, links."""
    import h5py

    out = io.BytesIO(stored)
    with h5py.File(out, "r+") as opened:
        paths = []
        opened.visit(paths.append)
        path = rng.choice(paths)
        kind = rng.randrange(6)
        if kind == 0:
            del opened[path]
        elif kind == 1:
            opened.move(path, "moved")
        elif kind == 2:
            opened["layers"].create_group(f"again_{rng.randrange(9)}")["vars"] = opened[path]
        else:
            shape = tuple(rng.randrange(4) for _ in range(rng.randrange(4)))
            types = ["f4", "f8", "i8", "f2", "u1", "?", "S3", "c8", "V5", ">f4"]
            del opened[path]
            opened.create_dataset(path, data=np.zeros(shape, rng.choice(types)))
    return out.getvalue()
