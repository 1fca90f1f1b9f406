"""Verdict: what settlement decided about one change, and why, in plain words."""

import strawberry

from schema.fields import bilingual, choice, column, shaped, to_one
from schema.loaders import shows
from schema.policies import WITHIN
from schema.shapes import Subject
from schema.types.enums import OutcomeKind
from schema.types.lazy import ADevice, ASettlement
from schema.types.node import Node
from schema.types.scalars import JSON, Long
from sync.documents import verdict_id
from sync.kinds import KINDS
from sync.state import Outcome


class Told(Outcome, frozen=True):
    """An outcome with the id of its verdict, and the number of the settlement that decided it."""

    settlement: int | None = None

    @property
    def id(self) -> str:
        return verdict_id(self.device, self.seq)


@shows("verdict")
@strawberry.type(description="结果. What settlement decided about one change, and why.")
class Verdict(Node):
    row: strawberry.Private[Told]

    change: strawberry.ID = column(WITHIN, "The id of the change.")
    seq: Long = column(WITHIN, "The number of the change on its device.")
    device: ADevice | None = to_one(WITHIN, "The tablet it came from; null for the desk.", "device")
    kind: str = column(WITHIN, "The kind of the change: `ticket.claim`.")
    entity: strawberry.ID = column(WITHIN, "The id of the thing that the change is about.")
    outcome: OutcomeKind = choice(WITHIN, "What was decided.", OutcomeKind)
    code: str = column(WITHIN, "Why, as a stable code: `SEAT_TAKEN`.")
    rule: str | None = column(WITHIN, "The rule that decided it, if one did: `first`.")
    stands: JSON | None = column(WITHIN, "What stands now instead, or besides.")

    settlement: ASettlement | None = to_one(
        WITHIN,
        "The settlement that decided it: `settlement { number at }`; null in the answer to the very change.",
        "settlement",
    )
    subject: Node | None = shaped(
        WITHIN,
        "The thing that the change is about; null where there is none that you may see.",
        Subject("entity", "kind", {kind: row.thing for kind, row in KINDS.items()}),
    )
    sentence = bilingual(WITHIN, "Why, in a sentence.", "sentence")
