"""Making tablets: by a code, by renewing, and giving them their grids, which is a change like any other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.values import Author, Enrolment, Kept, Refused, Role
from server import checkpoint, identity, meta
from server.checkpoint import Checkpoint, Scope
from server.deeds import Commits
from server.feed import grid_bodies
from server.identity import Knew, Tablet
from server.online import Submission, read_all
from server.stick import BadFile, Packed
from server.system import Ids
from sync.kinds.kind import Office
from sync.shapes import format_time


class Desk(NamedTuple):
    """What is needed to make something new: ids, what is known of commits, and the time."""

    ids: Ids
    commits: Commits
    now: int


class Asking(NamedTuple):
    """What a new tablet says of itself, and of the device that it was where it keeps changes of then."""

    code: str
    name: str
    app_version: str
    kept: Kept | None = None


def hub_author(connection: Connection) -> Author:
    """The district itself, when nobody in particular asks."""
    return Author(
        role=Role.ADMIN, id=meta.text(connection, meta.HUB), everywhere=True, office=Office.DISTRICT
    )


def add_code(connection: Connection, code: str, grids: Sequence[str], expires_at: int) -> None:
    """Keep a new code for a tablet that will carry these grids; raises ValueError where there is no such grid."""
    found = identity.communities_of(connection, grids)
    missing = sorted(set(grids) - found.keys())
    if missing or not grids:
        raise ValueError(f"there is no such grid: {', '.join(missing) or 'none was named'}")
    identity.add_code(connection, code, sorted(found), found[min(found)], expires_at)


def enrol(connection: Connection, desk: Desk, asking: Asking) -> Enrolment | None:
    """A new tablet for a code; None, and a try less, when the code is not valid.

    What it keeps of before it made for the grids that it had then: the code's are its own from the next change on.
    """
    code = identity.use_code(connection, asking.code, desk.now)
    if code is None:
        return None
    grids, kept = code.grids, asking.kept
    seen = None if kept is None else _proved(connection, kept)
    made = _tablet(
        connection,
        desk,
        grids,
        name=asking.name,
        app_version=asking.app_version,
        came_from=None if seen is None else seen.root,
    )
    before, first = [], 1
    if kept is not None and seen is not None:
        first = max(kept.next - kept.oldest, 0) + 1
        before = [one for one in _known_before(connection, kept, seen) if one.from_seq < first]
    return _give(connection, desk, made, grids, [*before, Knew(first if before else 1, tuple(grids), 0)])


def _proved(connection: Connection, kept: Kept) -> Checkpoint | None:
    """What a tablet that enrols anew was. Its checkpoint's seal proves it: without one, and of a device that was
    revoked, nothing is believed."""
    seen = checkpoint.read(kept.after, meta.text(connection, meta.SECRET))
    if seen is None:
        return None
    alike = connection.execute(select(TABLET.c.revoked_at).where(TABLET.c.root == seen.root)).scalars()
    return None if any(revoked_at is not None for revoked_at in alike) else seen


def _known_before(connection: Connection, kept: Kept, seen: Checkpoint) -> list[Knew]:
    """What a tablet that enrols anew knew of its scope, by the seqs of the device that it becomes."""
    alike = connection.execute(select(TABLET.c.device).where(TABLET.c.root == seen.root)).scalars()
    knew = identity.known_scopes(connection, kept.device) if kept.device in set(alike) else []
    knew = _heard_by(knew, seen.scope) or [Knew(1, seen.scope.grids, seen.scope.assigned)]
    return _renumbered(knew, max(kept.oldest, 1))


def renew(
    connection: Connection, desk: Desk, device: str, after: str | None = None, oldest: int | None = None
) -> Enrolment:
    """A new device that continues another: the same grids, and what this copy of the other knew of its scope.

    after: the checkpoint that it holds, whose seal says of which assignment it had heard. oldest: the seq of
    the first change that it still has, which becomes its first. Without them it knows what was acknowledged last.
    """
    old = identity.tablet_of(connection, device)
    if old["revoked_at"] is not None:
        raise Refused("REVOKED")
    grids = identity.carried(connection, device)
    made = _tablet(
        connection,
        desk,
        grids,
        name=old["name"],
        app_version=old["app_version"],
        renews=device,
        ancestors=[device, *old["ancestors"]],
        root=old["root"],
    )
    knew = identity.known_scopes(connection, device)
    if oldest is None:
        knew = [one._replace(from_seq=1) for one in knew[-1:]]
    else:
        seen = checkpoint.read(after, meta.text(connection, meta.SECRET))
        if seen is not None and seen.root == old["root"]:
            knew = _heard_by(knew, seen.scope)
        knew = _renumbered(knew, max(oldest, 1))
    return _give(connection, desk, made, grids, knew or [Knew(1, tuple(grids), 0)])


def _heard_by(knew: Sequence[Knew], last: Scope) -> list[Knew]:
    """What a copy knew that heard of this scope last: another may have heard of later ones, at the same seq even,
    where the hub has kept only those."""
    heard = [one for one in knew if one.assigned <= last.assigned]
    later = [one for one in knew if one.assigned > last.assigned]
    if later and (not heard or heard[-1].assigned != last.assigned):
        heard.append(Knew(later[0].from_seq, last.grids, last.assigned))
    return heard


def _renumbered(knew: Sequence[Knew], oldest: int) -> list[Knew]:
    """The same by the seqs of a device whose first change was this one of the other's."""
    moved = {max(1, one.from_seq - oldest + 1): one for one in knew}
    return [one._replace(from_seq=seq) for seq, one in sorted(moved.items())]


def _tablet(connection: Connection, desk: Desk, grids: Sequence[str], **more: Any) -> Tablet:
    communities = identity.communities_of(connection, grids)
    return Tablet(
        device=desk.ids.uuid7(),
        token_id=desk.ids.uuid7(),
        token=desk.ids.token(),
        community=communities[min(communities)] if communities else None,
        **more,
    )


def _give(
    connection: Connection, desk: Desk, tablet: Tablet, grids: Sequence[str], knew: Sequence[Knew]
) -> Enrolment:
    """Write a tablet's rows and give it its grids, as the district's change."""
    identity.add_tablet(connection, tablet, desk.now)
    raw = assignment(connection, desk, tablet.device, grids)
    Submission(connection, hub_author(connection), desk.commits, desk.now).submit(read_all([raw]), "ONLINE")
    identity.add_scopes(connection, tablet.device, knew, grids, desk.now)
    return Enrolment(
        tablet.device,
        tablet.token,
        grid_bodies(connection, grids),
        meta.number(connection, meta.EPOCH),
    )


def assignment(connection: Connection, desk: Desk, device: str, grids: Sequence[str]) -> dict[str, Any]:
    """The change that gives a tablet these grids, by somebody who has seen what it had."""
    return {
        "id": desk.ids.uuid7(),
        "at": format_time(desk.now),
        "run": 0,
        "saw": meta.number(connection, meta.REV),
        "kind": "device.assign",
        "entity": device,
        "by": None,
        "data": {"grids": sorted(grids)},
    }


def packer_of(connection: Connection, packed: Packed) -> tuple[Author, str]:
    """Whose file this is, by its seal, and the hash of their token; raises BadFile, Refused UNAUTHENTICATED."""
    device = packed.head.device
    tokens = connection.execute(select(TOKEN.c.id, TOKEN.c.hash).where(TOKEN.c.device == device)).all()
    if not tokens:
        raise Refused("UNAUTHENTICATED")
    for row in tokens:
        if packed.is_sealed_by(row.hash):
            tablet = identity.tablet_of(connection, device)
            author = Author(
                role=Role.LIAISON,
                id=row.id,
                device=device,
                office=Office.LIAISON,
                revoked=tablet["revoked_at"] is not None,
            )
            return author, row.hash
    raise BadFile("its seal is not right: it was changed, or it is from another district")
