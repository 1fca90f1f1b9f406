"""Invariants: what stands is what should stand, by an oracle that knows nothing of the rule book's code."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sync.shapes import format_time
from tests.simulation.clocks import MINUTE
from tests.simulation.evidence import Change, Row, plain
from tests.simulation.scene import Scene

LIAISON, DISPATCHER, DISTRICT = 1, 2, 3
LATEST = ("title", "category", "place")
RANKED = ("priority", "due", "seats", "grid")
WRITES = ("ticket.open", "ticket.edit")
SIGN_INS = {"activity.join", "service.record", "service.link", "conflict.rule"}
LEAVES = {"ticket.decline", "ticket.release", "ticket.reopen", "conflict.rule"}


def one_holder_per_seat(scene: Scene) -> Iterator[str]:
    """Never more takers than seats were ever wanted, and nobody twice."""
    wanted: dict[str, int] = defaultdict(lambda: 1)
    for change in scene.evidence.log.values():
        if change.kind in {"ticket.open", "ticket.edit"}:
            wanted[change.entity] = max(wanted[change.entity], change.data.get("seats", 1))
    for ticket, takers in scene.evidence.takers.items():
        if len(takers) > wanted[ticket]:
            yield f"ticket {ticket} has {len(takers)} takers and {wanted[ticket]} seats"
        persons = Counter(scene.evidence.root(taker.member) for taker in takers)
        for person, times in persons.items():
            if times > 1 and not _were_two(scene, person, takers):
                yield f"{person} holds {times} seats of ticket {ticket}"


def _were_two(scene: Scene, person: str, takers: list[Row]) -> bool:
    """Whether these takers became one person only when they had their seats."""
    if person in scene.evidence.joined:
        return True
    last = max(taker.rev for taker in takers)
    family = {taker.member for taker in takers if scene.evidence.root(taker.member) == person}
    registered = [
        scene.evidence.decided_rev(change)
        for member in family
        for change in scene.evidence.changes_of("member.register", member)
    ]
    return any(rev >= last for rev in registered)


def confirmed_seats_stay(scene: Scene) -> Iterator[str]:
    """Who had a seat has it still, unless it was given back, freed, ruled on, or the ticket was opened again."""
    reasons = _reasons(scene, LEAVES)
    for ticket, takers in scene.evidence.takers_before.items():
        now = {taker.change for taker in scene.evidence.takers.get(ticket, ())}
        for taker in takers:
            if taker.change not in now and ticket not in reasons:
                yield f"ticket {ticket}: the confirmed seat of {taker.change} is gone without a reason"


def no_posts_seat_is_held_twice(scene: Scene) -> Iterator[str]:
    """At no moment more holders than seats were ever put, unless a person ruled."""
    seats: dict[str, int] = defaultdict(int)
    for change in scene.evidence.log.values():
        if change.kind == "post.put":
            seats[change.entity] = max(seats[change.entity], change.data["seats"])
    ruled = {entity for entity, _ in ruled_on(scene)}
    for post, row in scene.evidence.things["post"].items():
        holders = plain(row.holders)
        offset_ms = scene.evidence.things["community"][row.community].utc_offset * MINUTE
        for one in holders:
            at = one["since"]
            day = format_time(at + offset_ms)[:10]
            together = [other for other in holders if _holds(other, at, day)]
            if len(together) > seats[post] and post not in ruled:
                yield f"post {post} has {len(together)} holders at {at} and {seats[post]} seats"


def _holds(one: dict[str, Any], at: int, day: str) -> bool:
    """Whether a holder had their seat at a moment, on this local day: not left, and their term not over."""
    begun = one["since"] <= at and (one["until"] is None or one["until"] > at)
    return begun and (one["term"] is None or day <= one["term"])


def nobody_signs_in_twice(scene: Scene) -> Iterator[str]:
    """Each person once at each activity, by a change that says so; each sign-in counts once, at all that is one session too."""
    counted = {
        (one.activity, one.member): one
        for one in scene.evidence.things["attendance"].values()
        if one.state in {"COUNTED", "DUPLICATE"}
    }
    yield from _counts_twice(scene, [*counted.values()])
    for activity, row in scene.evidence.things["activity"].items():
        signed = plain(row.members)
        persons = Counter(scene.evidence.root(one["member"]) for one in signed)
        for person, times in persons.items():
            if (
                times > 1
                and person not in scene.evidence.joined
                and not _registered_after(scene, signed, person)
            ):
                yield f"{person} signed in {times} times at activity {activity}"
        for one in signed:
            said = scene.evidence.log.get(one["change"])
            if said is None or said.kind not in SIGN_INS:
                yield f"{one['member']} is at activity {activity} by no change that says so"
            if counted.pop((activity, one["member"]), None) is None:
                yield f"the sign-in of {one['member']} at activity {activity} does not count"
    for activity, member in counted:
        yield f"a sign-in of {member} counts at activity {activity}, where they are not"


def _counts_twice(scene: Scene, there: list[Row]) -> Iterator[str]:
    """Whoever counts at two that are one session, or at none of them."""
    activities = scene.evidence.things["activity"]
    counts: dict[tuple[str, str], list[Row]] = {}
    for one in there:
        session = activities[one.activity].same_as or one.activity
        counts.setdefault((session, scene.evidence.root(one.member)), []).append(one)
    for (session, person), found in counts.items():
        places = {one.activity for one in found if one.state == "COUNTED"}
        if not places and person not in scene.evidence.joined:
            yield f"no sign-in of {person} counts at session {session}"
        if len(places) > 1 and person not in scene.evidence.joined:
            family = {one.member for one in found if one.state == "COUNTED"}
            if len(family) == 1:
                yield f"{person} counts {len(places)} times at session {session}"


def _registered_after(scene: Scene, signed: list[dict[str, Any]], person: str) -> bool:
    """Whether one of a person's registrations came after two of their sign-ins."""
    family = {one["member"] for one in signed if scene.evidence.root(one["member"]) == person}
    first = min(one["rev"] for one in signed if one["member"] in family)
    return any(
        scene.evidence.decided_rev(change) > first
        for member in family
        for change in scene.evidence.changes_of("member.register", member)
    )


def nobody_is_in_a_team_twice(scene: Scene) -> Iterator[str]:
    """Each person once at a time, unless they were two persons when they came."""
    for team, row in scene.evidence.things["team"].items():
        inside = [one for one in plain(row.holders) if one["until"] is None]
        persons = Counter(scene.evidence.root(one["member"]) for one in inside)
        for person, times in persons.items():
            if (
                times > 1
                and person not in scene.evidence.joined
                and not _registered_after(scene, inside, person)
            ):
                yield f"{person} is in team {team} {times} times"


def one_duty_counts_a_period(scene: Scene) -> Iterator[str]:
    """Every record is kept; of a unit, kind and period the one counts that was confirmed first, by the earlier deed.

    Where that was voided, one of the others does.
    """
    duties = scene.evidence.things["duty"]
    ruled = {entity for entity, _ in ruled_on(scene)}
    groups: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in scene.evidence.log.values():
        if change.kind == "duty.record" and scene.evidence.taken(change):
            row = duties.get(change.entity)
            if row is None:
                yield f"the duty {change.entity} was recorded and is not there"
                continue
            year, month = row.on[:4], int(row.on[5:7])
            period = {"CONTACT": row.on[:7], "SURVEY": f"{year}-Q{(month + 2) // 3}"}[row.kind]
            if row.period != period:
                yield f"the duty {row.id} of {row.on} is kept for {row.period}"
            groups[row.unit, row.community, row.kind, row.period].append(change)
    for key, records in groups.items():
        counted = {record.entity for record in records if duties[record.entity].state == "COUNTED"}
        live = [record for record in records if duties[record.entity].state != "VOID"]
        first = min(records, key=lambda one: (scene.evidence.decided_rev(one), one.order))
        if not ruled.isdisjoint(record.entity for record in records):
            if len(counted) > 1:
                yield f"a ruling left {len(counted)} duties that count for {key}"
        elif len(live) < len(records):
            if len(counted) != min(1, len(live)):
                yield f"of the duties for {key} one was voided, and {len(counted)} count"
        elif counted != {first.entity}:
            yield f"of the duties for {key} not the first counts"


def _reasons(scene: Scene, kinds: set[str]) -> set[str]:
    """The things about which a change of these kinds was decided since the last look."""
    found = set[str]()
    for row in scene.evidence.new_outcomes:
        change = scene.evidence.log[row.change]
        if change.kind in kinds:
            found.add(change.entity)
            if change.kind == "conflict.rule" and change.entity in scene.evidence.things["conflict"]:
                found.add(scene.evidence.things["conflict"][change.entity].entity)
    return found


def work_done_is_never_undone(scene: Scene) -> Iterator[str]:
    """A ticket that was finished stays so until it is opened again, or somebody rules."""
    again = scene.evidence.by_entity("ticket.reopen")
    ruled = ruled_on(scene)
    for ticket, finishes in scene.evidence.by_entity("ticket.finish").items():
        row = scene.evidence.things["ticket"].get(ticket)
        done = [f for f in finishes if _first_code(scene, f) in {"APPLIED", "DONE_AFTER_CANCEL"}]
        if row is None or not done or row.state in {"DONE", "CLOSED"} or (ticket, "state") in ruled:
            continue
        last = max(scene.evidence.decided_rev(finish) for finish in done)
        reopened = [
            scene.evidence.decided_rev(reopen)
            for reopen in again.get(ticket, ())
            if _first_code(scene, reopen) == "APPLIED"
        ]
        if not any(rev >= last for rev in reopened):
            yield f"ticket {ticket} was finished and is {row.state}"


def _first_code(scene: Scene, change: Change) -> str | None:
    rows = [row for row in scene.evidence.outcomes.get(change.id, ()) if row.outcome != "HELD"]
    return rows[0].code if rows else None


def ruled_on(scene: Scene) -> set[tuple[str, str]]:
    """Every (thing, field) on which a person has ruled."""
    return {
        (row.entity, row.field)
        for row in scene.evidence.things["conflict"].values()
        if row.ruling is not None
    }


# `latest`, `ranked`, `elements`


def the_latest_stands(scene: Scene) -> Iterator[str]:
    """A field under `latest` holds what was done last, of all that was ever done to it.

    An opening says something of each field, be it that there is nothing: where a wrong clock puts it after
    an edit, and a restore took the rev that this had seen, it is the later one.
    """
    ruled = ruled_on(scene)
    for ticket, changes in scene.evidence.by_entity("ticket.open", "ticket.edit").items():
        row = scene.evidence.things["ticket"].get(ticket)
        for field in LATEST:
            written = [c for c in changes if _writes(c, field) and scene.evidence.taken(c)]
            if row is None or not written or (ticket, field) in ruled:
                continue
            last = max(written, key=lambda change: change.order)
            if getattr(row, field) != last.data.get(field):
                yield f"ticket {ticket}: its {field} is not that of the last deed, {last.id}"


def _writes(change: Change, field: str) -> bool:
    return field in change.data or change.kind == "ticket.open"


def the_higher_office_stands(scene: Scene) -> Iterator[str]:
    """Nobody's value stands over that of a higher office which they had not seen; and it is the value they gave."""
    ruled = ruled_on(scene)
    written = scene.evidence.by_entity("ticket.open", "ticket.edit")
    for ticket, row in scene.evidence.things["ticket"].items():
        versions = plain(row.versions)
        for field in RANKED:
            version = versions.get(field, versions["*"])
            author = scene.evidence.log.get(version[4])
            if (
                author is None
                or (ticket, field) in ruled
                or author.kind not in {"ticket.open", "ticket.edit"}
            ):
                continue
            if field in author.data and author.data[field] != getattr(row, field):
                yield f"ticket {ticket}: its {field} is not what {author.id} gave"
            for other in written[ticket]:
                if (
                    other.office > author.office
                    and field in other.data
                    and _first_code(scene, other) in {"APPLIED", "STANDS"}
                    and not scene.evidence.saw(author, other)
                ):
                    yield f"ticket {ticket}: {author.id} stands over {other.id} of a higher office, unseen"


def elements_are_those_nobody_removed(scene: Scene) -> Iterator[str]:
    """A tag or a skill is there when some add of it was seen by nobody who removed it."""
    things = scene.evidence.things
    for ticket, changes in scene.evidence.by_entity("ticket.edit").items():
        if ticket in things["ticket"]:
            yield from _elements(scene, ticket, changes, "Tags", things["ticket"][ticket].tags)
    persons: dict[str, list[Change]] = defaultdict(list)
    for member, changes in scene.evidence.by_entity("member.edit").items():
        persons[scene.evidence.root(member)] += changes
    for person, changes in persons.items():
        if person in things["member"] and person not in scene.evidence.joined:
            yield from _elements(scene, person, changes, "Skills", things["member"][person].skills)


def _elements(scene: Scene, thing: str, changes: list[Change], name: str, held: object) -> Iterator[str]:
    taken = [change for change in changes if scene.evidence.taken(change)]
    removes = [change for change in taken if f"remove{name}" in change.data]
    expected = {
        element
        for add in taken
        for element in add.data.get(f"add{name}", ())
        if not any(
            element in remove.data[f"remove{name}"] and scene.evidence.saw(remove, add) for remove in removes
        )
    }
    found = set(plain(held))
    if found != expected:
        yield f"{thing} has the {name.lower()} {sorted(found)} and should have {sorted(expected)}"


# What is told is true


def who_lost_lost_to_an_earlier_one(scene: Scene) -> Iterator[str]:
    """LOST names a claim that was earlier, or confirmed before."""
    for row in _told(scene, "SEAT_TAKEN", "NO_SEAT"):
        loser = scene.evidence.log[row.change]
        winner = scene.evidence.log.get((plain(row.stands) or {}).get("change", ""))
        if winner is None:
            yield f"{loser.kind} {loser.id} lost to nobody"
        elif (
            winner.order > loser.order
            and scene.evidence.decided_rev(winner) >= scene.evidence.revs[row.settlement]
        ):
            yield f"{loser.kind} {loser.id} lost to {winner.id}, which was later"


def who_is_told_full_had_seen_it(scene: Scene) -> Iterator[str]:
    """SEATS_FULL is said to those who had seen the taker, SEAT_TAKEN to those who had not (tickets of one seat)."""
    ruled = ruled_on(scene)
    for row in _told(scene, "SEAT_TAKEN", "NO_SEAT", "SEATS_FULL"):
        loser = scene.evidence.log[row.change]
        winner = scene.evidence.log.get((plain(row.stands) or {}).get("change", ""))
        if winner is None or (loser.entity, "takers") in ruled or _has_more_seats(scene, loser.entity):
            continue
        if any(told.code == "RULED_FOR" for told in scene.evidence.outcomes[winner.id]):
            continue  # It has its seat by a person's word, which came later than itself.
        if row.code == "SEATS_FULL" and not scene.evidence.saw(loser, winner):
            yield f"{loser.kind} {loser.id} is refused for {winner.id}, which its author had not seen"
        if row.code != "SEATS_FULL" and scene.evidence.saw(loser, winner):
            yield f"{loser.kind} {loser.id} is told that it lost to {winner.id}, which its author had seen"


def _has_more_seats(scene: Scene, ticket: str) -> bool:
    return any(
        change.entity == ticket and change.data.get("seats", 1) > 1
        for change in scene.evidence.log.values()
        if change.kind in {"ticket.open", "ticket.edit"}
    )


def who_was_outranked_had_not_seen_it(scene: Scene) -> Iterator[str]:
    """HIGHER_OFFICE is told where a higher office had written and the author had not seen it, whatever stands since.

    A ruling writes, too: by the office of whoever ruled.
    """
    ruled = ruled_on(scene)
    for row in _told(scene, "HIGHER_OFFICE"):
        loser = scene.evidence.log[row.change]
        stands = plain(row.stands) or {}
        others = scene.evidence.by_entity(*WRITES).get(loser.entity, [])
        if loser.kind not in WRITES or "field" not in stands or (loser.entity, stands["field"]) in ruled:
            continue
        if not any(
            other.office > loser.office
            and stands["field"] in other.data
            and not scene.evidence.saw(loser, other)
            for other in others
        ):
            yield f"{loser.kind} {loser.id} is outranked by no higher office, or by one that was seen"


def _told(scene: Scene, *codes: str) -> list[Row]:
    return [row for row in scene.evidence.new_outcomes if row.code in codes]


# Persons


def one_member_per_person(scene: Scene) -> Iterator[str]:
    """(unit, number) is one person; an alias points at a member, and a member at nobody."""
    members = scene.evidence.things["member"]
    persons = Counter((row.unit, row.number) for row in members.values() if row.alias_of is None)
    for person, times in persons.items():
        if times > 1:
            yield f"{times} members are {person}"
    for row in members.values():
        if row.alias_of is not None and (
            row.alias_of not in members or members[row.alias_of].alias_of is not None
        ):
            yield f"the alias {row.id} points at {row.alias_of}, which is no member of its own"


def confirmed_members_stay(scene: Scene) -> Iterator[str]:
    """A confirmed member becomes an alias, and an alias somebody else's, by a dispatcher's word only."""
    moved = any(
        scene.evidence.log[row.change].kind in {"member.merge", "member.split", "conflict.rule"}
        for row in scene.evidence.new_outcomes
    )
    for member, row in scene.evidence.before["member"].items():
        now = scene.evidence.things["member"].get(member)
        if now is None or (now.alias_of != row.alias_of and not moved):
            yield f"the confirmed member {member} is gone, or somebody else now"


def deeds_keep_their_bounds(scene: Scene) -> Iterator[str]:
    """No deed before the one before it, before what its author had seen, or after its arrival."""
    again = scene.evidence.done_again_at()
    revs = sorted(scene.evidence.revs.items())
    last: dict[str, Change] = {}
    for change in sorted(scene.evidence.log.values(), key=lambda one: (one.device, one.seq)):
        before = last.get(change.device)
        last[change.device] = change
        if before is not None and change.deed < before.deed:
            yield f"{change.id} (seq {change.seq}) was done before the change before it"
        seen = [number for number, first in revs if first <= change.saw]
        # An office's click in the very millisecond of what it saw comes after that: bounds may contradict each other.
        committed = scene.evidence.commits[seen[-1]] if seen else 0
        must_follow = max(committed + 1, 0 if before is None else before.deed)
        if change.deed > max(change.arrival, must_follow):
            yield f"{change.id} was done after it arrived"
        seen = [number for number in seen if number not in again]
        committed = scene.evidence.commits[seen[-1]] if seen else 0
        not_before = committed if change.office == LIAISON and seen else -1
        if change.deed <= not_before and (before is None or change.deed != before.deed):
            yield f"{change.id} was done before what its author had seen"


def deeds_are_when_they_were_done(scene: Scene) -> Iterator[str]:
    """Where a tablet met the hub in the same run of its program, its deeds are right within their uncertainty."""
    for change in scene.evidence.log.values():
        record = scene.witness.records.get(change.id)
        if record is None or not record.honest or record.cloned or change.uncertainty_ms is None:
            continue  # What a copy sends, whose clock went another way, is not what the tablet measured.
        wrong_by = abs(change.deed - record.at)
        if record.process in scene.witness.met_processes and wrong_by > change.uncertainty_ms + 3:
            yield f"{change.id} was done {wrong_by} ms off, and says {change.uncertainty_ms} ms"
