"""`hearth synth`: invented HMIS data of any size. Needs no database and no network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from hearth import __version__
from hearth.arguments import given_path
from hearth.reporting.outputs.archive import OutputError
from hearth.reporting.synthetic.generate import Generated, generate, planted_path
from hearth.reporting.synthetic.world_settings import (
    DEFAULT_END,
    FEWEST,
    MINNESOTA,
    MOST,
    WorldSettings,
    WorldSettingsError,
)
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_out = Console()
_err = Console(stderr=True)
_DEFAULT_END = datetime.combine(DEFAULT_END, datetime.min.time())

_HELP = f"""Invent HMIS data: people, households and their stays, as an HMIS CSV zip that HUD's rules accept.

Nobody in it exists: names are put together from lists, and no Social Security number was ever issued.
The same numbers give the same bytes, on every machine and on every day. Between {FEWEST:,} and {MOST:,}
people; without --coc all ten CoCs of Minnesota and the programs of its Tribal Collaborative.

\b
Examples:
  hearth synth --clients 5000 --out demo.zip
  hearth synth --clients 800 --coc MN-504 --coc MN-509 --seed 7 --out northeast.zip
  hearth synth --clients 20000 --errors 0.02 --out with_errors.zip

The last one plants an error with about 2 in 100 people and lists them in with_errors.planted.csv.
"""


@app.command(help=_HELP)
def synth(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            parser=given_path,
            help="The zip file to write.",
            show_default=False,
        ),
    ],
    clients: Annotated[int, typer.Option(help="How many people.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Another number gives other people.")] = 1,
    coc: Annotated[
        list[str] | None,
        typer.Option(
            help="A CoC code such as MN-500; repeat it for several.", show_default=False, metavar="CODE"
        ),
    ] = None,
    end: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The last day of the history.",
            show_default=str(DEFAULT_END),
            metavar="DAY",
        ),
    ] = _DEFAULT_END,
    years: Annotated[int, typer.Option(help="Years of history before the end.")] = 4,
    errors: Annotated[float, typer.Option(help="Share of people with a planted error, 0 to 1.")] = 0.0,
) -> None:
    """See `_HELP`."""
    settings = WorldSettings(
        clients=clients,
        seed=seed,
        cocs=tuple(code.strip().upper() for code in coc) if coc else MINNESOTA,
        end=end.date(),
        years=years,
        errors=errors,
    )
    try:
        made = _with_progress(settings, out)
    except (WorldSettingsError, OutputError) as error:
        _err.print(f"[bold red]Nothing was written.[/] {escape(str(error))}", highlight=False)
        raise typer.Exit(2) from None
    except (KeyboardInterrupt, RuntimeError) as error:
        # How the engine says that Ctrl-C came within a statement.
        if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():
            raise
        _err.print("Cancelled. Nothing was written.", highlight=False)
        raise typer.Exit(130) from None
    _show(made, settings, out)


def _with_progress(settings: WorldSettings, out: Path) -> Generated:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=_err, transient=True) as progress:
        task = progress.add_task("Starting", total=1.0)
        return generate(
            settings,
            load(MODEL_YEAR),
            out,
            version=__version__,
            on_progress=lambda what, done: progress.update(task, description=what, completed=done),
        )


def _show(made: Generated, settings: WorldSettings, out: Path) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("File")
    table.add_column("Rows", justify="right")
    for name, count in made.rows.items():
        table.add_row(name, f"{count:,}")
    table.add_row("Together", f"{sum(made.rows.values()):,}", style="bold")
    _out.print(table)
    _out.print(f"Wrote {out}", highlight=False, soft_wrap=True)
    if settings.errors:
        _out.print(
            f"{len(made.planted):,} findings are planted: {planted_path(out)}",
            highlight=False,
            soft_wrap=True,
        )
