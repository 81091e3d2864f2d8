"""Why a correction changed no figure: what the report made of the record, in one sentence.

Works on the connection of `differences.both`; `compare` is the way in. LSA specifications 3.3, 3.4, 3.6, 6
and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hearth import formats
from hearth.reporting import engine
from hearth.reporting.engine import Connection
from hearth.reporting.opening.declarations import DERIVED, QUALITY, RECORDED
from hearth.reporting.opening.differences import FactChange
from hearth.reporting.runtime.report import Report

_ONE_DAY = timedelta(days=1)
#: Files in which a household's destination stands.
_HOUSEHOLDS = ("LSAHousehold", "LSAExit")

_STAYS = """
    SELECT e.PersonalID, e.EnrollmentID, e.RelationshipToHoH = {RelationshipToHoH.HEAD}, x.ExitDate,
        n.ExitDate, n.LSAProjectType IN ({LSAProjectType.any_rrh_psh}),
        n.LSAProjectType = {LSAProjectType.ES_NBN}, n.EnrollmentID IS NOT NULL, p.ReportEnd
    FROM after.Enrollment AS e
    JOIN asked AS a ON a.PersonalID = e.PersonalID
    LEFT JOIN after.enrollment_exit AS x ON x.EnrollmentID = e.EnrollmentID
    LEFT JOIN after.lsa_enrollment AS n ON n.EnrollmentID = e.EnrollmentID
    CROSS JOIN after.lsa_parameters AS p
"""


@dataclass(frozen=True, slots=True)
class _Stay:
    """An enrollment of the later run. `recorded` and `used` are the days of exit; None where there is none.
    Of a stay that is not in the report it is not known (None) whether it is housing, or night by night."""

    is_of_head: bool | None
    recorded: date | None
    used: date | None
    is_housing: bool | None
    is_night_by_night: bool | None
    is_reported: bool
    report_end: date


def reasons(
    report: Report, connection: Connection, asked: Sequence[str], facts: Mapping[str, Sequence[FactChange]]
) -> dict[str, tuple[str, ...]]:
    """Of these people, why what was recorded of them differs and figures do not; nothing where they do."""
    stays: dict[str, dict[str, _Stay]] = {}
    engine.text_table(connection, "asked", "PersonalID", asked)
    for person, enrollment, *rest in engine.rows(connection, report.codes.filled(_STAYS)):
        stays.setdefault(person, {})[enrollment] = _Stay(*rest)
    found = {one: tuple(dict.fromkeys(_of(facts.get(one, ()), stays.get(one, {})))) for one in asked}
    return {person: said for person, said in found.items() if said}


def _of(changes: Sequence[FactChange], stays: Mapping[str, _Stay]) -> Iterable[str]:
    derived = [one for one in changes if one.part == DERIVED]
    quality = any(one.part == QUALITY for one in changes)
    for one in changes:
        if one.part != RECORDED or _has_effect(one, derived):
            continue
        only = "changes data quality counts only" if quality else "changes no figure"
        yield f"{_what(one)} {only}: {_why(one, stays)}"


def _has_effect(one: FactChange, derived: Sequence[FactChange]) -> bool:
    """Whether a figure changed that can come from this record."""
    if one.table == "Exit" and one.column.startswith("Destination"):
        return any(other.table in _HOUSEHOLDS for other in derived)
    if one.table in ("Exit", "Nights"):
        return any(other.table != "Enrollment" or other.key == one.key for other in derived)
    return bool(derived)


def _what(one: FactChange) -> str:
    of = f" of {one.key}" if one.key else ""
    return f"{one.label}{of}"


def _why(one: FactChange, stays: Mapping[str, _Stay]) -> str:
    if not any(stay.is_reported for stay in stays.values()):
        return "no stay of this client is in the report (3.3)."
    if one.table == "Client":
        return "what the report makes of it (age group, household type, population) is the same."
    stay = stays.get(one.key)
    if stay is None or not stay.is_reported:
        return "this stay is not in the report, because of its time, CoC, project or household (3.3)."
    if one.column == "MoveInDate" and not stay.is_housing:
        return "move-in dates count in PSH and RRH only (3.4)."
    if one.table == "Exit":
        return _why_exit(one, stay)
    return "what the report makes of it is the same."


def _why_exit(one: FactChange, stay: _Stay) -> str:
    if stay.recorded is not None and stay.recorded > stay.report_end + _ONE_DAY:
        return (
            f"the exit of {formats.day(stay.recorded)} is after the report, for which the stay is open (3.4)."
        )
    if stay.is_night_by_night and stay.used != stay.recorded:
        used = f"ends it on {formats.day(stay.used)}" if stay.used else "has it open"
        return (
            f"night-by-night stays end after their last bed night, so the report {used}, not with the exit of"
            f" {formats.day(stay.recorded) or 'no day'} (3.4, 4.14)."
        )
    if stay.used != stay.recorded:
        return "the report ends this stay on another day than that of the exit (3.3, 3.4)."
    if one.column.startswith("Destination") and not stay.is_of_head:
        return "destinations count for heads of household, and this is a member (6.9, 7.1)."
    if one.column.startswith("Destination"):
        return "another stay of the household decides its destination (6.9, 7.2)."
    return "what the report makes of it is the same."
