"""The command line, `lianxin`: which commands there are, and what people read when one fails.

Each command lies in a server/cli_*.py and is imported only when it is called, so that --help
answers at once. Exit codes: 0 done, 1 the thing asked for failed, 2 it was asked wrongly.
"""

import importlib
from typing import Any, Final

import click

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("server.cli_demo", "Play a district's day in a minute, then serve it."),
    "serve": ("server.cli_serve", "Serve the district: GraphQL, tablets, and the nightly settlement."),
    "settle": ("server.cli_run", "Settle now whatever tablets have uploaded."),
    "report": ("server.cli_run", "Print the report of the last night, or of an earlier settlement."),
    "verify": ("server.cli_run", "Replay the log and prove that every table follows from it."),
    "load": ("server.cli_district", "Load a district file: communities, units, grids, rules, members."),
    "register": ("server.cli_register", "Register the members on a unit's list at its community."),
    "import": ("server.cli_district", "Take an upload that was carried on a USB stick."),
    "export": ("server.cli_district", "Write the settled data as lines of JSON."),
    "enrol": ("server.cli_devices", "Show a one-time code that makes a tablet one of ours."),
    "devices": ("server.cli_devices", "List the tablets: their grids, and when they were last heard of."),
    "assign": ("server.cli_devices", "Give a tablet other grids."),
    "revoke": ("server.cli_devices", "Revoke a tablet or a token."),
    "token": ("server.cli_devices", "Make a token for a desk, a unit, an admin or a front-end."),
    "divide": ("server.cli_divide", "Propose an even division of members over grids."),
    "page": ("server.cli_page", "Give a member a one-time code for their own page."),
    "paper": ("server.cli_paper", "Print the codes by which residents rate tickets."),
    "backup": ("server.cli_backup", "Make a backup while the district works, and prove it."),
    "restore": ("server.cli_backup", "Go back to a backup, and do again what offices did since."),
    "migrate": ("server.cli_migrate", "Move the district into another database, and prove it."),
    "stats": ("server.cli_reading", "Count what a district is proud of."),
    "conflicts": ("server.cli_reading", "List what waits for a person, with both sides."),
    "rules": ("server.cli_reading", "Print the rule book, with the reason of every rule."),
    "schema": ("server.cli_schema", "Print the GraphQL schema."),
}


class Commands(click.Group):
    """Finds a command's module when it is called, and says failures in words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            from server.cli_failures import explain

            raise click.ClickException(explain(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="en",
    show_default=True,
    envvar="LIANXIN_LANGUAGE",
    show_envvar=True,
    help="The language of reports, rules and findings.",
)
@click.option("--debug", is_flag=True, help="Show where in the program a failure happened.")
@click.version_option(package_name="lianxin", prog_name="lianxin")
@click.pass_context
def main(ctx: click.Context, language: str, debug: bool) -> None:
    """Lianxin 连心: a district's neighbourhood service, recorded offline and settled at night.

    Settings come from LIANXIN_* variables; `lianxin serve --help` names them.
    """
    from server.cli_tools import Desk

    ctx.obj = ctx.obj or Desk()
    ctx.obj.language = language
