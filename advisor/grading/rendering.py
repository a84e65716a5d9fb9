"""The source turned into what a student fills in, as a script and as a notebook."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, UnknownNameError, shown
from advisor.grading import handout, kinds
from advisor.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.grading.handout import Handout
    from advisor.grading.source import Source

_PERCENT: dict[str, Any] = {"extension": ".py", "format_name": "percent"}
_WORDS = re.compile(r"\{\{ ?(\w+) ?\}\}")
_CODE = re.compile(r"^([ \t]*)# ?\{\{ ?(\w+) ?\}\}[ \t]*$", re.MULTILINE)
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_MARK = re.compile(r"\s*#+\s*(BEGIN|END)\s+SOLUTION\b", re.IGNORECASE)
_IMPORT = re.compile(r"^import advisor$", re.MULTILINE)
_ASKED = re.compile(r"^\s*QUESTIONS\b.*=", re.MULTILINE)
_STUB = "...  # your answer · 你的答案"


def book(
    source: Source, given: Handout, *, solved: bool = False, language: str | None = None
) -> Any:
    """Return a student's notebook.

    Args:
        source: the assignment.
        given: the student's handout.
        solved: with the reference solution, for the proof; else with gaps.
        language: keep this language's prose only.

    Raises:
        OptionError: the source names a question that is not there, or its solutions do not end.
    """
    import jupytext

    found = jupytext.reads(source.code, fmt=_PERCENT)
    only = language if source.language == "both" else source.language
    cells = []
    for cell in found.cells:
        tongue = cell.metadata.get("lang")
        if tongue not in {None, *LANGUAGES}:
            raise UnknownNameError("lang of a cell", tongue, LANGUAGES)
        if "advisor" in cell.metadata.get("tags", []) or (only and tongue not in {None, only}):
            continue
        if cell.cell_type != "markdown" and _ASKED.search(cell.source):
            raise OptionError(
                'The cell with QUESTIONS would be handed out: mark it tags=["advisor"].'
            )
        if cell.cell_type == "markdown":
            cell.source = _prose(cell.source, given, tongue or only or "en")
        else:
            cell.source = _speaking(_code(cell.source, given, solved=solved), only)
        cells.append(cell)
    found.cells = cells
    found.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    return found


def script(found: Any) -> str:
    """Return a notebook as a script in percent format."""
    import jupytext

    return str(jupytext.writes(found, fmt=_PERCENT))


def notebook(found: Any) -> str:
    """Return a notebook as a file of its own, the same bytes each time."""
    import jupytext

    found.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    for number, cell in enumerate(found.cells):
        cell["id"] = f"cell-{number}"
    return str(jupytext.writes(found, fmt="ipynb"))


def _prose(text: str, given: Handout, language: str) -> str:
    def filled(match: re.Match[str]) -> str:
        question = given.questions.get(match[1])
        if question is None:
            raise OptionError(f"The source shows {match[0]}, and there is no such question.")
        return str(getattr(question.text, language))

    if any(map(_MARK.match, text.split("\n"))):
        raise OptionError("A solution stands in prose, which is handed out. Move it into code.")
    return _WORDS.sub(filled, text)


def _code(text: str, given: Handout, *, solved: bool) -> str:
    def filled(match: re.Match[str]) -> str:
        question = given.questions.get(match[2])
        if question is None or question.spec is None:
            raise OptionError(
                f"The source shows {match[0].strip()}, and there is no such question."
            )
        lines = kinds.kind(question.kind).lines(question.spec, question.name)
        return "\n".join(match[1] + line if line else "" for line in lines.splitlines())

    return _CODE.sub(filled, "\n".join(_regions(text, list(given.questions), solved=solved)))


def _speaking(code: str, only: str | None) -> str:
    """Let a handout in Chinese alone say everything in Chinese."""
    if only in {None, LANGUAGES[0]}:
        return code
    return _IMPORT.sub(rf'\g<0>\n\nadvisor.set_language("{only}")', code, count=1)


def _regions(text: str, questions: list[str], *, solved: bool) -> Iterator[str]:
    """Give a cell's lines; a solution is left as it is, or becomes a gap."""
    region: list[str] | None = None
    for line in text.split("\n"):
        mark = _MARK.match(line)
        if mark is None:
            if region is None:
                yield line
            else:
                region.append(line)
        elif (mark[1].upper() == "BEGIN") != (region is None):
            raise OptionError(f"The source has {line.strip()!r} without its other half.")
        elif region is None:
            region = []
        else:
            yield from region if solved else _gap(region, questions)
            region = None
    if region is not None:
        raise OptionError(f"The source has {_BEGIN!r} without {_END!r} in the same cell.")


def _gap(region: list[str], questions: list[str]) -> Iterator[str]:
    """Leave a gap for each question that the solution answers, however deep in it."""
    import textwrap

    first = next((line for line in region if line.strip()), "")
    try:
        tree = ast.parse(textwrap.dedent("\n".join(region)))
    except (SyntaxError, ValueError) as error:
        raise OptionError(
            f"The solution that begins with {shown(first.strip())} is no Python: {error}."
        ) from None
    stored = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    stored.sort(key=lambda name: (name.lineno, name.col_offset))
    names = dict.fromkeys(name.id for name in stored if name.id in questions)
    indent = first[: len(first) - len(first.lstrip())]
    yield from (f"{indent}{name} = {_STUB}" for name in names)
    if not names:
        yield f"{indent}{_STUB}"


def files(
    source: Source, student: str, *, language: str | None = None, solved: bool = False
) -> dict[str, str]:
    """Return the files that a student is handed, by name."""
    given = handout.make(source, student)
    found = handout.files(source, student, reference=solved)
    made = book(source, given, solved=solved, language=language if language in LANGUAGES else None)
    found[f"{source.name}.py"] = script(made)
    if not solved:
        found[f"{source.name}.ipynb"] = notebook(made)
    return found


def write(folder: Path, contents: dict[str, str]) -> None:
    """Write a handout's files.

    Raises:
        OptionError: they cannot be written.
    """
    from advisor import writing

    writing.write_all((folder / name, text) for name, text in contents.items())
