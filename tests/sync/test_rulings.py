"""Rulings: for every rule that makes a conflict, confirmed, overridden, none, and reversed."""

from collections.abc import Callable
from itertools import permutations
from typing import NamedTuple

import pytest

from sync.kinds.kind import Office
from sync.rulings import EFFECTS
from sync.things import Conflict
from tests.sync import test_ratings as ratings
from tests.sync.hub import Hub, Tablet
from tests.sync.invariants import check
from tests.sync.test_seats import ticket
from tests.sync.world import (
    A1,
    A2,
    G1,
    G2,
    LY,
    M1,
    M2,
    M4,
    P2,
    S2,
    T2,
    U1,
    U2,
    U3,
    E,
    P,
    S,
    T,
    activity,
    community,
    evaluation,
    ident,
    named,
    point_rule,
    post,
    when,
    whistle,
)

NEW = ident("new")


class Case(NamedTuple):
    """How a conflict comes to be, and what to look at: by the candidates' names, then for none."""

    rule: str
    make: Callable[[], tuple[Hub, Conflict]]
    shows: Callable[[Hub], object]
    candidates: dict[str, object]
    none: object
    keep: tuple[str, ...] = ()
    """Whose word is what there is when none is to stand."""


def two(
    kind: str, entity: str, first: dict[str, object], second: dict[str, object]
) -> tuple[Hub, Tablet, Tablet]:
    """Two tablets do the same kind of thing to one thing, A at 09:00 and B at 10:00, in one night."""
    hub, a, b = ticket()
    for tablet, at, data in ((a, "09:00", first), (b, "10:00", second)):
        tablet.does(kind, entity, at, **data)  # type: ignore[arg-type]
        tablet.push("18:00")
    hub.night()
    return hub, a, b


def titles() -> tuple[Hub, Conflict]:
    hub, _, _ = two("ticket.edit", T, {"title": "from A"}, {"title": "from B"})
    return hub, hub.conflict(T, "title")


def places() -> tuple[Hub, Conflict]:
    hub, _, _ = two("ticket.edit", T, {"place": "gate A"}, {"place": "gate B"})
    return hub, hub.conflict(T, "place")


def contacts() -> tuple[Hub, Conflict]:
    private = [{"private": {"contact": {"name": name}}} for name in ("Ms A", "Ms B")]
    hub, _, _ = two("ticket.edit", T, dict(private[0]), dict(private[1]))
    return hub, hub.conflict(T, "contact")


def requests() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    asked = a.does("member.request", M1, "09:00", reason="my name is spelt otherwise")
    a.push("18:00")
    hub.night()
    return hub, hub.conflict(M1, f"correction:{asked}")


def priorities() -> tuple[Hub, Conflict]:
    hub, _, _ = two("ticket.edit", T, {"priority": "LOW"}, {"priority": "HIGH"})
    return hub, hub.conflict(T, "priority")


def grids() -> tuple[Hub, Conflict]:
    hub, _, _ = two("ticket.edit", T, {"grid": G2}, {"grid": G1})
    return hub, hub.conflict(T, "grid")


def placings() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    c = hub.tablet("C", G2)
    a.does("member.assign", M4, "09:00", grid=G1)
    c.does("member.assign", M4, "10:00", grid=G2)
    for tablet in (a, c):
        tablet.push("18:00")
    hub.night()
    return hub, hub.conflict(M4, "grid")


def numbers() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    a.does("member.edit", M1, "09:00", number="077")
    a.push("18:00")
    hub.night()
    return hub, hub.conflict(M1, "number")


def communities() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    a.does("community.put", LY, "09:00", **{**community("LY-new")})
    a.push("18:00")
    hub.night()
    return hub, hub.conflict(LY, "*")


def claims() -> tuple[Hub, Conflict]:
    hub, _, _ = two("ticket.claim", T, {"member": M1}, {"member": M2})
    return hub, hub.conflict(T, "takers", 1)


def links() -> tuple[Hub, Conflict]:
    hub, a, b = ticket()
    a.does("ticket.open", T2, "08:00", grid=G1, category="legal", title="u", saw=0)
    a.serves(S, M1, "08:10", "08:50")
    a.push("08:55")
    hub.night("08:56")
    for tablet in (a, b):
        tablet.pull("08:57")
    for tablet, at, to in ((a, "09:00", T), (b, "10:00", T2)):
        tablet.does("service.link", S, at, ticket=to)
        tablet.push("18:00")
    hub.night()
    return hub, hub.conflict(S, "ticket")


def finishes() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    hub.desk("ticket.cancel", T, "08:00", reason="not needed")
    a.does("ticket.finish", T, "09:00", member=M1)
    a.push("18:00")
    hub.night()
    return hub, hub.conflict(T, "state", 1)


def closings() -> tuple[Hub, Conflict]:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    b.does("ticket.close", T, "09:00", rating=5, private={"words": "thanks"})
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    return hub, hub.conflict(T, "state", 1)


def dispatches() -> tuple[Hub, Conflict]:
    hub, _, _ = ticket()
    before = hub.memory.rev
    hub.desk("ticket.dispatch", T, "08:00", member=M1)
    hub.desk("ticket.dispatch", T, "09:00", saw=before, unit=U2)
    return hub, hub.conflict(T, "reserved", 1)


def registrations() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    a.does("member.register", NEW, "09:00", unit=U1, number="001", name="member 1")
    a.push("18:00")
    hub.night()
    return hub, hub.conflict(M1, "identity")


def services(**other: str) -> tuple[Hub, Conflict]:
    hub, a, b = ticket()
    a.serves(S, M1, "09:00", "10:00", ticket=T)
    b.serves(S2, M1, "09:30", "10:30", **other)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    return hub, hub.conflict(S2, "time")


def duplicates() -> tuple[Hub, Conflict]:
    return services(ticket=T)


def endless() -> tuple[Hub, Conflict]:
    hub, a, _ = ticket()
    a.serves(S, M1, "08:00", "21:00")
    a.push("21:10")
    hub.night()
    return hub, hub.conflict(S, "time")


def held() -> tuple[Hub, Conflict]:
    """A note that waited 30 days for its ticket; and then the ticket came."""
    hub = Hub()
    a = hub.tablet("A", G1)
    change = a.does("ticket.note", T, "09:00", private={"text": "rang"})
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    hub.desk("ticket.open", T, "32/08:00", grid=G1, category="parking", title="t")
    return hub, hub.conflict(T, f"held:{change}")


def states(*ids: str) -> Callable[[Hub], object]:
    return lambda hub: [hub.service(one).state for one in ids]


def kept_notes(hub: Hub) -> object:
    return [note.text for note in hub.ticket(T).notes]


COUNTED, AGAIN, ASIDE = "COUNTED", "DUPLICATE", "SET_ASIDE"


def ratings_differ() -> tuple[Hub, Conflict]:
    """Five stars were written down at the closing; the resident gave one."""
    hub, _, _ = ratings.written_down_and_rated(close="fine", rate="late")
    return hub, hub.conflict(T, "rating", 1)


def after_closing() -> tuple[Hub, Conflict]:
    """B's evaluation comes when what A found has been closed."""
    hub, a, b = ticket()
    a.does("evaluation.submit", E, "09:00", **evaluation())
    a.push("18:00")
    hub.night()
    b.does("evaluation.submit", ident("late"), "10/09:00", **evaluation("BASIC"))
    b.push("24/09:00")
    hub.night("24/23:00")
    return hub, hub.conflict(E, "grade")


def sessions_alike() -> tuple[Hub, Conflict]:
    """A and B open one session, and M1 signs in at both."""
    hub, a, b = ticket()
    hub.district("pointRule.put", ident("per activity"), "06:00", **point_rule("ACTIVITY", 2))
    for tablet, at, one in ((a, "09:00", A1), (b, "09:10", A2)):
        tablet.does("activity.open", one, at, **activity())
        tablet.does("activity.join", one, at, member=M1)
        tablet.push("18:00")
    hub.night()
    return hub, hub.conflict(A1, "sameAs")


def posts_of_one_code() -> tuple[Hub, Conflict]:
    hub, _, _ = ticket()
    for one, at, seats in ((P, "09:00", 1), (P2, "09:10", 2)):
        hub.desk("post.put", one, at, **post(seats=seats))
    return hub, hub.conflict(P, "code")


CASES = [
    Case("latest", titles, lambda h: h.ticket(T).title, {"A": "from A", "B": "from B"}, "from B", ("B",)),
    Case("latest", places, lambda h: h.ticket(T).place, {"A": "gate A", "B": "gate B"}, None),
    Case("latest", contacts, lambda h: h.ticket(T).contact, {"A": {"name": "Ms A"}, "B": {"name": "Ms B"}}, None),
    Case("ranked", priorities, lambda h: h.ticket(T).priority, {"A": "LOW", "B": "HIGH"}, "HIGH", ("B",)),
    Case("ranked", grids, lambda h: h.memory.documents["ticket", T].audience, {"A": f"grid:{G2}", "B": f"grid:{G1}"}, f"grid:{G1}", ("B",)),
    Case("placed", placings, lambda h: h.member(M4).grid, {"A": G1, "B": G2}, G1, ("A",)),
    Case("district", numbers, lambda h: h.member(M1).number, {"standing": "001", "A": "077"}, "001", ("standing",)),
    Case("district", communities, lambda h: h.memory.documents["community", LY].body["code"], {"standing": "LY", "A": "LY-new"}, "LY", ("standing",)),
    Case("correction", requests, lambda h: h.member(M1).name, {"A": "member 1"}, "member 1"),
    Case("first", claims, lambda h: h.takers(T), {"A": [M1], "B": [M2]}, []),
    Case("first", links, lambda h: h.service(S).ticket, {"A": T, "B": T2}, None),
    Case("lifecycle", finishes, lambda h: h.ticket(T).state, {"desk": "CANCELLED", "A": "DONE"}, "CANCELLED", ("desk",)),
    Case("lifecycle", closings, lambda h: (h.ticket(T).state, h.ticket(T).words), {"A": ("IN_PROGRESS", None), "B": ("CLOSED", "thanks")}, ("IN_PROGRESS", None), ("A",)),
    Case("lifecycle", dispatches, lambda h: h.ticket(T).reserved, {"first": {"member": M1}, "second": {"unit": U2}}, {"member": M1}, ("first",)),
    Case("overlap", services, states(S, S2), {"A": [COUNTED, ASIDE], "B": [COUNTED, COUNTED]}, [COUNTED, ASIDE], ("A",)),
    Case("duplicate", duplicates, states(S, S2), {"A": [COUNTED, AGAIN], "B": [AGAIN, COUNTED]}, [COUNTED, ASIDE], ("A",)),
    Case("long", endless, states(S), {"A": [COUNTED]}, [ASIDE]),
    Case("resident", ratings_differ, lambda h: (h.ticket(T).rating, h.ticket(T).words, h.member(M1).points), {"close": (5, "fine", 3), "rate": (1, "late", 0)}, (None, None, 0)),
    Case("closing", after_closing, lambda h: h.evaluation(E).grade, {"A": "QUALIFIED", "B": "BASIC"}, None),
    Case("session", sessions_alike, lambda h: (h.activity(A1).same_as, h.activity(A2).same_as, h.member(M1).points), {"A": (None, A1, 2), "B": (A2, None, 2)}, (None, None, 4), ("A", "B")),
    Case("code", posts_of_one_code, lambda h: h.post(P).seats, {"desk": 1, "later": 2}, 1, ("desk",)),
    Case("held", held, kept_notes, {"A": ["rang"]}, []),
]  # fmt: skip
"""`identity` has its own test below: it can only be confirmed."""

NAMES = [f"{case.rule}: {case.make.__name__}" for case in CASES]
ruled = pytest.mark.parametrize("case", CASES, ids=NAMES)


def rule(hub: Hub, conflict: Conflict, at: str, stands: str | None, *, by: Office = Office.DISTRICT) -> str:
    data = {"stands": stands, "reason": "heard both"}
    accepted = hub.office(by, "conflict.rule", conflict.id, data, at)
    hub.settle([accepted], at)
    return accepted.change.id


def test_every_rule_that_makes_a_conflict_can_be_ruled_on() -> None:
    assert {case.rule for case in CASES} | {"identity"} == set(EFFECTS)


@ruled
def test_each_candidate_can_be_ruled_to_stand_and_every_author_hears_it(case: Case) -> None:
    for index, (_, shown) in enumerate(case.candidates.items()):
        hub, conflict = case.make()
        assert (conflict.rule, len(conflict.candidates)) == (case.rule, len(case.candidates))
        chosen = conflict.candidates[index]
        ruling = rule(hub, conflict, "40/09:00", chosen.change)
        assert hub.code(ruling) == "APPLIED"
        assert case.shows(hub) == shown
        settled = hub.memory.things["conflict"][conflict.id]
        assert isinstance(settled, Conflict)
        assert (settled.state, settled.stands, settled.ruling) == ("RULED", chosen.change, ruling)
        assert settled.reason == "heard both"
        expected = "APPLIED" if case.rule == "held" else "RULED_FOR"
        assert hub.code(chosen.change) == expected
        check(hub)


@ruled
def test_none_can_be_ruled_to_stand(case: Case) -> None:
    hub, conflict = case.make()
    ruling = rule(hub, conflict, "40/09:00", None)
    assert (hub.code(ruling), case.shows(hub)) == ("APPLIED", case.none)
    for name, candidate in zip(case.candidates, conflict.candidates, strict=True):
        told = hub.verdict(candidate.change)
        assert told.code == ("RULED_FOR" if name in case.keep else "RULED_AGAINST"), name
        if name in case.keep:
            assert told.stands == {"change": candidate.change, "ruling": ruling}
    check(hub)


PROPOSALS: dict[str, tuple[str, str, list[dict[str, object]]]] = {
    "a community": ("community.put", LY, [{**community(f"LY-{n}")} for n in range(3)]),
    "a grid": ("grid.put", G1, [{"code": f"LY-1{n}", "name": named("g"), "community": LY} for n in range(3)]),
    "a number": ("member.edit", M1, [{"number": f"07{n}"} for n in range(3)]),
    "a unit": ("member.edit", M1, [{"unit": unit} for unit in (U2, U3, U2)]),
}


@pytest.mark.parametrize("nights", [1, 3])
@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
@pytest.mark.parametrize("what", PROPOSALS)
def test_in_whatever_order_proposals_come_what_stood_is_told_to_stand_when_none_of_them_does(
    what: str, order: tuple[int, ...], nights: int
) -> None:
    kind, entity, data = PROPOSALS[what]
    hub, a, b = ticket()
    tablets = [a, b, hub.tablet("C", G1, at="06:30")]
    proposed = [
        tablet.does(kind, entity, f"08:{n}0", **data[n])  # type: ignore[arg-type]
        for n, tablet in enumerate(tablets)
    ]
    for night, n in enumerate(order):
        tablets[n].push(f"{night}/18:00")
        if nights == 3:
            hub.night(f"{night}/23:00")
    hub.night("2/23:30")
    (conflict,) = hub.conflicts()
    (stood,) = [one.change for one in conflict.candidates if one.change not in proposed]
    ruling = rule(hub, conflict, "40/09:00", None)
    assert [hub.code(one) for one in (ruling, stood)] == ["APPLIED", "RULED_FOR"]
    assert hub.verdict(stood).stands == {"change": stood, "ruling": ruling}
    assert {hub.code(one) for one in proposed} == {"RULED_AGAINST"}
    assert all(hub.verdict(one).stands == {"change": stood, "ruling": ruling} for one in proposed)
    # What an earlier ruling has put in its place is what is left alone by one that none stands.
    rule(hub, conflict, "41/09:00", proposed[1])
    again = rule(hub, conflict, "42/09:00", None)
    assert hub.verdict(proposed[1]).stands == {"change": proposed[1], "ruling": again}
    assert [hub.code(one) for one in (stood, proposed[1])] == ["RULED_AGAINST", "RULED_FOR"]
    check(hub)


def test_a_proposal_of_something_new_that_is_not_taken_up_leaves_nothing() -> None:
    hub, a, _ = ticket()
    proposed = a.does("grid.put", NEW, "09:00", code="LY-9", name=named("nine"), community=LY)
    a.push("18:00")
    hub.night()
    rule(hub, hub.conflict(NEW, "*"), "1/09:00", None)
    assert hub.code(proposed) == "RULED_AGAINST"
    assert (hub.verdict(proposed).stands or {})["change"] is None


def test_whoever_leads_goes_on_when_a_ruling_names_nobody() -> None:
    hub, a, b = ticket()
    blown = [
        tablet.does("whistle.blow", ident(f"whistle {lead}"), at, **whistle(lead))
        for tablet, at, lead in ((a, "09:00", U1), (b, "09:10", U2))
    ]
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    (conflict,) = hub.conflicts()
    rule(hub, conflict, "1/09:00", None)
    assert [hub.code(one) for one in blown] == ["RULED_FOR", "RULED_AGAINST"]


@pytest.mark.parametrize("case", CASES[:-1], ids=NAMES[:-1])
def test_a_ruling_can_be_reversed_and_the_reversal_too(case: Case) -> None:
    """All but `held`: a change that was decided again is decided."""
    hub, conflict = case.make()
    order = [*range(len(case.candidates)), *reversed(range(len(case.candidates)))]
    for number, index in enumerate(order):
        rule(hub, conflict, f"4{number}/09:00", conflict.candidates[index].change)
        assert case.shows(hub) == list(case.candidates.values())[index]
        check(hub)


# What a ruling may not do


def test_a_ruling_needs_the_conflict_as_it_is_now() -> None:
    hub, conflict = titles()
    early = hub.office(
        Office.DISTRICT, "conflict.rule", conflict.id, {"stands": None, "reason": "r"}, "1/08:00", saw=1
    )
    hub.settle([early], "1/08:00")
    assert hub.code(early.change.id) == "CHANGED_SINCE"
    assert hub.code(rule(hub, conflict, "1/09:00", ident("no candidate"))) == "NO_SUCH_CANDIDATE"
    assert hub.code(hub.desk("conflict.rule", ident("none"), "1/09:10", stands=None, reason="r").change.id) == "NOT_FOUND"  # fmt: skip
    foreign = hub.desk("conflict.rule", conflict.id, "1/09:20", scope=(), stands=None, reason="r")
    assert hub.code(foreign.change.id) == "OUT_OF_SCOPE"


def test_what_a_higher_office_said_is_not_a_dispatchers_to_rule_on() -> None:
    hub, a, _ = ticket()
    before = hub.memory.rev
    a.does("ticket.edit", T, "08:00", priority="LOW")
    a.push("08:10")
    hub.night("08:20")
    hub.district("ticket.edit", T, "09:00", saw=before, priority="URGENT")
    assert (
        hub.code(rule(hub, hub.conflict(T, "priority"), "10:00", None, by=Office.DISPATCHER))
        == "ABOVE_OFFICE"
    )
    hub, conflict = communities()
    assert hub.code(rule(hub, conflict, "1/10:00", None, by=Office.DISPATCHER)) == "ABOVE_OFFICE"


def test_where_the_district_placed_somebody_is_not_a_dispatchers_to_rule_on() -> None:
    hub, a, _ = ticket()
    before = hub.memory.rev
    a.does("member.assign", M4, "08:00", grid=G1)
    a.push("08:10")
    hub.night("08:20")
    hub.district("member.assign", M4, "09:00", saw=before, grid=G2)
    conflict = hub.conflict(M4, "grid")
    assert hub.code(rule(hub, conflict, "10:00", None, by=Office.DISPATCHER)) == "ABOVE_OFFICE"
    assert hub.code(rule(hub, conflict, "10:10", conflict.candidates[0].change)) == "APPLIED"
    assert hub.member(M4).grid == G1


def test_a_proposal_from_the_village_about_a_new_thing_is_the_districts() -> None:
    hub, a, _ = ticket()
    a.does(
        "grid.put", ident("a new grid"), "09:00", code="LY-9", name={"zh": "九", "en": "nine"}, community=LY
    )
    a.push("18:00")
    hub.night()
    conflict = hub.conflict(ident("a new grid"), "*")
    assert [c.office for c in conflict.candidates] == [Office.LIAISON]
    assert hub.code(rule(hub, conflict, "1/09:00", None, by=Office.DISPATCHER)) == "ABOVE_OFFICE"
    assert hub.code(rule(hub, conflict, "1/09:10", conflict.candidates[0].change)) == "APPLIED"
    assert ident("a new grid") in hub.memory.things["grid"]


# By thing


def test_a_ruled_placing_or_grid_moves_the_community_along() -> None:
    hub, conflict = placings()
    rule(hub, conflict, "1/09:00", conflict.candidates[1].change)
    assert (hub.member(M4).grid, hub.member(M4).community) == (G2, LY)
    hub, conflict = grids()
    rule(hub, conflict, "1/09:00", conflict.candidates[0].change)
    assert [grid for grid, _ in hub.ticket(T).grids] == [G1, G2, G1, G2]


def test_a_ruled_number_takes_the_aliases_along_and_must_be_free() -> None:
    hub, a, _ = ticket()
    a.does("member.register", NEW, "08:00", unit=U1, number="001", name="member 1")
    a.does("member.edit", M1, "09:00", number="077")
    a.push("18:00")
    hub.night()
    conflict = hub.conflict(M1, "number")
    proposed = conflict.candidates[-1].change
    rule(hub, conflict, "1/09:00", proposed, by=Office.DISPATCHER)
    assert (hub.member(M1).number, hub.member(NEW).number) == ("077", "077")
    hub, conflict = numbers()
    hub.desk("member.edit", M2, "1/08:00", number="077")
    assert hub.code(rule(hub, conflict, "1/09:00", conflict.candidates[-1].change)) == "IDENTITY_TAKEN"


def test_two_registrations_of_one_identity_can_only_be_confirmed() -> None:
    hub, conflict = registrations()
    first, second = conflict.candidates
    assert hub.code(rule(hub, conflict, "1/09:00", second.change)) == "SPLIT_INSTEAD"
    assert hub.code(rule(hub, conflict, "1/09:10", None)) == "SPLIT_INSTEAD"
    assert hub.code(rule(hub, conflict, "1/09:20", first.change)) == "APPLIED"
    assert (hub.code(first.change), hub.code(second.change)) == ("RULED_FOR", "RULED_AGAINST")


def test_who_is_ruled_against_in_one_field_hears_that_the_rest_stands() -> None:
    hub, a, b = ticket()
    both = a.does("ticket.edit", T, "09:00", title="from A", place="gate 3")
    title = b.does("ticket.edit", T, "10:00", title="from B")
    a.push("18:00")
    b.push("18:00")
    hub.night()
    ruling = rule(hub, hub.conflict(T, "title"), "1/09:00", title)
    assert [hub.code(change) for change in (ruling, title, both)] == ["APPLIED", "RULED_FOR", "MERGED"]


def test_who_keeps_a_seat_hears_that_it_stands() -> None:
    hub, a, b = ticket(seats=2)
    rows = [(a, "08:00", M1), (b, "08:30", M2), (a, "09:00", M4)]
    changes = [tablet.does("ticket.claim", T, at, member=member) for tablet, at, member in rows]
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    rule(hub, hub.conflict(T, "takers", 1), "1/09:00", changes[2])
    assert hub.takers(T) == [M1, M4]
    assert [hub.code(change) for change in changes] == ["RULED_FOR", "RULED_AGAINST", "RULED_FOR"]


def test_a_member_who_sits_already_gets_no_second_seat_by_a_ruling() -> None:
    hub, conflict = claims()
    won, lost = conflict.candidates
    hub.desk("ticket.release", T, "1/08:00", member=M1, reason="ill")
    hub.desk("ticket.claim", T, "1/08:10", member=M2)
    rule(hub, conflict, "1/09:00", lost.change)
    assert hub.takers(T) == [M2]
    rule(hub, conflict, "1/09:10", won.change)
    assert hub.takers(T) == [M1]
    assert hub.ticket(T).state == "ACCEPTED"


def test_a_ruling_that_nobody_sits_opens_the_ticket_and_one_that_somebody_does_accepts_it() -> None:
    hub, conflict = claims()
    rule(hub, conflict, "1/09:00", None)
    assert (hub.ticket(T).state, hub.takers(T)) == ("OPEN", [])
    rule(hub, conflict, "1/09:10", conflict.candidates[1].change)
    assert (hub.ticket(T).state, hub.takers(T)) == ("ACCEPTED", [M2])


@pytest.mark.parametrize(("step", "state"), [("ticket.start", "IN_PROGRESS"), ("ticket.finish", "DONE")])
def test_a_ruling_that_nobody_sits_does_not_undo_work_that_has_begun(step: str, state: str) -> None:
    hub, conflict = claims()
    hub.desk(step, T, "1/08:30", member=M1)
    rule(hub, conflict, "1/09:00", None)
    assert (hub.ticket(T).state, hub.takers(T)) == (state, [])


@pytest.mark.parametrize("make", [claims, finishes])
def test_a_ruling_about_an_earlier_round_leaves_the_present_one_alone(
    make: Callable[[], tuple[Hub, Conflict]],
) -> None:
    hub, conflict = make()
    if hub.ticket(T).state == "ACCEPTED":
        hub.desk("ticket.finish", T, "1/07:00", member=M1)
    hub.desk("ticket.reopen", T, "1/08:00", reason="leaks again")
    for index in (0, 1):
        assert hub.code(rule(hub, conflict, f"1/09:0{index}", conflict.candidates[index].change)) == "APPLIED"
    assert (hub.ticket(T).state, hub.ticket(T).round, hub.takers(T)) == ("OPEN", 2, [])
    assert next(c for c in hub.conflicts() if c.id == conflict.id).state == "RULED"


def test_a_superseded_claim_that_is_ruled_to_stand_takes_a_free_seat_and_no_other() -> None:
    for seats, takers in ((1, [M1]), (2, [M1, M2])):
        hub, a, b = ticket(seats=seats)
        a.does("ticket.start", T, "08:00", member=M1)
        a.does("ticket.finish", T, "09:00", member=M1)
        a.push("09:10")
        hub.night("09:20")
        late = b.does("ticket.claim", T, "10:00", member=M2)
        b.push("18:00")
        hub.night()
        rule(hub, hub.conflict(T, "state", 1), "1/09:00", late)
        assert (hub.ticket(T).state, hub.takers(T), hub.ticket(T).done) == ("ACCEPTED", takers, None)


def test_a_superseded_dispatch_or_reopening_can_be_ruled_to_stand() -> None:
    for kind, data, shows in (
        ("ticket.dispatch", {"unit": U2}, ("DISPATCHED", 1, {"unit": U2})),
        ("ticket.reopen", {"reason": "r"}, ("OPEN", 2, None)),
    ):
        hub, a, _ = ticket()
        before = hub.memory.rev
        a.does("ticket.start", T, "08:00", member=M1)
        a.push("09:10")
        hub.night("09:20")
        late = hub.desk(kind, T, "10:00", saw=before, **data)
        conflict = hub.conflict(T, "state", 1)
        rule(hub, conflict, "1/09:00", late.change.id)
        found = hub.ticket(T)
        assert (found.state, found.round, found.reserved) == shows


def test_a_ruled_closing_gives_its_rating_once_and_a_reversal_takes_it_back() -> None:
    hub, conflict = closings()
    started, closing = conflict.candidates
    points = []
    for number, change in enumerate([closing.change, started.change, closing.change, closing.change, None]):
        rule(hub, conflict, f"4{number}/09:00", change)
        points.append(hub.member(M1).points)
        check(hub)
    assert points == [3, 0, 3, 3, 0]
    assert hub.ticket(T).closed is None


def test_a_reversal_to_the_reopening_that_began_the_round_begins_no_other() -> None:
    hub, a, b = ticket()
    a.does("ticket.finish", T, "08:00", member=M1)
    late = b.does("ticket.finish", T, "08:30", member=M2)
    a.push("08:40")
    hub.night("08:50")
    reopened = hub.desk("ticket.reopen", T, "09:00", reason="leaks again").change.id
    b.push("18:00")
    hub.night()
    assert hub.code(late) == "EARLIER_ROUND"
    states = []
    for number, change in enumerate((late, reopened, late, None)):
        rule(hub, hub.conflict(T, "state", 2), f"1/09:0{number}", change)
        states.append((hub.ticket(T).state, hub.ticket(T).round))
        check(hub)
    assert states == [("DONE", 2), ("OPEN", 2), ("DONE", 2), ("OPEN", 2)]


def test_a_second_closing_that_is_ruled_to_stand_replaces_the_rating() -> None:
    hub, a, b = ticket()
    a.does("ticket.start", T, "08:00", member=M1)
    late = b.does("ticket.close", T, "08:10", rating=5)
    a.does("ticket.finish", T, "09:00", member=M1)
    a.does("ticket.close", T, "09:10", rating=2)
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert (hub.ticket(T).rating, hub.member(M1).points) == (2, 0)
    rule(hub, hub.conflict(T, "state", 1), "1/09:00", late)
    assert (hub.ticket(T).rating, hub.member(M1).points) == (5, 3)
    assert hub.ticket(T).closed == when("08:10")


def test_voided_services_are_left_alone_and_vanished_links_cleared() -> None:
    hub, conflict = duplicates()
    hub.desk("service.void", S, "1/08:00", reason="wrong member")
    rule(hub, conflict, "1/09:00", conflict.candidates[0].change)
    assert (hub.service(S).state, hub.service(S2).state) == ("VOID", "DUPLICATE")
    rule(hub, conflict, "1/09:10", conflict.candidates[1].change)
    assert (hub.service(S).state, hub.service(S2).state) == ("VOID", "COUNTED")
    assert hub.member(M1).points == 2


def test_a_change_that_waited_too_long_cannot_be_ruled_to_stand_while_its_thing_is_missing() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    change = a.does("ticket.note", T, "09:00", private={"text": "rang"})
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    conflict = hub.conflict(T, f"held:{change}")
    assert hub.code(change) == "WAITED_TOO_LONG"
    assert hub.code(rule(hub, conflict, "32/09:00", change)) == "NOT_FOUND"
    assert hub.code(change) == "WAITED_TOO_LONG"
    assert hub.code(rule(hub, conflict, "32/09:10", None)) == "APPLIED"
    assert hub.code(change) == "RULED_AGAINST"


def test_a_service_that_waited_too_long_is_ruled_in_with_everything_around_it() -> None:
    """Its day must be gathered: another service of that hour has been counted since."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    waited = a.serves(S, M1, "09:00", "10:00", ticket=T)
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    b.does("ticket.open", T, "08:00", grid=G1, category="parking", title="t", saw=0)
    b.serves(S2, M1, "09:30", "10:30", ticket=T)
    b.push("32/08:00")
    hub.night("32/08:30")
    rule(hub, hub.conflict(S, f"held:{waited}"), "32/09:00", waited)
    assert hub.code(waited) == "SAME_SERVICE"
    assert hub.member(M1).points == 2


def test_what_waited_for_a_thing_is_released_when_a_ruling_brings_the_thing() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    opened = a.does("ticket.open", T, "09:00", grid=ident("a grid to come"), category="parking", title="t")
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    noted = b.does("ticket.note", T, "31/10:00", private={"text": "rang"})
    b.push("31/23:10")
    hub.night("31/23:30")
    assert hub.code(noted) == "WAITS"
    grid = {"code": "LY-9", "name": {"zh": "九", "en": "nine"}, "community": LY}
    hub.load([("grid.put", ident("a grid to come"), grid)], "32/08:00")
    hub.lines["A"].scopes = [(1, (ident("a grid to come"), G1))]
    conflict = hub.conflict(T, f"held:{opened}")
    rule(hub, conflict, "32/09:00", opened)
    assert hub.code(opened) == "OUT_OF_SCOPE", "its tablet did not carry that grid when it wrote"
    assert hub.code(noted) == "WAITS"


def test_a_released_ticket_takes_what_waited_for_it_along() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    hub.lines["A"].scopes = [(1, (G1, ident("a grid to come")))]
    opened = a.does("ticket.open", T, "09:00", grid=ident("a grid to come"), category="parking", title="t")
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    hub.lines["B"].scopes = [(1, (ident("a grid to come"),))]
    noted = b.does("ticket.note", T, "31/10:00", private={"text": "rang"})
    b.push("31/23:10")
    hub.night("31/23:30")
    grid = {"code": "LY-9", "name": {"zh": "九", "en": "nine"}, "community": LY}
    hub.load([("grid.put", ident("a grid to come"), grid)], "32/08:00")
    rule(hub, hub.conflict(T, f"held:{opened}"), "32/09:00", opened)
    assert hub.code(opened) == hub.code(noted) == "APPLIED"
    assert kept_notes(hub) == ["rang"]


def test_a_new_candidate_after_a_ruling_asks_for_another_look() -> None:
    hub, conflict = titles()
    b = hub.tablet("D", G1)
    rule(hub, conflict, "1/09:00", conflict.candidates[0].change)
    b.does("ticket.edit", T, "10:30", title="from D", saw=0)
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.conflict(T, "title").state == "REVIEW"
    assert len(hub.conflict(T, "title").candidates) == 4
