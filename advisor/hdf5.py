"""The weights of a saved model: HDF5 as Keras writes it, read without the C library.

Damaged bytes can crash a library, and HDF5 has links, filters and plug-ins that no weights need.
What is read here is the little that Keras writes: groups, and plain numbers in one piece. All
else is refused.

Source: HDF5 File Format Specification 3.0, version 0 of the superblock.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, field
from typing import Any, NoReturn

_OBJECTS = 20_000
_DEPTH = 40
_MESSAGES = 100  # of an object's header
_FACT = 4096  # bytes of an attribute
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_NOWHERE = 2**64 - 1
_NAME = re.compile(rb"[A-Za-z0-9_.~-]{1,100}")
# a type of numbers as its bytes lie in the file: class and version, bits, size, properties
_TYPES = {
    "11200f0002000000000010000a05000a0f000000": "<f2",
    "11201f000400000000002000170800177f000000": "<f4",
    "11203f000800000000004000340b0034ff030000": "<f8",
    "100800000100000000000800": "<i1",
    "100800000200000000001000": "<i2",
    "100800000400000000002000": "<i4",
    "100800000800000000004000": "<i8",
    "100000000100000000000800": "<u1",
    "100000000200000000001000": "<u2",
    "100000000400000000002000": "<u4",
    "100000000800000000004000": "<u8",
    "1500000002000000": "bfloat16",
}
_BOOLEAN = bytes.fromhex(
    "180200000100000010080000010000000000080046414c534500000054525545000000000001"
)
# messages of an object's header
_NIL, _SPACE, _LINKS, _TYPE, _LINK, _EXTERNAL, _LAYOUT = 0x0, 0x1, 0x2, 0x3, 0x6, 0x7, 0x8
_FILTERS, _MORE, _TABLE = 0xB, 0x10, 0x11
_HARMLESS = {_NIL, 0x4, 0x5, 0xC, 0xD, 0xE, 0x12, 0x16}  # fill values, attributes, times, counts


class StrangeError(ValueError):
    """Bytes that are no HDF5, or HDF5 that Keras does not write; says which in a few words."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Numbers in a file.

    Attributes:
        shape: of the array.
        kind: NumPy's name of the type, or "bfloat16".
        start: where the numbers begin.
    """

    shape: tuple[int, ...]
    kind: str
    start: int

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        """Bytes of one number."""
        return {"?": 1, "bfloat16": 2}.get(self.kind) or int(self.kind[-1])

    def array(self, data: bytes) -> Any:
        """Return the numbers, as they lie in the file; float32 for bfloat16."""
        import numpy as np

        kind = "<u2" if self.kind == "bfloat16" else self.kind
        flat = np.frombuffer(data, kind, self.size, self.start) if self.size else np.zeros(0, kind)
        if self.kind == "bfloat16":
            flat = (flat.astype("<u4") << 16).view("<f4")
        return flat.reshape(self.shape)


@dataclass(slots=True)
class Tree:
    """What a file holds, by paths.

    Attributes:
        groups: the paths of all groups but the outermost.
        datasets: the numbers.
    """

    groups: set[str] = field(default_factory=set)
    datasets: dict[str, Dataset] = field(default_factory=dict)


def read(data: bytes) -> Tree:
    """Return what a file of weights holds.

    Raises:
        StrangeError: it is damaged, or holds more than groups and plain numbers.
    """
    try:
        return _Reader(data).tree()
    except (struct.error, IndexError, OverflowError):
        raise StrangeError("its weights are damaged or cut off") from None


def _strange(why: str) -> NoReturn:
    raise StrangeError(why)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found = Tree()
        self.seen: set[int] = set()
        self.bytes = 0

    def tree(self) -> Tree:
        waiting = [("", self._start(), 0)]
        while waiting:
            path, address, depth = waiting.pop()
            for name, header in self._members(address):
                place = f"{path}/{name}" if path else name
                table = self._object(place, header)
                if table is not None:
                    if depth >= _DEPTH:
                        _strange("its weights nest too deep")
                    self.found.groups.add(place)
                    waiting.append((place, table, depth + 1))
        return self.found

    def _at(self, form: str, place: int) -> tuple[Any, ...]:
        if not 0 <= place < len(self.data):
            _strange("its weights are damaged or cut off")
        return struct.unpack_from("<" + form, self.data, place)

    def _start(self) -> int:
        """Return where the outermost group's table stands."""
        if self.data[:8] != _SIGNATURE:
            _strange("its weights are damaged: they are no HDF5")
        versions = self.data[8:16]
        if versions[:3] != bytes(3) or versions[4:8] != b"\x00\x08\x08\x00":
            _strange("its weights are HDF5 of a kind that Keras does not write")
        base, _, end, driver, _, root = self._at("QQQQQQ", 24)
        if base != 0 or driver != _NOWHERE:
            _strange("its weights are HDF5 of a kind that Keras does not write")
        if end > len(self.data):
            _strange("its weights are damaged or cut off")
        table = self._object("", root)
        return table if table is not None else _strange("its weights are damaged: no groups")

    def _object(self, path: str, header: int) -> int | None:
        """Read an object's header; return where a group's table stands, None for numbers."""
        if header in self.seen:
            _strange("its weights hold a link")
        self.seen.add(header)
        if len(self.seen) > _OBJECTS:
            _strange(f"its weights hold more than {_OBJECTS:,} arrays and groups")
        space = kind = layout = None
        for message, flags, place, size in self._messages(header):
            if message in _HARMLESS and (size <= _FACT or message == _NIL):
                continue
            if flags & 2:
                _strange("its weights share types, which Keras does not")
            if message == _TABLE:
                return self._table(place)
            if message in {_LINKS, _LINK}:
                _strange("its weights hold a link")
            if message in {_EXTERNAL, _FILTERS}:
                _strange("its weights are packed, or lie in another file; save the model anew")
            if message == _SPACE:
                space = self._space(place)
            elif message == _TYPE:
                kind = self._type(place, size)
            elif message == _LAYOUT:
                layout = place
            else:
                _strange("its weights are HDF5 of a kind that Keras does not write")
        if space is None or kind is None or layout is None:
            _strange("its weights are damaged: an array has no shape or no type")
        self._numbers(path, space, kind, layout)
        return None

    def _messages(self, header: int) -> list[tuple[int, int, int, int]]:
        """Return kind, flags, place and size of each message of a header."""
        version, count, size = self._at("BxH4xI", header)
        if version != 1 or count > _MESSAGES:
            _strange("its weights are HDF5 of a kind that Keras does not write")
        found: list[tuple[int, int, int, int]] = []
        blocks = [(header + 16, size)]
        for start, length in blocks:
            place, end = start, start + length
            while place + 8 <= end and len(found) < count:
                kind, size, flags = self._at("HHB", place)
                if place + 8 + size > end:
                    _strange("its weights are damaged or cut off")
                if kind == _MORE:
                    blocks.append(self._at("QQ", place + 8))
                found.append((kind, flags, place + 8, size))
                place += 8 + size
        return [one for one in found if one[0] != _MORE]

    def _space(self, place: int) -> tuple[int, ...]:
        version, rank, _, form = self._at("BBBB", place)
        if version not in {1, 2} or rank > 8 or (version == 2 and form == 2):  # noqa: PLR2004
            _strange("its weights have a shape that no weights have")
        return self._at("Q" * rank, place + (8 if version == 1 else 4)) if rank else ()

    def _type(self, place: int, size: int) -> str:
        text = self.data[place : place + size]
        if text.startswith(_BOOLEAN):
            return "?"
        for length in (20, 12, 8):
            kind = _TYPES.get(text[:length].hex())
            if kind is not None and not any(text[length:]):
                return kind
        _strange("its weights are no plain numbers")

    def _numbers(self, path: str, shape: tuple[int, ...], kind: str, layout: int) -> None:
        version, form = self._at("BB", layout)
        if version != 3 or form != 1:  # noqa: PLR2004
            _strange("its weights are packed in an unusual way; save the model anew")
        start, length = self._at("QQ", layout + 2)
        one = Dataset(tuple(shape), kind, start)
        wanted = one.size * one.width
        if wanted != length:
            _strange("its weights are not as long as their shapes say")
        if wanted and (start < 96 or start + wanted > len(self.data)):  # noqa: PLR2004
            _strange("its weights are not as long as their shapes say")
        self.bytes += wanted
        if self.bytes > len(self.data):
            _strange("its weights are not as long as their shapes say")
        self.found.datasets[path] = one

    def _table(self, place: int) -> int:
        self._at("QQ", place)
        return place

    def _members(self, table: int) -> list[tuple[str, int]]:
        """Return the names and headers in a group."""
        tree, heap = self._at("QQ", table)
        mark, length, start = self._at("4s4xQ8xQ", heap)
        if mark != b"HEAP" or start + length > len(self.data):
            _strange("its weights are damaged or cut off")
        found: dict[str, int] = {}
        for node in self._leaves(tree):
            mark, version, count = self._at("4sBxH", node)
            if mark != b"SNOD" or version != 1 or count > _OBJECTS:
                _strange("its weights are damaged or cut off")
            for number in range(count):
                name_at, header, cached = self._at("QQI", node + 8 + 40 * number)
                if cached > 1:
                    _strange("its weights hold a link")
                name = self._name(start, length, name_at)
                if name in found:
                    _strange("its weights name an array twice")
                found[name] = header
                if len(found) > _OBJECTS:
                    _strange(f"its weights hold more than {_OBJECTS:,} arrays and groups")
        return list(found.items())

    def _name(self, start: int, length: int, at: int) -> str:
        text = self.data[start + at : start + min(length, at + 101)].split(b"\0", 1)[0]
        if not _NAME.fullmatch(text) or not text.strip(b"."):
            _strange("its weights have a name that no weights have")
        return text.decode("ascii")

    def _leaves(self, tree: int) -> list[int]:
        """Return where the leaves of a tree of names stand."""
        found, waiting = [], [(tree, 8)]
        while waiting:
            node, left = waiting.pop()
            mark, kind, level, count = self._at("4sBBH", node)
            if mark != b"TREE" or kind != 0 or left == 0 or node in self.seen:
                _strange("its weights are damaged or cut off")
            self.seen.add(node)
            children = [self._at("Q", node + 32 + 16 * number)[0] for number in range(count)]
            if level:
                waiting += [(child, min(left - 1, level)) for child in children]
            else:
                found += children
            if len(found) + len(waiting) > _OBJECTS:
                _strange(f"its weights hold more than {_OBJECTS:,} arrays and groups")
        return found
