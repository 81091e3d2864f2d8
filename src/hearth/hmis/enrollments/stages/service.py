"""Military service of a veteran (V1): part of who a client is, and asked where a project of theirs asks it.

HUD collects it once, with the client's record, in projects of the VA and of HUD-VASH. So the start of a stay
asks it of a veteran of whom nothing is recorded yet, it is due until then, and a page of its own corrects it.
Source: HMIS Data Standards Manual FY2026 v1, V1.
"""

from datetime import date
from typing import Any

from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.queries import Stay
from hearth.hmis.enrollments.stages.recorded import RecordedForm
from hearth.hmis.enrollments.start.questions import SERVICE, is_service_recorded, is_veteran, person_of
from hearth.standards import load
from hearth.standards.form import Project, questions
from hearth.standards.load import MODEL_YEAR

STAGE = "record"
TITLE = "Military service"
#: Of its draft.
SUBJECT = "military-service"


def is_asked(project: Project, client: Client, relationship: int, day: date) -> bool:
    """Whether a project asks it of this client on a day: of veterans."""
    person = person_of(client, relationship, day)
    return is_veteran(client) and bool(questions(load(MODEL_YEAR), project, STAGE, person, only=SERVICE))


def day_of(stay: Stay) -> date:
    """As of which day it is asked in a stay: today, or its last day."""
    today = timezone.localdate()
    last = stay.exit.exit_date if stay.exit is not None and stay.exit.date_deleted is None else None
    return min(last, today) if last else today


def is_asked_in(stay: Stay, project: Project) -> bool:
    """Whether it is asked in a stay that is there. `project` as of `day_of`."""
    enrollment = stay.enrollment
    if enrollment.date_deleted is not None or enrollment.project.project_type is None:
        return False
    return is_asked(project, enrollment.client, enrollment.relationship_to_hoh or 0, day_of(stay))


def is_due(project: Project, enrollment: Enrollment, day: date) -> bool:
    """Whether it is asked in a stay, and nothing is recorded yet."""
    client = enrollment.client
    asked = is_asked(project, client, enrollment.relationship_to_hoh or 0, day)
    return asked and not is_service_recorded(client)


def may_record(user: User, enrollment: Enrollment) -> bool:
    """Whether a user may write it: it stands in the client's record, and is asked in a stay."""
    may = user.may(Permission.CLIENT_EDIT)
    return may and user.may(Permission.ENROLLMENT_EDIT, project=enrollment.project_id)


class ServiceForm(RecordedForm):
    """The questions of V1 with what is recorded. `client`: as it is now."""

    def __init__(self, *args: Any, enrollment: Enrollment, client: Client, **kwargs: Any) -> None:
        super().__init__(
            *args, enrollment=enrollment, stage=STAGE, stored={"Client": client}, only=(SERVICE,), **kwargs
        )
