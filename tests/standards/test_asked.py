"""Who is asked a data element: the SQL for predicates against the requirements, read one by one."""

import re
from collections.abc import Iterator
from itertools import product

import duckdb
import pytest

from hearth.standards.asked import WRITTEN, asked_sql, demanded

from .cases_of_checks import REGISTRY, empty_tables
from .reference import facts

ENTRY = "2024-01-01"
TYPES = REGISTRY.list("2.02.6").codes()
FUNDERS = REGISTRY.list("2.06.1").codes()
# Person → relationship, date of birth, veteran status: who they are on the day of entry.
PERSONS = {
    "hoh_adult": ("1", "2006-01-01", "0"),
    "hoh_child": ("1", "2006-01-02", "0"),
    "adult": ("3", "2006-01-01", "1"),
    "child": ("2", "2006-01-02", "0"),
    "of unknown age": ("5", None, "0"),
}
ADULT = {"hoh_adult", "adult"}
HEAD = {"hoh_adult", "hoh_child"}
ASKED_OF = {
    "all clients": set(PERSONS),
    "head of household": HEAD,
    "head of household and adults": HEAD | ADULT,
    "veterans": {"adult"},
}
USED = sorted(
    {
        match[1]
        for path in sorted(REGISTRY.folder.glob("checks/*.yaml"))
        for match in WRITTEN.finditer(path.read_text(encoding="utf-8"))
    }
)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """One enrollment for each project type, funding source (or none) and person."""
    with duckdb.connect(config={"threads": 1}) as connection:
        empty_tables(connection)
        rows: dict[str, list[str]] = {"Project": [], "Funder": [], "Client": [], "Enrollment": []}
        for name, (_, born, veteran) in PERSONS.items():
            date_of_birth = f"'{born}'" if born else "NULL"
            rows["Client"].append(f"('{name}', {date_of_birth}, {veteran})")
        for kind, funder in product(TYPES, ("none", *FUNDERS)):
            project = f"{kind}/{funder}"
            rows["Project"].append(f"('{project}', {kind})")
            if funder != "none":
                rows["Funder"].append(f"('{project}', '{project}', {funder}, DATE '2023-07-01')")
            for name, (relationship, *_) in PERSONS.items():
                rows["Enrollment"].append(
                    f"('{project}/{name}', '{name}', '{project}', {relationship}, DATE '{ENTRY}')"
                )
        for file, names in (
            ("Project", "ProjectID, ProjectType"),
            ("Funder", "FunderID, ProjectID, Funder, StartDate"),
            ("Client", "PersonalID, DOB, VeteranStatus"),
            ("Enrollment", "EnrollmentID, PersonalID, ProjectID, RelationshipToHoH, EntryDate"),
        ):
            connection.execute(f'INSERT INTO "{file}" ({names}) VALUES {", ".join(rows[file])}')
        yield connection


def asked(engine: duckdb.DuckDBPyConnection, element: str) -> set[tuple[str, str, str]]:
    """Project type, funding source and person of every enrollment that the SQL holds for."""
    condition = asked_sql(REGISTRY.element(element), ["Enrollment"], None)
    found = engine.execute(
        "SELECT this.EnrollmentID FROM Enrollment AS this"
        " LEFT JOIN Project ON Project.ProjectID = this.ProjectID"
        f" LEFT JOIN Client ON Client.PersonalID = this.PersonalID WHERE {condition}"
    ).fetchall()
    return {tuple(name.split("/")) for (name,) in found}  # type: ignore[misc]


@pytest.mark.parametrize("number", USED)
def test_the_sql_says_what_the_requirements_say(engine: duckdb.DuckDBPyConnection, number: str) -> None:
    element = REGISTRY.element(number)
    expected = set()
    for kind, funder, person in product(TYPES, ("none", *FUNDERS), PERSONS):
        for requirement in demanded(element):
            wanted, excepted = requirement.project_types, requirement.except_project_types
            if (wanted and kind not in wanted) or kind in excepted:
                continue
            if requirement.program != "all" and funder not in requirement.funders:
                continue
            if person in ASKED_OF[requirement.asked_of]:
                expected.add((kind, funder, person))
    assert expected
    assert asked(engine, number) == expected


# Element and funding source of requirements that the table reads by a setting of the project, which no column
# tells: youth projects ask for the current living situation in the types of its header.
DISPUTED = {("4.12", "43")}
# Retired funding sources are asked like the living ones they stand for, which the table says in words only.
RETIRED = {code for code in FUNDERS if REGISTRY.list("2.06.1").option(code).stands_for}


@pytest.mark.parametrize("number", USED)
def test_the_sql_says_what_the_table_of_facts_says(engine: duckdb.DuckDBPyConnection, number: str) -> None:
    expected = set()
    for row in predicates():
        if row["element"] != number or row["required"] != "Y" or row["verdict"] == "redundant":
            continue
        said = row["predicate"]
        for kind, funder, person in product(TYPES, ("none", *FUNDERS), PERSONS):
            if "funder = any" not in said and funder not in among(said, "funder in"):
                continue
            if kind in among(said, "project_type not in"):
                continue
            if "project_type in" in said and kind not in among(said, "project_type in"):
                continue
            if person == "of unknown age":
                if not among(said, "person in") >= {"child"}:
                    continue
            elif person not in among(said, "person in"):
                continue
            if "answers VeteranStatus = 1" in said and person != "adult":
                continue
            expected.add((kind, funder, person))
    found = asked(engine, number)
    # The table speaks of the project types and funding sources that it knows.
    types, funders = of_the_table("2.02.6"), of_the_table("2.06.1") - RETIRED | {"none"}
    known = {one for one in found ^ expected if one[0] in types and one[1] in funders}
    differ = {one for one in known if (number, one[1]) not in DISPUTED}
    assert expected
    assert sorted(differ)[:5] == []


def of_the_table(number: str) -> set[str]:
    return {row["value"] for row in facts("lists") if row["list"] == number}


def predicates() -> list[dict[str, str]]:
    return facts("element_requirements_predicates")


def among(said: str, term: str) -> set[str]:
    match = re.search(re.escape(term) + r" \{([^}]*)\}", said)
    return set(match[1].split(",")) if match else set()


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2024-01-01", None, True),
        ("2024-01-02", None, False),
        ("2023-01-01", "2024-01-01", True),
        ("2023-01-01", "2023-12-31", False),
        (None, None, True),
    ],
)
def test_a_grant_counts_while_it_runs(start: str | None, end: str | None, holds: bool) -> None:
    with duckdb.connect() as connection:
        empty_tables(connection)
        connection.execute("INSERT INTO Project (ProjectID, ProjectType) VALUES ('1', 0)")
        connection.execute(
            "INSERT INTO Funder (ProjectID, Funder, StartDate, EndDate) VALUES ('1', 8, ?, ?)", [start, end]
        )
        connection.execute("INSERT INTO Enrollment (ProjectID, EntryDate) VALUES ('1', '2024-01-01')")
        condition = asked_sql(REGISTRY.element("4.04"), ["Enrollment"], None)
        found = connection.execute(
            f"SELECT 1 FROM Enrollment AS this JOIN Project USING (ProjectID) WHERE {condition}"
        ).fetchall()
    assert bool(found) == holds
