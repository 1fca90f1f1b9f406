"""The mutation that takes up a unit's list of members (双报到): each line an ordinary registration, or a named misfit."""

from enum import Enum
from typing import Annotated, Final

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import LanguageArgument, field
from schema.loaders import load
from schema.policies import OFFICE, WITHIN
from schema.types.language import Language, said
from schema.types.payloads import InvalidInput, NotFound
from schema.values import ListProblem, ListRefused, RegisteredList

MOST_BYTES: Final = 1_000_000


@strawberry.enum(description="How a list is written.")
class ListFormat(Enum):
    CSV = strawberry.enum_value("csv", description="Lines of cells, the first naming the columns.")
    YAML = strawberry.enum_value("yaml", description="A list of entries with the same names.")


@strawberry.input(
    description="A unit's list. Columns `number` and `name` (编号, 姓名) must be there; `grid`, `phone`, `skills`"
    " (网格, 电话, 技能) may be; others are not read."
)
class UnitRegisterInput:
    unit: strawberry.ID = strawberry.field(description="The unit whose list it is.")
    list: str = strawberry.field(description="The list itself.")
    format: ListFormat = strawberry.field(description="How it is written.", default=ListFormat.CSV)
    check: bool = strawberry.field(
        description="Only say what would be done, and what does not fit.", default=False
    )


@strawberry.type(
    description="What does not fit, by its line. It never says what the list says about anybody."
)
class UnitListProblem:
    row: strawberry.Private[ListProblem]

    @field(WITHIN, "The line of the list.")
    def line(self) -> int:
        return self.row.line

    @field(WITHIN, "The column; empty where it is about the whole line.")
    def column(self) -> str:
        return self.row.column

    @field(WITHIN, "The stable code: `DUPLICATE_NUMBER`, `UNKNOWN_GRID`, `NAME_DIFFERS` …")
    def code(self) -> str:
        return self.row.code

    @field(WITHIN, "In words.")
    def sentence(self, language: LanguageArgument = Language.ZH) -> str:
        return said(self.row.sentence, language)


@strawberry.type(description="What came of a unit's list. The same list again changes nothing.")
class UnitRegistered:
    row: strawberry.Private[RegisteredList]

    @field(WITHIN, "How many were registered.")
    def registered(self) -> int:
        return self.row.registered

    @field(WITHIN, "How many were registered before and are placed in their grid now.")
    def placed(self) -> int:
        return self.row.placed

    @field(WITHIN, "How many were registered before, just so.")
    def known(self) -> int:
        return self.row.known

    @field(WITHIN, "How many join the night, because its inbox holds more about them.")
    def queued(self) -> int:
        return self.row.queued

    @field(WITHIN, "What does not fit, by line; all else was taken.")
    def problems(self) -> list[UnitListProblem]:
        return [UnitListProblem(row=one) for one in self.row.problems]


UnitRegisterResult = Annotated[
    UnitRegistered | NotFound | InvalidInput,
    strawberry.union("UnitRegisterResult", description="What became of a unit's list, or why nothing did."),
]
InputArgument = Annotated[UnitRegisterInput, strawberry.argument(description="The list.")]


@strawberry.type
class Registering:
    """The mutation for a unit's list."""

    @field(
        OFFICE,
        "Register the members on a unit's list at its community (双报到): who is known is left as they are, what"
        " does not fit is named line by line.",
    )
    async def unit_register(self, info: Info, input: InputArgument) -> UnitRegisterResult:
        context: Context = info.context
        source = input.list.encode("utf-8", "replace")
        if len(source) > MOST_BYTES:
            return InvalidInput(reason="TOO_LARGE", where="input.list")
        if await load(context, "unit", str(input.unit)) is None:
            return NotFound(where="input.unit")
        await context.look_again()
        try:
            found = await context.hub.register_list(
                context.signed(),
                str(input.unit),
                source,
                yaml=input.format is ListFormat.YAML,
                check=input.check,
            )
        except ListRefused as refused:
            return InvalidInput(reason=refused.code, where="input.list")
        return NotFound(where="input.unit") if found is None else UnitRegistered(row=found)
