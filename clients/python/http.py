"""The real way to the hub: GraphQL over HTTP, with time-outs, gzip, and patience only where a repeat is safe.

A client goes by the code. Whatever else comes back (a captive portal's page, a proxy's
five-hundred, half an answer) is no answer: try again, never success.
"""

import gzip
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import httpx
import msgspec
import stamina

from clients.python.attachments import Piece, Told
from clients.python.failures import Refused, Unanswered, Unreachable
from clients.python.operations import OPERATIONS, REPEATABLE

TIMEOUTS: Final = httpx.Timeout(connect=10, read=60, write=60, pool=10)
GZIP_FROM_BYTES: Final = 1_000
ANSWERS: Final = "application/graphql-response+json, application/json"


class NotSent(Unreachable):
    """No connection came about, so the hub cannot have heard anything."""


class HttpTransport:
    """Speaks to the hub at `url` (its `/graphql`). `attempts` counts the first one too.

    Waits grow from `wait_initial` to `wait_max` seconds, with a random part of up to `wait_jitter`.
    """

    def __init__(
        self,
        url: str,
        *,
        attempts: int = 4,
        wait_initial: float = 0.5,
        wait_max: float = 10,
        wait_jitter: float = 1,
        timeout: httpx.Timeout = TIMEOUTS,
        client: httpx.Client | None = None,
    ) -> None:
        self._url = url
        self._client = client or httpx.Client(verify=_trusted(), timeout=timeout, trust_env=False)
        self._patient = stamina.RetryingCaller(
            attempts=attempts,
            timeout=None,
            wait_initial=wait_initial,
            wait_max=wait_max,
            wait_jitter=wait_jitter,
        )

    def call(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any:
        """The data of one operation; raises `Unreachable` or `Refused`."""
        passing = _may_pass if operation in REPEATABLE else _was_not_done
        return self._patient(passing, self._once, operation, variables, token)

    def _once(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": ANSWERS}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = msgspec.json.encode(
            {"query": OPERATIONS[operation], "operationName": operation, "variables": variables}
        )
        if len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        try:
            response = self._client.post(self._url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        return _data(response, operation)

    def put(self, piece: Piece, token: str | None) -> Told:
        """A piece of a photo or spoken note; raises `Unreachable`, or `Unanswered`."""
        last = f"{piece.start}-{piece.start + len(piece.data) - 1}" if piece.data else "*"
        headers = {
            "Content-Type": piece.type,
            "Content-Range": f"bytes {last}/{piece.total}",
            "Authorization": f"Bearer {token}",
        }
        url = f"{self._files()}/{piece.sha256}"
        try:
            response = self._client.put(
                url, params={"ticket": piece.ticket}, content=piece.data, headers=headers
            )
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        return _told(response)

    def list(self, ticket: str, token: str | None) -> frozenset[str] | None:
        """The SHA-256s of a ticket's whole files; None where there is no such ticket for us.

        Raises `Unreachable`, or `Unanswered`.
        """
        headers = {"Authorization": f"Bearer {token}"}
        try:
            response = self._client.get(self._files(), params={"ticket": ticket}, headers=headers)
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        return _listed(response)

    def _files(self) -> str:
        return f"{self._url.removesuffix('/graphql')}/attachments"

    def close(self) -> None:
        self._client.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the tablets of this process trust; reading it takes longer than a round trip, so once."""
    return httpx.create_ssl_context(trust_env=False)


def _may_pass(error: Exception) -> bool:
    return isinstance(error, Unreachable) or _was_not_done(error)


def _was_not_done(error: Exception) -> bool:
    return isinstance(error, NotSent) or (isinstance(error, Refused) and error.code == "RETRY")


def _data(response: httpx.Response, operation: str) -> Any:
    """The field's data; else the code that the hub gave; else nothing that could be called an answer."""
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    code, details = _refusal(answer.get("errors"))
    if code is not None:
        raise Refused(code, details)
    if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise Refused("TOO_LARGE")
    data = answer.get("data")
    if response.is_success and not answer.get("errors") and isinstance(data, dict):
        value = data.get(operation)
        if value is not None:
            return value
    raise Unreachable(f"an answer without data and code, status {response.status_code}")


def _told(response: httpx.Response) -> Told:
    """How far a file came, or the code of why not; whatever else comes back is no answer."""
    said = _said(response)
    code, details = _refusal(said.get("errors"))
    received = details.get("received", said.get("received"))
    if code is not None:
        return Told(received if isinstance(received, int) else 0, code)
    if not response.is_success or not isinstance(received, int):
        raise Unanswered(f"an answer without code, status {response.status_code}")
    return Told(received)


def _listed(response: httpx.Response) -> frozenset[str] | None:
    said = _said(response)
    if response.status_code == httpx.codes.NOT_FOUND and _refusal(said.get("errors"))[0] is not None:
        return None
    lines = said.get("attachments")
    if response.status_code != httpx.codes.OK or not isinstance(lines, list):
        raise Unanswered("an answer without a list")
    found = [
        line["sha256"] for line in lines if isinstance(line, dict) and isinstance(line.get("sha256"), str)
    ]
    if len(found) != len(lines):
        raise Unanswered("a list that cannot be read")
    return frozenset(found)


def _said(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(errors: Any) -> tuple[str | None, dict[str, Any]]:
    """The code of the first error that has one, with what else it says."""
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") if isinstance(error, dict) else None
        if isinstance(extensions, dict) and isinstance(extensions.get("code"), str):
            return extensions["code"], {key: value for key, value in extensions.items() if key != "code"}
    return None, {}
