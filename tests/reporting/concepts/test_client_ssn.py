"""What a report may know of an SSN: its form, and who has the same nine digits."""

from collections.abc import Iterator

import pytest

from hearth.reporting import concepts, engine
from hearth.reporting.engine import Connection
from hearth.reporting.runtime.codes import of_year
from hearth.reporting.runtime.step_files import read_step
from hearth.standards.load import MODEL_YEAR

# HUD's LSA specifications 11.6, and invented numbers around each of its conditions.
FORMS = {
    None: "missing",
    "219099999": "valid",
    "899010001": "valid",
    "XXXXX1234": "last4",
    "xxxxx1234": "last4",
    "XXXXX0000": "invalid",
    "XXXX12345": "invalid",
    "21909999": "invalid",
    "2190999999": "invalid",
    "219-09-9999": "invalid",
    "21909999A": "invalid",
    "000123456": "invalid",
    "666123456": "invalid",
    "912345678": "invalid",
    "123004567": "invalid",
    "123450000": "invalid",
    "111111111": "invalid",
    "999999999": "invalid",
    "123456789": "invalid",
    "901234567": "invalid",
    "123456780": "valid",
}


@pytest.fixture
def connection() -> Iterator[Connection]:
    with engine.connected(threads=1) as opened:
        opened.execute("CREATE TABLE Client (PersonalID VARCHAR, SSN VARCHAR)")
        yield opened


def forms(connection: Connection) -> dict[str, tuple[str, int | None]]:
    step = read_step(concepts.FOLDER / "client_ssn.sql", of_year(MODEL_YEAR))
    return {person: (form, group) for person, form, group in engine.rows(connection, step.sql)}


def test_every_number_has_a_form(connection: Connection) -> None:
    for number, ssn in enumerate(FORMS):
        connection.execute("INSERT INTO Client VALUES (?, ?)", [str(number), ssn])
    found = forms(connection)
    assert {ssn: found[str(number)][0] for number, ssn in enumerate(FORMS)} == FORMS
    grouped = {ssn for number, ssn in enumerate(FORMS) if found[str(number)][1] is not None}
    assert grouped == {ssn for ssn in FORMS if ssn and len(ssn) == 9 and ssn.isdigit()}


def test_a_group_is_one_number(connection: Connection) -> None:
    ssns = {"A": "219099999", "B": "219099999", "C": "219099998", "D": "XXXXX1234", "E": "XXXXX1234"}
    for person, ssn in ssns.items():
        connection.execute("INSERT INTO Client VALUES (?, ?)", [person, ssn])
    found = forms(connection)
    assert found["A"][1] == found["B"][1] != found["C"][1]
    assert found["D"][1] is None, "four digits do not tell two people apart"


def test_a_person_has_one_row(connection: Connection) -> None:
    connection.execute("INSERT INTO Client VALUES ('A', '219099999'), ('A', NULL)")
    assert forms(connection)["A"][0] == "valid"
    assert (
        len(engine.rows(connection, read_step(concepts.FOLDER / "client_ssn.sql", of_year(MODEL_YEAR)).sql))
        == 1
    )
