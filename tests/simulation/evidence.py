"""What the hub's tables hold, read from outside: the ground on which the invariants stand.

The log, the outcomes and the ledger only grow, so that each look reads what is new of them; the
rest is read anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, TextClause, text

from sync.wire import EPOCH_SIZE

Row = Any
THINGS: Final = {
    "community": "SELECT id, rev, utc_offset FROM community",
    "unit": "SELECT id, rev, community FROM unit",
    "grid": "SELECT id, rev, community FROM grid",
    "member": "SELECT * FROM member",
    "ticket": "SELECT * FROM ticket",
    "service": "SELECT * FROM service",
    "post": "SELECT * FROM post",
    "team": "SELECT * FROM team",
    "activity": "SELECT * FROM activity",
    "attendance": "SELECT * FROM attendance",
    "duty": "SELECT * FROM duty",
    "evaluation": "SELECT * FROM evaluation",
    "reward": "SELECT * FROM reward",
    "whistle": "SELECT * FROM whistle",
    "rating": "SELECT * FROM rating",
    "redemption": "SELECT * FROM redemption",
    "adjustment": "SELECT * FROM adjustment",
    "recount": "SELECT * FROM recount",
    "pointExpiry": "SELECT * FROM point_expiry",
    "conflict": "SELECT id, entity, field, state, ruling, stands, candidates FROM conflict",
    "device": "SELECT id, rev, grids FROM device",
    "pointRule": "SELECT * FROM point_rule",
}
OTHERS: Final = {
    "taker": "SELECT * FROM ticket_taker ORDER BY ticket, position",
    "tablet": "SELECT device, received_through, ancestors, revoked_at, cloned_at FROM tablet",
    "confirmed": "SELECT id, entity, author FROM change WHERE kind = 'points.confirm'",
    "repeat": "SELECT device, seq, change FROM repeat",
    "hole": "SELECT * FROM hole",
    "quarantine": "SELECT device, seq, id, code FROM quarantine",
    "private": "SELECT id, entity, private FROM change WHERE private IS NOT NULL AND entity IN"
    " (SELECT entity FROM change WHERE kind = 'ticket.redact')",
    "night": "SELECT now, last_rev FROM settlement WHERE kind = 'NIGHT' ORDER BY number DESC LIMIT 1",
    "epoch": "SELECT number, reason, began_at, missing, confirmed FROM epoch",
    "sums": "SELECT (SELECT count(*) FROM change) AS changes, (SELECT count(*) FROM outcome) AS outcomes,"
    " (SELECT count(*) FROM point_entry) AS entries, (SELECT coalesce(sum(points), 0) FROM point_entry) AS points",
    "set aside": "SELECT fork.device, fork.raw FROM fork JOIN tablet ON tablet.device = fork.device"
    " WHERE tablet.revoked_at IS NOT NULL",
}
SETTLED_ANYWAY: Final = frozenset({"QUARANTINED", "REJECTED", "HELD"})


class Change(Struct):
    """A line of the log: what was accepted and when it was settled."""

    position: int
    id: str
    device: str
    seq: int
    kind: str
    entity: str
    office: int
    scope: list[str]
    saw: int
    arrival: int
    deed: int
    uncertainty_ms: int | None
    settlement: int | None
    held: str | None
    data: dict[str, Any]

    @property
    def order(self) -> tuple[int, str, int]:
        return self.deed, self.device, self.seq


class Evidence:
    """One look after another at the same hub. `before` keeps what the last look saw of some tables."""

    def __init__(self) -> None:
        self.log: dict[str, Change] = {}
        self.outcomes: dict[str, list[Row]] = defaultdict(list)
        self.revs: dict[int, int] = {}
        self.commits: dict[int, int] = {}
        self.entries: list[Row] = []
        self.new_entries: list[Row] = []
        self.new_outcomes: list[Row] = []
        self.things: dict[str, dict[str, Row]] = {name: {} for name in THINGS}
        self.others: dict[str, list[Row]] = {name: [] for name in OTHERS}
        self.before: dict[str, dict[str, Row]] = {name: {} for name in THINGS}
        self.takers: dict[str, list[Row]] = {}
        self.takers_before: dict[str, list[Row]] = {}
        self.unsettled_before: set[str] = set()
        self.since = 0
        """The settlement up to which the last look saw."""
        self.settlement = 0
        self._by_entity: dict[tuple[str, ...], Mapping[str, list[Change]]] = {}

    def look(self, engine: Engine) -> None:
        with engine.connect() as connection:
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        self._by_entity.clear()
        self.since = self.settlement
        self.unsettled_before = {change.id for change in self.log.values() if change.settlement is None}
        commits = "SELECT number, first_rev, at FROM settlement WHERE number > :since"
        for row in _rows(connection, commits, since=self.since):
            self.revs[row.number] = row.first_rev
            self.commits[row.number] = row.at
            self.settlement = max(self.settlement, row.number)
        self._look_at_log(connection)
        self.new_outcomes = _rows(
            connection,
            "SELECT settlement, change, device, seq, outcome, code, stands, kind, entity FROM outcome"
            " WHERE settlement > :since ORDER BY settlement, position",
            since=self.since,
        )
        for row in self.new_outcomes:
            self.outcomes[row.change].append(row)
        entries = "SELECT * FROM point_entry WHERE settlement > :since"
        self.new_entries = _rows(connection, entries, since=self.since)
        self.entries += self.new_entries
        self.before = self.things
        self.things = {name: {row.id: row for row in _rows(connection, sql)} for name, sql in THINGS.items()}
        self.others = {name: _rows(connection, sql) for name, sql in OTHERS.items()}
        self.takers_before, self.takers = self.takers, defaultdict(list)
        for row in self.others["taker"]:
            self.takers[row.ticket].append(row)

    def _look_at_log(self, connection: Connection) -> None:
        """New lines, and those that were settled, or held for another thing, since the last look."""
        last = max((change.position for change in self.log.values()), default=0)
        held = [change.id for change in self.log.values() if change.held is not None]
        for row in _rows(connection, _LINES, last=last):
            self.log[row.id] = _change(row)
        moved = "SELECT id, settlement, held FROM change WHERE settlement > :since OR held IS NOT NULL"
        for change in held:
            self.log[change].held = None
        for row in _rows(connection, moved, since=self.since):
            self.log[row.id].settlement, self.log[row.id].held = row.settlement, row.held

    # What follows from the rows, and from nobody's code

    def newest(self, change: str) -> Row | None:
        """The last word on a change."""
        outcomes = self.outcomes.get(change)
        return outcomes[-1] if outcomes else None

    def taken(self, change: Change) -> bool:
        """Whether a change was decided on its merits: neither refused, nor set apart, nor waiting."""
        first = next((row for row in self.outcomes.get(change.id, ()) if row.outcome != "HELD"), None)
        return first is not None and first.outcome not in SETTLED_ANYWAY and first.code not in NEVER_APPLIED

    def first_rev(self, change: Change) -> int:
        """The first rev of the commit that settled a change; for one that waits, beyond all revs."""
        return 2**53 if change.settlement is None else self.revs[change.settlement]

    def saw(self, author: Change, other: Change) -> bool:
        """Whether the author of one change had seen the other, by rev or by having made it on the same tablet."""
        own = author.office == 1 and author.device == other.device and other.seq < author.seq
        return own or (self.decided_rev(other) <= author.saw)

    def done_again_at(self) -> set[int]:
        """The settlements in which an epoch did again what the journal had: their authors had seen each other before."""
        began = {(row.number, row.began_at) for row in self.others["epoch"]}
        return {
            number for number, rev in self.revs.items() if (rev // EPOCH_SIZE, self.commits[number]) in began
        }

    def confirmed_before(self, change: str) -> set[str]:
        """What offices had been told of a change before a restore, as its epoch has it for the next report."""
        return {
            plain(row.confirmed)[change] for row in self.others["epoch"] if change in plain(row.confirmed)
        }

    def decided_rev(self, change: Change) -> int:
        """The first rev of the commit in which a change was decided, however long it was held before."""
        done = next((row for row in self.outcomes.get(change.id, ()) if row.outcome != "HELD"), None)
        return 2**53 if done is None else self.revs[done.settlement]

    def by_entity(self, *kinds: str) -> Mapping[str, list[Change]]:
        """The changes of these kinds on each thing, in the order of the log."""
        if kinds not in self._by_entity:
            found: dict[str, list[Change]] = defaultdict(list)
            for change in self.log.values():
                if change.kind in kinds:
                    found[change.entity].append(change)
            self._by_entity[kinds] = found
        return self._by_entity[kinds]

    # Where things are, and were

    def grids_of(self, ticket: str, by: int | None = None) -> set[str]:
        """Every grid in which a ticket ever was, or was said to be by a settlement."""
        row = self.things["ticket"].get(ticket)
        grids = set() if row is None else {grid for grid, _ in plain(row.grids)}
        return grids & self._said(("ticket.open", "ticket.edit"), ticket, by)

    def communities_of(self, grids: Iterable[str]) -> set[str]:
        return {self.things["grid"][grid].community for grid in grids if grid in self.things["grid"]}

    def communities_of_member(self, member: str, by: int | None = None) -> set[str]:
        """Every community in which a member ever was, or was by a settlement: its unit's, and those of its grids."""
        row = self.things["member"].get(member)
        if row is None:
            return set()
        placed = self._said(("member.assign", "member.register"), member, by)
        now = {row.community} if by is None else set()
        return now | {self.things["unit"][row.unit].community} | self.communities_of(placed)

    def _said(self, kinds: Iterable[str], entity: str, by: int | None) -> set[str]:
        """The grids in which changes of these kinds put a thing: all of them, or those of some settlements."""
        changes = (change for kind in kinds for change in self.changes_of(kind, entity))
        return {
            change.data["grid"]
            for change in changes
            if change.data.get("grid")
            and (by is None or (change.settlement is not None and change.settlement <= by))
        }

    def communities_of_person(self, member: str) -> set[str]:
        """The same of all that are one person with it."""
        root = self.root(member)
        family = [row.id for row in self.things["member"].values() if root in {row.id, row.alias_of}]
        return {community for one in {member, *family} for community in self.communities_of_member(one)}

    def changes_of(self, kind: str, entity: str) -> list[Change]:
        """The changes of a kind on one thing, in the order of the log."""
        return self.by_entity(kind).get(entity, [])

    @property
    def joined(self) -> set[str]:
        """Everybody whom a desk has ever joined with, or parted from, somebody: they were two persons for a while."""
        return {
            self.root(member)
            for changes in self.by_entity("member.merge", "member.split").values()
            for change in changes
            for member in (change.entity, change.data.get("into", change.entity))
        }

    def root(self, member: str) -> str:
        row = self.things["member"].get(member)
        return member if row is None or row.alias_of is None else row.alias_of


NEVER_APPLIED: Final = frozenset({"OPENED_BEFORE", "WAITED_TOO_LONG", "CRASHED"})
_LINES: Final = """
    SELECT position, id, device, seq, kind, entity, office, scope, saw, arrival, deed, uncertainty_ms,
        settlement, held, body FROM change WHERE position > :last
"""


def _change(row: Row) -> Change:
    known = dict(row._mapping)
    data = msgspec.json.decode(known.pop("body"))["data"]
    return Change(**{**known, "scope": plain(row.scope)}, data=data)


def _rows(connection: Connection, sql: str, **values: int) -> list[Row]:
    return list(connection.execute(asked(sql), values))


@cache
def asked(sql: str) -> TextClause:
    """A statement, read once."""
    return text(sql)


def plain(value: Any) -> Any:
    """A JSON column's value, whichever way the driver gave it."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value
