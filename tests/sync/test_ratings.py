"""Ratings: one per taker and round, given at closing; a ruling may take them back and give them again."""

from typing import Any

from sync.ratings import rating_of
from sync.things import Rating
from tests.sync.hub import Hub, Tablet
from tests.sync.invariants import check
from tests.sync.test_seats import ticket
from tests.sync.world import DAY, M1, M2, OFFSET, T, when


def closed(rating: int | None, round_number: int = 1) -> tuple[Hub, Tablet]:
    hub, a, _ = ticket(seats=2)
    for turn in range(round_number):
        for member in (M1, M2):
            a.does("ticket.start", T, f"{turn}/08:00", member=member)
        a.does("ticket.finish", T, f"{turn}/09:00", member=M1)
        given: dict[str, Any] = {} if rating is None else {"rating": rating}
        a.does("ticket.close", T, f"{turn}/10:00", **given)
        a.push(f"{turn}/18:00")
        hub.night(f"{turn}/23:00")
        a.pull(f"{turn}/23:10")
        if turn + 1 < round_number:
            hub.desk("ticket.reopen", T, f"{turn}/23:20", reason="leaks again")
            a.pull(f"{turn}/23:30")
    check(hub)
    return hub, a


def found(hub: Hub, member: str, round_number: int = 1) -> Rating:
    rating = hub.memory.things["rating"][rating_of(T, round_number, member)]
    assert isinstance(rating, Rating)
    return rating


def test_each_taker_has_a_rating_on_the_local_day_of_the_closing() -> None:
    hub, _ = closed(5)
    for member in (M1, M2):
        rating = found(hub, member)
        assert (rating.stars, rating.category, rating.round) == (5, "parking", 1)
        assert rating.day == (when("10:00") + OFFSET) // DAY
        assert hub.member(member).points == 3


def test_a_closing_without_a_rating_gives_none() -> None:
    hub, _ = closed(None)
    assert "rating" not in hub.memory.things


def test_each_round_is_rated_by_itself() -> None:
    hub, _ = closed(4, round_number=2)
    assert (found(hub, M1, 1).stars, found(hub, M1, 2).stars) == (4, 4)
    assert hub.member(M1).points == 6


def test_a_rating_taken_back_has_no_stars_and_is_kept() -> None:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    late = b.does("ticket.close", T, "09:00", rating=5)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    conflict = hub.conflict(T, "state", 1)
    hub.desk("conflict.rule", conflict.id, "1/08:00", stands=late, reason="it was done")
    assert (found(hub, M1).stars, hub.member(M1).points) == (5, 3)
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=None, reason="it was not")
    assert (found(hub, M1).stars, hub.member(M1).points, hub.ticket(T).rating) == (0, 0, None)
