"""Services: always kept; twice the same earns once; overlapping or endless ones are looked at."""

import pytest

from sync.services import days_around
from tests.sync.hub import Hub, Tablet
from tests.sync.test_seats import ticket
from tests.sync.world import (
    DAY,
    G1,
    G2,
    G3,
    HOUR,
    LY,
    M1,
    M2,
    M4,
    M5,
    M6,
    OFFSET,
    S2,
    S3,
    T2,
    U1,
    S,
    T,
    ident,
    when,
)

NEW = ident("an order that moves")


def village() -> tuple[Hub, Tablet, Tablet]:
    hub, a, b = ticket()
    b.does("ticket.open", T2, "07:31", grid=G1, category="parking", title="u")
    b.sync("07:32")
    hub.night("07:33")
    a.pull("07:34")
    return hub, a, b


def test_the_same_service_on_two_tablets_earns_once() -> None:
    hub, a, b = village()
    first = a.serves(S, M1, "09:00", "10:00", ticket=T)
    second = b.serves(S2, M1, "09:30", "10:30", ticket=T)
    b.push("18:00")
    a.push("18:10")
    hub.night()
    assert (hub.service(S).state, hub.service(S2).state) == ("COUNTED", "DUPLICATE")
    verdict = hub.verdict(second)
    assert (verdict.outcome, verdict.code, verdict.stands) == ("DUPLICATE", "SAME_SERVICE", {"service": S})
    assert hub.code(first) == "APPLIED"
    assert hub.member(M1).points == 2
    conflict = hub.conflict(S2, "time")
    assert (conflict.rule, conflict.state, conflict.stands) == ("duplicate", "SETTLED", first)


def test_a_service_that_arrives_late_is_the_duplicate_of_a_confirmed_one() -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00", ticket=T)
    b.serves(S2, M1, "09:30", "10:30", ticket=T)
    b.push("18:00")
    hub.night()
    a.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.service(S).state, hub.service(S2).state) == ("DUPLICATE", "COUNTED")


@pytest.mark.parametrize("other", [{"ticket": T2}, {}])
def test_one_member_at_two_places_at_once_goes_to_review_and_earns_when_ruled(other: dict[str, str]) -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00", ticket=T)
    second = b.serves(S2, M1, "09:30", "10:30", **other)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert (hub.service(S).state, hub.service(S2).state, hub.code(second)) == (
        "COUNTED",
        "REVIEW",
        "OVERLAPS",
    )
    assert hub.member(M1).points == 2
    conflict = hub.conflict(S2, "time")
    assert (conflict.rule, conflict.state) == ("overlap", "REVIEW")


def test_what_only_touches_does_not_overlap() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "09:00", "10:00")
    change = a.serves(S2, M1, "10:00", "11:00")
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "APPLIED"


def test_an_alias_is_the_same_member_in_two_places() -> None:
    hub, a, b = village()
    alias = ident("alias")
    b.does("member.register", alias, "08:00", unit=U1, number="001", name="member 1")
    b.serves(S2, alias, "09:30", "10:30")
    a.serves(S, M1, "09:00", "10:00")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert {hub.service(S).state, hub.service(S2).state} == {"COUNTED", "REVIEW"}
    assert hub.member(M1).points == 2


def test_a_service_over_midnight_meets_one_of_the_next_day() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "23:00", "1/01:00")
    a.push("1/02:00")
    hub.night("1/03:00")
    a.serves(S2, M1, "1/00:30", "1/01:30")
    a.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.service(S).day + 1, hub.service(S2).state) == (hub.service(S2).day, "REVIEW")


def test_longer_than_twelve_hours_goes_to_review() -> None:
    hub, a, _ = village()
    just = a.serves(S, M1, "08:00", "20:00")
    longer = a.serves(S2, M2, "08:00", "20:00:01")
    a.push("21:00")
    hub.night()
    assert (hub.code(just), hub.code(longer), hub.service(S2).state) == ("APPLIED", "TOO_LONG", "REVIEW")
    assert hub.conflict(S2, "time").rule == "long"


def test_the_same_id_is_recorded_once() -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00")
    again = b.serves(S, M2, "11:00", "12:00")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert (hub.code(again), hub.service(S).member) == ("OPENED_BEFORE", M1)


def test_a_start_after_the_end_is_the_end() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "11:00", "10:00")
    a.push("18:00")
    hub.night()
    assert hub.service(S).start == hub.service(S).end == when("10:00")


def test_a_service_for_an_activity_waits_until_there_are_any() -> None:
    hub, a, _ = village()
    recorded = a.serves(S, M1, "09:00", "10:00", activity=ident("activity"))
    a.serves(S2, M1, "11:00", "12:00")
    linked = a.does("service.link", S2, "12:10", activity=ident("activity"))
    a.push("18:00")
    hub.night()
    assert [hub.verdict(change).waits for change in (recorded, linked)] == [ident("activity")] * 2


def test_a_service_waits_for_its_ticket_and_in_the_same_night_the_ticket_comes_first() -> None:
    """Line 12."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    same = b.serves(S2, M2, "08:00", "09:00", ticket=T2)
    b.does("ticket.open", T2, "10:00", grid=G1, category="parking", title="u", saw=0)
    waits = b.serves(S, M1, "10:00", "11:00", ticket=T)
    b.push("18:00")
    settled = hub.night()
    assert (hub.code(same), hub.code(waits)) == ("APPLIED", "WAITS")
    assert settled.counts == {"APPLIED": 2, "HELD": 1}
    a.does("ticket.open", T, "07:00", grid=G1, category="parking", title="t")
    a.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(waits) == "APPLIED"
    assert (hub.service(S).ticket, hub.service(S).category) == (T, "parking")
    assert hub.member(M1).points == 2


def test_a_service_without_a_ticket_is_linked_later() -> None:
    """Line 12."""
    hub, a, _ = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    change = a.does("service.link", S, "11:00", ticket=T)
    again = a.does("service.link", S, "11:10", ticket=T)
    a.push("18:00")
    hub.night()
    assert (hub.service(S).ticket, hub.service(S).category, hub.service(S).grid) == (T, "parking", G1)
    assert hub.code(change) == hub.code(again) == "APPLIED"


def test_the_first_link_stands() -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    for tablet in (a, b):
        tablet.pull("10:30")
    first = a.does("service.link", S, "11:00", ticket=T)
    second = b.does("service.link", S, "11:10", ticket=T2)
    for tablet in (b, a):
        tablet.push("18:00")
    hub.night()
    b.pull("1/07:00")
    informed = b.does("service.link", S, "1/08:00", ticket=T2)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert [hub.code(change) for change in (first, second, informed)] == [
        "APPLIED",
        "ALREADY_LINKED",
        "LINKED",
    ]
    assert hub.service(S).ticket == T
    assert hub.conflict(S, "ticket").rule == "first"


@pytest.mark.parametrize(("ahead_ms", "close"), [(100, True), (101, False)])
def test_links_closer_than_their_clocks_are_a_close_call_for_a_person(ahead_ms: int, close: bool) -> None:
    """Each is sure to 50 ms. The earlier stands; who of two so close was first is for a person to look at."""
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    for tablet in (a, b):
        tablet.pull("10:30")
    first = a.does("service.link", S, "11:00", ticket=T)
    second = b.does("service.link", S, when("11:00") + ahead_ms, ticket=T2)
    for tablet in (b, a):
        tablet.push("18:00")
    hub.night()
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "ALREADY_LINKED")
    conflict = hub.conflict(S, "ticket")
    assert (conflict.close_call, conflict.state) == (close, "REVIEW" if close else "SETTLED")


def test_a_link_that_was_confirmed_before_is_no_close_call() -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    for tablet in (a, b):
        tablet.pull("10:30")
    a.does("service.link", S, "11:00", ticket=T)
    second = b.does("service.link", S, "11:00", ticket=T2)
    a.push("18:00")
    hub.night()
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(second) == "ALREADY_LINKED"
    assert not hub.conflict(S, "ticket").close_call


def test_a_link_to_a_ticket_out_of_scope_is_set_apart() -> None:
    hub, _, _ = village()
    c = hub.tablet("C", G2)
    c.serves(S, M4, "09:00", "10:00")
    change = c.does("service.link", S, "11:00", ticket=T)
    c.push("18:00")
    hub.night()
    assert hub.code(change) == "OUT_OF_SCOPE"


def test_work_by_a_member_whom_the_district_joins_with_somebody_elsewhere_meanwhile_is_kept() -> None:
    """Found by the simulator: the tablet was right when it was done."""
    hub, a, _ = village()
    change = a.serves(S, M1, "09:00", "10:00")
    hub.district("member.merge", M1, "12:00", into=M5)
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "APPLIED"
    assert (hub.service(S).state, hub.service(S).community, hub.service(S).grid) == ("COUNTED", LY, G1)
    assert hub.member(M5).points == 2


def test_a_service_is_voided_by_its_author_or_a_dispatcher_with_a_reason() -> None:
    """Line 13."""
    hub, a, b = village()
    for service, start, end in ((S, "09:00", "10:00"), (S2, "11:00", "12:00")):
        a.serves(service, M1, start, end)
    a.push("12:10")
    hub.night("12:20")
    assert hub.member(M1).points == 4
    foreign = b.does("service.void", S, "13:00", reason="mine")
    own = a.does("service.void", S, "13:10", reason="wrong member")
    again = a.does("service.void", S, "13:20", reason="again")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert [hub.code(change) for change in (foreign, own, again)] == ["NOT_YOURS", "APPLIED", "VOIDED"]
    assert (hub.service(S).state, hub.service(S).reason) == ("VOID", "wrong member")
    hub.desk("service.void", S2, "1/09:00", reason="did not happen")
    assert hub.member(M1).points == 0


def test_a_renewed_tablet_is_still_the_author() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    renewed = hub.tablet("A2", G1)
    hub.lines["A2"].renews = ("A",)
    change = renewed.does("service.void", S, "11:00", reason="wrong member")
    renewed.push("18:00")
    hub.night()
    assert hub.code(change) == "APPLIED"


def test_a_renewed_tablet_voids_its_own_service_where_it_serves_no_more() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    moved = hub.tablet("A2", G3)
    stranger = hub.tablet("C", G3)
    hub.lines["A2"].renews = ("A",)
    own = moved.does("service.void", S, "11:00", reason="wrong member")
    foreign = stranger.does("service.void", S, "10:50", reason="mine")
    for tablet in (stranger, moved):
        tablet.push("18:00")
    hub.night()
    assert (hub.code(own), hub.code(foreign)) == ("APPLIED", "OUT_OF_SCOPE")


def test_work_for_an_order_that_moves_in_the_same_night_counts_where_it_moves_to() -> None:
    hub, a, _ = village()
    a.does("ticket.open", NEW, "08:00", grid=G1, category="parking", title="moves")
    a.does("ticket.edit", NEW, "08:10", grid=G2)
    hub.lines["A"].scopes.append((len(a.changes) + 1, (G2,)))
    change = a.serves(S, M1, "09:00", "10:00", ticket=NEW)
    a.push("18:00")
    hub.night()
    assert (hub.code(change), hub.service(S).state) == ("APPLIED", "COUNTED")


def test_nobody_moves_an_order_that_is_not_theirs_to_themselves_by_serving_for_it() -> None:
    hub, _, _ = village()
    c = hub.tablet("C", G2)
    moves = c.does("ticket.edit", T, "08:10", grid=G2)
    change = c.serves(S, M1, "09:00", "10:00", ticket=T)
    c.push("18:00")
    hub.night()
    assert [hub.code(moves), hub.code(change)] == ["OUT_OF_SCOPE"] * 2


def test_of_two_voids_the_earlier_deed_says_why_even_when_it_comes_later() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "09:00", "10:00")
    a.push("10:10")
    hub.night("10:20")
    earlier = a.does("service.void", S, "11:00", reason="wrong member")
    hub.desk("service.void", S, "12:00", reason="did not happen")
    a.push("18:00")
    hub.night()
    assert hub.code(earlier) == "APPLIED"
    assert (hub.service(S).state, hub.service(S).reason) == ("VOID", "wrong member")


def test_what_overlaps_a_service_that_waits_for_a_person_waits_as_well() -> None:
    hub, a, b = village()
    a.serves(S, M1, "09:00", "10:00")
    a.serves(S2, M1, "09:30", "11:00")
    b.serves(S3, M1, "10:30", "12:00")
    for tablet in (b, a):
        tablet.push("18:00")
    hub.night()
    assert [hub.service(one).state for one in (S, S2, S3)] == ["COUNTED", "REVIEW", "REVIEW"]


def test_a_verdict_names_the_one_that_was_recorded_first_of_those_it_overlaps() -> None:
    hub, a, b = village()
    a.serves(S, M1, "10:00", "11:00", at="11:00")
    b.serves(S2, M1, "09:00", "10:00", at="11:10")
    both = b.serves(S3, M1, "09:30", "10:30", at="11:20")
    for tablet in (b, a):
        tablet.push("18:00")
    hub.night()
    assert (hub.code(both), hub.verdict(both).stands) == ("OVERLAPS", {"service": S})


def test_a_service_lies_in_the_grid_of_its_ticket_or_member_or_author() -> None:
    hub, a, _ = village()
    c = hub.tablet("C", G2)
    a.serves(S, M1, "09:00", "10:00", ticket=T)
    c.serves(S2, M6, "09:00", "10:00")
    c.serves(S3, M4, "09:00", "10:00")
    for tablet in (a, c):
        tablet.push("18:00")
    hub.night()
    assert [hub.service(service).grid for service in (S, S2, S3)] == [G1, G2, G2]


def test_a_service_is_on_duty_when_it_began_in_its_communitys_working_hours() -> None:
    hub, a, _ = village()
    a.serves(S, M1, "11:59", "12:30", ticket=T)
    a.serves(S2, M6, "12:00", "12:30")
    a.push("18:00")
    hub.night()
    assert [hub.service(service).on_duty for service in (S, S2)] == [True, False]


def test_the_days_around_a_service_hold_whatever_may_meet_it() -> None:
    start, end = when("09:00"), when("10:00")
    local = (start + OFFSET) // DAY
    assert {local - 1, local, local + 1} <= set(days_around(start, end))
    assert len(days_around(0, 400 * DAY)) == 11, "an endless service does not load a year"
    assert len(days_around(start, start + 30 * HOUR)) < 9
