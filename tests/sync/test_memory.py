"""The hub in memory: it answers what is wanted, takes up what was settled, and can be built again from the batches."""

from sync.memory import Memory
from sync.state import Day, State, Wanted
from sync.things import DATED, PENDING
from tests.sync.hub import Hub
from tests.sync.invariants import replayed
from tests.sync.test_documents import village
from tests.sync.test_seats import ticket
from tests.sync.world import DAY, G1, M1, M2, OFFSET, U1, S, T, ident, when


def test_what_is_absent_is_remembered_as_absent() -> None:
    state = State()
    day = Day(M1, 20_000)
    missing = Wanted(
        things={"ticket": {T}},
        identities={(U1, "1")},
        aliases={M1},
        days={day},
        held={T},
        changes={T},
        outcomes={T},
        conflicts={T},
        point_rules=True,
    )
    Memory().gather(missing, state)
    assert state.things == {
        "ticket": {T: None},
        "member": {},
        "service": {},
        "rating": {},
        "attendance": {},
        "conflict": {},
        "pointRule": {},
        "pointExpiry": {},
    }
    assert (state.identities, state.aliases) == ({(U1, "1"): None}, {M1: []})
    assert (state.dated, state.entries) == ({(collection, day): [] for collection in DATED}, {day: []})
    assert (state.held, state.changes, state.outcomes) == ({T: []}, {T: None}, {T: None})
    assert (state.conflicts, state.point_rules) == ({T}, True)


def test_an_identity_is_the_roots_whichever_of_its_members_has_it() -> None:
    hub, _, _ = ticket()
    hub.desk("member.merge", M2, "08:00", into=M1)
    state = State()
    hub.memory.gather(Wanted(identities={(U1, "002"), (U1, "001"), (U1, "999")}), state)
    assert state.identities == {(U1, "001"): M1, (U1, "002"): M1, (U1, "999"): None}


def test_an_identity_that_was_corrected_is_free() -> None:
    hub, _, _ = ticket()
    hub.desk("member.edit", M1, "08:00", number="077")
    state = State()
    hub.memory.gather(Wanted(identities={(U1, "001"), (U1, "077")}), state)
    assert state.identities == {(U1, "001"): None, (U1, "077"): M1}


def test_a_days_services_ratings_and_entries_come_together() -> None:
    memory = village().memory
    day = Day(M1, (when("09:00") + OFFSET) // DAY)
    state = State()
    memory.gather(Wanted(days={day}), state)
    assert state.dated["service", day] == [S]
    assert len(state.dated["rating", day]) == 1
    assert sorted(entry.points for entry in state.entries[day]) == [2, 3]
    assert set(state.things["service"]) == {S}


def test_what_was_settled_has_its_real_revs() -> None:
    hub = village()
    for things in hub.memory.things.values():
        for thing in things.values():
            assert 0 < thing.rev <= hub.memory.rev
            assert str(PENDING) not in repr(thing)


def test_the_same_batches_build_the_same_hub() -> None:
    hub = village()
    hub.desk("member.merge", M2, "1/08:00", into=M1)
    again = replayed(hub)
    assert (again.digest, again.things, again.entries) == (
        hub.memory.digest,
        hub.memory.things,
        hub.memory.entries,
    )
    assert again.documents == hub.memory.documents


def test_held_changes_are_overdue_after_their_time() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    change = a.does("ticket.note", T, "09:00", private={"text": "rang"})
    a.push("18:00")
    hub.night()
    assert hub.memory.overdue(when("22:59")) == []
    (held,) = hub.memory.overdue(when("23:00"))
    assert (held.change.id, held.held_since, held.waits) == (change, when("23:00"), T)
    assert ident("x") not in hub.memory.held
