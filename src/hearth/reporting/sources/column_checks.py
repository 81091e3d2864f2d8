"""Checks that the column definitions drive: type, length, characters, null, list, pattern, range.

Each becomes a condition over one typed table; a file's conditions are counted in one scan, and only those
that hold somewhere are looked at again for the rows. They look at all rows, deleted ones included.

Source: HMIS CSV Format Specifications FY2026 v1.0, general rules (S-004 to S-014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hearth.reporting.engine import name, text
from hearth.standards.load import Registry
from hearth.standards.model import Check, Column, File

from . import dates
from .findings_table import Rule

FORBIDDEN_CHARACTERS = "[<>\\[\\]{}]"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known beforehand: the format of the export, Export.HashStatus, whether the file has any cell
    that is not to the letter or any forbidden character, and which of its columns have any value (None: not
    known)."""

    exported_year: int
    hash_status: int | None
    any_raw: bool = True
    any_forbidden: bool = True
    filled: frozenset[str] | None = None

    @property
    def hashed(self) -> bool:
        return self.hash_status in (2, 4)

    def may_hold(self, check: Check, column: Column) -> bool:
        """Whether a check can find anything in a column. Nothing is wrong with values that are not there,
        but a cell that could not be read has none either."""
        if self.filled is None or column.name in self.filled or check.kind == "null":
            return True
        return check.kind == "type" and self.any_raw


@dataclass(frozen=True, slots=True)
class Condition:
    """`holds` is SQL over the typed table: TRUE for a finding. `value_class` is a text expression."""

    rule: Rule
    holds: str
    value_class: str = "NULL"


def conditions(registry: Registry, file: File, situation: Situation) -> list[Condition]:
    """Every generic condition on the rows of one file that can hold at all."""
    wanted: list[Condition] = []
    for check in registry.checks.values():
        make = _FAMILIES.get(check.kind)
        if make is None or file.name not in check.files:
            continue
        for column in _columns(check, file):
            if not situation.may_hold(check, column):
                continue
            found = make(registry, check, column, situation)
            if found is not None:
                holds, value_class = found
                wanted.append(Condition(Rule.of(check, file.name, column.name), holds, value_class))
    return wanted


def _columns(check: Check, file: File) -> Iterable[Column]:
    if check.columns == ("all",):
        return file.columns
    return [file.column(column) for column in check.columns if column in file]


Found = tuple[str, str] | None


_WHAT = {"D": "a date", "T": "a date and time", "I": "a whole number", "M": "an amount"}


def _type(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    """What could not be read, and negative numbers where there are none."""
    if column.type != check.for_type:
        return None
    cell = name(column.name)
    is_wrong = [f"({_is_lost(column)})"] if situation.any_raw else []
    value_class = text(f"not {_WHAT[column.type]}")
    if column.type in "DT" and situation.any_raw:
        meant = f"regexp_matches({dates.came(column.name)}, {text(dates.LOOKS_LIKE_A_DATE)})"
        several = text("a date that may mean several days, or none")
        value_class = f"CASE WHEN {meant} THEN {several} ELSE {value_class} END"
    if column.type == "I" or (column.type == "M" and not column.signed):
        is_wrong.append(f"{cell} < 0")
        value_class = f"CASE WHEN {cell} < 0 THEN 'a negative number' ELSE {value_class} END"
    return (f"({' OR '.join(is_wrong)})", value_class) if is_wrong else None


def _form(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    """What was read although it was not written to the letter."""
    if column.type != check.for_type or not situation.any_raw:
        return None
    value_class = text(f"{_WHAT[column.type]} in another form")
    return f"({_has_raw(column)} AND NOT ({_is_lost(column)}))", value_class


def _is_lost(column: Column) -> str:
    """There is a text in the cell, and no value could be made of it."""
    lost = f"{name(column.name)} IS NULL"
    if column.name == dates.DELETED:
        lost = f"{name(column.name)} = TIMESTAMP '{dates.DELETED_AT_SOME_TIME}'"
    return f"{_has_raw(column)} AND {lost}"


def _has_raw(column: Column) -> str:
    """The cell was not written to the letter, so that its text stands in `_raw`."""
    return f"(_raw IS NOT NULL AND json_exists(_raw, {text('$.' + name(column.name))}))"


def _length(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    limit = column.max_length
    if situation.hashed and column.hashed_as:
        limit = int(column.hashed_as.lstrip("S"))
    if limit is None:
        return None
    cell = name(column.name)
    return (
        # Bytes are known without looking at the text, and there are at least as many as characters.
        f"(strlen({cell}) > {limit} AND length({cell}) > {limit})",
        f"'text of ' || length({cell}) || ' characters where {limit} are allowed'",
    )


def _characters(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    if not may_hold_any_character(column) or not situation.any_forbidden:
        return None
    return f"regexp_matches({name(column.name)}, {text(FORBIDDEN_CHARACTERS)})", "NULL::VARCHAR"


def may_hold_any_character(column: Column) -> bool:
    """Texts and identifiers. One that refers to another record is told of there, or as missing."""
    return column.type == "S" and column.references is None


def _null(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    if column.nullable or column.is_key:
        return None
    if column.since is not None and column.since > situation.exported_year:
        return None  # the export could not have it
    blank = f"{name(column.name)} IS NULL"
    if column.type != "S" and situation.any_raw:
        blank = f"({blank} AND NOT {_has_raw(column)})"
    return blank, "'blank'"


def _list(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    return _by_list(registry, column, lambda list_id: registry.list(list_id).codes(), _not_in_list)


def _not_in_list(column: Column, codes: tuple[str, ...]) -> str:
    if not codes:
        return "FALSE"
    return f"{name(column.name)} NOT IN ({_literals(column, codes)})"


def _list_status(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    def out_of_use(list_id: str) -> tuple[str, ...]:
        return tuple(o.code for o in registry.list(list_id).options if o.status in ("legacy", "retired"))

    def holds(column: Column, codes: tuple[str, ...]) -> str:
        return f"{name(column.name)} IN ({_literals(column, codes)})" if codes else "FALSE"

    if not any(out_of_use(list_id) for list_id in column.lists):
        return None
    return _by_list(registry, column, out_of_use, holds)


def _by_list(
    registry: Registry,
    column: Column,
    codes: Callable[[str], tuple[str, ...]],
    holds: Callable[[Column, tuple[str, ...]], str],
) -> Found:
    if not column.lists:
        return None
    cell = name(column.name)
    if column.list_by is None:
        (list_id,) = column.lists
        condition, named = holds(column, codes(list_id)), text(list_id)
    else:
        other = name(column.list_by.column)
        cases = [(f"{other} = {code}", list_id) for code, list_id in column.list_by.cases.items()]
        otherwise = column.list_by.otherwise
        condition = _case(
            [(when, holds(column, codes(number))) for when, number in cases],
            holds(column, codes(otherwise)) if otherwise else "FALSE",
        )
        named = _case([(when, text(number)) for when, number in cases], text(otherwise or ""))
    if column.type == "I" and column.privacy == "":
        return condition, f"'code ' || {cell} || ' of list ' || {named}"
    return condition, f"'a code of list ' || {named}"


def _case(cases: list[tuple[str, str]], otherwise: str) -> str:
    if not cases:
        return otherwise
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in cases) + f" ELSE {otherwise} END"


def _literals(column: Column, codes: tuple[str, ...]) -> str:
    if column.type == "I":
        return ", ".join(str(int(code)) for code in codes)
    return ", ".join(text(code) for code in codes)


def _pattern(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    if column.pattern is None or (situation.hashed and column.hashed_as):
        return None
    return f"NOT regexp_full_match({name(column.name)}::VARCHAR, {text(column.pattern)})", "'another form'"


def _range(registry: Registry, check: Check, column: Column, situation: Situation) -> Found:
    cell = name(column.name)
    bounds = []
    if column.minimum is not None:
        bounds.append(f"{cell} < {column.minimum}")
    if column.maximum is not None:
        bounds.append(f"{cell} > {column.maximum}")
    if not bounds:
        return None
    return f"({' OR '.join(bounds)})", "'out of range'"


_FAMILIES: dict[str, Callable[[Registry, Check, Column, Situation], Found]] = {
    "type": _type,
    "form": _form,
    "length": _length,
    "characters": _characters,
    "null": _null,
    "list": _list,
    "list_status": _list_status,
    "pattern": _pattern,
    "range": _range,
}
KINDS = tuple(_FAMILIES)
