"""The snapshot of the database that reports are made from: client data at rest, in `Home.files/snapshot`.

    folder = refreshed(progress=tell, should_stop=asked)   # as of now; seconds after the first time
    made = make(report, folder, parameters, out, how)      # a snapshot's folder is an input like a zip

`refreshed` copies the whole database the first time and what has changed since afterwards (see
`hearth.reporting.sources.snapshot`). One process at a time refreshes; others wait for it and then bring in
what is newer still. The folder it returns stays as it is for an hour at least, and as long as somebody reads
it. It holds no name, no address of a person and no SSN; who may see what is made from it is the caller's to
decide. The database is read as `hearth_report`, which may read those columns and write nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from hearth.hmis.hud import ssn
from hearth.hmis.hud.records import is_sealed, model_of, stored_columns
from hearth.hmis.organizations.models import DataSource
from hearth.reporting import engine
from hearth.reporting.sources.snapshot import (
    OnProgress,
    Relation,
    Relations,
    SnapshotError,
    Text,
    refresh,
)
from hearth.server import database
from hearth.server.errors import ServerError
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_REFRESH_LOCK = 7_301_003
_WAIT_MILLISECONDS = 500


def folder() -> Path:
    """Where the states of the snapshot lie."""
    return Path(settings.MEDIA_ROOT) / "snapshot"


def refreshed(
    *,
    progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    thorough: bool = False,
    memory_limit: str = engine.DEFAULT_MEMORY_LIMIT,
) -> Path:
    """The folder of a state that holds everything committed before this call.

    `progress(share, file)` is told how far it is, 0 to 1; `should_stop` is asked several times a second.
    Raises `SnapshotError`, `engine.Cancelled` or `engine.OutOfMemory`; the state before stays.
    """
    url = database.url("report")
    try:
        guard = psycopg.connect(url, autocommit=True)
    except psycopg.Error as error:
        raise SnapshotError(
            "The database does not let the role for reports (hearth_report) in: restart it with `hearth db"
            " stop`, or on your own server run `hearth db setup` and `hearth db migrate` once more."
        ) from error
    with guard:
        _take_turn(guard, should_stop)
        return refresh(
            url,
            relations(),
            folder(),
            unseal=lambda sealed: [ssn.decrypt(one) for one in sealed],
            memory_limit=memory_limit,
            thorough=thorough,
            on_progress=progress,
            should_stop=should_stop,
        )


def of_run(
    run: int,
    into: Path,
    *,
    progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    memory_limit: str = engine.DEFAULT_MEMORY_LIMIT,
) -> Path:
    """A copy of everything in the scope that a run is made of, in the folder `into`, which is the caller's to
    remove. Read as `hearth_counts`, which sees the projects of that run alone, and only while it reads.

    Raises as `refreshed` does.
    """
    files = tuple(replace(one, history=None) for one in relations().files)  # it reads no old versions
    try:
        url = make_conninfo(database.url("counts"), options=f"-c app.counted_run={run}")
        psycopg.connect(url).close()
    except (psycopg.Error, ServerError) as error:
        raise SnapshotError(
            "The database does not let the role for counts (hearth_counts) in: restart it with `hearth db"
            " stop`, or on your own server name it in HEARTH_COUNTS_URL, and run `hearth db setup` and"
            " `hearth db migrate` once more."
        ) from error
    return refresh(
        url,
        replace(relations(), files=files),
        into,
        unseal=lambda sealed: [ssn.decrypt(one) for one in sealed],
        memory_limit=memory_limit,
        on_progress=progress,
        should_stop=should_stop,
    )


def _take_turn(guard: psycopg.Connection, should_stop: Callable[[], bool] | None) -> None:
    """Hold the lock of refreshing until the connection closes."""
    guard.execute("SELECT set_config('lock_timeout', %s, false)", [f"{_WAIT_MILLISECONDS}"])
    while True:
        if should_stop is not None and should_stop():
            raise engine.Cancelled("stopped at the caller's request")
        try:
            guard.execute("SELECT pg_advisory_lock(%s)", [_REFRESH_LOCK])
            return
        except psycopg.errors.LockNotAvailable:
            continue


@lru_cache(maxsize=1)
def relations() -> Relations:
    """Which table and column holds what, from the registry and the models."""
    return Relations(
        files=tuple(_relation(file) for file in load(MODEL_YEAR).files),
        year=MODEL_YEAR,
        # The order of keys.data_sources.
        first_source=(
            f"SELECT id FROM {DataSource._meta.db_table} ORDER BY is_hearth, id LIMIT 1"  # noqa: S608
        ),
    )


def _relation(file: str) -> Relation:
    model, definition = model_of(file), load(MODEL_YEAR).file(file)
    columns = stored_columns(file)
    is_about_people = any(column.name == "PersonalID" for column in definition.columns)
    sealed = next((c for c in columns if c.kind == "value" and is_sealed(file, c.field)), None)
    return Relation(
        file=definition,
        table=model._meta.db_table,
        key=definition.key,
        values={c.column: c.db_column for c in columns if c.kind == "value"},
        household_data_source=next((c.data_source for c in columns if c.column == "HouseholdID"), ""),
        references={c.column: (c.db_column, c.target) for c in columns if c.kind == "relation"},
        person_through_enrollment=any(c.kind == "through_enrollment" for c in columns),
        keeps_text=any(field.name == "as_it_came" for field in model._meta.local_concrete_fields),
        history=_history(model) if is_about_people else None,
        ssn=Text(sealed.db_column, f"{sealed.db_column}_index") if sealed else None,
    )


def _history(model: type) -> str:
    table: str = model._meta.apps.get_model(
        model._meta.app_label,
        f"{model.__name__}History",
    )._meta.db_table
    return table
