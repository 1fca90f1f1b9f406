"""Two people under one number, and a word about somebody else's register: what an office can mend, what nobody may."""

from sync.things import Member
from tests.sync.hub import Hub
from tests.sync.world import CG, G1, G2, M1, M2, U1, T, ident, named, when

FIRST, SECOND = ident("first registration"), ident("second registration")


def registered_twice() -> Hub:
    """Two tablets have registered two people under the same number of one unit."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G2)
    a.does("member.register", FIRST, "09:00", unit=U1, number="777", name="one")
    b.does("member.register", SECOND, "10:00", unit=U1, number="777", name="two")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert hub.member(SECOND).alias_of == FIRST
    return hub


def identity(member: Member) -> tuple[str, str]:
    return member.unit, member.number


def test_two_people_under_one_number_are_parted_by_correcting_one_registration() -> None:
    hub = registered_twice()
    corrected = hub.desk("member.edit", SECOND, "1/09:00", number="778")
    assert hub.code(corrected.change.id) == "APPLIED"
    assert (identity(hub.member(FIRST)), identity(hub.member(SECOND))) == ((U1, "777"), (U1, "778"))
    assert hub.member(SECOND).alias_of == FIRST
    split = hub.desk("member.split", SECOND, "1/09:05")
    assert hub.code(split.change.id) == "APPLIED"
    assert hub.member(SECOND).alias_of is None


def test_a_registration_is_not_corrected_into_somebody_else() -> None:
    hub = registered_twice()
    number = hub.member(M1).number
    taken = hub.desk("member.edit", SECOND, "1/09:00", unit=U1, number=number)
    assert hub.code(taken.change.id) == "IDENTITY_TAKEN"


def test_a_correction_of_a_registration_is_of_nothing_else() -> None:
    hub = registered_twice()
    mixed = hub.desk("member.edit", SECOND, "1/09:00", number="778", name="two")
    assert hub.code(mixed.change.id) == "SPLIT_INSTEAD"
    assert identity(hub.member(SECOND)) == (U1, "777")


def test_a_correction_leaves_those_alone_who_were_merged_under_another_number() -> None:
    hub = Hub()
    other = hub.member(M2)
    assert hub.code(hub.desk("member.merge", M2, "1/09:00", into=M1).change.id) == "APPLIED"
    corrected = hub.desk("member.edit", M1, "1/09:05", number="901")
    assert hub.code(corrected.change.id) == "APPLIED"
    assert hub.member(M1).number == "901"
    assert identity(hub.member(M2)) == identity(other)


def test_a_cancellation_by_ruling_that_is_taken_up_again_closes_the_ticket_again() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    a.does("ticket.open", T, "07:00", grid=G1, category="parking", title="t")
    a.sync("07:10")
    hub.night("07:20")
    a.pull("07:30")
    b.pull("07:30")
    hub.desk("ticket.cancel", T, "08:00", reason="moved away")
    a.does("ticket.finish", T, "09:00", member=M1)
    a.push("10:00")
    hub.night("10:10")
    conflict = hub.conflict(T, "state", 1)
    cancel, finish = (candidate.change for candidate in conflict.candidates)

    def rule(stands: str, at: str) -> str:
        return hub.desk("conflict.rule", conflict.id, at, stands=stands, reason="looked").change.id

    ruled = rule(cancel, "10:20")
    late = b.does("ticket.finish", T, "09:30", member=M2)
    b.push("11:00")
    hub.night("11:10")
    rule(finish, "11:20")
    assert hub.ticket(T).closed is None
    again = rule(ruled, "11:30")
    assert hub.code(again) == "APPLIED"
    assert (hub.ticket(T).state, hub.ticket(T).closed) == ("CANCELLED", when("11:30"))
    assert hub.code(late) == "RULED_AGAINST"


def test_a_tablet_proposes_nothing_about_a_community_that_is_not_its_own() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    foreign = a.does("unit.put", ident("a unit"), "09:00", code="X", name=named("x"), community=CG)
    a.push("18:00")
    hub.night()
    assert hub.code(foreign) == "OUT_OF_SCOPE"
    assert not hub.conflicts()
