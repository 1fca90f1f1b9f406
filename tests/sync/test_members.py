"""Members: one person, one record, whoever registers; one grid; merging and splitting move a pointer."""

from typing import Any

import pytest

from sync.kinds.kind import Office
from sync.settle import settle
from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, G1, G2, G3, LY, M1, M2, M3, M4, M5, M6, U1, U2, U3, S, T, ident

N1, N2, N3 = ident("new 1"), ident("new 2"), ident("new 3")


def village() -> tuple[Hub, Tablet, Tablet]:
    hub = Hub()
    return hub, hub.tablet("A", G1, G2), hub.tablet("B", G1)


def register(
    tablet: Tablet, entity: str, at: str, name: str = "Li", number: str = "100", **more: object
) -> str:
    data: dict[str, Any] = {"unit": U1, "number": number, "name": name, **more}
    private = data.pop("private", None)
    return tablet.does("member.register", entity, at, private=private, **data)


# Registered twice


def test_the_same_person_registered_on_two_tablets_is_one_member_and_both_are_told() -> None:
    hub, a, b = village()
    late = register(a, N1, "09:00")
    served = a.serves(S, N1, "09:10", "10:10")
    early = register(b, N2, "08:00")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.member(N2).alias_of, hub.member(N1).alias_of) == (None, N2)
    told = hub.verdict(late)
    assert (told.outcome, told.code, told.rule, told.stands) == (
        "DUPLICATE",
        "REGISTERED_BEFORE",
        "identity",
        {"member": N2},
    )
    assert hub.code(early) == "REGISTERED_TWICE"
    assert hub.code(served) == "APPLIED"
    assert (hub.member(N2).points, hub.member(N1).points, hub.member(N1).earned) == (2, 0, 2)
    assert hub.memory.documents["member", N1].body["aliasOf"] == N2
    conflict = hub.conflict(N2, "identity")
    assert (conflict.rule, conflict.state, conflict.stands) == ("identity", "SETTLED", early)
    assert [candidate.value for candidate in conflict.candidates] == [N2, N1]


def test_registered_again_after_the_first_is_confirmed_the_newcomer_is_the_alias() -> None:
    hub, a, b = village()
    first = register(a, N1, "09:00")
    earlier = register(b, N2, "08:00")
    a.push("18:00")
    hub.night()
    b.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.member(N1).alias_of, hub.member(N2).alias_of) == (None, N1)
    assert (hub.code(first), hub.code(earlier)) == ("REGISTERED_TWICE", "REGISTERED_BEFORE")


def test_a_later_registrations_fields_count_as_an_edit() -> None:
    hub, a, b = village()
    register(a, N1, "08:00", private={"phone": "555 0100"})
    register(b, N2, "09:00", private={"phone": "555 0101"}, grid=G1)
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.member(N1).phone, hub.member(N1).grid, hub.member(N2).phone) == ("555 0101", G1, None)
    assert hub.conflict(N1, "phone").stands == hub.conflict(N1, "phone").candidates[-1].change


def test_differing_names_go_to_review() -> None:
    hub, a, b = village()
    register(a, N1, "08:00", "Li")
    late = register(b, N2, "09:00", "Wang")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.code(late), hub.verdict(late).outcome) == ("NAMES_DIFFER", "DUPLICATE")
    assert hub.conflict(N1, "name").state == "REVIEW"
    assert hub.conflict(N1, "identity").state == "SETTLED"


def test_differing_names_by_one_tablet_go_to_review_as_well() -> None:
    hub, a, _ = village()
    register(a, N1, "08:00", "Li")
    register(a, N2, "09:00", "Wang")
    a.push("18:00")
    hub.night()
    assert hub.conflict(N1, "identity").state == "REVIEW"


def test_three_registrations_are_one_member_with_two_aliases() -> None:
    hub, a, b = village()
    register(a, N1, "09:00")
    register(a, N3, "10:00")
    register(b, N2, "08:00")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert [hub.member(member_id).alias_of for member_id in (N1, N2, N3)] == [N2, None, N2]
    assert len(hub.conflict(N2, "identity").candidates) == 3


def test_the_same_id_is_registered_once() -> None:
    hub, a, _ = village()
    change = register(a, M1, "09:00")
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "OPENED_BEFORE"


def test_a_registration_in_an_unknown_unit_waits_for_it() -> None:
    hub, a, _ = village()
    change = a.does("member.register", N1, "09:00", unit=ident("no unit"), number="1", name="Li")
    a.push("18:00")
    hub.night()
    assert (hub.code(change), hub.verdict(change).waits) == ("WAITS", ident("no unit"))


def test_whatever_names_an_alias_is_read_as_the_member() -> None:
    hub, a, b = village()
    register(a, N1, "08:00")
    register(b, N2, "08:30")
    b.does("ticket.open", T, "08:40", grid=G1, category="parking", title="t")
    b.does("ticket.claim", T, "09:00", member=N2)
    b.does("member.edit", N2, "09:10", name="Li the Second", addSkills=["legal"])
    b.does("member.assign", N2, "09:20", grid=G1)
    b.does("points.redeem", ident("r"), "09:30", member=N2, points=2, reward="soap")
    a.serves(S, N1, "10:00", "11:00")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    root = hub.member(N1)
    assert (root.name, list(root.skills), root.grid, root.points) == ("Li the Second", ["legal"], G1, 0)
    assert (hub.member(N2).name, hub.member(N2).earned) == ("Li", -2)
    assert hub.takers(T) == [N2], "what was recorded keeps the id it was recorded with"


# Identity


def test_an_identity_edit_that_collides_is_rejected() -> None:
    hub, a, _ = village()
    desk = hub.desk("member.edit", M1, "08:00", number="002", name="Li")
    tablet = a.does("member.edit", M1, "09:00", number="002", name="Li")
    a.push("18:00")
    hub.night()
    assert hub.code(desk.change.id) == hub.code(tablet) == "IDENTITY_TAKEN"
    assert (hub.member(M1).name, hub.member(M1).number) == ("member 1", "001")


def test_an_office_corrects_an_identity_and_the_aliases_registered_under_it_go_along() -> None:
    hub, a, b = village()
    register(a, N1, "08:00")
    register(b, N2, "09:00")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    hub.district("member.edit", N1, "1/09:00", unit=U3, number="200")
    for member_id in (N1, N2):
        assert (hub.member(member_id).unit, hub.member(member_id).number) == (U3, "200")
    assert hub.member(N1).community == hub.member(N2).community != LY
    b.pull("1/10:00")
    fresh = register(b, N3, "1/10:30")
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.code(fresh) == "APPLIED"
    assert hub.member(N3).alias_of is None


def test_a_correction_to_the_same_identity_changes_nothing() -> None:
    hub, _, _ = village()
    change = hub.desk("member.edit", M1, "08:00", unit=U1, number="001")
    assert hub.code(change.change.id) == "APPLIED"


def test_a_number_that_somebody_gave_up_is_free() -> None:
    hub, _, _ = village()
    hub.desk("member.edit", M1, "08:00", number="099")
    assert hub.code(hub.desk("member.edit", M2, "08:10", number="001").change.id) == "APPLIED"


def test_half_a_correction_that_comes_too_late_may_not_make_one_person_of_two() -> None:
    """The unit would stand and the number would not: together they are somebody else's."""
    hub, _, _ = village()
    hub.settle([hub.office_change("member.edit", M2, "08:00", unit=U2, number="077")], "08:01")
    early = hub.office_change("member.edit", M1, "09:00", unit=U2, number="088")
    hub.settle([hub.office_change("member.edit", M1, "10:00", number="077")], "10:01")
    settled = hub.settle([early], "11:00")
    assert [outcome.code for outcome in settled.outcomes] == ["IDENTITY_TAKEN"]


def test_a_tablets_correction_is_a_proposal_and_the_rest_of_its_edit_stands() -> None:
    hub, a, _ = village()
    change = a.does("member.edit", M1, "09:00", number="077", unit=U1, name="Li")
    same = a.does("member.edit", M2, "09:10", number="002")
    a.push("18:00")
    hub.night()
    verdict = hub.verdict(change)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("REVIEW", "PROPOSED", "district")
    assert (hub.member(M1).number, hub.member(M1).name) == ("001", "Li")
    conflict = hub.conflict(M1, "number")
    assert (conflict.rule, conflict.state) == ("district", "REVIEW")
    assert [candidate.value for candidate in conflict.candidates] == ["001", "077"]
    assert hub.code(same) == "APPLIED"


def test_an_edit_of_a_name_alone_asks_for_no_identity() -> None:
    hub, a, _ = village()
    change = a.does("member.edit", M1, "09:00", name="Li")
    a.push("18:00")
    assert hub.memory.gathered(hub.inbox).identities == {}
    hub.night()
    assert hub.code(change) == "APPLIED"


def test_an_edit_through_a_member_merged_in_the_same_night_is_checked_for_both_units() -> None:
    """Gathering must know that both may be one person by then."""
    hub, a, _ = village()
    a.does("member.edit", M3, "11:00", number="055")
    a.push("12:00")
    hub.desk("member.merge", M3, "12:30", into=M1)
    a.does("member.edit", M3, "13:00", number="066")
    a.push("18:00")
    hub.night()
    assert hub.member(M3).alias_of == M1


# Placing


def test_among_tablets_the_first_placing_stands_and_the_later_goes_to_review() -> None:
    hub, a, b = village()
    first = b.does("member.assign", M4, "08:00", grid=G1)
    later = a.does("member.assign", M4, "09:00", grid=G2)
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert hub.member(M4).grid == G1
    assert (hub.code(first), hub.code(later), hub.verdict(later).outcome) == (
        "APPLIED",
        "PLACED_ELSEWHERE",
        "REVIEW",
    )
    conflict = hub.conflict(M4, "grid")
    assert (conflict.rule, conflict.state, conflict.stands) == ("placed", "REVIEW", first)


def test_a_tablets_older_placing_does_not_replace_its_own_later_one() -> None:
    """Registrations are decided before placings, so the older one is decided last."""
    hub, a, _ = village()
    older = a.does("member.assign", M4, "08:00", grid=G2)
    a.does("member.register", N1, "09:00", unit=U2, number="004", name="member 4", grid=G1)
    a.push("18:00")
    hub.night()
    assert hub.member(M4).grid == G1
    assert hub.code(older) == "PLACED_ELSEWHERE"


def test_the_first_placing_stands_among_tablets_even_when_it_was_seen() -> None:
    hub, a, b = village()
    b.does("member.assign", M4, "08:00", grid=G1)
    b.push("08:10")
    hub.night("08:20")
    a.pull("08:30")
    informed = a.does("member.assign", M4, "09:00", grid=G2)
    again = b.does("member.assign", M4, "09:30", grid=G1)
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.member(M4).grid, hub.code(informed), hub.code(again)) == (G1, "PLACED_ELSEWHERE", "APPLIED")


def test_a_tablet_may_take_its_own_placing_back() -> None:
    hub, a, _ = village()
    a.does("member.assign", M4, "08:00", grid=G1)
    second = a.does("member.assign", M4, "09:00", grid=G2)
    a.push("18:00")
    hub.night()
    assert (hub.member(M4).grid, hub.code(second)) == (G2, "APPLIED")


def test_an_office_places_as_ranked_and_whoever_it_overrides_is_told() -> None:
    hub, a, b = village()
    before = hub.memory.rev
    tablet = a.does("member.assign", M4, "08:00", grid=G1)
    a.push("08:10")
    hub.night("08:20")
    hub.desk("member.assign", M4, "09:00", saw=before, grid=G2)
    assert hub.member(M4).grid == G2
    assert hub.code(tablet) == "HIGHER_OFFICE"
    unaware = b.does("member.assign", M4, "10:00", saw=before, grid=G1)
    b.push("18:00")
    hub.night()
    assert (hub.member(M4).grid, hub.code(unaware)) == (G2, "HIGHER_OFFICE")
    assert hub.desk("member.assign", M4, "1/09:00", grid=G1).office.name == "DISPATCHER"
    assert hub.member(M4).grid == G1


def test_an_offices_placing_that_a_higher_one_had_set_unseen_does_not_stand() -> None:
    hub, _, _ = village()
    before = hub.memory.rev
    hub.district("member.assign", M4, "08:00", grid=G3)
    lower = hub.desk("member.assign", M4, "09:00", saw=before, scope=(LY, hub.member(M4).community), grid=G2)
    assert (hub.member(M4).grid, hub.code(lower.change.id)) == (G3, "HIGHER_OFFICE")
    assert hub.member(M4).community == hub.member(M5).community


# Merging and splitting


def test_merging_and_splitting_move_the_pointer_and_nothing_else() -> None:
    hub, a, _ = village()
    a.serves(S, M3, "09:00", "10:00")
    a.push("18:00")
    hub.night()
    hub.desk("member.merge", M3, "1/09:00", into=M1)
    assert (hub.member(M3).alias_of, hub.member(M3).points, hub.member(M1).points) == (M1, 0, 2)
    assert hub.member(M3).name == "member 3"
    hub.desk("member.split", M3, "1/10:00")
    assert (hub.member(M3).alias_of, hub.member(M3).points, hub.member(M1).points) == (None, 2, 0)


def test_a_merged_member_takes_its_aliases_along_and_back() -> None:
    hub, a, b = village()
    register(a, N1, "08:00")
    register(b, N2, "09:00")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    hub.desk("member.merge", N1, "1/09:00", into=M2)
    assert [hub.member(member_id).alias_of for member_id in (N1, N2)] == [M2, M2]
    hub.desk("member.split", N1, "1/10:00")
    assert [hub.member(member_id).alias_of for member_id in (N1, N2)] == [None, N1]
    again = register(b, N3, "1/11:00")
    b.push("1/18:00")
    hub.night("1/23:00")
    assert (hub.member(N3).alias_of, hub.code(again)) == (N1, "REGISTERED_BEFORE")


@pytest.mark.parametrize(
    ("kind", "entity", "data", "code"),
    [
        ("member.merge", M1, {"into": M1}, "SAME_MEMBER"),
        ("member.merge", M1, {"into": ident("nobody")}, "NOT_FOUND"),
        ("member.merge", M1, {"into": M5}, "OUT_OF_SCOPE"),
        ("member.split", M1, {}, "NOT_AN_ALIAS"),
        ("member.split", M5, {}, "OUT_OF_SCOPE"),
        ("member.split", ident("nobody"), {}, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_merged_or_split(kind: str, entity: str, data: dict[str, str], code: str) -> None:
    hub, _, _ = village()
    assert hub.code(hub.desk(kind, entity, "09:00", **data).change.id) == code


def test_merging_what_is_merged_is_refused() -> None:
    hub, _, _ = village()
    hub.desk("member.merge", M3, "09:00", into=M1)
    assert hub.code(hub.desk("member.merge", M3, "09:10", into=M1).change.id) == "SAME_MEMBER"


def test_who_shares_unit_and_number_with_the_member_cannot_be_split_off() -> None:
    hub, a, b = village()
    register(a, N1, "08:00")
    register(b, N2, "09:00")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert hub.code(hub.desk("member.split", N2, "1/09:00").change.id) == "SPLIT_INSTEAD"


def test_two_people_under_one_number_are_parted_by_correcting_the_one_registration() -> None:
    hub, a, b = village()
    register(a, N1, "08:00", "Li")
    register(b, N2, "09:00", "Wang")
    b.serves(S, N2, "09:10", "10:10")
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert (
        hub.code(hub.desk("member.edit", N2, "1/08:00", number="101", name="Wang").change.id)
        == "SPLIT_INSTEAD"
    )
    assert hub.code(hub.desk("member.edit", N2, "1/08:10", number="002").change.id) == "IDENTITY_TAKEN"
    assert hub.code(hub.desk("member.edit", N2, "1/08:20", unit=U3, number="101").change.id) == "APPLIED"
    assert (hub.member(N1).number, hub.member(N2).number, hub.member(N2).alias_of) == ("100", "101", N1)
    hub.district("member.split", N2, "1/08:30")
    assert (hub.member(N1).points, hub.member(N2).points) == (0, 2)
    assert hub.member(N2).community == hub.member(M5).community


def test_a_number_that_a_registration_was_corrected_away_from_is_free_in_the_same_night() -> None:
    hub, _, _ = village()
    hub.desk("member.merge", M2, "08:00", into=M1)
    correct = hub.office_change("member.edit", M2, "09:00", number="077")
    taken = hub.office_change("member.edit", M3, "09:10", unit=U1, number="002")
    kept = hub.office_change("member.edit", M6, "09:20", number="001")
    hub.settle([correct, taken, kept], "10:00")
    assert [hub.code(one.change.id) for one in (correct, taken, kept)] == [
        "APPLIED",
        "APPLIED",
        "IDENTITY_TAKEN",
    ]


def test_deciding_reads_only_what_was_gathered_for_it() -> None:
    hub, a, b = village()
    for tablet, new in ((a, N1), (b, N2)):
        register(tablet, new, "09:00", grid=G1)
        tablet.push("18:00")
    state = hub.memory.gathered(hub.inbox)
    assert settle(state, hub.inbox, 0, "").counts == {"APPLIED": 1, "DUPLICATE": 1}


# Requests for correction


def test_a_request_for_correction_waits_for_a_person_and_its_answer_is_told() -> None:
    hub, a, _ = village()
    asked = a.does("member.request", M1, "09:00", reason="that was not me", about=S)
    again = a.does("member.request", M1, "09:05", reason="and my name is spelt otherwise")
    a.push("18:00")
    hub.night()
    assert (hub.code(asked), hub.code(again)) == ("ASKED", "ASKED")
    conflict = hub.conflict(M1, f"correction:{asked}")
    assert (conflict.rule, conflict.state, conflict.stands) == ("correction", "REVIEW", None)
    (candidate,) = conflict.candidates
    assert candidate.value == {"reason": "that was not me", "about": S}
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=asked, reason="voided it")
    assert hub.verdict(asked).sentence["en"] == "Ruled to stand: voided it"
    assert hub.code(again) == "ASKED"


OWN_PAGES: list[tuple[Office, tuple[str, ...], str]] = [
    (Office.MEMBER, (M1,), "ASKED"),
    (Office.MEMBER, (M2,), "OUT_OF_SCOPE"),
    (Office.DISPATCHER, (LY,), "ASKED"),
    (Office.DISPATCHER, (CG,), "OUT_OF_SCOPE"),
]


@pytest.mark.parametrize(("office", "scope", "code"), OWN_PAGES)
def test_a_member_asks_about_themselves_and_a_desk_for_its_own(
    office: Office, scope: tuple[str, ...], code: str
) -> None:
    hub, _, _ = village()
    hub.settle(
        [asked := hub.office(office, "member.request", M1, {"reason": "r"}, "09:00", scope=scope)], "09:00"
    )
    assert hub.code(asked.change.id) == code


def test_a_member_may_do_nothing_else() -> None:
    hub, _, _ = village()
    edit = hub.office(Office.MEMBER, "member.edit", M1, {"name": "Li"}, "09:00", scope=(M1,))
    hub.settle([edit], "09:00")
    assert hub.code(edit.change.id) == "FORBIDDEN"
