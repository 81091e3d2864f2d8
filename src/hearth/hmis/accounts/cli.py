"""`hearth user`: people who may sign in, from the terminal of the server machine."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hearth.arguments import LARGEST_ID
from hearth.hmis.access.command_line import Acting, done
from hearth.server.errors import ServerError

if TYPE_CHECKING:
    from hearth.hmis.access.models import Grant
    from hearth.hmis.access.roles import Role
    from hearth.hmis.access.scopes import Scope

user = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""People who sign in: add them, give them a password, and take away what they no longer need.

    \b
    Examples:
      hearth user add ada@example.org --role system_administrator
      hearth user invite ben@example.org --role hmis_user --organization 17 --name "Ben Berg"
      hearth user import people.xlsx
      hearth user password ben@example.org --as ada@example.org
      hearth user unlock ben@example.org
    """,
)

Email = Annotated[str, typer.Argument(help="Whom it is about.")]
RoleName = Annotated[
    str,
    typer.Option(
        help="hmis_user, agency_administrator, local_system_administrator, system_administrator or auditor."
    ),
]
OrganizationNumber = Annotated[
    int | None, typer.Option(min=1, max=LARGEST_ID, help="Our number of the organization where it holds.")
]
ProjectNumber = Annotated[
    int | None, typer.Option(min=1, max=LARGEST_ID, help="Our number of the project where it holds.")
]
ProjectGroupName = Annotated[
    str | None, typer.Option(help="The name of the group of projects where it holds.")
]
Coc = Annotated[str | None, typer.Option(metavar="MN-500", help="The Continuum of Care where it holds.")]
Site = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where people sign in; the first of HEARTH_ORIGINS if not given."),
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads it later.")]


@user.command()
def add(
    email: Annotated[str, typer.Argument(help="E-mail address, which is what they sign in with.")],
    role: RoleName,
    organization: OrganizationNumber = None,
    project: ProjectNumber = None,
    project_group: ProjectGroupName = None,
    coc: Coc = None,
    begins: Day = None,
    ends: Day = None,
    reason: Reason = "",
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    acting: Acting = None,
) -> None:
    """Add a person with a grant, or give somebody who is there one more: a role, where it holds, and when.

    It holds from `--begins` (today) until before `--ends`. Set a password with `hearth user password`.

    \b
    Examples:
      hearth user add ada@example.org --role system_administrator
      hearth user add ben@example.org --role hmis_user --organization 17 --name "Ben Berg"
      hearth user add eve@example.org --role hmis_user --project 120 --ends 2027-01-01 --reason "Interns"
      hearth user add dan@example.org --role local_system_administrator --coc MN-500
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.actions import add_user

    chosen, scope = _role_and_scope(role, organization, project, project_group, coc)
    by = command_line.acting_administrator(acting)
    if role == "system_administrator" and by.email.lower() == email.lower():
        typer.echo(f"{by.email}: {chosen.name}. Set a password with `hearth user password {by.email}`.")
        return
    made = done(
        add_user, by=by, email=email, name=name, role=chosen, scope=scope,
        begins_on=begins and begins.date(), ends_on=ends and ends.date(), reason=reason,
    )  # fmt: skip
    typer.echo(f"{made.email}: {chosen.name}. Set a password with `hearth user password {made.email}`.")


@user.command()
def invite(
    email: Annotated[str, typer.Argument(help="E-mail address, to which the invitation goes.")],
    role: RoleName,
    organization: OrganizationNumber = None,
    project: ProjectNumber = None,
    project_group: ProjectGroupName = None,
    coc: Coc = None,
    begins: Day = None,
    ends: Day = None,
    reason: Reason = "",
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    site: Site = None,
    acting: Acting = None,
) -> None:
    """Add a person with a grant and mail a link to set a password; whoever is there gets the grant alone.

    \b
    Example:
      hearth user invite ben@example.org --role hmis_user --organization 17 --site https://hmis.example.org
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.accounts.people.actions import add as add_and_invite
    from hearth.hmis.accounts.people.actions import mail_is_set

    chosen, scope = _role_and_scope(role, organization, project, project_group, coc)
    if not mail_is_set():
        raise ServerError(
            "This installation has no mail server (HEARTH_MAIL_URL). Use `hearth user add` and then"
            " `hearth user password`."
        )
    added = done(
        add_and_invite, by=command_line.acting_administrator(acting), site=_site(site), email=email,
        name=name, role=chosen, scope=scope, begins_on=begins and begins.date(), ends_on=ends and ends.date(),
        reason=reason,
    )  # fmt: skip
    mailed = "An invitation goes out" if added.is_invited else "The account was there: no mail goes out"
    typer.echo(f"{added.user.email}: {chosen.name}. {mailed}.")


@user.command(name="import")
def import_(
    sheet: Annotated[
        Path, typer.Argument(metavar="SHEET", exists=True, dir_okay=False, help="Excel (.xlsx) or CSV UTF-8.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Add without asking if no line has a mistake.")] = False,
    site: Site = None,
    acting: Acting = None,
) -> None:
    """Add many people with a grant each, and invite them: all lines of a spreadsheet, or none.

    Columns: E-mail, Name, Role, Reason; Organization, Project, Group of projects or CoC; First day, Last day.
    Every line is checked and shown before anything is written or sent.

    \b
    Examples:
      hearth user import people.xlsx
      hearth user import people.csv --yes --site https://hmis.example.org --as ada@example.org
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.formats import counted
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.accounts.people import actions, spreadsheet
    from hearth.hmis.accounts.people.sheet_lines import Unreadable, text_of_file

    by = command_line.acting_administrator(acting)
    try:
        with acting_as(by):
            lines = spreadsheet.checked(by, text_of_file(sheet))
    except Unreadable as error:
        raise ServerError(str(error)) from error
    for one in lines:
        where = f"{one.role.name}, {one.place.text}" if one.role and one.place else ""
        typer.echo(f"Line {one.number}  {one.email}  {' '.join(one.mistakes) or where}")
    if wrong := sum(bool(one.mistakes) for one in lines):
        raise ServerError(
            f"{counted(wrong, 'line')} of {len(lines)} with mistakes. Nobody was added: correct the file."
        )
    is_mailed = actions.mail_is_set()
    address = _site(site) if is_mailed else ""
    what = "Add and invite" if is_mailed else "Add"
    if not yes and not typer.confirm(f"{what} {counted(len(lines), 'person')}?"):
        typer.echo("Nobody was added.")
        return
    added = done(actions.add_many, by=by, site=address, lines=lines)
    sent = "and invited by mail" if is_mailed else "Set a first password for each: `hearth user password`"
    typer.echo(f"{counted(len(added), 'person')} added{' ' if is_mailed else '. '}{sent}.")


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
    from hearth.hmis.accounts.actions import set_password

    if sys.stdin.isatty():
        chosen = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        chosen = sys.stdin.readline().rstrip("\n")
    done(set_password, by=command_line.acting_administrator(acting), email=email, password=chosen)
    typer.echo(f"{email} has a new password, to be changed at the next sign-in unless it is your own.")


@user.command(name="list")
def list_users(acting: Acting = None) -> None:
    """List everybody who may sign in, with their grants: role, where it holds (numbers), and until when."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    by = command_line.acting_administrator(acting)
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.access.models import User

    with acting_as(by):
        for one in User.objects.order_by("email"):
            held = ", ".join(_in_short(grant) for grant in one.grants_now)
            state = "" if one.is_active else "  deactivated"
            typer.echo(f"{one.email}  {held or 'no role'}{state}")


@user.command()
def deactivate(email: Email, acting: Acting = None) -> None:
    """Let somebody sign in no more, and end what is open."""
    made = _asked("deactivate", acting, email=email)
    typer.echo(f"{made.email} cannot sign in any more.")


@user.command()
def reactivate(email: Email, acting: Acting = None) -> None:
    """Let somebody sign in again who was deactivated."""
    made = _asked("reactivate", acting, email=email)
    typer.echo(f"{made.email} may sign in again.")


@user.command(name="remove-role")
def remove_role(
    email: Email,
    role: RoleName,
    organization: OrganizationNumber = None,
    project: ProjectNumber = None,
    project_group: ProjectGroupName = None,
    coc: Coc = None,
    reason: Reason = "",
    acting: Acting = None,
) -> None:
    """End the grant of a role, from the next request on."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.actions import remove_role as remove_role_of

    chosen, scope = _role_and_scope(role, organization, project, project_group, coc)
    by = command_line.acting_administrator(acting)
    made = done(remove_role_of, by=by, email=email, role=chosen, scope=scope, reason=reason)
    typer.echo(f"{made.email} no longer holds the role {chosen.name}.")


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


def _role_and_scope(
    role: str, organization: int | None, project: int | None, project_group: str | None, coc: str | None
) -> "tuple[type[Role], Scope]":
    """What the options name. Raises ServerError with a sentence for what is none, or does not go together."""
    from hearth.hmis.access import scopes
    from hearth.hmis.access.roles import ROLES

    if role not in ROLES:
        raise ServerError(f"{role} is not a role: use {', '.join(ROLES)}.")
    given: list[scopes.Scope] = []
    if organization is not None:
        given.append(scopes.OrganizationScope(organization))
    if project is not None:
        given.append(scopes.ProjectScope(project))
    if project_group is not None:
        given.append(scopes.ProjectGroupScope(_project_group(project_group)))
    if coc is not None:
        given.append(scopes.CocScope(coc))
    where = given or [scopes.StateScope()]
    held = ROLES[role].scopes
    if len(where) > 1 or type(where[0]) not in held:
        options = " or ".join(
            f"--{kind.code.replace('_', '-')}" for kind in held if kind is not scopes.StateScope
        )
        needs = f"needs one of {options}" if " or " in options else f"needs {options}"
        raise ServerError(f"The role {role} {needs if options else 'is held without a place'}.")
    return ROLES[role], where[0]


def _site(given: str | None) -> str:
    """The address that links begin with. Raises ServerError where it is none, or none is known."""
    from urllib.parse import urlsplit

    from django.conf import settings

    site = given or next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServerError("Name the address where people sign in, such as --site https://hmis.example.org.")
    return f"{parts.scheme}://{parts.netloc}/"


def _project_group(name: str) -> int:
    from django.apps import apps

    found = apps.get_model("organizations", "ProjectGroup").objects.filter(name=name).first()
    if found is None:
        raise ServerError(f"There is no group of projects {name}.")
    return int(found.pk)


def _in_short(grant: "Grant") -> str:
    place = " ".join(str(value) for name, value in grant.where.values().items() if name != "scope" and value)
    until = f" until {grant.last_day}" if grant.last_day else ""
    return f"{grant.role} ({place}){until}" if place else f"{grant.role}{until}"


def _asked(action: str, acting: str | None, **what: Any) -> Any:
    """Do one of `accounts.actions` as an administrator; what cannot be is told in its sentence."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.accounts import actions

    return done(getattr(actions, action), by=command_line.acting_administrator(acting), **what)
