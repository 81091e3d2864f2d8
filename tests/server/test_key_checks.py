"""No command works with a missing, malformed or other key, and nothing is written before that is known."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from hearth.server import (
    backup,
    database,
    key_checks,
    keys,
    lost_files_key,
    lost_ssn_key,
    sealed_store,
    seals,
)
from hearth.server.errors import ServerError
from tests.server.conftest import Machine

NewMachine = Callable[[str], Machine]
On = Callable[[Machine], Machine]

OTHER_SSN_KEY = "5a" * 32
FILE = "ab" * 16  # the name of the sealed file
OTHER_SECRET_KEY = "another-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz"
#: What anybody may run, as far as keys matter: the ways in which Hearth starts, reads and writes.
COMMANDS = {
    "serve": ["serve", "--port", "1"],
    "worker": ["worker"],
    "backup": ["db", "backup", "unwanted.backup"],
    "migrate": ["db", "migrate"],
    "import": ["import", "invented.zip", "--source", "Another", "--yes"],
    "export": ["export", "--coc", "MN-500", "--start", "2025-01-01", "--end", "2025-12-31",
               "--out", "unwanted.zip"],
    "user": ["user", "add", "eve@example.org", "--role", "auditor"],
}  # fmt: skip
WRONG_KEYS = {
    "missing": lambda machine, name: {"hide": name},
    "malformed": lambda machine, name: {f"HEARTH_{name.upper()}": "too short"},
    "another": lambda machine, name: {
        f"HEARTH_{name.upper()}": OTHER_SECRET_KEY if name == "secret_key" else OTHER_SSN_KEY
    },
}


@pytest.fixture(scope="module")
def filled(migrated: NewMachine) -> Machine:
    """A machine with clients, whose SSNs are sealed, a person with a second step, and a sealed file."""
    machine = migrated("filled")
    zip_file = machine.path.parent / "invented.zip"
    for arguments in (
        ("synth", "--clients", "100", "--coc", "MN-500", "--seed", "3", "--out", str(zip_file)),
        ("import", str(zip_file), "--source", "Invented", "--yes"),
        ("user", "add", "ada@example.org", "--role", "auditor"),
    ):
        said = machine.hearth(*arguments)
        assert said.returncode == 0, said.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEARTH_HOME", str(machine.path))
        patch.delenv("HEARTH_DB_NAME", raising=False)
        sealed = seals.second_factor_cipher(keys.secret_key()).encrypt(b"JBSWY3DPEHPK3PXP").decode()
        with psycopg.connect(database.url("superuser")) as connection:
            connection.execute(
                "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
                " SELECT id, 'totp', %s, now() FROM access_user WHERE email = 'ada@example.org'",
                [json.dumps({"secret": sealed})],
            )
            connection.execute(
                "INSERT INTO django_session (session_key, session_data, expire_date)"
                " VALUES ('somebody', 'is here', now() + interval '1 day')"
            )
            sealed_key = seals.seal_bytes(seals.files_cipher(keys.files_key()), b"k" * 32)
            connection.execute(
                "INSERT INTO consent_sealedfile (name, organization_id, client_id, purpose, kind, size,"
                " sha256, sealed_key, created_by_id)"
                " SELECT %s, (SELECT min(id) FROM organizations_organization),"
                " (SELECT min(id) FROM clients_client), 'signature', 'png', 1, '', %s,"
                " (SELECT min(id) FROM access_user)",
                [FILE, sealed_key],
            )
            key_checks.verify(connection)  # as the next command would
        sealed_store.write(machine.home.sealed, FILE, b"sealed content")
    return machine


def run(machine: Machine, arguments: list[str], given: dict[str, str]) -> tuple[int, str]:
    """Run it with other keys; returns the status and what it said."""
    hidden = machine.home.keys / given["hide"] if "hide" in given else None
    put_away = machine.path / "put-away"
    if hidden:
        hidden.rename(put_away)
    try:
        at = [
            str(machine.path.parent / part) if "." in part and "@" not in part else part for part in arguments
        ]
        said = machine.hearth(*at, **{name: value for name, value in given.items() if name != "hide"})
        made = bool(hidden and hidden.exists())
    finally:
        if hidden:
            put_away.replace(hidden)
    assert not made, "a key was made anew"
    return said.returncode, said.stderr + said.stdout


def counts(machine: Machine) -> tuple[object, ...]:
    with psycopg.connect(database.url("superuser")) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM clients_client), (SELECT count(*) FROM exchange_importrun),"
            " (SELECT count(*) FROM access_user), (SELECT count(*) FROM audit_accesslog)"
        ).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("wrong", WRONG_KEYS)
@pytest.mark.parametrize("name", ["ssn_key", "secret_key", "files_key"])
def test_no_command_works_with_a_wrong_key(filled: Machine, on: On, name: str, wrong: str) -> None:
    on(filled)
    before = counts(filled)
    some = COMMANDS if (name, wrong) == ("ssn_key", "another") else {"import": COMMANDS["import"]}
    for what, arguments in some.items():
        status, said = run(filled, arguments, WRONG_KEYS[wrong](filled, name))
        assert status == 1, f"{what}: {said}"
        assert re.search("key", said, re.IGNORECASE), said
        assert "Traceback" not in said
        assert len(said.strip().splitlines()) == 1, said
    assert counts(filled) == before
    assert not list(filled.path.parent.glob("unwanted.*"))


def test_the_right_keys_work(filled: Machine, tmp_path: Path) -> None:
    assert filled.hearth("db", "backup", str(tmp_path / "b")).returncode == 0


def test_a_check_value_does_not_tell_the_key(filled: Machine, on: On) -> None:
    on(filled)
    with psycopg.connect(database.url("superuser")) as connection:
        values = dict(connection.execute(f"SELECT purpose, check_value FROM {key_checks.TABLE}").fetchall())
    assert set(values) == {"ssn", "secret", "files"}
    assert keys.ssn_key().hex() not in values["ssn"]
    assert all(re.fullmatch("[0-9a-f]{64}", str(value)) for value in values.values())


@pytest.mark.parametrize("role", ["web", "loader"])
def test_only_the_owner_changes_a_check_value(filled: Machine, on: On, role: str) -> None:
    on(filled)
    for statement in ("UPDATE hearth_key_check SET check_value = ''", "DELETE FROM hearth_key_check"):
        with (
            psycopg.connect(database.url(role)) as connection,  # type: ignore[arg-type]
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


@pytest.mark.parametrize("name", ["ssn_key", "secret_key", "files_key"])
def test_without_a_check_value_the_key_must_open_what_is_sealed(filled: Machine, on: On, name: str) -> None:
    on(filled)
    purpose = name.removesuffix("_key")
    for role in ("superuser", "web"):  # on a server of one's own only the web role is at hand
        with psycopg.connect(database.url("superuser")) as connection:
            connection.execute("DELETE FROM hearth_key_check")
        key = next(key for key in key_checks.KEYS if key.purpose == purpose)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(
                f"HEARTH_{name.upper()}", WRONG_KEYS["another"](filled, name)[f"HEARTH_{name.upper()}"]
            )
            with (
                psycopg.connect(database.url(role)) as connection,  # type: ignore[arg-type]
                pytest.raises(ServerError, match="another"),
            ):
                key_checks.verify(connection, only=(key,))
        with psycopg.connect(database.url(role)) as connection:  # type: ignore[arg-type]
            key_checks.verify(connection)
            known = connection.execute("SELECT count(*) FROM hearth_key_check").fetchone()
        assert known == (3,)


@pytest.fixture(scope="module")
def backups(filled: Machine) -> dict[str, Path]:
    """A backup with check values, and one as an older version wrote it."""
    files = {name: filled.path.parent / f"{name}.backup" for name in ("with", "without")}
    assert filled.hearth("db", "backup", str(files["with"])).returncode == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEARTH_HOME", str(filled.path))
        patch.delenv("HEARTH_DB_NAME", raising=False)
        with psycopg.connect(database.url("superuser"), autocommit=True) as connection:
            connection.execute("DELETE FROM hearth_key_check")
            backup.backup(files["without"])
            key_checks.verify(connection)
    return files


@pytest.mark.parametrize("check_values", ["with", "without"])
@pytest.mark.parametrize("name", ["ssn_key", "secret_key", "files_key"])
@pytest.mark.parametrize("wrong", WRONG_KEYS)
def test_a_backup_is_not_restored_under_a_wrong_key(
    filled: Machine,
    on: On,
    backups: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    check_values: str,
    name: str,
    wrong: str,
) -> None:
    on(filled)
    before = counts(filled)
    given = WRONG_KEYS[wrong](filled, name)
    hidden = filled.home.keys / name
    if "hide" in given:
        hidden.rename(filled.path / "put-away")
    else:
        monkeypatch.setenv(*next(iter(given.items())))
    try:
        with pytest.raises(ServerError, match=r"(?i)key"):
            backup.restore(backups[check_values], replace=True)
        assert not ("hide" in given and hidden.exists())
    finally:
        if "hide" in given:
            (filled.path / "put-away").replace(hidden)
    assert counts(filled) == before


@pytest.mark.parametrize("check_values", ["with", "without"])
@pytest.mark.parametrize("lost", ["new_secret_key", "forget_ssns", "forget_files"])
def test_a_key_that_is_here_is_not_given_up(
    filled: Machine, on: On, backups: dict[str, Path], check_values: str, lost: str
) -> None:
    on(filled)
    before = counts(filled)
    with pytest.raises(ServerError, match="it is not lost"):
        backup.restore(backups[check_values], replace=True, **{lost: True})
    assert counts(filled) == before


def copy_keys(machine: Machine, other: Machine, *names: str) -> None:
    for name in names:
        (other.home.keys / name).write_bytes((machine.home.keys / name).read_bytes())
        (other.home.keys / name).chmod(0o600)


def test_a_backup_holds_no_sessions_and_comes_back_whole(
    filled: Machine, backups: dict[str, Path], new_machine: NewMachine, on: On, tmp_path: Path
) -> None:
    file = backups["with"]
    other = new_machine("elsewhere")
    copy_keys(filled, other, "ssn_key", "secret_key", "files_key")
    said = other.hearth("db", "restore", str(file))
    assert said.returncode == 0, said.stderr
    on(other)
    assert counts(other)[0]
    restored = sealed_store.path_of(other.home.sealed, FILE)
    assert restored.read_bytes() == b"sealed content" and restored.stat().st_mode & 0o777 == 0o600
    with psycopg.connect(database.url("superuser")) as connection:
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM mfa_authenticator").fetchone() == (1,)


def test_the_way_back_from_a_lost_secret_key(
    filled: Machine, backups: dict[str, Path], new_machine: NewMachine, on: On, tmp_path: Path
) -> None:
    file = backups["with"]
    other = new_machine("secret-lost")
    copy_keys(filled, other, "ssn_key", "files_key")
    refused = other.hearth("db", "restore", str(file))
    assert refused.returncode == 1
    assert "--new-secret-key" in refused.stderr
    # Not with the right key: second steps would end for nothing. The database stays empty.
    right = other.hearth(
        "db", "restore", str(file), "--new-secret-key",
        HEARTH_SECRET_KEY=(filled.home.keys / "secret_key").read_text(encoding="utf-8").strip(),
    )  # fmt: skip
    assert right.returncode == 1 and "without --new-secret-key" in right.stderr, right.stderr
    said = other.hearth("db", "restore", str(file), "--new-secret-key")
    assert said.returncode == 0, said.stderr
    on(other)
    with psycopg.connect(database.url("superuser")) as connection:
        connection.execute("INSERT INTO django_session VALUES ('new', 'x', now() + interval '1 day')")
        due = connection.execute("SELECT email FROM access_user WHERE second_factor_due").fetchall()
        assert due == [("ada@example.org",)]
        assert connection.execute("SELECT count(*) FROM mfa_authenticator").fetchone() == (0,)
    assert other.hearth("db", "backup", str(tmp_path / "c")).returncode == 0
    # And once more, on a running installation whose key became known.
    assert (
        other.hearth("db", "backup", str(tmp_path / "c"), HEARTH_SECRET_KEY=OTHER_SECRET_KEY).returncode == 1
    )
    said = other.hearth("db", "new-secret-key", HEARTH_SECRET_KEY=OTHER_SECRET_KEY)
    assert said.stdout.startswith("Sessions ended: 1."), said.stderr
    assert (
        other.hearth("db", "backup", str(tmp_path / "c"), HEARTH_SECRET_KEY=OTHER_SECRET_KEY).returncode == 0
    )
    with psycopg.connect(database.url("superuser")) as connection:
        told = connection.execute(
            "SELECT details->>'sessions' FROM audit_accesslog WHERE action = 'secret_key_changed' ORDER BY id"
        ).fetchall()
    assert told == [("0",), ("1",)]


def test_the_way_on_from_a_lost_ssn_key(
    backups: dict[str, Path], filled: Machine, new_machine: NewMachine, on: On, tmp_path: Path
) -> None:
    file = backups["with"]
    other = new_machine("ssn-lost")
    copy_keys(filled, other, "secret_key", "files_key")
    refused = other.hearth("db", "restore", str(file))
    assert refused.returncode == 1
    assert "--forget-ssns" in refused.stderr
    # Not with the right key, and not with one that cannot be read: the database stays empty.
    right = (filled.home.keys / "ssn_key").read_bytes()
    for key, said_of_it in ((right, "without --forget-ssns"), (b"no key", "ssn_key")):
        (other.home.keys / "ssn_key").write_bytes(key)
        (other.home.keys / "ssn_key").chmod(0o600)
        refused = other.hearth("db", "restore", str(file), "--forget-ssns")
        assert refused.returncode == 1 and said_of_it in refused.stderr, refused.stderr
        assert "Traceback" not in refused.stderr
    (other.home.keys / "ssn_key").unlink()
    said = other.hearth("db", "restore", str(file), "--forget-ssns")
    assert said.returncode == 0, said.stderr
    on(other)
    with psycopg.connect(database.url("superuser")) as connection:
        ask = connection.execute
        assert ask("SELECT count(*) FROM clients_client").fetchone() == (100,)
        for table in ("clients_client", "clients_clienthistory"):
            sealed = f"SELECT count(coalesce(ssn, ssn_index, ssn_last4_index)) FROM {table}"
            assert ask(sealed).fetchone() == (0,)
        assert ask("SELECT count(coalesce(ssn, ssn_last4)) FROM clients_searchkey").fetchone() == (0,)
        # Nothing claims a number any more; who did not know or say it still does not.
        known = ask("SELECT DISTINCT ssn_data_quality FROM clients_client ORDER BY 1").fetchall()
        assert {quality for (quality,) in known} <= {8, 9, 99, None} and (99,) in known
        forced = ask("SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname LIKE 'clients_client%'"
                     " AND relkind = 'r'").fetchone()  # fmt: skip
        assert forced == (True,)
        told = ask(
            "SELECT details->>'clients' FROM audit_accesslog WHERE action = 'ssns_forgotten'"
        ).fetchall()
        assert len(told) == 1 and int(told[0][0]) > 0
    # The new key works, is not given up by mistake, and an import seals with it.
    out = tmp_path / "out.zip"
    asked = ("--coc", "MN-500", "--start", "2025-01-01", "--end", "2025-12-31", "--out", str(out))
    assert other.hearth("export", *asked).returncode == 0
    again = other.hearth("db", "forget-ssns", "--yes")
    assert again.returncode == 1 and "can be read" in again.stderr
    # A running installation whose key is gone; nobody is asked without a terminal.
    (other.home.keys / "ssn_key").unlink()
    unasked = other.hearth("db", "forget-ssns")
    assert unasked.returncode == 1 and "--yes" in unasked.stderr
    assert not (other.home.keys / "ssn_key").exists()
    taken = other.hearth("db", "forget-ssns", "--yes")
    assert taken.returncode == 0, taken.stderr
    assert other.hearth("db", "backup", str(tmp_path / "d")).returncode == 0
    zip_file = filled.path.parent / "invented.zip"
    assert (
        other.hearth("import", str(zip_file), "--source", "Invented", "--yes", "--take-back").returncode == 0
    )
    with psycopg.connect(database.url("superuser")) as connection:
        row = connection.execute("SELECT ssn FROM clients_client WHERE ssn IS NOT NULL LIMIT 1").fetchone()
    assert row is not None and seals.opened(seals.ssn_cipher(keys.ssn_key()), bytes(row[0]))
    # On a server of one's own the owner does it, whom row-level security holds otherwise.
    with database.connected("owner") as connection:
        assert lost_ssn_key.forget(connection) > 0
    with psycopg.connect(database.url("superuser")) as connection:
        left = connection.execute(
            "SELECT (SELECT count(ssn) FROM clients_client), (SELECT count(ssn) FROM clients_clienthistory)"
        ).fetchone()
    assert left == (0, 0)


def test_the_way_on_from_a_lost_key_of_files(
    backups: dict[str, Path], filled: Machine, new_machine: NewMachine, on: On, tmp_path: Path
) -> None:
    other = new_machine("files-lost")
    copy_keys(filled, other, "ssn_key", "secret_key")
    refused = other.hearth("db", "restore", str(backups["with"]))
    assert refused.returncode == 1 and "--forget-files" in refused.stderr
    assert not sealed_store.path_of(other.home.sealed, FILE).exists()
    said = other.hearth("db", "restore", str(backups["with"]), "--forget-files")
    assert said.returncode == 0, said.stderr
    on(other)
    with psycopg.connect(database.url("superuser")) as connection:
        ask = connection.execute
        assert ask("SELECT name, sealed_key FROM consent_sealedfile").fetchall() == [(FILE, None)]
        assert ask(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'consent_sealedfile'"
        ).fetchone() == (True,)
        told = ask("SELECT details FROM audit_accesslog WHERE action = 'files_forgotten'").fetchall()
        assert told == [({"files": 1},)]
    again = other.hearth("db", "forget-files", "--yes")
    assert again.returncode == 1 and "can be opened" in again.stderr
    (other.home.keys / "files_key").unlink()
    unasked = other.hearth("db", "forget-files")
    assert unasked.returncode == 1 and "--yes" in unasked.stderr
    taken = other.hearth("db", "forget-files", "--yes")
    assert taken.returncode == 0 and "given up: 0" in taken.stdout, taken.stderr
    assert other.hearth("db", "backup", str(tmp_path / "e")).returncode == 0
    with database.connected("owner") as connection:
        assert lost_files_key.forget(connection) == 0


def test_a_backup_with_damaged_files_changes_nothing(
    filled: Machine, backups: dict[str, Path], on: On, tmp_path: Path
) -> None:
    on(filled)
    before = counts(filled)
    path = sealed_store.path_of(filled.home.sealed, FILE)
    path.unlink()
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(backups["with"].read_bytes().replace(b"sealed content", b"sealed c0ntent"))
    with pytest.raises(ServerError, match="sealed files"):
        backup.restore(damaged, replace=True)
    assert counts(filled) == before and not path.exists()
    backup.restore(backups["with"], replace=True)
    assert path.read_bytes() == b"sealed content"
