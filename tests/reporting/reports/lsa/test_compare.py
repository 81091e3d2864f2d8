"""Two runs of a small invented system: what changed, who did it, why; and who may see it."""

import copy
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.compare import (
    Comparison,
    NotComparable,
    changed_members,
    changed_people,
    changed_rows,
    compare,
)
from hearth.reporting.opening.members import NoSuchRow, members, rows
from hearth.reporting.runtime import registry
from tests.sizes import size

from .bundles import bundle_of
from .test_members import WORLD

LSA = registry.by_name("lsa")

# In the second run Una is no veteran, Bo is gone, Cyd has come, and the shelter has another housing type.
LATER: dict[str, Any] = copy.deepcopy(WORLD)
LATER["Client"]["Una"] = {"VeteranStatus": 0}
LATER["Project"] = {"ES1": {"HousingType": 2}}
LATER["Enrollment"] = [one for one in WORLD["Enrollment"] if one["PersonalID"] != "Bo"] + [
    {"PersonalID": "Cyd", "ProjectID": "ES1", "EntryDate": "2026-02-01", "ExitDate": "2026-02-20"}
]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(tmp_path_factory.mktemp("before") / "out", WORLD)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle_of(tmp_path_factory.mktemp("after") / "out", LATER)


def of(comparison: Comparison, file: str) -> tuple[int, int, int, int]:
    (found,) = [one for one in comparison.files if one.name == file]
    return found.came, found.went, found.changed, found.same


def test_the_summary(before: Path, after: Path) -> None:
    comparison = compare(before, after)
    assert not comparison.same_input and comparison.parameters == {}
    assert comparison.people == 4  # Una, her child (a veteran household no more), Bo, Cyd
    assert len(comparison.files) == 12
    # NBN1 has nobody any more and is gone with Bo; the shelter's housing type is another
    assert of(comparison, "Project") == (0, 1, 1, 2)
    came, went, _, _ = of(comparison, "LSAPerson")
    assert came >= 2 and went >= 2


def test_a_run_equals_itself(before: Path) -> None:
    comparison = compare(before, before)
    assert comparison.same_input and comparison.people == 0
    assert all((one.came, one.went, one.changed) == (0, 0, 0) for one in comparison.files)
    assert sum(one.same for one in comparison.files) > 100
    assert changed_rows(before, before, "LSACalculated").total == 0


def test_who_came_and_went_and_why(before: Path, after: Path) -> None:
    line = {"ReportRow": "55", "Universe": "16", "Cohort": "1", "Population": "50", "HHType": "0"}
    (row,) = [
        one for one in changed_rows(before, after, "LSACalculated", limit=1000).rows
        if line.items() <= one.values.items()
    ]  # fmt: skip
    assert (row.before, row.after) == (1, None)
    changes = changed_members(before, after, "LSACalculated", row.values)
    assert (changes.came, changes.went, changes.hidden) == (0, 1, 0)
    (una,) = changes.members
    assert una.how == "went" and una.member.personal_id == "Una"
    (why,) = [fact for fact in una.facts if fact.table == "LSAPerson" and fact.column == "VetStatus"]
    assert (why.label, why.before, why.after, why.before_meaning) == ("Veteran", "1", "0", "yes")
    household = [fact for fact in una.facts if fact.table == "LSAHousehold" and fact.column == "HHVet"]
    assert [(fact.key, fact.before, fact.after) for fact in household] == [("adults and children", "1", "0")]


def test_a_member_whose_nights_are_others_is_named(before: Path, tmp_path: Path) -> None:
    later = copy.deepcopy(WORLD)
    later["Enrollment"][3] |= {"ExitDate": "2026-05-04", "Nights": "2026-04-28..2026-05-03"}
    after = bundle_of(tmp_path / "out", later)
    line = {"Cohort": "1", "Universe": "11", "HHType": "0", "Population": "0", "SystemPath": "-1"}
    changes = changed_members(before, after, "LSACalculated", line | {"ReportRow": "56"})
    (bo,) = changes.members
    assert (changes.came, changes.went, changes.changed) == (0, 0, 1)
    assert (bo.how, bo.before, bo.after, bo.member.personal_id) == ("changed", 4, 6, "Bo")
    assert ("ExitDate", "2026-05-02", "2026-05-04") in [
        (fact.column, fact.before, fact.after) for fact in bo.facts if fact.table == "Enrollment"
    ]


def test_everybody_whose_facts_differ(before: Path, after: Path) -> None:
    found = changed_people(before, after)
    assert (found.total, found.hidden) == (4, 0)
    assert [(one.personal_id, one.presence) for one in found.people] == [
        ("Bo", "went"), ("Cyd", "came"), ("Ole", "both"), ("Una", "both"),
    ]  # fmt: skip
    cyd = found.people[1]
    assert ("Enrollment", "Cyd1", "", None, "counted") in [
        (fact.table, fact.key, fact.column, fact.before, fact.after) for fact in cyd.facts
    ]
    (page,) = changed_people(before, after, limit=1, offset=2).people
    assert page == found.people[2]


@pytest.mark.parametrize(
    ("hidden_one", "shown"),
    [
        (None, ["Bo", "Cyd", "Ole", "Una"]),
        ("Una2", ["Bo", "Cyd"]),  # what is known of her child comes from her household, and so from her
        ("Bo1", ["Cyd", "Ole", "Una"]),  # in the earlier run only
        ("Cyd1", ["Bo", "Ole", "Una"]),
    ],
)
def test_people_are_shown_only_if_all_may_be_seen_in_both_runs(
    before: Path, after: Path, hidden_one: str | None, shown: list[str]
) -> None:
    def may_see(enrollments: Sequence[str]) -> list[str]:
        return [one for one in enrollments if one != hidden_one]

    found = changed_people(before, after, may_see=may_see)
    assert [one.personal_id for one in found.people] == shown
    assert found.total == 4 and found.hidden == 4 - len(shown)
    line = {
        "ReportRow": "53",
        "Universe": "16",
        "Cohort": "1",
        "Population": "0",
        "HHType": "0",
        "SystemPath": "-1",
    }
    changes = changed_members(before, after, "LSACalculated", line, may_see=may_see)
    assert {one.member.personal_id for one in changes.members} == {"Bo", "Cyd"} & set(shown)
    assert (changes.came, changes.went) == (1, 1)
    assert changes.hidden == 2 - len(changes.members)


@pytest.mark.long
@pytest.mark.parametrize("file", LSA.opened_files)
def test_came_and_went_explain_every_changed_row(before: Path, after: Path, file: str) -> None:
    """Who came and went are the members of one run that are not members of the other."""
    found = changed_rows(before, after, file, limit=100_000)
    assert found.total == len(found.rows) > 0
    rng = random.Random(file)
    for row in rng.sample(found.rows, min(size(3, 20), len(found.rows))):
        changes = changed_members(before, after, file, row.values, limit=1000)
        known = {side: set() for side in (before, after)}
        for side in (before, after):
            try:
                page = members(side, file, row.values, limit=1000)
            except NoSuchRow:
                continue
            known[side] = {(one.personal_id, one.enrollment_ids) for one in page.members}
        moved = [(one.how, one.member.personal_id, one.member.enrollment_ids) for one in changes.members]
        came = {(person, stays) for how, person, stays in moved if how == "came"}
        went = {(person, stays) for how, person, stays in moved if how == "went"}
        assert came == known[after] - known[before] and went == known[before] - known[after]
        assert (changes.came, changes.went) == (len(came), len(went))


def test_rows_that_changed_are_those_that_differ(before: Path, after: Path) -> None:
    def counted(folder: Path, file: str) -> dict[tuple[Any, ...], int]:
        dimensions = LSA.file(file).dimensions
        return {
            tuple(one.values[column] for column in dimensions): one.count
            for one in rows(folder, file, limit=100_000).rows
        }

    for file in LSA.opened_files:
        old, new = counted(before, file), counted(after, file)
        differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        assert changed_rows(before, after, file).total == len(differing) > 0


@pytest.mark.parametrize(
    ("report", "said"),
    [({"scope": "hic"}, "LSA, the other HIC"), ({"scope": "project", "projects": ["ES1"]}, "same scope")],
)
def test_other_kinds_of_runs_are_refused(
    before: Path, tmp_path: Path, report: dict[str, Any], said: str
) -> None:
    other = bundle_of(tmp_path / "out", WORLD, report)
    with pytest.raises(NotComparable, match=said):
        compare(before, other)
    with pytest.raises(NotComparable):
        changed_people(before, other)


def test_other_dates_may_be_compared(before: Path, tmp_path: Path) -> None:
    other = bundle_of(tmp_path / "out", WORLD, {"start": date(2025, 9, 1)})
    assert compare(before, other).parameters["start"] == ("2025-10-01", "2025-09-01")


def test_a_folder_that_is_no_run_is_refused(before: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        compare(before, tmp_path)
    with pytest.raises(NoSuchRow):
        changed_rows(before, before, "Project")
    with pytest.raises(NoSuchRow):
        changed_members(before, before, "LSACalculated", {"ReportRow": "77"})


# --- what was corrected, and what of it shows --------------------------------------------------------------

# Twelve people left a night-by-night shelter days after their last night; Pia lives in PSH; Tom is a child of
# Una's.
NBN: dict[str, Any] = {"ProjectID": "NBN1", "EntryDate": "2026-01-05", "ExitDate": "2026-02-01"}
CORRECTED: dict[str, Any] = {
    "Client": {"Pia": {"DOB": "1970-01-01"}, "Una": {}, "Tom": {"DOB": "2010-01-01"}},
    "Enrollment": [
        *({**NBN, "PersonalID": f"N{number:02}", "Nights": "2026-01-05..2026-01-09", "Destination": 99}
          for number in range(11)),
        {**NBN, "PersonalID": "N11", "Nights": "2026-01-05..2026-01-31", "Destination": 99},
        {"PersonalID": "Pia", "ProjectID": "PSH1", "EntryDate": "2026-01-05"},
        {"PersonalID": "Una", "ProjectID": "ES1", "EntryDate": "2026-01-05", "HouseholdID": "H1"},
        {"PersonalID": "Tom", "HouseholdID": "H1", "RelationshipToHoH": 2},
    ],
}  # fmt: skip


def corrected() -> dict[str, Any]:
    """All twelve destinations are known now, Pia moved in and was born later, Tom was born on another day."""
    later = copy.deepcopy(CORRECTED)
    for one in later["Enrollment"][:12]:
        one["Destination"] = 410
    later["Enrollment"][12]["MoveInDate"] = "2026-02-01"
    later["Client"]["Pia"] = {"DOB": "1990-01-01"}
    later["Client"]["Tom"] = {"DOB": "2010-01-02"}
    return later


@pytest.fixture(scope="module")
def corrections(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("corrections")
    return bundle_of(folder / "before", CORRECTED), bundle_of(folder / "after", corrected())


def test_everybody_whose_record_was_corrected_is_named_once(corrections: tuple[Path, Path]) -> None:
    """Also those of whom data quality counts alone changed, or nothing at all."""
    found = changed_people(*corrections, limit=100)
    people = [one.personal_id for one in found.people]
    assert people == [*(f"N{number:02}" for number in range(12)), "Pia", "Tom"]
    assert found.total == compare(*corrections).people == 14
    for one in found.people[:12]:
        (exit_,) = [fact for fact in one.facts if fact.table == "Exit"]
        assert (exit_.label, exit_.before, exit_.after) == ("Destination", "99", "410")
        assert exit_.before_meaning == "Data not collected" and exit_.part == "recorded"
        (quality,) = [fact for fact in one.facts if fact.table == "LSAReport"]
        assert (quality.before, quality.after, quality.part) == ("counted", None, "quality")
        assert "without a destination" in quality.key or "estination" in quality.key


def test_the_changed_record_behind_derived_facts_is_named(corrections: tuple[Path, Path]) -> None:
    pia = next(one for one in changed_people(*corrections, limit=100).people if one.personal_id == "Pia")
    said = [
        (fact.table, fact.label, fact.before, fact.after) for fact in pia.facts if fact.part == "recorded"
    ]
    assert ("Client", "Date of birth", "1970-01-01", "1990-01-01") in said
    assert ("EnrollmentRecord", "Housing move-in date", None, "2026-02-01") in [
        (table, "Housing move-in date" if "ove-in" in label else label, old, new)
        for table, label, old, new in said
    ]
    assert any(fact.part == "derived" and fact.table == "LSAHousehold" for fact in pia.facts)
    assert [fact.part for fact in pia.facts] == sorted(
        (fact.part for fact in pia.facts), key=["recorded", "quality", "derived"].index
    )
    assert pia.unchanged == ()


def test_why_a_correction_changed_no_figure_is_said(corrections: tuple[Path, Path]) -> None:
    people = {one.personal_id: one for one in changed_people(*corrections, limit=100).people}
    (why,) = people["N00"].unchanged
    assert (
        "changes data quality counts only" in why
        and "night-by-night stays end after their last bed night" in why
    )
    assert people["N11"].unchanged == ()  # the exit that is the day after the last night counts
    (why,) = people["Tom"].unchanged
    assert "Date of birth changes no figure" in why and "age group" in why


def test_why_people_differ_is_counted(corrections: tuple[Path, Path]) -> None:
    causes = compare(*corrections).causes
    assert (causes.corrected, causes.added, causes.removed, causes.without_effect) == (14, 0, 0, 1)
    figures = {one.column or one.label: one for one in compare(*corrections).headline}
    assert (figures["People served"].before, figures["People served"].change) == (15, 0)
    gone = figures["Destination"]
    assert (gone.before, gone.after, gone.of_before, gone.change) == (12, 0, 12, -12)
    same = compare(corrections[0], corrections[0])
    assert same.people == 0 and same.causes.corrected == same.causes.others == 0


def test_a_moved_bed_night_names_its_client(tmp_path: Path, corrections: tuple[Path, Path]) -> None:
    later = copy.deepcopy(CORRECTED)
    later["Enrollment"][0]["Nights"] = ["2026-01-05", "2026-01-06", "2026-01-08", "2026-01-09"]
    found = changed_people(corrections[0], bundle_of(tmp_path / "out", later))
    assert [one.personal_id for one in found.people] == ["N00"]
    assert ("Nights", "Bed nights", "5", "4") in [
        (fact.table, fact.label, fact.before, fact.after) for fact in found.people[0].facts
    ]


def test_a_record_of_somebody_who_is_in_neither_report_is_none_of_its_business(tmp_path: Path) -> None:
    elsewhere = {
        "PersonalID": "Zoe",
        "ProjectID": "ES9",
        "EntryDate": "2026-01-05",
        "EnrollmentCoC": "XX-502",
    }
    world = {
        "Project": {"ES1": {}, "ES9": {}},
        "ProjectCoC": [{"ProjectID": "ES9", "CoCCode": "XX-502"}],
        "Enrollment": [{"PersonalID": "Una", "ProjectID": "ES1", "EntryDate": "2026-01-05"}],
    }
    before = bundle_of(tmp_path / "before", world)
    after = bundle_of(tmp_path / "after", world | {"Enrollment": [*world["Enrollment"], elsewhere]})
    assert changed_people(before, after).total == 0


def test_other_periods_are_warned_of(before: Path, tmp_path: Path) -> None:
    other = bundle_of(tmp_path / "out", WORLD, {"start": date(2025, 9, 1)})
    (notice,) = compare(other, before).notices
    assert "Different periods: September 1, 2025 – September 30, 2026 before," in notice
    assert len(compare(before, other).notices) == 2  # the later period was named first
    assert compare(before, before).notices == ()
