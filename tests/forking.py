"""Programs that many tests run, each run a process of its own: forked from one that has imported them already.

Starting Python and importing a hub takes longer than what such a program does. `python -m tests.forking
PLACE MODULE…` imports the modules and waits; who connects hands over its standard streams, and says
which module's `main` a new child is to run. This file run by its path asks for that, and ends as the child ends.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

STREAMS = (0, 1, 2)
READY = b"ready\n"


class Forking:
    """A process that forks; `command` begins a command line as `python -m` does."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def command(self, module: str) -> list[str]:
        return [sys.executable, "-E", "-S", __file__, str(self.place), module]


@contextmanager
def forking(*modules: str) -> Iterator[Forking]:
    """A process that has imported these modules; it ends with this context, or with this process."""
    with TemporaryDirectory(prefix="lianxin-") as folder:
        place = Path(folder) / "socket"
        command = [sys.executable, "-m", "tests.forking", str(place), *modules]
        root = Path(__file__).parent.parent
        with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == READY
            yield Forking(place)
            process.communicate()


# The process that forks


def serve(place: str, modules: Sequence[str]) -> None:
    for module in modules:
        import_module(module)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        os.write(1, READY)
        while 0 not in select.select([0, listening.fileno()], [], [])[0]:
            connection, _ = listening.accept()
            with connection:
                told, streams, _, _ = socket.recv_fds(connection, 1 << 20, len(STREAMS))
                child = os.fork()
                if child == 0:
                    _become(json.loads(told), streams)
                for stream in streams:
                    os.close(stream)
                _, status = os.waitpid(child, 0)
                # Whoever asked may have been killed meanwhile; the next one asks all the same.
                with suppress(ConnectionError):
                    connection.sendall(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def _become(told: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be the program that was asked for, and end as it ends."""
    code = 1
    try:
        for number, stream in zip(STREAMS, streams, strict=True):
            os.dup2(stream, number)
        os.chdir(told["folder"])
        os.environ.clear()
        os.environ.update(told["environment"])
        sys.modules[told["module"]].main(told["arguments"])
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


# The process that asks


def ask(place: str, module: str, arguments: Sequence[str]) -> None:
    told = {
        "module": module,
        "arguments": list(arguments),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
    }
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        socket.send_fds(connection, [json.dumps(told).encode()], STREAMS)
        code = int(json.loads(connection.recv(16) or b"1"))
    if code < 0:
        os.kill(os.getpid(), -code)
        signal.pause()
    sys.exit(code)


def main() -> None:
    if __file__ == sys.argv[0] and "-m" not in sys.orig_argv:
        ask(sys.argv[1], sys.argv[2], sys.argv[3:])
    else:
        serve(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    main()
