"""Deciding about recounts: a rule that was changed for the past is applied to the past, by an explicit word of the district.

Only differences are posted, each a line of its own; a second recount of the same days finds none.
"""

from typing import Any, Final, cast

from msgspec import UNSET

from sync import points
from sync.expiring import day_of
from sync.reach import Decide, Named, there
from sync.state import Accepted, Day, Span
from sync.things import Community, PointRule, Recount
from sync.work import Decision, Work

ASKED: Final = Decision("RECOUNTED", "recount", {"count": "0", "points": "0"})
"""What is said until the night's earnings are posted."""


def ask(work: Work, accepted: Accepted) -> Decision:
    """points.recount: by the district, of days that have come."""
    change, data = accepted.change, accepted.change.data
    if work.get(Recount, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    community = there(accepted, work.get(Community, data.community), Named("community", data.community))
    rule = (
        None
        if data.rule is UNSET
        else there(accepted, work.get(PointRule, data.rule), Named("pointRule", data.rule))
    )
    if data.ends_on > work.local_date(work.now, community.id):
        return Decision("DAY_TO_COME", "recount", {"day": data.ends_on})
    work.add(
        Recount(
            id=change.entity,
            community=community.id,
            rule=None if rule is None else rule.id,
            starts_on=data.starts_on,
            ends_on=data.ends_on,
            reason=data.reason,
            at=accepted.deed,
            change=change.id,
        )
    )
    return ASKED


def span_of(about: Any) -> Span:
    """The days that a points.recount, or what came of it, is about."""
    return Span(about.community, day_of(about.starts_on), day_of(about.ends_on))


def post(work: Work) -> None:
    """Post what each recount of this settlement finds, after what the settlement itself earned."""
    for thing_id in sorted(work.written.get("recount", {})):
        _post(work, cast(Recount, work.written["recount"][thing_id]))


def _post(work: Work, recount: Recount) -> None:
    found = work.state.spans[span_of(recount)]
    days = {Day(root.id, day.day) for day in found if (root := work.root(day.member)) is not None}
    rules = [rule for rule in work.point_rules() if recount.rule in {None, rule.id}]
    before = len(work.entries)
    points.post_days(work, sorted(days), rules)
    entries = work.entries[before:]
    recount.entries, recount.points = len(entries), sum(entry.points for entry in entries)
    values = {"count": str(recount.entries), "points": str(recount.points)}
    stands = {"entries": recount.entries, "points": recount.points}
    work.tell(work.accepted(recount.change), Decision("RECOUNTED", "recount", values, stands))


DECIDERS: Final[dict[str, Decide]] = {"points.recount": ask}
