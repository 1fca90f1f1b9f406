"""Putting real revs where a settlement could only say that they would come."""

from sync.finalising import finalise
from sync.kinds.kind import Office
from sync.state import Settled
from sync.things import PENDING, Add, Grid, Member, Redemption, Taker, Thing, Ticket, Version
from tests.sync.world import G1, G2, LY, M1, U1, T

OLD, NEW = (Version(rev, 1, "a", 1, "c", Office.LIAISON, "ticket.edit", None) for rev in (7, PENDING))


def finalised(collection: str, thing: Thing) -> None:
    finalise(Settled(0, 1, [], [], {collection: {thing.id: thing}}, [], [], {}, ""), 100)


def revs(versions: dict[str, Version]) -> dict[str, int]:
    return {name: version.rev for name, version in versions.items()}


def test_every_pending_rev_of_a_ticket_becomes_the_first_of_its_commit_and_no_other() -> None:
    takers = [Taker(M1, "c", "a", 1, 5, 0, rev, "ticket.claim", None, Office.LIAISON) for rev in (7, PENDING)]
    ticket = Ticket(
        id=T,
        community=LY,
        grid=G1,
        category="parking",
        title="t",
        tags={"x": [Add(7, "a", 1), Add(PENDING, "a", 2)]},
        takers=takers,
        grids=[(G1, 0), (G2, PENDING)],
        versions={"*": OLD, "title": NEW},
        ranks={"seats": [OLD, NEW]},
    )
    finalised("ticket", ticket)
    assert revs(ticket.versions) == {"*": 7, "title": 100}
    assert [version.rev for version in ticket.ranks["seats"]] == [7, 100]
    assert [add.rev for add in ticket.tags["x"]] == [7, 100]
    assert [taker.rev for taker in ticket.takers] == [7, 100]
    assert ticket.grids == [(G1, 0), (G2, 100)]


def test_a_member_a_grid_and_a_thing_without_versions() -> None:
    member = Member(
        id=M1,
        unit=U1,
        number="1",
        name="Li",
        community=LY,
        skills={"legal": [Add(PENDING, "a", 1)]},
        versions={"*": NEW},
        ranks={"grid": [NEW]},
    )
    finalised("member", member)
    assert (revs(member.versions), member.skills["legal"][0].rev) == ({"*": 100}, 100)
    assert member.ranks["grid"][0].rev == 100
    grid = Grid(id=G1, code="LY-1", name={}, community=LY, versions={"*": NEW})
    finalised("grid", grid)
    assert revs(grid.versions) == {"*": 100}
    redemption = Redemption(
        id=T, community=LY, member=M1, points=1, reward="tea", state="REDEEMED", at=1, change="c"
    )
    finalised("redemption", redemption)
    assert redemption.rev == 0
