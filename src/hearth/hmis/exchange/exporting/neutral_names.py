"""Projects with confidential names (`organizations/confidential.py`) in the export of somebody who may not
know them: what their clients share goes out, without what the project is called, whose it is and who wrote.

HUD's submissions are made by whoever knows all projects of their scope: their files hold true names.
"""

from datetime import date

from hearth.hmis.exchange.exporting.writers import OWN_KEY, name_own_user
from hearth.hmis.organizations.confidential import CONFIDENTIAL_ORGANIZATION, CONFIDENTIAL_PROJECT, hidden_ids
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: The OrganizationID of all hidden projects, and its key while rows are gathered (see `keys`).
NEUTRAL_ORGANIZATION = "confidential"
_KEY = f"0|{NEUTRAL_ORGANIZATION}"


def give(tables: Connection, files: list[str], exported_on: date) -> int:
    """Put neutral words for what the acting user may not know; returns of how many projects. All rows of the
    files are gathered, and their cells are text."""
    hidden = ",".join(map(str, hidden_ids("project")))
    tables.execute(
        'CREATE TEMPORARY TABLE neutral_project AS SELECT ProjectID, _id FROM "Project"'
        " WHERE _id IN (SELECT CAST(unnest(string_split($1, ',')) AS BIGINT) WHERE $1 <> '')",
        [hidden],
    )
    count = int(engine.scalar(tables, "SELECT count(*) FROM neutral_project"))
    if count:
        _without_writers(tables, files)
        _without_names(tables, f"{exported_on.isoformat()} 00:00:00")
        name_own_user(tables, exported_on)
    tables.execute("DROP TABLE neutral_project")
    return count


def _without_names(tables: Connection, day: str) -> None:
    tables.execute(
        """
        UPDATE "Project" SET ProjectName = $1, ProjectCommonName = NULL, OrganizationID = $2
        WHERE _id IN (SELECT _id FROM neutral_project)
        """,
        [CONFIDENTIAL_PROJECT, _KEY],
    )
    tables.execute(
        """UPDATE "Funder" SET GrantID = NULL, OtherFunder = NULL
        WHERE ProjectID IN (SELECT ProjectID FROM neutral_project)"""
    )
    tables.execute(
        """DELETE FROM "Organization" WHERE OrganizationID NOT IN
        (SELECT OrganizationID FROM "Project" WHERE OrganizationID IS NOT NULL)"""
    )
    # Whether it is a victim service provider is as secret as its name.
    tables.execute(
        """
        INSERT INTO "Organization" (_id, OrganizationID, OrganizationName, DateCreated, DateUpdated, UserID)
        VALUES (0, $1, $2, $3, $3, $4)
        """,
        [_KEY, CONFIDENTIAL_ORGANIZATION, day, OWN_KEY],
    )


def _without_writers(tables: Connection, files: list[str]) -> None:
    stays = 'SELECT EnrollmentID FROM "Enrollment" WHERE ProjectID IN (SELECT ProjectID FROM neutral_project)'
    for file in files:
        columns = {column.name for column in load(MODEL_YEAR).file(file).columns}
        if "UserID" not in columns or file == "User":
            continue
        if "ProjectID" in columns:
            of = "ProjectID IN (SELECT ProjectID FROM neutral_project)"
        elif "EnrollmentID" in columns:
            of = f"EnrollmentID IN ({stays})"
        else:
            continue
        tables.execute(f"UPDATE {name(file)} SET UserID = $1 WHERE {of}", [OWN_KEY])
