"""Answers that are stored as "Data not collected": how many, of which stage and day of a stay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, reduce
from operator import add
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.checks.looked_at import START_STAGE
from hearth.hmis.enrollments.last_answers import files_of_stages
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.stages.correcting import STAGE_OF_CODE, START
from hearth.hmis.hud.answers import MISSING, offered
from hearth.hmis.hud.names import python_name
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Ticked where they apply: what nobody ticked follows from the question above it.
_TICKED = "1.7"
#: What is offered depends on the kind of disability; the code for nobody asked does not.
_OF_A_KIND = {"Disabilities.DisabilityResponse": "Disabilities.DisabilityResponse[5]"}
#: Corrected on a page of its own.
_ROLE = "Enrollment.RelationshipToHoH"
_DESTINATION = "Exit.Destination"
#: (stage, day) → how many.
Unanswered = Mapping[tuple[str, date], int]


def unanswered(user: User, enrollments: Iterable[Enrollment]) -> dict[int, Unanswered]:
    """By enrollment how many answers are missing of each stage and day, without what is not for this user to
    see; one query however many there are."""
    stays = {one.pk: one for one in enrollments}
    found: dict[int, dict[tuple[str, date], int]] = defaultdict(lambda: defaultdict(int))
    for pk, one in stays.items():
        columns = _missing_codes("Enrollment", user)
        count = sum(getattr(one, name) == code for name, code in columns.items())
        if count and one.entry_date is not None:
            found[pk][START, one.entry_date] += count
    files = files_of_stages().items() if stays else ()
    asked = [rows for file, model in files if (rows := _rows(user, file, model, stays)) is not None]
    for pk, code, day, count in asked[0].union(*asked[1:], all=True) if asked else ():
        stage = STAGE_OF_CODE.get(code)
        on = stays[pk].entry_date if code == START_STAGE else day
        if stage is not None and on is not None:
            found[pk][stage, on] += count
    return {pk: dict(counts) for pk, counts in found.items()}


def _rows(user: User, file: str, model: Any, stays: Iterable[int]) -> Any:
    """The records of a file in which something is missing; None where this user may see nothing of it."""
    columns = _missing_codes(file, user)
    if not columns:
        return None
    is_missing = (
        Case(When(**{name: code}, then=Value(1)), default=Value(0), output_field=IntegerField())
        for name, code in columns.items()
    )
    rows = queries.records(user, model, stays, date_deleted__isnull=True)
    rows = rows.annotate(unanswered=reduce(add, is_missing)).filter(unanswered__gt=0)
    return rows.values_list("enrollment_id", "data_collection_stage", "information_date", "unanswered")


def has_no_destination(user: User, end: Exit | None) -> bool:
    """Whether an exit says nothing of where the client went."""
    if end is None or end.date_deleted is not None or not field_rights.may_see(user, _DESTINATION):
        return False
    return end.destination is None or end.destination == _code(_DESTINATION)


def exits_without_destination(user: User, enrolls_in: Any, first: date, last: date) -> Iterable[Exit]:
    """Exits of these days and projects that say nothing of where the client went."""
    if not field_rights.may_see(user, _DESTINATION):
        return []
    rows = queries.visible(Exit, user).filter(
        project__any_of=enrolls_in, date_deleted=None, exit_date__range=(first, last),
        enrollment__date_deleted=None, enrollment__client__date_deleted=None,
    )  # fmt: skip
    is_missing = rows.filter(destination=None) | rows.filter(destination=_code(_DESTINATION))
    found: Iterable[Exit] = is_missing.select_related("enrollment__client", "enrollment__project")
    return found


def _missing_codes(file: str, user: User) -> dict[str, int]:
    """The columns of a file that may say "Data not collected", by name of field, with that code."""
    return {
        python_name(column): code
        for column, code in _codes(file).items()
        if field_rights.may_see(user, f"{file}.{column}")
    }


@cache
def _codes(file: str) -> dict[str, int]:
    found = {}
    for column in load(MODEL_YEAR).file(file).columns:
        hud = f"{file}.{column.name}"
        code = _code(_OF_A_KIND.get(hud, hud))
        if code is not None and column.list != _TICKED and column.type == "I" and hud != _ROLE:
            found[column.name] = code
    return found


@cache
def _code(name: str) -> int | None:
    return next((int(one.code) for one in offered(name) if one.label == MISSING), None)
