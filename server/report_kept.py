"""What a report says of the hub itself: that it was put back to an older copy, what that flipped, nights that failed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.columns import Row
from schema.tables.epoch import EPOCH
from schema.tables.failed_night import FAILED_NIGHT
from schema.tables.outcome import OUTCOME
from server.lookup import rows
from sync.shapes import format_time


async def restores(connection: AsyncConnection, since: int, until: int) -> list[dict[str, Any]]:
    """The epochs that began in this time: where the copy ended, what was done again, what nobody has."""
    query = select(EPOCH).where(EPOCH.c.began_at > since, EPOCH.c.began_at <= until)
    return [
        {
            "epoch": row["number"],
            "reason": row["reason"],
            "at": format_time(row["began_at"]),
            "fromRev": row["from_rev"],
            "fromAt": format_time(row["from_at"]),
            "replayed": len(row["confirmed"]),
            "missing": [_gap(gap) for gap in (row["missing"] or {"gaps": []})["gaps"]],
        }
        for row in await rows(connection, query.order_by(EPOCH.c.number))
    ]


def _gap(gap: dict[str, Any]) -> dict[str, Any]:
    until = gap["untilAt"]
    return {
        **gap,
        "fromAt": format_time(gap["fromAt"]),
        "untilAt": None if until is None else format_time(until),
    }


async def flipped(
    connection: AsyncConnection, changes: Collection[str], since: int, until: int
) -> list[dict[str, Any]]:
    """What offices had been told of changes that came out otherwise when they were done again."""
    told: dict[str, str] = {}
    for row in await rows(connection, select(EPOCH.c.began_at, EPOCH.c.confirmed).order_by(EPOCH.c.number)):
        new = since < row["began_at"] <= until
        confirmed: dict[str, str] = row["confirmed"]
        told.update(
            (change, code) for change, code in confirmed.items() if code and (new or change in changes)
        )
    if not told:
        return []
    table = OUTCOME.table.c
    query = (
        select(OUTCOME.table).where(table.change.in_(list(told))).order_by(table.settlement, table.position)
    )
    newest: dict[str, Row] = {row["change"]: row for row in await rows(connection, query)}
    return [
        {
            "change": change,
            "kind": row["kind"],
            "entity": row["entity"],
            "was": told[change],
            "code": row["code"],
            "sentence": row["sentence"],
        }
        for change, row in newest.items()
        if row["code"] != told[change]
    ]


async def failures(connection: AsyncConnection, since: int, until: int) -> list[dict[str, Any]]:
    """The nights that failed in this time."""
    table = FAILED_NIGHT.c
    query = select(FAILED_NIGHT).where(table.at > since, table.at <= until).order_by(table.at)
    return [{"at": format_time(row["at"]), "reason": row["reason"]} for row in await rows(connection, query)]
