"""The `hearth` command: one root, each package brings its own sub-commands, loaded only when asked for.

Commands that need no database load no Django.
"""

# ruff: noqa: E402
import signal

# Until there is somebody to say it in words, Ctrl-C just ends the process: no traceback out of an import.
_interrupted = signal.getsignal(signal.SIGINT)
try:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
except ValueError:  # not in the main thread
    _interrupted = None

import errno
import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from hearth.arguments import not_text

# Sub-command → ("module:typer app or function", one line for `hearth --help`). Importing lazily keeps
# `hearth --help` and the database-free commands fast: only the module behind the named command is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("hearth.server.cli:demo", "Start everything with an invented Minnesota in it."),
    "serve": ("hearth.server.cli:serve", "Serve the web application."),
    "worker": ("hearth.server.cli:worker", "Run the jobs that pages queue: imports, exports, reports."),
    "user": ("hearth.hmis.accounts.cli:user", "People who sign in: add, invite, and give a password."),
    "group": (
        "hearth.hmis.accounts.people.groups_cli:group",
        "Groups of projects that grants are for.",
    ),
    "requirement": (
        "hearth.hmis.accounts.people.requirements_cli:requirement",
        "Agreements and training that roles require.",
    ),
    "organization": (
        "hearth.hmis.organizations.cli:organization",
        "Organizations: list them with their numbers.",
    ),
    "consent": ("hearth.hmis.consent.cli:consent", "What clients answered in another system: take it in."),
    "db": ("hearth.server.cli:db", "The database: start, stop, migrate, back up, restore."),
    "import": ("hearth.hmis.exchange.importing.cli:import_app", "Import an HMIS CSV export."),
    "export": ("hearth.hmis.exchange.exporting.cli:export", "Export HMIS CSV."),
    "report": ("hearth.hmis.reports.cli:app", "Make HUD's reports: the LSA and the HIC."),
    "standards": ("hearth.standards.cli:app", "What HUD asks for: show, compare, check."),
    "local": ("hearth.hmis.local.cli:local", "Local elements: show, load from a spreadsheet, check."),
    "synth": ("hearth.reporting.synthetic.cli:app", "Write an invented HMIS CSV export."),
}

STOPPED = "Stopped. What the command had done stands."
COMPLETION = ("install_completion", "show_completion")


class LazyGroup(TyperGroup):
    """Knows the names and one-line helps of its commands; imports a command when it runs."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        """Names in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:
        """The command behind a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        target = getattr(importlib.import_module(module), attribute)
        if cmd_name == "standards":
            _join_application()
        if not isinstance(target, typer.Typer):
            single = typer.Typer(rich_markup_mode=None)
            single.command(cmd_name)(target)
            target = single
        command = typer.main.get_command(target)
        command.name = cmd_name
        # Typer gives these to every app that may stand alone; ours are parts of one command.
        command.params = [one for one in command.params if one.name not in COMPLETION]
        return command

    def invoke(self, ctx: typer.Context) -> Any:
        """The command; of one that says nothing of its own when it is interrupted this does."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(STOPPED, err=True)
            raise typer.Exit(130) from None

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:
        """The list of commands, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _join_application() -> None:
    """Give `hearth standards form` the projects of the database, and `lint` the local elements: the registry
    itself knows neither."""
    from hearth.standards import cli as standards

    def find_project(*asked: Any) -> Any:
        from hearth.hmis.organizations.form_project import find

        return find(*asked)

    def further_problems() -> Any:
        from hearth.hmis.local.cli import problems_of_local_elements

        return problems_of_local_elements()

    standards.find_project = find_project
    standards.further_problems = further_problems


app = typer.Typer(cls=LazyGroup, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Hearth, an open HMIS: client records of homeless services, in and out as HUD's HMIS CSV.

    HEARTH_HOME names the data folder, PORT the web server's port.

    \b
    Examples:
      hearth demo                               everything, filled with invented people
      hearth import export.zip                  read an HMIS CSV export
      hearth standards show Enrollment.EntryDate
      hearth db backup ~/hearth.backup
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; an error a user can act on is one sentence, not a traceback."""
    try:
        return _main(arguments)
    except KeyboardInterrupt:
        sys.stderr.write(f"{STOPPED}\n")
        raise SystemExit(130) from None


def _main(arguments: list[str] | None) -> Any:
    from hearth.scratch import ScratchError
    from hearth.server.errors import ServerError

    if said := not_text(sys.argv[1:] if arguments is None else arguments):
        sys.stderr.write(f"{said}\n")
        raise SystemExit(2)
    try:
        try:
            return app(arguments)
        finally:
            sys.stdout.flush()
    except (ServerError, ScratchError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What is still in the buffer has nowhere to go, and Python would complain about it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write("There is no room left where the output goes. What the command had done stands.\n")
        raise SystemExit(1) from None


if _interrupted is not None:
    signal.signal(signal.SIGINT, _interrupted)
