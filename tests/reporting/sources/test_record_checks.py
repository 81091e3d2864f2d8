"""Checks over a few records in memory find what the same checks find in an export, and no more."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from hearth.reporting.sources.record_checks import KINDS_IN_FORMS, RecordChecks, Value, named_files
from hearth.standards import Check
from tests.standards.cases_of_checks import CASES, IDENTIFIERS, REGISTRY, Case, cases, read

READ = {
    "I": int, "D": date.fromisoformat, "T": datetime.fromisoformat, "M": Decimal, "S": str,
}  # fmt: skip


def typed(file: str, column: str, cell: str | None) -> Value:
    value: Value = READ[REGISTRY.file(file).column(column).type](cell) if cell else None
    return value


def records(case: Case) -> dict[str, list[dict[str, Value]]]:
    """All files, so that no check is left out; what is not written is `1`, as in the cases."""
    found: dict[str, list[dict[str, Value]]] = {file: [] for file in REGISTRY.files}
    for file, rows in case.rows.items():
        keys = [column.name for column in REGISTRY.file(file).columns if column.name in IDENTIFIERS]
        for row in rows:
            cells = dict.fromkeys(keys, "1") | row
            found[file].append({column: typed(file, column, cell) for column, cell in cells.items()})
    return found


def of_forms() -> Iterator[tuple[Check, str, list[Case]]]:
    for path in sorted(CASES.glob("*.yaml")):
        for name, written in read(path.name).items():
            check = REGISTRY.checks.get(name)
            if check is None or check.kind not in KINDS_IN_FORMS:
                continue
            if check.level not in ("row", "enrollment", "household") or check.severity not in (
                "error", "warning",
            ):  # fmt: skip
                continue
            file = check.files[0]
            live = [
                one
                for one in cases(written, file)
                if not any(row.get("DateDeleted") for rows in one.rows.values() for row in rows)
            ]
            yield check, file, live[:40]


@pytest.fixture(scope="module")
def checks() -> RecordChecks:
    return RecordChecks(REGISTRY)


OF_FORMS = list(of_forms())


def test_there_are_checks_for_forms() -> None:
    assert len(OF_FORMS) > 90


@pytest.mark.parametrize(("check", "file", "some"), OF_FORMS, ids=[one.id for one, *_ in OF_FORMS])
def test_it_finds_what_the_cases_say(
    checks: RecordChecks, check: Check, file: str, some: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_checks", lambda _: [check])  # a case is of one check
    for case in some:
        found = {one.check.id for one in checks.look(records(case), [file])}
        assert (check.id in found) is case.bad, case


def test_nothing_is_concluded_from_a_file_that_is_not_there(checks: RecordChecks) -> None:
    check = REGISTRY.checks["contact_on_entry_missing"]
    assert "CurrentLivingSituation" in named_files(check)
    street: dict[str, list[dict[str, Value]]] = {
        "Project": [{"ProjectID": "1", "ProjectType": 4}],
        "Client": [{"PersonalID": "1"}],
        "Funder": [],
        "Exit": [],
        "Enrollment": [
            {"EnrollmentID": "1", "PersonalID": "1", "ProjectID": "1", "HouseholdID": "1",
             "EntryDate": date(2026, 11, 1), "RelationshipToHoH": 1, "EnrollmentCoC": "MN-500"},
        ],
    }  # fmt: skip
    assert check.id not in {one.check.id for one in checks.look(street, ["Enrollment"])}
    whole = street | {file: [] for file in REGISTRY.files if file not in street}
    assert check.id in {one.check.id for one in checks.look(whole, ["Enrollment"])}


def test_a_look_leaves_nothing_behind(checks: RecordChecks) -> None:
    exits: dict[str, list[dict[str, Value]]] = {
        "Enrollment": [{"EnrollmentID": "1", "EntryDate": date(2026, 11, 3)}],
        "Exit": [{"ExitID": "1", "EnrollmentID": "1", "ExitDate": date(2026, 11, 2)}],
    }
    assert "exit_before_entry" in {one.check.id for one in checks.look(exits, ["Exit"])}
    assert checks.look({"Enrollment": [], "Exit": []}, ["Exit"]) == []
    with pytest.raises(KeyError):
        checks.look(exits | {"Nothing": []}, ["Exit"])
    assert checks.look({"Enrollment": [], "Exit": []}, ["Exit"]) == []


def test_text_is_text(checks: RecordChecks) -> None:
    """What somebody types cannot end the statement."""
    exits: dict[str, list[dict[str, Value]]] = {
        "Exit": [{"ExitID": '\'); DROP TABLE "Exit"; --', "Destination": 17, "OtherDestination": "it's"}],
    }
    assert checks.look(exits, ["Exit"]) == []
