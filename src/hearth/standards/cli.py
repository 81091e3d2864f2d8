"""`hearth standards`: look into HUD's data standards, see forms, compare years, prove, write pages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hearth.arguments import given_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from hearth.standards.form import Project
    from hearth.standards.form_batch import Case
    from hearth.standards.load import Registry

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""HUD's data standards: look up, compare years, prove, write the data dictionary.

    \b
    Examples:
      hearth standards show HealthAndDV.WhenOccurred
      hearth standards diff 2024 2026
      hearth standards form --type 13 --subtype 2 --funder 3,43 --stage start --person hoh_adult
      hearth standards lint
    """,
)

Year = Annotated[int, typer.Option("--year", "-y", help="HUD fiscal year of the standards.")]


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A file, File.Column, a list, an element or a check.")],
    year: Year = 2026,
) -> None:
    """Show one definition: a file, a column, a pick list, a data element or a check.

    \b
    Examples:
      hearth standards show HealthAndDV.WhenOccurred
      hearth standards show Exit                       the file with its columns
      hearth standards show 3.12.1                     the pick list with its codes
      hearth standards show 4.11                       the data element and who must ask it
      hearth standards show exit_before_entry          the check
      hearth standards show Client.Female --year 2022
    """
    from rich.console import Console

    from hearth.standards import load, screen
    from hearth.standards.find import find, similar

    registry = load(_known(year))
    found = find(registry, name)
    if not found:
        close = similar(registry, name)
        hint = f" Did you mean {', '.join(close)}?" if close else " Try `hearth standards show --help`."
        typer.echo(f"FY{registry.year} has nothing called {name}.{hint}", err=True)
        raise typer.Exit(1)
    console = Console()
    for one in found:
        console.print(screen.of(registry, one))


@app.command()
def diff(
    before: Annotated[int, typer.Argument(help="The earlier HUD fiscal year.")],
    after: Annotated[int, typer.Argument(help="The later HUD fiscal year.")],
    kind: Annotated[
        str | None, typer.Option("--only", help="One of: file, column, list, code, element.")
    ] = None,
) -> None:
    """Show what changed between two years.

    \b
    Examples:
      hearth standards diff 2024 2026
      hearth standards diff 2022 2024 --only column
    """
    from rich.console import Console

    from hearth.standards import load, screen
    from hearth.standards.diff import KINDS
    from hearth.standards.diff import diff as differences

    if not _known(before) < _known(after):
        raise typer.BadParameter(f"{after} must be a later year of the standards than {before}.")
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"There is no kind {kind}: use {', '.join(KINDS)}.", param_hint="--only")
    changes = differences(load(_known(before)), load(_known(after)))
    chosen = [change for change in changes if kind in (None, change.kind)]
    Console().print(screen.of_changes(chosen))
    typer.echo(f"{len(chosen)} differences between FY{before} and FY{after}.")


def _no_database(number: int, day: "date | None", acting: str | None) -> "tuple[Project, date]":
    raise typer.BadParameter("Projects of a database are known to the whole `hearth` command alone.")


#: A project by its number on a day, in the name of an administrator. The registry knows no database;
#: `hearth.cli` puts in what does.
find_project: "Callable[[int, date | None, str | None], tuple[Project, date]]" = _no_database


def _no_further_problems() -> list[str]:
    return []


#: What else is linted with the registry, each problem with its place; `hearth.cli` puts in local elements.
further_problems: "Callable[[], list[str]]" = _no_further_problems


@app.command()
def form(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[PROJECT]", help="A project of the database: the number in its page's address.", min=1
        ),
    ] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Project type, a code of list 2.02.6.")] = None,
    subtype: Annotated[
        str, typer.Option("--subtype", help="Of rapid re-housing: 1 (services only), 2 (housing), 1|2.")
    ] = "",
    funder: Annotated[
        str, typer.Option("--funder", help="Funding sources, codes of list 2.06.1: 3,43. None: leave out.")
    ] = "",
    stage: Annotated[
        str | None,
        typer.Option("--stage", help="record, setup, start, update, annual, exit, post_exit or occurrence."),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="hoh_adult, hoh_child, adult or child.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="The day of the answers; 2025-10-01, of a PROJECT today."),
    ] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who asks for PROJECT.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="NAME=CODE", help="An answer so far: Client.VeteranStatus=1."),
    ] = None,
    access_point: Annotated[
        bool,
        typer.Option("--access-point", help="The project is an access point (2.09)."),
    ] = False,
    category_2_or_3: Annotated[
        bool, typer.Option("--category-2-or-3", help="It serves category 2 or 3 of the homeless definition.")
    ] = False,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="IN.csv", parser=given_path, help="Answer every line of a file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="OUT.csv", parser=given_path, help="Where the answers go.")
    ] = None,
) -> None:
    """Show what the standards ask of a person at a stage in a project, in what order, and why.

    A file for --batch has the columns funders (codes joined by +), project_type, rrh_subtype, stage and
    person; the answer adds element, column, asked and gate, a row for each field that is asked.

    \b
    Examples:
      hearth standards form --type 13 --subtype 2 --funder 3,43 --stage start --person hoh_adult
      hearth standards form --type 3 --funder 20 --stage exit --person adult --answer Client.VeteranStatus=1
      hearth standards form 1306 --stage annual --person child
      hearth standards form --batch cases.csv --out asked.csv
    """
    from hearth.standards import form_batch

    day = _day(on) if on is not None else None
    of_project: dict[str, object] = {"--type": kind, "--funder": funder, "--subtype": subtype}
    of_project |= {"--access-point": access_point, "--category-2-or-3": category_2_or_3}
    asked: dict[str, object] = {"--stage": stage, "--person": person}
    if batch is not None:
        given = [
            name
            for name, value in (of_project | asked | {"--answer": answer, "PROJECT": number}).items()
            if value
        ]
        if given:
            raise typer.BadParameter(f"The file describes the projects: leave out {', '.join(given)}.")
        _answer_all(_registry(day), batch, out)
        return
    if out is not None:
        raise typer.BadParameter("It goes with --batch, which names the file to answer.", param_hint="--out")
    needed = asked if number is not None else {"--type": kind, **asked}
    if missing := [name for name, value in needed.items() if value is None]:
        raise typer.BadParameter(f"Say also {', '.join(missing)}, or name a file with --batch.")
    project = None
    if number is not None:
        if given := [
            name for name in ("--type", "--funder", "--subtype", "--access-point") if of_project[name]
        ]:
            raise typer.BadParameter(f"The database knows the project: leave out {', '.join(given)}.")
        project, day = find_project(number, day, acting)
    registry = _registry(day)
    codes = [code.strip() for code in funder.replace("+", ",").split(",") if code.strip()]
    facts: dict[str, str | None] = {"CEParticipation.AccessPoint": str(int(access_point))}
    facts |= project.facts if project else {}
    facts["Setting.ServesCategory2Or3"] = str(int(category_2_or_3))
    try:
        one = form_batch.case(
            registry,
            funders=project.funders if project else codes,
            project_type=project.project_type if project else (kind or "").strip(),
            rrh_subtypes=project.rrh_subtypes if project else form_batch.subtypes(subtype.strip()),
            stage=stage or "",
            person=person or "",
            facts=facts,
        )
    except form_batch.CaseError as error:
        raise typer.BadParameter(str(error)) from None
    _show_form(registry, one, _answers(registry, answer or []))


def _registry(day: "date | None") -> "Registry":
    """The standards of a day; without one, of the first day from which it is known who must ask what."""
    from hearth.standards import form_batch

    try:
        return form_batch.registry_on(day or form_batch.FIRST_DAY)
    except form_batch.CaseError as error:
        raise typer.BadParameter(str(error), param_hint="--on") from None


def _show_form(registry: "Registry", one: "Case", answers: dict[str, str | None]) -> None:
    from rich.console import Console

    from hearth.standards import screen
    from hearth.standards.form import HIDDEN, questions

    asked = questions(registry, one.project, one.stage, one.person, answers or None)
    shown = [question for question in asked if question.asked != HIDDEN]
    Console().print(screen.of_questions(shown))
    hidden = len(asked) - len(shown)
    typer.echo(f"{len(shown)} fields.")
    if hidden:
        typer.echo(f"{hidden} more are not asked after the answers so far.")


def _answer_all(registry: "Registry", batch: Path, out: Path | None) -> None:
    """Answer a file; one sentence where it cannot be, and then nothing is written."""
    from hearth.standards import form_batch

    if out is None:
        raise typer.BadParameter("Say where the answers go.", param_hint="--out")
    if out.exists() and (not out.is_file() or out.samefile(batch) if batch.exists() else out.is_dir()):
        raise typer.BadParameter(f"{out} cannot be written over. Name another file.", param_hint="--out")
    try:
        cases = form_batch.read_cases(registry, batch)
        rows = form_batch.write_answers(registry, cases, out)
    except (form_batch.CaseError, OSError) as error:
        said = (
            f"{error.strerror}: {error.filename}." if isinstance(error, OSError) and error.strerror else error
        )
        typer.echo(f"{said} Nothing was written.", err=True)
        raise typer.Exit(1) from None
    if cases.blank:
        typer.echo(f"{cases.blank} blank lines were left out.", err=True)
    if cases.others:
        typer.echo(f"Columns that were not looked at: {', '.join(cases.others)}.", err=True)
    typer.echo(f"{len(cases.lines)} lines answered with {rows} rows in {out}.")


def _day(written: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise typer.BadParameter(
            f"“{written}” is no day: write it like 2025-10-01.", param_hint="--on"
        ) from None


def _answers(registry: "Registry", written: list[str]) -> dict[str, str | None]:
    """Answers so far by the names of questions; an empty code says that the field was left blank."""
    found: dict[str, str | None] = {}
    for one in written:
        name, equals, code = one.partition("=")
        file, _, column = name.strip().partition("[")[0].partition(".")
        if not equals or column not in registry.files.get(file, ()):
            raise typer.BadParameter(
                f"“{one}” is no answer: write it like Client.VeteranStatus=1.", param_hint="--answer"
            )
        found[name.strip()] = code.strip() or None
    return found


@app.command()
def lint(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Another copy of the registry's folder.", exists=True)
    ] = None,
) -> None:
    """Prove that the registry holds together: every name resolves, in every year. Ends with 1 if not.

    \b
    Example:
      hearth standards lint
    """
    from hearth.standards.lint import lint as problems_of
    from hearth.standards.load import FOLDER

    problems = [str(problem) for problem in problems_of(folder or FOLDER)]
    if folder is None:
        problems += further_problems()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        typer.echo(f"{len(problems)} to repair.", err=True)
        raise typer.Exit(1)
    typer.echo("The registry holds together.")


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", parser=given_path, help="Where the pages go.")
    ] = None,
) -> None:
    """Write the data dictionary and the catalog of checks as Markdown pages.

    \b
    Examples:
      hearth standards docs                  into docs/generated of the checkout
      hearth standards docs --check          fails when a page is not up to date
    """
    from hearth.standards import pages

    folder = to or pages.FOLDER
    if to is None and not (folder.parents[1] / "pyproject.toml").exists():
        raise typer.BadParameter("This is no checkout of the project; say with --to where the pages go.")
    if check:
        stale = pages.stale(folder)
        for name in stale:
            typer.echo(f"{folder.name}/{name} is not up to date.", err=True)
        if stale:
            typer.echo("Run `hearth standards docs` and commit the pages.", err=True)
            raise typer.Exit(1)
        typer.echo("The pages are up to date.")
        return
    typer.echo(f"{pages.write(folder)} pages written to {folder}.")


def _known(year: int) -> int:
    from hearth.standards.load import LATEST, standard_year

    if year > LATEST + 1:  # HUD publishes for every second year
        raise typer.BadParameter(f"No HMIS standards for FY{year} here; the latest are FY{LATEST}.")
    try:
        return standard_year(year)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
