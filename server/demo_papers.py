"""What the demo does on paper: a resident rates a ticket by a code, and a unit's export is taken home by its desk.

Each goes through its own door, as people do it: the code by the desk's mutation, the page by a form, the export by its link.
"""

import csv
import io
import zipfile
from typing import Any, Final

from server.demo_house import DeskClient

DONE: Final = """query ($community: ID!) {
  tickets(filter: {community: $community, states: [DONE]}, order: [{field: OPENED_AT}], first: 1) {
    edges { node { id title } }
  }
}"""
CODE: Final = "mutation ($ticket: ID!) { ratingCode(ticket: $ticket) { code } }"
RATING: Final = "query ($ticket: ID!) { node(id: $ticket) { ... on Ticket { rating } } }"
STARS: Final = 5


class Paper:
    """A slip of paper for the first ticket that is done and that nobody has rated."""

    def __init__(self, desk: DeskClient, community: str) -> None:
        self._desk = desk
        (found,) = desk.ask(DONE, community=community)["tickets"]["edges"]
        self._ticket: str = found["node"]["id"]
        self._title: str = found["node"]["title"]
        self._code: str = desk.ask(CODE, ticket=self._ticket)["ratingCode"]["code"]
        self._answers: list[int] = []

    def rate(self) -> None:
        """The resident's form: without a name, a telephone or a token."""
        form = {"code": self._code, "stars": str(STARS), "words": "来得快 They came quickly"}
        self._answers.append(self._desk.visit("/rate", form))

    def told(self) -> dict[str, Any]:
        """What came of it, as data: the HTTP status of each try, and the stars that stand."""
        rating = self._desk.ask(RATING, ticket=self._ticket)["node"]["rating"]
        return {"ticket": self._title, "answers": self._answers, "rating": rating}


def exported(desk: DeskClient, unit: str, period: str) -> dict[str, Any]:
    """A unit's export, as data: how many members it has a line for, and the lines of evidence by table."""
    files = zipfile.ZipFile(io.BytesIO(desk.download("/export/unit.zip", unit=unit, period=period)))
    tables = {
        name.partition("-")[2].removesuffix(".csv"): [
            *csv.reader(io.StringIO(files.read(name).decode("utf-8-sig")))
        ]
        for name in files.namelist()
    }
    lines = {name: len(rows) - 1 for name, rows in tables.items()}
    summary, *evidence = lines
    return {
        "period": period,
        "members": lines[summary],
        "evidence": {name: lines[name] for name in evidence},
        "xlsx_bytes": len(desk.download("/export/unit.xlsx", unit=unit, period=period)),
    }
