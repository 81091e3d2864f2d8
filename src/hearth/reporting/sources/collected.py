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

In memory and on disk a finding is a number, a line, a key and a class; the words are joined at the end.
Of one check in one column at most `listed` findings are written; the summary counts all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hearth.reporting.runtime import engine
from hearth.reporting.runtime.engine import Connection, text
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
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _hits AS FROM ({select}) AS hit(line, key, value_class)"
        )
        count = int(engine.scalar(self.connection, "SELECT count(*) FROM _hits"))
        if count:
            number = self._number(rule, count)
            found = f"SELECT {number}, line, key, value_class FROM _hits LIMIT {self.listed}"
            self.connection.execute(f"INSERT INTO _findings {found}")
        self.connection.execute("DROP TABLE _hits")
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
            "INSERT INTO _findings VALUES (?, ?, NULL, ?)",
            [number, problem.line, problem.value_class or None],
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
        for number, rule in enumerate(self._rules):
            self.connection.execute(
                "INSERT INTO _rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [number, SEVERITIES.index(rule.severity), rule.check, rule.severity, rule.stops,
                 rule.file, rule.column, rule.sentence, rule.remedy, rule.origin],
            )  # fmt: skip
        self.connection.execute(
            'COPY (SELECT "check", severity, stops, file, line, "column", key, value_class, sentence, remedy,'
            " origin FROM _findings JOIN _rules USING (rule) ORDER BY rank, file NULLS FIRST, rule, line)"
            f" TO {text(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
        self.connection.execute("DROP TABLE _rules")
        self.connection.execute("DROP TABLE _findings")
        return self._summary()

    def _summary(self) -> list[Summary]:
        """One entry per check, file and column; problems that differ only by line are put together."""
        entries: dict[tuple[object, ...], Summary] = {}
        for rule, count in zip(self._rules, self._counts, strict=True):
            key = (rule.check, rule.severity, rule.stops, rule.file, rule.column)
            before = entries[key].count if key in entries else 0
            sentence = entries[key].sentence if key in entries else rule.sentence
            entries[key] = Summary(
                rule.check, rule.severity, rule.stops, rule.file, rule.column, before + count,
                sentence, rule.remedy, rule.origin,
            )  # fmt: skip
        return sorted(
            entries.values(),
            key=lambda s: (SEVERITIES.index(s.severity), s.file or "", s.check, s.column or ""),
        )
