"""Recording offline: every deed is durably kept as it will be sent, or refused with a reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from clients.python.failures import NotRecorded
from clients.python.tablet import Tablet
from sync.changes import MAX_CHANGE_BYTES, decode
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.shapes import Moment, format_time
from tests.clients.kit import HOUR, MINUTE, MORNING, CountingIds, HandClock, named, tablet_at

GRID, UNIT, MEMBER, TICKET, POST, COMMUNITY = map(
    named, ("grid", "unit", "member", "ticket", "post", "community")
)
COMMUNITY, TEAM = named("community"), named("team")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def tablet(tmp_path: Path, clock: HandClock) -> Any:
    with tablet_at(tmp_path / "tablet.db", clock) as made:
        yield made


def kept(tablet: Tablet) -> list[dict[str, Any]]:
    return [json.loads(line.body or "") for line in tablet._outbox.waiting()]


def test_every_deed_of_a_liaison_makes_a_change_that_can_be_read(tablet: Tablet) -> None:
    ticket = tablet.open_ticket(
        GRID,
        "PARKING",
        "门前停车难",
        place="三号楼",
        priority="HIGH",
        due_ms=MORNING + HOUR,
        seats=2,
        detail="第三次",
        contact={"telephone": "555 0100"},
        by=MEMBER,
    ).entity
    tablet.edit_ticket(ticket, {"contact": None}, title="新标题", place=None, addTags=["急"])
    tablet.claim(ticket, MEMBER)
    tablet.decline(ticket, MEMBER)
    tablet.start(ticket, MEMBER)
    tablet.pause(ticket, "等配件")
    tablet.resume(ticket)
    tablet.finish(ticket, MEMBER)
    tablet.close_ticket(ticket, 5, "很好")
    tablet.reopen(ticket, "又坏了")
    tablet.cancel(ticket, "重复")
    tablet.note(ticket, "敲门无人")
    member = tablet.register(UNIT, "133", "党员133", grid=GRID, phone="555 0133").entity
    tablet.edit_member(member, {"phone": None}, name="党员", addSkills=["DRIVE"])
    tablet.assign(member, GRID)
    tablet.ask_for_correction(member, "工号写错了")
    tablet.ask_for_correction(member, "不是我做的", about=ticket)
    name = {"zh": "帮办", "en": "Help"}
    tablet.propose_post(COMMUNITY, "help", name, 2, "2026-01-01", ends_on="2026-12-31", skills=["law"])
    tablet.propose_team(COMMUNITY, "green", name, theme="environment", team=TEAM)
    tablet.propose_reward(COMMUNITY, "towel", name, 20, "2026-01-01", stock=3)
    tablet.take_post(POST, member)
    tablet.leave_post(POST, member)
    activity = tablet.open_activity(COMMUNITY, "清洁日", MORNING, MORNING + HOUR, team=TEAM).entity
    tablet.join_activity(activity, member)
    tablet.join_team(TEAM, member)
    tablet.leave_team(TEAM, member)
    duty = tablet.record_duty(UNIT, COMMUNITY, "TALK", on="2026-11-22", topic="停车", by=member).entity
    tablet.void_duty(duty, "记错单位")
    whistle = tablet.blow_whistle(ticket, UNIT, [UNIT], MORNING + HOUR).entity
    tablet.answer_whistle(whistle, "COMING", UNIT, part="出吊车")
    tablet.record_meeting(whistle, MORNING, [UNIT], "周一动工")
    tablet.evaluate(member, COMMUNITY, "2026-11", "QUALIFIED", words="常来", by=member)
    start = tablet.moment()
    service = tablet.record_service(member, start, place=(28.11249, -112.94351), summary="换胎").entity
    tablet.link(service, ticket=ticket)
    tablet.void(service, "记错人")
    tablet.redeem(member, 5, "毛巾")
    adjustment = tablet.adjust(member, -2, "重复计分").entity
    tablet.withdraw(adjustment, "没有重复")
    changes = kept(tablet)
    assert [decode(raw).kind for raw in changes] == [raw["kind"] for raw in changes]
    desk = {name for name, kind in KINDS.items() if Office.LIAISON not in kind.offices}
    district = {"community.put", "unit.put", "grid.put", "pointRule.put", "pointExpiry.put"}
    assert {raw["kind"] for raw in changes} == KINDS.keys() - desk - district
    assert [line.seq for line in tablet._outbox.waiting()] == list(range(1, len(changes) + 1))


def test_a_change_is_kept_exactly_as_it_will_be_sent(tablet: Tablet) -> None:
    recorded = tablet.note(TICKET, "第一行\n“引号” \\ \u2028 🚗", by=MEMBER)
    (raw,) = kept(tablet)
    assert raw == {
        "id": recorded.id,
        "at": "2026-11-23T00:30:00.000Z",
        "run": 1,
        "saw": 0,
        "kind": "ticket.note",
        "entity": TICKET,
        "by": MEMBER,
        "data": {},
        "private": {"salt": raw["private"]["salt"], "text": "第一行\n“引号” \\ \u2028 🚗"},
    }
    batch = tablet._outbox.batch(500, 8_000_000)
    assert (batch.first, batch.oldest, batch.changes) == (1, 1, [raw])


def test_each_private_part_has_a_salt_of_its_own_and_an_empty_one_is_left_out(tablet: Tablet) -> None:
    tablet.note(TICKET, "好")
    tablet.note(TICKET, "好")
    tablet.close_ticket(TICKET)
    first, second, third = kept(tablet)
    assert first["private"]["salt"] != second["private"]["salt"]
    assert "private" not in third


@pytest.mark.parametrize(
    ("kind", "data", "private", "code", "path"),
    [
        ("ticket.claim", {}, None, "UNREADABLE", "$.data"),
        ("ticket.claim", {"member": "not an id"}, None, "UNREADABLE", "$.data.member"),
        ("ticket.claim", {"member": MEMBER, "more": 1}, None, "UNREADABLE", "$.data"),
        ("ticket.edit", {"title": ""}, None, "UNREADABLE", "$.data.title"),
        ("ticket.edit", {"seats": 1.5}, None, "UNREADABLE", "$"),
        ("ticket.edit", {"title": "\ud800"}, None, "UNREADABLE", "$"),
        ("ticket.edit", {"title": "a\x00b"}, None, "UNREADABLE", "$"),
        ("ticket.close", {"rating": 6}, None, "UNREADABLE", "$.data.rating"),
        ("ticket.note", {}, None, "UNREADABLE", "$.private"),
        ("ticket.claim", {"member": MEMBER}, {"text": "?"}, "UNREADABLE", "$.private"),
        ("ticket.fly", {}, None, "UNKNOWN_KIND", "$.kind"),
        ("ticket.dispatch", {"member": MEMBER}, None, "FORBIDDEN", "$.kind"),
        ("device.assign", {"grids": []}, None, "FORBIDDEN", "$.kind"),
        ("service.record", {"member": MEMBER, "start": 10**18, "end": None}, None, "UNREADABLE", "$.data"),
    ],
)
def test_what_the_hub_could_not_read_is_not_recorded(
    tablet: Tablet, kind: str, data: dict[str, Any], private: dict[str, Any] | None, code: str, path: str
) -> None:
    with pytest.raises(NotRecorded) as refused:
        tablet.record(kind, TICKET, data, private)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert kept(tablet) == []
    assert tablet.claim(TICKET, MEMBER).seq == 1


def test_a_refusal_names_no_value(tablet: Tablet) -> None:
    with pytest.raises(NotRecorded) as refused:
        tablet.open_ticket(GRID, "PARKING", "停车", contact={"telephone": "555 0100" * 10})
    assert "555" not in str(refused.value)


def test_a_change_that_no_upload_could_carry_is_not_recorded(tablet: Tablet) -> None:
    with pytest.raises(NotRecorded) as refused:
        tablet.record("community.put", None, _vast())
    assert (refused.value.code, refused.value.path) == ("TOO_LARGE", "$")


def _vast() -> dict[str, Any]:
    """A community with as long a list of categories as may be, each with as long a name."""
    name = {"zh": "长" * 200, "en": "long" * 50}
    entries = [{"code": f"C{number}", "name": name} for number in range(100)]
    assert len(json.dumps(entries)) > MAX_CHANGE_BYTES // 2
    return {
        "code": "LY",
        "name": name,
        "kind": "STREET",
        "utcOffset": 480,
        "workingHours": [],
        "categories": entries,
        "skills": entries,
    }


def test_a_service_is_read_from_the_clock_or_typed(tablet: Tablet, clock: HandClock) -> None:
    start = tablet.moment()
    clock.go_on(95 * MINUTE)
    tablet.record_service(MEMBER, start)
    tablet.record_service(MEMBER, MORNING - HOUR, MORNING)
    clock.set_wall(-2 * HOUR)
    tablet.record_service(MEMBER, start, tablet.moment())
    read, typed, across = kept(tablet)
    assert read["data"]["start"] == {"at": "2026-11-23T00:30:00.000Z", "run": 1}
    assert read["data"]["end"] == {"at": "2026-11-23T02:05:00.000Z", "run": 1}
    assert typed["data"]["start"] == {"at": "2026-11-22T23:30:00.000Z", "run": 1}
    assert typed["data"]["end"] == {"at": "2026-11-23T00:30:00.000Z", "run": 1}
    assert across["data"]["start"]["run"] == 1
    assert across["data"]["end"] == {"at": "2026-11-23T00:05:00.000Z", "run": 2}
    assert across["run"] == 2
    assert tablet._outbox.batch(500, 8_000_000).runs == {1, 2}


def test_a_start_may_be_given_as_the_protocol_writes_it(tablet: Tablet) -> None:
    start = Moment(format_time(MORNING), 1)
    tablet.record(
        "service.record", None, {"member": MEMBER, "start": start, "end": {"at": start.at, "run": 1}}
    )
    assert kept(tablet)[0]["data"]["end"] == {"at": start.at, "run": 1}


def test_a_place_is_rounded_to_a_hundred_metres_before_it_is_kept(tablet: Tablet) -> None:
    tablet.record_service(MEMBER, MORNING, place=(28.11249, -112.94351))
    assert kept(tablet)[0]["private"]["place"] == {"lat": 28112, "lon": -112944}


def test_a_jump_of_the_clock_is_counted_in_the_next_change(tablet: Tablet, clock: HandClock) -> None:
    tablet.claim(TICKET, MEMBER)
    clock.set_wall(-HOUR)
    tablet.start(TICKET, MEMBER)
    assert [raw["run"] for raw in kept(tablet)] == [1, 2]


def test_the_runs_and_seqs_of_another_day_go_on(tmp_path: Path) -> None:
    for day in range(3):
        with tablet_at(tmp_path / "tablet.db", ids=CountingIds(f"day {day}")) as tablet:
            tablet.claim(TICKET, MEMBER)
            tablet.start(TICKET, MEMBER)
    with tablet_at(tmp_path / "tablet.db") as tablet:
        assert [line.seq for line in tablet._outbox.waiting()] == [1, 2, 3, 4, 5, 6]
        assert [raw["run"] for raw in kept(tablet)] == [1, 1, 2, 2, 3, 3]


def test_what_was_recorded_is_shown_as_saved_here(tablet: Tablet) -> None:
    tablet.claim(TICKET, MEMBER)
    (verdict,) = tablet.pending()
    assert (verdict.outcome, verdict.kind, verdict.entity, verdict.seq) == (
        "SAVED",
        "ticket.claim",
        TICKET,
        1,
    )
    assert verdict.sentence == {"zh": "已保存在本机，尚未上传。", "en": "Saved here, and not sent yet."}
    assert tablet.verdicts() == [verdict]
    assert tablet.status().unsent == 1


def test_work_can_begin_before_anybody_has_enrolled(tablet: Tablet) -> None:
    tablet.claim(TICKET, MEMBER)
    assert tablet.device is None
    report = tablet.sync()
    assert (report.state, report.synced) == ("ENROL", False)
    assert tablet.status().unsent == 1
