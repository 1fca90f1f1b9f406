"""Each pair of kinds on one member, post, service, register entry, tablet, redemption and conflict, against an oracle.

Tickets are in test_oracle.py. In all orders: of deeds, since every pair is tried both ways round, and of uploads.
"""

import ast
import functools
import inspect
from collections.abc import Callable
from itertools import product
from typing import Any, Final, NamedTuple

import pytest

from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.settle import settle
from sync.shapes import format_time
from sync.state import Accepted, Settled
from tests.sync import oracle_things as oracle
from tests.sync import test_oracle
from tests.sync.hub import Hub
from tests.sync.oracle_sessions import ACTIVITIES, TEAMS, WHISTLES
from tests.sync.oracle_things import (
    Dispute,
    Duties,
    Evaluated,
    Kept,
    Person,
    Post,
    Purse,
    Rated,
    Said,
    Service,
    Shelf,
)
from tests.sync.world import (
    A1,
    ADJUSTMENT,
    D2,
    E2,
    EXPIRY,
    G1,
    G2,
    LY,
    M1,
    M2,
    M4,
    M6,
    PER_SERVICE,
    T2,
    TEAM,
    U1,
    U2,
    D,
    E,
    P,
    R,
    S,
    T,
    W,
    activity,
    community,
    duty,
    evaluation,
    ident,
    named,
    point_expiry,
    point_rule,
    post,
    reward,
    team,
    when,
    whistle,
)

DEVICES: Final = "AB"
HOURS: Final = (9, 10)
BEFORE: Final = -1
OFFICES: Final = (Office.LIAISON, Office.DISPATCHER, Office.DISTRICT)
NEW: Final = (ident("new 0"), ident("new 1"))
OLD: Final = ident("a duty of before the night")


@functools.cache
def at_rest() -> Hub:
    """A district at rest; whoever settles on it leaves it as it was."""
    hub = Hub()
    hub.audited = False
    author = hub.tablet("author", G1, G2, at="05:00")
    hub.desk("ticket.open", T, "05:10", grid=G1, category="parking", title="t", seats=2)
    hub.desk("ticket.open", T2, "05:11", grid=G2, category="parking", title="u")
    hub.desk("post.put", P, "05:12", **post())
    hub.desk("team.put", TEAM, "05:12", **team())
    hub.district("pointExpiry.put", EXPIRY, "05:12", **point_expiry())
    hub.desk("team.join", TEAM, "05:12", member=M1)
    hub.desk("activity.open", A1, "05:12", **activity())
    hub.desk("activity.join", A1, "05:12", member=M1)
    hub.desk("reward.put", R, "05:12", **reward(stock=1))
    hub.desk("whistle.blow", W, "05:12", **whistle())
    author.serves(S, M1, "05:12", "05:40", at="05:50")
    author.does("points.adjust", ADJUSTMENT, "05:50", member=M1, points=3, reason="r")
    author.does("duty.record", OLD, "05:50", **duty("TALK", U2))
    author.pull("05:51")
    author.push("05:55")
    hub.night("05:56")
    for name in "EF":
        tablet = hub.tablet(name, G1, G2, at="05:57")
        tablet.does("ticket.edit", T2, "05:58", title=name)
        tablet.push("05:59")
    hub.night("05:59")
    hub.desk("member.edit", M4, "06:00", addSkills=["legal"])
    hub.desk("post.take", P, "06:01", member=M1)
    for name in DEVICES:
        hub.tablet(name, G1, G2, at="06:10")
    hub.tablet("C", G1, G2, at="06:10")
    return hub


def told_in(night: Settled) -> dict[str, str]:
    return {outcome.change: str(outcome.outcome) for outcome in night.outcomes}


class Played(NamedTuple):
    """What came of a night: what both authors were told, and the thing as it is."""

    night: Settled
    ids: list[str]

    def thing(self, collection: str, entity: str) -> Any:
        written = self.night.written.get(collection, {}).get(entity)
        return written if written is not None else at_rest().memory.things.get(collection, {}).get(entity)

    def told(self, number: int) -> str:
        return told_in(self.night)[self.ids[number]]


def played(two: list[tuple[Said, str, dict[str, Any]]], upwards: bool) -> Played:
    """A night of two changes, told with what each is about and what it says; uploaded in one order or the other."""
    hub = at_rest()
    batch: list[Accepted] = []
    seq = hub._seq
    for said, entity, data in two if upwards else reversed(two):
        saw, at = hub.memory.rev if said.informed else 0, f"{said.hour:02d}:00"
        if said.office:
            office = OFFICES[said.office]
            batch.append(hub.office(office, said.kind, entity, data, at, saw=saw))
            continue
        tablet = hub.tablet(DEVICES[said.number], G1, G2, at="06:59")
        tablet.does(said.kind, entity, at, saw=saw, **data)
        inbox, hub.inbox, digests = hub.inbox, [], dict(hub.digests)
        hub.receive(tablet.name, tablet.upload(), "20:00")
        batch += hub.inbox
        hub.inbox, hub.digests = inbox, digests
    hub._seq = seq
    night = settle(hub.memory.gathered(batch), batch, when("23:00"), hub.memory.digest)
    by_hour = sorted(batch, key=lambda accepted: accepted.deed)
    return Played(night, [accepted.change.id for accepted in by_hour])


def expected(
    thing: Any, decides: dict[str, Callable[[Any, Said], set[str]]], two: list[Said]
) -> list[set[str]]:
    """What both may be told, once the oracle has let the thing live through them."""
    told = {}
    for said in sorted(two, key=lambda one: (not KINDS[one.kind].creates, one.hour)):
        told[said.hour] = decides[said.kind](thing, said)
    return [oracle.OVERTAKEN if hour in thing.overtaken else told[hour] for hour in HOURS]


# Members

WORDS: Final[dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "member.register": [("", {"name": "one", "grid": G1}), ("", {"name": "two", "grid": G2})],
    "name": [("member.edit", {"name": "one"}), ("member.edit", {"name": "two"})],
    "standing": [("member.edit", {"standing": "AWAY"}), ("member.edit", {"standing": "LEFT"})],
    "adds": [("member.edit", {"addSkills": ["legal", "electric"]}), ("member.edit", {"addSkills": ["legal"]})],
    "removes": [("member.edit", {"removeSkills": ["legal"]}), ("member.edit", {"removeSkills": ["legal", "electric"]})],
    "number": [("member.edit", {"number": "091"}), ("member.edit", {"number": "092"})],
    "member.assign": [("", {"grid": G1}), ("", {"grid": G2})],
    "member.merge": [("", {"into": M1}), ("", {"into": M1})],
    "member.split": [("", {}), ("", {})],
    "member.request": [("", {"reason": "one"}), ("", {"reason": "two"})],
}  # fmt: skip


def member_said(word: str, number: int, office: bool, informed: bool) -> tuple[Said, str, dict[str, Any]]:
    kind, tells = WORDS[word][number]
    kind = kind or word
    office = office or Office.LIAISON not in KINDS[kind].offices
    said = Said(kind, number, HOURS[number], office, informed, tells)
    if kind == "member.register":
        return said, NEW[number], {"unit": U2, "number": "004", **tells}
    return said, M4, tells


@pytest.mark.parametrize("second", WORDS)
@pytest.mark.parametrize("first", WORDS)
def test_two_changes_about_one_person_come_to_what_the_oracle_says(first: str, second: str) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        two = [member_said(first, 0, office, knows), member_said(second, 1, other_office, knew)]
        if any(said.kind == "member.edit" and "number" in said.tells and said.office for said, _, _ in two):
            continue
        people = oracle.People(Person("member 4", {"legal"}, None), {M1: Person("member 1", set(), G1)})
        says = expected(people, oracle.PEOPLE, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            where = f"{first} office={two[0][0].office} {knows}, {second} office={two[1][0].office} {knew}"
            for one, person in ((M4, people.one), (M1, people.others[M1])):
                found = night.thing("member", one)
                now = found.name, found.standing, found.grid, frozenset(found.skills)
                assert now == person.standing_now, (where, now, person.standing_now)
            assert night.thing("member", M4).alias_of == people.joined, where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


# Posts

POST_WORDS: Final[dict[str, list[dict[str, Any]]]] = {
    "post.put": [{"seats": 2}, {"seats": 3}],
    "post.take": [{"member": M2}, {"member": M6}],
    "post.leave": [{"member": M1}, {"member": M1}],
}


def post_said(kind: str, number: int, office: bool, informed: bool) -> tuple[Said, str, dict[str, Any]]:
    tells = POST_WORDS[kind][number]
    said = Said(kind, number, HOURS[number], office, informed, tells)
    return said, P, post(seats=tells["seats"]) if kind == "post.put" else tells


@pytest.mark.parametrize("second", POST_WORDS)
@pytest.mark.parametrize("first", POST_WORDS)
def test_two_changes_about_one_post_come_to_what_the_oracle_says(first: str, second: str) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        two = [post_said(first, 0, office, knows), post_said(second, 1, other_office, knew)]
        one = Post(1, {M1: BEFORE})
        says = expected(one, oracle.POSTS, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            where = f"{first} office={office} {knows}, {second} office={other_office} {knew}"
            found = night.thing("post", P)
            sitting = {holder.member for holder in found.holders if holder.until is None}
            assert (found.seats, sitting) == (one.seats.value, set(one.holders)), where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


# Services

SERVICE_WORDS: Final[dict[str, list[dict[str, Any]]]] = {
    "service.record": [{"member": M1}, {"member": M2}],
    "service.link": [{"ticket": T}, {"ticket": T2}],
    "service.void": [{"reason": "one"}, {"reason": "two"}],
}


def service_said(kind: str, number: int, office: bool, informed: bool) -> tuple[Said, str, dict[str, Any]]:
    tells = SERVICE_WORDS[kind][number]
    moments = {
        name: {"at": format_time(when(f"{HOURS[number] - hours:02d}:00")), "run": 1}
        for name, hours in (("start", 2), ("end", 1))
    }
    data = {**tells, **moments} if kind == "service.record" else tells
    return Said(kind, number, HOURS[number], office, informed, tells), S, data


@pytest.mark.parametrize("second", SERVICE_WORDS)
@pytest.mark.parametrize("first", SERVICE_WORDS)
def test_two_changes_about_one_service_come_to_what_the_oracle_says(first: str, second: str) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        two = [service_said(first, 0, office, knows), service_said(second, 1, other_office, knew)]
        one = Service()
        says = expected(one, oracle.SERVICES, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            where = f"{first} office={office} {knows}, {second} office={other_office} {knew}"
            found = night.thing("service", S)
            assert (found.member, found.ticket, found.state == "VOID") == (M1, one.ticket, one.void), where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


# Duties

DUTY_WORDS: Final[dict[str, list[dict[str, Any]]]] = {"duty.record": [{"id": D}, {"id": D2}]}


@pytest.mark.parametrize("again", [False, True])
def test_two_records_of_one_duty_come_to_what_the_oracle_says(again: bool) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        told = DUTY_WORDS["duty.record"]
        first = Said("duty.record", 0, HOURS[0], office, knows, told[0])
        second = Said("duty.record", 1, HOURS[1], other_office, knew, told[0 if again else 1])
        two = [(said, said.tells["id"], duty(topic=str(said.number))) for said in (first, second)]
        one = Duties()
        says = expected(one, oracle.DUTIES, [first, second])
        for upwards in flags:
            night = played(two, upwards)
            where = f"office={office} {knows}, office={other_office} {knew}"
            found = {duty_id: night.thing("duty", duty_id).state for duty_id in one.kept}
            assert [key for key, state in found.items() if state == "COUNTED"] == [one.counts], where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


DUTIES_OF_OLD: Final = [("duty.record", D), ("duty.record", D2), ("duty.void", OLD)]


@pytest.mark.parametrize("second", DUTIES_OF_OLD)
@pytest.mark.parametrize("first", DUTIES_OF_OLD)
def test_records_and_voids_of_one_duty_come_to_what_the_oracle_says(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        told = (Said(first[0], 0, HOURS[0], office, knows, {"id": first[1]}), Said(second[0], 1, HOURS[1], other_office, knew, {"id": second[1]}))  # fmt: skip
        two = [
            (said, said.tells["id"], duty("TALK", U2) if said.kind == "duty.record" else {"reason": "r"})
            for said in told
        ]
        one = Duties(OLD)
        says = expected(one, oracle.DUTIES, list(told))
        for upwards in flags:
            night = played(two, upwards)
            where = f"{first} office={office} {knows}, {second} office={other_office} {knew}"
            states = {duty_id: night.thing("duty", duty_id).state for duty_id in (OLD, *one.kept)}
            counted = [duty_id for duty_id, state in states.items() if state == "COUNTED"]
            assert (counted, states[OLD] == "VOID") == ([one.counts] if one.counts else [], one.void), where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


# Evaluations

EVALUATION_WORDS: Final[dict[str, list[str]]] = {"evaluation.submit": ["QUALIFIED", "EXCELLENT"]}


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("again", [False, True])
def test_two_evaluations_of_one_member_come_to_what_the_oracle_says(again: bool, same: bool) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product(flags, flags, flags, flags):
        grades = EVALUATION_WORDS["evaluation.submit"]
        two = [
            Said("evaluation.submit", n, HOURS[n], by, seen, {"grade": grades[0 if same else n]})
            for n, by, seen in ((0, office, knows), (1, other_office, knew))
        ]
        given = [
            (said, (E, E2)[0 if again else said.number], evaluation(said.tells["grade"])) for said in two
        ]
        one = Evaluated()
        says = expected(one, oracle.EVALUATIONS, two)
        for upwards in flags:
            night = played(given, upwards)
            where = f"office={office} {knows}, office={other_office} {knew}"
            assert night.thing("evaluation", E).grade == one.written.value, where
            assert night.thing("evaluation", E2) is None, where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


# Ratings by a code on paper

RATE_WORDS: Final[dict[str, list[int]]] = {"ticket.rate": [5, 1]}


def test_two_ratings_of_one_ticket_come_to_what_the_oracle_says() -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product((2, 1), (2, 1), flags, flags):
        stars = RATE_WORDS["ticket.rate"]
        two = [
            Said("ticket.rate", n, HOURS[n], by, seen, {"rating": stars[n]})
            for n, by, seen in ((0, office, knows), (1, other_office, knew))
        ]
        one = Rated()
        says = expected(one, oracle.RATINGS, two)
        for upwards in flags:
            night = played([(said, T, {**said.tells, "round": 1}) for said in two], upwards)
            assert night.thing("ticket", T).rating == one.stars
            for number, may in enumerate(says):
                assert night.told(number) in may, (office, other_office, number, night.told(number), may)


# What offices keep

PUTS: Final[dict[str, tuple[str, Callable[[int], dict[str, Any]]]]] = {
    "community.put": (LY, lambda n: {**community("LY"), "name": named(f"name {n}")}),
    "unit.put": (U1, lambda n: {"code": "LY-U1", "name": named(f"name {n}"), "community": LY}),
    "grid.put": (G1, lambda n: {"code": "LY-1", "name": named(f"name {n}"), "community": LY}),
    "pointRule.put": (PER_SERVICE, lambda n: {**point_rule("SERVICE", 2), "name": named(f"name {n}")}),
    "pointExpiry.put": (EXPIRY, lambda n: {**point_expiry(), "name": named(f"name {n}")}),
    "reward.put": (R, lambda n: {**reward(), "name": named(f"name {n}")}),
}
KEEPERS: Final = {"reward.put": oracle.DESK}


@pytest.mark.parametrize("kind", PUTS)
def test_two_who_write_one_entry_of_the_register_come_to_what_the_oracle_says(kind: str) -> None:
    entity, data = PUTS[kind]
    collection = kind.removesuffix(".put")
    before = at_rest().memory.things[collection][entity].name  # type: ignore[attr-defined]
    flags = (True, False)
    for office, other_office, knows, knew in product(range(3), range(3), flags, flags):
        two = [
            (
                Said(kind, number, HOURS[number], who, seen, {"value": data(number)["name"]}),
                entity,
                data(number),
            )
            for number, (who, seen) in enumerate(((office, knows), (other_office, knew)))
            if OFFICES[who] in KINDS[kind].offices
        ]
        if len(two) == 2:
            kept = Kept(before, KEEPERS.get(kind, oracle.DISTRICT))
            says = expected(kept, {kind: oracle.put}, [said for said, _, _ in two])
            for upwards in flags:
                night = played(two, upwards)
                where = f"{kind} {office} {knows}, {other_office} {knew}"
                assert night.thing(collection, entity).name == kept.written.value, where
                for number, may in enumerate(says):
                    assert night.told(number) in may, (where, number, night.told(number), may)


def test_two_who_give_a_tablet_its_grids_come_to_what_the_oracle_says() -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product((1, 2), (1, 2), flags, flags):
        two = [
            (
                Said("device.assign", number, HOURS[number], who, seen, {"value": [grid]}),
                ident("A"),
                {"grids": [grid]},
            )
            for number, (who, seen, grid) in enumerate(((office, knows, G1), (other_office, knew, G2)))
        ]
        kept = Kept(None)
        says = expected(kept, {"device.assign": oracle.give}, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            assert night.thing("device", ident("A")).grids == kept.written.value
            for number, may in enumerate(says):
                assert night.told(number) in may


# Points and rulings


@pytest.mark.parametrize("same", [True, False])
def test_two_redemptions_come_to_what_the_oracle_says(same: bool) -> None:
    has = at_rest().member(M1).points
    assert has >= 2, "or nothing could be redeemed"
    flags = (True, False)
    for points, more, office, knows in product(range(1, has + 2), range(1, has + 2), (0, 1), flags):
        two = []
        for number, count in enumerate((points, more)):
            name = ident("r" if same else f"r{number}")
            tells = {"id": name, "points": count}
            data = {"member": M1, "points": count, "reward": "tea"}
            two.append((Said("points.redeem", number, HOURS[number], office, knows, tells), name, data))
        purse = Purse(has)
        says = expected(purse, {"points.redeem": oracle.redeem}, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            assert night.thing("member", M1).points == purse.points
            made = night.night.written.get("redemption", {})
            assert {one.id: one.points for one in made.values()} == purse.redeemed  # type: ignore[attr-defined]
            for number, may in enumerate(says):
                assert night.told(number) in may


@pytest.mark.parametrize("same", [True, False])
def test_two_who_want_the_last_reward_come_to_what_the_oracle_says(same: bool) -> None:
    """It costs what M1 has, so that either the reward or the points are gone for the second."""
    flags = (True, False)
    for office, other_office, knows, knew in product((0, 1), (0, 1), flags, flags):
        two = []
        for number, (who, seen) in enumerate(((office, knows), (other_office, knew))):
            name = ident("r" if same else f"r{number}")
            data = {"member": M1, "points": 2, "reward": "towel", "item": R}
            two.append(
                (
                    Said("points.redeem", number, HOURS[number], who, seen, {"id": name, "points": 2}),
                    name,
                    data,
                )
            )
        shelf = Shelf(1, at_rest().member(M1).points)
        says = expected(shelf, {"points.redeem": oracle.ask_for}, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            assert (night.thing("reward", R).given, night.thing("member", M1).points) == (1, shelf.points)
            for number, may in enumerate(says):
                assert night.told(number) in may


PROPOSAL_WORDS: Final[dict[str, dict[str, Any]]] = {
    "points.adjust": {"member": M1, "points": 1, "reason": "r"},
    "points.confirm": {},
    "points.withdraw": {"reason": "r"},
}


@pytest.mark.parametrize("second", PROPOSAL_WORDS)
@pytest.mark.parametrize("first", PROPOSAL_WORDS)
def test_two_decisions_on_one_proposal_come_to_what_the_oracle_says(first: str, second: str) -> None:
    flags = (True, False)
    for office, other_office, knows, knew in product((0, 1), (0, 1), flags, flags):
        told = (
            Said(first, 0, HOURS[0], office, knows, {"id": ident("x")}),
            Said(second, 1, HOURS[1], other_office, knew, {"id": ident("x")}),
        )
        two = [
            (said, ident("x") if said.kind == "points.adjust" else ADJUSTMENT, PROPOSAL_WORDS[said.kind])
            for said in told
        ]
        proposal = oracle.Proposal()
        says = expected(proposal, oracle.PROPOSALS, list(told))
        for upwards in flags:
            night = played(two, upwards)
            where = f"{first} office={office} {knows}, {second} office={other_office} {knew}"
            assert night.thing("adjustment", ADJUSTMENT).state == proposal.state, where
            kinds = [entry.kind for entry in night.night.entries]
            assert kinds == (["CREDITED"] if proposal.state == "CONFIRMED" else []), where
            for number, may in enumerate(says):
                assert night.told(number) in may, (where, number, night.told(number), may)


def test_two_recounts_of_a_rule_that_was_changed_post_the_difference_once() -> None:
    """Only the district's count; whichever comes first posts, and the other finds nothing."""
    days = {"community": LY, "from": "2026-11-01", "until": "2026-11-23", "reason": "r"}
    rule = {**point_rule("SERVICE", 9), "name": named("more")}
    for upwards in (True, False):
        two = [
            (Said("points.recount", 0, HOURS[0], 2, True, {}), ident("rc 0"), days),
            (Said("points.recount", 1, HOURS[1], 2, True, {}), ident("rc 1"), days),
        ]
        night = played(two, upwards)
        assert not night.night.entries
        changed = [(Said("pointRule.put", 0, HOURS[0], 2, True, {}), PER_SERVICE, rule), two[1]]
        night = played(changed, upwards)
        assert [entry.points for entry in night.night.entries] == [7]
        assert [night.told(number) for number in (0, 1)] == ["APPLIED", "APPLIED"]


def test_two_rulings_on_one_conflict_come_to_what_the_oracle_says() -> None:
    conflict = next(one for one in at_rest().conflicts() if one.entity == T2)
    candidates = [candidate.change for candidate in conflict.candidates]
    flags = (True, False)
    for knows, knew, first, second in product(flags, flags, candidates, candidates):
        two = [
            (
                Said("conflict.rule", number, HOURS[number], 1, seen, {}),
                conflict.id,
                {"stands": one, "reason": "r"},
            )
            for number, (seen, one) in enumerate(((knows, first), (knew, second)))
        ]
        dispute = Dispute()
        says = expected(dispute, {"conflict.rule": oracle.rule}, [said for said, _, _ in two])
        for upwards in flags:
            night = played(two, upwards)
            found = night.thing("conflict", conflict.id)
            stands = None if dispute.ruling is None else night.ids[dispute.ruling]
            assert found.ruling == stands, (knows, knew)
            for number, may in enumerate(says):
                assert night.told(number) in may


def test_each_kind_of_change_is_told_by_an_oracle() -> None:
    """A new kind needs its words in an oracle: each pair of kinds on one thing is tried from these tables."""
    people, tickets = {kind or word for word, rows in WORDS.items() for kind, _ in rows}, test_oracle.KINDS
    others = {
        "device.assign",
        "points.redeem",
        "conflict.rule",
        "duty.void",
        "points.recount",
        *PROPOSAL_WORDS,
        *TEAMS,
        *ACTIVITIES,
        *WHISTLES,
    }
    once = {*POST_WORDS, *DUTY_WORDS, *EVALUATION_WORDS, *SERVICE_WORDS, *RATE_WORDS}
    assert {*people, *tickets, *once, *PUTS, *others} == set(KINDS)


def test_the_oracle_knows_nothing_of_the_rule_code() -> None:
    tree = ast.parse(inspect.getsource(oracle))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {module.partition(".")[0] for module in modules} == {"typing", "collections"}
