"""Who is asked a data element, as SQL: the project's type and funding sources, and the person.

A predicate of `checks/*.yaml` writes `{asked 4.02}`, and the condition is made here from the requirements of
`elements/`, so that it stands in one place (`form.questions` reads the same for a form). A requirement counts
when the standards demand it, not where it is optional, nor where it hangs on a setting that no column holds.
A funding source counts while the grant runs: on the day of the record, both ends included, and a blank end
is open. Requirements are those of the newest year whatever the year of the export, as predicates are.

A person is an adult from the 18th birthday on, on that day; a head of household is asked whatever the age
(disputed points P16, P28 and P33 of the requirements: funders of the day, heads count as adults, several
funders add up).

Source: HMIS Data Standards Manual FY2026 v1, the header of each element.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from hearth.standards.element import Element, Requirement
from hearth.standards.gates import ALWAYS
from hearth.standards.model import nearest

WRITTEN = re.compile(r"\{asked ([A-Z]?\d+(?:\.\d+)?)(?: on ([A-Za-z.]+))?\}")
"""`{asked 4.02}` or `{asked P3 on Exit.ExitDate}` in a predicate."""

_PERSONS = {
    "all clients": None,
    "head of household": "{enrollment}.RelationshipToHoH = 1",
    "head of household and adults": (
        "{enrollment}.RelationshipToHoH = 1 OR {client}.DOB + INTERVAL '18' YEAR <= {day}"
    ),
    "veterans": "{client}.VeteranStatus = 1",
}


def demanded(element: Element) -> list[Requirement]:
    """The requirements of an element that are no mere option and hang on no setting of the project."""
    return [
        requirement
        for requirement in element.requirements
        if requirement.required == "yes" and requirement.where == ALWAYS
    ]


def asked_sql(element: Element, files: Sequence[str], day: str | None) -> str:
    """The condition under which an element is asked, for rows of `files` joined to the others by name.

    The row that is looked at is `this`; Enrollment, Client and Project are the joins of those names, unless
    they are the row itself. `day` is the date that decides; by default the entry of an enrollment and the
    information date of a record. ValueError names what the element says in words that no rule reads.
    """
    enrollment = "this" if "Enrollment" in files else "Enrollment"
    client = "this" if "Client" in files else "Client"
    day = day or ("this.EntryDate" if "Enrollment" in files else "this.InformationDate")
    by_person: dict[str, list[Requirement]] = {}
    for requirement in demanded(element):
        by_person.setdefault(requirement.asked_of, []).append(requirement)
    parts = []
    for asked_of, requirements in by_person.items():
        if asked_of not in _PERSONS:
            raise ValueError(f"{element.number} is asked of {asked_of}, which no predicate can say.")
        person = _PERSONS[asked_of]
        where = _projects(requirements, day)
        both = [f"({person})".format(enrollment=enrollment, client=client, day=day)] if person else []
        both += [f"({where})"] if where else []
        parts.append(" AND ".join(both) or "TRUE")
    return " OR ".join(parts) or "FALSE"


def _projects(requirements: Sequence[Requirement], day: str) -> str:
    """Which projects must ask; empty when all must."""
    funders: dict[str, set[str]] = {}
    for requirement in requirements:
        types = _types(requirement)
        funders.setdefault(types, set()).update(requirement.funders)
        if requirement.program == "all" and not types:
            return ""
    anybody = [types for types, sources in funders.items() if not sources]
    funded = [
        f"Funder.Funder IN ({_codes(sources)})" + (f" AND {types}" if types else "")
        for types, sources in funders.items()
        if sources
    ]
    if funded:
        anybody.append(
            "EXISTS (SELECT 1 FROM Funder WHERE Funder.ProjectID = Project.ProjectID"
            f" AND coalesce(Funder.StartDate, {day}) <= {day} AND coalesce(Funder.EndDate, {day}) >= {day}"
            f" AND ({' OR '.join(f'({one})' for one in funded)}))"
        )
    return " OR ".join(anybody)


def _types(requirement: Requirement) -> str:
    wanted, excepted = requirement.project_types, requirement.except_project_types
    parts = [f"Project.ProjectType IN ({_codes(wanted)})"] if wanted else []
    parts += [f"Project.ProjectType NOT IN ({_codes(excepted)})"] if excepted else []
    if requirement.rrh_subtypes:
        parts.append(f"Project.RRHSubType IN ({_codes(requirement.rrh_subtypes)})")
    return " AND ".join(parts)


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes, key=int))


def written_out(elements: Mapping[str, Element], text: str, files: Sequence[str]) -> str:
    """The text with every `{asked …}` replaced, in brackets; `elements` are those of the newest year.
    KeyError and ValueError name what is wrong."""

    def condition(match: re.Match[str]) -> str:
        if match[1] not in elements:
            raise KeyError(f"There is no element {match[1]}{nearest(match[1], elements)}")
        return f"({asked_sql(elements[match[1]], files, match[2])})"

    return WRITTEN.sub(condition, text)
