"""The page of a member: everything that is kept about them in plain words, and a form to ask for a correction.

`/me` asks for the one-time code, which its address has behind the `#`, so that no log has it. From then on the page
itself carries the key of the day in its forms: no cookie is set. It works without JavaScript; the little there is
fills in the code and finds the page again after a reload.
"""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from schema.values import Author, Refused, Role
from server.form_page import MOST_WORDS, WAIT, FormPage, headers, words_of
from server.member_words import Words, english, sections
from sync.changes import Unreadable
from sync.shapes import format_time

STYLE: Final = """body{font:1.1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:1rem auto;padding:0 1rem}
label{font-weight:600}input,textarea,select,button{font:inherit;box-sizing:border-box;max-width:100%}
input[name=code],textarea{width:100%;padding:.5rem}button{padding:.5rem 1.2rem}.en{color:#555;font-size:.9em}
.told{border-left:.4rem solid #06c;padding:.1rem 1rem}summary{font-weight:600;padding:.4rem 0;cursor:pointer}
details{border-top:1px solid #ccc}li{margin:.3rem 0}ul{padding-left:1.2rem}.sum{display:flex;gap:2rem;flex-wrap:wrap}
.sum b{font-size:1.6rem;display:block}form{margin:1rem 0}"""
SCRIPT: Final = """const kept=sessionStorage,key='lianxin:me',field=(name)=>document.querySelector(`[name=${name}]`)
const token=field('token'),code=field('code')
if(document.body.dataset.shown==='closed')kept.removeItem(key)
else if(token){kept.setItem(key,token.value);history.replaceState(null,'','/me')}
else if(code&&location.hash.length>1){code.value=decodeURIComponent(location.hash.slice(1));kept.removeItem(key)
history.replaceState(null,'','/me')}
else if(code&&kept.getItem(key)){const form=code.form;code.required=false;code.name='token';code.value=kept.getItem(key)
form.submit()}
"""


HEADERS: Final = headers(STYLE, SCRIPT)

PAGE: Final = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>连心：我的记录 My record</title>
<style>{style}</style>
<body data-shown="{shown}">
<h1>我的记录<br><span class="en" lang="en">What is kept about me</span></h1>
{body}
<script>{script}</script>
</body>
"""
_OPEN: Final = """{told}<form method="post" action="/me">
<p><label for="code">一次性码 <span class="en" lang="en">The one-time code</span></label><br>
<input id="code" name="code" required maxlength="40" autocomplete="off" autocapitalize="characters"></p>
<p><button>打开 Open</button></p>
<p>码由社区的派单台给，只能用一次；打开后一天内有效。<br>
<span class="en" lang="en">Your community's desk gives the code. It works once; the page then stays open for a day.</span></p>
</form>
"""
_ASK: Final = """<h2 id="ask">请求更正 <span class="en" lang="en">Ask for a correction</span></h2>
<form method="post" action="/me"><input type="hidden" name="token" value="{token}">
<input type="hidden" name="id" value="{id}">
<p><label for="about">是哪一项（可不选） <span class="en" lang="en">About which (optional)</span></label><br>
<select id="about" name="about"><option value="">—</option>{choices}</select></p>
<p><label for="reason">哪里不对，应当是什么 <span class="en" lang="en">What is wrong, and what it should be</span></label><br>
<textarea id="reason" name="reason" rows="3" maxlength="{most}" required>{reason}</textarea></p>
<p><button>交给派单台 Send to the desk</button></p></form>
"""
_DO: Final = """<form method="post" action="/me"><input type="hidden" name="token" value="{token}">
<button name="do" value="{what}">{zh} {en}</button></form>
"""
TOLD: Final[dict[str, tuple[str, str]]] = {
    "CODE": (
        "这个码不对，或已用过、已过期。请找派单台要一个新的。",
        "The code is not right, or was used or has expired. Ask the desk for a new one.",
    ),
    "ENDED": (
        "这一页的一天已过，或已关闭。请找派单台要一个新的码。",
        "The day of this page is over, or it was closed. Ask the desk for a new code.",
    ),
    "WORDS": ("请写一到五百字。", "Write 1 to 500 characters, please."),
    "WAIT": WAIT,
    "BUSY": ("现在忙，请稍后再试。", "Busy just now; try again a little later."),
    "CLOSED": ("已关闭，这一页不能再打开。", "Closed: this page can not be opened again."),
    "QUEUED": (
        "您的请求已收到，今晚结算后交给派单台。",
        "Your request has come in; it goes to the desk after the night's settlement.",
    ),
    "REJECTED": (
        "这个请求没有被接受，请再试一次，或直接找派单台。",
        "The request was not taken. Try once more, or go to the desk.",
    ),
}


class MemberPage(FormPage):
    """The ASGI application behind /me."""

    headers = HEADERS

    def asked(self, request: Request) -> Response:
        return _page(200, _OPEN.format(told=""))

    def failed(self, status: int) -> Response:
        return _page(status, told(*TOLD["BUSY" if status == 503 else "WAIT"]), shown="fault")

    async def answered(self, request: Request, given: dict[str, str]) -> Response:
        if "token" not in given:
            return await self._open(request, given.get("code", "")[:40])
        try:
            author = await self.door.hub.authenticate(given["token"])
        except Refused:
            author = None
        if author is None or author.role is not Role.MEMBER:
            return _page(401, _OPEN.format(told=told(*TOLD["ENDED"])), shown="closed")
        if given.get("do") == "close":
            await self.door.hub.revoke(author.id)
            return _page(200, told(*TOLD["CLOSED"]), shown="closed")
        if "reason" in given:
            return await self._ask(author, given)
        return await self._show(author, given["token"])

    async def _open(self, request: Request, code: str) -> Response:
        if (too_often := self.too_often(request)) is not None:
            return too_often
        try:
            page = await self.door.hub.open_page(code)
        except Refused:
            self.wrong(request)
            return _page(400, _OPEN.format(told=told(*TOLD["CODE"])))
        return await self._show(await self.door.hub.authenticate(page.token), page.token)

    async def _ask(self, author: Author, given: dict[str, str]) -> Response:
        """A request for correction: the change `member.request`, as the member's own office sends it."""
        token, reason = given["token"], words_of(given, "reason")
        if not 0 < len(reason) <= MOST_WORDS or "\0" in reason:
            kept = reason[:MOST_WORDS].replace("\0", "")
            return await self._show(author, token, TOLD["WORDS"], kept, status=400)
        about = {"about": given["about"]} if given.get("about") else {}
        raw = {
            "id": given.get("id", ""),
            "at": format_time(self.door.clock.now()),
            "run": 0,
            "saw": 0,
            "kind": "member.request",
            "entity": author.member,
            "by": author.member,
            "data": {"reason": reason, **about},
        }
        try:
            (submitted,) = await self.door.hub.submit(author, [raw])
        except (Refused, Unreadable):
            return await self._show(author, token, TOLD["REJECTED"], reason, status=400)
        if submitted.outcome is None:
            return await self._show(author, token, TOLD["QUEUED"])
        sentence = submitted.outcome.sentence
        return await self._show(author, token, (sentence["zh"], sentence["en"]))

    async def _show(
        self,
        author: Author,
        token: str,
        said: tuple[str, str] | None = None,
        reason: str = "",
        *,
        status: int = 200,
    ) -> Response:
        record, names = await self.door.hub.page_of(author)
        words = Words(names, self.door.settings.utc_offset, author.scope)
        choices = "".join(
            f'<option value="{escape(one)}">{escape(text)}</option>' for one, text in words.choices(record)
        )
        ask = _ASK.format(
            token=escape(token),
            id=self.door.ids.uuid7(),
            choices=choices,
            most=MOST_WORDS,
            reason=escape(reason),
        )
        body = "".join(
            (
                "" if said is None else told(*said),
                words.summary(record),
                *(_section(*one) for one in sections(words, record)),
                ask,
                _DO.format(token=escape(token), what="look", zh="刷新", en="Look again"),
                _DO.format(token=escape(token), what="close", zh="看完了，关闭", en="Done, close"),
            )
        )
        return _page(status, body, shown="record")


def told(zh: str, en: str) -> str:
    """What came of it, in both languages."""
    return f'<div class="told" role="status"><p>{escape(zh)}<br>{english(en)}</p></div>\n'


def _section(key: str, zh: str, en: str, lines: list[str]) -> str:
    """A part of the record: open where it is short, and there, too, where nothing is kept."""
    shown = "".join(f"<li>{line}</li>\n" for line in lines) or f"<li>没有 {english('nothing')}</li>\n"
    is_open = " open" if 0 < len(lines) <= 12 else ""
    return (
        f'<details id="{key}"{is_open}><summary>{zh} {english(en)} ({len(lines)})</summary>\n'
        f"<ul>\n{shown}</ul></details>\n"
    )


def _page(status: int, body: str, shown: str = "form") -> Response:
    page = PAGE.format(style=STYLE, script=SCRIPT, body=body, shown=shown)
    return Response(page, status, HEADERS, "text/html; charset=utf-8")
