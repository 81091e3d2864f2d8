"""Rows that contradict what the database holds to be always true, marked `_faulty`.

The database refuses an exit before its entry, two heads of one household in one project, and two exits of
one enrollment. Exports of other systems have them; a row marked `_faulty` is stored as it came, outside of
those constraints, and nothing leaves it out. Every row of a contradiction is marked, because nobody can
know which of them is wrong. The hash of a marked row is negative: when the other row is put right, this
row's mark goes and its hash changes with it, so that the next import sees the change.
"""

from __future__ import annotations

from hearth.reporting.engine import Connection

_CONTRADICTIONS = {
    "exit before entry": """
        UPDATE "Exit" AS x SET _faulty = TRUE FROM "Enrollment" AS e
        WHERE e.EnrollmentID = x.EnrollmentID AND x.ExitDate < e.EntryDate""",
    "two exits of one enrollment": """
        UPDATE "Exit" AS x SET _faulty = TRUE
        WHERE x.DateDeleted IS NULL AND x.EnrollmentID IN (
            SELECT EnrollmentID FROM "Exit" WHERE DateDeleted IS NULL GROUP BY 1 HAVING count(*) > 1)""",
    "two heads of one household": """
        UPDATE "Enrollment" AS e SET _faulty = TRUE FROM (
            SELECT ProjectID, HouseholdID FROM "Enrollment"
            WHERE RelationshipToHoH = 1 AND DateDeleted IS NULL GROUP BY ALL HAVING count(*) > 1) AS twice
        WHERE e.ProjectID = twice.ProjectID AND e.HouseholdID = twice.HouseholdID
          AND e.RelationshipToHoH = 1 AND e.DateDeleted IS NULL""",
}
#: The files that are looked at, all of whose rows must be there.
FILES = ("Enrollment", "Exit")


def mark(connection: Connection) -> None:
    """Set `_faulty` and the sign of `_hash` in the staged tables."""
    for statement in _CONTRADICTIONS.values():
        connection.execute(statement)
    for table in FILES:
        connection.execute(f'UPDATE "{table}" SET _hash = -_hash - 1 WHERE _faulty AND _hash >= 0')
