"""What is asked beside HUD's questions on the pages of a stay; who asks it registers here.

Local elements (`hearth.hmis.local`) stand above this package and know it; this package does not know them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django import forms

from hearth.hmis.access.models import User
from hearth.hmis.audit.changes import Kind
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.hud.questions import Answered
from hearth.hmis.organizations.entered import Stamp
from hearth.hmis.organizations.models import Project
from hearth.standards.form import Project as FormProject


class Beside(Protocol):
    """The questions beside which further ones are asked: a `QuestionForm`, or what was stored of one."""

    project: FormProject
    stage: str
    person: str
    prefix: str | None
    of_whom: str
    answered: Answered

    @property
    def known_inputs(self) -> list[tuple[str, str]]:
        """Earlier answers that stand on the page as hidden inputs."""


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom further questions are asked: a client in a project on a day, beside HUD's questions of a
    stage; `enrollment` where there is one already."""

    user: User
    client: Client
    project: Project
    day: date
    beside: Beside
    enrollment: Enrollment | None = None


class FurtherForm(Protocol):
    """The further questions of one person: a Django form, drawn by `enrollments/parts/further.html`."""

    def is_valid(self) -> bool:
        """Whether all of it can be stored; asked after the form of HUD's questions was read."""

    def has_changed(self) -> bool:
        """Whether anything else was sent than stood there."""

    @property
    def due(self) -> int:
        """How many required questions have no answer."""

    def keep(self, *, by: User, stamps: Stamp, enrollment: Enrollment, day: date) -> None:
        """Store what was answered, in the transaction that writes the enrollment or its exit."""


class Further(Protocol):
    """Who asks further questions."""

    def forms(self, data: Mapping[str, Any] | None, askings: Sequence[Asking]) -> list[FurtherForm]:
        """The questions of people of one household on one day, with what was sent; without it nothing is
        bound."""

    def shown(self, user: User, enrollment: Enrollment) -> Any:
        """What was answered during a stay, for its page (`enrollments/parts/further_answers.html`)."""

    def history_kinds(self, user: User, enrollment: Enrollment) -> list[Kind]:
        """The records of it, for the change history of the stay."""


_registered: dict[str, Further] = {}


def register(further: Further) -> None:
    """Ask what `further` asks, on the pages of a stay."""
    _registered["further"] = further


def further_form(data: Mapping[str, Any] | None, asking: Asking) -> FurtherForm | None:
    """The further questions; None where nobody asks any."""
    return further_forms(data, [asking])[0]


def further_forms(data: Mapping[str, Any] | None, askings: Sequence[Asking]) -> list[FurtherForm | None]:
    """The further questions of people of one household on one day."""
    return [*_registered["further"].forms(data, askings)] if _registered else [None for _ in askings]


def is_valid(form: forms.Form, further: FurtherForm | None) -> bool:
    """Whether both can be stored; both are read, so that all that is wrong is said at once."""
    own = form.is_valid()
    return (further is None or further.is_valid()) and own


def further_answers(user: User, enrollment: Enrollment) -> Any:
    """What was answered to further questions; None where nobody asks any."""
    return _registered["further"].shown(user, enrollment) if _registered else None


def further_history(user: User, enrollment: Enrollment) -> list[Kind]:
    """The records of further answers, for the change history of a stay."""
    return _registered["further"].history_kinds(user, enrollment) if _registered else []
