"""The command line as real processes on a folder of their own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx

LIANXIN = str(Path(sys.executable).with_name("lianxin"))


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "LIANXIN_DATA": str(folder), "PYTHONUNBUFFERED": "1"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LIANXIN, *arguments], env=environment(folder), capture_output=True, check=False, text=True
    )


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [LIANXIN, *arguments],
        env=environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


def line_with(stream: IO[str] | None, pattern: str) -> str:
    """The first line that matches; fails when the stream ends before."""
    assert stream is not None
    said = []
    for line in stream:
        said.append(line)
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError("".join(said))


def ask(url: str, token: str, query: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(url, json={"query": query}, headers=headers, trust_env=False, timeout=120).json()
