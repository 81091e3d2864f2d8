"""An answer is looked at before it is kept: what it opens and closes, the form to sign, and the files that
show it; and a signature that was due ends when its file comes."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.consent import due, sealed_files
from hearth.hmis.consent.answer_actions import preview
from hearth.hmis.consent.choices import Method
from hearth.hmis.consent.following import Changed
from hearth.hmis.consent.models import Consent, ConsentDocument, ConsentTaking, SealedFile
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.jobs.models import SharedUse
from tests import factories
from tests.hmis.consent.consenting import World
from tests.hmis.consent.making_files import pdf, png

pytestmark = pytest.mark.django_db
TYPED = {"signature_typed": "Zebulon", "signature_agreed": "1"}


@pytest.fixture
def world(settings: Any, tmp_path: Path, administrator: User, client: Browser) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    world = World(administrator)
    client.force_login(world.worker)
    return world


def form(world: World, language: str = "es") -> int:
    with acting(world.administrator):
        return int(ConsentDocument.objects.get(kind="release", language=language, version=1).pk)


def given(world: World, **more: Any) -> dict[str, Any]:
    day = timezone.localdate().strftime("%m/%d/%Y")
    return {
        "choice": "share", "applies": "all", "method": "signed_paper", "given_on": day, "form": form(world),
    } | more  # fmt: skip


def send(client: Browser, world: World, **more: Any) -> str:
    address = f"/clients/{world.person.pk}/papers/answer/"
    return client.post(address, given(world, **more), follow=True).content.decode()


def values(choice: str, day: date, **more: Any) -> dict[str, Any]:
    return {
        "choice": choice, "given_on": day, "method": "signed_paper", "form_version": "1", "language": "en",
        "applies": "all", "witness": "", "guardian": "",
    } | more  # fmt: skip


def kept(world: World) -> tuple[list[Consent], list[ConsentTaking], list[SealedFile]]:
    with acting(world.administrator):
        rows = Consent.objects.order_by("pk"), ConsentTaking.objects.order_by("pk"), SealedFile.objects.all()
        return list(rows[0]), list(rows[1]), sorted(rows[2], key=lambda one: one.pk)


def test_a_preview_says_just_what_comes_of_it_and_keeps_nothing(world: World) -> None:
    first, second, there = world.stay(), world.stay(date(2026, 2, 1)), world.stay(project=world.elsewhere)
    world.service(first, date(2026, 1, 9)), world.service(second, date(2026, 2, 9))
    gone = world.stay(date(2026, 3, 1))
    with acting(world.administrator):
        Enrollment.objects.filter(pk=gone.pk).update(date_deleted=factories.WHEN)
        for number, enrollments in enumerate(([first.pk, there.pk], [second.pk], [10**9])):
            SharedUse.objects.create(
                user=world.administrator,
                kind="exchange_exportrun",
                run_id=number + 1,
                enrollments=enrollments,
            )
    expected = [
        ("share", {}, Changed(6, 3, 0, 2, 0, 0)),
        ("share", {}, Changed()),
        ("do_not_share", {}, Changed(6, 0, 3, 0, 2, 2)),
        ("share", {"applies": "from_now_on"}, Changed()),
    ]
    for number, (choice, more, changed) in enumerate(expected):
        day = date(2026, 4, 1 + number)
        with acting(world.worker):
            before = kept(world), AccessLog.objects.count()
            would = preview(
                by=world.worker, client=world.person, organization=world.shelter,
                values=values(choice, day, **more),
            )  # fmt: skip
            assert (kept(world), AccessLog.objects.count()) == before
        assert would.changed == changed, (choice, number)
        came = world.answers(choice, day, **more)
        assert (came.changed, came.words) == (would.changed, would.words)


def test_an_answer_that_does_not_hold_changes_nothing(client: Browser, world: World) -> None:
    world.stay()
    world.answers("do_not_share", timezone.localdate())
    page = send(client, world, given_on="01/05/2026")
    assert "Nothing: a later answer" in page
    assert "Kept. It changes nothing" in send(client, world, given_on="01/05/2026", confirmed="1")


def test_it_is_looked_at_first(client: Browser, world: World) -> None:
    stay = world.stay()
    page = send(client, world)
    assert "Nothing is recorded yet" in page and "Opened to all organizations: 1 enrollment." in page
    assert "Signed on paper" in page and "Spanish, version 1" in page and "cannot be called back" not in page
    assert kept(world) == ([], [], []) and world.seen(stay) == [False]
    assert "Opened to all organizations: 1 enrollment." in send(client, world, confirmed="1")
    assert world.seen(stay) == [True]
    page = send(client, world, choice="do_not_share")
    assert "Closed to other organizations: 1 enrollment." in page and "cannot be called back" in page


def test_what_was_typed_goes_along_and_can_be_changed(client: Browser, world: World) -> None:
    page = send(client, world, guardian='"><b>Ann', method="by_word", witness="Bo")
    assert 'name="guardian" value="&quot;&gt;&lt;b&gt;Ann"' in page and "<b>Ann" not in page
    page = send(client, world, guardian="Ann", back="1", confirmed="1")
    assert 'value="Ann"' in page and "Go on" in page and kept(world) == ([], [], [])


def test_the_release_is_shown_in_the_clients_language_and_signed(client: Browser, world: World) -> None:
    page = send(client, world, method="signed_on_screen", witness="Bo", guardian="Ann, mother")
    assert 'lang="es"' in page and "Su respuesta" in page and "Firme con un dedo" in page
    assert 'La respuesta que se firma: <strong lang="es">Compartir</strong>' in page
    assert "Signature of Ann, mother" in page and "Signature of the witness, Bo" in page
    assert "Sign in the box, or type" in send(client, world, method="signed_on_screen", confirmed="1")
    assert kept(world) == ([], [], [])
    signed = {"signature_drawn": SimpleUploadedFile("s.png", png()), "witness_signature_typed": "Bo",
              "witness_signature_agreed": "1"}  # fmt: skip
    send(client, world, method="signed_on_screen", witness="Bo", confirmed="1", **signed)
    (consent,), (taking,), files = kept(world)
    assert not taking.signature_due
    assert [(one.purpose, one.kind, one.consent_id, one.document_id) for one in files] == [
        ("signature", "png", consent.pk, form(world)),
        ("witness_signature", "text", consent.pk, form(world)),
    ]
    with acting(world.worker):
        assert sealed_files.content(by=world.worker, file=files[0]) == png()


def test_the_words_of_the_box_are_english_where_nobody_wrote_them(client: Browser, world: World) -> None:
    from hearth.hmis.consent.file_fields import SignaturePad

    for language, said in (("es", "Firme"), ("hmn", "Sign with"), ("en", "Sign with")):
        pad = SignaturePad()
        pad.language = language
        html = pad.render("signature", None, {"id": "x"})
        assert said in html and f'lang="{"es" if language == "es" else "en"}"' in html


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"given_on": "01/05/2026"}, "is signed today"),
        ({"form": "another", "language": "ru", "form_version": "2018"}, "Choose a form that is in force"),
    ],
)
def test_only_a_form_in_force_is_signed_here_and_today(
    client: Browser, world: World, more: dict[str, Any], said: str
) -> None:
    assert said in send(client, world, method="signed_on_screen", confirmed="1", **TYPED, **more)
    assert kept(world) == ([], [], [])


def test_a_file_opens_as_that_of_its_answer_alone(client: Browser, world: World) -> None:
    send(client, world, confirmed="1", paper=SimpleUploadedFile("a.pdf", pdf()))
    (consent,), _, (file,) = kept(world)
    assert file.consent_id == consent.pk
    with acting(world.worker):
        assert sealed_files.content(by=world.worker, file=file) == pdf()
        for other in (None, consent.pk + 1):
            file.consent_id = other
            with pytest.raises(sealed_files.NotOpened, match="was changed"):
                sealed_files.content(by=world.worker, file=file)


@pytest.mark.parametrize("method", [Method.BY_WORD, Method.SIGNED_PAPER])
def test_a_signature_is_due_until_its_paper_comes(client: Browser, world: World, method: Method) -> None:
    world.stay()
    send(client, world, confirmed="1", method=method.value, witness="Bo")
    (consent,), (taking,), _ = kept(world)
    assert taking.signature_due
    page = client.get(f"/clients/{world.person.pk}/papers/add/").content.decode()
    assert re.search(rf'value="{consent.pk}"[^>]*>Share, [^<]+\(signature due\)<', page)
    sent = {"paper": SimpleUploadedFile("a.pdf", pdf()), "consent": consent.pk, "document": form(world)}
    client.post(f"/clients/{world.person.pk}/papers/add/", sent)
    _, (taking,), (file,) = kept(world)
    assert (taking.signature_due, taking.method) == (False, Method.SIGNED_PAPER)
    assert file.consent_id == consent.pk
    with acting(world.worker):
        assert not due.signature_due(world.worker, timezone.localdate()).exists()


def test_a_signature_that_is_due_is_signed_on_the_screen(client: Browser, world: World) -> None:
    world.answers("share", date(2026, 1, 5), method=Method.BY_WORD, witness="Bo")
    address = f"/clients/{world.person.pk}/papers/{form(world)}/sign/"
    page = client.get(address).content.decode()
    assert "Share, January 5, 2026 (signature due)" in page and "Firme con" in page
    assert 'La respuesta que se firma: <strong lang="es">Compartir</strong>' in page
    client.post(address, TYPED)
    (consent,), (taking,), (file,) = kept(world)
    assert (taking.signature_due, taking.method) == (False, Method.SIGNED_ON_SCREEN)
    assert (file.consent_id, file.purpose) == (consent.pk, "signature")


def test_without_one_that_is_due_the_answer_is_asked_for_first(client: Browser, world: World) -> None:
    answer = client.get(f"/clients/{world.person.pk}/papers/{form(world)}/sign/")
    page = client.get(answer["Location"]).content.decode()
    assert re.search(r'value="signed_on_screen"[^>]*checked', page)
    assert f'<option value="{form(world)}" selected>' in page


def test_a_paper_that_shows_no_answer_leaves_the_signature_due(client: Browser, world: World) -> None:
    world.answers("share", date(2026, 1, 5), method=Method.BY_WORD, witness="Bo")
    client.post(f"/clients/{world.person.pk}/papers/add/", {"paper": SimpleUploadedFile("a.pdf", pdf())})
    _, (taking,), (file,) = kept(world)
    assert taking.signature_due and file.consent_id is None


def test_others_see_choice_day_and_form_and_nothing_of_how_it_was_taken(
    client: Browser, world: World
) -> None:
    """The row policies of the taking and of the file, and the pages: the other agency learns of neither."""
    send(client, world, confirmed="1", witness="Bo Seen", guardian="Ann Asked",
         paper=SimpleUploadedFile("a.pdf", pdf()))  # fmt: skip
    (consent,), _, (file,) = kept(world)
    mine = client.get(f"/clients/{world.person.pk}/papers/").content.decode()
    for word in ("Bo Seen", "Ann Asked", str(world.worker), "Signed on paper", f"/consent/files/{file.pk}/"):
        assert word in mine, word
    client.force_login(world.stranger)
    page = client.get(f"/clients/{world.person.pk}/papers/").content.decode()
    assert "Share, " in page
    for word in ("Bo Seen", "Ann Asked", str(world.worker), "Signed on paper", "/consent/files/"):
        assert word not in page, word
    assert client.get(f"/consent/files/{file.pk}/").status_code == 404
    with acting(world.stranger), connection.cursor() as cursor:
        for table in ("consent_sealedfile", "consent_consenttaking", "consent_consenttakinghistory"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table
    # Nor can they say that a paper of theirs shows this answer.
    sent = {"paper": SimpleUploadedFile("a.pdf", pdf()), "consent": consent.pk}
    assert client.post(f"/clients/{world.person.pk}/papers/add/", sent).status_code == 302
    with acting(world.administrator):
        assert SealedFile.objects.order_by("pk").last().consent_id is None  # type: ignore[union-attr]  # there


def test_an_answer_that_ended_is_not_shown_as_if_it_held(client: Browser, world: World) -> None:
    address = f"/clients/{world.person.pk}/papers/"
    world.answers("share", date(2026, 1, 5), until=timezone.localdate() + timedelta(days=1))
    assert "Ended: ask again" not in client.get(address).content.decode()
    world.answers("share", date(2026, 1, 6), until=timezone.localdate())
    for user in (world.worker, world.stranger):
        client.force_login(user)
        assert "Ended: ask again" in client.get(address).content.decode()
