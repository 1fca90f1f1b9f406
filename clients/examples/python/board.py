"""A report on one community that is kept fresh: asked by ETag while nothing changed, and told of each night.

    python clients/examples/python/board.py http://127.0.0.1:8000/graphql TOKEN LY [--nights 1]

Needs httpx and nothing else. Prints one JSON object a line.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

REPORT: Final = """query Report($code: String!) {
  rev
  communitiesConnection(filter: {codes: [$code]}) { edges { node {
    name
    ticketGroups(by: [OPENED_MONTH, STATE], first: 24) { since state count late averageRating }
    serviceGroups(by: [UNIT, MONTH], first: 24) { unit { code } since count people }
    conflictsConnection(filter: {states: [REVIEW]}, first: 5) { totalCount edges { node { rule thing field } } }
  } } }
}"""
NIGHTS: Final = """subscription Nights($after: Long) {
  settlementFinished(kinds: [NIGHT], after: $after) { number lastRev counts { outcome count } }
}"""


class Refused(Exception):
    """The hub answered with a code: `FORBIDDEN`, `BUDGET_SPENT`, `REV_UNKNOWN` …"""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Hub:
    """One hub. What it said to a question is kept with its tag, and asked for again by it."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=httpx.Timeout(30, read=60), trust_env=False
        )
        self._url = url
        self._kept: dict[str, tuple[str, Any]] = {}

    def ask(self, query: str, variables: Mapping[str, Any]) -> tuple[Any, bool]:
        """The data, and whether it is new. A budget that is spent is waited for."""
        asked = {"query": query, "variables": json.dumps(variables, sort_keys=True)}
        tag, data = self._kept.get(str(asked), ("", None))
        while True:
            answer = self._http.get(self._url, params=asked, headers={"If-None-Match": tag} if tag else {})
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            time.sleep(int(answer.headers["Retry-After"]))
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return data, False
        data = _told(answer.json())
        if "ETag" in answer.headers:
            self._kept[str(asked)] = answer.headers["ETag"], data
        return data, True

    def listen(self, subscription: str, after: int) -> Iterator[Any]:
        """What a subscription says, for ever: a connection that is lost is made anew from the last rev heard."""
        heard = after
        while True:
            body = {"query": subscription, "variables": {"after": heard}}
            try:
                with self._http.stream(
                    "POST", self._url, json=body, headers={"Accept": "text/event-stream"}
                ) as stream:
                    for line in stream.iter_lines():
                        if line.startswith("data: {"):
                            answer = json.loads(line.removeprefix("data: "))
                            yield _told(answer)
                            heard = answer["extensions"]["rev"]
            except httpx.HTTPError:
                time.sleep(1)


def _told(answer: Mapping[str, Any]) -> Any:
    """The data of an answer; raises Refused."""
    for error in answer.get("errors", ()):
        raise Refused(error["extensions"]["code"], error["message"])
    return answer["data"]


def report(hub: Hub, code: str) -> tuple[int, bool]:
    """Print the report if it is new; the rev it is of."""
    data, new = hub.ask(REPORT, {"code": code})
    for edge in data["communitiesConnection"]["edges"] if new else ():
        print(json.dumps({"rev": data["rev"], **edge["node"]}, ensure_ascii=False), flush=True)
    return data["rev"], new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("community", help="its code")
    parser.add_argument("--nights", type=int, default=0, help="how many to wait for; the report follows each")
    given = parser.parse_args()
    hub = Hub(given.url, given.token)
    rev, _ = report(hub, given.community)
    _, again = report(hub, given.community)
    print(json.dumps({"asked again": again}), flush=True)
    for left, event in zip(range(given.nights, 0, -1), hub.listen(NIGHTS, rev), strict=False):
        print(json.dumps({"night": event["settlementFinished"], "left": left - 1}), flush=True)
        report(hub, given.community)
        if left == 1:
            break


if __name__ == "__main__":
    main()
