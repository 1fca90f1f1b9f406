"""A unit's export over HTTP, beside GraphQL: `GET /export/unit.xlsx?unit=<id>&period=2026`, or `unit.zip` with CSV.

Asked with the same tokens; failures have the codes of the other door, in the same form.
"""

import re
from typing import Final
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.errors import CODES, Fault
from schema.policies import APPRAISAL
from schema.values import Refused
from server.door import Door, bearer
from server.sheets import KINDS
from server.unit_export import sheets
from sync.kinds.evaluations import PERIOD_PATTERN

STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "REVOKED": 403,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
}
HEADERS: Final = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}


class ExportEndpoint:
    """The ASGI application behind /export."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._respond(Request(scope, receive))
        except (Fault, Refused) as refused:
            response = _failure(refused.code)
        except Exception as error:
            self.door.report(error)
            response = _failure("INTERNAL")
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        token = bearer(request.headers.get("authorization"))
        if token is None:
            raise Fault("UNAUTHENTICATED")
        author = await self.door.hub.authenticate(token)
        if request.method != "GET":
            raise Fault("METHOD_NOT_ALLOWED")
        if not APPRAISAL.allows(author):
            raise Fault("FORBIDDEN")
        kind = request.path_params["kind"]
        period, unit = (request.query_params.get(name, "") for name in ("period", "unit"))
        if kind not in KINDS or not re.match(PERIOD_PATTERN, period):
            raise Fault("NOT_FOUND")
        people = await self.door.hub.unit_record(author, unit, period)
        if people is None:
            raise Fault("NOT_FOUND")
        make, media_type = KINDS[kind]
        name = quote(f"unit-{period}.{kind}")
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(make(sheets(period, people), self.door.clock.now()), 200, headers, media_type)


def _failure(code: str) -> Response:
    status = 500 if code == "INTERNAL" else STATUS.get(code, 400)
    body = {"errors": [{"message": CODES.get(code, CODES["RETRY"]), "extensions": {"code": code}}]}
    return Response(msgspec.json.encode(body), status, HEADERS, "application/json")
