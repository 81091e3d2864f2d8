"""Which columns decide who is counted in a report, read from `deciding.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from hearth.standards.document import StandardsError, read
from hearth.standards.load import FOLDER, YEARS, load
from hearth.standards.predicates import columns as named_columns
from hearth.standards.problem import Problem

IDENTIFIER, COC = "identifier", "coc"
_KEYS = ("kind", "where")


@dataclass(frozen=True, slots=True)
class Deciding:
    """One column. `kind` is '', identifier or coc; `where` a condition on the row, whose columns are
    `columns`, or ''."""

    kind: str = ""
    where: str = ""
    columns: tuple[str, ...] = ()


@cache
def deciding(folder: Path = FOLDER) -> Mapping[str, Deciding]:
    """`File.Column` → what is declared of it. That the columns exist is for `lint_deciding`."""
    document = read(folder, "deciding.yaml")
    document.allow(("reference", "columns"))
    block = document.block("columns")
    found = {}
    for written in block:
        entry = block.block(written)
        entry.allow(_KEYS)
        kind, where = entry.optional("kind") or "", entry.optional("where") or ""
        if kind not in ("", IDENTIFIER, COC):
            raise StandardsError(
                entry.at("kind"), f"'kind: {kind}' is not known.", f"Write {IDENTIFIER} or {COC}, or nothing."
            )
        found[written] = Deciding(kind, where, _names(where))
    return MappingProxyType(found)


def _names(where: str) -> tuple[str, ...]:
    return tuple(sorted({named.column for named in named_columns(where)})) if where else ()


def lint_deciding(folder: Path) -> Iterator[Problem]:
    """Declared columns, and columns of their conditions, that HUD has in no year."""
    deciding.cache_clear()
    document = read(folder, "deciding.yaml").block("columns")
    known = {column.id for year in YEARS for column in load(year, folder).columns()}
    for written, declared in deciding(folder).items():
        file = written.partition(".")[0]
        for column in (written, *(f"{file}.{name}" for name in declared.columns)):
            if column not in known:
                yield Problem(
                    document.at(written),
                    f"HUD has no column {column} in any year.",
                    "Write it as in files/*.yaml.",
                )
