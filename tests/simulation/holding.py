"""Invariants: what is on the tablets. Nothing that is not theirs; and in the end all that is, as the hub has it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from sync.wire import COLLECTIONS
from tests.simulation.carrier import Carrier
from tests.simulation.evidence import Evidence, plain
from tests.simulation.scene import Scene


def tablets_hold_their_own_only(scene: Scene) -> Iterator[str]:
    """Every document on a tablet is of the grids it was last told to be its own."""
    communities = {row.id: row.community for row in scene.evidence.things["grid"].values()}
    for carrier in scene.active:
        scope = carrier.scope
        near = {communities[grid] for grid in scope if grid in communities}
        for collection, thing, body in carrier.rows("SELECT collection, id, body FROM document"):
            reason = _foreign(collection, msgspec.json.decode(body), scope, near)
            if reason is not None and not _is_halfway(carrier):
                yield f"{carrier.name} holds {collection} {thing}: {reason}"


def _is_halfway(carrier: Carrier) -> bool:
    """Whether it is still being told what its scope is now: page after page, or from the beginning."""
    return carrier.unfinished or bool(carrier.rows("SELECT 1 FROM meta WHERE key = 'resetting'"))


OF_COMMUNITIES = {
    *("member", "unit", "grid", "post", "team", "activity", "duty", "reward", "whistle", "evaluation"),
}


def _foreign(collection: str, body: Any, scope: frozenset[str], communities: set[str]) -> str | None:
    if collection in {"ticket", "service", "adjustment"}:
        if body["grid"] is None:
            return None if body["community"] in communities else "it is of another community"
        return None if body["grid"] in scope else "it is of another grid"
    if collection in OF_COMMUNITIES and body["community"] not in communities:
        return "it is of another community"
    if collection == "member" and body["phone"] is not None and body["grid"] not in scope:
        return "it has the telephone of another grid's member"
    return None


def tablets_let_go_of_nothing_undecided(scene: Scene) -> Iterator[str]:
    """A change leaves an outbox with its verdict only; where a restore took that back, the hub has the change."""
    for carrier in scene.active:
        for (change,) in carrier.rows("SELECT id FROM told WHERE body IS NULL AND NOT settled"):
            if scene.witness.put_back_to and (change in scene.evidence.log or change in scene.witness.gone):
                continue
            yield f"{carrier.name} let go of {change}, which has no verdict"


def tablets_and_hub_agree(scene: Scene) -> Iterator[str]:
    """No tablet's sums ever differed from the hub's: the reset that heals it must never be needed."""
    for carrier in scene.carriers:
        if carrier.disagreed:
            carrier.disagreed = False
            yield f"{carrier.name} held something else than the hub said, and had to begin anew"


# In the end


def every_tablet_holds_what_the_hub_has(scene: Scene) -> Iterator[str]:
    """Document by document, rev by rev: what the tables say a tablet carries is what it holds."""
    for carrier in scene.active:
        device = carrier.device
        if device is None:
            continue
        expected = _expected(scene.evidence, device)
        held = {
            (collection, thing): (rev, msgspec.json.decode(body))
            for collection, thing, rev, body in carrier.rows("SELECT collection, id, rev, body FROM document")
        }
        missing, extra = expected.keys() - held.keys(), held.keys() - expected.keys()
        if missing or extra:
            yield f"{carrier.name} lacks {sorted(missing)[:3]} and holds {sorted(extra)[:3]} too much"
            continue
        for key, row in expected.items():
            rev, body = held[key]
            if key[0] == "verdict":
                if body["code"] != row.code:
                    yield f"{carrier.name} was told {body['code']} of {key[1]}, and it is {row.code}"
            elif rev != row.rev or not _same(key[0], body, row, scene.evidence):
                yield f"{carrier.name} holds {key[0]} {key[1]} as of {rev}, and it is of {row.rev}"


def _expected(evidence: Evidence, device: str) -> dict[tuple[str, str], Any]:
    """What a device carries, by the tables: its grids' tickets and services, its communities' everything else."""
    assigned = evidence.things["device"].get(device)
    grids = set(plain(assigned.grids)) if assigned is not None else set()
    near = {row.community for row in evidence.things["grid"].values() if row.id in grids}
    expected: dict[tuple[str, str], Any] = {}
    for collection in COLLECTIONS[:-1]:
        for thing, row in evidence.things[collection].items():
            if collection == "community":
                mine = thing in near
            elif collection in {"ticket", "service", "adjustment"} and row.grid is not None:
                mine = row.grid in grids
            else:
                mine = row.community in near
            if mine:
                expected[collection, thing] = row
    tablet = next(row for row in evidence.others["tablet"] if row.device == device)
    lineage = {device, *plain(tablet.ancestors)}
    for rows in evidence.outcomes.values():
        if rows[-1].device in lineage:
            expected["verdict", f"{rows[-1].device}:{rows[-1].seq}"] = rows[-1]
    for repeat in evidence.others["repeat"]:
        if repeat.device in lineage and repeat.change in evidence.outcomes:
            expected["verdict", f"{repeat.device}:{repeat.seq}"] = evidence.outcomes[repeat.change][-1]
    return expected


def _same(collection: str, body: Any, row: Any, evidence: Evidence) -> bool:
    """A few fields that matter, side by side."""
    if collection == "ticket":
        takers = [taker.member for taker in evidence.takers.get(row.id, ())]
        same = (body["title"], body["state"], body["priority"], body["grid"], body["round"])
        held = [taker["member"] for taker in body["takers"]]
        return bool(
            same == (row.title, row.state, row.priority, row.grid, row.round)
            and held == takers
            and body["detail"] == row.detail
            and sorted(body["tags"]) == sorted(plain(row.tags))
        )
    if collection == "member":
        return bool(
            (body["name"], body["points"], body["aliasOf"], body["grid"], body["number"])
            == (row.name, row.points, row.alias_of, row.grid, row.number)
        )
    if collection == "post":
        held = [(one["member"], one["change"], one["until"] is None) for one in body["holders"]]
        kept = [(one["member"], one["change"], one["until"] is None) for one in plain(row.holders)]
        return bool((body["seats"], held) == (row.seats, kept))
    if collection == "team":
        return bool((body["points"], len(body["members"])) == (row.points, len(plain(row.holders))))
    if collection == "whistle":
        answers = [(call["unit"], call["answer"], call["overdue"]) for call in body["calls"]]
        kept = [(call["unit"], call["answer"], call["overdue"]) for call in plain(row.calls)]
        return bool((body["state"], body["lead"], answers) == (row.state, row.lead, kept))
    if collection == "activity":
        signed = [(one["member"], one["change"]) for one in body["members"]]
        return signed == [(one["member"], one["change"]) for one in plain(row.members)]
    if collection == "reward":
        return bool((body["points"], body["stock"], body["given"]) == (row.points, row.stock, row.given))
    if collection == "adjustment":
        return bool((body["state"], body["points"], body["grid"]) == (row.state, row.points, row.grid))
    if collection == "duty":
        return bool((body["state"], body["period"], body["on"]) == (row.state, row.period, row.on))
    if collection == "evaluation":
        return bool((body["state"], body["grade"], body["member"]) == (row.state, row.grade, row.member))
    if collection == "service":
        return bool((body["state"], body["ticket"]) == (row.state, row.ticket))
    return True


def every_author_has_heard(scene: Scene) -> Iterator[str]:
    """Outboxes are empty, and each change has on its tablet the hub's last word on it."""
    codes = {(row.device, row.seq): row.code for row in scene.evidence.others["quarantine"]}
    decided = {(rows[-1].device, rows[-1].seq) for rows in scene.evidence.outcomes.values()}
    decided |= {(row.device, row.seq) for row in scene.evidence.others["repeat"]}
    holes = scene.evidence.others["hole"]
    for carrier in scene.active:
        for change, seq, quarantine, verdict, settled in carrier.rows(
            "SELECT id, seq, quarantine, verdict, settled FROM told"
        ):
            if not settled and change in scene.witness.untraceable and (carrier.device, seq) in decided:
                continue  # It was sent under another's id, which an older backup had not.
            if not settled:
                yield f"{carrier.name} still waits for a word on {change}"
                continue
            newest = scene.evidence.newest(change)
            if seq is None or (newest is None and (carrier.device, seq) in codes):
                continue
            if any(row.device == carrier.device and row.first <= seq <= row.last for row in holes):
                continue  # A newer backup than the one that came back had it; another copy brought it again.
            said = msgspec.json.decode(verdict or quarantine)["code"]
            if newest is not None and said not in {newest.code, codes.get((carrier.device or "", seq))}:
                yield f"{carrier.name} was told {said} of {change}, and it is {newest.code}"
