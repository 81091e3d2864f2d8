"""`scripts/install` on machines that lack something: one sentence, and nothing left behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout with what the script reads, without .venv."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(CHECKOUT / "scripts" / "install", tmp_path / "scripts" / "install")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    return tmp_path


def python_that(folder: Path, name: str, refuses: str) -> Path:
    """A Python that fails when its code names `refuses`, and otherwise is the real one."""
    program = folder / name
    program.write_text(f'#!/bin/sh\ncase "$2" in *"{refuses}"*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return program


def install(folder: Path, python: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "scripts/install"],
        cwd=folder,
        env={**os.environ, "PYTHON": str(python), "PIP_USER": "1", "PIP_TARGET": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_venv(fresh: Path) -> None:
    said = install(fresh, python_that(fresh, "python-without-venv", "import venv"))
    assert said.returncode == 1
    assert said.stderr.startswith(
        "Python's venv module is missing: install it (Debian and Ubuntu: 'sudo apt-get"
    )
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert version in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert not (fresh / ".venv").exists()


def test_with_a_python_that_is_too_old(fresh: Path) -> None:
    said = install(fresh, python_that(fresh, "python-old", "version_info < (3, 11)"))
    assert said.returncode == 1
    assert said.stderr.startswith("Hearth needs Python 3.11 or newer, which was not found")
    assert len(said.stderr.splitlines()) == 1
    assert not (fresh / ".venv").exists()


def test_packages_that_do_not_have_the_locked_sum_are_not_installed(fresh: Path) -> None:
    """A lock whose sums fit nothing ends with a sentence and leaves no stamp, so the next run tries again."""
    folder = fresh / "wheels"
    folder.mkdir()
    lock = "nothing-of-the-kind==1 --hash=sha256:" + "0" * 64
    (fresh / "requirements.lock").write_text(lock)
    said = subprocess.run(
        ["sh", "scripts/install"],
        cwd=fresh,
        env={**os.environ, "PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 1
    assert "The packages could not be installed: see pip's message above" in said.stderr
    assert not (fresh / ".venv" / "hearth-installed").exists()


def test_no_committed_file_names_a_registry() -> None:
    words = ("index-url", "--find-links", "pypi.org", "files.pythonhosted.org")
    for name in ("requirements.lock", "requirements-dev.lock", "Makefile", "scripts/install", ".ci/run"):
        text = (CHECKOUT / name).read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], name
