"""Figures of the LSA and the HIC with small cells hidden: what hangs together with what."""

from typing import Any

from hearth.reporting.reports.lsa import small_figures

TIME: dict[str, Any] = {
    "people": 200,
    "groups": {"EST": 150, "RRH": 60, "PSH": 4},
    "household_types": [
        {"code": 1, "households": 90, "EST": 70, "RRH": 85, "PSH": 0},
        {"code": 2, "households": 30, "EST": 12, "RRH": 12, "PSH": 0},
        {"code": 99, "households": 3, "EST": 0, "RRH": 3, "PSH": 0},
    ],
    "households": 123,
    "cohorts": [
        {"code": 0, "exits": 60, "returned": 20},
        {"code": -1, "exits": 60, "returned": 4},
        {"code": -2, "exits": 60, "returned": 55},
    ],
    "averages": [],
}


def test_an_lsa() -> None:
    shown = small_figures.time(TIME, lambda row, of: 50)
    assert shown["people"] == 200 and shown["group-EST"] == 150
    assert shown["group-PSH"] is None
    assert shown["households"] == 123
    assert shown["type-99"] is None
    assert None in (shown["type-1"], shown["type-2"])  # the total would give the one back
    assert shown["type-1-RRH"] is None  # 5 were not served there
    assert (shown["exits-0"], shown["returned-0"]) == (60, 20)
    assert (shown["exits--1"], shown["returned--1"]) == (60, None)
    assert (shown["exits--2"], shown["returned--2"]) == (60, None)


def test_averages_of_few_households_hide_what_they_are_part_of() -> None:
    days = {"0": 30, "1": 20, "2": 40}
    heads = {(2, "0"): 40, (2, "1"): 35, (2, "2"): 5}
    shown = small_figures.averages(
        [{"row": row, "days": days} for row in (1, 2, 3, 4, 5, 8)],
        lambda row, of: heads.get((row, of), 100 if of == "0" else 50),
    )
    hidden = {key for key, value in shown.items() if value is None}
    assert hidden == {f"average-{row}-{of}" for row in (2, 3, 5) for of in ("0", "2")}


def test_an_average_of_all_hides_where_few_are_of_no_type() -> None:
    heads = {"0": 53, "1": 50}
    shown = small_figures.averages([{"row": 1, "days": {"0": 9, "1": 8}}], lambda row, of: heads.get(of, 0))
    assert shown == {"average-1-0": None, "average-1-1": 8}


def _night(*people: tuple[int, int], every: int) -> dict[str, int | None]:
    types = [{"code": code, "people": count, "projects": 1, "beds": 5, "units": 2} for code, count in people]
    return small_figures.night(
        {"people": every, "project_types": types, "projects": len(types), "beds": 5, "units": 2}
    )


def test_a_hic() -> None:
    shown = _night((0, 40), (1, 30), (2, 4), every=74)
    assert [shown[f"night-{code}-people"] for code in (0, 1, 2)] == [40, None, None]
    assert (shown["people"], shown["night-2-beds"], shown["beds"]) == (74, 5, 5)
    assert "here" not in shown and "twice" not in shown


def test_somebody_in_two_projects_of_a_night_is_not_told() -> None:
    """75 by project and 74 people would say that one was in two."""
    shown = _night((0, 40), (1, 35), every=74)
    assert None in (shown["people"], shown["night-0-people"], shown["night-1-people"])


def test_a_night_whose_sums_do_not_hold_says_less() -> None:
    assert _night((0, 40), every=50)["people"] is None


def test_the_quality_counts() -> None:
    report = {"HouseholdEntry": 100, "NoCoC": 4, "NotOneHoH": 95, "ClientEntry": 150, "RelationshipToHoH": 20}
    shown = small_figures.quality(report)
    assert shown["report-HouseholdEntry"] == 100
    assert shown["report-NoCoC"] is None and shown["report-NotOneHoH"] is None
    assert shown["report-RelationshipToHoH"] == 20
