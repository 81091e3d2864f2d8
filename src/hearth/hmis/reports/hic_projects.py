"""The projects behind the figures of a HIC: a line each, with beds, units and people on its night."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearth.hmis.access.models import User
from hearth.hmis.organizations.choices import names_beside
from hearth.hmis.organizations.models import Project
from hearth.hmis.reports.figures import project_type
from hearth.hmis.reports.records import Records
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, page_of
from hearth.reporting.opening import members
from hearth.reporting.runtime import registry

COLUMNS = (
    Column("name", "Project"),
    Column("organization_name", "Organization"),
    Column("kind", "Project type"),
    Column("units", "Units", number=True),
    Column("beds", "Beds", number=True),
    Column("people", "People on the night", number=True),
)
HEADINGS = (
    ("name", "Project"), ("name", "ProjectID"), *((column.key, column.label) for column in COLUMNS[1:]),
)  # fmt: skip
_PEOPLE_ROW = {"ReportRow": "53", "Universe": "10", "Population": "0", "HHType": "0"}


@dataclass(frozen=True, slots=True)
class NightProject:
    """One project. `row`: the number of the row of LSACalculated with its people; None where nobody was
    there. `project` is None where the record is not there any more."""

    id: str
    project: Project | None
    code: int
    units: int
    beds: int
    people: int
    row: int | None

    @property
    def name(self) -> str:
        """As the record says, else its key."""
        return str(self.project or self.id)

    @property
    def organization_name(self) -> str:
        """Empty where it is not known."""
        return self.project.organization_beside if self.project else ""

    @property
    def kind(self) -> str:
        """HUD's words for its type."""
        return project_type(self.code)


def projects(
    user: User, folder: Path, query: Mapping[str, Any], *, path: str, can_download: bool = False
) -> tuple[RecordList, list[NightProject]]:
    """The list, and all that fulfil its filters in its order."""
    lines = registry.by_name("lsa").own("figures").night(folder)
    known = Records(user, folder).projects(line["id"] for line in lines)
    rows = {
        row.values["ProjectID"]: row.number
        for row in members.rows(folder, "LSACalculated", _PEOPLE_ROW, limit=len(lines) + 1).rows
    }
    every = [NightProject(project=known.get(line["id"]), row=rows.get(line["id"]), **line) for line in lines]
    types = {str(one.code): one.kind for one in every}
    organizations = names_beside(one.project for one in every if one.project)
    filters = [
        Filter("type", "Project type", tuple(sorted(types.items(), key=lambda one: one[1]))),
        Filter("organization", "Organization", tuple(sorted(organizations.items(), key=lambda one: one[1]))),
    ]
    asked = Asked(query, columns=COLUMNS, filters=filters, start=(("name", False),))
    found = arranged(
        every,
        asked,
        codes={
            "type": lambda one: [str(one.code)],
            "organization": lambda one: [one.project.organization_key] if one.project else [],
        },
        keys={column.key: lambda one, key=column.key: getattr(one, key) for column in COLUMNS},
    )
    first = min(asked.offset, max(0, (len(found) - 1) // asked.size * asked.size))
    shown = RecordList(
        asked,
        page_of(found[first : first + asked.size], asked.page, asked.size, len(found)),
        "Projects on the night",
        "project",
        path,
        of=len(every),
        can_download=can_download,
        totals={
            part: f"{sum(getattr(one, part) for one in found):,}" for part in ("units", "beds", "people")
        },
    )
    return shown, found


def cells(listed: Sequence[NightProject]) -> Iterator[list[Any]]:
    """The rows of the download."""
    for one in listed:
        yield [one.name, one.id, one.organization_name, one.kind, one.units, one.beds, one.people]
