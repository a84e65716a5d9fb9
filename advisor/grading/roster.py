"""Who is in the class: students.csv, read as an English or a Chinese spreadsheet saved it."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import OptionError, shown
from advisor.grading import zips
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

_FILE_BYTES = 8 * 2**20
_MOST_STUDENTS = 20_000
_ID_CHARACTERS = 100
_ID_BYTES = 200  # a folder's name has 255 at most, and a temporary one is a little longer
_SEPARATORS = ",;\t"
_COLUMNS = {
    "id": "id",
    "学号": "id",
    "name": "name",
    "姓名": "name",
    "language": "language",
    "语言": "language",
}
_LANGUAGES = {
    "": "",
    "en": "en",
    "english": "en",
    "英语": "en",
    "英文": "en",
    "zh": "zh",
    "chinese": "zh",
    "汉语": "zh",
    "中文": "zh",
}
_MOODLE = str.maketrans(
    "_", " ", "&<>\"`|':\\/"
)  # what it leaves out, and what it turns to a space
_FORBIDDEN = set('/\\:<>"|?*')
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control and bidi characters, halves of pairs
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+\d+")


@dataclass(frozen=True, slots=True)
class Student:
    """One row of students.csv.

    Attributes:
        id: text that may name a folder, leading zeros kept.
        name: as people know them; may hold any character.
        language: "en", "zh", or "" where the roster does not say.
    """

    id: str
    name: str = ""
    language: str = ""


def read(path: str | PathLike[str]) -> list[Student]:
    """Return the students of a roster, in its order.

    Raises:
        OptionError: the file cannot be read, a row has no id or one that may not name a folder, or
            two rows have the same; one line names the row.
    """
    rows = _rows(_decoded(_bytes(path)))
    first, head = next(rows, (1, []))
    columns = _columns(first, head)
    students: list[Student] = []
    seen: dict[str, int] = {}
    for row, cells in rows:
        student = _student(row, {n: cells[i] for n, i in columns.items() if i < len(cells)})
        alike = student.id.casefold()  # one folder on many disks
        if alike in seen:
            raise _refused(f"rows {seen[alike]} and {row} have the same id {shown(student.id)}")
        if len(students) == _MOST_STUDENTS:
            raise _refused(f"it has more than {_MOST_STUDENTS:,} students")
        seen[alike] = row
        students.append(student)
    return students


class Roll:
    """The class at the door: who is meant by an id, or by a name that only one student bears."""

    def __init__(self, students: list[Student] | None) -> None:
        """Take the roster; without one every id that may name a folder is accepted."""
        self.open = students is None
        self._ids: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._both: dict[str, str] = {}
        for student in students or ():
            self._ids[_key(student.id)] = student.id
            if student.name:
                self._names.setdefault(_name_key(student.name), []).append(student.id)
                for both in (student.id + student.name, student.name + student.id):
                    self._both[_squeezed(both)] = student.id

    def find(self, given: str) -> str | None:
        """Return the id of the student that is meant; None for nobody."""
        if self.open:
            return None if _why_not(unicodedata.normalize("NFC", given)) else safe_id(given)
        bearers = self._names.get(_name_key(given), [])
        named = bearers[0] if len(bearers) == 1 else None
        return self._ids.get(_key(given)) or named or self._both.get(_squeezed(given))

    def why_not(self, given: str) -> Text:
        """Say why nobody is meant."""
        if self.open:
            return Text(en="it may not name a folder", zh="不能用作文件夹名")
        if len(self._names.get(_name_key(given), [])) > 1:
            return Text(en="several students bear this name", zh="名单里有几个同名的学生")
        return Text(en="not in students.csv", zh="不在 students.csv 里")


def _key(text: str) -> str:
    """Return what ids or names that look alike have in common."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _name_key(name: str) -> str:
    """Return what names have in common that Moodle wrote into a file's name."""
    return _key(name.translate(_MOODLE))


def _squeezed(text: str) -> str:
    """Return an id and a name without what people put between them: 007_李雷, 李雷-007."""
    return "".join(c for c in _key(text) if c.isalnum())


def safe_id(text: str) -> str:
    """Return a student's id as it names a folder, composed (NFC).

    Raises:
        OptionError: it may not name a folder on every system.

    Example:
        >>> safe_id("007"), safe_id("李雷")
        ('007', '李雷')
    """
    name = unicodedata.normalize("NFC", text)
    why = _why_not(name)
    if why:
        raise OptionError(f"The id {shown(text)} may not name a folder: {why}. Use another id.")
    return name


def _why_not(name: str) -> str:
    """Say why a name may not name a folder; "" where it may."""
    return next(_faults(name), "")


def _faults(name: str) -> Iterator[str]:
    if not name.strip():
        yield "it is empty"
    for character in name:
        if unicodedata.category(character) in _INVISIBLE:
            yield f"it has the invisible character U+{ord(character):04X}"
    if len(name) > _ID_CHARACTERS or len(name.encode()) > _ID_BYTES:
        yield f"it is longer than {_ID_CHARACTERS} characters or {_ID_BYTES} bytes"
    for character in sorted(_FORBIDDEN.intersection(name)):
        yield f"it has the character {character}"
    if name != name.strip():
        yield "it begins or ends with a space"
    if name != name.strip("."):
        yield "it begins or ends with a dot"
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip()):
        yield "Windows keeps that name for a device"


def _refused(why: str) -> OptionError:
    return OptionError(f"students.csv is refused: {why}.")


def _bytes(path: str | PathLike[str]) -> bytes:
    """Read a regular file; a pipe or a device is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise OptionError(
            "There is no file students.csv here. Write one with the columns id,name,language."
        ) from None
    except (OSError, ValueError):
        raise _refused("it cannot be opened") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise _refused("it is a folder or a device, no file")
        with os.fdopen(os.dup(descriptor), "rb") as opened:
            data = opened.read(_FILE_BYTES + 1)
    except OSError:
        raise _refused("it cannot be read") from None
    finally:
        os.close(descriptor)
    if len(data) > _FILE_BYTES:
        raise _refused(f"it is larger than {_FILE_BYTES:,} bytes")
    return data


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, UTF-16, or what a Chinese or a Western Excel writes."""
    if data.startswith(b"PK\x03\x04"):
        raise _refused("it is a workbook; save it as CSV")
    encodings = ["utf-8-sig", "gb18030" if zips.chinese(data) else "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        little = data[1::2].count(0) > data[::2].count(0)  # the upper bytes of Latin letters
        encodings = ["utf-16-le" if little else "utf-16-be"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("its letters are in no encoding known here; save it as CSV UTF-8")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with the number a spreadsheet shows."""
    start, _, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=([,;\t])\r?", start)
    if declared:
        separator, body, first = declared[1], rest, 2
    else:
        separator, body, first = max(_SEPARATORS, key=start.count), text, 1
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(body), delimiter=separator), first):
            if any(cell.strip() for cell in cells):
                yield row, [_unwrapped(cell) for cell in cells]
    except csv.Error as error:
        raise _refused(f"it is no table ({error})") from None


def _unwrapped(cell: str) -> str:
    """Return a cell's text, without the ="…" that keeps a spreadsheet from rounding it."""
    text = " ".join(cell.split())
    wrapped = re.fullmatch(r'="(.*)"', text)
    return wrapped[1].strip() if wrapped else text


def _columns(row: int, head: list[str]) -> dict[str, int]:
    """Return where each column stands; others are passed over."""
    places: dict[str, int] = {}
    for place, title in enumerate(head):
        name = _COLUMNS.get(title.casefold())
        if name in places:
            raise _refused(f"row {row} has two columns for {name}")
        if name:
            places[name] = place
    if "id" not in places:
        raise _refused(
            f"row {row} should name the columns id,name,language (or 学号,姓名,语言), "
            f"and it has {shown(','.join(head))}"
        )
    return places


def _student(row: int, cells: dict[str, str]) -> Student:
    """Return the student of a row."""
    given = cells.get("id", "")
    if not given:
        raise _refused(f"row {row} has no id")
    if _ROUNDED.fullmatch(given):
        raise _refused(
            f"row {row} has the id {given}, a number that the spreadsheet rounded; "
            "format the column as text"
        )
    why = _why_not(unicodedata.normalize("NFC", given))
    if why:
        raise _refused(f"row {row} has the id {shown(given)}, which cannot name a folder: {why}")
    spoken = cells.get("language", "").casefold().replace("_", "-").split("-")[0].split(".")[0]
    if spoken not in _LANGUAGES:
        raise _refused(
            f"row {row} has the language {shown(cells['language'])}; en and zh are known"
        )
    return Student(safe_id(given), cells.get("name", ""), _LANGUAGES[spoken])
