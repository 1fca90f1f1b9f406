"""Every failure has a code and echoes nothing: not a literal, not a variable, not an exception's words."""

from typing import Any

import pytest
from graphql import GraphQLError

from schema.build import DoorSchema
from schema.errors import CODES, Fault, masked
from schema.values import Refused

SCHEMA = DoorSchema()
SECRET = "13800000000"


def never(_: BaseException) -> str:
    raise AssertionError("nothing unexpected happened")


BAD_DOCUMENTS = [
    (f'{{ node(id: "{SECRET}" "{SECRET}") {{ id }} }}', "GRAPHQL_PARSE_FAILED"),
    (f"{{ node(id: {SECRET}x) }}", "GRAPHQL_PARSE_FAILED"),
    (f'{{ node(id: """{SECRET}""" """{SECRET}""") }}', "GRAPHQL_PARSE_FAILED"),
    (f'"{SECRET}" {{ now }} "{SECRET}"', "GRAPHQL_PARSE_FAILED"),
    ("", "GRAPHQL_PARSE_FAILED"),
    ("{ now \ud800 }", "GRAPHQL_PARSE_FAILED"),
    (f'{{ tickets(first: "{SECRET}") {{ totalCount }} }}', "GRAPHQL_VALIDATION_FAILED"),
    (f'{{ tickets(filter: {{openedFrom: "{SECRET}"}}) {{ totalCount }} }}', "GRAPHQL_VALIDATION_FAILED"),
    (f"{{ tickets(filter: {{states: [S{SECRET}]}}) {{ totalCount }} }}", "GRAPHQL_VALIDATION_FAILED"),
    (f'{{ tickets(filter: {{grid: {{a: "{SECRET}"}}}}) {{ totalCount }} }}', "GRAPHQL_VALIDATION_FAILED"),
    (f'{{ pull(next: "{SECRET}") {{ more }} }}', "GRAPHQL_VALIDATION_FAILED"),
    (f"{{ pull(next: 9{SECRET}{SECRET}) {{ more }} }}", "GRAPHQL_VALIDATION_FAILED"),
    (f'query ($a: Int = "{SECRET}") {{ tickets(first: $a) {{ totalCount }} }}', "GRAPHQL_VALIDATION_FAILED"),
    (
        f'mutation {{ ticketDispatch(input: {{id: "a", entity: "b", saw: 1, to: {{member: "{SECRET}", unit: "{SECRET}"}}}})'
        " { __typename } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    ('{ node(id: "\\u0000") { id } }', "GRAPHQL_VALIDATION_FAILED"),
    ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ grids }", "GRAPHQL_VALIDATION_FAILED"),
    ("subscription { changed { rev } __typename }", "GRAPHQL_VALIDATION_FAILED"),
]


@pytest.mark.parametrize(("source", "code"), BAD_DOCUMENTS)
def test_a_document_that_does_not_fit_is_refused_without_an_echo(source: str, code: str) -> None:
    errors = SCHEMA.prepare(source).errors
    assert errors
    for error in errors:
        assert (error.extensions or {})["code"] == code
        assert SECRET not in error.message


def test_what_was_expected_is_said() -> None:
    (error, *_) = SCHEMA.prepare('{ tickets(first: "a") { totalCount } }').errors
    assert error.message == "This value is not a valid Int."
    (error, *_) = SCHEMA.prepare("{ tickets(first: 1 { totalCount } }").errors
    assert error.message == "Syntax Error: Expected Name."


def test_suggestions_are_a_setting() -> None:
    (said,) = DoorSchema().prepare("{ ticket { id } }").errors
    (quiet,) = DoorSchema(suggestions=False).prepare("{ ticket { id } }").errors
    assert "Did you mean" in said.message
    assert "Did you mean" not in quiet.message


def test_introspection_is_a_setting() -> None:
    asked = "{ __schema { queryType { name } } }"
    assert DoorSchema().prepare(asked).errors == ()
    errors = DoorSchema(introspection=False).prepare(asked).errors
    assert {(error.extensions or {})["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert DoorSchema(introspection=False).prepare("{ __typename }").errors == ()


EXPECTED: list[tuple[Exception, dict[str, Any]]] = [
    (Fault("FORBIDDEN"), {"code": "FORBIDDEN"}),
    (Fault("LIMIT", limit="page", allowed=3), {"code": "LIMIT", "limit": "page", "allowed": 3}),
    (Refused("GAP", expected=7), {"code": "GAP", "expected": 7}),
    (Refused("PROTOCOL", oldest=1, newest=2), {"code": "PROTOCOL", "oldest": 1, "newest": 2}),
    (Refused("REVOKED"), {"code": "REVOKED"}),
]


@pytest.mark.parametrize(("failure", "extensions"), EXPECTED)
def test_an_expected_failure_keeps_its_code_and_details(
    failure: Exception, extensions: dict[str, Any]
) -> None:
    told = masked(GraphQLError("words", path=["a"], original_error=failure), never)
    assert told.extensions == extensions
    assert told.message in {CODES[extensions["code"]], str(failure)}
    assert told.path == ["a"]


def test_whatever_else_goes_wrong_is_told_by_its_id_alone() -> None:
    noted: list[BaseException] = []

    def report(error: BaseException) -> str:
        noted.append(error)
        return "the id"

    inner = GraphQLError("", original_error=KeyError(SECRET))
    told = masked(GraphQLError(SECRET, original_error=inner), report)
    assert told.extensions == {"code": "INTERNAL", "id": "the id"}
    assert SECRET not in str(told)
    assert isinstance(noted[0], KeyError)


def test_every_refusal_of_the_protocol_has_its_sentence_here() -> None:
    for code in (
        "GAP",
        "FORKED",
        "UNAUTHENTICATED",
        "REVOKED",
        "CODE_INVALID",
        "PROTOCOL",
        "TOO_LARGE",
        "RETRY",
    ):
        assert CODES[code].endswith(".")


def test_a_code_that_is_not_known_here_reads_as_try_again() -> None:
    told = masked(GraphQLError("", original_error=Refused("NEW_CODE")), never)
    assert (told.extensions or {})["code"] == "NEW_CODE"
    assert told.message == CODES["RETRY"]
