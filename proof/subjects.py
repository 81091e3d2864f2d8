"""Subjects of the code, their files and their tests, as `subjects.yaml` declares them."""

from dataclasses import dataclass
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).with_name("subjects.yaml")
SOURCE = Path("src/hearth")


@dataclass(frozen=True)
class Subject:
    """Files of one subject and the tests that are there for it; paths are relative to the checkout.

    `guards`: all Python branches of the files have to be taken by these tests alone.
    """

    name: str
    files: tuple[Path, ...]
    tests: tuple[str, ...]
    guards: bool


def read(file: Path = FILE, checkout: Path = CHECKOUT) -> list[Subject]:
    """All subjects. Raises ValueError for a pattern without files, a missing test, a file of two."""
    found: list[Subject] = []
    taken: dict[Path, str] = {}
    for name, said in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        files: list[Path] = []
        for pattern in said["files"]:
            here = sorted(path for path in (checkout / SOURCE).glob(pattern) if path.is_file())
            if not here:
                raise ValueError(f"{name}: no file is called {pattern}.")
            files += [path.relative_to(checkout) for path in here if "migrations" not in path.parts]
        for test in said["tests"]:
            if not (checkout / test).exists():
                raise ValueError(f"{name}: there is no {test}.")
        for path in files:
            if path in taken:
                raise ValueError(f"{path} is of {taken[path]} and of {name}.")
            taken[path] = name
        found.append(Subject(name, tuple(files), tuple(said["tests"]), said.get("guards", False)))
    return found
