"""Grades in sqlite: never lost, never doubled, resumable at any moment.

Each submission is one transaction under (assignment, version, student, sha256). What replaces a
grade that counts already waits as a proposal until it is committed; marks by hand stay apart, with
author and reason.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown
from advisor.grading.marks import ByHand, Result, loads, with_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEY = "assignment TEXT, version TEXT, student TEXT, sha256 TEXT"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS results ({_KEY}, result TEXT NOT NULL, final INTEGER NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (assignment, version, student, sha256));
CREATE TABLE IF NOT EXISTS proposals ({_KEY}, result TEXT NOT NULL, final INTEGER NOT NULL,
    PRIMARY KEY (assignment, version, student, sha256));
CREATE TABLE IF NOT EXISTS by_hand (number INTEGER PRIMARY KEY, assignment TEXT, student TEXT,
    question TEXT, points REAL, author TEXT NOT NULL, reason TEXT NOT NULL,
    out_of REAL);
"""
_WAIT = 5  # seconds for another program to let go


class _DamagedError(Exception):
    """What sqlite gives back was never written."""


class Results:
    """The results file of a course."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it; where it may not be written, it can be read all the same.

        Raises:
            OptionError: it cannot be opened, is damaged, or is held by another program.
        """
        self._path = path
        with self._told():
            try:
                self._base = _writable(path)
            except sqlite3.OperationalError as error:
                if not path.is_file() or not any(one in str(error) for one in _NO_RIGHTS):
                    raise
                self._base = _readable(path)

    def close(self) -> None:
        """Close it; nothing waits to be written."""
        self._base.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what sqlite says into one line that says what to do."""
        try:
            yield
        except (sqlite3.Error, _DamagedError) as error:
            name, words = shown(self._path.name), str(error)
            if "full" in words or "disk I/O" in words:
                why = "the disk is full. Make room"
            elif "locked" in words or "busy" in words:
                why = "another program holds it. Close that"
            elif any(one in words for one in _NO_RIGHTS):
                why = "it cannot be written. Check the folder's rights"
            elif "malformed" in words or "not a database" in words:
                why = "it is damaged. Put it aside or take a copy back"
            else:
                why = f"{words[:80]}. Look into that"
            raise OptionError(
                f"{name}: {why}, then run the same command again; what was graded is kept."
            ) from None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._told():
            return self._base.execute(query, values).fetchall()

    def _loaded(self, text: str) -> Result:
        with self._told():
            try:
                return loads(text)
            except (ValueError, KeyError, TypeError):
                raise _DamagedError("malformed") from None

    def counts(self, key: tuple[str, str, str, str]) -> bool:
        """Say whether the result of (assignment, version, student, sha256) counts for its bytes."""
        assignment, version, *own = key
        return [row[0] for row in self._rows(_COUNTING, assignment, *own)] == [version]

    def waits(self, key: tuple[str, str, str, str]) -> bool:
        """Say whether a grade of (assignment, version, student, sha256) waits to be committed."""
        query = f"SELECT 1 FROM proposals WHERE {_WHERE} AND final=1"  # noqa: S608 - names of ours
        return bool(self._rows(query, *key))

    def count_last(self, key: tuple[str, str, str, str]) -> None:
        """Let a student's earlier submission count that is handed in once more."""
        assignment, _, student, sha256 = key
        own = (assignment, student)
        query = "SELECT sha256 FROM results WHERE assignment=? AND student=? ORDER BY number DESC"
        known = self._rows(query, *own)
        if (sha256,) in known[1:] and known[0] != (sha256,):
            with self._transaction():
                self._base.execute(
                    f"UPDATE results SET number=({_NEXT}) "  # noqa: S608 - words of ours
                    "WHERE assignment=? AND student=? AND sha256=?",
                    (*own, *own, sha256),
                )

    def keep(self, result: Result, *, again: bool = False) -> None:
        """Keep a result.

        Nothing that counts is replaced: a result of another version for the same bytes, or one
        that was asked for `again`, waits as a proposal, in the place of an earlier version's.
        """
        final = int(result.whole)
        own = (result.assignment, result.student, result.sha256)
        key = (result.assignment, result.version, result.student, result.sha256)
        with self._transaction():
            self._base.execute(
                "DELETE FROM proposals WHERE assignment=? AND student=? AND sha256=? AND version<>?",
                (*own, result.version),
            )
            counting = self._base.execute(_COUNTING, own).fetchone()
            if counting is None or not counting[1]:
                self._insert(key, result.dumps(), final)
            elif again or counting[0] != result.version:
                self._base.execute(
                    "INSERT OR REPLACE INTO proposals VALUES (?,?,?,?,?,?)",
                    (*key, result.dumps(), final),
                )

    def _insert(self, key: tuple[str, str, str, str], text: str, final: int) -> None:
        """Let a result count, in the place of an earlier one of the same bytes."""
        assignment, _, student, sha256 = key
        self._base.execute(
            "INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?, coalesce("  # noqa: S608
            "(SELECT max(number) FROM results WHERE assignment=? AND student=? AND sha256=?), "
            f"({_NEXT})))",
            (*key, text, final, assignment, student, sha256, assignment, student),
        )

    def proposals(self, assignment: str, version: str) -> list[tuple[Result, Result]]:
        """Return what counts beside the grade that would replace it, by student.

        Marks by hand stand in their places on both sides.
        """
        return self._waiting(assignment, version, final=1)

    def failed(self, assignment: str, version: str) -> list[Result]:
        """Return what could not be graded again; what counted before still does."""
        return [new for _, new in self._waiting(assignment, version, final=0)]

    def _waiting(self, assignment: str, version: str, *, final: int) -> list[tuple[Result, Result]]:
        counting = {one.student: one for one in self.all(assignment)}
        hand, found = self.by_hand(assignment), []
        for (text,) in self._rows(
            "SELECT result FROM proposals WHERE assignment=? AND version=? AND final=? "
            "ORDER BY student, sha256",
            *(assignment, version, final),
        ):
            new = with_hand(self._loaded(text), hand)
            old = counting.get(new.student)
            if old is not None and old.sha256 == new.sha256:  # else it was handed in anew since
                found.append((old, new))
        return found

    def commit(self, assignment: str, version: str) -> int:
        """Let every proposal of a version count that is a grade; return how many there were."""
        which = "FROM proposals WHERE assignment=? AND version=? AND final=1"
        with self._transaction():
            rows = self._base.execute(
                f"SELECT {_COLUMNS}, result, final {which} ORDER BY student, sha256",
                (assignment, version),
            ).fetchall()
            for *key, text, final in rows:
                self._insert((key[0], key[1], key[2], key[3]), text, final)
            self._base.execute(f"DELETE {which}", (assignment, version))
        return len(rows)

    def discard(self, assignment: str) -> None:
        """Forget every proposal."""
        with self._transaction():
            self._base.execute("DELETE FROM proposals WHERE assignment=?", (assignment,))

    def give(self, assignment: str, mark: ByHand) -> None:
        """Keep a mark given by hand."""
        with self._transaction():
            self._base.execute(
                f"INSERT INTO by_hand (assignment, {_HAND}) VALUES (?,?,?,?,?,?,?)",  # noqa: S608
                (assignment, *astuple(mark)),
            )

    def by_hand(self, assignment: str) -> dict[tuple[str, str], ByHand]:
        """Return the marks given by hand, the last one of each student and question."""
        query = f"SELECT {_HAND} FROM by_hand WHERE assignment=? ORDER BY number"  # noqa: S608
        found = [ByHand(*row) for row in self._rows(query, assignment)]
        latest = {(one.student, one.question): one for one in found}
        return {key: one for key, one in latest.items() if one.points is not None}

    def all(self, assignment: str) -> list[Result]:
        """Return what counts for each student, marks by hand in their places, sorted by id."""
        latest: dict[str, Result] = {}
        for (text,) in self._rows(
            "SELECT result FROM results WHERE assignment=? ORDER BY number, rowid", assignment
        ):
            one = self._loaded(text)
            latest[one.student] = one
        hand = self.by_hand(assignment)
        return [with_hand(latest[student], hand) for student in sorted(latest)]


def _writable(path: Path) -> sqlite3.Connection:
    """Open the file, or make it, with all its tables."""
    base = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.executescript(_SCHEMA)
        if "out_of" not in {row[1] for row in base.execute("PRAGMA table_info(by_hand)")}:
            base.execute("ALTER TABLE by_hand ADD COLUMN out_of REAL")  # of an earlier day
    except BaseException:
        base.close()
        raise
    return base


def _readable(path: Path) -> sqlite3.Connection:
    """Open the file for reading alone; without a log beside it nobody writes to it."""
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    address = f"{path.resolve().as_uri()}?mode=ro{alone}"
    return sqlite3.connect(address, uri=True, timeout=_WAIT, isolation_level=None)


_COLUMNS = "assignment, version, student, sha256"
_HAND = "student, question, points, author, reason, out_of"
_WHERE = "assignment=? AND version=? AND student=? AND sha256=?"
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM results WHERE assignment=? AND student=?"
_COUNTING = (
    "SELECT version, final FROM results WHERE assignment=? AND student=? AND sha256=? "
    "ORDER BY number DESC, rowid DESC LIMIT 1"
)
_NO_RIGHTS = ("readonly", "unable to open")
