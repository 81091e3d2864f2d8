"""Gates: conditions on other answers, read, evaluated, shortened, and written again."""

import duckdb
import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from hearth.standards import load
from hearth.standards.gates import (
    ALWAYS,
    NEVER,
    Answers,
    Gate,
    GateError,
    bare,
    codes,
    columns,
    either,
    every,
    gate,
    given,
    renamed,
)


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        ("", {}, True),
        ("A = 1", {"A": "1"}, True),
        ("A = 1", {"A": "0"}, False),
        ("A = 1", {"A": None}, False),
        ("A = 1", {}, None),
        ("A <> 1", {"A": "0"}, True),
        ("A <> 1", {"A": "1"}, False),
        ("A <> 1", {"A": None}, False),
        ("A IN (1, 2)", {"A": "2"}, True),
        ("A IN (1, 2)", {"A": "3"}, False),
        ("A NOT IN (1, 2)", {"A": "3"}, True),
        ("A NOT IN (1, 2)", {"A": "2"}, False),
        ("A BETWEEN 100 AND 199", {"A": "100"}, True),
        ("A BETWEEN 100 AND 199", {"A": "199"}, True),
        ("A BETWEEN 100 AND 199", {"A": "99"}, False),
        ("A BETWEEN 100 AND 199", {"A": "200"}, False),
        ("A BETWEEN 100 AND 199", {"A": None}, False),
        ("A BETWEEN 100 AND 199", {"A": "MN-500"}, False),
        ("A BETWEEN 100 AND 199", {}, None),
        ("A IS NULL", {"A": None}, True),
        ("A IS NULL", {"A": "1"}, False),
        ("A IS NOT NULL", {"A": "1"}, True),
        ("A IS NOT NULL", {"A": None}, False),
        ("A IS NOT NULL", {}, None),
        ("A = '99'", {"A": "99"}, True),
        ("local_program in {X}", {"LocalProgram.X": "1"}, True),
        ("local_program in {X}", {"LocalProgram.X": "0"}, False),
        ("local_program in {X}", {}, None),
        ("local_program in {X, Y}", {"LocalProgram.X": "0", "LocalProgram.Y": "1"}, True),
        ("local_program in {X, Y}", {"LocalProgram.X": "0", "LocalProgram.Y": "0"}, False),
        ("local_program in {X} AND A = 1", {"LocalProgram.X": "1", "A": "1"}, True),
        ("local_program in {X} AND A = 1", {"LocalProgram.X": "0", "A": "1"}, False),
        ("A = 1 AND B = 2", {"A": "1", "B": "2"}, True),
        ("A = 1 AND B = 2", {"A": "1"}, None),
        ("A = 1 AND B = 2", {"A": "0"}, False),
        ("A = 1 OR B = 2", {"B": "2"}, True),
        ("A = 1 OR B = 2", {"B": "3"}, None),
        ("A = 1 OR B = 2", {"A": "2", "B": "3"}, False),
        ("A = 1 OR B = 2 AND C = 3", {"A": "1", "C": "0"}, True),
        ("(A = 1 OR B = 2) AND C = 3", {"A": "1", "C": "0"}, False),
        ("Client.VeteranStatus = 1", {"Client.VeteranStatus": "1"}, True),
        ("Disabilities.DisabilityResponse[8] = 1", {"Disabilities.DisabilityResponse[8]": "1"}, True),
        ("Disabilities.DisabilityResponse[8] = 1", {"Disabilities.DisabilityResponse[5]": "1"}, None),
    ],
)
def test_a_gate_is_open_shut_or_not_known(text: str, answers: Answers, holds: bool | None) -> None:
    assert gate(text).holds(answers) is holds


@pytest.mark.parametrize(
    "text",
    [
        "only in permanent housing", "A", "A =", "A = B", "A IN ()", "A IN (1", "A BETWEEN 1", "A IS 1",
        "= 1", "A = 1 B = 2", "A = 1 AND", "(A = 1", "A = 1)", "A = 1; DROP", "A > 1",
        "A = 1 NOT", "A NOT 1", "AND", "local_program in {}", "local_program in {1}", "local_program in (X)",
        "local_program in {X", "local_program in {X} AND",
    ],
)  # fmt: skip
def test_what_is_no_gate_is_refused(text: str) -> None:
    with pytest.raises(GateError):
        gate(text)


def test_what_is_known_falls_away() -> None:
    told = gate("(T IN (5, 7, 9) AND R = 1) OR (T = 10 AND R IN (1, 2, 3))")
    assert str(given(told, {"T": "5"})) == "R = 1"
    assert str(given(told, {"T": "10"})) == "R IN (1, 2, 3)"
    assert given(told, {"T": "8"}) == NEVER
    assert given(gate("T = 8"), {"T": "8"}) == ALWAYS


def test_parts_come_together_without_saying_a_thing_twice() -> None:
    assert str(every(gate("A = 1"), gate("B = 2 AND A = 1"))) == "A = 1 AND B = 2"
    assert str(either(gate("A = 1"), gate("A IN (0, 1)"))) == "A IN (0, 1)"
    assert str(either(gate("A <> 1"), gate("A = 1"), gate("B = 1"))) == "A <> 1 OR A = 1 OR B = 1"
    assert either(gate("A = 1"), ALWAYS) == ALWAYS
    assert every(gate("A = 1"), NEVER) == NEVER
    assert either() == NEVER
    assert every() == ALWAYS


def test_names_are_told_changed_and_shortened() -> None:
    told = gate("(F.A = 1 OR F.B BETWEEN 1 AND 3) AND F.C IS NULL")
    assert set(columns(told)) == {"F.A", "F.B", "F.C"}
    assert list(codes(told)) == [("F.A", "1")]
    assert bare(told) == "(A = 1 OR B BETWEEN 1 AND 3) AND C IS NULL"
    assert set(columns(renamed(told, str.lower))) == {"f.a", "f.b", "f.c"}
    assert bare(ALWAYS) == ""


NAMES = ("A", "B", "C")
COMPARED = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 3)).map(lambda one: f"{one[0]} = {one[1]}"),
    st.tuples(st.sampled_from(NAMES), st.integers(0, 3)).map(lambda one: f"{one[0]} <> {one[1]}"),
    st.sampled_from(NAMES).map(lambda name: f"{name} NOT IN (0, 2)"),
    st.sampled_from(NAMES).map(lambda name: f"{name} BETWEEN 1 AND 2"),
    st.sampled_from(NAMES).map(lambda name: f"{name} IS NOT NULL"),
)
GATES = st.recursive(
    COMPARED,
    lambda inner: st.tuples(inner, st.sampled_from(("AND", "OR")), inner).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    ),
)


@cases(GATES, st.fixed_dictionaries({name: st.none() | st.sampled_from("0123") for name in NAMES}))
@settings(max_examples=80, deadline=None)
def test_a_gate_says_what_sql_says(text: str, answers: dict[str, str | None]) -> None:
    said: Gate = gate(text)
    row = ", ".join(f"CAST({value or 'NULL'} AS INTEGER) AS {name}" for name, value in answers.items())
    (found,) = duckdb.sql(f"SELECT coalesce({text}, FALSE) FROM (SELECT {row})").fetchone()  # type: ignore[misc]  # one
    assert (said.holds(answers) is True) == found
    assert gate(str(said) if said not in (ALWAYS, NEVER) else "").holds(answers) is True or not found


def test_every_condition_of_a_column_can_be_read() -> None:
    for column in load(2026).columns():
        assert set(columns(gate(column.shown_if or ""))) <= {
            one.name for one in load(2026).file(column.file).columns
        }
