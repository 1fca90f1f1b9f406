"""What residents give when a ticket is closed: one rating per taker and round, a source of points like a service.

A rating that a ruling took back has no stars and so is due nothing; it is not removed.
"""

from sync.state import Accepted, Day
from sync.things import Rating, Ticket
from sync.work import Work, derived_id


def rating_of(ticket: str, round_number: int, member: str) -> str:
    """The id of what a taker was given when this round of a ticket was closed."""
    return derived_id("rating", ticket, round_number, member)


def give(work: Work, accepted: Accepted, ticket: Ticket) -> None:
    """Give each taker what the ticket says; whoever had a rating of this round has this one instead."""
    for taker in ticket.takers:
        rating_id = rating_of(ticket.id, ticket.round, taker.member)
        found = work.known(Rating, rating_id)
        if found is not None:
            _set_stars(work, found, ticket.rating or 0)
        elif ticket.rating is not None:
            work.add(
                Rating(
                    id=rating_id,
                    community=ticket.community,
                    member=taker.member,
                    ticket=ticket.id,
                    round=ticket.round,
                    category=ticket.category,
                    stars=ticket.rating,
                    day=work.local_day(accepted.deed, ticket.community),
                    at=accepted.deed,
                )
            )


def take_back(work: Work, ticket: Ticket) -> None:
    """A ticket that is ruled not to be closed was not rated."""
    ticket.rating = ticket.words = None
    for taker in ticket.takers:
        found = work.known(Rating, rating_of(ticket.id, ticket.round, taker.member))
        if found is not None:
            _set_stars(work, found, 0)


def _set_stars(work: Work, rating: Rating, stars: int) -> None:
    work.edit(rating).stars = stars
    work.days.add(Day(rating.member, rating.day))
