"""Grades in sqlite: never lost, never doubled, resumable at any moment.

Each submission is one transaction under (assignment, version, student, sha256). What replaces a
grade that counts already waits as a proposal until it is committed; marks by hand stay apart, with
author and reason.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown
from advisor.grading.marks import NOT_GRADED, Mark, Result, loads

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
    question TEXT, points REAL, author TEXT NOT NULL, reason TEXT NOT NULL);
"""
_WAIT = 5  # seconds for another program to let go


@dataclass(frozen=True, slots=True)
class ByHand:
    """A mark that a person gave; points None takes an earlier one back."""

    student: str
    question: str
    points: float | None
    author: str
    reason: str


class _DamagedError(Exception):
    """What sqlite gives back was never written."""


class Results:
    """The results file of a course."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            OptionError: it cannot be written, is damaged, or is held by another program.
        """
        self._path = path
        with self._told():
            self._base = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.executescript(_SCHEMA)

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
            elif "readonly" in words or "unable to open" in words:
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

    def has(self, key: tuple[str, str, str, str], table: str = "results") -> bool:
        """Say whether "results" or "proposals" know (assignment, version, student, sha256)."""
        query = f"SELECT 1 FROM {_TABLES[table]} WHERE {_WHERE}"  # noqa: S608 - names of ours
        return bool(self._rows(query, *key))

    def count_last(self, key: tuple[str, str, str, str]) -> None:
        """Let a student's earlier submission count that is handed in once more."""
        assignment, _, student, sha256 = key
        own = (assignment, student)
        query = "SELECT sha256 FROM results WHERE assignment=? AND student=? ORDER BY number DESC"
        if self._rows(f"{query} LIMIT 1", *own) != [(sha256,)]:
            with self._transaction():
                self._base.execute(
                    f"UPDATE results SET number=({_NEXT}) "  # noqa: S608 - words of ours
                    "WHERE assignment=? AND student=? AND sha256=?",
                    (*own, sha256),
                )

    def keep(self, result: Result, *, again: bool = False) -> None:
        """Keep a result.

        Nothing that counts is replaced: a result of another version for the same bytes, or one
        that was asked for `again`, waits as a proposal.
        """
        final = int(all(mark.status != NOT_GRADED for mark in result.marks))
        key = (result.assignment, result.version, result.student, result.sha256)
        with self._transaction():
            counting = self._base.execute(
                "SELECT version FROM results WHERE assignment=? AND student=? AND sha256=? AND final=1",
                (result.assignment, result.student, result.sha256),
            ).fetchall()
            if not counting:
                self._insert(key, result.dumps(), final)
            elif again or (result.version,) not in counting:
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
            (*key, text, final, assignment, student, sha256),
        )

    def proposals(self, assignment: str) -> list[tuple[Result | None, Result]]:
        """Return what counts beside what would replace it, by student; nothing replaces a mark by none."""
        found = []
        for (text,) in self._rows(
            "SELECT result FROM proposals WHERE assignment=? AND final=1 ORDER BY student, sha256",
            assignment,
        ):
            new = self._loaded(text)
            old = self._rows(
                "SELECT result FROM results WHERE assignment=? AND student=? AND sha256=? AND final=1 "
                "ORDER BY number DESC, rowid DESC LIMIT 1",
                *(assignment, new.student, new.sha256),
            )
            found.append((self._loaded(old[0][0]) if old else None, new))
        return found

    def commit(self, assignment: str) -> int:
        """Let every proposal count that is a grade; return how many there were."""
        with self._transaction():
            rows = self._base.execute(
                f"SELECT {_COLUMNS}, result, final FROM proposals "  # noqa: S608
                "WHERE assignment=? AND final=1 "
                "ORDER BY student, sha256",
                (assignment,),
            ).fetchall()
            for *key, text, final in rows:
                self._insert((key[0], key[1], key[2], key[3]), text, final)
            self._base.execute("DELETE FROM proposals WHERE assignment=?", (assignment,))
        return len(rows)

    def discard(self, assignment: str) -> None:
        """Forget every proposal."""
        with self._transaction():
            self._base.execute("DELETE FROM proposals WHERE assignment=?", (assignment,))

    def give(self, assignment: str, mark: ByHand) -> None:
        """Keep a mark given by hand."""
        with self._transaction():
            self._base.execute(
                "INSERT INTO by_hand (assignment, student, question, points, author, reason) "
                "VALUES (?,?,?,?,?,?)",
                (assignment, mark.student, mark.question, mark.points, mark.author, mark.reason),
            )

    def by_hand(self, assignment: str) -> dict[tuple[str, str], ByHand]:
        """Return the marks given by hand, the last one of each student and question."""
        query = (
            "SELECT student, question, points, author, reason FROM by_hand "
            "WHERE assignment=? ORDER BY number"
        )
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
        return [_with_hand(latest[student], hand) for student in sorted(latest)]


def _with_hand(result: Result, hand: dict[tuple[str, str], ByHand]) -> Result:
    """Put marks by hand in their places."""
    from dataclasses import replace

    from advisor.grading.marks import CORRECT, NOT_YET, PARTLY

    marks: dict[str, Mark] = {}
    for mark in result.marks:
        given = hand.get((result.student, mark.question))
        if given is not None and given.points is not None:
            full, none = given.points >= mark.out_of, given.points <= 0
            status = CORRECT if full else NOT_YET if none else PARTLY
            marks[mark.question] = replace(
                mark, points=given.points, status=status, by=given.author, reason=given.reason
            )
    return result.by_hand(marks)


_COLUMNS = "assignment, version, student, sha256"
_WHERE = "assignment=? AND version=? AND student=? AND sha256=?"
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM results"
_TABLES = {"results": "results", "proposals": "proposals"}
