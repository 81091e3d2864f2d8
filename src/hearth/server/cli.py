"""The commands of this package: `hearth db …`, `serve`, `worker`, `demo`. They load no Django themselves."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from hearth import scratch
from hearth.arguments import given_path

db = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""The database: start, stop, migrate, back up, restore.

    \b
    Examples:
      hearth db start
      hearth db backup ~/hearth-2026-11-24.backup
      hearth db restore ~/hearth-2026-11-24.backup --replace
    """,
)


def _say(text: str) -> None:
    typer.echo(text)


def _busy(what: str) -> AbstractContextManager[object]:
    """A moving sign while something takes long; silent where the output is no terminal."""
    from rich.console import Console

    return Console(stderr=True).status(f"{what} …")


@db.command()
def start() -> None:
    """Start the embedded PostgreSQL; the first time, make it.

    \b
    Example:
      HEARTH_HOME=/srv/hearth hearth db start
    """
    from hearth.server import database

    scratch.sweep()
    if not database.is_embedded():
        database.url()
        _say("DATABASE_URL names your own server: nothing to start here.")
    elif database.ensure_running():
        _say("PostgreSQL is started.")
    else:
        _say("PostgreSQL was running already.")


@db.command()
def stop() -> None:
    """Stop the embedded PostgreSQL in order.

    \b
    Example:
      hearth db stop
    """
    from hearth.server.home import Home
    from hearth.server.postgres import Cluster

    _say("PostgreSQL is stopped." if Cluster(Home.find()).stop() else "PostgreSQL was not running.")


@db.command()
def status() -> None:
    """Say whether PostgreSQL runs, its version, and where its files are. Ends with code 3 when it does not.

    \b
    Example:
      hearth db status
    """
    from hearth.server.home import Home
    from hearth.server.postgres import Cluster

    cluster = Cluster(Home.find())
    now = cluster.status()
    _say(f"state    {f'running (process {now.pid})' if now.running else 'stopped'}")
    _say(f"version  {now.version or 'not made yet'}")
    _say(f"data     {now.data}")
    _say(f"socket   {now.socket}")
    _say(f"log      {cluster.log}")
    if not now.running:
        raise typer.Exit(3)


@db.command()
def migrate() -> None:
    """Bring the tables up to date with this version of Hearth.

    \b
    Example:
      hearth db migrate
    """
    from hearth.server import database
    from hearth.server.processes import django

    database.url("owner")  # refused where DATABASE_URL stands without its companion
    database.ensure_running()
    with database.connected("owner"):
        pass  # a server that does not let the owner in is one sentence, and not Django's traceback
    django("migrate", role="owner")


@db.command()
def backup(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            parser=given_path,
            help="File to write; it is replaced when the backup is complete.",
        ),
    ],
) -> None:
    """Write the whole database and the sealed files (signatures, papers) to FILE. Hearth may go on running.

    The keys that seal are not in it: keep keys/ssn_key and keys/files_key of the data folder too, elsewhere.

    \b
    Example:
      hearth db backup ~/hearth-2026-11-24.backup
    """
    from hearth.server import backup as backups
    from hearth.server import database

    database.ensure_running()
    with _busy("Writing the backup"):
        size = backups.backup(file)
    _say(f"{file}: {size / 1_000_000:,.1f} MB.")
    _say("Keep keys/ssn_key and keys/files_key of the data folder too, in another place: they are not in it.")


@db.command()
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", parser=given_path, help="A backup made by `hearth db backup`.")
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in place of what is there now.")] = False,
    new_secret_key: Annotated[
        bool, typer.Option("--new-secret-key", help="The old secret key is lost: see `db new-secret-key`.")
    ] = False,
    forget_ssns: Annotated[
        bool, typer.Option("--forget-ssns", help="The old SSN key is lost: see `db forget-ssns`.")
    ] = False,
    forget_files: Annotated[
        bool, typer.Option("--forget-files", help="The old key of files is lost: see `db forget-files`.")
    ] = False,
) -> None:
    """Read a backup into an empty database. If anything fails, the database stays as it was.

    The keys that the backup was written with must be here first: those of Social Security numbers and of
    sealed files, and the secret key. Nobody is signed in afterwards: a backup holds no sessions.

    \b
    Examples:
      hearth db restore ~/hearth-2026-11-24.backup
      hearth db restore ~/hearth-2026-11-24.backup --replace
    """
    from hearth.server import backup as backups
    from hearth.server import database

    database.ensure_running(check_keys=False)
    with _busy("Reading the backup"):
        backups.restore(
            file,
            replace=replace,
            new_secret_key=new_secret_key,
            forget_ssns=forget_ssns,
            forget_files=forget_files,
        )
    _say("Restored. Run `hearth db migrate` if the backup is of an older version of Hearth.")


@db.command()
def new_secret_key() -> None:
    """Go on with another secret key, because the old one is lost or known to others.

    All sessions end. Second factors were sealed with the old key and are removed; whoever had one sets it up
    at the next sign-in, before anything else. Put the new key in place first, and stop Hearth.

    \b
    Example:
      HEARTH_SECRET_KEY=$(cat new-key) hearth db new-secret-key
    """
    from hearth.server import database, key_checks

    database.ensure_running(check_keys=False)
    with database.connected("superuser" if database.is_embedded() else "owner") as connection:
        key_checks.verify(connection, only=(key_checks.SSN, key_checks.FILES))
        sessions, people = key_checks.take_new_secret_key(connection)
    _say(f"Sessions ended: {sessions}. People who set up their second step again: {people}.")


@db.command()
def forget_ssns(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up all Social Security numbers, because the key that sealed them is lost for good.

    They are removed from the records and from their old versions, records say "data not collected" instead,
    and Hearth goes on with the key that is here, or a new one. Import the last export of each source again,
    with --take-back, to have its numbers again. Stop Hearth first. Refused where the numbers can be read.

    \b
    Example:
      hearth db forget-ssns
    """
    from hearth.server import database, key_checks, lost_ssn_key

    database.ensure_running(check_keys=False)
    with database.connected("superuser" if database.is_embedded() else "owner") as connection:
        key_checks.verify(connection, only=(key_checks.SECRET,))
        lost_ssn_key.refuse_where_readable(connection)
        _ask_to_forget("All Social Security numbers are removed for good", yes)
        clients = lost_ssn_key.forget(connection)
    _say(f"Social Security numbers given up: {clients:,}. Back up the new key now, apart from the database.")


@db.command()
def forget_files(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up all signatures and uploaded papers, because the key that sealed them is lost for good.

    That they were there stays known, with client and day, and their pages say that they cannot be opened;
    Hearth goes on with the key that is here, or a new one. Stop Hearth first. Refused where they can be
    opened.

    \b
    Example:
      hearth db forget-files
    """
    from hearth.server import database, key_checks, lost_files_key

    database.ensure_running(check_keys=False)
    with database.connected("superuser" if database.is_embedded() else "owner") as connection:
        key_checks.verify(connection, only=(key_checks.SECRET,))
        lost_files_key.refuse_where_readable(connection)
        _ask_to_forget("No signature or paper can be opened any more", yes)
        files = lost_files_key.forget(connection)
    _say(f"Sealed files given up: {files:,}. Back up the new key now, apart from the database.")


def _ask_to_forget(what: str, yes: bool) -> None:
    """Raise ServerError unless whoever sits there says so, or `yes` did already."""
    import sys

    from hearth.server.errors import ServerError

    if yes:
        return
    if not sys.stdin.isatty():
        raise ServerError(
            "This cannot be undone, and there is no terminal to ask at: say --yes. Nothing was changed."
        )
    if typer.prompt(f"{what}. Type FORGET to go on") != "FORGET":
        raise ServerError("Nothing was changed.")


@db.command()
def checksums() -> None:
    """List every table with its rows and a checksum, to compare a restored backup with the original.

    \b
    Example:
      hearth db checksums > before.txt
    """
    import psycopg

    from hearth.server import contents, database

    database.ensure_running(check_keys=False)
    with database.connected("superuser" if database.is_embedded() else "loader") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with _busy("Reading every table"):
            found = contents.contents(connection)
        for name, content in found.items():
            _say(f"{name}\t{content.rows}\t{content.checksum}")


@db.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def psql(
    context: typer.Context,
    role: Annotated[str, typer.Option(help="web, owner, loader, report or superuser.")] = "owner",
) -> None:
    """Open PostgreSQL's own prompt; everything after the options goes to psql.

    Under row-level security the roles web and owner see client data only after app.user_id is set; the
    roles loader and superuser see everything, which the access log does not record.

    \b
    Examples:
      hearth db psql
      hearth db psql --role superuser -c "SELECT count(*) FROM clients_client"
    """
    from hearth.server import backup as backups
    from hearth.server import database
    from hearth.server.processes import become

    database.ensure_running(check_keys=False)
    address = database.url(role)  # type: ignore[arg-type]  # an unknown role is refused there
    programs = backups.programs()
    become([str(programs.folder / "psql"), *context.args], backups.environment(address))


@db.command()
def setup(
    superuser_url: Annotated[
        str, typer.Option(envvar="HEARTH_SUPERUSER_URL", help="Address of your server as a superuser.")
    ],
) -> None:
    """Make Hearth's roles, database and extensions on your own PostgreSQL 15 or newer.

    Names and passwords come from DATABASE_URL, HEARTH_OWNER_URL, HEARTH_LOADER_URL, HEARTH_REPORT_URL and
    HEARTH_COUNTS_URL.
    May run again.

    \b
    Example:
      hearth db setup --superuser-url postgresql://postgres:secret@db.example.org/postgres
    """
    from hearth.server import database

    database.set_up_own_server(superuser_url)
    _say("The server is ready: run `hearth db migrate` next.")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; without it PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web server processes.")] = 2,
) -> None:
    """Serve the web application (behind a proxy that does TLS, see the README).

    \b
    Examples:
      hearth serve
      PORT=9000 hearth serve --workers 4
    """
    from hearth.server import database, mail_server, processes

    number = processes.chosen_port() if port is None else port
    processes.refuse_taken(host, number)
    scratch.sweep()
    database.ensure_running()
    _say(mail_server.words())
    processes.become(processes.web_command(host, number, workers), processes.django_environment())


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="Jobs that run at the same time.")] = 1,
) -> None:
    """Run the jobs that pages queue: imports, exports, reports. Start as many workers as you like.

    \b
    Example:
      hearth worker --concurrency 2
    """
    from hearth.server import database, mail_server, processes

    scratch.sweep()
    database.ensure_running()
    _say(mail_server.words())
    processes.become(processes.worker_command(concurrency), processes.django_environment())


def demo(
    port: Annotated[int | None, typer.Option(help="Port; without it PORT, else 8000.")] = None,
) -> None:
    """Start everything on this machine, filled once with an invented Minnesota. Ctrl-C stops it.

    \b
    Examples:
      hearth demo
      HEARTH_HOME=/tmp/try PORT=9000 hearth demo
    """
    from hearth.server import demo as demos
    from hearth.server import processes

    scratch.sweep()
    demos.run(processes.chosen_port() if port is None else port)
