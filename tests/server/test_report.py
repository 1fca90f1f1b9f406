"""The night's report, the stats and the export: what they say of a day, and what they never say."""

import io
import json
from typing import Any

from rich.console import Console

from server.export import export
from server.report import MOST_LINES, night_report, past_report
from server.report_text import print_night
from server.report_words import DEEDS, RESULTS, Words
from server.stats import FIGURES, stats
from sync.kinds import KINDS
from sync.shapes import format_time
from sync.state import Result
from tests.server.house import House, Paper, opened
from tests.sync.world import (
    G1,
    G2,
    LY,
    M1,
    M2,
    M3,
    S2,
    T2,
    U1,
    U2,
    D,
    S,
    T,
    W,
    duty,
    ident,
    named,
    when,
    whistle,
)

OPEN = {"grid": G1, "category": "parking", "title": "Bollards"}
CONTACT = {"contact": {"name": "Grandmother Zhang", "telephone": "13800000000"}}


def service(member: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    moments = {
        "start": {"at": format_time(when(start)), "run": 1},
        "end": {"at": format_time(when(end)), "run": 1},
    }
    return {"member": member, **moments, **more}


async def claimed_twice(house: House) -> tuple[Paper, Paper]:
    """Two tablets claim one ticket offline; the earlier uploads second."""
    await house.submit("district", ("ticket.open", T, OPEN))
    one, other = await house.tablet("one", G1), await house.tablet("other", G1)
    for tablet in (one, other):
        await tablet.push()
        await tablet.pull()
    one.record("ticket.claim", T, {"member": M1}, at="09:10")
    one.record("service.record", S, service(M1, "09:20", "10:20", ticket=T), at="10:30")
    other.record("ticket.claim", T, {"member": M2}, at="08:50")
    house.clock.set("18:00")
    await one.push()
    await other.push()
    house.clock.set("1/02:00")
    return one, other


def printed(report: dict[str, Any], language: str = "en", **more: Any) -> str:
    out = io.StringIO()
    print_night(Console(file=out, width=160, color_system=None), report, language, **more)
    return out.getvalue()


async def test_the_report_says_who_lost_what_to_whom_and_by_which_rule(house: House) -> None:
    await claimed_twice(house)
    report = await night_report(house.hub, await house.hub.settle())
    (conflict,) = report["conflicts"]
    assert (conflict["rule"], conflict["kind"], conflict["field"]) == ("first", "ticket.claim", "takers")
    assert (conflict["title"], conflict["grid"], conflict["community"]) == ("Bollards", "LY-1", "LY")
    stands, (lost,) = conflict["stands"], conflict["others"]
    assert (stands["member"], stands["tablet"]) == ("member 2", "other")
    assert stands["deed"] == format_time(when("08:50"))
    assert (lost["member"], lost["tablet"], lost["verdict"]["code"]) == ("member 1", "one", "SEAT_TAKEN")
    assert report["results"] == {"APPLIED": 2, "LOST": 1}
    assert (report["changes"], report["outcomes"]["SEAT_TAKEN"]) == (3, 1)


async def test_the_report_says_what_is_overdue_and_whose_affair_it_is(house: House) -> None:
    for ticket, title, due in (
        (T, "Bollards", "08:00"),
        (T2, "A lamp", "-5/12:00"),
        (S, "A bench", "9/12:00"),
    ):
        await house.submit(
            "district", ("ticket.open", ticket, {**OPEN, "title": title, "due": format_time(when(due))})
        )
    house.clock.set("1/02:00")
    foretold = (await night_report(house.hub, await house.hub.settle(dry_run=True)))["overdue"]
    report = await night_report(house.hub, await house.hub.settle())
    assert report["overdue"] == foretold
    assert [(one["title"], one["escalation"], one["dueAt"]) for one in report["overdue"]] == [
        ("A lamp", 2, format_time(when("-5/12:00"))),
        ("Bollards", 1, format_time(when("08:00"))),
    ]
    said = printed(report)
    assert "LY-1 Bollards (open): due 11-23 08:00; the desk's affair" in said
    assert "LY-1 A lamp (open): due 11-18 12:00; the district's affair" in said
    assert "已升级到区里" in printed(report, "zh")
    await house.submit("district", ("ticket.pause", T, {"reason": "No bollards until Friday."}))
    paused = await night_report(house.hub, await house.hub.settle(dry_run=True))
    assert [one["title"] for one in paused["overdue"]] == ["A lamp"]
    assert "LY-1 Bollards (open): paused since 11-24 02:00: No bollards until Friday." in printed(paused)
    settled = (await house.hub.settle()).number
    assert settled is None, "a night to which time brings nothing is none"
    await house.verified()


async def test_the_report_says_who_was_whistled_for_and_has_not_answered(house: House) -> None:
    first, second = ident("the first order"), ident("the second order")
    for ticket, blown, deadline in ((first, W, "12:00"), (second, ident("another whistle"), "1/12:00")):
        await house.submit("district", ("ticket.open", ticket, {**OPEN, "title": f"until {deadline}"}))
        data = whistle(ticket=ticket, deadline=format_time(when(deadline)))
        await house.submit("district", ("whistle.blow", blown, data))
    house.clock.set("11:00")
    await house.submit("district", ("whistle.answer", W, {"department": U2, "answer": "COMING"}))
    await house.hub.settle()
    assert (await past_report(house.hub) or {"whistles": []})["whistles"] == [], "no deadline is over yet"
    house.clock.set("1/02:00")
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    report = await night_report(house.hub, await house.hub.settle())
    assert report["whistles"] == foretold["whistles"]
    (late,) = report["whistles"]
    assert (late["title"], late["grid"], late["lead"], late["state"]) == (
        "until 12:00",
        "LY-1",
        "LY-U1",
        "OVERDUE",
    )
    assert (late["silent"], late["district"]) == (["LY-U1"], False)
    assert late["deadline"] == format_time(when("12:00"))
    house.clock.set("2/02:00")
    report = await night_report(house.hub, await house.hub.settle())
    assert [(one["title"], one["silent"], one["district"]) for one in report["whistles"]] == [
        ("until 1/12:00", ["LY-U1", "LY-U2"], True),
        ("until 12:00", ["LY-U1"], False),
    ], "the district's own affair is said first"
    assert report["totals"]["whistles"] == 2
    assert "LY-1 until 1/12:00: answer due 11-24 12:00: LY-U1, LY-U2, district" in printed(report)
    assert "应于 11-23 12:00 前答复：LY-U1" in printed(report, "zh")
    tablet = await house.tablet("one", G1)
    await tablet.push()
    tablet.record("ticket.finish", second, {"member": M1}, at="2/02:00")
    await tablet.push()
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    assert [one["title"] for one in foretold["whistles"]] == ["until 12:00"]
    report = await night_report(house.hub, await house.hub.settle())
    assert report["whistles"] == foretold["whistles"]
    await house.submit("district", ("whistle.answer", W, {"department": U1, "answer": "DECLINED"}))
    assert (await past_report(house.hub) or {})["whistles"] == []
    await house.verified()


async def test_the_report_says_what_units_owe_of_periods_that_are_over(house: House) -> None:
    assert (await night_report(house.hub, await house.hub.settle()))["duties"] == []
    linked = {"code": "LY-U1", "name": named("unit 1"), "community": LY, "since": "2026-09-15"}
    await house.submit("district", ("unit.put", U1, linked))
    await house.submit("district", ("duty.record", D, duty(on="2026-09-20")))
    await house.submit("district", ("duty.record", ident("September"), duty(unit=U2, on="2026-09-30")))
    tablet = await house.tablet("one", G1)
    await tablet.push()
    house.clock.set("8/08:00")
    tablet.record("duty.record", ident("a survey"), duty("SURVEY", on="2026-09-21"), at="8/08:00")
    await tablet.push()
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    report = await night_report(house.hub, await house.hub.settle())
    assert report["duties"] == foretold["duties"]
    assert [(one["unit"], one["community"]) for one in report["duties"]] == [("LY-U2", "LY"), ("LY-U1", "LY")]
    assert report["duties"][1]["owed"] == [
        {"kind": "CONTACT", "period": "2026-10", "until": "2026-10-31"},
        {"kind": "CONTACT", "period": "2026-11", "until": "2026-11-30"},
    ], "a record of September does not do for October, and December is not over"
    assert report["totals"]["duties"] == 2
    assert "LY-U1 unit 1: contact 2026-10, 2026-11" in printed(report)
    assert "LY-U2 unit 2: contact 2026-10, 2026-11; survey 2026-Q3" in printed(report)
    assert "联系 2026-10, 2026-11; 调研 2026-Q3" in printed(report, "zh")
    assert "逾期未完成的四个一" in printed(report, "zh")
    await house.submit(
        "district",
        *(
            ("duty.record", ident(f"{unit} {day}"), duty(unit=unit, on=day))
            for unit in (U1, U2)
            for day in ("2026-10-30", "2026-11-30")
        ),
    )
    await house.submit("district", ("duty.void", ident("September"), {"reason": "Another unit was there."}))
    report = await past_report(house.hub) or {}
    assert report["duties"] == [], "unit 2 is not known to owe anything from before its first record"


async def test_a_unit_that_did_something_years_ago_has_owed_ever_since(house: House) -> None:
    """However long ago it was, what is owed is told a year back."""
    await house.submit("district", ("duty.record", D, duty(on="2024-05-20")))
    (late,) = (await night_report(house.hub, await house.hub.settle()))["duties"]
    owed = [(one["kind"], one["period"]) for one in late["owed"]]
    assert owed[0] == ("CONTACT", "2025-11")
    assert [kind for kind, _ in owed].count("CONTACT") == 12
    assert owed[-1] == ("SUMMARY", "2025")


async def test_the_points_of_the_day_are_by_grid_and_unit_and_never_by_person(house: House) -> None:
    await claimed_twice(house)
    report = await night_report(house.hub, await house.hub.settle())
    assert report["points"] == {
        "earned": 2,
        "redeemed": 0,
        "adjusted": 0,
        "expired": 0,
        "services": 1,
        "grids": {"LY-1": 2},
        "units": {"LY-U1": 2},
    }
    assert M1 not in json.dumps(report["points"])


async def test_a_dry_run_foretells_the_report_and_the_night_can_be_read_again(house: House) -> None:
    """Line 17, as the dispatcher reads it."""
    await claimed_twice(house)
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    assert await past_report(house.hub) is None
    settled = await night_report(house.hub, await house.hub.settle())
    assert foretold | {"settlement": settled["settlement"]} == settled
    assert await past_report(house.hub) == settled
    assert await past_report(house.hub, settled["settlement"]) == settled
    assert await past_report(house.hub, 99) is None


async def test_what_waits_for_a_person_is_told_until_it_is_ruled(house: House) -> None:
    one = await house.tablet("one", G1)
    await one.push()
    one.record("service.record", S, service(M1, "09:00", "10:00"), at="10:00")
    one.record("service.record", S2, service(M1, "09:30", "10:30"), at="10:30")
    house.clock.set("18:00")
    await one.push()
    house.clock.set("1/02:00")
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    first = await night_report(house.hub, await house.hub.settle())
    (waiting,) = first["waiting"]
    assert foretold["waiting"] == first["waiting"]
    assert (waiting["rule"], waiting["title"], waiting["state"]) == ("overlap", "member 1", "REVIEW")
    house.clock.set("2/02:00")
    second = await night_report(house.hub, await house.hub.settle())
    assert (second["conflicts"], second["totals"]["waiting"]) == ([], 1)
    data = {"stands": waiting["others"][0]["change"], "reason": "Both are right."}
    await house.submit("district", ("conflict.rule", waiting["id"], data))
    assert (await night_report(house.hub, await house.hub.settle()))["waiting"] == []


async def test_what_waits_for_another_tablet_is_counted(house: House) -> None:
    one = await house.tablet("one", G1)
    await one.push()
    one.record("service.record", S, service(M1, "09:00", "10:00", ticket=T2), at="10:00")
    house.clock.set("18:00")
    await one.push()
    foretold = await night_report(house.hub, await house.hub.settle(dry_run=True))
    report = await night_report(house.hub, await house.hub.settle())
    (held,) = report["held"]
    assert (held["kind"], held["tablet"], held["waitsFor"]) == ("service.record", "one", T2)
    assert foretold["held"] == report["held"]


async def test_tablets_that_were_not_heard_are_named_the_longest_first(house: House) -> None:
    await house.tablet("never", G1)
    heard = await house.tablet("heard", G1)
    gone = await house.tablet("gone", G1)
    await heard.push()
    house.clock.set("2/07:00")
    late = await house.tablet("late", G2)
    await late.push()
    await house.hub.revoke(gone.device)
    report = await night_report(house.hub, await house.hub.settle(), silent_days=2)
    assert {(one["tablet"], one["lastUpload"], one["days"]) for one in report["silent"]} == {
        ("heard", format_time(when("07:00")), 2),
        ("never", None, 2),
    }
    assert (await night_report(house.hub, await house.hub.settle(), silent_days=3))["silent"] == []


async def test_what_is_missing_or_set_apart_is_named_with_its_tablet(house: House) -> None:
    one = await house.tablet("one", G1)
    await one.push()
    one.changes = [{"not": "a change"}]
    one.record("ticket.edit", T, {"title": "x"}, at="09:00")
    one.record("device.assign", one.device, {"grids": [G2]}, at="09:10")
    house.clock.set("18:00")
    await one.push()
    one.changes += [None] * 3
    one.record("ticket.note", T, {}, at="09:20", private={"text": "x"})
    await one.push(7, oldest=7)
    report = await night_report(house.hub, await house.hub.settle())
    apart = {(line["tablet"], line["seq"], line["code"]) for line in report["quarantine"]}
    assert {("one", 1, "UNREADABLE"), ("one", 3, "FORBIDDEN")} <= apart
    assert report["holes"] == [{"tablet": "one", "from": 4, "through": 6}]
    text = printed(report)
    assert "one #1 UNREADABLE" in text
    assert "changes 4–6 never came" in text


async def test_no_resident_is_in_the_report_or_the_export(house: House) -> None:
    one, other = await house.tablet("one", G1), await house.tablet("other", G1)
    await one.push()
    await other.push()
    one.record("ticket.open", T, OPEN, at="08:00", private={"detail": "behind the yard", **CONTACT})
    house.clock.set("09:00")
    await one.push()
    await house.hub.settle()
    await other.pull()
    one.record("ticket.edit", T, {}, at="09:10", private={"contact": {"telephone": "13900000001"}})
    other.record("ticket.edit", T, {}, at="09:20", private={"contact": {"telephone": "13900000002"}})
    one.record("ticket.note", T, {}, at="09:30", private={"text": "the dog bites"})
    house.clock.set("18:00")
    await one.push()
    await other.push()
    report = await night_report(house.hub, await house.hub.settle())
    assert [one["field"] for one in report["conflicts"]] == ["contact"]
    lines: list[bytes] = []
    count = await export(house.hub, lines.append)
    whole = b"".join(lines).decode()
    for text in (json.dumps(report), printed(report), printed(report, "zh"), whole):
        for secret in ("Zhang", "13800000000", "13900000001", "13900000002", "yard", "dog bites"):
            assert secret not in text
    rows = [json.loads(line) for line in lines]
    assert rows[0]["settlement"] == report["settlement"]
    assert rows[-1] == {"rows": count} == {"rows": len(rows) - 2}
    assert {"ticket", "member", "point_rule", "outcome", "settlement"} <= {row["table"] for row in rows[1:-1]}


async def test_an_alias_counts_for_the_member_it_is_read_as(house: House) -> None:
    one = await house.tablet("one", G2)
    await one.push()
    twin = ident("twin of member 1")
    one.record("member.register", twin, {"unit": U1, "number": "001", "name": "member 1"}, at="08:00")
    one.record("service.record", S, service(twin, "09:00", "10:00"), at="10:00")
    house.clock.set("18:00")
    await one.push()
    report = await night_report(house.hub, await house.hub.settle())
    assert report["points"]["grids"] == {"LY-1": 2}


async def test_long_lists_are_cut_and_their_counts_are_whole(house: House) -> None:
    one = await house.tablet("one", G1)
    await one.push()
    count = MOST_LINES + 5
    for _ in range(count):
        one.record("ticket.release", T, {"member": M1, "reason": "x"}, at="08:00")
    house.clock.set("18:00")
    await one.push()
    report = await night_report(house.hub, await house.hub.settle())
    assert report["results"] == {"QUARANTINED": count}
    assert len(report["quarantine"]) == MOST_LINES
    assert report["totals"]["quarantine"] == count
    assert f"… and {count - 20} more" in printed(report)


async def test_the_text_is_in_either_language_and_names_both_sides(house: House) -> None:
    await claimed_twice(house)
    report = await night_report(house.hub, await house.hub.settle())
    english, chinese = printed(report), printed(report, "zh")
    assert "Who lost what to whom" in english
    assert "谁没有得到什么" in chinese
    assert "member 2 (other) 08:50 claimed" in english
    assert "member 1 (one) 09:10 claimed" in english
    assert "member 2 (other) 08:50 接单" in chinese


async def test_a_night_without_changes_says_so(house: House) -> None:
    night = await house.hub.settle()
    assert "Nothing waited to be settled." in printed(await night_report(house.hub, night))
    dry = await night_report(house.hub, await house.hub.settle(dry_run=True))
    assert "What the night would be" in printed(dry, dry_run=True)


async def test_the_stats_count_what_a_district_is_proud_of(house: House) -> None:
    await claimed_twice(house)
    await house.hub.settle()
    counted = await stats(house.hub)
    assert set(counted["total"]) == set(FIGURES)
    (cg, ly) = counted["communities"]
    assert (cg["code"], ly["code"]) == ("CG", "LY")
    assert (ly["members"], ly["units"], ly["grids"]) == (5, 2, 2)
    assert (ly["personTimes"], ly["onDuty"], ly["points"], ly["pointsEarned"]) == (1, 1, 2, 2)
    assert counted["total"]["members"] == 6
    assert counted["total"]["deeds"] == 0


async def test_stats_of_an_empty_hub_are_zero(database_url: str) -> None:
    async with opened(database_url, load=False) as house:
        assert set((await stats(house.hub))["total"].values()) == {0}


async def test_members_who_left_and_aliases_are_not_counted_as_serving(house: House) -> None:
    await house.submit("district", ("member.edit", M3, {"standing": "LEFT"}))
    await house.submit("district", ("member.merge", M2, {"into": M1}))
    assert (await stats(house.hub))["total"]["members"] == 4


def test_every_deed_outcome_and_field_has_a_word_in_both_languages() -> None:
    assert set(DEEDS) == set(KINDS)
    assert set(RESULTS) == {result.value for result in Result}
    for zh, en in (*DEEDS.values(), *RESULTS.values()):
        assert zh != en


def test_what_has_no_word_is_named_as_it_is() -> None:
    words = Words("en", 480)
    assert (words.deed("ticket.photograph"), words.field("shoe size"), words.result("SAVED")) == (
        "ticket.photograph",
        "shoe size",
        "SAVED",
    )
    assert words.field("held:0193") == "what it waits for"
    assert words.field("correction:0193") == "what is to be put right"
    assert words.time("2026-03-16T20:00:00.000Z") == "03-17 04:00"
