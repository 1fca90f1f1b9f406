"""Scope: a deed is judged by what its tablet knew to be its own when it was done."""

from typing import Any

from tests.sync.hub import Hub
from tests.sync.test_seats import ticket
from tests.sync.world import CG, G1, G2, G3, M1, M3, M4, M5, S2, T2, U1, U3, S, T, ident


def test_what_is_foreign_is_set_apart_and_the_rest_settles() -> None:
    """Line 10: one unreadable and one forbidden change among ten."""
    hub = Hub()
    a = hub.tablet("A", G1)
    changes = [
        a.does("ticket.open", ident(f"ticket {n}"), f"08:{n:02d}", grid=G1, category="parking", title="t")
        for n in range(8)
    ]
    broken = a.does("ticket.open", T, "09:00", grid=G1, category="parking", title="")
    forbidden = a.does("member.assign", M5, "09:10", grid=G3)
    a.push("18:00")
    hub.night()
    assert [hub.code(change) for change in changes] == ["APPLIED"] * 8
    assert hub.quarantine == {("A", 9): "UNREADABLE"}
    assert broken not in hub.memory.outcomes
    assert (hub.code(forbidden), hub.verdict(forbidden).outcome) == ("OUT_OF_SCOPE", "QUARANTINED")


def test_a_kind_that_is_not_its_offices_is_forbidden() -> None:
    hub, a, _ = ticket()
    change = a.does("ticket.dispatch", T, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    assert (hub.code(change), hub.ticket(T).state) == ("FORBIDDEN", "OPEN")


def test_what_was_done_before_hearing_of_a_move_counts_and_what_is_done_after_does_not() -> None:
    """Line 11."""
    hub, a, _ = ticket()
    before = a.does("ticket.finish", T, "09:00", member=M1)
    served = a.serves(S, M1, "08:00", "08:50", ticket=T, at="09:01")
    hub.lines["A"].scopes.append((len(a.changes) + 1, (G2,)))
    after = a.does("ticket.note", T, "10:00", private={"text": "still here"})
    elsewhere = a.does("ticket.open", T2, "10:10", grid=G2, category="parking", title="t")
    a.push("9/18:00")
    hub.night("9/23:00")
    assert [hub.code(change) for change in (before, served, after, elsewhere)] == [
        "APPLIED",
        "APPLIED",
        "OUT_OF_SCOPE",
        "APPLIED",
    ]


def test_a_ticket_that_moved_away_unseen_is_still_its_tablets() -> None:
    hub, a, b = ticket()
    hub.desk("ticket.edit", T, "08:00", grid=G2)
    unaware = a.does("ticket.start", T, "09:00", member=M1)
    b.pull("09:10")
    aware = b.does("ticket.start", T, "09:20", member=M1)
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.code(unaware), hub.code(aware)) == ("APPLIED", "OUT_OF_SCOPE")


def test_a_dispatcher_reaches_a_community_and_the_district_everything() -> None:
    hub, _, _ = ticket()
    desk = hub.desk("ticket.cancel", T, "09:00", reason="r", scope=(CG,))
    district = hub.district("ticket.cancel", T, "09:10", reason="r")
    assert (hub.code(desk.change.id), hub.code(district.change.id)) == ("OUT_OF_SCOPE", "APPLIED")


def test_a_member_is_reached_by_whoever_carries_the_community() -> None:
    hub = Hub()
    a, c = hub.tablet("A", G2), hub.tablet("C", G3)
    own, foreign = (x.does("member.edit", M1, "09:00", name="Li") for x in (a, c))
    c_own = c.does("member.edit", M5, "09:10", name="Wang")
    for tablet in (a, c):
        tablet.push("18:00")
    hub.night()
    assert [hub.code(change) for change in (own, foreign, c_own)] == ["APPLIED", "OUT_OF_SCOPE", "APPLIED"]


def test_a_service_is_reached_by_its_author_and_its_community() -> None:
    hub = Hub()
    a, b, c = hub.tablet("A", G1), hub.tablet("B", G2), hub.tablet("C", G3)
    a.serves(S, M1, "08:00", "09:00")
    a.push("09:10")
    hub.night("09:20")
    hub.lines["A"].scopes.append((2, (G3,)))
    foreign = c.does("service.void", S, "10:00", reason="r")
    near = b.does("service.void", S, "10:10", reason="r")
    own = a.does("service.void", S, "10:20", reason="wrong day")
    for tablet in (c, b, a):
        tablet.push("18:00")
    hub.night()
    assert [hub.code(change) for change in (foreign, near, own)] == ["OUT_OF_SCOPE", "NOT_YOURS", "APPLIED"]


def test_a_service_for_a_foreign_member_or_ticket_is_out_of_scope() -> None:
    hub, _, _ = ticket()
    c = hub.tablet("C", G3)
    changes = [c.serves(S, M1, "08:00", "09:00"), c.serves(S2, M5, "09:00", "10:00", ticket=T)]
    c.push("18:00")
    hub.night()
    assert [hub.code(change) for change in changes] == ["OUT_OF_SCOPE", "OUT_OF_SCOPE"]


def test_a_registration_is_in_a_grid_or_a_community_of_its_author() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    rows: list[tuple[dict[str, Any], str]] = [
        ({"unit": U1}, "APPLIED"),
        ({"unit": U1, "grid": G2}, "OUT_OF_SCOPE"),
        ({"unit": U3}, "OUT_OF_SCOPE"),
    ]
    changes = [
        a.does("member.register", ident(f"new {n}"), "09:00", number=f"9{n}", name="Li", **data)
        for n, (data, _) in enumerate(rows)
    ]
    a.push("18:00")
    hub.night()
    assert [hub.code(change) for change in changes] == [code for _, code in rows]


def test_a_redemption_is_for_a_member_of_ones_own() -> None:
    hub = Hub()
    c = hub.tablet("C", G3)
    change = c.does("points.redeem", ident("r"), "09:00", member=M1, points=1, reward="soap")
    c.push("18:00")
    hub.night()
    assert hub.code(change) == "OUT_OF_SCOPE"


def test_an_office_hears_at_once_that_a_thing_does_not_exist_and_a_tablet_waits() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    assert hub.code(hub.desk("ticket.claim", T, "08:00", member=M1).change.id) == "NOT_FOUND"
    waits = a.does("ticket.claim", T, "09:00", member=M3)
    a.push("18:00")
    hub.night()
    verdict = hub.verdict(waits)
    assert (verdict.outcome, verdict.code, verdict.waits) == ("HELD", "WAITS", T)
    assert verdict.sentence["en"].startswith("The ticket it names")


def test_a_tablet_may_place_a_member_in_its_own_grids_only() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    foreign = a.does("member.assign", M4, "09:00", grid=G2)
    own = a.does("member.assign", M4, "09:10", grid=G1)
    a.push("18:00")
    hub.night()
    assert (hub.code(foreign), hub.code(own), hub.member(M4).grid) == ("OUT_OF_SCOPE", "APPLIED", G1)
