"""The road itself: what it holds back arrives in the end, even while somebody waits for it."""

from contextlib import closing
from pathlib import Path

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
