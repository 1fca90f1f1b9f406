"""Settlement: order a batch, apply the rules, give outcomes, conflicts, points and what is to be written.

Pure: the same state, batch and `now` give the same result to the byte. Within one settlement
nothing depends on the order or the cut of the uploads.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sync import (
    activities,
    adjusting,
    due,
    duties,
    evaluations,
    expiring,
    members,
    points,
    posts,
    recounting,
    register,
    rulings,
    services,
    spending,
    teams,
    tickets,
    timely,
    whistles,
)
from sync.changes import canonical, sha256_hex
from sync.finalising import finalise
from sync.gathering import Gathering
from sync.kinds import KINDS
from sync.reach import Decide, Missing
from sync.rules import VERSION
from sync.state import Accepted, Outcome, Result, Settled, State, Wanted
from sync.things import Thing
from sync.work import Decision, Work

__all__ = ["DECIDERS", "HELD_MS", "TIERS", "Crash", "decide", "finalise", "ordered", "settle", "wanted"]

HELD_MS: Final = 30 * 86_400_000

DECIDERS: Final[dict[str, Decide]] = {
    **register.DECIDERS,
    **members.DECIDERS,
    **tickets.DECIDERS,
    **services.DECIDERS,
    **posts.DECIDERS,
    **teams.DECIDERS,
    **activities.DECIDERS,
    **duties.DECIDERS,
    **evaluations.DECIDERS,
    **whistles.DECIDERS,
    **rulings.DECIDERS,
    **spending.DECIDERS,
    **adjusting.DECIDERS,
    **recounting.DECIDERS,
}

TIERS: Final[tuple[frozenset[str], ...]] = (
    frozenset({"community.put"}),
    frozenset({"unit.put", "grid.put", "pointRule.put", "pointExpiry.put"}),
    frozenset({"post.put", "team.put"}),
    frozenset({"activity.open", "reward.put"}),
    frozenset({"member.register"}),
    frozenset({"ticket.open"}),
    frozenset({"whistle.blow"}),
    frozenset({"service.record", "duty.record", "evaluation.submit", "points.adjust", "points.recount"}),
)
"""Changes that create are decided first, each tier before those that may name what it creates."""

LAST: Final = frozenset({"points.redeem", "points.confirm", "points.withdraw"})
"""What takes points or gives them otherwise than by earning: after all that was earned."""


def wanted(batch: Sequence[Accepted], state: State) -> Wanted:
    """What must still be loaded into `state` before `settle`; falsy when nothing is missing."""
    return Gathering(batch, state).all()


def ordered(batch: Sequence[Accepted]) -> list[Accepted]:
    """The order of deciding: creations by tier, then the rest, then what is spent and adjusted; each in deed order."""
    return sorted(batch, key=lambda accepted: (_tier(accepted.change.kind), accepted.order))


def _tier(kind: str) -> int:
    for index, kinds in enumerate(TIERS):
        if kind in kinds:
            return index
    return len(TIERS) + (kind in LAST)


def decide(work: Work, accepted: Accepted) -> Decision:
    """What becomes of one change, by its office, its kind's rule and what stands."""
    kind = KINDS[accepted.change.kind]
    if accepted.office not in kind.offices:
        return Decision("FORBIDDEN")
    try:
        return DECIDERS[kind.name](work, accepted)
    except Missing as missing:
        return missing.decision


class Crash(Exception):
    """Deciding one change failed: a defect. The night goes on without it when it is named in `crashed`."""

    def __init__(self, change: str, kind: str) -> None:
        super().__init__(f"deciding {kind} failed for change {change}")
        self.change = change
        self.kind = kind


def settle(
    state: State,
    batch: Sequence[Accepted],
    now: int,
    previous_digest: str,
    crashed: Mapping[str, str] = MappingProxyType({}),
) -> Settled:
    """Decide a batch on a state that was gathered until `wanted` was satisfied.

    The batch is what is unsettled and what has been held too long; held changes whose thing comes
    in this batch are taken from the state. `now` is the hub's clock in milliseconds. `crashed`
    (change id -> rule) are quarantined undecided. Raises `Crash` for a change whose rule fails.
    """
    coming = _once([*batch, *(one for held in state.held.values() for one in held)])
    order = ordered(coming)
    work = Work(state, coming, now, decide)
    first = [accepted for accepted in order if accepted.change.kind not in LAST]
    for accepted in first:
        _settle_one(work, accepted, crashed)
    for accepted in first:
        if _has_come(work, accepted):
            _settle_one(work, accepted, crashed)
    due.follow(work)
    if state.night is not None:
        timely.bring(work)
    points.post(work)
    recounting.post(work)
    expiring.bring(work)
    for accepted in order[len(first) :]:
        _settle_one(work, accepted, crashed)
    points.total(work)
    return _settled(work, order, previous_digest)


def _has_come(work: Work, accepted: Accepted) -> bool:
    """Whether the thing that a change waits for came after all, by a ruling."""
    waits = work.told[accepted.change.id].waits
    return waits is not None and any(waits in things for things in work.written.values())


def _once(batch: Sequence[Accepted]) -> list[Accepted]:
    return list({accepted.change.id: accepted for accepted in batch}.values())


def _settle_one(work: Work, accepted: Accepted, crashed: Mapping[str, str]) -> None:
    change = accepted.change
    if change.id in crashed:
        rule = crashed[change.id]
        work.tell(accepted, Decision("CRASHED", rule, {"rule": rule}))
        return
    try:
        decision = decide(work, accepted)
    except Exception as error:
        raise Crash(change.id, change.kind) from error
    if decision.outcome is Result.HELD and work.now - (accepted.held_since or work.now) >= HELD_MS:
        decision = _waited_too_long(work, accepted, decision)
    work.tell(accepted, decision)


def _waited_too_long(work: Work, accepted: Accepted, decision: Decision) -> Decision:
    change = accepted.change
    named = decision.values["thing"]
    known = {"thing": named, "id": decision.waits}
    communities = sorted(work.communities_of(accepted))
    work.conflict(
        rule="held",
        thing=KINDS[change.kind].thing,
        entity=change.entity,
        field_name=f"held:{change.id}",
        community=communities[0] if communities else "",
        grid=None,
        standing=[],
        coming=work.candidate(accepted, known),
        stands=None,
        review=True,
    )
    return Decision("WAITED_TOO_LONG", "held", {"thing": named}, known)


def _settled(work: Work, order: list[Accepted], previous_digest: str) -> Settled:
    told = dict(work.told)
    held_again = {
        accepted.change.id
        for accepted in order
        if accepted.waits is not None and told[accepted.change.id].waits == accepted.waits
    }
    changes = [accepted for accepted in order if accepted.change.id not in held_again]
    own = [told.pop(accepted.change.id) for accepted in changes]
    again = [
        told[change]
        for change in sorted(told)
        if change not in held_again and _is_news(told[change], work.state.outcomes.get(change))
    ]
    outcomes = own + again
    return Settled(
        now=work.now,
        version=VERSION,
        changes=changes,
        outcomes=outcomes,
        written=_written(work),
        entries=work.entries,
        erased=work.erased,
        counts=dict(sorted(Counter(outcome.outcome.value for outcome in own).items())),
        digest=chain(previous_digest, changes, outcomes),
    )


def _is_news(outcome: Outcome, before: Outcome | None) -> bool:
    """Whether an author is told anything that they have not heard."""
    return before is None or (outcome.code, outcome.sentence, outcome.stands) != (
        before.code,
        before.sentence,
        before.stands,
    )


def _written(work: Work) -> dict[str, dict[str, Thing]]:
    """What differs from the state, by collection and id, in order."""
    written: dict[str, dict[str, Thing]] = {}
    for collection in sorted(work.written):
        before = work.state.things.get(collection, {})
        changed = {
            thing_id: thing
            for thing_id, thing in sorted(work.written[collection].items())
            if thing != before.get(thing_id)
        }
        if changed:
            written[collection] = changed
    return written


def chain(previous: str, changes: list[Accepted], outcomes: list[Outcome]) -> str:
    """Chained over the changes and outcomes in order, so that neither can be altered or moved unseen."""
    lines = [previous]
    lines += [f"{a.change.id} {a.digest} {a.device} {a.seq} {a.deed} {a.uncertainty_ms}" for a in changes]
    lines += [
        canonical([o.change, o.outcome.value, o.code, o.rule, o.stands, o.waits]).decode() for o in outcomes
    ]
    return sha256_hex("\n".join(lines).encode())
