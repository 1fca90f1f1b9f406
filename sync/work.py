"""The workbench of one settlement: what is read, what is written, what is told. Decisions use it; it decides nothing.

A thing is copied before it is changed, so the state that was handed in stays as it was.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar, cast
from uuid import UUID, uuid5

from msgspec import Struct, field

from sync import verdicts
from sync.calendar import Calendar, calendar_of
from sync.kinds.kind import Office
from sync.shapes import format_time
from sync.state import Accepted, Code, Day, Erase, Outcome, Result, Span, State
from sync.things import (
    COLLECTION,
    DATED,
    Activity,
    Candidate,
    Community,
    Conflict,
    Entry,
    Grid,
    Member,
    PointRule,
    Team,
    Thing,
    Version,
)

NAMESPACE: Final = UUID("6c69616e-7869-5e00-8000-6c69616e7869")

DAY_MS: Final = 86_400_000

T = TypeVar("T", bound=Thing)


def derived_id(*parts: object) -> str:
    """A UUIDv5 of what it is made of: conflicts, ledger entries and ratings have no author's id."""
    return str(uuid5(NAMESPACE, ":".join(str(part) for part in parts)))


class Decision(Struct, frozen=True):
    """What was decided about one change; `fields` go into its sentence."""

    code: str
    rule: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    stands: dict[str, Any] | None = None
    waits: str | None = None

    @property
    def outcome(self) -> Result:
        return verdicts.OUTCOMES[self.code]


APPLIED: Final = Decision("APPLIED")


def _moves(coming: Iterable[Accepted]) -> dict[str, list[Accepted]]:
    """The edits of a batch that put tickets into other grids, by ticket and in deed order."""
    moves: dict[str, list[Accepted]] = {}
    for accepted in coming:
        change = accepted.change
        if change.kind == "ticket.edit" and isinstance(change.data.grid, str):
            moves.setdefault(change.entity, []).append(accepted)
    for found in moves.values():
        found.sort(key=lambda accepted: accepted.order)
    return moves


class Work:
    """One settlement's reading and writing over a gathered `State`."""

    def __init__(
        self,
        state: State,
        coming: Sequence[Accepted],
        now: int,
        decide: Callable[["Work", Accepted], Decision],
    ) -> None:
        self.state = state
        self.coming = {accepted.change.id: accepted for accepted in coming}
        self.moves = _moves(coming)
        self.now = now
        self.decide = decide
        self.written: dict[str, dict[str, Thing]] = {}
        self.entries: list[Entry] = []
        self.erased: list[Erase] = []
        self.told: dict[str, Outcome] = {}
        self.days: set[Day] = set()
        self.codes: dict[Code, str | None] = {}
        self.identities: dict[tuple[str, str], str | None] = {}
        self.aliases: dict[str, list[str]] = {}
        self.new_dated: dict[tuple[str, Day], list[str]] = {}
        self.new_entries: dict[Day, list[Entry]] = {}
        self.new_sessions: dict[Span, list[str]] = {}
        self.posted: dict[str, list[Entry]] = {}
        self.touched_members: set[str] = set()
        self._calendars: dict[str, tuple[Community, Calendar]] = {}

    # Reading and writing things

    def find(self, collection: str, thing_id: str) -> Thing | None:
        """The thing as it stands now; raises KeyError when it was not gathered (a defect of `wanted`)."""
        written = self.written.get(collection)
        if written is not None and thing_id in written:
            return written[thing_id]
        return self.state.things[collection][thing_id]

    def get(self, kind: type[T], thing_id: str) -> T | None:
        """The thing of this kind as it stands now; raises KeyError when it was not gathered."""
        return cast(T | None, self.find(COLLECTION[kind], thing_id))

    def known(self, kind: type[T], thing_id: str) -> T | None:
        """The same, for kinds that are gathered by what they are about: one that was not gathered is not there."""
        collection = COLLECTION[kind]
        written = self.written.get(collection, {}).get(thing_id)
        return cast(T | None, written or self.state.things.get(collection, {}).get(thing_id))

    def edit(self, thing: T) -> T:
        """A copy of the thing that may be changed; the same one when it was changed before."""
        written = self.written.setdefault(COLLECTION[type(thing)], {})
        if thing.id not in written:
            written[thing.id] = copy.copy(thing)
        return cast(T, written[thing.id])

    def add(self, thing: T) -> T:
        """A new thing; one that may earn is found by its member's day."""
        collection = COLLECTION[type(thing)]
        self.written.setdefault(collection, {})[thing.id] = thing
        if collection in DATED:
            day = Day(thing.member, thing.day)  # type: ignore[attr-defined]
            self.new_dated.setdefault((collection, day), []).append(thing.id)
            self.days.add(day)
        elif isinstance(thing, Activity):
            self.new_sessions.setdefault(Span(thing.community, thing.day, thing.day), []).append(thing.id)
        return thing

    def on(self, kind: type[T], day: Day) -> list[T]:
        """What was recorded under this member id on this local day, before and in this settlement."""
        key = COLLECTION[kind], day
        ids = [*self.state.dated.get(key, ()), *self.new_dated.get(key, ())]
        return [thing for thing in (self.get(kind, thing_id) for thing_id in ids) if thing is not None]

    def sessions(self, community: str, day: int) -> list[Activity]:
        """The activities of a community's local day; raises KeyError when they were not gathered (a defect of `wanted`)."""
        span = Span(community, day, day)
        ids = [*self.state.sessions[span], *self.new_sessions.get(span, ())]
        return [cast(Activity, self.get(Activity, activity_id)) for activity_id in ids]

    def entries_on(self, day: Day) -> list[Entry]:
        return [*self.state.entries.get(day, ()), *self.new_entries.get(day, ())]

    def add_entry(self, entry: Entry) -> None:
        """Post one line of the ledger."""
        self.entries.append(entry)
        day = Day(entry.member, entry.day)
        self.new_entries[day] = [*self.new_entries.get(day, ()), entry]
        self.posted.setdefault(entry.member, []).append(entry)
        member = self.edit(cast(Member, self.get(Member, entry.member)))
        member.earned += entry.points
        self.touched_members.add(member.alias_of or member.id)
        if entry.team is not None:
            self.edit(cast(Team, self.get(Team, entry.team))).points += entry.points

    def point_rules(self) -> list[PointRule]:
        """Every point rule, by id."""
        rules = {**self.state.things.get("pointRule", {}), **self.written.get("pointRule", {})}
        return [cast(PointRule, rules[key]) for key in sorted(rules) if rules[key] is not None]

    # Members and their aliases

    def root(self, member_id: str) -> Member | None:
        """The member that an id is read as."""
        member = self.get(Member, member_id)
        if member is None or member.alias_of is None:
            return member
        return self.get(Member, member.alias_of)

    def aliases_of(self, root_id: str) -> list[str]:
        if root_id in self.aliases:
            return self.aliases[root_id]
        return self.state.aliases.get(root_id, [])

    def family(self, root_id: str) -> list[str]:
        """The root and its aliases, the root first."""
        return [root_id, *sorted(self.aliases_of(root_id))]

    def kin(self, root_id: str) -> list[Member]:
        """The members of a family; whoever is named as an alias is there."""
        return [cast(Member, self.get(Member, member_id)) for member_id in self.family(root_id)]

    def add_member(self, member: Member) -> None:
        """A new member, a root until it is made an alias."""
        self.add(member)
        if self.identity(member.unit, member.number) is None:
            self.identities[member.unit, member.number] = member.id

    def add_alias(self, root_id: str, alias_id: str) -> None:
        """An id that is read as another member from now on."""
        self.aliases[root_id] = [*self.aliases_of(root_id), alias_id]
        self.touched_members.add(root_id)

    def identity(self, unit: str, number: str) -> str | None:
        """The root who has this unit and number."""
        key = (unit, number)
        found = self.identities[key] if key in self.identities else self.state.identities[key]
        if found is None:
            return None
        member = self.root(found)
        return None if member is None else member.id

    def coded(self, code: Code) -> str | None:
        """The id of what has this code in its community."""
        return self.codes[code] if code in self.codes else self.state.codes[code]

    def name_of(self, member_id: str) -> str:
        member = self.root(member_id)
        return member_id if member is None else member.name

    def calendar(self, community: Community) -> Calendar:
        """A community's calendar, as it stands now."""
        known, calendar = self._calendars.get(community.id, (None, None))
        if known is not community or calendar is None:
            calendar = calendar_of(community)
            self._calendars[community.id] = (community, calendar)
        return calendar

    def local_time(self, at: int, community: str) -> str:
        """A moment in a community's local time, to the minute, for a sentence."""
        place = self.get(Community, community) if community else None
        offset = 0 if place is None else place.utc_offset
        return format_time(at + offset * 60_000)[:16].replace("T", " ")

    def local_day(self, at: int, community: str) -> int:
        place = self.get(Community, community)
        offset = 0 if place is None else place.utc_offset
        return (at + offset * 60_000) // DAY_MS

    def local_date(self, at: int, community: str) -> str:
        """The local day of a moment, `2026-11-23`."""
        return self.local_time(at, community)[:10]

    # Scope

    def communities_of(self, accepted: Accepted) -> set[str]:
        """The communities whose members and register this author carries or keeps."""
        if accepted.office is not Office.LIAISON:
            return set(accepted.scope)
        grids = (self.get(Grid, grid_id) for grid_id in accepted.scope)
        return {grid.community for grid in grids if grid is not None}

    def may_reach(self, accepted: Accepted, community: str, grids: Iterable[str] | None = None) -> bool:
        """Whether something in this community (and, for a liaison, in one of these grids) is theirs."""
        if accepted.office is Office.DISTRICT:
            return True
        if accepted.office is Office.DISPATCHER or grids is None:
            return community in self.communities_of(accepted)
        return not set(accepted.scope).isdisjoint(grids)

    # Telling

    def tell(self, accepted: Accepted, decision: Decision) -> None:
        """Say what was decided about a change of this batch."""
        self.told[accepted.change.id] = Outcome(
            change=accepted.change.id,
            device=accepted.device,
            seq=accepted.seq,
            outcome=decision.outcome,
            code=decision.code,
            rule=decision.rule,
            sentence=verdicts.sentence(decision.code, **decision.values),
            stands=decision.stands,
            waits=decision.waits,
            entity=accepted.change.entity,
            kind=accepted.change.kind,
        )

    def tell_again(self, candidate: Candidate, entity: str, decision: Decision) -> None:
        """Say anew what became of a change, of this batch or an earlier one."""
        self.told[candidate.change] = Outcome(
            change=candidate.change,
            device=candidate.device,
            seq=candidate.seq,
            outcome=decision.outcome,
            code=decision.code,
            rule=decision.rule,
            sentence=verdicts.sentence(decision.code, **decision.values),
            stands=decision.stands,
            entity=entity,
            kind=candidate.kind,
        )

    def last_told(self, change_id: str) -> Outcome | None:
        """What the author of a change was told last, in this settlement or before."""
        return self.told.get(change_id) or self.state.outcomes.get(change_id)

    def accepted(self, change_id: str) -> Accepted:
        """A change as it was accepted, of this batch or an earlier one."""
        return self.coming.get(change_id) or cast(Accepted, self.state.changes[change_id])

    def erase_change(self, accepted: Accepted, *fields: str) -> None:
        """Erase private fields of one change that came too late to be kept."""
        self.erased.append(Erase(accepted.change.entity, fields, change=accepted.change.id))

    # Conflicts

    def review_conflict(self, entity: str, field_name: str) -> bool:
        """Ask a person to look at the conflict of a field; False where there is none."""
        conflict = self.known(Conflict, conflict_of(entity, field_name))
        if conflict is not None:
            self.edit(conflict).state = "REVIEW"
        return conflict is not None

    def candidate(self, accepted: Accepted, value: Any = None, member: str | None = None) -> Candidate:
        change = accepted.change
        return Candidate(
            change=change.id,
            device=accepted.device,
            seq=accepted.seq,
            kind=change.kind,
            by=change.by,
            office=accepted.office,
            deed=accepted.deed,
            uncertainty_ms=accepted.uncertainty_ms,
            value=value,
            member=member,
        )

    def conflict(
        self,
        *,
        rule: str,
        thing: str,
        entity: str,
        field_name: str,
        community: str,
        grid: str | None,
        standing: Sequence[Candidate],
        coming: Candidate,
        stands: str | None,
        round_number: int = 0,
        before: Any = None,
        review: bool = False,
        close_call: bool = False,
    ) -> Conflict:
        """Gather a candidate into the one conflict of a thing and field, opening it when there is none."""
        conflict_id = conflict_of(entity, field_name, round_number)
        found = self.known(Conflict, conflict_id)
        if found is None:
            conflict = self.add(
                Conflict(
                    id=conflict_id,
                    rule=rule,
                    kind=coming.kind,
                    thing=thing,
                    entity=entity,
                    field=field_name,
                    community=community,
                    grid=grid,
                    state="SETTLED",
                    candidates=[],
                    stands=None,
                    before=before,
                    opened=coming.deed,
                )
            )
        else:
            conflict = self.edit(found)
        conflict.rule = rule
        conflict.kind = coming.kind
        known = {candidate.change for candidate in conflict.candidates}
        fresh = [c for c in (*standing, coming) if c.change not in known]
        conflict.candidates = sorted([*conflict.candidates, *fresh], key=lambda c: (c.deed, c.device, c.seq))
        conflict.stands = stands
        conflict.close_call = conflict.close_call or close_call
        if review or close_call or conflict.state == "RULED":
            conflict.state = "REVIEW"
        return conflict


def conflict_of(entity: str, field_name: str, round_number: int = 0) -> str:
    """The id of the one conflict about this thing and field (of a ticket's round, where rounds matter)."""
    return derived_id("conflict", entity, field_name, round_number)


def standing_candidate(version: Version, value: Any = None) -> Candidate:
    """What stands, as a candidate in a conflict."""
    return Candidate(
        change=version.change,
        device=version.device,
        seq=version.seq,
        kind=version.kind,
        by=version.by,
        office=version.office,
        deed=version.deed,
        uncertainty_ms=None,
        value=value,
    )
