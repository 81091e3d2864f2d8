"""The files of local answers: columns, and the elements as rows. What an export writes an import reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from hearth.hmis.local.element import LocalRegistry


@dataclass(frozen=True, slots=True)
class LocalFile:
    """One CSV file: its name without ending, and its columns in order; the first is its key."""

    name: str
    columns: tuple[str, ...]


ANSWERS = LocalFile(
    "LocalAnswers",
    ("LocalAnswerID", "EnrollmentID", "PersonalID", "Element", "ElementVersion", "Field", "Stage",
     "InformationDate", "Type", "Value", "DateCreated", "DateUpdated", "DateDeleted", "ExportID"),
)  # fmt: skip
FUNDING = LocalFile(
    "HouseholdFunding",
    ("HouseholdFundingID", "EnrollmentID", "PersonalID", "Program", "StartDate", "EndDate", "DateCreated",
     "DateUpdated", "DateDeleted", "ExportID"),
)  # fmt: skip
ELEMENTS = LocalFile(
    "LocalElements",
    ("Element", "ElementVersion", "Name", "Status", "Confidence", "Field", "Question", "Type", "Codes",
     "ExportID"),
)  # fmt: skip


def element_rows(registry: LocalRegistry, export_id: str) -> Iterator[tuple[str, ...]]:
    """A row for each field of each version."""
    for one in registry.elements:
        for each in one.fields:
            codes = " | ".join(f"{choice.code} = {choice.label}" for choice in each.choices)
            yield (one.number, str(one.version), one.name, one.status, one.confidence, each.name,
                   each.question, each.type, codes, export_id)  # fmt: skip
