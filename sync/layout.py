"""Laying out a table: Markdown, or columns of plain text in which a Chinese character is two wide."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final
from unicodedata import east_asian_width

GAP: Final = "  "
WIDEST: Final = 26
NARROWEST: Final = 30
_PIECE: Final = re.compile(r"[⺀-鿿][、-】！-～”]*|[^\s⺀-鿿]+\s*|\s+")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, a line each."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def text(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """A table in columns; long cells go on in the next line, and the first column says nothing twice."""
    *widths, last = [max(map(wide, column)) for column in zip(columns, *rows, strict=True)]
    widths = [min(one, WIDEST) for one in widths]
    room = width - sum(widths) - len(GAP) * len(widths)
    widths.append(min(last, max(room, NARROWEST)))
    lines = [*_lines(columns, widths), GAP.join("-" * one for one in widths)]
    group = None
    for first, *others in rows:
        lines += _lines(["" if first == group else first, *others], widths)
        group = first
    return "\n".join(lines)


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    folded = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return [
        GAP.join(part + " " * (width - wide(part)) for part, width in zip(line, widths, strict=True)).rstrip()
        for line in zip_longest(*folded, fillvalue="")
    ]


def wide(cell: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in cell)


def fold(cell: str, width: int) -> list[str]:
    """A text in lines no wider than `width`, broken at spaces or between Chinese characters."""
    lines = [""]
    for piece in _PIECE.findall(cell):
        if lines[-1] and wide(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
