"""Where the data folder is: `HEARTH_HOME`, else the user's own (on Linux `~/.local/share/hearth`)."""

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The data folder of this process, which may not be there yet."""
    named = os.environ.get("HEARTH_HOME")
    path = Path(named).expanduser() if named else Path(platformdirs.user_data_path("hearth"))
    return absolute(path)


def absolute(path: Path) -> Path:
    """The path from the root, without `..`, with symbolic links as the user wrote them."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (`resolve` would follow the links)


def make(path: Path) -> None:
    """Make the data folder where it is not there. Raises OSError."""
    if not path.is_dir():
        path.mkdir(parents=True, mode=0o700)
        # PostgreSQL refuses to run as root, so as root its own user must be able to pass through
        # this folder (not to list it); everything inside stays closed to others.
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
