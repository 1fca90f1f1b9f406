"""Deciding about manual credits and debits: one person proposes, a second one confirms, and only then it counts.

Whichever decision comes first stands, and whoever decides after it hears who had decided, and when. What was
confirmed is never taken back: the opposite is proposed, and confirmed by a second person, too.
"""

from typing import Any, Final, cast

from sync import merge
from sync.kinds.kind import Office
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, carried_by, member_reached, there
from sync.shapes import format_time
from sync.spending import available, post
from sync.state import Accepted
from sync.things import Adjustment, Candidate, Member
from sync.work import APPLIED, Decision, Work


def propose(work: Work, accepted: Accepted) -> Decision:
    """points.adjust: provisional, and of no effect, until a second person has confirmed it."""
    change, data = accepted.change, accepted.change.data
    if work.get(Adjustment, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    root = member_reached(work, accepted, data.member)
    work.add(
        Adjustment(
            id=change.entity,
            community=root.community,
            grid=carried_by(accepted, root),
            member=data.member,
            points=data.points,
            reason=data.reason,
            author=accepted.author,
            by=change.by,
            at=accepted.deed,
            device=accepted.device,
            seq=accepted.seq,
            change=change.id,
            versions={"*": merge.version_of(accepted)},
        )
    )
    return Decision("SECOND_PERSON", "second")


def confirm(work: Work, accepted: Accepted) -> Decision:
    """points.confirm: by a second person of a desk; a debit no more than there is."""
    adjustment = _reached(work, accepted)
    if adjustment.state != "PROPOSED":
        who, since, stands = _decided(work, adjustment)
        code = "CONFIRMED_BEFORE" if adjustment.state == "CONFIRMED" else "WITHDRAWN_FIRST"
        return Decision(code, "second", {"who": who, "since": since}, stands)
    root = cast(Member, work.root(adjustment.member))
    if _is_same_person(work, accepted, adjustment):
        return Decision("SAME_PERSON", "second")
    if _is(work, accepted.change.by, root):
        return Decision("OWN_POINTS", "second")
    held = available(work, root, accepted.deed)
    if held + adjustment.points < 0 and adjustment.points < 0:
        return Decision("SHORT", "balance", {"balance": str(held)}, {"balance": held})
    edited = _decide(work, accepted, adjustment, "CONFIRMED")
    post(work, "CREDITED" if edited.points > 0 else "DEBITED", edited, edited.points, accepted.deed)
    who, since, stands = _decided(work, edited)
    told = Decision("CONFIRMED", "second", {"who": who, "since": since}, stands)
    work.tell_again(_candidate(edited), edited.id, told)
    return APPLIED


def withdraw(work: Work, accepted: Accepted) -> Decision:
    """points.withdraw: by its author or a desk, while nobody has confirmed it."""
    adjustment, reason = _reached(work, accepted), accepted.change.data.reason
    own = adjustment.device in {accepted.device, *accepted.renews}
    if accepted.office is Office.LIAISON and not own:
        return Decision("NOT_YOURS", "second", {"thing": "adjustment"})
    if adjustment.state != "PROPOSED":
        who, since, stands = _decided(work, adjustment)
        code = "CONFIRMED_FIRST" if adjustment.state == "CONFIRMED" else "WITHDRAWN_BEFORE"
        return Decision(code, "second", {"who": who, "since": since}, stands)
    edited = _decide(work, accepted, adjustment, "WITHDRAWN")
    edited.why = reason
    if accepted.office is not Office.LIAISON:
        who, since, stands = _decided(work, edited)
        values = {"who": who, "since": since, "reason": reason}
        work.tell_again(_candidate(edited), edited.id, Decision("WITHDRAWN", "second", values, stands))
    return APPLIED


def _reached(work: Work, accepted: Accepted) -> Adjustment:
    entity = accepted.change.entity
    adjustment = there(accepted, work.get(Adjustment, entity), Named("adjustment", entity))
    own = adjustment.device in {accepted.device, *accepted.renews}
    if not own and not work.may_reach(accepted, adjustment.community):
        raise Missing(OUT_OF_SCOPE)
    return adjustment


def _is_same_person(work: Work, accepted: Accepted, adjustment: Adjustment) -> bool:
    """Who shows the same token is the same person; and so is who is named for both."""
    if accepted.author == adjustment.author:
        return True
    return adjustment.by is not None and _is(work, accepted.change.by, work.root(adjustment.by))


def _is(work: Work, member: str | None, other: Member | None) -> bool:
    root = None if member is None else work.root(member)
    return root is not None and other is not None and root.id == other.id


def _decide(work: Work, accepted: Accepted, adjustment: Adjustment, state: str) -> Adjustment:
    edited = work.edit(adjustment)
    edited.state, edited.decided, edited.decider = state, accepted.deed, accepted.change.by
    edited.versions = {**edited.versions, "state": merge.version_of(accepted)}
    return edited


def _decided(work: Work, adjustment: Adjustment) -> tuple[str, str, dict[str, Any]]:
    """Who decided, when, and what stands."""
    version, decided = adjustment.versions["state"], cast(int, adjustment.decided)
    who = version.office.name if adjustment.decider is None else work.name_of(adjustment.decider)
    stands = {"state": adjustment.state, "since": format_time(decided), "change": version.change}
    return who, work.local_time(decided, adjustment.community), stands


def _candidate(adjustment: Adjustment) -> Candidate:
    return Candidate(
        change=adjustment.change,
        device=adjustment.device,
        seq=adjustment.seq,
        kind="points.adjust",
        by=adjustment.by,
        office=adjustment.versions["*"].office,
        deed=adjustment.at,
        uncertainty_ms=None,
    )


DECIDERS: Final[dict[str, Decide]] = {
    "points.adjust": propose,
    "points.confirm": confirm,
    "points.withdraw": withdraw,
}
