"""What must be loaded before a batch can be decided. Each round names what the last one made known to be needed."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, cast

from msgspec import UNSET, to_builtins

from sync.changes import Change
from sync.duties import slot_of, slots_around
from sync.evaluations import slot_of as evaluation_slot_of
from sync.expiring import cutoff_of, day_of
from sync.kinds import KINDS
from sync.kinds.duties import DutyRecord
from sync.kinds.evaluations import EvaluationSubmit
from sync.kinds.kind import Office
from sync.kinds.services import ServiceRecord
from sync.kinds.tickets import TicketDispatch
from sync.ratings import rating_of
from sync.recounting import span_of
from sync.seats import meant
from sync.services import days_around
from sync.sessions import attendance_of
from sync.shapes import parse_time
from sync.state import Accepted, Code, Day, Span, State, Wanted
from sync.things import (
    CODED,
    Activity,
    Candidate,
    Conflict,
    Device,
    Duty,
    Evaluation,
    Member,
    PointExpiry,
    Post,
    Rating,
    Reward,
    Service,
    Team,
    Thing,
    Ticket,
    Version,
    Whistle,
)
from sync.work import DAY_MS

Versioned = Ticket | Member | Service | Duty | Whistle | Evaluation | Post | Team | Reward
"""What keeps who wrote it, and may be ruled on in the night that contests it."""

NAMED = {
    "grid": "grid",
    "unit": "unit",
    "community": "community",
    "member": "member",
    "into": "member",
    "ticket": "ticket",
    "post": "post",
    "team": "team",
    "activity": "activity",
    "by": "member",
    "last": "redemption",
    "item": "reward",
    "rule": "pointRule",
    "decider": "member",
    "lead": "unit",
    "department": "unit",
    "departments": "unit",
    "present": "unit",
}
"""Data fields that name another thing, or several, and which."""

LEADS: Final[dict[str, tuple[str, ...]]] = {
    "grid": ("community",),
    "unit": ("community",),
    "ticket": ("community", "grid", "takers", "reserved", "whistle"),
    "post": ("community", "grid", "holders"),
    "team": ("community", "holders"),
    "activity": ("community", "grid", "team", "members"),
    "whistle": ("community", "ticket", "whistle"),
    "service": ("activity",),
    "attendance": ("activity",),
    "duty": ("community", "by"),
    "evaluation": ("community",),
    "reward": ("community", "last"),
    "redemption": ("member",),
    "adjustment": ("community", "member", "by", "decider"),
}
"""Fields of loaded things that lead to others which a decision reads."""

EDITS = frozenset({"ticket.edit", "ticket.finish", "member.edit", "member.assign", "member.register"})
"""Changes whose authors may overrule somebody who is then told anew."""


@cache
def _named_by(kind: str) -> tuple[tuple[str, str], ...]:
    """Those of NAMED that a kind's data has."""
    return tuple((name, NAMED[name]) for name in KINDS[kind].data.__struct_fields__ if name in NAMED)


class Gathering:
    """One round: looks through the batch and what is loaded, and collects what is missing."""

    def __init__(self, batch: Sequence[Accepted], state: State) -> None:
        coming = [*batch, *(one for held in state.held.values() for one in held)]
        self.batch = [*coming, *_decided_again(coming, state)]
        self.state = state
        self.wanted = Wanted()
        self.spans: dict[str, set[int]] = {}
        self.edited = {a.change.entity for a in self.batch if KINDS[a.change.kind].thing == "member"}
        self.served: dict[str, set[str]] = {}
        """Whose services this batch records, by the service."""
        self.opened: dict[str, set[str]] = {}
        """When the activities begin that this batch opens."""
        self.rules = any(accepted.change.kind == "conflict.rule" for accepted in self.batch)
        for change in (accepted.change for accepted in self.batch):
            if isinstance(change.data, ServiceRecord):
                self.served.setdefault(change.entity, set()).add(change.data.member)
            elif change.kind == "activity.open":
                self.opened.setdefault(change.entity, set()).add(change.data.start)

    def all(self) -> Wanted:
        for accepted in self.batch:
            self._named(accepted)
        self._identities()
        self._evaluations()
        for collection, fields in LEADS.items():
            for found in list(self._loaded(collection)):
                self._lead(found, fields)
        for member in list(self._loaded("member")):
            self._member(cast(Member, member))
        if any(accepted.change.kind == "whistle.answer" for accepted in self.batch):
            for whistle in self._loaded("whistle"):
                self._told(cast(Whistle, whistle).versions)
        if any(self._comes_with_this_batch(accepted) for accepted in self.batch):
            for collection in ("ticket", "member", "service", "duty", "whistle", "evaluation", *CODED):
                for found in self._loaded(collection):
                    self._stands_now(cast(Versioned, found))
        self._found_otherwise()
        self._recounts()
        self._days()
        self._ledgers()
        self.wanted.point_rules = not self.state.point_rules
        self.wanted.timely = self.state.night is not None and self.state.timely is None
        return self.wanted

    def _loaded(self, collection: str) -> list[Thing]:
        return [thing for thing in self.state.things.get(collection, {}).values() if thing is not None]

    def thing(self, collection: str, thing_id: str | None) -> Any:
        """The thing when it is loaded; otherwise it is asked for."""
        known = self.state.things.get(collection, {})
        if thing_id is None:
            return None
        if thing_id not in known:
            self.wanted.things.setdefault(collection, set()).add(thing_id)
            return None
        return known[thing_id]

    def _named(self, accepted: Accepted) -> None:
        """The thing that a change is about, and those that its data names."""
        change = accepted.change
        kind = KINDS[change.kind]
        found = self.thing(kind.thing, change.entity)
        if kind.thing == "conflict":
            self._change(change.data.stands)
            self._ruled(found)
        else:
            self._conflicts(change.entity)
        if isinstance(found, Service):
            self._service(found)
        if isinstance(found, Duty) and change.kind == "duty.void":
            self._period(found)
        if isinstance(found, Ticket | Member) and change.kind in EDITS:
            self._told(found.versions)
        if kind.creates and change.entity not in self.state.held:
            self.wanted.held.add(change.entity)
        self._named_in(change)
        if kind.thing == "adjustment":
            self.thing("member", change.by)
        if isinstance(change.data, DutyRecord):
            self._duty(accepted)
        carried = found.grids if isinstance(found, Device) else ()
        scope = accepted.scope if accepted.office is Office.LIAISON else ()
        for grid in (*scope, *carried, *getattr(change.data, "grids", ())):
            self.thing("grid", grid)

    def _codes(self, collection: str, data: Any, found: Any) -> None:
        """What has the code that a change gives, and the one that it takes away."""
        for named in (data, found):
            if named is not None:
                code = Code(collection, named.community, named.code)
                if code not in self.state.codes:
                    self.wanted.codes.add(code)
                held = self.state.codes.get(code)
                self.thing(collection, held)
                if held is not None:
                    self._conflicts(held)

    def _conflicts(self, entity: str) -> None:
        if entity not in self.state.conflicts:
            self.wanted.conflicts.add(entity)

    def _told(self, versions: dict[str, Version]) -> None:
        for version in versions.values():
            if version.change not in self.state.outcomes:
                self.wanted.outcomes.add(version.change)

    def _lead(self, found: Thing, fields: Sequence[str]) -> None:
        """What a loaded thing names: an id in a field of the thing's name, the members of seats, a dispatch."""
        for name in fields:
            value = getattr(found, name)
            if isinstance(value, list):
                for seat in value:
                    self.thing("member", seat.member)
            elif isinstance(value, dict):
                self._meant(value)
            else:
                self.thing(NAMED.get(name, name), value)

    def _named_in(self, change: Change) -> None:
        """The things that a change's data names."""
        for name, collection in _named_by(change.kind):
            value = getattr(change.data, name)
            for named in value if isinstance(value, list) else [value]:
                if isinstance(named, str):
                    self.thing(collection, named)
        if isinstance(change.data, TicketDispatch):
            self._meant(to_builtins(change.data))

    def _meant(self, reserved: dict[str, Any]) -> None:
        for one in meant(reserved):
            for collection, thing_id in one.items():
                self.thing(collection, thing_id)

    def _period(self, duty: Duty) -> None:
        """Which records there are besides one that is taken back."""
        slot = self.thing("dutyPeriod", slot_of(duty.unit, duty.community, duty.kind, duty.period))
        for duty_id in () if slot is None else slot.further:
            self.thing("duty", duty_id)

    def _duty(self, accepted: Accepted) -> None:
        """Who records it, and what counts in its period already."""
        self.thing("member", accepted.change.by)
        for slot_id in sorted(slots_around(accepted)):
            slot = self.thing("dutyPeriod", slot_id)
            if slot is not None and slot.counted is not None:
                self.thing("duty", slot.counted)
                self._conflicts(slot.counted)

    def _evaluations(self) -> None:
        """What a member was given in a period, under whichever of their ids, and what its authors were told."""
        submitted = [one.change.data for one in self.batch if isinstance(one.change.data, EvaluationSubmit)]
        families = self._families() if submitted else {}
        for data in submitted:
            for kin in sorted(families.get(data.member, {data.member})):
                slot = self.thing("evaluationPeriod", evaluation_slot_of(kin, data.community, data.period))
                if slot is not None:
                    self._conflicts(slot.evaluation)
                    found = self.thing("evaluation", slot.evaluation)
                    self._told({} if found is None else found.versions)

    def _service(self, service: Service) -> None:
        self.thing("community", service.community)
        self.thing("member", service.member)
        self.thing("ticket", service.ticket)
        self._sign_in(service.activity, service.member)
        self._span(service.member, {service.day})

    def _ruled(self, conflict: Conflict | None) -> None:
        """A conflict that is ruled on: its thing, its candidates' changes and services, and what those name."""
        if conflict is None:
            return
        found = self.thing(conflict.thing, conflict.entity)
        self._conflicts(conflict.entity)
        self.thing("community", conflict.community or None)
        if isinstance(found, Service):
            self._service(found)
        if isinstance(found, Duty):
            slot = self.thing("dutyPeriod", slot_of(found.unit, found.community, found.kind, found.period))
            self.thing("duty", None if slot is None else slot.counted)
        for candidate in conflict.candidates:
            self._candidate(conflict, found, candidate)

    def _candidate(self, conflict: Conflict, found: Thing | None, candidate: Candidate) -> None:
        if candidate.change not in self.state.outcomes:
            self.wanted.outcomes.add(candidate.change)
        if conflict.thing == "service" and isinstance(candidate.value, str):
            named = self.thing("service" if conflict.field == "time" else conflict.field, candidate.value)
            if isinstance(named, Service):
                self._service(named)
            if isinstance(named, Activity) and isinstance(found, Service):
                self._sign_in(named.id, found.member)
        if conflict.field == "grid":
            self.thing("grid", candidate.value)
        if conflict.rule == "session":
            opened = self.thing("activity", candidate.value)
            if opened is not None:
                self._sessions(opened.community, opened.day)
        if conflict.thing == "duty" and isinstance(candidate.value, str):
            self.thing("duty", candidate.value)
        self.thing("member", candidate.member)
        self._change(candidate.change)

    def _comes_with_this_batch(self, accepted: Accepted) -> bool:
        """Whether this is a ruling on a conflict that is not there before this batch makes it."""
        ruling = KINDS[accepted.change.kind].thing == "conflict"
        return ruling and self.state.things.get("conflict", {}).get(accepted.change.entity) is None

    def _stands_now(self, found: Versioned) -> None:
        """Whatever stands in a thing may be the first candidate of a conflict that comes with this batch."""
        changes = {version.change for version in found.versions.values()}
        if isinstance(found, Ticket):
            changes.update(taker.change for taker in found.takers)
        if isinstance(found, Service):
            changes.add(found.change)
        for change_id in changes:
            self._change(change_id)
        self.wanted.outcomes.update(changes - self.state.outcomes.keys())

    def _change(self, change_id: str | None) -> None:
        """A change of before."""
        if change_id is not None and change_id not in self.state.changes:
            self.wanted.changes.add(change_id)

    def _member(self, member: Member) -> None:
        root_id = member.alias_of or member.id
        self.thing("member", root_id)
        self.thing("community", member.community)
        self.thing("unit", member.unit)
        self.thing("grid", member.grid)
        if root_id not in self.state.aliases:
            self.wanted.aliases.add(root_id)
        if member.id in self.edited or root_id in self.edited:
            self._conflicts(root_id)
            root = self.thing("member", root_id)
            if root is not None:
                self._told(root.versions)

    def _identities(self) -> None:
        """Every identity that anybody whom this batch registers, corrects or makes one person may come to have."""
        families = self._families()
        units: dict[str, set[str]] = {}
        numbers: dict[str, set[str]] = {}

        def add(entity: str, unit: object = None, number: object = None) -> None:
            person = min(families.get(entity, {entity}))
            for held, value in ((units, unit), (numbers, number)):
                held.setdefault(person, set()).update({value} if isinstance(value, str) else ())

        for accepted in self.batch:
            data = accepted.change.data
            if accepted.change.kind in {"member.register", "member.edit"} and {data.unit, data.number} != {
                UNSET
            }:
                add(accepted.change.entity, data.unit, data.number)
        for found in self._loaded("conflict"):
            conflict = cast(Conflict, found)
            if conflict.thing == "member" and conflict.field in {"unit", "number"}:
                for candidate in conflict.candidates:
                    add(conflict.entity, **{conflict.field: candidate.value})
        for found in self._loaded("member"):
            member = cast(Member, found)
            if min(families.get(member.id, {member.id})) in units:
                add(member.id, member.unit, member.number)
        for person in sorted(units):
            for key in ((unit, number) for unit in units[person] for number in numbers[person]):
                self._identity(key)

    def _identity(self, key: tuple[str, str]) -> None:
        if key not in self.state.identities:
            self.wanted.identities.add(key)
            return
        root = self.state.identities[key]
        if root is not None:
            self.edited.add(root)
            self.thing("member", root)

    def _span(self, member_id: str, days: Iterable[int]) -> None:
        self.spans.setdefault(member_id, set()).update(days)

    def _days(self) -> None:
        """The days of each person that services and ratings of this batch fall on."""
        closed: dict[str, list[int]] = {}
        for accepted in self.batch:
            data, entity = accepted.change.data, accepted.change.entity
            if isinstance(data, ServiceRecord):
                end = accepted.deed if accepted.end is None else accepted.end
                start = end if accepted.start is None else min(accepted.start, end)
                self._span(data.member, days_around(start, end))
                self._sign_in(getattr(data, "activity", UNSET), data.member)
            elif accepted.change.kind == "activity.join":
                self._sign_in(entity, data.member)
            elif accepted.change.kind == "service.link":
                service = cast(Service | None, self.state.things.get("service", {}).get(entity))
                for member_id in sorted(self.served.get(entity, ()) if service is None else {service.member}):
                    self._sign_in(data.activity, member_id)
            elif accepted.change.kind in {"ticket.close", "ticket.rate"}:
                closed.setdefault(entity, []).append(accepted.deed)
            elif accepted.change.kind == "ticket.finish":
                closed.setdefault(entity, [])
            elif accepted.change.kind == "conflict.rule":
                conflict = self.state.things.get("conflict", {}).get(entity)
                about = entity if conflict is None else cast(Conflict, conflict).entity
                closed.setdefault(about, []).append(accepted.deed)
        self._ratings(closed)
        families = self._families()
        for member_id in sorted(self.spans):
            for kin in families.get(member_id, {member_id}):
                for day in self.spans[member_id]:
                    if Day(kin, day) not in self.state.entries:
                        self.wanted.days.add(Day(kin, day))

    def _recounts(self) -> None:
        """The days of members that are recounted."""
        for accepted in self.batch:
            if accepted.change.kind == "points.recount":
                span = span_of(accepted.change.data)
                if span not in self.state.spans:
                    self.wanted.spans.add(span)
                for day in self.state.spans.get(span, ()):
                    self.thing("member", day.member)
                    self._span(day.member, {day.day})

    def _ledgers(self) -> None:
        """The whole ledgers of those of whose points something may expire, or may not have expired after all."""
        rules = {rule.id: cast(PointExpiry, rule) for rule in self._loaded("pointExpiry")}
        people = self._spending() if rules else set()
        coming = (self.state.timely or {}).get("pointExpiry", ())
        come = [day_of(rule.on) for rule in rules.values() if rule.brought or rule.id in coming]
        if come:
            people |= self._joined()
            people.update(one for one, days in self.spans.items() if min(days, default=0) < max(come))
        for rule_id in coming:
            cutoff = cutoff_of(rules[rule_id])
            if cutoff not in self.state.elders:
                self.wanted.elders.add(cutoff)
            people.update(self.state.elders.get(cutoff, ()))
        families = self._families() if people else {}
        for person in sorted(people):
            self.thing("member", person)
            for kin in families.get(person, {person}):
                if kin not in self.state.ledgers:
                    self.wanted.ledgers.add(kin)

    def _spending(self) -> set[str]:
        """Whose points are spent or adjusted by this batch."""
        found: set[str] = set()
        for accepted in self.batch:
            if accepted.change.kind == "points.redeem":
                found.add(accepted.change.data.member)
            elif KINDS[accepted.change.kind].thing == "adjustment":
                adjustment = self.state.things.get("adjustment", {}).get(accepted.change.entity)
                named = getattr(accepted.change.data, "member", None)
                found.update(one for one in (named, getattr(adjustment, "member", None)) if one is not None)
        return found

    def _joined(self) -> set[str]:
        """Who may be made one person with somebody, or two again."""
        found: set[str] = set()
        for accepted in self.batch:
            conflict = self.state.things.get("conflict", {}).get(accepted.change.entity)
            if KINDS[accepted.change.kind].thing == "member":
                found.update(
                    {accepted.change.entity, getattr(accepted.change.data, "into", accepted.change.entity)}
                )
            elif isinstance(conflict, Conflict) and conflict.thing == "member":
                found.add(conflict.entity)
        return found

    def _sign_in(self, activity_id: Any, member_id: str) -> None:
        """What a sign-in earns on the activity's day, and whether there was one: under this id, or by a service that may give way.

        And what there is of the same session under another id.
        """
        if not isinstance(activity_id, str):
            return
        self.thing("attendance", attendance_of(activity_id, member_id))
        activity = cast(Activity | None, self.state.things.get("activity", {}).get(activity_id))
        if activity is not None:
            self._span(member_id, {activity.day})
            self._sessions(activity.community, activity.day)
            for taker in activity.members:
                if taker.kind != "activity.join":
                    self.thing("attendance", attendance_of(activity_id, taker.member))
        for start in self.opened.get(activity_id, ()):
            day = parse_time(start) // DAY_MS
            self._span(member_id, {day - 1, day, day + 1})

    def _found_otherwise(self) -> None:
        """What has the codes that this batch gives; the days on which it may open a session, by whatever local time."""
        for change in (accepted.change for accepted in self.batch):
            collection, _, verb = change.kind.partition(".")
            if verb == "put" and collection in CODED:
                self._codes(collection, change.data, self.thing(collection, change.entity))
            if change.kind == "activity.open":
                first = parse_time(change.data.start) // DAY_MS
                for day in (first - 1, first, first + 1):
                    self._sessions(change.data.community, day, opens=True)

    def _sessions(self, community: str, day: int, opens: bool = False) -> None:
        """What else there is on a day, which may be the same session, and who signed in there."""
        span = Span(community, day, day)
        if span not in self.state.sessions:
            self.wanted.sessions.add(span)
        found = self.state.sessions.get(span, ())
        for activity in (self.thing("activity", one) for one in found if opens or len(found) > 1):
            for taker in activity.members:
                self.thing("attendance", attendance_of(activity.id, taker.member))
                if self.rules:
                    self._span(taker.member, {day})

    def _ratings(self, closed: dict[str, list[int]]) -> None:
        """What tickets that may be closed, or closed otherwise, give and gave to whoever may sit on them."""
        seated: dict[str, set[str]] = {ticket_id: set() for ticket_id in closed}
        for accepted in self.batch:
            member_id = getattr(accepted.change.data, "member", UNSET)
            if accepted.change.entity in seated and isinstance(member_id, str):
                seated[accepted.change.entity].add(member_id)
        for found in self._loaded("conflict"):
            conflict = cast(Conflict, found)
            if conflict.entity in seated:
                seated[conflict.entity].update(c.member for c in conflict.candidates if c.member is not None)
        for ticket_id in sorted(closed):
            ticket = cast(Ticket | None, self.state.things.get("ticket", {}).get(ticket_id))
            takers = () if ticket is None else ticket.takers
            for member_id in seated[ticket_id].union(taker.member for taker in takers):
                self._span(
                    member_id, (deed // DAY_MS + by for deed in closed[ticket_id] for by in (-1, 0, 1))
                )
                if ticket is not None:
                    if ticket.closed is not None:
                        self._span(member_id, {ticket.closed // DAY_MS + by for by in (-1, 0, 1)})
                    rated = ticket.versions.get("rating")
                    if rated is not None:
                        self._span(member_id, {rated.deed // DAY_MS + by for by in (-1, 0, 1)})
                    rating = self.thing("rating", rating_of(ticket_id, ticket.round, member_id))
                    if rating is not None:
                        self._span(member_id, {cast(Rating, rating).day})

    def _families(self) -> dict[str, set[str]]:
        """Everybody's ids, with those that this batch may make one person."""
        groups: dict[str, set[str]] = {}

        def join(one: str, other: str) -> None:
            together = groups.get(one, {one}) | groups.get(other, {other})
            for kin in together:
                groups[kin] = together

        for found in self._loaded("member"):
            alias_of = cast(Member, found).alias_of
            if alias_of is not None:
                join(found.id, alias_of)
        for root_id, aliases in self.state.aliases.items():
            for alias in aliases:
                join(root_id, alias)
        by_identity: dict[tuple[str, str], str] = {}
        for accepted in self.batch:
            data = accepted.change.data
            if accepted.change.kind == "member.merge":
                join(accepted.change.entity, data.into)
            elif accepted.change.kind == "member.register":
                key = (data.unit, data.number)
                known = self.state.identities.get(key) or by_identity.setdefault(key, accepted.change.entity)
                join(accepted.change.entity, known)
        return groups


def _decided_again(batch: Sequence[Accepted], state: State) -> list[Accepted]:
    """Changes of before that a ruling may decide again, or read a value from."""
    again = []
    for accepted in batch:
        if accepted.change.kind == "conflict.rule":
            conflict = cast(Conflict | None, state.things.get("conflict", {}).get(accepted.change.entity))
            named = [candidate.change for candidate in conflict.candidates] if conflict is not None else []
            kept = (state.changes.get(change) for change in (*named, accepted.change.data.stands))
            again += [one for one in kept if one is not None and one.change.kind != "conflict.rule"]
    return again
