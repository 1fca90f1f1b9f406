"""THE TABLE of faults: what can go wrong, how often it does, and a count of each time that it did.

`rate` is the chance at each opportunity, before the run's weather: every run draws for each fault
whether it comes often, seldom or never, because faults that always come together hide each other.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from tests.simulation.chance import stream


class Fault(NamedTuple):
    """`when` says what the opportunity is."""

    name: str
    rate: float
    when: str


FAULTS: Final[dict[str, Fault]] = {
    fault.name: fault
    for fault in (
        # The network
        Fault("lost_request", 0.02, "a request: it never arrives"),
        Fault("cut_request", 0.01, "a request: half of its bytes arrive"),
        Fault("doubled", 0.02, "a request: it arrives twice"),
        Fault("delayed", 0.02, "a request: it arrives minutes or hours after the tablet gave up"),
        Fault("reordered", 0.02, "a request: it arrives after the tablet's next one"),
        Fault("lost_answer", 0.02, "an answer: the hub has done it, the tablet never hears"),
        Fault("cut_answer", 0.01, "an answer: half of its bytes arrive"),
        # Places and people
        Fault("away", 0.06, "a tablet's day: no network for days or weeks"),
        Fault("quiet", 0.15, "a day: nobody works for days or weeks after it"),
        Fault("reassigned", 0.08, "a tablet's day: it gets other grids"),
        Fault("enrolled_again", 0.04, "a tablet's day: it is enrolled anew, its outbox kept"),
        Fault("revoked", 0.05, "a tablet's day: it is revoked, and replaced by a new one"),
        Fault("cloned", 0.06, "a tablet's day: its file is copied, and both go on"),
        # Clocks
        Fault("clock_fast", 0.05, "a tablet's day: its wall clock is set hours or days ahead"),
        Fault("clock_slow", 0.05, "a tablet's day: its wall clock is set hours or days back"),
        Fault("clock_jump", 0.08, "a tablet's day: its wall clock jumps, one way or the other, while in use"),
        Fault("clock_years", 0.03, "a tablet's day: its wall clock is years off"),
        Fault("clock_set", 0.15, "a meeting: the wall clock is set right just before it"),
        # Machines
        Fault("kill_tablet", 0.012, "a tablet's step: its process dies before, in or after a transaction"),
        Fault("kill_hub", 0.015, "a job of the hub's: its process dies before a statement or a commit"),
        Fault("full_tablet", 0.008, "a tablet's step: its disk is full"),
        Fault("full_hub", 0.008, "a job of the hub's: its disk is full"),
        Fault("overlap", 0.12, "a transaction of the hub's: others come before it"),
        Fault("restored", 0.3, "a day of a hub that backs up: it is restored from its newest backup"),
        Fault("restored_bare", 0.1, "the same: and the journal beside the backups is gone"),
        Fault("kill_restore", 0.2, "a restore: the machine dies over it, and somebody does it again"),
        Fault("copied_back", 0.15, "the same: its file is put back to the newest backup by hand"),
        # Programs
        Fault("old_protocol", 0.03, "a tablet's day: its app is an old one, perhaps too old for the hub"),
        Fault("new_protocol", 0.03, "a tablet's day: its app is too new for the hub"),
        Fault("unreadable", 0.015, "a change: nobody can read it"),
        Fault("hostile", 0.03, "a change: readable, and not its author's to make"),
    )
}

WEATHER: Final = (0.0, 0.0, 0.5, 1.0, 1.0, 3.0)


def named(text: str) -> tuple[str, ...]:
    """The faults that `all`, `none` or `name,name` means; ValueError names the one that does not exist."""
    if text == "all":
        return tuple(FAULTS)
    names = tuple(name for name in text.split(",") if name not in {"", "none"})
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return names


class Faults:
    """The faults of one run: which may come, how often, and how often they came."""

    def __init__(self, seed: int, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._streams = {name: stream(seed, f"fault {name}") for name in FAULTS}
        self._weather = {name: self._streams[name].choice(WEATHER) for name in FAULTS}
        self.counts: Counter[str] = Counter()
        self.armed = set[str]()
        """Faults that come at their next opportunity, because somebody said so rather than the seed."""
        self.calm = False

    def strikes(self, name: str, times: float = 1) -> bool:
        """Whether this fault comes now, so many times as likely. Counted by whoever makes it happen, see `came`."""
        if name in self.armed and not self.calm:
            self.armed.discard(name)
            return True
        if self.calm or name not in self._names:
            return False
        return self._streams[name].random() < FAULTS[name].rate * self._weather[name] * times

    def weather(self, name: str) -> float:
        """How many times as likely as usual a fault is in this run."""
        return self._weather[name]

    def came(self, name: str) -> None:
        self.counts[name] += 1

    def comes(self, name: str) -> bool:
        """Whether this fault comes now; counted at once."""
        struck = self.strikes(name)
        if struck:
            self.came(name)
        return struck
