"""kill -9 at random moments of an import, an export, an upload, a report: a sweep later nothing is left."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from hearth import scratch
from hearth.hmis.access.models import User
from hearth.hmis.exchange.exporting.request import ExportRequest
from hearth.hmis.exchange.models import ExportRun
from hearth.hmis.jobs.kinds import kinds
from tests.factories import make_administrator
from tests.hmis.exchange.importing import begin, finished
from tests.reporting.sources.exports import Export

pytestmark = pytest.mark.django_db(transaction=True)

NAME, SSN = "Zebulonia", "219099999"

BEGINNING = """
    import os, sys
    from pathlib import Path
    import django
    from django.conf import settings
    django.setup()
    settings.MEDIA_ROOT = Path(sys.argv[1])
    pk, path = int(sys.argv[2]), Path(sys.argv[3])
    def here():
        print("here", flush=True)
"""
IMPORT = """
    from hearth.hmis.exchange.importing.perform import perform
    from hearth.hmis.exchange.models import ImportRun
    run = ImportRun.objects.get(pk=pk)
    here()
    perform(run, path)
"""
EXPORT = """
    from hearth.hmis.exchange.exporting.perform import perform
    from hearth.hmis.exchange.models import ExportRun
    run = ExportRun.objects.get(pk=pk)
    here()
    perform(run, path)
"""
UPLOAD = """
    from hearth.hmis.site.uploads import ScratchUploadHandler
    content = path.read_bytes()
    here()
    while True:
        handler = ScratchUploadHandler()
        handler.new_file("file", "export.zip", "application/zip", len(content), None, {})
        for start in range(0, len(content), 1000):
            handler.receive_data_chunk(content[start:start + 1000], start)
        handler.file_complete(len(content))
        handler.file.close()
"""
REPORT = """
    from hearth.reporting.runtime.inputs import opened_input
    from hearth.standards.load import load
    from hearth.reporting.outputs.folder import folder_of_results
    here()
    while True:
        with opened_input(path, load(2026)) as given, folder_of_results(Path(sys.argv[1]) / "lsa") as part:
            half = part / "LSAPerson.csv"
            half.write_bytes(next(given.work.rglob("Client.csv")).read_bytes())
            half.write_text("counts")
"""


@pytest.fixture
def by() -> User:
    return make_administrator()


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    for folder in ("files", "out", "tmp", "here"):
        (tmp_path / folder).mkdir()


@pytest.fixture
def given(tmp_path: Path) -> Path:
    export = Export()
    export.row("Client").update(FirstName=NAME, SSN=SSN, SSNDataQuality="1")
    (tmp_path / "given").mkdir()
    return export.zip(tmp_path / "given")


def killed_after(seconds: float, program: str, tmp_path: Path, pk: int, path: Path) -> int:
    """Run the program and kill it so long after it has begun its work; its process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(BEGINNING) + textwrap.dedent(program),
         str(django_settings.MEDIA_ROOT), str(pk), str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path / "here",
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    process.stdout.close()
    return process.pid


def assert_nothing_is_left(pid: int, tmp_path: Path) -> None:
    scratch.sweep()
    for kind in kinds():
        kind.clear_away()
    assert not list(scratch.root().glob(f"*-{pid}-*"))
    left = [path for folder in ("files", "tmp", "here", "out") for path in (tmp_path / folder).rglob("*")]
    files = [path for path in left if path.is_file()]
    assert not [path for path in files if path.name.startswith(".") or path.suffix == ".duckdb"]
    for path in files:  # a finished zip, findings and the like
        content = path.read_bytes()
        assert path.suffix == ".zip" or (NAME.encode() not in content and SSN.encode() not in content), path
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "here").iterdir())


@pytest.mark.parametrize("kind", ["import", "export", "upload", "report"])
def test_nothing_is_left_in_clear(kind: str, by: User, given: Path, tmp_path: Path) -> None:
    dice = random.Random(f"{kind} 20261129")
    if kind == "export":
        finished(by, given)
    for _ in range(3):
        pk, path, seconds = 0, given, dice.random() * 0.4
        if kind == "import":
            pk, program = begin(by, given).pk, IMPORT
        elif kind == "export":
            asked = ExportRequest(start=date(2020, 1, 1), end=date(2026, 9, 30))
            pk, program = ExportRun.objects.create(created_by=by, parameters=asked.as_json()).pk, EXPORT
            path = tmp_path / "out" / "export.zip"
        else:
            program = UPLOAD if kind == "upload" else REPORT
        assert_nothing_is_left(killed_after(seconds, program, tmp_path, pk, path), tmp_path)


def test_no_ssn_is_open_while_rows_are_gathered(
    by: User, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor in the gathered tables while the zip is written."""
    import zipfile

    from hearth.hmis.exchange.exporting import perform as performing
    from hearth.reporting import engine
    from hearth.reporting.outputs import hmis_csv

    finished(by, given)
    write, seen = hmis_csv.write, []

    def look(tables: engine.Connection, *arguments: Any, **named: Any) -> Any:
        tables.execute("CHECKPOINT")
        for path in scratch.root().glob(f"export-{os.getpid()}-*/work/*"):
            seen.append(path.name)
            assert SSN.encode() not in path.read_bytes()
        assert engine.scalar(tables, f"SELECT count(*) FROM \"Client\" WHERE SSN = '{SSN}'") == 0
        return write(tables, *arguments, **named)

    monkeypatch.setattr(performing.hmis_csv, "write", look)
    asked = ExportRequest(start=date(2020, 1, 1), end=date(2026, 9, 30))
    run = ExportRun.objects.create(created_by=by, parameters=asked.as_json())
    target = tmp_path / "out" / "export.zip"
    run = performing.perform(run, target)
    assert run.state == "finished", run.message
    assert "gathered.duckdb" in seen
    with zipfile.ZipFile(target) as archive:
        assert SSN in archive.read("Client.csv").decode()
