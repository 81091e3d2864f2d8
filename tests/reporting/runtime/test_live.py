"""Steps see live rows alone: not deleted, and of records that are there. For tables and for views."""

from collections.abc import Iterator

import pytest

from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.runtime.live import NotLive, needed_for, only_live
from hearth.standards.load import MODEL_YEAR, load

DAY = "2026-01-06 10:00:00"
ROWS = {
    "Organization": ("OrganizationID", [("O1", None), ("O2", DAY)]),
    "Project": ("ProjectID, OrganizationID", [("P1", "O1", None), ("P2", "O2", None), ("P3", "O1", DAY)]),
    "Client": ("PersonalID", [("C1", None), ("C2", DAY)]),
    "Enrollment": (
        "EnrollmentID, PersonalID, ProjectID",
        [
            ("E1", "C1", "P1", None),
            ("E1", "C1", "P1", DAY),
            ("E2", "C2", "P1", None),
            ("E3", "C1", "P2", None),
            ("E4", "C1", "P3", None),
            ("E5", "C1", None, None),
        ],
    ),
    "Services": (
        "ServicesID, EnrollmentID",
        [("S1", "E1", None), ("S2", "E1", DAY), ("S3", "E2", None), ("S4", "E3", DAY), ("S5", "E9", None)],
    ),
}


@pytest.fixture(params=["table", "view"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    with engine.connected(threads=1) as opened:
        for file, (columns, rows) in ROWS.items():
            table = file if request.param == "table" else f"base_{file}"
            names = [*columns.split(", "), "DateDeleted"]
            kinds = ", ".join(f"{one} {'TIMESTAMP' if one == 'DateDeleted' else 'VARCHAR'}" for one in names)
            opened.execute(f"CREATE TABLE {table} ({kinds})")
            opened.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)
            if request.param == "view":
                opened.execute(f"CREATE VIEW {file} AS SELECT * FROM {table}")
        opened.execute("CREATE VIEW client_ssn AS SELECT 'C1' AS PersonalID, 'valid' AS SSNForm")
        yield opened


def test_the_live_rows_are_left_and_the_others_are_counted(connection: Connection) -> None:
    not_live = only_live(connection, load(MODEL_YEAR))
    for file, key, kept in (
        ("Organization", "OrganizationID", ["O1"]),
        ("Project", "ProjectID", ["P1"]),
        ("Client", "PersonalID", ["C1"]),
        ("Enrollment", "EnrollmentID", ["E1"]),
        ("Services", "ServicesID", ["S1"]),
    ):
        assert engine.rows(connection, f"SELECT {key} FROM {file}") == [(one,) for one in kept]
    assert not_live == NotLive(
        deleted={"Organization": 1, "Project": 1, "Client": 1, "Enrollment": 1, "Services": 2},
        without_parent={"Project": 1, "Enrollment": 4, "Services": 2},
    )


def test_there_is_no_column_that_a_step_could_test(connection: Connection) -> None:
    only_live(connection, load(MODEL_YEAR))
    for file in ROWS:
        assert "DateDeleted" not in engine.columns_of(connection, file)


def test_a_parent_that_nobody_gave_leaves_nothing_out() -> None:
    """A report that reads no projects: whoever makes the tables asks for what tells (`needed_for`)."""
    with engine.connected(threads=1) as connection:
        connection.execute(
            "CREATE TABLE Enrollment AS SELECT 'E1' AS EnrollmentID, 'C1' AS PersonalID,"
            " NULL::TIMESTAMP AS DateDeleted"
        )
        assert only_live(connection, load(MODEL_YEAR)) == NotLive()
        assert engine.scalar(connection, "SELECT count(*) FROM Enrollment") == 1


def test_what_tells_whether_rows_are_live_is_read_with_them() -> None:
    needed = needed_for({"Services": {"DateProvided"}}, load(MODEL_YEAR))
    assert needed == {
        "Services": {"DateProvided", "ServicesID", "EnrollmentID", "DateDeleted"},
        "Enrollment": {"EnrollmentID", "PersonalID", "ProjectID", "DateDeleted"},
        "Client": {"PersonalID", "DateDeleted"},
        "Project": {"ProjectID", "OrganizationID", "DateDeleted"},
        "Organization": {"OrganizationID", "DateDeleted"},
    }


def test_what_several_files_belong_to_is_asked_for_once_with_all_that_is_wanted() -> None:
    wanted = {"Services": set(), "Exit": {"ExitDate"}, "Enrollment": {"EntryDate"}}
    needed = needed_for(wanted, load(MODEL_YEAR))
    assert needed["Enrollment"] == {"EntryDate", "EnrollmentID", "PersonalID", "ProjectID", "DateDeleted"}
    assert needed["Exit"] == {"ExitDate", "ExitID", "EnrollmentID", "DateDeleted"}


def test_a_file_whose_rows_are_never_deleted_stays_as_it_is() -> None:
    assert needed_for({"Export": {"SourceName"}}, load(MODEL_YEAR)) == {"Export": {"SourceName", "ExportID"}}
    with engine.connected(threads=1) as connection:
        connection.execute("CREATE TABLE Export AS SELECT 'X1' AS ExportID")
        assert only_live(connection, load(MODEL_YEAR)) == NotLive()
        assert engine.rows(connection, "FROM Export") == [("X1",)]
