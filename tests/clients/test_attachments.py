"""Photos and spoken notes of a tablet: after the changes, on from where they were cut off, and by stick."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.python.attachments import Piece, Told
from clients.python.exchange import State, drive
from clients.python.failures import Unreachable
from clients.python.http import HttpTransport
from clients.python.store import VERSION, Store
from clients.python.tablet import Tablet
from tests.clients import road
from tests.clients.district import Carried, District, grid
from tests.clients.kit import CountingIds
from tests.clients.led import whole_attachments
from tests.clients.test_by_stick import come_back, travel

PHOTO = b"\xff\xd8\xff" + bytes(range(250)) * 2_500
SMALL = b"\xff\xd8\xff\xe0 a small one"


class Way:
    """The real way of files, which breaks before its n-th piece."""

    def __init__(self, http: HttpTransport) -> None:
        self.http = http
        self.breaks = -1
        self.starts: list[int] = []

    def put(self, piece: Piece, token: str | None) -> Told:
        if piece.data and len(self.starts) == self.breaks:
            self.breaks = -1
            raise Unreachable("broken")
        if piece.data:
            self.starts.append(piece.start)
        return self.http.put(piece, token)

    def list(self, ticket: str, token: str | None) -> frozenset[str] | None:
        return self.http.list(ticket, token)


@pytest.fixture
def carried(district: District) -> Carried:
    return district.carry("A", "LY-1")


@pytest.fixture
def way(district: District) -> Iterator[Way]:
    """Straight to the hub."""
    http = HttpTransport(district.url, attempts=1)
    yield Way(http)
    http.close()


@pytest.fixture
def tablet(carried: Carried, way: Way) -> Tablet:
    """The tablet again, with a way of its own for files."""
    carried.tablet.close()
    carried.tablet = Tablet(carried.path, carried.http, carried.clock, CountingIds("files"), files=way)
    return carried.tablet


def there(district: District) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in district.call(whole_attachments, district.hub)]


def test_a_photo_goes_after_its_ticket_in_pieces_and_on_from_where_it_was_cut_off(
    district: District, tablet: Tablet, way: Way
) -> None:
    way.breaks = 2
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    tablet.attach(ticket, "image/jpeg", PHOTO)
    assert tablet.attach(ticket, "image/jpeg", PHOTO) == tablet.attachments.of(ticket)[0].sha256
    assert tablet.sync().synced
    assert (tablet.attachments.waiting(), there(district)) == (1, [])
    assert tablet.sync().synced
    assert way.starts == [0, 256_000, 512_000]
    assert there(district) == [(ticket, len(PHOTO))]
    assert [one.state for one in tablet.attachments.of(ticket)] == ["SENT"]


def test_after_a_break_pieces_are_half_as_large_down_to_a_floor_and_grow_again(
    district: District, tablet: Tablet, way: Way
) -> None:
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    assert tablet.sync().synced
    tablet.attach(ticket, "image/jpeg", PHOTO)
    for _ in range(6):
        way.breaks = 0
        assert tablet.sync().synced
    assert way.starts == []
    assert tablet.sync().synced
    assert way.starts == [0, 16_000, 48_000, 112_000, 240_000, 496_000]
    assert there(district) == [(ticket, len(PHOTO))]


def test_how_many_were_lost_unsent_is_said_at_revocation_until_the_tablet_is_enrolled_anew(
    district: District, carried: Carried, tablet: Tablet
) -> None:
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    tablet.attach(ticket, "image/jpeg", SMALL)
    assert tablet.sync().synced
    for end in (b"1", b"2"):
        tablet.attach(ticket, "image/jpeg", SMALL + end)
    district.call(district.hub.revoke, tablet.device)
    assert tablet.sync().state is State.REVOKED
    assert (tablet.status().lost_files, tablet.attachments.of(ticket)) == (2, [])
    tablet.enrol(district.code("LY-1"), "A")
    assert tablet.status().lost_files == 0


def test_one_that_is_not_taken_blocks_nothing(district: District, tablet: Tablet) -> None:
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    tablet.attach(ticket, "image/jpeg", b"no photo")
    tablet.attach(ticket, "image/jpeg", SMALL)
    assert tablet.sync().synced
    assert [one.code for one in tablet.attachments.of(ticket)] == ["ATTACHMENT_KIND", None]
    assert there(district) == [(ticket, len(SMALL))]


FAULTS = (road.bad_gateway, road.gateway_after_the_deed, road.portal, road.busy)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__))
def test_one_that_meets_a_fault_keeps_no_other_waiting_and_goes_last_the_next_time(
    district: District, carried: Carried, fault: road.Fault
) -> None:
    with road.road_to(district.url) as way:
        http = HttpTransport(way.url, attempts=1)
        carried.tablet.close()
        carried.tablet = tablet = Tablet(carried.path, http, carried.clock, CountingIds("files"), files=http)
        ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
        first, second = (tablet.attach(ticket, "image/jpeg", SMALL + end) for end in (b"1", b"2"))
        way.spoil("put", fault)
        assert tablet.sync().synced
        assert [(one.state, one.failed) for one in tablet.attachments.of(ticket)] == [
            *(("WAITS", "ANSWER"), ("SENT", None)),
        ]
        assert (tablet.attachments.waiting(), tablet.attachments.failing()) == (1, {"ANSWER": 1})
        third = tablet.attach(ticket, "image/jpeg", SMALL + b"3")
        assert tablet.sync().synced
        files = [said["file"].split("/")[2][:64] for what, said in way.asked if what == "put"]
        assert list(dict.fromkeys(files[1:])) == [second, third, first]
        assert (tablet.attachments.waiting(), tablet.attachments.failing()) == (0, {})
        http.close()


def test_a_network_that_is_gone_ends_it_at_once(carried: Carried, tablet: Tablet, way: Way) -> None:
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    for end in (b"1", b"2"):
        tablet.attach(ticket, "image/jpeg", SMALL + end)
    way.breaks = 0
    assert tablet.sync().synced
    assert way.starts == []
    assert [one.failed for one in tablet.attachments.of(ticket)] == ["NETWORK", None]
    assert tablet.sync().synced
    assert tablet.attachments.waiting() == 0


def test_what_is_sent_goes_with_a_ticket_that_is_over_or_has_left_and_stays_with_one_that_has_not(
    district: District, carried: Carried, tablet: Tablet
) -> None:
    kept, over, left = (
        tablet.open_ticket(grid(code), "parking", "门前停车难").entity for code in ("LY-1", "LY-1", "LY-1")
    )
    for ticket in (kept, over, left):
        tablet.attach(ticket, "image/jpeg", SMALL)
    tablet.attach(over, "image/jpeg", b"no photo")
    assert tablet.sync().synced
    tablet.cancel(over, "不用了")
    assert tablet.sync().synced
    district.settle()
    district.office("ticket.edit", left, 2**52, grid=grid("LY-2"))
    assert tablet.sync().synced
    assert [len(tablet.attachments.of(ticket)) for ticket in (kept, over, left)] == [1, 0, 0]


def sent(district: District, tablet: Tablet) -> str:
    """A ticket of the tablet's, with one photo that was sent."""
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    tablet.attach(ticket, "image/jpeg", SMALL)
    assert tablet.sync().synced
    district.settle()
    assert tablet.sync().synced
    return ticket


def states(tablet: Tablet, ticket: str) -> list[tuple[str, str | None]]:
    return [(one.state, one.code) for one in tablet.attachments.of(ticket)]


def test_a_tablets_own_copy_goes_with_what_the_hub_erased_and_no_other_does(
    district: District, tablet: Tablet
) -> None:
    erased, other = sent(district, tablet), sent(district, tablet)
    district.office("ticket.redact", erased, 2**52, fields=["notes"])
    assert tablet.sync().synced
    assert (states(tablet, erased), states(tablet, other)) == ([], [("SENT", None)])
    tablet.attach(erased, "image/jpeg", SMALL)
    assert tablet.sync().synced
    assert states(tablet, erased) == [("REFUSED", "ATTACHMENT_ERASED")], "what was never taken is told of"


class Forgetful(Way):
    """A hub that lists nothing, or says that it has nothing."""

    listed: frozenset[str] | None = frozenset()
    lost = False

    def list(self, ticket: str, token: str | None) -> frozenset[str] | None:
        return self.listed

    def put(self, piece: Piece, token: str | None) -> Told:
        return Told(0) if self.lost else super().put(piece, token)


def test_a_list_that_lacks_it_erases_nothing_and_what_the_hub_has_lost_is_sent_again(
    district: District, tablet: Tablet, way: Way
) -> None:
    ticket = sent(district, tablet)
    forgetful = Forgetful(way.http)
    for listed in (None, frozenset[str]()):
        forgetful.listed = listed
        tablet.attachments.compare(forgetful, tablet._store.get("token"), 2**50)
        assert states(tablet, ticket) == [("SENT", None)]
    forgetful.lost = True
    tablet.attachments.compare(forgetful, tablet._store.get("token"), 2**51)
    assert states(tablet, ticket) == [("WAITS", None)]
    assert tablet.sync().synced
    assert states(tablet, ticket) == [("SENT", None)]


def test_what_is_sent_again_and_was_erased_meanwhile_goes(district: District, tablet: Tablet) -> None:
    ticket = sent(district, tablet)
    district.office("ticket.redact", ticket, 2**52, fields=["notes"])
    with tablet._store.step("as after a new epoch") as connection:
        connection.execute("UPDATE attachment SET state = 'WAITS'")
    assert tablet.sync().synced
    assert states(tablet, ticket) == []


@pytest.mark.parametrize("moved", ["the ticket", "the tablet", "both", "the tablet, and it was renewed"])
def test_what_was_photographed_before_the_ticket_or_the_tablet_moved_is_home(
    district: District, carried: Carried, tablet: Tablet, moved: str
) -> None:
    ticket = district.ids.uuid7()
    district.office("ticket.open", ticket, grid=grid("LY-1"), category="parking", title="门前停车难")
    assert tablet.sync().synced
    tablet.attach(ticket, "image/jpeg", SMALL)
    if moved in {"the ticket", "both"}:
        district.office("ticket.edit", ticket, 2**52, grid=grid("LY-2"))
    if moved != "the ticket":
        district.assign(carried, "CG-1")
    if "renewed" in moved:
        tablet.renew()
    assert tablet.sync().synced
    assert there(district) == [(ticket, len(SMALL))]
    district.settle()
    assert tablet.sync().synced
    assert tablet.attachments.of(ticket) == [], "it is the hub's now"


@pytest.mark.parametrize("kept", ["nothing", "a change"])
def test_what_was_photographed_before_another_code_is_home(
    district: District, tablet: Tablet, kept: str
) -> None:
    ticket = district.ids.uuid7()
    district.office("ticket.open", ticket, grid=grid("LY-1"), category="parking", title="门前停车难")
    own = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    assert tablet.sync().synced
    for one in (ticket, own):
        tablet.attach(one, "image/jpeg", SMALL)
    if kept == "a change":
        tablet.note(ticket, "还没上传")
    # Another code twice: who it was is known over both.
    for code in ("LY-2", "CG-1"):
        tablet.enrol(district.code(code), "A")
        tablet.attach(ticket, "image/jpeg", SMALL + code.encode())
        if code == "LY-2":
            assert drive(tablet.steps(), tablet._transport).synced
    assert tablet.sync().synced
    both = [(ticket, len(SMALL + end)) for end in (b"", b"LY-2", b"CG-1")]
    assert sorted(there(district)) == sorted([*both, (own, len(SMALL))])


def test_who_cannot_say_what_they_were_brings_nothing(district: District, tablet: Tablet) -> None:
    ticket = district.ids.uuid7()
    district.office("ticket.open", ticket, grid=grid("LY-1"), category="parking", title="门前停车难")
    tablet.attach(ticket, "image/jpeg", SMALL)
    # Its checkpoint is the proof.
    tablet.reset()
    tablet.enrol(district.code("LY-2"), "A")
    assert tablet.sync().synced
    assert states(tablet, ticket) == [("REFUSED", "NOT_FOUND")]


def test_photos_go_with_the_stick_and_the_answer_says_what_became_of_each(
    district: District, carried: Carried
) -> None:
    tablet = carried.tablet
    ticket = tablet.open_ticket(grid("LY-1"), "parking", "门前停车难").entity
    tablet.attach(ticket, "image/jpeg", SMALL)
    tablet.attach(ticket, "text/html", b"<html>")
    tablet.attach("no ticket", "image/jpeg", SMALL)
    answer = travel(district, carried)
    assert come_back(carried, answer).synced
    assert there(district) == [(ticket, len(SMALL))]
    assert [(one.state, one.code) for one in tablet.attachments.of(ticket)] == [
        ("SENT", None),
        ("REFUSED", "ATTACHMENT_KIND"),
    ]
    assert tablet.attachments.waiting() == 1, "what the hub could not read as a file has no answer"


def test_a_file_of_the_first_version_is_brought_up(district: District, carried: Carried) -> None:
    carried.tablet.close()
    store = Store(carried.path)
    with store.step("old") as connection:
        connection.execute("DROP TABLE attachment")
        connection.execute("PRAGMA user_version = 1")
    store.close()
    store = Store(carried.path)
    assert store.one("PRAGMA user_version") == VERSION
    assert store.one("SELECT count(*) FROM attachment") == 0
    store.close()
    carried.restart()
    assert carried.sync().synced
