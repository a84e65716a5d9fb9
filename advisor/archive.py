"""The archive of a saved model: a zip of a few plain entries, and nothing before, between or behind."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from typing import NoReturn

from advisor.errors import ModelFileError, shown

CONFIG_BYTES = 4 * 2**20
_ASSET_BYTES = 8 * 2**20
_NOTE_BYTES = 2**16
_ENTRIES = 64
_KNOWN = {"config.json", "metadata.json", "model.weights.h5"}
_ASSET = re.compile(r"assets(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*/?")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LINE = 160  # characters
_ZIP64 = 0xFFFFFFFF


def refused(file: str, why: str) -> ModelFileError:
    """Return the error that says in one line why a file is refused."""
    room = _LINE - len(f" is refused: {why}.")
    return ModelFileError(f"{shown(file, max(min(room, 50), 8))} is refused: {why}.")


def sniff(data: bytes, file: str) -> None:
    """Tell files of other kinds apart."""
    if not data:
        raise refused(file, "it is empty")
    if data.startswith(b"PK\x03\x04"):
        return
    if data.startswith(b"\x89HDF\r\n"):
        raise refused(file, "it is HDF5; save the model anew as .keras")
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html")):
        raise refused(file, "it is a web page; download the file itself")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise refused(file, "something stands before the archive")
    if start and all(byte in b"\t\n\r\f\b\x1b" or byte >= 32 for byte in start):  # noqa: PLR2004
        raise refused(file, "it is text, no saved model")
    raise refused(file, "it is no zip archive, so no .keras file")


def unpack(data: bytes, file: str) -> tuple[bytes, bytes, dict[str, bytes]]:
    """Return the bytes of config.json, of the weights (b"" where there are none) and of assets.

    Raises:
        ModelFileError: the archive is built to surprise.
        Exception: of `zipfile`, `zlib` and `struct`: it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        _vet_entries(entries, file)
        _vet_layout(data, archive, file)
        names = {entry.filename: entry for entry in entries}
        if "config.json" not in names:
            raise refused(file, "the archive has no config.json, so it is no saved model")
        text = _content(archive, names["config.json"], CONFIG_BYTES, file)
        weights = b""
        if "model.weights.h5" in names:
            limit = max(2 * len(data), 2**20)
            with archive.open(names["model.weights.h5"]) as opened:
                weights = opened.read(limit + 1)
            if len(weights) > limit:
                raise refused(file, "the weights unpack to more than twice the file")
            _whole(weights, names["model.weights.h5"], file)
        if "metadata.json" in names:
            _content(archive, names["metadata.json"], _NOTE_BYTES, file)
        assets = {
            name: _content(archive, entry, _ASSET_BYTES, file)
            for name, entry in names.items()
            if name not in _KNOWN
        }
    return text, weights, assets


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, file: str) -> bytes:
    with archive.open(entry) as opened:
        text = opened.read(limit + 1)
    if len(text) > limit:
        raise refused(file, f"{shown(entry.filename, 40)} is larger than {limit:,} bytes")
    _whole(text, entry, file)
    return text


def _whole(content: bytes, entry: zipfile.ZipInfo, file: str) -> None:
    if len(content) != entry.file_size:
        raise refused(file, "an entry is not as long as the archive says")


def _vet_entries(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Refuse archives that are built to surprise."""
    if len(entries) > _ENTRIES:
        raise refused(file, f"the archive has {len(entries)} entries, {_ENTRIES} are the most")
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        raise refused(file, "the archive names an entry twice")
    assets = 0
    for entry in entries:
        _vet_entry(entry, file)
        if entry.filename not in _KNOWN:
            assets += entry.file_size
    if assets > _ASSET_BYTES:
        raise refused(file, f"its assets are larger than {_ASSET_BYTES:,} bytes")


def _vet_entry(entry: zipfile.ZipInfo, file: str) -> None:
    name = entry.filename
    parts = re.split(r"[\\/]", name)
    outside = name.startswith(("/", "\\")) or ".." in parts or ":" in name
    if outside or name != entry.orig_filename:  # it is cut at a NUL
        raise refused(file, "an entry points outside the archive")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise refused(file, "an entry is a link")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise refused(file, "an entry is a device, no file")
    if entry.flag_bits & (0x1 | 0x20 | 0x40 | 0x2000):
        raise refused(file, "the archive is encrypted or patched")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refused(file, "an entry is packed in an unusual way")
    if entry.compress_type == zipfile.ZIP_STORED and entry.compress_size != entry.file_size:
        raise refused(file, "an entry is not as long as the archive says")
    if name in _KNOWN:
        return
    if not _ASSET.fullmatch(name) or any(_DEVICES.fullmatch(part) for part in parts):
        raise refused(file, f"the archive holds {shown(name, 40)}, which no model needs")


def _vet_layout(data: bytes, archive: zipfile.ZipFile, file: str) -> None:
    """Refuse bytes before, between and behind the entries, and headers that say two things."""
    if len(data) < 22 or data[-22:-18] != b"PK\x05\x06" or data[-2:] != b"\0\0":  # noqa: PLR2004
        raise refused(file, "something stands behind the archive")
    told = struct.unpack_from("<HHHHII", data, len(data) - 18)
    count, start = len(archive.infolist()), archive.start_dir
    if told != (0, 0, count, count, len(data) - 22 - start, start):
        raise refused(file, "the archive's directory is not as long as it says")
    end = 0
    for entry in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if entry.header_offset != end:
            where = "before" if end == 0 else "between the entries of"
            raise refused(file, f"something stands {where} the archive")
        end = _after(data, entry, file)
    if end != archive.start_dir:
        raise refused(file, "something stands between the entries of the archive")


def _after(data: bytes, entry: zipfile.ZipInfo, file: str) -> int:
    """Compare an entry's own header with the directory; return where the entry ends."""
    start: int = entry.header_offset
    mark, _, flags, method, _, crc, packed, size, long, extra = struct.unpack_from(
        "<4sHHHIIIIHH", data, start
    )
    name = data[start + 30 : start + 30 + long]
    more = data[start + 30 + long : start + 30 + long + extra]
    if mark != b"PK\x03\x04" or flags != entry.flag_bits or method != entry.compress_type:
        _disagree(file)
    if name != entry.orig_filename.encode("utf-8" if flags & 0x800 else "cp437"):
        _disagree(file)
    if _ZIP64 in {packed, size} and more[:2] == b"\x01\x00":
        size, packed = struct.unpack_from("<QQ", more, 4)
    end: int = start + 30 + long + extra + entry.compress_size
    told = (entry.CRC, entry.compress_size, entry.file_size)
    if not flags & 0x8:
        if (crc, packed, size) != told:
            _disagree(file)
        return end
    if crc or packed not in {0, _ZIP64, told[1]} or size not in {0, _ZIP64, told[2]}:
        _disagree(file)
    for form in ("<III", "<IQQ"):  # an entry that was written to a stream: its sizes stand behind
        for mark in (b"PK\x07\x08", b""):
            if data.startswith(mark + struct.pack(form, *told), end):
                return end + len(mark) + struct.calcsize(form)
    return _disagree(file)


def _disagree(file: str) -> NoReturn:
    raise refused(file, "the archive says two things about one entry")
