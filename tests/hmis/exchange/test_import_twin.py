"""Imports of one data source after the other against a slow twin: a dictionary of the latest row of each key.

Every export is the one before with random corrections: values, heads of households, other projects and
organizations, deletions and their taking back, rows that are gone, rows that are new.
"""

import random
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hearth.hmis.access.models import User
from hearth.server import database
from tests.factories import make_administrator
from tests.hmis.exchange.importing import finished
from tests.reporting.sources.exports import STAMP, Export, Row
from tests.sizes import seeds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

PROJECTS, ORGANIZATIONS, CLIENTS = 4, 3, 12
STAMPED: Row = {"DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1", "ExportID": "X1"}
Twin = dict[str, dict[str, Row]]

QUERIES = {
    "Project": "SELECT r.hud_id, r.project_name, o.hud_id, r.date_deleted IS NOT NULL"
    " FROM organizations_project r JOIN organizations_organization o ON o.id = r.organization_id",
    "Client": "SELECT r.hud_id, r.first_name, r.date_deleted IS NOT NULL FROM clients_client r",
    "Enrollment": "SELECT r.hud_id, p.hud_id, c.hud_id, r.household_id, r.relationship_to_hoh,"
    " r.entry_date::text, r.date_deleted IS NOT NULL FROM enrollments_enrollment r"
    " JOIN organizations_project p ON p.id = r.project_id JOIN clients_client c ON c.id = r.client_id",
    "Exit": "SELECT r.hud_id, e.hud_id, r.exit_date::text, r.date_deleted IS NOT NULL FROM enrollments_exit r"
    " JOIN enrollments_enrollment e ON e.id = r.enrollment_id",
}
COLUMNS = {
    "Project": ("ProjectName", "OrganizationID"),
    "Client": ("FirstName",),
    "Enrollment": ("ProjectID", "PersonalID", "HouseholdID", "RelationshipToHoH", "EntryDate"),
    "Exit": ("EnrollmentID", "ExitDate"),
}
KEYS = {"Project": "ProjectID", "Client": "PersonalID", "Enrollment": "EnrollmentID", "Exit": "ExitID"}


def invented(dice: random.Random) -> Export:
    """Several households in several projects."""
    export = Export()
    tables, first = export.tables, Export()
    tables["Organization"] = [
        {**first.row("Organization"), "OrganizationID": f"O{n}"} for n in range(ORGANIZATIONS)
    ]
    tables["Project"] = [
        {**first.row("Project"), "ProjectID": f"P{n}", "OrganizationID": f"O{n % ORGANIZATIONS}"}
        for n in range(PROJECTS)
    ]
    tables["ProjectCoC"] = tables["HMISParticipation"] = []
    tables["Client"] = [{**first.row("Client"), "PersonalID": f"C{n}"} for n in range(CLIENTS)]
    tables["Enrollment"] = [
        {
            **first.row("Enrollment"), "EnrollmentID": f"E{n}", "PersonalID": f"C{n % CLIENTS}",
            "ProjectID": f"P{dice.randrange(PROJECTS)}", "HouseholdID": f"H{n // 2}",
            "RelationshipToHoH": 1 + n % 2,
        }
        for n in range(CLIENTS * 2)
    ]  # fmt: skip
    tables["Exit"] = [
        {**first.row("Exit"), "ExitID": f"T{n}", "EnrollmentID": f"E{n}", "PersonalID": f"C{n % CLIENTS}"}
        for n in range(0, CLIENTS * 2, 3)
    ]
    return export


def correct(dice: random.Random, export: Export, number: int) -> None:
    """Some random corrections."""
    tables = export.tables
    stays = tables["Enrollment"]
    for _ in range(8):
        stay, other = dice.choice(stays), dice.choice(stays)
        kind = dice.randrange(9)
        if kind == 0:
            stay["RelationshipToHoH"], other["RelationshipToHoH"] = (
                other["RelationshipToHoH"], stay["RelationshipToHoH"],
            )  # fmt: skip
        elif kind == 1:
            stay["HouseholdID"], other["HouseholdID"] = other["HouseholdID"], stay["HouseholdID"]
        elif kind == 2:
            stay["ProjectID"] = f"P{dice.randrange(PROJECTS)}"
        elif kind == 3:
            dice.choice(tables["Project"])["OrganizationID"] = f"O{dice.randrange(ORGANIZATIONS)}"
        elif kind == 4:
            stay["EntryDate"] = f"2025-{dice.randrange(10, 13)}-{dice.randrange(10, 29)}"
        elif kind == 5:
            row = dice.choice(tables[dice.choice(["Enrollment", "Exit"])])
            row["DateDeleted"] = None if row.get("DateDeleted") else "2026-01-10 08:00:00"
        elif kind == 6 and len(tables["Exit"]) > 3:
            tables["Exit"].remove(dice.choice(tables["Exit"]))
        elif kind == 7:
            tables["Exit"].append(
                {**STAMPED, "ExitID": f"N{number}-{dice.randrange(10**6)}", "ExitDate": "2026-01-05",
                 "EnrollmentID": stay["EnrollmentID"], "PersonalID": stay["PersonalID"], "Destination": 421}
            )  # fmt: skip
        else:
            dice.choice(tables["Client"])["FirstName"] = f"Name {number}"


def remember(twin: Twin, export: Export) -> None:
    """The slow way: the latest row of every key stands."""
    for table, key in KEYS.items():
        for row in export.tables[table]:
            twin.setdefault(table, {})[str(row[key])] = dict(row)


def stored(connection: psycopg.Connection[Any], table: str) -> set[tuple[Any, ...]]:
    return set(connection.execute(QUERIES[table]).fetchall())


def expected(twin: Twin, table: str) -> set[tuple[Any, ...]]:
    return {
        (key, *(row[column] for column in COLUMNS[table]), bool(row.get("DateDeleted")))
        for key, row in twin[table].items()
    }


def decided(alias: str) -> str:
    columns = ("organization_id", "project_id", "is_shared", "shared_until", "is_restricted")
    return f"({', '.join(f'{alias}.{column}' for column in columns)})"


ALWAYS = {
    "an enrollment has its project's organization": "SELECT count(*) FROM enrollments_enrollment e"
    " JOIN organizations_project p ON p.id = e.project_id WHERE p.organization_id <> e.organization_id",
    "an exit has what decides from its enrollment": "SELECT count(*) FROM enrollments_exit x"
    f" JOIN enrollments_enrollment e ON e.id = x.enrollment_id WHERE {decided('x')} IS DISTINCT FROM"
    f" {decided('e')}",
    "an enrollment's old versions have it from the enrollment": "SELECT count(*) FROM"
    " enrollments_enrollmenthistory h JOIN enrollments_enrollment e ON e.id = h.pgh_obj_id"
    f" WHERE {decided('h')} IS DISTINCT FROM {decided('e')}",
    "an exit's old versions have it from the exit": "SELECT count(*) FROM enrollments_exithistory h"
    f" JOIN enrollments_exit x ON x.id = h.pgh_obj_id WHERE {decided('h')} IS DISTINCT FROM {decided('x')}",
    "an exit that is not marked is not before its entry": "SELECT count(*) FROM enrollments_exit x"
    " JOIN enrollments_enrollment e ON e.id = x.enrollment_id"
    " WHERE x.exit_date < e.entry_date AND NOT x.is_faulty AND x.date_deleted IS NULL",
}


@pytest.mark.parametrize("seed", seeds(3))
def test_the_latest_row_of_every_key_stands(seed: int, tmp_path: Path) -> None:
    by: User = make_administrator()
    dice = random.Random(seed)
    export, twin = invented(dice), {}
    for number in range(5):
        if number:
            correct(dice, export, number)
        remember(twin, export)
        finished(by, export.zip(tmp_path), missing="keep")
        with psycopg.connect(database.url("loader")) as connection:
            for table in QUERIES:
                assert stored(connection, table) == expected(twin, table), (seed, number, table)
            for law, query in ALWAYS.items():
                assert connection.execute(query).fetchone() == (0,), (seed, number, law)
