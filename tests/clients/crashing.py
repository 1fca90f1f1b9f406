"""A tablet in a process of its own, to be killed: records and says what it was told is kept.

Usage: crashing.py FILE LIFE [KILL]. Prints the id and seq of each change after `record` returned.
With KILL it sends itself SIGKILL at the so-many-th step; without, it records until it is killed.
"""

import itertools
import os
import signal
import sys
from pathlib import Path

from tests.clients.kit import CountingIds, HandClock, named, tablet_at


def main(path: str, life: str, kill: int) -> None:
    told = itertools.count(1)

    def step(name: str) -> None:
        if next(told) == kill:
            os.kill(os.getpid(), signal.SIGKILL)

    clock = HandClock()
    with tablet_at(Path(path), clock, ids=CountingIds(f"life {life}"), step=step) as tablet:
        for number in itertools.count(1):
            clock.go_on(1_000)
            clock.set_wall(-5_000 if number % 7 == 0 else 0)
            recorded = tablet.note(named("ticket"), f"第{number}条" * 20)
            print(recorded.id, recorded.seq, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
