"""`hearth organization`: the organizations of this installation, from the terminal of the server machine."""

from typing import Annotated

import typer

organization = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Organizations: their numbers, which `hearth user add` asks for.

    \b
    Example:
      hearth organization list
    """,
)


@organization.callback()
def root() -> None:
    """A group of commands, also while it has one."""


@organization.command("list")
def list_(
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
) -> None:
    """List organizations with their numbers and how many projects each has. They come with imports.

    \b
    Example:
      hearth organization list --as you@example.org
    """
    from rich.console import Console
    from rich.table import Table

    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.organizations.queries import numbered_organizations

    rows = numbered_organizations(command_line.acting_administrator(acting))
    if not rows:
        typer.echo("There is no organization yet: they come with the first import (`hearth import`).")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("Number", justify="right")
    table.add_column("Organization", overflow="fold")
    table.add_column("Projects", justify="right")
    table.add_column("Data source", overflow="fold")
    for row in rows:
        table.add_row(str(row.pk), row.organization_name, str(row.project_count), str(row.data_source))
    Console(highlight=False).print(table)
