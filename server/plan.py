"""Everything a settlement will write, encoded before the writer's lock is taken. Pure, but for reading repeats.

A settlement is decided without knowing its revs; here it gets them, as if nothing else were
committed first. When something was, it is planned again from the same decisions.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from schema.tables.catalogue import MAPPINGS
from schema.tables.columns import Row
from schema.tables.document import DOCUMENT
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET_TAKER, takers_of
from schema.values import SettlementKind
from server.database import encode_json
from server.effects import packed
from server.write import Rows, encoded
from sync.changes import sha256_hex
from sync.documents import BODIES, Doc, document, documents, verdict
from sync.settle import chain, finalise
from sync.state import Erase, Outcome, Result, Settled, State
from sync.things import Thing

SEALED: Final = tuple(column.name for column in SETTLEMENT.columns if column.name != "seals")


class Base(Struct, frozen=True):
    """What a settlement comes after: the last one, and the last rev that was given out."""

    number: int
    digest: str
    at: int
    now: int
    rev: int


class Coming(Struct, frozen=True):
    """What goes with the decisions: the community of each change, and repeats whose verdict is due.

    `position` is the last line of the log that was looked at; `untold` are outcomes of before.
    """

    kind: SettlementKind
    position: int
    communities: Mapping[str, str | None]
    repeats: Sequence[Row] = ()
    untold: Mapping[str, Outcome] = {}


class Plan(Struct):
    """One settlement, ready to be written. `lines` are those it settles, or None for all up to `position`."""

    base: Base
    number: int
    first_rev: int
    last_rev: int
    settled: Settled
    position: int
    lines: list[str] | None
    erased: list[Erase]
    held: list[tuple[str, str]]
    free: list[str]
    takers_gone: list[str]
    told: list[tuple[str, int]]
    rows: list[Rows]


def planned(settled: Settled, state: State, base: Base, coming: Coming) -> Plan:
    """Give a settlement its number and revs and encode all that it writes. `settled` itself stays as it is."""
    final = replace(
        settled,
        written={
            collection: {thing_id: copy.copy(thing) for thing_id, thing in things.items()}
            for collection, things in settled.written.items()
        },
        digest=chain(base.digest, settled.changes, settled.outcomes),
    )
    number, first_rev = base.number + 1, base.rev + 1
    finalise(final, first_rev)
    docs = documents(final, first_rev)
    again = repeated(final.outcomes, coming)
    feed = feed_rows(docs, moved(state, final), again, coming, first_rev, final.now)
    last_rev = max([first_rev, *(row["rev"] for row in feed)])
    at = max([final.now, base.at, *(accepted.deed for accepted in final.changes)])
    settlement = {
        "number": number,
        "kind": coming.kind,
        "now": final.now,
        "at": at,
        "version": final.version,
        "first_rev": first_rev,
        "last_rev": last_rev,
        "digest": final.digest,
        "previous": base.digest,
        "counts": final.counts,
        "report": reported(final),
        "effects": packed(final),
    }
    rows = [
        *thing_rows(final.written),
        encoded(OUTCOME.table, outcome_rows(final.outcomes, number, coming.communities), "add"),
        encoded(
            POINT_ENTRY.table, (POINT_ENTRY.row(entry, settlement=number) for entry in final.entries), "add"
        ),
        encoded(DOCUMENT, feed, "replace"),
        encoded(SETTLEMENT, [{**settlement, "seals": seals(settlement)}], "add"),
    ]
    return Plan(
        base=base,
        number=number,
        first_rev=first_rev,
        last_rev=last_rev,
        settled=final,
        position=coming.position,
        lines=None if coming.kind == "NIGHT" else [accepted.change.id for accepted in final.changes],
        erased=final.erased,
        held=[(o.waits, o.change) for o in final.outcomes if o.outcome is Result.HELD and o.waits],
        free=_no_longer_held(final),
        takers_gone=sorted(final.written.get("ticket", ())),
        told=[(row["device"], row["seq"]) for row in coming.repeats if row["told"] is None],
        rows=rows,
    )


def _no_longer_held(settled: Settled) -> list[str]:
    """The changes that waited for a thing and wait no more."""
    held = {accepted.change.id for accepted in settled.changes if accepted.waits is not None}
    return [o.change for o in settled.outcomes if o.change in held and o.outcome is not Result.HELD]


def thing_rows(written: Mapping[str, Mapping[str, Thing]]) -> list[Rows]:
    """The rows of all written things, and of the takers of tickets."""
    rows = [
        encoded(MAPPINGS[collection].table, map(MAPPINGS[collection].row, things.values()), "replace")
        for collection, things in written.items()
    ]
    tickets: Iterable[Any] = written.get("ticket", {}).values()
    takers = [taker for ticket in tickets for taker in takers_of(ticket)]
    return [*rows, encoded(TICKET_TAKER.table, takers, "add")]


def outcome_rows(
    outcomes: Sequence[Outcome], number: int, communities: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """The outcomes of a settlement in their order."""
    return [
        OUTCOME.row(outcome, settlement=number, position=position, community=communities.get(outcome.change))
        | {"outcome": outcome.outcome.value}
        for position, outcome in enumerate(outcomes)
    ]


def moved(state: State, settled: Settled) -> list[Doc]:
    """The documents, as they were, of things that are with another audience now."""
    gone: list[Doc] = []
    for collection in BODIES:
        before = state.things.get(collection, {})
        for thing_id, thing in settled.written.get(collection, {}).items():
            old: Any = before.get(thing_id)
            if old is not None and _place(old) != _place(thing):
                left = document(collection, old, 0)
                if left.audience != document(collection, thing, 0).audience:
                    gone.append(left)
    return gone


def _place(thing: Any) -> tuple[Any, Any]:
    return getattr(thing, "community", None), getattr(thing, "grid", None)


def repeated(outcomes: Sequence[Outcome], coming: Coming) -> list[Outcome]:
    """The first one's verdict for each change that came again under another device, in a settled order."""
    newest = {**coming.untold, **{outcome.change: outcome for outcome in outcomes}}
    again = sorted(coming.repeats, key=lambda row: (row["device"], row["seq"]))
    return [
        replace(newest[row["change"]], device=row["device"], seq=row["seq"])
        for row in again
        if row["change"] in newest
    ]


def feed_rows(
    docs: Sequence[Doc],
    left: Sequence[Doc],
    again: Sequence[Outcome],
    coming: Coming,
    first: int,
    now: int,
) -> list[dict[str, Any]]:
    """The feed in its order: documents, then tombstones for audiences that things left, then verdicts."""
    things = [doc for doc in docs if doc.collection != "verdict"]
    verdicts = [doc for doc in docs if doc.collection == "verdict"]
    verdicts += [verdict(outcome, 0) for outcome in again]
    rows = [_row(doc, doc.rev, "LIVE", now) for doc in things]
    rows += [_row(doc, first + index, "LEFT", now) for index, doc in enumerate(left, len(rows))]
    for index, doc in enumerate(verdicts, len(rows)):
        row = _row(doc, first + index, "LIVE", now)
        rows.append(row | {"community": coming.communities.get(doc.body["change"])})
    return rows


def _row(doc: Doc, rev: int, state: str, now: int) -> dict[str, Any]:
    live = state == "LIVE"
    return {
        "collection": doc.collection,
        "id": doc.id,
        "audience": doc.audience,
        "community": doc.community,
        "rev": rev,
        "state": state,
        "body": doc.body if live else None,
        "private": doc.private if live else None,
        "private_grid": doc.private_grid if live else None,
        "at": now,
    }


def reported(settled: Settled) -> dict[str, Any]:
    """The few facts of a settlement that are kept with it; the whole report is made when it is read."""
    return {
        "changes": len(settled.changes),
        "outcomes": settled.counts,
        "entries": len(settled.entries),
        "conflicts": len(settled.written.get("conflict", ())),
    }


def seals(settlement: Mapping[str, Any]) -> dict[str, str]:
    """A SHA-256 for each column of a settlement's row, so that a changed cell can be named."""
    return {name: sha256_hex(_bytes(settlement[name])) for name in SEALED}


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else encode_json(value).encode()
