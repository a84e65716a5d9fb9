"""A saved `.keras` file, read without Keras, and refused where it names more than it needs.

`load_model(safe_mode=True)` is no boundary: many exported functions stay callable. So the archive
and its config are vetted before anything else looks at them: only classes and functions of the
allow-list, bounded sizes, a graph that holds together. Nothing is run, nothing is written.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.errors import ModelFileError, shown

if TYPE_CHECKING:
    from os import PathLike

_FILE_BYTES = 2**29
_CONFIG_BYTES = 4 * 2**20
_ASSET_BYTES = 8 * 2**20
_ENTRIES = 64
_DEPTH = 100
_KNOWN = {"config.json", "metadata.json", "model.weights.h5"}


@dataclass(frozen=True, slots=True)
class SavedModel:
    """A saved model that was found harmless.

    Attributes:
        name: of the file.
        config: the content of config.json.
        weights: the bytes of model.weights.h5, not looked into yet; b"" where there are none.
    """

    name: str
    config: dict[str, Any]
    weights: bytes


def read(path: str | bytes | PathLike[str]) -> SavedModel:
    """Read and vet a `.keras` file.

    Raises:
        ModelFileError: it is missing, cut off, of another kind, or not harmless; one line says why.
    """
    from advisor.vetting import vet

    file = os.path.basename(os.fsdecode(path))  # noqa: PTH119 - bytes are paths as well
    data = _bytes(path, file)
    try:
        config, weights = _unpack(data, file)
    except ModelFileError:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        MemoryError,
        OverflowError,
        IndexError,
    ) as error:
        raise _refused(
            file, f"the archive is damaged or cut off ({type(error).__name__})"
        ) from None
    vet(config, file)
    return SavedModel(file, config, weights)


def _refused(file: str, why: str) -> ModelFileError:
    return ModelFileError(f"{shown(file, 50)} is refused: {why}.")


def _bytes(path: str | bytes | PathLike[str], file: str) -> bytes:
    """Read a regular file once; links, devices and pipes are not followed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise ModelFileError(f"There is no file {shown(file, 60)}.") from None
    except (OSError, ValueError):
        if os.path.islink(path):  # noqa: PTH114 - bytes are paths as well
            raise _refused(file, "it is a link; name the file itself") from None
        raise _refused(file, "it cannot be opened") from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise _refused(file, "it is a folder or a device, no file")
    with os.fdopen(descriptor, "rb") as opened:
        if found.st_size > _FILE_BYTES:
            raise _refused(file, f"it has {found.st_size:,} bytes, {_FILE_BYTES:,} are the most")
        try:
            data = opened.read(_FILE_BYTES + 1)
        except OSError:
            raise _refused(file, "it cannot be read") from None
    return data


def _unpack(data: bytes, file: str) -> tuple[dict[str, Any], bytes]:
    """Return the config and the weights of an archive."""
    _sniff(data, file)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        _vet_entries(entries, file)
        names = {entry.filename: entry for entry in entries}
        if "config.json" not in names:
            raise _refused(file, "the archive has no config.json, so it is no saved model")
        with archive.open(names["config.json"]) as opened:
            text = opened.read(_CONFIG_BYTES + 1)
        if len(text) > _CONFIG_BYTES:
            raise _refused(file, f"config.json is larger than {_CONFIG_BYTES:,} bytes")
        weights = b""
        if "model.weights.h5" in names:
            limit = max(2 * len(data), 2**20)
            with archive.open(names["model.weights.h5"]) as opened:
                weights = opened.read(limit + 1)
            if len(weights) > limit:
                raise _refused(file, "the weights unpack to more than twice the file")
    return _parse(text, file), weights


def _sniff(data: bytes, file: str) -> None:
    """Tell files of other kinds apart."""
    if not data:
        raise _refused(file, "it is empty")
    if data.startswith(b"PK\x03\x04"):
        return
    if data.startswith(b"\x89HDF\r\n"):
        raise _refused(file, "it is HDF5; save the model anew as .keras")
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        raise _refused(file, "it is a web page; download the file itself")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise _refused(file, "something stands before the archive")
    if start and all(byte in b"\t\n\r\f\b\x1b" or byte >= 32 for byte in start):  # noqa: PLR2004
        raise _refused(file, "it is text, no saved model")
    raise _refused(file, "it is no zip archive, so no .keras file")


def _vet_entries(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Refuse archives that are built to surprise."""
    if len(entries) > _ENTRIES:
        raise _refused(file, f"the archive has {len(entries)} entries, {_ENTRIES} are the most")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise _refused(file, "the archive names an entry twice")
    if entries and min(entry.header_offset for entry in entries) != 0:
        raise _refused(file, "something stands before the archive")
    assets = 0
    for entry in entries:
        name = entry.filename
        parts = re.split(r"[\\/]", name)
        if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name:
            raise _refused(file, "an entry points outside the archive")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(file, "an entry is a link")
        if entry.flag_bits & 0x1:
            raise _refused(file, "the archive is encrypted")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _refused(file, "an entry is packed in an unusual way")
        if name not in _KNOWN:
            if parts[0] != "assets":
                raise _refused(file, f"the archive holds {shown(name, 40)}, which no model needs")
            assets += entry.file_size
    if assets > _ASSET_BYTES:
        raise _refused(file, f"its assets are larger than {_ASSET_BYTES:,} bytes")


_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKETS = bytes.maketrans(b"[]{}", b"[][]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))


def _parse(text: bytes, file: str) -> dict[str, Any]:
    """Parse JSON whose depth was looked at first."""
    import itertools

    brackets = _STRING.sub(b"", text).translate(_BRACKETS, _OTHERS)
    steps = (1 if byte == 0x5B else -1 for byte in brackets)  # noqa: PLR2004 - "["
    if max(itertools.accumulate(steps), default=0) > _DEPTH:
        raise _refused(file, f"config.json is nested deeper than {_DEPTH} levels")
    try:
        config = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _refused(file, "config.json is no JSON") from None
    if not isinstance(config, dict):
        raise _refused(file, "config.json holds no model")
    return config
