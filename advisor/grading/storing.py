"""Keeping what was collected: whole or not at all, and never over what is there.

A student's files are written under a temporary name beside their place and renamed when all are on
the disk, so a kill leaves a submission or none; what it left over is swept by the next run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.archives import read_file
from advisor.grading.parts import kept_name
from advisor.grading.zips import EntryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RECEIPT = ".collected.json"
_TEMPORARY = ".collecting-"
_RECEIPT_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is remembered of a submission, beside its files.

    Attributes:
        time: of its newest file when it was collected; None where nothing said it.
        late: after the due time that was given then.
        files: the sha256 of each file.
    """

    time: datetime | None
    late: bool
    files: dict[str, str]

    def dumps(self) -> bytes:
        """Return the receipt as JSON, the same bytes for the same receipt."""
        time = self.time and self.time.astimezone(UTC).isoformat(timespec="seconds")
        plain = {"files": self.files, "late": self.late, "time": time}
        return (json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def receipt(folder: Path) -> Receipt | None:
    """Return what is remembered of a submission; None where it was not collected by us."""
    try:
        given = json.loads(read_file(folder / _RECEIPT, _RECEIPT_BYTES))
        time = given["time"] and datetime.fromisoformat(given["time"]).astimezone(UTC)
        files = {str(name): str(digest) for name, digest in given["files"].items()}
        return Receipt(time or None, given["late"] is True, files)
    except (EntryError, ValueError, RecursionError, KeyError, TypeError, AttributeError, OSError):
        return None


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """Return the sha256 of each file."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def kept(folder: Path, limit: int) -> dict[str, str] | None:
    """Return the sha256 of each file of a submission that is there; None where there is none.

    A file that cannot be read counts as "", like no other.
    """
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names, not paths
    except FileNotFoundError:
        return None
    except OSError:
        return {"": ""}
    found = {n: _digest(folder / n, limit) for n in names if n[0] != "." and kept_name(n, None)}
    return found if names else None


def _digest(file: Path, limit: int) -> str:
    try:
        data = read_file(file, limit)
    except EntryError:
        return ""
    return hashlib.sha256(data).hexdigest() if len(data) <= limit else ""


def store(folder: Path, files: dict[str, bytes], given: Receipt) -> None:
    """Write a submission to a folder that is not there, or empty.

    Raises:
        OSError: the disk is full, or not to be written to; nothing is left half done.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f"{_TEMPORARY}{folder.name}")
    try:
        temporary.mkdir()
        for name, data in files.items():
            _write(temporary / name, data)
        _write(temporary / _RECEIPT, given.dumps())
        _settle(temporary)
        with contextlib.suppress(OSError):
            folder.rmdir()  # only an empty one goes
        temporary.rename(folder)
        _settle(folder.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()  # only an empty one goes
        raise


def remember(folder: Path, given: Receipt) -> None:
    """Replace a submission's receipt; its files stay as they are.

    Raises:
        OSError: the disk is full, or not to be written to.
    """
    temporary = folder / f"{_TEMPORARY}receipt"
    try:
        _write(temporary, given.dumps())
        temporary.replace(folder / _RECEIPT)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def alone(submitted: Path) -> Iterator[None]:
    """Keep other runs out of a course's submissions, and sweep what a killed one left.

    Raises:
        OptionError: another run is collecting now.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        _sweep(submitted)
        yield
        return
    door = os.open(submitted, os.O_RDONLY)
    try:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OptionError("Another run is collecting now. Wait until it has ended.") from None
        except OSError:
            pass  # some network disks have no locks
        _sweep(submitted)
        yield
    finally:
        os.close(door)


def _sweep(submitted: Path) -> None:
    """Remove what a killed run left half done, and folders of students that it left empty."""
    try:
        with os.scandir(submitted) as found:
            students = [submitted / one.name for one in found if one.is_dir(follow_symlinks=False)]
        for student in students:
            left = [one for one in student.iterdir() if one.name.startswith(_TEMPORARY)]
            for one in left:
                shutil.rmtree(one)
            for one in student.glob(f"*/{_TEMPORARY}receipt"):
                one.unlink()
            if not any(student.iterdir()):
                student.rmdir()
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise OptionError(f"Cannot clear what a killed run left in submitted/: {why}.") from None


def _write(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, down to the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Bring a folder's names down to the disk, where the system knows how."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(opened)
    finally:
        os.close(opened)
