"""One day's work that meets every rule, uploaded through the door in other orders and pieces: the same night.

Each order begins with a copy of the district as it was before the first upload. tests/sync tries all
orders and cuts of few changes; here some of many, as HTTP brings them.
"""

import gzip
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from clients.python.http import HttpTransport
from server.district_changes import entity_id
from sync import settle as settling
from sync.rules.fields import RULES
from sync.state import Accepted
from tests.clients.desk import Desk
from tests.clients.district import Carried, District, World, grid, member, serving, unit
from tests.clients.kit import HOUR, MINUTE, MORNING

ONE, TWO, THREE = member("001"), member("002"), member("003")
ORDERS: Final = 4
NEVER_SAID: Final = frozenset({"growing", "elements", "fixed", "derived", "recount", "expiry"})
"""Rules under which nothing can fail to stand: no verdict names them. What they give is in the documents.

Recounts and expiry are the district's own affair: it alone hears of them.
"""


NAMED: Final = {"zh": "另一队", "en": "Another team"}


class Piece(NamedTuple):
    """Some of a tablet's changes, as they are pushed."""

    token: str
    upload: dict[str, Any]


class Day(NamedTuple):
    """A district before its first upload, and all that its tablets have to send."""

    folder: Path
    world: World
    uploads: list[Piece]
    ticket: str


class Night(NamedTuple):
    """What a night came to: its digest, the rules that were named, and every document that was sent."""

    digest: str
    rules: set[str]
    documents: dict[tuple[str, str], Any]


def later(district: District, minutes: int = 10) -> None:
    district.world.go_on(minutes * MINUTE)


def service(carried: Carried, who: str, minutes: int, **more: Any) -> str:
    now = carried.clock.wall_ms()
    return carried.tablet.record_service(who, now - minutes * MINUTE, now, **more).entity


def work(district: District, a: Carried, b: Carried, c: Carried) -> str:
    """What everybody does, each rule met by at least two of them; the ticket that most of it is about."""
    desk = Desk(district)
    ticket, cancelled, rated = (desk.opens(grid("LY-1")) for _ in range(3))
    for carried in (a, b, c):
        assert carried.sync().synced
    desk.do("ticket.edit", ticket, priority="HIGH")  # ranked
    desk.do("ticket.cancel", cancelled, reason="来人已走")  # lifecycle
    Desk(district, None).do("ticket.rate", rated, rating=2, round=1)  # resident
    hours = service(c, THREE, 30)
    whistle = desk.blows_a_whistle(ticket)
    towel = desk.offers_a_reward(3)
    community = entity_id("community", "LY")
    team, activity = desk.forms_a_team(), desk.holds_an_activity()
    for number, carried in enumerate((a, b, c)):
        later(district)
        tablet = carried.tablet
        tablet.claim(ticket, (ONE, TWO, THREE)[number])  # first
        tablet.edit_ticket(ticket, title=f"{number}", priority="LOW", addTags=["梯子", f"{number}"])  # latest
        tablet.edit_ticket(ticket, removeTags=["梯子"])  # elements
        tablet.note(ticket, f"第{number}条")  # growing
        tablet.finish(cancelled, ONE)  # lifecycle
        tablet.finish(rated, ONE)
        tablet.close_ticket(rated, 3 + number)  # resident: their own stands
        person = tablet.register(
            unit("U1"), "077", f"党员 {number}", grid=grid(f"LY-{1 + number % 2}")
        )  # identity, placed
        service(carried, person.entity, 13 * 60)  # long
        tablet.assign(THREE, grid("LY-1") if number else grid("LY-2"))
        tablet.edit_member(TWO, number=f"30{number}")  # district
        service(carried, ONE, 60, ticket=ticket)  # duplicate
        service(carried, TWO, 45 + number)  # overlap
        tablet.redeem(ONE, 2, "茶")  # balance
        tablet.redeem(TWO, 2, "毛巾", item=towel)  # stock: it costs three
        tablet.adjust(TWO, number + 1, "代班")  # second
        tablet.ask_for_correction(TWO, f"电话写错了 {number}")  # correction
        tablet.record("team.put", None, {"community": community, "code": "green", "name": NAMED})  # code
        session = MORNING + number * 10 * MINUTE
        tablet.open_activity(community, "清洁日", session, session + HOUR)  # session
        tablet.join_activity(activity, (ONE, ONE, TWO)[number])  # growing: once, whoever says so
        service(carried, TWO, 10, activity=activity)  # growing: a service is a sign-in
        tablet.answer_whistle(whistle, ("COMING", "DECLINED", "DONE")[number], unit("U1"))  # latest
        tablet.blow_whistle(ticket, unit("U2"), [unit("U2")], MORNING)  # first: one whistle stands
        for period in ("2026-09", "2026-11"):  # closing, latest
            tablet.evaluate(ONE, community, period, ("BASIC", "QUALIFIED", "EXCELLENT")[number])
        (tablet.join_team, tablet.leave_team, tablet.join_team)[number](team, ONE)  # latest
        tablet.note(district.ids.uuid7(), "还没来的定单")  # held
    c.tablet.link(hours, ticket=ticket)
    later(district)
    c.tablet.link(hours, ticket=cancelled)
    return ticket


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder, world = tmp_path_factory.mktemp("day"), World()
    with serving(folder, world) as district:
        district.load()
        world.go_on(2 * HOUR)
        tablets = [district.carry(name, "LY-1", "LY-2") for name in "ABC"]
        ticket = work(district, *tablets)
        uploads = []
        for carried in tablets:
            file = folder / f"{carried.name}.lianxin"
            carried.tablet.export(file)
            head, *changes = map(msgspec.json.decode, gzip.decompress(file.read_bytes()).splitlines())
            said = {name: head[name] for name in ("protocol", "from", "oldest", "runs")}
            token = carried.tablet._store.get("token")
            uploads.append(Piece(token, {**said, "changes": changes}))
        world.go_on(8 * HOUR)
    return Day(folder, world, uploads, ticket)


def scrambled(uploads: Sequence[Piece], chance: random.Random) -> Iterator[Piece]:
    """In pieces, those of one tablet in their order, the tablets in any; now and then one comes twice."""
    left = [
        [piece.token, piece.upload["from"], list(piece.upload["changes"]), piece.upload] for piece in uploads
    ]
    while left:
        one = chance.choice(left)
        token, first, changes, upload = one
        size = chance.randint(1, len(changes))
        piece = Piece(token, upload | {"from": first, "changes": changes[:size]})
        yield piece
        if chance.random() < 0.2:
            yield piece
        one[1:3] = first + size, changes[size:]
        if not one[2]:
            left.remove(one)


def settled(day: Day, folder: Path, pieces: Iterator[Piece]) -> Night:
    """Push these pieces to a copy of the district, settle, prove it, and pull everything."""
    folder.mkdir()
    shutil.copy(day.folder / "hub.db", folder / "hub.db")
    world = World()
    world.true_ms = day.world.true_ms
    with serving(folder, world) as district:
        http = HttpTransport(district.url, attempts=1)
        for piece in pieces:
            http.call("push", {"upload": piece.upload}, piece.token)
        world.true_ms = day.world.true_ms + 8 * HOUR
        night = district.call(district.hub.settle)
        assert night.settled is not None
        verified = district.call(district.hub.verify)
        assert verified.ok, verified.differences
        rules = {outcome.rule for outcome in night.settled.outcomes if outcome.rule is not None}
        held: dict[tuple[str, str], Any] = {}
        for piece in day.uploads:
            page = http.call("pull", {"after": None, "next": 1, "limit": 1000}, piece.token)
            held |= {(one["collection"], one["id"]): (one["rev"], one["body"]) for one in page["documents"]}
        http.close()
        return Night(night.settled.digest, rules, held)


@pytest.fixture(scope="module")
def first(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Night:
    return settled(day, tmp_path_factory.mktemp("first") / "whole", iter(day.uploads))


def test_the_day_meets_every_rule(day: Day, first: Night) -> None:
    assert first.rules >= set(RULES) - NEVER_SAID
    _, body = first.documents["ticket", day.ticket]
    assert sorted(body["tags"]) == ["0", "1", "2"]
    assert [note["text"] for note in body["notes"] if note["kind"] == "ticket.note"] == [
        "第0条",
        "第1条",
        "第2条",
    ]


@pytest.mark.parametrize("order", range(ORDERS))
def test_in_another_order_and_in_other_pieces_it_is_the_same_night(
    day: Day, first: Night, tmp_path: Path, order: int
) -> None:
    again = settled(day, tmp_path / "again", scrambled(day.uploads, random.Random(order)))
    assert again == first


def by_arrival(batch: Sequence[Accepted]) -> list[Accepted]:
    """An order that minds which upload came first."""
    return sorted(batch, key=lambda accepted: (settling._tier(accepted.change.kind), accepted.arrival))


def test_a_settlement_that_minded_the_order_of_arrival_would_be_found(
    day: Day, first: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "ordered", by_arrival)
    again = settled(day, tmp_path / "again", iter(reversed(day.uploads)))
    assert again.digest != first.digest
