"""Ports and environments of the programs that we start."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hearth.server import processes
from hearth.server.errors import ServerError
from tests.server.conftest import Machine


@pytest.mark.parametrize("given", ["abc", "0", "70000", "-1", "80 80"])
def test_a_port_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(ServerError, match="give a number between 1 and 65535"):
        processes.chosen_port()


def test_the_port_is_8000_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert processes.chosen_port() == 8000
    monkeypatch.setenv("PORT", "9123")
    assert processes.chosen_port() == 9123


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_one_sentence(new_machine: Callable[[str], Machine], command: str) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        said = new_machine("taken").hearth(command, PORT=str(port))
    assert said.returncode == 1
    assert said.stderr == (
        f"Port {port} on 127.0.0.1 is taken by another program: stop that program, or choose another port, "
        f"for example `PORT={port + 1}`.\n"
    )


def test_a_port_in_its_closing_minute_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()
    processes.refuse_taken("127.0.0.1", port)


def test_ctrl_c_while_a_program_loads_is_no_traceback(tmp_path: Path) -> None:
    """The worker loads for about a second: whoever stops it then gets no traceback."""
    assert processes.worker_command(1)[1:4] == ["-m", "hearth.server.starting", "django"]
    (tmp_path / "loads_long.py").write_text(
        "import sys, time\nprint(sys.argv[1:], flush=True)\ntime.sleep(60)\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-m", "hearth.server.starting", "loads_long", "--its", "own"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stdout.readline() == "['--its', 'own']\n"
    program.send_signal(signal.SIGINT)
    assert program.communicate(timeout=30) == ("", "")
    assert program.returncode == -signal.SIGINT
