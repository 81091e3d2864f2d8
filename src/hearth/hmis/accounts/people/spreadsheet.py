"""Many people from a spreadsheet (`sheet_lines`): checked line by line, before anything is written.

A line is a person with one grant. What it names must be on offer to whoever sends it, as in the form for one
person: of places, names or our numbers.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.roles import Role
from hearth.hmis.access.scopes import (
    CocScope,
    OrganizationScope,
    ProjectGroupScope,
    ProjectScope,
    Scope,
    StateScope,
)
from hearth.hmis.accounts.people import places, sheet_lines
from hearth.hmis.accounts.people.places import Place
from hearth.hmis.ui.forms import DayField

#: Heading → what it is here; small letters.
COLUMNS = {
    "e-mail": "email", "name": "name", "role": "role", "organization": "organization", "project": "project",
    "group of projects": "project_group", "coc": "coc", "first day": "first", "last day": "last",
    "reason": "reason",
}  # fmt: skip
_ALSO = {"email": "email", "e-mail address": "email", "project group": "project_group"}
_NEEDED = ("email", "name", "role", "reason")
_KINDS: dict[str, type[Scope]] = {
    "organization": OrganizationScope, "project": ProjectScope, "project_group": ProjectGroupScope,
    "coc": CocScope,
}  # fmt: skip


@dataclass(slots=True)
class Line:
    """One line of the file, counted as a spreadsheet counts. With `mistakes` nothing of it is known for
    sure."""

    number: int
    email: str
    name: str
    mistakes: list[str] = field(default_factory=list)
    role: type[Role] | None = None
    place: Place | None = None
    begins_on: date | None = None
    last_day: date | None = None
    reason: str = ""

    def chosen(self) -> dict[str, Any]:
        """Of a line without mistakes, as `access.actions.add_user` takes it."""
        assert self.role is not None and self.place is not None
        return {
            "email": self.email, "name": self.name, "role": self.role, "scope": self.place.scope,
            "begins_on": self.begins_on, "ends_on": self.last_day and self.last_day + timedelta(days=1),
            "reason": self.reason,
        }  # fmt: skip


def checked(viewer: User, text: str) -> list[Line]:
    """Every line of the file, with its mistakes. The viewer acts. Raises `sheet_lines.Unreadable`."""
    cells = sheet_lines.read(text, columns=COLUMNS, also=_ALSO, needed=_NEEDED)
    emails = Counter(one["email"].casefold() for _, one in cells if one["email"])
    known = {
        one.casefold()
        for one in User.objects.filter(email__in=[one.lower() for one in emails]).values_list(
            "email", flat=True
        )
    }
    roles = {role.code: role for role in places.roles_for(viewer)}
    check = _Check(
        roles, {code: places.places_for(viewer, role) for code, role in roles.items()}, emails, known
    )
    return [check.line(number, one) for number, one in cells]


class _Check:
    """What lines are checked against."""

    def __init__(
        self,
        roles: dict[str, type[Role]],
        offered: dict[str, list[Place]],
        emails: Counter[str],
        known: set[str],
    ) -> None:
        self.roles, self.offered, self.emails, self.known = roles, offered, emails, known
        self.today = timezone.localdate()

    def line(self, number: int, cells: dict[str, str]) -> Line:
        line = Line(
            number,
            *(cells[one][: sheet_lines.LONGEST] for one in ("email", "name")),
            reason=cells["reason"],
        )
        wrong = line.mistakes
        wrong += sheet_lines.mistakes(cells)
        self._email(line)
        if not line.name:
            wrong.append("The name is missing.")
        if not line.reason:
            wrong.append("The reason is missing.")
        self._grant(line, cells)
        self._days(line, cells)
        return line

    def _email(self, line: Line) -> None:
        try:
            validate_email(line.email)
        except ValidationError:
            line.mistakes.append("This is not an e-mail address." if line.email else "The e-mail is missing.")
            return
        if self.emails[line.email.casefold()] > 1:
            line.mistakes.append("This e-mail address is in the file more than once.")
        if line.email.casefold() in self.known:
            line.mistakes.append("There is an account with this address already. Give a grant on its page.")

    def _grant(self, line: Line, cells: dict[str, str]) -> None:
        asked = cells["role"].casefold()
        role = next((one for one in self.roles.values() if asked in (one.code, one.name.casefold())), None)
        if role is None:
            names = ", ".join(one.name for one in self.roles.values())
            line.mistakes.append(f"There is no such role that you can give. You can give: {names or 'none'}.")
            return
        line.role = role
        named = {key: cells[key] for key in _KINDS if cells.get(key)}
        if len(named) > 1:
            line.mistakes.append("Name one place: an organization, a project, a group of projects or a CoC.")
            return
        kind = _KINDS[next(iter(named))] if named else StateScope
        if kind not in role.scopes:
            held = " or ".join(one.name[0].lower() + one.name[1:] for one in role.scopes)
            line.mistakes.append(f"The role {role.name} is held for {held}.")
            return
        text = next(iter(named.values()), "").casefold()
        fits = [one for one in self.offered[role.code] if type(one.scope) is kind and _is_called(one, text)]
        if len(fits) == 1:
            line.place = fits[0]
        elif fits:
            line.mistakes.append(
                f"{len(fits)} are called so. Write its number, as its page's address has it."
            )
        else:
            line.mistakes.append(f"There is no such {next(iter(named), 'place').replace('_', ' ')} for you.")

    def _days(self, line: Line, cells: dict[str, str]) -> None:
        first, last = (self._day(line, cells.get(key, ""), key) for key in ("first", "last"))
        line.begins_on, line.last_day = first or self.today, last
        if first and first < self.today:
            line.mistakes.append("A grant begins today or later.")
        if last and last < line.begins_on:
            line.mistakes.append("The last day is not before the first.")

    def _day(self, line: Line, text: str, key: str) -> date | None:
        if not text:
            return None
        try:
            day: date = DayField().clean(text)
        except ValidationError as error:
            what = (
                "check the year" if error.code == "year" else "type it as month/day/year, such as 06/29/2027"
            )
            line.mistakes.append(f"{key.capitalize()} day: {what}.")
            return None
        return day


def _is_called(place: Place, text: str) -> bool:
    """Whether a place is meant: by the state's single one, its number or code, or its name."""
    values = place.scope.values()
    own = [str(values[name]).casefold() for name in type(place.scope).columns()]
    name = place.text.casefold()
    return not own or text in own or text == name or text == name.partition(" – ")[0]
