"""One mutation per kind of change that an office may make online. Each answers a union of outcome and errors.

The input becomes a raw change, is looked at as an upload's would be, and goes to the hub as a
batch of one. Nothing is decided here.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Final

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.divide import Divide
from schema.fields import field
from schema.input_words import KINDS as WORDS
from schema.inputs import graphql_name, input_path, input_type, raw_change
from schema.loaders import load
from schema.own_page import OwnPages
from schema.policies import ANSWERING, ASKING, OFFICE, Policy
from schema.rating_codes import RatingCodes
from schema.registering import Registering
from schema.replication import Replication
from schema.types.payloads import CHANGED, IdTaken, InvalidInput, NotFound, Queued, Rejected, payload
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

ELSEWHERE: Final = frozenset({"FORBIDDEN", "OUT_OF_SCOPE"})


def _references(kind: Kind, raw: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a change names: the path in the raw change, the collection and the id."""
    if not kind.creates:
        yield "$.entity", kind.thing, raw["entity"]
    if raw["by"] is not None:
        yield "$.by", "member", raw["by"]
    for key, value in raw["data"].items():
        if key in REFERENCES and value is not None:
            for id in value if isinstance(value, list) else [value]:
                yield f"$.data.{key}", REFERENCES[key], id


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
        "input": Annotated[input_type(kind), strawberry.argument(description="The change.")],
        "return": payload(title, kind.thing),
    }
    return resolve


def _policy(kind: Kind) -> Policy:
    if Office.MEMBER in kind.offices:
        return ASKING
    return ANSWERING if Office.UNIT in kind.offices else OFFICE


def _mutations() -> dict[str, Any]:
    """A field for each kind that the desk or the district may make."""
    found = {}
    for kind in KINDS.values():
        if kind.offices & {Office.DISPATCHER, Office.DISTRICT}:
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
