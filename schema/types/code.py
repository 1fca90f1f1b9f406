"""Code: what an error or a verdict is called, what it says, and what to do about it."""

from enum import Enum
from typing import Annotated

import strawberry

from schema import codes
from schema.codes import ERRORS, VERDICTS
from schema.fields import LanguageArgument, field
from schema.policies import OPEN, WITHIN
from schema.types.enums import OutcomeKind
from schema.types.language import Language


@strawberry.enum(description="Where a code is met.")
class CodeKind(Enum):
    ERROR = strawberry.enum_value(
        "ERROR", description="In `errors[].extensions.code`, and in the answers of the doors beside GraphQL."
    )
    VERDICT = strawberry.enum_value("VERDICT", description="In a verdict, and in what a mutation answers.")


@strawberry.type(
    description="A stable code: codes are added to, and never renamed. Unknown ones are to be read as RETRY where an"
    " error has them, by their `outcome` where a verdict has."
)
class Code:
    row: strawberry.Private[codes.Code]
    language: strawberry.Private[Language]

    @field(WITHIN, "Where it is met: `ERROR`.")
    def kind(self) -> CodeKind:
        return CodeKind.ERROR if self.row.outcome is None else CodeKind.VERDICT

    @field(WITHIN, "The code: `BUDGET_SPENT`.")
    def code(self) -> str:
        return self.row.code

    @field(
        WITHIN,
        "What it says. A verdict's own sentence has its words in the places named here in braces: `{member}`.",
    )
    def sentence(self) -> str:
        return self._said(self.row.says)

    @field(WITHIN, "What whoever meets it can do: `Send the same request again a little later.`")
    def remedy(self) -> str:
        return self._said(self.row.remedy)

    @field(
        WITHIN,
        "Whether the same request may succeed later as it is: `false` where it has to be mended first.",
    )
    def again(self) -> bool:
        return self.row.again

    @field(WITHIN, "What a verdict with this code decides: `LOST`. Null for errors.")
    def outcome(self) -> OutcomeKind | None:
        return None if self.row.outcome is None else OutcomeKind(self.row.outcome.value)

    def _said(self, texts: codes.Pair) -> str:
        return texts[0] if self.language is Language.ZH else texts[1]


KindArgument = Annotated[
    CodeKind | None, strawberry.argument(description="Only those that are met there; all unless said.")
]
CodeArgument = Annotated[
    str | None,
    strawberry.argument(description="Only this one, which may be an error's and a verdict's: `NOT_FOUND`."),
]


@strawberry.type
class Explaining:
    """The query for codes."""

    @field(
        OPEN,
        "Every code of errors and verdicts, with its sentence and what to do about it, the errors first.",
    )
    def codes(
        self, kind: KindArgument = None, code: CodeArgument = None, language: LanguageArgument = Language.ZH
    ) -> list[Code]:
        errors = list(ERRORS.values()) if kind in (None, CodeKind.ERROR) else []
        verdicts = list(VERDICTS.values()) if kind in (None, CodeKind.VERDICT) else []
        return [Code(row=row, language=language) for row in errors + verdicts if code in (None, row.code)]
