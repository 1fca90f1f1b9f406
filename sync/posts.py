"""Deciding about posts: who takes a seat, who leaves it, and what those hear who came too late (定岗领办).

A seat is held until it is left, or to the end of the term in which it was taken; it is never held twice.
"""

from typing import Final

from sync import holding, merge
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, member_reached, there
from sync.seats import contest_seats
from sync.shapes import format_time
from sync.state import Accepted
from sync.things import Candidate, Conflict, Holder, Post
from sync.work import APPLIED, Decision, Work


def take(work: Work, accepted: Accepted) -> Decision:
    """post.take: the earliest deed has the seat; who had it confirmed keeps it."""
    post = _reached(work, accepted)
    member = member_reached(work, accepted, accepted.change.data.member)
    day = work.local_date(accepted.deed, post.community)
    if day < post.starts_on or (post.ends_on is not None and day > post.ends_on):
        return Decision("OUT_OF_TERM", "first", {"term": f"{post.starts_on} – {post.ends_on or '…'}"})
    if holding.holder_of(work, post, member.id, accepted.deed) is not None:
        return Decision("ALREADY_HOLDER", "first")
    if holding.has_left_since(work, post, member.id, accepted.deed):
        return Decision("LATER_STANDS", "first")
    taken = holding.sitting(post.holders, day)
    if len(taken) >= post.seats:
        return _full(work, accepted, post, taken)
    since = holding.free_from(post.holders, post.seats, day, accepted.deed)
    claim = work.candidate(accepted, member=accepted.change.data.member)
    holding.set_holders(work, accepted, post, [*post.holders, holding.seated(claim, since, post.ends_on)])
    return APPLIED


def _full(work: Work, accepted: Accepted, post: Post, taken: list[Holder]) -> Decision:
    last = max(taken, key=lambda holder: (holder.since, holder.device, holder.seq))
    values = {"member": work.name_of(last.member), "since": work.local_time(last.since, post.community)}
    stands = {"member": last.member, "since": format_time(last.since), "change": last.change}
    if all(merge.has_seen(accepted, one.rev, one.device, one.seq) for one in taken):
        return Decision("POST_FULL", "first", values, stands)
    contest_seats(work, accepted, post, taken, last)
    return Decision("POST_TAKEN", "first", values, stands)


def leave(work: Work, accepted: Accepted) -> Decision:
    """post.leave: the seat is free from then on."""
    post = _reached(work, accepted)
    member = member_reached(work, accepted, accepted.change.data.member)
    return holding.leave(work, accepted, post, member.id, Decision("NOT_A_HOLDER", "first"))


def _reached(work: Work, accepted: Accepted) -> Post:
    """The post, when it is there and in its author's grids; who had not heard of its grid, in their community."""
    entity = accepted.change.entity
    post = there(accepted, work.get(Post, entity), Named("post", entity))
    known = merge.seen(accepted, post.versions["*"])
    if not work.may_reach(accepted, post.community, [post.grid] if known and post.grid else None):
        raise Missing(OUT_OF_SCOPE)
    return post


def rule(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling: the chosen one has a seat from now on, and where seats are short the rival who came last leaves."""
    post = there(accepted, work.get(Post, conflict.entity), Named("post", conflict.entity))
    rivals = {candidate.change for candidate in conflict.candidates}
    if chosen is None:
        holding.set_holders(work, accepted, post, holding.without(post.holders, rivals, accepted.deed))
        return APPLIED
    taken = holding.sitting(post.holders, work.local_date(accepted.deed, post.community))
    if any(holder.change == chosen.change for holder in taken):
        return APPLIED
    holders = post.holders
    if len(taken) >= post.seats:
        gives_way = [holder for holder in taken if holder.change in rivals] or taken
        last = max(gives_way, key=lambda holder: (holder.since, holder.device, holder.seq))
        holders = holding.without(holders, {last.change}, accepted.deed)
    holding.set_holders(work, accepted, post, [*holders, holding.seated(chosen, accepted.deed, post.ends_on)])
    return APPLIED


DECIDERS: Final[dict[str, Decide]] = {"post.take": take, "post.leave": leave}
