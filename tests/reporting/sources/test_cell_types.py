"""What a cell becomes by its type, amounts of money above all, and when its text is kept."""

from decimal import Decimal
from typing import Any

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import cell_types
from hearth.standards import load

INCOME = load().file("IncomeBenefits")
CLIENT = load().file("Client")


def read(file: Any, column: str, cell: str | None) -> tuple[Any, str | None]:
    """The value of one cell, and its text where it is kept."""
    with engine.connected() as connection:
        connection.execute("CREATE TABLE came (cell VARCHAR)")
        connection.execute("INSERT INTO came VALUES (?)", [cell])
        relation = f"SELECT cell AS {engine.name(column)} FROM came"
        connection.execute(cell_types.create_narrow(file, "read", relation, {column}))
        found = connection.execute(f"SELECT {engine.name(column)}, _raw FROM read").fetchone()
    assert found is not None
    return found[0], found[1]


@pytest.mark.parametrize("cell", ["1200.00", "0.00", "0.01", "1234567.89"])
def test_an_amount_to_the_letter(cell: str) -> None:
    assert read(INCOME, "EarnedAmount", cell) == (Decimal(cell), None)


@pytest.mark.parametrize(
    ("cell", "amount"), [("1200", "1200"), ("$1,200.50", "1200.50"), (" 75.5 ", "75.50"), ("007.00", "7")]
)
def test_an_amount_with_one_possible_meaning_is_read_and_its_text_kept(cell: str, amount: str) -> None:
    value, kept = read(INCOME, "EarnedAmount", cell)
    assert value == Decimal(amount)
    assert kept is not None and cell in kept


@pytest.mark.parametrize("cell", ["much", "12.00 or 13.00", "1e3", "--5"])
def test_an_amount_that_nobody_can_read_is_none_and_its_text_kept(cell: str) -> None:
    value, kept = read(INCOME, "EarnedAmount", cell)
    assert value is None
    assert kept is not None and cell in kept


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_blank_is_none_and_nothing_is_kept(cell: str | None) -> None:
    assert read(INCOME, "EarnedAmount", cell) == (None, None)


def test_any_text_is_to_the_letter_and_nothing_of_it_kept() -> None:
    """Also where a table has columns of text alone."""
    assert cell_types.to_the_letter(CLIENT.column("FirstName")) == "TRUE"
    assert read(CLIENT, "FirstName", "Ada 7 $") == ("Ada 7 $", None)
