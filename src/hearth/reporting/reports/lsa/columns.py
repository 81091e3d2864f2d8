"""The twelve files of an upload to HDX: name, table of the engine, columns in HDX order.

LSA specifications v8, sections 2.1 to 2.12. The first seven are HMIS CSV files, so their columns come from
the standards; the others are listed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from hearth.standards import Registry


@dataclass(frozen=True, slots=True)
class UploadFile:
    """One CSV of the upload; `table` is the step that makes it."""

    name: str
    table: str
    columns: tuple[str, ...]


_HMIS_TABLES = {
    "Project": "lsa_project",
    "Organization": "lsa_organization",
    "Funder": "lsa_funder",
    "ProjectCoC": "lsa_project_coc",
    "Inventory": "lsa_inventory",
    "HMISParticipation": "lsa_hmis_participation",
    "Affiliation": "lsa_affiliation",
}

_REPORT = """
ReportID ReportDate ReportStart ReportEnd ReportCoC SoftwareVendor SoftwareName VendorContact VendorEmail
LSAScope LookbackDate NoCoC NotOneHoH RelationshipToHoH MoveInDate UnduplicatedClient HouseholdEntry
ClientEntry AdultHoHEntry ClientExit SSN4Digit SSNNotProvided SSNMissingOrInvalid ClientSSNNotUnique
DistinctSSNValueNotUnique DisablingCond LivingSituation LengthOfStay HomelessDate TimesHomeless
MonthsHomeless Destination
"""
_PERSON_GROUP = """
{0}AgeMin {0}AgeMax HHType{0} HoH{0} Adult{0} AIRAdult{0} HHChronic{0} HHVet{0} HHDisability{0}
HHFleeingDV{0} HHAdultAgeAO{0} HHAdultAgeAC{0} HHParent{0} AC3Plus{0} AIR{0} AIRHoH{0}
"""
_PERSON = f"""
RowTotal RaceEthnicity VetStatus DisabilityStatus CHTime CHTimeStatus DVStatus
{_PERSON_GROUP.format("EST")} {_PERSON_GROUP.format("RRH")} {_PERSON_GROUP.format("PSH")}
RRHSOAgeMin RRHSOAgeMax HHTypeRRHSONoMI HHTypeRRHSOMI HHTypeES HHTypeSH HHTypeTH HIV SMI SUD ReportID
"""
_HOUSEHOLD_GROUP = "{0}Chronic {0}Vet {0}Disability {0}FleeingDV {0}AC3Plus {0}AdultAge {0}Parent"
_HOUSEHOLD = f"""
RowTotal Stat ReturnTime HHType HHChronic HHVet HHDisability HHFleeingDV HoHRaceEthnicity
HHAdult HHChild HHNoDOB HHAdultAge HHParent
ESTStatus ESTGeography ESTLivingSit ESTDestination {_HOUSEHOLD_GROUP.format("EST")}
RRHStatus RRHMoveIn RRHGeography RRHLivingSit RRHDestination RRHPreMoveInDays {_HOUSEHOLD_GROUP.format("RRH")}
PSHStatus PSHMoveIn PSHGeography PSHLivingSit PSHDestination PSHHousedDays {_HOUSEHOLD_GROUP.format("PSH")}
ESDays THDays ESTDays RRHPSHPreMoveInDays RRHHousedDays SystemDaysNotPSHHoused SystemHomelessDays
Other3917Days TotalHomelessDays SystemPath ESTAIR RRHAIR PSHAIR RRHSOStatus RRHSOMoveIn ReportID
"""
_EXIT = """
RowTotal Cohort Stat ExitFrom ExitTo ReturnTime HHType HHVet HHChronic HHDisability HHFleeingDV
HoHRaceEthnicity HHAdultAge HHParent AC3Plus SystemPath ReportID
"""
_CALCULATED = "Value Cohort Universe HHType Population SystemPath ProjectID ReportRow ReportID"
_COMPUTED = {
    "LSAReport": ("lsa_report", _REPORT),
    "LSAPerson": ("lsa_person", _PERSON),
    "LSAHousehold": ("lsa_household", _HOUSEHOLD),
    "LSAExit": ("lsa_exit", _EXIT),
    "LSACalculated": ("lsa_calculated", _CALCULATED),
}


def upload_files(registry: Registry) -> tuple[UploadFile, ...]:
    """The twelve files in the order of section 2."""
    return (
        *(
            UploadFile(name, table, tuple(column.name for column in registry.file(name).columns))
            for name, table in _HMIS_TABLES.items()
        ),
        *(UploadFile(name, table, tuple(columns.split())) for name, (table, columns) in _COMPUTED.items()),
    )
