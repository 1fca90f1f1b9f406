"""Proving that the tables are what the log adds up to: the log is replayed in memory and everything is compared.

Nights of the running rule book are decided again, older ones rebuilt from their effects. What
differs is named by table, key and column; never by its value.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from schema.tables.columns import Row
from schema.tables.repeat import REPEAT
from schema.tables.settlement import SETTLEMENT
from schema.values import Verification
from server import meta
from server.checking import Differences
from server.compare import compare_all
from server.effects import Effects, packed, things_of, unpacked
from server.lines import Lines
from server.plan import SEALED, Coming, feed_rows, moved, repeated, reported, seals
from sync.memory import Memory
from sync.rules import VERSION
from sync.settle import HELD_MS, chain, finalise, settle
from sync.state import Accepted, Outcome, Settled, State
from sync.things import THINGS, Thing
from sync.wire import EPOCH_SIZE

FIRST_EPOCH_REV: Final = EPOCH_SIZE


def verify(connection: Connection) -> Verification:
    """Replay everything on this connection's snapshot and compare."""
    replay = Replay(connection)
    replay.run()
    return Verification(
        ok=not replay.differences.all,
        settlements=replay.number,
        changes=len(replay.lines.rows),
        differences=replay.differences.all,
    )


class Replay:
    """The hub as the log says it should be, settlement by settlement."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.differences = Differences()
        self.lines = Lines(connection, self.differences)
        self.memory = Memory()
        self.memory.rev = FIRST_EPOCH_REV
        self.number = 0
        self.at = 0
        self.outcomes: dict[int, list[Outcome]] = {}
        self.posted: dict[str, int] = {}
        self.feed: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.repeats = [*connection.execute(select(REPEAT)).mappings()]

    def run(self) -> None:
        self.lines.check()
        for row in self.connection.execute(select(SETTLEMENT).order_by(SETTLEMENT.c.number)).mappings():
            if row["number"] != self.number + 1:
                self.differences.missing("settlement", self.number + 1)
            self.number = row["number"]
            self._settlement(row)
        begun = meta.number(self.connection, meta.EPOCH) * EPOCH_SIZE
        if meta.number(self.connection, meta.REV) != max(self.memory.rev, begun):
            self.differences.missing("settlement", self.number + 1)
        compare_all(self)

    def _settlement(self, row: Row) -> None:
        for name, seal in seals(row).items():
            if row["seals"].get(name) != seal:
                self.differences.cell("settlement", row["number"], name)
        if set(row["seals"]) != set(SEALED):
            self.differences.cell("settlement", row["number"], "seals")
        effects = _effects(row)
        batch = {one.change.id: one for one in self.lines.batch(row["number"], effects)}
        coming = list(batch.values())
        if row["kind"] == "NIGHT":
            coming += self.memory.overdue(row["now"] - HELD_MS)
        state = self.memory.gathered(coming, row["now"] if row["kind"] == "NIGHT" else None)
        if row["version"] == VERSION:
            settled = settle(state, coming, row["now"], self.memory.digest, _crashed(effects))
        elif effects is not None:
            settled = self._rebuilt(row, effects, batch)
        else:
            self.differences.cell("settlement", row["number"], "effects")
            return
        self._take(row, settled, state, effects)

    def _rebuilt(self, row: Row, effects: Effects, batch: Mapping[str, Accepted]) -> Settled:
        known = {**self.memory.changes, **batch}
        changes = [known[change] for change in effects.changes if change in known]
        return Settled(
            now=row["now"],
            version=row["version"],
            changes=changes,
            outcomes=effects.outcomes,
            written=things_of(effects, self.lines.change),
            entries=effects.entries,
            erased=effects.erased,
            counts=row["counts"],
            digest=chain(self.memory.digest, changes, effects.outcomes),
        )

    def _take(self, row: Row, settled: Settled, state: State, effects: Effects | None) -> None:
        """Take up a settlement as the hub did, and compare its row with what it should say."""
        number, previous = row["number"], self.memory.digest
        first_rev = self._first_rev(row)
        finalise(settled, first_rev)
        left = moved(state, settled)
        docs = self.memory.take(settled, first_rev)
        again = self._again(number, settled.outcomes)
        coming = Coming(row["kind"], 0, self.lines.communities, again, self.memory.outcomes)
        feed = feed_rows(docs, left, repeated(settled.outcomes, coming), coming, first_rev, settled.now)
        self.feed.update({(one["collection"], one["id"], one["audience"]): one for one in feed})
        self.memory.rev = max([first_rev, *(one["rev"] for one in feed)])
        self.at = max([settled.now, self.at, *(accepted.deed for accepted in settled.changes)])
        self.outcomes[number] = settled.outcomes
        self.posted.update({entry.id: number for entry in settled.entries})
        self.lines.settled(settled, number)
        said = {
            "at": self.at,
            "first_rev": first_rev,
            "last_rev": self.memory.rev,
            "digest": settled.digest,
            "previous": previous,
            "counts": settled.counts,
            "report": reported(settled),
        }
        for name, value in said.items():
            if row[name] != value:
                self.differences.cell("settlement", number, name)
        if effects is None or _plain(effects) != _plain(unpacked(packed(settled))):
            self.differences.cell("settlement", number, "effects")

    def _first_rev(self, row: Row) -> int:
        """The rev after the last one, or the first of a newer epoch."""
        first: int = row["first_rev"]
        new_epoch = first % EPOCH_SIZE == 1 and first > self.memory.rev
        return first if new_epoch else self.memory.rev + 1

    def _again(self, number: int, outcomes: Sequence[Outcome]) -> list[Row]:
        """The repeats whose verdicts this settlement wrote."""
        told = {outcome.change for outcome in outcomes}
        return [
            row
            for row in self.repeats
            if row["told"] is not None
            and (row["told"] == number or (row["told"] < number and row["change"] in told))
        ]


def _effects(row: Row) -> Effects | None:
    """The effects kept with a settlement, when they are whole."""
    try:
        return unpacked(row["effects"])
    except ValueError:
        return None


def _crashed(effects: Effects | None) -> dict[str, str]:
    """The changes whose rules failed that night: a defect that is mended since must not change the past."""
    outcomes = [] if effects is None else effects.outcomes
    return {one.change: one.rule or "" for one in outcomes if one.code == "CRASHED"}


def _plain(effects: Effects) -> Any:
    """Effects as values: compressed bytes may differ between machines.

    What an older version did not know of a thing is nothing there.
    """
    values = msgspec.to_builtins(effects)
    for collection, things in values["written"].items():
        shape = THINGS[collection]
        values["written"][collection] = [
            one if len(one) == len(shape.__struct_fields__) else _completed(one, shape) for one in things
        ]
    return values


def _completed(one: dict[str, Any], shape: type[Thing]) -> dict[str, Any]:
    return {**msgspec.to_builtins(msgspec.convert(one, shape)), **one}
