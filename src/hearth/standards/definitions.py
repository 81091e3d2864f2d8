"""Definitions in plain words: the lines that the command and the data dictionary both show."""

from collections.abc import Iterable, Iterator, Sequence

from hearth.standards.element import Element, Field, Requirement
from hearth.standards.gates import ALWAYS, Gate, bare
from hearth.standards.kinds import KINDS
from hearth.standards.load import YEARS
from hearth.standards.model import Check, Column, File, List, Option

Lines = Iterator[tuple[str, str]]
# HUD's three reasons for missing data, which the registry's categories abbreviate.
_MISSING = {"dk": "does not know", "pnta": "prefers not to answer", "missing": "missing"}
TYPES = {"S": "text", "I": "whole number", "D": "date", "T": "date and time", "M": "amount of money"}


def of_file(file: File) -> Lines:
    """What a file is, as pairs of a name and a text."""
    yield "One row", file.row_is
    yield "Key", file.key
    if file.parents:
        yield "Belongs to", ", ".join(file.parents)
    if file.rows:
        yield "Rows", file.rows
    if file.exported:
        yield "In the export", file.exported
    if file.elements:
        yield "Data elements", ", ".join(file.elements)
    if file.needed_by:
        yield "Needed by", ", ".join(file.needed_by)
    yield from _ends(file)


def of_column(column: Column) -> Lines:
    """What a column is."""
    yield "In words", column.label
    yield "Position", str(column.position)
    yield "Type", type_words(column)
    yield "Blank", "allowed" if column.nullable else "not allowed"
    if column.is_key:
        yield "Key", "identifies the row"
    if column.references:
        yield "References", column.references
    if column.among:
        yield "Must occur in", str(column.among)
    if column.lists:
        yield "Codes", list_words(column)
    if column.element:
        yield "Data element", column.element
    if column.only_if:
        yield "Only if", column.only_if
    if column.asked_if:
        yield "Asked if", column.asked_if
    if column.minimum is not None or column.maximum is not None:
        yield "Range", f"{_number(column.minimum)} to {_number(column.maximum)}"
    if column.pattern or column.format:
        yield "Form", column.pattern or column.format or ""
    if column.rule:
        yield "Rule", column.rule
    if column.hashed_as:
        yield "Hashed exports", f"written as {column.hashed_as}"
    if column.use:
        yield "Offers", f"what its list has for: {column.use}"
    if column.privacy:
        yield "Privacy", column.privacy
    for year, name in sorted(column.earlier_names.items()):
        yield "Earlier name", f"{name}, until FY{year}"
    if column.other_spellings:
        yield "Also seen as", ", ".join(repr(s) for s in column.other_spellings)
    yield from _ends(column)


def of_list(one: List) -> Lines:
    """What a pick list is, without its codes."""
    yield "Name", one.name
    if one.used_in:
        yield "Used in", one.used_in
    yield from _ends(one)


def of_option(option: Option) -> str:
    """What there is to know about a code besides its label."""
    parts = [_MISSING.get(option.category, option.category)] if option.category else []
    if option.status != "current":
        parts.append(
            f"{option.status} since FY{option.status_since}" if option.status_since else option.status
        )
    if option.used_for:
        parts.append("used for " + ", ".join(option.used_for))
    for outcome in ("positive", "excluded"):
        if groups := [group for group, kind in option.exit_outcome.items() if kind == outcome]:
            parts.append(f"exit {outcome} from {', '.join(groups)}")
    if option.since and option.since > YEARS[0]:
        parts.append(f"since FY{option.since}")
    if option.note:
        parts.append(option.note)
    return "; ".join(parts)


def of_element(element: Element) -> Lines:
    """What a data element is, without its columns and requirements."""
    yield "Name", element.name
    if element.question:
        yield "Question", element.question
    yield "Group", element.group
    if element.asked_of:
        yield "Asked of", element.asked_of
    if element.collected_at:
        yield "Collected at", ", ".join(element.collected_at)
    if element.event:
        yield "When", element.event
    if element.project_types:
        yield "Project types", ", ".join(element.project_types)
    if element.rows:
        yield "Rows", element.rows
    if element.fields:
        yield "Fields", element.fields
    if element.same_for_all:
        same = ", ".join(name.rpartition(".")[2] for name in element.same_for_all)
        yield "May be the same for a household", same
    if element.change:
        yield "Change", element.change
    yield from _ends(element)


def of_requirement(requirement: Requirement) -> tuple[str, str, str, str, str, str, str]:
    """Program, funding sources, projects, persons, stages, whether, and the readings of a requirement."""
    types = ", ".join(requirement.project_types) or "all"
    if requirement.except_project_types:
        types += f" but {', '.join(requirement.except_project_types)}"
    if requirement.rrh_subtypes:
        types += f", of subtype {' or '.join(requirement.rrh_subtypes)}"
    if requirement.where != ALWAYS:
        types += f", where {requirement.where}"
    return (
        program_words(requirement),
        ", ".join(requirement.funders) or "any",
        types,
        requirement.asked_of,
        ", ".join(requirement.collected_at),
        requirement.required,
        ", ".join(reading.id for reading in requirement.disputed),
    )


def program_words(requirement: Requirement) -> str:
    """The program of a requirement, or that it is every one."""
    return "every program" if requirement.program == "all" else requirement.program


def of_field(one: Field) -> str:
    """When a field is asked, if its element is."""
    words = [f"if {bare(one.gate)}"] if one.gate != ALWAYS else []
    if one.funders:
        words.append(f"by funding sources {', '.join(one.funders)}")
    if one.project_types:
        words.append(f"in project types {', '.join(one.project_types)}")
    if one.except_project_types:
        words.append(f"in project types other than {', '.join(one.except_project_types)}")
    if one.optional:
        words.append("may stay blank")
    if follows := follows_words(one.yes_if, one.yes_from, one.total_of):
        words.append(follows)
    return "; ".join(words)


def follows_words(yes_if: Gate | None, yes_from: Iterable[Gate], total_of: Iterable[str]) -> str:
    """From what other answers a field follows that nobody is asked; empty where somebody is."""
    if yes_if is not None:
        return f"not asked: Yes if {bare(yes_if)}, else No"
    if parts := [str(one) for one in yes_from]:
        return f"not asked where these are: Yes if {' or '.join(f'({one})' for one in parts)}"
    names = [name.rpartition(".")[2] for name in total_of]
    return f"not asked: the sum of {', '.join(names)}" if names else ""


def of_check(check: Check) -> Lines:
    """What a check looks for."""
    yield "What is wrong", check.sentence
    yield "What to do", check.remedy
    yield "Severity", check.severity
    yield "About", check.level
    yield "Found by", f"{KINDS[check.kind].found_by} (kind {check.kind})"
    yield "Runs in", runs_words(check)
    yield "Looks at", files_words(check.files)
    if check.columns:
        yield "Columns", ", ".join(check.columns)
    if check.joins:
        yield "With", ", ".join(join.alias for join in check.joins)
    if check.where:
        yield "Rows where", check.where
    if check.per:
        yield "Per", ", ".join(check.per)
    if check.violates:
        yield "Finding if", check.violates
    if check.origin:
        yield "Rules", ", ".join(check.origin)
    yield from _ends(check)


def runs_words(check: Check) -> str:
    """Where a check runs, or that and why it does not run."""
    return check.runs or f"not yet run: {check.why_not_run}"


def type_words(column: Column) -> str:
    """`S50, text of up to 50 characters`."""
    words = TYPES[column.type]
    if column.max_length:
        words += f" of up to {column.max_length} characters"
    elif column.type == "M" and not column.signed:
        words += ", never negative"
    return f"{column.hud_type}, {words}"


def list_words(column: Column) -> str:
    """The list, or which list by which code of which column."""
    if column.list_by is None:
        return f"list {column.list}"
    cases = [f"{code}: list {number}" for code, number in column.list_by.cases.items()]
    if column.list_by.otherwise:
        cases.append(f"else list {column.list_by.otherwise}")
    return f"by {column.list_by.column}: {', '.join(cases)}"


def files_words(files: Sequence[str]) -> str:
    """Names of files, or that it is nearly all of them."""
    return ", ".join(files) if len(files) <= 6 else f"{len(files)} files"


def years_words(since: int | None, until: int | None) -> str:
    """`since FY2024`, `until FY2022`, `FY2024 only`; empty when it always was."""
    if since and since == until:
        return f"FY{since} only"
    return " ".join(filter(None, (f"since FY{since}" if since else "", f"until FY{until}" if until else "")))


def _ends(what: File | Column | List | Element | Check) -> Lines:
    if years := years_words(what.since, what.until):
        yield "Years", years
    if what.note:
        yield "Note", what.note
    if not isinstance(what, Column) and what.reference:
        yield "Reference", what.reference


def _number(number: int | None) -> str:
    return "any" if number is None else str(number)
