"""The bench itself, in small: it still runs, and its parts are parts of what it measured."""

import json
from pathlib import Path

import pytest

from server.settings import Settings, sqlite_url
from tests.bench import reads, wrk
from tests.bench.peers.node import PEERS, peer, why_not
from tests.bench.pull import PARTS as PULLED
from tests.bench.run import run
from tests.bench.serving import serving
from tests.bench.settlement import PARTS as SETTLED
from tests.databases import Databases

PRINTED = """Running 4s test @ http://127.0.0.1:34567/graphql
  1 threads and 16 connections
  Latency Distribution
     50%    4.01ms
     75%    6.20ms
     90%    9.00ms
     99%    1.20s
  7653 requests in 4.00s, 215.20MB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 9
Requests/sec:   1913.14
Transfer/sec:     53.79MB
"""


def test_the_parts_of_what_is_measured_are_all_there_and_no_more_than_the_whole(tmp_path: Path) -> None:
    found = run("sqlite", tmp_path, changes=40, seed=1)
    night, pull = found["settlement"], found["pull"]
    assert (night["changes"], night["tickets"], night["verified"]) == (40, 10, True)
    assert tuple(night["parts_s"]) == SETTLED
    assert all(took > 0 for took in night["parts_s"].values()), night
    assert sum(night["parts_s"].values()) <= night["night_s"]
    assert tuple(pull["parts_s"]) == PULLED
    assert all(took > 0 for took in pull["parts_s"].values()), pull
    assert pull["bytes"] > 0
    assert pull["documents"] > 500


async def test_what_front_ends_ask_is_answered_alike_by_all_who_are_measured(tmp_path: Path) -> None:
    settings = Settings(database_url=sqlite_url(tmp_path / "hub.db"))
    district = await reads.filled(settings, 15_000, 0, 1)
    with serving("hub", settings.database_url) as hub, serving("ordinary", settings.database_url) as ordinary:
        answer = reads.equal(district.ask_list(hub), district.ask_list(ordinary))
        nested = json.loads(reads.equal(district.ask_nested(hub), district.ask_nested(ordinary)))
    (tmp_path / "same").write_bytes(answer)
    with serving("floor", str(tmp_path / "same")) as floor:
        assert district.ask_list(floor).once().content == answer
    assert len(json.loads(answer)["data"]["tickets"]["edges"]) == 100
    grids = [one["node"]["tickets"]["edges"] for one in nested["data"]["grids"]["edges"]]
    services = [len(one["node"]["services"]["edges"]) for tickets in grids for one in tickets]
    assert services == [5] * (20 * 10)


async def test_the_peers_answer_as_we_do_and_who_has_the_answer_is_told_so(
    databases: Databases, tmp_path: Path
) -> None:
    kinds = PEERS[databases.name]
    missing = {kind: why for kind in kinds if (why := why_not(kind, databases.name))}
    with databases.fresh(tmp_path) as url:
        district = await reads.filled(Settings(database_url=url), 15_000, 0, 1)
        with serving("hub", url) as hub, serving("orm", url) as orm:
            ours = district.ask_list(hub)
            assert json.loads(reads.equal(district.ask_list(orm), ours))["data"]["tickets"]["edges"]
            assert ours.polling().tag
            for kind in kinds.keys() - missing:
                with peer(kind, url) as there:
                    reads.equal(district.ask_peer(kind, there), ours)
    if missing:
        pytest.skip(str(missing))


def test_what_wrk_prints_is_read() -> None:
    assert wrk.read(PRINTED) == (1913.14, 4.01, 1200.0, 12)
