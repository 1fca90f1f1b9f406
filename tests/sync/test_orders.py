"""Within one settlement nothing depends on the order or the cut of the uploads.

Everything here is fed as uploads, in every order and cut; `test_a_broken_order_is_found` shows that
a settlement which minds the order of arrival does not pass.
"""

import functools
import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest

from sync import settle as settling
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.shapes import format_time
from sync.state import Accepted
from tests.sync.arranging import Bench, arrangements, cuts
from tests.sync.hub import Hub
from tests.sync.world import (
    A1,
    ADJUSTMENT,
    D2,
    D3,
    E2,
    E3,
    EXPIRY,
    G1,
    G2,
    HOUR,
    LY,
    M1,
    M2,
    M3,
    M4,
    M6,
    PER_ACTIVITY,
    PER_SERVICE,
    RECOUNT,
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

N = [ident(f"new {n}") for n in range(3)]
WHO = (M1, M2, M6)
TITLES = ("one", "two", "three")
MOMENTS = ("09:00", "10:00", "11:00")

DATA: dict[str, Callable[[int], dict[str, Any]]] = {
    "community.put": lambda n: community(f"LY{n}"),
    "unit.put": lambda n: {"code": f"U{n}", "name": named("u"), "community": LY},
    "grid.put": lambda n: {"code": f"G{n}", "name": named("g"), "community": LY},
    "pointRule.put": lambda n: point_rule("SERVICE", n + 1),
    "member.register": lambda n: {"unit": U1, "number": "100", "name": TITLES[n % 2], "grid": (G1, G2)[n % 2]},
    "member.edit": lambda n: {"name": TITLES[n], "number": f"10{n}", "addSkills": ["legal"], "removeSkills": ["legal"]},
    "member.assign": lambda n: {"grid": (G1, G2)[n % 2]},
    "member.merge": lambda n: {"into": WHO[n]},
    "member.split": lambda n: {},
    "member.request": lambda n: {"reason": TITLES[n]},
    "ticket.open": lambda n: {"grid": G1, "category": "parking", "title": TITLES[n]},
    "ticket.edit": lambda n: {"title": TITLES[n], "priority": ("LOW", "HIGH", "URGENT")[n], "due": f"2026-11-2{n}T04:00:00.000Z", "addTags": [TITLES[n]], "removeTags": ["old"]},
    "ticket.dispatch": lambda n: {"member": WHO[n]},
    **{f"ticket.{step}": lambda n: {"member": WHO[n]} for step in ("claim", "decline", "start", "finish")},
    "ticket.release": lambda n: {"member": WHO[n], "reason": TITLES[n]},
    "ticket.close": lambda n: {"rating": n + 3},
    "ticket.cancel": lambda n: {"reason": TITLES[n]},
    "ticket.reopen": lambda n: {"reason": TITLES[n]},
    "ticket.pause": lambda n: {"reason": TITLES[n], **({"until": "2026-11-24T04:00:00.000Z"} if n == 1 else {})},
    "ticket.resume": lambda n: {},
    "ticket.note": lambda n: {},
    "ticket.redact": lambda n: {"fields": ["notes", "detail"]},
    "service.record": lambda n: {"member": WHO[n % 2], "ticket": T},
    "service.link": lambda n: {"ticket": (T, T2)[n % 2]},
    "service.void": lambda n: {"reason": TITLES[n]},
    "points.adjust": lambda n: {"member": M1, "points": n + 1, "reason": TITLES[n]},
    "points.confirm": lambda n: {},
    "points.withdraw": lambda n: {"reason": TITLES[n]},
    "points.recount": lambda n: {"community": LY, "from": "2026-11-01", "until": f"2026-11-2{n}", "reason": TITLES[n]},
    "pointExpiry.put": lambda n: point_expiry(months=n + 1),
    "points.redeem": lambda n: {"member": M1, "points": n + 1, "reward": "tea"},
    "reward.put": lambda n: reward(f"reward-{n}", n + 1, stock=n + 1),
    "post.put": lambda n: post(f"post {n}".replace(" ", "-"), seats=n + 1),
    **{f"post.{step}": lambda n: {"member": WHO[n]} for step in ("take", "leave")},
    "team.put": lambda n: team(f"team-{n}"),
    "activity.open": lambda n: activity(title=TITLES[n]),
    **{kind: lambda n: {"member": WHO[n % 2]} for kind in ("team.join", "team.leave", "activity.join")},
    "duty.record": lambda n: duty(topic=TITLES[n]),
    "duty.void": lambda n: {"reason": TITLES[n]},
    "ticket.rate": lambda n: {"rating": n + 3, "round": 1},
    "evaluation.submit": lambda n: evaluation(("EXCELLENT", "QUALIFIED", "BASIC")[n]),
    "whistle.blow": lambda n: whistle((U1, U2)[n % 2]),
    "whistle.answer": lambda n: {"department": U1, "answer": ("COMING", "DECLINED", "DONE")[n]},
    "whistle.meet": lambda n: {"met": "2026-11-23T01:00:00.000Z", "present": [U2], "record": TITLES[n]},
    "conflict.rule": lambda n: {"stands": None, "reason": TITLES[n]},
    "device.assign": lambda n: {"grids": [(G1, G2)[n % 2]]},
}  # fmt: skip
"""What the first, second and third change of a kind says: each something else."""

PRIVATE: dict[str, Callable[[int], dict[str, Any]]] = {
    "ticket.note": lambda n: {"text": TITLES[n]},
    "ticket.edit": lambda n: {"detail": TITLES[n]},
    "member.register": lambda n: {"phone": TITLES[n]},
}
OLD_DUTY = ident("a duty of before")
SIMPLE = {
    "community": LY,
    "unit": U1,
    "grid": G1,
    "pointRule": PER_SERVICE,
    "device": ident("A"),
    "redemption": ident("r"),
    "post": P,
    "team": TEAM,
    "activity": A1,
    "reward": R,
    "whistle": W,
    "recount": RECOUNT,
    "pointExpiry": EXPIRY,
}

STEPS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "absent": [],
    "OPEN": [],
    "ACCEPTED": [("ticket.claim", {"member": M1})],
    "DONE": [("ticket.claim", {"member": M1}), ("ticket.finish", {"member": M1})],
    "CANCELLED": [("ticket.cancel", {"reason": "r"})],
    "DISPATCHED": [("ticket.dispatch", {"member": M1})],
    "IN_PROGRESS": [("ticket.start", {"member": M1})],
    "CLOSED": [("ticket.finish", {"member": M1}), ("ticket.close", {"rating": 5})],
}


def at_rest(state: str) -> tuple[Hub, int]:
    """A hub with a ticket in a state, and the rev at which it was only open."""
    hub = Hub()
    hub.audited = False
    for name in ("A", "B", "C"):
        hub.tablet(name, G1, G2, at="05:00")
    d, e = hub.tablet("D", G1, G2, at="05:00"), hub.tablet("E", G1, G2, at="05:00")
    if state != "absent":
        hub.desk("ticket.open", T, "05:10", grid=G1, category="parking", title="t", seats=2)
        hub.desk("post.put", P, "05:11", **post())
        hub.desk("team.put", TEAM, "05:11", **team())
        hub.desk("activity.open", A1, "05:11", **activity(team=TEAM))
        hub.district("pointRule.put", PER_ACTIVITY, "05:11", **point_rule("ACTIVITY", 2))
        hub.desk("reward.put", R, "05:11", **reward(stock=2))
        hub.desk("whistle.blow", W, "05:11", **whistle())
        hub.district("pointExpiry.put", EXPIRY, "05:11", **point_expiry())
        hub.desk(
            "points.adjust", ADJUSTMENT, "05:11", member=M1, points=3, reason="r", author="a first person"
        )
        hub.desk("duty.record", OLD_DUTY, "05:11", **duty())
        hub.desk("ticket.open", T2, "05:11", grid=G2, category="parking", title="u")
        for tablet in (d, e):
            tablet.pull("05:11:30")
        d.serves(S, M1, "05:12", "05:40", at="05:50")
        for tablet in (d, e):
            tablet.does("ticket.edit", T2, "05:51", title=tablet.name)
            tablet.push("05:55")
        hub.night("05:56")
    before = hub.memory.rev
    for minute, (kind, data) in enumerate(STEPS[state]):
        hub.desk(kind, T, f"06:{minute:02d}", **data)
    return hub, before


resting = functools.cache(at_rest)
"""Made once; whoever settles on it leaves it as it was."""


def bench(
    state: str, rows: Sequence[tuple[str, str, str, str, dict[str, Any], dict[str, Any] | None, bool]]
) -> Bench:
    """Who did what, to what, when, saying what, and whether they had seen the present state."""
    hub, before = resting(state)
    seq = hub._seq
    made = Bench(hub, {name: hub.tablet(name, G1, G2, at="06:59") for name in ("A", "B", "C")}, [])
    for device, kind, entity, at, data, private, informed in rows:
        saw = hub.memory.rev if informed else before
        if device == "desk":
            office = min(KINDS[kind].offices & {Office.DISPATCHER, Office.DISTRICT})
            made.desk.append(hub.office(office, kind, entity, data, at, saw=saw, private=private))
        else:
            made.tablets[device].does(kind, entity, at, saw=saw, private=private, **data)
    hub._seq = seq
    return made


def entity_of(kind: str, n: int) -> str:
    thing = KINDS[kind].thing
    if kind == "member.register":
        return N[n]
    if thing == "duty":
        return (D, D2, D3)[n] if kind == "duty.record" else OLD_DUTY
    if thing == "evaluation":
        return (E, E2, E3)[n]
    if thing == "adjustment":
        return ident(f"adjustment {n}") if kind == "points.adjust" else ADJUSTMENT
    if thing in SIMPLE:
        return SIMPLE[thing]
    if thing == "conflict":
        return resting("OPEN")[0].conflicts()[0].id
    return {"member": N[0], "ticket": T, "service": S}[thing]


def said(kind: str, n: int, at: str) -> dict[str, Any]:
    """What a change says; a service is the hour before it is recorded."""
    if kind != "service.record":
        return DATA[kind](n)
    start, end = when(at) - HOUR, when(at)
    moments = {name: {"at": format_time(read), "run": 1} for name, read in (("start", start), ("end", end))}
    return DATA[kind](n) | moments


def row(device: str, kind: str, n: int, at: str, informed: bool) -> Any:
    private = PRIVATE[kind](n) if kind in PRIVATE else None
    by = "desk" if len(KINDS[kind].offices) < 3 else device
    return by, kind, entity_of(kind, n), at, said(kind, n, at), private, informed


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_tried_by_an_office_that_may_not_do_it(kind: str) -> None:
    """Otherwise its pairs would only show that two refusals are the same in all orders."""
    made = bench("DONE", [row("A", kind, 0, "09:00", True)])
    batch = made.upload([*made.sources().items()])
    night = settling.settle(made.hub.memory.gathered(batch), batch, when("23:00"), made.hub.memory.digest)
    assert [outcome.code for outcome in night.outcomes if outcome.code == "FORBIDDEN"] == []


PAIRS = [(a, b) for a, b in product(KINDS, KINDS) if KINDS[a].thing == KINDS[b].thing]
STATES = {"ticket": ("OPEN", "ACCEPTED", "DONE"), "service": ("OPEN",)}


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=[f"{a} and twice {b}" for a, b in PAIRS])
def test_a_pair_of_kinds_on_one_thing_comes_to_the_same_in_all_orders_and_cuts(a: str, b: str) -> None:
    thing = KINDS[a].thing
    states = STATES.get(thing, ("OPEN",))
    if {a, b} & {"ticket.open", "service.record"}:
        states = ("absent", *states)
    for state, informed_a, informed_b, (third, first_at) in product(
        states, (False, True), (False, True), (("B", "09:00"), ("C", "10:30"))
    ):
        rows = [
            row("A", a, 0, first_at, informed_a),
            row("B", b, 1, MOMENTS[1], informed_b),
            row(third, b, 2, MOMENTS[2], informed_b),
        ]
        assert bench(state, rows).is_the_same_in_all_orders() >= 1


SETS: dict[str, tuple[str, list[tuple[str, str, str, str, dict[str, Any]]]]] = {
    "a seat that many want": ("OPEN", [
        ("A", "ticket.claim", T, "09:00", {"member": M1}), ("A", "ticket.decline", T, "09:30", {"member": M1}),
        ("B", "ticket.claim", T, "08:30", {"member": M2}), ("B", "ticket.start", T, "09:10", {"member": M2}),
        ("C", "ticket.claim", T, "08:45", {"member": M6}), ("C", "ticket.claim", T, "09:40", {"member": M3}),
    ]),
    "one ticket edited by all": ("OPEN", [
        ("A", "ticket.edit", T, "09:00", {"title": "one", "place": "gate 1"}), ("A", "ticket.edit", T, "09:30", {"place": "gate 2"}),
        ("B", "ticket.edit", T, "09:10", {"title": "two", "priority": "LOW"}), ("B", "ticket.edit", T, "09:40", {"grid": G2}),
        ("C", "ticket.edit", T, "09:20", {"place": "gate 3", "seats": 3}), ("desk", "ticket.edit", T, "09:05", {"priority": "URGENT"}),
    ]),
    "a person registered three times": ("OPEN", [
        ("A", "member.register", N[0], "09:00", DATA["member.register"](0)), ("A", "member.edit", N[0], "09:30", {"name": "Zhao"}),
        ("B", "member.register", N[1], "08:00", DATA["member.register"](1)), ("B", "member.assign", N[1], "09:20", {"grid": G1}),
        ("C", "member.register", N[2], "08:30", DATA["member.register"](2)), ("C", "ticket.claim", T, "09:40", {"member": N[2]}),
    ]),
    "a life in a day": ("absent", [
        ("A", "ticket.open", T, "10:00", DATA["ticket.open"](0)), ("A", "ticket.close", T, "12:00", {"rating": 5}),
        ("B", "ticket.claim", T, "10:10", {"member": M1}), ("B", "ticket.start", T, "10:20", {"member": M1}),
        ("C", "ticket.finish", T, "11:00", {"member": M2}), ("C", "ticket.finish", T, "11:30", {"member": M1}),
    ]),
    "cancelled, done and reopened": ("ACCEPTED", [
        ("desk", "ticket.cancel", T, "09:00", {"reason": "r"}), ("desk", "ticket.reopen", T, "11:00", {"reason": "r"}),
        ("A", "ticket.finish", T, "09:30", {"member": M1}), ("A", "ticket.close", T, "10:00", {"rating": 4}),
        ("B", "ticket.start", T, "10:30", {"member": M2}), ("C", "ticket.claim", T, "11:30", {"member": M6}),
    ]),
    "one hour served by many": ("OPEN", [
        ("A", "service.record", ident("s1"), "10:00", {"member": M1, "ticket": T}), ("A", "service.void", ident("s1"), "12:00", {"reason": "r"}),
        ("B", "service.record", ident("s2"), "10:20", {"member": M1, "ticket": T}), ("B", "service.record", ident("s3"), "10:40", {"member": M1}),
        ("C", "service.record", ident("s4"), "10:30", {"member": M2, "ticket": T}), ("C", "points.redeem", ident("r"), "09:00", {"member": M1, "points": 2, "reward": "tea"}),
    ]),
    "dispatched here and there": ("OPEN", [
        ("desk", "ticket.dispatch", T, "09:00", {"member": M1}), ("desk", "ticket.dispatch", T, "09:30", {"unit": U2}),
        ("A", "ticket.claim", T, "09:10", {"member": M2}), ("A", "ticket.decline", T, "09:50", {"member": M2}),
        ("B", "ticket.decline", T, "09:20", {"member": M1}), ("C", "ticket.claim", T, "09:40", {"member": M3}),
    ]),
    "tags and skills": ("OPEN", [
        ("A", "ticket.edit", T, "09:00", {"addTags": ["steep"]}), ("A", "ticket.edit", T, "09:30", {"removeTags": ["steep"]}),
        ("B", "ticket.edit", T, "09:10", {"addTags": ["steep", "lift"]}), ("B", "member.edit", M1, "09:40", {"removeSkills": ["legal"]}),
        ("C", "member.edit", M1, "09:20", {"addSkills": ["legal"]}), ("C", "ticket.edit", T, "09:50", {"removeTags": ["lift"]}),
    ]),
    "placed by all": ("OPEN", [
        ("A", "member.assign", M4, "09:00", {"grid": G1}), ("A", "member.assign", M4, "09:30", {"grid": G2}),
        ("B", "member.assign", M4, "09:10", {"grid": G2}), ("B", "member.edit", M4, "09:40", {"standing": "AWAY"}),
        ("desk", "member.assign", M4, "09:20", {"grid": G1}), ("C", "member.assign", M4, "08:50", {"grid": G2}),
    ]),
    "merged and split": ("OPEN", [
        ("desk", "member.merge", M2, "09:00", {"into": M1}), ("desk", "member.split", M2, "11:00", {}),
        ("A", "service.record", ident("s1"), "10:00", {"member": M2}), ("A", "points.redeem", ident("r"), "10:30", {"member": M2, "points": 1, "reward": "tea"}),
        ("B", "member.edit", M2, "10:10", {"name": "Zhao", "number": "077"}), ("C", "service.record", ident("s2"), "10:20", {"member": M1}),
    ]),
    "more redeemed than earned": ("OPEN", [
        ("A", "points.redeem", ident("r1"), "09:00", {"member": M1, "points": 1, "reward": "tea"}), ("A", "service.void", S, "09:50", {"reason": "r"}),
        ("B", "points.redeem", ident("r2"), "09:10", {"member": M1, "points": 2, "reward": "tea"}), ("B", "service.record", ident("s1"), "11:00", {"member": M1}),
        ("C", "points.redeem", ident("r3"), "08:50", {"member": M1, "points": 2, "reward": "tea"}), ("C", "service.record", ident("s2"), "09:30", {"member": M1}),
    ]),
    "a post that many want": ("OPEN", [
        ("A", "post.take", P, "09:00", {"member": M1}), ("A", "post.leave", P, "09:30", {"member": M1}),
        ("B", "post.take", P, "08:30", {"member": M2}), ("B", "post.leave", P, "09:10", {"member": M2}),
        ("C", "post.take", P, "09:20", {"member": M6}), ("desk", "post.put", P, "09:05", post(seats=2)),
    ]),
    "an activity where many sign in": ("OPEN", [
        ("A", "activity.join", A1, "09:00", {"member": M1}), ("A", "service.record", ident("s1"), "11:00", {"member": M2, "activity": A1}),
        ("B", "activity.join", A1, "08:50", {"member": M1}), ("B", "activity.join", A1, "09:10", {"member": M2}),
        ("C", "service.record", ident("s2"), "10:30", {"member": M2, "activity": A1}), ("C", "service.void", ident("s2"), "12:00", {"reason": "r"}),
    ]),
    "a whistle that many blow and answer": ("OPEN", [
        ("A", "whistle.blow", ident("w1"), "09:00", whistle(U2, ticket=T2)), ("A", "whistle.answer", ident("w1"), "09:30", {"department": U2, "answer": "DECLINED"}),
        ("B", "whistle.blow", ident("w2"), "08:50", whistle(U1, ticket=T2)), ("B", "whistle.answer", ident("w2"), "09:10", {"department": U2, "answer": "COMING"}),
        ("C", "whistle.answer", W, "09:20", {"department": U1, "answer": "DONE"}), ("desk", "whistle.answer", W, "09:05", {"department": U1, "answer": "COMING"}),
    ]),
    "a team that people join and leave": ("OPEN", [
        ("A", "team.join", TEAM, "09:00", {"member": M1}), ("A", "team.leave", TEAM, "09:30", {"member": M1}),
        ("B", "team.join", TEAM, "09:10", {"member": M1}), ("B", "team.leave", TEAM, "09:20", {"member": M1}),
        ("C", "team.join", TEAM, "09:40", {"member": M2}), ("desk", "team.put", TEAM, "09:05", team("other")),
    ]),
    "a reward that many want": ("OPEN", [
        ("A", "points.redeem", ident("r1"), "09:00", {"member": M1, "points": 2, "reward": "towel", "item": R}), ("A", "service.record", ident("s0"), "10:00", {"member": M1}),
        ("B", "points.redeem", ident("r2"), "09:10", {"member": M2, "points": 2, "reward": "towel", "item": R}), ("B", "service.record", ident("s1"), "11:00", {"member": M2}),
        ("C", "points.redeem", ident("r3"), "08:50", {"member": M1, "points": 2, "reward": "towel", "item": R}), ("desk", "reward.put", R, "09:05", reward(points=2, stock=1)),
    ]),
    "a member whom many evaluate": ("OPEN", [
        ("A", "evaluation.submit", ident("e1"), "09:00", evaluation()), ("A", "evaluation.submit", ident("e1"), "09:30", evaluation("BASIC")),
        ("B", "evaluation.submit", ident("e2"), "08:30", evaluation("EXCELLENT")), ("B", "evaluation.submit", ident("e3"), "09:30", evaluation("BASIC", M2)),
        ("C", "evaluation.submit", ident("e4"), "08:45", evaluation(period="2026-10")), ("desk", "evaluation.submit", ident("e5"), "09:05", evaluation()),
    ]),
    "a duty that many record": ("OPEN", [
        ("A", "duty.record", ident("d1"), "09:00", duty()), ("A", "duty.record", ident("d2"), "09:30", duty("TALK")),
        ("B", "duty.record", ident("d3"), "08:30", duty(on="2026-11-01")), ("B", "duty.record", ident("d4"), "09:30", duty("TALK")),
        ("C", "duty.record", ident("d5"), "08:45", duty()), ("desk", "duty.record", ident("d6"), "09:05", duty("TALK")),
    ]),
    "credits and debits that several decide": ("OPEN", [
        ("A", "points.adjust", ident("a1"), "09:00", {"member": M1, "points": 2, "reason": "r"}), ("A", "points.redeem", ident("r1"), "09:40", {"member": M1, "points": 3, "reward": "tea"}),
        ("B", "points.withdraw", ADJUSTMENT, "09:20", {"reason": "r"}), ("B", "points.redeem", ident("r2"), "09:10", {"member": M1, "points": 2, "reward": "tea"}),
        ("desk", "points.confirm", ADJUSTMENT, "09:30", {}), ("desk", "points.confirm", ident("a1"), "09:50", {}),
    ]),
    "a duty that is recorded and taken back": ("OPEN", [
        ("A", "duty.record", ident("d1"), "09:00", duty()), ("A", "duty.void", ident("d1"), "09:30", {"reason": "r"}),
        ("B", "duty.record", ident("d2"), "08:30", duty()), ("B", "duty.void", ident("d2"), "10:30", {"reason": "r"}),
        ("C", "duty.record", ident("d3"), "08:45", duty()), ("desk", "duty.void", OLD_DUTY, "09:05", {"reason": "r"}),
    ]),
    "everything new on everything new": ("absent", [
        ("A", "ticket.claim", T, "08:30", {"member": N[0]}), ("A", "service.record", ident("s1"), "09:30", {"member": N[1], "ticket": T}),
        ("B", "member.register", N[0], "10:00", DATA["member.register"](0)), ("B", "member.register", N[1], "09:00", DATA["member.register"](1)),
        ("C", "ticket.open", T, "11:00", DATA["ticket.open"](0)), ("C", "ticket.note", T2, "11:10", {}),
    ]),
}  # fmt: skip


def set_of_six(name: str, *, informed: bool) -> Bench:
    state, six = SETS[name]
    rows = []
    for device, kind, entity, at, data in six:
        private = PRIVATE[kind](0) if kind == "ticket.note" else None
        more = {key: value for key, value in said(kind, 0, at).items() if key in {"start", "end"}}
        rows.append((device, kind, entity, at, {**data, **more}, private, informed))
    return bench(state, rows)


@pytest.mark.parametrize("informed", [True, False], ids=["informed", "unaware"])
@pytest.mark.parametrize("name", SETS)
def test_six_changes_come_to_the_same_in_all_orders_and_cuts(name: str, informed: bool) -> None:
    assert set_of_six(name, informed=informed).is_the_same_in_all_orders() > 100


def test_there_are_many_sets_of_six_and_every_pair_of_kinds() -> None:
    assert len(SETS) >= 12
    assert {len(six) for _, six in SETS.values()} == {6}
    assert {kind for pair in PAIRS for kind in pair} == set(KINDS)


def test_all_orders_and_cuts_are_really_tried() -> None:
    assert [len(list(cuts(range(n)))) for n in range(1, 6)] == [1, 2, 4, 8, 16]
    found = list(arrangements({"a": [1, 2], "b": [1, 2], "c": [1, 2]}))
    both = [math.factorial(a + b + c) // (2 ** [a, b, c].count(2)) for a, b, c in product((1, 2), repeat=3)]
    assert len(found) == len({repr(one) for one in found}) == sum(both) == 222


def by_arrival(batch: Sequence[Accepted]) -> list[Accepted]:
    return list(batch)


def by_upload(batch: Sequence[Accepted]) -> list[Accepted]:
    return sorted(batch, key=lambda accepted: accepted.arrival)


def to_the_hour(batch: Sequence[Accepted]) -> list[Accepted]:
    return sorted(batch, key=lambda accepted: accepted.deed // HOUR)


@pytest.mark.parametrize("broken", [by_arrival, by_upload, to_the_hour])
def test_a_broken_order_is_found(
    broken: Callable[[Sequence[Accepted]], list[Accepted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "ordered", broken)
    with pytest.raises(AssertionError):
        set_of_six("a seat that many want", informed=False).is_the_same_in_all_orders()
    rows = [row(device, "ticket.claim", n, f"09:{n:02d}", False) for n, device in enumerate("ABC")]
    with pytest.raises(AssertionError):
        bench("OPEN", rows).is_the_same_in_all_orders()
