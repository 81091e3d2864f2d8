"""The set-based checks against a slow, obvious checker that looks at one cell after the other.

The twin reads with Python's csv module and knows the registry, but none of the SQL. Random exports are
full of faults of every family, and both must find the same ones on the same lines.
"""

import csv
import io
import random
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.reporting.sources.dates import AHEAD
from hearth.standards.load import load
from hearth.standards.model import Column, File
from tests.sizes import size

from .dates_twin import read_column
from .exports import Export, csv_bytes, staged

pytestmark = pytest.mark.long

REGISTRY = load(2026)
FILES = ("Export", "Organization", "User", "Project", "ProjectCoC", "Inventory", "Client", "Enrollment",
         "Exit", "IncomeBenefits", "HealthAndDV", "Disabilities", "Services", "Assessment",
         "AssessmentQuestions", "Affiliation", "Funder")  # fmt: skip
FAMILIES = {"date_unreadable", "time_unreadable", "number_unreadable", "money_unreadable", "date_form",
            "time_form", "number_form", "money_form", "text_too_long",
            "forbidden_character", "required_blank", "code_not_in_list", "code_out_of_use", "format_wrong",
            "number_out_of_range", "key_twice", "key_blank", "reference_missing", "user_missing",
            "export_id_differs", "not_a_coc_of_the_project"}  # fmt: skip

EXPORTED = "2026-01-15 12:00:00"
Finding = tuple[str, str, str, int]


# --- random exports ------------------------------------------------------------------------------------


def random_cell(rng: random.Random, column: Column, keys: dict[str, list[str]]) -> str:
    if rng.random() < 0.12:
        return rng.choice(["", "", '""', " ", "  \t"])
    if column.is_key:
        return rng.choice(keys[column.file])
    if column.references and rng.random() < 0.9:
        return rng.choice(keys[column.references.partition(".")[0]])
    good = good_cell(rng, column)
    return good if rng.random() < 0.75 else rng.choice([*WRONG[column.type], bad_text(rng, column)])


def good_cell(rng: random.Random, column: Column) -> str:
    if column.lists:
        options = [o for list_id in column.lists for o in REGISTRY.list(list_id).options]
        return rng.choice(options).code
    if column.type == "S":
        return rng.choice(
            ["a", "Lake", "MN-500", "MN-501", "55401", "123456789", "O'Neil", 'a "b"', "x,y", "é"]
        )
    return {
        "I": str(rng.randrange(0, 40)), "D": f"2025-0{rng.randrange(1, 10)}-1{rng.randrange(10)}",
        "T": f"2025-0{rng.randrange(1, 10)}-11 1{rng.randrange(10)}:30:00", "M": f"{rng.randrange(2000)}.50",
    }[column.type]  # fmt: skip


WRONG = {
    "S": ["<x>", "[", "}", "w" * 33, "w" * 51, "w" * 321, "ﬀ" * 50, "é" * 50],
    "I": [
        "-1",
        "1.0",
        "1.5",
        "one",
        "007",
        "1e2",
        "99999999999",
        "+3",
        "12 ",
        "9999",
        "0x1F",
        "1_0",
        '"1,234"',
        '"12,34"',
    ],
    "D": [
        "2025-02-30",
        "2025-2-3",
        "02/03/2025",
        "2025-02-03 00:00:00",
        "infinity",
        "today",
        "20250203",
        "3/25/2025",
        "3/4/2025",
        "25/3/2025",
        "5-JAN-25",
        "1/5/25",
        "0026-01-05",
        "2025-02-03 10:30:00",
    ],
    "T": [
        "2025-02-03",
        "2025-02-03 10:00",
        "2025-02-03T10:00:00",
        "2025-02-03 25:00:00",
        "now",
        "3/25/2025 9:30",
        "3/4/2025 9:30",
        "25/3/2025",
        "2025-02-03 10:00:00 PM",
        "1026-02-03 10:00:00",
    ],
    "M": ["12", "12.5", "-3.00", "$5.00", '"1,000.00"', "1.005", "nan", "12.50 "],
}


def bad_text(rng: random.Random, column: Column) -> str:
    if column.type == "S" and column.max_length:
        return "y" * (column.max_length + rng.randrange(3))
    return rng.choice(["?", "é", "12345678901"])


def random_export(seed: int) -> Export:
    rng = random.Random(seed)
    export = Export(tables={name: [] for name in REGISTRY.files})
    keys = {name: [f"{name[:2]}{n}" for n in range(4)] for name in REGISTRY.files}
    for name in FILES:
        file = REGISTRY.file(name)
        columns = [c.name for c in file.columns]
        lines = []
        for _ in range(1 if name == "Export" else rng.randrange(0, 7)):
            cells = []
            for column in file.columns:
                cell = random_cell(rng, column, keys)
                if column.name == "DateDeleted" and rng.random() < 0.7:
                    cell = ""
                if column.name in ("CSVVersion", "HashStatus", "ExportDate"):
                    cell = {"CSVVersion": "2026 v1.0", "HashStatus": "1"}.get(column.name, EXPORTED)
                if not cell.startswith('"') and any(c in cell for c in '",\n'):
                    cell = '"' + cell.replace('"', '""') + '"'
                cells.append(cell)
            lines.append(",".join(cells))
        export.files[f"{name}.csv"] = "\n".join([",".join(columns), *lines, ""]).encode()
    return export


# --- the twin ------------------------------------------------------------------------------------------


def blank(cell: str) -> str | None:
    return cell if cell.strip(" \t\r\n") else None


def to_the_letter(column: Column, cell: str) -> bool:
    if column.type == "I":
        return re.fullmatch(r"0|-?[1-9][0-9]*", cell) is not None and -(2**31) <= int(cell) < 2**31
    if column.type == "M":
        return re.fullmatch(r"-?(0|[1-9][0-9]{0,9})\.[0-9]{2}", cell) is not None
    shape, pattern = {
        "D": ("%Y-%m-%d", r"\d{4}-\d{2}-\d{2}"),
        "T": ("%Y-%m-%d %H:%M:%S", r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"),
    }[column.type]
    try:
        datetime.strptime(cell, shape)
    except ValueError:
        return False
    return re.fullmatch(pattern, cell) is not None and 1800 <= int(cell[:4]) < 2100


def number(column: Column, cell: str | None) -> Decimal | None:
    """What can be read as a number, also where it is not to the letter."""
    if cell is None:
        return None
    whole = r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)"
    shape = rf"[+-]?{whole}(\.0*)?" if column.type == "I" else rf"[+-]?\$?{whole}(\.[0-9]*)?"
    plain = cell.strip().replace("$", "").replace(",", "")
    try:
        value = Decimal(plain) if re.fullmatch(shape, cell.strip()) else None
    except InvalidOperation:
        return None
    limit = 2**31 if column.type == "I" else 10**10
    return None if value is None or abs(value) >= limit else value


def in_words(value: Decimal) -> str:
    return str(int(value))


class Twin:
    def __init__(self, export: Export) -> None:
        self.tables: dict[str, list[dict[str, str | None]]] = {}
        for file in REGISTRY.files.values():
            content = export.files.get(f"{file.name}.csv", csv_bytes(file.name, [])).decode()
            rows = csv.DictReader(io.StringIO(content, newline=""))
            self.tables[file.name] = [{k: blank(v) for k, v in row.items()} for row in rows]
        self.found: Counter[Finding] = Counter()
        self.read: dict[str, dict[str, date | datetime | None]] = {}

    def run(self) -> Counter[Finding]:
        for file in REGISTRY.files.values():
            seen: set[str] = set()
            for line, row in enumerate(self.tables[file.name], start=2):
                for column in file.columns:
                    self.cell(file, column, row, line)
                key = row[file.key]
                if key is None:
                    self.found["key_blank", file.name, file.key, line] += 1
                elif key in seen:
                    self.found["key_twice", file.name, file.key, line] += 1
                else:
                    seen.add(key)
        return self.found

    def cell(self, file: File, column: Column, row: dict[str, str | None], line: int) -> None:
        cell = row[column.name]

        def tell(check: str) -> None:
            self.found[check, file.name, column.name, line] += 1

        if cell is None:
            if not column.nullable and not column.is_key:
                tell("required_blank")
        elif column.type == "S":
            if column.max_length and len(cell) > column.max_length:
                tell("text_too_long")
            if not column.references and any(c in cell for c in "<>[]{}"):
                tell("forbidden_character")
            if column.pattern and not re.fullmatch(column.pattern, cell):
                tell("format_wrong")
            self.listed(column, row, cell, tell)
        else:
            kind = {"D": "date", "T": "time", "I": "number", "M": "money"}[column.type]
            value = number(column, cell) if column.type in "IM" else None
            negative = value is not None and value < 0 and (column.type == "I" or not column.signed)
            is_read = value is not None if column.type in "IM" else self.dates(column)[cell] is not None
            if (not to_the_letter(column, cell) and not is_read) or negative:
                tell(f"{kind}_unreadable")
            if not to_the_letter(column, cell) and is_read:
                tell(f"{kind}_form")
            if column.type == "I" and value is not None:
                if (column.minimum is not None and value < column.minimum) or (
                    column.maximum is not None and value > column.maximum
                ):
                    tell("number_out_of_range")
                self.listed(column, row, in_words(value), tell)
        self.referenced(file, column, row, cell, tell)

    def listed(self, column: Column, row: dict[str, str | None], code: str, tell) -> None:
        list_id = column.list
        if column.list_by is not None:
            other_column = REGISTRY.column(f"{column.file}.{column.list_by.column}")
            other = number(other_column, row[column.list_by.column])
            list_id = column.list_by.cases.get(
                "" if other is None else in_words(other), column.list_by.otherwise
            )
        if list_id is None:
            return
        options = {o.code: o for o in REGISTRY.list(list_id).options if o.status != "not in CSV"}
        if code not in options:
            tell("code_not_in_list")
        elif options[code].status in ("legacy", "retired"):
            tell("code_out_of_use")

    def referenced(
        self, file: File, column: Column, row: dict[str, str | None], cell: str | None, tell
    ) -> None:
        if column.references:
            target, key = column.references.split(".")
            there = {r[key] for r in self.tables[target]}
            deleted = self.is_deleted(row)
            is_client_beside = (
                column.name == "PersonalID" and "EnrollmentID" in file and file.name != "Enrollment"
            )
            check = {"UserID": "user_missing", "ExportID": "export_id_differs"}.get(
                column.name, "reference_missing"
            )
            is_parent = (
                check == "reference_missing" and not is_client_beside and column.name != "ResProjectID"
            )
            if not deleted and ((cell is None and is_parent) or (cell is not None and cell not in there)):
                tell(check)
        if column.among and cell is not None:
            pairs = {tuple(r[c] for c in column.among.columns) for r in self.tables[column.among.file]}
            own = (*(row[c] for c in column.among.columns[:-1]), cell)
            if own not in pairs:
                tell("not_a_coc_of_the_project")

    def dates(self, column: Column) -> dict[str, date | datetime | None]:
        """What the texts of a column mean, beside each other."""
        if column.id not in self.read:
            cells = {row[column.name] for row in self.tables[column.file]} - {None}
            self.read[column.id] = read_column(
                cells,
                time_wanted=column.type == "T",
                kind="birth" if column.name == "DOB" else "ahead" if column.id in AHEAD else "past",
                exported=date.fromisoformat(EXPORTED[:10]),
            )
        return self.read[column.id]

    @staticmethod
    def is_deleted(row: dict[str, str | None]) -> bool:
        """A DateDeleted that holds anything, whatever it means."""
        return row.get("DateDeleted") is not None


@settings(
    max_examples=size(4, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_set_based_checks_find_what_the_slow_twin_finds(tmp_path: Path, seed: int) -> None:
    export = random_export(seed)
    expected = Twin(export).run()
    with staged(export.zip(tmp_path)) as result:
        got: Counter[Finding] = Counter(
            (check, file, column, line)
            for check, file, column, line in result.connection.execute(
                f"""SELECT "check", file, "column", line FROM '{result.findings_path}'"""
            ).fetchall()
            if check in FAMILIES
        )
        assert got == expected
        counted = {(s.check, s.file, s.column): s.count for s in result.summary if s.check in FAMILIES}
        assert counted == dict(Counter(f[:3] for f in expected.elements()))


def test_the_random_exports_are_full_of_every_kind_of_fault() -> None:
    """Otherwise the comparison above would prove nothing."""
    kinds: Counter[str] = Counter()
    for seed in range(40):
        kinds.update(check for check, *_ in Twin(random_export(seed)).run().elements())
    assert {check for check in FAMILIES if kinds[check] < 10} == set()


def test_a_good_export_is_good_for_the_twin() -> None:
    export = Export()
    export.files = {f"{n}.csv": csv_bytes(n, rows) for n, rows in export.tables.items()}
    assert Twin(export).run() == Counter()
