"""`hearth standards`: look into HUD's data standards, compare years, prove the registry, write its pages."""

from pathlib import Path
from typing import Annotated

import typer

from hearth.arguments import given_path

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""HUD's data standards: look up, compare years, prove, write the data dictionary.

    \b
    Examples:
      hearth standards show HealthAndDV.WhenOccurred
      hearth standards diff 2024 2026
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

    problems = problems_of(folder or FOLDER)
    for problem in problems:
        typer.echo(str(problem), err=True)
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
