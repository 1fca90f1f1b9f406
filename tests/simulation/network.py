"""The road between a tablet and the hub: each question and each answer is carried, lost, cut, doubled or late.

A tablet that hears nothing for a minute gives up; what it sent may still arrive.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from clients.python.failures import Refused, Unreachable
from clients.python.operations import Call
from server.store import Hub
from tests.simulation.carrier import Carrier
from tests.simulation.clocks import HOUR, MINUTE
from tests.simulation.doors import Door
from tests.simulation.house import Down, Job

if TYPE_CHECKING:
    from tests.simulation.world import World

TIMEOUT: Final = MINUTE
Hear = Callable[[Any], None]
"""Given an answer's data, or the exception that stands for it."""


class Question:
    """One call of a tablet's, until it has an answer or the tablet has given up."""

    def __init__(self, carrier: Carrier, call: Call, hear: Hear) -> None:
        self.carrier = carrier
        self.call = call
        self._hear = hear
        self.open = True

    def answer(self, answer: Any) -> None:
        if self.open:
            self.open = False
            self._hear(answer)


class Network:
    """Carries calls between the world's tablets and its hub."""

    def __init__(self, world: "World", door: Door) -> None:
        self._world = world
        self._door = door
        self._chance = world.stream("network")
        self._held_back: dict[str, list[Question]] = {}

    def carry(self, carrier: Carrier, call: Call, hear: Hear) -> None:
        """Send a question on its way; `hear` is called later, exactly once."""
        world, faults = self._world, self._world.faults
        question = Question(carrier, _spoken(carrier, call), hear)
        world.after(TIMEOUT, lambda: question.answer(Unreachable("no answer in time")))
        delay = self._chance.randint(20, 3_000)
        if faults.comes("lost_request"):
            return
        if faults.comes("delayed"):
            delay = int(self._chance.uniform(1, 12 * 60) * MINUTE)
        elif faults.comes("reordered"):
            self._held_back.setdefault(carrier.name, []).append(question)
            return
        if faults.comes("doubled"):
            again = self._chance.randint(20, 2 * HOUR)
            world.after(again, lambda: self._arrive(question, cut=False))
        world.after(delay, lambda: self._arrive(question, cut=faults.comes("cut_request")))
        for late in self._held_back.pop(carrier.name, []):
            world.after(delay + self._chance.randint(1, 5_000), partial(self._arrive, late, cut=False))

    def flush(self) -> None:
        """What was held back and never followed arrives in the end."""
        while self._held_back:
            _, questions = self._held_back.popitem()
            for question in questions:
                self._arrive(question, cut=False)

    def call_at_once(self, carrier: Carrier, call: Call) -> Any:
        """A question whose asker waits for nothing else; lost in the same ways, never late."""
        faults, heard = self._world.faults, list[Any]()
        if faults.comes("lost_request"):
            raise Unreachable("lost")
        question = Question(carrier, call, heard.append)
        job = self._begin(question, cut=False, patient=False)
        if job is not None:
            self._finished(question, job)
        answer = heard[0] if heard else Unreachable("no answer")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _arrive(self, question: Question, cut: bool) -> None:
        job = self._begin(question, cut, patient=True)
        if job is not None:
            self._follow(question, job)

    def _begin(self, question: Question, cut: bool, patient: bool) -> Job | None:
        call = question.call

        async def work(hub: Hub) -> Any:
            return await self._door.ask(hub, call.operation, call.variables, call.token, cut)

        self._world.trace.say(question.carrier.name, f"asks {call.operation}{' half' * cut}")
        try:
            return self._world.house.start(call.operation, work, patient)
        except Down:
            question.answer(Unreachable("the hub is down"))
            return None

    def _follow(self, question: Question, job: Job) -> None:
        """Let a job go on, now and again, until it is done; then its answer goes back."""
        if job.done:
            self._finished(question, job)
            return

        def later() -> None:
            self._world.house.go_on(job)
            self._follow(question, job)

        self._world.after(self._chance.randint(1, 90_000), later)

    def _finished(self, question: Question, job: Job) -> None:
        world, faults = self._world, self._world.faults
        answer = self._outcome(question, job)
        said = f"hears {question.call.operation}: {_shown(answer)}"
        if not isinstance(answer, Exception):
            world.witness.answered(question.carrier, question.call, answer)
            if faults.comes("lost_answer"):
                world.trace.say(question.carrier.name, f"never {said}")
                return
            if faults.comes("cut_answer"):
                answer = Unreachable("half an answer")
        world.trace.say(question.carrier.name, said)
        question.answer(answer)

    def _outcome(self, question: Question, job: Job) -> Any:
        try:
            return job.result()
        except Down:
            return Unreachable("the hub died")
        except Refused as refused:
            if refused.code in {"INTERNAL", "RETRY"}:
                self._world.witness.failed(question.call.operation, refused)
            return refused
        except Unreachable as failure:
            return failure
        except Exception as error:  # what it is, the witness judges
            self._world.witness.failed(question.call.operation, error)
            return Unreachable(f"the hub failed: {type(error).__name__}")


def _spoken(carrier: Carrier, call: Call) -> Call:
    """What really goes out: an app of another version, changes that nobody should send."""
    if call.operation == "pull":
        return Call(call.operation, {**call.variables, "limit": carrier.page}, call.token)
    if call.operation != "push":
        return call
    upload = dict(call.variables["upload"])
    if carrier.protocol is not None:
        upload["protocol"] = carrier.protocol
    if carrier.smuggled:
        upload["changes"] = [carrier.smuggled.get(change["id"], change) for change in upload["changes"]]
    return Call(call.operation, {"upload": upload}, call.token)


def _shown(answer: Any) -> str:
    """An answer in a few words for the trace: enough that two runs differ when their answers do."""
    if isinstance(answer, Exception):
        return f"{type(answer).__name__} {answer}"
    if isinstance(answer, dict) and "checkpoint" in answer:
        last = answer["documents"][-1]["rev"] if answer["documents"] else 0
        return (
            f"{len(answer['documents'])} documents to {last}, more {answer['more']}, reset {answer['reset']}"
        )
    if isinstance(answer, dict) and "receivedThrough" in answer:
        return f"received {answer['receivedThrough']}, settled {answer['settledThrough']}"
    return answer["device"] if isinstance(answer, dict) else str(answer)
