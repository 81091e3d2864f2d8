"""`hearth db`: start, stop, status."""

import typer

from hearth.server import database
from hearth.server.home import Home
from hearth.server.postgres import Cluster

db = typer.Typer(no_args_is_help=True, help="The database: start, stop, back up, restore.")


@db.command()
def start() -> None:
    """Start the embedded PostgreSQL."""
    typer.echo("Started." if database.ensure_running() else "It was running already.")


@db.command()
def stop() -> None:
    """Stop the embedded PostgreSQL."""
    typer.echo("Stopped." if Cluster(Home.find()).stop() else "It was not running.")


@db.command()
def status() -> None:
    """Say whether the embedded PostgreSQL runs, and where its files are."""
    now = Cluster(Home.find()).status()
    typer.echo(f"{'running' if now.running else 'stopped'}  data {now.data}  socket {now.socket}")
    if not now.running:
        raise typer.Exit(3)
