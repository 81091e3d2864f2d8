"""Steps that bring an export of an earlier year into the shape of the next: upgrades/README.md.

A step is data: for every column of the new year one SQL expression over the rows of the old one,
which `FileUpgrade.select` puts together. Everything is text here; typing comes after the last step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import Block, StandardsError, read
from hearth.standards.load import FOLDER, LATEST, Registry, load
from hearth.standards.model import NOWHERE, Column, File, Place

_STEP_KEYS = ("from", "to", "reference", "code_maps", "files")
_FILE_KEYS = ("columns", "archive", "rows_from", "with", "removed", "note")
_COLUMN_KEYS = ("from", "codes", "value", "cases", "sql", "lookup", "lossy", "note")
_LOOKUP_KEYS = ("file", "take", "through", "match", "where", "first_by", "only_one")
_THROUGH_KEYS = ("file", "on", "where")
_DELETED = "DateDeleted"


@dataclass(frozen=True, slots=True)
class Through:
    """The record that a looked-up row must belong to: the row of `file` with the same `on` for which `where`
    holds. It has the columns that are matched."""

    file: str
    on: str
    where: str | None = None
    deletable: bool = True


@dataclass(frozen=True, slots=True)
class Lookup:
    """Another file of the old year to take a value from; `match` columns are in both rows. Deleted rows are
    never looked at (`deletable`: the file can have some), nor rows without a value."""

    file: str
    take: str
    match: tuple[str, ...]
    through: Through | None = None
    deletable: bool = True
    where: str | None = None
    first_by: tuple[str, ...] = ()
    only_one: bool = False


@dataclass(frozen=True, slots=True)
class ColumnUpgrade:
    """Where one column of the new year comes from. `sql` is an expression over the row `this`.

    `source` is the old year's column that it is copied or coded from, None when there is none.
    `lossy` says what is lost, '' when nothing is; `copied` is true when the column is not mentioned.
    """

    name: str
    sql: str
    source: str | None = None
    copied: bool = False
    coded: bool = False
    lookups: tuple[Lookup, ...] = ()
    lossy: str = ""
    note: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FileUpgrade:
    """One file of the new year. `rows_from` is the old file that gives its rows, None when none does.
    `joins` are files to look at, undeleted rows only, by the column that both share."""

    name: str
    rows_from: str | None
    columns: tuple[ColumnUpgrade, ...]
    archive: tuple[str, ...] = ()
    joins: Mapping[str, str] = field(default_factory=dict)
    deletable: frozenset[str] = frozenset()
    note: str = ""
    at: Place = field(default=NOWHERE, compare=False)

    def select(self, table: Callable[[str], str], carry: Sequence[str] = ()) -> str:
        """The SELECT whose rows are the new file.

        `table` gives the name of the table that holds a file of the old year; `carry` are further
        columns of the row's own table that pass through unchanged.
        """
        if self.rows_from is None:
            columns = ", ".join(f"CAST(NULL AS VARCHAR) AS {_quoted(c.name)}" for c in self.columns)
            extra = "".join(f", NULL AS {_quoted(name)}" for name in carry)
            return f"SELECT {columns}{extra} WHERE 1 = 0"
        expressions = [f"{c.sql} AS {_quoted(c.name)}" for c in self.columns]
        expressions += [f"this.{_quoted(name)}" for name in carry]
        joins = [
            f"LEFT JOIN {_live(table(name), name in self.deletable)} AS {_quoted(name)}"
            f" ON {_quoted(name)}.{_quoted(key)} = this.{_quoted(key)}"
            for name, key in self.joins.items()
        ]
        for column in self.columns:
            joins += [_lookup_join(column.name, n, one, table) for n, one in enumerate(column.lookups)]
        return "\n".join(
            ["SELECT " + ",\n       ".join(expressions), f"FROM {table(self.rows_from)} AS this", *joins]
        )


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One step from a year to the next; `removed` are files that exist no more."""

    from_year: int
    to_year: int
    files: Mapping[str, FileUpgrade]
    removed: tuple[str, ...] = ()
    reference: str = ""
    at: Place = field(default=NOWHERE, compare=False)


@cache
def load_upgrades(from_year: int, to_year: int = LATEST, folder: Path = FOLDER) -> tuple[Upgrade, ...]:
    """The steps from one year to another, oldest first; none when the export is of that year."""
    steps = []
    for path in sorted((folder / "upgrades").glob("*.yaml")):
        step = _step(folder, f"upgrades/{path.name}")
        if from_year <= step.from_year and step.to_year <= to_year:
            steps.append(step)
    return tuple(sorted(steps, key=lambda step: step.from_year))


def _step(folder: Path, path: str) -> Upgrade:
    document = read(folder, path)
    document.allow(_STEP_KEYS)
    before, after = document.year("from"), document.year("to")
    if before is None or after is None:
        raise StandardsError(document.at(), "'from' or 'to' is missing.", "Name both HUD years.")
    old, new = load(before, folder), load(after, folder)
    written = document.block("files")
    for name in written:
        if name not in old.files and name not in new.files:
            raise StandardsError(
                written.at(name),
                f"Neither FY{before} nor FY{after} has a file {name}.",
                "Write a file name as in files/*.yaml.",
            )
    maps = document.block("code_maps")
    files = {
        file.name: _file(file, written.block(file.name), written.at(file.name), old, maps)
        for file in new.files.values()
    }
    return Upgrade(
        from_year=before,
        to_year=after,
        files=MappingProxyType(files),
        removed=tuple(name for name in written if written.block(name).flag("removed")),
        reference=document.optional("reference") or "",
        at=document.at("from"),
    )


def _file(file: File, block: Block, at: Place, old: Registry, maps: Block) -> FileUpgrade:
    block.allow(_FILE_KEYS)
    rows_from = block.optional("rows_from") or file.name
    if rows_from != "none" and rows_from not in old.files:
        raise StandardsError(
            block.at("rows_from"),
            f"FY{old.year} has no file {rows_from}.",
            "Say with 'rows_from' which old file gives the rows, or 'rows_from: none'.",
        )
    source = None if rows_from == "none" else old.file(rows_from)
    rules = block.block("columns")
    for name in rules:
        if name not in file:
            raise StandardsError(
                rules.at(name),
                f"{file.name} has no column {name} in the new year.",
                "Name a column of the new year.",
            )
    columns = tuple(
        _column(column, rules.block(column.name) if column.name in rules else None, rules, source, maps, old)
        for column in file.columns
    )
    return FileUpgrade(
        name=file.name,
        rows_from=source.name if source else None,
        columns=columns,
        archive=block.texts("archive"),
        joins=MappingProxyType({name: block.block("with").text(name) for name in block.block("with")}),
        deletable=frozenset(name for name in block.block("with") if _can_be_deleted(old, name)),
        note=block.optional("note") or "",
        at=at,
    )


def _column(
    column: Column, rule: Block | None, rules: Block, source: File | None, maps: Block, old: Registry
) -> ColumnUpgrade:
    if source is None:
        return ColumnUpgrade(column.name, "CAST(NULL AS VARCHAR)")
    if rule is None:
        if column.name not in source:
            raise StandardsError(
                rules.at(),
                f"{column.id} is new, and nothing says where it comes from.",
                f"Add '{column.name}: {{value: null}}' or '{{from: …}}' under 'columns' of {column.file}.",
            )
        return ColumnUpgrade(column.name, f"this.{_quoted(column.name)}", column.name, copied=True)
    rule.allow(_COLUMN_KEYS)
    at = rules.at(column.name)
    name = rule.optional("from") or (column.name if column.name in source else None)
    if name is not None and name not in source:
        raise StandardsError(
            rule.at("from"), f"{source.name} had no column {name}.", "Name a column of the earlier year."
        )
    lookups = tuple(_lookup(entry, old) for entry in rule.blocks("lookup"))
    return ColumnUpgrade(
        name=column.name,
        sql=_expression(column, rule, name, lookups, maps, at),
        source=name,
        coded=any(key in rule for key in ("codes", "cases", "sql", "value")),
        lookups=lookups,
        lossy=rule.optional("lossy") or "",
        note=rule.optional("note") or "",
        at=at,
    )


def _expression(
    column: Column, rule: Block, name: str | None, lookups: tuple[Lookup, ...], maps: Block, at: Place
) -> str:
    if lookups:
        taken = [f"{_quoted(f'{column.name}_{n}')}.taken" for n, _ in enumerate(lookups)]
        return taken[0] if len(taken) == 1 else f"coalesce({', '.join(taken)})"
    if "sql" in rule:
        rest = rule.text("sql")
    elif "value" in rule:
        rest = _literal(rule.text("value"))
    elif name is None:
        raise StandardsError(
            at, f"Nothing says where {column.id} comes from.", "Add 'from', 'value', 'sql' or 'lookup'."
        )
    elif "codes" in rule:
        rest = _coded(f"this.{_quoted(name)}", rule, maps)
    else:
        rest = f"this.{_quoted(name)}"
    if "cases" not in rule:
        return rest
    cases = " ".join(
        f"WHEN {case.text('when')} THEN {_literal(case.text('then'))}" for case in rule.blocks("cases")
    )
    return f"CASE {cases} ELSE {rest} END"


def _coded(source: str, rule: Block, maps: Block) -> str:
    written = rule["codes"]
    if isinstance(written, str):
        if written not in maps:
            raise StandardsError(
                rule.at("codes"),
                f"There is no code map '{written}'.",
                "Add it under 'code_maps', or list the codes.",
            )
        codes = maps.block(written)
    else:
        codes = rule.block("codes")
    otherwise = codes.get("otherwise", "keep")
    rest = source if otherwise == "keep" else _literal(otherwise)
    cases = " ".join(
        f"WHEN {_literal(code)} THEN {_literal(codes.text(code))}" for code in codes if code != "otherwise"
    )
    return f"CASE {source} {cases} ELSE {rest} END"


def _lookup(block: Block, old: Registry) -> Lookup:
    block.allow(_LOOKUP_KEYS)
    through = None
    if "through" in block:
        by = block.block("through")
        by.allow(_THROUGH_KEYS)
        file = by.text("file")
        through = Through(file, by.text("on"), by.optional("where"), _can_be_deleted(old, file))
    return Lookup(
        file=block.text("file"),
        take=block.text("take"),
        match=block.texts("match"),
        through=through,
        deletable=_can_be_deleted(old, block.text("file")),
        where=block.optional("where"),
        first_by=block.texts("first_by"),
        only_one=block.flag("only_one"),
    )


def _can_be_deleted(old: Registry, file: str) -> bool:
    return file in old.files and _DELETED in old.file(file)


def _live(table: str, deletable: bool, *conditions: str | None) -> str:
    """The undeleted rows of a table for which the conditions hold."""
    asked = [f"({condition})" for condition in conditions if condition]
    if deletable:
        asked.insert(0, f"{_quoted(_DELETED)} IS NULL")
    where = " AND ".join(asked)
    return f"(SELECT * FROM {table} WHERE {where})" if asked else table  # noqa: S608


def _lookup_join(column: str, number: int, lookup: Lookup, table: Callable[[str], str]) -> str:
    alias = _quoted(f"{column}_{number}")
    has_value = f"{_quoted(lookup.take)} IS NOT NULL"
    source = f"{_live(table(lookup.file), lookup.deletable, lookup.where, has_value)} AS found"
    owner = "found"
    if (by := lookup.through) is not None:
        owner, on = "owner", _quoted(by.on)
        source += f" JOIN {_live(table(by.file), by.deletable, by.where)} AS owner ON owner.{on} = found.{on}"
    keys = ", ".join(f"{owner}.{_quoted(name)}" for name in lookup.match)
    take = f"found.{_quoted(lookup.take)}"
    if lookup.only_one:
        rows = [f"SELECT {keys}, min({take}) AS taken", f"FROM {source}", f"GROUP BY {keys}"]
        rows.append(f"HAVING count(DISTINCT {take}) = 1")
    else:
        order = ", ".join(f"found.{_quoted(name)}" for name in lookup.first_by or (lookup.take,))
        names = ", ".join(_quoted(name) for name in lookup.match)
        place = f"row_number() OVER (PARTITION BY {keys} ORDER BY {order}) AS place"
        rows = [f"SELECT {names}, taken", f"FROM (SELECT {keys}, {take} AS taken, {place}"]
        rows.append(f"FROM {source}) AS ranked WHERE place = 1")
    on = " AND ".join(f"{alias}.{_quoted(name)} = this.{_quoted(name)}" for name in lookup.match)
    return f"LEFT JOIN ({' '.join(rows)}) AS {alias} ON {on}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "CAST(NULL AS VARCHAR)" if value == "null" else "'" + value.replace("'", "''") + "'"
