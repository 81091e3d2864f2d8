"""`hearth requirement`: agreements and training, from the terminal of the server machine."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hearth.arguments import LARGEST_ID
from hearth.hmis.access.command_line import Acting, done
from hearth.server.errors import ServerError

if TYPE_CHECKING:
    from hearth.hmis.access.requirements import Requirement

requirement = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Agreements and training that roles require before their grants count.

    \b
    Examples:
      hearth requirement list
      hearth requirement publish user_agreement --text agreement.txt --valid-days 365 --from 2027-01-15
      hearth requirement record privacy_training ben@example.org --on 2026-12-01
      hearth requirement record agency_agreement --organization 17 --on 2026-12-01
      hearth requirement withdraw privacy_training ben@example.org --on 2026-12-01 --reason "Another Ben"
      hearth requirement import training.xlsx
      hearth requirement sign user_agreement --as ada@example.org
    """,
)

Kind = Annotated[str, typer.Argument(help="user_agreement, privacy_training or agency_agreement.")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")]


@requirement.command(name="list")
def list_requirements(acting: Acting = None) -> None:
    """What is required, by which roles, from when on, and how many users lack it."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    by = command_line.acting_administrator(acting)
    from hearth.hmis.access import requirement_records as records
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.access.requirements import REQUIREMENTS
    from hearth.hmis.access.roles import ROLES

    with acting_as(by):
        for kind in REQUIREMENTS.values():
            newest = records.newest(kind)
            since = f"closes access from {newest.counts_from}" if newest.counts_from else "closes nothing"
            roles = ", ".join(role.code for role in ROLES.values() if kind in role.requires)
            typer.echo(f"{kind.code}  version {newest.version}, {since}; required by {roles}")
        if records.missing_for(by):
            typer.echo("You lack one yourself, so that you see nobody else's: see `hearth requirement sign`.")
            return
        typer.echo(f"Accounts with a grant that does not count for want of one: {records.shut_out()}")


@requirement.command()
def publish(
    kind: Kind,
    text: Annotated[Path | None, typer.Option(help="A text file (UTF-8); as it is now where none.")] = None,
    valid_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Empty: without end.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Closes access from here; empty: closes nothing."),
    ] = None,
    asks_again: Annotated[bool, typer.Option(help="What was signed or taken before does not count.")] = False,
    acting: Acting = None,
) -> None:
    """Publish a new version of what a requirement asks."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access import requirement_records as records
    from hearth.hmis.access.context import acting as acting_as

    named, by = _kind(kind), command_line.acting_administrator(acting)
    with acting_as(by):
        written = records.newest(named).text if text is None else _text(text)
    made = done(
        records.publish, by=by, kind=named, text=written, valid_days=valid_days,
        counts_from=since and since.date(), asks_again=asks_again,
    )  # fmt: skip
    typer.echo(f"Published: {made}.")


@requirement.command()
def record(
    kind: Kind,
    email: Annotated[str | None, typer.Argument(help="Of whom, unless it is an organization's.")] = None,
    organization: Annotated[
        int | None, typer.Option(min=1, max=LARGEST_ID, help="Our number of the organization.")
    ] = None,
    on: Day = None,
    note: Annotated[str, typer.Option(help="Such as the course.")] = "",
    acting: Acting = None,
) -> None:
    """Record that somebody, or an organization, met a requirement, today or on a day of before."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from django.apps import apps
    from django.utils import timezone

    from hearth.hmis.access import requirement_records as records
    from hearth.hmis.access.models import User

    user = User.objects.filter(email__iexact=email).first() if email else None
    if (email is None) == (organization is None):
        raise ServerError("Name an e-mail address or an --organization.")
    if email and user is None:
        raise ServerError(f"Nobody has the address {email}.")
    known = apps.get_model("organizations", "Organization").objects
    if organization is not None and not known.filter(pk=organization).exists():
        raise ServerError("There is no such organization.")
    done(
        records.record, by=command_line.acting_administrator(acting), kind=_kind(kind), user=user,
        organization=organization, met_on=on.date() if on else timezone.localdate(), note=note,
    )  # fmt: skip
    typer.echo(f"{_kind(kind).name} is recorded for {email or f'organization {organization}'}.")


@requirement.command()
def withdraw(
    kind: Kind,
    reason: Annotated[str, typer.Option(help="Why it is taken back; it stays in the record.")],
    email: Annotated[str | None, typer.Argument(help="Of whom, unless it is an organization's.")] = None,
    organization: Annotated[
        int | None, typer.Option(min=1, max=LARGEST_ID, help="Our number of the organization.")
    ] = None,
    on: Day = None,
    acting: Acting = None,
) -> None:
    """Take back a record that was a mistake, or given up: the latest one, or the one of a day."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access import requirement_records as records
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.access.models import RequirementMet

    named, by = _kind(kind), command_line.acting_administrator(acting)
    if (email is None) == (organization is None):
        raise ServerError("Name an e-mail address or an --organization.")
    with acting_as(by):
        found = RequirementMet.objects.filter(kind=named.code, ended_at=None).order_by("-met_on", "-pk")
        found = found.filter(user__email__iexact=email) if email else found.filter(organization=organization)
        made = (found.filter(met_on=on.date()) if on else found).first()
    if made is None:
        raise ServerError("There is no such record that is not withdrawn.")
    done(records.withdraw, by=by, made=made, reason=reason)
    typer.echo(f"{named.name} of {made.met_on} is withdrawn for {email or f'organization {organization}'}.")


@requirement.command(name="import")
def import_(
    sheet: Annotated[
        Path, typer.Argument(metavar="SHEET", exists=True, dir_okay=False, help="Excel (.xlsx) or CSV UTF-8.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help="Record without asking if no line has a mistake.")
    ] = False,
    acting: Acting = None,
) -> None:
    """Record agreements and training of many people: all lines of a spreadsheet, or none.

    Columns: E-mail, Requirement, Day, Note. Every line is checked and shown before anything is written.
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.formats import counted
    from hearth.hmis.access.context import acting as acting_as
    from hearth.hmis.accounts.people import met_sheet
    from hearth.hmis.accounts.people.sheet_lines import Unreadable, text_of_file

    by = command_line.acting_administrator(acting)
    try:
        with acting_as(by):
            lines = met_sheet.checked(by, text_of_file(sheet))
    except Unreadable as error:
        raise ServerError(str(error)) from error
    for one in lines:
        good = f"{one.kind.name}, {one.met_on}" if one.kind else ""
        typer.echo(f"Line {one.number}  {one.email}  {' '.join(one.mistakes) or good}")
    if wrong := sum(bool(one.mistakes) for one in lines):
        raise ServerError(
            f"{counted(wrong, 'line')} of {len(lines)} with mistakes. Nothing was recorded: correct the file."
        )
    if not yes and not typer.confirm(f"Record {counted(len(lines), 'line')}?"):
        typer.echo("Nothing was recorded.")
        return
    typer.echo(f"{counted(done(met_sheet.record, by=by, lines=lines), 'record')} made.")


@requirement.command()
def sign(kind: Kind, acting: Acting = None) -> None:
    """Read an agreement and sign it as the administrator who acts: the one of a command has no password."""
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access import requirement_records as records
    from hearth.hmis.access.context import acting as acting_as

    named, by = _kind(kind), command_line.acting_administrator(acting)
    with acting_as(by):
        newest = records.newest(named)
    typer.echo(newest.text)
    name = typer.prompt("Type your name to sign")
    done(records.sign, by=by, kind=named, version=newest.version, name=name)
    typer.echo(f"{by.email} signed: {newest}.")


def _kind(code: str) -> "type[Requirement]":
    from hearth.hmis.access.requirements import REQUIREMENTS

    if code not in REQUIREMENTS:
        raise ServerError(f"{code} is not a requirement: use {', '.join(REQUIREMENTS)}.")
    return REQUIREMENTS[code]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"{path} cannot be read as UTF-8 text.") from error
