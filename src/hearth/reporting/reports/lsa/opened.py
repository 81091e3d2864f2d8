"""What is said of the LSA's rows, people and flags when they are opened: see `opening.own.Own`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hearth import formats
from hearth.reporting.engine import text
from hearth.reporting.opening.bundle import BundleError
from hearth.reporting.opening.counted_units import Condition
from hearth.reporting.opening.own import Asked, Fact, where
from hearth.reporting.runtime.flags import Declared, Flag
from hearth.reporting.runtime.labels import Labels, labels_of
from hearth.reporting.runtime.report import Report

from .effects import reasons as unchanged
from .headline import headline

__all__ = ["flag_people", "flag_rows", "headline", "title", "unchanged", "why"]

#: The groups of projects by which columns of LSAPerson and LSAHousehold are named.
_GROUPS = ("EST", "RRH", "PSH")
_HOUSEHOLD_TYPES = ("0", "1", "2", "3", "99")
_ENROLLED = {"Cohort": "1", "SystemPath": "-1"}


def title(report: Report, file: str, values: Mapping[str, str | None], said: Mapping[str, str]) -> str:
    """What a row counts, in one line: what is said of everybody is left out."""
    if file == "LSACalculated":
        parts = _calculated(labels_of(report), values, said)
    elif file == "LSAPerson":
        parts = _person(labels_of(report), values, said)
    elif file == "LSAHousehold":
        parts = [said.get("HHType", ""), said.get("Stat", ""), said.get("SystemPath", "")]
        parts += _populations(values, said)
    else:
        parts = [said.get("HHType", ""), f"from {said.get('ExitFrom', '?')} to {said.get('ExitTo', '?')}"]
        parts += [said.get("ReturnTime", ""), said.get("Cohort", ""), *_populations(values, said)]
    return _sentence(parts)


def _calculated(labels: Labels, values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    number = int(values.get("ReportRow") or 0)
    parts = [said.get("ReportRow", f"row {number}")]
    if number < 900 and values.get("Population") != "0":
        parts.append(labels.population(values.get("Population") or ""))
    if values.get("HHType") != "0":
        parts.append(said.get("HHType", ""))
    if values.get("ProjectID") is not None:
        parts.append(f"project {values['ProjectID']}")
    elif values.get("Universe") != "-1":
        parts.append(said.get("Universe", ""))
    if values.get("SystemPath") != "-1":
        parts.append(said.get("SystemPath", ""))
    if values.get("Cohort") != "1":
        parts.append(said.get("Cohort", ""))
    return parts


def _person(labels: Labels, values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    parts = [said.get("RaceEthnicity", "")]
    if values.get("VetStatus") == "1":
        parts.append("veteran")
    if values.get("DisabilityStatus") == "1":
        parts.append("disabled")
    if values.get("DVStatus") in ("1", "2", "3"):
        parts.append(f"domestic violence: {said['DVStatus']}")
    for group, column in (("EST", "HHTypeEST"), ("RRH", "HHTypeRRH"), ("PSH", "HHTypePSH")):
        if values.get(column) not in (None, "-1"):
            age = said.get(f"{group}AgeMin", "")
            parts.append(f"{labels.label('LSAPerson', column).split(':')[0]}: {said.get(column)}, {age}")
    return parts


def _populations(values: Mapping[str, str | None], said: Mapping[str, str]) -> list[str]:
    parts = []
    if values.get("HHVet") == "1":
        parts.append("veteran household")
    if values.get("HHChronic") == "1":
        parts.append(said["HHChronic"])
    if values.get("HHFleeingDV") in ("1", "2", "3"):
        parts.append(said.get("HHFleeingDV", ""))
    if values.get("HHDisability") == "1":
        parts.append("disabled adult or head")
    return parts


def _sentence(parts: Sequence[str]) -> str:
    said = "; ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def why(report: Report, file: str, asked: Asked) -> str:
    """Why a member is counted, where the words for its row do not say it."""
    if "ExitFrom" in asked.facts:
        return _why_exit(asked.facts)
    if asked.known.section.startswith("8"):
        days = asked.facts["Days"].value
        return f"{days} {'day' if days == '1' else 'days'} of this household are in the average."
    if asked.known.section == "9.5":
        nights = asked.facts["Nights"].value
        counted = f"{nights} {'bed night' if nights == '1' else 'bed nights'}"
        return f"{counted} in the report: {where(asked.stays)}."
    if file == "LSACalculated":
        when = labels_of(report).meaning(file, "Cohort", asked.wanted["Cohort"])
        return f"In residence {when}: {where(asked.stays)}."
    start, end = map(formats.day, asked.period)
    return f"Active between {start} and {end}: {where(asked.stays)}."


def _why_exit(facts: Mapping[str, Fact]) -> str:
    left, to, back = facts["ExitFrom"], facts.get("ExitTo"), facts.get("ReturnTime")
    day = formats.day(facts["ExitDate"].value) if "ExitDate" in facts else "an unknown day"
    place = (to.meaning or to.value) if to else "an unknown place"
    again = (
        f"returned to homelessness after {formats.counted(int(back.value or 0), 'day')}"
        if back
        else "did not return to homelessness within 730 days"
    )
    return f"Exit from {left.meaning or left.value} on {day} ({place}); {again}."


def flag_people(report: Report, one: Declared, said: Mapping[str, Any]) -> dict[str, str]:
    """Where the people of a raised flag stand, as flags.json keeps it."""
    assert one.people is not None
    if one.people.file == "LSACalculated":
        row = {
            "ReportRow": one.people.row, "Universe": 10 if said["ProjectID"] else said["Universe"],
            "HHType": said["HHType"] or 0, "Population": said["Population"] or 0,
        }  # fmt: skip
        project = {"ProjectID": said["ProjectID"]} if said["ProjectID"] else {}
        return {"file": one.people.file, **{column: str(value) for column, value in row.items()}, **project}
    found = {"file": one.people.file}
    if said["ProjectGroup"] and "{group}" in one.people.where:
        found["group"] = said["ProjectGroup"]
    if said["HHType"] is not None:
        found["hhtype"] = str(said["HHType"])
    return found


def flag_rows(report: Report, flag: Flag, declared: Declared) -> Mapping[str, str | None] | Condition:
    """The dimensions of the one row of LSACalculated whose people the flag is about, or a condition on rows
    of another file. Raises `BundleError` for what cannot be read."""
    known = declared.people
    assert known is not None
    said = dict(flag.people)
    file = said.pop("file", "")
    if file == "LSACalculated":
        return {**_ENROLLED, "ProjectID": None, **said}
    if file == "LSAReport":
        listed = ", ".join(text(column) for column in known.columns)
        return Condition(file, f"ReportColumn IN ({listed})", {"Column": known.columns[0]})
    group, kind = said.get("group", ""), said.get("hhtype", "0")
    asked = _GROUPS if "{group}" in known.where else ("",)
    if group not in asked or kind not in _HOUSEHOLD_TYPES:  # they become part of a query
        raise BundleError("This flag cannot be read. Run the report again to open it.")
    return Condition(file, known.where.replace("{group}", group).replace("{hhtype}", kind), {})
