"""Whatever goes wrong, the database stays exactly as it was, and one sentence says what to do."""

import errno
import os
import pty
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from hearth import scratch
from hearth.hmis.access.models import User
from hearth.hmis.exchange.importing import writing
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.importing.run_files import folder_of
from hearth.hmis.exchange.importing.writing import Writer
from hearth.hmis.exchange.models import ImportRun
from hearth.reporting import engine
from hearth.reporting.sources import transfer
from hearth.reporting.sources.staging import _Staging
from hearth.server import database
from tests.factories import make_administrator
from tests.hmis.exchange.importing import begin, finished, import_export, records
from tests.reporting.sources.exports import Export, csv_bytes, write_zip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by() -> User:
    return make_administrator()


@pytest.fixture
def stored(by: User, tmp_path: Path) -> Export:
    """An export that is imported already, and then changed: its next import would change and add rows."""
    export = Export()
    finished(by, export.zip(tmp_path))
    export.row("Client")["FirstName"] = "Unna"
    export.tables["Client"].append({**export.row("Client"), "PersonalID": "C3"})
    return export


def without(name: str) -> Callable[[Export, Path], Path]:
    def make(export: Export, folder: Path) -> Path:
        files = export.all_files()
        del files[name]
        return write_zip(folder / "bad.zip", files)

    return make


def with_file(name: str, content: Callable[[Export], bytes]) -> Callable[[Export, Path], Path]:
    return lambda export, folder: write_zip(folder / "bad.zip", export.all_files() | {name: content(export)})


def with_row(table: str, number: int, **values: Any) -> Callable[[Export, Path], Path]:
    def make(export: Export, folder: Path) -> Path:
        export.row(table, number).update(values)
        return export.zip(folder)

    return make


def text_file(export: Export, folder: Path) -> Path:
    path = folder / "bad.zip"
    path.write_text("PersonalID,FirstName\n")
    return path


def encrypted(export: Export, folder: Path) -> Path:
    path = export.zip(folder)
    content = bytearray(path.read_bytes())
    for mark, flag in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + flag] |= 1
            at = content.find(mark, at + 1)
    path.write_bytes(content)
    return path


def bomb(export: Export, folder: Path) -> Path:
    path = folder / "bad.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Client.csv", "w", force_zip64=True) as file,
    ):
        for _ in range(64):
            file.write(b"0" * 1024 * 1024)
    return path


def leading_out(export: Export, folder: Path) -> Path:
    return write_zip(folder / "bad.zip", export.all_files() | {"../../Client.csv": b"x"})


def half_a_line(export: Export) -> bytes:
    return csv_bytes("Client", export.tables["Client"]).rstrip()[:-60]


SERVICE: list[dict[str, Any]] = [{"ServicesID": "V1", "EnrollmentID": "E1", "PersonalID": "C1"}]

BAD: dict[str, tuple[Callable[[Export, Path], Path], str]] = {
    "not a zip": (text_file, "not a zip"),
    "encrypted zip": (encrypted, "password"),
    "zip bomb": (bomb, ""),
    "path that leads out": (leading_out, ""),
    "missing file": (without("Exit.csv"), "Exit.csv is missing"),
    "missing column": (
        with_file(
            "Exit.csv", lambda e: csv_bytes("Exit", e.tables["Exit"], columns=["ExitID", "EnrollmentID"])
        ),
        "column",
    ),
    "wrong delimiter": (
        with_file("Client.csv", lambda e: csv_bytes("Client", e.tables["Client"], delimiter=";")),
        "semicolon",
    ),
    "half a line at the end": (with_file("Client.csv", half_a_line), "cut off"),
    "half a line in a file that is read after others were written": (
        with_file(
            "Services.csv", lambda e: csv_bytes("Services", e.tables["Services"] or SERVICE).rstrip()[:-10]
        ),
        "cut off",
    ),
    "NUL bytes": (
        with_file("Client.csv", lambda e: csv_bytes("Client", e.tables["Client"]).replace(b"Unna", b"Un\0a")),
        "NUL",
    ),
    "two rows with one key": (with_row("Client", 1, PersonalID="C1"), ""),
    "enrollment without its client": (with_row("Enrollment", 1, PersonalID="C9"), ""),
    "header lines only": (
        lambda export, folder: write_zip(
            folder / "bad.zip", {f"{name}.csv": csv_bytes(name, []) for name in export.tables}
        ),
        "nothing to import",
    ),
    "unknown year": (with_row("Export", 0, CSVVersion="2019 v1.0"), "year"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_in_one_sentence(kind: str, by: User, stored: Export, tmp_path: Path) -> None:
    make, words = BAD[kind]
    path = make(stored, tmp_path)
    if kind == "unknown year":
        # Columns of no year we know: a version alone is not believed against the columns.
        path = write_zip(
            tmp_path / "bad.zip",
            stored.all_files()
            | {"Client.csv": b"PersonalUniqueID\r\n", "Enrollment.csv": b"EnrollmentKey\r\n"},
        )
    before = records()
    run = import_export(by, path)
    assert run.state == "refused", (run.state, run.message)
    assert words in run.message
    assert "Nothing was imported." in run.message
    assert any(one["stops"] for one in run.findings_summary)
    assert (folder_of(run) / "findings.parquet").exists()
    assert records() == before


def test_all_faults_of_the_structure_are_told(by: User, stored: Export, tmp_path: Path) -> None:
    files = stored.all_files()
    del files["Exit.csv"]
    files["Services.csv"] = b"ServicesID\r\n"
    run = import_export(by, write_zip(tmp_path / "bad.zip", files))
    assert run.state == "refused"
    assert {"file_missing", "column_missing"} <= {one["check"] for one in run.findings_summary}
    assert "more faults stop it" in run.message


def test_a_file_that_is_not_there(by: User, tmp_path: Path) -> None:
    run = import_export(by, tmp_path / "nowhere.zip")
    assert run.state == "refused"
    assert "nowhere.zip" in run.message


def after(files: int, do: Callable[[Writer], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something in the middle of writing: after so many files."""
    write = Writer.write

    def wrapped(self: Writer, *arguments: Any) -> None:
        write(self, *arguments)
        if len(self.counts) == files:
            do(self)

    monkeypatch.setattr(Writer, "write", wrapped)


def test_the_database_goes_away_in_the_middle(
    by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def terminate(writer: Writer) -> None:
        with psycopg.connect(database.url("superuser"), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [writer.cursor.connection.info.backend_pid])

    before = records()
    after(13, terminate, monkeypatch)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "failed"
    assert "database went away" in run.message
    assert records() == before


def test_the_disk_is_full_while_writing(
    by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(writer: Writer) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    before = records()
    after(13, no_space, monkeypatch)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "failed"
    assert "no room left on its disk" in run.message
    assert records() == before


@pytest.mark.parametrize("place", ["unpacking", "staging"])
def test_the_disk_is_full_before(
    place: str, by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = records()

    def no_space(*arguments: Any, **named: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    if place == "unpacking":
        monkeypatch.setattr("hearth.reporting.sources.open.copy_as_utf8", no_space)
    else:
        monkeypatch.setattr("hearth.reporting.sources.staging.contradictions.mark", no_space)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state in ("failed", "refused")
    assert "disk is full" in run.message
    assert records() == before


@pytest.mark.parametrize("file", ["Disabilities", "Event"])
def test_reading_fails_while_rows_are_written(
    file: str, by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are written while later ones are read: what goes wrong with those undoes all of it."""
    read = _Staging._read_typed

    def failing(self: _Staging, definition: Any) -> None:
        if definition.name == file:
            assert written.wait(60)
            raise OSError(errno.ENOSPC, "No space left on device")
        read(self, definition)

    written = threading.Event()
    before = records()
    after(11, lambda writer: written.set(), monkeypatch)  # the clients
    monkeypatch.setattr(_Staging, "_read_typed", failing)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "failed"
    assert "disk is full" in run.message
    assert records() == before


def test_the_engine_fails_between_two_rows(
    by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COPY is called off, not ended with what came until then."""
    copy = transfer.engine_to_postgres

    def failing(connection: Any, select: str, *rest: Any) -> None:
        if "clients_client" in rest:
            select = f"SELECT * FROM ({select}) UNION ALL BY NAME SELECT error('broken') AS id"
        copy(connection, select, *rest)

    before = records()
    monkeypatch.setattr(writing, "engine_to_postgres", failing)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "failed"
    assert "fault in Hearth" in run.message
    assert records() == before


def test_cancelled_in_the_middle(
    by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(writer: Writer) -> None:
        ImportRun.objects.update(cancel_requested=True)
        for _ in range(100):
            time.sleep(0.1)
            writer.on_progress(0)

    before = records()
    after(13, cancel, monkeypatch)
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "cancelled"
    assert "Nothing was imported." in run.message
    assert records() == before


def test_cancelled_during_a_long_statement(
    by: User, stored: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(writer: Writer) -> None:
        ImportRun.objects.update(cancel_requested=True)
        writer.cursor.execute("SELECT pg_sleep(60)")

    before = records()
    after(13, sleep, monkeypatch)
    began = time.monotonic()
    run = import_export(by, stored.zip(tmp_path))
    assert run.state == "cancelled"
    assert time.monotonic() - began < 20
    assert records() == before


KILLED = """
import sys, time
from pathlib import Path
import django
from django.conf import settings
django.setup()
settings.MEDIA_ROOT = Path(sys.argv[3])
from hearth.hmis.exchange.importing.perform import perform
from hearth.hmis.exchange.importing.writing import Writer
from hearth.hmis.exchange.models import ImportRun

write = Writer.write
def wait(self, *arguments):
    write(self, *arguments)
    if len(self.counts) == 13:
        print("in the middle", flush=True)
        time.sleep(60)
Writer.write = wait
perform(ImportRun.objects.get(pk=int(sys.argv[1])), Path(sys.argv[2]))
"""


def test_killed_in_the_middle_and_begun_again(by: User, stored: Export, tmp_path: Path) -> None:
    path = stored.zip(tmp_path)
    run = begin(by, path)
    before = records()
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(run.pk), str(path), str(settings.MEDIA_ROOT)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ,
    )  # fmt: skip
    assert child.stdout is not None
    while "in the middle" not in child.stdout.readline():
        assert child.poll() is None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert records() == before
    run.refresh_from_db()
    assert not run.has_ended
    assert list(scratch.root().glob(f"source-{child.pid}-*"))
    scratch.sweep()
    assert not list(scratch.root().glob(f"*-{child.pid}-*"))
    run = perform(run, path)
    assert (run.state, run.counts["Client"]["added"]) == ("finished", 1)


def test_ctrl_c_in_a_terminal(by: User, stored: Export, tmp_path: Path) -> None:
    path = stored.zip(tmp_path)
    run = begin(by, path)
    before = records()
    process, terminal = pty.fork()
    if not process:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores Ctrl-C
        arguments = ["-c", KILLED, str(run.pk), str(path), str(settings.MEDIA_ROOT)]
        os.execv(sys.executable, [sys.executable, *arguments])
    said = b""
    while b"in the middle" not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, b"\x03")
    with suppress(OSError):  # the terminal's end, once nobody writes to it
        while os.read(terminal, 4096):
            pass
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    os.close(terminal)
    run.refresh_from_db()
    assert (run.state, run.message) == ("cancelled", "The import was cancelled. Nothing was imported.")
    assert records() == before
    assert not list(scratch.root().glob(f"*-{process}-*"))


def test_two_imports_of_one_source_wait_for_one_another(by: User, stored: Export, tmp_path: Path) -> None:
    from django.db import connection

    path = stored.zip(tmp_path)
    runs = [begin(by, path) for _ in range(2)]

    def work(run: ImportRun) -> None:
        try:
            perform(run, path)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.refresh_from_db()
    assert [run.state for run in runs] == ["finished", "finished"]
    assert sorted(run.counts["Client"]["added"] for run in runs) == [0, 1]


def test_ids_are_taken_apart_while_others_take_some(by: User) -> None:
    """Blocks for imports and single ids for people at work never meet."""
    from hearth.hmis.exchange.importing.announced import Announced
    from hearth.hmis.exchange.importing.matching import Matching
    from hearth.hmis.exchange.importing.newer import Answers

    taken: list[int] = []

    def blocks() -> None:
        with psycopg.connect(database.url("loader"), autocommit=True) as loader, engine.connected() as unused:
            matching = Matching(
                unused,
                loader.cursor(),
                1,
                is_new_source=True,
                share=False,
                announced=Announced(),
                answers=Answers(),
                on_progress=lambda count: None,
            )
            for _ in range(20):
                first = matching._allocate("clients_client", 50)
                taken.extend(range(first, first + 50))

    def single() -> None:
        with psycopg.connect(database.url("web"), autocommit=True) as web:
            for _ in range(500):
                found = web.execute(
                    "SELECT nextval(pg_get_serial_sequence('clients_client', 'id')::regclass)"
                ).fetchone()
                assert found is not None
                taken.append(found[0])

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for work in (blocks, blocks, single, single)]:
            done.result()  # raises what was raised there
    assert len(taken) == 20 * 50 * 2 + 500 * 2
    assert len(set(taken)) == len(taken)
