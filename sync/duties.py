"""Deciding about the four ones (四个一): one record counts for a unit, community, kind and period; further ones are kept.

Which one counts is `first`: the earliest deed, and never another once it was confirmed. What was recorded by
mistake is voided with a reason, and the next of its period counts.
"""

from typing import Final, cast

from msgspec import UNSET

from sync import merge
from sync.clock import Deed, is_close_call
from sync.kinds.kind import Office
from sync.reach import OUT_OF_SCOPE, Decide, Named, there
from sync.rules.duties import period_of
from sync.shapes import format_time, parse_time
from sync.state import Accepted
from sync.things import PENDING, Candidate, Community, Conflict, Duty, DutyPeriod, Unit
from sync.work import APPLIED, Decision, Work, derived_id

WIDEST_MS: Final = 14 * 3_600_000
"""How far a local day may be from that of Greenwich."""


def slot_of(unit: str, community: str, kind: str, period: str) -> str:
    """The id under which is kept which record counts."""
    return derived_id("duty", unit, community, kind, period)


def slots_around(accepted: Accepted) -> set[str]:
    """The slots that a duty.record may be about, by whichever local time."""
    data, deed = accepted.change.data, accepted.deed
    moments = (deed - WIDEST_MS, deed, deed + WIDEST_MS)
    days = {format_time(at)[:10] for at in moments} if data.on is UNSET else {data.on}
    return {slot_of(data.unit, data.community, data.kind, period_of(data.kind, day).code) for day in days}


def record(work: Work, accepted: Accepted) -> Decision:
    """duty.record: kept in any case; whoever comes later hears who had done it and when."""
    change, data = accepted.change, accepted.change.data
    if work.get(Duty, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    community = there(accepted, work.get(Community, data.community), Named("community", data.community))
    there(accepted, work.get(Unit, data.unit), Named("unit", data.unit))
    if not work.may_reach(accepted, community.id):
        return OUT_OF_SCOPE
    today = work.local_date(accepted.deed, community.id)
    on = today if data.on is UNSET else data.on
    if on > today:
        return Decision("DAY_TO_COME", "fixed", {"day": on})
    duty = Duty(
        id=change.entity,
        community=community.id,
        unit=data.unit,
        kind=data.kind,
        period=period_of(data.kind, on).code,
        on=on,
        topic=None if data.topic is UNSET else data.topic,
        by=change.by,
        at=parse_time(f"{on}T00:00:00.000Z") - community.utc_offset * 60_000,
        deed=accepted.deed,
        device=accepted.device,
        seq=accepted.seq,
        change=change.id,
        versions={"*": merge.version_of(accepted)},
    )
    return _count(work, accepted, duty)


def _count(work: Work, accepted: Accepted, duty: Duty) -> Decision:
    """The first of its period counts; a further one is kept beside it."""
    slot_id = slot_of(duty.unit, duty.community, duty.kind, duty.period)
    slot = work.known(DutyPeriod, slot_id) or DutyPeriod(slot_id, community=duty.community)
    standing = None if slot.counted is None else work.get(Duty, slot.counted)
    if standing is None:
        work.edit(slot).counted = duty.id
        work.add(duty)
        return APPLIED
    duty.state = "FURTHER"
    work.edit(slot).further = sorted({*slot.further, duty.id})
    work.add(duty)
    _contest(work, accepted, duty, standing)
    values = {
        "duty": duty.kind,
        "period": duty.period,
        "who": standing.versions["*"].office.name if standing.by is None else work.name_of(standing.by),
        "since": work.local_time(standing.deed, duty.community),
    }
    stands = {"duty": standing.id, "since": format_time(standing.deed), "change": standing.change}
    return Decision("DUTY_DONE", "first", values, stands)


def _contest(work: Work, accepted: Accepted, duty: Duty, standing: Duty) -> None:
    """One conflict for all that came after the one that counts; who had seen it makes no close call."""
    unseen = standing.versions["*"].rev == PENDING
    work.conflict(
        rule="first",
        thing="duty",
        entity=standing.id,
        field_name="state",
        community=duty.community,
        grid=None,
        standing=[_candidate(standing)],
        coming=work.candidate(accepted, duty.id),
        stands=standing.change,
        close_call=unseen and _is_close(accepted, work.accepted(standing.change)),
    )


def _is_close(one: Accepted, other: Accepted) -> bool:
    return is_close_call(Deed(one.deed, one.uncertainty_ms), Deed(other.deed, other.uncertainty_ms))


def _candidate(duty: Duty) -> Candidate:
    return Candidate(
        change=duty.change,
        device=duty.device,
        seq=duty.seq,
        kind="duty.record",
        by=duty.by,
        office=duty.versions["*"].office,
        deed=duty.deed,
        uncertainty_ms=None,
        value=duty.id,
    )


def void(work: Work, accepted: Accepted) -> Decision:
    """duty.void: by its author or a dispatcher; the reason is the earliest deed's, in whichever night it comes."""
    change = accepted.change
    duty = there(accepted, work.get(Duty, change.entity), Named("duty", change.entity))
    own = duty.device in {accepted.device, *accepted.renews}
    if not own and not work.may_reach(accepted, duty.community):
        return OUT_OF_SCOPE
    if accepted.office is Office.LIAISON and not own:
        return Decision("NOT_YOURS", "growing", {"thing": "duty"})
    if duty.state == "VOID" and accepted.order > merge.order_of(duty.versions["void"]):
        return Decision("VOIDED", "growing", {"thing": "duty"})
    if duty.state != "VOID":
        _take_out(work, accepted, duty)
    edited = work.edit(duty)
    edited.state, edited.reason = "VOID", change.data.reason
    edited.versions = {**edited.versions, "void": merge.version_of(accepted)}
    return APPLIED


def _take_out(work: Work, accepted: Accepted, duty: Duty) -> None:
    """Where it was the one that counts, the earliest of the others does from now on, and its author hears so."""
    slot = work.edit(_slot(work, accepted, duty))
    slot.further = [one for one in slot.further if one != duty.id]
    if slot.counted != duty.id:
        return
    others = [cast(Duty, work.get(Duty, one)) for one in slot.further]
    heir = min(others, key=lambda one: (one.deed, one.device, one.seq), default=None)
    slot.counted = None if heir is None else heir.id
    if heir is not None:
        slot.further = [one for one in slot.further if one != heir.id]
        edited = work.edit(heir)
        edited.state = "COUNTED"
        edited.versions = {**edited.versions, "state": merge.version_of(accepted)}
        values = {"duty": heir.kind, "period": heir.period}
        work.tell_again(_candidate(heir), heir.id, Decision("COUNTS_NOW", "first", values))


def _slot(work: Work, accepted: Accepted, duty: Duty) -> DutyPeriod:
    found = work.get(DutyPeriod, slot_of(duty.unit, duty.community, duty.kind, duty.period))
    return there(accepted, found, Named("duty", duty.id))


def rule(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling: the chosen record counts, or none of them; all are kept."""
    duty = there(accepted, work.get(Duty, conflict.entity), Named("duty", conflict.entity))
    counts = None if chosen is None else chosen.value
    if counts is not None and cast(Duty, work.get(Duty, counts)).state == "VOID":
        return Decision("VOIDED", "growing", {"thing": "duty"})
    slot = work.edit(_slot(work, accepted, duty))
    named = {candidate.value for candidate in conflict.candidates} | ({slot.counted} if counts else set())
    live = [cast(Duty, work.get(Duty, one)) for one in sorted(one for one in named if one is not None)]
    rivals = {one.id for one in live if one.state != "VOID"}
    for duty_id in sorted(rivals):
        edited = work.edit(cast(Duty, work.get(Duty, duty_id)))
        edited.state = "COUNTED" if duty_id == counts else "FURTHER"
        edited.versions = {**edited.versions, "state": merge.version_of(accepted)}
    if counts is not None or slot.counted in rivals:
        slot.counted = counts
    slot.further = sorted({*slot.further, *rivals} - {slot.counted})
    return APPLIED


DECIDERS: Final[dict[str, Decide]] = {"duty.record": record, "duty.void": void}
