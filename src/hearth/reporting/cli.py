"""`hearth report`: HUD's reports. From an HMIS CSV export it needs no database and no network.

`NAMED` are inputs that have a name instead of a path; the application adds its database (`db`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hearth import __version__
from hearth.arguments import given_path
from hearth.reporting import engine
from hearth.reporting.making import How, Made, check, make, parameters_of
from hearth.reporting.opening.cli import compare, members, show_flags
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.notes import Notes
from hearth.reporting.runtime.parameters import Parameters, ReportRefused, Vendor
from hearth.reporting.runtime.plan import Step
from hearth.reporting.runtime.report import Report
from hearth.reporting.runtime.run import ClusterRefused, Here, Runner, StepFailed
from hearth.reporting.sources import SourceFault

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
_out = Console()
_err = Console(stderr=True)
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")

#: Told in a few words what is being done.
Say = Callable[[str], None]
#: Name → a context manager that gives the path of the input. It gets who acts (`--as`), what the report is
#: to be, and where to say what it does; it raises `ReportRefused` where there is nothing to read.
NAMED: dict[str, Callable[[str | None, Report, Parameters, Say], AbstractContextManager[Path]]] = {}


@app.callback()
def reports() -> None:
    """Make one of HUD's reports from an HMIS CSV export, or from this installation's database.

    \b
    Examples:
      hearth report lsa export.zip --coc MN-500 --start 2027-01-28 --scope hic --out hic
      hearth report lsa db --coc MN-500 --start 2025-10-01 --end 2026-09-30 --out lsa --keep
      hearth report members lsa --file LSAHousehold --row 12
      hearth report compare lsa-before lsa
    """


def add_command(report: Report) -> None:
    """`hearth report <name>` for a report of the registry."""

    @app.command(report.name, help=report.help)
    def command(
        source: Annotated[
            Path,
            typer.Argument(
                metavar="INPUT",
                parser=given_path,
                help="An HMIS CSV zip, the folder with its files, or `db` for this installation's database.",
            ),
        ],
        coc: Annotated[str, typer.Option(help="The CoC, such as MN-500.", metavar="CODE")],
        start: Annotated[str, typer.Option(help="First day, such as 2025-10-01.", metavar="DAY")],
        out: Annotated[
            Path | None,
            typer.Option(
                "--out",
                "-o",
                parser=given_path,
                metavar="FOLDER",
                help="The folder to write to.",
                show_default=False,
            ),
        ] = None,
        end: Annotated[
            str | None,
            typer.Option(help="Last day; a HIC has one day only.", metavar="DAY", show_default=False),
        ] = None,
        scope: Annotated[
            str | None,
            typer.Option(
                help="What the report is about, where it has scopes.", metavar="SCOPE", show_default=False
            ),
        ] = None,
        projects: Annotated[
            str | None,
            typer.Option(
                help="ProjectIDs of scope project, with commas between.", metavar="ID,ID", show_default=False
            ),
        ] = None,
        year: Annotated[
            int | None,
            typer.Option(
                help="HUD's fiscal year by whose standards it is made, where it has several.",
                metavar="YEAR",
                show_default="the usual one",
            ),
        ] = None,
        memory: Annotated[
            str,
            typer.Option(
                help="Memory for the computation; beyond it the disk is used.",
                metavar="SIZE",
                envvar="HEARTH_REPORT_MEMORY",
            ),
        ] = engine.REPORT_MEMORY,
        acting: Annotated[
            str | None, typer.Option("--as", metavar="EMAIL", help="System administrator who acts; for `db`.")
        ] = None,
        keep: Annotated[
            bool,
            typer.Option(
                "--keep",
                help="Keep the tables behind the numbers too, for `members` and `compare`: client data.",
            ),
        ] = False,
        accept_unreadable: Annotated[
            bool,
            typer.Option(
                "--accept-unreadable",
                help="Count cells that cannot be read as blank, even where they decide who is counted.",
            ),
        ] = False,
        only_check: Annotated[
            bool,
            typer.Option(
                "--check", help="Say the flags that an upload raises (such as HDX's); write nothing."
            ),
        ] = False,
        cluster: Annotated[
            str | None,
            typer.Option(
                "--engine",
                envvar="HEARTH_ENGINE",
                help="A cluster that computes the steps, such as spark://host:15002; else this machine does.",
                metavar="ADDRESS",
                show_default=False,
            ),
        ] = None,
        shared: Annotated[
            str | None,
            typer.Option(
                envvar="HEARTH_SHARED",
                help="The folder or object store that this machine and the cluster both see.",
                metavar="PLACE",
                show_default=False,
            ),
        ] = None,
    ) -> None:
        notes = Notes()

        def note(said: Notes) -> None:
            nonlocal notes
            notes = said

        try:
            by_year = _of_year(report, year)
            parameters = _parameters(by_year, coc, start, end, scope, projects)
            parameters.check()
            if out is None and not only_check:
                raise ReportRefused(
                    "Say with --out where to write, or with --check that nothing is to be written."
                )
            memory = _memory(memory)
            with _err.status("Reading the records") as status, _runner(cluster, shared) as runner:

                def tell(step: Step, number: int, count: int) -> None:
                    status.update(f"{number}/{count} {escape(step.section)}")

                how = How(
                    __version__,
                    keep=keep,
                    accept_unreadable=accept_unreadable,
                    memory_limit=memory,
                    runner=runner,
                    on_notes=note,
                    on_step=tell,
                )
                named = NAMED.get(str(source))
                with (
                    nullcontext(source)
                    if named is None
                    else named(acting, by_year, parameters, status.update) as path
                ):
                    if out is None or only_check:
                        flags = check(by_year, path, parameters, how)
                    else:
                        made = make(by_year, path, parameters, out, how)
                        flags = made.flags
        except (ReportRefused, OutputError, SourceFault, StepFailed, ClusterRefused) as error:
            _say_notes(notes)
            _err.print(
                f"[bold red]Nothing was written.[/] {escape(str(error))}", highlight=False, soft_wrap=True
            )
            raise typer.Exit(2) from None
        except engine.OutOfMemory:
            _err.print(
                f"[bold red]Nothing was written.[/] {escape(memory)} of memory is too little; see --memory.",
                highlight=False,
                soft_wrap=True,
            )
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            _err.print("[bold red]Cancelled.[/] Nothing was written.")
            raise typer.Exit(130) from None
        except (engine.EngineError, OSError) as error:
            _err.print(
                f"[bold red]Nothing was written.[/] {escape(_stopped(error))}",
                highlight=False,
                soft_wrap=True,
            )
            raise typer.Exit(2) from None
        _say_notes(notes)
        if not only_check:
            _show(made)
        show_flags(by_year, flags, every=only_check)


for _report in registry.reports().values():
    add_command(_report)
app.command()(members)
app.command()(compare)


def _stopped(error: Exception) -> str:
    """What ended the work, without the engine's own words, which may hold values of the input."""
    if engine.is_disk_full(error):
        return "The disk is full: there is no room left to work on the report. Make room and start again."
    if isinstance(error, OSError):
        return f"A file could not be read or written: {error.strerror or type(error).__name__}."
    return f"The engine could not work with this input ({type(error).__name__})."


def _say_notes(notes: Notes) -> None:
    """What is to be said of the input, and of ties."""
    for sentence in (*notes.sentences(), *notes.tie_sentences()):
        _err.print(f"[yellow]Note:[/] {escape(sentence)}", highlight=False, soft_wrap=True)


def _runner(cluster: str | None, shared: str | None) -> AbstractContextManager[Runner]:
    if cluster is None:
        if shared is not None:
            raise ClusterRefused("--shared is for a cluster; say with --engine which.")
        return nullcontext(Here())
    try:
        from hearth.reporting.runtime.spark import connected
    except ModuleNotFoundError as error:
        raise ClusterRefused(
            f"A cluster needs packages that are not installed ({error.name}): see docs/how_to/scale_out.md."
        ) from error
    return connected(cluster, shared=shared)


def _memory(said: str) -> str:
    try:
        return engine.memory_limit(said)
    except ValueError as error:
        raise ReportRefused(str(error)) from None


def _parameters(
    report: Report, coc: str, start: str, end: str | None, scope: str | None, projects: str | None
) -> Parameters:
    usual = report.scopes[0] if report.scopes else ""
    chosen = usual if scope is None else scope.strip().lower()
    if chosen not in (report.scopes or ("",)):
        raise ReportRefused(f"--scope {scope} is not a scope; {_scopes(report)}")
    named = tuple(one.strip() for one in (projects or "").split(",") if one.strip())
    if projects is not None and not named:
        raise ReportRefused(
            "--projects names no project. A report on chosen projects needs at least one project."
        )
    first = _day("--start", start)
    if end is None and chosen not in report.one_day_scopes:
        raise ReportRefused("Say with --end on which day the report ends.")
    return parameters_of(
        report,
        chosen,
        coc=coc.strip().upper(),
        start=first,
        end=first if end is None else _day("--end", end),
        projects=named,
        vendor=Vendor.of(os.environ),
        made_at=datetime.now().astimezone().replace(tzinfo=None),
    )


def _of_year(report: Report, year: int | None) -> Report:
    if year is None:
        return report
    if year not in report.years:
        raise ReportRefused(
            f"This report cannot be made by the standards of FY{year}; --year may be {_listed(report.years)}."
        )
    return registry.of_year(report, year)


def _scopes(report: Report) -> str:
    return f"there are {_listed(report.scopes)}." if report.scopes else "this report has none."


def _listed(known: Sequence[object]) -> str:
    *others, last = map(str, known)
    return f"{', '.join(others)} and {last}" if others else last


def _day(option: str, said: str) -> date:
    found = _DAY.fullmatch(said.strip())
    try:
        if found is not None:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise ReportRefused(f"{option} {said} is no day of the calendar; one looks like 2026-09-30.")


def _show(made: Made) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("File")
    table.add_column("Rows", justify="right")
    for file, count in made.rows.items():
        table.add_row(file, f"{count:,}")
    _out.print(table)
    lost = made.record.not_live.get("without_parent", {})
    if lost:
        rows = ", ".join(f"{file} {count:,}" for file, count in lost.items())
        _out.print(
            f"Left out, because what they belong to is deleted or not in the data (rows): {rows}.",
            highlight=False,
            soft_wrap=True,
        )
    _out.print(f"Wrote {made.zip}", highlight=False, soft_wrap=True)
