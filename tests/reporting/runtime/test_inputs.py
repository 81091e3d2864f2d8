"""Leaving out of an input what a report must not read."""

from hearth.reporting import engine
from hearth.reporting.runtime.inputs import only_enrollments
from hearth.standards.load import MODEL_YEAR, load


def test_only_the_kept_enrollments_are_left_in_every_table() -> None:
    with engine.connected() as connection:
        connection.execute("CREATE TABLE Client AS SELECT * FROM (VALUES ('C1'), ('C2')) AS t (PersonalID)")
        connection.execute(
            "CREATE TABLE Enrollment AS"
            " SELECT * FROM (VALUES ('E1', 'C1', 1), ('E2', 'C2', 2)) AS t (EnrollmentID, PersonalID, _id)"
        )
        connection.execute(
            "CREATE VIEW Exit AS"
            " SELECT * FROM (VALUES ('X1', 'E1'), ('X2', 'E2')) AS t (ExitID, EnrollmentID)"
        )
        only_enrollments(connection, load(MODEL_YEAR), "SELECT EnrollmentID FROM Enrollment WHERE _id = 2")
        assert engine.rows(connection, "SELECT EnrollmentID, _id FROM Enrollment") == [("E2", 2)]
        assert engine.rows(connection, "SELECT ExitID FROM Exit") == [("X2",)]
        assert engine.scalar(connection, "SELECT count(*) FROM Client") == 2


def test_nothing_kept_leaves_nothing() -> None:
    with engine.connected() as connection:
        connection.execute("CREATE TABLE Enrollment AS SELECT 'E1' AS EnrollmentID, 1 AS _id")
        only_enrollments(connection, load(MODEL_YEAR), "SELECT EnrollmentID FROM Enrollment WHERE false")
        assert engine.scalar(connection, "SELECT count(*) FROM Enrollment") == 0
