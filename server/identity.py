"""Who is who: tokens, enrolment codes, tablets and those that continue them. Only hashes of secrets are kept."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from schema.tables.device import DEVICE
from schema.tables.enrolment_code import ENROLMENT_CODE
from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.tables.scope import SCOPE
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.tables.unit import UNIT
from schema.values import Author, Refused, Role
from server.write import add, put
from sync.kinds.kind import Office

CODE_TRIES: Final = 5
HANDLE_LENGTH: Final = 2
SEEN_EVERY_MS: Final = 60_000
"""How exact a token's last use is kept; every request would otherwise be a write."""

OFFICES: Final = {
    Role.LIAISON: Office.LIAISON,
    Role.DISPATCHER: Office.DISPATCHER,
    Role.ADMIN: Office.DISTRICT,
    Role.MEMBER: Office.MEMBER,
    Role.UNIT: Office.UNIT,
}
NEEDS: Final[dict[Role, tuple[str, ...]]] = {
    Role.DISPATCHER: ("community",),
    Role.UNIT: ("unit",),
    Role.MEMBER: ("member",),
}
_CROCKFORD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


class Tablet(NamedTuple):
    """What a new tablet's rows are made of."""

    device: str
    token_id: str
    token: str
    name: str
    app_version: str
    community: str | None
    renews: str | None = None
    ancestors: Sequence[str] = ()
    root: str | None = None
    came_from: str | None = None


def hash_of(secret: str) -> str:
    """What is kept of a token or a code."""
    return hashlib.sha256(secret.encode()).hexdigest()


def plain_code(typed: str) -> str:
    """A code as it was made, from how somebody typed it."""
    return typed.strip().upper().translate(_CROCKFORD)


class Code(NamedTuple):
    """What a one-time code is for: a tablet of these grids, or a member's own page."""

    grids: list[str]
    member: str | None


class Seen(NamedTuple):
    """A token that was shown: who holds it, and whether its last use should be written down."""

    author: Author
    stale: bool


# Every question begins with these: built once.
_HOLDER: Final = (
    select(TOKEN, TABLET.c.community.label("placed"), TABLET.c.revoked_at.label("tablet_revoked_at"))
    .join(TABLET, TABLET.c.device == TOKEN.c.device, isouter=True)
    .where(TOKEN.c.hash == bindparam("shown"))
)
_CARRIED: Final = select(DEVICE.table.c.grids).where(DEVICE.table.c.id == bindparam("carrier"))
_COMMUNITIES: Final = select(GRID.table.c.id, GRID.table.c.community).where(
    GRID.table.c.id.in_(bindparam("grids", expanding=True))
)
_TABLET: Final = select(TABLET).where(TABLET.c.device == bindparam("carrier"))
_USED: Final = update(TOKEN).where(TOKEN.c.id == bindparam("used")).values(last_used_at=bindparam("used_at"))


def look_up(connection: Connection, token: str, now: int) -> Seen:
    """Who holds a token; a revoked tablet comes back as such. Raises Refused UNAUTHENTICATED."""
    row = connection.execute(_HOLDER, {"shown": hash_of(token)}).one_or_none()
    if row is None:
        raise Refused("UNAUTHENTICATED")
    role = Role(row.role)
    over = row.expires_at is not None and row.expires_at <= now
    if row.device is None and (over or row.revoked_at is not None):
        raise Refused("UNAUTHENTICATED")
    scope, communities = _reach(connection, role, row)
    author = Author(
        role=role,
        id=row.id,
        device=row.device,
        communities=communities,
        everywhere=role is Role.ADMIN or (role is Role.READER and row.community is None),
        unit=row.unit,
        member=row.member,
        office=OFFICES.get(role),
        scope=scope,
        revoked=row.revoked_at is not None or row.tablet_revoked_at is not None,
    )
    return Seen(author, row.last_used_at is None or row.last_used_at < now - SEEN_EVERY_MS)


def _reach(connection: Connection, role: Role, row: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a token's holder writes in (grids, communities, a unit), and which communities they read."""
    if role is Role.LIAISON:
        grids = carried(connection, row.device)
        return grids, tuple(sorted(set((communities_of(connection, grids)).values())))
    if role is Role.UNIT:
        found = connection.execute(select(UNIT.table.c.community).where(UNIT.table.c.id == row.unit))
        return (row.unit,), tuple(found.scalars())
    if role is Role.MEMBER:
        family = family_of(connection, row.member)
        return tuple(sorted(family)), tuple(sorted(set(family.values())))
    if row.community is None:
        return (), ()
    return (row.community,) if role is Role.DISPATCHER else (), (row.community,)


def family_of(connection: Connection, member: str) -> dict[str, str]:
    """The ids that are one person with this one, each with its community."""
    table = MEMBER.table
    root = func.coalesce(table.c.alias_of, table.c.id)
    mine = select(root).where(table.c.id == member).scalar_subquery()
    rows = connection.execute(select(table.c.id, table.c.community).where(root == mine))
    return {row.id: row.community for row in rows}


def carried(connection: Connection, device: str) -> tuple[str, ...]:
    """The grids that a tablet carries, as last assigned."""
    grids = connection.execute(_CARRIED, {"carrier": device}).scalar_one_or_none()
    return tuple(sorted(grids or ()))


def communities_of(connection: Connection, grids: Sequence[str]) -> dict[str, str]:
    """The community of each of these grids; those that are not there are left out."""
    rows = connection.execute(_COMMUNITIES, {"grids": list(grids)})
    return {row.id: row.community for row in rows}


def saw(connection: Connection, token_id: str, now: int) -> None:
    """Note a token's use."""
    connection.execute(_USED, {"used": token_id, "used_at": now})


# Codes


def add_code(
    connection: Connection,
    code: str,
    grids: Sequence[str],
    community: str,
    expires_at: int,
    member: str | None = None,
) -> None:
    """Keep a new code's hash: for a tablet that will carry these grids, or for a member's own page."""
    row = {
        "hash": hash_of(code),
        "handle": code[:HANDLE_LENGTH],
        "grids": sorted(grids),
        "community": community,
        "expires_at": expires_at,
        "tries": 0,
        "member": member,
    }
    add(connection, ENROLMENT_CODE, [row])


def use_code(connection: Connection, typed: str, now: int, *, page: bool = False) -> Code | None:
    """What a code is for, which is used up by this; None, and one try less, when it is not valid.

    page: a member's code opens a page and enrols no tablet, a tablet's the other way round.

    A wrong code cannot say which right one it was meant for: it counts against all that begin alike.
    """
    code = plain_code(typed)
    table = ENROLMENT_CODE
    valid = (table.c.expires_at > now) & (table.c.tries < CODE_TRIES)
    found = (
        connection.execute(select(table.c.grids, table.c.member).where(table.c.hash == hash_of(code), valid))
    ).one_or_none()
    if found is None or (found.member is not None) is not page:
        connection.execute(
            update(table).where(table.c.handle == code[:HANDLE_LENGTH]).values(tries=table.c.tries + 1)
        )
        return None
    connection.execute(delete(table).where(table.c.hash == hash_of(code)))
    return Code(list(found.grids), found.member)


# Tablets and tokens


def add_tablet(connection: Connection, tablet: Tablet, now: int) -> None:
    """A tablet's rows: itself and its token."""
    row = {
        "device": tablet.device,
        "community": tablet.community,
        "name": tablet.name,
        "app_version": tablet.app_version,
        "enrolled_at": now,
        "renews": tablet.renews,
        "ancestors": list(tablet.ancestors),
        "root": tablet.root or tablet.device,
        "came_from": tablet.came_from,
        "cloned_at": None,
        "revoked_at": None,
        "received_through": 0,
        "last_deed": None,
        "last_push_at": None,
        "last_pull_at": None,
    }
    add(connection, TABLET, [row])
    add_token(connection, tablet.token_id, tablet.token, Role.LIAISON, now, device=tablet.device)


class Knew(NamedTuple):
    """From this seq on a tablet knew these grids to be its own, by an assignment of this rev."""

    from_seq: int
    grids: tuple[str, ...]
    assigned: int


def add_scopes(
    connection: Connection, device: str, knew: Sequence[Knew], carries: Sequence[str], now: int
) -> None:
    """What a new tablet knew to be its own, from which seq on. What it carries by its newest assignment needs no
    acknowledgement where it was the last that it knew."""
    community = tablet_of(connection, device)["community"]
    assigned = connection.execute(select(DEVICE.table.c.rev).where(DEVICE.table.c.id == device)).scalar_one()
    rows = [
        {
            "device": device,
            "from_seq": one.from_seq,
            "community": community,
            "grids": sorted(one.grids),
            "assigned": one.assigned,
            "at": now,
        }
        for one in knew
    ]
    if sorted(knew[-1].grids) == sorted(carries):
        rows[-1]["assigned"] = assigned
    put(connection, SCOPE, rows)


def known_scopes(connection: Connection, device: str) -> list[Knew]:
    """What a tablet has acknowledged as its own, in the order of its seqs."""
    rows = connection.execute(select(SCOPE).where(SCOPE.c.device == device).order_by(SCOPE.c.from_seq))
    return [Knew(row.from_seq, tuple(row.grids), row.assigned) for row in rows]


def add_token(
    connection: Connection, token_id: str, token: str, role: Role, now: int, **who: str | int | None
) -> None:
    """Keep a new token's hash; `who` is device, community, unit, member or name, and `expires_at`."""
    row: dict[str, Any] = {
        "id": token_id,
        "hash": hash_of(token),
        "role": role.value,
        "device": None,
        "community": None,
        "unit": None,
        "member": None,
        "name": "",
        "created_at": now,
        "last_used_at": None,
        "revoked_at": None,
        "expires_at": None,
    }
    add(connection, TOKEN, [row | who])


def tablet_of(connection: Connection, device: str | None) -> dict[str, Any]:
    """A tablet's row; raises Refused UNAUTHENTICATED when there is none (its database was restored, say)."""
    row = connection.execute(_TABLET, {"carrier": device}).one_or_none()
    if row is None:
        raise Refused("UNAUTHENTICATED")
    return dict(row._mapping)


def was(connection: Connection, device: str) -> dict[str, str | None]:
    """The devices that a tablet is and was, by renewals and by the codes that it was enrolled by, each with its
    community."""
    found: dict[str, str | None] = {}
    known: set[str] = set()
    roots = set(connection.execute(select(TABLET.c.root).where(TABLET.c.device == device)).scalars())
    columns = select(TABLET.c.device, TABLET.c.community, TABLET.c.came_from)
    while roots:
        rows = connection.execute(columns.where(TABLET.c.root.in_(roots))).all()
        found |= {row.device: row.community for row in rows}
        known |= roots
        roots = {row.came_from for row in rows if row.came_from is not None} - known
    return found


def revoke(connection: Connection, identifier: str, now: int) -> bool:
    """Revoke a tablet and all that continue it, or one token; False when there is neither."""
    rows = connection.execute(select(TABLET.c.device, TABLET.c.ancestors))
    devices = [row.device for row in rows if identifier == row.device or identifier in row.ancestors]
    tablets = connection.execute(
        update(TABLET)
        .where(TABLET.c.device.in_(devices), TABLET.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    tokens = connection.execute(
        update(TOKEN)
        .where((TOKEN.c.device.in_(devices)) | (TOKEN.c.id == identifier), TOKEN.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(devices or tablets.rowcount or tokens.rowcount)
