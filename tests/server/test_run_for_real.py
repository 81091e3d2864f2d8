"""docs/how_to/run_for_real.md, followed to the letter on a PostgreSQL that is not Hearth's own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from hearth.server import binaries, keys
from tests.server.conftest import Machine

NewMachine = Callable[[str], Machine]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "run_for_real.md"
DATABASE = "of_our_own"
#: What the guide leaves to service managers, or runs for as long as the installation lives.
LONG = ("hearth serve", "hearth worker", "scripts/install")


def debian() -> binaries.Binaries | None:
    found = [binaries._look(folder) for folder in sorted(binaries.DEBIAN.glob("*/bin"))]
    return next((one for one in found if one and one.has_server and one.major >= binaries.OLDEST_MAJOR), None)


pytestmark = pytest.mark.skipif(debian() is None, reason="Debian's PostgreSQL is not installed")


@pytest.fixture(scope="module")
def server(new_machine: NewMachine) -> Machine:
    """Debian's PostgreSQL with its superuser, as an operator has it."""
    machine = new_machine("own server")
    programs = debian()
    assert programs is not None
    machine.environment["HEARTH_PG_BIN"] = str(programs.folder)
    assert machine.hearth("db", "start").returncode == 0
    return machine


@pytest.fixture(scope="module")
def operator(server: Machine, new_machine: NewMachine, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The machine of the application, with an export to import."""
    machine = new_machine("operator")
    work = tmp_path_factory.mktemp("work")
    machine.environment["WORK"] = str(work)
    said = machine.hearth(
        "synth", "--clients", "100", "--coc", "MN-500", "--seed", "5", "--out", str(work / "first-export.zip")
    )
    assert said.returncode == 0, said.stderr
    scripts = work / "bin"
    scripts.mkdir()
    (scripts / "hearth").write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from hearth.cli import main; main()' \"$@\"\n"
    )
    (scripts / "hearth").chmod(0o755)
    machine.environment["PATH"] = f"{scripts}:{os.environ['PATH']}"
    return machine


def lines_of_guide() -> Iterator[str]:
    """Every line of the guide's shell blocks, in order."""
    for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        yield from (line for line in block.splitlines() if line.strip())


def as_here(line: str, server: Machine, work: str) -> str:
    """A line of the guide with this machine's addresses, folders and days in place of the examples."""
    socket = quote(str(server.cluster.socket), safe="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEARTH_HOME", str(server.path))
        superuser = quote(keys.database_password("postgres", server.home), safe="")
    line = re.sub(
        r"postgresql://(hearth_\w+):…@db\.example\.org/hearth\?sslmode=verify-full",
        rf"'postgresql://\1:a-password-of-\1@/{DATABASE}?host={socket}&port=5432'",
        line,
    )
    line = line.replace(
        "postgresql://postgres:…@db.example.org/postgres",
        f"'postgresql://postgres:{superuser}@/postgres?host={socket}&port=5432'",
    )
    line = line.replace("hearth-2026-11-24", "hearth-$(date +%F)").replace("/backups/", f"{work}/")
    return line.replace("after.txt", f"{work}/after.txt").replace("first-export", f"{work}/first-export")


def test_every_command_of_the_guide_works_in_its_order(server: Machine, operator: Machine) -> None:
    work = operator.environment["WORK"]
    script = ["set -eu", f"cd {work}", "HEARTH_HOME=" + str(operator.path)]
    for line in map(lambda line: as_here(line, server, work), lines_of_guide()):  # noqa: C417
        if line.startswith("openssl"):
            variable = re.search(r"HEARTH_\w+", line)
            assert variable is not None
            script.append(f"export {variable[0]}=$({line.split('#')[0].strip()})")
        elif any(part in line for part in LONG):
            continue
        elif line.startswith("hearth user password"):
            script.append(f"echo 'a long password of somebody' | {line}")
        elif "--organization 17" in line:
            first = (
                "$(hearth organization list --as you@example.org | awk '$1 ~ /^[0-9]+$/ {print $1; exit}')"
            )
            script.append(line.replace("17", first))
        else:
            script.append(line)
        if "first-export" in line:
            script.append(f"hearth db checksums > {work}/before.txt")
    # What was written after the backup is gone with the restore; nothing is between the two in the guide.
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        env=operator.environment, capture_output=True, text=True, timeout=540, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + "\n" + done.stdout
    before, after = (Path(work, name).read_text() for name in ("before.txt", "after.txt"))
    changed = {line.split("\t")[0] for line in set(before.splitlines()) ^ set(after.splitlines())}
    assert "public.clients_client" in before
    assert not {name for name in changed if "clients_" in name or "enrollments_" in name}


def test_a_backup_needs_the_programs_of_the_servers_version(
    server: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = debian()
    assert programs is not None
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path)
    monkeypatch.delenv("HEARTH_PG_BIN", raising=False)
    with pytest.raises(binaries.ServerError, match=f"postgresql-client-{programs.major}"):
        binaries.clients_of(programs.major)


def test_the_server_has_what_it_should(server: Machine, operator: Machine) -> None:
    address = server.cluster.conninfo(database=DATABASE)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM clients_client").fetchone() == (True,)
        roles = connection.execute("SELECT count(*) FROM access_grant").fetchone()
    assert roles == (2,)
