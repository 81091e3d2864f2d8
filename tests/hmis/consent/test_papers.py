"""A client's papers: printed, signed on the screen, stored as the organization's own."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.consent import sealed_files
from hearth.hmis.consent.actions import record_consent
from hearth.hmis.consent.choices import Method
from hearth.hmis.consent.file_fields import Given, SignatureField
from hearth.hmis.consent.models import Consent, ConsentDocument, SealedFile
from tests import factories
from tests.hmis.consent.making_files import jpeg, pdf, png

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Path, administrator: User, client: Browser) -> dict[str, Any]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with acting(administrator):
        here, there = (factories.make_project().organization for _ in range(2))
        user = factories.make_hmis_user(here)
        both = factories.make_hmis_user(here, there)
        other = factories.make_hmis_user(there)
        person = factories.make_client(first_name="Zebulon", last_name="Quill")
        release = ConsentDocument.objects.get(kind="release", language="es", version=1)
    with acting(user):  # an answer by word, whose signature is due
        record_consent(
            by=user, client=person, organization=here, choice="share", given_on=date(2026, 1, 5),
            method=Method.BY_WORD, form_version="1", language="es", witness="Invented Colleague",
        )  # fmt: skip
    client.force_login(user)
    address = f"/clients/{person.pk}/papers/"
    return {
        "user": user, "both": both, "other": other, "here": here, "there": there, "release": release,
        "person": person, "address": address, "sign": f"{address}{release.pk}/sign/", "add": f"{address}add/",
    }  # fmt: skip


def stored(user: User) -> list[SealedFile]:
    with acting(user):
        return list(SealedFile.objects.order_by("pk"))


def text_of(user: User, file: SealedFile) -> bytes:
    with acting(user):
        return sealed_files.content(by=user, file=file)


def test_a_drawn_signature_is_stored_with_what_was_signed(client: Browser, world: dict[str, Any]) -> None:
    page = client.get(world["sign"]).content.decode()
    assert 'lang="es"' in page and "Su respuesta" in page and "data-sign-canvas" in page
    drawn = SimpleUploadedFile("signature.png", png(), "image/png")
    answer = client.post(world["sign"], {"signature_drawn": drawn}, follow=True)
    assert "The signature was stored." in answer.content.decode()
    (file,) = stored(world["user"])
    assert (file.organization, file.client, file.document) == (
        world["here"],
        world["person"],
        world["release"],
    )
    assert (file.purpose, file.kind) == ("signature", "png")
    assert text_of(world["user"], file) == png()


def test_a_typed_name_is_a_signature_when_it_is_said_so(client: Browser, world: dict[str, Any]) -> None:
    refused = client.post(world["sign"], {"signature_typed": "Zebulon Quill"}).content.decode()
    assert "Tick the line below the name" in refused and 'value="Zebulon Quill"' in refused
    client.post(world["sign"], {"signature_typed": "Ze\u202ebulon <b>Quill</b>", "signature_agreed": "1"})
    (file,) = stored(world["user"])
    text = text_of(world["user"], file).decode()
    assert re.fullmatch(r"Signed by typing the name, .* [AP]M:\nZebulon <b>Quill</b>\n", text)
    answer = client.get(f"/consent/files/{file.pk}/")
    assert (
        answer["Content-Type"] == "text/plain; charset=utf-8"
        and "attachment" in answer["Content-Disposition"]
    )


class Signing(forms.Form):
    signature = SignatureField()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Sign in the box, or type"),
        ({"signature_typed": " "}, "Sign in the box, or type"),
        ({"signature_typed": "Ann"}, "Tick the line"),
        ({"signature_agreed": "1"}, "Type the name"),
        ({"signature_typed": "a" * 201, "signature_agreed": "1"}, "Shorten the name"),
        ({"signature_typed": "Ann", "signature_drawn": png()}, "not both"),
        ({"signature_drawn": jpeg()}, "This is no signature"),
        ({"signature_drawn": pdf()}, "This is no signature"),
        ({"signature_drawn": b"<svg/>"}, "no PDF, JPEG or PNG"),
    ],
)
def test_what_is_no_signature(given: dict[str, Any], said: str) -> None:
    files = {k: SimpleUploadedFile("s.png", v) for k, v in given.items() if isinstance(v, bytes)}
    form = Signing({k: v for k, v in given.items() if isinstance(v, str)}, files)
    assert not form.is_valid()
    (text,) = form.errors["signature"]
    assert said in text


def test_a_signature_that_need_not_be_given() -> None:
    assert SignatureField(required=False).clean(Given(None, "", False)) is None


def test_a_signature_of_50_mb_is_refused_in_one_sentence_at_the_place(
    client: Browser, world: dict[str, Any], tmp_path: Path
) -> None:
    huge = SimpleUploadedFile("signature.png", png() + b"\x00" * (50 * 1024 * 1024), "image/png")
    answer = client.post(world["sign"], {"signature_drawn": huge})
    assert answer.status_code == 200
    assert answer.context["form"].errors["signature"] == [
        "The file is larger than 10 MB. Scan it with fewer dots an inch, or take a smaller photo."
    ]
    assert stored(world["user"]) == [] and not list(tmp_path.rglob("*.png"))


def test_a_paper_is_stored_as_what_it_is(client: Browser, world: dict[str, Any]) -> None:
    paper = SimpleUploadedFile("scan.jpg.exe", pdf(), "image/jpeg")
    client.post(world["add"], {"paper": paper, "document": world["release"].pk})
    (file,) = stored(world["user"])
    assert (file.purpose, file.kind, file.document) == ("consent_paper", "pdf", world["release"])
    page = client.get(world["address"]).content.decode()
    assert "Signed paper, PDF" in page and f"/consent/files/{file.pk}/" in page
    wrong = client.post(world["add"], {"paper": SimpleUploadedFile("a.pdf", b"%PDF-1.4 nothing")})
    assert "damaged or has something else in it" in wrong.content.decode()


def test_other_organizations_do_not_learn_of_it(client: Browser, world: dict[str, Any]) -> None:
    client.post(world["sign"], {"signature_typed": "Z", "signature_agreed": "1"})
    client.force_login(world["other"])
    page = client.get(world["address"]).content.decode()
    assert "Nothing signed here" in page and "/consent/files/" not in page


def test_who_works_for_several_says_for_which(client: Browser, world: dict[str, Any]) -> None:
    client.force_login(world["both"])
    for organization in ("", "999999", "x", world["there"].pk):
        given = {"paper": SimpleUploadedFile("scan.pdf", pdf()), "organization": organization}
        page = client.post(world["add"], given).content.decode()
        assert ("Choose: Organization that takes it." in page) is (organization == "")
    assert [file.organization for file in stored(world["both"])] == [world["there"]]


def test_what_shows_an_answer_is_of_the_organization_that_took_it(
    client: Browser, world: dict[str, Any]
) -> None:
    client.force_login(world["both"])
    with acting(world["both"]):
        answer = Consent.objects.get().pk
    given = {"organization": world["there"].pk, "consent": answer}
    client.post(world["add"], given | {"paper": SimpleUploadedFile("scan.pdf", pdf())})
    assert [file.organization for file in stored(world["both"])] == [world["here"]]


def test_nobody_takes_it_for_an_organization_of_others(client: Browser, world: dict[str, Any]) -> None:
    given = {"signature_typed": "Z", "signature_agreed": "1", "organization": world["there"].pk}
    client.post(world["sign"], given)
    assert [file.organization for file in stored(world["user"])] == [world["here"]]


def test_only_what_is_in_force_is_signed_or_printed(client: Browser, world: dict[str, Any]) -> None:
    with acting(world["user"]):
        assert not ConsentDocument.objects.filter(language="hmn").exists()
    page = client.get(world["address"]).content.decode()
    assert "Not written yet in Hmong, Somali, Karen, Russian" in page
    for name in ("sign", "print"):
        assert client.get(f"{world['address']}999999/{name}/").status_code == 404


def test_the_name_is_on_the_paper_only_when_it_is_asked_for(client: Browser, world: dict[str, Any]) -> None:
    address = f"{world['address']}{world['release'].pk}/print/"
    for query, times in (("", 0), ("?name=0", 0), ("?name=1", 1)):
        sheet = client.get(address + query).content.decode().split("<article", 1)[1].split("</article>")[0]
        assert sheet.count("Zebulon") == times, query
        assert "Example." in sheet and "Su nombre" in sheet


def test_a_client_page_leads_there(client: Browser, world: dict[str, Any]) -> None:
    assert world["address"] in client.get(f"/clients/{world['person'].pk}/").content.decode()
    assert client.get("/clients/999999/papers/").status_code == 404
