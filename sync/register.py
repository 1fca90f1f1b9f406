"""Deciding about the register (communities, units, grids, rules of points, posts, rewards) and tablets' scopes."""

from collections.abc import Callable
from typing import Any, Final, cast

from msgspec import UNSET, to_builtins

from sync import merge, rewards
from sync.changes import Change
from sync.expiring import begins
from sync.kinds.kind import Office
from sync.merge import Stand
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, grid_named, there
from sync.rules.fields import FIELDS
from sync.state import Accepted, Code
from sync.things import (
    CODED,
    Community,
    Device,
    Grid,
    PointExpiry,
    PointRule,
    Post,
    Reward,
    Team,
    Unit,
    Version,
)
from sync.work import APPLIED, Decision, Work, standing_candidate

Kept = Community | Unit | Grid | PointRule | PointExpiry | Post | Team | Reward

Coded = Post | Team | Reward

CARRIED: Final = {"post": ("holders",), "team": ("holders", "points"), "reward": ("given", "last", "prices")}
"""What a kept thing has besides what is put: whoever writes it anew leaves that alone."""


def _community(work: Work, accepted: Accepted, data: Any) -> Community:
    return Community(
        id=accepted.change.entity,
        code=data.code,
        name=to_builtins(data.name),
        kind=data.kind,
        utc_offset=data.utc_offset,
        working_hours=to_builtins(data.working_hours),
        categories=to_builtins(data.categories),
        skills=to_builtins(data.skills),
        policies={} if data.policies is UNSET else to_builtins(data.policies),
        holidays=_or_empty(data.holidays),
        workdays=_or_empty(data.workdays),
    )


def _unit(work: Work, accepted: Accepted, data: Any) -> Unit:
    there(accepted, work.get(Community, data.community), Named("community", data.community))
    return Unit(
        id=accepted.change.entity,
        code=data.code,
        name=to_builtins(data.name),
        community=data.community,
        resources=_or_empty(data.resources),
        linked_on=_or_none(data.linked_on),
    )


def _grid(work: Work, accepted: Accepted, data: Any) -> Grid:
    there(accepted, work.get(Community, data.community), Named("community", data.community))
    return Grid(
        id=accepted.change.entity, code=data.code, name=to_builtins(data.name), community=data.community
    )


def _point_rule(work: Work, accepted: Accepted, data: Any) -> PointRule:
    return PointRule(
        id=accepted.change.entity,
        code=data.code,
        name=to_builtins(data.name),
        per=data.per,
        points=data.points,
        starts_on=data.starts_on,
        ends_on=_or_none(data.ends_on),
        community=_or_none(data.community),
        daily_cap=_or_none(data.daily_cap),
        hours="ANY" if data.hours is UNSET else data.hours,
        categories=_or_none(data.categories),
        at_least=_or_none(data.at_least),
    )


def _point_expiry(work: Work, accepted: Accepted, data: Any) -> PointExpiry:
    """For a day to come; one whose day has come stays as it is."""
    standing = work.get(PointExpiry, accepted.change.entity)
    built = PointExpiry(
        id=accepted.change.entity,
        code=data.code,
        name=to_builtins(data.name),
        months=data.months,
        on=data.on,
        utc_offset=data.utc_offset,
    )
    for rule in (built, standing):
        if rule is not None and begins(rule) <= accepted.deed:
            raise Missing(Decision("DAY_COME", "expiry", {"day": rule.on}))
    return built


def _post(work: Work, accepted: Accepted, data: Any) -> Post:
    there(accepted, work.get(Community, data.community), Named("community", data.community))
    if data.grid is not UNSET and grid_named(work, accepted, data.grid).community != data.community:
        raise Missing(Decision("NOT_FOUND", None, {"thing": "grid"}))
    return Post(
        id=accepted.change.entity,
        community=data.community,
        grid=_or_none(data.grid),
        code=data.code,
        name=to_builtins(data.name),
        seats=data.seats,
        skills=_or_empty(data.skills),
        starts_on=data.starts_on,
        ends_on=_or_none(data.ends_on),
    )


def _team(work: Work, accepted: Accepted, data: Any) -> Team:
    there(accepted, work.get(Community, data.community), Named("community", data.community))
    return Team(
        id=accepted.change.entity,
        community=data.community,
        code=data.code,
        name=to_builtins(data.name),
        theme=_or_none(data.theme),
    )


def _reward(work: Work, accepted: Accepted, data: Any) -> Reward:
    there(accepted, work.get(Community, data.community), Named("community", data.community))
    return Reward(
        id=accepted.change.entity,
        community=data.community,
        code=data.code,
        name=to_builtins(data.name),
        points=data.points,
        starts_on=data.starts_on,
        ends_on=_or_none(data.ends_on),
        stock=_or_none(data.stock),
    )


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value


def _or_empty(value: Any) -> list[Any]:
    return [] if value is UNSET else list(value)


BUILDERS: Final[dict[str, Callable[[Work, Accepted, Any], Kept]]] = {
    "community.put": _community,
    "unit.put": _unit,
    "grid.put": _grid,
    "pointRule.put": _point_rule,
    "pointExpiry.put": _point_expiry,
    "post.put": _post,
    "team.put": _team,
    "reward.put": _reward,
}


def put(work: Work, accepted: Accepted) -> Decision:
    """Every `put`: the word of the office that keeps such things; a lower one's is a proposal."""
    change = accepted.change
    collection = change.kind.removesuffix(".put")
    built = BUILDERS[change.kind](work, accepted, change.data)
    found = cast(Kept | None, work.find(collection, change.entity))
    standing = None if found is None else found.versions["*"]
    if not _reaches(work, accepted, built):
        return OUT_OF_SCOPE
    if accepted.office < keeper_of(collection):
        return _propose(work, accepted, built, standing)
    if found is not None and not _reaches(work, accepted, found):
        return OUT_OF_SCOPE
    holder = holder_of(work, change)
    if holder is not None:
        return in_use(change, holder) if found is not None else _taken(work, accepted, holder)
    if found is not None and standing is not None:
        stand = merge.latest(standing, accepted)
        built.versions, built.rev = found.versions, found.rev
        for name in CARRIED.get(collection, ()):
            setattr(built, name, getattr(found, name))
        if built == found:
            return APPLIED
        if stand is not Stand.INFORMED:
            stands = change.id if stand.stands else standing.change
            _contest(work, accepted, built, standing, stands=stands)
        if not stand.stands:
            values = {"field": "*", "since": work.local_time(standing.deed, "")}
            return Decision("LATER_DEED", "district", values, {"change": standing.change})
        if stand is Stand.LATER:
            _tell_overwritten(work, accepted, standing)
    built.versions = {**built.versions, "*": merge.version_of(accepted)}
    if isinstance(built, Reward):
        rewards.price(built, accepted.deed)
    work.add(built)
    if isinstance(built, Coded):
        _take_code(work, collection, cast(Coded | None, found), built)
    return APPLIED


def holder_of(work: Work, change: Change) -> Coded | None:
    """What else has the code that a change would give in its community."""
    collection = change.kind.removesuffix(".put")
    if collection not in CODED:
        return None
    code = Code(collection, change.data.community, change.data.code)
    standing = cast(Coded | None, work.find(collection, change.entity))
    held = work.coded(code)
    if held in {None, change.entity} or (standing is not None and code_of(collection, standing) == code):
        return None
    return cast(Coded, work.find(collection, held))


def code_of(collection: str, thing: Coded) -> Code:
    """What a thing of the register is called."""
    return Code(collection, thing.community, thing.code)


def _take_code(work: Work, collection: str, before: Coded | None, built: Coded) -> None:
    if before is not None and work.coded(code_of(collection, before)) == built.id:
        work.codes[code_of(collection, before)] = None
    work.codes[code_of(collection, built)] = work.coded(code_of(collection, built)) or built.id


def in_use(change: Change, holder: Coded) -> Decision:
    """What is there already may not take another's code."""
    collection = change.kind.removesuffix(".put")
    return Decision(
        "CODE_IN_USE", "code", {"thing": collection, "called": holder.code}, {collection: holder.id}
    )


def _taken(work: Work, accepted: Accepted, holder: Coded) -> Decision:
    """The first to have a code stands; what was written under it by another is kept beside it."""
    _contest_code(work, accepted, holder, review=False)
    collection, since = accepted.change.kind.removesuffix(".put"), holder.versions["*"].deed
    values = {"thing": collection, "called": holder.code, "since": work.local_time(since, holder.community)}
    return Decision("CODE_TAKEN", "code", values, {collection: holder.id})


def _contest_code(work: Work, accepted: Accepted, holder: Coded, *, review: bool) -> None:
    standing = holder.versions["*"]
    work.conflict(
        rule="code",
        thing=accepted.change.kind.removesuffix(".put"),
        entity=holder.id,
        field_name="code",
        community=holder.community,
        grid=None,
        standing=[standing_candidate(standing)],
        coming=work.candidate(accepted, to_builtins(accepted.change.data)),
        stands=standing.change,
        review=review,
    )


def _tell_overwritten(work: Work, accepted: Accepted, standing: Version) -> None:
    """Whose word stood until now, unseen by the later one, hears of it."""
    values = {"field": "*", "since": work.local_time(accepted.deed, "")}
    decision = Decision("LATER_DEED", "district", values, {"change": accepted.change.id})
    work.tell_again(standing_candidate(standing), accepted.change.entity, decision)


def keeper_of(collection: str) -> Office:
    """The lowest office whose word about such a thing stands; a lower one's is a proposal."""
    return FIELDS[collection, "code"].by


def _reaches(work: Work, accepted: Accepted, kept: Kept) -> bool:
    """Whether a thing of the register is put into its author's communities; a district-wide one is nobody's.

    What stands is not asked: a proposal about what is foreign is answered as one about what does not exist.
    """
    community = _place_of(kept)
    return community is None or work.may_reach(accepted, community)


def _place_of(kept: Kept) -> str | None:
    """Where it belongs; nowhere where it holds in the whole district."""
    if isinstance(kept, Community):
        return kept.id
    return None if isinstance(kept, PointExpiry) else kept.community


def _propose(work: Work, accepted: Accepted, built: Kept, standing: Version | None) -> Decision:
    """A lower office's word about its own communities' register waits for the one that keeps it.

    What is proposed under a code that something has is a proposal about that.
    """
    holder = holder_of(work, accepted.change)
    if holder is not None:
        _contest_code(work, accepted, holder, review=True)
        return Decision("PROPOSED", "code")
    _contest(
        work, accepted, built, standing, stands=None if standing is None else standing.change, review=True
    )
    return Decision("PROPOSED", "district")


def _contest(
    work: Work,
    accepted: Accepted,
    built: Kept,
    standing: Version | None,
    *,
    stands: str | None,
    review: bool = False,
) -> None:
    community = _place_of(built) or ""
    work.conflict(
        rule="district",
        thing=accepted.change.kind.removesuffix(".put"),
        entity=built.id,
        field_name="*",
        community=community,
        grid=None,
        standing=[] if standing is None else [standing_candidate(standing)],
        coming=work.candidate(accepted, to_builtins(accepted.change.data)),
        stands=stands,
        review=review,
    )


def assign_device(work: Work, accepted: Accepted) -> Decision:
    """device.assign: which grids a tablet carries, by a dispatcher of those or by the district."""
    device = work.get(Device, accepted.change.entity) or Device(id=accepted.change.entity, grids=[])
    for grid_id in (*device.grids, *accepted.change.data.grids):
        grid = grid_named(work, accepted, grid_id)
        if not work.may_reach(accepted, grid.community):
            return OUT_OF_SCOPE
    edited = work.edit(device)
    edited.grids = sorted(set(accepted.change.data.grids))
    edited.versions = {"*": merge.version_of(accepted)}
    return APPLIED


DECIDERS: Final[dict[str, Decide]] = {**dict.fromkeys(BUILDERS, put), "device.assign": assign_device}
