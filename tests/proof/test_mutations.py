"""What is broken, on small examples; that what is listed as surviving is still there."""

import ast
import re
from pathlib import Path

import pytest

from proof.mutants import ACCEPTED, accepted, mutants_of, sample
from proof.python_mutations import mutations
from proof.sql_mutations import as_parsed, step_mutations
from proof.subjects import CHECKOUT, read

HEADER = "-- Section: 1 Example\n-- Grain: one row\n-- Inputs: stay\n"


def of_python(text: str) -> set[tuple[str, str]]:
    for one in mutations(text):
        ast.parse(one.text())
    return {(one.was, one.becomes) for one in mutations(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == b", {("a == b", "(a != b)")}),
        ("a < b <= c", {("a < b <= c", "(a <= b <= c)"), ("a < b <= c", "(a < b < c)")}),
        ("a is None", {("a is None", "(a is not None)")}),
        ("a not in b", {("a not in b", "(a in b)")}),
        ("a and b", {("a and b", "(b)"), ("a and b", "(a)")}),
        ("not a", {("not a", "(a)")}),
        ("a if b else c", {("b", "(not b)")}),
        ("a - 1", {("a - 1", "(a + 1)"), ("1", "2")}),
        ("'a' + b", set()),
        ("x = True", {("True", "False")}),
        ("min(a)", {("min(a)", "(max(a))"), ("min(a)", "pass")}),
        ("if a:\n    b = c", {("a", "(not a)")}),
        ("raise a", {("raise a", "pass")}),
        ("log.info('a', b=1)", set()),
        ("f'{a + 1}'", set()),
        ("if TYPE_CHECKING:\n    a = 1", set()),
    ],
)
def test_what_is_broken_in_python(text: str, expected: set[tuple[str, str]]) -> None:
    assert of_python(text) == expected


def test_a_decorator_and_what_is_returned_are_left_out_and_the_place_is_said() -> None:
    text = "class A:\n    @require(B)\n    def view(self):\n        'é'; return c\n"
    found = {(one.where, one.line, one.becomes): one.text() for one in mutations(text)}
    assert found == {
        ("A.view", 2, "nothing"): text.replace("@require(B)", ""),
        ("A.view", 4, "return None"): text.replace("return c", "return None"),
    }


def of_step(select: str) -> list[str]:
    assert all(one.text().startswith(HEADER) for one in step_mutations(HEADER + select))
    return [" ".join(one.text()[len(HEADER) :].split()) for one in step_mutations(HEADER + select)]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("SELECT a FROM stay WHERE b = c", {"b <> c", "WHERE TRUE"}),
        ("SELECT a FROM stay WHERE b < 18 AND c", {"b <= 18", "b < 19", "TRUE AND c", "b < 18 AND TRUE"}),
        ("SELECT a FROM stay WHERE b IN ({Type.RRH}, 2)", {"NOT b IN ({Type.RRH}, 2)", "b IN (2)"}),
        ("SELECT a FROM stay LEFT JOIN b ON b.c = stay.c", {"stay JOIN b ON b.c", "LEFT JOIN b ON TRUE"}),
        ("SELECT a FROM stay JOIN b ON b.c = stay.c", {"LEFT JOIN b ON b.c = stay.c"}),
        ("SELECT min(a + 7) AS b FROM stay", {"MAX(a + 7)", "MIN(a - 7)", "MIN(a + 8)"}),
        ("SELECT a FROM stay WHERE b BETWEEN c AND d", {"b > c AND b <= d", "b >= c AND b < d", "b >= c"}),
        ("SELECT DISTINCT a FROM stay", {"SELECT a"}),
        ("SELECT a FROM stay WHERE b IS NULL", {"NOT b IS NULL"}),
        ("WITH x AS (SELECT a FROM stay WHERE b > c) SELECT a FROM x", {"b >= c"}),
    ],
)
def test_what_is_broken_in_a_step(select: str, expected: set[str]) -> None:
    found = of_step(select)
    for part in expected:
        assert any(part in one for one in found), (part, found)
    assert " ".join(as_parsed(HEADER + select).split()) not in found


def test_a_step_that_is_made_from_another_has_nothing_to_break() -> None:
    text = HEADER + "-- Rule: episode\n"
    assert as_parsed(text) == text
    assert list(step_mutations(text)) == []


STEPS = [path for subject in read() for path in subject.files if path.suffix == ".sql"]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_every_step_can_be_taken_apart(path: Path) -> None:
    """And put together again: what has a name in it, codes and rules, is still there."""
    text = (CHECKOUT / path).read_text(encoding="utf-8")
    names = re.compile(r"\{[^{}]*\}")
    assert names.findall(as_parsed(text)) == names.findall(text)
    assert as_parsed(as_parsed(text)) == as_parsed(text)


def test_a_seed_decides_the_order_and_subjects_take_turns() -> None:
    subjects = [one for one in read() if one.name in ("leaving", "jobs")]
    one, other = sample(subjects, 1), sample(subjects, 1)
    assert [mutant.key for mutant in one] == [mutant.key for mutant in other]
    assert [mutant.key for mutant in one] != [mutant.key for mutant in sample(subjects, 2)]
    assert [mutant.subject.name for mutant in one[:4]] == ["leaving", "jobs"] * 2
    assert len({mutant.key for mutant in one}) == len(one)


def test_what_is_listed_as_surviving_is_there_and_has_a_reason() -> None:
    listed = accepted()
    files = {key[0] for key in listed}
    there = {
        mutant.key
        for subject in read()
        for mutant in mutants_of(subject, [path for path in subject.files if str(path) in files])
    }
    assert set(listed) - there == set(), f"take them from {ACCEPTED.name}"
    assert all(reason.strip() for reason in listed.values())
