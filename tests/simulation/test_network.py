"""The road itself: what it holds back arrives in the end, even while somebody waits for it."""

from contextlib import closing
from pathlib import Path

from tests.simulation.doors import AppDoor
from tests.simulation.meeting import Meeting
from tests.simulation.options import Options
from tests.simulation.threads import without_threads
from tests.simulation.world import World


def test_a_question_held_back_to_the_end_arrives_while_its_tablet_waits_for_it(tmp_path: Path) -> None:
    with without_threads(), closing(World(Options(tablets=1, faults=()), tmp_path)) as world:
        carrier = world.new_carrier("T01")
        assert world.enrol(carrier, world.grids[:1])
        world.faults.calm = False
        world.faults.armed.add("reordered")
        meeting = Meeting(world, carrier)
        assert not meeting.over
        world.faults.calm = True
        world.network.flush()
        world.run_while(lambda: not meeting.over)
    assert meeting.report is not None
    assert meeting.report.state == "SYNCED"


def test_the_copy_of_a_tablet_that_waits_for_pages_waits_for_them_too(tmp_path: Path) -> None:
    """What it holds is of its old scope and of its new one, as the tablet's own (seed 920023)."""
    with without_threads(), closing(World(Options(tablets=1, faults=()), tmp_path)) as world:
        carrier, twin = world.new_carrier("T01"), world.new_carrier("T01c1")
        assert world.enrol(carrier, world.grids[:1])
        carrier.unfinished = True
        carrier.clone(twin)
        assert twin.unfinished


def test_the_door_of_another_process_knows_nothing_of_the_one_before(tmp_path: Path) -> None:
    """What it remembers of answers was asked of a hub that is closed (seed 84)."""
    with without_threads(), closing(World(Options(tablets=1, faults=()), tmp_path)) as world:
        door = AppDoor()
        before = door._endpoint(world.house.hub)
        world.house._end()
        world.house._begin_again()
        after = door._endpoint(world.house.hub)
        assert before.door is not after.door
        assert after.door.hub is world.house.hub
