"""A vetted model, written anew: Keras and its C libraries see no byte of the file that was handed in.

HDF5's library crashes or hangs on some damaged files whose numbers can be read well, so what Keras
is to load is put together again from the config and the numbers that were read.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

from advisor import file_weights

if TYPE_CHECKING:
    from advisor.hdf5 import Tree
    from advisor.saved import SavedModel

_METADATA = b'{"keras_version": "3", "date_saved": "1980-01-01@00:00:00"}'


def rewrite(file: SavedModel) -> bytes:
    """Return a `.keras` archive of a vetted model, without its optimizer: load it uncompiled.

    Raises:
        ModelFileError: its weights are damaged.
    """
    config = {key: value for key, value in file.config.items() if key != "compile_config"}
    entries = {
        "metadata.json": _METADATA,
        "config.json": json.dumps(config).encode(),
        "model.weights.h5": _weights(file.weights, file.tree),
        **file.assets,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _weights(data: bytes, tree: Tree) -> bytes:
    """Write groups and numbers, but for the optimizer's and the metrics'."""
    import h5py
    import numpy as np

    out = io.BytesIO()
    with h5py.File(out, "w") as made:
        for path in sorted(tree.groups):
            if file_weights.of_layers(path):
                made.require_group(path)
        for path, one in tree.datasets.items():
            if not file_weights.of_layers(path):
                continue
            if one.kind == "bfloat16":
                raw = (
                    np.frombuffer(data, "V2", one.size, one.start)
                    if one.size
                    else np.zeros(0, "V2")
                )
                made.create_dataset(path, data=raw.reshape(one.shape)).attrs["dtype"] = "bfloat16"
            else:
                made.create_dataset(path, data=one.array(data))
    return out.getvalue()
