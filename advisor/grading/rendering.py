"""The source turned into what a student fills in, as a script and as a notebook."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError
from advisor.grading import handout, kinds, marking
from advisor.text import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from advisor.grading.handout import Handout
    from advisor.grading.source import Source

_PERCENT: dict[str, Any] = {"extension": ".py", "format_name": "percent"}
_WORDS = re.compile(r"\{\{(\w+)\}\}")
_CODE = re.compile(r"^([ \t]*)# \{\{(\w+)\}\}[ \t]*$", re.MULTILINE)
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
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
    only = language or (None if source.language == "both" else source.language)
    cells = []
    for cell in found.cells:
        tongue = cell.metadata.get("lang")
        if "advisor" in cell.metadata.get("tags", []) or (only and tongue not in {None, only}):
            continue
        if cell.cell_type == "markdown":
            cell.source = _prose(cell.source, given, tongue or only or "en")
        else:
            cell.source = _code(cell.source, given, solved=solved)
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


def _regions(text: str, questions: list[str], *, solved: bool) -> Iterator[str]:
    """Give a cell's lines; a solution is left as it is, or becomes a gap."""
    region: list[str] | None = None
    for line in text.split("\n"):
        mark = line.strip()
        if mark == _BEGIN and region is None:
            region = []
        elif mark == _END and region is not None:
            yield from region if solved else _gap(region, questions)
            region = None
        elif mark in {_BEGIN, _END}:
            raise OptionError(f"The source has {mark!r} without its other half.")
        elif region is not None:
            region.append(line)
        else:
            yield line
    if region is not None:
        raise OptionError(f"The source has {_BEGIN!r} without {_END!r}.")


def _gap(region: list[str], questions: list[str]) -> Iterator[str]:
    """Leave a gap for each question that the solution answers."""
    import textwrap

    try:
        tree = ast.parse(textwrap.dedent("\n".join(region)))
    except SyntaxError as error:
        raise OptionError(f"A solution is no Python: {error.msg}.") from None
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in questions
    ]
    indent = re.match(r"\s*", region[0])[0] if region else ""  # type: ignore[index]
    yield from (f"{indent}{name} = {_STUB}" for name in dict.fromkeys(names))
    if not names:
        yield f"{indent}{_STUB}"


def files(
    source: Source, student: str, *, language: str | None = None, solved: bool = False
) -> dict[str, str]:
    """Return the files that a student is handed, by name."""
    given = handout.make(source, student)
    found = {handout.FILE: handout.dumps(given, self_check=source.self_check or solved)}
    made = book(source, given, solved=solved, language=language if language in LANGUAGES else None)
    found[f"{source.name}.py"] = script(made)
    if not solved:
        found[f"{source.name}.ipynb"] = notebook(made)
    for name, question in given.questions.items():
        if question.spec is not None and handout.has_rows(question.kind, question.spec):
            drawn = marking.rows(question.spec)
            found[f"{name}.csv"] = handout.table(drawn.X_train, drawn.y_train)
    return found


def write(folder: Path, contents: dict[str, str]) -> None:
    """Write a handout's files.

    Raises:
        OptionError: they cannot be written.
    """
    from advisor.grading import writing

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"Cannot make the folder {folder.name!r}: {error.strerror}.") from None
    for name, text in contents.items():
        writing.write(folder / name, text)
