"""A meeting without a network: a file is carried to the hub on a stick, and the answer back, some days later."""

from typing import TYPE_CHECKING

from clients.python.failures import BadFile, Erased, NotKept
from schema.values import Refused
from server.store import Hub
from tests.simulation.carrier import Carrier
from tests.simulation.clocks import DAY, HOUR
from tests.simulation.house import Down, Killed

if TYPE_CHECKING:
    from tests.simulation.world import World


def carry(world: "World", carrier: Carrier) -> None:
    """Write the file now; it is read at the hub later, perhaps twice; the answer comes back later still."""
    path = world.folder / f"{carrier.name}-{world.time.now}.lianxin"
    try:
        count = carrier.attempt(lambda: carrier.tablet.export(path))
    except (Killed, NotKept, Erased):
        world.trace.say(carrier.name, "writes no stick")
        return
    world.trace.say(carrier.name, f"writes {count} changes to a stick")
    answers: list[bytes] = []

    def arrive() -> None:
        async def work(hub: Hub) -> bytes:
            return (await hub.import_file(path)).answer

        try:
            answers.append(world.house.do("import", work))
        except Down:
            world.trace.say(carrier.name, "has a stick that is not taken")
        except Refused as refused:
            world.trace.say(carrier.name, f"has a stick that is not taken: {refused.code}")
            if refused.code == "RETRY":
                world.witness.failed("import", refused)
        except Exception as error:
            world.witness.failed("import", error)

    def come_back() -> None:
        if not answers or carrier.retired or carrier.meeting is not None:
            return
        answer = world.folder / f"{path.name}.answer"
        answer.write_bytes(carrier.chance.choice(answers))
        try:
            report = carrier.attempt(lambda: carrier.tablet.import_answer(answer))
        except (Killed, NotKept, BadFile, Erased) as failure:
            world.trace.say(carrier.name, f"cannot take the answer: {type(failure).__name__}")
            return
        carrier.unfinished = True
        carrier.met()
        world.trace.say(carrier.name, f"has an answer from a stick: {report.state} {report.received}")

    first = carrier.chance.randint(1, 3 * 24) * HOUR
    world.after(first, arrive)
    if carrier.chance.random() < 0.4:
        world.after(first + carrier.chance.randint(1, 48) * HOUR, arrive)
    world.after(first + carrier.chance.randint(0, 3) * DAY, come_back)
