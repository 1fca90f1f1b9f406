"""The schema as it was last written down, without its words, and what has been taken from it since.

`python -m tests.schema.released` writes it down anew, and refuses what breaks those who ask, unless
`schema/versions.py` has a new line that says so.
"""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from graphql import GraphQLSchema, Visitor, build_schema, find_breaking_changes, parse, print_ast, visit

from schema.build import sdl
from schema.versions import VERSION, VERSIONS

FILE: Final = Path(__file__).with_name("released.graphql")
HEAD: Final = "# version "


class Breaking(Exception):
    """Something that may be asked for is gone or narrower, and no new version says so."""


class _Wordless(Visitor):
    def enter(self, node: Any, *_: Any) -> Any:
        if getattr(node, "description", None) is None:
            return None
        return replace(node, description=None)


def wordless(text: str) -> str:
    """A schema without its descriptions."""
    return print_ast(visit(parse(text, no_location=True), _Wordless()))


@cache
def _built(text: str) -> GraphQLSchema:
    return build_schema(text, assume_valid=True)


def broken(before: str, now: str) -> list[str]:
    """What somebody may have asked of one schema and cannot ask of the other."""
    found = find_breaking_changes(_built(before), _built(now))
    return sorted(change.description for change in found)


def written(before: str, now: str, version: int) -> str:
    """What is to be written down of the schema as it is now; raises Breaking."""
    head, _, released = before.partition("\n")
    if int(head.removeprefix(HEAD)) >= version and (changes := broken(released, now)):
        raise Breaking("\n".join(changes))
    return f"{HEAD}{version}\n{wordless(now)}\n"


def main() -> None:
    """Write it down, or say what breaks."""
    try:
        FILE.write_text(written(FILE.read_text(), sdl(), VERSION))
    except Breaking as changes:
        sys.exit(
            f"This breaks who asks; deprecate it, or add a version {len(VERSIONS) + 1} to schema/versions.py.\n{changes}"
        )


if __name__ == "__main__":
    main()
