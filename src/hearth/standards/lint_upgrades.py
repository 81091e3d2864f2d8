"""Proves that the steps between the years are complete: nothing new without a source, nothing old lost."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from hearth.standards.load import YEARS, Registry, load
from hearth.standards.model import Column, Place
from hearth.standards.problem import Problem
from hearth.standards.upgrades import FileUpgrade, Upgrade, load_upgrades


def lint_upgrades(folder: Path) -> Iterator[Problem]:
    """Problems of upgrades/*.yaml; what new columns lack is told by reading them."""
    load_upgrades.cache_clear()
    steps = load_upgrades(YEARS[0], YEARS[-1], folder)
    there = {(step.from_year, step.to_year) for step in steps}
    for before, after in pairwise(YEARS) if (folder / "upgrades").is_dir() else ():
        if (before, after) not in there:
            path = f"upgrades/{before}_to_{after}.yaml"
            yield Problem(
                Place(path, 1),
                f"There is no step from FY{before} to FY{after}: an export of FY{before} could not be read.",
                f"Write {path} with 'from', 'to', and the files and columns that are new or otherwise.",
            )
    for step in steps:
        old, new = load(step.from_year, folder), load(step.to_year, folder)
        yield from _files(step, old, new)
        for upgrade in step.files.values():
            yield from _file(step, upgrade, old, new)


def _files(step: Upgrade, old: Registry, new: Registry) -> Iterator[Problem]:
    for name in old.files:
        if name not in new.files and name not in step.removed:
            yield Problem(
                step.at,
                f"{name} is no file of FY{new.year} any more, and the step does not say so.",
                f"Add '{name}: {{removed: yes}}' under 'files'.",
            )


def _file(step: Upgrade, upgrade: FileUpgrade, old: Registry, new: Registry) -> Iterator[Problem]:
    for name in upgrade.joins:
        if name not in old.files:
            yield Problem(upgrade.at, f"FY{old.year} has no file {name}.", "Correct 'with'.")
    for column in upgrade.columns:
        for lookup in column.lookups:
            by = lookup.through
            named = {lookup.file: [lookup.take, *lookup.first_by]}
            if by is not None:
                named[lookup.file].append(by.on)
                named[by.file] = [*named.get(by.file, []), by.on]
            named[lookup.file if by is None else by.file] += lookup.match
            for name, columns in named.items():
                file = old.files.get(name)
                missing = [n for n in columns if file is None or n not in file]
                if missing:
                    yield Problem(
                        column.at,
                        f"{name} of FY{old.year} has no {', '.join(missing)}.",
                        "Correct the lookup.",
                    )
    if upgrade.rows_from != upgrade.name or upgrade.name not in old.files:
        return
    source = old.file(upgrade.name)
    used = {column.source for column in upgrade.columns}
    used |= {name for column in upgrade.columns for name in re.findall(r"\w+", column.sql)}
    for name in upgrade.archive:
        if name not in source:
            yield Problem(
                upgrade.at, f"{source.name} of FY{old.year} has no column {name}.", "Correct 'archive'."
            )
    for before in source.columns:
        if before.name not in new.file(upgrade.name) and before.name not in used | set(upgrade.archive):
            yield Problem(
                upgrade.at,
                f"{before.id} has no place in FY{new.year}, and is neither used nor archived.",
                f"Add {before.name} to 'archive' of {upgrade.name}, or use it with 'from'.",
            )
    for rule in upgrade.columns:
        if rule.source and rule.copied:
            yield from _codes_kept(
                upgrade, source.column(rule.source), new.column(f"{upgrade.name}.{rule.name}"), old, new
            )


def _codes_kept(
    upgrade: FileUpgrade, before: Column, after: Column, old: Registry, new: Registry
) -> Iterator[Problem]:
    """A copied column must not carry codes that its list has lost."""
    known = all(n in old.lists for n in before.lists) and all(n in new.lists for n in after.lists)
    if not before.lists or not after.lists or not known:
        return
    had = {code for number in before.lists for code in old.list(number).codes()}
    has = {code for number in after.lists for code in new.list(number).codes()}
    if lost := had - has:
        yield Problem(
            upgrade.at,
            f"{after.id} is copied, and its list has no {', '.join(sorted(lost))} any more in FY{new.year}.",
            f"Add '{after.name}: {{codes: …}}' that says what becomes of them.",
        )
