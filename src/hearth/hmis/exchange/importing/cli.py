"""`hearth import`: an HMIS CSV export into the database, from the terminal of the server machine."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from hearth import scratch
from hearth.arguments import given_path
from hearth.hmis.exchange.importing.terminal import ProgressBar, asked_at_terminal, given
from hearth.server.errors import ServerError

if TYPE_CHECKING:
    from hearth.hmis.exchange.models import ImportRun

import_app = typer.Typer(rich_markup_mode=None)

_LISTED = 40
_TONES = {"high": "bold red", "error": "red", "warning": "yellow", "info": "dim"}


@import_app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", parser=given_path, help="The zip of an HMIS CSV export, or the folder it is in."
        ),
    ],
    source: Annotated[
        str, typer.Option(help="Data source it belongs to; without it, what Export.csv says.")
    ] = "",
    shared: Annotated[
        bool,
        typer.Option("--shared/--not-shared", help="Whether every HMIS user may see the new enrollments."),
    ] = False,
    folder: Annotated[str, typer.Option(help="Folder inside the zip, where it holds several exports.")] = "",
    findings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=given_path,
            help="Write the full list of findings there: a .csv or .xlsx file.",
        ),
    ] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before adding and changing records.")
    ] = False,
    remove_missing: Annotated[
        bool | None,
        typer.Option(
            "--remove-missing/--keep-missing",
            help="Mark as deleted what a full refresh lacks, or leave it. Without either nothing is imported"
            " where anything is missing.",
        ),
    ] = None,
    take_back: Annotated[
        bool | None,
        typer.Option(
            "--take-back/--keep-newer",
            help="Overwrite records that are newer here or were changed here, or leave them (as without it).",
        ),
    ] = None,
) -> None:
    """Import an HMIS CSV export (FY2026, FY2024 or FY2022), with everything that is wrong in it listed.

    All of it is written, or nothing. A full refresh replaces what was imported before from the same data
    source: of its projects and its period, records that it lacks are listed, and removed (marked as deleted)
    with --remove-missing. Values that are newer here than in the export stay unless you say --take-back.
    Importing the same file again changes nothing; a corrected export
    changes what was corrected. Ctrl-C stops it, and nothing is written.

    \b
    Examples:
      hearth import export.zip
      hearth import export.zip --source "Clarity" --shared --yes
      hearth import export.zip --source "Clarity" --yes --remove-missing
      hearth import export.zip --findings findings.xlsx --as admin@example.org
    """
    from hearth.hmis.access import command_line

    if findings is not None and findings.suffix.lower() not in (".csv", ".xlsx"):
        raise ServerError("--findings must name a .csv or an .xlsx file.")
    if findings is not None and not findings.absolute().parent.is_dir():
        raise ServerError(f"{findings} cannot be written: the folder is not there. Make it first.")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    ask = not yes and sys.stdin.isatty() and console.is_terminal
    if not (yes or ask):
        raise ServerError("There is no terminal to ask at before records are written: add --yes.")
    command_line.prepare()
    from hearth.hmis.exchange.importing.actions import NotAllowed, cancel_import, start_command_import
    from hearth.hmis.exchange.importing.perform import perform

    user = command_line.acting_administrator(acting)
    console.print(f"Acting as {user.email}.")
    answers: dict[str, Any] = {"asks": ask} | given(remove_missing, take_back)

    def start() -> "ImportRun":
        return start_command_import(
            by=user,
            file_name=file.name,
            source=source.strip(),
            is_shared=shared,
            folder=folder.strip(),
            answers=answers,
        )

    try:
        run = start()
    except NotAllowed as error:
        raise ServerError(str(error)) from error
    with ProgressBar(console) as bar:

        def confirm(summary: list[Any], rows: int, name: str, is_new: bool) -> bool:
            bar.hide()
            _print_summary(console, [asdict(one) for one in summary])
            kind = "new data source" if is_new else "data source"
            wanted = typer.confirm(f"Write {rows:,} rows to the {kind} “{name}”?", default=True)
            bar.show()
            return wanted

        run = perform(run, file, show=bar.progress, confirm=confirm if ask else None)
    while run.state == "asking":
        _print_summary(console, run.findings_summary)
        answers |= asked_at_terminal(console, run)
        cancel_import(by=user, run=run)
        run = start()
        with ProgressBar(console) as bar:
            run = perform(run, file, show=bar.progress)
    # Of an import that failed on the way nobody knows yet what is wrong in the file.
    if not ask and (run.findings_summary or run.state in ("finished", "refused")):
        _print_summary(console, run.findings_summary)
    _print_findings_place(console, run, findings)
    _print_counts(console, run)
    if run.state == "finished":
        seconds = (run.progress.get("seconds") or {}).get("total") or 0
        speed = run.progress.get("rows_per_second") or 0
        written = sum(
            count[part] for count in run.counts.values() for part in ("added", "changed", "deleted")
        )
        pace = f"{seconds:,.1f} s, {speed:,} rows/s" if written else f"{seconds:,.1f} s"
        console.print(f"[green]{run.message}[/green] ({pace}, import {run.pk})")
        return
    console.print(f"[red]{run.get_state_display()}.[/red] {run.message}")
    raise typer.Exit(1)


def _print_summary(console: Console, summary: list[dict[str, Any]]) -> None:
    if not summary:
        console.print("Nothing wrong was found.")
        return
    table = Table(title="Findings", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("Severity", "Rows", "Check", "Where", "What is wrong"):
        table.add_column(heading, justify="right" if heading == "Rows" else "left", overflow="fold")
    for one in summary[:_LISTED]:
        where = ".".join(part for part in (one["file"], one["column"]) if part)
        tone = _TONES.get(one["severity"], "")
        table.add_row(
            f"[{tone}]{one['severity']}[/{tone}]" if tone else one["severity"],
            f"{one['count']:,}",
            one["check"],
            where,
            one["sentence"],
        )
    console.print(table)
    if len(summary) > _LISTED:
        console.print(f"… and {len(summary) - _LISTED} more kinds of findings.")


def _print_findings_place(console: Console, run: "ImportRun", target: Path | None) -> None:
    from django.conf import settings
    from xlsxwriter.exceptions import FileCreateError

    from hearth.hmis.exchange.importing import findings
    from hearth.hmis.ui import sheets
    from hearth.reporting.engine import EngineError

    if not run.findings_file:
        return
    path = Path(settings.MEDIA_ROOT) / run.findings_file
    if target is None:
        console.print(
            f"The full list is under Import/Export, import {run.pk}; "
            "`--findings FILE.csv` or `FILE.xlsx` writes it to a file."
        )
        return
    rows = findings.every(path, findings.Filter())
    left_out = 0
    try:
        if target.suffix.lower() == ".csv":
            sheets.write_csv(target, findings.HEADINGS, rows)
        else:
            about = [("List", f"Findings of import {run.pk}")]
            with scratch.folder("excel") as folder:
                left_out = sheets.write_excel(target, findings.HEADINGS, rows, about, folder)
    except (OSError, EngineError, FileCreateError) as error:
        raise ServerError(
            f"{target} cannot be written: make room, or name another file. The import itself stands as above."
        ) from error
    console.print(f"The full list of findings: {target}")
    if left_out:
        console.print(f"A sheet of Excel is full: {left_out:,} findings are not in it. A .csv file has all.")


def _print_counts(console: Console, run: "ImportRun") -> None:
    rows = {file: count for file, count in run.counts.items() if sum(count.values())}
    if not rows:
        return
    from hearth.standards import load

    table = Table(title="Records", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("File", "Added", "Changed", "Deleted", "Unchanged"):
        table.add_column(heading, justify="left" if heading == "File" else "right")
    for file in load(2026).files:
        if file in rows:
            table.add_row(
                file, *(f"{rows[file][part]:,}" for part in ("added", "changed", "deleted", "unchanged"))
            )
    console.print(table)
