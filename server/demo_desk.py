"""The demo's next day at the offices: what desks, the district, units and a member do online, each by a key of their own.

Everything goes through the GraphQL door, one request after the other. What each scene asks is its
script; who is proposed, what is decided and why is taken from the answers, and told.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import Any, Final

from server.demo_desk_text import OFFICES, TEXT
from server.demo_house import DeskClient, House
from server.demo_things import Things
from server.demo_world import DemoIds
from server.district_changes import entity_id

Both = dict[str, str]
"""The same in Chinese and English."""

REASONS: Final = "reasons { code points zh: sentence(language: ZH) en: sentence(language: EN) }"
NAMES: Final = "code zh: name(language: ZH) en: name(language: EN)"


class Offices:
    """Who works online, by name, and what is told of it: `lines` for people, `facts` for who counts."""

    def __init__(
        self,
        house: House,
        things: Things,
        keys: Mapping[str, str],
        ids: Callable[[str], DemoIds],
        wait: Callable[[str], None],
        stack: ExitStack,
    ) -> None:
        self._house, self._things, self._ids, self._wait, self._stack = house, things, ids, wait, stack
        self._keys = {name: self._open(name, token) for name, token in keys.items()}
        self._now = ""
        self.lines: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}

    def at(self, time: str, day: int = 1) -> None:
        """It is this time of the offices' day, or of the night after it."""
        self._now = time
        self._wait(f"+{day} {time}")

    def do(self, office: str, kind: str, thing: str, /, **data: Any) -> dict[str, Any]:
        """Make one change to something of the story, or to something by its id, and hear the verdict."""
        return self._keys[office].do(kind, self.id(thing), self._things.data(data))

    def ask(self, office: str, query: str, /, **variables: Any) -> Any:
        """What one operation with one field answers."""
        (answer,) = self._keys[office].ask(query, **self._things.data(variables)).values()
        return answer

    def change(self, office: str, kind: str, thing: str, /, **data: Any) -> dict[str, Any]:
        """The input of a change that is made together with others."""
        return self._keys[office].change(kind, self.id(thing), self._things.data(data))

    def new_id(self, office: str) -> str:
        return self._keys[office].new_id()

    def hand(self, office: str, token: str | None) -> None:
        """Somebody more works online, by this key; by None whoever has none yet."""
        self._keys[office] = self._open(office, token)

    def id(self, thing: str) -> str:
        """`@member:017` or `@thing:permit`; what is neither is an id."""
        id: str = self._things.data({"id": thing})["id"]
        return id

    def tell(self, office: str, key: str, /, **values: str | int | Both) -> None:
        """A line of what happened, in both languages."""
        told = {
            language: TEXT[key][number].format(
                **{
                    name: value[language] if isinstance(value, dict) else value
                    for name, value in values.items()
                }
            )
            for number, language in enumerate(("zh", "en"))
        }
        zh, en = OFFICES[office]
        self.lines.append({"at": self._now, "office": {"zh": zh, "en": en}, "told": key, **told})

    def _open(self, name: str, token: str | None) -> DeskClient:
        client = DeskClient(self._house, token, self._ids(f"office {name}").uuid7)
        self._stack.callback(client.close)
        return client


def joined(sentences: Iterable[Mapping[str, Any]]) -> Both:
    """Several short sentences as one line."""
    found = list(sentences)
    return {"zh": "，".join(one["zh"] for one in found), "en": ", ".join(one["en"] for one in found)}


def days(first: str, last: str) -> dict[str, str]:
    return {"from": first, "until": last}


COMMUNITY: Final = entity_id("community", "LY")
