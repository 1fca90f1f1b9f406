"""The log itself, read again line by line: nothing altered, removed or moved, and what each line should say by now."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, select

from schema.tables.change import CHANGE, accepted_of, change_of, link
from schema.tables.columns import Row
from schema.tables.epoch import EPOCH
from schema.tables.erasure import ERASURE
from schema.tables.hole import HOLE
from schema.tables.quarantine import QUARANTINE
from schema.tables.repeat import REPEAT
from schema.tables.tablet import TABLET
from server import meta
from server.checking import Differences
from server.effects import Effects
from server.erase import fields_to_erase
from sync.changes import Change, Unreadable, canonical, digest_with, sha256_hex
from sync.state import Accepted, Result, Settled

LISTS = ("erased", "scope", "renews")


class Lines:
    """All lines of the log, by position, and what a replay says of them."""

    def __init__(self, connection: Connection, differences: Differences) -> None:
        self.connection = connection
        self.differences = differences
        self.rows = [self._read(row) for row in self._raw()]
        self.by_id = {row["id"]: row for row in self.rows}
        self.communities = {row["id"]: row["community"] for row in self.rows}
        self.expected: dict[str, dict[str, Any]] = {
            row["id"]: {"settlement": None, "held": None, "held_since": None, "erased": set()}
            for row in self.rows
        }
        # What was erased from the journal came back without it.
        for erased in connection.execute(select(EPOCH.c.erased)).scalars():
            for change, names in erased.items():
                if change in self.expected:
                    self.expected[change]["erased"] |= set(names)

        for row in connection.execute(select(ERASURE)):
            if row.change in self.expected:
                self.expected[row.change]["erased"] |= set(row.names)

    def _raw(self) -> list[Row]:
        """The rows with JSON as text: a damaged cell must be named, not stumbled over."""
        columns = [
            cast(column, Text).label(column.name) if column.name in LISTS else column
            for column in CHANGE.columns
        ]
        return [*self.connection.execute(select(*columns).order_by(CHANGE.c.position)).mappings()]

    def _read(self, row: Row) -> dict[str, Any]:
        line = dict(row)
        for name in LISTS:
            try:
                line[name] = msgspec.json.decode(line[name], type=list[Any])
            except (msgspec.DecodeError, TypeError):
                self.differences.line(line["position"], name)
                line[name] = []
        return line

    # The log as it is

    def check(self) -> None:
        """Check every line by itself and in its place."""
        before, last = "", 0
        for line in self.rows:
            for position in range(last + 1, line["position"]):
                self.differences.missing("change", f"line {position}")
            follows = line["position"] == last + 1
            if follows and line["link"] != self._link(before, line):
                self.differences.line(line["position"], "link")
            self._check_content(line)
            before, last = line["link"], line["position"]
        for position in range(last + 1, meta.number(self.connection, meta.POSITION) + 1):
            self.differences.missing("change", f"line {position}")
        if before != meta.text(self.connection, meta.LINK) and self.rows:
            self.differences.line(last, "link")
        self._check_seqs()

    def _link(self, before: str, line: Row) -> str | None:
        try:
            return link(before, line)
        except (TypeError, ValueError):
            return None

    def _check_content(self, line: Row) -> None:
        position = line["position"]
        try:
            body = msgspec.json.decode(line["body"], type=dict[str, Any])
            private = None if line["private"] is None else msgspec.json.decode(line["private"])
        except (msgspec.DecodeError, TypeError):
            self.differences.line(position, "body")
            return
        if canonical(body).decode() != line["body"]:
            self.differences.line(position, "body")
        if digest_with(body, line["private_digest"]) != line["digest"]:
            self.differences.line(position, "digest of body and private part")
        for name in ("id", "kind", "entity"):
            if body.get(name) != line[name]:
                self.differences.line(position, name)
        if not self._private_is_right(line, private):
            self.differences.line(position, "private")

    def _private_is_right(self, line: Row, private: Any) -> bool:
        if line["private_digest"] is None or line["erased"]:
            # What is erased can no longer be compared; nothing erased, and no salt, may be there.
            there = private.keys() if isinstance(private, dict) else set()
            return not there & {*line["erased"], *({"salt"} if line["erased"] else {"salt", *there})}
        return private is not None and sha256_hex(line["private"].encode()) == line["private_digest"]

    def _check_seqs(self) -> None:
        """Every seq that a tablet sent is somewhere: in the log, set apart, a repeat or a hole."""
        there: dict[str, set[int]] = {}
        for table in (CHANGE, QUARANTINE, REPEAT):
            for row in self.connection.execute(select(table.c.device, table.c.seq)):
                there.setdefault(row.device, set()).add(row.seq)
        for row in self.connection.execute(select(HOLE)):
            there.setdefault(row.device, set()).update(range(row.first, row.last + 1))
        ends = {
            row.device: row.received_through
            for row in self.connection.execute(select(TABLET.c.device, TABLET.c.received_through))
        }
        ends[meta.text(self.connection, meta.HUB)] = meta.number(self.connection, meta.HUB_SEQ)
        for device, end in sorted(ends.items()):
            for seq in sorted(set(range(1, end + 1)) - there.get(device, set())):
                self.differences.missing("log", f"{device} seq {seq}")

    # The log as a replay reads it

    def batch(self, number: int, effects: Effects | None) -> list[Accepted]:
        """The changes that a settlement was the first to settle: as its effects say, or else the lines."""
        if effects is None:
            lines = [line for line in self.rows if line["settlement"] == number]
        else:
            lines = [self.by_id[change] for change in effects.changes if change in self.by_id]
            for change in set(effects.changes) - self.by_id.keys():
                self.differences.missing("change", change)
        new = [line for line in lines if self.expected[line["id"]]["settlement"] is None]
        return [one for one in map(self.accepted, new) if one is not None]

    def accepted(self, line: Row) -> Accepted | None:
        """A line as it came to its settlement; None (and named) when it cannot be read any more."""
        try:
            return accepted_of({**line, "held": None, "held_since": None})
        except (Unreadable, ValueError, TypeError, msgspec.MsgspecError):
            self.differences.line(line["position"], "body")
            return None

    def change(self, change_id: str) -> Change | None:
        """A change of the log, for the private values that it still has."""
        line = self.by_id.get(change_id)
        return None if line is None else change_of(line)

    def settled(self, settled: Settled, number: int) -> None:
        """Note what a settlement says about lines: by whom settled, waiting for what, erased how."""
        for accepted in settled.changes:
            expected = self.expected.get(accepted.change.id)
            if expected is not None and expected["settlement"] is None:
                expected["settlement"] = number
        for outcome in settled.outcomes:
            expected = self.expected.get(outcome.change)
            if expected is None:
                continue
            if outcome.outcome is Result.HELD and outcome.waits:
                since = expected["held_since"]
                expected |= {"held": outcome.waits, "held_since": settled.now if since is None else since}
            else:
                expected |= {"held": None, "held_since": None}
        if settled.erased:
            self._erase(settled, number)

    def _erase(self, settled: Settled, number: int) -> None:
        entities = {one.entity for one in settled.erased}
        for line in self.rows:
            expected = self.expected[line["id"]]
            if line["entity"] in entities and expected["settlement"] is not None:
                as_settled = {**line, "settlement": expected["settlement"]}
                expected["erased"] |= fields_to_erase(as_settled, settled.erased, number)

    def compare(self) -> None:
        """Compare what lines say with what the replay says they should."""
        for line in self.rows:
            expected = self.expected[line["id"]]
            for name in ("settlement", "held", "held_since"):
                if line[name] != expected[name]:
                    self.differences.line(line["position"], name)
            held = msgspec.json.decode(line["private"]) if line["private"] else {}
            if set(line["erased"]) - expected["erased"] or expected["erased"] & held.keys():
                self.differences.line(line["position"], "erased")
