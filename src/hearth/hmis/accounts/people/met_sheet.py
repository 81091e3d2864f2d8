"""Agreements and training of many people from a spreadsheet (`sheet_lines`): who met what, on which day.
Checked line by line before anything is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import RequirementMet, User
from hearth.hmis.access.requirements import REQUIREMENTS, Requirement
from hearth.hmis.accounts.people import sheet_lines
from hearth.hmis.ui.forms import DayField

#: Heading → what it is here; small letters.
COLUMNS = {"e-mail": "email", "requirement": "requirement", "day": "day", "note": "note"}
_ALSO = {"email": "email", "e-mail address": "email", "training": "requirement", "agreement": "requirement"}
_NEEDED = ("email", "requirement", "day")


@dataclass(slots=True)
class MetLine:
    """One line of the file, counted as a spreadsheet counts. With `mistakes` nothing of it is known for
    sure."""

    number: int
    email: str
    note: str
    mistakes: list[str] = field(default_factory=list)
    user: User | None = None
    kind: type[Requirement] | None = None
    met_on: date | None = None


def checked(viewer: User, text: str) -> list[MetLine]:
    """Every line of the file, with its mistakes. Raises `sheet_lines.Unreadable`."""
    cells = sheet_lines.read(text, columns=COLUMNS, also=_ALSO, needed=_NEEDED)
    known = _administered(viewer, {one["email"].lower() for _, one in cells})
    lines = [_line(viewer, known, number, one) for number, one in cells]
    with acting(viewer):
        stored = set(
            RequirementMet.objects.filter(user__in=known.values(), ended_at=None).values_list(
                "user", "kind", "met_on"
            )
        )
    times = Counter(_key(one) for one in lines)
    for one in lines:
        if one.user and one.kind and times[_key(one)] > 1:
            one.mistakes.append("This is in the file more than once.")
        elif _key(one) in stored:
            one.mistakes.append("This is recorded already.")
    return lines


@transaction.atomic
def record(*, by: User, lines: Iterable[MetLine]) -> int:
    """Record all of checked lines, or none; returns how many. Raises ValueError with a sentence where a line
    has a mistake, and PermissionDenied like `requirement_records.record`."""
    count = 0
    for one in lines:
        if one.mistakes or one.kind is None or one.met_on is None:
            raise ValueError(f"Line {one.number} has mistakes. Nothing was recorded.")
        records.record(by=by, kind=one.kind, user=one.user, met_on=one.met_on, note=one.note)
        count += 1
    return count


def _line(viewer: User, known: dict[str, User], number: int, cells: dict[str, str]) -> MetLine:
    email, note = cells["email"][: sheet_lines.LONGEST], cells.get("note", "")
    line = MetLine(number, email, note, sheet_lines.mistakes(cells))
    line.user = known.get(email.lower())
    if line.user is None:
        line.mistakes.append("You administer nobody with this address.")
    elif line.user.pk == viewer.pk:
        line.mistakes.append("Nobody records their own.")
    asked = cells["requirement"].casefold()
    named = {asked, asked.replace(" ", "_")}
    line.kind = next((one for one in REQUIREMENTS.values() if named & {one.code, one.name.casefold()}), None)
    if line.kind is None:
        names = ", ".join(one.name for one in REQUIREMENTS.values() if not one.of_organization)
        line.mistakes.append(f"There is no such requirement. Use one of: {names}.")
    elif line.kind.of_organization:
        line.mistakes.append(f"{line.kind.name} is recorded on the page of the organization.")
    line.met_on = _day(line, cells["day"])
    return line


def _day(line: MetLine, text: str) -> date | None:
    try:
        day: date = DayField().to_python(text)
    except ValidationError:
        line.mistakes.append("Day: type it as month/day/year, such as 06/29/2026.")
        return None
    if day is None:
        line.mistakes.append("The day is missing.")
    elif day > timezone.localdate():
        line.mistakes.append("The day is today or earlier.")
    elif day < records.EARLIEST:
        line.mistakes.append(f"Day: type a year from {records.EARLIEST.year} on.")
    return day


def _key(line: MetLine) -> tuple[int | None, str, date | None]:
    return (line.user and line.user.pk, line.kind.code if line.kind else "", line.met_on)


def _administered(viewer: User, emails: set[str]) -> dict[str, User]:
    """Of these addresses, in small letters, those of whom the viewer administers, and the own one."""
    found = {one.email.lower(): one for one in User.objects.filter(email__in=emails)}
    with acting(viewer), connection.cursor() as cursor:
        cursor.execute(
            "SELECT one FROM unnest(%s::bigint[]) AS one WHERE hearth_may_administer(one)",
            [[one.pk for one in found.values()]],
        )
        theirs = {row[0] for row in cursor.fetchall()} | {viewer.pk}
    return {email: one for email, one in found.items() if one.pk in theirs}
