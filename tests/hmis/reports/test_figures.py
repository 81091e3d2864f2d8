"""The main figures in words: shares that are the same on all pages, totals that differ with their reason."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string

from hearth.hmis.reports import compared, figures, lsa_quality
from hearth.hmis.reports.models import ReportRun
from hearth.reporting.opening import compare


def test_a_share_has_the_tenth_that_pages_show() -> None:
    run = ReportRun(result={"figures": {"people": 1, "cohorts": [{"code": 0, "exits": 62, "returned": 12}]}})
    (cohort,) = figures.of(run)["cohorts"]
    assert cohort["share"] == 19.4
    assert figures.share(0, 0) is None


def test_shares_are_the_same_on_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one report, of its data quality, and of a comparison."""
    (fault,) = lsa_quality.faults({"Destination": 12, "ClientExit": 62})
    row = compare.Headline("Returns", 12, 13, "LSAExit", of_before=62, of_after=62)
    monkeypatch.setattr(compare, "changed_rows", lambda *_, **__: SimpleNamespace(rows=()))
    comparison: Any = SimpleNamespace(headline=(row,), files=())
    (shown,) = compared.headline(Path(), Path(), comparison)
    assert fault.share == shown.share_before == figures.share(12, 62) == 19.4


def night(people: int, **types: int) -> str:
    rows = [
        {"code": int(code.removeprefix("type")), "projects": 1, "beds": 5, "units": 5, "people": there}
        for code, there in types.items()
    ]
    found = {"people": people, "projects": 2, "beds": 10, "units": 10, "project_types": rows}
    return render_to_string(
        "reports/parts/figures_hic.html", {"figures": figures.of(ReportRun(result={"figures": found}))}
    )


def test_people_of_other_permanent_housing_are_said() -> None:
    page = night(4, type0=4, type9=2, type10=1)
    assert "By project type there are 7 people, and 4 above" in page
    assert "HUD counts the 3 in other permanent housing" in page
    assert "counts in both" not in page


def test_people_in_two_projects_are_said() -> None:
    page = night(4, type0=4, type2=1)
    assert (
        "there are 5 people, and 4 above: somebody who was in two projects on the night counts in both."
        in page
    )
    assert "other permanent housing" not in page


def test_equal_totals_need_no_reason() -> None:
    assert "By project type there are" not in night(4, type0=4)


def test_a_night_has_people_on_the_night() -> None:
    assert figures.titles(night=True) == {"people": "People on the night"}
    assert figures.titles()["people"] == "People served"
    assert (
        figures.titles()["group-EST"] == "People served: emergency shelter, safe haven, transitional housing"
    )


def test_rows_that_changed_name_their_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"2.P6": "Invented Night Shelter"}
    monkeypatch.setattr(compared, "Records", lambda *_: SimpleNamespace(projects=lambda keys: seen))
    rows: Any = [
        SimpleNamespace(title="bed nights; project 2.P6", values={"ProjectID": "2.P6"}),
        SimpleNamespace(title="bed nights; project 2.P7", values={"ProjectID": "2.P7"}),
        SimpleNamespace(title="people", values={"ProjectID": None}),
    ]
    viewer: Any = None
    assert compared.titles(viewer, Path(), Path(), rows) == [
        "Bed nights; Invented Night Shelter", "Bed nights; project 2.P7", "People",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "label", "key", "said"),
    [
        ("EnrollmentRecord", "Recorded enrollment", "E1", "Recorded enrollment E1"),
        ("Exit", "Recorded exit", "E1", "Recorded exit of enrollment E1"),
        ("Nights", "Bed nights", "E1", "Bed nights of enrollment E1"),
        ("Enrollment", "Enrollment", "E1", "Enrollment E1 as the report uses it"),
        ("LSAExit", "Exit", "left a year before", "Exit (left a year before)"),
        ("LSAHousehold", "Household", "adults only", "Household of adults only"),
        ("Client", "Client record", "", "Client record "),
    ],
)
def test_what_is_new_is_said_once(table: str, label: str, key: str, said: str) -> None:
    (row,) = compared.fact_rows([compare.FactChange(table, key, "", label, None, "1")])
    assert f"{row.label} {row.of}" == said
    assert (row.before, row.after) == ("not in the report", "in the report")


def test_which_fact_of_which_record_is_said() -> None:
    (row,) = compared.fact_rows(
        [compare.FactChange("Exit", "E1", "ExitDate", "Exit date", None, "2026-01-05")]
    )
    assert (row.label, row.of) == ("Exit date", "exit of enrollment E1")
