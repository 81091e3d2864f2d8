"""Taking in the second zip of an export: local answers and money, for enrollments that were imported before.

All of it is written, or nothing. A row that names what is not there, or says what cannot be, is left out,
counted by the reason, and said.
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction

from hearth.hmis.access.models import User
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.local.element import CODE, DAY, MONEY, NUMBER, LocalRegistry
from hearth.hmis.local.files import ANSWERS, FUNDING, LocalFile
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.models import HouseholdFunding, LocalAnswer
from hearth.hmis.organizations.models import DataSource
from hearth.standards.element import STAGES

MOST_BYTES = 500_000_000
_LONGEST = 500
_AT_ONCE = 2_000
_STAMPS = {"DateCreated": "date_created", "DateUpdated": "date_updated", "DateDeleted": "date_deleted"}
_UNKNOWN_ELEMENT, _UNKNOWN_FIELD = "unknown element or version", "unknown field"
_WRONG_VALUE, _WRONG_CODE = "value of another type", "unknown code"
_NO_ENROLLMENT, _NO_PROGRAM, _WRONG_STAGE, _WRONG_DAY = (
    "enrollment that is not there", "unknown program", "unknown stage", "date that is none",
)  # fmt: skip


class ImportRefused(ValueError):
    """The file cannot be taken in; the text says why and what to do. Nothing was written."""


@dataclass(slots=True)
class Taken:
    """What an import of local answers did: rows by file, and rows left out by the reason."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


class _Wrong(ValueError):
    """Why a row is left out."""


@transaction.atomic
def import_answers(*, by: User, path: Path, source: DataSource) -> Taken:
    """Take in a zip for a data source; `by` is a system administrator who acts. Raises ImportRefused."""
    taken = Taken()
    for file, model in ((ANSWERS, LocalAnswer), (FUNDING, HouseholdFunding)):
        rows = list(_rows(path, file))
        for begin in range(0, len(rows), _AT_ONCE):
            _take(rows[begin : begin + _AT_ONCE], file, model, source, by, taken)
    record_access(
        by=by.pk, action=Access.IMPORTED, subject=f"datasource:{source.pk}",
        rows=sum(taken.added.values()) + sum(taken.changed.values()),
    )  # fmt: skip
    return taken


def _take(
    rows: list[dict[str, str]], file: LocalFile, model: Any, source: DataSource, by: User, taken: Taken
) -> None:
    stays = {
        one.hud_id: one
        for one in Enrollment.objects.filter(
            data_source=source, hud_id__in={row["EnrollmentID"] for row in rows}
        )
    }
    there = {
        one.hud_id: one
        for one in model.objects.filter(data_source=source, hud_id__in={row[file.columns[0]] for row in rows})
    }
    added: dict[str, Any] = {}
    for row in rows:
        try:
            stay = stays.get(row["EnrollmentID"])
            if stay is None or not row[file.columns[0]]:
                raise _Wrong(_NO_ENROLLMENT)
            values = _answer(row, registry()) if file is ANSWERS else _money(row, registry())
            for column, name in _STAMPS.items():
                values[name] = _moment(row[column])
        except _Wrong as wrong:
            taken.left_out[str(wrong)] += 1
            continue
        known = there.get(row[file.columns[0]]) or added.get(row[file.columns[0]])
        if known is None:
            added[row[file.columns[0]]] = model(
                enrollment=stay, data_source=source, hud_id=row[file.columns[0]], created_by=by, **values
            )
            continue
        if known.pk is None or all(getattr(known, name) == value for name, value in values.items()):
            taken.unchanged[file.name] += 1
            continue
        for name, value in values.items():
            setattr(known, name, value)
        known.updated_by = by
        known.save()
        taken.changed[file.name] += 1
    model.objects.bulk_create(added.values())
    taken.added[file.name] += len(added)


def _rows(path: Path, file: LocalFile) -> Iterator[dict[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.getinfo(f"{file.name}.csv")
            if inside.file_size > MOST_BYTES:
                raise ImportRefused(f"{file.name}.csv is larger than {MOST_BYTES // 1_000_000} MB.")
            with archive.open(inside) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
                reader = csv.reader(text, strict=True)
                header = next(reader, [])
                if missing := [column for column in file.columns if column not in header]:
                    raise ImportRefused(f"{file.name}.csv has no column {', '.join(missing)}.")
                for row in reader:
                    if len(row) != len(header):
                        raise ImportRefused(
                            f"{file.name}.csv, line {reader.line_num}: it has {len(row)} values, and the"
                            f" header {len(header)}. Export it anew."
                        )
                    yield dict(zip(header, row, strict=True))
    except KeyError:
        raise ImportRefused(f"The zip has no {file.name}.csv. Choose the second zip of an export.") from None
    except (zipfile.BadZipFile, UnicodeDecodeError, csv.Error, EOFError, NotImplementedError, RuntimeError):
        raise ImportRefused(f"{file.name}.csv cannot be read. Export it anew, and do not open it.") from None


def _answer(row: dict[str, str], known: LocalRegistry) -> dict[str, Any]:
    version = row["ElementVersion"]
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
    if not any(one.number == row["Element"] and one.version == number for one in known.elements):
        raise _Wrong(_UNKNOWN_ELEMENT)
    one = known.field(row["Element"], row["Field"], number)
    if one is None:
        raise _Wrong(_UNKNOWN_FIELD)
    if row["Stage"] not in STAGES.values():
        raise _Wrong(_WRONG_STAGE)
    value = row["Value"]
    values: dict[str, Any] = dict.fromkeys(("value_text", "value_number", "value_date", "value_code"))
    if one.type == CODE:
        if value not in {each.code for each in one.choices}:
            raise _Wrong(_WRONG_CODE)
        values["value_code"] = value
    elif one.type == DAY:
        values["value_date"] = _day(value, _WRONG_VALUE)
    elif one.type in (MONEY, NUMBER):
        values["value_number"] = _number(value)
    elif not value or len(value) > _LONGEST or "\x00" in value:
        raise _Wrong(_WRONG_VALUE)
    else:
        values["value_text"] = value
    return values | {
        "element": row["Element"], "element_version": number, "field": row["Field"], "stage": row["Stage"],
        "information_date": _day(row["InformationDate"], _WRONG_DAY),
    }  # fmt: skip


def _money(row: dict[str, str], known: LocalRegistry) -> dict[str, Any]:
    if row["Program"] not in known.programs:
        raise _Wrong(_NO_PROGRAM)
    first = _day(row["StartDate"], _WRONG_DAY)
    last = _day(row["EndDate"], _WRONG_DAY) if row["EndDate"] else None
    if last is not None and last < first:
        raise _Wrong(_WRONG_DAY)
    return {"program": row["Program"], "begins_on": first, "ends_on": last}


def _number(written: str) -> Decimal:
    try:
        found = Decimal(written)
        if not found.is_finite() or not 0 <= found < 10**12:
            raise _Wrong(_WRONG_VALUE)
        return found.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise _Wrong(_WRONG_VALUE) from None


def _day(written: str, why: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise _Wrong(why) from None


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None) if written else None
    except ValueError:
        raise _Wrong(_WRONG_DAY) from None
