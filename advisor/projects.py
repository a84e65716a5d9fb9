"""Teaching templates written out as a project of one's own, as a script or a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from advisor import _shelf, templates
from advisor.catalog import read_entry
from advisor.errors import OptionError, UnknownNameError, shown
from advisor.tasks import find_task
from advisor.text import Text

_PERCENT: dict[str, Any] = {"extension": ".py", "format_name": "percent"}


def template_titles() -> list[tuple[str, Text]]:
    """List every template as (name, title), reading its file, never running it."""
    found = []
    for name in _shelf.names(templates):
        doc, constants = read_entry(_shelf.path(templates, "template", name))
        summary = doc.strip().splitlines()[0].removesuffix(".")
        found.append((name, Text(en=summary, zh=constants["TITLE_ZH"])))
    return found


def template_name(name: object) -> str:
    """Return the template for a template's, an assignment's or a task's name.

    Raises:
        UnknownNameError: it is none of them.
    """
    known = _shelf.names(templates)
    for key in (str(name).strip(), f"assignment_{name}"):
        if key in known:
            return key
    try:
        task = find_task(name).name
    except UnknownNameError:
        task = ""
    if task not in known:
        raise UnknownNameError("template", name, known)
    return task


def write_template(
    name: object, folder: str | Path, *, notebook: bool = False, language: str | None = None
) -> Path:
    """Write a template into a folder, which is made where it is missing; return the file.

    Args:
        name: a template, or the task it teaches.
        folder: where to.
        notebook: as .ipynb instead of .py.
        language: "en" or "zh" keeps that language's prose only; None keeps both.

    Raises:
        UnknownNameError: no such template.
        OptionError: the file exists already, or the folder cannot be written to.
    """
    key = template_name(name)
    text = render(key, notebook=notebook, language=language)
    target = Path(folder) / f"{key}{'.ipynb' if notebook else '.py'}"
    return write_new(target, text)


def render(name: str, *, notebook: bool = False, language: str | None = None) -> str:
    """Return a template's text without the cell that only advisor reads."""
    import jupytext

    text = _shelf.path(templates, "template", name).read_text(encoding="utf-8")
    book = jupytext.reads(text, fmt=_PERCENT)
    book.cells = [
        cell
        for cell in book.cells
        if "advisor" not in cell.metadata.get("tags", [])
        and (language is None or cell.metadata.get("lang", language) == language)
    ]
    book.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    if not notebook:
        return str(jupytext.writes(book, fmt=_PERCENT))
    book.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"  # the same file each time
    return str(jupytext.writes(book, fmt="ipynb"))


def write_new(path: str | Path, text: str) -> Path:
    """Write a file that does not exist yet, with the folders it lies in.

    Raises:
        OptionError: it exists, or cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OptionError(
            f"{shown(target.name)} exists already. Nothing was written. Name another folder."
        ) from None
    except OSError as error:
        raise OptionError(f"Cannot write {shown(target.name)}: {error.strerror}.") from None
    return target
