"""The data folder: where everything that must survive a restart is kept (see `hearth.data_folder`)."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from hearth.data_folder import absolute, data_folder, make
from hearth.server.errors import ServerError


@dataclass(frozen=True, slots=True)
class Home:
    """A data folder that exists. Its parts: `postgres`, `keys`, `files` (uploads, exports), `logs`."""

    path: Path

    @classmethod
    def find(cls) -> "Home":
        """The data folder of this process, created with its parts when new.

        Raises ServerError when it cannot be created or is not ours to write in.
        """
        return cls.at(data_folder())

    @classmethod
    def at(cls, path: Path) -> "Home":
        """The data folder at `path`, created with its parts when new."""
        home = cls(absolute(path))
        try:
            make(home.path)
            for part in (home.keys, home.files, home.logs):
                part.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ServerError(
                f"The data folder {home.path} cannot be created or written ({error.strerror}): "
                "give this user rights to it, or set HEARTH_HOME to a folder of your own."
            ) from error
        if not os.access(home.path, os.W_OK | os.X_OK):
            raise ServerError(
                f"This user may not write in the data folder {home.path}: run the command as its owner, "
                "or set HEARTH_HOME to a folder of your own."
            )
        return home

    @property
    def postgres(self) -> Path:
        """Folder of the embedded PostgreSQL (may be a symbolic link, see `hearth.server.account`)."""
        return self.path / "postgres"

    @property
    def keys(self) -> Path:
        """Keys and passwords, one file each, mode 0600."""
        return self.path / "keys"

    @property
    def files(self) -> Path:
        """Uploads and exports."""
        return self.path / "files"

    @property
    def sealed(self) -> Path:
        """Sealed files: signatures and uploads (`hearth.server.sealed_store`)."""
        return self.files / "sealed"

    @property
    def logs(self) -> Path:
        """Logs of the processes that `hearth` starts."""
        return self.path / "logs"


def is_private(path: Path) -> bool:
    """Whether nobody but the owner can read or write the file."""
    return stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
