"""What residents give: one rating per taker and round of a ticket, a source of points like a service.

Whoever closes a ticket may write down what the resident said. The resident's own word, by a one-time code on
paper, stands over that, whichever came first; it counts from when the work is done. A rating that a ruling
took back has no stars and so is due nothing; it is not removed.
"""

from collections.abc import Iterable
from typing import Any, Final

from sync import merge
from sync.editing import given
from sync.state import Accepted, Day
from sync.things import Rating, Ticket, Version
from sync.work import APPLIED, Decision, Work, derived_id, standing_candidate

RATING: Final = "rating"
OWN: Final = frozenset({"ticket.rate", "conflict.rule"})
"""Who wrote the rating that stands: the resident, or a person who ruled on it. Nobody else's displaces it."""

DONE: Final = frozenset({"DONE", "CLOSED"})


def rating_of(ticket: str, round_number: int, member: str) -> str:
    """The id of what a taker was given for this round of a ticket."""
    return derived_id("rating", ticket, round_number, member)


def own(ticket: Ticket) -> Version | None:
    """Who wrote the rating of this round, where that was the resident or a ruling."""
    version = ticket.versions.get(RATING)
    return version if version is not None and version.kind in OWN else None


def rate(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """Put the resident's own rating in place of one that somebody wrote down; a second one is too late."""
    standing = own(ticket)
    if standing is not None:
        since = work.local_time(standing.deed, ticket.community)
        return Decision("RATED_BEFORE", "resident", {"since": since}, {"rating": ticket.rating})
    if ticket.rating is not None:
        closing = ticket.versions["state"]
        _contest(work, accepted, ticket, closing, stands=accepted.change.id)
        if closing.kind == "ticket.close":
            stands = {"rating": accepted.change.data.rating, "change": accepted.change.id}
            told = Decision("RATED_BY_RESIDENT", "resident", {}, stands)
            work.tell_again(standing_candidate(closing), ticket.id, told)
    words = given(accepted.change.private, "words").get("words")
    if not merge.seen(accepted, ticket.versions.get("words")):
        words = None
        work.erase_change(accepted, "words")
    ticket.rating, ticket.words = accepted.change.data.rating, words
    ticket.versions = {**ticket.versions, RATING: merge.version_of(accepted)}
    give(work, accepted, ticket)
    return APPLIED


def close(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """Write down what the resident is said to have given at the closing; their own word stands over it."""
    said = {**given(accepted.change.data, RATING), **given(accepted.change.private, "words")}
    standing = own(ticket)
    if standing is None:
        for name, value in said.items():
            setattr(ticket, name, value)
    give(work, accepted, ticket)
    if standing is None or RATING not in said or said[RATING] == ticket.rating:
        return APPLIED
    _contest(work, accepted, ticket, standing, stands=standing.change)
    stands = {"rating": ticket.rating, "change": standing.change}
    return Decision("RATED_BY_RESIDENT", "resident", {}, stands)


def _contest(work: Work, accepted: Accepted, ticket: Ticket, standing: Version, *, stands: str) -> None:
    work.conflict(
        rule="resident",
        thing="ticket",
        entity=ticket.id,
        field_name=RATING,
        round_number=ticket.round,
        community=ticket.community,
        grid=ticket.grid,
        standing=[standing_candidate(standing, ticket.rating)],
        coming=work.candidate(accepted, accepted.change.data.rating),
        stands=stands,
        before=ticket.rating,
    )


def rule(work: Work, accepted: Accepted, ticket: Ticket, rating: int | None, words: Any) -> None:
    """What a person ruled stands, and none where they ruled so."""
    ticket.rating, ticket.words = rating, words
    ticket.versions = {**ticket.versions, RATING: merge.version_of(accepted)}
    give(work, accepted, ticket)


def give(work: Work, accepted: Accepted, ticket: Ticket) -> None:
    """Give each taker what the ticket says; whoever had a rating of this round has this one instead.

    What was written down at a closing counts while the ticket is closed, the resident's own from when it is done.
    """
    version = own(ticket)
    counts = ticket.state in DONE if version is not None else ticket.state == "CLOSED"
    stars = (ticket.rating or 0) if counts else 0
    at = (ticket.closed or accepted.deed) if version is None else version.deed
    for taker in ticket.takers:
        rating_id = rating_of(ticket.id, ticket.round, taker.member)
        found = work.known(Rating, rating_id)
        if found is not None:
            work.edit(found).stars = stars
            work.days.add(Day(found.member, found.day))
        elif stars:
            work.add(
                Rating(
                    id=rating_id,
                    community=ticket.community,
                    member=taker.member,
                    ticket=ticket.id,
                    round=ticket.round,
                    category=ticket.category,
                    stars=stars,
                    day=work.local_day(at, ticket.community),
                    at=at,
                )
            )


def reseated(work: Work, accepted: Accepted, ticket: Ticket, left: Iterable[str]) -> None:
    """A person ruled who sat: what the round was given is theirs, and of those whose seat was given back nobody's."""
    seated = {taker.member for taker in ticket.takers}
    for member in left:
        found = work.known(Rating, rating_of(ticket.id, ticket.round, member))
        if found is not None and member not in seated:
            work.edit(found).stars = 0
            work.days.add(Day(found.member, found.day))
    give(work, accepted, ticket)


def ruled(work: Work, accepted: Accepted, ticket: Ticket) -> None:
    """A ticket whose state was ruled: what was written down at a closing that did not stand was not given."""
    if ticket.state != "CLOSED" and own(ticket) is None:
        ticket.rating = ticket.words = None
    give(work, accepted, ticket)
