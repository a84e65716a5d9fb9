"""Words in two languages, and which of them is spoken now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = ("en", "zh")
_chosen: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """One explanation in English and in Chinese; `str()` gives the language spoken now.

    Example:
        >>> str(Text(en="hidden layer", zh="隐藏层"))
        'hidden layer'
    """

    en: str
    zh: str

    def __str__(self) -> str:
        """Give the words in the language spoken now."""
        return self.zh if language() == "zh" else self.en

    __repr__ = __str__  # words show as words at the prompt and in a notebook

    def format(self, *args: object, **values: object) -> Text:
        """Fill the fields in both languages; a Text among the values speaks each in turn."""
        en, zh = (
            template.format(
                *(_in(value, code) for value in args),
                **{name: _in(value, code) for name, value in values.items()},
            )
            for code, template in (("en", self.en), ("zh", self.zh))
        )
        return Text(en=en, zh=zh)


def _in(value: object, code: str) -> object:
    """Give a Text's words in one language, anything else as it is."""
    return getattr(value, code) if isinstance(value, Text) else value


def join(parts: Sequence[str | Text]) -> Text:
    """Return names, or phrases, as one enumeration.

    Example:
        >>> str(join(["relu", "tanh", "elu"]))
        'relu, tanh and elu'
    """
    (*en, last_en), (*zh, last_zh) = (
        [str(_in(part, code)) for part in parts] for code in LANGUAGES
    )
    if not en:
        return Text(en=last_en, zh=last_zh)
    return Text(en=f"{', '.join(en)} and {last_en}", zh=f"{'、'.join(zh)} 和 {last_zh}")


def set_language(name: str | None) -> None:
    """Speak English ("en") or Chinese ("zh") from now on; None returns to `ADVISOR_LANG`.

    Raises:
        UnknownNameError: the language is neither.

    Example:
        >>> set_language("zh"); str(Text(en="loss", zh="损失函数"))
        '损失函数'
        >>> set_language(None)
    """
    global _chosen  # noqa: PLW0603 - one process speaks one language at a time
    _chosen = None if name is None else _known(name)


def language() -> str:
    """Return the language spoken now: what was set, else `ADVISOR_LANG`, else "en"."""
    return _chosen or _known(os.environ.get("ADVISOR_LANG") or "en")


def _known(name: str) -> str:
    """Map "zh_CN.UTF-8", "EN" and the like to one of LANGUAGES."""
    short = str(name).strip().lower().replace("_", "-").split("-")[0].split(".")[0]
    if short not in LANGUAGES:
        raise UnknownNameError("language", name, LANGUAGES)
    return short
