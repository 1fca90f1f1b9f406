"""A day in the world: when people work, meet the hub and sleep, and what befalls their tablets."""

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from server.files import moment_of
from server.restore import Restored
from server.store import Hub
from sync.wire import OLDEST_PROTOCOL, PROTOCOL
from tests.simulation import stick
from tests.simulation.carrier import Carrier
from tests.simulation.chance import some
from tests.simulation.clocks import DAY, HOUR, MINUTE, SECOND, YEAR
from tests.simulation.deeds import do_something
from tests.simulation.hand import Hand
from tests.simulation.house import Down, Killed
from tests.simulation.meeting import Meeting

if TYPE_CHECKING:
    from tests.simulation.world import World

OPENS: Final = 7 * HOUR
CLOSES: Final = 20 * HOUR
OLDER: Final = 0.3
"""How often it is not the newest backup that takes the hub's place."""
DESK_DEEDS: Final = 0.08
"""What the desks do, for each deed on a tablet."""


class Days:
    """Plans each day, by the seed, for every tablet and desk that there is when it begins."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.chance = world.stream("days")
        self.putting_back = world.stream("putting back")
        self.twins = 0
        """How many more tablets there came to be: copies, and those in the place of stolen ones."""

    def plan(self, midnight: int) -> None:
        world = self.world
        for carrier in [carrier for carrier in world.carriers if not carrier.retired]:
            self._plan_tablet(carrier, midnight)
        for fault in PUT_BACK:
            if world.house.backups is not None and world.faults.strikes(fault):
                self._at(self.putting_back, midnight, lambda fault=fault: self.put_back(fault))
        deeds = world.options.deeds * world.options.tablets * DESK_DEEDS
        for desk in world.desks:
            for _ in range(some(desk.chance, deeds / len(world.desks))):
                world.at(midnight + desk.chance.randint(8 * HOUR, 18 * HOUR), desk.act)

    def _plan_tablet(self, carrier: Carrier, midnight: int) -> None:
        chance = carrier.chance
        for _ in range(some(chance, self.world.options.deeds * 0.75)):
            self._at(chance, midnight, lambda: self._deed(carrier))
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            self._at(chance, midnight, lambda: self.meet(carrier))
        if chance.random() < 0.3:
            around_the_night = midnight + DAY + chance.randint(-30, 30) * MINUTE
            self.world.at(around_the_night, lambda: self.meet(carrier))
        if chance.random() < 0.4:
            self._at(chance, midnight, lambda: self.restart(carrier))
        for fault in BEFALLS:
            if self.world.faults.strikes(fault):
                self._at(chance, midnight, lambda fault=fault: self.befall(carrier, fault))

    def _at(self, chance: Random, midnight: int, what: Any) -> None:
        self.world.at(midnight + chance.randint(OPENS, CLOSES), what)

    # What people do

    def _deed(self, carrier: Carrier) -> None:
        if carrier.retired or not carrier.scope:
            return
        do_something(Hand(self.world, carrier))

    def meet(self, carrier: Carrier) -> None:
        """Meet the hub, unless it is away, or meeting already; sometimes by a stick."""
        if carrier.retired or carrier.meeting is not None or self.world.time.now < carrier.away_until:
            return
        if self.world.faults.comes("clock_set"):
            carrier.clock.set(carrier.chance.randint(-2 * SECOND, 2 * SECOND))
        if carrier.device is None or carrier.outcast:
            self.world.enrol(carrier, sorted(carrier.scope) or self.some_grids(carrier.chance))
        elif carrier.chance.random() < 0.05 and not carrier.smuggled:
            stick.carry(self.world, carrier)
        else:
            Meeting(self.world, carrier)

    def some_grids(self, chance: Random) -> list[str]:
        """One grid, or two; mostly of the street community."""
        place = self.world.district
        community = "CG" if chance.random() < 0.2 else "LY"
        grids = place.grids[community]
        return sorted(chance.sample(grids, min(len(grids), chance.choice((1, 1, 1, 2)))))

    def restart(self, carrier: Carrier) -> None:
        """Switched off and on, and now and then everything that its monotonic clock knew is gone."""
        if not carrier.retired:
            self.world.trace.say(carrier.name, "is switched off and on")
            carrier.restart(reboot=carrier.chance.random() < 0.5)

    # What befalls them

    def befall(self, carrier: Carrier, fault: str) -> None:
        """One of BEFALLS comes to a tablet now."""
        if carrier.retired:
            return
        self.world.trace.say(carrier.name, f"befalls {fault}")
        try:
            came = BEFALLS[fault](self, carrier)
        except (Down, Killed):
            return
        if came:
            self.world.faults.came(fault)

    def away(self, carrier: Carrier) -> bool:
        carrier.away_until = self.world.time.now + carrier.chance.randint(1, 20) * DAY
        return True

    def reassign(self, carrier: Carrier) -> bool:
        device = carrier.device
        if device is None:
            return False
        grids = self.some_grids(carrier.chance)

        async def work(hub: Hub) -> Any:
            return await hub.assign(device, grids)

        try:
            self.world.house.do("assign", work)
        except Down:
            raise
        except Exception as error:
            self.world.witness.failed("assign", error)
        return True

    def enrol_again(self, carrier: Carrier) -> bool:
        """Anew, for the same grids, with its outbox kept."""
        if carrier.meeting is not None or not carrier.scope:
            return False
        return self.world.enrol(carrier, sorted(carrier.scope))

    def revoke(self, carrier: Carrier) -> bool:
        """It was stolen; another one takes its place."""
        device, grids = carrier.device, sorted(carrier.scope)
        if device is None or not grids:
            return False
        try:
            if self.world.house.do("revoke", lambda hub: hub.revoke(device)):
                self.world.witness.revoked.add(device)
        except Down:
            raise
        except Exception as error:
            self.world.witness.failed("revoke", error)
        self.twins += 1
        following = self.world.new_carrier(f"{carrier.name}n{self.twins}")
        self.world.enrol(following, grids)
        return True

    def clone(self, carrier: Carrier) -> bool:
        if carrier.device is None:
            return False
        self.twins += 1
        carrier.clone(self.world.new_carrier(f"{carrier.name}c{self.twins}"))
        return True

    def fast(self, carrier: Carrier) -> bool:
        return self._set_clock(carrier, carrier.chance.randint(HOUR, 10 * DAY))

    def slow(self, carrier: Carrier) -> bool:
        return self._set_clock(carrier, -carrier.chance.randint(HOUR, 10 * DAY))

    def years(self, carrier: Carrier) -> bool:
        return self._set_clock(carrier, carrier.chance.choice((-40, -3, -1, 1, 3, 30)) * YEAR)

    def jump(self, carrier: Carrier) -> bool:
        far = int(10 ** carrier.chance.uniform(3, 8.5))
        carrier.clock.jump(carrier.chance.choice((-far, far)))
        return True

    def _set_clock(self, carrier: Carrier, wrong_by: int) -> bool:
        """While it is off, so that nobody notices; or before everybody's eyes."""
        if carrier.chance.random() < 0.5:
            carrier.restart(reboot=True)
        carrier.clock.set(wrong_by)
        return True

    def old_protocol(self, carrier: Carrier) -> bool:
        """One that the hub still takes, or one that it takes no more."""
        return self._speak(carrier, (PROTOCOL - 1, OLDEST_PROTOCOL - 1))

    def new_protocol(self, carrier: Carrier) -> bool:
        return self._speak(carrier, (PROTOCOL + 1,))

    def _speak(self, carrier: Carrier, protocols: tuple[int, ...]) -> bool:
        """Another version of the app for a day or two."""

        def updated() -> None:
            carrier.protocol = None

        for_long = carrier.chance.randint(2 * HOUR, 2 * DAY)
        carrier.protocol = protocols[for_long % len(protocols)]
        self.world.after(for_long, updated)
        return True

    # What befalls the hub

    def put_back(self, fault: str) -> None:
        """A backup takes its place, mostly the newest: with the journal beside it or without, by command or by hand."""
        world, house = self.world, self.world.house
        backups = house.proved_backups()
        if not backups or (fault == "copied_back" and house.hub.database.path is None):
            return
        backup, newest = backups[-1], backups[-1]
        if len(backups) > 1 and self.putting_back.random() < OLDER:
            backup = self.putting_back.choice(backups[:-1])
        until, bare = moment_of(backup), fault == "restored_bare"
        world.trace.say("hub", f"befalls {fault} to {backup.name}")
        world.faults.came(fault)
        if fault == "copied_back":
            house.copy_back(backup)
        else:
            for journal in backup.parent.glob("*.journal") if bare else ():
                journal.unlink()
            for difference in self._restored(backup).differences:
                world.witness.violated("a restore", difference)
        world.put_back(until, newest, bare=bare)

    def _restored(self, backup: Path) -> Restored:
        """As often as it takes: a machine that died over it is switched on again."""
        while True:
            try:
                return self.world.house.restore(backup)
            except Down:
                self.world.trace.say("hub", "dies while it is restored")


PUT_BACK: Final = ("restored", "restored_bare", "copied_back")
BEFALLS: Final = {
    "away": Days.away,
    "reassigned": Days.reassign,
    "enrolled_again": Days.enrol_again,
    "revoked": Days.revoke,
    "cloned": Days.clone,
    "clock_fast": Days.fast,
    "clock_slow": Days.slow,
    "clock_jump": Days.jump,
    "clock_years": Days.years,
    "old_protocol": Days.old_protocol,
    "new_protocol": Days.new_protocol,
}
