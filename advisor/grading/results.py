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
CREATE TABLE IF NOT EXISTS failures ({_KEY}, times INTEGER NOT NULL,
    PRIMARY KEY (assignment, version, student, sha256));
CREATE TABLE IF NOT EXISTS by_hand (number INTEGER PRIMARY KEY, assignment TEXT, student TEXT,
    question TEXT, points REAL, author TEXT NOT NULL, reason TEXT NOT NULL);
"""
_WAIT = 10  # seconds for another program to let go


@dataclass(frozen=True, slots=True)
class ByHand:
    """A mark that a person gave; points None takes an earlier one back."""

    student: str
    question: str
    points: float | None
    author: str
    reason: str


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
        except sqlite3.Error as error:
            name, words = shown(self._path.name), str(error)
            if "full" in words:
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

    def has(self, result: tuple[str, str, str, str], table: str = "results") -> bool:
        """Say whether a final result for (assignment, version, student, sha256) is there."""
        query = f"SELECT final FROM {_TABLES[table]} WHERE {_WHERE}"  # noqa: S608 - names of ours
        return any(final for (final,) in self._rows(query, *result))

    def keep(self, result: Result, *, again: bool = False) -> bool:
        """Keep a result; return whether it only waits as a proposal, as another one counts.

        Nothing that counts is replaced: a result of another version for the same bytes, or one
        that was asked for `again`, waits.
        """
        final = int(all(mark.status != NOT_GRADED for mark in result.marks))
        key = (result.assignment, result.version, result.student, result.sha256)
        with self._transaction():
            counting = self._base.execute(
                "SELECT version FROM results WHERE assignment=? AND student=? AND sha256=? AND final=1",
                (result.assignment, result.student, result.sha256),
            ).fetchall()
            waits = bool(counting) and (again or (result.version,) not in counting)
            if waits:
                self._base.execute(
                    "INSERT OR REPLACE INTO proposals VALUES (?,?,?,?,?,?)",
                    (*key, result.dumps(), final),
                )
            elif not counting:
                self._insert(key, result.dumps(), final)
        return waits

    def _insert(self, key: tuple[str, str, str, str], text: str, final: int) -> None:
        (number,) = self._base.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM results"
        ).fetchone()
        self._base.execute(
            "INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?,?)", (*key, text, final, number)
        )

    def proposals(self, assignment: str) -> list[tuple[Result | None, Result]]:
        """Return what counts beside what would replace it, by student."""
        found = []
        for (text,) in self._rows(
            "SELECT result FROM proposals WHERE assignment=? ORDER BY student, sha256", assignment
        ):
            new = loads(text)
            old = self._rows(
                "SELECT result FROM results WHERE assignment=? AND student=? AND sha256=? AND final=1 "
                "ORDER BY number DESC LIMIT 1",
                *(assignment, new.student, new.sha256),
            )
            found.append((loads(old[0][0]) if old else None, new))
        return found

    def commit(self, assignment: str) -> int:
        """Let every proposal count; return how many there were."""
        with self._transaction():
            rows = self._base.execute(
                f"SELECT {_COLUMNS}, result, final FROM proposals WHERE assignment=? "  # noqa: S608
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

    def failed(self, result: tuple[str, str, str, str]) -> int:
        """Count one more failure to grade a submission; return how many there are."""
        with self._transaction():
            self._base.execute(
                f"INSERT INTO failures VALUES (?,?,?,?,1) ON CONFLICT ({_COLUMNS}) "  # noqa: S608
                "DO UPDATE SET times = times + 1",
                result,
            )
        return self.failures(result)

    def failures(self, result: tuple[str, str, str, str]) -> int:
        """Return how often grading a submission failed."""
        rows = self._rows(f"SELECT times FROM failures WHERE {_WHERE}", *result)  # noqa: S608
        return int(rows[0][0]) if rows else 0

    def forgive(self, assignment: str) -> None:
        """Forget failures, so that what was set aside is tried again."""
        with self._transaction():
            self._base.execute("DELETE FROM failures WHERE assignment=?", (assignment,))

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
            "SELECT result FROM results WHERE assignment=? ORDER BY number", assignment
        ):
            one = loads(text)
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
_TABLES = {"results": "results", "proposals": "proposals"}
