"""A resident's rating by a one-time code on paper: made for a ticket's round, used once, linked to nobody.

Only a code's hash is kept. What is entered becomes a change of the district's and goes through the rule book.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, select, update

from schema.tables.rating_code import RATING_CODE
from schema.tables.ticket import TICKET
from schema.values import Author, Submitted
from server import meta
from server.enrolling import Desk, hub_author
from server.identity import hash_of, plain_code
from server.online import Submission, read_all
from server.visible import visible
from server.write import add
from sync.shapes import format_time
from sync.work import DAY_MS

TRIES: Final = 10
HANDLE_LENGTH: Final = 4
LENGTH: Final = 10
"""50 random bits: beyond guessing, and short enough to be typed from paper."""


class Printed(NamedTuple):
    """A code as it is printed: for which ticket of which title, and until when it holds."""

    ticket: str
    title: str
    code: str
    expires_at: int


class Entered(NamedTuple):
    """What a resident entered."""

    code: str
    stars: int
    words: str | None


def new_code(desk: Desk) -> str:
    return (desk.ids.code() + desk.ids.code())[:LENGTH]


def add_code(connection: Connection, desk: Desk, author: Author, ticket: str, days: int) -> Printed | None:
    """A new code for a ticket's present round, in place of one that was made before; None where there is no such ticket.

    A ticket that was cancelled has none either.
    """
    table = TICKET.table
    mine = select(table).where(table.c.id == ticket, table.c.state != "CANCELLED", visible("ticket", author))
    row = connection.execute(mine).mappings().one_or_none()
    if row is None:
        return None
    connection.execute(delete(RATING_CODE).where(RATING_CODE.c.ticket == ticket))
    made = Printed(ticket, row["title"], new_code(desk), desk.now + days * DAY_MS)
    kept = {
        "hash": hash_of(made.code),
        "handle": made.code[:HANDLE_LENGTH],
        "ticket": ticket,
        "round": row["round"],
        "community": row["community"],
        "expires_at": made.expires_at,
        "tries": 0,
    }
    add(connection, RATING_CODE, [kept])
    return made


def rate(connection: Connection, desk: Desk, entered: Entered) -> Submitted | None:
    """Use a code up and write its rating down as a change; None, and a try less, when the code is not valid."""
    code, table = plain_code(entered.code), RATING_CODE
    valid = (table.c.expires_at > desk.now) & (table.c.tries < TRIES)
    row = (
        connection.execute(select(table).where(table.c.hash == hash_of(code), valid)).mappings().one_or_none()
    )
    if row is None:
        connection.execute(
            update(table).where(table.c.handle == code[:HANDLE_LENGTH]).values(tries=table.c.tries + 1)
        )
        return None
    connection.execute(delete(table).where(table.c.hash == row["hash"]))
    raw = _change(connection, desk, row["ticket"], {"rating": entered.stars, "round": row["round"]})
    if entered.words is not None:
        raw["private"] = {"salt": desk.ids.secret(), "words": entered.words}
    submission = Submission(connection, hub_author(connection), desk.commits, desk.now)
    return submission.submit(read_all([raw]), "ONLINE")[0]


def _change(connection: Connection, desk: Desk, ticket: str, data: dict[str, Any]) -> dict[str, Any]:
    """By nobody: `by` is null, and the author is the hub itself."""
    return {
        "id": desk.ids.uuid7(),
        "at": format_time(desk.now),
        "run": 0,
        "saw": meta.number(connection, meta.REV),
        "kind": "ticket.rate",
        "entity": ticket,
        "by": None,
        "data": data,
    }


def unrated(connection: Connection, community: str) -> list[str]:
    """The tickets of a community that are done or closed and that nobody has rated."""
    table = TICKET.table
    done = table.c.state.in_(("DONE", "CLOSED")) & table.c.rating.is_(None)
    asked = select(table.c.id).where(done, table.c.community == community)
    return [*connection.execute(asked.order_by(table.c.done, table.c.id)).scalars()]
