"""Words for the codes, columns and rows of a report: `words.yaml` of its folder, read and put together.

    labels_of(report).label("LSAHousehold", "Stat")            -> Engagement before
    labels_of(report).meaning("LSAHousehold", "Stat", "5")     -> never left for more than two weeks
    labels_of(report).rows["914"].why                          -> LivingSituation of a head is blank …

A column has a label and, where its values are codes, the name of a list: one of the file's own `lists`, or
`hmis` for that of HUD's column of the same name. A list of the file may be read otherwise, as it declares:

    by_digit     each digit is a code of its own (races)
    pairs        a reference list says which code stands for two others together (populations)
    hud_lists    what the list lacks is looked up in these lists of HUD's
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .report import Report, ReportFile, read_yaml

_HMIS_FILES = ("Enrollment", "Exit")


@dataclass(frozen=True, slots=True)
class RowLabel:
    """A row, a count or a file of a report: what it counts (`unit`: person, household, enrollment or exit),
    and why somebody is in it; `facts` are those that decided."""

    title: str
    unit: str
    section: str
    why: str = ""
    facts: tuple[str, ...] = ()


class Labels:
    """All words of a report; see the module."""

    def __init__(self, report: Report) -> None:
        self._registry = report.registry
        path = report.folder / "words.yaml"
        said: dict[str, Any] = read_yaml(path) if path.is_file() else {}
        self._lists: dict[str, dict[str, str]] = {
            name: {str(code): str(label) for code, label in codes.items()}
            for name, codes in said.get("lists", {}).items()
        }
        for name, base in said.get("extends", {}).items():
            self._lists[name] = self._lists[base] | self._lists[name]
        self._by_digit: dict[str, str] = said.get("by_digit", {})
        self._whole = frozenset(map(str, said.get("whole", ())))
        self._hud_lists: dict[str, list[str]] = said.get("hud_lists", {})
        for name, table in said.get("pairs", {}).items():
            self._pair(self._lists[name], report, table)
        self._columns: dict[str, tuple[str, str | None]] = {
            column: (label, of) for column, (label, of) in said.get("columns", {}).items()
        }
        for pattern, (label, of) in said.get("of_group", {}).items():
            for group, group_label in said["groups"].items():
                self._columns[pattern.format(group)] = (label.format(group_label), of)
        self._of_file: dict[str, dict[str, tuple[str, str | None]]] = {
            file: {column: (label, of) for column, (label, of) in columns.items()}
            for file, columns in said.get("of_file", {}).items()
        }
        self.files = {file: _row_label(one) for file, one in said.get("files", {}).items()}
        places = said.get("destination_rows", ())
        self.rows = _rows(said.get("rows", ()), lambda code: self._of_list("place", code), places)
        self.counts = {column: _row_label(one) for column, one in said.get("counts", {}).items()}
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
            return self._of_the_standards(column, value)
        return self._of_list(of, value)

    def meanings(self, file: str, values: Mapping[str, str | None]) -> dict[str, str]:
        """The words of a row's codes, by column."""
        found = {column: self.meaning(file, column, value) for column, value in values.items()}
        return {column: word for column, word in found.items() if word is not None}

    def population(self, code: str) -> str:
        """A population's words, or its number."""
        return self._lists.get("populations", {}).get(code, f"population {code}")

    def project_type(self, code: str | None) -> str:
        """The type of a stay's project: the report's own words (`Stay` in `of_file`), else HUD's."""
        own = self.meaning("Stay", "ProjectType", code)
        lists = self._registry.file("Project").column("ProjectType").lists
        return own or self._hud(next(iter(lists)), code or "") or f"project type {code}"

    def row(self, file: ReportFile, values: Mapping[str, str | None]) -> RowLabel:
        """The words for a row: those of the count or row that it is, else those of its file. Raises
        KeyError for a count or a row without."""
        if file.each:
            return self.counts[values[file.each] or ""]
        if file.titled_by:
            return self.rows[values[file.titled_by] or ""]
        return self.files.get(file.name) or RowLabel(file.name, "", "")

    def _of(self, file: str, column: str) -> tuple[str, str | None]:
        return self._of_file.get(file, {}).get(column) or self._columns.get(column, (column, None))

    def _of_list(self, name: str, value: str) -> str | None:
        own = self._lists[name]
        if name in self._by_digit and value not in self._whole:
            digits = [own.get(digit) for digit in value]
            return self._by_digit[name].join(one for one in digits if one) if all(digits) else None
        if value in own:
            return own[value]
        hud = (self._hud(list_id, value) for list_id in self._hud_lists.get(name, ()))
        return next((label for label in hud if label), None)

    def _hud(self, list_id: str, code: str) -> str | None:
        known = self._registry.list(list_id)
        return known.label(code) if code in known else None

    def _of_the_standards(self, column: str, value: str) -> str | None:
        for file in map(self._registry.file, _HMIS_FILES):
            if column in file:
                list_id = next(iter(file.column(column).lists), None)
                return None if list_id is None else self._hud(list_id, value)
        return None

    def _pair(self, found: dict[str, str], report: Report, table: str) -> None:
        """The two together for the codes that a reference list pairs: PopID, Pop1, Pop2."""
        path = report.folder / "reference" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["PopID"] not in found and row["Pop1"] in found and row["Pop2"] in found:
                    found[row["PopID"]] = f"{found[row['Pop1']]}; {found[row['Pop2']]}"


@cache
def labels_of(report: Report) -> Labels:
    """The words, read at the first use."""
    return Labels(report)


def _row_label(one: Mapping[str, Any]) -> RowLabel:
    return RowLabel(
        one["title"], one["unit"], str(one["section"]), one.get("why", ""), tuple(one.get("facts", ()))
    )


def _rows(
    said: list[dict[str, Any]], place: Callable[[str], str | None], destinations: list[int]
) -> dict[str, RowLabel]:
    found = {}
    for one in said:
        first, last = one["rows"][0], one["rows"][-1]
        for number in range(first, last + 1):
            known = _row_label(one)
            if "{destination}" in known.title:
                title = known.title.format(destination=place(str(destinations[number - first])))
                known = RowLabel(title, known.unit, known.section, known.why, known.facts)
            found[str(number)] = known
    return found
