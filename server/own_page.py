"""A member's own page: opened by a one-time code that the desk hands over, and everything kept about them.

A page is open for a day and is revoked like any token. It shows what names the member, wherever it stands.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, or_, select

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
from sync.shapes import UUID_PATTERN
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
    About("duties", MAPPINGS["duty"].table, ("by",)),
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

WITHIN: Final = (
    About("posts", MAPPINGS["post"].table, ("holders",)),
    About("teams", MAPPINGS["team"].table, ("holders",)),
    About("reserved", MAPPINGS["ticket"].table, ("reserved",)),
    About("waiting", CHANGE, ("body",)),
)
"""What names a member inside a column: the posts and teams, with the member's own times there and nobody else's;
the tickets dispatched to them; and what tablets and offices said of them that no settlement has decided yet."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "ticketsOpened": ("id", "community", "grid", "category", "title", "state", "opened"),
    "activitiesOpened": ("id", "community", "grid", "team", "category", "title", "start", "opened"),
    "posts": ("id", "community", "grid", "code", "name", "holders"),
    "teams": ("id", "community", "code", "name", "theme", "holders"),
    "reserved": ("id", "community", "grid", "category", "title", "state", "reserved"),
    "waiting": ("id", "kind", "entity", "device", "seq", "arrival", "deed"),
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
    found = {about.name: _rows(connection, about, _in_columns(about, author)) for about in ABOUT}
    found |= {about.name: _rows(connection, about, _inside(about, author)) for about in WITHIN}
    for row in (*found["posts"], *found["teams"]):
        held = [one for one in row.pop("holders") if one["member"] in author.scope]
        row["held"] = [{key: one[key] for key in ("member", "since", "until", "term")} for one in held]
    told: list[dict[str, Any]] = []
    table = OUTCOME.table
    for chunk in chunks(line["id"] for line in found["changes"]):
        rows = select(table.c.change, table.c.outcome, table.c.code, table.c.sentence, table.c.settlement)
        told += map(dict, connection.execute(rows.where(table.c.change.in_(chunk))).mappings())
    return {**found, "verdicts": told}


def _in_columns(about: About, author: Author) -> ColumnElement[bool]:
    return or_(*(about.table.c[name].in_(author.scope) for name in about.columns))


def _inside(about: About, author: Author) -> ColumnElement[bool]:
    """The column holds the member's id, as JSON has it."""
    (column,) = (cast(about.table.c[name], String) for name in about.columns)
    named = or_(*(column.contains(f'"{member}"') for member in author.scope))
    return and_(named, CHANGE.c.settlement.is_(None)) if about.table is CHANGE else named


def _rows(connection: Connection, about: About, mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = about.table
    names = COLUMNS.get(about.name) or tuple(one.name for one in table.columns if one.name not in UNSHOWN)
    # A JSON column may hold what no comparison is made of; the key orders rows.
    order = [cast(column, String) for column in table.primary_key]
    statement = select(*(table.c[name] for name in names)).where(mine).order_by(*order)
    return [dict(row) for row in connection.execute(statement).mappings()]


NAMED: Final = ("community", "unit", "grid", "post", "team", "reward", "pointRule", "pointExpiry")
TITLED: Final = ("ticket", "activity")


def names(connection: Connection, found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What the things in a record are called, in both languages, by their ids; skills and categories by their codes."""
    ids = sorted({one for rows in found.values() for row in rows for one in _ids(row)})
    called: dict[str, dict[str, str]] = {}
    for thing in (*NAMED, *TITLED):
        table = MAPPINGS[thing].table
        name = table.c["title" if thing in TITLED else "name"]
        for chunk in chunks(ids):
            for row in connection.execute(
                select(table.c.id, name.label("name")).where(table.c.id.in_(chunk))
            ):
                called[row.id] = {"zh": row.name, "en": row.name} if thing in TITLED else row.name
    table = MAPPINGS["community"].table
    codes = select(table.c.categories, table.c.skills).where(
        table.c.id.in_([one for one in ids if one in called])
    )
    for row in connection.execute(codes):
        called |= {f"category {one['code']}": one["name"] for one in row.categories}
        called |= {f"skill {one['code']}": one["name"] for one in row.skills}
    return called


def _ids(value: Any) -> Iterable[str]:
    """Every id in a row, also inside its JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, str) and re.fullmatch(UUID_PATTERN, value):
        yield value
