"""Rule: one line of the rule book: field -> rule, with the sentence and the reason."""

import strawberry

from schema.fields import field
from schema.policies import WITHIN
from schema.types.enums import Office, TicketState
from schema.types.language import Language
from sync.rules.fields import RULES, FieldRule
from sync.rules.transitions import MOVES, TRANSITIONS
from sync.rules.transitions import Transition as Row


def _said(texts: tuple[str, str], language: Language) -> str:
    return texts[0] if language is Language.ZH else texts[1]


@strawberry.type(description="What a step does to a ticket in one state.")
class Transition:
    row: strawberry.Private[Row]
    language: strawberry.Private[Language]

    @field(WITHIN, "The step: `ticket.claim`.")
    def kind(self) -> str:
        return self.row.kind

    @field(WITHIN, "The state it meets.")
    def state(self) -> TicketState:
        return TicketState(self.row.state)

    @field(WITHIN, "The state afterwards, where it applies.")
    def to(self) -> TicketState:
        return TicketState(self.row.to)

    @field(WITHIN, "What it does when its author had seen that state.")
    def seen(self) -> str:
        return _said(MOVES[self.row.seen], self.language)

    @field(WITHIN, "What it does when its author had not.")
    def unseen(self) -> str:
        return _said(MOVES[self.row.unseen], self.language)


@strawberry.type(
    description="One line of the rule book: by which rule a field is decided, and why by that one."
)
class Rule:
    row: strawberry.Private[FieldRule]
    language: strawberry.Private[Language]

    @field(WITHIN, "The thing: `ticket`.")
    def thing(self) -> str:
        return self.row.thing

    @field(WITHIN, "The rule that decides it: `latest`.")
    def rule(self) -> str:
        return self.row.rule

    @field(WITHIN, "What that rule says.")
    def sentence(self) -> str:
        rule = RULES[self.row.rule]
        return _said((rule.zh, rule.en), self.language)

    @field(WITHIN, "Why this field goes by that rule.")
    def reason(self) -> str:
        return _said((self.row.zh, self.row.en), self.language)

    @field(WITHIN, "Whether the field is private: erasable, and never compared.")
    def private(self) -> bool:
        return self.row.private

    @field(WITHIN, "For a ticket's state: which step does what in which state. Empty for all else.")
    def transitions(self) -> list[Transition]:
        if (self.row.thing, self.row.field) != ("ticket", "state"):
            return []
        return [Transition(row=one, language=self.language) for one in TRANSITIONS.values()]

    @field(WITHIN, "The lowest office whose value stands.")
    def by(self) -> Office:
        return Office(self.row.by.value)

    # Last, because from here on the name means this field.
    @field(WITHIN, "Its field: `title`.")
    def field(self) -> str:
        return self.row.field
