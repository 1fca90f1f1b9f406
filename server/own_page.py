"""A member's own page: opened by a one-time code that the desk hands over, and everything kept about them.

A page is open for a day and is revoked like any token. It shows what names the member, wherever it stands.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, String, Table, cast, or_, select

from schema.tables.catalogue import MAPPINGS
from schema.tables.change import CHANGE
from schema.tables.conflict import CONFLICT
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.reading import READING
from schema.tables.ticket import TICKET_TAKER
from schema.tables.token import TOKEN
from schema.values import Author, OwnPage, Role
from server import identity
from server.enrolling import Desk
from server.write import chunks
from sync.work import DAY_MS

OPEN_MS: Final = DAY_MS

UNSHOWN: Final = frozenset(
    {"versions", "ranks", "hash", "contact_since", "rings_at", "link", "scope", "renews", "author"}
)
"""How the hub keeps its books, which says nothing about anybody."""


class About(NamedTuple):
    """A table, and the columns of it that may name a member."""

    name: str
    table: Table
    columns: tuple[str, ...]


ABOUT: Final = (
    About("registrations", MAPPINGS["member"].table, ("id", "alias_of")),
    About("services", MAPPINGS["service"].table, ("member", "by")),
    About("tickets", TICKET_TAKER.table, ("member", "by")),
    About("ticketsOpened", MAPPINGS["ticket"].table, ("opener",)),
    About("signIns", MAPPINGS["attendance"].table, ("member",)),
    About("activitiesOpened", MAPPINGS["activity"].table, ("opener",)),
    About("whistlesBlown", MAPPINGS["whistle"].table, ("blower",)),
    About("evaluations", MAPPINGS["evaluation"].table, ("member", "by")),
    About("ratings", MAPPINGS["rating"].table, ("member",)),
    About("points", POINT_ENTRY.table, ("member",)),
    About("adjustments", MAPPINGS["adjustment"].table, ("member", "by", "decider")),
    About("redemptions", MAPPINGS["redemption"].table, ("member",)),
    About("requests", CONFLICT.table, ("entity",)),
    About("changes", CHANGE, ("entity",)),
    About("contactsRead", READING, ("member",)),
    About("tokens", TOKEN, ("member",)),
)
"""Everything that may name a member by a column. A test finds the columns that are not here."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "ticketsOpened": ("id", "community", "grid", "category", "title", "state", "opened"),
    "activitiesOpened": ("id", "community", "grid", "team", "category", "title", "start", "opened"),
    "requests": ("id", "rule", "field", "state", "candidates", "stands", "reason", "opened"),
    "changes": ("id", "kind", "entity", "device", "seq", "arrival", "deed", "body", "private", "erased"),
}
"""Of tables with more in them than is about the member, what is."""


def add_code(connection: Connection, code: str, member: str, expires_at: int) -> None:
    """Keep a new code for this member's page; raises ValueError where there is no such member."""
    family = identity.family_of(connection, member)
    if not family:
        raise ValueError(f"there is no such member: {member}")
    identity.add_code(connection, code, [], family[member], expires_at, member)


def open_page(connection: Connection, desk: Desk, typed: str) -> OwnPage | None:
    """A page for a code, which is used up by this; None, and a try less, when it is not valid."""
    code = identity.use_code(connection, typed, desk.now, page=True)
    if code is None or code.member is None:
        return None
    page = OwnPage(code.member, desk.ids.token(), desk.now + OPEN_MS)
    identity.add_token(
        connection,
        desk.ids.uuid7(),
        page.token,
        Role.MEMBER,
        desk.now,
        member=page.member,
        expires_at=page.expires_at,
    )
    return page


def record(connection: Connection, author: Author) -> dict[str, Any]:
    """Everything that names the member, by what it is; rows as they are kept, moments in milliseconds since 1970."""
    found = {about.name: _rows(connection, about, author) for about in ABOUT}
    told: list[dict[str, Any]] = []
    table = OUTCOME.table
    for chunk in chunks(line["id"] for line in found["changes"]):
        rows = select(table.c.change, table.c.outcome, table.c.code, table.c.sentence, table.c.settlement)
        told += map(dict, connection.execute(rows.where(table.c.change.in_(chunk))).mappings())
    return {**found, "verdicts": told}


def _rows(connection: Connection, about: About, author: Author) -> list[dict[str, Any]]:
    table = about.table
    names = COLUMNS.get(about.name) or tuple(one.name for one in table.columns if one.name not in UNSHOWN)
    mine = or_(*(table.c[name].in_(author.scope) for name in about.columns))
    # A JSON column may hold what no comparison is made of; the key orders rows.
    order = [cast(column, String) for column in table.primary_key]
    statement = select(*(table.c[name] for name in names)).where(mine).order_by(*order)
    return [dict(row) for row in connection.execute(statement).mappings()]
