"""All orders and all cuts of uploads: which changes fall into which upload, and which upload comes first."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import TypeVar

from msgspec import Struct

from sync.settle import settle, wanted
from sync.state import Accepted, Settled, State
from tests.sync.hub import Hub, Line, Tablet
from tests.sync.world import when

T = TypeVar("T")
ARRIVAL = when("20:00")
"""After everything was done, so that no deed is bounded by it."""


def cuts(items: Sequence[T]) -> Iterator[list[Sequence[T]]]:
    """Every way to cut a sequence into consecutive parts."""
    if not items:
        yield []
        return
    for size in range(1, len(items) + 1):
        for rest in cuts(items[size:]):
            yield [items[:size], *rest]


def orders(parts: Mapping[str, Sequence[Sequence[T]]]) -> Iterator[tuple[tuple[str, Sequence[T]], ...]]:
    """Every order of the parts in which those of one device stay in theirs."""
    names = [name for name, own in parts.items() for _ in own]
    for order in sorted(set(permutations(names))):
        left = {name: iter(own) for name, own in parts.items()}
        yield tuple((name, next(left[name])) for name in order)


def arrangements(sources: Mapping[str, Sequence[T]]) -> Iterator[tuple[tuple[str, Sequence[T]], ...]]:
    """Every cut of what each device did, in every order."""
    names = list(sources)
    for chosen in product(*(cuts(sources[name]) for name in names)):
        yield from orders(dict(zip(names, chosen, strict=True)))


class Bench(Struct):
    """A hub at rest, what its tablets recorded since, and what its desk queued."""

    hub: Hub
    tablets: dict[str, Tablet]
    desk: list[Accepted]

    def sources(self) -> dict[str, list[int]]:
        """Every device with the seqs of its changes; the desk's are counted in their own list."""
        found = {
            name: [*range(1, len(tablet.changes) + 1)]
            for name, tablet in self.tablets.items()
            if tablet.changes
        }
        return {**found, **({"desk": [*range(len(self.desk))]} if self.desk else {})}

    def upload(self, arrangement: Sequence[tuple[str, Sequence[int]]]) -> list[Accepted]:
        """The inbox after these uploads came in this order."""
        hub = self.hub
        before = {name: (line.received_through, line.last_deed) for name, line in hub.lines.items()}
        hub.inbox, digests = [], dict(hub.digests)
        for number, (device, seqs) in enumerate(arrangement):
            if device == "desk":
                hub.inbox += [self.desk[index] for index in seqs]
            else:
                upload = self.tablets[device].upload(seqs[0], seqs[-1])
                hub.receive(device, upload, ARRIVAL + number)
        inbox, hub.inbox, hub.digests = hub.inbox, [], digests
        for name, (received_through, last_deed) in before.items():
            line: Line = hub.lines[name]
            line.received_through, line.last_deed = received_through, last_deed
        return inbox

    def is_the_same_in_all_orders(self) -> int:
        """Assert it, and say how many arrangements there were. What was gathered for one must do for all."""
        tried = 0
        first: Settled | None = None
        state = State()
        for arrangement in arrangements(self.sources()):
            batch = self.upload(arrangement)
            if first is None:
                state = self.hub.memory.gathered(batch)
            assert not wanted(batch, state)
            settled = settle(state, batch, when("23:00"), self.hub.memory.digest)
            first = first or settled
            assert settled.digest == first.digest, arrangement
            assert (settled.written, settled.entries) == (first.written, first.entries), arrangement
            assert (settled.outcomes, settled.erased) == (first.outcomes, first.erased), arrangement
            tried += 1
        return tried
