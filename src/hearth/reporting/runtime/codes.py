"""Codes of pick lists by name, so that a step can be read without HUD's lists beside it, and a code that a
new year's list does not have is found before anything is counted.

    WHERE e.RelationshipToHoH = {RelationshipToHoH.HEAD} AND e.PreviousStreetESSH = {YES}
      AND x.Destination IN ({Destination.homeless}, {NOT_COLLECTED})

In front of the point stands a column of HMIS CSV, or a list of the report's own (such as the LSA's project
types, which HUD's specification numbers beyond its list); behind it the name of a code, or of a group or
category, which stands for all of its codes with commas between them. They are the registry's
(`standards/lists`), or the report's; of a column whose list depends on another, those that have one meaning
in all of its lists (`{DisabilityResponse.YES}`). `{LSADays.of_use(ESDays)}` is the band that a number falls
into: the report's lists may have `bands`, too. `{YES}`, `{NO}` and the reasons for missing data stand alone:
they have the same codes in every list of HUD's (those of list 1.8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from hearth.standards.load import Registry, load
from hearth.standards.model import nearest

#: A report's own list: what a code or a group of codes is called → its codes.
OwnList = Mapping[str, tuple[str, ...]]
#: What bands are called → the last number of each band (None: the one without an end), and its code (None:
#: the number itself).
Bands = Mapping[str, tuple[tuple[int | None, int | None], ...]]
_BAND = re.compile(r"\{([A-Za-z]\w*)\.(\w+)\(([\w.]+)\)\}")
_NAMED = re.compile(r"\{(?:([A-Za-z]\w*)\.([A-Za-z]\w*)|([A-Z][A-Z_]+))\}")
_ANSWERS = "1.8"


class CodeError(Exception):
    """A name that stands for no code, with what comes close."""


class Codes:
    """What the names stand for in one HUD year, and in the lists that a report has of its `own`."""

    def __init__(
        self,
        registry: Registry,
        own: Mapping[str, OwnList] = MappingProxyType({}),
        bands: Mapping[str, Bands] = MappingProxyType({}),
    ) -> None:
        self._registry = registry
        self.own = own
        self.bands = bands

    def filled(self, sql: str) -> str:
        """The SQL with codes for names, and a CASE for bands. Raises `CodeError`."""
        sql = _BAND.sub(lambda found: self._banded(*found.groups()), sql)
        return _NAMED.sub(lambda found: ", ".join(self.of(found[1] or "", found[2] or found[3])), sql)

    def of(self, column: str, word: str) -> tuple[str, ...]:
        """The codes of `{column.word}`, or of `{word}` where `column` is empty. Raises `CodeError`."""
        if not column:
            return self._of_list(_ANSWERS, word)
        if column in self.own:
            try:
                return self.own[column][word]
            except KeyError:
                close = nearest(word, self.own[column])
                raise CodeError(f"{column} has no code or group {word}{close}.") from None
        numbers = self.lists.get(column, set())
        if not numbers:
            close = nearest(column, self.lists)
            raise CodeError(f"{column} is no column with a list in FY{self._registry.year}{close}.")
        if len(numbers) == 1:
            return self._of_list(next(iter(numbers)), word)
        meant = set(self._in_lists(numbers, word))
        if len(meant) != 1:
            how = "stands for several codes" if meant else "stands for nothing"
            raise CodeError(f"{column} has several lists in FY{self._registry.year}; {word} {how} in them.")
        return meant.pop()

    def _in_lists(self, numbers: Iterable[str], word: str) -> Iterator[tuple[str, ...]]:
        for number in numbers:
            with suppress(KeyError):
                yield self._registry.list(number).codes_of(word)

    def _banded(self, own: str, word: str, column: str) -> str:
        try:
            bands = self.bands[own][word]
        except KeyError:
            close = nearest(word, self.bands.get(own, ()))
            raise CodeError(f"{own} has no bands {word}{close}.") from None
        whens = " ".join(
            f"WHEN {column} <= {last} THEN {column if code is None else code}"
            for last, code in bands
            if last is not None
        )
        return f"CASE {whens} ELSE {bands[-1][1]} END"

    def _of_list(self, number: str, word: str) -> tuple[str, ...]:
        try:
            return self._registry.list(number).codes_of(word)
        except KeyError as error:
            raise CodeError(f"{{{word}}}: {error.args[0]}.") from None

    @cached_property
    def lists(self) -> Mapping[str, set[str]]:
        """Columns of HMIS CSV whose values are codes → numbers of their lists, which are several where files
        differ or another column decides."""
        found: dict[str, set[str]] = {}
        for column in self._registry.columns():
            if column.lists:
                found.setdefault(column.name, set()).update(column.lists)
        return found


def own_lists(said: Mapping[str, Any]) -> dict[str, OwnList]:
    """The lists of what a report's `codes.yaml` says. A group names codes of its list, or groups before it.

    LSAProjectType: {codes: {TH: 2, PSH: 3, RRH: 13}, groups: {rrh_psh: "RRH, PSH"}}
    """
    return {column: dict(_own_list(parts)) for column, parts in said.items() if "codes" in parts}


def own_bands(said: Mapping[str, Any]) -> dict[str, Bands]:
    """The bands of what a report's `codes.yaml` says: up to `itself` (if any) a number stays, `more` is the
    code of the last band, which has no end.

    LSADays: {bands: {of_use: {itself: 0, 7: 7, 30: 30, more: 31}}}
    """
    return {
        own: {word: tuple(_bands(bands)) for word, bands in parts["bands"].items()}
        for own, parts in said.items()
        if "bands" in parts
    }


def _bands(said: Mapping[int | str, int]) -> Iterator[tuple[int | None, int | None]]:
    if "itself" in said:
        yield said["itself"], None
    yield from sorted((last, code) for last, code in said.items() if isinstance(last, int))
    yield None, said["more"]


def _own_list(parts: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    known: dict[str, tuple[str, ...]] = {word: (str(code),) for word, code in parts["codes"].items()}
    yield from known.items()
    for word, members in parts.get("groups", {}).items():
        known[word] = tuple(code for member in str(members).split(", ") for code in known[member])
        yield word, known[word]


@cache
def of_year(year: int) -> Codes:
    """HUD's names of a year alone."""
    return Codes(load(year))
