"""Deciding about teams: who is in one, and since when (先锋队, 志愿服务队). Their points come from their activities."""

from typing import Final

from sync import holding
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, member_reached, there
from sync.state import Accepted
from sync.things import Team
from sync.work import APPLIED, Decision, Work


def join(work: Work, accepted: Accepted) -> Decision:
    """team.join: once per member; what is known of them at a later time stands."""
    team = _reached(work, accepted)
    member = member_reached(work, accepted, accepted.change.data.member)
    if holding.holder_of(work, team, member.id, accepted.deed) is not None:
        return Decision("IN_TEAM", "latest")
    if holding.has_left_since(work, team, member.id, accepted.deed):
        return Decision("LATER_STANDS", "latest")
    claim = work.candidate(accepted, member=accepted.change.data.member)
    place = holding.seated(claim, accepted.deed, None)
    holding.set_holders(work, accepted, team, [*team.holders, place])
    return APPLIED


def leave(work: Work, accepted: Accepted) -> Decision:
    """team.leave: from then on; the time in the team stays on record."""
    team = _reached(work, accepted)
    member = member_reached(work, accepted, accepted.change.data.member)
    return holding.leave(work, accepted, team, member.id, Decision("NOT_IN_TEAM", "latest"))


def _reached(work: Work, accepted: Accepted) -> Team:
    entity = accepted.change.entity
    team = there(accepted, work.get(Team, entity), Named("team", entity))
    if not work.may_reach(accepted, team.community):
        raise Missing(OUT_OF_SCOPE)
    return team


DECIDERS: Final[dict[str, Decide]] = {"team.join": join, "team.leave": leave}
