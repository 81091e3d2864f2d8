"""Which columns of the LSA the pages list, and what to filter by. Words for columns and codes are the report
engine's."""

from hearth.reporting.reports.lsa.words import words

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
}  # fmt: skip

#: What the rows of a file can be filtered by.
FILTERED = {
    "LSAPerson": ("HHTypeEST", "HHTypeRRH", "HHTypePSH", "RaceEthnicity", "VetStatus", "DVStatus"),
    "LSAHousehold": ("HHType", "Stat", "SystemPath", "HHChronic", "ESTDestination", "ReturnTime"),
    "LSAExit": ("Cohort", "HHType", "ExitFrom", "ExitTo", "ReturnTime", "SystemPath"),
    "LSACalculated": ("ReportRow", "Cohort", "Universe", "HHType", "Population", "SystemPath", "ProjectID"),
}

#: What one row of a file counts.
COUNTED = {
    "LSAReport": "counted",
    "LSAPerson": "people",
    "LSAHousehold": "households",
    "LSAExit": "households",
    "LSACalculated": "value",
}

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
}


def meaning(file: str, name: str, value: str) -> str | None:
    """What a code stands for; None where it speaks for itself."""
    return words().meaning(file, name, value)


def column(file: str, name: str) -> str:
    """A column in words."""
    return words().label(file, name)
