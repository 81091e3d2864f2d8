"""Step files: the SQL of reports.

A step is one file `<table>.sql`: one SELECT that is the table of that name, in which codes of pick lists
have names (see `codes`), under a header of comments:

    -- Section: 3.3 HMIS household enrollments
    -- Grain: one row per HouseholdID
    -- Inputs: lsa_parameters, Enrollment,
    --   Project

A field goes on in lines that are indented; other comment lines are for the reader. `Inputs` must name
exactly the tables that the SELECT reads; a header that has gone stale is an error, so that it can be
trusted. A step that counts may add `Members`: the columns by which what it counted can be found again (see
`members`). A step with a window that a key orders must add `Ties`: what of equal records it chooses (see
`ties`).

What is to be done with several tables alike is one of `concepts/rules`. A step reads it like a table, and
says what stands for each table that the rule names in braces; those may be CTEs of the step:

    SELECT EnrollmentID, Age FROM {age_at(moments = entry)} AS a

A rule's own header has `Section`, `Grain` and `Given`: the tables in braces, each with the columns that it
must have. What a rule reads besides, the step names among its inputs.

Parsing takes longer than a small report. So what a folder's files were found to be is kept in the data
folder, under the hash of their text; a file that changed is parsed anew.

Errors: `PlanError`, always with the file and what to do about it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from itertools import dropwhile, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hearth import scratch
from hearth.data_folder import data_folder, make
from hearth.reporting import concepts

from .codes import CodeError, Codes
from .plan import DIALECT, PlanError, Step, Tie
from .ties import declared as declared_ties

if TYPE_CHECKING:
    from sqlglot import exp

HEADER = ("section", "grain", "inputs")
OPTIONAL = ("members", "ties")
_KEPT = 20  # plans: of some reports, in some versions
#: Counted up when what is kept of a step changes.
_FORM = 2
_GIVEN = re.compile(r"\{([a-z]\w*)\}")
_RULE = re.compile(r"\{([a-z]\w*)\(([a-z]\w* = \w+(?:, [a-z]\w* = \w+)*)\)\}")


def read_step(path: Path, codes: Codes) -> Step:
    """Parse one step file, with the codes of a year, and compare its header with the tables that it names."""
    return _parsed(path, _filled(path, codes))


def step_files(folder: Path) -> list[Path]:
    """The step files of a folder and of the folders in it, by the names of their tables. Raises `PlanError`
    where two make the same table."""
    found = sorted(folder.rglob("*.sql"), key=lambda path: path.name)
    for one, other in pairwise(found):
        if one.name.casefold() == other.name.casefold():
            raise PlanError(f"{one} and {other} make the same table; rename one.")
    return found


def read_steps(folder: Path, codes: Codes) -> list[Step]:
    """All step files of a folder, as `read_step` reads one."""
    texts = {path: _filled(path, codes) for path in step_files(folder)}
    kept = data_folder() / "cache" / f"steps-{_known_by(texts)}.json"
    steps = _kept_steps(kept, texts)
    if steps is None:
        steps = [_parsed(path, text) for path, text in texts.items()]
        _keep(kept, steps)
    return steps


def step_text(path: Path) -> str:
    """The text of a step file, with the SELECT of each rule that it reads; codes have their names yet. Raises
    `PlanError`."""

    def select(found: re.Match[str]) -> str:
        given = dict(pair.split(" = ") for pair in found[2].split(", "))
        try:
            return f"(\n{rule_select(found[1], given)})"
        except PlanError as error:
            raise PlanError(f"{path.name}: {error}") from error

    return _RULE.sub(select, path.read_text(encoding="utf-8"))


def rule_select(rule: str, given: Mapping[str, str]) -> str:
    """The SELECT of a rule, with these tables for those that it names in braces. Raises `PlanError`."""
    path = concepts.RULES / f"{rule}.sql"
    if not path.is_file():
        there = ", ".join(sorted(one.stem for one in concepts.RULES.glob("*.sql")))
        raise PlanError(f"There is no rule {rule}. There are {there}.")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    select = "".join(dropwhile(lambda line: line.startswith("--"), lines))
    wanted = set(_GIVEN.findall(select))
    if wanted != set(given):
        raise PlanError(
            f"The rule {rule} wants {', '.join(sorted(wanted))}; the step gives {', '.join(sorted(given))}."
        )
    own = {table for table in given.values() if re.search(rf"\b{table} AS \(", select)}
    if own:
        raise PlanError(
            f"The rule {rule} has a table {', '.join(sorted(own))} of its own; call yours otherwise."
        )
    return _GIVEN.sub(lambda found: given[found[1]], select)


def tables_of(statement: exp.Query) -> set[str]:
    """Names of the tables that a query reads, without its own CTEs."""
    from sqlglot import exp

    own = {cte.alias_or_name.casefold() for cte in statement.find_all(exp.CTE)}
    named = {table.name for table in statement.find_all(exp.Table) if isinstance(table.this, exp.Identifier)}
    return {name for name in named if name.casefold() not in own}


def _filled(path: Path, codes: Codes) -> str:
    try:
        return codes.filled(step_text(path))
    except CodeError as error:
        raise PlanError(f"{path.name}: {error}") from error


def _parsed(path: Path, text: str) -> Step:
    import sqlglot  # takes longer to load than HUD's sample to report on, so only where nothing is kept
    from sqlglot import exp

    header = _header(path, text)
    try:
        statements = [one for one in sqlglot.parse(text, dialect=DIALECT) if one is not None]
    except sqlglot.errors.ParseError as error:
        raise PlanError(f"{path.name} cannot be parsed: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise PlanError(f"{path.name} must hold exactly one SELECT.")
    parsed = tables_of(statements[0])
    declared = tuple(one.strip() for one in header["inputs"].split(",") if one.strip())
    stale = {one.casefold() for one in declared} ^ {one.casefold() for one in parsed}
    if stale:
        raise PlanError(
            f"{path.name}: the header's inputs and the SELECT differ in {', '.join(sorted(stale))}."
            f" The SELECT reads {', '.join(sorted(parsed))}."
        )
    members = header.get("members", "")
    columns = frozenset(column.name for column in statements[0].find_all(exp.Column))
    ties = declared_ties(path.name, path.stem, header.get("ties", ""), statements[0])
    return Step(path.stem, text, header["section"], header["grain"], declared, members, columns, ties)


def _header(path: Path, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        said = line[2:].strip()
        key, colon, rest = said.partition(":")
        if colon and key.casefold() in (*HEADER, *OPTIONAL):
            field = key.casefold()
            found[field] = rest.strip()
        elif field and line.startswith("--   "):
            found[field] = f"{found[field]} {said}"
        else:
            field = ""
    missing = [field for field in HEADER if field not in found]
    if missing:
        raise PlanError(f"{path.name}: the header lacks {', '.join(missing)}.")
    return found


def _known_by(texts: dict[Path, str]) -> str:
    """The hash of the files, and of what reads them."""
    digest = hashlib.sha256(f"{_FORM} {version('sqlglot')}".encode())
    for path, text in texts.items():
        digest.update(path.name.encode() + b"\0" + text.encode() + b"\0")
    return digest.hexdigest()[:32]


def _kept_steps(kept: Path, texts: dict[Path, str]) -> list[Step] | None:
    """What was kept of these files; None where there is nothing, or something that is not it."""
    try:
        found: Sequence[Sequence[Any]] = json.loads(kept.read_bytes())
        return [
            Step(
                name,
                text,
                section,
                grain,
                tuple(inputs),
                members,
                frozenset(columns),
                tuple(_kept_tie(one) for one in ties),
            )
            for (name, section, grain, inputs, members, columns, ties), text in zip(
                found, texts.values(), strict=True
            )
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _kept_tie(said: Mapping[str, Any]) -> Tie:
    return Tie(**{**said, "before": tuple(said["before"]), "columns": tuple(said["columns"])})


def _keep(kept: Path, steps: Iterable[Step]) -> None:
    """Keep them for the next process. Where the data folder cannot be written, the next one parses again."""
    with suppress(OSError):
        make(kept.parent.parent)
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        with scratch.beside(kept) as part:
            part.write_text(
                json.dumps(
                    [
                        (
                            one.name,
                            one.section,
                            one.grain,
                            one.inputs,
                            one.members,
                            sorted(one.columns),
                            [asdict(tie) for tie in one.ties],
                        )
                        for one in steps
                    ]
                )
            )
            part.replace(kept)
        older = sorted(kept.parent.glob("steps-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in older[_KEPT:]:
            path.unlink()
