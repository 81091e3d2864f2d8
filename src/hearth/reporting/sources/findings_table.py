"""The table of findings: collected while checks run, written to Parquet at the end.

A finding is one row of the Parquet file:

| column | type | |
|---|---|---|
| `check` | VARCHAR | word id of the check: `exit_before_entry` |
| `severity` | VARCHAR | high, error, warning, info |
| `stops` | BOOLEAN | it stops an import |
| `file`, `column` | VARCHAR | HUD's names, of the newest year; NULL where it concerns more than one |
| `line` | BIGINT | physical line in the original file; NULL where it concerns the whole |
| `key` | VARCHAR | HUD's identifier of the row (PersonalID, EnrollmentID, …) |
| `value_class` | VARCHAR | what kind of value it was; never a value that may identify a person |
| `sentence`, `remedy` | VARCHAR | what is wrong, how to repair it |
| `origin` | VARCHAR | rules it implements, comma-separated |
| `organization`, `project` | VARCHAR | HUD's keys of whose row it is (`finding_places`), or NULL |

In memory and on disk a finding is a number, a line, a key and a class; the words are joined at the end.
Of one check in one column at most `listed` findings are written; the summary counts all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from hearth.reporting import engine
from hearth.reporting.engine import Connection, text
from hearth.standards.model import Check

from .problems import SEVERITIES, Problem

LISTED_PER_RULE = 100_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One check in one column of one file."""

    check: str
    severity: str
    stops: bool
    file: str | None
    column: str | None
    sentence: str
    remedy: str
    origin: str

    @classmethod
    def of(cls, check: Check, file: str, column: str | None, *, stops: bool = False) -> Rule:
        """The rule of a registry check. High severity means that it stops an import, in both directions."""
        severity = "high" if stops else "error" if check.severity == "high" else check.severity
        return cls(
            check.id, severity, stops, file, column, check.sentence, check.remedy, ", ".join(check.origin)
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """How often a rule was broken."""

    check: str
    severity: str
    stops: bool
    file: str | None
    column: str | None
    count: int
    sentence: str
    remedy: str
    origin: str


class Collected:
    """Findings on one connection, in temporary tables."""

    def __init__(self, connection: Connection, listed: int = LISTED_PER_RULE) -> None:
        self.connection = connection
        self.listed = listed
        self._rules: list[Rule] = []
        self._counts: list[int] = []
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE _findings"
            " (rule INTEGER, line BIGINT, key VARCHAR, value_class VARCHAR)"
        )

    def add(self, rule: Rule, select: str) -> int:
        """Collect the rows (line, key, value_class) of `select`; returns how many there are."""
        count = int(
            engine.scalar(  # of a table made from a query the engine tells the number of rows
                self.connection,
                f"CREATE OR REPLACE TEMP TABLE _hits AS FROM ({select}) AS hit(line, key, value_class)",
            )
        )
        if count:
            number = self._number(rule, count)
            found = f"SELECT {number}, line, key, value_class FROM _hits LIMIT {self.listed}"
            self.connection.execute(f"INSERT INTO _findings {found}")
        return count

    def add_counted(self, rule: Rule, select: str, count: int) -> None:
        """As `add`, where it is known how many there are, so that only the listed ones are looked for."""
        number = self._number(rule, count)
        self.connection.execute(
            f"INSERT INTO _findings SELECT {number}, line, key, value_class"
            f" FROM ({select}) AS hit(line, key, value_class) LIMIT {self.listed}"
        )

    def add_problem(self, problem: Problem) -> None:
        """Collect one fault of the export as a whole."""
        rule = Rule(
            problem.check, problem.severity, problem.stops, problem.file, problem.column,
            problem.sentence, problem.remedy, problem.origin,
        )  # fmt: skip
        number = self._number(rule, 1)
        self.connection.execute(
            f"INSERT INTO _findings VALUES ({number}, {_literal(problem.line)}, NULL,"
            f" {_literal(problem.value_class or None)})"
        )

    def _number(self, rule: Rule, count: int) -> int:
        self._rules.append(rule)
        self._counts.append(count)
        return len(self._rules) - 1

    def write(self, path: Path) -> list[Summary]:
        """Write the Parquet file, ordered by severity, file and line; return the summary in that order."""
        self.connection.execute(
            'CREATE OR REPLACE TEMP TABLE _rules (rule INTEGER, rank INTEGER, "check" VARCHAR,'
            ' severity VARCHAR, stops BOOLEAN, file VARCHAR, "column" VARCHAR, sentence VARCHAR,'
            " remedy VARCHAR, origin VARCHAR)"
        )
        rows = (
            (number, SEVERITIES.index(rule.severity), rule.check, rule.severity, rule.stops,
             rule.file, rule.column, rule.sentence, rule.remedy, rule.origin)
            for number, rule in enumerate(self._rules)
        )  # fmt: skip
        values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
        if values:
            self.connection.execute(f"INSERT INTO _rules VALUES {values}")
        self.connection.execute(
            'COPY (SELECT "check", severity, stops, file, line, "column", key, value_class, sentence, remedy,'
            " origin FROM _findings JOIN _rules USING (rule) ORDER BY rank, file NULLS FIRST, rule, line)"
            f" TO {text(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
        for table in ("_rules", "_findings", "_hits"):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        return self._summary()

    def _summary(self) -> list[Summary]:
        """One entry per check, file and column; problems that differ only by line are put together."""
        return _together(
            Summary(
                rule.check, rule.severity, rule.stops, rule.file, rule.column, count,
                rule.sentence, rule.remedy, rule.origin,
            )
            for rule, count in zip(self._rules, self._counts, strict=True)
        )  # fmt: skip


def _literal(value: str | int | bool | None) -> str:
    # Not as a parameter: for those the engine's Python package loads every library that it knows.
    if value is None:
        return "NULL"
    return text(value) if isinstance(value, str) else str(value).upper()


def added(
    connection: Connection, path: Path, summary: list[Summary], rules: Iterable[tuple[Rule, str]]
) -> list[Summary]:
    """Add findings to a written list: of each rule the rows (line, key, value_class) of its SELECT.

    Returns the summary with them. The file is replaced at once, so that it is never half there.
    """
    later = Collected(connection)
    for rule, select in rules:
        later.add(rule, select)
    more = path.with_name(f"{path.stem}.more.parquet")
    whole = path.with_name(f"{path.stem}.whole.parquet")
    found = later.write(more)
    ranks = ", ".join(text(severity) for severity in SEVERITIES)
    connection.execute(
        "COPY (SELECT * EXCLUDE (file_row_number, place, is_new) FROM ("
        f"SELECT *, file_row_number AS place, FALSE AS is_new FROM read_parquet({text(path)},"
        " file_row_number = true) UNION ALL BY NAME"
        f" SELECT *, file_row_number AS place, TRUE AS is_new FROM read_parquet({text(more)},"
        f" file_row_number = true)) ORDER BY list_position([{ranks}], severity), file NULLS FIRST, is_new,"
        f" place) TO {text(whole)} (FORMAT parquet, COMPRESSION zstd)"
    )
    more.unlink()
    whole.replace(path)
    return _together([*summary, *found])


def _together(summaries: Iterable[Summary]) -> list[Summary]:
    """One entry per check, file and column, in order of severity, file and check."""
    entries: dict[tuple[object, ...], Summary] = {}
    for one in summaries:
        key = (one.check, one.severity, one.stops, one.file, one.column)
        before = entries.get(key)
        entries[key] = replace(before, count=before.count + one.count) if before else one
    return sorted(
        entries.values(),
        key=lambda s: (SEVERITIES.index(s.severity), s.file or "", s.check, s.column or ""),
    )
