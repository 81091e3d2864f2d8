"""`hearth consent`: answers of clients that were given elsewhere, from the terminal of the server machine."""

from pathlib import Path
from typing import Annotated

import typer

consent = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Consent: take in what clients answered in another system.

    \b
    Example:
      hearth consent import answers.csv
    """,
)


@consent.callback()
def root() -> None:
    """A group of commands, also while it has one."""


@consent.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or Excel (.xlsx).")
    ],
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
) -> None:
    """Take in a file of answers, CSV or Excel.

    Columns: Source, PersonalID, Choice, Date, FormVersion, Language, Method; Guardian, Witness and Until may
    be there, too. A line that cannot be taken is listed with what to do, the others are written. The same
    file again adds nothing. The people must be there already (`hearth import`).

    \b
    Examples:
      hearth consent import answers.csv
      hearth consent import answers.csv --as admin@example.org
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.formats import counted
    from hearth.hmis.access.context import acting as in_the_name_of
    from hearth.hmis.consent.consent_file import FileRefused
    from hearth.hmis.consent.file_actions import take_consent_file
    from hearth.server.errors import ServerError

    user = command_line.acting_administrator(acting)
    try:
        with in_the_name_of(user):
            taken = take_consent_file(by=user, content=file.read_bytes())
    except FileRefused as error:
        raise ServerError(str(error)) from None
    for one in taken.findings:
        typer.echo(f"Line {one.line}{f', {one.column}' if one.column else ''}: {one.said}")
    typer.echo(
        f"{counted(taken.added, 'answer')} added, {taken.known} known already,"
        f" {counted(taken.left_out, 'line')} left out;"
        f" {counted(taken.touched, 'record')} seen by others than before."
    )
    if taken.left_out:
        raise typer.Exit(1)
