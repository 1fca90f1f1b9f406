"""The command that prints the slips by which residents rate tickets: a code and its QR code for each."""

from pathlib import Path

import click

from server.cli_tools import Desk, Failure, as_json, print_json
from server.enrolling import hub_author
from server.lookup import community_id
from server.rating_codes import Printed, unrated
from server.rating_sheet import sheet, spoken, url_of
from server.store import Hub
from sync.shapes import format_time


@click.command("paper")
@click.option(
    "--community", metavar="CODE", help="For all its tickets that are done and that nobody has rated."
)
@click.option("--ticket", "tickets", multiple=True, metavar="ID", help="For this ticket; repeatable.")
@click.option(
    "--days", type=click.IntRange(1, 180), default=30, show_default=True, help="How long the codes hold."
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the sheet to this file (HTML); print it with any browser.",
)
@as_json
@click.pass_obj
def paper_command(
    desk: Desk, community: str | None, tickets: tuple[str, ...], days: int, output: Path | None, as_json: bool
) -> None:
    """Make one-time codes by which residents rate tickets, without a name or a telephone number.

    Each code works once; making a new one for a ticket ends the one before.
    """
    if community is None and not tickets:
        raise click.UsageError("Say for which: --community or --ticket.")

    async def work(hub: Hub) -> list[Printed]:
        async with hub.read() as connection:
            author = await connection.run_sync(hub_author)
            asked = list(tickets)
            if community is not None:
                asked += await connection.run_sync(unrated, await community_id(hub, community))
        return await hub.print_codes(author, list(dict.fromkeys(asked)), days)

    made = desk.run(work)
    if not made:
        raise Failure(
            "There is no ticket to be rated: none is done and unrated, or there is none of this id."
        )
    url = desk.settings.public_url
    if output is not None:
        output.write_text(sheet(url, made, desk.settings.utc_offset * 60_000), "utf-8")
    if as_json:
        print_json(
            [
                {
                    "ticket": one.ticket,
                    "code": spoken(one.code),
                    "url": url_of(url, one.code),
                    "expiresAt": format_time(one.expires_at),
                }
                for one in made
            ]
        )
    elif output is not None:
        click.echo(f"Wrote {len(made)} slips to {output}. Print it, and hand each to whoever ordered.")
    else:
        for one in made:
            click.echo(f"{spoken(one.code)}   {one.title}")
