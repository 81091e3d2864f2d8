"""Mails to users: what waits to be sent, and what became of it."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Mail(models.Model):
    """One mail. It may hold a link that opens an account, so that its text is kept only until it is sent or
    given up. Never holds client data.

    It is tried again from `next_try_at` on; from `useless_at` (null: never) it is given up instead.
    """

    history_free: ClassVar[bool] = True  # the row itself says what became of it

    class State(models.TextChoices):
        """Values are stored and never change."""

        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField(help_text="What it is about, as mailing.KINDS has it")
    subject = models.TextField()
    body = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    message = models.TextField(blank=True, help_text="Why the last try failed, and what to do")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    next_try_at = models.DateTimeField(db_default=Now())
    useless_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_waiting", condition=Q(state="waiting")),
            models.Index(fields=["user", "kind", "-id"], name="mail_of_user"),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}"

    @classmethod
    def useless_after(cls, lifetime: timedelta | None) -> object:
        """The expression for a mail that is worth nothing after so long."""
        return Now() + lifetime if lifetime is not None else None
