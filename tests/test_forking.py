"""The process that forks serves the next one who asks, whatever became of the one before."""

import subprocess
import sys
from collections.abc import Sequence

from tests.forking import forking


def main(_: Sequence[str]) -> None:
    """What is forked here: says that it has begun, and ends when it is told to."""
    print("begun", flush=True)
    sys.stdin.read()


def test_who_was_killed_while_its_program_ran_takes_nobody_along() -> None:
    with forking(__name__) as forked:
        command = forked.command(__name__)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == b"begun\n"
            killed.kill()
        for _ in range(2):
            done = subprocess.run(command, input=b"", capture_output=True, check=False)
            assert (done.returncode, done.stdout) == (0, b"begun\n")
