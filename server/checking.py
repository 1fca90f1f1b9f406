"""What a verification found to differ, each named once: table, key and column, or line of the log."""

from typing import Any, Final

MOST: Final = 1_000
"""One lost line makes much else differ; what is named first is nearest to the cause."""


class Differences:
    """A list without repetition, in the order of finding."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    @property
    def all(self) -> list[str]:
        return list(self._found)

    def add(self, what: str) -> None:
        if len(self._found) < MOST:
            self._found[what] = None

    def cell(self, table: str, key: Any, column: str) -> None:
        """A cell that does not say what it should."""
        self.add(f"{table} {key}: {column} differs")

    def row(self, table: str, key: Any, what: str) -> None:
        self.add(f"{table} {key}: {what}")

    def missing(self, table: str, key: Any) -> None:
        """A row that should be there."""
        self.add(f"{table} {key}: is missing")

    def line(self, position: int, what: str) -> None:
        """A line of the log that is not what it was."""
        self.add(f"change line {position}: {what} differs")
