"""What of a member's points has expired by the district's dated rules: derived, and posted as its difference.

What was earned first is spent first. On the day of a rule expires what was earned before its cutoff and had not
been spent before that day; so whoever spent in time and found a network later has lost nothing, and what is
taken back from before has not expired either. It is worked out anew for everybody whose ledger a settlement looks
at, always from the whole ledger: settling twice posts nothing twice.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Final, cast

from sync.state import Sum
from sync.things import Entry, Member, PointExpiry
from sync.work import DAY_MS, Work, derived_id

GAINS: Final = frozenset({"EARNED", "CREDITED"})
SPENT: Final = frozenset({"REDEEMED", "DEBITED"})


def day_of(on: str) -> int:
    """A local date as days since 1970."""
    return date.fromisoformat(on).toordinal() - date(1970, 1, 1).toordinal()


def cutoff_of(rule: PointExpiry) -> int:
    """What was earned before this day expires by a rule, as days since 1970: so many months before its day."""
    on = date.fromisoformat(rule.on)
    months = on.year * 12 + on.month - 1 - rule.months
    year, month = months // 12, months % 12 + 1
    return day_of(date(year, month, min(on.day, monthrange(year, month)[1])).isoformat())


def bounds_of(rules: list[PointExpiry]) -> list[int]:
    """The days at which rules tell entries apart."""
    return sorted({bound for rule in rules for bound in (cutoff_of(rule), day_of(rule.on))})


def begins(rule: PointExpiry) -> int:
    """When the day of a rule begins, in milliseconds since 1970."""
    return day_of(rule.on) * DAY_MS - rule.utc_offset * 60_000


# What a night brings


def may_come(rule: PointExpiry, now: int) -> bool:
    """Whether the day of a rule has come by now, and no night has brought it."""
    return not rule.brought and now >= begins(rule)


def come(work: Work, rule: PointExpiry) -> None:
    """No other night looks at the rule again."""
    work.edit(rule).brought = True


# What has expired


def bring(work: Work) -> None:
    """Post the difference for everybody whose ledger was looked at."""
    roots = {root.id for member in sorted(work.state.ledgers) if (root := work.root(member)) is not None}
    for root_id in sorted(roots):
        follow(work, root_id)


def follow(work: Work, member: str) -> None:
    """Post the difference for one person; nothing where no rule is about them."""
    root = cast(Member, work.root(member))
    for rule in _past(work):
        sums = list(_sums(work, root.id))
        posted = _expired(sums, rule)
        difference = _due(sums, rule) - posted
        if difference:
            _post(work, root, rule, sums, difference)


def since(work: Work, root: Member, day: int) -> int:
    """How much has expired of a member's points on days after this one."""
    later = [rule for rule in _past(work) if day_of(rule.on) > day]
    sums = list(_sums(work, root.id)) if later else []
    return sum(_expired(sums, rule) for rule in later)


def rules_of(work: Work) -> list[PointExpiry]:
    """The rules as they stood before this settlement, in the order of their days: none takes effect when it is written."""
    rules = [cast(PointExpiry, rule) for rule in work.state.things.get("pointExpiry", {}).values() if rule]
    return sorted(rules, key=lambda rule: (rule.on, rule.id))


def _past(work: Work) -> list[PointExpiry]:
    """The rules whose day has come."""
    return [rule for rule in rules_of(work) if begins(rule) <= work.now]


def _sums(work: Work, root_id: str) -> Iterator[Sum]:
    """The whole ledger of a person, with what this settlement has posted."""
    for member_id in work.family(root_id):
        yield from work.state.ledgers[member_id]
        for entry in work.posted.get(member_id, ()):
            yield Sum(entry.kind, entry.source, entry.day, entry.points, 1)


def _expired(sums: list[Sum], rule: PointExpiry) -> int:
    """What was posted as expired by a rule."""
    return -sum(one.points for one in sums if one.kind == "EXPIRED" and one.source == rule.id)


def _due(sums: list[Sum], rule: PointExpiry) -> int:
    """What has expired by a rule: what was gained before its cutoff, less all that was gone before its day."""
    cutoff, on = cutoff_of(rule), day_of(rule.on)
    gained = sum(one.points for one in sums if one.kind in GAINS and one.day < cutoff)
    spent = sum(one.points for one in sums if one.kind in SPENT and one.day < on)
    gone = sum(
        one.points for one in sums if one.kind == "EXPIRED" and (one.day, one.source or "") < (on, rule.id)
    )
    return max(0, gained + spent + gone)


def _post(work: Work, root: Member, rule: PointExpiry, sums: list[Sum], difference: int) -> None:
    own = [*work.state.ledgers[root.id]]
    own += [Sum(one.kind, one.source, one.day, one.points, 1) for one in work.posted.get(root.id, ())]
    number = sum(one.entries for one in own if one.kind == "EXPIRED" and one.source == rule.id)
    work.add_entry(
        Entry(
            id=derived_id("entry", rule.id, root.id, number),
            community=root.community,
            member=root.id,
            rule=None,
            source=rule.id,
            number=number,
            points=-difference,
            day=day_of(rule.on),
            at=work.now,
            kind="EXPIRED",
        )
    )
