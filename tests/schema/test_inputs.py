"""The mutations' inputs are the kinds of change: every kind, every field, every limit, and back again."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLUnionType
from msgspec import inspect
from strawberry import UNSET

from schema.build import DoorSchema
from schema.inputs import ONE_OF, SALT, TO, graphql_name, input_path, input_type, raw_change
from sync.changes import Unreadable, decode
from sync.kinds import KINDS
from sync.kinds.kind import Kind, Office

SCHEMA = DoorSchema()._schema
AT = "2026-11-23T01:02:03.456Z"
SALTED = "0" * 32
ID = "0193aaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa"
DESKS = {name: kind for name, kind in KINDS.items() if kind.offices & {Office.DISPATCHER, Office.DISTRICT}}


def shown(kind: Kind) -> GraphQLInputObjectType:
    name = graphql_name(kind)
    found = SCHEMA.type_map[f"{name[0].upper()}{name[1:]}Input"]
    assert isinstance(found, GraphQLInputObjectType)
    return found


@pytest.mark.parametrize("name", DESKS)
def test_every_kind_that_an_office_may_make_has_its_mutation(name: str) -> None:
    kind = DESKS[name]
    assert SCHEMA.mutation_type is not None
    mutation = SCHEMA.mutation_type.fields[graphql_name(kind)]
    payload = mutation.type.of_type
    assert isinstance(payload, GraphQLUnionType)
    thing = kind.thing[0].upper() + kind.thing[1:]
    members = [type_.name for type_ in payload.types]
    assert members == [f"{thing}Changed", "Rejected", "Queued", "NotFound", "InvalidInput", "IdTaken"]


@pytest.mark.parametrize("name", DESKS)
def test_an_input_has_the_fields_of_its_kind(name: str) -> None:
    kind = DESKS[name]
    shapes = [one for one in (kind.data, kind.private) if one is not None]
    expected = {"id", "saw", "entity", "by"}
    for one in shapes:
        if one in ONE_OF:
            expected.add(TO)
        else:
            expected |= {f.encode_name for f in inspect.type_info(one).fields if f.name != SALT}  # type: ignore[attr-defined]
    assert set(shown(kind).fields) == expected


def made(name: str, **given: Any) -> Any:
    type_ = input_type(KINDS[name])
    whole: dict[str, Any] = {"id": ID, "entity": ID, "saw": 0, "by": UNSET}
    return type_(**{**whole, **given})


def raw(name: str, **given: Any) -> dict[str, Any]:
    return raw_change(KINDS[name], made(name, **given), AT, SALTED)


def test_private_parts_move_to_their_place_with_a_salt() -> None:
    change = raw("ticket.open", grid=ID, category="parking", title="停车", detail="门牌在后")
    assert change["data"] == {"grid": ID, "category": "parking", "title": "停车"}
    assert change["private"] == {"salt": SALTED, "detail": "门牌在后"}
    assert decode(change).private.detail == "门牌在后"


def test_nothing_private_means_no_private_part() -> None:
    assert "private" not in raw("ticket.open", grid=ID, category="parking", title="停车")
    assert "private" not in raw("ticket.open", grid=ID, category="parking", title="停车", detail=None)


def test_null_is_absent_where_something_is_created_and_clears_where_it_is_edited() -> None:
    assert "place" not in raw("ticket.open", grid=ID, category="a", title="b", place=None)["data"]
    edited = raw("ticket.edit", place=None, due=None, detail=None)
    assert edited["data"] == {"place": None, "due": None}
    assert edited["private"]["detail"] is None
    decode(edited)
    with pytest.raises(Unreadable, match="title"):
        decode(raw("ticket.edit", title=None))


def test_absent_is_untouched() -> None:
    assert raw("ticket.edit", title="新")["data"] == {"title": "新"}


def test_times_of_a_service_take_the_changes_own_run() -> None:
    change = raw("service.record", member=ID, start=AT, end=AT)
    assert change["data"]["start"] == {"at": AT, "run": 0}
    decode(change)


def test_a_ruling_for_none_is_null() -> None:
    assert raw("conflict.rule", reason="都不对")["data"] == {"stands": None, "reason": "都不对"}


def test_paths_are_those_of_the_input() -> None:
    edit, dispatch, record = KINDS["ticket.edit"], KINDS["ticket.dispatch"], KINDS["service.record"]
    assert input_path(edit, "$.data.title") == "input.title"
    assert input_path(edit, "$.private.contact.name") == "input.contact.name"
    assert input_path(edit, "$.id") == "input.id"
    assert input_path(edit, "$.data") == "input"
    assert input_path(dispatch, "$.data.member") == "input.to.member"
    assert input_path(dispatch, "$.data") == "input.to"
    assert input_path(record, "$.data.start.at") == "input.start"


def test_limits_are_told_where_they_are_asked_for() -> None:
    described = shown(KINDS["ticket.open"]).fields
    assert "1 to 120 characters." in (described["title"].description or "")
    assert "1 to 50." in (described["seats"].description or "")
    assert "at most 32." in (described["category"].description or "")


def test_one_of_several_is_said_so() -> None:
    for name in ("TicketDispatchTarget", "ServiceLinkTarget"):
        definition = SCHEMA.type_map[name].extensions["strawberry-definition"]
        assert definition.is_one_of


def test_an_input_is_a_strawberry_input_like_any_other() -> None:
    assert strawberry.asdict(made("ticket.cancel", reason="重复"))["reason"] == "重复"
