"""What the hub said: the documents this tablet holds, taken page by page, checked on the last one.

A page is one step: its documents, its checkpoint and its scope are kept together or not at all.
While a reset runs each page carries its generation; the last page sweeps what is of an older one.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from clients.python.failures import Unreachable
from clients.python.store import Store
from sync.wire import Check, Document, Page, check_digest

VERDICT: Final = "verdict"

_PUT: Final = """
    INSERT INTO document VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET rev = excluded.rev, body = excluded.body,
        generation = excluded.generation, about = excluded.about
    WHERE ? OR excluded.rev > document.rev
"""
_DROP: Final = "DELETE FROM document WHERE collection = ? AND id = ? AND (? OR rev < ?)"


class Held(NamedTuple):
    """One document as the hub last said it."""

    collection: str
    id: str
    rev: int
    body: dict[str, Any]


class Taken(NamedTuple):
    """What a page brought: whether the scope or the epoch is another now, and whether the sum agrees.

    `more`: this was not the last page. `agrees` is None where there was nothing to compare with.
    """

    more: bool
    scope_changed: bool
    epoch_changed: bool
    agrees: bool | None


class Holdings:
    """The table `document`, the checkpoint and the scope."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, page: Page, after: str | None, next_seq: int, release: Callable[..., None]) -> Taken:
        """Keep a page that answered a pull from `after`. `next_seq` is where work in a new scope begins."""
        with self._store.step("page") as connection:
            if after != self._store.get("checkpoint"):
                raise Unreachable("the page goes on from what is not held any more")
            generation = self._generation(page, after)
            resetting = bool(self._store.get("resetting", False))
            for document in page.documents:
                _take(connection, document, generation, resetting)
            if resetting and not page.more:
                connection.execute("DELETE FROM document WHERE generation < ?", (generation,))
                self._store.put(resetting=None)
            taken = Taken(
                page.more,
                _ids(page.scope) != _ids(self._store.get("scope", [])),
                page.epoch != self._store.get("epoch"),
                None if page.more or page.check is None else self._agrees(page.check),
            )
            self._store.put(
                checkpoint=page.checkpoint,
                scope=list(page.scope),
                epoch=page.epoch,
                heard=next_seq if taken.scope_changed else None,
            )
            release(connection)
        return taken

    def _generation(self, page: Page, after: str | None) -> int:
        """A reset begins a new generation: by the hub's word, or because nothing was held to go on from."""
        generation = int(self._store.get("generation", 0))
        if page.reset or after is None:
            generation += 1
            self._store.put(generation=generation, resetting=True)
        return generation

    def _agrees(self, check: tuple[Check, ...]) -> bool:
        """Whether what is held is what the hub says: count and digest of every collection, named or not."""
        said = {line.collection: (line.count, line.digest) for line in check}
        held: dict[str, list[tuple[str, int]]] = {}
        for collection, document_id, rev in self._store.rows("SELECT collection, id, rev FROM document"):
            held.setdefault(collection, []).append((document_id, rev))
        return all(
            said.get(name, (0, check_digest(())))
            == (len(held.get(name, ())), check_digest(held.get(name, ())))
            for name in said.keys() | held.keys()
        )

    def start_over(self) -> None:
        """Forget the checkpoint, so that the next pull brings everything again."""
        with self._store.step("reset"):
            self._store.put(checkpoint=None)

    def rev(self, collection: str, document_id: str) -> int:
        """The rev of a held document, 0 where there is none."""
        rev = self._store.one(
            "SELECT rev FROM document WHERE collection = ? AND id = ?", collection, document_id
        )
        return int(rev or 0)

    def get(self, collection: str, document_id: str) -> Held | None:
        rows = self._store.rows(
            "SELECT rev, body FROM document WHERE collection = ? AND id = ?", collection, document_id
        )
        return Held(collection, document_id, rows[0][0], msgspec.json.decode(rows[0][1])) if rows else None

    def all(self, collection: str) -> list[Held]:
        """Everything held of a collection, by id."""
        rows = self._store.rows(
            "SELECT id, rev, body FROM document WHERE collection = ? ORDER BY id", collection
        )
        return [Held(collection, row[0], row[1], msgspec.json.decode(row[2])) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many documents are held of each collection."""
        return dict(self._store.rows("SELECT collection, count(*) FROM document GROUP BY collection"))


def _take(connection: sqlite3.Connection, document: Document, generation: int, resetting: bool) -> None:
    if document.state != "LIVE":
        values = (document.collection, document.id, resetting, document.rev)
        connection.execute(_DROP, values)
        return
    about = document.body.get("change") if document.collection == VERDICT else None
    body = msgspec.json.encode(document.body).decode()
    connection.execute(
        _PUT,
        (document.collection, document.id, document.rev, body, generation, about, resetting),
    )


def _ids(scope: Any) -> set[str]:
    return {grid["id"] for grid in scope}
