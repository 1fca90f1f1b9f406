"""What goes to the feed: a thing's document, under the names of the GraphQL types, and who may carry it."""

from collections.abc import Callable
from typing import Any, Final, cast

from msgspec import Struct, to_builtins

from sync.shapes import format_time
from sync.state import Outcome, Settled
from sync.things import (
    Activity,
    Adjustment,
    Community,
    Duty,
    Evaluation,
    Grid,
    Holder,
    Member,
    Pause,
    Post,
    Reward,
    Service,
    Team,
    Thing,
    Ticket,
    Unit,
    Whistle,
)
from sync.wire import COLLECTIONS


class Doc(Struct, frozen=True):
    """One document. `private` is merged into the body for tablets that carry `private_grid` only."""

    collection: str
    id: str
    rev: int
    community: str
    audience: str
    body: dict[str, Any]
    private: dict[str, Any] | None = None
    private_grid: str | None = None


def _time(at: int | None) -> str | None:
    return None if at is None else format_time(at)


def _community(thing: Community) -> dict[str, Any]:
    return {
        "code": thing.code,
        "name": thing.name,
        "kind": thing.kind,
        "utcOffset": thing.utc_offset,
        "workingHours": thing.working_hours,
        "categories": thing.categories,
        "skills": thing.skills,
        "policies": thing.policies,
        "holidays": thing.holidays,
        "workdays": thing.workdays,
    }


def _unit(thing: Unit) -> dict[str, Any]:
    return {
        "code": thing.code,
        "name": thing.name,
        "community": thing.community,
        "resources": thing.resources,
        "since": thing.linked_on,
    }


def _grid(thing: Grid) -> dict[str, Any]:
    return {"code": thing.code, "name": thing.name, "community": thing.community}


def _member(thing: Member) -> dict[str, Any]:
    return {
        "community": thing.community,
        "unit": thing.unit,
        "number": thing.number,
        "name": thing.name,
        "grid": thing.grid,
        "standing": thing.standing,
        "skills": sorted(thing.skills),
        "phone": None,
        "aliasOf": thing.alias_of,
        "points": thing.points,
        "registeredAt": _time(thing.registered),
    }


def _pause(pause: Pause) -> dict[str, Any]:
    return {
        "change": pause.change,
        "kind": pause.kind,
        "at": _time(pause.at),
        "by": pause.by,
        "reason": pause.reason,
        "until": _time(pause.until),
    }


def _ticket(thing: Ticket) -> dict[str, Any]:
    return {
        "community": thing.community,
        "grid": thing.grid,
        "category": thing.category,
        "title": thing.title,
        "place": thing.place,
        "priority": thing.priority,
        "due": thing.due,
        "seats": thing.seats,
        "tags": sorted(thing.tags),
        "detail": thing.detail,
        "contact": thing.contact,
        "notes": [
            {
                "id": note.id,
                "kind": note.kind,
                "at": _time(note.at),
                "by": note.by,
                "text": note.text,
                "reason": note.reason,
            }
            for note in thing.notes
        ],
        "state": thing.state,
        "round": thing.round,
        "takers": [
            {"member": taker.member, "since": _time(taker.since), "change": taker.change}
            for taker in thing.takers
        ],
        "reserved": thing.reserved,
        "rating": thing.rating,
        "words": thing.words,
        "openedAt": _time(thing.opened),
        "opener": thing.opener,
        "doneAt": _time(thing.done),
        "closedAt": _time(thing.closed),
        "dueAt": _time(thing.due_at),
        "escalation": thing.escalation,
        "pause": None if thing.paused is None else _pause(thing.paused),
        "pauses": [_pause(one) for one in thing.pauses],
    }


def _service(thing: Service) -> dict[str, Any]:
    return {
        "community": thing.community,
        "grid": thing.grid,
        "member": thing.member,
        "ticket": thing.ticket,
        "activity": thing.activity,
        "category": thing.category,
        "start": _time(thing.start),
        "end": _time(thing.end),
        "onDuty": thing.on_duty,
        "state": thing.state,
        "summary": thing.summary,
        "place": thing.place,
        "by": thing.by,
        "recordedAt": _time(thing.deed),
        "reason": thing.reason,
    }


def _post(thing: Post) -> dict[str, Any]:
    return {
        "community": thing.community,
        "grid": thing.grid,
        "code": thing.code,
        "name": thing.name,
        "seats": thing.seats,
        "skills": thing.skills,
        "from": thing.starts_on,
        "until": thing.ends_on,
        "holders": _holders(thing.holders),
    }


def _holders(holders: list[Holder]) -> list[dict[str, Any]]:
    return [
        {
            "member": one.member,
            "since": _time(one.since),
            "until": _time(one.until),
            "term": one.term,
            "change": one.change,
        }
        for one in holders
    ]


def _team(thing: Team) -> dict[str, Any]:
    return {
        "community": thing.community,
        "code": thing.code,
        "name": thing.name,
        "theme": thing.theme,
        "members": _holders(thing.holders),
        "points": thing.points,
    }


def _activity(thing: Activity) -> dict[str, Any]:
    return {
        "community": thing.community,
        "grid": thing.grid,
        "team": thing.team,
        "title": thing.title,
        "category": thing.category,
        "place": thing.place,
        "start": _time(thing.start),
        "end": _time(thing.end),
        "onDuty": thing.on_duty,
        "members": [
            {"member": taker.member, "since": _time(taker.since), "change": taker.change}
            for taker in thing.members
        ],
        "sameAs": thing.same_as,
        "openedAt": _time(thing.opened),
        "opener": thing.opener,
    }


def _duty(thing: Duty) -> dict[str, Any]:
    return {
        "community": thing.community,
        "unit": thing.unit,
        "kind": thing.kind,
        "period": thing.period,
        "on": thing.on,
        "topic": thing.topic,
        "state": thing.state,
        "by": thing.by,
        "recordedAt": _time(thing.deed),
        "reason": thing.reason,
    }


def _reward(thing: Reward) -> dict[str, Any]:
    return {
        "community": thing.community,
        "code": thing.code,
        "name": thing.name,
        "points": thing.points,
        "stock": thing.stock,
        "given": thing.given,
        "from": thing.starts_on,
        "until": thing.ends_on,
    }


def _adjustment(thing: Adjustment) -> dict[str, Any]:
    return {
        "community": thing.community,
        "grid": thing.grid,
        "member": thing.member,
        "points": thing.points,
        "reason": thing.reason,
        "state": thing.state,
        "by": thing.by,
        "at": _time(thing.at),
        "decidedAt": _time(thing.decided),
        "decider": thing.decider,
        "why": thing.why,
    }


def _whistle(thing: Whistle) -> dict[str, Any]:
    return {
        "community": thing.community,
        "ticket": thing.ticket,
        "round": thing.round,
        "lead": thing.lead,
        "deadline": _time(thing.deadline),
        "state": thing.state,
        "whistle": thing.whistle,
        "calls": [
            {
                "unit": call.unit,
                "answer": call.answer,
                "part": call.part,
                "at": _time(call.at),
                "by": call.by,
                "answered": _time(call.answered),
                "late": call.late,
                "overdue": call.overdue,
            }
            for call in thing.calls
        ],
        "meetings": [
            {
                "id": one.id,
                "met": _time(one.met),
                "present": one.present,
                "record": one.record,
                "at": _time(one.at),
                "by": one.by,
            }
            for one in thing.meetings
        ],
        "blownAt": _time(thing.blown),
        "blower": thing.blower,
    }


def _evaluation(thing: Evaluation) -> dict[str, Any]:
    return {
        "community": thing.community,
        "member": thing.member,
        "grid": thing.grid,
        "period": thing.period,
        "grade": thing.grade,
        "words": None,
        "state": thing.state,
        "by": thing.by,
        "decidedAt": _time(thing.decided),
        "closedAt": _time(thing.closed),
    }


BODIES: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "community": _community,
    "unit": _unit,
    "grid": _grid,
    "member": _member,
    "ticket": _ticket,
    "service": _service,
    "post": _post,
    "team": _team,
    "activity": _activity,
    "duty": _duty,
    "reward": _reward,
    "whistle": _whistle,
    "evaluation": _evaluation,
    "adjustment": _adjustment,
}


def _audience(collection: str, thing: Any) -> tuple[str, str]:
    """The community a document belongs to, and who carries it: a grid's tablets, or a community's."""
    if collection == "community":
        return thing.id, f"community:{thing.id}"
    if collection in {"ticket", "service", "adjustment"} and thing.grid is not None:
        return thing.community, f"grid:{thing.grid}"
    return thing.community, f"community:{thing.community}"


def document(collection: str, thing: Thing, rev: int) -> Doc:
    """The document of a thing as it stands."""
    community, audience = _audience(collection, thing)
    private, grid = None, None
    if isinstance(thing, Member) and thing.phone is not None:
        private, grid = {"phone": thing.phone}, thing.grid
    if isinstance(thing, Evaluation) and thing.words is not None:
        private, grid = {"words": thing.words}, thing.grid
    body = {"id": thing.id, **BODIES[collection](thing)}
    return Doc(collection, thing.id, rev, community, audience, body, private, grid)


def verdict_id(device: str, seq: int) -> str:
    return f"{device}:{seq}"


def verdict(outcome: Outcome, rev: int, community: str = "") -> Doc:
    """What the author of a change hears."""
    body = {
        "id": verdict_id(outcome.device, outcome.seq),
        "change": outcome.change,
        "seq": outcome.seq,
        "outcome": outcome.outcome.value,
        "code": outcome.code,
        "rule": outcome.rule,
        "sentence": outcome.sentence,
        "stands": to_builtins(outcome.stands),
    }
    return Doc("verdict", cast(str, body["id"]), rev, community, f"device:{outcome.device}", body)


def documents(settled: Settled, first_rev: int) -> list[Doc]:
    """What a settlement puts into the feed, in order, each with its rev; and every written thing gets its rev."""
    docs: list[Doc] = []
    for collection in COLLECTIONS[:-1]:
        for _, thing in sorted(settled.written.get(collection, {}).items()):
            thing.rev = first_rev + len(docs)
            docs.append(document(collection, thing, thing.rev))
    for collection, things in settled.written.items():
        if collection not in BODIES:
            for thing in things.values():
                thing.rev = first_rev
    told = sorted(settled.outcomes, key=lambda outcome: (outcome.device, outcome.seq))
    docs += [verdict(outcome, first_rev + index) for index, outcome in enumerate(told, len(docs))]
    return docs
