"""Records as people read them: HUD's columns in plain words, and codes as what they mean.

Codes are looked up in the standards registry. Only the names of columns are put into words here, by rule
from HUD's own names, with the abbreviations of the field spelled out once.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.utils.formats import date_format

from hearth.hmis.hud.fields import MODEL_YEAR
from hearth.hmis.hud.names import python_name
from hearth.standards import load

#: Columns whose name says too little, or too much, when it is only taken apart.
_COLUMNS = {
    "DOB": "Birth date",
    "AmIndAKNative": "American Indian, Alaska Native, or Indigenous",
    "Asian": "Asian or Asian American",
    "BlackAfAmerican": "Black, African American, or African",
    "HispanicLatinao": "Hispanic/Latina/o",
    "MidEastNAfrican": "Middle Eastern or North African",
    "NativeHIPacific": "Native Hawaiian or Pacific Islander",
    "RaceNone": "Race and ethnicity not recorded because",
    "EntryDate": "Project start date",
    "ExitDate": "Project exit date",
    "EnrollmentCoC": "CoC of the enrollment",
    "LivingSituation": "Prior living situation",
    "LengthOfStay": "Length of stay there",
    "LOSUnderThreshold": "Stayed there for a short time only",
    "PreviousStreetESSH": "On the streets, in emergency shelter or safe haven the night before",
    "DateToStreetESSH": "Approximate date when this homelessness started",
    "TimesHomelessPastThreeYears": "Times homeless in the past three years",
    "MonthsHomelessPastThreeYears": "Months homeless in the past three years",
    "MoveInDate": "Housing move-in date",
    "TotalMonthlyIncome": "Total monthly income",
    "FAAmount": "Amount",
    "FAStartDate": "Assistance from",
    "FAEndDate": "Assistance until",
    "HH5Plus": "Household of five or more",
    "DataCollectionStage": "Collected at",
    "InformationDate": "Date of the information",
    "ProbSolDivRRResult": "Housed or re-housed in a safe alternative",
    "ReferralCaseManageAfter": "Referred to aftercare after the service",
    "LocationCrisisOrPHHousing": "Project referred to",
    "SocSecRetirement": "Social Security retirement",
    "SocSecRetirementAmount": "Social Security retirement amount",
    "GA": "General assistance",
    "GAAmount": "General assistance amount",
    "WorkersComp": "Worker’s compensation",
    "WorkersCompAmount": "Worker’s compensation amount",
    "VADisabilityNonService": "VA pension, not service-connected",
    "VADisabilityNonServiceAmount": "VA pension, not service-connected, amount",
    "VADisabilityService": "VA disability, service-connected",
    "VADisabilityServiceAmount": "VA disability, service-connected, amount",
    "OtherIncomeSourceIdentify": "Other income source, which",
    "OtherBenefitsSourceIdentify": "Other benefit, which",
    "OtherInsuranceIdentify": "Other insurance, which",
    "StateHealthIns": "State health insurance for adults",
    "NoStateHealthInsReason": "No state health insurance because",
    "RyanWhiteMedDent": "Ryan White medical or dental assistance",
    "LeaveSituation14Days": "Has to leave within 14 days",
    "LeaseOwn60Day": "Lease or ownership in the last 60 days",
    "MovedTwoOrMore": "Moved twice or more in the last 60 days",
    "ResourcesToObtain": "Has resources to obtain housing",
    "SubsequentResidence": "Has a place to go to",
    "DependentUnder6": "Dependents under six",
    "IndefiniteAndImpairs": "Long-lasting and impairs independent living",
    "TCellCountAvailable": "T-cell (CD4) count available",
    "TCellCount": "T-cell (CD4) count",
    "TCellSource": "Source of the T-cell count",
    "AntiRetroviral": "Prescribed anti-retroviral drugs",
    "AdditionalRaceEthnicity": "Additional race and ethnicity detail",
    "DesertStorm": "Persian Gulf War (Desert Storm)",
    "CurrentPregnant": "Currently pregnant",
}
_WORDS = {
    "adap": "ADAP", "ami": "area median income", "art": "ART", "bcp": "Basic Center Program",
    "cls": "situation", "cm": "case management", "cobra": "COBRA", "coc": "CoC", "dob": "birth date",
    "dv": "domestic violence", "er": "ER", "essh": "shelter", "fa": "assistance", "fam": "in the family",
    "hoh": "head of household", "hopwa": "HOPWA",
    "hp": "homelessness prevention", "id": "ID", "iraq": "Iraq", "korean": "Korean",
    "afghanistan": "Afghanistan", "vietnam": "Vietnam", "los": "length of stay", "oef": "(OEF)",
    "oif": "(OIF)", "ond": "(OND)", "path": "PATH", "ph": "permanent housing", "pos": "positive",
    "reqd": "required", "rhy": "RHY", "rr": "rapid re-housing", "schip": "CHIP", "snap": "SNAP",
    "soar": "SOAR", "ssdi": "SSDI", "ssi": "SSI", "ssn": "SSN", "tanf": "TANF", "va": "VA", "vamc": "VAMC",
    "vha": "VHA", "vet": "veteran", "wic": "WIC", "world": "World", "war": "War", "ii": "II",
    "ryan": "Ryan", "white": "White", "ed": "education",
}  # fmt: skip


#: Elements about trafficking: as sensitive as what the registry marks so.
_SENSITIVE_ELEMENTS = frozenset({"R15", "R16"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One column of one record: what it is, its value in words, and how sensitive it is.

    `came_as`: the text that another system sent where it could not be stored, or contradicts.
    `privacy` is the registry's class of the column: '', name, ssn, dob, contact, staff, sensitive, ….
    """

    column: str
    label: str
    value: str
    privacy: str = ""
    came_as: str = ""


@cache
def column_words(column: str) -> str:
    """A HUD column (`WhenOccurred`) as a label: "When occurred"."""
    if column in _COLUMNS:
        return _COLUMNS[column]
    text = " ".join(_WORDS.get(word, word) for word in python_name(column).split("_"))
    return text[:1].upper() + text[1:]


def code_words(hud: str, code: Any, record: models.Model | None = None) -> str | None:
    """What a code in `File.Column` means; None where the column has no pick list (in this record).

    A code that HUD does not know stays visible as it is.
    """
    column = load(MODEL_YEAR).column(hud)
    number = column.list
    if number is None and column.list_by is not None and record is not None:
        other = getattr(record, python_name(column.list_by.column))
        number = column.list_by.cases.get(str(other), column.list_by.otherwise)
    if number is None:
        return None
    options = load(MODEL_YEAR).list(number)
    return options.label(code) if code in options else f"Unknown code {code}"


def words(record: models.Model, field: str) -> str:
    """The value of a record's HUD field in words; empty for none."""
    value = getattr(record, field)
    if value is None or value == "":
        return ""
    if isinstance(value, int) and (meaning := code_words(_hud(record, field), value, record)) is not None:
        return meaning
    if isinstance(value, str) and (meaning := _coded_text(record, field, value)):
        return meaning
    if isinstance(value, datetime):
        return date_format(value, "M j, Y, g:i A")
    if isinstance(value, date):
        return date_format(value, "M j, Y")
    if isinstance(value, Decimal):
        return f"${value:,.2f}"
    return str(value)


def facts(record: models.Model, leave_out: Container[str] = ()) -> Iterator[Fact]:
    """What a record says, in HUD's order of columns, blanks left out. `leave_out`: HUD columns.

    SSN and HUD's metadata are never among them: pages show those on their own terms.
    """
    came = record.as_it_came or {}  # type: ignore[attr-defined]
    for field, column, privacy in _shown_fields(type(record)):
        if column in leave_out:
            continue
        value, raw = words(record, field), str(came.get(column, ""))
        if value or raw:
            yield Fact(column, column_words(column), value, privacy, raw)


@cache
def privacy_of(hud: str) -> str:
    """How sensitive `File.Column` is: the registry's class, or `sensitive` for what it should say so of."""
    column = load(MODEL_YEAR).column(hud)
    return column.privacy or ("sensitive" if _SENSITIVE_ELEMENTS.intersection(column.elements) else "")


@cache
def _shown_fields(model: type[models.Model]) -> tuple[tuple[str, str, str], ...]:
    """Field, HUD column and privacy class of what `facts` shows of a model."""
    registry = load(MODEL_YEAR)
    found = []
    for field in model._meta.local_concrete_fields:
        if hud := getattr(field, "hud", ""):
            column = registry.column(hud)
            if column.privacy != "ssn":
                found.append((field.name, column.name, privacy_of(hud)))
    return tuple(found)


def _hud(record: models.Model, field: str) -> str:
    return record._meta.get_field(field).hud  # type: ignore[union-attr]


def _coded_text(record: models.Model, field: str, value: str) -> str:
    """The label of a text code such as a CoC's, with the code; empty where there is none."""
    column = load(MODEL_YEAR).column(_hud(record, field))
    if column.list is None:
        return ""
    options = load(MODEL_YEAR).list(column.list)
    return f"{value} {options.label(value)}" if value in options else ""
