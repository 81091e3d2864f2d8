"""An answer recorded on a page, with the signature or the paper that shows it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.consent.models import Consent, ConsentDocument, ConsentTaking, SealedFile
from tests.hmis.consent.consenting import World
from tests.hmis.consent.making_files import pdf, png

pytestmark = pytest.mark.django_db
GIVEN = {
    "confirmed": "1",
    "choice": "share", "applies": "all", "method": "signed_paper", "given_on": "01/05/2026",
}  # fmt: skip
TODAY = {"given_on": timezone.localdate().strftime("%m/%d/%Y")}
TYPED = {"signature_typed": "Zebulon", "signature_agreed": "1"}


@pytest.fixture
def world(settings: Any, tmp_path: Path, administrator: User, client: Browser) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    world = World(administrator)
    client.force_login(world.worker)
    return world


def send(client: Browser, world: World, **more: Any) -> str:
    address = f"/clients/{world.person.pk}/papers/answer/"
    with acting(world.administrator):
        form = ConsentDocument.objects.get(kind="release", language="es", version=1).pk
    return client.post(address, GIVEN | {"form": form} | more, follow=True).content.decode()


def kept(world: World) -> tuple[list[Consent], list[ConsentTaking], list[SealedFile]]:
    with acting(world.worker):
        return list(Consent.objects.all()), list(ConsentTaking.objects.all()), list(SealedFile.objects.all())


def test_an_answer_with_its_paper_opens_what_is_there(client: Browser, world: World) -> None:
    stay = world.stay()
    said = send(client, world, paper=SimpleUploadedFile("scan.pdf", pdf()))
    assert "Opened to all organizations: 1 enrollment." in said and "Share, January 5, 2026" in said
    (consent,), (taking,), (file,) = kept(world)
    assert (consent.choice, consent.given_on) == ("share", date(2026, 1, 5))
    assert (taking.language, taking.signature_due, taking.taken_by) == ("es", False, world.worker)
    assert (file.purpose, file.kind, file.organization) == ("consent_paper", "pdf", world.shelter)
    assert world.seen(stay) == [True]


def test_a_paper_that_is_not_here_yet_stays_due(client: Browser, world: World) -> None:
    send(client, world)
    _, (taking,), files = kept(world)
    assert taking.signature_due and files == []


@pytest.mark.parametrize("how", [TYPED, {"signature_drawn": png()}])
def test_a_signature_on_the_screen_knows_what_was_signed(client: Browser, world: World, how: Any) -> None:
    given = {k: SimpleUploadedFile("s.png", v) if isinstance(v, bytes) else v for k, v in how.items()}
    send(client, world, method="signed_on_screen", choice="do_not_share", **given, **TODAY)
    (consent,), (taking,), (file,) = kept(world)
    assert (consent.choice, taking.signature_due, file.purpose) == ("do_not_share", False, "signature")
    assert file.document and (file.document.kind, file.document.language) == ("release", "es")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"method": "signed_on_screen"} | TODAY, "Sign in the box, or type the name"),
        ({"method": "by_word"}, "Enter who heard the answer."),
        ({"choice": "everything"}, "Choose from the list."),
        ({"method": ""}, "Choose: How it was given."),
        ({"given_on": "02/30/2026"}, "Type the day as month/day/year"),
        ({"form": "xx"}, "Choose from the list."),
        ({"form": ""}, "Choose: Form that it was given on."),
        ({"form": "another", "form_version": "2018"}, "Choose the language of the form."),
        ({"form": "another", "language": "es"}, "Enter what the form calls itself."),
        ({"form": "another", "language": "xx", "form_version": "2018"}, "Choose from the list."),
        ({"choice": "do_not_share", "applies": "from_now_on"}, "closes what is there as well"),
        ({"paper": b"MZ"}, "no PDF, JPEG or PNG"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_leaves_nothing(
    client: Browser, world: World, more: dict[str, Any], said: str
) -> None:
    given = {k: SimpleUploadedFile("s.pdf", v) if isinstance(v, bytes) else v for k, v in more.items()}
    assert said in send(client, world, **given)
    assert kept(world) == ([], [], [])


def test_a_day_to_come_is_refused(client: Browser, world: World) -> None:
    day = (timezone.localdate() + timedelta(days=1)).strftime("%m/%d/%Y")
    assert "lies in the future" in send(client, world, given_on=day)
    assert kept(world) == ([], [], [])


def test_others_see_the_answer_and_not_what_shows_it(client: Browser, world: World) -> None:
    send(client, world, paper=SimpleUploadedFile("scan.pdf", pdf()))
    client.force_login(world.stranger)
    page = client.get(f"/clients/{world.person.pk}/papers/").content.decode()
    assert "Share, January 5, 2026" in page and "Nothing signed here" in page
    assert str(world.worker) not in page and str(world.shelter) not in page


def test_without_an_answer_it_says_so(client: Browser, world: World) -> None:
    page = client.get(f"/clients/{world.person.pk}/papers/").content.decode()
    assert "No answer recorded" in page and "To be asked" in page


def test_who_asks_while_enrolling_comes_back_to_it(client: Browser, world: World) -> None:
    enrolling = f"/clients/{world.person.pk}/enroll/"
    address = f"/clients/{world.person.pk}/papers/answer/?then=enroll"
    assert address in client.get(enrolling).content.decode()
    assert f'href="{enrolling}"' in client.get(address).content.decode()
    with acting(world.administrator):
        form = ConsentDocument.objects.get(kind="release", language="es", version=1).pk
    assert client.post(address, GIVEN | {"form": form}).url == enrolling
    elsewhere = address.replace("enroll", "https://example.org/")
    assert client.post(elsewhere, GIVEN | {"form": form}).url == f"/clients/{world.person.pk}/papers/"
    assert len(kept(world)[0]) == 2
