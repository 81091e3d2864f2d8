"""The main figures of a report in words, and what stands behind each.

Every figure has a key of its own, which stands in the address of its people (`behind`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearth.hmis.hud.display import code_words
from hearth.hmis.reports.catalog import OfferedReport
from hearth.hmis.reports.models import ReportRun
from hearth.reporting.opening import members
from hearth.reporting.opening.bundle import record_of, report_of
from hearth.reporting.opening.counted_units import Condition
from hearth.reporting.opening.declared_figures import declared
from hearth.reporting.opening.members import Choose, MaySee, NoSuchRow
from hearth.reporting.runtime import registry

#: Household types of the LSA, as people say them.
HOUSEHOLD_TYPES = {1: "Adults only", 2: "Adults and children", 3: "Children only", 99: "Unknown"}
#: Project groups of the LSA.
GROUPS = {
    "EST": "Emergency shelter, safe haven, transitional housing",
    "RRH": "Rapid re-housing",
    "PSH": "Permanent supportive housing",
    "RRHSO": "Rapid re-housing, services only",
}
#: Other permanent housing (2.02.6): a HIC counts its people by project only, not in LSAPerson (section 9.6).
_OTHER_HOUSING = (9, 10)
#: Exits of the LSA by their year.
COHORTS = {0: "in the report period", -1: "one year earlier", -2: "two years earlier"}
#: Rows of the LSA with average days.
AVERAGES = {
    1: "In emergency shelter or safe haven",
    2: "In transitional housing",
    3: "In any of these",
    4: "In rapid re-housing or permanent supportive housing before move-in",
    5: "Homeless in projects altogether",
    7: "Homeless altogether, with what people said of the time before",
    8: "Housed in rapid re-housing",
    9: "Homeless in projects or housed in rapid re-housing",
}
#: Household types of averages; 0 is all of them.
OF_AVERAGES = {"0": "all households", "1": "adults only", "2": "adults and children", "3": "children only"}

Behind = Callable[[Choose, MaySee | None], members.Page]
"""Opens a number: from the choice of members and what the viewer may see, a page of its members."""


def of(run: ReportRun) -> dict[str, Any]:
    """The main figures with words for their codes and keys of what stands behind them."""
    found: dict[str, Any] = dict(run.result.get("figures", {}))
    if not found:
        return {}
    found["groups"] = [
        (words, found["groups"][code], f"group-{code}")
        for code, words in GROUPS.items()
        if code in found.get("groups", {})
    ]
    found["household_types"] = [
        {
            "label": HOUSEHOLD_TYPES[row["code"]],
            "cells": [
                (row["households"], f"type-{row['code']}"),
                *((row[group], f"type-{row['code']}-{group}") for group in ("EST", "RRH", "PSH")),
            ],
        }
        for row in found.get("household_types", [])
    ]
    found["cohorts"] = [
        row | {"label": COHORTS[row["code"]], "share": share(row["returned"], row["exits"])}
        for row in found.get("cohorts", [])
    ]
    found["averages"] = [
        (
            AVERAGES[row["row"]],
            [(row["days"].get(kind), f"average-{row['row']}-{kind}") for kind in OF_AVERAGES],
        )
        for row in found.get("averages", [])
    ]
    found["project_types"] = [
        row
        | {
            "label": project_type(row["code"]),
            "share": share(row["people"], row["beds"]),
            "cells": [
                (row["projects"], "projects", ""),
                *((row[part], part, f"&sort=-{part}") for part in ("units", "beds", "people")),
            ],
        }
        for row in found.get("project_types", [])
    ]
    if found["project_types"]:
        found |= _by_project(found["people"], found["project_types"])
    return found


def _by_project(people: int, types: list[dict[str, Any]]) -> dict[str, int]:
    """Why the people by project type are more than those of the night: how many are in other permanent
    housing, and how often somebody is counted in one more project."""
    # The headline stays the rows of LSAPerson: it opens to people, each once, as a count of a night is read.
    # The sum over projects counts somebody in two of them twice, and no list of people is as long as that.
    every = sum(row["people"] for row in types)
    other = sum(row["people"] for row in types if row["code"] in _OTHER_HOUSING)
    return {"by_project": every, "other_housing": other, "twice": every - other - people}


def share(part: int, whole: int | None) -> float | None:
    """In percent, to the tenth that pages show; None of nothing. One for all pages of reports, so that a
    share is the same wherever it stands."""
    return round(100 * part / whole, 1) if whole else None


def project_type(code: object) -> str:
    """HUD's words for a project type (2.02.6)."""
    return code_words("Project.ProjectType", code) or str(code)


def titles_of(offered: OfferedReport) -> dict[str, str]:
    """What each figure of a report counts, by key."""
    if offered.report.own("figures") is None:
        return {one.key: one.title for one in declared(offered.report, offered.family)}
    return titles(offered.is_of_one_night)


def titles(night: bool = False) -> dict[str, str]:
    """What each figure that opens to people counts, by key; `night`: in a report of one night."""
    if night:
        return {"people": "People on the night"}
    found = {"people": "People served", "households": "Households served"}
    found |= {f"group-{code}": f"People served: {_within(words)}" for code, words in GROUPS.items()}
    for code, words in HOUSEHOLD_TYPES.items():
        found[f"type-{code}"] = f"Households: {words.lower()}"
        found |= {
            f"type-{code}-{group}": f"Households: {words.lower()}; {_within(GROUPS[group])}"
            for group in ("EST", "RRH", "PSH")
        }
    for code, words in COHORTS.items():
        found[f"exits-{code}"] = f"Household exits {words}"
        found[f"returned-{code}"] = f"Household exits {words} that returned to homelessness"
    for row, words in AVERAGES.items():
        found |= {
            f"average-{row}-{kind}": f"Average days: {_within(words)}, {of}"
            for kind, of in OF_AVERAGES.items()
        }
    return found


def _lsa_figures() -> Any:
    """What the figures of an LSA or HIC sum up."""
    return registry.by_name("lsa").own("figures")


def _within(words: str) -> str:
    """As it stands within a title."""
    return words[0].lower() + words[1:]


def behind(folder: Path, key: str) -> Behind:
    """The people of a figure. Raises `NoSuchRow` for a key that no figure has, and `BundleError`."""
    record = record_of(folder)
    if report_of(record).own("figures") is None:
        found_by_key = {one.key: one.condition for one in declared(report_of(record), record.report)}
        return _under(folder, found_by_key.get(key))
    if key.startswith("average-") and key in titles():
        _, row, kind = key.split("-")
        found = members.rows(
            folder, "LSACalculated", _lsa_figures().average_row(int(row), kind), limit=1
        ).rows
        if not found:
            raise NoSuchRow("This report has no such average.")
        return of_row(folder, "LSACalculated", found[0].values)
    return _under(folder, _lsa_figures().conditions().get(key))


def _under(folder: Path, condition: Condition | None) -> Behind:
    if condition is None:
        raise NoSuchRow("This report has no such figure.")

    def opened(choose: Choose, may_see: MaySee | None) -> members.Page:
        try:
            return members.under(folder, condition, choose=choose, may_see=may_see)
        except NoSuchRow:  # a count of nobody opens to nobody
            choose(())
            return members.Page(0, 0, 0, ())

    return opened


def of_row(folder: Path, file: str, values: Any) -> Behind:
    """The people of a row of a file."""
    return lambda choose, may_see: members.members(folder, file, values, choose=choose, may_see=may_see)


def of_flag(folder: Path, flag: Any) -> Behind:
    """The people of a flag."""
    return lambda choose, may_see: members.flagged(folder, flag, choose=choose, may_see=may_see)
