"""Deciding about members: registering once, whoever registers; fields; placing in a grid; merging and splitting."""

from typing import Any, Final, cast

from msgspec import UNSET

from sync import merge
from sync.editing import Edited, created, decision_of, edit_fields, given, tell_overridden, version
from sync.kinds.kind import Office
from sync.kinds.members import MemberEdit
from sync.merge import Stand
from sync.reach import (
    OUT_OF_SCOPE,
    Decide,
    Named,
    grid_named,
    member_named,
    member_reached,
    there,
)
from sync.rules.fields import FIELDS
from sync.state import Accepted
from sync.things import Grid, Member, Unit, Version
from sync.work import APPLIED, Decision, Work, standing_candidate


def register(work: Work, accepted: Accepted) -> Decision:
    """member.register: (unit, number) is one person; whoever comes second is an alias of the first."""
    change, data = accepted.change, accepted.change.data
    if work.get(Member, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    unit = there(accepted, work.get(Unit, data.unit), Named("unit", data.unit))
    grid = None if data.grid is UNSET else grid_named(work, accepted, data.grid)
    if not work.may_reach(accepted, unit.community, None if grid is None else [grid.id]):
        return OUT_OF_SCOPE
    known = work.identity(data.unit, data.number)
    root = None if known is None else work.get(Member, known)
    member = Member(
        id=change.entity,
        unit=data.unit,
        number=data.number,
        name=data.name,
        community=unit.community,
        registered=accepted.deed,
        versions=created(accepted, given(change.private, "phone") if root is None else {}),
    )
    work.add_member(member)
    if root is None:
        member.grid = None if grid is None else grid.id
        for name, value in given(change.private, "phone").items():
            setattr(member, name, value)
        place_in_community(work, member)
        return APPLIED
    return _register_again(work, accepted, member, root)


def _register_again(work: Work, accepted: Accepted, alias: Member, known: Member) -> Decision:
    """The later registration: an alias, and its fields an edit of the member."""
    data = accepted.change.data
    alias.alias_of = known.id
    work.add_alias(known.id, alias.id)
    root = work.edit(known)
    first = root.versions["*"]
    differs = root.name != data.name
    work.conflict(
        rule="identity",
        thing="member",
        entity=root.id,
        field_name="identity",
        community=root.community,
        grid=root.grid,
        standing=[standing_candidate(first, root.id)],
        coming=work.candidate(accepted, alias.id),
        stands=first.change,
    )
    edit_fields(
        work, accepted, "member", root, {"name": data.name, **given(accepted.change.private, "phone")}
    )
    if differs and not work.review_conflict(root.id, "name"):
        work.review_conflict(root.id, "identity")
    if data.grid is not UNSET:
        _place(work, accepted, root, data.grid)
    work.tell_again(standing_candidate(first), root.id, Decision("REGISTERED_TWICE", "identity"))
    code = "NAMES_DIFFER" if differs else "REGISTERED_BEFORE"
    return Decision(code, "identity", {}, {"member": root.id})


def edit_member(work: Work, accepted: Accepted) -> Decision:
    """member.edit: each field by its rule; an identity that collides is rejected."""
    change = accepted.change
    data: MemberEdit = change.data
    root = work.edit(member_reached(work, accepted, change.entity))
    identity = given(data, "unit", "number")
    if data.unit is not UNSET:
        there(accepted, work.get(Unit, data.unit), Named("unit", data.unit))
    alias = work.get(Member, change.entity)
    if identity and alias is not None and alias.alias_of is not None and accepted.office > Office.LIAISON:
        return _correct_alias(work, accepted, root, alias, identity)
    if _collides(work, root, identity) or _collides(work, root, _would_stand(accepted, root, identity)):
        return Decision("IDENTITY_TAKEN", "identity")
    values = {**given(data, "name", "standing"), **given(change.private, "phone")}
    edited = edit_fields(work, accepted, "member", root, values)
    _edit_skills(accepted, data, root, edited)
    if identity and accepted.office is Office.LIAISON:
        return _propose(work, accepted, root, identity, edited)
    _edit_identity(work, accepted, root, identity, edited)
    return decision_of(edited)


def _correct_alias(
    work: Work, accepted: Accepted, root: Member, alias: Member, identity: dict[str, Any]
) -> Decision:
    """An office corrects one registration of an identity, named by its own id, so that it can be split.

    Such an edit is of nothing else: everything else is the member's.
    """
    if set(given(accepted.change.data, "name", "standing", "add_skills", "remove_skills")):
        return Decision("SPLIT_INSTEAD", "identity")
    key = (identity.get("unit", alias.unit), identity.get("number", alias.number))
    if work.identity(*key) not in {None, root.id}:
        return Decision("IDENTITY_TAKEN", "identity")
    corrected = work.edit(alias)
    before = (corrected.unit, corrected.number)
    corrected.unit, corrected.number = key
    place_in_community(work, corrected)
    still = any((found.unit, found.number) == before for found in work.kin(root.id))
    work.identities[before] = root.id if still else None
    work.identities[key] = root.id
    return APPLIED


def _edit_skills(accepted: Accepted, data: MemberEdit, root: Member, edited: Edited) -> None:
    if data.remove_skills is not UNSET:
        root.skills = merge.remove_elements(root.skills, data.remove_skills, accepted)
        edited.stood.append("skills")
    if data.add_skills is not UNSET:
        root.skills = merge.add_elements(root.skills, data.add_skills, accepted)
        edited.stood.append("skills")


def _collides(work: Work, root: Member, identity: dict[str, Any]) -> bool:
    if not identity:
        return False
    holder = work.identity(identity.get("unit", root.unit), identity.get("number", root.number))
    return holder not in {None, root.id}


def _would_stand(accepted: Accepted, root: Member, identity: dict[str, Any]) -> dict[str, Any]:
    """What of an office's correction will stand: half an identity may come too late."""
    return {
        name: value for name, value in identity.items() if merge.latest(version(root, name), accepted).stands
    }


def _propose(
    work: Work, accepted: Accepted, root: Member, identity: dict[str, Any], edited: Edited
) -> Decision:
    """A tablet's correction of an identity waits for a dispatcher; the rest of its edit stands."""
    for name, value in identity.items():
        if getattr(root, name) == value:
            edited.stood.append(name)
            continue
        standing = version(root, name)
        work.conflict(
            rule="district",
            thing="member",
            entity=root.id,
            field_name=name,
            community=root.community,
            grid=root.grid,
            standing=[standing_candidate(standing, getattr(root, name))],
            coming=work.candidate(accepted, value),
            stands=standing.change,
            review=True,
        )
        edited.lost[name] = Decision("PROPOSED", "district")
    if "PROPOSED" in {lost.code for lost in edited.lost.values()}:
        return Decision("PROPOSED", "district")
    return decision_of(edited)


def _edit_identity(
    work: Work, accepted: Accepted, root: Member, identity: dict[str, Any], edited: Edited
) -> None:
    """An office's correction."""
    before = (root.unit, root.number)
    edit_fields_into(work, accepted, root, identity, edited)
    carry_identity(work, root, before)


def carry_identity(work: Work, root: Member, before: tuple[str, str]) -> None:
    """What follows from a new identity: the community, and the aliases that were registered under the old one."""
    after = (root.unit, root.number)
    if after == before:
        return
    place_in_community(work, root)
    for member in work.kin(root.id):
        if member.id == root.id or (member.unit, member.number) == before:
            same = work.edit(member)
            same.unit, same.number = after
            same.community = root.community
    work.identities[before] = None
    work.identities[after] = root.id


def edit_fields_into(
    work: Work, accepted: Accepted, root: Member, values: dict[str, Any], edited: Edited
) -> None:
    """Edit more fields of a member and count them with the others."""
    more = edit_fields(work, accepted, "member", root, values)
    edited.stood.extend(more.stood)
    edited.contested.update(more.contested)
    edited.lost.update(more.lost)


def place_in_community(work: Work, member: Member) -> None:
    """A member belongs to the community of the grid they report to, else of their unit."""
    keeper = work.get(Unit, member.unit) if member.grid is None else work.get(Grid, member.grid)
    member.community = cast(Unit | Grid, keeper).community


def assign(work: Work, accepted: Accepted) -> Decision:
    """member.assign: one member, one grid."""
    root = work.edit(member_reached(work, accepted, accepted.change.entity))
    grid = grid_named(work, accepted, accepted.change.data.grid)
    if not work.may_reach(accepted, grid.community, [grid.id]):
        return OUT_OF_SCOPE
    return _place(work, accepted, root, grid.id)


def _place(work: Work, accepted: Accepted, root: Member, grid_id: str) -> Decision:
    """The rule `placed`: an office as ranked; among tablets the first stands, the later goes to review."""
    standing = root.versions.get("grid", root.versions["*"] if root.grid is not None else None)
    if root.grid == grid_id:
        return APPLIED
    stand = Stand.INFORMED if standing is None else _placing(accepted, root, standing)
    if not stand.stands:
        return _not_placed(work, accepted, root, grid_id, stand)
    if stand is Stand.LATER:
        _contest_place(work, accepted, root, grid_id, stands=accepted.change.id, review=False)
    written = merge.version_of(accepted)
    root.ranks = {**root.ranks, "grid": merge.ranks_after(root.ranks.get("grid", []), written)}
    root.versions = {**root.versions, "grid": written}
    root.grid = grid_id
    place_in_community(work, root)
    if stand is Stand.LATER:
        tell_overridden(work, accepted, FIELDS["member", "grid"], root, cast(Version, standing))
    return APPLIED


def _placing(accepted: Accepted, root: Member, standing: Version) -> Stand:
    writes = root.ranks.get("grid", [standing])
    if accepted.office is not Office.LIAISON:
        return merge.ranked(writes, standing, accepted)
    if merge.outranking(writes, accepted):
        return Stand.OUTRANKED
    if standing.device == accepted.device and standing.seq < accepted.seq:
        return Stand.INFORMED
    return Stand.EARLIER


def _not_placed(work: Work, accepted: Accepted, root: Member, grid_id: str, stand: Stand) -> Decision:
    """Another grid stands: by a higher office or a later word of an office for good, else until a person has looked."""
    standing = version(root, "grid")
    late = stand is Stand.EARLIER
    review = late and accepted.office is Office.LIAISON
    _contest_place(work, accepted, root, grid_id, stands=standing.change, review=review)
    stands = {"grid": root.grid}
    if review:
        return Decision("PLACED_ELSEWHERE", "placed", {}, stands)
    if late:
        since = work.local_time(standing.deed, root.community)
        return Decision("LATER_DEED", "placed", {"field": "grid", "since": since}, stands)
    office = merge.outranking(root.ranks.get("grid", [standing]), accepted)[0].office
    return Decision("HIGHER_OFFICE", "placed", {"field": "grid", "office": office.name}, stands)


def _contest_place(
    work: Work, accepted: Accepted, root: Member, grid_id: str, *, stands: str | None, review: bool
) -> None:
    standing = version(root, "grid")
    work.conflict(
        rule="placed",
        thing="member",
        entity=root.id,
        field_name="grid",
        community=root.community,
        grid=root.grid,
        standing=[standing_candidate(standing, root.grid)],
        coming=work.candidate(accepted, grid_id),
        stands=stands,
        review=review,
    )


def merge_members(work: Work, accepted: Accepted) -> Decision:
    """member.merge: moves the pointer, of the member and of its aliases."""
    member = member_reached(work, accepted, accepted.change.entity)
    into = member_named(work, accepted, accepted.change.data.into)
    if not work.may_reach(accepted, into.community):
        return OUT_OF_SCOPE
    if member.id == into.id:
        return Decision("SAME_MEMBER", "identity")
    point_at(work, member, into)
    return APPLIED


def point_at(work: Work, member: Member, root: Member) -> None:
    """Make a root and all its aliases aliases of another root."""
    for found in work.kin(member.id):
        work.edit(found).alias_of = root.id
        work.add_alias(root.id, found.id)
    work.aliases[member.id] = []
    work.touched_members.update((member.id, root.id))


def split(work: Work, accepted: Accepted) -> Decision:
    """member.split: an alias becomes a member of its own again, with those registered as the same person.

    It must have an identity of its own: nobody shares unit and number with somebody else.
    """
    entity = accepted.change.entity
    alias = there(accepted, work.get(Member, entity), Named("member", entity))
    if not work.may_reach(accepted, alias.community):
        return OUT_OF_SCOPE
    if alias.alias_of is None:
        return Decision("NOT_AN_ALIAS", "identity")
    root = there(accepted, work.get(Member, alias.alias_of), Named("member", alias.alias_of))
    identity = (alias.unit, alias.number)
    if (root.unit, root.number) == identity:
        return Decision("SPLIT_INSTEAD", "identity")
    aliases = work.kin(root.id)[1:]
    same = [found.id for found in aliases if (found.unit, found.number) == identity and found.id != alias.id]
    work.aliases[root.id] = [found.id for found in aliases if found.id not in {alias.id, *same}]
    work.aliases[alias.id] = same
    work.edit(alias).alias_of = None
    for found in aliases:
        if found.id in same:
            work.edit(found).alias_of = alias.id
    work.identities[identity] = alias.id
    work.touched_members.update((alias.id, root.id))
    return APPLIED


def request(work: Work, accepted: Accepted) -> Decision:
    """member.request: something kept about a member is wrong; the dispatcher looks, and answers by a ruling.

    By the member's own page, whose scope is the member's own ids, or by whoever they told.
    """
    change = accepted.change
    member = member_named(work, accepted, change.entity)
    if accepted.office is Office.MEMBER:
        if change.entity not in accepted.scope:
            return OUT_OF_SCOPE
    elif not work.may_reach(accepted, member.community):
        return OUT_OF_SCOPE
    work.conflict(
        rule="correction",
        thing="member",
        entity=member.id,
        field_name=f"correction:{change.id}",
        community=member.community,
        grid=member.grid,
        standing=[],
        coming=work.candidate(accepted, given(change.data, "reason", "about"), member.id),
        stands=None,
        review=True,
    )
    return Decision("ASKED", "correction")


DECIDERS: Final[dict[str, Decide]] = {
    "member.register": register,
    "member.edit": edit_member,
    "member.assign": assign,
    "member.merge": merge_members,
    "member.request": request,
    "member.split": split,
}
