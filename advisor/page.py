"""A page of words, tables and code, printed on a terminal or shown in a notebook.

Every answer of advisor describes itself once, as a Page; `print` and a notebook then show the
same.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

WIDTH = 92  # columns of a terminal; a Chinese character takes two


@dataclass(slots=True)
class Page:
    """Blocks under one title; build it by its methods, read it by `text` or `html`."""

    title: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)

    def heading(self, words: object) -> Page:
        """Add a heading."""
        self.blocks.append(("heading", str(words)))
        return self

    def say(self, words: object) -> Page:
        """Add a paragraph."""
        self.blocks.append(("paragraph", str(words)))
        return self

    def rows(self, *rows: tuple[object, ...], head: tuple[object, ...] = ()) -> Page:
        """Add a table; its last column is wrapped."""
        cells = [tuple(str(cell) for cell in row) for row in rows]
        self.blocks.append(("table", (tuple(str(cell) for cell in head), cells)))
        return self

    def code(self, lines: str) -> Page:
        """Add lines of code, shown as they are."""
        self.blocks.append(("code", lines))
        return self

    def text(self) -> str:
        """Return the page for a terminal, WIDTH columns wide."""
        title = wrap(self.title, WIDTH)
        parts = [*title, "─" * max(width(line) for line in title)]
        for kind, content in self.blocks:
            if kind == "heading":
                parts += ["", *wrap(content, WIDTH)]
            elif kind == "paragraph":
                parts.append("\n".join(wrap(content, WIDTH)))
            elif kind == "code":
                parts.append("\n".join(f"    {line}".rstrip() for line in content.splitlines()))
            else:
                parts.append(_table(*content))
        return "\n".join(parts)

    def html(self) -> str:
        """Return the page for a notebook; every word is escaped."""
        import html

        parts = [f"<h3>{html.escape(self.title)}</h3>"]
        for kind, content in self.blocks:
            if kind == "heading":
                parts.append(f"<h4>{html.escape(content)}</h4>")
            elif kind == "paragraph":
                parts.append(f"<p>{html.escape(content)}</p>")
            elif kind == "code":
                parts.append(f"<pre><code>{html.escape(content)}</code></pre>")
            else:
                parts.append(_html_table(*content))
        return f'<div class="advisor">{"".join(parts)}</div>'


class Answer:
    """What a verb of advisor returns: print it, show it in a notebook, or take it as data."""

    __slots__ = ()

    def page(self) -> Page:
        """Describe the answer in the language spoken now."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain JSON types, words in the language spoken now."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Return the page for a terminal."""
        return self.page().text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the page for a notebook."""
        return self.page().html()


def width(words: str) -> int:
    """Return how many columns of a terminal the words take.

    Example:
        >>> width("ReLU"), width("隐藏层")
        (4, 6)
    """
    if words.isascii():
        return len(words)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in words
    )


def wrap(words: str, limit: int) -> list[str]:
    """Break words into lines of at most `limit` columns: at spaces, or between Chinese characters.

    Example:
        >>> wrap("优先选择 ReLU", 9)
        ['优先选择', 'ReLU']
    """
    lines, line, used = [], "", 0
    for piece in _pieces(words):
        size = width(piece.rstrip())
        if line and used + size > limit:
            lines.append(line.rstrip())
            line, used = "", 0
            piece = piece.lstrip()  # noqa: PLW2901 - a line never starts with the space it broke at
        line += piece
        used += width(piece)
    return [*lines, line.rstrip()]


_NOT_FIRST = set("，。；：、！？）》”’…")  # Chinese punctuation never starts a line


def _pieces(words: str) -> list[str]:
    """Cut words where a line may break."""
    pieces: list[str] = []
    for character in words:
        wide = unicodedata.east_asian_width(character) in "WF"
        joins = bool(pieces) and not pieces[-1][-1].isspace()
        after_wide = joins and unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
        if joins and (character in _NOT_FIRST or character.isspace() or not (wide or after_wide)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Align the columns; the last one is wrapped to what is left of the line."""
    everything = [head, *rows] if head else rows
    columns = max(len(row) for row in everything)
    sizes = [max(width(row[i]) for row in everything if len(row) > i) for i in range(columns - 1)]
    indent = 2 + sum(sizes) + 2 * len(sizes)
    lines = []
    for row in everything:
        start = "  " + "".join(
            cell + " " * (size + 2 - width(cell))
            for cell, size in zip(row[:-1], sizes, strict=False)
        )
        last = wrap(row[-1], max(WIDTH - indent, 20))
        lines.append((start + last[0]).rstrip())
        lines += [" " * indent + line for line in last[1:]]
    return "\n".join(lines)


def _html_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    import html

    def line(cells: tuple[str, ...], tag: str) -> str:
        left = f'<{tag} style="text-align:left;vertical-align:top;padding:2px 14px 2px 0">'
        return "<tr>" + "".join(f"{left}{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

    top = line(head, "th") if head else ""
    return f"<table>{top}{''.join(line(row, 'td') for row in rows)}</table>"
