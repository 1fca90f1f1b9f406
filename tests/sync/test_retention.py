"""A contact goes a set time after its ticket was closed: from the ticket, from every change that gave one, for good."""

from typing import Any

from sync.retention import retained_since
from sync.state import Erase
from tests.sync.hub import Hub, Tablet
from tests.sync.world import G1, G2, LY, M1, T, community

LI: dict[str, Any] = {"contact": {"name": "Mrs Li", "telephone": "5550100"}}
ORDER: dict[str, Any] = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


def closed(*, contact: bool = True) -> tuple[Hub, Tablet]:
    """A ticket that was opened with a contact and closed on Monday at ten."""
    hub = Hub()
    hub.desk("ticket.open", T, "07:00", **ORDER, **({"private": LI} if contact else {}))
    tablet = hub.tablet("A")
    hub.desk("ticket.finish", T, "09:00", member=M1)
    hub.desk("ticket.close", T, "10:00")
    return hub, tablet


def test_a_contact_goes_90_days_after_closing_and_not_before() -> None:
    hub, _ = closed()
    assert hub.night("90/09:59").erased == []
    assert hub.ticket(T).contact == LI["contact"]
    rev = hub.ticket(T).rev
    night = hub.night("90/10:00")
    assert night.erased == [Erase(T, ("contact",))]
    assert hub.ticket(T).contact is None
    assert hub.ticket(T).rev > rev
    assert hub.memory.documents["ticket", T].body["contact"] is None
    assert hub.night("91/23:00").erased == []


def test_a_community_may_keep_contacts_for_another_time_and_may_change_its_mind() -> None:
    hub, _ = closed()
    hub.district("community.put", LY, "20/08:00", **community("LY"), policies={"contactDays": 30})
    assert hub.night("29/23:00").erased == []
    assert hub.night("30/23:00").erased == [Erase(T, ("contact",))]


def test_nobody_closed_it_and_the_time_counts_from_when_it_was_done() -> None:
    hub = Hub()
    hub.desk("ticket.open", T, "07:00", **ORDER, private=LI)
    assert retained_since(hub.ticket(T)) is None
    assert hub.night("200/23:00").erased == []
    hub.desk("ticket.finish", T, "201/09:00", member=M1)
    assert hub.night("290/23:00").erased == []
    assert hub.night("291/23:00").erased == [Erase(T, ("contact",))]


def test_a_cancelled_order_keeps_nobodys_contact_either() -> None:
    hub = Hub()
    hub.desk("ticket.open", T, "07:00", **ORDER, private=LI)
    hub.desk("ticket.cancel", T, "08:00", reason="by mistake")
    assert hub.night("90/23:00").erased == [Erase(T, ("contact",))]


def test_a_reopened_ticket_keeps_its_contact_until_it_is_closed_again() -> None:
    hub, _ = closed()
    hub.desk("ticket.reopen", T, "80/09:00", reason="it leaks again")
    assert hub.night("100/23:00").erased == []
    hub.desk("ticket.cancel", T, "101/08:00", reason="moved away")
    assert hub.night("191/23:00").erased == [Erase(T, ("contact",))]


def test_a_contact_that_was_cleared_is_still_in_the_log_and_goes_from_there() -> None:
    hub, tablet = closed()
    tablet.does("ticket.edit", T, "11:00", private={"contact": None})
    tablet.push("12:00")
    hub.night()
    assert hub.ticket(T).contact is None
    assert hub.night("90/23:00").erased == [Erase(T, ("contact",))]


def test_a_ticket_without_contact_is_left_alone() -> None:
    hub, _ = closed(contact=False)
    rev = hub.ticket(T).rev
    assert hub.night("200/23:00").erased == []
    assert hub.ticket(T).rev == rev


def test_what_was_redacted_before_does_not_expire_again() -> None:
    hub, _ = closed()
    hub.desk("ticket.redact", T, "11:00", fields=["contact"])
    assert hub.night("90/23:00").erased == []


def test_a_tablet_that_was_away_for_a_hundred_days_does_not_bring_a_contact_back() -> None:
    hub, tablet = closed()
    hub.night("90/23:00")
    late = tablet.does("ticket.edit", T, "11:00", private={"contact": {"telephone": "5550199"}})
    tablet.push("100/12:00")
    night = hub.night("100/23:00")
    assert hub.code(late) == "REDACTED"
    assert (hub.ticket(T).contact, night.erased) == (None, [Erase(T, ("contact",), change=late)])


def test_whoever_has_seen_that_it_is_gone_may_leave_a_new_one_which_goes_the_next_night() -> None:
    hub, tablet = closed()
    hub.night("90/23:00")
    tablet.pull("91/08:00")
    anew = tablet.does("ticket.edit", T, "91/09:00", private={"contact": {"telephone": "5550199"}})
    tablet.push("91/12:00")
    assert hub.night("91/23:00").erased == [Erase(T, ("contact",))]
    assert (hub.code(anew), hub.ticket(T).contact) == ("APPLIED", None)


def test_an_order_that_comes_when_its_time_is_over_already_is_erased_in_the_night_it_comes() -> None:
    hub = Hub()
    tablet = hub.tablet("A")
    tablet.does("ticket.open", T, "07:00", **ORDER, private=LI)
    tablet.does("ticket.finish", T, "09:00", member=M1)
    tablet.push("95/12:00")
    assert hub.night("95/23:00").erased == [Erase(T, ("contact",))]
    assert hub.ticket(T).contact is None


def test_what_is_settled_at_once_brings_nothing_however_late_it_is() -> None:
    hub, _ = closed()
    hub.desk("ticket.edit", T, "200/08:00", grid=G2)
    assert hub.ticket(T).contact == LI["contact"]
    assert hub.memory.gathered([]).timely is None
