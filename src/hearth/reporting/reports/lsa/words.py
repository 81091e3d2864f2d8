"""Words for the codes, columns and rows of the LSA: `reference/words.yaml`, read and put together.

    words().label("LSAHousehold", "Stat")            -> Engagement before
    words().meaning("LSAHousehold", "Stat", "5")     -> never left for more than two weeks
    words().rows["914"].why                          -> LivingSituation of a head or adult is blank …

Races and combinations of household types are read digit by digit, populations of four digits as two
populations together (`row_populations.csv`), destinations and living situations by the data standards.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hearth.standards.load import LATEST, load

_REFERENCE = Path(__file__).parent / "reference"
_HMIS_FILES = ("Enrollment", "Exit")
_BY_DIGIT = {"races": " and ", "types_of_household": ", "}
_WHOLE = ("98", "99", "-1")  # codes that are not read digit by digit


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row of LSACalculated or a count of LSAReport: what it counts, and why somebody is in it."""

    title: str
    unit: str
    section: str
    why: str
    facts: tuple[str, ...]


class LsaWords:
    """All words, read once; see the module."""

    def __init__(self) -> None:
        text = (_REFERENCE / "words.yaml").read_text(encoding="utf-8")
        fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it
        said: dict[str, Any] = yaml.load(text, Loader=fast)  # noqa: S506
        self._lists: dict[str, dict[str, str]] = {
            name: {str(code): str(label) for code, label in codes.items()}
            for name, codes in said["lists"].items()
        }
        self._lists["own_path"] = self._lists["path"] | self._lists["own_path"]
        self._lists["populations"] = _populations(said["populations"])
        self._columns: dict[str, tuple[str, str | None]] = {
            column: (label, of) for column, (label, of) in said["columns"].items()
        }
        for pattern, (label, of) in said["of_group"].items():
            for group, group_label in said["groups"].items():
                self._columns[pattern.format(group)] = (label.format(group_label), of)
        self._of_file: dict[str, dict[str, tuple[str, str | None]]] = {
            file: {column: (label, of) for column, (label, of) in columns.items()}
            for file, columns in said["of_file"].items()
        }
        self.rows = _rows(said["rows"], self._place, said["destination_rows"])
        self.counts = {
            column: ReportRow(
                one["title"], one["unit"], one["section"], one["why"], tuple(one.get("facts", ()))
            )
            for column, one in said["counts"].items()
        }
        self._lists["rows"] = {number: row.title for number, row in self.rows.items()}
        self._lists["counts"] = {column: row.title for column, row in self.counts.items()}

    def label(self, file: str, column: str) -> str:
        """What a column is; its name when there are no words for it."""
        return self._of(file, column)[0]

    def meaning(self, file: str, column: str, value: str | None) -> str | None:
        """What a code stands for; None for a number, a day, an ID, nothing, or an unknown code."""
        of = self._of(file, column)[1]
        if value is None or of is None:
            return None
        if of == "hmis":
            return _of_the_standards(column, value)
        if of == "place":
            return self._place(value)
        if of in _BY_DIGIT and value not in _WHOLE:
            digits = [self._lists[of].get(digit) for digit in value]
            return _BY_DIGIT[of].join(one for one in digits if one) if all(digits) else None
        return self._lists[of].get(value)

    def meanings(self, file: str, values: Mapping[str, str | None]) -> dict[str, str]:
        """The words of a row's codes, by column."""
        found = {column: self.meaning(file, column, value) for column, value in values.items()}
        return {column: word for column, word in found.items() if word is not None}

    def population(self, code: str) -> str:
        """A population's words, or its number."""
        return self._lists["populations"].get(code, f"population {code}")

    def _of(self, file: str, column: str) -> tuple[str, str | None]:
        return self._of_file.get(file, {}).get(column) or self._columns.get(column, (column, None))

    def _place(self, value: str) -> str | None:
        """A living situation or destination, or the subsidy that stands in its place."""
        own = self._lists["place"].get(value)
        return own or _label("3.12.1", value) or _label("3.12.A", value)


@cache
def words() -> LsaWords:
    """The words, read at the first use."""
    return LsaWords()


def _label(list_id: str, code: str) -> str | None:
    known = load(LATEST).list(list_id)
    return known.label(code) if code in known else None


@cache
def _list_of(column: str) -> str | None:
    for file in _HMIS_FILES:
        one = load(LATEST).file(file)
        if column in one:
            return next(iter(one.column(column).lists), None)
    return None


def _of_the_standards(column: str, value: str) -> str | None:
    list_id = _list_of(column)
    return None if list_id is None else _label(list_id, value)


def _populations(said: Mapping[int, str]) -> dict[str, str]:
    """Populations of one kind, and the two together for those that the reference table pairs."""
    found = {str(code): words for code, words in said.items()}
    with (_REFERENCE / "row_populations.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["PopID"] not in found and row["Pop1"] in found and row["Pop2"] in found:
                found[row["PopID"]] = f"{found[row['Pop1']]}; {found[row['Pop2']]}"
    return found


def _rows(said: list[dict[str, Any]], place: Any, destinations: list[int]) -> dict[str, ReportRow]:
    found = {}
    for one in said:
        first, last = one["rows"][0], one["rows"][-1]
        for number in range(first, last + 1):
            title = one["title"]
            if "{destination}" in title:
                title = title.format(destination=place(str(destinations[number - first])))
            found[str(number)] = ReportRow(
                title, one["unit"], one["section"], one.get("why", ""), tuple(one.get("facts", ()))
            )
    return found
