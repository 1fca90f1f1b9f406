"""Each pair of kinds on one thing, informed and not, in all orders, against an oracle that knows no rule code."""

import ast
import inspect
from itertools import product
from typing import Any

import pytest

from sync.settle import settle
from sync.state import Settled
from tests.sync import oracle
from tests.sync.oracle import Step, Write
from tests.sync.test_orders import bench, resting
from tests.sync.world import G1, G2, M1, M2, M4, M6, T, when

STATES = ("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS", "DONE", "CLOSED", "CANCELLED")
SAYS: dict[str, tuple[str, ...]] = {
    "ticket.dispatch": ("member",),
    "ticket.claim": ("member",),
    "ticket.decline": ("member",),
    "ticket.release": ("member", "reason"),
    "ticket.start": ("member",),
    "ticket.finish": ("member",),
    "ticket.close": (),
    "ticket.cancel": ("reason",),
    "ticket.reopen": ("reason",),
}
MEMBERS = {"ticket.claim": (M2, M6), "ticket.start": (M2, M6), "ticket.dispatch": (M2, M6)}
DESK = {"ticket.dispatch", "ticket.release"}


def change(number: int, kind: str, data: dict[str, Any], informed: bool, *, desk: bool = False) -> Any:
    device = "desk" if desk or kind in DESK else "AB"[number]
    return device, kind, T, ("09:00", "10:00")[number], data, None, informed


def step(kind: str, number: int, informed: bool) -> tuple[Step, Any]:
    member = MEMBERS.get(kind, (M1, M1))[number]
    values = {"member": member, "reason": "r"}
    data = {name: values[name] for name in SAYS[kind]}
    return Step(kind, member, informed), change(number, kind, data, informed)


def settled(state: str, rows: list[Any], upwards: bool) -> tuple[Settled, list[str]]:
    """The night of two changes whose uploads came in one order or the other; and the ids of the changes."""
    made = bench(state, rows)
    parts = [
        (device, seqs[one : one + 1]) for device, seqs in made.sources().items() for one in range(len(seqs))
    ]
    batch = made.upload(parts if upwards else sorted(parts, reverse=True, key=lambda part: part[0]))
    night = settle(made.hub.memory.gathered(batch), batch, when("23:00"), made.hub.memory.digest)
    done = sorted(batch, key=lambda accepted: accepted.deed)
    return night, [accepted.change.id for accepted in done]


def thing(night: Settled, state: str, collection: str, entity: str) -> Any:
    written = night.written.get(collection, {}).get(entity)
    return written if written is not None else resting(state)[0].memory.things[collection][entity]


def told(night: Settled) -> dict[str, str]:
    return {outcome.change: str(outcome.outcome) for outcome in night.outcomes}


@pytest.mark.parametrize("second", SAYS)
@pytest.mark.parametrize("first", SAYS)
def test_two_steps_of_one_ticket_come_to_what_the_oracle_says(first: str, second: str) -> None:
    for state, knows, knew in product(STATES, (True, False), (True, False)):
        start = thing(Settled(0, 1, [], [], {}, [], [], {}, ""), state, "ticket", T)
        reserved = (start.reserved or {}).get("member")
        expected = oracle.Ticket(state, start.seats, [taker.member for taker in start.takers], reserved)
        # Who had only seen it opened has seen all there is while it is open.
        one, row = step(first, 0, knows)
        other, next_row = step(second, 1, knew)
        says = [
            oracle.decide(expected, made._replace(informed=made.informed or state == "OPEN"))
            for made in (one, other)
        ]
        if expected.done_anyway:
            says[0] = {"SUPERSEDED"}
        if None in says:
            continue
        for upwards in (True, False):
            night, ids = settled(state, [row, next_row], upwards)
            found = thing(night, state, "ticket", T)
            where = f"{state}: {first} {knows}, {second} {knew}"
            standing = found.state, found.round, [taker.member for taker in found.takers]
            assert standing == expected.standing, where
            for identifier, may in zip(ids, says, strict=True):
                assert told(night)[identifier] in (may or set()), where


FIELDS = {"title": oracle.latest, "place": oracle.latest, "priority": oracle.ranked, "grid": oracle.ranked}
VALUES = {"title": ("one", "two"), "place": ("gate", "door"), "priority": ("LOW", "HIGH"), "grid": (G2, G1)}


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize("field", FIELDS)
def test_two_edits_of_one_field_come_to_what_the_oracle_says(field: str, upwards: bool) -> None:
    for state, first, second, knows in product(("OPEN", "DONE"), (True, False), (True, False), (True, False)):
        rows = [
            change(number, "ticket.edit", {field: VALUES[field][number]}, knows, desk=(first, second)[number])
            for number in range(2)
        ]
        night, _ = settled(state, rows, upwards)
        expected = FIELDS[field](Write(VALUES[field][0], first), Write(VALUES[field][1], second))
        assert getattr(thing(night, state, "ticket", T), field) == expected, (state, first, second)


@pytest.mark.parametrize("upwards", [True, False])
def test_two_edits_of_tags_come_to_what_the_oracle_says(upwards: bool) -> None:
    said = (
        {"addTags": ["a"]},
        {"addTags": ["a", "b"]},
        {"removeTags": ["a"]},
        {"addTags": ["b"], "removeTags": ["a"]},
    )
    for one, other in product(said, said):
        night, _ = settled(
            "OPEN", [change(n, "ticket.edit", data, True) for n, data in enumerate((one, other))], upwards
        )
        adds, removes = (
            [set(data.get(name, ())) for data in (one, other)] for name in ("addTags", "removeTags")
        )
        assert set(thing(night, "OPEN", "ticket", T).tags) == oracle.elements(set(), adds, removes), (
            one,
            other,
        )


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize(("first", "second"), [*product((True, False), (True, False))])
def test_two_who_place_one_member_come_to_what_the_oracle_says(
    first: bool, second: bool, upwards: bool
) -> None:
    rows = [
        (
            "desk" if office else "AB"[number],
            "member.assign",
            M4,
            ("09:00", "10:00")[number],
            {"grid": grid},
            None,
            True,
        )
        for number, (office, grid) in enumerate(((first, G1), (second, G2)))
    ]
    night, ids = settled("OPEN", rows, upwards)
    expected = oracle.placed(Write(G1, first), Write(G2, second))
    assert thing(night, "OPEN", "member", M4).grid == expected
    stands = told(night)[ids[(G1, G2).index(expected)]]
    assert stands == "APPLIED"


def test_the_oracle_knows_nothing_of_the_rule_code() -> None:
    tree = ast.parse(inspect.getsource(oracle))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {module.partition(".")[0] for module in modules} == {"typing"}
