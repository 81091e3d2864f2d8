"""Drafts of forms: what somebody typed before they pressed Finish, kept so that nothing is lost (ADR 38).

A draft is no record of HUD's: it stands in tables of its own, so that no export, report or search needs to
leave it out. What was typed is sealed (`drafts/answer_sealing.py`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.clients.models import Client

#: A client whom the acting user may know; the client's own policy answers.
_KNOWN = "EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"
_IN_OWN_PROJECT = (
    "((SELECT hearth_everywhere('enrollment_edit'))"
    " OR project_id = ANY ((SELECT hearth_projects('enrollment_edit'))::bigint[]))"
)
#: The enrollment that the form is about, if any, is one of the draft's project.
_OF_ONE_PROJECT = (
    "(enrollment_id IS NULL OR EXISTS (SELECT FROM enrollments_enrollment e"
    " WHERE e.id = enrollments_draft.enrollment_id AND e.project_id = enrollments_draft.project_id))"
)


class OfDraft(RowPolicy):
    """Whoever may finish it: who edits enrollments of its project and may know its client, so that a
    colleague takes over. Who began it loses it with their rights in the project. It is begun in one's own
    name, for a project and an enrollment that belong together."""

    reads = writes = removes = f"{_IN_OWN_PROJECT} AND {_KNOWN}"
    adds = f"{reads} AND started_by_id = (SELECT hearth_user_id()) AND {_OF_ONE_PROJECT}"
    owner_reads_all = True  # the night's clean-up acts for nobody

    @staticmethod
    def visible(user: Viewer) -> Q:
        if not user.may(Permission.ENROLLMENT_EDIT):
            return NOTHING
        everywhere = user.everywhere(Permission.ENROLLMENT_EDIT)
        projects = EVERYTHING if everywhere else Q(project__any_of=user.projects(Permission.ENROLLMENT_EDIT))
        return projects & Q(client__in=Client.objects.restrict(user).values("pk"))


class OfDraftAnswer(RowPolicy):
    """As the draft, and of a client whom the user may know: a draft may be about a whole household."""

    reads = writes = removes = f"EXISTS (SELECT FROM enrollments_draft d WHERE d.id = draft_id) AND {_KNOWN}"
    adds = f"{reads} AND changed_by_id = (SELECT hearth_user_id())"
    owner_reads_all = True

    @staticmethod
    def visible(user: Viewer) -> Q:
        drafts = Draft.objects.filter(OfDraft.visible(user)).values("pk")
        return Q(draft__in=drafts) & Q(client__in=Client.objects.restrict(user).values("pk"))


class Draft(RestrictedModel):
    """One form that is not finished: there is one at most for each form, whoever works on it.

    `client`: on whose page the form is; the answers name their own client. `subject`: which of several forms
    of one kind and enrollment it is. `day`: that of the form, where it has one. `base_version`: what the
    record said of its last change when its editing began. `version` counts what was saved. It is removed in
    the night that begins `expires_on`.
    """

    class Kind(models.TextChoices):
        """What the form is for. Values are stored and never change."""

        START = "start", "Start"
        UPDATE = "update", "Update"
        ANNUAL = "annual", "Annual assessment"
        EXIT = "exit", "Exit"
        POST_EXIT = "post_exit", "After the exit"
        OCCURRENCE = "occurrence", "Event"
        EDIT = "edit", "Correction"

    history_free: ClassVar[bool] = True  # what was typed and not finished leaves nothing behind
    row_policy = OfDraft

    kind = models.TextField(choices=Kind.choices)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey("organizations.Project", on_delete=models.CASCADE, related_name="+")
    enrollment = models.ForeignKey(
        "enrollments.Enrollment", on_delete=models.CASCADE, related_name="+", null=True
    )
    subject = models.TextField(blank=True, default="", db_default="")
    day = models.DateField(null=True)
    base_version = models.TextField(blank=True, default="", db_default="")
    version = models.IntegerField(default=0, db_default=0)
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "client", "project", "enrollment", "subject"],
                nulls_distinct=False,
                name="draft_once_for_a_form",
            )
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk} of client {self.client_id}"


class DraftAnswer(RestrictedModel):
    """What stands in one input of a draft. `name`: the input's, without the prefix that tells people of one
    page apart. `sealed`: its values. `version`: the draft's when it was saved; a page says on which one
    its own value is based. `page`: the opened page that saved it, which never conflicts with itself."""

    history_free: ClassVar[bool] = True  # as its draft
    row_policy = OfDraftAnswer

    # The database removes answers with their draft, also those whose client the user may not know.
    draft = models.ForeignKey(
        Draft, on_delete=models.DO_NOTHING, related_name="answers", db_constraint=False, db_index=False
    )
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+")
    name = models.TextField()
    sealed = models.BinaryField()
    version = models.IntegerField()
    page = models.TextField(blank=True, default="", db_default="")
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "client", "name"], name="draft_answer_once")]

    def __str__(self) -> str:
        return f"Answer {self.pk} of draft {self.draft_id}"
