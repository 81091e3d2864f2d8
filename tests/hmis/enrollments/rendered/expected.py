"""Which fields a page has to show, by the tables of facts alone: who is asked what
(`tests/standards/predicates.py`), and of which columns an element consists and what they hang on
(`columns.csv`). Nothing here asks the product's registry.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from tests.standards.predicates import DECIDED, expected, rows_of, strongest, table
from tests.standards.reference import facts

Codes = Mapping[str, str | None]
Opens = Callable[[Codes], bool]

#: Elements whose columns are those of services, which have forms of their own.
SERVICES = frozenset({"4.14", "C2", "P1", "P2", "R14", "V2", "V3", "V8", "W1", "W2"})
DISABILITIES = ("4.05", "4.06", "4.07", "4.08", "4.09", "4.10")
#: Stays in which somebody is homeless by the project's type: what came before is asked at once (3.917A).
HOMELESS_TYPES = frozenset({"0", "1", "4", "8"})
#: Who has to say why a kind of insurance is missing (point P7 of the disputed ones).
HOPWA = frozenset({"13", "14", "15", "16", "17", "18", "19", "48"})
#: Who somebody is has a form of its own; an assessment's own questions are made by a community (4.19).
OTHER_FORMS = frozenset({"Services", "Client", "AssessmentQuestions", "AssessmentResults"})
#: Of the client's record, and asked at the start of a stay until something is recorded.
SERVICE = "V1"
#: The day and the kind of a record follow from the stage and the question; a contact (4.12) says its day.
OF_THE_STAGE = frozenset(
    {
        *((file, "InformationDate") for file in ("IncomeBenefits", "HealthAndDV", "EmploymentEducation")),
        *((file, "InformationDate") for file in ("Disabilities", "YouthEducationStatus")),
        ("Disabilities", "DisabilityType"),
    }
)
#: Columns that are asked by an input of the page's own, or on the page before (None).
ELSEWHERE = {
    "Enrollment.EntryDate": None,
    "Enrollment.RelationshipToHoH": None,
    "Enrollment.EnrollmentCoC": "coc",
    "Exit.ExitDate": "exit_date",
    "Exit.AftercareDate": "information_date",
}
#: Worked out from other answers, and never asked beside them.
FOLLOW = frozenset({"IncomeBenefits.TotalMonthlyIncome", "Enrollment.LOSUnderThreshold"})
_ELEMENT = re.compile(r"([34]\.\d+|[CPRVW]\d+)")
_RULE = re.compile(
    r"(?:null unless|asked when) (?:DisabilityType=8 and )?(\w+)(?:=(\d+)| in \(([\d,]+)\)| (not null))"
    r"(?: or (\w+)=(\d+))?"
)
_ANY_SOURCE = {
    "4.02": "IncomeFromAnySource", "4.03": "BenefitsFromAnySource", "4.04": "InsuranceFromAnySource",
}  # fmt: skip
_NIGHTS = frozenset({"DateToStreetESSH", "TimesHomelessPastThreeYears", "MonthsHomelessPastThreeYears"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that has to stand on the page. `name`: of its input; `is_due`: whether it counts as missing;
    `hangs_on`: names of inputs on which it hangs, with their codes; `opens`: whether it is asked, once those
    are answered; `rule`: what says so."""

    name: str
    element: str
    is_due: bool
    hangs_on: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rule: str = ""
    kind: str = ""

    def opens(self, codes: Codes) -> bool:
        """By the table: whether it is asked of somebody who answered so."""
        column = self.name.split("-")[1]
        if self.element == "3.917" and column in _NIGHTS | {"PreviousStreetESSH"}:
            return _homeless_before(column, self.kind, codes)
        return all(_holds(part, codes) for part in self.rule.split(" & ") if part)


def _holds(part: str, codes: Codes) -> bool:
    """`A=1|2` or `A=*` (anything), several joined by ` or `."""
    return any(
        (value := codes.get(name)) is not None and (wanted == "*" or value in wanted.split("|"))
        for name, _, wanted in (one.partition("=") for one in part.split(" or "))
    )


def _homeless_before(column: str, kind: str, codes: Codes) -> bool:
    """3.917: where somebody slept and for how long decides what else is asked."""
    if kind in HOMELESS_TYPES:
        return column in _NIGHTS
    said = codes.get("Enrollment-LivingSituation")
    where, stay = int(said or -1), codes.get("Enrollment-LengthOfStay")
    is_short = (200 <= where <= 299 and stay in {"10", "11", "2", "3"}) or (
        (0 <= where <= 99 or 300 <= where <= 499) and stay in {"10", "11"}
    )
    if column == "PreviousStreetESSH":
        return is_short
    return 100 <= where <= 199 or (is_short and codes.get("Enrollment-PreviousStreetESSH") == "1")


@cache
def lists() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in facts("lists"):
        found.setdefault(row["list"], []).append(row["value"])
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def columns() -> dict[str, list[dict[str, str]]]:
    """Element → its columns."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in facts("columns"):
        is_elsewhere = row["table"] in OTHER_FORMS and SERVICE not in _elements(row["data_element"])
        if is_elsewhere or (row["table"], row["column"]) in OF_THE_STAGE:
            continue
        for element in _elements(row["data_element"]):
            if row not in found.setdefault(element, []):
                found[element].append(row)
    return found


def _elements(text: str) -> Iterator[str]:
    for token in re.split(r"[,&]", text):
        first, _, last = token.strip().partition("-")
        start, end = _ELEMENT.match(first), _ELEMENT.match(last)
        if start and end:
            low, high = DISABILITIES.index(start[1]), DISABILITIES.index(end[1])
            yield from DISABILITIES[low : high + 1]
        elif start:
            yield start[1]


def asked_elements(funders: frozenset[str], kind: str, stage: str, person: str) -> dict[str, str]:
    """Element → required, optional, or what it is conditional on, for the union of funding sources."""
    subtypes = frozenset({"2"})
    found: dict[str, str] = {}
    for element in {row.element for row in table()}:
        for funder in sorted(funders) or [""]:
            asked = expected(element, funder, kind, subtypes).get((stage, person))
            if (funder, kind) in DECIDED.get(element, ()):
                asked = _decided(element, stage, person)
            if asked:
                found[element] = strongest(asked, found.get(element, "optional"))
    assert all(rows_of(element) for element in found)
    return found


def _decided(element: str, stage: str, person: str) -> str | None:
    """By the table of disputed points (P3, P4): at the occurrence point, of heads; 4.12 of adults, too."""
    if stage != "occurrence":
        return None
    whom = {"hoh_adult", "hoh_child", *(["adult"] if element == "4.12" else [])}
    return "required" if person in whom else None


@cache
def fields(
    funders: frozenset[str], kind: str, stage: str, person: str
) -> tuple[dict[str, Asked], frozenset[str]]:
    """The fields of questions by the names of their inputs, and the page's own inputs that there must be."""
    asked = asked_elements(funders, kind, stage, person)
    if stage == "start":
        of_record = asked_elements(funders, kind, "record", person)
        asked |= {SERVICE: of_record[SERVICE]} if SERVICE in of_record else {}
    found: dict[str, Asked] = {}
    own: set[str] = set()
    for element, how in asked.items():
        if element in SERVICES or (element == "3.08" and not set(DISABILITIES).isdisjoint(asked)):
            continue
        for row in columns()[element]:
            name = f"{row['table']}.{row['column']}"
            if name in ELSEWHERE:
                own.update(filter(None, [ELSEWHERE[name]]))
            elif name not in FOLLOW and _is_asked(element, row["column"], funders, kind):
                one = _field(element, row, how, funders, kind)
                found[one.name] = one
    return found, frozenset(own)


def _is_asked(element: str, column: str, funders: frozenset[str], kind: str) -> bool:
    if element == "4.04" and column.startswith("No") and column.endswith("Reason"):
        return not HOPWA.isdisjoint(funders)
    if column == "PreviousStreetESSH":
        return kind not in HOMELESS_TYPES
    return column != "VerifiedBy" or kind == "14"


def _field(element: str, row: dict[str, str], how: str, funders: frozenset[str], kind: str) -> Asked:
    file, column = row["table"], row["column"]
    name, of_row = f"{file}-{column}", ""
    if element in DISABILITIES:
        of_row = f"-{DISABILITIES.index(element) + 5}"
    rule = _rule(element, row, funders, of_row)
    ticked = file == "IncomeBenefits" and row["list"] == "1.7"
    if how.startswith("if ") and not rule:
        answer, _, code = how.removeprefix("if ").partition(" = ")
        whose = "Client" if answer == "VeteranStatus" else "Disabilities"
        answer = answer.replace("[", "-").replace("]", "")
        rule = f"{whose}-{answer}={code}"
    hangs_on = _hangs_on(element, column, kind, rule)
    return Asked(name + of_row, element, how != "optional" and not ticked, hangs_on, rule, kind)


def _rule(element: str, row: dict[str, str], funders: frozenset[str], of_row: str) -> str:
    """The rule of `columns.csv` in the form of `_holds`."""
    file, column, text = row["table"], row["column"], row["rule"]
    if column == "IndefiniteAndImpairs":
        return f"{file}-DisabilityResponse{of_row}={'1|2|3' if element == '4.10' else '1'}"
    if column == "SubsidyInformation":
        return f"{file}-HousingAssessment=1|2"
    if row["list"] == "1.7" and element in _ANY_SOURCE:
        wide = element == "4.04" and not HOPWA.isdisjoint(funders)
        return f"{file}-{_ANY_SOURCE[element]}={'0|1' if wide else '1'}"
    if text.startswith("VeteranStatus=1"):
        return "Client-VeteranStatus=1"
    if column == "EmailSocialMedia" or text.startswith("null unless AftercareProvided=1"):
        return f"{file}-AftercareProvided=1"
    found = _RULE.search(text)
    if not found or found[1] in ("AftercareDate", "VeteranStatus", "RecordType", "LOSUnderThreshold"):
        return ""
    codes = found[2] or (found[3] or "").replace(",", "|") or "*"
    row_of_hiv = "-8" if found[1] == "DisabilityResponse" else ""
    rule = f"{file}-{found[1]}{row_of_hiv}={codes}"
    return f"{rule} or {file}-{found[5]}={found[6]}" if found[5] else rule


def _hangs_on(element: str, column: str, kind: str, rule: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The inputs to be tried, with all their codes."""
    if element == "3.917" and column in _NIGHTS | {"PreviousStreetESSH"}:
        if kind in HOMELESS_TYPES:
            return ()
        before = [("Enrollment-PreviousStreetESSH", ("0", "1"))] if column in _NIGHTS else []
        return (
            ("Enrollment-LivingSituation", lists()["3.12.1"]),
            ("Enrollment-LengthOfStay", lists()["3.917.2"]),
            *before,
        )
    names = dict.fromkeys(one.partition("=")[0] for one in re.split(r" & | or ", rule) if one)
    return tuple((name, _codes(name)) for name in names)


@cache
def _codes(name: str) -> tuple[str, ...]:
    file, column, *_ = name.split("-")
    for row in facts("columns"):
        if (row["table"], row["column"]) == (file, column):
            codes = [code for one in row["list"].split("|") for code in lists().get(one, ())]
            return tuple(dict.fromkeys(codes)) or ("0", "7")
    raise LookupError(f"{name} is no input of a column")


def answers(asked: Asked) -> Iterator[dict[str, str | None]]:
    """Every way to answer, or not, what a field hangs on."""
    names = [name for name, _ in asked.hangs_on]
    for codes in product(*((None, *codes) for _, codes in asked.hangs_on)):
        yield dict(zip(names, codes, strict=True))
