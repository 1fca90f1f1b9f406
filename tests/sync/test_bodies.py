"""The declared shapes of bodies are those of the documents that settlement makes."""

import re
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from sync.bodies import BODIES, ServiceBody, TicketBody
from sync.documents import document, verdict
from sync.kinds.kind import Office
from sync.rules.fields import FIELDS
from sync.rules.transitions import STATES
from sync.state import Outcome, Result
from sync.things import (
    Activity,
    Add,
    Adjustment,
    Call,
    Community,
    Duty,
    Evaluation,
    Grid,
    Holder,
    Meeting,
    Member,
    Note,
    Post,
    Reward,
    Service,
    Taker,
    Team,
    Thing,
    Ticket,
    Unit,
    Whistle,
)
from sync.wire import COLLECTIONS

ID = "0193a000-0000-7000-8000-0000000000aa"
NAME = {"zh": "连源", "en": "Lianyuan"}
TAKER = Taker(ID, ID, ID, 1, 0, None, 1, "ticket.claim", None, Office.LIAISON)
HOLDER = Holder(ID, ID, ID, 1, 0, None, 1, "post.take", None, Office.LIAISON, 5, "2026-12-31")
POST: dict[str, Any] = {"community": ID, "code": "P1", "name": NAME, "seats": 1, "starts_on": "2026-01-01"}
NAMED = {"code": "ELEC", "name": NAME}
HOURS = {"days": [1, 5], "from": "08:00", "until": "17:30"}
COMMUNITY: dict[str, Any] = {"code": "LY", "name": NAME, "kind": "STREET", "utc_offset": 480}

THINGS: dict[str, list[Thing]] = {
    "community": [
        Community(ID, **COMMUNITY, working_hours=[], categories=[], skills=[], policies={}),
        Community(
            ID,
            **COMMUNITY,
            working_hours=[HOURS],
            categories=[{**NAMED, "icon": "car"}],
            skills=[NAMED],
            policies={"rankIndividuals": True},
        ),
    ],
    "unit": [
        Unit(ID, code="U01", name=NAME, community=ID, resources=["梯子"]),
        Unit(ID, code="U01", name=NAME, community=ID, resources=[], linked_on="2026-01-01"),
    ],
    "grid": [Grid(ID, code="LY-1", name=NAME, community=ID)],
    "member": [
        Member(ID, unit=ID, number="001", name="一号", community=ID),
        Member(
            ID,
            unit=ID,
            number="001",
            name="一号",
            community=ID,
            grid=ID,
            skills={"ELEC": [Add(1, ID, 1)]},
            alias_of=ID,
        ),
    ],
    "ticket": [
        Ticket(ID, community=ID, grid=ID, category="PARK", title="停车"),
        Ticket(
            ID,
            community=ID,
            grid=ID,
            category="PARK",
            title="停车",
            place="三号楼",
            due="2026-11-23T01:02:03.456Z",
            tags={"急": [Add(1, ID, 1)]},
            detail="…",
            contact={"telephone": "123"},
            notes=[Note(ID, "ticket.note", 0, ID, "…", None)],
            takers=[TAKER],
            reserved={"unit": ID},
            rating=5,
            words="…",
            opener=ID,
            done=0,
            closed=0,
        ),
    ],
    "service": [
        Service(ID, community=ID, grid=None, member=ID),
        Service(
            ID,
            community=ID,
            grid=ID,
            member=ID,
            ticket=ID,
            activity=ID,
            category="PARK",
            summary="…",
            place={"lat": 1, "lon": 2},
            by=ID,
            reason="…",
        ),
    ],
    "post": [
        Post(ID, **POST, grid=None, skills=[]),
        Post(ID, **POST, grid=ID, skills=["ELEC"], ends_on="2026-12-31", holders=[HOLDER]),
    ],
    "team": [Team(ID, community=ID, code="T1", name=NAME, theme="环境", holders=[HOLDER], points=3)],
    "activity": [
        Activity(ID, community=ID, grid=None, team=None, title="清扫"),
        Activity(
            ID,
            community=ID,
            grid=ID,
            team=ID,
            title="清扫",
            category="PARK",
            place="门口",
            members=[TAKER],
            opener=ID,
        ),
    ],
    "duty": [
        Duty(ID, community=ID, unit=ID, kind="CONTACT", period="2026-11", on="2026-11-23"),
        Duty(ID, community=ID, unit=ID, kind="TALK", period="2026-H2", on="2026-11-23", topic="…", by=ID),
        Duty(
            ID,
            community=ID,
            unit=ID,
            kind="TALK",
            period="2026-H2",
            on="2026-11-23",
            state="VOID",
            reason="…",
        ),
    ],
    "reward": [
        Reward(ID, community=ID, code="towel", name=NAME, points=3, starts_on="2026-01-01"),
        Reward(
            ID,
            community=ID,
            code="towel",
            name=NAME,
            points=3,
            starts_on="2026-01-01",
            ends_on="2026-12-31",
            stock=2,
            given=1,
        ),
    ],
    "whistle": [
        Whistle(ID, community=ID, ticket=ID, round=1, lead=ID, deadline=0),
        Whistle(
            ID,
            community=ID,
            ticket=ID,
            round=1,
            lead=ID,
            deadline=0,
            whistle=ID,
            calls=[Call(ID), Call(None, "COMING", "tows", 0, ID, 0, True, True)],
            meetings=[Meeting(ID, 0, [ID], "on Monday", 0, ID)],
            blower=ID,
        ),
    ],
    "evaluation": [
        Evaluation(ID, community=ID, member=ID, grid=None, period="2026-11", ends=0),
        Evaluation(
            ID,
            community=ID,
            member=ID,
            grid=ID,
            period="2026-Q4",
            ends=0,
            grade="QUALIFIED",
            words="steady",
            state="CLOSED",
            by=ID,
            decided=1,
            closed=2,
        ),
    ],
    "adjustment": [
        Adjustment(ID, community=ID, grid=None, member=ID, points=-3, reason="…"),
        Adjustment(
            ID,
            community=ID,
            grid=ID,
            member=ID,
            points=3,
            reason="…",
            state="WITHDRAWN",
            by=ID,
            decided=1,
            decider=ID,
            why="…",
        ),
    ],
}
VERDICTS = [
    Outcome(ID, ID, 7, Result.APPLIED, "APPLIED", None, NAME),
    Outcome(ID, ID, 7, Result.LOST, "SEAT_TAKEN", "first", NAME, {"member": ID}),
]
MADE = [
    *(
        (collection, document(collection, thing, 1).body)
        for collection in THINGS
        for thing in THINGS[collection]
    ),
    *(("verdict", verdict(outcome, 1).body) for outcome in VERDICTS),
]


@pytest.mark.parametrize(("collection", "body"), MADE)
def test_a_document_has_the_shape_that_is_declared(collection: str, body: dict[str, Any]) -> None:
    shape = BODIES[collection]
    msgspec.convert(body, shape)
    assert list(body) == list(shape.__struct_encode_fields__)


def test_every_collection_has_a_shape_and_an_example() -> None:
    assert list(BODIES) == list(COLLECTIONS) == [*THINGS, "verdict"]


def test_every_field_of_a_body_has_its_rule_and_every_rule_its_field() -> None:
    for collection in THINGS:
        ruled = {field for thing, field in FIELDS if thing == collection}
        assert set(BODIES[collection].__struct_encode_fields__) == ruled | {"id"}, collection


def test_the_states_are_those_of_the_rule_book() -> None:
    assert get_args(get_type_hints(TicketBody)["state"]) == tuple(STATES)
    said = re.findall(r"\b[A-Z_]{4,}\b", Service.__doc__ or "")
    assert get_args(get_type_hints(ServiceBody)["state"]) == tuple(said)
