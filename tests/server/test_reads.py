"""What is asked for by its id is found by an index, however long the log has grown."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import sqlite

from schema.tables.catalogue import METADATA
from schema.tables.outcome import OUTCOME
from server.reads import _named_verdicts


@pytest.mark.parametrize("ids", [["device:1"], ["device:1", "other:2"]])
def test_verdicts_are_not_looked_for_among_all_outcomes(ids: list[str]) -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    asked = select(OUTCOME.table.c.code).where(_named_verdicts(ids))
    statement = str(asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    engine.dispose()
    assert any("ix_outcome_change" in step for step in plan)
    assert not any(step.startswith("SCAN") for step in plan), plan
