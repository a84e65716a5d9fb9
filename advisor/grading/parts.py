"""One student's part of an archive: which of its files are graded, and which attempt is newest."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.roster import safe_id
from advisor.grading.zips import EntryError
from advisor.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from advisor.grading.matching import Item

_SUFFIXES = {"ipynb", "py", "keras"}
_COPY = re.compile(
    r"(copy of |副本 ?)?(answers|q\d+)"
    r"([-_ ]\d+| ?\(\d+\)|（\d+）|( -)? copy( \d+| \(\d+\))?|( - | |的)?副本( \d+| \(\d+\))?)?"
)
_ANSWER = re.compile(r".*\.keras|.*answers.*\.json", re.IGNORECASE)
_CHARACTERS = 40  # of a file's name, each up to four bytes
_MOST = 100
_TIMES = 4  # as many bytes altogether as one file may have

_NOTHING = Text(
    en="there is nothing to grade in it: no answers.json, .ipynb, .py or .keras{}",
    zh="里面没有可以评分的文件：没有 answers.json、.ipynb、.py 或 .keras{}",
)
_FOUND = Text(en=", but {}", zh="，只有 {}")
_AMBIGUOUS = Text(
    en="there are two different files {}: {} and {}; keep one",
    zh="有两个不同的 {}：{} 和 {}；请只留一个",
)
_AS_OLD = Text(
    en="two different attempts, and nothing says which is newer, or whether they are of one person: "
    "{} and {}; keep one",
    zh="两次提交内容不同，看不出哪个新，也看不出是不是同一个人：{} 和 {}；请只留一个",
)
_MANY = Text(en="it has more than {} files to grade", zh="要评分的文件超过 {} 个")
_LARGE = Text(en="its files are larger than {:,} bytes altogether", zh="文件合计超过 {:,} 字节")
_FILE = Text(en="{}: {}", zh="{}：{}")


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken of a student's files.

    Attributes:
        files: the bytes by the names they are kept under.
        time: of the newest file; None where nothing says it.
        others: where older attempts lie that are not taken.
        ignored: names of files that nobody grades.
        late: whether the platform says that it is; None where it says nothing.
    """

    files: dict[str, bytes]
    time: datetime | None
    others: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    late: bool | None = None

    @property
    def overlooked(self) -> list[str]:
        """Names of files that look like an answer, and are called like none."""
        return sorted({name for name in self.ignored if _ANSWER.fullmatch(name)})


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: Item
    name: str
    rank: tuple[int, bool]  # how deep it lies, whether its name is a copy's

    @property
    def label(self) -> str:
        return "/".join(self.item.entry.parts)


_Attempt = dict[str, list[_Candidate]]  # by the name to be kept under, in small letters


def choose(items: list[Item], wanted: set[str] | None, limit: int) -> Part:
    """Read the newest attempt among a student's files.

    Args:
        items: all files of the student.
        wanted: names of the models that are asked for; None takes every model.
        limit: the most bytes of a file.

    Raises:
        EntryError: nothing can be graded, or what can be is not to be read or told apart.
    """
    attempts, ignored = _attempts(items, wanted, limit)
    if not attempts:
        names = _FOUND.format(", ".join(shorten(n) for n in sorted(set(ignored))[:3]))
        raise EntryError(_NOTHING.format(names if ignored else ""))
    attempts.sort(key=_age, reverse=True)
    newest = attempts[0]
    files, dropped = _read(newest, limit)
    others = list(dropped)
    for other in attempts[1:]:
        if not _same(other, files, limit):
            if _age(other) == _age(newest):
                raise EntryError(_AS_OLD.format(_label(newest), _label(other)))
            others.append(_label(other))
    taken = [candidate.item for found in newest.values() for candidate in found]
    times = [item.time for item in taken if item.time]
    late = [item.late for item in taken if item.late is not None]
    return Part(
        files, max(times, default=None), sorted(others), ignored, any(late) if late else None
    )


def shorten(text: str, limit: int = 60) -> str:
    r"""Return a name from outside as it may be printed: nothing invisible, cut to `limit`.

    Example:
        >>> shorten("\x1b[31mred")
        '\\x1b[31mred'
    """
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def kept_name(name: str, wanted: set[str] | None) -> tuple[str, bool] | None:
    """Return the name that a file is kept under, and whether it had a copy's; None for ignored.

    Example:
        >>> kept_name("answers (1).json", None), kept_name("q5.csv", None)
        (('answers.json', True), None)
    """
    stem, dot, suffix = unicodedata.normalize("NFC", name).rpartition(".")
    suffix = suffix.lower() if dot else ""
    found = _COPY.fullmatch(stem.lower())
    copied = bool(found and (found[1] or found[3]))
    known = found[2] if found and copied else stem
    if suffix == "json":
        return ("answers.json", copied) if known.lower() == "answers" else None
    if suffix not in _SUFFIXES:
        return None
    if suffix == "keras":
        if re.fullmatch(r"q\d+", known.lower()):
            known = known.lower()
        kept = f"{_plain(known)}.keras"
        if wanted is not None and kept.lower() not in {one.lower() for one in wanted}:
            return None
        return kept, copied
    return f"{_plain(stem)}.{suffix}", False


def _plain(stem: str) -> str:
    """Return a file's name without what some system would not take."""
    visible = (c if c.isprintable() and c not in '/\\:<>"|?*' else "_" for c in stem)
    text = "".join(visible).strip(" .")
    if len(text) > _CHARACTERS:  # two long names that begin alike stay two
        text = f"{text[: _CHARACTERS - 7]}-{hashlib.sha256(stem.encode()).hexdigest()[:6]}"
    try:
        return safe_id(text)
    except OptionError:
        return f"_{text}"


def _attempts(
    items: list[Item], wanted: set[str] | None, limit: int
) -> tuple[list[_Attempt], list[str]]:
    """Tell attempts apart: by folder, and by zip where two in a folder differ."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], _Attempt]] = {}
    ignored = []
    for item in items:
        entry, file = item.entry, item.reading.file
        kept = kept_name(file[-1], wanted)
        if kept is None and entry.trouble and entry.parts[-1].lower().endswith(".zip"):
            kept = ("", False)  # what is in there is not known, so it must be read
        if kept is None:
            ignored.append(file[-1])
            continue
        candidate = _Candidate(item, kept[0], (len(file), kept[1]))
        zipped = found.setdefault(item.reading.folder, {})
        attempt = zipped.setdefault(entry.parts[: entry.zipped], defaultdict(list))
        attempt[kept[0].casefold()].append(candidate)
    return [one for zipped in found.values() for one in _merged([*zipped.values()], limit)], ignored


def _merged(attempts: list[_Attempt], limit: int) -> list[_Attempt]:
    """Return files beside a zip, or in two, as one attempt where none has two contents."""
    together: _Attempt = {}
    for attempt in attempts:
        for name, found in attempt.items():
            there = together.setdefault(name, found)
            if there is not found and not _equal([there[0], found[0]], limit):
                return attempts
    return [together]


def _equal(candidates: list[_Candidate], limit: int) -> bool:
    try:
        return len({_bytes(candidate, limit) for candidate in candidates}) == 1
    except EntryError:
        return False


def _age(attempt: _Attempt) -> float:
    """Return when the newest file of an attempt was changed, in seconds; 0 for not known."""
    times = (c.item.time for found in attempt.values() for c in found)
    return max((time.timestamp() for time in times if time), default=0)


def _label(attempt: _Attempt) -> str:
    first = next(iter(attempt.values()))[0]
    folder = first.item.entry.parts[: first.item.entry.zipped] or first.item.reading.folder
    return shorten("/".join(folder) or first.label)


def _same(attempt: _Attempt, files: dict[str, bytes], limit: int) -> bool:
    try:
        return _read(attempt, limit)[0] == files
    except EntryError:
        return False


def _read(attempt: _Attempt, limit: int) -> tuple[dict[str, bytes], list[str]]:
    """Return the bytes of an attempt, and where others of the same names lie."""
    files: dict[str, bytes] = {}
    dropped: list[str] = []
    if len(attempt) > _MOST:
        raise EntryError(_MANY.format(_MOST))
    for found in attempt.values():
        best = min(candidate.rank for candidate in found)
        equal = [candidate for candidate in found if candidate.rank == best]
        data = _bytes(equal[0], limit)
        if len(equal) > 1:
            data, older = _newest(equal, limit)
            dropped += older
        rest = [candidate for candidate in found if candidate.rank != best]
        dropped += [shorten(one.label) for one in rest if not _equal([equal[0], one], limit)]
        files[equal[0].name] = data
        if sum(map(len, files.values())) > _TIMES * limit:
            raise EntryError(_LARGE.format(_TIMES * limit))
    return files, dropped


def _newest(equal: list[_Candidate], limit: int) -> tuple[bytes, list[str]]:
    """Return the newest of several files of one name, and where the others lie."""
    by_age = sorted(equal, key=lambda c: _age({"": [c]}), reverse=True)
    first, data = by_age[0], _bytes(by_age[0], limit)
    others = [c for c in by_age[1:] if _bytes(c, limit) != data]
    for other in others:
        flat = other.item.reading.file == first.item.reading.file
        if not flat or _age({"": [other]}) == _age({"": [first]}):
            labels = sorted([shorten(first.label), shorten(other.label)])
            raise EntryError(_AMBIGUOUS.format(shorten(first.name), *labels))
    return data, [shorten(other.label) for other in others]


def _bytes(candidate: _Candidate, limit: int) -> bytes:
    try:
        return candidate.item.entry.read(limit)
    except EntryError as error:
        name = shorten(candidate.item.entry.parts[-1])
        raise EntryError(_FILE.format(name, error.why)) from None
