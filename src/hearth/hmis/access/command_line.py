"""What the commands that work on the database share: Django, and in whose name they act.

Whoever may run commands on the server machine can read its keys, so that a command needs no password; it
acts as one named system administrator, and the access log says so. With the embedded database both
commands work on a machine where nothing was done before: the database is started, its tables are made,
and so is the first administrator.
"""

import getpass
import os
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hearth.server import database
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.server.processes import SETTINGS, django

if TYPE_CHECKING:
    from hearth.hmis.access.models import User

Acting = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who acts: an administrator.")]


def prepare() -> None:
    """Start the embedded database, bring its tables up to date, and load Django.

    Raises ServerError when your own server does not answer or its tables are not up to date: there, who may
    migrate is not for a command to guess.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    # What went wrong is said in a sentence; the log lines of a server would only be noise around it.
    os.environ.setdefault("HEARTH_LOG_LEVEL", "ERROR")
    database.ensure_running()
    from django import setup
    from django.db import OperationalError

    setup()
    try:
        if _is_migrated():
            return
    except OperationalError as error:
        raise ServerError(
            "The database does not answer: see `hearth db status`, and start it with `hearth db start`."
        ) from error
    if not database.is_embedded():
        raise ServerError("The tables of the database are not up to date: run `hearth db migrate` first.")
    sys.stderr.write("Bringing the tables up to date …\n")
    django("migrate", role="owner", log=Home.find().logs / "prepare.log")


def _is_migrated() -> bool:
    """Whether every migration of this version is applied."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def acting_administrator(email: str | None) -> "User":
    """The system administrator of that e-mail address; without one, the one whose login runs the command.

    Without an address that is the only administrator there is, or among several `<login>@localhost`. In an
    installation without any, the first is made: of the given address, else, with the embedded database, as
    `<login>@localhost`. It has no password, so that nobody can sign in with it until one is set.
    """
    from hearth.hmis.access.administered import system_administrators

    administrators = system_administrators()
    if email:
        found = administrators.filter(email__iexact=email).first()
        if found:
            return found
        if administrators.exists():
            raise ServerError(f"{email} is not a system administrator: name one with --as.")
        if "@" not in email:
            raise ServerError("--as needs an e-mail address, for example `--as you@example.org`.")
        return _first_administrator(email)
    some = list(administrators.order_by("id")[:2])
    if len(some) == 1:
        return some[0]
    if some:
        own = administrators.filter(email__iexact=_own_address()).first()
        if own:
            return own
        raise ServerError(
            "There are several system administrators: say who acts, for example `--as you@example.org`."
        )
    if not database.is_embedded():
        raise ServerError(
            "There is no system administrator yet: add `--as you@example.org` to make the first one."
        )
    return _first_administrator(_own_address())


def _first_administrator(email: str) -> "User":
    """Make the first system administrator, without a password, and say so."""
    from django.db import transaction

    from hearth.hmis.access.actions import become_first_administrator
    from hearth.hmis.access.models import User

    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
        become_first_administrator(by=user)
    sys.stderr.write(
        f"There was no system administrator: {email} is made the first one, without a password, so that "
        "nobody can sign in with it yet.\n"
    )
    return user


def _own_address() -> str:
    """`<login>@localhost` for whoever runs the command; letters that no address may have are left out."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        login = f"user{os.getuid()}"
    return f"{re.sub(r'[^A-Za-z0-9._-]', '', login) or 'user'}@localhost"


def done(action: Callable[..., Any], *, by: "User", **what: Any) -> Any:
    """Do an action in somebody's name. Raises ServerError with the sentence of what cannot be, and of what is
    not theirs to do; where an agreement of their own is missing, with that."""
    from django.core.exceptions import PermissionDenied

    try:
        return action(by=by, **what)
    except ValueError as error:
        raise ServerError(str(error)) from error
    except PermissionDenied as error:
        from hearth.hmis.access.requirement_records import missing_for

        if lacks := missing_for(by):
            named = ", ".join(one.name for one in lacks)
            raise ServerError(
                f"{by.email} lacks: {named}. What is to be signed is signed with"
                f" `hearth requirement sign {lacks[-1].code} --as {by.email}`."
            ) from error
        raise ServerError(
            f"{by.email} may not do this: nobody acts on their own rights, or outside them."
        ) from error
