"""A migrated database for one test run, copied from a template that outlives the run."""

import ast
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from hearth.server import key_checks, keys, roles
from hearth.server.home import Home
from hearth.server.postgres import Cluster
from tests.reset import Original

# Only system administrators give roles, and the first one is made once: the factories of tests have their
# own way, which no real database has.
GIVE_GRANT = """
    CREATE FUNCTION tests_give_grant(stored jsonb) RETURNS bigint LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        INSERT INTO access_grant SELECT (jsonb_populate_record(NULL::access_grant, jsonb_build_object(
            'id', nextval(pg_get_serial_sequence('access_grant', 'id')), 'coc_code', '',
            'funding_grant_id', '', 'reason', '', 'end_reason', '', 'begins_on', hearth_today()) || stored)).*
        RETURNING id
    $$;
    CREATE FUNCTION tests_all_grants() RETURNS SETOF access_grant LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ SELECT * FROM access_grant $$;
    CREATE FUNCTION tests_end_grants(who bigint) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        UPDATE access_grant SET end_reason = 'over' WHERE user_id = who AND ended_at IS NULL
    $$;
    CREATE FUNCTION tests_allow_scope(role text, scope text) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        INSERT INTO access_rolescope VALUES (role, scope) ON CONFLICT DO NOTHING
    $$;
    CREATE FUNCTION tests_withhold(held text, withheld text) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DELETE FROM access_rolepermission WHERE role = held AND permission = withheld
    $$;
    CREATE FUNCTION tests_restriction_over(who bigint) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        ALTER TABLE clients_restriction DISABLE TRIGGER writes_restriction;
        ALTER TABLE clients_restriction DISABLE TRIGGER marks_client;
        UPDATE clients_restriction SET ends_on = hearth_today() WHERE client_id = who;
        ALTER TABLE clients_restriction ENABLE TRIGGER USER;
    END $$;
    CREATE FUNCTION tests_comparable() RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        EXECUTE replace(pg_get_functiondef('hearth_shares'::regproc), 'SELECT true', 'SELECT false');
        DELETE FROM access_rolepermission WHERE permission = 'data_export';
    END $$;
    ALTER FUNCTION tests_comparable OWNER TO hearth_owner;
    ALTER FUNCTION tests_restriction_over OWNER TO hearth_owner;
    ALTER FUNCTION tests_give_grant OWNER TO hearth_owner;
    ALTER FUNCTION tests_allow_scope OWNER TO hearth_owner;
    ALTER FUNCTION tests_withhold OWNER TO hearth_owner;
    ALTER FUNCTION tests_end_grants OWNER TO hearth_owner;
    ALTER FUNCTION tests_all_grants OWNER TO hearth_owner;
"""
# Tests need speed, not durability: the folder can be made again. Nothing works in the background.
FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200",
    "autovacuum": "off",
}  # fmt: skip


class TestDatabase:
    """Context manager around the database `name`; `reset()` makes it as new."""

    __test__ = False

    def __init__(self, checkout: Path, home: Path, name: str) -> None:
        self.checkout = checkout
        self.name = name
        self.home = Home.at(home)
        self.cluster = Cluster(self.home)
        self._worlds: dict[str, Original] = {}

    def __enter__(self) -> "TestDatabase":
        self._users = _lock_file(self.home.path / "test-runs.lock")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        self.cluster.start()
        self._admin = psycopg.connect(self.cluster.conninfo(database="postgres"), autocommit=True)
        self._be_fast()
        self._drop_orphans()
        self.template = f"template_{self._fingerprint()}"
        building = _lock_file(self.home.path / "test-template.lock")
        try:
            fcntl.flock(building, fcntl.LOCK_EX)
            if not roles.database_exists(self._admin, self.template):
                self._build_template()
        finally:
            os.close(building)
        self._make()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop(self.name)
        self._admin.close()
        os.close(self._users)
        self._stop_when_alone()

    def reset(self) -> None:
        """Make the database as new (`tests/reset.py`); whoever is still connected is cut off."""
        with self._connect() as connection:
            as_new = self._original.restore(connection)
        if not as_new:
            self._make()

    def hold(self, world: str, make: Callable[[], object]) -> None:
        """Bring the database, which is as new, to what `make` leaves in it: the first time by calling it,
        afterwards by putting the same rows back. Whoever is connected is cut off then."""
        if world in self._worlds:
            with self._connect() as connection:
                if self._worlds[world].restore(connection):
                    return
            self._make()
        make()
        with self._connect() as connection:
            self._worlds[world] = Original(connection)

    # ------------------------------------------------------------------ parts

    def _make(self) -> None:
        """Copy the template."""
        self._drop(self.name)
        self._copy(self.name, self.template)
        with self._connect() as connection:
            self._original = Original(connection)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.cluster.conninfo(database=self.name), autocommit=True)

    def _stop_when_alone(self) -> None:
        """Only the last run gets the lock for itself; then nobody needs the server any more."""
        alone = _lock_file(self.home.path / "test-runs.lock")
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        else:
            self.cluster.stop()
        finally:
            os.close(alone)

    def _be_fast(self) -> None:
        for name, value in FAST.items():
            self._admin.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
        self._admin.execute("SELECT pg_reload_conf()")

    def _build_template(self) -> None:
        """Migrate an empty database as the owner. The newest templates stay: another run may copy one."""
        rows = self._admin.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^template_[0-9a-f]{16}$' "
            "ORDER BY oid DESC OFFSET 4"
        )
        for (old,) in rows.fetchall():
            self._drop(str(old))
        fresh = f"building_{os.getpid()}"
        self._drop(fresh)
        # The server may run since before a role or a right was added.
        roles.prepare_roles(
            self._admin, {role: keys.database_password(role, self.home) for role in roles.ROLES}
        )
        roles.create_database(self._admin, fresh)
        with psycopg.connect(self.cluster.conninfo(database=fresh)) as connection:
            roles.prepare_database(connection)
        environment = {**os.environ, "HEARTH_DB_NAME": fresh, "HEARTH_DB_ROLE": "owner"}
        done = subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
            env=environment, cwd=self.checkout, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            self._drop(fresh)
            raise RuntimeError(f"The migrations do not run on an empty database:\n{done.stderr[-6000:]}")
        with psycopg.connect(self.cluster.conninfo(database=fresh)) as connection:
            connection.execute(GIVE_GRANT)
            keys.ssn_key()
            keys.files_key()
            key_checks.verify(connection)  # as the first command does: later ones find and write nothing
        self._admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(fresh), sql.Identifier(self.template)
            )
        )

    def _copy(self, name: str, template: str) -> None:
        # Files are copied whole: without fsync that is far quicker than logging every page.
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(template)
            )
        )
        self._admin.execute(  # rights on a database are not copied with it
            sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC; "
                    "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {owner}, {web}, {loader}; "
                    "GRANT CONNECT ON DATABASE {name} TO {report}, {counts}").format(
                name=sql.Identifier(name), owner=sql.Identifier(roles.OWNER),
                web=sql.Identifier(roles.WEB), loader=sql.Identifier(roles.LOADER),
                report=sql.Identifier(roles.REPORT), counts=sql.Identifier(roles.COUNTS),
            )
        )  # fmt: skip

    def _drop(self, name: str) -> None:
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_orphans(self) -> None:
        """Databases of runs that were killed."""
        rows = self._admin.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^(test|browser|building)_[0-9]+(_|$)'"
        )
        for (name,) in rows.fetchall():
            if not Path("/proc", str(name).split("_")[1]).exists():
                self._drop(str(name))

    def _fingerprint(self) -> str:
        """Changes when a migration, what it imports of ours, its SQL, or a dependency's version changes."""
        source = self.checkout / "src"
        migrations = sorted(source.glob("hearth/hmis/**/migrations/*.py"))
        used = {source / "hearth/server/roles.py", self.checkout / "requirements.lock"}
        # What a migrated database lets the role for reports read.
        used.update(source / f"hearth/hmis/reports/{part}.py" for part in ("rights", "snapshot"))
        used.add(source / "hearth/reporting/sources/snapshot/relations.py")
        used.update(source.glob("hearth/hmis/local/*/consent_documents/*"))  # rows that a migration makes
        # What is made after every migration: roles and what they may do, and the policies of models.
        used.update(source.glob("hearth/hmis/access/*.py"))
        used.update(source.glob("hearth/hmis/*/models/*.py"), source.glob("hearth/hmis/*/models.py"))
        for path in migrations:
            used.update(_imported(path, source))
        mark = hashlib.sha256((self.cluster.programs().version + GIVE_GRANT + "three keys noted").encode())
        for path in [*migrations, *sorted(used), *sorted(source.glob("hearth/hmis/**/*.sql"))]:
            mark.update(str(path.relative_to(self.checkout)).encode())
            mark.update(path.read_bytes())
        return mark.hexdigest()[:16]


def _imported(path: Path, source: Path) -> set[Path]:
    """Files of ours that a migration imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    files = {source / (name.replace(".", "/") + ".py") for name in names if name.startswith("hearth.")}
    return {file for file in files if file.is_file()}


def _lock_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
