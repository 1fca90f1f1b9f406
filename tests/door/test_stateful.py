"""A talk with the hub in which what was answered is asked about again: Schemathesis writes the mutations, on what there is by now.

Whatever order things come in, each has an answer with a known code, both ways of reading tell the same
of whatever was touched, revs only rise, and the log adds up to the tables.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any, Final

import pytest
from anyio.from_thread import start_blocking_portal
from graphql import (
    NameNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis_graphql import nodes

from sync.shapes import format_time
from tests.databases import Databases
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    GRID,
    GRID_2,
    HOUR,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    MINUTE,
    MORNING,
    UNIT,
    UNIT_2,
    VILLAGE,
    standing,
)
from tests.door.operations import Drawn
from tests.door.test_compiled import Ways
from tests.door.test_fuzz import CI, OPERATIONS, Door

TALKS: Final = int(os.environ.get("TALKS", "4" if CI else "40"))
STEPS: Final = 25
ROLES: Final = ("dispatcher", "admin", "far dispatcher", "tablet", "unit", "reader")
READERS: Final = ("dispatcher", "tablet", "reader", "far dispatcher")
THERE: Final[dict[str, tuple[str, ...]]] = {
    "grid": (GRID, GRID_2, FAR_GRID),
    "community": (COMMUNITY, VILLAGE),
    "member": (MEMBER, MEMBER_2, MEMBER_3, FAR_MEMBER),
    "unit": (UNIT, UNIT_2),
}
ALSO: Final = {"by": "member", "into": "member", "department": "unit", "lead": "unit"}
"""Fields of inputs that name a thing of a kind by another name."""

MUTATIONS: Final = sorted(
    label
    for label in OPERATIONS
    if label.startswith(
        tuple(
            f"Mutation.{one}"
            for one in (
                "ticket",
                "service",
                "member",
                "post",
                "team",
                "activity",
                "whistle",
                "duty",
                "conflict",
            )
        )
    )
)
SHOWN: Final = """query ($id: ID!) { node(id: $id) { id __typename
    ... on Ticket { rev state title takers { member { number } } services { totalCount } history { totalCount }
      conflicts { id } }
    ... on Service { rev service: state member { number points } pointEntries { edges { node { points } } } }
    ... on Member { rev number standing services { totalCount } } ... on Post { rev seats }
    ... on Team { rev joined: members { since } } ... on Whistle { rev whistle: state }
    ... on Activity { rev onDuty services { totalCount } } } }"""


class Fitting(Visitor):
    """A mutation's input made to fit: the ids of things that there are, moments that are some, the latest rev."""

    def __init__(
        self,
        types: TypeInfo,
        thing: str,
        known: dict[str, list[str]],
        picks: Iterator[int],
        rev: int,
        id: str,
    ) -> None:
        super().__init__()
        self.types, self.thing, self.known, self.picks, self.rev, self.id = (
            types,
            thing,
            known,
            picks,
            rev,
            id,
        )

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode | None:
        name, type_ = node.name.value, get_named_type(self.types.get_input_type())
        if name == "id":
            return _given(name, nodes.String(self.id))
        if name == "saw":
            return _given(name, nodes.Int(max(0, self.rev - next(self.picks) % 3)))
        scalar = getattr(type_, "name", "")
        if scalar == "DateTime":
            return _given(name, nodes.String(format_time(MORNING + next(self.picks) * HOUR)))
        if scalar == "Date":
            return _given(name, nodes.String(f"2026-11-{next(self.picks) % 28 + 1:02}"))
        kind = self.thing if name == "entity" else ALSO.get(name, name)
        many = self.known.get(kind, [])
        pick = next(self.picks)
        # Every now and then it is left as it was written: something new, or nonsense.
        if scalar != "ID" or not many or pick % 5 == 0:
            return None
        return _given(name, nodes.String(many[pick % len(many)]))


def _given(name: str, value: Any) -> ObjectFieldNode:
    return ObjectFieldNode(name=NameNode(value=name), value=value)


class Talk(RuleBasedStateMachine):
    """One talk, on a house that others have talked to before."""

    door: Door
    """The house; put here before the first talk."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, list[str]] = defaultdict(list, {kind: [*ids] for kind, ids in THERE.items()})
        self.touched: str | None = None
        self.rev = 0

    @rule(label=st.sampled_from(MUTATIONS), data=st.data(), role=st.sampled_from(ROLES[:4]))
    def change(self, label: str, data: st.DataObject, role: str) -> None:
        """A mutation that Schemathesis has written, about what there is; what it made is there from now on."""
        case = data.draw(OPERATIONS[label].as_strategy())
        picks = cycle(data.draw(st.lists(st.integers(0, 99), min_size=40, max_size=40)))
        name = label.partition(".")[2]
        thing = next(
            one
            for one in (
                "ticket",
                "service",
                "member",
                "post",
                "team",
                "activity",
                "whistle",
                "duty",
                "conflict",
            )
            if name.startswith(one)
        )
        types = TypeInfo(Ways(self.door.house).door.schema._schema)
        fitting = Fitting(types, thing, self.known, picks, self.rev, self.door.house.ids.uuid7())
        document = print_ast(visit(_first(case.body), TypeInfoVisitor(types, fitting)))
        whole = self._ask({"query": document}, role)
        self.touched = next(_entities(document), None)
        if _changed(whole) and self.touched not in (None, *self.known[thing]):
            self.known[thing].append(str(self.touched))

    @rule(grid=st.sampled_from([GRID, GRID_2]))
    def open_ticket(self, grid: str) -> None:
        self.touched = self.door.portal.call(lambda: self.door.house.ticket(grid=grid))
        self.known["ticket"].append(self.touched)

    @rule(
        kind=st.sampled_from(["ticket", "service", "member"]),
        pick=st.integers(0, 99),
        role=st.sampled_from(ROLES),
    )
    def read(self, kind: str, pick: int, role: str) -> None:
        many = self.known[kind]
        if many:
            self.touched = many[pick % len(many)]
            self._ask({"query": SHOWN, "variables": {"id": self.touched}}, role)

    @rule()
    def night(self) -> None:
        self.door.house.clock.go_on(HOUR)
        self.door.portal.call(self.door.house.hub.settle)

    @invariant()
    def both_ways_tell_the_same_of_what_was_touched(self) -> None:
        if self.touched is None:
            return
        for role in READERS:
            ways = Ways(self.door.house)
            self.door.portal.call(ways.both, Drawn(SHOWN, {"id": self.touched}), role)
            assert set(ways.told) <= {"compiled", "a verdict's id"}
        self.touched = None

    @invariant()
    def revs_only_rise(self) -> None:
        rev = self.door.portal.call(self.door.house.ask, "{ rev }")["rev"]
        assert rev >= self.rev
        self.rev = rev
        self.door.house.clock.go_on(MINUTE)

    def teardown(self) -> None:
        verified = self.door.portal.call(self.door.house.hub.verify)
        assert (verified.ok, verified.differences) == (True, [])

    def _ask(self, body: dict[str, Any], role: str) -> Any:
        return self.door.check(self.door.post(json.dumps(body).encode(), role))


class Finding(Visitor):
    """The things that a mutation is about."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        if node.name.value == "entity" and isinstance(node.value, StringValueNode):
            self.found.append(node.value.value)


def _first(document: str) -> Any:
    """The first operation of what Schemathesis wrote, which may be several."""
    return next(one for one in parse(document).definitions if isinstance(one, OperationDefinitionNode))


def _entities(document: str) -> Iterator[str]:
    finding = Finding()
    visit(parse(document), finding)
    yield from finding.found


def _changed(whole: dict[str, Any]) -> bool:
    """Whether something was taken: any answer that is not an error."""
    return "errors" not in whole and any((whole.get("data") or {}).values())


@pytest.mark.timeout(3_600)
def test_a_talk_of_any_order_is_answered_and_adds_up(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        databases.fresh(tmp_path_factory.mktemp("talk")) as url,
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(standing(url)) as house,
    ):
        for role in (*ROLES, "member"):
            portal.call(house.token, role)
        Talk.door = Door(portal, house)
        run_state_machine_as_test(
            Talk,
            settings=settings(
                max_examples=TALKS,
                stateful_step_count=STEPS,
                phases=[Phase.generate] if CI else [Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
                deadline=None,
            ),
        )
        assert TALKS < 4 or Talk.door.codes["answered"] > Talk.door.codes.total() / 2, Talk.door.codes
