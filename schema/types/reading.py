"""Reading: that somebody read a resident's contact, and when."""

from typing import NamedTuple

import strawberry

from schema.fields import column, moment, to_one
from schema.loaders import shows
from schema.policies import ADMIN
from schema.types.lazy import ACommunity, ADevice, AMember, ATicket
from schema.types.node import Node
from schema.types.scalars import DateTime


class ReadingSeen(NamedTuple):
    """A line of the log of readings, with the name of the key that read."""

    id: str
    community: str
    ticket: str
    token: str
    key: str | None
    device: str | None
    member: str | None
    at: int


@shows("reading")
@strawberry.type(
    description="One reading of a resident's contact, at the desk or on a tablet. It is counted by nobody."
)
class Reading(Node):
    row: strawberry.Private[ReadingSeen]

    community: ACommunity | None = to_one(ADMIN, "The community of the ticket.", "community")
    ticket: ATicket | None = to_one(ADMIN, "The ticket whose contact was read.", "ticket")
    token: strawberry.ID | None = column(ADMIN, "The id of the token that it was read with.")
    key: str | None = column(ADMIN, "What that token is called, if it has a name.")
    device: ADevice | None = to_one(ADMIN, "The tablet that it was read on; null for the desk.", "device")
    member: AMember | None = to_one(ADMIN, "Who read it, where the tablet or the token says so.", "member")
    at: DateTime | None = moment(ADMIN, "When it was read.")
