"""The text of config.json: looked at before it is parsed, and refused where it is ambiguous."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from typing import Any

from advisor.archive import refused
from advisor.errors import ModelFileError

_DEPTH = 100
_BRACKETS = 200_000
_VALUES = 400_000
# a string, or one that is never closed: the pattern always matches at a quote, so it is linear
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_ALIKE = bytes.maketrans(b"[]{}", b"[][]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
# they turn the direction of text, or break lines: not for names
_TURNS = set("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NAME = 200


def parse(text: bytes, file: str) -> dict[str, Any]:
    """Parse a config whose depth was looked at first.

    Raises:
        ModelFileError: it is no JSON, nests too deep, names a key twice, or is no model's.
    """
    if text.count(b"[") + text.count(b"{") > _BRACKETS or text.count(b",") > _VALUES:
        raise refused(file, "config.json holds too many values")
    brackets = _STRING.sub(b"", text).translate(_ALIKE, _OTHERS)
    steps = (1 if byte == 0x5B else -1 for byte in brackets)  # noqa: PLR2004 - "["
    if max(itertools.accumulate(steps), default=0) > _DEPTH:
        raise refused(file, f"config.json is nested deeper than {_DEPTH} levels")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            raise refused(file, "config.json gives one key twice")
        return made

    def constant(word: str) -> None:
        raise refused(file, f"its config holds {word}")

    try:
        config = json.loads(text.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    except ModelFileError:
        raise
    except (ValueError, RecursionError):
        raise refused(file, "config.json is no JSON") from None
    if not isinstance(config, dict):
        raise refused(file, "config.json holds no model")
    return config


def printable(name: str) -> bool:
    """Say whether a name holds nothing that a terminal or a page would obey."""
    if name.isascii():
        return name.isprintable() and len(name) <= _NAME
    return len(name) <= _NAME and not any(
        one in _TURNS or unicodedata.category(one) in {"Cc", "Cs"} for one in name
    )
