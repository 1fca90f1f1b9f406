"""Reads in threads that end when nobody waits for them, whatever they are at."""

import asyncio
import sqlite3
import threading
from contextlib import suppress
from typing import Any

import anyio
import pytest
from sqlalchemy import Connection, create_engine

from server.answering import Answering, Statements

FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def test_a_statement_that_begins_just_after_one_was_broken_off_is_broken_off_as_well() -> None:
    """Whoever gives up finds no statement running, and a moment later there is one."""
    early = [True]

    def break_off(driver: Any) -> None:
        if early:
            early.clear()
        else:
            driver.interrupt()

    def slow(_: Connection, run: Statements) -> None:
        begun.set()
        with suppress(sqlite3.OperationalError):
            run(FOR_EVER, ())

    begun = threading.Event()
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False})
    answering = Answering(engine, break_off)
    asked = asyncio.ensure_future(answering.answer(slow))
    await anyio.to_thread.run_sync(begun.wait)
    asked.cancel()
    with anyio.fail_after(10), pytest.raises(asyncio.CancelledError):
        await asked
    assert early == []
    await answering.close()
