"""Find everything that is wrong in staged tables: one scan for the generic checks of a file, then keys and
references, then what the registry declares as SQL.

Set-based throughout; the cost is a few scans of each table. Memory stays bounded because findings are kept
in an engine table (which may spill to disk) and written to Parquet at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.standards.load import Registry
from hearth.standards.model import File

from .column_checks import FORBIDDEN_CHARACTERS, Situation, conditions, may_hold_any_character
from .declared_checks import check_declared, live_rows
from .finding_places import place
from .findings_table import LISTED_PER_RULE, Collected, Summary
from .identifier_checks import check_combinations, check_keys, check_references, check_row_counts
from .problems import Problem

_AT_ONCE = 120  # conditions of one scan


def find(
    connection: Connection,
    registry: Registry,
    problems: list[Problem],
    path: Path,
    *,
    exported_year: int,
    absent: set[str],
    partial: bool = False,
    filled: Mapping[str, frozenset[str]] = MappingProxyType({}),
    on_progress: Callable[[str, float], None] = lambda file, share: None,
    listed: int = LISTED_PER_RULE,
) -> list[Summary]:
    """Check the staged tables of `connection`, write the findings with the `problems` to `path`.

    `absent` names files that the export does not have; `partial`: it holds only what changed (a delta), so
    that what a row belongs to may be elsewhere, and nothing is concluded from what the export lacks;
    `exported_year` is the format it came in; `filled` are, by file, the columns with any value where that is
    known, which spares looking at the others.
    `on_progress` is told the file and the share (0 to 1) that is done. Returns the summary.
    """
    collected = Collected(connection, listed)
    for problem in problems:
        collected.add_problem(problem)
    situation = Situation(exported_year, _hash_status(connection))
    shares = _shares(connection, registry)
    with_rows = [file for file in registry.files.values() if shares[file.name]]
    done = 0.0

    def advance(file: File, share: float) -> None:
        nonlocal done
        done += share * shares[file.name]
        on_progress(file.name, min(1.0, done))

    check_row_counts(collected, registry, absent, partial=partial)
    for file in with_rows:
        _check_conditions(collected, registry, file, replace(situation, filled=filled.get(file.name)))
        advance(file, 0.4)
        check_keys(collected, registry, file)
        filled_here = filled.get(file.name)
        check_references(collected, registry, file, absent, filled_here, partial=partial)
        if not partial:
            check_combinations(collected, registry, file, absent, filled_here)
        advance(file, 0.3)
    with live_rows(connection, registry.files.values(), filled):
        for file in with_rows:
            check_declared(collected, registry, file, filled, partial=partial)
            advance(file, 0.3)
    summary = collected.write(path)
    place(connection, path, registry)
    return summary


def _hash_status(connection: Connection) -> int | None:
    status = engine.scalar(connection, 'SELECT max(HashStatus) FROM "Export"')
    return None if status is None else int(status)


def _shares(connection: Connection, registry: Registry) -> dict[str, float]:
    """Each file's share of all rows."""
    counts = {
        file: engine.scalar(connection, f"SELECT count(*) FROM {name(file)}") for file in registry.files
    }
    total = max(1, sum(counts.values()))
    return {file: count / total for file, count in counts.items()}


def _check_conditions(collected: Collected, registry: Registry, file: File, situation: Situation) -> None:
    table = name(file.name)
    wanted = conditions(registry, file, _seen(collected.connection, file, situation))
    for start in range(0, len(wanted), _AT_ONCE):
        chunk = wanted[start : start + _AT_ONCE]
        counts = engine.row(
            collected.connection,
            "SELECT " + ", ".join(f"count_if({condition.holds})" for condition in chunk) + f" FROM {table}",
        )
        for condition, count in zip(chunk, counts, strict=True):
            if count:
                found = f"SELECT _line, {name(file.key)}, {condition.value_class} FROM {table}"
                collected.add_counted(condition.rule, f"{found} WHERE {condition.holds}", count)


def _seen(connection: Connection, file: File, situation: Situation) -> Situation:
    """What the file as a whole is free of, so that its columns need not be asked one by one."""
    texts = ", ".join(name(column.name) for column in file.columns if may_hold_any_character(column))
    any_raw, any_forbidden = engine.row(
        connection,
        f"SELECT count(_raw) > 0, count_if(regexp_matches(concat({texts}), {text(FORBIDDEN_CHARACTERS)})) > 0"
        f" FROM {name(file.name)}",
    )
    return replace(situation, any_raw=any_raw, any_forbidden=any_forbidden)
