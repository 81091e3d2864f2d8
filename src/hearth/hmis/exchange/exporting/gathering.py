"""Bring the rows of an export from PostgreSQL into the report engine, as text and with the user's rights.

Every cell is text as HUD writes it. A value that came in another form was read, and goes out in HUD's form;
one that could not be read goes out blank and is counted (`count_unread`). Its text as it came
(`Record.as_it_came`) stays here. Only a key that contradicts the record's parent, or names no record, goes
out as it came. SSNs stay sealed here; they are opened one by one while the zip is written, see
`Unsealing`.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection as database

from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.exporting.selection import rows_of
from hearth.hmis.exchange.exporting.withheld import last_four
from hearth.hmis.exchange.information_dates import not_after_end
from hearth.hmis.hud import ssn
from hearth.hmis.hud.fields import HudDateTime
from hearth.hmis.hud.records import Stored, is_sealed, model_of, stored_columns
from hearth.reporting.engine import Connection, give_function, name
from hearth.reporting.outputs.hashing import ssn_says_nothing
from hearth.reporting.sources.dates import DELETED, DELETED_AT_SOME_TIME
from hearth.reporting.sources.transfer import postgres_to_engine
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_FUNCTION = "unsealed"

#: Called with the file and the number of its rows that came.
OnProgress = Callable[[str, int], None]


def gather(file: str, request: ExportRequest, engine: Connection, on_progress: OnProgress) -> None:
    """Make the engine's table of one file: `_id` and HUD's columns, keys as `source|key` (see `keys`)."""
    query, values = _query(file, request)
    columns = ["_id", *(s.column for s in stored_columns(file) if s.kind != "not_stored")]
    kinds = {column: "BIGINT" if column == "_id" else "VARCHAR" for column in columns}
    with database.cursor() as cursor:
        postgres_to_engine(
            cursor.cursor, query, values, engine, name(file), kinds, lambda rows: on_progress(file, rows)
        )


def _query(file: str, request: ExportRequest) -> tuple[str, list[Any]]:
    model = model_of(file)
    kept = any(field.name == "as_it_came" for field in model._meta.fields)
    selected, joins, ends = ["r.id"], [], 0
    for stored in stored_columns(file):
        if stored.kind == "not_stored":
            continue
        if stored.kind == "relation":
            alias = f"to_{stored.field}"
            table = model_of(stored.target)._meta.db_table
            joins.append(f"LEFT JOIN {table} {alias} ON {alias}.id = r.{stored.db_column}")
            value = _key(alias, "hud_id")
        elif stored.kind == "through_enrollment":
            joins.append("LEFT JOIN clients_client via ON via.id = to_enrollment.client_id")
            value = _key("via", "hud_id")
        elif stored.kind == "key":
            value = _key("r", "hud_id")
        elif stored.data_source:
            value = f"coalesce(r.{stored.data_source}, r.data_source_id) || '|' || r.{stored.db_column}"
        else:
            value = _text(file, stored)
        if kept and stored.kind in ("relation", "through_enrollment"):
            came = f"r.as_it_came ->> '{stored.column}'"
            value = f"coalesce(r.data_source_id || '|' || ({came}), {value})"
        value, parameters = not_after_end(file, stored.column, value)
        ends += parameters
        selected.append(value)
    source, values = rows_of(file, request)
    own, where = source.split(" WHERE ", 1)
    query = f"SELECT {', '.join(selected)} FROM {own} {' '.join(joins)} WHERE {where} ORDER BY r.id"
    return query, [request.end] * ends + values


def count_unread(file: str, request: ExportRequest) -> dict[str, int]:
    """How many cells of each column ("File.Column") go out blank because nobody could read what came. Of
    DateDeleted those that go out as some time, because the record is deleted whatever stood there."""
    types = {column.name: column.type for column in load(MODEL_YEAR).file(file).columns}
    typed = [s for s in stored_columns(file) if s.kind == "value" and types[s.column] != "S"]
    asked = []
    for stored in typed:
        cell = f"r.{stored.db_column}"
        lost = f"{cell} IS NULL"
        if stored.column == DELETED:
            lost = f"{cell} = '{DELETED_AT_SOME_TIME}'"
        asked.append(f"count(*) FILTER (WHERE {lost} AND r.as_it_came ? '{stored.column}')")
    source, values = rows_of(file, request)
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)} FROM {source} AND r.as_it_came IS NOT NULL", values)
        counts = cursor.fetchone() or ()
    return {f"{file}.{s.column}": n for s, n in zip(typed, counts, strict=True) if n}


def _key(alias: str, column: str) -> str:
    return f"{alias}.data_source_id || '|' || {alias}.{column}"


def _text(file: str, stored: Stored) -> str:
    column = f"r.{stored.db_column}"
    if is_sealed(file, stored.field):
        return f"encode({column}, 'hex')"
    if isinstance(model_of(file)._meta.get_field(stored.field), HudDateTime):
        return f"to_char({column}, 'YYYY-MM-DD HH24:MI:SS')"
    return f"{column}::text"


class Unsealing:
    """Opens sealed SSNs one by one while the zip is written, so that none lies open anywhere else.

    `whole`: all of each, else its last four. `placeholders`: how many were left blank because they say
    nothing (HMIS CSV, Export, rule 7)."""

    def __init__(self, tables: Connection, *, whole: bool) -> None:
        self._whole = whole
        self._blank: list[None] = []  # appended to on the engine's threads
        give_function(tables, _FUNCTION, self._opened)

    @property
    def placeholders(self) -> int:
        return len(self._blank)

    def relation(self, file: str, relation: str) -> str:
        """The query that gives the rows of a file with what is sealed in them opened."""
        opened = [
            f"{_FUNCTION}({name(s.column)}) AS {name(s.column)}"
            for s in stored_columns(file)
            if s.kind == "value" and is_sealed(file, s.field)
        ]
        return f"(SELECT * REPLACE ({', '.join(opened)}) FROM {relation})" if opened else relation

    def _opened(self, sealed: str | None) -> str | None:
        if sealed is None:
            return None
        value = ssn.decrypt(bytes.fromhex(sealed))
        if ssn_says_nothing(value):
            self._blank.append(None)
            return None
        return value if self._whole else last_four(value)
