"""Which form a draft is of, and how a page proves it: the server signs that for the user who opened it."""

import re
from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import date
from functools import cache

from django.core import signing

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.enrollments.models import Draft
from hearth.hmis.hud.questions import field_name
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

_SALT = "hearth.enrollments.draft"
#: Columns of a file that has a row for each kind are asked as `Disabilities-DisabilityResponse-5`.
_ROW = re.compile(r"-\d{1,3}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class About:
    """A form: what for, on whose page, in which project. `subject`: which of several forms of one kind (and
    enrollment) it is; of a start, who else presents. `day`: that of the form. `base_version`: what the record
    that is edited says of its last change.

    Two forms of the same kind, client, project, enrollment and subject have one draft; two starts also with
    other people, so that what is typed stays when somebody is added."""

    kind: str
    client: int
    project: int
    enrollment: int | None = None
    subject: str = ""
    day: date | None = None
    base_version: str = ""

    @property
    def key(self) -> dict[str, int | str | None]:
        """By what the one draft of this form is found."""
        found: dict[str, int | str | None] = {
            "kind": self.kind, "client_id": self.client, "project_id": self.project,
            "enrollment_id": self.enrollment,
        }  # fmt: skip
        return found if self.kind == Draft.Kind.START else found | {"subject": self.subject}


@dataclass(frozen=True, slots=True)
class Token:
    """What a page may save into the draft: about whom, and into inputs of HUD's columns and these names."""

    about: About
    clients: frozenset[int]
    own_names: frozenset[str]

    def knows(self, client: int, name: str) -> bool:
        return client in self.clients and (name in self.own_names or is_of_hud(name))


def is_of_hud(name: str) -> bool:
    """Whether an input is named after a column of HUD's."""
    return name in _columns() or _ROW.sub("", name) in _columns()


def is_withheld(user: User, name: str) -> bool:
    """Whether the answers in an input are not for a user to see. No form asks them of such a user; a request
    that was made up could."""
    file, _, rest = name.partition("-")
    column, _, row = rest.partition("-")
    if row == str(field_rights.HIV) and Permission.HIV_VIEW in field_rights.all_missing(user):
        return True
    return not field_rights.may_see(user, f"{file}.{column}")


@cache
def _columns() -> frozenset[str]:
    return frozenset(field_name(f"{one.file}.{one.name}") for one in load(MODEL_YEAR).columns())


def signed(user: User, about: About, clients: Collection[int], names: Collection[str]) -> str:
    """The token of a page, good for this user alone. `names`: of inputs; HUD's need not be told."""
    own = sorted(name for name in names if not is_of_hud(name))
    *rest, day, base = astuple(about)
    return signing.dumps(
        [user.pk, [*rest, day.isoformat() if day else "", base], sorted(clients), own], salt=_SALT
    )


def read(user: User, token: str) -> Token | None:
    """What a page of this user was signed for; None where it was not."""
    try:
        owner, (*rest, day, base), clients, names = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, UnicodeError):
        return None
    if owner != user.pk:
        return None
    about = About(*rest, day=date.fromisoformat(day) if day else None, base_version=base)
    return Token(about, frozenset(clients), frozenset(names))
