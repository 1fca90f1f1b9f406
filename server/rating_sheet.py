"""The sheet that the desk prints: for each ticket a slip with the code, its QR code, and what to do, in both languages."""

import io
from collections.abc import Sequence
from html import escape
from typing import Final

import segno

from server.rating_codes import Printed
from sync.shapes import format_time

SHEET: Final = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<title>连心：评分码 Codes for ratings</title>
<style>
body{{font:14px/1.5 system-ui,sans-serif;margin:10mm}}
section{{display:flex;gap:8mm;align-items:center;border:1px dashed #888;padding:6mm;margin-bottom:6mm;break-inside:avoid}}
svg{{width:35mm;height:35mm;flex:none}}h2{{margin:0;font-size:16px}}code{{font-size:22px;letter-spacing:.15em}}p{{margin:.3em 0}}
</style>
{slips}
"""
SLIP: Final = """<section>
{qr}
<div>
<h2>请给这次服务评分 Please rate this service</h2>
<p>{title}</p>
<p>扫码，或打开 Scan it, or open <b>{page}</b></p>
<p>评分码 Code: <code>{code}</code></p>
<p>不记名，只能用一次，{until}前有效。<br>No name is asked for. It works once, until {until}.</p>
</div>
</section>
"""


def spoken(code: str) -> str:
    """A code as people read it from paper: `AB12C-3D4E5`."""
    return f"{code[:5]}-{code[5:]}"


def url_of(public_url: str, code: str) -> str:
    """The page with the code filled in. A code only rates, once: it may stand in an address."""
    return f"{public_url}/rate?code={code}"


def qr_svg(url: str) -> str:
    """The QR code of an address as SVG, for a page or a print."""
    drawn = io.BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", xmldecl=False, svgns=True, scale=4, omitsize=True)
    return drawn.getvalue().decode()


def sheet(public_url: str, printed: Sequence[Printed], offset_ms: int) -> str:
    """A page to print, with one slip a ticket."""
    slips = [
        SLIP.format(
            qr=qr_svg(url_of(public_url, one.code)),
            title=escape(one.title),
            page=escape(f"{public_url}/rate"),
            code=spoken(one.code),
            until=format_time(one.expires_at + offset_ms)[:10],
        )
        for one in printed
    ]
    return SHEET.format(slips="".join(slips))
