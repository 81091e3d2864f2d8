"""What the snapshot does not hold, and what the role that reads for it may not do."""

import csv
import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.reports import snapshot
from hearth.hmis.reports.rights import readable
from hearth.hmis.reports.snapshot import refreshed
from hearth.reporting import engine
from hearth.reporting.engine import name, text
from hearth.reporting.sources.snapshot import withheld
from hearth.server import database
from hearth.standards import load
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def state(imported: User) -> Path:
    return refreshed()


def columns_of(export: Path, file: str, columns: frozenset[str]) -> Iterator[str]:
    with zipfile.ZipFile(export) as archive, archive.open(f"{file}.csv") as stream:
        for row in csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")):
            yield from (row[column] for column in columns if row.get(column))


def texts(state: Path) -> Iterator[tuple[str, str]]:
    """Every text of every Parquet file, with the file's name."""
    with engine.connected(threads=1) as connection:
        for path in state.glob("*.parquet"):
            described = engine.rows(connection, f"DESCRIBE SELECT * FROM read_parquet({text(path)})")
            for column, kind, *_ in described:
                assert kind not in ("BLOB", "JSON"), (path.name, column)
                if kind == "VARCHAR":
                    query = f"SELECT DISTINCT {name(column)} FROM read_parquet({text(path)})"
                    yield from ((path.name, value) for (value,) in engine.rows(connection, query) if value)


def test_no_name_no_number_and_no_free_text_is_in_the_files(state: Path, invented: Path) -> None:
    found = {value for _, value in texts(state)}
    files = load().files.values()
    keys = {key for file in files for key in columns_of(invented, file.name, frozenset({file.key}))}
    looked_at = 0
    for file in files:
        for value in set(columns_of(invented, file.name, withheld(file) - {"ExportID", "UserID"})):
            # An answer may be 0 or yes, and the place of a referral is the ProjectID of where it goes.
            if len(value) > 3 and value not in keys:
                looked_at += 1
                assert value not in found, f"a cell of {file.name}"
    assert looked_at > 900
    ssns = set(columns_of(invented, "Client", frozenset({"SSN"})))
    digits = {ssn for ssn in ssns if ssn.isdigit() and len(ssn) == 9}
    assert len(digits) > 200
    assert not [value for value in found if len(value) >= 9 and any(ssn in value for ssn in digits)]


def test_columns_of_the_files_are_those_that_are_not_withheld(state: Path) -> None:
    for file in load().files.values():
        (path,) = state.glob(f"{file.name}.[0-9]*.parquet")
        with engine.connected(threads=1) as connection:
            described = engine.rows(connection, f"DESCRIBE SELECT * FROM read_parquet({text(path)})")
        there = {column for column, *_ in described}
        own = {"_id", "_hash", "_unread"} | ({"SSNForm", "SSNGroup"} if file.name == "Client" else set())
        assert there - own == {c.name for c in file.columns} - withheld(file), file.name


def test_what_is_withheld() -> None:
    hidden = {file.name: withheld(file) for file in load().files.values()}
    assert {"FirstName", "MiddleName", "LastName", "NameSuffix", "SSN"} <= hidden["Client"]
    assert {"UserFirstName", "UserLastName", "UserEmail", "UserPhone", "UserExtension"} <= hidden["User"]
    assert {"VerifiedBy", "LocationDetails", "UserID"} <= hidden["CurrentLivingSituation"]
    assert "OtherDestination" in hidden["Exit"]
    kept = {"PersonalID", "EnrollmentID", "ProjectID", "HouseholdID", "EnrollmentCoC", "EntryDate"}
    assert not kept & hidden["Enrollment"]
    assert not {"DOB", "DOBDataQuality", "SSNDataQuality", "VeteranStatus"} & hidden["Client"]
    assert not {"ProjectName", "OrganizationID"} & hidden["Project"]
    assert not {"Geocode", "City", "ZIP"} & hidden["ProjectCoC"], "addresses of projects are in the LSA"


def test_nobody_else_reads_the_folder(state: Path) -> None:
    assert stat.S_IMODE(snapshot.folder().stat().st_mode) == 0o700
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()} == {0o600}


# --- the role --------------------------------------------------------------------------------------------


def asked(role: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.url(role)) as connection:  # type: ignore[arg-type]
        return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT last_name FROM clients_client",
        "SELECT * FROM clients_client",
        "SELECT location_details FROM enrollments_currentlivingsituation",
        "SELECT user_email FROM organizations_sourceuser",
        "SELECT last_name FROM clients_clienthistory",
        "SELECT words FROM clients_searchkey",
        "SELECT email FROM access_user",
        "SELECT * FROM audit_accesslog",
        "UPDATE clients_client SET dob = NULL RETURNING id",
        "INSERT INTO organizations_datasource (name, is_hearth) VALUES ('x', false) RETURNING id",
        "SET default_transaction_read_only = off; DELETE FROM enrollments_exit RETURNING id",
        "SET ROLE hearth_web",
        "SET ROLE hearth_loader",
    ],
)
def test_the_role_may_not(query: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        asked("report", query)


def test_the_role_may_read_what_the_snapshot_takes_and_nothing_else(state: Path) -> None:
    granted = asked(
        "superuser",
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relowner = 'hearth_owner'::regrole AND c.relkind IN ('r', 'v', 'm')"
        " AND NOT a.attisdropped AND has_column_privilege('hearth_report', c.oid, a.attnum, 'SELECT')",
    )
    expected = {(table, column) for table, columns in readable().items() for column in columns}
    assert set(granted) == expected
    assert {model._meta.db_table for model in models_of_files().values()} <= {table for table, _ in expected}
    assert asked("report", "SELECT count(*) FROM enrollments_enrollment")[0][0], "not subject to row security"


def test_others_may_not_become_the_role() -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked("web", "SET ROLE hearth_report")


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_is_in_the_access_log(imported: User, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from hearth.cli import app
    from hearth.hmis.audit.models.access_log import AccessLog

    administrator = factories.make_administrator(email="ada@example.org")
    what = ["report", "lsa", "db", "--start", "2027-01-28", "--scope", "hic"]
    here, nowhere = ["--out", str(tmp_path / "hic")], ["--out", str(tmp_path / "no")]
    ada, eve = ["--as", "ada@example.org"], ["--as", "eve@example.org"]
    done = CliRunner().invoke(app, [*what, "--coc", "MN-500", *ada, *here])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "hic" / "ProjectCoC.csv").stat().st_size > 100
    with acting(administrator):
        (line,) = AccessLog.objects.filter(subject="report:lsa")
    assert (line.user_id, line.details["coc"]) == (administrator.pk, "MN-500")

    assert CliRunner().invoke(app, [*what, "--coc", "MN-500", *eve, *nowhere]).exit_code != 0
    elsewhere = CliRunner().invoke(app, [*what, "--coc", "MN-511", *ada, *nowhere])
    assert elsewhere.exit_code == 2
    assert "MN-511" in elsewhere.output
    assert not (tmp_path / "no").exists()
