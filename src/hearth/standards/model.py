"""What HUD says, as frozen values: files, columns, pick lists, data elements, checks.

Every value is resolved for one HUD fiscal year; `load.load(year)` makes them. Codes are text
throughout, as in the CSV files ("0", "99", "MN-500"). `at` is the place of the definition in the
registry's YAML and takes no part in comparisons.

Source: HMIS CSV Format Specifications FY2026 v1.0, HMIS Data Standards Manual FY2026 v1.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from hearth.standards.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a registry file, written `files/Exit.yaml:12`."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class ListBy:
    """A column whose pick list depends on another column of the same row.

    `cases` maps the other column's code to a list id; `otherwise` is the list for every other code.
    """

    column: str
    cases: Mapping[str, str]
    otherwise: str | None = None

    @property
    def lists(self) -> tuple[str, ...]:
        """Every list id that can apply."""
        return (*self.cases.values(), *((self.otherwise,) if self.otherwise else ()))


@dataclass(frozen=True, slots=True)
class Among:
    """Values that must occur together in one row of another file: `ProjectCoC(ProjectID, CoCCode)`.

    `columns` are the other file's; this file's are the same names, except that the last one is the
    column that carries the rule (Enrollment.EnrollmentCoC is looked up as ProjectCoC.CoCCode).
    """

    file: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}({', '.join(self.columns)})"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an HMIS CSV file.

    `label` is the name in plain words, for forms and pages. `type` is HUD's letter: S string,
    I integer, D date, T datetime, M money. `max_length` counts characters and is set for strings.
    `signed` money may be negative. `references` names the key of another file ("Client.PersonalID").
    `pattern` is a regular expression that every value matches; `format` says the same in words where
    no expression can. `hashed_as` is the type of the column in a hashed export. `privacy` is one of
    '', name, ssn, dob, contact, staff, sensitive, free text.

    `only_if` is a condition on other columns of the row, as SQL: elsewhere the column must be blank.
    `asked_if` is the condition under which a form shows it, where a value elsewhere is no mistake.
    `use` is for which of its list's uses it offers codes ("prior"); empty: for all.
    `minimum` and `maximum` bound a number, both included.
    """

    file: str
    name: str
    position: int
    type: str
    label: str = ""
    max_length: int | None = None
    signed: bool = False
    nullable: bool = True
    is_key: bool = False
    references: str | None = None
    among: Among | None = None
    list: str | None = None
    list_by: ListBy | None = None
    element: str | None = None
    pattern: str | None = None
    format: str | None = None
    hashed_as: str | None = None
    privacy: str = ""
    only_if: str | None = None
    asked_if: str | None = None
    use: str = ""
    minimum: int | None = None
    maximum: int | None = None
    rule: str = ""
    note: str = ""
    other_spellings: tuple[str, ...] = ()
    earlier_names: Mapping[int, str] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def id(self) -> str:
        """`HealthAndDV.WhenOccurred`."""
        return f"{self.file}.{self.name}"

    @property
    def hud_type(self) -> str:
        """The type as HUD writes it: S32, I, D, T, M+ (money, never negative) or M."""
        if self.type == "S":
            return f"S{self.max_length}"
        return "M+" if self.type == "M" and not self.signed else self.type

    @property
    def hashed(self) -> bool:
        """Whether the value is hashed when Export.HashStatus says so."""
        return self.hashed_as is not None

    @property
    def shown_if(self) -> str | None:
        """The condition under which a form asks for the column; None when always."""
        return self.only_if or self.asked_if

    @property
    def lists(self) -> tuple[str, ...]:
        """Every pick list that the column may take its codes from."""
        if self.list_by:
            return self.list_by.lists
        return (self.list,) if self.list else ()

    def list_for(self, row: Mapping[str, object]) -> str | None:
        """The pick list that holds in a row, given as column name → value; None when none does.

        >>> load(2026).column("Services.TypeProvided").list_for({"RecordType": 144})
        'V2.2'
        """
        if self.list_by is None:
            return self.list
        return self.list_by.cases.get(str(row.get(self.list_by.column)), self.list_by.otherwise)

    @property
    def elements(self) -> tuple[str, ...]:
        """The data elements the column belongs to, as element numbers: ("4.11",)."""
        return element_numbers(self.element or "")


def nearest(name: str, names: Iterable[str]) -> str:
    """`; the nearest is Destination`, or nothing when no name comes close."""
    close = get_close_matches(name, list(names), n=1)
    return f"; the nearest is {close[0]}" if close else ""


@dataclass(frozen=True, slots=True)
class File:
    """One HMIS CSV file. `parents` are the columns that tie a row to other files."""

    name: str
    order: int
    section: str
    row_is: str
    key: str
    columns: tuple[Column, ...]
    parents: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    rows: str = ""
    exported: str = ""
    needed_by: tuple[str, ...] = ()
    note: str = ""
    reference: str = ""
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)
    _by_name: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update((column.name, column) for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name. KeyError names the file and what comes close when there is none."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(f"{self.name}.csv has no column {name}{nearest(name, self._by_name)}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def file_name(self) -> str:
        """`HealthAndDV.csv`."""
        return f"{self.name}.csv"


@dataclass(frozen=True, slots=True)
class Option:
    """One code of a pick list.

    status: `current` is offered; `retired` is still HUD's but no longer offered; `legacy` has left
    HUD's list and is only read; `test` belongs to HUD's sample data; `not in CSV` is never exported.
    `stands_for` is the program whose requirements a funding source that is no longer offered comes under.
    """

    code: str
    label: str
    category: str = ""
    status: str = "current"
    status_since: int | None = None
    used_for: tuple[str, ...] = ()
    exit_outcome: Mapping[str, str] = field(default_factory=dict)
    stands_for: str = ""
    note: str = ""
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """The category as separate words: a project type may be residential and have an inventory."""
        return tuple(part.strip() for part in self.category.split(";") if part.strip())


@dataclass(frozen=True, slots=True)
class List:
    """One pick list with its codes of the year, in HUD's order.

    `names` are what reports call codes by (`HEAD` → 1), so that nobody has to know them by heart; `groups`
    what they call several of them by. Those of which a code is not in force in the year are not there.
    """

    id: str
    name: str
    options: tuple[Option, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    used_in: str = ""
    note: str = ""
    reference: str = ""
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)
    _by_code: dict[str, Option] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_code.update((option.code, option) for option in self.options)

    def codes(self, offered: bool = False) -> tuple[str, ...]:
        """Codes that a CSV file may carry, or only those that a form offers."""
        if offered:
            return tuple(o.code for o in self.options if o.status == "current")
        return tuple(o.code for o in self.options if o.status != "not in CSV")

    def option(self, code: str | int) -> Option:
        """The option of a code. KeyError names the list when there is none."""
        try:
            return self._by_code[str(code)]
        except KeyError:
            raise KeyError(f"list {self.id} {self.name} has no code {code}") from None

    def label(self, code: str | int) -> str:
        """The label of a code."""
        return self.option(code).label

    def in_category(self, category: str) -> tuple[str, ...]:
        """Codes of one category: `in_category("homeless")` of list 3.12.1."""
        return tuple(o.code for o in self.options if category in o.groups)

    def codes_of(self, word: str) -> tuple[str, ...]:
        """The code of a name, `codes_of("ES_NBN")`, or the codes of a group or of a category with `_` for its
        blanks, `codes_of("permanent_housing")`. KeyError names the list and what comes close."""
        if word in self.names:
            return (self.names[word],)
        if word in self.groups:
            return self.groups[word]
        categories = {group.replace(" ", "_"): group for option in self.options for group in option.groups}
        if word in categories:
            return self.in_category(categories[word])
        raise KeyError(
            f"list {self.id} {self.name} has no name or group {word}"
            f"{nearest(word, [*self.names, *self.groups, *categories])}"
        )

    def __contains__(self, code: str | int) -> bool:
        return str(code) in self._by_code


@dataclass(frozen=True, slots=True)
class Join:
    """Another file that a predicate needs: `LEFT JOIN file AS alias ON on`."""

    alias: str
    file: str
    on: str


#: How the ids of checks end that speak of what is not there (checks/README.md).
_MISSING = frozenset({"missing", "unknown", "absent", "incomplete"})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong. checks/README.md explains every field and the predicate's SQL.

    `files` are the files whose rows are looked at; `columns` where the finding points, the first one
    being its column. `violates` is true for a finding, over the row `this` and `joins`; with `per` it
    is an aggregate over groups of rows. `origin` are ids of the tables of facts. `not_run` is the reason why
    this one runs nowhere, although its kind does.
    """

    id: str
    family: str
    severity: str
    level: str
    kind: str
    files: tuple[str, ...]
    columns: tuple[str, ...]
    sentence: str
    remedy: str
    for_type: str | None = None
    joins: tuple[Join, ...] = ()
    where: str | None = None
    per: tuple[str, ...] = ()
    violates: str | None = None
    origin: tuple[str, ...] = ()
    not_run: str = ""
    note: str = ""
    reference: str = ""
    since: int | None = None
    until: int | None = None
    at: Place = field(default=NOWHERE, compare=False)

    @property
    def says_missing(self) -> bool:
        """Whether it says that an answer is not there or not known, and nothing of the answers that are."""
        return self.id.rpartition("_")[2] in _MISSING

    @property
    def runs(self) -> str:
        """Where the check runs, in words; empty when nowhere, and `why_not_run` says why."""
        return "" if self.not_run else KINDS[self.kind].runs

    @property
    def why_not_run(self) -> str:
        """Why the check runs nowhere yet; empty when it runs."""
        return self.not_run or KINDS[self.kind].not_run

    @property
    def file(self) -> str | None:
        """The only file looked at; None when there are several."""
        return self.files[0] if len(self.files) == 1 else None


# Runs of capitals that are one word, before a name is taken apart at its other capitals.
_WORD = re.compile(r"HoH|CoC|[A-Z]{2,}(?=[A-Z][a-z]|\d|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")


@cache
def name_words(name: str) -> str:
    """HUD's name of a column taken apart: `DateOfEngagement` → "Date of engagement"."""
    words = [
        word if word.isupper() or word in ("HoH", "CoC") else word.lower() for word in _WORD.findall(name)
    ]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


_ELEMENT = re.compile(r"\b([PRVWC])(\d+)(?:\.[\dA-Z]+)?\b|\b(\d)\.(\d{2,3})(?:\.?[\dA-Z]+)*\b")
_RANGE = re.compile(r"\b(\d)\.(\d+)(?:\.\w+)?-(?:\1)\.(\d+)|\b([PRVWC])(\d+)-\4(\d+)")


@cache
def element_numbers(text: str) -> tuple[str, ...]:
    """Element numbers in a reference: "4.11.A" → 4.11; "4.05-4.10, W4" → 4.05 … 4.10, W4."""
    found: dict[str, None] = {}

    def expand(match: re.Match[str]) -> str:
        if match[1]:
            numbers = range(int(match[2]), int(match[3]) + 1)
            found.update((f"{match[1]}.{number:02d}", None) for number in numbers)
        else:
            found.update((f"{match[4]}{number}", None) for number in range(int(match[5]), int(match[6]) + 1))
        return " "

    rest = _RANGE.sub(expand, text)
    for match in _ELEMENT.finditer(rest):
        found[f"{match[1]}{match[2]}" if match[1] else f"{match[3]}.{match[4]}"] = None
    return tuple(found)
