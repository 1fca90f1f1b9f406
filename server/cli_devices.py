"""The commands about tablets and tokens: enrol, list, assign, revoke, and keys for desks and front-ends."""

import click
import segno
from rich.markup import escape

from schema.values import Role
from server.cli_tools import Desk, Failure, as_json, console, print_json, table
from server.lookup import DeviceLine, community_id, devices, grid_ids, unit_id
from server.store import Hub
from sync.shapes import format_time

GRID = click.option(
    "--grid", "grids", multiple=True, required=True, metavar="CODE", help="A grid; repeatable."
)


@click.command("enrol")
@GRID
@click.option(
    "--minutes", type=click.IntRange(1, 24 * 60), default=15, show_default=True, help="How long it holds."
)
@as_json
@click.pass_obj
def enrol_command(desk: Desk, grids: tuple[str, ...], minutes: int, as_json: bool) -> None:
    """Show a one-time code by which a tablet is enrolled for these grids."""

    async def work(hub: Hub) -> dict[str, str]:
        code = await hub.code(await grid_ids(hub, grids), minutes)
        return {"code": code.code, "url": code.url, "expiresAt": format_time(code.expires_at)}

    made = desk.run(work)
    if as_json:
        print_json(made)
        return
    screen = console()
    if screen.is_terminal:
        segno.make(made["url"], error="m").terminal(compact=True)
    screen.print(f"Code  [bold]{made['code']}[/]   for {escape(', '.join(grids))}")
    screen.print(f"URL   {escape(made['url'])}")
    screen.print(f"Scan it or type it on the tablet within {minutes} minutes. It works once.")


@click.command("devices")
@as_json
@click.pass_obj
def devices_command(desk: Desk, as_json: bool) -> None:
    """List the tablets: name, grids, and when they were last heard of."""
    lines = desk.run(devices)
    if as_json:
        print_json([line.as_dict() for line in lines])
        return
    shown = table("device", "name", "grids", "last contact", "#received", "state")
    for line in lines:
        seen = "never" if line.last_contact is None else format_time(line.last_contact)[:16].replace("T", " ")
        shown.add_row(line.id, escape(line.name), ", ".join(line.grids), seen, str(line.received), line.state)
    console().print(shown)


@click.command("assign")
@click.argument("device")
@GRID
@as_json
@click.pass_obj
def assign_command(desk: Desk, device: str, grids: tuple[str, ...], as_json: bool) -> None:
    """Give DEVICE (its id, or its name where only one has it) these grids instead of those it has.

    What the tablet did before it hears of this still counts in its old grids.
    """

    async def work(hub: Hub) -> dict[str, object]:
        found = await _device(hub, device)
        submitted = await hub.assign(found.id, await grid_ids(hub, grids))
        outcome = None if submitted.outcome is None else str(submitted.outcome.outcome)
        return {"device": found.id, "grids": list(grids), "outcome": outcome, "queued": submitted.queued}

    done = desk.run(work)
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done['device']} carries {', '.join(grids)} from its next contact on.")


@click.command("revoke")
@click.argument("identifier")
@as_json
@click.pass_obj
def revoke_command(desk: Desk, identifier: str, as_json: bool) -> None:
    """Revoke a tablet (id or name) or a token (id). The tablet hands in what it has, then erases itself."""

    async def work(hub: Hub) -> str:
        named = [line for line in await devices(hub) if identifier in (line.id, line.name)]
        if len(named) > 1:
            raise Failure(f"{len(named)} tablets have this name. Give the id; `lianxin devices` shows it.")
        found = named[0].id if named else identifier
        if not await hub.revoke(found):
            raise Failure("There is no such tablet or token. `lianxin devices` lists the tablets.")
        return found

    revoked = desk.run(work)
    if as_json:
        print_json({"revoked": revoked})
    else:
        click.echo(f"{revoked} is revoked. What it still uploads is set apart for 30 days.")


@click.command("token")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role if role not in (Role.LIAISON, Role.MEMBER)]),
    required=True,
    help="Who will hold it.",
)
@click.option("--community", metavar="CODE", help="The community; a dispatcher needs one.")
@click.option("--unit", metavar="CODE", help="The unit, for the role unit.")
@click.option("--name", default="", help="What to call it in lists.")
@as_json
@click.pass_obj
def token_command(
    desk: Desk, role: str, community: str | None, unit: str | None, name: str, as_json: bool
) -> None:
    """Make a token. It is shown this once; only its hash is kept."""

    async def work(hub: Hub) -> str:
        if role == Role.DISPATCHER and community is None:
            raise click.UsageError("A dispatcher's token needs --community.")
        if role == Role.UNIT and unit is None:
            raise click.UsageError("A unit's token needs --unit.")
        issued = await hub.issue_token(
            Role(role),
            None if community is None else await community_id(hub, community),
            unit=None if unit is None else await unit_id(hub, unit),
            name=name,
        )
        return issued.token

    token = desk.run(work)
    if as_json:
        print_json({"token": token})
    else:
        click.echo(token)


async def _device(hub: Hub, identifier: str) -> DeviceLine:
    """The one tablet of this id or name; one that was renewed is spoken to by its newest device."""
    found = [line for line in await devices(hub) if identifier in (line.id, line.name)]
    current = [line for line in found if line.state != "RENEWED"] or found
    if not current:
        raise Failure("There is no such tablet. `lianxin devices` lists them.")
    if len(current) > 1:
        raise Failure(f"{len(current)} tablets have this name. Give the id; `lianxin devices` shows it.")
    return current[0]
