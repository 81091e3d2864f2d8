"""The list of people: its columns and filters, and what goes along of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hearth.hmis.access import requirement_records as records
from hearth.hmis.access.models import Grant, User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.requirements import REQUIREMENTS
from hearth.hmis.access.roles import ROLES
from hearth.hmis.accounts.people.queries import SAID, Person, people
from hearth.hmis.organizations.choices import organization_names
from hearth.hmis.ui import formats
from hearth.hmis.ui.record_list import Asked, Column, Filter, RecordList, arranged, fits, page_of

COLUMNS = (
    Column("name", "Name"),
    Column("email", "E-mail"),
    Column("grants", "Grants now", sorts=False),
    Column("state", "State"),
    Column("last_sign_in", "Last sign-in"),
    Column("lapses", "Next grant ends"),
)
HEADINGS = tuple((column.key, column.label) for column in COLUMNS)
_LAPSING, _LOCKING = "lapsing", "locking"
_KEYS = {
    "name": lambda one: str(one.user),
    "email": lambda one: one.user.email,
    "state": lambda one: one.said[0],
    "last_sign_in": lambda one: one.user.last_login,
    "lapses": lambda one: one.lapses_on,
}


def listed(
    viewer: User, query: Mapping[str, Any], *, path: str, words: str = "", lost: bool = False
) -> tuple[RecordList, list[Person]]:
    """The list, and all that fulfil its filters in its order. `words`: of a name or an address."""
    every = people(viewer)
    asked = Asked(query, columns=COLUMNS, filters=_filters(every), start=(("name", False),))
    searched = [one for one in every if fits(words, f"{one.user} {one.user.email}")] if words else every
    without = records.without_record([one.user.pk for one in every]) if "missing" in asked.chosen else {}
    found = arranged(
        searched,
        asked,
        codes={
            "role": lambda one: [grant.role for grant in one.now],
            "organization": lambda one: [str(pk) for pk in map(_organization, one.now) if pk],
            "missing": lambda one: required(one) & without[one.user.pk],
            "state": lambda one: [
                one.standing,
                *([_LAPSING] if one.lapses_on else []),
                *([_LOCKING] if one.locks_on else []),
            ],
        },
        keys=_KEYS,
    )
    first = min(asked.offset, max(0, (len(found) - 1) // asked.size * asked.size))
    shown = RecordList(
        asked,
        page_of(found[first : first + asked.size], asked.page, asked.size, len(found)),
        "People",
        "person",
        path,
        of=len(every),
        words=words,
        lost=lost,
        search_label="Name or e-mail",
        can_download=viewer.may(Permission.DATA_EXPORT),
        own_order="by name",
        empty=("Nobody yet", "Add the first person."),
    )
    return shown, found


def required(person: Person) -> set[str]:
    """The kinds that the roles of somebody's grants in force require of users."""
    kinds = {kind for grant in person.now for kind in ROLES[grant.role].requires}
    return {one.code for one in kinds if not one.of_organization}


def _filters(every: Sequence[Person]) -> list[Filter]:
    roles = {grant.role for one in every for grant in one.now}
    at = {
        grant.organization or grant.project.organization
        for one in every
        for grant in one.now
        if grant.organization or grant.project
    }
    organizations = sorted(organization_names(at).items(), key=lambda one: one[1].casefold())
    return [
        Filter("role", "Role", tuple((code, role.name) for code, role in ROLES.items() if code in roles)),
        Filter("organization", "Organization", tuple((str(pk), name) for pk, name in organizations)),
        Filter(
            "missing",
            "Missing",
            tuple((code, one.name) for code, one in REQUIREMENTS.items() if not one.of_organization),
        ),
        Filter(
            "state",
            "State",
            (
                *((code.value, said) for code, (said, _) in SAID.items()),
                (_LAPSING, "A grant ends soon"),
                (_LOCKING, "Locked soon without a sign-in"),
            ),
        ),
    ]


def _organization(grant: Grant) -> int | None:
    return grant.organization_id or (grant.project.organization_id if grant.project else None)


def cells(found: Sequence[Person]) -> Iterator[list[Any]]:
    """The rows of the download."""
    for one in found:
        grants = "; ".join(f"{grant.role_name}, {grant.place}" for grant in one.now)
        last = formats.moment(one.user.last_login) if one.user.last_login else ""
        yield [str(one.user), one.user.email, grants, one.said[0], last, one.lapses_on or ""]
