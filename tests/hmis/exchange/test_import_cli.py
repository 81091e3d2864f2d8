"""`hearth import` as a person types it."""

import csv
import getpass
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from psycopg import OperationalError
from typer.testing import CliRunner

from hearth.hmis.access import command_line
from hearth.hmis.access.command_line import acting_administrator
from hearth.hmis.exchange.importing import unchanged
from hearth.hmis.exchange.importing.actions import NotAllowed, queue_import
from hearth.hmis.exchange.importing.cli import import_app
from hearth.hmis.exchange.models import ImportRun
from hearth.server import database
from hearth.server.errors import ServerError
from tests.factories import make_administrator, make_hmis_user, make_organization
from tests.hmis.exchange.importing import records
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)


def hearth_import(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(import_app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_import_and_again(tmp_path: Path) -> None:
    administrator = make_administrator()
    path = Export().zip(tmp_path)
    code, said = hearth_import(path, "--yes")
    assert code == 0, said
    assert f"Acting as {administrator.email}." in said
    assert "records added" in said
    assert "rows/s" in said
    before = records()
    code, said = hearth_import(path, "--yes")
    assert code == 0
    assert "nothing has changed" in said
    assert "rows/s" not in said
    assert records() == before


def test_nothing_is_shared_in_a_comparable_database(tmp_path: Path, settings: Any) -> None:
    """Refused before anything is read: somebody who says --shared would think that others see it."""
    administrator = make_administrator()
    settings.COMPARABLE_DATABASE = True
    with pytest.raises(ServerError, match="comparable database: nothing is shared"):
        hearth_import(Export().zip(tmp_path), "--yes", "--shared")
    upload = SimpleUploadedFile("export.zip", b"")
    with pytest.raises(NotAllowed, match="comparable database"):
        queue_import(by=administrator, upload=upload, source="", is_shared=True)
    assert not ImportRun.objects.exists()
    assert hearth_import(Export().zip(tmp_path), "--yes")[0] == 0


def test_without_a_terminal_nobody_can_be_asked(tmp_path: Path) -> None:
    make_administrator()
    with pytest.raises(ServerError, match="add --yes"):
        hearth_import(Export().zip(tmp_path))
    assert not ImportRun.objects.exists()


def test_a_failure_on_the_way_does_not_praise_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_administrator()

    def fail(*arguments: object, **options: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(unchanged, "fingerprint", fail)
    code, said = hearth_import(Export().zip(tmp_path), "--yes")
    assert code == 1
    assert "Failed." in said
    assert "Nothing wrong was found" not in said


def test_a_folder(tmp_path: Path) -> None:
    make_administrator()
    for name, content in Export().all_files().items():
        (tmp_path / name).write_bytes(content)
    assert hearth_import(tmp_path, "--yes")[0] == 0
    assert "Exactly this export" in hearth_import(tmp_path, "--yes")[1]


def test_findings_are_summed_up_and_written(tmp_path: Path) -> None:
    make_administrator()
    export = Export()
    export.row("Exit")["ExitDate"] = "2025-10-01"
    path = export.zip(tmp_path)
    code, said = hearth_import(path, "--findings", tmp_path / "findings.csv", "--yes")
    assert code == 0
    assert "exit_before_entry" in said
    with (tmp_path / "findings.csv").open(newline="") as file:
        assert "exit_before_entry" in {row["Check"] for row in csv.DictReader(file)}
    assert hearth_import(path, "--findings", tmp_path / "findings.xlsx", "--yes")[0] == 0
    assert zipfile.is_zipfile(tmp_path / "findings.xlsx")
    with pytest.raises(ServerError, match=r"\.csv or an \.xlsx"):
        hearth_import(path, "--findings", tmp_path / "findings.pdf", "--yes")
    with pytest.raises(ServerError, match="cannot be written"):
        hearth_import(path, "--findings", tmp_path / "nowhere" / "findings.csv", "--yes")


def test_a_bad_file_ends_with_an_error(tmp_path: Path) -> None:
    make_administrator()
    path = tmp_path / "bad.zip"
    path.write_bytes(b"no zip")
    before = records()
    code, said = hearth_import(path, "--yes")
    assert code == 1
    assert "not a zip" in said
    assert "Nothing was imported." in " ".join(said.split())
    assert records() == before


def test_options(tmp_path: Path) -> None:
    make_administrator()
    assert hearth_import(Export().zip(tmp_path), "--source", "Clarity", "--shared", "--yes")[0] == 0
    run = ImportRun.objects.get()
    assert (run.data_source.name, run.parameters["is_shared"]) == ("Clarity", True)


def test_several_exports_in_one_zip(tmp_path: Path) -> None:
    make_administrator()
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("one", "two"):
            for name, content in Export().all_files().items():
                archive.writestr(f"{folder}/{name}", content)
    code, said = hearth_import(path, "--yes")
    assert code == 1, said
    assert hearth_import(path, "--folder", "two", "--yes")[0] == 0


class TestWhoActs:
    def test_nobody_there(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(getpass, "getuser", lambda: "An na")
        monkeypatch.setattr(database, "is_embedded", lambda: False)
        with pytest.raises(ServerError, match="no system administrator yet"):
            acting_administrator(None)
        monkeypatch.setattr(database, "is_embedded", lambda: True)
        user = acting_administrator(None)
        assert user.email.lower() == "anna@localhost"
        assert not user.has_usable_password()
        assert "Anna@localhost is made the first one" in capsys.readouterr().err
        make_administrator()
        assert acting_administrator(None) == user

    def test_the_first_is_made(self) -> None:
        user = acting_administrator("first@example.org")
        assert user.sees_all
        assert not user.has_usable_password()
        assert acting_administrator(None) == user

    def test_no_address(self) -> None:
        with pytest.raises(ServerError, match="e-mail address"):
            acting_administrator("somebody")

    def test_several(self) -> None:
        first, second = make_administrator(), make_administrator()
        with pytest.raises(ServerError, match="several"):
            acting_administrator(None)
        assert acting_administrator(second.email.upper()) == second
        assert first != second

    def test_not_an_administrator(self, as_administrator: object) -> None:
        user = make_hmis_user(make_organization())
        with pytest.raises(ServerError, match="not a system administrator"):
            acting_administrator(user.email)


class TestTables:
    def test_up_to_date(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(command_line, "django", _never)
        command_line.prepare()

    def test_missing_ones_are_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ran: list[str] = []
        monkeypatch.setattr(command_line, "_is_migrated", lambda: False)
        monkeypatch.setattr(command_line, "django", lambda *words, **options: ran.extend(words))
        command_line.prepare()
        assert ran == ["migrate"]

    def test_but_not_on_your_own_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(command_line, "_is_migrated", lambda: False)
        monkeypatch.setattr(command_line, "django", _never)
        monkeypatch.setattr(database, "is_embedded", lambda: False)
        monkeypatch.setattr(database, "ensure_running", lambda: False)
        with pytest.raises(ServerError, match="hearth db migrate"):
            command_line.prepare()


def _never(*words: str, **options: object) -> None:
    raise AssertionError("nothing was to be migrated")
