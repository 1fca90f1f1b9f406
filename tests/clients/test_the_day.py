"""What must hold of a district's day, through the real door: real tablets, a desk online, real nights.

The same is held in tests/sync case by case; here it is heard by those who did it.
"""

import hashlib
import json
from typing import Any

import pytest
from click.testing import CliRunner

from clients.python.failures import Refused
from server.cli import main
from server.cli_tools import Desk as Office
from server.system import SystemIds
from sync.shapes import format_time, parse_time
from tests.clients.desk import Desk
from tests.clients.district import Carried, District, grid, member, unit
from tests.clients.kit import DAY, HOUR, MINUTE

MIDNIGHT = parse_time("2026-11-22T16:00:00.000Z")
ONE, TWO, THREE = member("001"), member("002"), member("003")


def until(district: District, moment: str) -> int:
    """It is so late now, in local time: `09:10` of the first day, `1/02:00` of the next."""
    day, _, clock = moment.rpartition("/")
    hours, minutes = map(int, clock.split(":"))
    now = MIDNIGHT + int(day or 0) * DAY + hours * HOUR + minutes * MINUTE
    assert now >= district.world.true_ms, "time goes on"
    district.world.true_ms = now
    return now


def night(district: District, day: int, *tablets: Carried) -> None:
    """The night before this day is settled and proved; in the morning everybody hears of it."""
    until(district, f"{day}/02:00")
    district.call(district.hub.settle)
    verified = district.call(district.hub.verify)
    assert verified.ok, verified.differences
    for carried in tablets:
        assert carried.sync().synced


def upload(carried: Carried) -> None:
    assert carried.sync().synced


def served(carried: Carried, who: str, minutes: int = 60, **more: Any) -> Any:
    """A service that ends now."""
    now = carried.clock.wall_ms()
    return carried.tablet.record_service(who, now - minutes * MINUTE, now, **more)


def codes(carried: Carried, *changes: Any) -> list[str]:
    return [carried.verdict(change.id).code for change in changes]


def body(carried: Carried, collection: str, thing: str) -> dict[str, Any]:
    view = carried.tablet.view(collection, thing)
    assert view is not None
    return view.body


def points(carried: Carried, *members: str) -> list[int]:
    return [body(carried, "member", one)["points"] for one in members]


# 1


def test_who_claimed_first_has_the_seat_though_the_other_uploaded_first(district: District) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"))
    a, b = district.carry("A", "LY-1"), district.carry("B", "LY-1")
    until(district, "08:50")
    his = b.tablet.claim(ticket, TWO)
    until(district, "09:10")
    hers = a.tablet.claim(ticket, ONE)
    until(district, "10:30")
    service = served(a, ONE, ticket=ticket)
    until(district, "18:00")
    upload(a)
    until(district, "18:10")
    upload(b)
    night(district, 1, a, b)
    lost = a.verdict(hers.id)
    assert (lost.outcome, lost.rule) == ("LOST", "first")
    assert lost.sentence["en"].startswith("党员 002 took it at 2026-11-23 08:50")
    assert lost.stands == {"member": TWO, "since": "2026-11-23T00:50:00.000Z", "change": his.id}
    assert codes(b, his) == codes(a, service) == ["APPLIED"]
    assert points(a, ONE) == [3]
    (conflict,) = desk.conflicts(ticket)
    assert (conflict["rule"], conflict["state"], conflict["stands"]) == ("first", "SETTLED", his.id)
    assert [one["change"] for one in conflict["candidates"]] == [his.id, hers.id]


# 3


def test_whoever_is_registered_twice_is_one_member_in_the_same_night_and_later(district: District) -> None:
    a, b = district.carry("A", "LY-1"), district.carry("B", "LY-2")
    until(district, "09:00")
    first = a.tablet.register(unit("U1"), "077", "党员 077", grid=grid("LY-1"))
    until(district, "10:00")
    second = b.tablet.register(unit("U1"), "077", "党员 077", grid=grid("LY-2"))
    until(district, "11:30")
    service = served(b, second.entity)
    until(district, "18:00")
    upload(b)
    upload(a)
    night(district, 1, a, b)
    assert codes(a, first) == ["REGISTERED_TWICE"]
    assert codes(b, second, service) == ["REGISTERED_BEFORE", "APPLIED"]
    assert body(b, "member", second.entity)["aliasOf"] == first.entity
    assert points(b, first.entity, second.entity) == [3, 0]
    # A clock that is days slow may not make a newcomer of the third day older than what is confirmed.
    third = b.tablet.register(unit("U1"), "077", "党员 077")
    until(district, "1/18:00")
    upload(b)
    night(district, 2, a, b)
    assert codes(b, third) == ["REGISTERED_BEFORE"]
    assert body(b, "member", third.entity)["aliasOf"] == first.entity


# 4


def test_of_two_titles_the_later_deed_stands_and_an_older_one_a_week_late_changes_nothing(
    district: District,
) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"), "旧标题")
    a, b, late = (district.carry(name, "LY-1") for name in ("A", "B", "late"))
    until(district, "09:00")
    oldest = late.tablet.edit_ticket(ticket, title="最早")
    until(district, "10:00")
    earlier = a.tablet.edit_ticket(ticket, title="较早")
    until(district, "11:00")
    later = b.tablet.edit_ticket(ticket, title="较晚")
    until(district, "18:00")
    upload(b)
    upload(a)
    night(district, 1, a, b)
    assert (codes(a, earlier), codes(b, later)) == (["LATER_DEED"], ["STANDS"])
    assert body(a, "ticket", ticket)["title"] == "较晚"
    (conflict,) = desk.conflicts(ticket)
    assert [one["change"] for one in conflict["candidates"]] == [earlier.id, later.id]
    until(district, "7/18:00")
    upload(late)
    night(district, 8, late)
    assert codes(late, oldest) == ["LATER_DEED"]
    assert body(late, "ticket", ticket)["title"] == "较晚"
    (conflict,) = desk.conflicts(ticket)
    assert [one["change"] for one in conflict["candidates"]] == [oldest.id, earlier.id, later.id]


def test_an_informed_edit_from_a_tablet_with_a_slow_clock_beats_what_it_saw(district: District) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"))
    slow = district.carry("slow", "LY-1", wrong_by=-2 * HOUR)
    until(district, "12:00")
    assert desk.do("ticket.edit", ticket, title="派单台的标题")["verdict"]["outcome"] == "APPLIED"
    upload(slow)
    until(district, "12:30")
    edit = slow.tablet.edit_ticket(ticket, title="看过再改")
    until(district, "18:00")
    upload(slow)
    night(district, 1, slow)
    assert codes(slow, edit) == ["APPLIED"]
    assert body(slow, "ticket", ticket)["title"] == "看过再改"


# 5


@pytest.mark.parametrize("nights", [(1, 1), (1, 2), (2, 1)], ids=str)
def test_the_desks_priority_stands_whichever_night_the_liaisons_come_in(
    district: District, nights: tuple[int, int]
) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"))
    unaware, aware = district.carry("unaware", "LY-1"), district.carry("aware", "LY-1")
    until(district, "10:00")
    assert desk.do("ticket.edit", ticket, priority="HIGH")["verdict"]["outcome"] == "APPLIED"
    upload(aware)
    until(district, "11:00")
    changed = aware.tablet.edit_ticket(ticket, priority="URGENT")
    until(district, "12:00")
    lost = unaware.tablet.edit_ticket(ticket, priority="LOW")
    for day in (1, 2):
        until(district, f"{day - 1}/18:00")
        for carried, when in zip((unaware, aware), nights, strict=True):
            if when == day:
                upload(carried)
        night(district, day)
    upload(unaware)
    upload(aware)
    assert (codes(unaware, lost), aware.outcome(changed.id)) == (["HIGHER_OFFICE"], "APPLIED")
    assert desk.ticket(ticket)["priority"] == "URGENT"


# 7


def test_work_done_is_never_undone_and_a_new_round_stays_open(district: District) -> None:
    desk = Desk(district)
    cancelled, declined, reopened = (desk.opens(grid("LY-1")) for _ in range(3))
    a, b = district.carry("A", "LY-1"), district.carry("B", "LY-1")
    until(district, "09:00")
    claim = b.tablet.claim(declined, TWO)
    last_week = b.tablet.finish(reopened, TWO)
    until(district, "10:00")
    assert desk.do("ticket.cancel", cancelled, reason="来人已走")["verdict"]["outcome"] == "APPLIED"
    assert desk.do("ticket.finish", declined, member=ONE)["verdict"]["outcome"] == "APPLIED"
    assert desk.do("ticket.finish", reopened, member=ONE)["verdict"]["outcome"] == "APPLIED"
    assert desk.do("ticket.reopen", reopened, reason="又坏了")["verdict"]["outcome"] == "APPLIED"
    until(district, "11:00")
    finish = a.tablet.finish(cancelled, ONE)
    decline = b.tablet.decline(declined, TWO)
    until(district, "18:00")
    upload(a)
    night(district, 1, a)
    assert codes(a, finish) == ["DONE_AFTER_CANCEL"]
    assert (a.outcome(finish.id), desk.ticket(cancelled)["state"]) == ("REVIEW", "DONE")
    (conflict,) = desk.conflicts(cancelled)
    assert (conflict["state"], conflict["stands"]) == ("REVIEW", finish.id)
    until(district, "7/18:00")
    upload(b)
    night(district, 8, b)
    assert codes(b, claim, decline) == ["MOVED_ON", "MOVED_ON"]
    assert (desk.ticket(declined)["state"], desk.ticket(declined)["takers"]) == ("DONE", [])
    assert codes(b, last_week) == ["EARLIER_ROUND"]
    found = desk.ticket(reopened)
    assert (found["state"], found["round"], found["takers"]) == ("OPEN", 2, [])
    assert "ticket.finish" in {note["kind"] for note in found["notes"]}


# 8 and 10: said by hand, because our own tablets would not say it


class ByHand:
    """A tablet that says whatever a test wants, over HTTP."""

    def __init__(self, district: District, *grids: str) -> None:
        self.district = district
        self.http = district.carry("the road", "CG-1", enrol=False).http
        said = {"code": district.code(*grids), "name": "by hand", "appVersion": "0"}
        enrolled = self.http.call("enrol", said, None)
        self.device, self.token = enrolled["device"], enrolled["token"]
        self.made = 0

    def change(self, kind: str, entity: str | None, data: dict[str, Any], **private: Any) -> dict[str, Any]:
        self.made += 1
        raw: dict[str, Any] = {
            "id": self.district.ids.uuid7(),
            "at": format_time(self.district.world.now()),
            "run": 1,
            "saw": 0,
            "kind": kind,
            "entity": entity or self.district.ids.uuid7(),
            "by": None,
            "data": data,
        }
        return raw | (
            {"private": {"salt": hashlib.md5(raw["id"].encode()).hexdigest(), **private}} if private else {}
        )

    def opens(self, title: str) -> dict[str, Any]:
        return self.change("ticket.open", None, {"grid": grid("LY-1"), "category": "parking", "title": title})

    def push(self, first: int, *changes: Any, token: str | None = None) -> Any:
        runs = [{"run": 1, "offsetMs": 0, "uncertaintyMs": 20}]
        said = {"protocol": 1, "from": first, "oldest": 1, "runs": runs, "changes": list(changes)}
        return self.http.call("push", {"upload": said}, token or self.token)

    def refused(self, first: int, *changes: Any) -> tuple[str, dict[str, Any]]:
        with pytest.raises(Refused) as refused:
            self.push(first, *changes)
        return refused.value.code, refused.value.details

    def heard(self, token: str | None = None) -> list[tuple[int, str]]:
        """What a tablet that begins anew is told of its changes: (seq, code)."""
        page = self.http.call(
            "pull", {"after": None, "next": self.made + 1, "limit": 1000}, token or self.token
        )
        told = [one["body"] for one in page["documents"] if one["collection"] == "verdict"]
        return sorted((one["seq"], one["code"]) for one in told)


def test_the_same_upload_in_any_pieces_is_as_if_once_and_a_fork_is_set_aside(district: District) -> None:
    tablet, desk = ByHand(district, "LY-1"), Desk(district, None)
    said = [tablet.opens(f"第{number}张") for number in range(1, 7)]
    for first, last in ((1, 4), (1, 4), (1, 4), (1, 2), (3, 4), (2, 6), (6, 6)):
        received = tablet.push(first, *said[first - 1 : last])["receivedThrough"]
        assert received == (6 if (first, last) in {(2, 6), (6, 6)} else 4)
    assert tablet.refused(9, tablet.opens("有缺口")) == ("GAP", {"expected": 7})
    other = [tablet.opens(f"副本的第{number}张") for number in (6, 7)]
    assert tablet.refused(5, said[4], *other) == ("FORKED", {"seq": 6})
    cloned = desk.ask("{ devices { id clonedAt } }")["devices"]
    assert [one["clonedAt"] is not None for one in cloned if one["id"] == tablet.device] == [True]
    # The original renews as well: whoever has the old token hears the same.
    homes, seventh = [], tablet.opens("原件的第7张")
    for unsent in (other, [seventh]):
        renewed = tablet.http.call("renew", {}, tablet.token)
        assert tablet.push(1, *said, *unsent, token=renewed["token"])["receivedThrough"] == 6 + len(unsent)
        homes.append(renewed["token"])
    night(district, 1)
    titles = [
        node["node"]["title"]
        for node in desk.ask("{ tickets { edges { node { title } } } }")["tickets"]["edges"]
    ]
    assert sorted(titles) == sorted(one["data"]["title"] for one in [*said, *other, seventh])
    for token, count in zip(homes, (8, 7), strict=True):
        own = [code for _, code in tablet.heard(token)]
        assert own.count("APPLIED") >= count


def test_of_ten_changes_one_unreadable_and_one_forbidden_leave_eight(district: District) -> None:
    tablet, desk = ByHand(district, "LY-1"), Desk(district, None)
    said = [tablet.opens(f"第{number}张") for number in range(1, 11)]
    said[3] = {**said[3], "kind": "ticket.open", "data": {"grid": grid("LY-1"), "title": "没有类别"}}
    said[6] = tablet.change("device.assign", tablet.device, {"grids": [grid("LY-2")]})
    receipt = tablet.push(1, *said)
    assert receipt["receivedThrough"] == 10
    assert [(one["seq"], one["code"]) for one in receipt["quarantined"]] == [(4, "UNREADABLE")]
    night(district, 1)
    receipt = tablet.push(11)
    assert receipt["settledThrough"] == 10
    assert [(one["seq"], one["code"]) for one in receipt["quarantined"]] == [
        (4, "UNREADABLE"),
        (7, "FORBIDDEN"),
    ]
    assert all("隔离" in one["zh"] for one in receipt["quarantined"])
    told = dict(tablet.heard())
    assert told[7] == "FORBIDDEN"
    assert [told.get(seq) for seq in (1, 2, 3, 5, 6, 8, 9, 10)] == ["APPLIED"] * 8
    assert len(desk.ask("{ tickets { edges { node { id } } } }")["tickets"]["edges"]) == 8


# 9


def test_a_claim_confirmed_online_stands_over_an_earlier_one_that_comes_later(district: District) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"))
    a = district.carry("A", "LY-1")
    until(district, "09:00")
    claim = a.tablet.claim(ticket, ONE)
    until(district, "10:00")
    assert desk.do("ticket.claim", ticket, member=TWO)["verdict"]["outcome"] == "APPLIED"
    service = served(a, ONE, minutes=50, ticket=ticket)
    until(district, "18:00")
    upload(a)
    night(district, 1, a)
    lost = a.verdict(claim.id)
    assert (lost.outcome, lost.code) == ("LOST", "SEAT_TAKEN")
    assert "党员 002 took it at 2026-11-23 10:00" in lost.sentence["en"]
    assert codes(a, service) == ["APPLIED"]
    assert points(a, ONE) == [3]
    assert [one["member"]["number"] for one in desk.ticket(ticket)["takers"]] == ["002"]


def test_with_an_offline_step_in_the_inbox_an_online_one_joins_the_night(district: District) -> None:
    desk = Desk(district)
    claimed, cancelled = desk.opens(grid("LY-1")), desk.opens(grid("LY-1"))
    a = district.carry("A", "LY-1")
    until(district, "09:00")
    claim = a.tablet.claim(claimed, ONE)
    finish = a.tablet.finish(cancelled, ONE)
    until(district, "09:30")
    upload(a)
    until(district, "10:00")
    later = desk.do("ticket.claim", claimed, member=TWO)
    cancel = desk.do("ticket.cancel", cancelled, reason="来人已走")
    for queued in (later, cancel):
        assert queued["__typename"] == "Queued"
        assert "下次结算" in queued["sentence"]
    assert [desk.ticket(ticket)["state"] for ticket in (claimed, cancelled)] == ["OPEN", "OPEN"]
    night(district, 1, a)
    assert codes(a, claim, finish) == ["APPLIED", "APPLIED"]
    assert [one["member"]["number"] for one in desk.ticket(claimed)["takers"]] == ["001"]
    assert desk.ticket(cancelled)["state"] == "DONE"
    told = {
        one["change"]: one["code"]
        for one in Desk(district).ask("{ verdicts(limit: 50) { change code } }")["verdicts"]
    }
    assert (told[later["id"]], told[cancel["id"]]) == ("SEAT_TAKEN", "KEPT_AS_NOTE")


# 12


def test_a_service_waits_for_its_ticket_comes_after_it_or_is_linked_later(district: District) -> None:
    a, b, opener = (district.carry(name, "LY-1") for name in ("A", "B", "opener"))
    until(district, "09:00")
    missing = opener.tablet.open_ticket(grid("LY-1"), "parking", "还没上传")
    until(district, "10:00")
    held = served(a, ONE, minutes=30, ticket=missing.entity)
    until(district, "12:00")
    before = district.ids.uuid7()
    same_night = served(b, TWO, ticket=before)
    loose = served(a, THREE)
    until(district, "13:00")
    opened = a.tablet.record(
        "ticket.open", before, {"grid": grid("LY-1"), "category": "parking", "title": "后开"}
    )
    link = a.tablet.link(loose.entity, ticket=before)
    until(district, "18:00")
    upload(b)
    upload(a)
    night(district, 1, a, b)
    assert (a.outcome(held.id), a.verdict(held.id).code) == ("HELD", "WAITS")
    assert codes(b, same_night) == codes(a, opened) == codes(a, loose) == codes(a, link) == ["APPLIED"]
    assert body(a, "service", loose.entity)["ticket"] == before
    assert points(a, ONE, TWO, THREE) == [0, 3, 3]
    until(district, "3/18:00")
    upload(opener)
    night(district, 4, a, opener)
    assert codes(a, held) == ["APPLIED"]
    assert body(a, "service", held.entity)["ticket"] == missing.entity
    assert points(a, ONE) == [3]


# 13


def test_points_add_up_after_every_settlement(district: District) -> None:
    admin, desk = Desk(district, None), Desk(district)
    rule: dict[str, Any] = {
        "code": "hour",
        "name": {"zh": "每小时", "en": "An hour"},
        "per": "HOUR",
        "points": 2,
        "from": "2026-01-01",
    }
    assert admin.do("pointRule.put", dailyCap=5, **rule)["verdict"]["outcome"] == "APPLIED"
    rated: dict[str, Any] = {**rule, "code": "rated", "per": "RATING", "atLeast": 4}
    assert admin.do("pointRule.put", **rated)["verdict"]["outcome"] == "APPLIED"
    ticket = desk.opens(grid("LY-1"), seats=2)
    a, late = district.carry("A", "LY-1"), district.carry("late", "LY-1")

    def sums() -> dict[str, int]:
        """Every member's points, which must be the sum of its entries; `verify` has just replayed the log."""
        query = "{ members { edges { node { number points pointEntries { edges { node { points } } } } } } }"
        nodes = [edge["node"] for edge in admin.ask(query)["members"]["edges"]]
        for node in nodes:
            assert node["points"] == sum(edge["node"]["points"] for edge in node["pointEntries"]["edges"])
        return {node["number"]: node["points"] for node in nodes}

    until(district, "10:30")
    early = served(late, ONE, minutes=60)
    until(district, "14:00")
    a.tablet.claim(ticket, ONE)
    a.tablet.claim(ticket, TWO)
    two_hours = served(a, ONE, minutes=120, ticket=ticket)
    endless = served(a, TWO, minutes=13 * 60)
    until(district, "15:00")
    hour = served(a, ONE, ticket=ticket)
    a.tablet.finish(ticket, ONE)
    a.tablet.close_ticket(ticket, rating=5)
    until(district, "18:00")
    upload(a)
    night(district, 1, a)
    # 001: 2 services, 3 hours of which the cap leaves 5, a rating. 002: a rating; the endless one waits.
    assert sums() == {"001": 6 + 5 + 2, "002": 2, "003": 0, "901": 0}
    assert codes(a, two_hours, hour, endless) == ["APPLIED", "APPLIED", "TOO_LONG"]
    until(district, "1/18:00")
    upload(late)
    night(district, 2, late)
    # The cap is full, and what was posted is not taken back for an earlier start.
    assert sums()["001"] == 9 + 5 + 2
    (conflict,) = desk.conflicts(endless.entity)
    ruled = desk.do("conflict.rule", conflict["id"], stands=endless.id, reason="是守夜")
    assert ruled["verdict"]["outcome"] == "APPLIED"
    assert sums()["002"] == 2 + 3 + 5
    upload(a)
    a.tablet.void(two_hours.entity, "记错了")
    short = a.tablet.redeem(ONE, 100, "水壶")
    tea = a.tablet.redeem(TWO, 9, "茶")
    more = a.tablet.redeem(TWO, 9, "茶")
    until(district, "2/18:00")
    upload(a)
    night(district, 3, a, late)
    # The room under the cap that the void freed goes to the late one.
    assert sums() == {"001": 6 + 4 + 2, "002": 1, "003": 0, "901": 0}
    assert codes(late, early) == ["APPLIED"]
    assert codes(a, short, tea, more) == ["SHORT", "APPLIED", "SHORT"]
    assert "12" in a.verdict(short.id).sentence["en"]
    assert points(a, ONE, TWO) == [12, 1]


# 17


def test_a_dry_run_at_the_command_line_foretells_the_night_to_the_letter(district: District) -> None:
    desk = Desk(district)
    ticket = desk.opens(grid("LY-1"))
    a, b = district.carry("A", "LY-1"), district.carry("B", "LY-1")
    until(district, "09:00")
    a.tablet.claim(ticket, ONE)
    b.tablet.claim(ticket, TWO)
    served(a, ONE, ticket=ticket)
    b.tablet.edit_ticket(ticket, title="别的标题")
    a.tablet.edit_ticket(ticket, title="另一个标题")
    until(district, "18:00")
    upload(b)
    upload(a)
    until(district, "1/02:00")

    def lianxin(*arguments: str) -> Any:
        office = Office(district.hub.settings, district.world, SystemIds())
        done = CliRunner().invoke(main, [*arguments, "--json"], obj=office, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def whole() -> list[Any]:
        return [desk.ticket(ticket), desk.conflicts(ticket), desk.ask("{ settlements { number digest } }")]

    before = whole()
    foretold = lianxin("settle", "--dry-run")
    assert whole() == before
    assert foretold == lianxin("settle", "--dry-run"), "it may be asked for twice"
    settled = lianxin("settle")
    assert whole() != before
    told = {"dryRun", "settlement"}
    assert {key: value for key, value in foretold.items() if key not in told} == {
        key: value for key, value in settled.items() if key not in told
    }
    assert settled["changes"] == 5
