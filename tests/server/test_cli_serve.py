"""`lianxin serve` as a real process, with other commands beside it."""

import asyncio
import json
import signal
import socket
from pathlib import Path

import httpx

from server.cli_serve import listen
from tests.server.processes import ask, line_with, run, running

EXAMPLE = "server/examples/red-cell.yaml"


def test_commands_work_beside_a_running_server_on_the_same_database(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "--port", "0") as server:
        url = line_with(server.stderr, r"http://\S+/graphql")
        assert run(tmp_path, "load", EXAMPLE).returncode == 0
        token = json.loads(run(tmp_path, "token", "--role", "reader", "--json").stdout)["token"]
        answer = ask(url, token, "{ units { code } }")
        assert len(answer["data"]["units"]) == 17
        code = json.loads(run(tmp_path, "enrol", "--grid", "CG-1", "--json").stdout)["code"]
        mutation = (
            f'mutation {{ enrol(code: "{code}", name: "平板", appVersion: "1") {{ scope {{ code }} }} }}'
        )
        enrolled = httpx.post(url, json={"query": mutation}, trust_env=False, timeout=120).json()
        assert enrolled["data"]["enrol"]["scope"] == [{"code": "CG-1"}]
        assert run(tmp_path, "settle").returncode == 0
        assert run(tmp_path, "verify").returncode == 0
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=120)
    assert (server.returncode, said) == (0, "")


def test_an_address_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "Cannot listen" in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


async def test_an_answer_in_two_pieces_does_not_wait_for_an_acknowledgement() -> None:
    """Nagle's algorithm is off on every connection, which asyncio does only where a socket says it is TCP."""
    found: list[bool] = []

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken: socket.socket = writer.get_extra_info("socket")
        found.append(bool(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    with listen("127.0.0.1", 0) as door:
        door.listen()
        async with await asyncio.start_server(connected, sock=door):
            reader, writer = await asyncio.open_connection(*door.getsockname())
            await reader.read()
            writer.close()
            await writer.wait_closed()
    assert found == [True]
