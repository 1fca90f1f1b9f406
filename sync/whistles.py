"""Deciding about whistles: departments are called to one ticket, each answers by its own clock (吹哨).

One whistle stands for a ticket's round: who blows another joins it. Where nobody comes in time, the district is called.
"""

from typing import Any, Final, cast

from msgspec import UNSET
from msgspec.structs import replace

from sync import merge
from sync.kinds.kind import Office
from sync.merge import Stand
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, there, ticket_reached
from sync.shapes import parse_time
from sync.state import Accepted
from sync.things import PENDING, Call, Candidate, Conflict, Meeting, Ticket, Unit, Whistle
from sync.work import APPLIED, Decision, Work, standing_candidate

OVER: Final = frozenset({"DONE", "CLOSED", "CANCELLED"})
"""States of a ticket in which nobody is called any more."""

ANSWER: Final = "answer:"
"""Before a department's id: the name of its answer among the whistle's versions and conflicts."""


def blow(work: Work, accepted: Accepted) -> Decision:
    """whistle.blow: calls the lead and the named departments; a second one for the same round joins the first."""
    change, data = accepted.change, accepted.change.data
    if work.get(Whistle, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    ticket = ticket_reached(work, accepted, data.ticket)
    called = [
        _department(work, accepted, ticket.community, unit)
        for unit in dict.fromkeys((data.lead, *data.departments))
    ]
    if ticket.state in {"CLOSED", "CANCELLED"}:
        return Decision("NOT_POSSIBLE", "lifecycle", {"state": ticket.state})
    whistle = Whistle(
        id=change.entity,
        community=ticket.community,
        ticket=ticket.id,
        round=ticket.round,
        lead=data.lead,
        deadline=parse_time(data.deadline),
        blown=accepted.deed,
        blower=change.by,
        versions={"*": merge.version_of(accepted)},
    )
    standing = None if ticket.whistle is None else work.get(Whistle, ticket.whistle)
    work.add(whistle)
    if standing is not None and standing.round == ticket.round and standing.state != "DONE":
        return _join(work, accepted, standing, whistle, called)
    whistle.calls = [Call(unit) for unit in called]
    work.edit(ticket).whistle = whistle.id
    return APPLIED


def _department(work: Work, accepted: Accepted, community: str, unit_id: str) -> str:
    unit = there(accepted, work.get(Unit, unit_id), Named("unit", unit_id))
    if unit.community != community:
        raise Missing(Decision("NOT_FOUND", None, {"thing": "unit"}))
    return unit.id


def _join(work: Work, accepted: Accepted, standing: Whistle, whistle: Whistle, called: list[str]) -> Decision:
    """Whom it names besides is called, too; who leads and until when was said by the first."""
    whistle.whistle, whistle.state = standing.id, "JOINED"
    known = {call.unit for call in standing.calls}
    edited = work.edit(standing)
    edited.calls = [*edited.calls, *(Call(unit) for unit in called if unit not in known)]
    edited.state, edited.rests = state_of(edited), False
    said = standing.versions.get("lead", standing.versions["*"])
    if whistle.lead != standing.lead:
        work.conflict(
            rule="first",
            thing="whistle",
            entity=standing.id,
            field_name="lead",
            community=standing.community,
            grid=None,
            standing=[standing_candidate(said, standing.lead)],
            coming=work.candidate(accepted, whistle.lead),
            stands=said.change,
            close_call=said.rev == PENDING and merge.is_close(accepted, work.accepted(said.change)),
        )
    since = work.local_time(standing.blown, standing.community)
    stands = {"whistle": standing.id, "lead": standing.lead, "change": said.change}
    return Decision("WHISTLED_TOGETHER", "first", {"since": since}, stands)


def answer(work: Work, accepted: Accepted) -> Decision:
    """whistle.answer: a department's last word stands; its clock stops at its first. A unit says its own."""
    whistle, data = _reached(work, accepted), accepted.change.data
    unit = None if data.department is UNSET else data.department
    if accepted.office is Office.UNIT and unit not in accepted.scope:
        return OUT_OF_SCOPE
    call = next((call for call in whistle.calls if call.unit == unit), None)
    if call is None:
        return Decision("NOT_CALLED", "latest")
    if unit is None and accepted.office is not Office.DISTRICT:
        return Decision("ABOVE_OFFICE", "latest")
    name = f"{ANSWER}{unit or 'district'}"
    said = {"answer": data.answer, "part": None if data.part is UNSET else data.part}
    _put(work, whistle, _heard(whistle, call, accepted.deed))
    standing = whistle.versions.get(name)
    stand = merge.latest(standing, accepted)
    if standing is not None and stand is not Stand.INFORMED and said != _said(call):
        _contest(work, accepted, whistle, call, said, stand)
        if not stand.stands:
            since = work.local_time(standing.deed, whistle.community)
            stands = {**_said(call), "change": standing.change}
            return Decision("LATER_DEED", "latest", {"field": "answer", "since": since}, stands)
    if stand.stands:
        heard = _heard(whistle, call, accepted.deed)
        _put(work, whistle, replace(heard, **said, at=accepted.deed, by=accepted.change.by))
        edited = work.edit(whistle)
        edited.versions = {**edited.versions, name: merge.version_of(accepted)}
    return APPLIED


def _said(call: Call) -> dict[str, Any]:
    return {"answer": call.answer, "part": call.part}


def _contest(
    work: Work, accepted: Accepted, whistle: Whistle, call: Call, said: dict[str, Any], stand: Stand
) -> None:
    """Both answers are kept; whoever's stood until now hears that a later one stands, or that theirs still does."""
    name = f"{ANSWER}{call.unit or 'district'}"
    standing = whistle.versions[name]
    work.conflict(
        rule="latest",
        thing="whistle",
        entity=whistle.id,
        field_name=name,
        community=whistle.community,
        grid=None,
        standing=[standing_candidate(standing, _said(call))],
        coming=work.candidate(accepted, said),
        stands=accepted.change.id if stand.stands else standing.change,
    )
    if stand.stands:
        since = work.local_time(accepted.deed, whistle.community)
        decision = Decision(
            "LATER_DEED",
            "latest",
            {"field": "answer", "since": since},
            {**said, "change": accepted.change.id},
        )
        work.tell_again(standing_candidate(standing), whistle.id, decision)
        return
    told = work.last_told(standing.change)
    if told is not None and told.code == "APPLIED":
        decision = Decision("STANDS", "latest", {"field": "answer"})
        work.tell_again(standing_candidate(standing), whistle.id, decision)


def _heard(whistle: Whistle, call: Call, deed: int) -> Call:
    """The call with its clock stopped at the earliest answer; who answered in time was never overdue."""
    answered = deed if call.answered is None else min(call.answered, deed)
    late = answered > whistle.deadline
    return replace(call, answered=answered, late=late, overdue=call.overdue and late)


def _put(work: Work, whistle: Whistle, call: Call) -> None:
    edited = work.edit(whistle)
    edited.calls = [call if other.unit == call.unit else other for other in edited.calls]
    edited.state = state_of(edited)


def meet(work: Work, accepted: Accepted) -> Decision:
    """whistle.meet: the record of a joint meeting; every record is kept."""
    whistle, change = _reached(work, accepted), accepted.change
    present = [
        _department(work, accepted, whistle.community, unit) for unit in dict.fromkeys(change.data.present)
    ]
    met = parse_time(change.data.met)
    meeting = Meeting(change.id, met, present, change.data.record, accepted.deed, change.by)
    edited = work.edit(whistle)
    edited.meetings = sorted([*edited.meetings, meeting], key=lambda one: (one.at, one.id))
    return APPLIED


def _reached(work: Work, accepted: Accepted) -> Whistle:
    """The whistle that stands for the one that is named, when it is of its author's communities."""
    entity = accepted.change.entity
    whistle = there(accepted, work.get(Whistle, entity), Named("whistle", entity))
    # A unit answers for itself alone, wherever it is called: whom it may answer for is asked of the answer.
    if accepted.office is not Office.UNIT and not work.may_reach(accepted, whistle.community):
        raise Missing(OUT_OF_SCOPE)
    return whistle if whistle.whistle is None else cast(Whistle, work.get(Whistle, whistle.whistle))


# What follows from the answers, and from the clock


def state_of(whistle: Whistle) -> str:
    """CALLED until all have answered; OVERDUE, ESCALATED to the district, ANSWERED; DONE when every part is."""
    departments = [call for call in whistle.calls if call.unit is not None]
    answers = {call.answer for call in whistle.calls if call.unit is not None or call.answer is not None}
    if "DONE" in answers and answers <= {"DONE", "DECLINED"}:
        return "DONE"
    if len(departments) < len(whistle.calls) and not comes(whistle):
        return "ESCALATED"
    if any(call.answer is None and call.overdue for call in departments):
        return "OVERDUE"
    return "CALLED" if None in answers else "ANSWERED"


def comes(whistle: Whistle) -> bool:
    """Whether any department takes a part, or has done it."""
    return any(call.unit is not None and call.answer in {"COMING", "DONE"} for call in whistle.calls)


def rings_at(whistle: Whistle) -> int | None:
    """After which moment a night has something to say of a whistle; None where it has not."""
    if whistle.whistle is not None or whistle.rests:
        return None
    waits = any(call.unit is not None and call.answer is None and not call.overdue for call in whistle.calls)
    alone = not comes(whistle) and all(call.unit is not None for call in whistle.calls)
    return whistle.deadline if waits or alone else None


def may_ring(whistle: Whistle, now: int) -> bool:
    """Whether its deadline is over by now for somebody; whether its ticket still needs them is not asked."""
    rings = rings_at(whistle)
    return rings is not None and rings < now


def ring(work: Work, whistle: Whistle) -> None:
    """Whoever has not answered by the deadline is overdue; where nobody comes, the district is called."""
    ticket = cast(Ticket, work.get(Ticket, whistle.ticket))
    edited = work.edit(whistle)
    if ticket.state in OVER or ticket.round != whistle.round:
        edited.rests = True
        return
    edited.calls = [
        replace(call, overdue=True) if call.unit is not None and call.answer is None else call
        for call in edited.calls
    ]
    if not comes(edited) and all(call.unit is not None for call in edited.calls):
        edited.calls = [*edited.calls, Call(None)]
    edited.state = state_of(edited)


def wake(work: Work, ticket: Ticket) -> None:
    """A ticket that a person ruled not to be over: its departments are waited for again."""
    whistle = None if ticket.whistle is None else work.get(Whistle, ticket.whistle)
    if whistle is not None and whistle.rests and ticket.state not in OVER:
        work.edit(whistle).rests = False


# Rulings


def rule_lead(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling on who leads; none: whoever does."""
    if chosen is not None:
        edited = work.edit(cast(Whistle, work.get(Whistle, conflict.entity)))
        edited.lead = chosen.value
        edited.versions = {**edited.versions, "lead": merge.version_of(accepted)}
    return APPLIED


def rule_answer(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling on what a department answered; none: it has not."""
    whistle = cast(Whistle, work.get(Whistle, conflict.entity))
    unit = conflict.field.removeprefix(ANSWER)
    call = next(call for call in whistle.calls if (call.unit or "district") == unit)
    said: dict[str, Any] = {"answer": None, "part": None} if chosen is None else chosen.value
    at, by = (None, None) if chosen is None else (chosen.deed, chosen.by)
    _put(work, whistle, replace(call, **said, at=at, by=by))
    edited = work.edit(whistle)
    edited.versions = {**edited.versions, conflict.field: merge.version_of(accepted)}
    return APPLIED


DECIDERS: Final[dict[str, Decide]] = {
    "whistle.blow": blow,
    "whistle.answer": answer,
    "whistle.meet": meet,
}
