"""Places that members hold for a time: who holds one, from when one is free, and what came later than a deed.

Nothing is removed: who has left, or whose term is over, stays with the time they held it.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from sync import merge
from sync.state import Accepted
from sync.things import PENDING, Candidate, Holder, Post, Team
from sync.work import APPLIED, Decision, Work


def sitting(holders: Sequence[Holder], day: str) -> list[Holder]:
    """Who holds a place on this local day, or has taken one since; those who left do not."""
    return [one for one in holders if one.until is None and (one.term is None or day <= one.term)]


def _is(work: Work, holder: Holder, root_id: str) -> bool:
    root = work.root(holder.member)
    return root is not None and root.id == root_id


def holder_of(work: Work, thing: Post | Team, root_id: str, at: int) -> Holder | None:
    """The place that a member holds, under whichever of their ids it was taken."""
    held = sitting(thing.holders, work.local_date(at, thing.community))
    return next((one for one in held if _is(work, one, root_id)), None)


def has_left_since(work: Work, thing: Post | Team, root_id: str, at: int) -> bool:
    """Whether the member gave a place up later than this moment."""
    return any(one.until is not None and one.until > at and _is(work, one, root_id) for one in thing.holders)


def free_from(holders: Sequence[Holder], seats: int, day: str, at: int) -> int:
    """From when on a place is free that is free now: not before those who left had left it."""
    stay = len(sitting(holders, day))
    left = sorted(one.until for one in holders if one.until is not None and one.until > at)
    taken = stay + len(left) - seats + 1
    return at if taken <= 0 else left[taken - 1]


def seated(candidate: Candidate, since: int, term: str | None) -> Holder:
    """A place for whom a claim names."""
    return Holder(
        member=candidate.member or "",
        change=candidate.change,
        device=candidate.device,
        seq=candidate.seq,
        since=since,
        uncertainty_ms=candidate.uncertainty_ms,
        rev=PENDING,
        kind=candidate.kind,
        by=candidate.by,
        office=candidate.office,
        term=term,
    )


def set_holders(work: Work, accepted: Accepted, thing: Post | Team, holders: list[Holder]) -> None:
    edited = work.edit(thing)
    edited.holders = holders
    edited.versions = {**edited.versions, "holders": merge.version_of(accepted)}


def without(holders: list[Holder], changes: set[str], at: int) -> list[Holder]:
    """The holders, where those who came by these changes have left by now."""
    return [replace(one, until=at) if one.change in changes and one.until is None else one for one in holders]


def leave(work: Work, accepted: Accepted, thing: Post | Team, root_id: str, nowhere: Decision) -> Decision:
    """Whoever holds a place gives it up; what is known of them at a later time stands. `nowhere`: they hold none."""
    held = holder_of(work, thing, root_id, accepted.deed)
    later = held is not None and held.since > accepted.deed
    if later or (held is None and has_left_since(work, thing, root_id, accepted.deed)):
        return Decision("LATER_STANDS", "first")
    if held is None:
        return nowhere
    set_holders(work, accepted, thing, without(thing.holders, {held.change}, accepted.deed))
    return APPLIED
