"""Reading a unit's list: what fits is read whatever else is wrong, and what is wrong is named without being repeated."""

import pytest

from schema.values import ListRefused
from server.unit_list import MOST_LINES, SENTENCES, Line, read

CSV = """number,name,grid,phone,skills
001,李一,LY-1,5550001,law;first-aid
002,王二,,,
"""


def test_a_list_is_read_line_by_line() -> None:
    assert read(CSV.encode()).lines == [
        Line(2, "001", "李一", "LY-1", "5550001", ("law", "first-aid")),
        Line(3, "002", "王二"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "编号,姓名,网格\n001,李一,LY-1\n".encode(),
        "编号,姓名,网格\r\n001,李一,LY-1\r\n".encode("gb18030"),
        "\ufeff姓名;编号;网格\n李一;001;LY-1\n".encode(),
        "网格\t姓名\t性别\t编号\nLY-1\t 李一 \t男\t001\n".encode(),
        '"number","name","grid"\n"001","李一","LY-1"\n\n,,\n'.encode(),
    ],
    ids=["headings in Chinese", "as spreadsheets write it", "semicolons", "tabs and what nobody asked for", "quotes"],
)  # fmt: skip
def test_lists_are_read_however_an_office_writes_them(source: bytes) -> None:
    found = read(source)
    assert [line._replace(line=0) for line in found.lines] == [Line(0, "001", "李一", "LY-1")]
    assert found.problems == []


def test_a_list_may_be_yaml() -> None:
    source = "- {number: 001, name: 李一, skills: [law, first-aid]}\n- 编号: 002\n  姓名: 王二\n  性别: [男]\n- oops\n"
    for text in (source, "members:\n" + source):
        found = read(text.encode(), yaml=True)
        assert [(line.number, line.name, line.skills) for line in found.lines] == [
            ("001", "李一", ("law", "first-aid")),
            ("002", "王二", ()),
        ]
        assert [one.code for one in found.problems] == ["UNREADABLE_LINE"]


WRONG: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("no number", ",李一,,,", [("number", "NO_VALUE")]),
    ("no name", "003,,,,", [("name", "NO_VALUE")]),
    ("a number that is none", "三,李一,,,", [("number", "NOT_A_CODE")]),
    ("a grid that is none", "003,李一,一格,,", [("grid", "NOT_A_CODE")]),
    ("a skill that is none", "003,李一,,,法律", [("skills", "NOT_A_CODE")]),
    ("too many skills", "003,李一,,," + " ".join(f"s{n}" for n in range(21)), [("skills", "TOO_LONG")]),
    ("a long name", f"003,{'李' * 61},,,", [("name", "TOO_LONG")]),
    ("a long telephone", f"003,李一,,{'5' * 31},", [("phone", "TOO_LONG")]),
    ("a control character", "003,李\x07一,,,", [("name", "UNREADABLE_LINE")]),
    ("more cells than columns", "003,李一,,,,,那个", [("", "UNREADABLE_LINE")]),
    ("a number twice", "002,李一,,,", [("number", "DUPLICATE_NUMBER")]),
    ("a quote in the middle", '"003"x,李一,,,', [("", "UNREADABLE_LINE")]),
]


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_cannot_be_read_is_named_and_keeps_nothing_else_back(
    row: str, expected: list[tuple[str, str]]
) -> None:
    found = read(f"{CSV}{row}\n004,赵四,,,\n".encode())
    assert [(one.column, one.code) for one in found.problems] == expected
    assert {one.line for one in found.problems} == {4}
    assert [line.number for line in found.lines] == ["001", "002", "004"]
    for one in found.problems:
        said = f"{one.sentence}{one.code}{one.column}"
        assert not any(word in said for word in ("李", "王", "赵", "555"))


def test_a_duplicate_says_which_line_stands() -> None:
    (problem,) = read(f"{CSV}001,另一人,,,\n".encode()).problems
    assert problem.sentence == {
        "zh": "编号与第 2 行相同；先写的为准。",
        "en": "The number is that of line 2, which stands.",
    }


@pytest.mark.parametrize(
    ("source", "yaml", "code"),
    [
        (b"\xff\xff\xff", False, "NOT_TEXT"),
        (b"number,name\n1,a\0b\n", False, "NOT_TEXT"),
        (b"", False, "EMPTY_LIST"),
        (b"number,name\n", False, "EMPTY_LIST"),
        ("姓名,网格\n李一,LY-1\n".encode(), False, "NO_HEADER"),
        (b"number,name\n" + b"".join(b"%d,a\n" % n for n in range(MOST_LINES + 1)), False, "TOO_MANY_LINES"),
        (b"", True, "EMPTY_LIST"),
        (b"[", True, "NOT_YAML"),
        (b"a: 1", True, "NOT_YAML"),
        (b"[]", True, "EMPTY_LIST"),
    ],
)
def test_a_list_that_cannot_be_taken_as_a_whole_is_refused(source: bytes, yaml: bool, code: str) -> None:
    with pytest.raises(ListRefused) as caught:
        read(source, yaml=yaml)
    assert (caught.value.code, code in SENTENCES) == (code, True)
