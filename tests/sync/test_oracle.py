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
    "ticket.pause": ("reason",),
    "ticket.resume": (),
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
            assert (found.paused is not None) == (
                expected.paused and found.state not in oracle.BEYOND and found.round == start.round
            ), where
            for identifier, may in zip(ids, says, strict=True):
                assert told(night)[identifier] in (may or set()), where


OPENED = {"grid": G1, "category": "parking", "title": "t", "seats": 2}
AMONG: dict[str, dict[str, Any]] = {
    "ticket.edit": {"title": "edited"},
    "ticket.note": {},
    "ticket.redact": {"fields": ["detail"]},
}
"""What is about the fields of a ticket, and minds no step."""
KINDS = {*SAYS, *AMONG, "ticket.open"}


def among(kind: str, number: int, informed: bool) -> Any:
    private = {"text": f"note {number}"} if kind == "ticket.note" else None
    device, *rest, _, seen = change(number, kind, AMONG[kind], informed, desk=kind == "ticket.redact")
    return device, *rest, private, seen


def fields_are_written(found: Any, kind: str, numbers: list[int]) -> bool:
    """Whether what was said of a ticket's fields is there."""
    texts = {note.text for note in found.notes}
    return bool(
        {
            "ticket.edit": found.title == "edited",
            "ticket.note": {f"note {number}" for number in numbers} <= texts,
            "ticket.redact": found.detail is None,
        }[kind]
    )


STARS = {"ticket.close": 2, "ticket.rate": 4}


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("kind", SAYS)
def test_a_residents_rating_and_a_step_come_to_what_the_oracle_says(kind: str, at: int) -> None:
    """Whichever of both was first: the resident's own stars stand over those that a closing wrote down."""
    for state, knows, knew, upwards in product(STATES, (True, False), (True, False), (True, False)):
        start = thing(Settled(0, 1, [], [], {}, [], [], {}, ""), state, "ticket", T)
        reserved = (start.reserved or {}).get("member")
        ticket = oracle.Ticket(state, start.seats, [taker.member for taker in start.takers], reserved)
        ticket.stars = start.rating
        made, row = step(kind, at, knows)
        made = made._replace(informed=knows or state == "OPEN", stars=STARS.get(kind))
        if kind == "ticket.close":
            row = (*row[:4], {"rating": STARS[kind]}, *row[5:])
        given = {"rating": STARS["ticket.rate"], "round": start.round}
        rated = oracle.Step("ticket.rate", "", knew, STARS["ticket.rate"])
        rows, steps = [row, change(1 - at, "ticket.rate", given, knew, desk=True)], [made, rated]
        if at == 1:
            rows, steps = rows[::-1], steps[::-1]
        says = [oracle.decide(ticket, one) for one in steps]
        if ticket.outdone:
            says[at] = {"MERGED"}
        if None in says:
            continue
        night, ids = settled(state, rows, upwards)
        found = thing(night, state, "ticket", T)
        where = f"{state}: {kind} {knows} at {at}, rated {knew}"
        standing = found.state, found.round, [taker.member for taker in found.takers]
        assert (standing, found.rating) == (ticket.standing, ticket.stars), where
        for identifier, may in zip(ids, says, strict=True):
            assert told(night)[identifier] in (may or set()), where


@pytest.mark.parametrize("kind", AMONG)
def test_a_residents_rating_minds_no_edit_and_an_edit_no_rating(kind: str) -> None:
    for state, at, knows, upwards in product(STATES, (0, 1), (True, False), (True, False)):
        given = {"rating": STARS["ticket.rate"], "round": 1}
        rows = [among(kind, at, knows), change(1 - at, "ticket.rate", given, knows, desk=True)]
        night, ids = settled(state, rows if at == 0 else rows[::-1], upwards)
        found = thing(night, state, "ticket", T)
        where = f"{state}: {kind} at {at} {knows}"
        assert told(night)[ids[at]] == "APPLIED", where
        assert fields_are_written(found, kind, [at]), where
        assert told(night)[ids[1 - at]] == ("REJECTED" if state == "CANCELLED" else "APPLIED"), where
        assert found.rating == (None if state == "CANCELLED" else STARS["ticket.rate"]), where


@pytest.mark.parametrize("kind", AMONG)
@pytest.mark.parametrize("step_kind", SAYS)
def test_a_step_minds_no_edit_and_an_edit_no_step(step_kind: str, kind: str) -> None:
    for state, at, knows, knew in product(STATES, (0, 1), (True, False), (True, False)):
        start = thing(Settled(0, 1, [], [], {}, [], [], {}, ""), state, "ticket", T)
        reserved = (start.reserved or {}).get("member")
        ticket = oracle.Ticket(state, start.seats, [taker.member for taker in start.takers], reserved)
        made, row = step(step_kind, at, knows)
        says = oracle.decide(ticket, made._replace(informed=knows or state == "OPEN"))
        rows = [row, among(kind, 1 - at, knew)]
        for upwards in (True, False) if says else ():
            night, ids = settled(state, rows if at == 0 else rows[::-1], upwards)
            found = thing(night, state, "ticket", T)
            where = f"{state}: {step_kind} {knows}, {kind} {knew}"
            assert (found.state, found.round, [taker.member for taker in found.takers]) == ticket.standing, (
                where
            )
            assert fields_are_written(found, kind, [1 - at]), where
            assert told(night)[ids[at]] in (says or set()), where
            assert told(night)[ids[1 - at]] == "APPLIED", where


@pytest.mark.parametrize("second", AMONG)
@pytest.mark.parametrize("first", AMONG)
def test_what_is_said_of_two_fields_is_all_there(first: str, second: str) -> None:
    flags = (True, False)
    for state, knows, knew, upwards in product(STATES, flags, flags, flags):
        night, ids = settled(state, [among(first, 0, knows), among(second, 1, knew)], upwards)
        found = thing(night, state, "ticket", T)
        for number, kind in enumerate((first, second)):
            assert fields_are_written(found, kind, [number]), (state, first, second)
            assert told(night)[ids[number]] == "APPLIED", (state, first, second)


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("step_kind", SAYS)
def test_a_step_of_a_ticket_that_is_opened_the_same_night_is_one_of_an_open_ticket(
    step_kind: str, late: bool
) -> None:
    """Whichever of both was done first by the clocks: what is opened is there before anything is done to it."""
    ticket = oracle.Ticket("OPEN", 2, [], None)
    made, row = step(step_kind, int(not late), False)
    says = oracle.decide(ticket, made)
    opened = change(int(late), "ticket.open", OPENED, False)
    for upwards in (True, False) if says else ():
        night, ids = settled("absent", [opened, row], upwards)
        found = thing(night, "absent", "ticket", T)
        assert (found.state, found.round, [taker.member for taker in found.takers]) == ticket.standing
        assert told(night)[ids[int(late)]] == "APPLIED"
        assert told(night)[ids[int(not late)]] in (says or set())


@pytest.mark.parametrize("kind", [*AMONG, "ticket.open"])
@pytest.mark.parametrize("late", [True, False])
def test_an_opening_stands_and_what_is_said_of_its_ticket_is_there(kind: str, late: bool) -> None:
    """The later title stands; the same ticket is opened once."""
    other = int(not late)
    said = (
        change(other, kind, {**OPENED, "title": "again"}, False)
        if kind == "ticket.open"
        else among(kind, other, False)
    )
    for upwards in (True, False):
        night, ids = settled("absent", [change(int(late), "ticket.open", OPENED, False), said], upwards)
        found = thing(night, "absent", "ticket", T)
        opening = told(night)[ids[int(late)]]
        if kind == "ticket.open":
            assert sorted(told(night).values()) == ["APPLIED", "DUPLICATE"]
            assert found.title == (OPENED["title"], "again")[int(late)]
        elif kind == "ticket.edit":
            assert found.title == ("t" if late else "edited")
            assert told(night)[ids[other]] == ("SUPERSEDED" if late else "APPLIED")
        else:
            assert opening == "APPLIED"
            assert fields_are_written(found, kind, [other])


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
