"""Whatever has an id of its own and can be asked for by it."""

import strawberry

from schema.fields import column
from schema.policies import WITHIN


@strawberry.interface(
    description="A thing with an id for ever: a plain UUID; of a verdict `device:seq`. Ask for it again by `node`."
)
class Node:
    id: strawberry.ID = column(WITHIN, "The id: a plain lowercase UUID; of a verdict `device:seq`.")
