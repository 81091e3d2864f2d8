"""Housekeeping."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from hearth.hmis.ui.tasks import remove_ended_sessions


def test_ended_sessions_are_removed_and_others_stay(db) -> None:
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="open", session_data="", expire_date=now + timedelta(hours=1))
    remove_ended_sessions(0)
    assert [session.session_key for session in Session.objects.all()] == ["open"]
