"""Where the draft of a form of a later stage is resumed, and whether that form can still be finished."""

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.enrollments.drafts.about import About
from hearth.hmis.enrollments.exiting import HOUSEHOLD
from hearth.hmis.enrollments.models import Draft, Enrollment
from hearth.hmis.enrollments.stages.questions import POST_EXIT, exit_of
from hearth.hmis.enrollments.stages.service import SUBJECT


def address_of_stage(draft: Draft) -> str:
    """The form of an update, an annual assessment, or of what is asked after the exit."""
    if draft.subject == HOUSEHOLD:
        return reverse("enrollments:stage_of_household", args=[draft.enrollment_id, draft.kind])
    return reverse("enrollments:stage", args=[draft.enrollment_id, draft.kind])


def address_of_point(draft: Draft) -> str:
    """The form of what happened on one day; its subject is the point, or military service."""
    if draft.subject == SUBJECT:
        return reverse("enrollments:service", args=[draft.enrollment_id])
    return reverse("enrollments:point", args=[draft.enrollment_id, draft.subject])


def is_open(user: User, about: About) -> bool:
    """Whether the enrollment is there, and over where only that lets the form be asked."""
    enrollment = Enrollment.objects.restrict(user).filter(pk=about.enrollment, date_deleted=None).first()
    return enrollment is not None and (about.kind != POST_EXIT or exit_of(user, enrollment) is not None)
