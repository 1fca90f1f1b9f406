"""The demo's proof that order does not matter: the same uploads, cut and shuffled, on fresh databases.

Each order begins with a copy of the database as it was before the evening's first upload, is
pushed through the hub in pieces, and settles at the same moment.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from server.demo_world import Chance, HubClock
from server.settings import Settings, sqlite_url
from server.store import Hub
from server.system import Ids
from sync import wire
from sync.clock import RunOffset


class Uploaded(NamedTuple):
    """One upload as the hub heard it, with the token it came by."""

    token: str
    body: dict[str, Any]


def copy_database(source: Path, target: Path) -> None:
    """A whole copy of a database that others have open."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


async def settle_again(
    settings: Settings, clock: HubClock, ids: Ids, uploads: Sequence[Uploaded], chance: Chance
) -> str:
    """The digest of the night when these uploads come in another order and in other pieces."""
    async with await Hub.open(settings, clock, ids) as hub:
        for piece in scrambled(uploads, chance):
            await hub.push(await hub.authenticate(piece.token), _upload(piece.body))
        night = await hub.settle()
        return "" if night.settled is None else night.settled.digest


def scrambled(uploads: Sequence[Uploaded], chance: Chance) -> list[Uploaded]:
    """The uploads in pieces, those of each tablet in their order, tablets in any; some pieces come twice."""
    waiting: dict[str, list[Uploaded]] = {}
    for upload in uploads:
        waiting.setdefault(upload.token, []).extend(_pieces(upload, chance))
    order: list[Uploaded] = []
    while waiting:
        token = chance.choice(sorted(waiting))
        order.append(waiting[token].pop(0))
        if chance.number(5) == 0:
            order.append(order[-1])
        if not waiting[token]:
            del waiting[token]
    return order


def _pieces(upload: Uploaded, chance: Chance) -> list[Uploaded]:
    pieces: list[Uploaded] = []
    changes, first = upload.body["changes"], upload.body["from"]
    while changes:
        size = 1 + chance.number(len(changes))
        pieces.append(Uploaded(upload.token, upload.body | {"from": first, "changes": changes[:size]}))
        changes, first = changes[size:], first + size
    return pieces


def _upload(body: dict[str, Any]) -> wire.Upload:
    runs = tuple(RunOffset(run["run"], run["offsetMs"], run["uncertaintyMs"]) for run in body["runs"])
    return wire.Upload(body["protocol"], body["from"], body["oldest"], runs, tuple(body["changes"]))


def copied(settings: Settings, before: Path, target: Path) -> Settings:
    """Settings for a fresh copy of a database."""
    copy_database(before, target)
    return structs.replace(settings, database_url=sqlite_url(target))
