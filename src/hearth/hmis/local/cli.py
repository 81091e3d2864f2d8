"""`hearth local`: what is asked beside HUD's elements. Only the import needs the database."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hearth.hmis.local.element import LocalElement

local = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Local elements: show, load from a spreadsheet, check; and take in their answers.

    \b
    Examples:
      hearth local list
      hearth local show MN-U01
      hearth local load our_elements.csv
    """,
)


@local.command("list")
def list_elements() -> None:
    """The local elements, the programs, and what is known and not asked, with the reason.

    \b
    Example:
      hearth local list
    """
    from hearth.hmis.local.mn.registry import registry

    found = registry()
    for one in found.elements:
        typer.echo(f"{one.number} v{one.version}  {one.name}  ({one.kind}; {one.status}; {one.confidence})")
    typer.echo("\nPrograms:")
    for program in found.programs.values():
        typer.echo(f"{program.code}  {program.name}, {program.funder}")
    typer.echo("\nNot asked:")
    for number, (name, _, _, why) in found.not_asked.items():
        typer.echo(f"{number}  {name}: {why}")


@local.command()
def show(number: Annotated[str, typer.Argument(help="Such as MN-U01.")]) -> None:
    """One element: its fields, whom it asks and when, and how sure it is.

    \b
    Example:
      hearth local show MN-U01
    """
    from hearth.hmis.local.mn.registry import registry

    found = registry()
    versions = [one for one in found.elements if one.number == number.upper()]
    if not versions and (known := found.not_asked.get(number.upper())):
        typer.echo(f"{number.upper()} {known[0]}\nNot asked: {known[3]}")
        return
    if not versions:
        typer.echo(f"There is no element {number}. See: hearth local list", err=True)
        raise typer.Exit(1)
    for one in versions:
        _show(one)


def _show(one: LocalElement) -> None:
    typer.echo(f"{one.number} version {one.version}: {one.name}")
    typer.echo(f"  {one.kind}; status: {one.status}; confidence: {one.confidence}; source: {one.source}")
    typer.echo(f"  {one.reason}")
    for each in one.fields:
        gate = f" if {each.gate}" if str(each.gate) else ""
        typer.echo(f"  {each.id} ({each.type}{', optional' if each.optional else ''}){gate}: {each.question}")
        for choice in each.choices[:12]:
            typer.echo(f"      {choice.code}  {choice.label}")
        if len(each.choices) > 12:
            typer.echo(f"      and {len(each.choices) - 12} more")
    for requirement in one.requirements:
        asked = "asked" if requirement.required else "offered"
        types = ", ".join(requirement.project_types) or "all"
        typer.echo(
            f"  {asked} of {requirement.asked_of} at {', '.join(requirement.collected_at)};"
            f" project types: {types}; where: {requirement.where or 'always'} ({requirement.at})"
        )


@local.command()
def form(
    stage: Annotated[str, typer.Option("--stage", help="record, start, update, annual, exit or post_exit.")],
    person: Annotated[str, typer.Option("--person", help="hoh_adult, hoh_child, adult or child.")],
    kind: Annotated[str, typer.Option("--type", help="Project type, a code of list 2.02.6.")] = "1",
    program: Annotated[list[str] | None, typer.Option("--program", help="Money of the household.")] = None,
    on: Annotated[str, typer.Option("--on", help="The day, like 2026-10-01; today.")] = "",
) -> None:
    """Which local questions are asked of one person at one stage.

    \b
    Example:
      hearth local form --type 13 --stage start --person hoh_adult --program FHPAP
    """
    from hearth.hmis.local.form import local_questions
    from hearth.hmis.local.mn.registry import registry
    from hearth.standards.form import Project
    from hearth.standards.gates import LOCAL_PROGRAM

    found = registry()
    for one in program or []:
        if one not in found.programs:
            typer.echo(f"There is no program {one}. See: hearth local list", err=True)
            raise typer.Exit(1)
    answers: dict[str, str | None] = {
        f"{LOCAL_PROGRAM}.{code}": "1" if code in (program or []) else "0" for code in found.programs
    }
    try:
        day = date.fromisoformat(on) if on else datetime.now().astimezone().date()
        asked = local_questions(found, Project(kind), stage, person, day, answers)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for each in asked:
        if each.asked != "hidden":
            gate = f"  if {each.gate}" if each.asked == "conditional" else ""
            typer.echo(f"{each.element.number}  {each.field.name}  {each.asked}{gate}")


@local.command()
def load(
    sheet: Annotated[Path, typer.Argument(help="A .csv or .xlsx file: one row for each field.", exists=True)],
    folder: Annotated[Path | None, typer.Option("--to", help="Where elements/ and lists/ are.")] = None,
) -> None:
    """Write the local elements of a spreadsheet as YAML, or say in which line something is wrong.

    \b
    Example:
      hearth local load our_elements.csv
    """
    from hearth.hmis.local import from_sheet as sheets
    from hearth.hmis.local.mn.registry import FOLDER, LISTS
    from hearth.hmis.ui import workbooks

    try:
        if sheet.stat().st_size > sheets.MOST_BYTES:
            raise sheets.SheetError("It is too large for a list of elements. Load it in parts.")
        data = sheet.read_bytes()
        is_workbook = data.startswith(workbooks.BEGINS)
        rows = enumerate(workbooks.rows_of(data), 1) if is_workbook else sheets.rows_of_csv(data)
        paths = sheets.load(rows, folder or FOLDER, LISTS)
    except (sheets.SheetError, workbooks.UnreadableWorkbook, OSError) as error:
        typer.echo(f"{sheet.name}: {error} Nothing was written.", err=True)
        raise typer.Exit(1) from None
    for path in paths:
        typer.echo(f"Written: {path}")


@local.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="ZIP", exists=True, dir_okay=False)],
    source: Annotated[str, typer.Option("--source", help="The data source that the HUD export went to.")],
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
) -> None:
    """Take in the second zip of an export, after the HUD export beside it (`hearth import`).

    Rows that name what is not there, or say what cannot be, are left out, counted and said. The same zip
    again changes nothing.

    \b
    Example:
      hearth import everything.zip --source "Other HMIS" --yes
      hearth local import everything.local.zip --source "Other HMIS"
    """
    from hearth.hmis.access import command_line

    command_line.prepare()
    from hearth.hmis.access.context import acting as in_the_name_of
    from hearth.hmis.local.importing import ImportRefused, import_answers
    from hearth.hmis.organizations.models import DataSource
    from hearth.server.errors import ServerError

    user = command_line.acting_administrator(acting)
    try:
        with in_the_name_of(user):
            place = DataSource.objects.filter(name=source).first()
            if place is None:
                raise ServerError("There is no data source of that name. Import the HUD export first.")
            taken = import_answers(by=user, path=file, source=place)
    except ImportRefused as error:
        raise ServerError(f"{error} Nothing was written.") from None
    for name in taken.added:
        typer.echo(
            f"{name}: {taken.added[name]:,} added, {taken.changed[name]:,} changed,"
            f" {taken.unchanged[name]:,} unchanged"
        )
    for why, count in taken.left_out.most_common():
        typer.echo(f"Left out, {why}: {count:,}")
    if taken.left_out:
        raise typer.Exit(1)


@local.command()
def lint() -> None:
    """Prove that local elements hold together. Ends with 1 if not. `hearth standards lint` asks this, too.

    \b
    Example:
      hearth local lint
    """
    problems = problems_of_local_elements()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("The local elements hold together.")


def problems_of_local_elements() -> list[str]:
    """What is to repair, each with its place."""
    from hearth.hmis.local import lint as lints
    from hearth.hmis.local.mn.registry import FOLDER, LISTS
    from hearth.hmis.local.reading import read_folder
    from hearth.standards.document import StandardsError

    try:
        return [str(one) for one in lints.lint(read_folder(FOLDER, LISTS))]
    except StandardsError as error:
        return [str(error)]
