"""Reads the registry and resolves it for one HUD fiscal year.

A definition carries `since` and `until`; where only some of its facts were different before, it says
so under `earlier: [{until: 2022, …}]`, newest first or not. `load(year)` takes the standards in force
in that year: HUD publishes for every second year, so 2025 reads the standards of 2024.

Files are read once, lists, elements and checks only when somebody asks for them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

from hearth.standards.element import Element
from hearth.standards.model import Check, Column, File, List, nearest
from hearth.standards.read_checks import dependent_checks, read_checks
from hearth.standards.read_elements import element_number, read_element
from hearth.standards.read_files import read_file
from hearth.standards.read_lists import list_number, read_list

FOLDER = Path(__file__).parent
YEARS = (2022, 2024, 2026)
LATEST = YEARS[-1]
#: The year whose files and columns the application's tables have, and into whose form every input is brought
#: before it is stored or reported on. A year that is added above is data alone until this is set to it.
MODEL_YEAR = 2026

T = TypeVar("T")


class Lazy(Mapping[str, T], Generic[T]):
    """A mapping whose values are made when first asked for; its keys are known from the start."""

    def __init__(self, makers: Mapping[str, Callable[[], T | None]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._made:
            value = self._makers[key]()
            if value is None:  # not in force in this year
                del self._makers[key]
                raise KeyError(key)
            self._made[key] = value
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        for key in list(self._makers):
            if key in self:
                yield key

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except KeyError:
            return False
        return True

    def __len__(self) -> int:
        return sum(1 for _ in self)


def standard_year(year: int) -> int:
    """The newest year of HUD's standards not later than `year`. ValueError before the first one."""
    known = [candidate for candidate in YEARS if candidate <= year]
    if not known:
        raise ValueError(f"No HMIS standards for FY{year} here; the earliest are FY{YEARS[0]}.")
    return known[-1]


class Registry:
    """Everything HUD says for one fiscal year. Read only; made by `load`."""

    def __init__(self, year: int, folder: Path = FOLDER) -> None:
        self.year = year
        self.folder = folder

    def __repr__(self) -> str:
        return f"Registry({self.year})"

    @property
    def newest(self) -> "Registry":
        """The registry of the newest year, in whose terms predicates are written."""
        return self if self.year == LATEST else load(LATEST, self.folder)

    @cached_property
    def files(self) -> Mapping[str, File]:
        """HMIS CSV files in HUD's order."""
        files = []
        for path in _paths(self.folder, "files"):
            if file := read_file(self.folder, path, self.year):
                files.append(file)
        return MappingProxyType({file.name: file for file in sorted(files, key=lambda f: f.order)})

    @cached_property
    def lists(self) -> Mapping[str, List]:
        """Pick lists by HUD's number."""
        paths = _paths(self.folder, "lists")
        return Lazy({list_number(path): partial(read_list, self.folder, path, self.year) for path in paths})

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """Data elements by HUD's number, in the manual's order."""
        paths = sorted(_paths(self.folder, "elements"), key=_manual_order)
        return Lazy({element_number(path): partial(self._read_element, path) for path in paths})

    def _read_element(self, path: str) -> Element | None:
        return read_element(
            self.folder, path, self.year, files=self.files, columns_of=self._columns_of, lists=self.lists
        )

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """Checks by word id: those of checks/*.yaml, then one per column with `only_if`."""
        found: dict[str, Check] = {}
        for path in _paths(self.folder, "checks"):
            found.update((check.id, check) for check in self.checks_of(path))
        found.update((check.id, check) for check in dependent_checks(self.columns()))
        return MappingProxyType(found)

    def checks_of(self, path: str) -> Iterator[Check]:
        """The checks of one document, such as `checks/client.yaml`."""
        return read_checks(self.folder, path, self.year, lambda: self.files, self.newest.elements)

    def file(self, name: str) -> File:
        """`file("Exit")`. KeyError says which year has no such file."""
        return _find(self.files, name, "file", self.year)

    def column(self, dotted: str) -> Column:
        """`column("HealthAndDV.WhenOccurred")`."""
        file, _, name = dotted.partition(".")
        return self.file(file).column(name)

    def columns(self) -> Iterator[Column]:
        """Every column of every file, in order."""
        for file in self.files.values():
            yield from file.columns

    def columns_of(self, element: str) -> tuple[Column, ...]:
        """The columns that name a data element, in order."""
        return self._columns_of.get(element, ())

    @cached_property
    def _columns_of(self) -> dict[str, tuple[Column, ...]]:
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.columns():
            for number in column.elements:
                found[number] = (*found.get(number, ()), column)
        return found

    def list(self, number: str) -> List:
        """`list("4.11.A")`."""
        return _find(self.lists, number, "list", self.year)

    def element(self, number: str) -> Element:
        """`element("4.11")`."""
        return _find(self.elements, number, "element", self.year)

    def check(self, name: str) -> Check:
        """`check("exit_before_entry")`."""
        return _find(self.checks, name, "check", self.year)


@cache
def load(year: int = LATEST, folder: Path = FOLDER) -> Registry:
    """The standards in force in a HUD fiscal year."""
    return Registry(standard_year(year), folder)


def _find(where: Mapping[str, T], name: str, kind: str, year: int) -> T:
    try:
        return where[name]
    except KeyError:
        raise KeyError(f"FY{year} has no {kind} {name}{nearest(name, where)}") from None


def _paths(folder: Path, kind: str) -> list[str]:
    return sorted(
        f"{kind}/{path.name}" for path in (folder / kind).glob("*.yaml") if not path.name.startswith("_")
    )


def _manual_order(path: str) -> tuple[str, int, int]:
    """2.01 … 5.10, then C, P, R, V, W, each by number."""
    match = re.fullmatch(r"([A-Z]?)(\d+)(?:\.(\d+))?", element_number(path))
    return (match[1], int(match[2]), int(match[3] or 0)) if match else (path, 0, 0)
