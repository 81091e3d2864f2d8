"""The second zip of an export: local answers, the household's money and the elements, never inside HUD's.

It holds what hangs on the exported enrollments and is dated up to the end of the period, read with the rights
of who asked, as HUD's files are. `EnrollmentID` and `PersonalID` are those of HUD's zip. Words that somebody
typed are left out where names are hashed, and of projects whose names are hidden from who asked: an address
says as much. Who wrote an answer is not told.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection as database

from hearth import scratch
from hearth.hmis.exchange.exporting import keys
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.local.files import ANSWERS, ELEMENTS, FUNDING, element_rows
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.ui.formats import counted
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name
from hearth.reporting.sources.transfer import postgres_to_engine

_WORDS = "LocalWords"
_KEYS = """
    r.data_source_id || '|' || r.hud_id AS own, e.data_source_id || '|' || e.hud_id AS enrollment,
    c.data_source_id || '|' || c.hud_id AS person
"""
_STAMPS = """
    to_char(r.date_created, 'YYYY-MM-DD HH24:MI:SS'), to_char(r.date_updated, 'YYYY-MM-DD HH24:MI:SS'),
    to_char(r.date_deleted, 'YYYY-MM-DD HH24:MI:SS')
"""
_FROM = """
    FROM {table} r JOIN export_enrollment chosen ON chosen.id = r.enrollment_id
        JOIN enrollments_enrollment e ON e.id = r.enrollment_id JOIN clients_client c ON c.id = e.client_id
    WHERE ({day} IS NULL OR {day} <= %s) AND {undeleted}
"""
_SAID_IN_WORDS = "r.value_text IS NOT NULL"
_HIDES_WORDS = "(%s OR r.project_id = ANY ((SELECT hearth_hidden_projects())::bigint[]))"
_ANSWER = """
    r.element, r.element_version::text, r.field, r.stage, r.information_date::text,
    CASE WHEN r.value_code IS NOT NULL THEN 'code' WHEN r.value_number IS NOT NULL THEN 'number'
        WHEN r.value_date IS NOT NULL THEN 'date' ELSE 'text' END,
    coalesce(r.value_code, r.value_number::text, r.value_date::text, r.value_text)
"""


def path_beside(target: Path) -> Path:
    """Where the second zip of an export lies: `everything.zip` → `everything.local.zip`."""
    return target.with_name(f"{target.stem}.local.zip")


def gather(tables: Connection, request: ExportRequest) -> None:
    """Make the engine's tables of answers and money, keys as `source|key`. The user acts; the enrollments are
    chosen already."""
    undeleted = "TRUE" if request.deleted else "r.date_deleted IS NULL"
    answers = _FROM.format(table="local_localanswer", day="r.information_date", undeleted=undeleted)
    money = _FROM.format(table="local_householdfunding", day="r.begins_on", undeleted=undeleted)
    words = f"{_SAID_IN_WORDS} AND {_HIDES_WORDS}"
    for file, selected, source, values in (
        (ANSWERS, f"{_KEYS}, {_ANSWER}, {_STAMPS}", f"{answers} AND NOT ({words})", [request.hashed]),
        (FUNDING, f"{_KEYS}, r.program, r.begins_on::text, r.ends_on::text, {_STAMPS}", money, []),
    ):
        columns = ["_id", *(column for column in file.columns if column != "ExportID")]
        kinds = {column: "BIGINT" if column == "_id" else "VARCHAR" for column in columns}
        with database.cursor() as cursor:
            postgres_to_engine(
                cursor.cursor, f"SELECT r.id, {selected} {source} ORDER BY r.id", [request.end, *values],
                tables, name(file.name), kinds, lambda _rows: None,
            )  # fmt: skip
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {answers} AND {words}", [request.end, request.hashed])
        tables.execute(f"CREATE TABLE {_WORDS} AS SELECT {int(cursor.fetchone()[0])} AS left_out")


@contextmanager
def beside(target: Path, tables: Connection, export_id: str, collisions: bool) -> Iterator[dict[str, Any]]:
    """Write the second zip beside `target` where there is anything; it is gone where what is done inside
    fails. Gives how many rows it has and how many answers in words were left out."""
    path = path_beside(target)
    path.unlink(missing_ok=True)
    found = {"rows": 0, "words_left_out": int(engine.scalar(tables, f"SELECT left_out FROM {_WORDS}"))}
    with scratch.beside(path) as part:
        part.touch(mode=0o600)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in (ANSWERS, FUNDING):
                spaces: dict[str, str | None] = dict.fromkeys(file.columns)
                del spaces["ExportID"]
                spaces |= {file.columns[0]: file.name, "EnrollmentID": "Enrollment", "PersonalID": "Client"}
                rows = engine.rows(tables, f"SELECT * FROM {keys.of_table(file.name, spaces, collisions)}")
                _add(archive, f"{file.name}.csv", file.columns, [(*row, export_id) for row in rows])
                found["rows"] += len(rows)
            _add(archive, f"{ELEMENTS.name}.csv", ELEMENTS.columns, element_rows(registry(), export_id))
        if found["rows"]:
            part.replace(path)
    try:
        yield found
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _add(archive: zipfile.ZipFile, inside: str, columns: tuple[str, ...], rows: Any) -> None:
    with (
        archive.open(inside, "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows(tuple("" if cell is None else cell for cell in row) for row in rows)


def sentences(said: dict[str, Any] | None) -> list[str]:
    """What is said of it with the export."""
    found = said or {}
    told = []
    if found.get("rows"):
        told.append(f"{counted(found['rows'], 'row')} of local answers are in a second zip, beside HUD's.")
    if found.get("words_left_out"):
        told.append(
            f"{counted(found['words_left_out'], 'local answer')} in words were left out: they may name."
        )
    return told
