"""A table as .xlsx: words are text and never a formula, and the same table gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from advisor.page import width

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 32_767  # characters that a cell may hold
_NARROWEST, _WIDEST = 8, 60
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_PACKED = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel takes _x0041_ for the letter A
_TEXT = "@"
_HEADER = "D9E8F3"


def built(table: Sequence[Sequence[Any]], title: str) -> bytes:
    """Return the workbook.

    Args:
        table: the header, then the lines: harmless texts, numbers, and None for an empty cell.
        title: of the sheet.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "advisor"
    book.properties.created = _MADE
    sheet = book.active
    sheet.title = title
    for i, line in enumerate(table, 1):
        for j, value in enumerate(line, 1):
            if value not in {None, ""}:
                _fill(sheet.cell(i, j), value)
    _dress(sheet, table)
    out = io.BytesIO()
    book.save(out)
    return _same_bytes(out.getvalue())


def _fill(cell: Any, value: Any) -> None:
    """Write a value; text is marked as text, whatever it looks like."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = _CODED.sub("_x005F_", value)[:_LONGEST]
    cell.data_type = "s"  # openpyxl would take "=1+1" for a formula, "#N/A" for an error
    cell.number_format = _TEXT


def _dress(sheet: Any, table: Sequence[Sequence[Any]]) -> None:
    """Make it legible: the header stays in sight, columns are as wide as what they hold."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    fill = PatternFill("solid", start_color=_HEADER)
    left, right = Alignment(horizontal="left", indent=1), Alignment(horizontal="right")
    for j, top in enumerate(sheet[1]):
        numbers = any(isinstance(line[j], (int, float)) for line in table)
        top.font, top.fill, top.alignment = (
            Font(name="Calibri", bold=True),
            fill,
            right if numbers else left,
        )
        for row in () if numbers else sheet.iter_rows(min_row=2):
            row[j].alignment = left
        longest = max(width(str(line[j])) for line in table if line[j] is not None)
        size = min(max(longest * 1.1 + 4, _NARROWEST), _WIDEST)  # room for the filter's button
        sheet.column_dimensions[get_column_letter(j + 1)].width = size
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _same_bytes(made: bytes) -> bytes:
    """Return the package without the hour at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, _PACKED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on every system
            new.writestr(entry, data)
    return out.getvalue()
