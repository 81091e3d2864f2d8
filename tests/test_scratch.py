"""Scratch goes with its process, however that ends, and never under one that lives."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from hearth import scratch
from hearth.reporting import engine


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(scratch, "_processes", {})
    return tmp_path / "home"


def entries() -> list[Path]:
    return [path for path in scratch.root().glob("*") if path.name != ".gate"]


def started(program: str, *arguments: object) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "here"
    return process


def killed(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def test_a_folder_is_private_and_gone_at_the_end() -> None:
    with pytest.raises(RuntimeError), scratch.folder("work") as work:
        (work / "Client.csv").write_text("Ada")
        assert work.is_relative_to(scratch.root())
        for part in (scratch.root(), work.parent, work):
            assert part.stat().st_mode & 0o077 == 0
        assert scratch.sweep() == 0
        assert (work / "Client.csv").exists()
        raise RuntimeError
    assert not entries()


def test_what_stands_beside_its_target(tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    with scratch.beside(target) as part:
        part.write_text("half")
        assert part.parent == tmp_path
        assert scratch.sweep() == 0
        assert part.exists()
    assert not part.exists()
    with scratch.beside(target) as part:
        part.write_text("whole")
        part.replace(target)
    with scratch.beside(tmp_path / "folder") as part:
        part.mkdir()
        (part / "LSAPerson.csv").write_text("half")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.zip"]
    assert target.read_text() == "whole"
    assert not entries()


HOLDS = """
    import sys, time
    from pathlib import Path
    from hearth import scratch
    target = Path(sys.argv[1])
    with scratch.folder("export") as work, scratch.beside(target) as part, scratch.beside(target) as folder:
        (work / "gathered.duckdb").write_text("Ada")
        (scratch.of_process("uploads") / "tmp.upload").write_text("Ada")
        part.write_text("Ada")
        folder.mkdir()
        (folder / "LSAPerson.csv").write_text("Ada")
        print("here", flush=True)
        time.sleep(60)
"""


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    process = started(HOLDS, tmp_path / "out" / "export.zip")
    assert scratch.sweep() == 0  # it lives
    assert len(entries()) == 4
    assert len(list((tmp_path / "out").iterdir())) == 2
    killed(process)
    assert scratch.sweep() == 4
    assert not entries()
    assert not list((tmp_path / "out").iterdir())


def test_whoever_makes_scratch_first_sweeps_too(tmp_path: Path) -> None:
    killed(started(HOLDS, tmp_path / "export.zip"))
    done = subprocess.run(
        [sys.executable, "-c", "from hearth import scratch\nwith scratch.folder('x'): pass"], check=False
    )
    assert done.returncode == 0
    assert not entries()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_process_that_ends_in_order_leaves_nothing() -> None:
    program = "from hearth import scratch\n(scratch.of_process('uploads') / 'x').write_text('Ada')"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert not entries()


def test_a_forked_process_has_its_own_and_leaves_its_parents_alone() -> None:
    ours = scratch.of_process("uploads")
    assert scratch.of_process("uploads") == ours
    child = os.fork()
    if not child:
        os._exit(scratch.of_process("uploads") == ours)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ours.is_dir()


BUSY = """
    import sys
    from pathlib import Path
    from hearth import scratch
    target = Path(sys.argv[1])
    print("here", flush=True)
    number = 0
    while True:
        number += 1
        with scratch.folder("work") as work, scratch.beside(target) as part:
            (work / "Client.csv").write_text("Ada" * 1000)
            part.write_text("Ada" * 1000)
            (work / "Client.csv").read_text()  # nobody has swept it away
            if number % 3:
                part.replace(target)
"""


def test_killed_at_random_moments_nothing_is_left(tmp_path: Path) -> None:
    dice = random.Random(20261129)
    out = tmp_path / "out"
    out.mkdir()
    stop = threading.Event()

    def keep_sweeping() -> None:
        while not stop.is_set():
            scratch.sweep()

    sweeper = threading.Thread(target=keep_sweeping)
    sweeper.start()
    try:
        for number in range(12):
            process = started(BUSY, out / f"{number}.zip")
            time.sleep(dice.random() * 0.3)
            assert process.poll() is None  # the sweeping does it no harm
            killed(process)
    finally:
        stop.set()
        sweeper.join()
    scratch.sweep()
    assert not entries()
    assert all(path.suffix == ".zip" and not path.name.startswith(".") for path in out.iterdir())


def test_the_engine_spills_into_scratch_and_not_where_the_process_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with engine.connected(memory_limit="64MB", threads=1) as connection:
        where = engine.scalar(connection, "SELECT current_setting('temp_directory')")
        assert Path(where).is_relative_to(scratch.root())
        engine.run(connection, "CREATE TABLE t AS SELECT i, hash(i)::VARCHAR AS h FROM range(3000000) r(i)")
        assert list(Path(where).iterdir())
        with engine.connected() as other:
            assert engine.scalar(other, "SELECT current_setting('temp_directory')") != where
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_without_hearth_home_the_users_own_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEARTH_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with scratch.folder("work") as work:
        assert work.is_relative_to(tmp_path / "data" / "hearth" / "scratch")


def test_a_data_folder_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(scratch.ScratchError) as said, scratch.folder("work"):
        pass
    assert str(said.value).startswith("The data folder ")
    assert "HEARTH_HOME" in str(said.value)


def test_a_sweep_touches_only_what_is_hidden_and_half(tmp_path: Path) -> None:
    """Names elsewhere are believed only where they look like ours."""
    import json

    kept = tmp_path / "kept.zip"
    kept.write_text("whole")
    entry = scratch.root() / "beside-1-x"
    entry.mkdir(parents=True)
    (entry / "elsewhere").write_text(json.dumps([os.fsencode(kept).hex()]))
    assert scratch.sweep() == 1
    assert kept.exists()


def test_a_link_goes_and_what_it_names_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("Ada")
    with scratch.beside(tmp_path / "out") as part:
        part.symlink_to(tmp_path / "elsewhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "home"]
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_a_forked_process_that_ends_in_order_leaves_its_parents_alone() -> None:
    program = """
        import os, sys
        from hearth import scratch
        ours = scratch.of_process("uploads")
        child = os.fork()
        if not child:
            sys.exit()
        os.waitpid(child, 0)
        print(ours.is_dir())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr
    assert not entries()


def test_a_sweep_waits_for_whoever_is_making_an_entry() -> None:
    """Until its lock is there, an entry looks like that of a process that died."""
    scratch.root().mkdir(parents=True)
    with scratch._gate(fcntl.LOCK_SH):
        half = scratch.root() / "work-1-half"
        half.mkdir()
        sweeper = threading.Thread(target=scratch.sweep)
        sweeper.start()
        sweeper.join(0.5)
        assert sweeper.is_alive()
        assert half.is_dir()
    sweeper.join(20)
    assert not half.exists()
