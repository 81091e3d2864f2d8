"""The `hearth` command: one root, each package brings its own sub-commands, loaded only when asked for.

Commands that need no database load no Django.
"""

import importlib
import sys
from typing import Any

import click
import typer
from typer.core import TyperGroup

# Sub-command → ("module:typer app or function", one line for `hearth --help`). Importing lazily keeps
# `hearth --help` and the database-free commands fast: only the module behind the named command is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("hearth.server.cli:demo", "Start everything with an invented Minnesota in it."),
    "serve": ("hearth.server.cli:serve", "Serve the web application."),
    "worker": ("hearth.server.cli:worker", "Run the jobs that imports and exports queue."),
    "db": ("hearth.server.cli:db", "The database: start, stop, migrate, back up, restore."),
    "import": ("hearth.hmis.exchange.cli:import_app", "Import an HMIS CSV export."),
    "export": ("hearth.hmis.exchange.cli:export_app", "Export HMIS CSV."),
    "standards": ("hearth.standards.cli:app", "What HUD asks for: show, compare, check."),
    "synth": ("hearth.reporting.synthetic.cli:app", "Write an invented HMIS CSV export."),
}


class LazyGroup(TyperGroup):
    """Knows the names and one-line helps of its commands; imports a command when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command behind a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = typer.main.get_command(getattr(importlib.import_module(module), attribute))
        command.name = cmd_name
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any of them."""
        rows = "\n".join(f"  {name:<10} {text}" for name, (_, text) in COMMANDS.items())
        click.echo(f"Usage: hearth COMMAND [OPTIONS]\n\n{self.help}\n\nCommands:\n{rows}")


app = typer.Typer(
    cls=LazyGroup, add_completion=False, pretty_exceptions_enable=False, help="Hearth, an open HMIS."
)


@app.callback()
def root() -> None:
    """Hearth, an open HMIS."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; an error a user can act on is one sentence, not a traceback."""
    from hearth.server.errors import ServerError

    try:
        return app(arguments)
    except ServerError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
