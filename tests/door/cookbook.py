"""The cookbook of schema/README.md: its questions asked of a small district, and the answers written beside them.

`python -m tests.door.cookbook` writes the answers; `test_cookbook.py` compares them.
"""

import asyncio
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.door.house import (
    COMMUNITY,
    GRID,
    GRID_2,
    HOUR,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    MINUTE,
    House,
    standing,
)

README: Final = Path(__file__).parents[2] / "schema" / "README.md"
BLOCK: Final = re.compile(r"```graphql\n(# (\w+)\n.*?)\n```\n(?:\n```json\n.*?\n```\n)?", re.DOTALL)


async def story(house: House) -> None:
    """A week in Leyi: four tickets, one claimed twice, one cancelled and yet done, one done and rated; a post, and a reward."""
    gate = await house.ticket(
        title="小区门口停车难", place="东门", priority="HIGH", due="2026-11-24T10:00:00.000Z"
    )
    light = await house.ticket(title="路灯不亮", place="西门")
    await house.ticket(title="咨询合同", category="legal", due="2026-11-24T15:00:00.000Z", grid=GRID_2)
    stairs = await house.ticket(title="楼道堆物")
    post = house.ids.uuid7()
    given = {
        "community": COMMUNITY,
        "grid": GRID,
        "code": "help-desk",
        "name": {"zh": "便民服务岗", "en": "Help desk"},
        "seats": 2,
    }
    await house.do("post.put", post, **given, **{"from": "2026-11-01"})
    await house.do("post.take", post, member=MEMBER_2)
    saw = await house.rev()
    await house.do("ticket.cancel", stairs, reason="已自行清理")
    await nights(house, gate, stairs, saw)
    house.clock.go_on(HOUR)
    await house.do("ticket.claim", light, member=MEMBER)
    house.clock.go_on(2 * HOUR)
    await house.service(MEMBER, ticket=light)
    await house.do("ticket.finish", light, member=MEMBER)
    await house.do("ticket.close", light, rating=5)
    await house.do("points.redeem", house.ids.uuid7(), member=MEMBER, points=2, reward="毛巾")
    await house.do("ticket.edit", gate, title="小区门口停车很难", saw=saw)


async def nights(house: House, gate: str, stairs: str, saw: int) -> None:
    """Two tablets take one ticket, ten minutes apart, and one has done what the desk had cancelled; a night decides."""
    first = house.change("ticket.claim", gate, {"member": MEMBER_3}, saw=saw, by=MEMBER_3)
    done = house.change("ticket.finish", stairs, {"member": MEMBER_3}, saw=saw, by=MEMBER_3)
    house.clock.go_on(10 * MINUTE)
    second = house.change("ticket.claim", gate, {"member": MEMBER_2}, saw=saw, by=MEMBER_2)
    house.clock.go_on(10 * MINUTE)
    for role, changes in (("tablet", [first, done]), ("second tablet", [second])):
        await house.token(role)
        run = {"run": 1, "offsetMs": 0, "uncertaintyMs": 5}
        upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [run], "changes": changes}
        await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", role, u=upload)
    await house.hub.settle()


async def answered(house: House, text: str) -> str:
    """The text with the answer that each of its queries gets."""
    parts, end = [], 0
    for found in BLOCK.finditer(text):
        parts.append(text[end : found.start()])
        data = await house.ask(found[1], found[2])
        parts.append(f"```graphql\n{found[1]}\n```\n\n```json\n{shown(data)}\n```\n")
        end = found.end()
    return "".join([*parts, text[end:]])


def shown(value: Any, indent: str = "", room: int = 110) -> str:
    """JSON in as few lines as are easily read."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= room or not isinstance(value, dict | list) or not value:
        return flat
    inner = f"{indent}  "
    if isinstance(value, list):
        lines = [f"{inner}{shown(one, inner, room)}" for one in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    lines = [f"{inner}{json.dumps(name)}: {shown(one, inner, room)}" for name, one in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


async def _main() -> None:
    with TemporaryDirectory() as folder:
        async with standing(Path(folder)) as house:
            await story(house)
            README.write_text(await answered(house, README.read_text()))


if __name__ == "__main__":
    asyncio.run(_main())
