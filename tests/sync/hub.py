"""A hub and its tablets in memory: raw changes, uploads in any order and cut, nights. No rule is decided here.

Every settlement is watched: it may not alter what it was given, and must come to the same when it is
given more than it asked for.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from sync import clock
from sync.changes import Change, Unreadable, decode, digest
from sync.clock import Bounds, RunOffset
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.kinds.services import ServiceRecord
from sync.memory import Memory
from sync.settle import HELD_MS, settle
from sync.shapes import format_time, parse_time
from sync.state import Accepted, Outcome, Settled, State
from sync.things import (
    DATED,
    Activity,
    Adjustment,
    Conflict,
    Device,
    Duty,
    Evaluation,
    Member,
    Post,
    Redemption,
    Reward,
    Service,
    Taker,
    Team,
    Ticket,
    Whistle,
)
from sync.wire import PROTOCOL, Upload
from sync.work import conflict_of
from tests.sync.world import DISTRICT, G1, LY, ident, when

HUB = "hub"
SALT = "0" * 32


class Line(Struct):
    """What the hub knows of one tablet; the pairs begin with the first seq that they are about."""

    scopes: list[tuple[int, tuple[str, ...]]]
    contacts: list[tuple[int, int]] = field(default_factory=list)
    received_through: int = 0
    last_deed: int | None = None
    renews: tuple[str, ...] = ()


class Hub:
    """Takes uploads as the real hub does, and settles with `Memory`."""

    def __init__(self, *, district: bool = True) -> None:
        self.memory = Memory()
        self.inbox: list[Accepted] = []
        self.lines: dict[str, Line] = {}
        self.quarantine: dict[tuple[str, int], str] = {}
        self.commits: list[tuple[int, int]] = []
        self.digests: dict[str, str] = {}
        self.batches: list[tuple[list[Accepted], int, bool]] = []
        self.audited = True
        self.watch: Callable[[Hub, Settled], None] | None = None
        self._seq = 0
        if district:
            self.load(DISTRICT, "-1/06:00")

    def tablet(self, name: str, *grids: str, at: str | int = "06:00") -> "Tablet":
        """A tablet that was enrolled, has these grids and holds what the hub has."""
        self.lines[name] = Line([(1, tuple(grids or (G1,)))])
        tablet = Tablet(self, name)
        tablet.meet(at)
        tablet.pull(at)
        return tablet

    # Taking

    def receive(self, device: str, upload: Upload, at: str | int) -> None:
        """Take what is new of an upload; what cannot be read is set apart and the queue goes on."""
        line, arrival = self.lines[device], when(at)
        for seq, raw in enumerate(upload.changes, start=upload.from_seq):
            if seq <= line.received_through:
                continue
            line.received_through = seq
            try:
                change = decode(raw)
            except Unreadable as error:
                self.quarantine[device, seq] = error.code
                continue
            accepted = self._accept(device, line, seq, raw, change, upload.runs, arrival)
            line.last_deed = accepted.deed
            if change.id not in self.digests:
                self.digests[change.id] = accepted.digest
                self.inbox.append(accepted)
            elif self.digests[change.id] != accepted.digest:
                self.quarantine[device, seq] = "ID_TAKEN"

    def _accept(
        self,
        device: str,
        line: Line,
        seq: int,
        raw: dict[str, Any],
        change: Change,
        runs: Sequence[RunOffset],
        arrival: int,
    ) -> Accepted:
        saw = min(change.saw, self.memory.rev)
        contact = max((at for announced, at in line.contacts if announced <= seq), default=None)
        bounds = Bounds(arrival, line.last_deed, self.commit_of(saw), contact)
        deed = clock.deed(change.at, clock.correction(change.run, runs), bounds)
        start, end = None, None
        if isinstance(change.data, ServiceRecord):
            start, end = (
                clock.moment(parse_time(read.at), clock.correction(read.run, runs), deed.at)
                for read in (change.data.start, change.data.end)
            )
        scope = [grids for first, grids in line.scopes if first <= seq][-1]
        return Accepted(
            change,
            device,
            seq,
            digest(raw),
            Office.LIAISON,
            scope,
            saw,
            arrival,
            deed.at,
            deed.uncertainty_ms,
            start,
            end,
            renews=line.renews,
            author=device,
        )

    def commit_of(self, saw: int) -> int | None:
        """When the newest settlement at or below a rev was committed."""
        return max((at for first, at in self.commits if first <= saw), default=None)

    # Offices

    def load(self, rows: Sequence[tuple[str, str, dict[str, Any]]], at: str | int) -> Settled:
        """The district's own changes, settled at once."""
        batch = [self.office(Office.DISTRICT, kind, entity, data, at) for kind, entity, data in rows]
        return self.settle(batch, at)

    def office(
        self,
        office: Office,
        kind: str,
        entity: str,
        data: dict[str, Any],
        at: str | int,
        *,
        saw: int | None = None,
        private: dict[str, Any] | None = None,
        scope: tuple[str, ...] = (LY,),
        author: str = "",
        by: str | None = None,
    ) -> Accepted:
        """A change made online: its deed is its arrival. By default its author saw what the hub has.

        author: the token that was shown; one for each office unless said.
        """
        self._seq += 1
        now = when(at)
        raw = raw_change(f"{HUB}:{self._seq}", kind, entity, data, now, 0, 0, private, by)
        raw["saw"] = self.memory.rev if saw is None else saw
        change = decode(raw)
        start, end = None, None
        if isinstance(change.data, ServiceRecord):
            start, end = (min(parse_time(one.at), now) for one in (change.data.start, change.data.end))
        known = () if office is Office.DISTRICT else scope
        seen = min(change.saw, self.memory.rev)
        return Accepted(
            change,
            HUB,
            self._seq,
            digest(raw),
            office,
            known,
            seen,
            now,
            now,
            0,
            start,
            end,
            author=author or office.name,
        )

    def desk(self, kind: str, entity: str, at: str | int, /, **more: Any) -> Accepted:
        """A dispatcher's change, settled at once, unless it joins the night."""
        return self.online(Office.DISPATCHER, kind, entity, at, more)

    def district(self, kind: str, entity: str, at: str | int, /, **more: Any) -> Accepted:
        return self.online(Office.DISTRICT, kind, entity, at, more)

    def office_change(self, kind: str, entity: str, at: str | int, /, **data: Any) -> Accepted:
        """A dispatcher's change that is not settled yet."""
        return self.office(Office.DISPATCHER, kind, entity, data, at)

    def online(self, office: Office, kind: str, entity: str, at: str | int, more: dict[str, Any]) -> Accepted:
        options = {
            name: more.pop(name) for name in ("saw", "private", "scope", "author", "by") if name in more
        }
        accepted = self.office(office, kind, entity, more, at, **options)
        if KINDS[kind].identity and any(one.change.entity == entity for one in self.inbox):
            self.inbox.append(accepted)
        else:
            self.settle([accepted], at)
        return accepted

    # Settling

    def night(self, at: str | int = "23:00") -> Settled:
        """Settle everything that came in, and what has been held too long."""
        batch, self.inbox = self.inbox, []
        return self.settle([*batch, *self.memory.overdue(when(at) - HELD_MS)], at, night=True)

    def settle(self, batch: Sequence[Accepted], at: str | int, *, night: bool = False) -> Settled:
        now = when(at)
        self.batches.append((list(batch), now, night))
        state = self.memory.gathered(batch, now if night else None)
        before = copy.deepcopy(state) if self.audited else None
        settled = settle(state, batch, now, self.memory.digest)
        if before is not None:
            assert state == before, "the state that was handed in was altered"
            more = settle(everything(self.memory, state), batch, now, self.memory.digest)
            assert more == settled, "more was needed than was asked for"
        if self.watch is not None:
            self.watch(self, settled)
        latest = max((accepted.deed for accepted in batch), default=now)
        self.commits.append((self.memory.rev + 1, max(now, latest, *(at for _, at in self.commits[-1:]))))
        self.memory.take(settled, self.memory.rev + 1)
        return settled

    # Looking

    def verdict(self, change: str) -> Outcome:
        """What the author of a change was told last."""
        return self.memory.outcomes[change]

    def code(self, change: str) -> str:
        return self.verdict(change).code

    def ticket(self, thing_id: str) -> Ticket:
        found = self.memory.things["ticket"][thing_id]
        assert isinstance(found, Ticket)
        return found

    def takers(self, thing_id: str) -> list[str]:
        return [taker.member for taker in self.ticket(thing_id).takers]

    def taker(self, thing_id: str) -> Taker:
        (taker,) = self.ticket(thing_id).takers
        return taker

    def member(self, thing_id: str) -> Member:
        found = self.memory.things["member"][thing_id]
        assert isinstance(found, Member)
        return found

    def service(self, thing_id: str) -> Service:
        found = self.memory.things["service"][thing_id]
        assert isinstance(found, Service)
        return found

    def redemption(self, thing_id: str) -> Redemption:
        found = self.memory.things["redemption"][thing_id]
        assert isinstance(found, Redemption)
        return found

    def adjustment(self, thing_id: str) -> Adjustment:
        found = self.memory.things["adjustment"][thing_id]
        assert isinstance(found, Adjustment)
        return found

    def reward(self, thing_id: str) -> Reward:
        found = self.memory.things["reward"][thing_id]
        assert isinstance(found, Reward)
        return found

    def post(self, thing_id: str) -> Post:
        found = self.memory.things["post"][thing_id]
        assert isinstance(found, Post)
        return found

    def activity(self, thing_id: str) -> Activity:
        found = self.memory.things["activity"][thing_id]
        assert isinstance(found, Activity)
        return found

    def team(self, thing_id: str) -> Team:
        found = self.memory.things["team"][thing_id]
        assert isinstance(found, Team)
        return found

    def duty(self, thing_id: str) -> Duty:
        found = self.memory.things["duty"][thing_id]
        assert isinstance(found, Duty)
        return found

    def evaluation(self, thing_id: str) -> Evaluation:
        found = self.memory.things["evaluation"][thing_id]
        assert isinstance(found, Evaluation)
        return found

    def whistle(self, thing_id: str) -> Whistle:
        found = self.memory.things["whistle"][thing_id]
        assert isinstance(found, Whistle)
        return found

    def device(self, thing_id: str) -> Device:
        found = self.memory.things["device"][thing_id]
        assert isinstance(found, Device)
        return found

    def conflicts(self) -> list[Conflict]:
        return [one for one in self.memory.things.get("conflict", {}).values() if isinstance(one, Conflict)]

    def conflict(self, entity: str, field_name: str, round_number: int = 0) -> Conflict:
        found = self.memory.things["conflict"][conflict_of(entity, field_name, round_number)]
        assert isinstance(found, Conflict)
        return found

    def rev(self, collection: str, thing_id: str) -> int:
        return self.memory.things[collection][thing_id].rev


def everything(memory: Memory, state: State) -> State:
    """The gathered state and all else that the hub has: it must make no difference."""
    full = copy.deepcopy(state)
    for collection, things in memory.things.items():
        known = full.things.setdefault(collection, {})
        for thing_id, thing in things.items():
            known.setdefault(thing_id, copy.deepcopy(thing))
    for day in {*memory._entries, *(day for _, day in memory._dated)}:
        full.entries.setdefault(day, list(memory._entries.get(day, ())))
        for collection in DATED:
            full.dated.setdefault((collection, day), sorted(memory._dated.get((collection, day), ())))
    for key in memory._identities:
        full.identities.setdefault(key, memory._root_of(key))
    for member_id in memory.things.get("member", {}):
        full.aliases.setdefault(member_id, sorted(memory._aliases.get(member_id, ())))
    full.changes = {**memory.changes, **full.changes}
    full.outcomes = {**memory.outcomes, **full.outcomes}
    full.conflicts |= {conflict.entity for conflict in memory.things.get("conflict", {}).values()}  # type: ignore[attr-defined]
    return full


def raw_change(
    name: str,
    kind: str,
    entity: str,
    data: dict[str, Any],
    at: int,
    run: int,
    saw: int,
    private: dict[str, Any] | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """The JSON of a change; its id follows from its name."""
    raw: dict[str, Any] = {
        "id": ident(name),
        "at": format_time(at),
        "run": run,
        "saw": saw,
        "kind": kind,
        "entity": entity,
        "by": by,
        "data": data,
    }
    if private is not None:
        raw["private"] = {"salt": SALT, **private}
    return raw


class Run(Struct):
    """A stretch of a tablet's life: how far its wall clock was ahead of the hub's, and since which start."""

    ahead: int
    boot: int
    offset: int | None = None


class Tablet:
    """A tablet that works offline: it records raw changes by its own clock and meets the hub when told to."""

    def __init__(self, hub: Hub, name: str, *, ahead: int = 0) -> None:
        self.hub = hub
        self.name = name
        self.held: dict[str, int] = {}
        self.changes: list[dict[str, Any]] = []
        self.runs: list[Run] = [Run(ahead, 1)]

    # Its clock

    def set_clock(self, ahead: int) -> None:
        """The wall clock jumps; the monotonic one goes on."""
        self.runs.append(Run(ahead, self.runs[-1].boot))

    def restart(self, ahead: int | None = None) -> None:
        """Switched off and on: nothing but the wall clock is left."""
        last = self.runs[-1]
        self.runs.append(Run(last.ahead if ahead is None else ahead, last.boot + 1))

    def meet(self, at: str | int) -> None:
        """Compare clocks with the hub: that tells the offset of every run since the tablet was started."""
        for run in self.runs:
            if run.boot == self.runs[-1].boot:
                run.offset = -run.ahead

    def journal(self) -> tuple[RunOffset, ...]:
        return tuple(
            RunOffset(number, run.offset, None if run.offset is None else 50)
            for number, run in enumerate(self.runs, start=1)
        )

    def reading(self, at: str | int) -> tuple[int, int]:
        """What the wall clock says at a moment of hub time, and in which run."""
        return when(at) + self.runs[-1].ahead, len(self.runs)

    # Its work

    def does(
        self,
        kind: str,
        entity: str,
        at: str | int,
        /,
        *,
        saw: int | None = None,
        by: str | None = None,
        private: dict[str, Any] | None = None,
        **data: Any,
    ) -> str:
        """Record a change; by default its author saw what this tablet holds. Returns the change's id."""
        wall, run = self.reading(at)
        seen = self.held.get(entity, 0) if saw is None else saw
        name = f"{self.name}:{len(self.changes) + 1}"
        raw = raw_change(name, kind, entity, data, wall, run, seen, private, by)
        self.changes.append(raw)
        change_id = raw["id"]
        assert isinstance(change_id, str)
        return change_id

    def serves(self, entity: str, member: str, start: str | int, end: str | int, **more: Any) -> str:
        """Record a service when it ends."""
        moments: dict[str, Any] = {
            name: {"at": format_time(self.reading(moment)[0]), "run": len(self.runs)}
            for name, moment in (("start", start), ("end", end))
        }
        return self.does("service.record", entity, more.pop("at", end), member=member, **moments, **more)

    # Its meetings with the hub

    def upload(self, first: int = 1, last: int | None = None) -> Upload:
        """The changes from a seq to a seq, as they would be sent."""
        return Upload(PROTOCOL, first, 1, self.journal(), tuple(self.changes[first - 1 : last]))

    def push(self, at: str | int, through: int | None = None) -> None:
        """Send what the hub has not, through a seq; over a network the clocks are compared first."""
        self.meet(at)
        self.stick(at, through)

    def stick(self, at: str | int, through: int | None = None) -> None:
        """The same as a file that is carried: nobody compares clocks."""
        upload = self.upload(self.hub.lines[self.name].received_through + 1, through)
        self.hub.receive(self.name, upload, at)

    def pull(self, at: str | int) -> None:
        """Hold what the hub has, and announce the next seq."""
        self.hub.lines[self.name].contacts.append((len(self.changes) + 1, when(at)))
        self.held = {thing_id: doc.rev for (_, thing_id), doc in self.hub.memory.documents.items()}

    def sync(self, at: str | int) -> None:
        self.push(at)
        self.pull(at)
