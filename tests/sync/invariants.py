"""What holds after every settlement, whatever was done: each is stated here without any use of the rule book's code."""

from collections import Counter
from datetime import date

import msgspec

from sync.memory import Memory
from sync.shapes import parse_time
from sync.state import Result, Settled
from sync.things import (
    Activity,
    Adjustment,
    Attendance,
    Duty,
    DutyPeriod,
    Entry,
    Evaluation,
    Member,
    PointExpiry,
    Post,
    Redemption,
    Reward,
    Team,
    Ticket,
    Whistle,
)
from tests.sync.hub import Hub
from tests.sync.world import DAY, OFFSET

BEYOND_OPEN = {"ACCEPTED", "IN_PROGRESS"}


def check(hub: Hub) -> None:
    """After a settlement."""
    members = [one for one in hub.memory.things["member"].values() if isinstance(one, Member)]
    check_people(members)
    check_points(hub.memory, members)
    check_conflicts(hub)
    check_tickets(hub)
    check_posts(hub)
    check_activities(hub.memory)
    check_duties(hub)
    check_evaluations(hub.memory)
    check_rewards(hub)
    check_adjustments(hub)
    check_expiries(hub.memory)
    check_whistles(hub.memory)


def check_people(members: list[Member]) -> None:
    """Unit and number are one person; aliases point at roots."""
    roots = {member.id: member for member in members if member.alias_of is None}
    identities = Counter((member.unit, member.number) for member in roots.values())
    assert not [identity for identity, count in identities.items() if count > 1], "two members are one person"
    assert all(member.alias_of is None or member.alias_of in roots for member in members)


def check_points(memory: Memory, members: list[Member]) -> None:
    """Points are the sum of the entries, of the member and its aliases."""
    earned: Counter[str] = Counter()
    for entry in memory.entries.values():
        earned[entry.member] += entry.points
    people: Counter[str] = Counter()
    for member in members:
        assert member.earned == earned[member.id]
        people[member.alias_of or member.id] += member.earned
    for member in members:
        assert member.points == (people[member.id] if member.alias_of is None else 0)


def check_activities(memory: Memory) -> None:
    """Each sign-in once; a team's points are what was entered for it."""
    earned: Counter[str | None] = Counter()
    for entry in memory.entries.values():
        earned[entry.team] += entry.points
    for team in memory.things.get("team", {}).values():
        assert isinstance(team, Team)
        assert team.points == earned[team.id]
    counted = {
        (one.activity, one.member)  # type: ignore[attr-defined]
        for one in memory.things.get("attendance", {}).values()
        if one.state in {"COUNTED", "DUPLICATE"}  # type: ignore[attr-defined]
    }
    signed = [
        (activity.id, taker.member)
        for activity in memory.things.get("activity", {}).values()
        for taker in activity.members  # type: ignore[attr-defined]
    ]
    assert len(set(signed)) == len(signed)
    assert set(signed) == counted
    check_sessions(memory)


def check_sessions(memory: Memory) -> None:
    """What is one session points at one; whoever signed in there counts, and a DUPLICATE counts elsewhere at it."""
    found = memory.things.get("activity", {})
    counts: dict[tuple[str, str], set[str]] = {}
    for one in memory.things.get("attendance", {}).values():
        assert isinstance(one, Attendance)
        activity = found[one.activity]
        assert isinstance(activity, Activity)
        member = memory.things["member"][one.member]
        assert isinstance(member, Member)
        session = activity.same_as or activity.id, member.alias_of or member.id
        counts.setdefault(session, set()).add(one.state)
        if activity.same_as is not None:
            first = found[activity.same_as]
            assert isinstance(first, Activity)
            assert first.same_as is None
    kinds = {accepted.change.kind for accepted in memory.changes.values()}
    if "member.split" not in kinds:
        assert all("COUNTED" in states for states in counts.values() if "DUPLICATE" in states)


def check_whistles(memory: Memory) -> None:
    """Each department is called once; what is late was answered after the deadline; a joined one is empty."""
    found = memory.things.get("whistle", {})
    for whistle in found.values():
        assert isinstance(whistle, Whistle)
        units = [call.unit for call in whistle.calls]
        assert len(set(units)) == len(units)
        for call in whistle.calls:
            assert call.late is (call.answered is not None and call.answered > whistle.deadline)
            assert not call.overdue or call.answer is None or call.late
        assert (whistle.state == "JOINED") is (whistle.whistle is not None) is (not whistle.calls)
        if whistle.whistle is not None:
            standing = found[whistle.whistle]
            assert isinstance(standing, Whistle)
            assert standing.whistle is None
            assert (standing.ticket, standing.round) == (whistle.ticket, whistle.round)


def check_conflicts(hub: Hub) -> None:
    for conflict in hub.conflicts():
        changes = [candidate.change for candidate in conflict.candidates]
        assert changes
        assert len(set(changes)) == len(changes)
        assert conflict.stands is None or conflict.stands in changes
        assert conflict.state in {"SETTLED", "REVIEW", "RULED"}
        deeds = [(candidate.deed, candidate.device, candidate.seq) for candidate in conflict.candidates]
        assert deeds == sorted(deeds)


def check_tickets(hub: Hub) -> None:
    ruled = {one.entity for one in hub.conflicts() if one.ruling is not None}
    for ticket in hub.memory.things.get("ticket", {}).values():
        assert isinstance(ticket, Ticket)
        assert (ticket.done is not None) is (ticket.state in {"DONE", "CLOSED"}) or ticket.id in ruled
        assert (ticket.closed is not None) is (ticket.state in {"CLOSED", "CANCELLED"})
        if ticket.id not in ruled and ticket.state in {"OPEN", "DISPATCHED"}:
            assert not ticket.takers
        changes = [taker.change for taker in ticket.takers]
        assert len(set(changes)) == len(changes)


def check_posts(hub: Hub) -> None:
    """At no moment are there more holders of a post than it ever had seats."""
    ruled = {one.entity for one in hub.conflicts() if one.ruling is not None}
    for post in hub.memory.things.get("post", {}).values():
        assert isinstance(post, Post)
        seats = max(
            one.change.data.seats
            for one in hub.memory.changes.values()
            if one.change.kind == "post.put" and one.change.entity == post.id
        )
        changes = [holder.change for holder in post.holders if holder.until is None]
        assert len(set(changes)) == len(changes)
        for holder in post.holders:
            assert holder.until is None or holder.until >= holder.since
            together = [
                other
                for other in post.holders
                if other.since <= holder.since
                and (other.until is None or other.until > holder.since)
                and (other.term is None or when_term_ends(other.term) > holder.since)
            ]
            assert len(together) <= seats or post.id in ruled, "a seat is held twice"


def check_rewards(hub: Hub) -> None:
    """Of no reward more were given than there ever were; each was paid with a price that it had."""
    for reward in hub.memory.things.get("reward", {}).values():
        assert isinstance(reward, Reward)
        puts = [
            one.change.data
            for one in hub.memory.changes.values()
            if one.change.kind == "reward.put" and one.change.entity == reward.id
        ]
        stocks = [msgspec.to_builtins(put).get("stock") for put in puts]
        paid: list[int] = [
            one.points
            for one in hub.memory.things.get("redemption", {}).values()
            if isinstance(one, Redemption) and one.item == reward.id
        ]
        assert reward.given == len(paid)
        assert None in stocks or reward.given <= max(stocks), "a reward was given twice"
        assert set(paid) <= {put.points for put in puts}


def check_adjustments(hub: Hub) -> None:
    """Nothing counts but what was confirmed, by somebody else, and that just once."""
    found = hub.memory.things.get("adjustment", {})
    posted: dict[str, list[int]] = {}
    for entry in hub.memory.entries.values():
        if entry.kind in {"CREDITED", "DEBITED"}:
            assert (entry.points > 0) is (entry.kind == "CREDITED")
            posted.setdefault(entry.source, []).append(entry.points)
    confirmed = {}
    for adjustment in found.values():
        assert isinstance(adjustment, Adjustment)
        if adjustment.state == "CONFIRMED":
            confirmed[adjustment.id] = [adjustment.points]
            second = hub.memory.changes[adjustment.versions["state"].change]
            assert second.change.kind == "points.confirm"
            assert second.author != adjustment.author, "one person alone credited points"
    assert posted == confirmed


def check_expiries(memory: Memory) -> None:
    """By each rule whose day has come everywhere: what is left of the oldest when all that was spent took the oldest."""
    rules = [one for one in memory.things.get("pointExpiry", {}).values() if isinstance(one, PointExpiry)]
    people: dict[str, list[Entry]] = {}
    for entry in memory.entries.values():
        member = memory.things["member"][entry.member]
        assert isinstance(member, Member)
        people.setdefault(member.alias_of or member.id, []).append(entry)
    for entries in people.values():
        gone = 0
        for rule in sorted(rules, key=lambda one: (one.on, one.id)):
            on = date.fromisoformat(rule.on)
            month = (on.year * 12 + on.month - 1 - rule.months) % 12 + 1
            year = (on.year * 12 + on.month - 1 - rule.months) // 12
            cutoff = (date(year, month, on.day) - date(1970, 1, 1)).days
            day = (on - date(1970, 1, 1)).days
            left: dict[int, int] = {}
            for one in entries:
                if one.kind in {"EARNED", "CREDITED"}:
                    left[one.day] = left.get(one.day, 0) + one.points
            spent = gone - sum(
                one.points for one in entries if one.kind in {"REDEEMED", "DEBITED"} and one.day < day
            )
            for earned in sorted(left):
                taken = min(left[earned], spent)
                left[earned], spent = left[earned] - taken, spent - taken
            expired = -sum(one.points for one in entries if one.kind == "EXPIRED" and one.source == rule.id)
            if rule.brought:
                assert expired == sum(points for earned, points in left.items() if earned < cutoff)
            gone += expired


def check_duties(hub: Hub) -> None:
    """Of a unit's duty never more than one record counts in a period; and which one does is kept."""
    ruled = {one.entity for one in hub.conflicts() if one.ruling is not None}
    counted: Counter[tuple[str, str, str, str]] = Counter()
    kept: Counter[tuple[str, str, str, str]] = Counter()
    slots = [
        slot for slot in hub.memory.things.get("dutyPeriod", {}).values() if isinstance(slot, DutyPeriod)
    ]
    counts, further = {slot.counted for slot in slots}, {one for slot in slots for one in slot.further}
    for duty in hub.memory.things.get("duty", {}).values():
        assert isinstance(duty, Duty)
        key = duty.unit, duty.community, duty.kind, duty.period
        kept[key] += duty.state != "VOID"
        counted[key] += duty.state == "COUNTED"
        assert (duty.state == "COUNTED") == (duty.id in counts)
        assert (duty.state == "FURTHER") == (duty.id in further)
        assert (duty.state == "VOID") == (duty.reason is not None)
    assert all(times <= 1 for times in counted.values()), "a duty counts twice in a period"
    assert ruled or all(counted[key] for key in kept if kept[key]), "a duty was done and does not count"


def check_evaluations(memory: Memory) -> None:
    """One per member's id, community and period; it is closed, open or waits, as its grade and closing say."""
    found = memory.things.get("evaluation", {})
    slots = [slot.evaluation for slot in memory.things.get("evaluationPeriod", {}).values()]  # type: ignore[attr-defined]
    assert sorted(slots) == sorted(found), "an evaluation is in no period, or in two"
    keys = Counter[tuple[str, str, str]]()
    for one in found.values():
        assert isinstance(one, Evaluation)
        keys[one.member, one.community, one.period] += 1
        assert (one.grade is not None) == (one.state in {"OPEN", "CLOSED"}) == (one.decided is not None)
        assert one.grade is not None or one.words is None
        assert one.state != "CLOSED" or one.closed is not None
    assert all(times == 1 for times in keys.values()), "a member has two evaluations of a period"


def when_term_ends(term: str) -> int:
    """The end of a term's last day, by the clocks of both communities."""
    return parse_time(f"{term}T00:00:00.000Z") - OFFSET + DAY


def check_settled(hub: Hub, settled: Settled) -> None:
    """Of one settlement, just before the hub takes it."""
    ids = [entry.id for entry in settled.entries]
    assert len(set(ids)) == len(ids), "an entry was posted twice"
    assert not set(ids) & set(hub.memory.entries), "an entry was posted again"
    told = [outcome.change for outcome in settled.outcomes]
    assert len(set(told)) == len(told), "an author is told two things at once"
    assert told[: len(settled.changes)] == [accepted.change.id for accepted in settled.changes]
    for outcome in settled.outcomes:
        assert (outcome.waits is not None) is (outcome.outcome is Result.HELD)
        assert outcome.sentence["zh"]
        assert "{" not in outcome.sentence["en"]
        assert msgspec.json.decode(msgspec.json.encode(outcome.stands)) == outcome.stands
    for things in settled.written.values():
        for thing in things.values():
            assert msgspec.json.decode(msgspec.json.encode(thing), type=type(thing)) == thing
    check_redemptions(hub, settled)


def check_redemptions(hub: Hub, settled: Settled) -> None:
    """A redemption never takes a balance below zero; redemptions come last."""
    members = {**hub.memory.things["member"], **settled.written.get("member", {})}
    for member_id in {entry.member for entry in settled.entries if entry.kind in {"REDEEMED", "DEBITED"}}:
        member = members[member_id]
        assert isinstance(member, Member)
        root = members[member.alias_of or member.id]
        assert isinstance(root, Member)
        assert root.points >= 0


def replayed(hub: Hub) -> Memory:
    """A second hub that settles the same batches."""
    memory = Memory()
    for batch, now, night in hub.batches:
        memory.settle(batch, now, night=night)
    return memory
