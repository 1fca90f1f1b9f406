"""Variables are checked before anything runs; what does not fit is named by its place, never by its value."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from schema.build import DoorSchema
from schema.variables import BadVariables, coerced

SCHEMA = DoorSchema()._schema
SECRET = "13800000000"


def check(source: str, given: dict[str, Any]) -> Any:
    operation = parse(source).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return coerced(SCHEMA, operation, given)


TICKETS = "query ($filter: TicketFilter, $first: Int = 5) { tickets(filter: $filter, first: $first) { totalCount } }"
DISPATCH = "mutation ($input: TicketDispatchInput!) { ticketDispatch(input: $input) { __typename } }"
PUSH = "mutation ($upload: UploadInput!) { push(upload: $upload) { epoch } }"
GIVEN = {"id": "a", "saw": 1, "entity": "b"}


def test_what_fits_comes_back_with_its_defaults() -> None:
    values = check(TICKETS, {"filter": {"states": ["OPEN"]}})
    assert values.coerced["first"] == 5


BAD = [
    (TICKETS, {"first": SECRET}, ["$first"]),
    (TICKETS, {"first": 2**40}, ["$first"]),
    (TICKETS, {"filter": {"states": [SECRET]}}, ["$filter.states.0"]),
    (TICKETS, {"filter": {"openedFrom": SECRET}}, ["$filter.openedFrom"]),
    (TICKETS, {"filter": {SECRET: 1}}, ["$filter"]),
    (TICKETS, {"filter": SECRET}, ["$filter"]),
    (TICKETS, {"filter": {"grid": [SECRET]}}, ["$filter.grid"]),
    (TICKETS, {"filter": {"tag": "\ud800"}}, ["$filter"]),
    (TICKETS, {"filter": {"tag": "\0"}}, ["$filter"]),
    (TICKETS, {"filter": {"categories": ["a", "\udfff"]}}, ["$filter"]),
    (DISPATCH, {}, ["$input"]),
    (DISPATCH, {"input": None}, ["$input"]),
    (DISPATCH, {"input": GIVEN}, ["$input"]),
    (DISPATCH, {"input": {**GIVEN, "to": {}}}, [""]),
    (DISPATCH, {"input": {**GIVEN, "to": {"member": SECRET, "unit": SECRET}}}, [""]),
    (DISPATCH, {"input": {**GIVEN, "to": {"member": None}}}, [""]),
    (DISPATCH, {"input": {**GIVEN, "saw": "1", "to": {"member": "a"}}}, ["$input.saw"]),
]


@pytest.mark.parametrize(("source", "given", "places"), BAD)
def test_what_does_not_fit_is_named_by_its_place(
    source: str, given: dict[str, Any], places: list[str]
) -> None:
    with pytest.raises(BadVariables) as raised:
        check(source, given)
    errors = raised.value.errors
    assert [(error.extensions or {})["at"] for error in errors] == places
    for error in errors:
        assert (error.extensions or {})["code"] == "BAD_USER_INPUT"
        assert SECRET not in error.message
        assert SECRET not in str(error.extensions)


def test_free_json_is_not_looked_into() -> None:
    upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": [None, 5, {"a": "\ud800"}, [1.5]]}
    assert check(PUSH, {"upload": upload}).coerced["upload"]["changes"] == upload["changes"]


def test_not_every_error_of_thousands_is_told() -> None:
    with pytest.raises(BadVariables) as raised:
        check(TICKETS, {"filter": {"states": ["X"] * 5000}})
    assert len(raised.value.errors) == 20
