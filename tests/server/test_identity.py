"""Who is who: codes that work once, tokens of which only a hash is kept, and everybody's reach."""

import hashlib
import re

import pytest
from sqlalchemy import select

from schema.tables.enrolment_code import ENROLMENT_CODE
from schema.tables.scope import SCOPE
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.values import Refused, Role
from server.identity import CODE_TRIES
from server.system import ALPHABET, SystemIds
from sync.kinds.kind import Office
from sync.shapes import UUID7_PATTERN
from tests.server.house import House, Paper
from tests.sync.world import CG, G1, G2, G3, LY, M5, MINUTE, U1, ident


async def refused_code(house: House, code: str) -> bool:
    with pytest.raises(Refused) as refused:
        await house.hub.enrol(code, "tablet", "1.0")
    return refused.value.code == "CODE_INVALID"


async def test_a_code_makes_one_tablet_and_no_second(house: House) -> None:
    code = await house.hub.code([G1])
    assert code.expires_at == house.clock.now() + 15 * MINUTE
    assert code.url.endswith(code.code)
    enrolment = await house.hub.enrol(code.code, "liaison 1", "1.0")
    assert [grid["code"] for grid in enrolment.scope] == ["LY-1"]
    assert enrolment.epoch == 1
    assert await refused_code(house, code.code)
    author = await house.hub.authenticate(enrolment.token)
    assert (author.role, author.scope, author.communities) == (Role.LIAISON, (G1,), (LY,))
    await house.verified()


async def test_a_code_may_be_typed_as_people_type(house: House) -> None:
    code = (await house.hub.code([G1])).code
    typed = f" {code[:4].lower()}-{code[4:].lower()} ".replace("0", "o").replace("1", "l")
    assert (await house.hub.enrol(typed, "tablet", "1.0")).device


async def test_a_code_ends_after_its_minutes(house: House) -> None:
    code = await house.hub.code([G1], minutes=1)
    house.clock.set(code.expires_at)
    assert await refused_code(house, code.code)


async def test_after_five_wrong_tries_a_code_is_worth_nothing(house: House) -> None:
    code = (await house.hub.code([G1])).code
    wrong = code[:2] + ("A" if code[2] != "A" else "B") + code[3:]
    for _ in range(CODE_TRIES):
        assert await refused_code(house, wrong)
    assert await refused_code(house, code)


async def test_wrong_tries_elsewhere_cost_a_code_nothing(house: House) -> None:
    code = (await house.hub.code([G1])).code
    other = next(letter for letter in ALPHABET if letter != code[0]) + code[1:]
    for _ in range(CODE_TRIES + 1):
        assert await refused_code(house, other)
    assert (await house.hub.enrol(code, "tablet", "1.0")).device


async def test_only_hashes_of_secrets_are_kept(house: House) -> None:
    code = await house.hub.code([G1])
    kept = await house.rows(select(ENROLMENT_CODE))
    assert code.code not in str(kept)
    tablet = await house.tablet("A", G1)
    (row,) = await house.rows(select(TOKEN).where(TOKEN.c.device == tablet.device))
    assert row["hash"] == hashlib.sha256(tablet.token.encode()).hexdigest()
    assert tablet.token not in str(await house.rows(select(TOKEN)))


async def test_a_code_needs_grids_that_there_are(house: House) -> None:
    for grids in ([], [ident("no grid")], [G1, ident("no grid")]):
        with pytest.raises(ValueError, match="no such grid"):
            await house.hub.code(grids)


async def test_nobody_knows_a_token_that_was_never_issued(house: House) -> None:
    with pytest.raises(Refused) as refused:
        await house.hub.authenticate("never issued")
    assert refused.value.code == "UNAUTHENTICATED"


REACH = [
    (Role.ADMIN, {}, (), True, Office.DISTRICT, ()),
    (Role.DISPATCHER, {"community": LY}, (LY,), False, Office.DISPATCHER, (LY,)),
    (Role.READER, {}, (), True, None, ()),
    (Role.READER, {"community": CG}, (CG,), False, None, ()),
    (Role.UNIT, {"unit": U1}, (LY,), False, Office.UNIT, (U1,)),
    (Role.MEMBER, {"member": M5}, (CG,), False, Office.MEMBER, (M5,)),
]


@pytest.mark.parametrize(("role", "who", "communities", "everywhere", "office", "scope"), REACH)
async def test_every_role_reaches_what_is_its_own(
    house: House,
    role: Role,
    who: dict[str, str],
    communities: tuple[str, ...],
    everywhere: bool,
    office: Office | None,
    scope: tuple[str, ...],
) -> None:
    issued = await house.hub.issue_token(role, **who)
    author = await house.hub.authenticate(issued.token)
    found = (author.role, author.communities, author.everywhere, author.office, author.scope)
    assert found == (role, communities, everywhere, office, scope)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.UNIT, Role.MEMBER, Role.LIAISON])
async def test_a_token_needs_what_its_role_is_about(house: House, role: Role) -> None:
    with pytest.raises(ValueError, match="needs"):
        await house.hub.issue_token(role)


async def test_a_tablet_without_grids_reaches_nothing(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.hub.assign(tablet.device, [])
    author = await house.hub.authenticate(tablet.token)
    assert (author.scope, author.communities, author.everywhere) == ((), (), False)


async def test_a_tokens_last_use_is_kept_to_the_minute(house: House) -> None:
    issued = await house.hub.issue_token(Role.READER)

    async def last_use() -> int:
        await house.hub.authenticate(issued.token)
        (row,) = await house.rows(select(TOKEN).where(TOKEN.c.id == issued.id))
        return int(row["last_used_at"])

    first = await last_use()
    house.clock.set(first + 1_000)
    assert await last_use() == first
    house.clock.set(first + 2 * MINUTE)
    assert await last_use() == first + 2 * MINUTE


async def test_revoking_a_tablet_revokes_all_that_continue_it_and_nobody_else(house: House) -> None:
    tablet, other = await house.tablet("A", G1), await house.tablet("B", G1)
    again = await Paper.of(house, "A again", await house.hub.renew(tablet.author))
    third = await Paper.of(house, "A again", await house.hub.renew(again.author))
    assert await house.hub.revoke(again.device)
    for revoked in (again, third):
        with pytest.raises(Refused, match="REVOKED"):
            await house.hub.authenticate(revoked.token)
    for free in (tablet, other):
        assert not (await house.hub.authenticate(free.token)).revoked
    assert not await house.hub.revoke(ident("nobody"))


async def test_a_desks_token_can_be_revoked_alone(house: House) -> None:
    issued = await house.hub.issue_token(Role.DISPATCHER, LY)
    assert await house.hub.revoke(issued.id)
    with pytest.raises(Refused) as refused:
        await house.hub.authenticate(issued.token)
    assert refused.value.code == "UNAUTHENTICATED"


async def test_a_renewed_tablet_continues_the_old_one_with_the_same_scope(house: House) -> None:
    tablet = await house.tablet("A", G1, G2)
    again = await Paper.of(house, "again", await house.hub.renew(tablet.author))
    third = await Paper.of(house, "third", await house.hub.renew(again.author))
    rows = {row["device"]: row for row in await house.rows(select(TABLET))}
    assert rows[third.device]["ancestors"] == [again.device, tablet.device]
    assert rows[third.device]["renews"] == again.device
    assert {row["root"] for row in rows.values()} == {tablet.device}
    scopes = await house.rows(select(SCOPE).where(SCOPE.c.device == third.device))
    assert [(row["from_seq"], row["grids"]) for row in scopes] == [(1, sorted([G1, G2]))]
    await house.verified()


async def test_a_dispatcher_assigns_tablets_of_the_community_only(house: House) -> None:
    tablet = await house.tablet("A", G1)
    desk = await house.desk(LY)
    moved = await house.hub.assign(tablet.device, [G2], desk)
    assert moved.outcome is not None
    assert moved.outcome.code == "APPLIED"
    abroad = await house.hub.assign(tablet.device, [G3], desk)
    assert abroad.outcome is not None
    assert abroad.outcome.code == "OUT_OF_SCOPE"
    assert (await house.hub.authenticate(tablet.token)).scope == (G2,)


async def test_a_tablets_own_community_follows_its_grids(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.hub.assign(tablet.device, [G3])
    (row,) = await house.rows(select(TABLET))
    assert row["community"] == CG


def test_the_systems_ids_have_their_forms() -> None:
    ids = SystemIds()
    assert re.match(UUID7_PATTERN, ids.uuid7())
    assert len({ids.uuid7() for _ in range(100)}) == 100
    assert set(ids.code()) <= set(ALPHABET)
    assert len(ids.code()) == 8
    assert len(ids.token()) >= 43
    assert re.fullmatch(r"[0-9a-f]{32}", ids.secret())
