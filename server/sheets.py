"""Tables as files that people open in a spreadsheet: CSV (zipped, one file a table) and XLSX.

No text is ever a formula: one that begins like one is written with an apostrophe before it (OWASP, CSV injection).
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, in either width."""

WIDEST: Final = 60
LONGEST: Final = 32_000
"""An XLSX cell holds 32,767 characters."""

Cell = str | int | float | bool | None


class Sheet(NamedTuple):
    """One table. Numbers stay numbers."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also where it trims what stands before it."""
    kept = text[:LONGEST]
    return f"'{kept}" if kept.startswith(FORMULAS) or kept.strip().startswith(FORMULAS) else kept


def _cell(value: Cell) -> Cell:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    return safe(value) if isinstance(value, str) else value


def csv_of(sheet: Sheet) -> bytes:
    """One table as CSV in UTF-8 with its mark, so that Chinese is read right everywhere."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_cell(title) for title in sheet.head])
    writer.writerows([["" if one is None else _cell(one) for one in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def zipped(sheets: Sequence[Sheet], at: int) -> bytes:
    """All tables as CSV files in one ZIP; `at` in milliseconds since 1970."""
    packed = io.BytesIO()
    made = datetime.fromtimestamp(at / 1000, UTC)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(sheets, 1):
            info = zipfile.ZipInfo(f"{number}-{sheet.name.partition(' ')[2]}.csv", made.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, csv_of(sheet))
    return packed.getvalue()


def workbook(sheets: Sequence[Sheet], at: int) -> bytes:
    """All tables in one XLSX; texts are written as texts and never as formulas or links."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415

    packed = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(packed, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"created": datetime.fromtimestamp(at / 1000, UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, bold)
    return packed.getvalue()


def _write(page: Any, sheet: Sheet, bold: Any) -> None:
    for column, title in enumerate(sheet.head):
        page.write_string(0, column, safe(title), bold)
    for number, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            cell = _cell(value)
            if isinstance(cell, str):
                page.write_string(number, column, cell)
            elif cell is not None:
                page.write_number(number, column, cell)
    page.freeze_panes(1, 0)
    for column, title in enumerate(sheet.head):
        widths = [len(str(row[column] or "")) for row in sheet.rows]
        page.set_column(column, column, min(WIDEST, max([len(title) + 4, *(width + 2 for width in widths)])))


KINDS: Final = {
    "xlsx": (workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "zip": (zipped, "application/zip"),
}
"""How tables become a file of each ending, and its media type."""
