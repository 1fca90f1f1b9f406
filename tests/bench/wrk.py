"""Requests per second, by wrk: one document and its variables, again and again, over connections that stay open."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

FOUND: Final = shutil.which("wrk")
UNITS_MS: Final = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


class Rate(NamedTuple):
    """What wrk found. Latencies in milliseconds."""

    per_second: float
    median_ms: float
    p99_ms: float
    failed: int


def ask(
    url: str,
    asked: Mapping[str, Any],
    headers: Mapping[str, str],
    seconds: int,
    connections: int,
    *,
    by_get: bool = False,
) -> Rate:
    """POST (or GET) the same for some seconds. `failed`: answers other than 2xx and 3xx, and broken connections."""
    if FOUND is None:
        raise RuntimeError("wrk is not here; the package is called wrk")
    whole = {"Content-Type": "application/json", **headers}
    said = {name: one if isinstance(one, str) else json.dumps(one) for name, one in asked.items()}
    parameters = f"?{urlencode(said)}" if by_get else ""
    method = [] if by_get else ['wrk.method = "POST"', f"wrk.body = {_lua(json.dumps(asked))}"]
    lines = [
        *method,
        *(f"wrk.headers[{_lua(name)}] = {_lua(value)}" for name, value in whole.items()),
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines))
        script.flush()
        command = [FOUND, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
        told = subprocess.run(
            [*command, "-s", script.name, f"{url}/graphql{parameters}"],
            check=True,
            capture_output=True,
            text=True,
        )
    return read(told.stdout)


def read(told: str) -> Rate:
    """What wrk has printed."""
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", told)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    assert per_second is not None, told
    wrong = int(failed[1]) if failed else 0
    wrong += sum(map(int, broken.groups())) if broken else 0
    return Rate(float(per_second[1]), _latency(told, 50), _latency(told, 99), wrong)


def _latency(told: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)\b", told)
    assert found is not None, told
    return float(found[1]) * UNITS_MS[found[2]]


def _lua(text: str) -> str:
    return (
        '"'
        + "".join(f"\\{byte:03}" if byte < 32 or byte in b'"\\' else chr(byte) for byte in text.encode())
        + '"'
    )
