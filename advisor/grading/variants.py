"""Each student's own variant, drawn from a keyed hash of the student's id.

Whoever has no key cannot foretell a variant, nor its seeds; whoever has it finds the same one again
and needs to keep no table.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError
from advisor.grading.questions import SEED
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.grading.questions import Question
    from advisor.grading.source import Source

EVERYONE = "everyone"  # whose variant is handed out where all have the same
_NAMED = re.compile(r"\$([A-Za-z_]\w*)")
_OPEN_BITS = 64  # a whole number that is longer is a seed


def number(key: str, *what: str) -> int:
    """Return 256 bits that only the key's owner can compute.

    Example:
        >>> number("k" * 16, "heads", "007", "K") == number("k" * 16, "heads", "007", "K")
        True
    """
    text = "\0".join(unicodedata.normalize("NFC", one) for one in what)
    return int.from_bytes(
        hmac.digest(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256)
    )


def values(source: Source, student: str) -> dict[str, Any]:
    """Return a student's own value for each name in VARY."""
    student = who(source, student)
    found: dict[str, Any] = {}
    for names, options in source.vary.items():
        left = [] if options == SEED else list(options)
        for name in names.split():
            drawn = number(source.key, source.name, student, name)
            found[name] = drawn if options == SEED else left.pop(drawn % len(left))
    return found


def who(source: Source, student: str) -> str:
    """Return whose variant a student has: their own, or everyone's."""
    return student if source.variants == "student" else EVERYONE


def spec_of(question: Question, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question's spec with the student's values filled in.

    Raises:
        OptionError: it names a value that VARY does not have.
    """
    return {
        key: value if key in {"text", "hints"} else _filled(value, own, question.name)
        for key, value in question.spec.items()
    } | _reasons(question, own)


def _reasons(question: Question, own: Mapping[str, Any]) -> dict[str, Any]:
    filled = []
    for one in question.spec.get("why") or ():
        said = text_of(Text(en=one["en"], zh=one["zh"]), own, f"A reason of {question.name}")
        filled.append({**one, "en": said.en, "zh": said.zh})
    return {"why": filled} if filled else {}


def _filled(value: Any, own: Mapping[str, Any], where: str) -> Any:
    if isinstance(value, str) and (named := _NAMED.fullmatch(value)):
        if named[1] not in own:
            raise OptionError(f"{where} reads {value}, which VARY does not have.")
        return own[named[1]]
    if isinstance(value, dict):
        return {key: _filled(one, own, where) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(one, own, where) for one in value]
    return value


def text_of(words: Text, own: Mapping[str, Any], where: str = "A text") -> Text:
    """Return words with the student's values filled in; seeds stay secret.

    Raises:
        OptionError: a field names no value.
    """
    open_values = {name: value for name, value in own.items() if not secret(value)}
    try:
        return words.format(**open_values)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise OptionError(
            f"{where} holds a field that cannot be filled: {str(error)[:60]}. Write {{{{ for a brace."
        ) from None


def secret(value: Any) -> bool:
    """Say whether a value is a seed, which nobody is told."""
    return isinstance(value, int) and value.bit_length() > _OPEN_BITS


def shuffled(
    source: Source, question: Question, student: str, spec: dict[str, Any]
) -> dict[str, Any]:
    """Return a spec whose reasons stand in the student's own order."""
    reasons = spec.get("why")
    if not reasons:
        return spec
    place = {
        at: number(source.key, source.name, who(source, student), question.name, f"reason {at}")
        for at in range(len(reasons))
    }
    return {**spec, "why": [reasons[at] for at in sorted(place, key=place.__getitem__)]}
