"""Editing the fields of a thing by `latest` and `ranked`: what stands, what is kept in a conflict, who is told."""

from typing import Any, Final

from msgspec import UNSET, Struct, field, to_builtins

from sync import merge
from sync.merge import Stand
from sync.retention import ERASURES
from sync.rules.fields import FIELDS, FieldRule
from sync.state import Accepted
from sync.things import Candidate, Version
from sync.work import Decision, Work, standing_candidate

Editable = Any
"""A thing with `community`, `versions` and, where a field is ranked, `ranks`."""

ELEMENTS: Final = ("tags", "skills")


class Edited(Struct):
    """What became of each field of an edit: stood, stood over somebody, or lost (with the reason)."""

    stood: list[str] = field(default_factory=list)
    contested: dict[str, str] = field(default_factory=dict)
    lost: dict[str, Decision] = field(default_factory=dict)


def given(part: Any, *names: str) -> dict[str, Any]:
    """The named fields that a change gives a value (or null), as plain values."""
    if part is None:
        return {}
    return {name: to_builtins(value) for name in names if (value := getattr(part, name)) is not UNSET}


def created(accepted: Accepted, private: dict[str, Any]) -> dict[str, Version]:
    """The versions of a new thing: `*` for all its fields, and each private one that was given."""
    written = merge.version_of(accepted)
    return {"*": written, **dict.fromkeys(private, written)}


def version(thing: Editable, name: str) -> Version:
    """Who last wrote a field; what was never edited was written by the change that created the thing."""
    written: Version = thing.versions.get(name, thing.versions["*"])
    return written


def _version(row: FieldRule, thing: Editable) -> Version | None:
    """The same; but a private field that was never given has no author."""
    return thing.versions.get(row.field) if row.private else version(thing, row.field)


def edit_fields(
    work: Work, accepted: Accepted, thing_name: str, thing: Editable, values: dict[str, Any]
) -> Edited:
    """Apply values to a copy of a thing that may be changed, each by its rule."""
    edited = Edited()
    for name in sorted(values):
        _edit(work, accepted, FIELDS[thing_name, name], thing, values[name], edited)
    return edited


def _edit(
    work: Work, accepted: Accepted, row: FieldRule, thing: Editable, value: Any, edited: Edited
) -> None:
    name = row.field
    standing = _version(row, thing)
    stand = _stand(row, thing, standing, accepted)
    if standing is not None and standing.kind in ERASURES and stand is not Stand.INFORMED:
        edited.lost[name] = Decision("REDACTED", row.rule, {"field": name})
        work.erase_change(accepted, name)
        return
    same = not row.private and getattr(thing, name) == value
    contested = None if same or stand is Stand.INFORMED else standing
    if contested is not None:
        _contest(work, accepted, row, thing, value, stand, contested)
    if stand.stands or same:
        edited.stood.append(name)
    if stand.stands:
        _write(work, accepted, row, thing, value)
    if contested is not None and stand.stands:
        edited.contested[name] = row.rule
        tell_overridden(work, accepted, row, thing, contested)
    elif contested is not None:
        edited.lost[name] = _loss(work, accepted, row, thing, contested)


def _stand(row: FieldRule, thing: Editable, standing: Version | None, accepted: Accepted) -> Stand:
    if row.rule == "ranked":
        return merge.ranked(ranks(thing, row.field), standing, accepted)
    return merge.latest(standing, accepted)


def ranks(thing: Editable, name: str) -> list[Version]:
    """The writes of a ranked field that count against newcomers: at first what created the thing."""
    writes: list[Version] = thing.ranks.get(name, [thing.versions["*"]])
    return writes


def _write(work: Work, accepted: Accepted, row: FieldRule, thing: Editable, value: Any) -> None:
    written = merge.version_of(accepted)
    if row.rule == "ranked":
        thing.ranks = {**thing.ranks, row.field: merge.ranks_after(ranks(thing, row.field), written)}
    thing.versions = {**thing.versions, row.field: written}
    setattr(thing, row.field, value)


def _contest(
    work: Work,
    accepted: Accepted,
    row: FieldRule,
    thing: Editable,
    value: Any,
    stand: Stand,
    standing: Version,
) -> None:
    current = None if row.private else getattr(thing, row.field)
    work.conflict(
        rule=row.rule,
        thing=row.thing,
        entity=thing.id,
        field_name=row.field,
        community=thing.community,
        grid=getattr(thing, "grid", None),
        standing=[standing_candidate(standing, current)],
        coming=work.candidate(accepted, None if row.private else value),
        stands=accepted.change.id if stand.stands else standing.change,
        before=current,
    )
    if not stand.stands:
        told = work.last_told(standing.change)
        if told is not None and told.code == "APPLIED":
            work.tell_again(
                standing_candidate(standing), thing.id, Decision("STANDS", row.rule, {"field": row.field})
            )


def _loss(work: Work, accepted: Accepted, row: FieldRule, thing: Editable, standing: Version) -> Decision:
    stands = {"change": standing.change, **_shown(row, thing)}
    higher = merge.outranking(ranks(thing, row.field), accepted) if row.rule == "ranked" else []
    if higher:
        values = {"field": row.field, "office": higher[0].office.name}
        return Decision("HIGHER_OFFICE", row.rule, values, stands)
    values = {"field": row.field, "since": work.local_time(standing.deed, thing.community)}
    return Decision("LATER_DEED", row.rule, values, stands)


def _shown(row: FieldRule, thing: Editable) -> dict[str, Any]:
    """What stands in a field, where a verdict may say it."""
    return {} if row.private else {"field": row.field, "value": getattr(thing, row.field)}


def tell_overridden(
    work: Work, accepted: Accepted, row: FieldRule, thing: Editable, standing: Version
) -> None:
    """Tell the author whose value stood until now; part of their change may still stand."""
    stands = {"change": accepted.change.id, **_shown(row, thing)}
    if stands_in_part(thing, standing):
        decision = Decision("MERGED", row.rule, {"field": row.field}, stands)
    elif accepted.office > standing.office:
        decision = Decision(
            "HIGHER_OFFICE", row.rule, {"field": row.field, "office": accepted.office.name}, stands
        )
    else:
        since = work.local_time(accepted.deed, thing.community)
        decision = Decision("LATER_DEED", row.rule, {"field": row.field, "since": since}, stands)
    work.tell_again(standing_candidate(standing), thing.id, decision)


def stands_in_part(thing: Editable, written: Version | Candidate) -> bool:
    """Whether anything that this change wrote to a thing still stands."""
    elements: list[dict[str, Any]] = [getattr(thing, name, {}) for name in ELEMENTS]
    adds = ((add.device, add.seq) for one in elements for held in one.values() for add in held)
    return any(kept.change == written.change for kept in thing.versions.values()) or (
        (written.device, written.seq) in adds
    )


def decision_of(edited: Edited) -> Decision:
    """One verdict for an edit of several fields."""
    if edited.lost:
        first = next(iter(edited.lost.values()))
        if not edited.stood:
            return first
        return Decision("MERGED", first.rule, {"field": ",".join(edited.lost)}, first.stands)
    if edited.contested:
        rule = next(iter(edited.contested.values()))
        return Decision("STANDS", rule, {"field": ",".join(edited.contested)})
    return Decision("APPLIED")
