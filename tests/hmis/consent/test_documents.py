"""Versions of documents: who reads and writes them, and that what was published stays as it is."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.history import history_of
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.consent import document_actions, documents
from hearth.hmis.consent.document_actions import Refused
from hearth.hmis.consent.models import ConsentDocument
from hearth.hmis.consent.models.document import DocumentKind, DocumentState
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def first(language: str = "en", kind: str = "release") -> ConsentDocument:
    return ConsentDocument.objects.get(kind=kind, language=language, version=1)


def draft_of(by: User, language: str = "en", text: str = "# New words") -> ConsentDocument:
    draft = document_actions.new_draft(by=by, kind=DocumentKind.RELEASE, language=language)
    document_actions.change_draft(by=by, document=draft, title="New", text=text, seen=draft.updated_at)
    draft.refresh_from_db()
    return draft


def test_an_installation_begins_with_examples(as_administrator: User) -> None:
    assert ConsentDocument.objects.count() == 18
    english, hmong = first(), first("hmn")
    assert english.is_example and english.state_on(TODAY()) == DocumentState.IN_FORCE
    assert not hmong.text and not hmong.is_example and hmong.state_on(TODAY()) == DocumentState.DRAFT


def test_who_reads_what(administrator: User) -> None:
    organization_user = None
    with acting(administrator):
        organization_user = factories.make_hmis_user(factories.make_project().organization)
        draft = document_actions.new_draft(by=administrator, kind=DocumentKind.RELEASE, language="en")
        before = draft.updated_at
        document_actions.change_draft(by=administrator, document=draft, title="New", text="x", seen=before)
    for user, seen in ((administrator, 19), (organization_user, 6), (factories.make_auditor(), 0)):
        with acting(user):
            rows = set(ConsentDocument.objects.values_list("pk", flat=True))
            assert len(rows) == seen
            assert rows == set(ConsentDocument.objects.restrict(user).values_list("pk", flat=True))
    with acting(organization_user):
        assert not history_of(draft).exists()
    with acting(administrator):
        assert history_of(draft).exists()
    with transaction.atomic():
        assert not ConsentDocument.objects.exists()


def test_publishing_replaces_the_version_before(as_administrator: User) -> None:
    draft = draft_of(as_administrator)
    assert (draft.version, draft.is_example) == (2, False)
    later = TODAY() + timedelta(days=5)
    document_actions.publish(by=as_administrator, document=draft, begins_on=later, asks_again=True)
    one, two = first(), ConsentDocument.objects.get(pk=draft.pk)
    assert [d.state_on(TODAY()) for d in (one, two)] == [DocumentState.IN_FORCE, DocumentState.COMING]
    assert [d.state_on(later) for d in (one, two)] == [DocumentState.REPLACED, DocumentState.IN_FORCE]
    assert one.state_on(later - timedelta(days=1)) == DocumentState.IN_FORCE
    for day, expected in ((TODAY(), one), (later, two)):
        assert documents.in_force(as_administrator, "release", day).get(language="en") == expected
    assert one.text, "a replaced version stays readable"
    logged = AccessLog.objects.filter(action="document_changed", subject=f"consentdocument:{two.pk}")
    assert [row.details["done"] for row in logged] == ["published", "changed", "begun"]


def test_publishing_on_the_day_of_the_version_before(as_administrator: User) -> None:
    document_actions.publish(
        by=as_administrator, document=draft_of(as_administrator), begins_on=TODAY(), asks_again=False
    )
    assert first().state_on(TODAY()) == DocumentState.REPLACED


def test_what_cannot_be_published(as_administrator: User) -> None:
    def publish(document: ConsentDocument, days: int) -> None:
        day = TODAY() + timedelta(days=days)
        document_actions.publish(by=as_administrator, document=document, begins_on=day, asks_again=False)

    with pytest.raises(Refused, match="no text yet"):
        publish(first("hmn"), 0)
    draft = draft_of(as_administrator)
    with pytest.raises(Refused, match="later day"):
        publish(draft, -1)
    publish(draft, 9)
    with pytest.raises(Refused, match="published and stays"):
        publish(draft, 9)
    with pytest.raises(Refused, match="later day"):
        publish(draft_of(as_administrator), 8)


def test_a_draft_is_begun_once_and_not_written_over(as_administrator: User) -> None:
    draft = document_actions.new_draft(by=as_administrator, kind=DocumentKind.RELEASE, language="en")
    assert document_actions.new_draft(by=as_administrator, kind=DocumentKind.RELEASE, language="en") == draft
    assert draft.text == first().text and draft.is_example
    seen = draft.updated_at
    document_actions.change_draft(by=as_administrator, document=draft, title="A", text="a", seen=seen)
    with pytest.raises(Refused, match="Somebody else"):
        document_actions.change_draft(by=as_administrator, document=draft, title="B", text="b", seen=seen)
    document_actions.discard_draft(by=as_administrator, document=draft)
    assert not ConsentDocument.objects.filter(pk=draft.pk).exists()
    with pytest.raises(Refused, match="discarded"):
        document_actions.discard_draft(by=as_administrator, document=draft)


def test_only_administrators_write(administrator: User) -> None:
    with acting(administrator):
        user = factories.make_hmis_user(factories.make_project().organization)
    with acting(user), pytest.raises(PermissionDenied):
        document_actions.new_draft(by=user, kind=DocumentKind.RELEASE, language="en")


STATEMENTS = [
    "UPDATE consent_consentdocument SET text = 'x' WHERE version = 1 AND language = 'en'",
    "UPDATE consent_consentdocument SET begins_on = begins_on - 1 WHERE language = 'en'",
    "UPDATE consent_consentdocument SET begins_on = NULL WHERE language = 'en'",
    "UPDATE consent_consentdocument SET begins_on = current_date WHERE language = 'hmn'",
    "UPDATE consent_consentdocument SET replaced_on = begins_on - 1 WHERE language = 'en'",
    "INSERT INTO consent_consentdocument (kind, language, version, title, text, is_example, asks_again,"
    " begins_on) VALUES ('release', 'en', 2, 't', 't', false, false, current_date)",
    "DELETE FROM consent_consentdocumenthistory",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_keeps_what_was_published(administrator: User, statement: str) -> None:
    with acting(administrator), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_lets_nobody_else_write(administrator: User) -> None:
    with acting(administrator):
        user = factories.make_hmis_user(factories.make_project().organization)
        document_actions.new_draft(by=administrator, kind=DocumentKind.RELEASE, language="en")
    with acting(user), connection.cursor() as cursor:
        cursor.execute("UPDATE consent_consentdocument SET replaced_on = current_date + 1")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM consent_consentdocument")
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(
                "INSERT INTO consent_consentdocument (kind, language, version, title, text, is_example,"
                " asks_again) VALUES ('release', 'xx', 1, 't', 't', false, false)"
            )


def test_a_published_version_is_removed_by_nobody(as_administrator: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_consentdocument WHERE language = 'en'")
        assert cursor.rowcount == 0


def test_an_administrator_writes_and_publishes_in_the_browser(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    page = client.get("/consent/documents/").content.decode()
    assert "Examples are in force" in page and "Not written yet" in page
    answer = client.post("/consent/documents/release/es/draft/")
    change = answer["Location"]
    form = client.get(change).context["form"]
    sent = {"title": "Título", "text": "# Hola", "seen": form.initial["seen"]}
    assert client.post(change, sent).status_code == 302
    again = client.post(change, sent)
    assert "Somebody else has changed" in again.content.decode()
    publish = change.replace("change", "publish")
    early = client.post(publish, {"begins_on": "01/01/2020"})
    assert "or a later day" in early.content.decode()
    day = TODAY().strftime("%m/%d/%Y")
    done = client.post(publish, {"begins_on": day, "asks_again": "on"}, follow=True)
    assert "Release of information, Spanish, version 2 is published" in done.content.decode()
    assert client.get(change).status_code == 404
    assert client.post("/consent/documents/release/xx/draft/").status_code == 404
    assert client.post("/consent/documents/nothing/en/draft/").status_code == 404
    paper = client.get(change.replace("change", "paper")).content.decode()
    assert "<h1" in paper and "Título" in paper and "Example." not in paper


def test_a_draft_that_was_published_meanwhile_is_not_discarded(client: Client, administrator: User) -> None:
    with acting(administrator):
        draft = draft_of(administrator)
        document_actions.publish(by=administrator, document=draft, begins_on=TODAY(), asks_again=False)
    client.force_login(administrator)
    assert client.post(f"/consent/documents/{draft.pk}/discard/").status_code == 404
