"""`hearth user`: people who may sign in, from the terminal of the server machine."""

import sys
from typing import Annotated

import typer

from hearth.server.errors import ServerError

user = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""People who sign in: add them, and give them a password.

    \b
    Examples:
      hearth user add ada@example.org --role system_administrator
      hearth user add ben@example.org --role hmis_user --organization 17 --name "Ben Berg"
      hearth user password ben@example.org
    """,
)


@user.command()
def add(
    email: Annotated[str, typer.Argument(help="E-mail address, which is what they sign in with.")],
    role: Annotated[str, typer.Option(help="system_administrator, hmis_user or auditor.")],
    organization: Annotated[
        int | None, typer.Option(help="Our number of the organization that an HMIS user works for.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
) -> None:
    """Add a person, or give somebody who is there one more role. Set a password with `hearth user password`.

    \b
    Examples:
      hearth user add ada@example.org --role system_administrator
      hearth user add ben@example.org --role hmis_user --organization 17 --name "Ben Berg"
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.actions import add_user
    from hearth.hmis.access.roles import ROLES

    if role not in ROLES:
        raise ServerError(f"{role} is not a role: use {', '.join(ROLES)}.")
    if ROLES[role].per_organization != (organization is not None):
        needs = "needs --organization" if ROLES[role].per_organization else "is held without --organization"
        raise ServerError(f"The role {role} {needs}.")
    by = command_line.acting_administrator(acting)
    if role == "system_administrator" and by.email.lower() == email.lower():
        typer.echo(
            f"{by.email}: System administrator. Set a password with `hearth user password {by.email}`."
        )
        return
    try:
        made = add_user(by=by, email=email, name=name, role=ROLES[role], organization=organization)
    except ValueError as error:
        raise ServerError(str(error)) from error
    typer.echo(f"{made.email}: {ROLES[role].name}. Set a password with `hearth user password {made.email}`.")


@user.command()
def password(
    email: Annotated[str, typer.Argument(help="Who is to get a new password.")],
) -> None:
    """Give somebody a new password, which is asked for twice, or read from standard input by a script.

    \b
    Examples:
      hearth user password ben@example.org
      cat secret.txt | hearth user password ben@example.org
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.actions import set_password

    if sys.stdin.isatty():
        chosen = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        chosen = sys.stdin.readline().rstrip("\n")
    try:
        set_password(by=command_line.acting_administrator(None), email=email, password=chosen)
    except ValueError as error:
        raise ServerError(str(error)) from error
    typer.echo(f"{email} has a new password.")
