"""One mutation per kind of change that an office may make online. Each answers a union of outcome and errors.

`changes` takes many of them in one request. The input becomes a raw change, is looked at as an upload's would be, and goes to the hub as a
batch of one. Nothing is decided here.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from typing import Annotated, Any, Final

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from schema.context import Context
from schema.divide import Divide
from schema.errors import Fault
from schema.fields import field
from schema.input_words import KINDS as WORDS
from schema.inputs import graphql_name, input_path, input_type, raw_change
from schema.loaders import load
from schema.own_page import OwnPages
from schema.policies import ANSWERING, ASKING, CHANGING, OFFICE, Policy
from schema.rating_codes import RatingCodes
from schema.registering import Registering
from schema.replication import Replication
from schema.types.payloads import (
    CHANGED,
    IdTaken,
    InvalidInput,
    NotAllowed,
    NotFound,
    Queued,
    Rejected,
    any_payload,
    payload,
)
from schema.types.verdict import Told, Verdict
from schema.values import Submitted
from sync.changes import MAX_CHANGE_BYTES, Unreadable, UnreadableCode, canonical, decode, is_plain
from sync.kinds import KINDS
from sync.kinds.kind import Kind, Office
from sync.shapes import format_time
from sync.state import Outcome, Result

REFERENCES: Final = {
    "grid": "grid",
    "grids": "grid",
    "member": "member",
    "into": "member",
    "unit": "unit",
    "ticket": "ticket",
    "community": "community",
    "post": "post",
    "team": "team",
    "activity": "activity",
    "item": "reward",
    "rule": "pointRule",
    "lead": "unit",
    "department": "unit",
    "departments": "unit",
    "present": "unit",
}
"""Which keys of a change's data name a thing of which collection."""

MOST_CHANGES: Final = 500
"""How many changes one request may make: as many as an upload."""

ELSEWHERE: Final = frozenset({"FORBIDDEN", "OUT_OF_SCOPE"})


def _references(kind: Kind, raw: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a change names: the path in the raw change, the collection and the id."""
    if not kind.creates:
        yield "$.entity", kind.thing, raw["entity"]
    if raw["by"] is not None:
        yield "$.by", "member", raw["by"]
    yield from _named(raw["data"], "$.data")
    for place, one in enumerate(raw["data"].get("several") or ()):
        yield from _named(one, f"$.data.several[{place}]")


def _named(data: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for key, value in data.items():
        if key in REFERENCES and value is not None:
            for id in value if isinstance(value, list) else [value]:
                yield f"{path}.{key}", REFERENCES[key], id


async def _missing(context: Context, kind: Kind, raw: dict[str, Any]) -> str | None:
    """Where the change names what does not exist, or is not the author's to see."""
    for path, collection, id in _references(kind, raw):
        if await load(context, collection, id) is None:
            return input_path(kind, path)
    return None


def _unreadable(kind: Kind, raw: dict[str, Any]) -> InvalidInput | None:
    if not is_plain(raw):
        return InvalidInput(reason=UnreadableCode.UNREADABLE.value, where="input")
    if len(canonical(raw)) > MAX_CHANGE_BYTES:
        return InvalidInput(reason="TOO_LARGE", where="input")
    try:
        decode(raw)
    except Unreadable as error:
        return InvalidInput(reason=error.code.value, where=input_path(kind, error.path))
    return None


async def _submit(kind: Kind, context: Context, given: Any) -> Any:
    """What came of one change; a path in it begins with `input`."""
    raw = raw_change(kind, given, format_time(context.now()), context.salt())
    if (invalid := _unreadable(kind, raw)) is not None:
        return invalid
    if (where := await _missing(context, kind, raw)) is not None:
        return NotFound(where=where)
    await context.look_again()  # waits for its turn without holding a snapshot, and then sees what it did
    (submitted,) = await context.hub.submit(context.signed(), [raw])
    return await _answer(kind, context, raw, submitted)


async def _answer(kind: Kind, context: Context, raw: dict[str, Any], submitted: Submitted) -> Any:
    outcome = submitted.outcome
    if outcome is None:
        return Queued(id=raw["id"])
    if outcome.outcome is Result.QUARANTINED and outcome.code in ELSEWHERE:
        return NotFound(where="input")
    if outcome.outcome is Result.QUARANTINED and outcome.code == "ID_TAKEN":
        return IdTaken(id=raw["id"])
    told = _told(outcome)
    if outcome.outcome in {Result.QUARANTINED, Result.REJECTED}:
        return Rejected(told=told)
    return CHANGED[kind.thing](told=told, now=await load(context, kind.thing, raw["entity"]))


def _told(outcome: Outcome) -> Verdict:
    return Verdict(row=Told(**{name: getattr(outcome, name) for name in Outcome.__struct_fields__}))


def _resolver(kind: Kind, title: str) -> Callable[..., Awaitable[Any]]:
    async def resolve(info: Info, input: Any) -> Any:
        return await _submit(kind, info.context, input)

    resolve.__name__ = graphql_name(kind)
    resolve.__annotations__ = {
        "info": Info,
        "input": Annotated[_input(kind), strawberry.argument(description="The change.")],
        "return": payload(title, kind.thing),
    }
    return resolve


def _policy(kind: Kind) -> Policy:
    if Office.MEMBER in kind.offices:
        return ASKING
    return ANSWERING if Office.UNIT in kind.offices else OFFICE


@cache
def _input(kind: Kind) -> type[Any]:
    return input_type(kind)


def _offered() -> list[Kind]:
    """The kinds that the desk or the district may make."""
    return [kind for kind in KINDS.values() if kind.offices & {Office.DISPATCHER, Office.DISTRICT}]


def _change_input() -> Any:
    """One of all inputs: `{ticketClaim: {…}}`."""
    members: dict[str, Any] = {
        graphql_name(kind): strawberry.field(description=WORDS[kind.name], default=UNSET)
        for kind in _offered()
    }
    annotations = {graphql_name(kind): _input(kind) | None for kind in _offered()}
    made = type("ChangeInput", (), {"__annotations__": annotations, "__module__": __name__, **members})
    said = "One change, under the name of its mutation: `{ticketClaim: {…}}`."
    return strawberry.input(made, description=said, one_of=True)


async def _one_of_many(context: Context, given: Any, where: str) -> Any:
    """What came of one of several changes; where it names a place, that is in its own input."""
    kind = next(one for one in _offered() if getattr(given, graphql_name(one)) is not UNSET)
    name = graphql_name(kind)
    place = f"{where}.{name}"
    if not _policy(kind).allows(context.author):
        return NotAllowed(where=place)
    answer = await _submit(kind, context, getattr(given, name))
    if isinstance(answer, NotFound | InvalidInput):
        answer.where = place + answer.where.removeprefix("input")
    return answer


def _many() -> Any:
    """The mutation that makes many changes, one after the other."""

    async def changes(info: Info, inputs: Any) -> Any:
        if len(inputs) > MOST_CHANGES:
            raise Fault("LIMIT", f"At most {MOST_CHANGES} at once.", limit="changes", allowed=MOST_CHANGES)
        return [await _one_of_many(info.context, one, f"inputs.{place}") for place, one in enumerate(inputs)]

    inputs: Any = list[_change_input()]  # type: ignore[misc]
    said = f"The changes, at most {MOST_CHANGES}, in the order in which they are to be made."
    changes.__annotations__ = {
        "info": Info,
        "inputs": Annotated[inputs, strawberry.argument(description=said)],
        "return": list[any_payload()],  # type: ignore[misc]
    }
    return field(
        CHANGING,
        "Many changes in one request, one after the other, each as by its own mutation and with its own answer, in"
        " their order: what comes of one holds up no other. Where no answer comes, send the same again: what was"
        " made counts once.",
    )(changes)


def _mutations() -> dict[str, Any]:
    """A field for each kind that the desk or the district may make."""
    found = {"changes": _many()}
    for kind in _offered():
        name = graphql_name(kind)
        title = name[0].upper() + name[1:]
        found[name] = field(_policy(kind), WORDS[kind.name])(_resolver(kind, title))
    return found


Mutation: Final[Any] = strawberry.type(
    type(
        "Mutation",
        (Replication, OwnPages, Divide, Registering, RatingCodes),
        {"__module__": __name__, **_mutations()},
    ),
    description="Every write is a change: of a tablet by `push`, of an office by the mutation of its kind.",
)
