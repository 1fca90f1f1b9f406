"""What offices did in days that a restore lost, done again from the journal: it waits for what tablets bring back."""

from msgspec.structs import replace

from sync.kinds.kind import Office
from sync.state import Accepted
from sync.work import conflict_of
from tests.sync.hub import Hub
from tests.sync.world import G1, M1, M2, S, T, when

RESTORED = "12:00"


def again(accepted: Accepted) -> Accepted:
    """A change of the journal as a restored hub takes it up: done when it was done, and come only now."""
    return replace(accepted, arrival=when(RESTORED))


def test_an_offices_change_of_lost_days_waits_for_the_ticket_that_a_tablet_brings_back() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    dispatch = hub.office(Office.DISPATCHER, "ticket.dispatch", T, {"member": M1}, "10:00", saw=1)
    hub.settle([again(dispatch)], RESTORED)
    verdict = hub.verdict(dispatch.change.id)
    assert (verdict.outcome, verdict.code, verdict.waits) == ("HELD", "WAITS", T)
    a.does("ticket.open", T, "09:00", grid=G1, category="parking", title="Widen the entrance")
    a.push("18:00")
    hub.night()
    assert hub.verdict(dispatch.change.id).outcome == "APPLIED"
    assert hub.ticket(T).reserved == {"member": M1}


def test_a_ruling_of_lost_days_waits_for_the_conflict_to_arise_again_in_whichever_night() -> None:
    hub = Hub()
    hub.desk("ticket.open", T, "08:00", grid=G1, category="parking", title="Widen the entrance")
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    data = {"stands": b.does("ticket.claim", T, "09:00", member=M2), "reason": "B was nearer"}
    conflict = conflict_of(T, "takers", 1)
    ruling = hub.office(Office.DISPATCHER, "conflict.rule", conflict, data, "10:00", saw=1)
    hub.settle([again(ruling)], RESTORED)
    assert hub.verdict(ruling.change.id).outcome == "HELD"
    a.does("ticket.claim", T, "08:30", member=M1)
    a.push("18:00")
    hub.night()
    assert hub.verdict(ruling.change.id).outcome == "HELD"
    b.push("1/18:00")
    hub.night("1/23:00")
    assert hub.verdict(ruling.change.id).outcome == "APPLIED"
    assert [taker.member for taker in hub.ticket(T).takers] == [M2]


def test_a_ruling_of_lost_days_may_name_what_a_tablet_had_settled_before() -> None:
    """The conflict arises again in this night; what shall stand is of a night before and must be gathered."""
    hub = Hub()
    hub.desk("ticket.open", T, "08:00", grid=G1, category="parking", title="Widen the entrance")
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    finish = a.does("ticket.finish", T, "09:00", member=M1)
    a.push("09:10")
    hub.night("09:20")
    b.does("ticket.cancel", T, "08:30", reason="not needed")
    data = {"stands": finish, "reason": "it was done"}
    ruling = hub.office(Office.DISPATCHER, "conflict.rule", conflict_of(T, "state", 1), data, "10:00", saw=1)
    hub.settle([again(ruling)], RESTORED)
    b.push("18:00")
    hub.night()
    assert hub.verdict(ruling.change.id).outcome == "APPLIED"
    assert (hub.ticket(T).state, hub.ticket(T).done) == ("DONE", when("09:00"))


def test_a_ruling_of_lost_days_for_none_of_them_leaves_what_had_stood_before() -> None:
    """The conflict arises again in this night; what stood before it is its first candidate, and must be gathered."""
    hub = Hub()
    hub.desk("ticket.open", T, "08:00", grid=G1, category="parking", title="Widen the entrance")
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    a.does("ticket.claim", T, "08:10", member=M1)
    a.serves(S, M1, "08:20", "08:50", at="08:55", ticket=T)
    a.push("09:10")
    hub.night("09:20")
    close = b.does("ticket.close", T, "08:30", rating=5)
    data = {"stands": None, "reason": "not done yet"}
    ruling = hub.office(Office.DISPATCHER, "conflict.rule", conflict_of(T, "state", 1), data, "10:00", saw=1)
    hub.settle([again(ruling)], RESTORED)
    b.push("18:00")
    hub.night()
    assert hub.verdict(ruling.change.id).outcome == "APPLIED"
    assert hub.code(close) == "RULED_AGAINST"
    assert hub.ticket(T).state == "ACCEPTED"
