"""Deciding about evaluations (定期评价): one per member, period and community, the last word until its period closes.

A period closes a set number of days after its end (the community's policy). Whatever comes later, and what
is about a member who serves elsewhere now, waits for a person: it is neither lost nor applied.
"""

from typing import Any, Final, cast

from sync import merge
from sync.editing import given
from sync.kinds.district import Policies
from sync.merge import Stand
from sync.reach import OUT_OF_SCOPE, Decide, Named, member_named, there
from sync.rules.evaluations import ends_at, period_named
from sync.state import Accepted
from sync.things import Candidate, Community, Conflict, Evaluation, EvaluationPeriod, Member
from sync.work import APPLIED, DAY_MS, Decision, Work, derived_id, standing_candidate

GRADE: Final = "grade"
"""The field under which an evaluation's word is versioned and contested; its words go with it."""

SHORTEST_MS: Final = DAY_MS
"""No community closes a period sooner than a day after its end."""


def slot_of(member: str, community: str, period: str) -> str:
    """The id under which is kept which evaluation was given to a member's id in a period."""
    return derived_id("evaluation", member, community, period)


def closes_at(community: Community, ends: int) -> int:
    """When a period that is over at `ends` closes, by its community's policy as it is now."""
    days: int = community.policies.get("evaluationDays", Policies().evaluation_days)
    return ends + days * DAY_MS


def submit(work: Work, accepted: Accepted) -> Decision:
    """evaluation.submit: the last word on a member's period; whoever knows of none makes the first."""
    change, data = accepted.change, accepted.change.data
    community = there(accepted, work.get(Community, data.community), Named("community", data.community))
    member = member_named(work, accepted, data.member)
    if not work.may_reach(accepted, community.id):
        return OUT_OF_SCOPE
    first = period_named(data.period).first
    if work.local_date(accepted.deed, community.id) < first:
        return Decision("DAY_TO_COME", "fixed", {"day": first})
    evaluation = _standing(work, member, community.id, data.period)
    named = work.get(Evaluation, change.entity)
    if named is not None and (evaluation is None or named.id != evaluation.id):
        return Decision("OPENED_BEFORE")
    if evaluation is None:
        evaluation = _begun(work, accepted, community, member)
    if evaluation.closed is not None or work.now >= closes_at(community, evaluation.ends):
        closed = work.local_time(closes_at(community, evaluation.ends), community.id)
        _ask_a_person(work, accepted, evaluation)
        values = {"period": data.period, "since": closed}
        return Decision("AFTER_CLOSING", "closing", values, _stands(evaluation))
    if member.community != community.id:
        _ask_a_person(work, accepted, evaluation)
        return Decision("SERVES_ELSEWHERE", "closing", {}, _stands(evaluation))
    return _say(work, accepted, evaluation)


def _stands(evaluation: Evaluation) -> dict[str, Any]:
    return {"evaluation": evaluation.id, "grade": evaluation.grade}


def _standing(work: Work, member: Member, community: str, period: str) -> Evaluation | None:
    """The person's evaluation, under whichever of their ids it was given: the member's own, where two were."""
    for kin in work.family(member.id):
        slot = work.known(EvaluationPeriod, slot_of(kin, community, period))
        if slot is not None:
            return work.get(Evaluation, slot.evaluation)
    return None


def _begun(work: Work, accepted: Accepted, community: Community, member: Member) -> Evaluation:
    """A new evaluation, in which nothing stands yet."""
    data = accepted.change.data
    slot = EvaluationPeriod(
        slot_of(data.member, community.id, data.period),
        community=community.id,
        evaluation=accepted.change.entity,
    )
    work.add(slot)
    return work.add(
        Evaluation(
            id=accepted.change.entity,
            community=community.id,
            member=data.member,
            grid=member.grid,
            period=data.period,
            ends=ends_at(data.period, community.utc_offset),
        )
    )


def _ask_a_person(work: Work, accepted: Accepted, evaluation: Evaluation) -> None:
    """What stands goes on standing; a dispatcher says what is to stand."""
    version = evaluation.versions.get(GRADE)
    stands = None if version is None else version.change
    _contest(work, accepted, evaluation, rule="closing", stands=stands, review=True)


def _say(work: Work, accepted: Accepted, evaluation: Evaluation) -> Decision:
    """The later deed stands; the other is kept beside it, and its author hears of it."""
    said, words = accepted.change.data.grade, given(accepted.change.private, "words").get("words")
    version = evaluation.versions.get(GRADE)
    stand = merge.latest(version, accepted)
    same = said == evaluation.grade and words is None and evaluation.words is None
    contested = version is not None and stand is not Stand.INFORMED and not same
    if contested:
        _tell_both(work, accepted, evaluation, stand)
    if not stand.stands and contested and version is not None:
        since = work.local_time(version.deed, evaluation.community)
        stands = {**_stands(evaluation), "change": version.change}
        return Decision("LATER_DEED", "latest", {"field": GRADE, "since": since}, stands)
    if stand.stands:
        edited = work.edit(evaluation)
        edited.grade, edited.words = said, words
        edited.by, edited.decided = accepted.change.by, accepted.deed
        _written(work, accepted, edited)
    return Decision("STANDS", "latest", {"field": GRADE}) if contested else APPLIED


def _tell_both(work: Work, accepted: Accepted, evaluation: Evaluation, stand: Stand) -> None:
    version = evaluation.versions[GRADE]
    stands = accepted.change.id if stand.stands else version.change
    _contest(work, accepted, evaluation, rule="latest", stands=stands)
    standing = standing_candidate(version)
    if stand.stands:
        since = work.local_time(accepted.deed, evaluation.community)
        told = {
            "evaluation": evaluation.id,
            "grade": accepted.change.data.grade,
            "change": accepted.change.id,
        }
        decision = Decision("LATER_DEED", "latest", {"field": GRADE, "since": since}, told)
        work.tell_again(standing, evaluation.id, decision)
        return
    told_last = work.last_told(version.change)
    if told_last is not None and told_last.code == "APPLIED":
        work.tell_again(standing, evaluation.id, Decision("STANDS", "latest", {"field": GRADE}))


def _contest(
    work: Work,
    accepted: Accepted,
    evaluation: Evaluation,
    *,
    rule: str,
    stands: str | None,
    review: bool = False,
) -> None:
    version = evaluation.versions.get(GRADE)
    work.conflict(
        rule=rule,
        thing="evaluation",
        entity=evaluation.id,
        field_name=GRADE,
        community=evaluation.community,
        grid=evaluation.grid,
        standing=[] if version is None else [standing_candidate(version, evaluation.grade)],
        coming=work.candidate(accepted, accepted.change.data.grade),
        stands=stands,
        review=review,
    )


def _written(work: Work, accepted: Accepted, edited: Evaluation) -> None:
    edited.versions = {**edited.versions, GRADE: merge.version_of(accepted)}
    edited.state = state_of(edited, "OPEN")


def state_of(evaluation: Evaluation, nothing: str) -> str:
    """OPEN until its period closes, then CLOSED; `nothing` where no grade stands."""
    if evaluation.grade is None:
        return nothing
    return "OPEN" if evaluation.closed is None else "CLOSED"


# The closing


def may_close(evaluation: Evaluation, now: int) -> bool:
    """Whether its period may close by now; whether it does, its community's policy says."""
    given_and_open = evaluation.closed is None and evaluation.grade is not None
    return given_and_open and evaluation.ends + SHORTEST_MS <= now


def close(work: Work, evaluation: Evaluation) -> None:
    """The first night after the closing finds it: from then on the evaluation changes by a ruling alone."""
    at = closes_at(cast(Community, work.get(Community, evaluation.community)), evaluation.ends)
    if at <= work.now:
        edited = work.edit(evaluation)
        edited.closed, edited.state = at, "CLOSED"


# Rulings


def rule(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling: the chosen grade stands, with the words it came with; none: the member is not evaluated."""
    found = work.get(Evaluation, conflict.entity)
    edited = work.edit(there(accepted, found, Named("evaluation", conflict.entity)))
    edited.grade = edited.words = edited.by = edited.decided = None
    if chosen is not None:
        edited.grade, edited.words = chosen.value, _words(work, chosen)
        edited.by, edited.decided = chosen.by, chosen.deed
    if edited.grade is not None:
        at = closes_at(cast(Community, work.get(Community, edited.community)), edited.ends)
        edited.closed = at if edited.closed is None and at <= work.now else edited.closed
    edited.versions = {**edited.versions, GRADE: merge.version_of(accepted)}
    edited.state = state_of(edited, "SET_ASIDE")
    return APPLIED


def _words(work: Work, chosen: Candidate) -> Any:
    """The words are read from the change itself, so that what was erased stays erased; of a ruling, from what it chose."""
    change: str | None = chosen.change
    while change is not None:
        kept = work.accepted(change).change
        if kept.kind != "conflict.rule":
            return given(kept.private, "words").get("words")
        change = kept.data.stands
    return None


DECIDERS: Final[dict[str, Decide]] = {"evaluation.submit": submit}
