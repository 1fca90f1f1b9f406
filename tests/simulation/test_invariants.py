"""The invariants themselves: that each kind of change has its deed and its invariant, and points that were once wrong."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from clients.python.operations import Call
from sync.kinds import KINDS
from sync.wire import EPOCH_SIZE
from tests.simulation import deeds, desk, district, grounds, holding, invariants, keeping, lasting, standing
from tests.simulation.chance import Ids, stream
from tests.simulation.clocks import DAY, HOUR, MONDAY, Time
from tests.simulation.evidence import Change, Evidence
from tests.simulation.scene import Scene
from tests.simulation.witness import Witness


def loaded() -> set[str]:
    """The kinds of change that load the district."""
    place = district.district(4)
    return {raw["kind"] for raw in district.changes(place, Ids(stream(1, "ids"), Time(MONDAY)))}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_change_is_made_by_somebody(kind: str) -> None:
    made = deeds.KINDS | desk.KINDS | loaded() | desk.BY_OTHER_DOORS
    assert kind in made, f"{kind} has no row in DEEDS (deeds.py) or ROWS (desk.py)"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_change_has_an_invariant(kind: str) -> None:
    assert kind in invariants.KINDS, f"no row of INVARIANTS (invariants.py) is about {kind}"


def test_nobody_makes_or_looks_at_a_kind_that_there_is_not() -> None:
    assert set(KINDS) >= (deeds.KINDS | desk.KINDS | invariants.KINDS)


def change(identifier: str, kind: str, seq: int, **more: Any) -> Change:
    known = {
        "position": seq, "device": "A", "entity": "T", "office": 1, "scope": ["G"], "saw": 0, "arrival": seq,
        "deed": seq, "uncertainty_ms": 0, "settlement": 1, "held": None, "data": {},
    }  # fmt: skip
    return Change(id=identifier, kind=kind, seq=seq, **{**known, **more})


def outcome(settlement: int, of: Change, code: str, stands: Any = None) -> Any:
    outcome = {"RULED_FOR": "APPLIED", "SEAT_TAKEN": "LOST"}.get(code, code)
    return SimpleNamespace(
        settlement=settlement,
        change=of.id,
        device=of.device,
        seq=of.seq,
        outcome=outcome,
        code=code,
        stands=stands,
    )


def test_a_seat_that_a_ruling_gave_is_none_that_the_loser_had_seen() -> None:
    """Who saw a claim lose did not see it sit: it got its seat by a person's word, after that."""
    evidence = Evidence()
    first = change("first", "ticket.claim", 1)
    later = change("later", "ticket.claim", 2, device="B", saw=15, settlement=2)
    evidence.log = {one.id: one for one in (first, later)}
    evidence.revs = {1: 10, 2: 20, 3: 30}
    taken = outcome(2, later, "SEAT_TAKEN", {"change": "first"})
    evidence.outcomes["first"] = [outcome(1, first, "APPLIED")]
    evidence.outcomes["later"] = evidence.new_outcomes = [taken]
    scene = Scene(evidence, Witness(), [])
    assert [*standing.who_is_told_full_had_seen_it(scene)], "it had seen the seat that it lost to"
    evidence.outcomes["first"] = [outcome(1, first, "SEAT_TAKEN"), outcome(2, first, "RULED_FOR")]
    assert not [*standing.who_is_told_full_had_seen_it(scene)]


@pytest.mark.parametrize(
    ("until", "term", "twice"),
    [
        (None, None, True),
        (None, "2027-01-04", True),
        (None, "2026-12-31", False),
        (MONDAY + 42 * DAY, None, True),
        (MONDAY + 41 * DAY, None, False),
    ],
)
def test_who_left_or_whose_term_is_over_holds_no_seat(
    until: int | None, term: str | None, twice: bool
) -> None:
    """Taken on a Monday of November, and again on Monday, 4 January."""
    old = {"since": MONDAY, "until": until, "term": term}
    new = {"since": MONDAY + 42 * DAY - HOUR, "until": None, "term": "2027-12-31"}
    evidence = Evidence()
    evidence.log = {"put": change("put", "post.put", 1, entity="P", data={"seats": 1})}
    evidence.things["post"] = {"P": SimpleNamespace(community="C", holders=[old, new])}
    evidence.things["community"] = {"C": SimpleNamespace(utc_offset=480)}
    evidence.things["conflict"] = {}
    found = [*standing.no_posts_seat_is_held_twice(Scene(evidence, Witness(), []))]
    assert len(found) == twice


@pytest.mark.parametrize(
    ("epoch", "altered", "two_ways"),
    [
        (0, {}, False),
        (0, {"contact": None}, True),
        (0, {"title": "other"}, True),
        (1, {"contact": None}, False),
        (1, {"notes": [{"id": "N", "text": None}]}, False),
        (1, {"notes": []}, True),
        (1, {"title": None}, True),
        (1, {"contact": {"telephone": "other"}}, True),
    ],
)
def test_under_one_rev_only_what_was_erased_may_go_and_only_with_an_epoch(
    epoch: int, altered: dict[str, Any], two_ways: bool
) -> None:
    witness, tablet = Witness(), cast(Any, SimpleNamespace(name="T01", device="A"))
    witness.answered(tablet, Call("enrol", {}, None), {"token": "t", "device": "A"})
    body = {
        "grid": "G",
        "title": "one",
        "contact": {"telephone": "5550100"},
        "notes": [{"id": "N", "text": "a"}],
    }
    for number, said in ((0, body), (epoch, body | altered)):
        document = {"collection": "ticket", "id": "T", "rev": 7, "state": "LIVE", "body": said}
        page = {"epoch": number, "scope": [{"id": "G"}], "documents": [document]}
        witness.answered(tablet, Call("pull", {}, "t"), page)
    assert [violation.invariant for violation in witness.violations] == ["epochs"] * two_ways


def test_an_offices_click_in_the_millisecond_of_what_it_saw_comes_after_that() -> None:
    """And nothing else may be done after it arrived."""
    evidence = Evidence()
    evidence.revs, evidence.commits = {1: 10}, {1: 7}
    scene = Scene(evidence, Witness(), [])
    evidence.log = {"one": change("one", "device.assign", 1, office=3, saw=10, arrival=7, deed=8)}
    assert not [*standing.deeds_keep_their_bounds(scene)]
    evidence.log = {"one": change("one", "device.assign", 1, office=3, saw=10, arrival=7, deed=9)}
    assert [*standing.deeds_keep_their_bounds(scene)] == ["one was done after it arrived"]


def test_what_was_done_again_after_a_restore_is_seen_and_so_comes_before_the_click_that_saw_it() -> None:
    """Seed 806: the click came in the very millisecond in which an epoch had done again what the journal had."""
    evidence, epoch = Evidence(), 3
    evidence.revs, evidence.commits = {1: 10, 2: epoch * EPOCH_SIZE + 1}, {1: 5, 2: 7}
    evidence.others["epoch"] = [SimpleNamespace(number=epoch, began_at=7)]
    scene = Scene(evidence, Witness(), [])
    saw = epoch * EPOCH_SIZE + 1
    for deed, late in ((8, []), (9, ["one was done after it arrived"])):
        evidence.log = {"one": change("one", "ticket.edit", 1, office=2, saw=saw, arrival=7, deed=deed)}
        assert [*standing.deeds_keep_their_bounds(scene)] == late


def test_a_clock_before_1970_puts_a_deed_at_its_beginning_and_whoever_saw_nothing_is_bound_by_nothing() -> (
    None
):
    """Seed 100100."""
    evidence = Evidence()
    evidence.revs, evidence.commits = {1: 10}, {1: 7}
    scene = Scene(evidence, Witness(), [])
    evidence.log = {"one": change("one", "ticket.open", 1, saw=0, arrival=9, deed=0)}
    assert not [*standing.deeds_keep_their_bounds(scene)]
    evidence.log = {"one": change("one", "ticket.open", 1, saw=10, arrival=9, deed=7)}
    assert [*standing.deeds_keep_their_bounds(scene)] == ["one was done before what its author had seen"]


def test_an_opening_that_a_wrong_clock_puts_after_an_edit_says_the_last_word_on_every_field() -> None:
    """Seed 85: a restore had taken the rev that the edit had seen, so nothing put it after the opening."""
    evidence = Evidence()
    opened = change("opened", "ticket.open", 1, deed=9, data={"title": "one"})
    edited = change("edited", "ticket.edit", 2, device="B", deed=5, data={"place": "here"})
    evidence.log = {one.id: one for one in (opened, edited)}
    for one in (opened, edited):
        evidence.outcomes[one.id] = [outcome(1, one, "APPLIED")]
    evidence.things["conflict"] = {}
    for place, wrong in ((None, 0), ("here", 1)):
        row = SimpleNamespace(title="one", category=None, place=place)
        evidence.things["ticket"] = {"T": row}
        assert len([*standing.the_latest_stands(Scene(evidence, Witness(), []))]) == wrong


def test_a_service_for_a_ticket_that_came_to_its_grid_only_later_was_foreign_when_it_was_decided() -> None:
    """Seed 136."""
    evidence, witness = Evidence(), Witness()
    opened = change("opened", "ticket.open", 1, data={"grid": "far"})
    served = change("served", "service.record", 2, entity="S", data={"ticket": "T", "member": "M"})
    moved = change("moved", "ticket.edit", 3, device="B", settlement=2, data={"grid": "G"})
    evidence.log = {one.id: one for one in (opened, served, moved)}
    evidence.things["ticket"] = {"T": SimpleNamespace(grids='[["far",0],["G",20]]')}
    evidence.outcomes["served"] = [outcome(1, served, "OUT_OF_SCOPE")]
    known = {"honest": True, "cloned": False, "carrier": "T01", "at": 2, "scope": frozenset({"G"})}
    witness.records["served"] = cast(Any, SimpleNamespace(**known))
    scene = Scene(evidence, witness, [])
    assert not [*keeping.no_service_is_lost(scene)]
    moved.settlement = 1
    assert [*keeping.no_service_is_lost(scene)] == ["the service S of T01 is not there: OUT_OF_SCOPE"]


def test_what_a_tablet_let_go_of_to_a_newer_backup_and_a_copy_brought_again_is_told_to_the_copy() -> None:
    """Seed 150: the older backup came back, and all that is known of the tablet's own is a hole."""
    evidence = Evidence()
    again = change("again", "ticket.note", 4, device="copy")
    evidence.log = {"again": again}
    evidence.outcomes["again"] = [outcome(1, again, "WAITED_TOO_LONG")]
    told = ("again", 110, None, '{"code":"APPLIED"}', 1)
    carrier = cast(Any, SimpleNamespace(name="T02", device="own", retired=False, rows=lambda _: [told]))
    scene = Scene(evidence, Witness(), [carrier])
    assert [*holding.every_author_has_heard(scene)] == [
        "T02 was told APPLIED of again, and it is WAITED_TOO_LONG"
    ]
    evidence.others["hole"] = [cast(Any, SimpleNamespace(device="own", first=108, last=112))]
    assert not [*holding.every_author_has_heard(scene)]


def test_what_was_sent_under_anothers_id_is_heard_of_as_a_repeat_too() -> None:
    """Seeds 252 and 259: a copy had sent the same before, and the restored hub took it for what its id says."""
    evidence, witness = Evidence(), Witness()
    witness.untraceable.add("mine")
    told = ("mine", 51, None, None, 0)
    carrier = cast(Any, SimpleNamespace(name="T08", device="A", retired=False, rows=lambda _: [told]))
    scene = Scene(evidence, witness, [carrier])
    assert [*holding.every_author_has_heard(scene)] == ["T08 still waits for a word on mine"]
    evidence.others["repeat"] = [cast(Any, SimpleNamespace(device="A", seq=51))]
    assert not [*holding.every_author_has_heard(scene)]


def test_an_answer_of_the_days_that_a_bare_copy_lost_is_not_looked_for_and_a_later_one_is() -> None:
    """Seed 259: the desk asked again after the restore, with the same id, and heard something else."""
    evidence, witness = Evidence(), Witness()
    raw = {"id": "one", "kind": "member.split"}
    said = cast(Any, SimpleNamespace(outcome=SimpleNamespace(code="SPLIT_INSTEAD")))
    again = cast(Any, SimpleNamespace(outcome=SimpleNamespace(code="NOT_FOUND")))
    split = change("one", "member.split", 1, office=3)
    scene = Scene(evidence, witness, [])
    witness.submitted(raw, said, 5)
    assert [*keeping.what_a_desk_heard_is_there(scene)] == [
        "the online change one was answered SPLIT_INSTEAD and is nowhere"
    ]
    witness.put_back(4, {}, set(), bare=True)
    assert not [*keeping.what_a_desk_heard_is_there(scene)]
    witness.submitted(raw, again, 6)
    assert [*keeping.what_a_desk_heard_is_there(scene)] == [
        "the online change one was answered NOT_FOUND and is nowhere"
    ]
    evidence.log = {"one": split}
    evidence.outcomes["one"] = [outcome(1, split, "NOT_FOUND")]
    assert not [*keeping.what_a_desk_heard_is_there(scene)]


def test_a_repeated_answer_is_about_what_was_kept_since_the_first() -> None:
    """Seed 525: the journal of those days was gone already when the hub went back to the older copy."""
    evidence, witness = Evidence(), Witness()
    scene = Scene(evidence, witness, [])
    raw, said = {"id": "one", "kind": "ticket.edit"}, SimpleNamespace(outcome=SimpleNamespace(code="APPLIED"))
    witness.submitted(raw, cast(Any, said), 5)
    witness.put_back(6, {}, set(), bare=True)
    witness.submitted(raw, cast(Any, said), 8)
    assert [*keeping.what_a_desk_heard_is_there(scene)] != []
    witness.put_back(2, {}, set(), bare=False)
    assert not [*keeping.what_a_desk_heard_is_there(scene)]
    witness.submitted(raw, cast(Any, said), 9)
    assert [*keeping.what_a_desk_heard_is_there(scene)] != []


def test_who_closes_and_is_ruled_against_for_the_rating_has_closed() -> None:
    """Seed 437."""
    evidence = Evidence()
    close = change("close", "ticket.close", 1, data={"rating": 1})
    evidence.log = {"close": close}
    evidence.things["ticket"] = {"T": SimpleNamespace(state="CLOSED")}
    evidence.outcomes["close"] = [outcome(1, close, "HELD"), outcome(2, close, "RULED_AGAINST")]
    scene = Scene(evidence, Witness(), [])
    evidence.things["conflict"] = {}
    assert [*grounds.every_state_has_its_step(scene)] == [
        "ticket T is CLOSED, and no ticket.close of it stands"
    ]
    evidence.things["conflict"] = {"K": SimpleNamespace(entity="T", field="rating", ruling="R")}
    assert not [*grounds.every_state_has_its_step(scene)]


def test_what_a_copy_sends_is_not_what_the_tablet_measured() -> None:
    """Seed 412: its clock went another way, and the original met the hub only after that."""
    evidence, witness = Evidence(), Witness()
    evidence.log = {"one": change("one", "ticket.note", 1, deed=90)}
    witness.met_processes.add(("T04", 2))
    scene = Scene(evidence, witness, [])
    for cloned, wrong in ((False, 1), (True, 0)):
        record = SimpleNamespace(honest=True, cloned=cloned, at=10, process=("T04", 2))
        witness.records["one"] = cast(Any, record)
        assert len([*standing.deeds_are_when_they_were_done(scene)]) == wrong


def test_once_a_journal_was_gone_a_still_older_copy_finds_nothing_of_those_days() -> None:
    """Seed 677: what tablets had heard of their grids was in the journal that was gone."""
    witness = Witness()
    witness.put_back(2, {}, set(), bare=False)
    assert witness.lost_since() is None
    witness.put_back(8, {}, set(), bare=True)
    assert witness.lost_since() == 8
    witness.put_back(3, {}, set(), bare=False)
    assert witness.lost_since() == 3


@pytest.mark.parametrize(
    ("kind", "code", "flips"),
    [
        ("conflict.rule", "DONE_ANYWAY", False),
        ("ticket.cancel", "DONE_ANYWAY", False),
        ("ticket.claim", "SEAT_TAKEN", True),
    ],
)
def test_who_ruled_that_a_ticket_is_cancelled_hears_that_the_work_was_done(
    kind: str, code: str, flips: bool
) -> None:
    """As whoever cancelled it does (seed 3020); whose seat was confirmed hears of no other's."""
    evidence = Evidence()
    said = change("said", kind, 1)
    evidence.log = {said.id: said}
    before, after = outcome(1, said, "APPLIED"), outcome(2, said, code)
    after.kind = kind
    evidence.outcomes["said"], evidence.new_outcomes = [before, after], [after]
    found = [*lasting.what_was_told_is_told_otherwise_with_a_reason_only(Scene(evidence, Witness(), []))]
    assert bool(found) is flips
