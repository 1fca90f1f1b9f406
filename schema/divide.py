"""The mutation that takes up a division: one `member.assign` for each move, all in one settlement."""

from typing import Annotated, Final

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import field
from schema.loaders import load
from schema.policies import OFFICE, WITHIN
from schema.types.payloads import InvalidInput, NotFound
from schema.types.scalars import Long
from schema.types.verdict import Told, Verdict
from sync.changes import Unreadable, decode
from sync.shapes import format_time
from sync.state import Outcome

MOST: Final = 1_000


@strawberry.input(description="One move of a division: a change like any other.")
class DivideMove:
    id: strawberry.ID = strawberry.field(
        description="A new UUIDv7 of your own making: the change's identity."
    )
    saw: Long = strawberry.field(description="The `saw` that the proposal gave.")
    member: strawberry.ID = strawberry.field(description="The member's id.")
    grid: strawberry.ID = strawberry.field(description="The grid they are to report to.")


@strawberry.input(description="What is taken up of a division.")
class DivideInput:
    moves: list[DivideMove] = strawberry.field(description=f"The moves, at most {MOST:,}.")


@strawberry.type(description="The moves were decided, each by itself and all in one settlement.")
class DivisionApplied:
    told: strawberry.Private[list[Verdict]]
    later: strawberry.Private[list[str]]

    @field(WITHIN, "What was decided about each, in the order given.")
    def verdicts(self) -> list[Verdict]:
        return self.told

    @field(WITHIN, "The changes that join the night instead: its inbox holds more about these members.")
    def queued(self) -> list[strawberry.ID]:
        return [strawberry.ID(one) for one in self.later]


DivideResult = Annotated[
    DivisionApplied | NotFound | InvalidInput,
    strawberry.union("DivideResult", description="What became of a division, or why nothing did."),
]
DivideArgument = Annotated[DivideInput, strawberry.argument(description="The moves.")]


@strawberry.type
class Divide:
    """The mutation for a division."""

    @field(OFFICE, "Take up a division, or part of one: each move is a `member.assign`.")
    async def divide(self, info: Info, input: DivideArgument) -> DivideResult:
        context: Context = info.context
        if not 0 < len(input.moves) <= MOST:
            return InvalidInput(reason="UNREADABLE", where="input.moves")
        raws = []
        for number, move in enumerate(input.moves):
            raw = {
                "id": str(move.id),
                "at": format_time(context.now()),
                "run": 0,
                "saw": move.saw,
                "kind": "member.assign",
                "entity": str(move.member),
                "by": None,
                "data": {"grid": str(move.grid)},
            }
            try:
                decode(raw)
            except Unreadable as error:
                return InvalidInput(reason=error.code.value, where=f"input.moves.{number}")
            raws.append(raw)
        for number, move in enumerate(input.moves):
            for name, id in (("member", move.member), ("grid", move.grid)):
                if await load(context, name, str(id)) is None:
                    return NotFound(where=f"input.moves.{number}.{name}")
        await context.look_again()
        submitted = await context.hub.submit(context.signed(), raws)
        told = [_told(one.outcome) for one in submitted if one.outcome is not None]
        return DivisionApplied(told=told, later=[one.change for one in submitted if one.outcome is None])


def _told(outcome: Outcome) -> Verdict:
    return Verdict(row=Told(**{name: getattr(outcome, name) for name in Outcome.__struct_fields__}))
