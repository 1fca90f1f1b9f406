"""Editing: what stands, what is kept beside it, and what each author hears."""

from sync.kinds.kind import Office
from tests.sync.hub import Hub, Tablet
from tests.sync.test_seats import ticket
from tests.sync.world import DAY, G1, G2, M1, T


def both_edit(hub: Hub, a: Tablet, b: Tablet) -> tuple[str, str]:
    """Two titles offline, A's at 09:00 and B's at 10:00; B uploads first."""
    first = a.does("ticket.edit", T, "09:00", title="from A")
    second = b.does("ticket.edit", T, "10:00", title="from B")
    b.push("18:00")
    a.push("18:10")
    hub.night()
    return first, second


def test_of_two_titles_offline_the_later_deed_stands_and_both_authors_are_told() -> None:
    """Line 4."""
    hub, a, b = ticket()
    first, second = both_edit(hub, a, b)
    assert hub.ticket(T).title == "from B"
    lost, won = hub.verdict(first), hub.verdict(second)
    assert (lost.outcome, lost.code, lost.rule) == ("SUPERSEDED", "LATER_DEED", "latest")
    assert lost.stands == {"change": second, "field": "title", "value": "from B"}
    assert (won.outcome, won.code) == ("APPLIED", "STANDS")
    (conflict,) = hub.conflicts()
    assert (conflict.rule, conflict.field, conflict.stands, conflict.state) == (
        "latest",
        "title",
        second,
        "SETTLED",
    )
    assert [c.value for c in conflict.candidates] == ["from A", "from B"]


def test_an_older_title_arriving_a_week_late_changes_nothing_and_is_told_so() -> None:
    """Line 4."""
    hub, a, b = ticket()
    late = a.does("ticket.edit", T, "09:00", title="from A")
    stands = b.does("ticket.edit", T, "10:00", title="from B")
    b.push("18:00")
    hub.night()
    a.push("7/18:00")
    settled = hub.night("7/23:00")
    assert hub.ticket(T).title == "from B"
    assert hub.code(late) == "LATER_DEED"
    assert hub.code(stands) == "STANDS", "its author hears that something is kept beside it"
    assert "ticket" not in settled.written


def test_an_informed_edit_from_a_tablet_with_a_slow_clock_beats_what_it_saw() -> None:
    """Line 4."""
    hub, a, b = ticket()
    a.does("ticket.edit", T, "09:00", title="from A")
    a.push("09:10")
    hub.night("09:20")
    b.restart(ahead=-3 * DAY)
    b.pull("09:30")
    informed = b.does("ticket.edit", T, "10:00", title="from B")
    b.stick("18:00")
    hub.night()
    assert (hub.ticket(T).title, hub.code(informed)) == ("from B", "APPLIED")
    assert hub.conflicts() == []


def test_a_tablet_has_seen_what_it_wrote_itself() -> None:
    hub, a, _ = ticket()
    first = a.does("ticket.edit", T, "09:00", title="one")
    second = a.does("ticket.edit", T, "10:00", title="two")
    a.push("18:00")
    hub.night()
    assert (hub.ticket(T).title, hub.code(first), hub.code(second)) == ("two", "APPLIED", "APPLIED")
    assert hub.conflicts() == []


def test_the_same_value_twice_is_no_conflict() -> None:
    hub, a, b = ticket()
    codes = [x.does("ticket.edit", T, "09:00", title="same", place=None) for x in (a, b)]
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert [hub.code(change) for change in codes] == ["APPLIED", "APPLIED"]
    assert hub.conflicts() == []


def test_an_older_edit_to_the_value_that_stands_is_no_conflict() -> None:
    hub, a, b = ticket()
    early = a.does("ticket.edit", T, "09:00", title="same")
    b.does("ticket.edit", T, "10:00", title="same")
    b.push("18:00")
    hub.night("18:30")
    a.push("19:00")
    hub.night()
    assert hub.code(early) == "APPLIED"
    assert hub.conflicts() == []


def test_two_contacts_always_conflict_and_are_kept_out_of_it() -> None:
    hub, a, b = ticket()
    for tablet, at in ((a, "09:00"), (b, "10:00")):
        tablet.does("ticket.edit", T, at, private={"contact": {"telephone": "555 0100"}})
        tablet.push("18:00")
    hub.night()
    (conflict,) = hub.conflicts()
    assert conflict.field == "contact"
    assert [candidate.value for candidate in conflict.candidates] == [None, None]
    assert conflict.before is None
    lost = hub.verdict(conflict.candidates[0].change)
    assert (lost.code, lost.stands) == ("LATER_DEED", {"change": conflict.stands})


def test_part_of_an_edit_stands() -> None:
    hub, a, b = ticket()
    both = a.does("ticket.edit", T, "09:00", title="from A", place="gate 3")
    b.does("ticket.edit", T, "10:00", title="from B")
    b.push("18:00")
    hub.night("18:30")
    a.push("19:00")
    hub.night()
    verdict = hub.verdict(both)
    assert (verdict.outcome, verdict.code) == ("MERGED", "MERGED")
    assert verdict.sentence["en"] == "Part of it stands; for title another's stands."
    assert (hub.ticket(T).title, hub.ticket(T).place) == ("from B", "gate 3")


def test_an_author_whose_value_is_overridden_hears_what_of_theirs_still_stands() -> None:
    hub, a, b = ticket()
    whole = a.does("ticket.edit", T, "09:00", title="from A")
    part = a.does("ticket.edit", T, "09:10", category="other", place="gate 3")
    tagged = a.does("ticket.edit", T, "09:20", due="2026-12-01T00:00:00.000Z", addTags=["steep"])
    b.does("ticket.edit", T, "10:00", title="B", place="gate 4", due=None)
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert [hub.code(change) for change in (whole, part, tagged)] == ["LATER_DEED", "MERGED", "MERGED"]


def test_an_author_of_whom_a_part_stands_hears_no_more_when_that_part_stands_against_another() -> None:
    hub, a, b = ticket()
    part = a.does("ticket.edit", T, "09:00", title="from A", place="gate 3")
    b.does("ticket.edit", T, "10:00", title="from B")
    a.push("18:00")
    b.push("18:10")
    hub.night()
    c = hub.tablet("C", at="06:00")
    late = c.does("ticket.edit", T, "08:00", saw=0, place="gate 4")
    c.push("1/18:00")
    hub.night("2/02:00")
    assert (hub.code(late), hub.ticket(T).place) == ("LATER_DEED", "gate 3")
    assert hub.code(part) == "MERGED"


def test_an_older_edit_of_which_one_field_says_what_stands_already_stands_in_that_part() -> None:
    hub, a, b = ticket()
    older = a.does("ticket.edit", T, "09:00", title="from A", place="gate 3")
    b.does("ticket.edit", T, "10:00", title="from B", place="gate 3")
    b.push("18:00")
    hub.night()
    a.push("1/18:00")
    hub.night("2/02:00")
    assert (hub.ticket(T).title, hub.ticket(T).place) == ("from B", "gate 3")
    assert hub.code(older) == "MERGED"
    assert hub.verdict(older).sentence["en"] == "Part of it stands; for title another's stands."


def test_a_candidate_carries_the_uncertainty_of_its_deed_unless_it_stood_before() -> None:
    """As sync/README.md says: a thing remembers who wrote a field and when, not how sure that is."""
    hub, a, b = ticket()
    first, second = both_edit(hub, a, b)
    (conflict,) = hub.conflicts()
    assert [c.change for c in conflict.candidates] == [first, second]
    known = hub.memory.changes[second].uncertainty_ms
    assert known is not None
    assert [c.uncertainty_ms for c in conflict.candidates] == [None, known]


def test_what_opened_a_ticket_stands_in_part_when_its_title_is_overridden() -> None:
    hub, a, b = ticket()
    opened = a.changes[0]["id"]
    change = b.does("ticket.edit", T, "09:00", title="from B", saw=0)
    b.push("18:00")
    hub.night()
    assert (hub.code(change), hub.code(opened)) == ("STANDS", "MERGED")


def test_the_desk_outranks_a_liaison_who_had_not_seen_it_in_either_night() -> None:
    """Line 5."""
    for first_night in (True, False):
        hub, a, _ = ticket()
        before = hub.memory.rev
        offline = a.does("ticket.edit", T, "11:00", priority="LOW")
        if first_night:
            a.push("11:30")
            hub.night("11:40")
            desk = hub.desk("ticket.edit", T, "12:00", saw=before, priority="URGENT")
        else:
            desk = hub.desk("ticket.edit", T, "10:00", priority="URGENT")
            a.push("18:00")
            hub.night()
        assert hub.ticket(T).priority == "URGENT"
        assert hub.code(offline) == "HIGHER_OFFICE"
        assert hub.verdict(offline).sentence["en"].startswith("The dispatcher had set priority")
        assert hub.conflict(T, "priority").stands == desk.change.id


def test_a_liaison_who_had_seen_the_desks_priority_may_change_it() -> None:
    """Line 5."""
    hub, a, _ = ticket()
    hub.desk("ticket.edit", T, "10:00", priority="URGENT")
    a.pull("10:10")
    change = a.does("ticket.edit", T, "11:00", priority="LOW")
    a.push("18:00")
    hub.night()
    assert (hub.ticket(T).priority, hub.code(change)) == ("LOW", "APPLIED")


def test_offices_rank_above_one_another() -> None:
    hub, a, _ = ticket()
    before = hub.memory.rev
    offline = a.does("ticket.edit", T, "09:00", seats=2)
    hub.district("ticket.edit", T, "10:00", saw=before, seats=3)
    desk = hub.desk("ticket.edit", T, "11:00", saw=before, seats=4)
    a.push("18:00")
    hub.night()
    assert hub.ticket(T).seats == 3
    assert hub.code(desk.change.id) == hub.code(offline) == "HIGHER_OFFICE"
    assert [write.office for write in hub.ticket(T).ranks["seats"]] == [Office.DISTRICT]


def test_of_two_liaisons_under_one_desk_the_later_stands() -> None:
    hub, a, b = ticket()
    early = a.does("ticket.edit", T, "09:00", priority="LOW")
    late = b.does("ticket.edit", T, "10:00", priority="HIGH")
    b.push("18:00")
    hub.night("18:30")
    a.push("19:00")
    hub.night()
    assert (hub.ticket(T).priority, hub.code(early), hub.code(late)) == ("HIGH", "LATER_DEED", "STANDS")


def test_an_add_always_adds_and_a_remove_removes_what_was_seen() -> None:
    hub, a, b = ticket()
    a.does("ticket.edit", T, "08:00", addTags=["steep", "lift"])
    a.push("08:10")
    hub.night("08:20")
    b.pull("08:30")
    again = a.does("ticket.edit", T, "09:00", addTags=["steep"])
    removed = b.does("ticket.edit", T, "10:00", removeTags=["steep", "lift"])
    b.push("18:00")
    hub.night("18:30")
    assert sorted(hub.ticket(T).tags) == []
    a.push("19:00")
    hub.night()
    assert sorted(hub.ticket(T).tags) == ["steep"]
    assert hub.code(again) == hub.code(removed) == "APPLIED"


def test_an_edit_that_says_nothing_applies() -> None:
    hub, a, _ = ticket()
    change = a.does("ticket.edit", T, "09:00")
    a.push("18:00")
    settled = hub.night()
    assert hub.code(change) == "APPLIED"
    assert settled.written == {}


def test_a_clearing_is_a_value() -> None:
    hub, a, _ = ticket()
    a.does("ticket.edit", T, "09:00", place="gate 3", private={"detail": "d"})
    a.does("ticket.edit", T, "10:00", place=None, private={"detail": None})
    a.push("18:00")
    hub.night()
    assert (hub.ticket(T).place, hub.ticket(T).detail) == (None, None)


def test_a_members_name_follows_the_same_rule_and_says_what_stands() -> None:
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G2)
    first = a.does("member.edit", M1, "09:00", name="Li")
    b.does("member.edit", M1, "10:00", name="Wang", addSkills=["legal"])
    a.push("18:00")
    b.push("18:10")
    hub.night()
    assert (hub.member(M1).name, list(hub.member(M1).skills)) == ("Wang", ["legal"])
    assert (hub.verdict(first).stands or {})["value"] == "Wang"


def test_who_is_outranked_hears_which_office_it_was() -> None:
    """The district's word stood first; a liaison who had seen it changed it; the desk had seen neither."""
    hub, a, _ = ticket()
    before = hub.memory.rev
    hub.district("ticket.edit", T, "08:00", priority="URGENT")
    a.pull("08:10")
    a.does("ticket.edit", T, "09:00", priority="LOW")
    a.push("09:10")
    hub.night("09:20")
    desk = hub.desk("ticket.edit", T, "10:00", saw=before, priority="HIGH")
    assert hub.ticket(T).priority == "LOW"
    assert hub.verdict(desk.change.id).sentence["en"].startswith("The district had set priority")
