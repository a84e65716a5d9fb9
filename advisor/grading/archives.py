"""What was handed in, file by file, whether it lies in a folder, a zip, or zips within either.

Nothing is unpacked to disk and no link is followed; what cannot be read says why.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from advisor.errors import OptionError, shown
from advisor.grading import zips
from advisor.grading.zips import EntryError
from advisor.text import Text

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MOST = 100_000  # files altogether
_MOST_IN_ONE = 2_000  # files in a student's zip
_UNPACKED = 4  # times the bytes that a student's zip may have
_DEPTH = 16
_TOO_LARGE = Text(en="it is larger than {:,} bytes", zh="它超过 {:,} 字节")
_CLOSED = Text(en="it cannot be opened", zh="无法打开它")
_DEEP = Text(en="it lies in more than {} folders", zh="它的文件夹层数超过 {}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was handed in.

    Attributes:
        parts: its path; a zip on the way counts as a folder.
        time: when it was changed last, or the zip it lies in: a student's clock sets what is in
            there. None where nothing says so.
        zipped: how many parts lead to the zip that it lies in; 0 for none.
        trouble: why it is not read; None where it may be.
        reader: gives at most that many bytes and one more.
    """

    parts: tuple[str, ...]
    time: datetime | None
    zipped: int
    trouble: Text | None
    reader: Callable[[int], bytes] | None = None

    def read(self, limit: int) -> bytes:
        """Return the file's bytes.

        Raises:
            EntryError: it cannot be read, or has more than `limit` bytes.
        """
        if self.trouble or not self.reader:
            raise EntryError(self.trouble or _CLOSED)
        data = self.reader(limit)
        if len(data) > limit:
            raise EntryError(_TOO_LARGE.format(limit))
        return data


@contextlib.contextmanager
def entries(source: Path, limit: int) -> Iterator[list[Entry]]:
    """Open a folder or a zip and list what is in it; files can be read until it is closed.

    Args:
        source: the folder or the zip.
        limit: the most bytes of a student's zip.

    Raises:
        OptionError: there is none, it holds nothing, or it is no archive.
    """
    with contextlib.ExitStack() as stack:
        last = _Last(limit)
        if source.is_dir():
            found = _of_folder(source, (), last)
        else:
            archive = stack.enter_context(_archive(source))
            found = _of_zip(archive, last)
        listed: list[Entry] = []
        for entry in found:
            listed.append(entry)
            if len(listed) > _MOST:
                raise OptionError(f"{shown(source.name)} holds more than {_MOST:,} files.")
        if not listed:
            raise OptionError(f"{shown(source.name)} holds no files.")
        yield listed


@contextlib.contextmanager
def _archive(source: Path) -> Iterator[zipfile.ZipFile]:
    """Open the zip that a teacher named."""
    name = shown(source.name)
    try:
        file = _regular(source)
    except EntryError:
        if source.exists():
            raise OptionError(f"{name} cannot be opened; name a folder or a zip.") from None
        raise OptionError(f"There is no folder or zip {name}.") from None
    with os.fdopen(file, "rb") as opened:
        try:
            archive = zips.opened(opened, _MOST)
        except EntryError as error:
            raise OptionError(f"{name} is refused: {error.why.en}.") from None
        with archive:
            yield archive


def _regular(path: str | Path, *, follow: bool = True) -> int:
    """Open a plain file; pipes and devices are neither waited for nor read."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.open(path, flags)
    except (OSError, ValueError):
        raise EntryError(_CLOSED) from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise EntryError(zips.SPECIAL)
    return file


def read_file(path: str | Path, limit: int) -> bytes:
    """Return at most `limit` + 1 bytes of a plain file that is no link.

    Raises:
        EntryError: it is something else, or cannot be read.
    """
    try:
        with os.fdopen(_regular(path, follow=False), "rb") as file:
            return file.read(limit + 1)
    except OSError:
        raise EntryError(_CLOSED) from None


class _Last:
    """The student's zip that was opened last; one is held in memory at a time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._parts: tuple[str, ...] = ()
        self._archive: zipfile.ZipFile | None = None

    def archive(self, outer: Entry) -> zipfile.ZipFile:
        """Return the zip that an entry is; `size` is how many bytes it has."""
        if self._archive is None or self._parts != outer.parts:
            self._archive = None
            data = outer.read(self.limit)
            self._archive = zips.opened(io.BytesIO(data), _MOST_IN_ONE)
            self._parts, self.size = outer.parts, len(data)
        return self._archive

    def read(self, outer: Entry, info: zipfile.ZipInfo, limit: int) -> bytes:
        """Return the bytes of a file in the zip that an entry is."""
        return zips.read(self.archive(outer), info, limit)


def _of_zip(archive: zipfile.ZipFile, last: _Last) -> Iterator[Entry]:
    """List the files of a platform's zip; one that is built to surprise does not stop others."""
    for member in zips.members(archive):
        reader = partial(zips.read, archive, member.info)
        entry = Entry(member.parts, member.time, 0, member.trouble, reader)
        if member.trouble or not zips.rubbish(member.parts):
            yield from _within(entry, last)


def _of_folder(folder: Path | str, parts: tuple[str, ...], last: _Last) -> Iterator[Entry]:
    """List the files of a folder and the folders in it."""
    try:
        with os.scandir(folder) as found:
            items = sorted(found, key=lambda item: item.name)
    except OSError:
        yield Entry(parts or (".",), None, 0, _CLOSED)
        return
    for item in items:
        path = (*parts, zips.spoken(os.fsencode(item.name)))
        if zips.rubbish(path[-1:]):
            continue
        if item.is_dir(follow_symlinks=False):
            if len(path) > _DEPTH:
                yield Entry(path, None, 0, _DEEP.format(_DEPTH))
            else:
                yield from _of_folder(item.path, path, last)
        else:
            yield from _within(_file(item, path), last)


def _file(item: os.DirEntry[str], path: tuple[str, ...]) -> Entry:
    """Return what stands in a folder."""
    if item.is_symlink():
        return Entry(path, None, 0, zips.LINK)
    if not item.is_file(follow_symlinks=False):
        return Entry(path, None, 0, zips.SPECIAL)
    try:
        time = datetime.fromtimestamp(item.stat(follow_symlinks=False).st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        time = None
    return Entry(path, time, 0, None, partial(read_file, item.path))


def _within(entry: Entry, last: _Last) -> Iterator[Entry]:
    """Give the files of a student's zip in its place, one level deep; any other file as it is."""
    if entry.trouble or not entry.parts[-1].lower().endswith(".zip"):
        yield entry
        return
    many = len(entry.parts)
    try:
        members = zips.vetted(last.archive(entry), last.size, _UNPACKED * last.limit)
    except EntryError as error:
        yield Entry(entry.parts, entry.time, many, error.why)
        return
    for member in members:
        reader = partial(last.read, entry, member.info)
        yield Entry((*entry.parts, *member.parts), entry.time, many, None, reader)
    if not members:
        yield Entry(entry.parts, entry.time, many, _EMPTY)


_EMPTY = Text(en="the zip is empty", zh="zip 是空的")
