"""A file of answers: what can be taken is, everything else is told, and nothing is taken twice."""

import html
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner

from hearth.hmis.access import command_line
from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.cli import consent
from hearth.hmis.consent.consent_file import FileRefused, read
from hearth.hmis.consent.file_actions import Taken, take_consent_file
from hearth.hmis.consent.models import Consent, ConsentTaking
from tests import factories
from tests.hmis.accounts.people.test_pages import signed_in
from tests.hmis.consent.consenting import CLOSED, OPEN, World
from tests.hmis.ui.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADER = "Source,PersonalID,Choice,Date,FormVersion,Language,Method"
GOOD = {
    "Source": "Test source", "PersonalID": "C1", "Choice": "Share", "Date": "2026-01-05",
    "FormVersion": "2024-08", "Language": "en", "Method": "signed_paper",
}  # fmt: skip


@pytest.fixture
def world(administrator: User) -> World:
    world = World(administrator)
    with acting(administrator):
        Client.objects.filter(pk=world.person.pk).update(hud_id="C1")
        world.person.refresh_from_db()
    return world


def file(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys([*HEADER.split(","), *(name for row in rows for name in row)]))
    cells = [",".join((GOOD | row).get(name, "") for name in names) for row in rows]
    return "\r\n".join([",".join(names), *cells]).encode("utf-8-sig")


def take(world: World, content: bytes, by: User | None = None) -> Taken:
    by = by or world.administrator
    with acting(by):
        return take_consent_file(by=by, content=content)


def test_answers_open_and_close(world: World) -> None:
    stay = world.stay()
    taken = take(world, file({}))
    assert (taken.added, taken.known, taken.touched, taken.findings) == (1, 0, 1, [])
    assert world.seen(stay) == [OPEN]
    taken = take(
        world, file({}, {"Choice": "do_not_share", "Date": "03/01/2026", "Method": "Signed on screen"})
    )
    assert (taken.added, taken.known, taken.touched) == (1, 1, 1)
    assert world.seen(stay) == [CLOSED]
    with acting(world.administrator):
        assert Consent.objects.count() == 2
        assert set(ConsentTaking.objects.values_list("organization", "taken_by")) == {
            (None, world.administrator.pk)
        }
    with acting(world.worker):
        assert not ConsentTaking.objects.exists()


def test_a_line_that_is_there_twice_is_taken_once(world: World) -> None:
    taken = take(world, file({}, {}))
    assert (taken.added, taken.known) == (1, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"Source": ""}, "Source"),
        ({"PersonalID": ""}, "PersonalID"),
        ({"PersonalID": "C9"}, "PersonalID"),
        ({"Source": "Somebody else's"}, "PersonalID"),
        ({"FormVersion": ""}, "FormVersion"),
        ({"Choice": "perhaps"}, "Choice"),
        ({"Choice": "as_imported"}, "Choice"),
        ({"Date": "May 5"}, "Date"),
        ({"Date": "2999-01-01"}, "Date"),
        ({"Language": "xx"}, "Language"),
        ({"Method": "by owl"}, "Method"),
        ({"Method": "by_word"}, "Witness"),
        ({"Until": "soon"}, "Until"),
        ({"Until": "2026-01-05"}, "Until"),
    ],
)
def test_a_fault_leaves_out_its_line_alone(world: World, row: dict[str, str], column: str) -> None:
    taken = take(world, file({"Date": "2026-01-04"}, row))
    assert [(one.line, one.column) for one in taken.findings] == [(3, column)]
    assert taken.added == 1
    assert not any(cell and cell in taken.findings[0].said for cell in row.values() if cell == "C9")


def test_a_minor_needs_a_guardian(world: World) -> None:
    with acting(world.administrator):
        Client.objects.filter(pk=world.person.pk).update(dob=date(2012, 1, 1))
    assert [one.column for one in take(world, file({})).findings] == ["Guardian"]
    taken = take(
        world, file({"Guardian": "Invented Parent"}, {"Choice": "do_not_share", "Date": "2025-01-01"})
    )
    assert (taken.added, taken.findings) == (2, [])


def test_a_line_of_another_length(world: World) -> None:
    taken = take(world, file({}) + b"\r\nTest source,C1\r\n\r\n")
    assert [(one.line, one.said) for one in taken.findings] == [(3, "Has 2 cells instead of 7.")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column Source"),
        (b"Source,PersonalID\n", "no column Choice"),
        (HEADER.encode() + b",Shoe\n", "Nobody reads 1"),
        (HEADER.encode() + b",Date\n", "there twice"),
        ("Source\u00e9".encode("latin-1"), "not in UTF-8"),
        (b"\x00PK", "no CSV"),
        (HEADER.encode() + b'\n"open', "no CSV"),
        (b"x" * (50 * 1024 * 1024 + 1), "larger than 50 MB"),
    ],
)
def test_what_is_no_file_of_answers(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        read(content)


def test_for_system_administrators_alone(world: World) -> None:
    for somebody in (world.worker, factories.make_auditor()):
        with pytest.raises(PermissionDenied):
            take(world, file({}), by=somebody)


def test_the_command(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "prepare", lambda: None)
    path = tmp_path / "answers.csv"
    path.write_bytes(file({}, {"PersonalID": "C9"}))
    run = CliRunner(env={"COLUMNS": "160"})
    said = run.invoke(consent, ["import", str(path), "--as", world.administrator.email])
    assert said.exit_code == 1, said.output
    assert "Line 3, PersonalID: Nobody of this source has this key." in said.output
    assert (
        "1 answer added, 0 known already, 1 line left out; 0 records seen by others than before."
        in said.output
    )
    path.write_bytes(file({}))
    said = run.invoke(consent, ["import", str(path), "--as", world.administrator.email])
    assert said.exit_code == 0, said.output
    path.write_bytes(b"nothing")
    assert "no column Source" in str(run.invoke(consent, ["import", str(path)]).exception)


class TestPage:
    ADDRESS = "/answers/from-elsewhere/"

    def send(self, by: User, content: bytes, name: str = "answers.csv") -> str:
        answer = signed_in(by).post(self.ADDRESS, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 200
        return html.unescape(answer.content.decode())

    def test_looked_at_and_then_kept_once(self, world: World) -> None:
        stay, client = world.stay(), signed_in(world.administrator)
        content = file({}, {"Choice": "perhaps"})
        page = self.send(world.administrator, content)
        assert "Add 1 answer<" in page and "Lines that are left out" in page
        assert 'data-label="Line">3<' in page
        assert world.seen(stay) == [CLOSED]
        with acting(world.administrator):
            assert not Consent.objects.exists()
        done = client.post(self.ADDRESS, {"text": content.decode("utf-8-sig")}, follow=True)
        said = done.content.decode()
        assert "1 answer added; 1 record seen by others than before. 1 line left out." in said
        assert world.seen(stay) == [OPEN]
        assert "There is nothing to add." in self.send(world.administrator, content)

    def test_a_workbook_of_answers(self, world: World) -> None:
        row = {**GOOD, "Date": date(2026, 1, 5)}
        content = workbook([HEADER.split(","), [row[name] for name in HEADER.split(",")]])
        assert "Add 1 answer<" in self.send(world.administrator, content)
        assert take(world, content).added == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"Source", "no column PersonalID"),
            (b"PK\x03\x04rest", "cannot be read as an Excel workbook"),
            (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        ],
    )
    def test_what_is_no_file_of_answers_is_a_sentence(self, world: World, content: bytes, said: str) -> None:
        assert said in self.send(world.administrator, content)
        again = signed_in(world.administrator).post(self.ADDRESS, {"text": content.decode("latin-1")})
        assert again.status_code == 200 and b"hearth-form" in again.content

    def test_nobody_else_sends_one(self, world: World) -> None:
        for somebody in (world.worker, factories.make_auditor()):
            client = signed_in(somebody)
            assert client.get(self.ADDRESS).status_code == 403
            assert client.post(self.ADDRESS, {"text": file({}).decode("utf-8-sig")}).status_code == 403
        with acting(world.administrator):
            assert not Consent.objects.exists()
