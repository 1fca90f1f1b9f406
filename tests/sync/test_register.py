"""The register: the district's word, a tablet's proposal; and what a tablet carries."""

from sync.kinds.kind import Office
from sync.things import Community, Grid, PointRule
from tests.sync.hub import Hub
from tests.sync.world import CG, G1, G2, G3, LY, PER_SERVICE, U1, community, ident, named, point_rule

NEW = ident("new")


def test_everything_of_the_district_file_can_be_put_with_all_that_it_says() -> None:
    hub = Hub()
    rule = point_rule("SERVICE", 3, until="2026-12-31", community=LY, dailyCap=9, hours="ON_DUTY", categories=["legal"], atLeast=2)  # fmt: skip
    hub.load(
        [
            ("community.put", LY, community("LY") | {"policies": {"rankIndividuals": True}}),
            ("unit.put", U1, {"code": "U", "name": named("u"), "community": CG, "resources": ["a van"]}),
            ("pointRule.put", NEW, rule),
        ],
        "08:00",
    )
    put = hub.memory.things["pointRule"][NEW]
    assert isinstance(put, PointRule)
    assert (put.ends_on, put.daily_cap, put.hours, put.categories, put.at_least) == (
        "2026-12-31",
        9,
        "ON_DUTY",
        ["legal"],
        2,
    )
    assert hub.memory.documents["community", LY].body["policies"] == {"rankIndividuals": True}
    assert hub.memory.documents["unit", U1].body["resources"] == ["a van"]


def test_the_same_again_changes_nothing() -> None:
    hub = Hub()
    settled = hub.load([("community.put", LY, community("LY"))], "08:00")
    assert [outcome.code for outcome in settled.outcomes] == ["APPLIED"]
    assert settled.written == {}


def test_what_names_a_thing_that_does_not_exist_is_refused() -> None:
    hub = Hub()
    rows = [
        ("unit.put", NEW, {"code": "U", "name": named("u"), "community": NEW}),
        ("grid.put", NEW, {"code": "G", "name": named("g"), "community": NEW}),
    ]
    assert [outcome.code for outcome in hub.load(rows, "08:00").outcomes] == ["NOT_FOUND", "NOT_FOUND"]


def test_a_tablets_word_about_the_register_is_a_proposal() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    known = a.does("grid.put", G1, "09:00", code="LY-1b", name=named("grid 1b"), community=LY)
    fresh = a.does("grid.put", NEW, "09:10", code="LY-9", name=named("grid 9"), community=LY)
    everywhere = a.does("pointRule.put", PER_SERVICE, "09:20", **point_rule("SERVICE", 50))
    own = a.does("community.put", LY, "09:30", **{**community("LY-b")})
    foreign = a.does("grid.put", G3, "09:40", code="CG-2", name=named("grid 3b"), community=CG)
    a.push("18:00")
    hub.night()
    codes = [hub.code(change) for change in (known, fresh, everywhere, own, foreign)]
    assert codes == ["PROPOSED", "PROPOSED", "PROPOSED", "PROPOSED", "OUT_OF_SCOPE"]
    grid = hub.memory.things["grid"][G1]
    assert isinstance(grid, Grid)
    assert grid.code == "LY-1"
    assert NEW not in hub.memory.things["grid"]
    conflict = hub.conflict(G1, "*")
    assert (conflict.rule, conflict.state, len(conflict.candidates)) == ("district", "REVIEW", 2)
    assert conflict.candidates[-1].value == {"code": "LY-1b", "name": named("grid 1b"), "community": LY}
    assert hub.conflict(PER_SERVICE, "*").community == ""


def test_of_two_words_of_the_district_the_later_stands_and_the_other_is_kept() -> None:
    hub = Hub()
    seen = hub.memory.rev
    late = hub.office(Office.DISTRICT, "community.put", LY, community("later"), "10:00", saw=0)
    early = hub.office(Office.DISTRICT, "community.put", LY, community("earlier"), "09:00", saw=0)
    hub.settle([late], "10:00")
    hub.settle([early], "11:00")
    found = hub.memory.things["community"][LY]
    assert isinstance(found, Community)
    assert (found.code, hub.code(early.change.id)) == ("later", "LATER_DEED")
    conflict = hub.conflict(LY, "*")
    assert (conflict.state, conflict.stands, len(conflict.candidates)) == ("SETTLED", late.change.id, 3)
    hub.district("community.put", LY, "12:00", saw=seen, **community("last"))
    assert hub.conflict(LY, "*").stands == hub.conflict(LY, "*").candidates[-1].change


# What a tablet carries


def test_a_tablets_grids_are_assigned_by_whoever_keeps_them() -> None:
    """Line 11."""
    hub = Hub()
    device = ident("tablet")
    first = hub.desk("device.assign", device, "08:00", grids=[G2, G1, G2])
    assert (hub.code(first.change.id), hub.device(device).grids) == ("APPLIED", sorted([G1, G2]))
    for grids in ([G1, G3], [ident("no grid")]):
        refused = hub.desk("device.assign", device, "08:10", grids=grids)
        assert hub.code(refused.change.id) in {"OUT_OF_SCOPE", "NOT_FOUND"}
    hub.district("device.assign", device, "08:20", grids=[G3])
    taken = hub.desk("device.assign", device, "08:30", grids=[G1])
    assert hub.code(taken.change.id) == "OUT_OF_SCOPE", "it serves another community"
    assert hub.device(device).grids == [G3]
    hub.district("device.assign", device, "08:40", grids=[])
    assert hub.device(device).grids == []


def test_a_tablet_does_not_assign_itself() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    change = a.does("device.assign", ident("A"), "08:00", grids=[G1, G2])
    a.push("18:00")
    hub.night()
    assert hub.code(change) == "FORBIDDEN"
