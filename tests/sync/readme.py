"""sync/README.md brought up to date: its tables from the code, its examples from the day that it tells.

`python -m tests.sync.readme` writes it; a test fails while it is stale.
"""

import ast
import re
from pathlib import Path
from typing import Final, NamedTuple

import sync
from sync.layout import markdown
from sync.rendering import render
from tests.sync.day import examples

README: Final = Path(sync.__path__[0]) / "README.md"
FENCED: Final = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MODULES: Final = re.compile(r"<!-- modules -->\n.*?<!-- end -->", re.DOTALL)


class Block(NamedTuple):
    """One fenced block; `about` is what stands behind the language."""

    language: str
    about: str
    text: str


def blocks(language: str | None = None) -> list[Block]:
    """The fenced blocks of README.md in order, of one language or all."""
    found = [Block(one[1], one[2] or "", one[3]) for one in FENCED.finditer(README.read_text("utf-8"))]
    return [block for block in found if language in {None, block.language}]


def fresh(text: str) -> str:
    """The text with its tables and its examples as they are now."""
    known = examples()

    def fill(match: re.Match[str]) -> str:
        name = f"{match[1]} {match[2]}"
        return f"```{name}\n{known[name]}\n```" if name in known else match[0]

    return MODULES.sub(f"<!-- modules -->\n{modules()}<!-- end -->", FENCED.sub(fill, render(text)))


def modules() -> str:
    """Every module of sync/ with the first line of its own words."""
    rows = []
    for path in sorted(README.parent.rglob("*.py"), key=lambda path: (len(path.parents), path.name)):
        words = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
        if path.parent != README.parent or path.name != "__init__.py":
            rows.append((f"`{path.relative_to(README.parent)}`", words))
    return markdown(("module", "what it is for"), rows)


if __name__ == "__main__":
    README.write_text(fresh(README.read_text("utf-8")), "utf-8")
