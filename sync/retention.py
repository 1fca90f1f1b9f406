"""How long a resident's contact is kept: a set time after its ticket was closed (or done, where nobody closed it).

Source: DOMAIN.md, "What it must never hold". What is erased here leaves the log, too, and does not come back.
"""

from typing import Final, cast

from sync.kinds.district import Policies
from sync.kinds.kind import Office
from sync.state import Erase
from sync.things import PENDING, Community, Ticket, Version
from sync.work import DAY_MS, Work

EXPIRED: Final = "ticket.expire"
"""In place of a change's kind, where the time that a contact is kept was over."""

ERASURES: Final = frozenset({"ticket.redact", EXPIRED})
"""What erases a private field for good: whoever had not seen it cannot bring the field back."""

SHORTEST_MS: Final = DAY_MS
"""No community keeps contacts for less than a day."""


def retained_since(ticket: Ticket) -> int | None:
    """From when the time counts for which a ticket's contact is kept; None where it has none, or is not over."""
    written = ticket.versions.get("contact")
    if written is None or written.kind in ERASURES:
        return None
    return ticket.done if ticket.closed is None else ticket.closed


def may_expire(ticket: Ticket, now: int) -> bool:
    """Whether its contact may have to go by now; whether it must, its community's policy says."""
    since = retained_since(ticket)
    return since is not None and since + SHORTEST_MS <= now


def kept_ms(community: Community) -> int:
    """For how long a community keeps contacts, in milliseconds."""
    days: int = community.policies.get("contactDays", Policies().contact_days)
    return days * DAY_MS


def expire(work: Work, ticket: Ticket) -> None:
    """Erase the contact, in the ticket and in every change that gave one, when its time is over."""
    since = retained_since(ticket)
    community = cast(Community, work.get(Community, ticket.community))
    if since is None or since + kept_ms(community) > work.now:
        return
    edited = work.edit(ticket)
    edited.contact = None
    erased = Version(PENDING, work.now, "", 0, "", Office.DISTRICT, EXPIRED, None)
    edited.versions = {**edited.versions, "contact": erased}
    work.erased.append(Erase(ticket.id, ("contact",)))
