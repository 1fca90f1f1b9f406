"""The page on which a resident rates a ticket by the code on their paper: no account, no telephone, no JavaScript.

`/rate` asks, a POST to it answers. Nothing on it says what the ticket was or whose it was; no cookie is set.
"""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.form_page import MOST_WORDS, WAIT, FormPage, headers, words_of
from server.rating_codes import Entered
from sync.state import Result

STYLE: Final = """body{font:1.25rem/1.6 system-ui,sans-serif;max-width:32rem;margin:1rem auto;padding:0 1rem}
label,legend{font-weight:600}input,textarea,button{font:inherit}fieldset{border:0;padding:0;margin:1rem 0}
input[name=code],textarea{box-sizing:border-box;width:100%;padding:.5rem}fieldset label{display:block;padding:.3rem 0}
button{padding:.6rem 1.5rem}.en{color:#555;font-size:1rem}.told{border-left:.4rem solid #b00;padding:.5rem 1rem}"""
HEADERS: Final = headers(STYLE)

PAGE: Final = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>连心：给服务评分 Rate the service</title>
<style>{style}</style>
<h1>给服务评分<br><span class="en" lang="en">Rate the service</span></h1>
{body}
"""
_FORM: Final = """{told}<form method="post" action="/rate">
<p><label for="code">纸上的评分码 <span class="en" lang="en">The code on your paper</span></label><br>
<input id="code" name="code" value="{code}" required maxlength="40" autocomplete="off" autocapitalize="characters"></p>
<fieldset><legend>您给几颗星？ <span class="en" lang="en">How many stars?</span></legend>
{stars}</fieldset>
<p><label for="words">想说的话（可不填） <span class="en" lang="en">Anything to say (optional)</span></label><br>
<textarea id="words" name="words" rows="3" maxlength="{most}">{words}</textarea></p>
<p><button>提交 Send</button></p>
<p>不记名，不需要电话。一张码只能用一次。<br>
<span class="en" lang="en">No name and no telephone are asked for. A code works once.</span></p>
</form>"""
_STARS: Final = {
    5: ("非常满意", "very good"),
    4: ("满意", "good"),
    3: ("一般", "fair"),
    2: ("不满意", "poor"),
    1: ("很不满意", "very poor"),
}
TOLD: Final[dict[str, tuple[str, str]]] = {
    "CODE": (
        "这个码不对，或已用过、已过期。请再核对一次；仍不行请找社区要一张新的。",
        "The code is not right, or was used or has expired. Check it once more, or ask the community for a new one.",
    ),
    "STARS": ("请选一到五颗星。", "Choose one to five stars."),
    "WORDS": ("想说的话最多五百字。", "At most 500 characters, please."),
    "WAIT": WAIT,
    "BUSY": (
        "现在忙，请稍后再试。您的码还可以用。",
        "Busy just now; try again a little later. Your code is still good.",
    ),
    "THANKS": ("谢谢！您的评分已记下。", "Thank you! Your rating is written down."),
    "BEFORE": (
        "这一单此前已评过，以先评的为准。谢谢！",
        "This was rated before, and the first stands. Thank you!",
    ),
    "PAST": (
        "这一单后来重新办理或已取消，这次评分只作留存。谢谢！",
        "The order was opened again or cancelled since; your rating is only kept. Thank you!",
    ),
}


class RatingPage(FormPage):
    """The ASGI application behind /rate."""

    headers = HEADERS

    def asked(self, request: Request) -> Response:
        return _page(200, _form(code=request.query_params.get("code", "")[:40]))

    def failed(self, status: int) -> Response:
        return _page(status, _form("BUSY") if status == 503 else _told("WAIT"))

    async def answered(self, request: Request, given: dict[str, str]) -> Response:
        code, words, stars = given.get("code", "")[:40], words_of(given, "words"), given.get("stars", "")
        if stars not in {"1", "2", "3", "4", "5"}:
            return _page(400, _form("STARS", code, words))
        if len(words) > MOST_WORDS or "\0" in words:
            return _page(400, _form("WORDS", code, words[:MOST_WORDS].replace("\0", ""), int(stars)))
        return await self._rate(request, Entered(code, int(stars), words or None))

    async def _rate(self, request: Request, entered: Entered) -> Response:
        if (too_often := self.too_often(request)) is not None:
            return too_often
        submitted = await self.door.hub.rate(entered)
        if submitted is None:
            self.wrong(request)
            return _page(400, _form("CODE", entered.code, entered.words or "", entered.stars))
        outcome = submitted.outcome
        if outcome is None or outcome.outcome is Result.APPLIED:
            return _page(200, _told("THANKS"))
        return _page(200, _told("BEFORE" if outcome.code == "RATED_BEFORE" else "PAST"))


def _told(code: str) -> str:
    zh, en = TOLD[code]
    return f'<p role="status">{zh}<br><span class="en" lang="en">{en}</span></p>'


def _form(told: str | None = None, code: str = "", words: str = "", chosen: int = 0) -> str:
    stars = "\n".join(
        f'<label><input type="radio" name="stars" value="{number}" required{" checked" if number == chosen else ""}>'
        f' {"★" * number}{"☆" * (5 - number)} {zh} <span class="en" lang="en">{en}</span></label>'
        for number, (zh, en) in _STARS.items()
    )
    said = "" if told is None else f'<div class="told">{_told(told)}</div>\n'
    return _FORM.format(told=said, code=escape(code), stars=stars, words=escape(words), most=MOST_WORDS)


def _page(status: int, body: str) -> Response:
    return Response(PAGE.format(style=STYLE, body=body), status, HEADERS, "text/html; charset=utf-8")
