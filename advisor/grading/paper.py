"""What the pages that grading writes have in common: their frame, and words made harmless.

Names, ids and layers come from students and may hold anything; here they become text that shows
as text, in a page that loads nothing and runs nothing.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from advisor.errors import UnknownNameError
from advisor.text import LANGUAGES

if TYPE_CHECKING:
    from advisor.text import Text

# control and bidi characters, invisible ones, halves of pairs, and what is no character
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_ACCENT = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(f"({_ACCENT}{{3}}){_ACCENT}+")  # accents that would climb over other lines
_CODE = re.compile("`([^`\n]+)`")


def harmless(text: str) -> str:
    r"""Return text in which nothing acts on what stands around it: no control or bidi characters.

    Example:
        >>> harmless("a\u202eb\x1b[31m")
        'a�b�[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _PILED.sub(r"\1", _UNSEEN.sub("\ufffd", lines))


def one_line(text: str) -> str:
    """Return harmless text without line breaks and tabs."""
    return " ".join(harmless(text).split())


def escaped(text: str) -> str:
    """Return text that HTML shows as it is, in quotes too."""
    return html.escape(harmless(text))


def said(text: Text, language: str) -> str:
    """Return the words in one language as HTML; what stands in backticks is code."""
    words = escaped(getattr(text, language))
    return _CODE.sub(r"<code>\1</code>", words) if "`" in words else words


def isolated(text: str) -> str:
    """Return a name as HTML, its direction of writing kept to itself."""
    return f"<bdi>{escaped(one_line(text))}</bdi>"


def number(value: float) -> str:
    """Return points without idle zeros.

    Example:
        >>> number(2.0), number(1.25), number(0)
        ('2', '1.25', '0')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def spoken(language: str) -> str:
    """Return the language, one of LANGUAGES; refuse any other."""
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    return language


def framed(title: str, language: str, body: str, style: str) -> str:
    """Return a page of its own: nothing is loaded, no script could run."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{_STYLE}{style}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light }
* { box-sizing: border-box }
body { font: 17px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 3rem; color: #1a1a1a; background: #fff;
  overflow-wrap: anywhere; -webkit-print-color-adjust: exact; print-color-adjust: exact }
h1 { font-size: 1.55rem; line-height: 1.25; margin: .6rem 0 .2rem }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 }
h1, h2, h3 { break-after: avoid }
p { margin: .5rem 0 }
code { font: .92em ui-monospace, Consolas, monospace; background: #f0f1f3; padding: .05em .25em;
  border-radius: 3px }
figure { margin: .9rem 0; break-inside: avoid }
figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .3rem }
svg { display: block; width: 100%; max-width: 30rem; height: auto }
footer { margin-top: 2rem; padding-top: .5rem; border-top: 1px solid #ddd; color: #5a5a5a;
  font-size: .8rem }
@media print { body { font-size: 11pt; max-width: none; padding: 0 } }
@page { margin: 16mm }
"""
