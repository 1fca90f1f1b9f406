"""A liaison's hand on a tablet: what is on the screen, who and what it is about, and recording it."""

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING, Any

from clients.python.failures import Erased, NotKept, NotRecorded
from clients.python.tablet import Tablet
from tests.simulation.carrier import Carrier, pick
from tests.simulation.house import Killed
from tests.simulation.witness import Record

if TYPE_CHECKING:
    from tests.simulation.world import World


class Nothing(Exception):
    """There is nothing on this screen that such a deed could be about."""


class Stopped(Exception):
    """The tablet died, or had no room left, in the middle of a deed."""


class Hand:
    """Does one deed on one tablet. Things that it makes are on its screen at once."""

    def __init__(self, world: "World", carrier: Carrier) -> None:
        self.world = world
        self.carrier = carrier
        self.screen = carrier.screen

    @property
    def chance(self) -> Random:
        return self.carrier.chance

    @property
    def tablet(self) -> Tablet:
        return self.carrier.tablet

    def now(self) -> int:
        """What the tablet's wall clock says."""
        return self.carrier.clock.wall_ms()

    # Who and what

    def grid(self) -> str:
        """One of the grids that it carries; the first far more often."""
        grids = sorted(self.carrier.scope)
        if not grids:
            raise Nothing
        return self.chance.choice([grids[0], grids[0], *grids])

    def ticket(self, *states: str) -> str:
        """A ticket, the newest ones first, in one of these states as far as the screen says."""
        found = [
            ticket for ticket, body in self.screen.tickets.items() if not states or body["state"] in states
        ]
        if not found:
            raise Nothing
        return pick(self.chance, found)

    def heard_of(self) -> str:
        """A ticket that somebody else told of: perhaps not on this screen, perhaps not at the hub."""
        heard = self.world.rumours.get(self.grid(), [])
        if not heard:
            raise Nothing
        return self.chance.choice(heard[-6:])

    def member(self, ticket: str | None = None) -> str:
        """Somebody who serves here; often one who has the ticket, sometimes an alias."""
        if ticket is not None and self.chance.random() < 0.5:
            takers = self.screen.tickets.get(ticket, {}).get("takers") or []
            if takers:
                return str(self.chance.choice(takers)["member"])
        scope = self.carrier.scope if self.likely(0.9) else {*self.world.grids, None}
        near = [member for member, body in self.screen.members.items() if body["grid"] in scope]
        if not near:
            raise Nothing
        return pick(self.chance, near, 0.2)

    def service(self) -> str:
        found = [service for service, body in self.screen.services.items() if body["state"] != "VOID"]
        if not found:
            raise Nothing
        return pick(self.chance, found)

    def among(self, words: Iterable[str]) -> str:
        return self.chance.choice([*words])

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    # Recording

    def record(
        self,
        kind: str,
        entity: str | None,
        data: dict[str, Any],
        private: dict[str, Any] | None = None,
        saw: int | None = None,
        honest: bool = True,
    ) -> Record:
        """Keep a change, as the app does; raises Stopped."""
        carrier, scope = self.carrier, self.carrier.scope
        by = self.among(self.screen.members) if self.screen.members and self.likely(0.3) else None
        try:
            kept = carrier.attempt(lambda: self.tablet.record(kind, entity, data, private, by, saw))
        except Killed:
            self.world.trace.say(carrier.name, f"dies over {kind}")
            raise Stopped from None
        except (NotKept, Erased) as error:
            self.world.trace.say(carrier.name, f"cannot keep {kind}: {type(error).__name__}")
            raise Stopped from None
        except NotRecorded as refusal:
            self.world.witness.violated("kept", f"{carrier.name} cannot record {kind}: {refusal}")
            raise Stopped from None
        record = Record(
            change=kept.id,
            carrier=carrier.name,
            process=(carrier.name, carrier.processes),
            device=carrier.device,
            seq=kept.seq,
            kind=kind,
            entity=kept.entity,
            at=self.world.time.now,
            scope=scope,
            honest=honest,
            cloned=carrier.cloned,
        )
        self.world.witness.recorded(record)
        self.world.trace.say(carrier.name, f"records {kept.seq} {kind} {kept.id}")
        return record

    def show(self, collection: str, thing_id: str) -> None:
        """Look at a thing again, as a screen does after a deed."""
        view = self.tablet.view(collection, thing_id)
        held = {
            "ticket": self.screen.tickets,
            "member": self.screen.members,
            "service": self.screen.services,
        }[collection]
        if view is not None:
            held[thing_id] = view.body


Deed = Callable[[Hand], None]
