"""Meeting the real hub when everything goes well: enrolled, recorded, sent, settled, told."""

from typing import Final

import msgspec
import pytest

from clients.python.failures import Refused
from sync.bodies import BODIES
from sync.wire import MAX_UPLOAD_BYTES
from tests.clients.district import District, grid, member, seqs, unit
from tests.clients.kit import HOUR, MINUTE
from tests.clients.road import answer_lost

LEFT_TO_THE_HUB: Final = ("onDuty", "points")
"""What no tablet guesses."""


def test_a_tablet_is_enrolled_by_a_code_and_carries_its_grids_and_no_more(district: District) -> None:
    carried = district.carry("A", "LY-1", enrol=False)
    enrolment = carried.tablet.enrol(district.code("LY-1"), "平板 A")
    assert carried.tablet.device == enrolment.device
    assert carried.sync().synced
    status = carried.tablet.status()
    assert [line["code"] for line in status.scope] == ["LY-1"]
    assert (status.epoch, status.unsent, status.alarm) == (1, 0, False)
    assert status.synced_at is not None
    assert carried.held("member") == {member("001"), member("002"), member("003")}
    assert carried.held("grid") == {grid("LY-1"), grid("LY-2")}
    phones = {view.body["number"]: view.body["phone"] for view in carried.tablet.list("member")}
    assert phones == {"001": "5550001", "002": "5550002", "003": None}


def test_a_code_that_is_not_valid_is_refused_and_nothing_is_lost(district: District) -> None:
    carried = district.carry("A", enrol=False)
    carried.tablet.claim(unit("a ticket"), member("001"))
    with pytest.raises(Refused) as refused:
        carried.tablet.enrol("AAAAAAAA", "平板 A")
    assert refused.value.code == "CODE_INVALID"
    assert carried.tablet.device is None
    assert carried.sync().state == "ENROL"
    assert carried.tablet.status().unsent == 1
    carried.tablet.enrol(district.code("LY-1"), "平板 A")
    assert carried.sync().synced
    assert carried.tablet.status().unsent == 0


def test_a_day_is_recorded_sent_settled_and_told(district: District) -> None:
    carried = district.carry("A", "LY-1")
    tablet, one = carried.tablet, member("001")
    district.world.go_on(HOUR)
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难", contact={"telephone": "555 0100"})
    start = tablet.moment()
    claimed = tablet.claim(ticket.entity, one)
    district.world.go_on(40 * MINUTE)
    finished = tablet.finish(ticket.entity, one)
    service = tablet.record_service(one, start, ticket=ticket.entity)
    mine = [ticket.id, claimed.id, finished.id, service.id]
    assert {carried.outcome(change) for change in mine} == {"SAVED"}

    report = carried.sync()
    assert (report.state, report.sent) == ("SYNCED", 4)
    assert {carried.outcome(change) for change in mine} == {"SENT"}
    before = tablet.view("ticket", ticket.entity)
    assert before is not None
    assert (before.body["state"], "state" in before.provisional) == ("DONE", True)
    person = tablet.view("member", one)
    assert person is not None
    assert person.waiting is not None
    assert (person.body["points"], person.waiting.services, person.waiting.minutes) == (0, 1, 40)

    district.settle()
    assert carried.sync().synced
    assert {carried.outcome(change) for change in mine} == {"APPLIED"}
    assert tablet.pending() == []
    after = tablet.view("ticket", ticket.entity)
    assert after is not None
    assert after.provisional == []
    assert after.body == before.body
    person = tablet.view("member", one)
    assert person is not None
    assert person.waiting is not None
    assert (person.body["points"], person.waiting.services) == (3, 0)


@pytest.mark.parametrize("collection", ["ticket", "member", "service"])
def test_a_guess_has_every_field_that_the_hub_will_say(district: District, collection: str) -> None:
    carried = district.carry("A", "LY-1")
    tablet = carried.tablet
    made = {
        "ticket": lambda: tablet.open_ticket(grid("LY-1"), "parking", "停车", seats=2, detail="细节"),
        "member": lambda: tablet.register(unit("U1"), "033", "党员 033", grid=grid("LY-1"), phone="5550033"),
        "service": lambda: tablet.record_service(
            member("001"), district.world.now() - HOUR, place=(28.1, 112.9)
        ),
    }[collection]()
    guess = tablet.view(collection, made.entity)
    assert guess is not None
    assert guess.body.keys() == {field.encode_name for field in msgspec.structs.fields(BODIES[collection])}
    carried.sync()
    district.settle()
    carried.sync()
    said = tablet.view(collection, made.entity)
    assert said is not None
    assert {**guess.body, **dict.fromkeys(LEFT_TO_THE_HUB)} == {**said.body, **dict.fromkeys(LEFT_TO_THE_HUB)}


def test_what_was_settled_and_is_durable_is_let_go_and_still_told(district: District) -> None:
    carried = district.carry("A", "LY-1")
    change = carried.tablet.open_ticket(grid("LY-1"), "parking", "停车", contact={"telephone": "555 0100"})
    carried.sync()
    assert carried.tablet._outbox.oldest() == 1
    district.settle()
    carried.sync()
    carried.sync()
    assert carried.tablet._outbox.oldest() == 2
    assert carried.tablet._store.rows("SELECT body FROM change") == [(None,)]
    told = carried.verdict(change.id)
    assert (told.outcome, told.kind, told.sentence["en"]) == ("APPLIED", "ticket.open", "It stands.")


def test_many_changes_go_in_batches_that_the_hub_takes(district: District) -> None:
    carried = district.carry("A", "LY-1")
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "停车").entity
    for number in range(1_100):
        carried.tablet.note(ticket, f"第{number}条")
    report = carried.sync()
    assert (report.state, report.sent) == ("SYNCED", 1_101)
    assert seqs(carried.road) == [(1, 500), (501, 500), (1_001, 101)]


def test_long_changes_go_in_smaller_batches(district: District) -> None:
    carried = district.carry("A", "LY-1")
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "停车").entity
    for _ in range(700):
        carried.tablet.note(ticket, "长" * 4_000)
    assert carried.sync().synced
    assert sum(count for _, count in seqs(carried.road)) == 701
    assert len(seqs(carried.road)) == 2
    assert 500 * 12_000 < MAX_UPLOAD_BYTES < 700 * 12_000


def test_an_empty_push_asks_for_a_receipt(district: District) -> None:
    carried = district.carry("A", "LY-1")
    assert carried.sync().synced
    assert seqs(carried.road) == [(1, 0)]
    assert carried.tablet.status().settles_at is not None


def test_two_tablets_hear_of_each_other_through_the_hub_alone(district: District) -> None:
    one, two = district.carry("A", "LY-1"), district.carry("B", "LY-1")
    ticket = one.tablet.open_ticket(grid("LY-1"), "parking", "停车").entity
    one.sync()
    district.settle()
    assert two.tablet.view("ticket", ticket) is None
    two.sync()
    one.sync()
    district.world.go_on(HOUR)
    earlier = two.tablet.claim(ticket, member("002"))
    district.world.go_on(20 * MINUTE)
    later = one.tablet.claim(ticket, member("001"))
    one.sync()
    two.sync()
    district.settle()
    one.sync()
    two.sync()
    assert two.outcome(earlier.id) == "APPLIED"
    lost = one.verdict(later.id)
    assert (lost.outcome, lost.stands["member"]) == ("LOST", member("002"))
    for carried in (one, two):
        view = carried.tablet.view("ticket", ticket)
        assert view is not None
        assert [taker["member"] for taker in view.body["takers"]] == [member("002")]


def test_an_unreadable_change_is_set_apart_and_its_author_hears_it(district: District) -> None:
    """A newer app may write what this hub cannot read: the queue goes on, and the author hears why."""
    carried = district.carry("A", "LY-1")
    tablet = carried.tablet
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "停车")
    strange = tablet.note(ticket.entity, "新版本")
    with tablet._store.step("a newer app") as connection:
        connection.execute(
            "UPDATE change SET body = replace(body, 'ticket.note', 'ticket.sing') WHERE id = ?", (strange.id,)
        )
    foreign = tablet.open_ticket(grid("CG-1"), "tyre", "别处的事")
    after = tablet.claim(ticket.entity, member("001"))
    carried.road.spoil("push", answer_lost)
    assert carried.sync().state == "AGAIN"
    assert carried.sync().synced
    told = carried.verdict(strange.id)
    assert (told.outcome, told.code) == ("QUARANTINED", "UNKNOWN_KIND")
    assert "newer app" in told.sentence["en"]
    district.settle()
    carried.sync()
    assert carried.outcome(ticket.id) == carried.outcome(after.id) == "APPLIED"
    assert (carried.outcome(foreign.id), carried.verdict(foreign.id).code) == ("QUARANTINED", "OUT_OF_SCOPE")
    assert tablet.pending() == []


def test_a_service_for_a_ticket_that_has_not_come_is_shown_while_it_is_held(district: District) -> None:
    opener, worker = district.carry("A", "LY-1"), district.carry("B", "LY-1")
    ticket = opener.tablet.open_ticket(grid("LY-1"), "parking", "停车").entity
    service = worker.tablet.record_service(member("001"), district.world.now() - HOUR, ticket=ticket)
    worker.sync()
    district.settle()
    worker.sync()
    assert worker.outcome(service.id) == "HELD"
    assert [line.id for line in worker.tablet.pending()] == [service.id]
    assert worker.tablet.view("service", service.entity) is not None
    opener.sync()
    district.settle()
    worker.sync()
    assert worker.outcome(service.id) == "APPLIED"
    view = worker.tablet.view("service", service.entity)
    assert view is not None
    assert view.provisional == []
