"""The texts that clients are given and sign: release and notices, by language and version."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from hearth.hmis.access.row_policies import EVERYTHING, NOTHING, RestrictedModel, RowPolicy, Viewer
from hearth.hmis.audit.history import keep_history


class DocumentKind(models.TextChoices):
    """What a text is for. Values are stored and never change."""

    RELEASE = "release", "Release of information"
    PRIVACY_NOTICE = "privacy_notice", "Privacy notice"
    POSTED_NOTICE = "posted_notice", "Posted notice"


class DocumentState(models.TextChoices):
    """Where a version stands on a day; follows from its dates and is stored nowhere."""

    DRAFT = "draft", "Draft"
    COMING = "coming", "Published, begins later"
    IN_FORCE = "in_force", "In force"
    REPLACED = "replaced", "Replaced"


class ConsentDocuments(RowPolicy):
    """Published versions for everybody who works with clients, drafts for administrators, who alone write."""

    reads = "(SELECT hearth_sees_all()) OR ((SELECT hearth_sees_clients()) AND begins_on IS NOT NULL)"
    writes = "(SELECT hearth_sees_all())"
    removes = f"{writes} AND begins_on IS NULL"

    @staticmethod
    def visible(user: Viewer) -> Q:
        if user.sees_all:
            return EVERYTHING
        return Q(begins_on__isnull=False) if user.sees_clients else NOTHING


@keep_history
class ConsentDocument(RestrictedModel):
    """One version of one text in one language.

    In force from `begins_on` to the day before `replaced_on`; without a first day it is a draft. What was
    published is never changed again, since people have signed it: the database refuses it (migration 0002).
    """

    row_policy = ConsentDocuments

    kind = models.TextField(choices=DocumentKind.choices)
    language = models.TextField(help_text="As in the setting CONSENT_LANGUAGES: en, es")
    version = models.PositiveIntegerField(help_text="Counted for each kind and language")
    form_version = models.TextField(
        blank=True, help_text="What it calls itself, such as 2024-08; else its number"
    )
    title = models.TextField(blank=True)
    text = models.TextField(blank=True, help_text="In the few forms of consent/document_text.py")
    is_example = models.BooleanField(
        default=False, help_text="Came with Hearth, to be replaced by words of the administrator's own"
    )
    begins_on = models.DateField(null=True, blank=True, help_text="First day in force; none: a draft")
    replaced_on = models.DateField(null=True, blank=True, help_text="First day on which it is not any more")
    asks_again = models.BooleanField(
        default=False, help_text="Whoever answered on an earlier version in this language is asked again"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )

    class Meta:
        ordering = ("kind", "language", "-version")
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="consent_document_version"),
            models.UniqueConstraint(
                fields=["kind", "language"], condition=Q(begins_on=None), name="consent_document_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(begins_on=None) | ~Q(text="") & ~Q(title=""),
                name="consent_document_published_with_text",
            ),
            models.CheckConstraint(
                condition=Q(replaced_on=None) | Q(begins_on__isnull=False, replaced_on__gte=F("begins_on")),
                name="consent_document_begins_before_its_end",
            ),
            ExclusionConstraint(
                name="consent_document_one_in_force",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("language", RangeOperators.EQUAL),
                    (
                        Func("begins_on", "replaced_on", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(begins_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        called = f" ({self.form_version})" if self.form_version else ""
        return f"{self.get_kind_display()}, {self.language_name}, version {self.version}{called}"

    @property
    def form(self) -> str:
        """By what name an answer says that it was given on this version."""
        return self.form_version or str(self.version)

    @property
    def language_name(self) -> str:
        """The language in English: "Spanish"; its code where the setting does not know it any more."""
        return settings.CONSENT_LANGUAGES.get(self.language, self.language)

    def state_on(self, day: date) -> DocumentState:
        """Where this version stands on a day."""
        if self.begins_on is None:
            return DocumentState.DRAFT
        if self.replaced_on is not None and self.replaced_on <= day:
            return DocumentState.REPLACED
        return DocumentState.IN_FORCE if self.begins_on <= day else DocumentState.COMING
