"""Whether the weights of a saved model are those that its config implies: plain numbers, all finite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from advisor import hdf5
from advisor.archive import refused
from advisor.errors import shown
from advisor.file_flow import WEIGHTS, Stream
from advisor.file_sizes import implied

if TYPE_CHECKING:
    from advisor.file_flow import Piece
    from advisor.saved import SavedModel

_LAYER = re.compile(r"layers(/[^/]+/layers)*/[^/]+")
_STATES = 3 * WEIGHTS  # optimizers keep up to three numbers a weight


def tree(file: SavedModel) -> hdf5.Tree:
    """Return what the file of weights holds.

    Raises:
        ModelFileError: it is damaged, too large, or holds more than groups and plain numbers.
    """
    try:
        found = hdf5.read(file.weights)
    except hdf5.StrangeError as error:
        raise refused(file.name, str(error)) from None
    kept = sum(one.size for path, one in found.datasets.items() if of_layers(path))
    if kept > WEIGHTS:
        raise refused(file.name, f"it has {kept:,} weights, {WEIGHTS:,} are the most")
    if sum(one.size for one in found.datasets.values()) > kept + _STATES:
        raise refused(file.name, f"its optimizer keeps more than {_STATES:,} numbers")
    return found


def vet(file: SavedModel) -> None:
    """Refuse weights that are not those of the config.

    Raises:
        ModelFileError: one line says why.
    """
    if not file.weights:
        raise refused(file.name, "it holds no weights; save the model anew")
    found = file.tree
    stream = Stream(file.name)
    stream.model(file.config)
    _places(file.name, found, set(stream.pieces))
    for path, piece in stream.pieces.items():
        _shapes(file.name, found, path, piece)
    for path, one in found.datasets.items():
        if of_layers(path) and not finite(one, file.weights):
            raise refused(file.name, "a weight is NaN or infinite")


def finite(one: hdf5.Dataset, data: bytes) -> bool:
    """Say whether all numbers of an array are finite."""
    import numpy as np

    return "f" not in one.kind or bool(np.isfinite(one.array(data)).all())


def of_layers(path: str) -> bool:
    """Say whether numbers are a layer's, none of the optimizer's or a metric's."""
    return path.split("/", 1)[0] not in {"optimizer", "metrics"}


def _places(name: str, found: hdf5.Tree, known: set[str]) -> None:
    """Refuse weights of layers that the config does not have."""
    wanted = set(known)
    for path in known:
        parts = path.split("/")
        wanted |= {"/".join(parts[:end]) for end in range(1, len(parts))}
    for path in {*found.groups, *found.datasets}:
        head = _LAYER.match(path)
        if head is not None and head[0] not in wanted and not _inside(head[0], known):
            raise refused(name, f"its weights hold {shown(path, 40)}, which the model has not")


def _inside(path: str, known: set[str]) -> bool:
    """Say whether a place lies within a layer of the model, as a wrapper's own layers do."""
    parts = path.split("/")
    return any("/".join(parts[:end]) in known for end in range(1, len(parts)))


def _shapes(name: str, found: hdf5.Tree, path: str, piece: Piece) -> None:
    """Compare a layer's weights with what its config implies."""
    config, came = piece.node["config"], piece.came
    wanted = implied(piece.node["class_name"], config, came[0] if came else None)
    if wanted is None or not (piece.sure or piece.node.get("build_config")):
        return
    for below, shapes in wanted.items():
        have = stored(found, f"{path}/{below}")
        if [one.shape for one in have] != shapes:
            raise refused(name, f"the weights of {_called(piece.node)} do not fit the layer")


def _called(node: dict[str, Any]) -> str:
    return shown(node["config"].get("name", node["class_name"]), 40)


def stored(found: hdf5.Tree, group: str) -> list[hdf5.Dataset]:
    """Return a group's arrays in the order of their numbers."""
    many: list[hdf5.Dataset] = []
    while (one := found.datasets.get(f"{group}/{len(many)}")) is not None:
        many.append(one)
    return many
