"""What is typed is understood as it was meant."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.hmis.clients.search import birth_dates
from hearth.hmis.clients.search.names import nickname_groups, stands_for, words
from hearth.hmis.clients.search.question import LONGEST, read

TODAY = date(2026, 11, 24)
BORN = date(1990, 4, 1)


@pytest.mark.parametrize(
    "text",
    ["4/1/1990", "04/01/1990", "4-1-1990", "04.01.90", "4/1/90", "1990-04-01", "1990/4/1", "04011990",
     "19900401", "April 1, 1990", "Apr 1 1990", "april 1st 1990", "1 April 1990", "1-Apr-1990",
     "1 de abril de 1990", "abril 1 1990", "Apr. 1, '90"],
)  # fmt: skip
def test_a_day_of_birth_in_any_usual_notation(text: str) -> None:
    for around in (text, f"maria lopez {text}", f"{text}, maria"):
        birth = read(around, TODAY).birth
        assert birth is not None, around
        assert (birth.first, birth.last) == (BORN, BORN), around


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("4/1990", date(1990, 4, 1), date(1990, 4, 30)),
        ("1990-02", date(1990, 2, 1), date(1990, 2, 28)),
        ("dec 1999", date(1999, 12, 1), date(1999, 12, 31)),
        ("diciembre de 1999", date(1999, 12, 1), date(1999, 12, 31)),
        ("1990", date(1990, 1, 1), date(1990, 12, 31)),
        ("lopez 1990", date(1990, 1, 1), date(1990, 12, 31)),
    ],
)
def test_a_month_or_a_year(text: str, first: date, last: date) -> None:
    birth = read(text, TODAY).birth
    assert birth is not None
    assert (birth.first, birth.last) == (first, last)


@pytest.mark.parametrize("text", ["2/30/1990", "13/13/1990", "1/1/2090", "1/1/1850", "0/0/0000"])
def test_no_date(text: str) -> None:
    assert read(text, TODAY).birth is None


def test_day_and_month_may_be_swapped() -> None:
    assert read("4/1/1990", TODAY).birth.swapped == date(1990, 1, 4)
    assert read("25/4/1990", TODAY).birth == birth_dates.BirthDate(date(1990, 4, 25), date(1990, 4, 25))
    assert read("4/4/1990", TODAY).birth.swapped is None


def test_two_figures_of_a_year_are_never_in_the_future() -> None:
    assert read("1/2/26", TODAY).birth.first == date(2026, 1, 2)
    assert read("1/2/27", TODAY).birth.first == date(1927, 1, 2)


def test_near_days_differ_by_one_slip() -> None:
    near = birth_dates.near(BORN, TODAY)
    assert {date(1991, 4, 1), date(1980, 4, 1), date(1990, 4, 11), date(1909, 4, 1), date(1990, 4, 2)} <= set(
        near
    )
    assert BORN not in near
    assert date(1991, 5, 1) not in near
    assert max(near) <= TODAY


@pytest.mark.parametrize(
    ("text", "ssn", "last4"),
    [
        ("123-45-6789", "123456789", "6789"),
        ("123456789", "123456789", "6789"),
        ("lopez 123 45 6789", "123456789", "6789"),
        ("xxx-xx-6789", "", "6789"),
        ("•••-••-6789", "", "6789"),
        ("ssn 6789", "", "6789"),
        ("last four 6789", "", "6789"),
        ("lopez 6789", "", "6789"),
        ("1985", "", "1985"),
        ("67890", "", ""),
        ("4/1/1990", "", ""),
        ("550e8400-e29b-41d4-a716-446655440000", "", ""),
    ],
)
def test_a_social_security_number(text: str, ssn: str, last4: str) -> None:
    question = read(text, TODAY)
    assert (question.ssn, question.last4) == (ssn, last4)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("T12345", ("t12345",)), ("#17", ("17",)), ("123456", ("123456",)), ("maria", ()),
        ("lopez 9F3A-22", ("9f3a-22",)),
        ("550E8400-e29b-41d4-a716-446655440000", ("550e8400-e29b-41d4-a716-446655440000",)),
    ],
)  # fmt: skip
def test_an_id(text: str, ids: tuple[str, ...]) -> None:
    assert read(text, TODAY).ids == ids


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lopez, Maria", ("lopez", "maria")),
        ("  MARÍA   de la Cruz ", ("maria", "de", "la", "cruz")),
        ("O’Brien-Núñez", ("obrien", "nunez")),
        ("John Smith Jr.", ("john", "smith")),
        ("jr", ("jr",)),
        ("john 4/1/1990 smith", ("john", "smith")),
        ("Łukasz Sørensen", ("lukasz", "sorensen")),
        ("a b c d e f g h i j", tuple("abcdefgh")),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert read(text, TODAY).names == names


@pytest.mark.parametrize("text", ["", "   ", "a", "!", "--", "\x00", "(", "%"])
def test_nothing_to_find(text: str) -> None:
    assert read(text, TODAY).is_empty


def test_what_was_asked_is_said_without_values() -> None:
    assert read("maria 4/1/1990 123-45-6789 T17", TODAY).kinds == ["name", "birth_date", "ssn", "id"]
    assert read("6789", TODAY).kinds == ["ssn_last4", "id"]


def test_too_much_is_cut() -> None:
    question = read("smith " + "x" * 10_000, TODAY)
    assert question.was_cut
    assert question.names[0] == "smith"
    assert sum(map(len, question.names)) <= LONGEST


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read(text: str) -> None:
    question = read(text, TODAY)
    assert len(question.names) <= 8
    assert all(word and "%" not in word and "_" not in word and "\\" not in word for word in question.names)


def test_nicknames_are_written_as_they_are_compared() -> None:
    assert "william" in stands_for("bill")
    assert "bill" in stands_for("william")
    assert stands_for("nobody-has-this-name") == []
    for name in nickname_groups():
        assert words(name) == [name]
