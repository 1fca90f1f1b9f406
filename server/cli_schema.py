"""The command that prints the GraphQL schema; building it takes longer than what other commands do."""

import click

from schema.build import introspected, sdl
from server.cli_tools import print_json


@click.command("schema")
@click.option("--introspection", is_flag=True, help="As the JSON that an introspection query answers.")
def schema_command(introspection: bool) -> None:
    """Print the GraphQL schema in the schema language, or as introspection JSON for tools that want that."""
    if introspection:
        print_json(introspected())
    else:
        click.echo(sdl(), nl=False)
