"""One meeting of a tablet with the hub: its own steps, driven one question at a time over the simulated network."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from clients.python.exchange import Report, State, Steps
from clients.python.failures import NotKept
from clients.python.operations import Call
from sync.wire import MAX_PAGE
from tests.simulation.carrier import Carrier
from tests.simulation.house import Killed

if TYPE_CHECKING:
    from tests.simulation.world import World


PAGES: Final = (6, 40, *[MAX_PAGE] * 8)
"""How many documents a tablet asks for at a time: few of them now and then, so that pages end in the middle."""


class Meeting:
    """Begins at once; `report` is None until it is over, and stays so when the tablet died over it."""

    def __init__(self, world: "World", carrier: Carrier) -> None:
        self._world = world
        self._carrier = carrier
        self.report: Report | None = None
        self.over = False
        carrier.meeting = self
        self._asked = ""
        self._last_page = False
        self._device = carrier.device
        self._recorded = carrier.last_seq()
        carrier.page = carrier.chance.choice(PAGES)
        self._steps: Steps[Report] = carrier.tablet.steps()
        self._go(lambda: next(self._steps))

    def _go(self, step: Callable[[], Call]) -> None:
        """Let the tablet take its next steps, up to its next question."""
        try:
            call = self._carrier.attempt(step)
        except StopIteration as stop:
            self._end(stop.value)
        except Killed:
            self._world.trace.say(self._carrier.name, "dies in a meeting")
            self.over = True
        except NotKept:
            self._world.trace.say(self._carrier.name, "has no room left")
            self._end(None)
        else:
            if self._asked == "now" and self._carrier.has_met():
                self._world.witness.heard_the_time(self._carrier)
            self._asked = call.operation
            self._world.network.carry(self._carrier, call, self._hear)

    def _hear(self, answer: Any) -> None:
        if self._carrier.meeting is not self:
            return
        if self._asked == "pull" and not isinstance(answer, Exception):
            self._carrier.unfinished = answer["more"]
            self._last_page = not answer["more"]
        if isinstance(answer, Exception):
            self._go(lambda: self._steps.throw(answer))
        else:
            self._go(lambda: self._steps.send(answer))

    def _end(self, report: Report | None) -> None:
        self.over = True
        self.report = report
        self._carrier.meeting = None
        said = "nothing" if report is None else f"{report.state} {report.sent} {report.received}"
        self._world.trace.say(self._carrier.name, f"ends a meeting: {said}")
        self._carrier.met()
        if report is not None and report.state is not State.REVOKED:
            recorded = self._recorded if self._carrier.device == self._device else 0
            self._world.witness.met(self._carrier, report, recorded, self._last_page)
        self._world.met(self._carrier, report)
