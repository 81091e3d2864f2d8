"""The people of a flag: every flag opens to its people, to its project, or is about the report as a whole."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.members import NoSuchRow, flagged, flags
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.flags import Declared, Flag, declared, not_checked, spread, years_of

from .bundles import bundle_of

LSA = registry.by_name("lsa")

# Una and her child Ole have no birth dates and no destination; Bo's project ended; nine households have no
# head.
WORLD: dict[str, Any] = {
    "Client": {
        "Una": {"DOB": None, "DOBDataQuality": 99},
        "Ole": {"DOB": None, "DOBDataQuality": 99},
        "Bo": {"RaceNone": 99, "White": 0},
    },
    "Project": {"ES1": {}, "RRH1": {"OperatingEndDate": "2026-02-01"}},
    "Enrollment": [
        {"PersonalID": "Una", "ProjectID": "ES1", "EntryDate": "2026-01-05", "HouseholdID": "H1",
         "ExitDate": "2026-03-01", "Destination": 99},
        {"PersonalID": "Ole", "HouseholdID": "H1", "RelationshipToHoH": 2},
        {"PersonalID": "Bo", "ProjectID": "RRH1", "EntryDate": "2026-01-05", "MoveInDate": "2026-01-10"},
        *({"PersonalID": f"S{number}", "ProjectID": "ES1", "EntryDate": "2026-04-01", "RelationshipToHoH": 3}
          for number in range(9)),
    ],
}  # fmt: skip

# What is about the upload as a whole, so that there is nobody to show.
WHOLE = {
    "scope_not_systemwide", "made_before_the_end", "no_people", "no_households", "no_exits", "no_counts",
    "no_organization", "no_project", "no_inventory", "no_funder", "no_project_coc",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(tmp_path_factory.mktemp("flagged") / "out", WORLD)


def of(folder: Path, flag_id: str) -> Flag:
    return next(one for one in flags(folder) if one.id == flag_id)


def people(folder: Path, flag_id: str) -> list[str]:
    return [one.personal_id for one in flagged(folder, of(folder, flag_id)).members]


def test_a_flag_opens_to_its_people(folder: Path) -> None:
    assert people(folder, "unknown_households") == ["Ole", "Una"]
    assert people(folder, "destination_missing") == ["Una"]
    assert people(folder, "open_after_project_ended") == ["Bo"]
    assert people(folder, "not_one_head") == [f"S{number}" for number in range(9)]
    assert people(folder, "ssn_missing") == ["Bo", "Ole", "Una"]  # nobody has one in this world


def test_what_a_flag_counts_is_what_it_opens_to(folder: Path) -> None:
    counted = {
        "unknown_households", "destination_missing", "open_after_project_ended", "not_one_head",
        "ssn_missing", "heads_of_project", "race_missing", "not_participating_served",
    }  # fmt: skip
    seen = set()
    for flag in flags(folder):
        if flag.id in counted:
            assert flagged(folder, flag).value == flag.count, flag.id
            seen.add(flag.id)
    assert len(seen) >= 6


# Of one project group, so that the other groups' columns say -1: which has a 1 in it, as adults only do.
GROUPS: dict[str, Any] = {
    "Client": {one: {"RaceNone": 99, "White": 0} for one in ("Ada", "Bea", "Cora")},
    "Project": {"ES1": {}, "RRH1": {}, "PSH1": {}},
    "Enrollment": [
        {"PersonalID": "Ada", "ProjectID": "ES1", "EntryDate": "2026-01-05", "DisablingCondition": 99},
        {"PersonalID": "Bea", "ProjectID": "RRH1", "EntryDate": "2026-01-05", "MoveInDate": "2026-01-10",
         "DisablingCondition": 99},
        {"PersonalID": "Cora", "ProjectID": "PSH1", "EntryDate": "2026-01-05", "MoveInDate": "2026-01-10",
         "DisablingCondition": 99},
    ],
}  # fmt: skip


def test_a_flag_of_one_project_group_opens_to_nobody_of_another(tmp_path: Path) -> None:
    folder = bundle_of(tmp_path / "out", GROUPS)
    seen = set()
    for flag in flags(folder):
        if flag.id in ("race_missing", "disability_missing", "violence_missing"):
            page = flagged(folder, flag)
            assert (page.value, page.total) == (flag.count, flag.count), flag.sentence
            seen.add((flag.id, flag.people["group"]))
    assert len(seen) == 9, seen


def test_people_are_hidden_as_behind_a_row(folder: Path) -> None:
    page = flagged(
        folder, of(folder, "unknown_households"), may_see=lambda ids: [one for one in ids if one != "Ole1"]
    )
    assert (page.total, page.hidden, page.members) == (2, 2, ())


def test_a_flag_without_people_opens_to_nobody(folder: Path) -> None:
    flag = of(folder, "no_inventory")
    assert not flag.has_people and flagged(folder, flag).total == 0


@pytest.mark.parametrize("one", declared(LSA), ids=lambda one: one.id)
def test_every_flag_leads_somewhere(folder: Path, one: Declared) -> None:
    """Its people can be asked for in every form that it has, or it names a project, or is about the whole."""
    if one.people is None:
        assert one.id in WHOLE or "{project}" in one.sentence
        return
    said: list[dict[str, str]] = [{"file": one.people.file}]
    if one.people.file == "LSACalculated":
        where = {"ReportRow": str(one.people.row), "Universe": "16", "HHType": "0", "Population": "0"}
        said = [{"file": "LSACalculated", **where}]
    elif "{group}" in one.people.where:
        said = [
            {"file": one.people.file, "group": group, "hhtype": kind}
            for group, kind in (("EST", "99"), ("RRH", "0"), ("PSH", "1"))
        ]
    for place in said:
        flag = Flag(one.id, one.hdx, one.severity, one.file, None, 1, None, "…", "…", (2026,), place)
        with suppress(NoSuchRow):  # nobody of this world
            assert flagged(folder, flag).total > 0


@pytest.mark.parametrize(
    "people",
    [
        {"file": "LSAPerson", "group": "EST' OR TRUE --"},
        {"file": "LSAPerson", "hhtype": "1) OR (1=1"},
        {"file": "LSAPerson"},
        {"file": "LSAExit"},
        {"group": "EST"},
    ],
)
def test_what_flags_json_says_never_becomes_a_query(folder: Path, people: dict[str, str]) -> None:
    flag = replace(of(folder, "unknown_households"), people=people)
    with pytest.raises(BundleError, match="Run the report again"):
        flagged(folder, flag)


def test_a_flag_that_is_no_more_is_said(folder: Path) -> None:
    flag = replace(of(folder, "unknown_households"), id="of_long_ago")
    with pytest.raises(BundleError, match="another version of Hearth"):
        flagged(folder, flag)


def test_the_years_of_the_lists() -> None:
    assert years_of(LSA, [784]) == (2025, 2026)
    assert years_of(LSA, [833]) == years_of(LSA, [1221]) == (2025,)
    assert years_of(LSA, [1364]) == (2026,)
    assert years_of(LSA, [848, 1221]) == (2025, 2026)
    assert spread("2 6-8") == (2, 6, 7, 8)


def test_what_is_not_checked_is_counted_once() -> None:
    """No number is both looked for and said not to be; each has its reason."""
    looked_for = {number for one in declared(LSA) for number in (*one.hdx, *one.hdx_below)}
    left = [number for one in not_checked(LSA) for number in one.numbers]
    assert len(left) == len(set(left)) > 1000
    assert not looked_for & set(left)
    assert all(one.why and one.numbers for one in not_checked(LSA))
    # the numbers that HUD's list of 2025 has retired are neither
    retired = {1061, 1065, 1074, 1075, 1076}
    assert not retired & (looked_for | set(left))
    asked = {
        *range(1051, 1080),
        *range(964, 983),
        *range(818, 848),
        886,
        *range(1092, 1096),
        1299,
        113,
        216,
        217,
        218,
    }
    assert asked - retired <= looked_for
