"""A zip that may have been built to surprise: what is in it, by names that mean what they say.

Nothing is ever unpacked to where a zip says; bytes are read one entry at a time, to a limit.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from advisor.text import Text

DAMAGED = Text(en="the zip is damaged or cut off", zh="zip 文件损坏或不完整")
NO_ZIP = Text(
    en="it is no zip; unpack it, or zip it anew", zh="它不是 zip 文件；请解压，或者重新打成 zip"
)
ENCRYPTED = Text(en="it is encrypted", zh="它是加密的")
OUTSIDE = Text(en="a name in the zip points outside it", zh="zip 里有指向外面的文件名")
LINK = Text(en="it is a link, which is not followed", zh="它是链接，不会跟随")
SPECIAL = Text(en="it is no plain file", zh="它不是普通文件")
TWICE = Text(en="the zip names an entry twice", zh="zip 里有两个同名的条目")
UNUSUAL = Text(en="it is packed in an unusual way; zip it again", zh="压缩方式不常见；请重新打包")
MANY = Text(en="the zip has more than {:,} entries", zh="zip 里的条目超过 {:,} 个")
BOMB = Text(
    en="the zip unpacks to {:,} bytes, more than a submission needs",
    zh="zip 解压后有 {:,} 字节，超过一份作业所需",
)
_OF = Text(en="{}: {}", zh="{}：{}")
_RUBBISH = {"__macosx", "thumbs.db", "desktop.ini", "__pycache__"}
_RATIO = 200
_HARMLESS = 2**26  # bytes that any zip may unpack to
_HEADER, _NAME = 46, 350  # bytes of an entry in the directory: fixed, and for its name and times
_END, _END_64, _LOCATOR_64, _COMMENT = 22, 56, 20, 2**16
_DRIVE = re.compile("[A-Za-z]:")
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    OverflowError,
    IndexError,
)


class EntryError(Exception):
    """Something handed in cannot be read; `why` says it for people."""

    def __init__(self, why: Text) -> None:
        """Keep the words in both languages."""
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip.

    Attributes:
        parts: its path, cut at slashes.
        info: as `zipfile` has it.
        time: when it was changed last; None where the zip does not say.
        trouble: why it is not read; None where it may be.
    """

    parts: tuple[str, ...]
    info: zipfile.ZipInfo
    time: datetime | None
    trouble: Text | None


def opened(file: IO[bytes], most: int) -> zipfile.ZipFile:
    """Open a zip of at most `most` entries; its directory is measured before it is parsed.

    Raises:
        EntryError: it is none, is damaged, or has too many entries.
    """
    try:
        if _directory_bytes(file) > most * (_HEADER + _NAME):
            raise EntryError(MANY.format(most))
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        file.seek(0)
        raise EntryError(DAMAGED if file.read(4) == b"PK\x03\x04" else NO_ZIP) from None
    if len(archive.infolist()) > most:
        raise EntryError(MANY.format(most))
    return archive


def _directory_bytes(file: IO[bytes]) -> int:
    """Return how large the zip says its directory is, looking where `zipfile` looks."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _COMMENT - _END - _LOCATOR_64 - _END_64))
    tail = file.read()
    place = len(tail) - _END
    if tail[place : place + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        place = tail.rfind(b"PK\x05\x06")
    if place < 0:
        raise zipfile.BadZipFile
    said = int(struct.unpack_from("<L", tail, place + 12)[0])
    wide = place - _LOCATOR_64 - _END_64
    if wide >= 0 and tail[wide : wide + 4] == b"PK\x06\x06":
        said = max(said if said < 2**32 - 1 else 0, struct.unpack_from("<Q", tail, wide + 40)[0])
    return said


def members(archive: zipfile.ZipFile) -> list[Member]:
    """Return the files of a zip, each with what is wrong about it."""
    infos, names = [], []
    for info in archive.infolist():
        name = _name(info)
        if name[-1:] not in {"/", "\\"}:  # a folder
            infos.append(info)
            names.append(name)
    seen: dict[tuple[str, ...], int] = {}
    paths = [tuple(p for p in name.replace("\\", "/").split("/") if p != ".") for name in names]
    for path in paths:
        seen[path] = seen.get(path, 0) + 1
    return [
        Member(path, info, _time(info), _trouble(info, path) or (TWICE if seen[path] > 1 else None))
        for path, info in zip(paths, infos, strict=True)
    ]


def vetted(archive: zipfile.ZipFile, size: int, most: int) -> list[Member]:
    """Return the files of one student's zip but rubbish; the others are refused as a whole.

    Args:
        archive: the zip.
        size: bytes it has.
        most: bytes it may unpack to, however large it is.

    Raises:
        EntryError: an entry is built to surprise.
    """
    found = [member for member in members(archive) if not rubbish(member.parts)]
    for member in found:
        if member.trouble:
            raise EntryError(_OF.format(ascii("/".join(member.parts))[1:-1][:60], member.trouble))
    total = sum(member.info.file_size for member in found)
    if total > min(most, max(_HARMLESS, _RATIO * size)):
        raise EntryError(BOMB.format(total))
    return found


def read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Return at most `limit` + 1 bytes of an entry, whatever size it claims.

    Raises:
        EntryError: it is damaged.
    """
    try:
        with archive.open(info) as file:
            return file.read(limit + 1)
    except _BROKEN:
        raise EntryError(DAMAGED) from None


def spoken(raw: bytes) -> str:
    """Return a name whose encoding nobody kept: UTF-8, or what Windows writes in China or elsewhere.

    Example:
        >>> spoken("作业".encode("gbk"))
        '作业'
    """
    for encoding in ("utf-8", "gb18030" if chinese(raw) else "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "backslashreplace").replace("\\", "%")


def chinese(raw: bytes) -> bool:
    """Say whether bytes may be Chinese: two that are no ASCII side by side, as accents rarely are."""
    return re.search(rb"[\x80-\xff]{2}", raw) is not None


def rubbish(parts: tuple[str, ...]) -> bool:
    """Say whether a file is one that computers add by themselves."""
    return any(part.startswith(".") or part.casefold() in _RUBBISH for part in parts)


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's whole name; without the flag for UTF-8, `zipfile` takes it for cp437."""
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    return spoken(raw) if chinese(raw) else name


def _trouble(info: zipfile.ZipInfo, path: tuple[str, ...]) -> Text | None:
    """Say what is wrong about an entry."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    text = "/".join(path)
    if not path or {"", ".."}.intersection(path) or "\0" in text or _DRIVE.match(text):
        return OUTSIDE
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in {0, stat.S_IFREG}:
        return SPECIAL
    if info.flag_bits & 0x1:
        return ENCRYPTED
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return UNUSUAL
    return None


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """Return when an entry was changed: in UTC where the zip says so, else by this clock's zone."""
    extra = info.extra
    while len(extra) >= 4:  # noqa: PLR2004 - a field's kind and length
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and 5 <= size <= len(extra) - 4 and extra[4] & 1:  # noqa: PLR2004
            seconds = struct.unpack_from("<i", extra, 5)[0]
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        extra = extra[4 + size :]
    if info.date_time[:3] == (1980, 1, 1):
        return None  # what stands there where nobody set it
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OSError, OverflowError):
        return None
