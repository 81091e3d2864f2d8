"""What `hearth import` and `hearth export` share: Django, and in whose name the command acts.

Whoever may run commands on the server machine can read its keys, so that a command needs no password; it
acts as one named system administrator, and the access log says so.
"""

import os
from typing import TYPE_CHECKING

from hearth.server import database
from hearth.server.errors import ServerError
from hearth.server.processes import SETTINGS

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


def prepare() -> None:
    """Start the embedded database and load Django. Raises ServerError where tables are missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    os.environ.setdefault("HEARTH_LOG_LEVEL", "WARNING")
    database.ensure_running()
    import django

    django.setup()
    from django.db import OperationalError, connection

    try:
        tables = connection.introspection.table_names()
    except OperationalError as error:
        raise ServerError(
            "The database does not answer: see `hearth db status`, and start it with `hearth db start`."
        ) from error
    if "exchange_importrun" not in tables:
        raise ServerError("The database has no tables yet: run `hearth db migrate` first.")


def acting_administrator(email: str | None) -> "User":
    """The system administrator of that e-mail address; without one, the only one there is.

    In an installation without any, the first is made of the given address; it has no password, so that
    nobody can sign in with it until one is set.
    """
    from hearth.hmis.access.models import Membership, User
    from hearth.hmis.access.roles import SystemAdministrator

    administrators = User.objects.filter(is_active=True, memberships__role=SystemAdministrator.code)
    if email:
        found = administrators.filter(email__iexact=email).first()
        if found:
            return found
        if administrators.exists():
            raise ServerError(f"{email} is not a system administrator: name one with --as.")
        if "@" not in email:
            raise ServerError("--as needs an e-mail address, for example `--as you@example.org`.")
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
        Membership.objects.create(user=user, role=SystemAdministrator.code)
        return user
    some = list(administrators.order_by("id")[:2])
    if len(some) == 1:
        return some[0]
    if some:
        raise ServerError(
            "There are several system administrators: say who acts, for example `--as you@example.org`."
        )
    raise ServerError(
        "There is no system administrator yet: add `--as you@example.org` to make the first one."
    )
