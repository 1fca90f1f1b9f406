"""A hub's derived tables in memory: gathers for a settlement and takes its result. Replay, proofs and vectors use it.

It keeps no log of its own beyond what later decisions read; it does no I/O.
"""

from collections.abc import Iterable, Sequence
from typing import cast

from msgspec.structs import replace

from sync.documents import Doc, documents
from sync.register import Coded, code_of
from sync.settle import finalise, settle, wanted
from sync.state import Accepted, Code, Day, Outcome, Result, Settled, Span, State, Sum, Wanted
from sync.things import CODED, DATED, Activity, Conflict, Entry, Member, Thing
from sync.timely import TIMELY, may_ever


class Memory:
    """All things, entries, outcomes and accepted changes of a hub, by id, with the indexes that gathering needs."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Thing]] = {}
        self.entries: dict[str, Entry] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.changes: dict[str, Accepted] = {}
        self.held: dict[str, tuple[str, int]] = {}
        self.documents: dict[tuple[str, str], Doc] = {}
        self.digest = ""
        self.rev = 0
        self._identities: dict[tuple[str, str], set[str]] = {}
        self._aliases: dict[str, set[str]] = {}
        self._dated: dict[tuple[str, Day], set[str]] = {}
        self._entries: dict[Day, list[Entry]] = {}
        self._ledgers: dict[str, list[Entry]] = {}
        self._conflicts: dict[str, set[str]] = {}
        self._codes: dict[Code, set[str]] = {}
        self._sessions: dict[tuple[str, int], set[str]] = {}
        self._timely: dict[str, set[str]] = {collection: set() for collection in TIMELY}

    def settle(self, batch: Sequence[Accepted], now: int, *, night: bool = False) -> Settled:
        """Gather, decide and take up one batch (and what has been held too long)."""
        state = self.gathered(batch, now if night else None)
        settled = settle(state, batch, now, self.digest)
        self.take(settled, self.rev + 1)
        return settled

    def gathered(self, batch: Sequence[Accepted], night: int | None = None) -> State:
        """All that deciding a batch will read; for a night also what the time may bring to, by this `now`."""
        state = State(night=night)
        while missing := wanted(batch, state):
            self.gather(missing, state)
        return state

    def overdue(self, since: int) -> list[Accepted]:
        """Held changes that have waited from before `since`, and all rulings: no change creates a conflict."""
        return [
            self._held(change)
            for change, (_, held) in sorted(self.held.items())
            if held <= since or self.changes[change].change.kind == "conflict.rule"
        ]

    def _held(self, change: str) -> Accepted:
        waits, since = self.held[change]
        return replace(self.changes[change], held_since=since, waits=waits)

    # Gathering

    def gather(self, missing: Wanted, state: State) -> None:
        """Answer everything that is missing; what is not there is remembered as absent."""
        for collection, ids in missing.things.items():
            self._load(state, collection, ids)
        for key in missing.identities:
            state.identities[key] = self._root_of(key)
        for root in missing.aliases:
            state.aliases[root] = sorted(self._aliases.get(root, ()))
            self._load(state, "member", state.aliases[root])
        for day in missing.days:
            state.entries[day] = list(self._entries.get(day, ()))
            for collection in DATED:
                recorded = sorted(self._dated.get((collection, day), ()))
                state.dated[collection, day] = recorded
                self._load(state, collection, recorded)
        for thing_id in missing.held:
            waiting = sorted(change for change, (waits, _) in self.held.items() if waits == thing_id)
            state.held[thing_id] = [self._held(change) for change in waiting]
        for change in missing.changes:
            state.changes[change] = self.changes.get(change)
        for change in missing.outcomes:
            state.outcomes[change] = self.outcomes.get(change)
        for entity in missing.conflicts:
            state.conflicts.add(entity)
            self._load(state, "conflict", self._conflicts.get(entity, ()))
        self._found(missing, state)
        self._points(missing, state)
        if missing.timely:
            state.timely = {collection: sorted(ids) for collection, ids in self._timely.items()}
            for collection, found in state.timely.items():
                self._load(state, collection, found)

    def _found(self, missing: Wanted, state: State) -> None:
        """What is found by its code or its day."""
        for code in missing.codes:
            state.codes[code] = min(self._codes.get(code, ()), default=None)
        for span in missing.sessions:
            state.sessions[span] = self._activities(span)
            self._load(state, "activity", state.sessions[span])

    def _points(self, missing: Wanted, state: State) -> None:
        """The rules of points, and what of the ledger they are about."""
        for member in missing.ledgers:
            entries = self._ledgers.get(member, ())
            state.ledgers[member] = [Sum(one.kind, one.source, one.day, one.points, 1) for one in entries]
        for day in missing.elders:
            state.elders[day] = sorted({one.member for one in self.entries.values() if one.day < day})
        for span in missing.spans:
            state.spans[span] = self._within(span)
        if missing.point_rules:
            state.point_rules = True
            for collection in ("pointRule", "pointExpiry"):
                self._load(state, collection, self.things.get(collection, ()))

    def _within(self, span: Span) -> list[Day]:
        """The days of members on which anything was recorded or posted in a community."""
        dated = (thing for collection in DATED for thing in self.things.get(collection, {}).values())
        found = {
            Day(one.member, one.day)  # type: ignore[attr-defined]
            for one in (*dated, *self.entries.values())
            if one.community == span.community and span.first <= one.day <= span.last  # type: ignore[attr-defined]
        }
        return sorted(found)

    def _activities(self, span: Span) -> list[str]:
        """The activities of a community's days."""
        days = range(span.first, span.last + 1)
        return sorted(one for day in days for one in self._sessions.get((span.community, day), ()))

    def _load(self, state: State, collection: str, ids: Iterable[str]) -> None:
        known = self.things.get(collection, {})
        state.things.setdefault(collection, {}).update({thing_id: known.get(thing_id) for thing_id in ids})

    def _root_of(self, key: tuple[str, str]) -> str | None:
        for member_id in sorted(self._identities.get(key, ())):
            member = cast(Member, self.things["member"][member_id])
            return member.alias_of or member.id
        return None

    # Taking up

    def take(self, settled: Settled, first_rev: int) -> list[Doc]:
        """Write a settlement: revs, things, entries, outcomes, held changes and documents."""
        finalise(settled, first_rev)
        docs = documents(settled, first_rev)
        for collection, things in settled.written.items():
            for thing in things.values():
                self._take_thing(collection, thing)
        for entry in settled.entries:
            self.entries[entry.id] = entry
            self._entries.setdefault(Day(entry.member, entry.day), []).append(entry)
            self._ledgers.setdefault(entry.member, []).append(entry)
        self.changes.update({accepted.change.id: accepted for accepted in settled.changes})
        for outcome in settled.outcomes:
            self._take_outcome(outcome, settled.now)
        self.documents.update({(doc.collection, doc.id): doc for doc in docs})
        self.rev = max([first_rev, *(doc.rev for doc in docs)])
        self.digest = settled.digest
        return docs

    def _take_outcome(self, outcome: Outcome, now: int) -> None:
        self.outcomes[outcome.change] = outcome
        held = self.held.pop(outcome.change, None)
        if outcome.outcome is Result.HELD and outcome.waits is not None:
            self.held[outcome.change] = (outcome.waits, now if held is None else held[1])

    def _take_thing(self, collection: str, thing: Thing) -> None:
        before = self.things.setdefault(collection, {}).get(thing.id)
        if isinstance(before, Member):
            self._identities[before.unit, before.number].discard(thing.id)
            if before.alias_of is not None:
                self._aliases[before.alias_of].discard(thing.id)
        self.things[collection][thing.id] = thing
        if collection in CODED:
            if before is not None:
                self._codes[code_of(collection, cast(Coded, before))].discard(thing.id)
            self._codes.setdefault(code_of(collection, cast(Coded, thing)), set()).add(thing.id)
        if collection in TIMELY:
            keep = (
                self._timely[collection].add
                if may_ever(collection, thing)
                else self._timely[collection].discard
            )
            keep(thing.id)
        if isinstance(thing, Member):
            self._identities.setdefault((thing.unit, thing.number), set()).add(thing.id)
            if thing.alias_of is not None:
                self._aliases.setdefault(thing.alias_of, set()).add(thing.id)
        elif collection in DATED:
            day = Day(thing.member, thing.day)  # type: ignore[attr-defined]
            self._dated.setdefault((collection, day), set()).add(thing.id)
        elif isinstance(thing, Activity):
            self._sessions.setdefault((thing.community, thing.day), set()).add(thing.id)
        elif isinstance(thing, Conflict):
            self._conflicts.setdefault(thing.entity, set()).add(thing.id)
