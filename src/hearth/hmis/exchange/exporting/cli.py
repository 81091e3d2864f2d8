"""`hearth export`: HMIS CSV out of the database, from the terminal of the server machine."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hearth.arguments import given_path
from hearth.server.errors import ServerError

_DATES = ["%Y-%m-%d"]


def export(
    start: Annotated[datetime, typer.Option(formats=_DATES, help="First day of the period.")],
    end: Annotated[datetime, typer.Option(formats=_DATES, help="Last day of the period, included.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE", parser=given_path, help="Zip file to write. It is there whole or not at all."
        ),
    ],
    coc: Annotated[
        list[str] | None, typer.Option(metavar="MN-500", help="CoC number; may be given several times.")
    ] = None,
    projects: Annotated[
        str | None,
        typer.Option(metavar="ID,ID", help="HUD's ProjectIDs or our own project numbers, with commas."),
    ] = None,
    hashed: Annotated[bool, typer.Option("--hashed", help="Names and SSN by HUD's hashing.")] = False,
    deleted: Annotated[bool, typer.Option("--deleted", help="Rows marked as deleted as well.")] = False,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
) -> None:
    """Export HMIS CSV (FY2026): enrollments that touch the period, and everything that hangs on them.

    Without --coc and --projects all projects are exported; with --coc the households whose head is of
    that CoC, with both what fits both. The file set, order of columns, types, quoting and hashing are
    those of HUD's HMIS CSV specification.

    \b
    Examples:
      hearth export --start 2025-10-01 --end 2026-09-30 --out everything.zip
      hearth export --coc MN-500 --start 2025-10-01 --end 2026-09-30 --out hennepin.zip
      hearth export --projects 12,15 --start 2026-01-01 --end 2026-03-31 --hashed --out quarter.zip
    """
    from hearth.hmis.access import command_line

    if out.is_dir():
        raise ServerError(f"{out} is a folder: name the zip file to write.")
    if not out.absolute().parent.is_dir():
        raise ServerError(f"The folder {out.absolute().parent} is not there: make it first.")
    command_line.prepare()
    from hearth.hmis.exchange.exporting.actions import start_export
    from hearth.hmis.exchange.exporting.local_answers import path_beside
    from hearth.hmis.exchange.exporting.perform import perform
    from hearth.hmis.exchange.exporting.queries import left_out_households
    from hearth.hmis.exchange.exporting.request import ExportRequest, RequestError, project_ids

    console = Console(highlight=False)
    user = command_line.acting_administrator(acting)
    console.print(f"Acting as {user.email}.")
    try:
        request = ExportRequest(
            start=start.date(),
            end=end.date(),
            cocs=tuple(coc or ()),
            projects=() if projects is None else project_ids(user, projects),
            hashed=hashed,
            deleted=deleted,
        )
    except RequestError as error:
        raise ServerError(str(error)) from error
    run = start_export(by=user, request=request, file_name=out.name)
    with console.status("Exporting …") as status:

        def show(now: dict[str, Any]) -> None:
            status.update(f"{now['file']}: {now['rows_done']:,} rows, {now['rows_per_second']:,} rows/s")

        perform(run, out.absolute(), show=show)
    if run.state != "finished":
        console.print(f"[red]{run.message}[/red]")
        raise typer.Exit(1)
    table = Table(title="Rows", title_justify="left")
    table.add_column("File")
    table.add_column("Rows", justify="right")
    for file, rows in run.counts.items():
        if rows:
            table.add_row(file, f"{rows:,}")
    console.print(table)
    if unplaced := left_out_households(user, run):
        _print_households(console, unplaced)
    console.print(f"[green]{run.message}[/green] {out} ({run.file_bytes / 1e6:,.1f} MB, export {run.pk})")
    if (beside := path_beside(out)).exists():
        console.print(f"Local answers: {beside}")


def _print_households(console: Console, unplaced: list[tuple[Any, str]]) -> None:
    table = Table(title="Households in no CoC's export", title_justify="left")
    for heading in ("Enrollment", "Project", "Why"):
        table.add_column(heading, overflow="fold")
    for enrollment, reason in unplaced:
        table.add_row(str(enrollment.pk), str(enrollment.project), reason)
    console.print(table)
