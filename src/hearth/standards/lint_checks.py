"""Proves that every check names what exists: files, columns, joins, functions, and codes of pick lists."""

from collections.abc import Iterator
from itertools import chain

from hearth.standards.document import read
from hearth.standards.kinds import KINDS
from hearth.standards.load import LATEST, Registry
from hearth.standards.model import Check, Column
from hearth.standards.predicates import Named, columns, compared_codes, tables, unknown_functions
from hearth.standards.problem import Problem


def lint_checks(registry: Registry) -> Iterator[Problem]:
    """Problems of the checks. Predicates run in the newest year only, after upgrades."""
    if registry.year != LATEST:
        return
    yield from _ids(registry)
    for check in registry.checks.values():
        yield from _fields(check)
        yield from _names(registry, check)
        if check.violates:
            yield from _predicate(registry, check)


def _ids(registry: Registry) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path in sorted((registry.folder / "checks").glob("[!_]*.yaml")):
        document = read(registry.folder, f"checks/{path.name}")
        for name in document:
            if name in seen:
                yield Problem(
                    document.at(name),
                    f"There is a check {name} in {seen[name]} already.",
                    "Give it another id.",
                )
            seen[name] = document.path


def _fields(check: Check) -> Iterator[Problem]:
    if KINDS[check.kind].has_predicate != (check.violates is not None):
        yield Problem(
            check.at,
            f"{check.id} is of kind {check.kind} and has {'a' if check.violates else 'no'} predicate.",
            "Give kinds sql and quality a 'violates', and no other.",
        )
    if check.not_run and (check.violates or not KINDS[check.kind].runs):
        yield Problem(
            check.at,
            f"{check.id} says why it does not run, and its kind says so already, or does run.",
            "Remove 'not_run', or choose another kind.",
        )
    if check.violates and check.severity == "high":
        yield Problem(check.at, f"{check.id} is high, and a faulty row stops no import.", "Make it an error.")
    if (check.kind in ("type", "form")) != (check.for_type is not None):
        yield Problem(
            check.at, f"{check.id}: 'for_type' belongs to kinds type and form.", "Add or remove it."
        )
    if not check.origin and not check.reference:
        yield Problem(
            check.at, f"{check.id} has neither origin nor reference.", "Say where the rule comes from."
        )
    for text in (check.sentence, check.remedy):
        if not text.endswith("."):
            yield Problem(check.at, f"{check.id}: '{text}' does not end with a period.", "Write a sentence.")


def _names(registry: Registry, check: Check) -> Iterator[Problem]:
    for name in check.files:
        if name not in registry.files:
            yield Problem(
                check.at, f"{check.id} looks at {name}, which is no file.", "Name a file of files/."
            )
    files = [registry.files[name] for name in check.files if name in registry.files]
    for name in check.columns:
        if name != "all" and not any(name in file for file in files):
            yield Problem(
                check.at,
                f"{check.id} points to {name}, which is not a column of {', '.join(check.files)}.",
                "Name a column of the file that is looked at.",
            )
    for name in check.per:
        if not all(name in file for file in files):
            yield Problem(
                check.at,
                f"{check.id} groups by {name}, which its file does not have.",
                "Name a column of it.",
            )


def _predicate(registry: Registry, check: Check) -> Iterator[Problem]:
    sql = " ".join(filter(None, (check.where, check.violates)))
    aliases = tables(sql) | {join.alias: join.file for join in check.joins}
    for alias, file in aliases.items():
        if file not in registry.files:
            yield Problem(check.at, f"{check.id} asks the table {file}, which is no file.", "Name a file.")
            aliases = {key: value for key, value in aliases.items() if key != alias}
    for function in unknown_functions(sql):
        yield Problem(
            check.at,
            f"{check.id} calls {function}, which not every engine knows.",
            "Use the functions that checks/README.md lists.",
        )
    for named in columns(sql):
        if not _candidates(registry, check, aliases, named):
            yield Problem(
                check.at,
                f"{check.id} names {_written(named)}, which is no column there.",
                "Correct the name; after joins write 'this.' or the file in front of it.",
            )
        elif named.table is None and check.joins:
            yield Problem(
                check.at,
                f"{check.id} joins other files and names {named.column} without saying whose it is.",
                f"Write this.{named.column}, or the file in front of it.",
            )
    yield from _codes(registry, check, aliases, sql)


def _codes(registry: Registry, check: Check, aliases: dict[str, str], sql: str) -> Iterator[Problem]:
    for named, code in compared_codes(sql):
        for column in _candidates(registry, check, aliases, named):
            if not all(number in registry.lists for number in column.lists):
                continue  # told by the column itself
            allowed = set(chain.from_iterable(registry.list(number).codes() for number in column.lists))
            # 6 is a stage that no CSV may hold, which is what one check looks for.
            hidden = {o.code for number in column.lists for o in registry.list(number).options} - allowed
            if allowed and code not in allowed | hidden:
                yield Problem(
                    check.at,
                    f"{check.id} compares {column.id} with {code}, which its list does not have.",
                    f"Use a code of list {' or '.join(column.lists)}.",
                )


def _candidates(registry: Registry, check: Check, aliases: dict[str, str], named: Named) -> list[Column]:
    """The columns that a name can mean: in each file that the check looks at, or in the table named."""
    if named.table in (None, "this", "other") and named.table not in aliases:
        files = [registry.files[name] for name in check.files if name in registry.files]
        if not all(named.column in file for file in files):
            return []
        return [file.column(named.column) for file in files]
    file = registry.files.get(aliases.get(named.table or "", ""))
    return [file.column(named.column)] if file and named.column in file else []


def _written(named: Named) -> str:
    return f"{named.table}.{named.column}" if named.table else named.column
