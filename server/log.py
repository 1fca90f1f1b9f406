"""Appending to the log. Each line is numbered without holes and chained to the line before it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from schema.tables.change import CHANGE, link
from server import meta
from server.deeds import Fixed
from server.examine import Examined
from server.write import add
from sync.changes import Change
from sync.kinds.kind import Office


def line(
    examined: Examined,
    change: Change,
    fixed: Fixed,
    *,
    device: str,
    seq: int,
    office: Office,
    author: str,
    community: str | None,
    renews: list[str],
    arrival: int,
) -> dict[str, Any]:
    """A line of the log, but for its place in it."""
    return {
        "id": change.id,
        "device": device,
        "seq": seq,
        "digest": examined.digest,
        "body": examined.body,
        "private": examined.private,
        "private_digest": examined.private_digest,
        "erased": [],
        "kind": change.kind,
        "entity": change.entity,
        "community": community,
        "office": int(office),
        "author": author,
        "scope": list(fixed.scope),
        "renews": renews,
        "saw": fixed.saw,
        "arrival": arrival,
        "deed": fixed.deed.at,
        "uncertainty_ms": fixed.deed.uncertainty_ms,
        "start": fixed.start,
        "end": fixed.end,
        "settlement": None,
        "held": None,
        "held_since": None,
    }


def append(connection: Connection, lines: Iterable[dict[str, Any]]) -> None:
    """Give the lines their places at the end of the log and write them."""
    placed = list(lines)
    if not placed:
        return
    position = meta.number(connection, meta.POSITION)
    before = meta.text(connection, meta.LINK)
    for row in placed:
        position += 1
        row["position"] = position
        row["link"] = before = link(before, row)
    add(connection, CHANGE, placed)
    meta.store(connection, {meta.POSITION: position, meta.LINK: before})
