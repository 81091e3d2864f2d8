"""Checks across rows and files: identifiers, references, combinations, numbers of rows.

What stops an import here: an identifier that is blank or there twice, and a row that is not deleted whose
parent is missing. A parent is what the row cannot be stored without: the client and project of an
enrollment, the enrollment of what hangs on it, the organization of a project, the assessment of a question.
The PersonalID beside an EnrollmentID is not: the enrollment already says who it is; neither are UserID,
ExportID and the residential project of an affiliation. Those are reported and the row is kept.

Export.csv with more or fewer rows than one (S-019) is reported as an error and does NOT stop an import:
what its rows say concerns the scope of the export, not the records, and HUD's own sample has ten of them.
Without any row in it and without a project there is nothing to import, and that stops it.

Source: HMIS CSV Format Specifications FY2026 v1.0 (S-017 to S-020, S-036, S-037, S-061, S-068).
"""

from __future__ import annotations

from hearth.reporting import engine
from hearth.reporting.engine import name
from hearth.standards.load import Registry
from hearth.standards.model import Check, Column, File

from .findings_table import Collected, Rule

_ENROLLMENT = "EnrollmentID"
_NOT_PARENTS = ("UserID", "ExportID", "ResProjectID")


def check_keys(collected: Collected, registry: Registry, file: File) -> None:
    """Identifiers that are blank or there more than once."""
    table, key = name(file.name), name(file.key)
    rows, present, distinct = engine.row(
        collected.connection,
        # Hashes are cheaper to tell apart than texts. A blank key has one, too, and must not count.
        f"SELECT count(*), count({key}), count(DISTINCT hash({key})) FILTER ({key} IS NOT NULL) FROM {table}",
    )
    if present < rows:
        rule = Rule.of(registry.check("key_blank"), file.name, file.key, stops=True)
        collected.add(rule, f"SELECT _line, NULL::VARCHAR, 'blank' FROM {table} WHERE {key} IS NULL")
    if distinct < present:
        rule = Rule.of(registry.check("key_twice"), file.name, file.key, stops=True)
        collected.add(
            rule,
            f"SELECT _line, {key}, 'also on line ' || first FROM"
            f" (SELECT _line, {key}, min(_line) OVER (PARTITION BY {key}) AS first FROM {table}"
            f"  WHERE {key} IN (SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1))"
            " WHERE _line > first",
        )


def check_references(
    collected: Collected,
    registry: Registry,
    file: File,
    absent: set[str],
    filled: frozenset[str] | None = None,
    *,
    partial: bool = False,
) -> None:
    """Identifiers of other records that are not there. `absent` files would repeat `file_missing`. Of a
    `partial` export what a row belongs to may be in the database, which alone can tell: only users are looked
    for, who must be in every export (HMIS CSV, User.csv), and the export itself. `filled`: the file's columns
    with any value, where that is known."""
    for column in file.columns:
        if column.references is None:
            continue
        target, _, target_key = column.references.partition(".")
        check = _reference_check(registry, file, column)
        if check is None or target in absent:
            continue
        if partial and column.name not in ("UserID", "ExportID"):
            continue
        parent = is_parent(file, column)
        if not parent and filled is not None and column.name not in filled:
            continue
        _check_reference(collected, check, file, column, target, target_key, parent)


def is_parent(file: File, column: Column) -> bool:
    """Whether a row of the file cannot be stored without the record that the column names."""
    if column.references is None or column.name in _NOT_PARENTS:
        return False
    return not (column.name == "PersonalID" and _ENROLLMENT in file and file.key != _ENROLLMENT)


def _reference_check(registry: Registry, file: File, column: Column) -> Check | None:
    """The check that names the column, else the one for all columns."""
    general = None
    for check in registry.checks.values():
        if check.kind == "reference" and file.name in check.files:
            if column.name in check.columns:
                return check
            if check.columns == ("all",):
                general = check
    return general


def _check_reference(
    collected: Collected, check: Check, file: File, column: Column, target: str, target_key: str, parent: bool
) -> None:
    table, cell, key = name(file.name), name(column.name), name(file.key)
    live = "t.DateDeleted IS NULL" if "DateDeleted" in file else "TRUE"
    if not parent:
        live += f" AND t.{cell} IS NOT NULL"
    # Few different values in most columns, so look at those first: no join over all rows.
    if column.name in ("UserID", "ExportID") and not engine.scalar(
        collected.connection,
        f"SELECT count(*) FROM (SELECT DISTINCT {cell} FROM {table} t WHERE {live}) t"
        f" ANTI JOIN {name(target)} p ON t.{cell} = p.{name(target_key)}",
    ):
        return
    collected.add(
        Rule.of(check, file.name, column.name, stops=parent),
        f"SELECT t._line, t.{key}, CASE WHEN t.{cell} IS NULL THEN 'blank' ELSE 'not in {target}.csv' END"
        f" FROM {table} t ANTI JOIN {name(target)} p ON t.{cell} = p.{name(target_key)} WHERE {live}",
    )


def check_combinations(
    collected: Collected,
    registry: Registry,
    file: File,
    absent: set[str],
    filled: frozenset[str] | None = None,
) -> None:
    """Values that must occur together in one row of another file: a CoC of the project. `filled`: the file's
    columns with any value, where that is known."""
    for check in registry.checks.values():
        if check.kind != "among" or file.name not in check.files:
            continue
        for column in file.columns:
            named = {"all", column.name} & set(check.columns)
            if column.among is None or not named or column.among.file in absent:
                continue
            if filled is not None and column.name not in filled:
                continue
            own = [*column.among.columns[:-1], column.name]
            on = " AND ".join(
                f"t.{name(mine)} = p.{name(theirs)}"
                for mine, theirs in zip(own, column.among.columns, strict=True)
            )
            collected.add(
                Rule.of(check, file.name, column.name),
                f"SELECT t._line, t.{name(file.key)}, NULL::VARCHAR FROM {name(file.name)} t"
                f" ANTI JOIN {name(column.among.file)} p ON {on} WHERE t.{name(column.name)} IS NOT NULL",
            )


def check_row_counts(
    collected: Collected, registry: Registry, absent: set[str], *, partial: bool = False
) -> None:
    """Files with a wrong number of rows. See the module about Export.csv. A `partial` export may have no
    enrollment."""
    for check_id, file, is_wrong in (
        ("export_not_one_row", "Export", lambda count: count != 1),
        ("no_enrollments", "Enrollment", lambda count: count == 0),
    ):
        count = engine.scalar(collected.connection, f"SELECT count(*) FROM {name(file)}")
        if file not in absent and is_wrong(count) and not (partial and check_id == "no_enrollments"):
            rule = Rule.of(registry.check(check_id), file, None)
            collected.add(rule, f"SELECT NULL::BIGINT, NULL::VARCHAR, '{count} rows'")
    both = ("Export", "Project")
    if absent.isdisjoint(both) and not any(
        engine.scalar(collected.connection, f"SELECT count(*) FROM {name(file)}") for file in both
    ):
        rule = Rule.of(registry.check("export_empty"), "Export", None, stops=True)
        collected.add(rule, "SELECT NULL::BIGINT, NULL::VARCHAR, NULL::VARCHAR")
