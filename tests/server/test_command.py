"""The `hearth` command itself: quick, and every sub-command explains itself with examples."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from hearth.cli import COMMANDS

RUN = [sys.executable, "-c", "from hearth.cli import main; main()"]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*RUN, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_help_is_quick() -> None:
    """Under 0.3 s of processor time, so that a busy machine does not fail it; measured: 0.07 s."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = run("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert said.returncode == 0
        assert all(name in said.stdout for name in COMMANDS)
    assert min(spent) < 0.3


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    said = run(name, "--help")
    assert said.returncode == 0, said.stderr
    assert "Example" in said.stdout
    assert f"hearth {name}" in said.stdout


DB = ("start", "stop", "status", "migrate", "backup", "restore", "checksums", "psql", "setup")


@pytest.mark.parametrize("name", DB)
def test_every_database_command_has_help_with_an_example(name: str) -> None:
    said = run("db", name, "--help")
    assert said.returncode == 0, said.stderr
    assert "Example" in said.stdout
    assert f"hearth db {name}" in said.stdout


@pytest.mark.parametrize(
    "arguments", [["--help"], ["db", "--help"], ["standards", "--help"], ["synth", "--help"]]
)
def test_what_needs_no_database_loads_no_django(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom hearth.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('django' in sys.modules, file=sys.stderr)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert said.stderr.strip().endswith("False")


def test_an_unknown_command_is_named() -> None:
    said = run("exprot")
    assert said.returncode == 2
    assert "exprot" in said.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "", "--yes"],
        ["import", "export.zip", "--yes", "--findings", " "],
        ["export", "--start", "2025-10-01", "--end", "2026-09-30", "--out", ""],
        ["db", "backup", ""],
        ["db", "restore", ""],
        ["synth", "--out", ""],
        ["standards", "docs", "--to", ""],
        ["report", "members", "", "--file", "LSAHousehold", "--row", "1"],
        ["report", "compare", "", "other"],
    ],
)
def test_an_empty_path_is_not_the_folder_where_one_stands(arguments: list[str]) -> None:
    said = run(*arguments)
    assert (said.returncode, "it is empty" in said.stderr) == (2, True), said.stderr


@pytest.mark.parametrize("command", ["import", "user unlock", "report lsa", "db backup", "standards show"])
def test_a_name_that_is_no_text_is_one_sentence(command: str) -> None:
    said = run(*command.split(), os.fsdecode(b"caf\xe9.zip"))
    assert said.returncode == 2
    assert (
        said.stderr
        == "“caf\N{REPLACEMENT CHARACTER}.zip” is no text in UTF-8: write it so, or rename the file first.\n"
    )


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999", "x"])
def test_a_number_that_no_organization_has(number: str) -> None:
    for command in ("add", "remove-role"):
        said = run("user", command, "ada@example.org", "--role", "hmis_user", "--organization", number)
        assert said.returncode == 2 and "--organization" in said.stderr


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "RuntimeError('Query interrupted')"])
def test_a_cancelled_synth_is_one_sentence(raised: str) -> None:
    code = (
        "import sys\nfrom hearth.cli import main\nfrom hearth.reporting.synthetic import cli\n"
        f"def stopped(*arguments): raise {raised}\n"
        "cli._with_progress = stopped\nmain(['synth', '--out', 'x.zip'])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (130, "Cancelled. Nothing was written.\n")


def test_ctrl_c_is_a_sentence_where_the_command_has_none() -> None:
    code = (
        "import sys\nfrom hearth.cli import main\nfrom hearth.standards import cli, load\n"
        "import hearth.standards.lint as lint\n"
        "def stopped(*arguments, **more): raise KeyboardInterrupt\n"
        "lint.lint = stopped\nmain(['standards', 'lint'])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (130, "Stopped. What the command had done stands.\n")


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.3, 0.6])
def test_ctrl_c_while_a_command_is_loaded_is_no_traceback(seconds: float) -> None:
    with subprocess.Popen(
        [*RUN, "report", "compare", "a", "b"], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert "hearth/" not in said  # Python's own start, before anything of ours, may still say something
