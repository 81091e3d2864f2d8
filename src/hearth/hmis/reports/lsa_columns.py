"""Which columns of the LSA the pages list, and what to filter by. Words for columns and codes are the report
engine's."""

from hearth.hmis.hud.display import code_words, column_words
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.labels import labels_of

_LSA = registry.by_name("lsa")
#: Files of records, about projects: nobody stands behind their rows.
PROJECT_FILES = tuple(file.name for file in _LSA.files if file.records)

#: What a list of a file's rows shows of each, in this order; the page of a row shows all.
LISTED = {
    "LSAPerson": (
        "HHTypeEST", "HHTypeRRH", "HHTypePSH", "RaceEthnicity", "VetStatus", "DisabilityStatus", "CHTime",
        "DVStatus",
    ),
    "LSAHousehold": (
        "HHType", "Stat", "SystemPath", "HHChronic", "HHVet", "ESTDestination", "TotalHomelessDays",
        "ReturnTime",
    ),
    "LSAExit": ("Cohort", "HHType", "ExitFrom", "ExitTo", "ReturnTime", "SystemPath"),
    "LSACalculated": ("Cohort", "Universe", "SystemPath", "ProjectID"),
    "Organization": ("OrganizationID", "OrganizationName", "VictimServiceProvider"),
    "Project": (
        "ProjectID", "ProjectType", "OperatingStartDate", "OperatingEndDate", "ContinuumProject",
        "HousingType", "TargetPopulation",
    ),
    "Funder": ("ProjectID", "Funder", "GrantID", "StartDate", "EndDate"),
    "ProjectCoC": ("ProjectID", "CoCCode", "Geocode", "GeographyType"),
    "Inventory": (
        "ProjectID", "HouseholdType", "UnitInventory", "BedInventory", "InventoryStartDate",
        "InventoryEndDate",
    ),
    "HMISParticipation": (
        "ProjectID", "HMISParticipationType", "HMISParticipationStatusStartDate",
        "HMISParticipationStatusEndDate",
    ),
    "Affiliation": ("ProjectID", "ResProjectID"),
}  # fmt: skip

#: What the rows of a file can be filtered by.
FILTERED = {
    "LSAPerson": ("HHTypeEST", "HHTypeRRH", "HHTypePSH", "RaceEthnicity", "VetStatus", "DVStatus"),
    "LSAHousehold": ("HHType", "Stat", "SystemPath", "HHChronic", "ESTDestination", "ReturnTime"),
    "LSAExit": ("Cohort", "HHType", "ExitFrom", "ExitTo", "ReturnTime", "SystemPath"),
    "LSACalculated": ("ReportRow", "Cohort", "Universe", "HHType", "Population", "SystemPath", "ProjectID"),
    "Organization": ("VictimServiceProvider",),
    "Project": ("ProjectType",),
    "Funder": ("Funder", "ProjectID"),
    "ProjectCoC": ("CoCCode", "ProjectID"),
    "Inventory": ("HouseholdType", "ProjectID"),
    "HMISParticipation": ("HMISParticipationType", "ProjectID"),
    "Affiliation": ("ProjectID",),
}

#: What one row of a file counts.
COUNTED = {
    "LSAReport": "counted",
    "LSAPerson": "people",
    "LSAHousehold": "households",
    "LSAExit": "households",
    "LSACalculated": "value",
}

#: Files whose rows together count everybody once.
SUMMED = ("LSAPerson", "LSAHousehold", "LSAExit")

_ONE = {"people": "person", "households": "household"}


def counted(file: str, count: int) -> str:
    """What a row of a file counts, in the number that fits."""
    return _ONE.get(COUNTED[file], COUNTED[file]) if count == 1 else COUNTED[file]


#: What a file is about.
ABOUT = {
    "LSAReport": "What is missing or invalid in the records.",
    "LSAPerson": "People who were served, one row for those who are alike in all columns.",
    "LSAHousehold": "Households that were served, one row for those that are alike in all columns.",
    "LSAExit": "Households that left, in three years, one row for those that are alike in all columns.",
    "LSACalculated": "Averages and counts, one row for each number.",
} | dict.fromkeys(PROJECT_FILES, "What the upload says of the projects of the report.")

_NAMES = {
    "LSAReport": "Data quality", "LSAPerson": "People served", "LSAHousehold": "Households served",
    "LSAExit": "Household exits", "LSACalculated": "Averages and counts", "Organization": "Organizations",
    "Project": "Projects", "Funder": "Funding", "ProjectCoC": "Projects in CoCs", "Inventory": "Inventory",
    "HMISParticipation": "HMIS participation", "Affiliation": "Affiliated projects",
}  # fmt: skip


def file_name(file: str) -> str:
    """A file of the LSA's upload as people say it; '' for others, whose words are in words.yaml."""
    return _NAMES.get(file, "")


def meaning(file: str, name: str, value: str) -> str | None:
    """What a code stands for; None where it speaks for itself."""
    if file in PROJECT_FILES:
        return code_words(f"{file}.{name}", value) if value else None
    return labels_of(_LSA).meaning(file, name, value)


def column(file: str, name: str) -> str:
    """A column in words."""
    return column_words(f"{file}.{name}") if file in PROJECT_FILES else labels_of(_LSA).label(file, name)


def counts_nights(file: str, row: str | None) -> bool:
    """Whether a row of LSACalculated counts bed nights (section 9.5)."""
    return file == "LSACalculated" and labels_of(_LSA).rows[row or ""].section == "9.5"
