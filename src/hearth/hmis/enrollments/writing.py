"""What the actions of enrollments have in common: how a record is made of answers, and one hand at a time."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.records import model_of
from hearth.hmis.organizations.entered import Stamp, stamp

_DISABILITIES = "Disabilities"
#: What triggers set of an enrollment, and its records repeat (`models/repeated.py`).
_DECIDED = ("is_shared", "shared_until", "is_restricted")
#: What `stamp` sets of a record that is there already.
STAMPS = ("user_id", "user_data_source", "date_updated", "updated_by", "updated_at")


def one_at_a_time(*clients: Client) -> None:
    """Until the transaction ends nobody else enrolls or exits these clients: what is impossible is looked up,
    and a stay that is being written elsewhere would not be seen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('stays', one)) FROM"
            " (SELECT one FROM unnest(%s::bigint[]) AS one ORDER BY one) AS ordered",
            [[one.pk for one in clients]],
        )


def add_record(
    by: User,
    enrollment: Enrollment,
    name: str,
    values: Mapping[str, Any],
    day: date,
    stage: int | None,
    key: str = "",
) -> None:
    """Save one record as `new_record` makes it; `key` is its own, where it was made before."""
    record = new_record(enrollment, name, values, day, stage)
    stamp(record, by=by, key=key)
    record.save()


def new_record(
    enrollment: Enrollment, name: str, values: Mapping[str, Any], day: date, stage: int | None
) -> EnrollmentRecord:
    """One record of a stage (a code of 5.03.1), of a day, not saved; `name` may be "Disabilities[5]"."""
    file, _, row = name.partition("[")
    model: Any = model_of(file)
    fields = {one.name for one in model._meta.get_fields()}
    stored = fields_of(values)
    if file == _DISABILITIES:
        stored["disability_type"] = int(row.removesuffix("]"))
    if "information_date" in fields:
        stored["information_date"] = day
    if "data_collection_stage" in fields:
        stored["data_collection_stage"] = stage
    made: EnrollmentRecord = model(enrollment=enrollment, **stored)
    return made


def add_records(stamps: Stamp, records: Iterable[EnrollmentRecord]) -> None:
    """Save new records, those of a file at once."""
    by_file: dict[type[EnrollmentRecord], list[EnrollmentRecord]] = {}
    for record in records:
        stamps.put(record)
        by_file.setdefault(type(record), []).append(record)
    for model, rows in by_file.items():
        model.objects.bulk_create(rows)


def take_what_was_decided(by: User, added: Iterable[Enrollment]) -> None:
    """Whether enrollments that were just added are shared and restricted, as the database decided by their
    clients' answers: so that records are added with it, and need not be put right one by one."""
    there = {one.pk: one for one in added}
    stored = Enrollment.objects.restrict(by).filter(pk__in=there)
    for pk, *values in stored.values_list("pk", *_DECIDED):
        for name, value in zip(_DECIDED, values, strict=True):
            setattr(there[pk], name, value)


def fields_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """By the names of model fields what stands by the names of columns."""
    return {python_name(column): value for column, value in values.items()}


def correct(record: Any, by: User, values: Mapping[str, Any]) -> None:
    """Give a stored record other values, by the names of its fields, and say who wrote them. Not by `save`:
    what of the record is not for its writer to see stays as it is."""
    for name, value in values.items():
        setattr(record, name, value)
    stamp(record, by=by)
    written = {name: getattr(record, name) for name in (*values, *STAMPS)}
    type(record).objects.filter(pk=record.pk).update(**written)


def locked(by: User, model: type[Any], pk: int) -> Any:
    """A record as it is now, which nobody else changes until the transaction ends."""
    return model.objects.restrict(by).select_for_update(of=("self",)).get(pk=pk)
