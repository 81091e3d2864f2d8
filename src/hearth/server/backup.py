"""Backup and restore in pg_dump's custom format.

A backup holds the database, and behind it the sealed files as they lie in the data folder. The keys that seal
(`keys/ssn_key` and `keys/files_key` in the data folder) are not in it, on purpose: keep them too, and in
another place.
"""

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hearth import scratch
from hearth.server import (
    binaries,
    contents,
    database,
    key_checks,
    lost_files_key,
    lost_ssn_key,
    roles,
    sealed_store,
)
from hearth.server.binaries import Binaries
from hearth.server.errors import ServerError
from hearth.server.home import Home
from hearth.server.postgres import Cluster

# Entries of a backup's list that `roles.prepare_database` has made already, some as the superuser.
PREPARED = (
    "EXTENSION ",
    "COMMENT - EXTENSION ",
    "SCHEMA - public",
    "COMMENT - SCHEMA public",
    "ACL - SCHEMA public",
    "DEFAULT ACL ",
)
MAGIC = b"PGDMP"  # how every file in the custom format begins


def backup(file: Path) -> int:
    """Write the whole database and the sealed files to `file`; the size in bytes. The file appears only when
    it is complete."""
    # Row-level security hides rows from owner and web roles: pg_dump would refuse. The superuser of the
    # embedded cluster, or on an own server the loader role, sees them all.
    address = database.url("superuser" if database.is_embedded() else "loader")
    file = file.expanduser()
    if file.exists() and not file.is_file():
        raise ServerError(f"{file} is no file: name the file to write the backup to.")
    try:
        with scratch.beside(file) as partial:
            try:
                handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except OSError as error:
                raise ServerError(
                    f"The backup cannot be written to {file} ({error.strerror}): choose a folder of yours."
                ) from error
            with os.fdopen(handle, "wb") as out:
                arguments = ["--format=custom", "--no-password"]
                arguments += [f"--exclude-table-data=public.{table}" for table in contents.LEFT_OUT]
                run(programs(), "pg_dump", arguments, address, stdout=out)
            # After the database: a file is there before its row is, so that none is missing.
            sealed_store.append_to(partial, Home.find().sealed)
            with partial.open("rb") as complete:
                os.fsync(complete.fileno())
            partial.replace(file)
    except OSError as error:
        raise ServerError(
            f"The backup to {file} failed ({error.strerror}): make room and try again."
        ) from error
    return file.stat().st_size


def restore(
    file: Path,
    *,
    replace: bool = False,
    new_secret_key: bool = False,
    forget_ssns: bool = False,
    forget_files: bool = False,
) -> None:
    """Read a backup into the database, which must be empty unless `replace`.

    Refused before anything is written where the backup was written with other keys than those that are here;
    with `new_secret_key` the secret key is another, and is taken as `hearth db new-secret-key` does; with
    `forget_ssns` the other one, and the numbers are given up as `hearth db forget-ssns` does; `forget_files`
    likewise for the key of sealed files. Refused, too, where the key that is called lost is the one here.

    On the embedded cluster the backup goes into a new database that takes the old one's place only when
    all of it is in: a failure leaves everything as it was. On an own server it is one transaction.
    """
    file = file.expanduser()
    try:
        with file.open("rb") as source:
            start = source.read(len(MAGIC))
    except OSError as error:
        raise ServerError(f"The backup {file} cannot be read ({error.strerror}).") from error
    if start != MAGIC:
        raise ServerError(f"{file} is not a backup made by `hearth db backup`: nothing was changed.")
    role: database.Role = "superuser" if database.is_embedded() else "owner"
    target = database.url(role)
    _refuse_when_in_the_way(role, replace)
    tools = programs()
    lost = (key_checks.SECRET,) * new_secret_key + (key_checks.SSN,) * forget_ssns
    lost += (key_checks.FILES,) * forget_files
    for key in (one for one in key_checks.KEYS if one not in lost):
        key_checks.compare(key, _written_with(tools, file, key), f"The backup {file}")
    for key in lost:
        key_checks.refuse_where_known(key, _written_with(tools, file, key), f"The backup {file}")
    try:  # first, since it changes nothing that is there
        sealed_store.take_from(file, Home.find().sealed)
    except (OSError, zipfile.BadZipFile) as error:
        raise ServerError(
            f"The sealed files of {file} cannot be put back ({error}): the database is as it was."
        ) from error
    (_restore_embedded if database.is_embedded() else _restore_own)(file, target)
    with database.connected(role) as connection:
        if new_secret_key:
            key_checks.take_new_secret_key(connection)
        if forget_ssns:
            lost_ssn_key.forget(connection)
        if forget_files:
            lost_files_key.forget(connection)
        key_checks.verify(connection)


def _written_with(tools: Binaries, file: Path, key: key_checks.Key) -> key_checks.Written:
    """What a backup says of a key: its check value, or else one value that the key must open."""
    for row in _rows(tools, file, key_checks.TABLE):
        if row["purpose"] == key.purpose:
            return key_checks.Written(row["check_value"], None)
    for row in _rows(tools, file, key.table):
        if value := row[key.column]:
            sealed = bytes.fromhex(value[2:]) if value.startswith("\\x") else value.encode()
            return key_checks.Written(None, sealed)
    return key_checks.Written(None, None)


def _rows(tools: Binaries, file: Path, table: str) -> Iterator[dict[str, str | None]]:
    """Rows of one table in a backup, column → text as COPY writes it; read only as far as they are used."""
    program = str(tools.folder / "pg_restore")
    command = [program, "--data-only", f"--table={table}", "--file=-", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        columns: list[str] = []
        try:
            for line in map(bytes.decode, process.stdout):
                if not columns:
                    if line.startswith("COPY "):
                        names = line[line.index("(") + 1 : line.index(")")]
                        columns = [name.strip('" ') for name in names.split(",")]
                elif line == "\\.\n":
                    return
                else:
                    cells = line.rstrip("\n").split("\t")
                    texts = (None if cell == "\\N" else cell.replace("\\\\", "\\") for cell in cells)
                    yield dict(zip(columns, texts, strict=True))
        finally:
            process.kill()


def _refuse_when_in_the_way(role: database.Role, replace: bool) -> None:
    with database.connected(role) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        others = int(str(row[0])) if row else 0
        filled = bool(contents.tables(connection))
    if others:
        raise ServerError(
            f"The database is in use by {others} connections: stop Hearth (`hearth demo`, `serve`, `worker`) "
            "and restore again."
        )
    if filled and not replace:
        raise ServerError(
            "The database is not empty: restore into an empty one, or give --replace to put the backup in "
            "place of everything that is there now."
        )


def _restore_embedded(file: Path, target: str) -> None:
    cluster = Cluster(Home.find())
    name = database.name()
    fresh, old = f"{name}_restoring", f"{name}_replaced"
    with psycopg.connect(cluster.conninfo(database="postgres"), autocommit=True) as admin:
        _drop(admin, fresh)
        roles.create_database(admin, fresh)
        try:
            with psycopg.connect(cluster.conninfo(database=fresh)) as connection:
                roles.prepare_database(connection)
            arguments = ["--dbname", fresh, "--exit-on-error", "--no-password", "--jobs=2"]
            _restore(file, arguments, make_conninfo(target, dbname=fresh))
            with psycopg.connect(cluster.conninfo(database=fresh), autocommit=True) as connection:
                connection.execute("ANALYZE")
        except BaseException:
            _drop(admin, fresh)
            raise
        _drop(admin, old)
        with admin.transaction():
            _rename(admin, name, old)
            _rename(admin, fresh, name)
        _drop(admin, old)


def _restore_own(file: Path, target: str) -> None:
    name = str(conninfo_to_dict(target).get("dbname") or roles.DATABASE)
    arguments = ["--dbname", name, "--single-transaction", "--no-password", "--clean", "--if-exists"]
    _restore(file, arguments, target)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _restore(file: Path, arguments: list[str], address: str) -> None:
    """Run pg_restore without the entries that only a superuser may run and that are in place already."""
    tools = programs()
    listing = subprocess.run(
        [tools.folder / "pg_restore", "--list", file], capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        raise ServerError(
            f"The backup {file} is damaged or of a newer PostgreSQL: {_reason(listing.stderr)}."
        )
    with scratch.folder("restore") as folder:
        kept = folder / "list"
        lines = [f"{line}\n" for line in listing.stdout.splitlines() if not _is_prepared(line)]
        kept.write_text("".join(lines), encoding="utf-8")
        run(tools, "pg_restore", [*arguments, f"--use-list={kept}", str(file)], address)


def _is_prepared(line: str) -> bool:
    """Whether a line of the archive's list is about what `roles.prepare_database` has made."""
    words = line.split(" ", 3)
    entry = words[3] if len(words) > 3 else ""
    return entry.startswith(PREPARED)


def run(
    tools: Binaries, program: str, arguments: list[str], address: str, stdout: IO[bytes] | None = None
) -> None:
    """Run one of PostgreSQL's programs against `address`; ServerError with its last line when it fails."""
    done = subprocess.run(
        [tools.folder / program, *arguments],
        env=environment(address),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"{program} failed: {_reason(done.stderr.decode(errors='replace'))}.")


def environment(address: str) -> dict[str, str]:
    """Our environment with the address in libpq's variables: a password in an argument shows in `ps`."""
    given = conninfo_to_dict(address)
    named = {
        option.envvar.decode(): str(given[option.keyword.decode()])
        for option in pq.Conninfo.get_defaults()
        if option.envvar and given.get(option.keyword.decode()) is not None
    }
    return {**os.environ, **named}


def programs() -> Binaries:
    """PostgreSQL's programs of the database's own version."""
    if database.is_embedded():
        return Cluster(Home.find()).programs()
    with database.connected("web") as connection:
        return binaries.clients_of(connection.info.server_version // 10000)


def _rename(admin: psycopg.Connection[tuple[object, ...]], name: str, other: str) -> None:
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(other))
    )


def _drop(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _reason(text: str) -> str:
    """The line of a program's messages that tells most."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.split("error: ", 1)[1] for line in lines if "error: " in line]
    return (errors or lines or ["it said nothing"])[0].rstrip(".")
