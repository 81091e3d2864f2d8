"""Leaving out of an input what a report must not read."""

from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime.inputs import InputRefused, only_enrollments, opened_input
from hearth.standards.load import MODEL_YEAR, load
from tests.reporting.sources.exports import Export


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


def test_an_export_of_a_later_year_than_the_reports_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = Export(2026).zip(tmp_path)
    said = "This export has HUD's format of FY2026, and this Hearth works with FY2024 and earlier."
    with pytest.raises(InputRefused, match=said), opened_input(path, load(2024)):
        pass
    with opened_input(path, load(2026)):
        pass
