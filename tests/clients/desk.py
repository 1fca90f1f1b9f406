"""An office at work online: every change is a mutation over HTTP, on what the office sees at that moment."""

from typing import Any, Final

import httpx

from schema.values import Role
from server.district_changes import entity_id
from sync.kinds import KINDS
from sync.shapes import format_time
from tests.clients.district import District
from tests.clients.kit import HOUR, MORNING

REV: Final = """query ($id: ID!) { node(id: $id) { ... on Ticket { rev } ... on Member { rev }
    ... on Service { rev } ... on Conflict { rev } ... on Team { rev } ... on Activity { rev }
    ... on Whistle { rev } } }"""


class Desk:
    """A dispatcher of a community, or the district itself where none is named."""

    def __init__(self, district: District, community: str | None = "LY") -> None:
        role = Role.ADMIN if community is None else Role.DISPATCHER
        place = None if community is None else entity_id("community", community)
        issued = district.call(district.hub.issue_token, role, place)
        self._new_id = district.ids.uuid7
        self._url = district.url
        self._headers = {"Authorization": f"Bearer {issued.token}"}

    def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The data of one operation that has no errors."""
        answer = httpx.post(
            self._url,
            json={"query": query, "variables": variables},
            headers=self._headers,
            trust_env=False,
            timeout=30,
        ).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def do(self, kind: str, entity: str | None = None, /, saw: int | None = None, **given: Any) -> Any:
        """One change; the payload with its type, its change's id under `id`, and its verdict where it has one."""
        thing, _, verb = kind.partition(".")
        name, changed = thing + verb.capitalize(), KINDS[kind].thing
        title = name[0].upper() + name[1:]
        query = f"""mutation ($input: {title}Input!) {{ {name}(input: $input) {{ __typename
            ... on {changed[0].upper() + changed[1:]}Changed {{ verdict {{ outcome code rule }} }}
            ... on Rejected {{ verdict {{ outcome code rule }} }} ... on NotFound {{ path }}
            ... on InvalidInput {{ path }} ... on Queued {{ sentence }} }} }}"""
        entity = entity or self._new_id()
        seen = self.rev(entity) if saw is None else saw
        whole = {"id": self._new_id(), "entity": entity, "saw": seen, **given}
        payload = self.ask(query, input=whole)[name]
        return {"id": whole["id"], "entity": entity, **payload}

    def opens(self, grid: str, title: str = "停车难", **given: Any) -> str:
        """A ticket of this desk; its id."""
        done = self.do("ticket.open", grid=grid, category="parking", title=title, **given)
        assert done["__typename"] == "TicketChanged", done
        return str(done["entity"])

    def forms_a_team(self, code: str = "green") -> str:
        named = {"zh": "环保先锋队", "en": "Green vanguard"}
        done = self.do("team.put", community=entity_id("community", "LY"), code=code, name=named)
        assert done["__typename"] == "TeamChanged", done
        return str(done["entity"])

    def offers_a_reward(self, points: int) -> str:
        """Towels at this price, for as long as there are any; the reward's id."""
        named = {"zh": "毛巾", "en": "Towel"}
        whole: dict[str, Any] = {"code": "towel", "name": named, "points": points, "from": "2026-01-01"}
        done = self.do("reward.put", community=entity_id("community", "LY"), stock=1, **whole)
        assert done["__typename"] == "RewardChanged", done
        return str(done["entity"])

    def blows_a_whistle(self, ticket: str) -> str:
        """A whistle of unit U1, until the first noon; its id."""
        lead = entity_id("unit", "U1")
        noon = format_time(MORNING + 4 * HOUR)
        done = self.do("whistle.blow", ticket=ticket, lead=lead, departments=[lead], deadline=noon)
        assert done["__typename"] == "WhistleChanged", done
        return str(done["entity"])

    def holds_an_activity(self, **given: Any) -> str:
        """An activity of two hours on the first morning; its id."""
        done = self.do(
            "activity.open",
            community=entity_id("community", "LY"),
            title="清洁日",
            start=format_time(MORNING + HOUR),
            end=format_time(MORNING + 3 * HOUR),
            **given,
        )
        assert done["__typename"] == "ActivityChanged", done
        return str(done["entity"])

    def rev(self, entity: str) -> int:
        """The rev of a thing as this office sees it; 0 where there is none."""
        found = self.ask(REV, id=entity)["node"]
        return 0 if found is None else int(found["rev"])

    def ticket(self, id: str) -> Any:
        return self.ask(
            """query ($id: ID!) { node(id: $id) { ... on Ticket { title priority state round seats tags
                grid { code } takers { member { number } } notes { kind } } } }""",
            id=id,
        )["node"]

    def conflicts(self, entity: str) -> Any:
        """The conflicts about a thing, with who stands where."""
        return self.ask(
            """query ($id: ID!) { conflicts(entity: $id) { id rev rule field state stands closeCall
                candidates { change member { number } } } }""",
            id=entity,
        )["conflicts"]
