"""The command that gives a member the one-time code for their own page."""

import click
from sqlalchemy import select

from schema.tables.member import MEMBER
from server.cli_tools import Desk, Failure, as_json, print_json
from server.lookup import unit_id
from server.store import Hub
from sync.shapes import format_time


@click.command("page")
@click.option("--unit", required=True, metavar="CODE", help="The unit the member belongs to.")
@click.option("--number", required=True, help="The member's number in that unit.")
@click.option(
    "--minutes", type=click.IntRange(1, 24 * 60), default=15, show_default=True, help="How long it holds."
)
@as_json
@click.pass_obj
def page_command(desk: Desk, unit: str, number: str, minutes: int, as_json: bool) -> None:
    """Make a one-time code for a member's own page. Hand it to nobody else."""

    async def work(hub: Hub) -> dict[str, str]:
        table = MEMBER.table.c
        whose = select(table.id).where(table.unit == await unit_id(hub, unit), table.number == number)
        async with hub.read() as connection:
            member = (await connection.execute(whose.order_by(table.id).limit(1))).scalar_one_or_none()
        if member is None:
            raise Failure("This unit has no member of this number.")
        code = await hub.member_code(member, minutes)
        return {"code": code.code, "url": code.url, "expiresAt": format_time(code.expires_at)}

    made = desk.run(work)
    if as_json:
        print_json(made)
    else:
        click.echo(
            f"Code  {made['code']}\nURL   {made['url']}\nIt opens the page once, within {minutes} minutes."
        )
