"""Tables as files: CSV and XLSX that people open in a spreadsheet, in which no text is ever a formula."""

import csv
import io
import re
import zipfile

import pytest

from server.sheets import Sheet, csv_of, safe, workbook, zipped

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =cmd|' /C calc'!A0",
    "＝1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\x0b=1",
]
SHEET = Sheet(
    "汇总 Summary",
    ["名 Name", "=head", "数 Number"],
    [["=1+1", "党员", -3], ['a,b"c', None, 1.5], [True, "", 0]],
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_a_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["党员 1", "3-2-1", "a=b", "", "'=1", "（二）"])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_a_text_that_is_longer_than_a_cell_is_cut() -> None:
    assert len(safe("长" * 40_000)) == 32_000


def test_csv_is_read_again_as_it_was_and_numbers_stay_numbers() -> None:
    data = csv_of(SHEET)
    assert data.startswith(b"\xef\xbb\xbf"), "Chinese is read right only with its mark"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [
        ["名 Name", "'=head", "数 Number"],
        ["'=1+1", "党员", "-3"],
        ['a,b"c', "", "1.5"],
        ["是 yes", "", "0"],
    ]


def test_a_zip_holds_one_csv_a_table() -> None:
    with zipfile.ZipFile(
        io.BytesIO(zipped([SHEET, SHEET._replace(name="服务 Services")], 1_800_000_000_000))
    ) as packed:
        assert packed.namelist() == ["1-Summary.csv", "2-Services.csv"]
        assert packed.read("1-Summary.csv") == csv_of(SHEET)


def test_a_workbook_has_texts_and_numbers_and_no_formula_and_no_link() -> None:
    sheet = SHEET._replace(rows=[*SHEET.rows, ["http://example.org", "12", 7]])
    data = workbook([sheet], 1_800_000_000_000)
    assert data == workbook([sheet], 1_800_000_000_000), "the same table is the same file"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", packed.read("xl/sharedStrings.xml").decode())
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert {"'=1+1", "'=head", "12", "http://example.org"} <= set(texts)
    assert re.findall(r'<c r="C\d"><v>([^<]*)</v>', page) == ["-3", "1.5", "0", "7"]
