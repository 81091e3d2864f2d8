"""Sealed files: who opens them, what lies on the disk, and what happens to what was changed or forgotten."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.test import Client as Browser

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.audit.models import AccessLog
from hearth.hmis.consent import sealed_files
from hearth.hmis.consent.file_fields import SealedFileField
from hearth.hmis.consent.file_kinds import CheckedFile, FileKind
from hearth.hmis.consent.models import SealedFile
from hearth.hmis.consent.models.sealed_file import FilePurpose
from hearth.server import keys, sealed_store
from tests import factories
from tests.hmis.consent.making_files import jpeg, pdf, png

pytestmark = pytest.mark.django_db
CONTENT = png()
PAPER = CheckedFile(FileKind.PNG, CONTENT)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files" / "sealed"


@pytest.fixture
def world(administrator: User) -> dict[str, Any]:
    """One client, a user at each of two agencies, and a paper that the first took."""
    with acting(administrator):
        here, there = (factories.make_project().organization for _ in range(2))
        users = {"user": factories.make_hmis_user(here), "other": factories.make_hmis_user(there)}
        client = factories.make_client()
    with acting(users["user"]):
        file = store(users["user"], here, client)
    return {"here": here, "there": there, "client": client, "file": file, **users}


def store(by: User, organization: Any, client: Any) -> SealedFile:
    return sealed_files.store(
        by=by, organization=organization, client=client, purpose=FilePurpose.SIGNATURE, file=PAPER
    )


def on_disk(files: Path) -> list[Path]:
    return [path for path in files.rglob("*") if path.is_file()]


def test_what_is_stored_comes_back_and_lies_sealed(world: dict[str, Any], files: Path) -> None:
    with acting(world["user"]):
        assert sealed_files.content(by=world["user"], file=world["file"]) == CONTENT
    (path,) = on_disk(files)
    assert path.name == world["file"].name and path.stat().st_mode & 0o777 == 0o600
    sealed = path.read_bytes()
    assert b"PNG" not in sealed and CONTENT[8:40] not in sealed and len(sealed) == len(CONTENT) + 29
    with acting(world["user"]):
        again = store(world["user"], world["here"], world["client"])
    assert sealed_store.path_of(files, again.name).read_bytes() != sealed


def test_who_may_open_it(world: dict[str, Any], administrator: User) -> None:
    auditor = factories.make_auditor()
    for user, may in (
        (world["user"], True),
        (administrator, True),
        (world["other"], False),
        (auditor, False),
    ):
        with acting(user):
            assert SealedFile.objects.filter(pk=world["file"].pk).exists() == may
            assert (sealed_files.found(user, world["file"].pk) is not None) == may
    with transaction.atomic():
        assert not SealedFile.objects.exists()


def test_nobody_stores_for_another_agency(world: dict[str, Any], files: Path) -> None:
    with acting(world["other"]), pytest.raises(PermissionDenied):
        store(world["other"], world["here"], world["client"])
    with acting(world["other"]), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_sealedfile (name, organization_id, client_id, purpose, kind, size, sha256,"
            " created_by_id) VALUES ('x', %s, %s, 'signature', 'png', 1, '', %s)",
            [world["here"].pk, world["client"].pk, world["other"].pk],
        )
    assert len(on_disk(files)) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE consent_sealedfile SET client_id = 1", "DELETE FROM consent_sealedfile"]
)
def test_rows_stay_as_they_are(administrator: User, world: dict[str, Any], statement: str) -> None:
    with acting(administrator), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "field", ["organization_id", "client_id", "document_id", "purpose", "kind", "size", "sha256"]
)
def test_a_file_opens_only_as_what_it_was_stored(world: dict[str, Any], field: str) -> None:
    file = world["file"]
    setattr(file, field, "consent_paper" if isinstance(getattr(file, field), str) else 999)
    with acting(world["user"]), pytest.raises(sealed_files.NotOpened, match="changed"):
        sealed_files.content(by=world["user"], file=file)


def test_files_cannot_be_exchanged(world: dict[str, Any], files: Path) -> None:
    with acting(world["user"]):
        other = store(world["user"], world["here"], world["client"])
    one, two = (sealed_store.path_of(files, file.name) for file in (world["file"], other))
    one.write_bytes(two.read_bytes())
    with acting(world["user"]), pytest.raises(sealed_files.NotOpened, match="changed"):
        sealed_files.content(by=world["user"], file=world["file"])


@pytest.mark.parametrize("damage", [b"", b"x", b"\x01" * 200])
def test_what_was_changed_or_is_missing_is_said_in_a_sentence(
    world: dict[str, Any], files: Path, damage: bytes
) -> None:
    path = sealed_store.path_of(files, world["file"].name)
    path.write_bytes(damage)
    with acting(world["user"]), pytest.raises(sealed_files.NotOpened, match="changed"):
        sealed_files.content(by=world["user"], file=world["file"])
    path.unlink()
    with acting(world["user"]), pytest.raises(sealed_files.NotOpened, match="not in the data folder"):
        sealed_files.content(by=world["user"], file=world["file"])
    world["file"].sealed_key = None
    with acting(world["user"]), pytest.raises(sealed_files.NotOpened, match="key that sealed it was lost"):
        sealed_files.content(by=world["user"], file=world["file"])


def test_a_row_that_cannot_be_written_leaves_no_file(world: dict[str, Any], files: Path, monkeypatch) -> None:
    monkeypatch.setattr(SealedFile, "save", lambda *_, **__: 1 / 0)
    with acting(world["user"]), pytest.raises(ZeroDivisionError), transaction.atomic():
        store(world["user"], world["here"], world["client"])
    assert len(on_disk(files)) == 1


def test_a_file_that_cannot_be_written_leaves_no_row(world: dict[str, Any], files: Path, monkeypatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "fsync", full)
    with acting(world["user"]), pytest.raises(OSError, match="no room"), transaction.atomic():
        store(world["user"], world["here"], world["client"])
    assert len(on_disk(files)) == 1
    with acting(world["user"]):
        assert SealedFile.objects.count() == 1


def test_the_file_is_handed_out_where_it_can_do_nothing(client: Browser, world: dict[str, Any]) -> None:
    client.force_login(world["user"])
    address = f"/consent/files/{world['file'].pk}/"
    answer = client.get(address)
    assert answer.content == CONTENT and answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == f'attachment; filename="signature-{world["file"].pk}.png"'
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "allow-" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    client.force_login(world["other"])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 405


def test_storing_and_opening_are_in_the_access_log(world: dict[str, Any], administrator: User) -> None:
    with acting(world["user"]):
        sealed_files.content(by=world["user"], file=world["file"])
    with acting(administrator):
        entries = AccessLog.objects.filter(subject=f"sealedfile:{world['file'].pk}")
        assert {(one.action, one.user_id, one.client_id) for one in entries} == {
            ("file_added", world["user"].pk, world["client"].pk),
            ("downloaded", world["user"].pk, world["client"].pk),
        }


class PaperForm(forms.Form):
    paper = SealedFileField(required=False)


@pytest.mark.parametrize(("content", "kind"), [(png(), "png"), (jpeg(), "jpeg"), (pdf(), "pdf")])
def test_a_field_goes_by_the_content_and_not_by_the_name(content: bytes, kind: str) -> None:
    form = PaperForm(files={"paper": SimpleUploadedFile("x.exe", content, "text/html")})
    assert form.is_valid() and form.cleaned_data["paper"].kind == kind


def test_a_field_says_what_is_wrong_and_may_be_left_empty() -> None:
    form = PaperForm(files={"paper": SimpleUploadedFile("x.pdf", b"MZ", "application/pdf")})
    assert form.errors["paper"] == [
        "The file is no PDF, JPEG or PNG. Save it as one of these and choose it again."
    ]
    assert PaperForm(files={}).is_valid()


@pytest.mark.django_db(transaction=True)
def test_what_no_row_knows_of_is_cleared_away_after_some_days(settings: Any, files: Path) -> None:
    administrator = factories.make_administrator()
    with acting(administrator):
        kept = store(administrator, factories.make_organization(), factories.make_client())
    with pytest.raises(RuntimeError), acting(administrator):
        lost = store(administrator, factories.make_organization(), factories.make_client())
        raise RuntimeError("the request fails after the file was stored")
    paths = {file.name: sealed_store.path_of(files, file.name) for file in (kept, lost)}
    assert all(path.exists() for path in paths.values())
    assert sealed_files.sweep() is None
    long_ago = time.time() - 31 * 24 * 3600
    for path in paths.values():
        os.utime(path, (long_ago, long_ago))
    foreign = files / "ab" / "notes.txt"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("not ours")
    assert sealed_files.sweep() == "Sealed files that no record knows of, removed: 1."
    assert paths[kept.name].exists() and not paths[lost.name].exists() and foreign.exists()
    assert sealed_files.sweep() is None


@pytest.mark.django_db(transaction=True)
def test_nothing_is_cleared_away_by_somebody_who_does_not_see_all_rows(files: Path, monkeypatch) -> None:
    administrator = factories.make_administrator()
    with acting(administrator):
        kept = store(administrator, factories.make_organization(), factories.make_client())
    path = sealed_store.path_of(files, kept.name)
    os.utime(path, (0, 0))
    from hearth.server import database

    web = database.url("web")
    monkeypatch.setattr(database, "url", lambda role: web)
    with pytest.raises(Exception, match="row-level security"):
        sealed_files.sweep()
    assert path.exists()


def test_the_key_is_a_key_of_its_own(world: dict[str, Any]) -> None:
    assert keys.given_files_key() not in (None, keys.ssn_key())
