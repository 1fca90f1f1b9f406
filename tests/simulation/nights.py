"""The nights of a run, what is looked at after each, and how everything drains when the faults have stopped."""

from typing import TYPE_CHECKING, Final

from clients.python.exchange import Report, State
from schema.values import Night, Verification
from server.backup import BackupFailed
from tests.simulation.carrier import Carrier
from tests.simulation.clocks import DAY, HOUR, MINUTE
from tests.simulation.house import Down, Job
from tests.simulation.meeting import Meeting
from tests.simulation.witness import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

ROUNDS: Final = 6
"""Within how many rounds of meetings and settlements everything must have drained."""
HOURS: Final = 30
"""How many rounds more there may be, in which a night brings only what its hour brings."""
HELD_DAYS: Final = 31


class Nights:
    """Settles, looks, and drains. `found` are the violations of the first look that found any."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.chance = world.stream("nights")
        self._backups = world.stream("when backups are made")
        self.found: list[Violation] = []
        self.settled = 0
        self.rounds = 0
        self._settling = False

    @property
    def settling(self) -> bool:
        return self._settling

    def begin(self) -> None:
        """A settlement begins; it is over when `settling` is False again."""
        if self._settling:
            return
        self._settling = True
        self._try()

    def _try(self) -> None:
        try:
            self._follow(self.world.house.start("settle", lambda hub: hub.settle()))
        except Down:
            self._again("the hub is down")

    def _follow(self, job: Job) -> None:
        if job.done:
            self._over(job)
            return

        def later() -> None:
            self.world.house.go_on(job)
            self._follow(job)

        # Whoever is at a desk now does something before the night goes on.
        late = self.chance.randint(2, 15 * MINUTE)
        for desk in self.world.desks:
            self.world.after(self.chance.randint(1, late), desk.act)
        self.world.after(late, later)

    def _over(self, job: Job) -> None:
        try:
            night: Night = job.result()
        except Down:
            self._again("the hub died")
            return
        except Exception as error:
            self.world.witness.failed("settle", error)
            self._again(type(error).__name__)
            return
        self._settling = False
        self.settled += night.number is not None
        digest = "" if night.settled is None else night.settled.digest
        self.world.trace.say("hub", f"settles {night.number}: {digest}")
        self.look(end=False)
        self._prune()
        if self.world.house.backups is not None and self._backups.random() < 0.7:
            self._back_up()

    def _again(self, reason: str) -> None:
        """One bad night never blocks the morning."""
        self.world.trace.say("hub", f"does not settle: {reason}")
        if self.world.witness.violations:
            self.look(end=False)
        self.world.after(self.chance.randint(1, 60) * MINUTE, self._try)

    def _prune(self) -> None:
        try:
            self.world.house.do("prune", lambda hub: hub.prune())
        except Down:
            return
        except Exception as error:
            self.world.witness.failed("prune", error)

    def _back_up(self) -> None:
        try:
            made = self.world.house.back_up()
        except (Down, BackupFailed) as failure:
            self.world.trace.say("hub", f"is not backed up: {type(failure).__name__}")
        except Exception as error:
            self.world.witness.failed("back up", error)
        else:
            self.world.trace.say("hub", f"is backed up to rev {made.rev}")

    def look(self, *, end: bool) -> None:
        """Look at everything; the first look that finds something ends the run."""
        if not self.found:
            self.found = self.world.check(end=end)

    def verify(self) -> None:
        """What the tables hold is what the log adds up to."""
        try:
            said: Verification = self.world.house.do("verify", lambda hub: hub.verify())
        except Down:
            return
        if not said.ok:
            self.found += [Violation("replay", difference) for difference in said.differences[:5]]

    # In the end

    def drain(self) -> None:
        """The faults stop: everybody meets, the hub settles, until there is nothing more to say."""
        world = self.world
        world.faults.calm = True
        world.network.flush()
        world.run_until(world.time.now + 2 * DAY)
        self._until_quiet()
        if world.look("SELECT 1 FROM change WHERE held IS NOT NULL LIMIT 1"):
            # What still waits for a thing that never comes goes to a person after a month.
            world.time.go_on(world.time.now + HELD_DAYS * DAY)
            self._until_quiet()
        if not self.found:
            self.look(end=True)
        if not self.found:
            self.verify()

    def _until_quiet(self) -> None:
        reports: list[Report | None] = []
        busy = 0
        for _ in range(ROUNDS + HOURS):
            if self.found:
                return
            self.rounds += 1
            before, decided = self.settled, self._decided()
            reports = self._everybody_meets()
            self.world.time.go_on(self.world.time.now + HOUR)
            self.begin()
            self.world.run_while(lambda: self._settling and not self.found)
            states = {report.state for report in reports if report is not None}
            if states <= {State.SYNCED, State.REVOKED} and None not in reports and self.settled == before:
                return
            # A night that only brings what its hour brings (a deadline, a due time) is no sign of work left.
            busy += self.settled == before or self._decided() != decided
            if busy == ROUNDS:
                break
        if not self.found:
            said = sorted(f"{report.state} {report.reason}" for report in reports if report is not None)
            self.found.append(Violation("drained", f"after {ROUNDS} rounds: {said[:3]}"))

    def _decided(self) -> int:
        """How many changes have been settled."""
        (row,) = self.world.look("SELECT count(*) AS number FROM change WHERE settlement IS NOT NULL")
        return int(row.number)

    def _everybody_meets(self) -> list[Report | None]:
        world = self.world
        for desk in world.desks:
            while desk.waits:
                desk.ask_again()
        carriers = [carrier for carrier in world.carriers if not carrier.retired]
        self.chance.shuffle(carriers)
        return [self._meet(carrier) for carrier in carriers]

    def _meet(self, carrier: Carrier) -> Report | None:
        world = self.world
        carrier.protocol = None
        if carrier.meeting is not None:
            carrier.off()
        if carrier.device is None or carrier.outcast:
            grids = world.district.grids["LY"][:1]
            world.enrol(carrier, sorted(carrier.scope) or grids)
        meeting = Meeting(world, carrier)
        world.run_while(lambda: not meeting.over)
        return meeting.report
