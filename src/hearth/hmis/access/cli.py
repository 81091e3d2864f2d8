"""`hearth user`: people who may sign in, from the terminal of the server machine."""

import sys
from typing import Annotated, Any

import typer

from hearth.arguments import LARGEST_ID
from hearth.server.errors import ServerError

user = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""People who sign in: add them, give them a password, and take away what they no longer need.

    \b
    Examples:
      hearth user add ada@example.org --role system_administrator
      hearth user add ben@example.org --role hmis_user --organization 17 --name "Ben Berg"
      hearth user password ben@example.org --as ada@example.org
      hearth user unlock ben@example.org
    """,
)

Acting = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")]
Email = Annotated[str, typer.Argument(help="Whom it is about.")]


@user.command()
def add(
    email: Annotated[str, typer.Argument(help="E-mail address, which is what they sign in with.")],
    role: Annotated[str, typer.Option(help="system_administrator, hmis_user or auditor.")],
    organization: Annotated[
        int | None,
        typer.Option(
            min=1, max=LARGEST_ID, help="Our number of the organization that an HMIS user works for."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    acting: Acting = None,
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
    acting: Acting = None,
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
        set_password(by=command_line.acting_administrator(acting), email=email, password=chosen)
    except ValueError as error:
        raise ServerError(str(error)) from error
    typer.echo(f"{email} has a new password.")


@user.command(name="list")
def list_users(acting: Acting = None) -> None:
    """List everybody who may sign in, with roles and the organizations' numbers."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    command_line.acting_administrator(acting)
    from hearth.hmis.access.models import User

    for one in User.objects.order_by("email").prefetch_related("memberships"):
        roles = ", ".join(
            f"{held.role} ({held.organization_id})" if held.organization_id else held.role
            for held in one.memberships.all()
        )
        state = "" if one.is_active else "  deactivated"
        typer.echo(f"{one.email}  {roles or 'no role'}{state}")


@user.command()
def deactivate(email: Email, acting: Acting = None) -> None:
    """Let somebody sign in no more, and end what is open."""
    done = _asked("deactivate", acting, email=email)
    typer.echo(f"{done.email} cannot sign in any more.")


@user.command(name="remove-role")
def remove_role(
    email: Email,
    role: Annotated[str, typer.Option(help="system_administrator, hmis_user or auditor.")],
    organization: Annotated[
        int | None, typer.Option(min=1, max=LARGEST_ID, help="Our number of the organization.")
    ] = None,
    acting: Acting = None,
) -> None:
    """Take a role from somebody."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.roles import ROLES

    if role not in ROLES:
        raise ServerError(f"{role} is not a role: use {', '.join(ROLES)}.")
    done = _asked("remove_role", acting, email=email, role=ROLES[role], organization=organization)
    typer.echo(f"{done.email} no longer holds the role {ROLES[role].name}.")


@user.command()
def unlock(email: Email, acting: Acting = None) -> None:
    """Forget the failed tries that lock an account."""
    count = _asked("unlock", acting, email=email)
    typer.echo(f"{email} may sign in again; {count} failed tries are forgotten.")


@user.command(name="end-sessions")
def end_sessions(email: Email, acting: Acting = None) -> None:
    """Sign somebody out everywhere."""
    count = _asked("end_sessions", acting, email=email)
    typer.echo(f"{email} is signed out; sessions that were open: {count}.")


@user.command(name="reset-mfa")
def reset_mfa(email: Email, acting: Acting = None) -> None:
    """Take away a second step that was lost, with its recovery codes."""
    had = _asked("reset_mfa", acting, email=email)
    typer.echo(f"{email} signs in with the password alone." if had else f"{email} has no second step.")


def _asked(action: str, acting: str | None, **what: Any) -> Any:
    """Do one of `access.actions` as an administrator; what cannot be is told in its sentence."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access import actions

    try:
        return getattr(actions, action)(by=command_line.acting_administrator(acting), **what)
    except ValueError as error:
        raise ServerError(str(error)) from error
