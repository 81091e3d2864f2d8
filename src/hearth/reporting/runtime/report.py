"""A report as its folder under `reports/` declares it, beside what every report is made with.

    report = registry.by_name("lsa")
    report.steps_of(report.files_of("hic"))      # the SQL steps that the files of this kind rest on
    report.counting()["lsa_person"]              # a step that counts, and its rows opened

A folder holds

    report.yaml     what it is called, its specification and its years, its kinds, the tables that are given
                    to the steps, what of the input must not be there twice
    tables.yaml     its files: columns, the step that makes each, what counts in it
    facts.yaml      how what was counted is opened: see `opening.declarations`
    words.yaml      words for columns, codes and rows: see `labels`
    codes.yaml      lists of codes that only this report has: see `codes`
    steps/          SQL, in folders by the specification's sections
    reference/      lists that the specification gives, as CSV
    flags/          what the receiver will flag: see `flags`
    report.py, opened.py    what cannot be declared: see `hearth.reporting.making.Own` and
                    `hearth.reporting.opening.own.Own`

Only report.yaml, tables.yaml and steps/ must be there, and facts.yaml where a run's numbers are to be opened.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from hearth.reporting import concepts
from hearth.standards.load import FOLDER, MODEL_YEAR, Registry, load

from .codes import Codes, own_bands, own_lists
from .lists import list_steps
from .plan import Step, needed, plan
from .step_files import read_step, read_steps, step_files, step_text

if TYPE_CHECKING:
    from .counted_rows import Opened


class ReportError(Exception):
    """A report's folder is not what it should be; names the file and the fault."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One CSV of a report. `table` is the step that makes it, `columns` are in the order of the file.

    `records`: one row for each record, in HUD's columns, with nobody behind it. Else `measure` is the column
    that counts, `counted_by` are the steps whose rows stand behind a number, in the order in which they are
    asked, `each` is '' or the name by which every column that counts is opened as a row of its own
    (`each_in_step`: the column of the step that names it). `titled_by`: the column by which a row has its
    words. `of_the_run` are columns that say nothing of the data. `not_in`: kinds in which it is a header."""

    name: str
    table: str
    columns: tuple[str, ...]
    records: bool = False
    measure: str = ""
    each: str = ""
    each_in_step: str = ""
    titled_by: str = ""
    counted_by: tuple[str, ...] = ()
    of_the_run: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()

    @property
    def opened_columns(self) -> tuple[str, ...]:
        """The columns of its rows as they are opened."""
        return (self.each, self.measure) if self.each else self.columns

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns by which a row is known."""
        return tuple(one for one in self.opened_columns if one not in (*self.of_the_run, self.measure))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a run of a report may be: `name` stands in run.json and in names of files."""

    name: str
    title: str
    short: str


@dataclass(frozen=True)
class Report:
    """A report, or a family of reports that share steps, of one year. See the module.

    `year`: HUD's fiscal year by whose standards it reads, counts and speaks; with 0 the usual one of its
    `years`. `standards`: where these lie. Raises `ReportError` for a year that it does not declare."""

    folder: Path
    year: int = 0
    standards: Path = FOLDER
    _said: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_said", read_yaml(self.folder / "report.yaml"))
        if not self.year:
            object.__setattr__(self, "year", self._usual_year())
        if self.year not in self.years:
            raise ReportError(f"{self.name} is not made by the standards of FY{self.year}: {self._made_by}.")

    def __hash__(self) -> int:
        return hash((self.folder, self.year, self.standards))

    def _usual_year(self) -> int:
        """The newest of its years by which the application goes, too; else its first."""
        return max((year for year in self.years if year <= MODEL_YEAR), default=min(self.years))

    @property
    def _made_by(self) -> str:
        return f"report.yaml says {', '.join(map(str, self.years))}"

    @property
    def years(self) -> tuple[int, ...]:
        """HUD's fiscal years of which it can be made."""
        said = self._said.get("years")
        if not said or not all(isinstance(year, int) for year in said):
            raise ReportError(f"{self.folder / 'report.yaml'} does not say its years, such as years: [2026].")
        return tuple(said)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def specification(self) -> str:
        return str(self._said["specification"])

    @property
    def help(self) -> str:
        """What `hearth report <name> --help` says of it."""
        return str(self._said.get("help", next(iter(self.kinds.values())).title))

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """What its runs may be, by name."""
        return {name: Kind(name, one["title"], one["short"]) for name, one in self._said["kinds"].items()}

    @property
    def offered(self) -> Sequence[Mapping[str, Any]]:
        """What the web offers of it: code, slug, name, short, about, scope, family (the
        kind of its runs), everything."""
        return list(self._said.get("offered", ()))

    @property
    def scopes(self) -> tuple[str, ...]:
        """What a run may be about, the usual one first; none where it is always about the same."""
        return tuple(self._said.get("scopes", ()))

    @property
    def one_day_scopes(self) -> frozenset[str]:
        """Those of the scopes that are about one day."""
        return frozenset(self._said.get("one_day_scopes", ()))

    @property
    def project_scopes(self) -> frozenset[str]:
        """Those of the scopes that are about chosen projects."""
        return frozenset(self._said.get("project_scopes", ()))

    @property
    def reference(self) -> tuple[str, ...]:
        """Lists that the specification gives: `reference/<name>.csv` is the table `<report>_<name>`."""
        return tuple(self._said.get("reference", ()))

    @property
    def given(self) -> tuple[str, ...]:
        """Tables that are there before the first step."""
        own = tuple(f"{self.name}_{one}" for one in ("parameters", "chosen_project"))
        return (*own, *(f"{self.name}_{one}" for one in self.reference))

    @property
    def once(self) -> tuple[str, ...]:
        """Files whose records would count twice if they were there twice."""
        return tuple(self._said.get("once", ()))

    @property
    def also_read(self) -> Mapping[str, set[str]]:
        """File → columns that are read beside those that steps mention."""
        return {file: set(columns) for file, columns in self._said.get("also_read", {}).items()}

    @property
    def ties(self) -> Mapping[str, str]:
        """A key column → the table of the report in which its values are reported on; see `ties`."""
        return dict(self._said.get("ties", {}))

    @property
    def registry(self) -> Registry:
        """The standards of its year."""
        return load(self.year, self.standards)

    @cached_property
    def codes(self) -> Codes:
        """What the names in the steps stand for: HUD's lists of the year, and the report's own."""
        own = self.folder / "codes.yaml"
        if not own.is_file():
            return Codes(self.registry)
        said = read_yaml(own)
        return Codes(self.registry, own_lists(said), own_bands(said))

    @cached_property
    def files(self) -> tuple[ReportFile, ...]:
        """Its files, in their order."""
        declared = read_yaml(self.folder / "tables.yaml")
        return tuple(self._file(name, dict(said)) for name, said in declared.items())

    def _file(self, name: str, said: dict[str, Any]) -> ReportFile:
        if said.get("records"):
            columns = tuple(column.name for column in self.registry.file(name).columns)
        else:
            columns = tuple(str(said.pop("columns")).split())
        lists: dict[str, Any] = {
            part: tuple(str(said.pop(part, "")).replace(",", " ").split())
            for part in ("counted_by", "of_the_run", "not_in")
        }
        return ReportFile(name, columns=columns, **said, **lists)

    def file(self, name: str) -> ReportFile:
        """The file of that name. Raises KeyError."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, ReportFile]:
        return {file.name: file for file in self.files}

    def files_of(self, kind: str) -> tuple[ReportFile, ...]:
        """The files that are computed for a kind; the others are headers alone."""
        return tuple(file for file in self.files if kind not in file.not_in)

    @cached_property
    def opened_files(self) -> tuple[str, ...]:
        """The names of the files behind whose rows people stand."""
        return tuple(file.name for file in self.files if file.counted_by)

    @property
    def laws(self) -> Mapping[str, Any]:
        """What is otherwise in this report than the standing tests of all reports expect."""
        return dict(self._said.get("laws", {}))

    @property
    def steps_folder(self) -> Path:
        return self.folder / "steps"

    def steps_of(self, files: Sequence[ReportFile], *, given: Sequence[str] = ()) -> list[Step]:
        """The steps that the files rest on, in their order. `given` are tables that the input has beside
        HUD's. Shared concepts are steps, too, where the input does not give their table itself."""
        return needed(_planned(self, tuple(given)), [file.table for file in files])

    def counting(self) -> Mapping[str, tuple[Step, Opened]]:
        """The steps that count and can be opened, by the table that they make."""
        return _counting(self)

    @cached_property
    def steps_sha256(self) -> str:
        """What the steps of this version are known by, shared concepts, codes of the year and all: tables of
        other steps would not mean the same."""
        digest = hashlib.sha256()
        for path in (*step_files(self.steps_folder), *step_files(concepts.FOLDER)):
            filled = self.codes.filled(step_text(path))
            digest.update(path.name.encode() + b"\0" + filled.encode() + b"\0")
        return digest.hexdigest()

    def own(self, part: str) -> Any:
        """The module of the folder of that name (report or opened); None where it has none."""
        if not (self.folder / f"{part}.py").is_file():
            return None
        return importlib.import_module(f"hearth.reporting.reports.{self.name}.{part}")


def read_yaml(path: Path) -> Any:
    """What a file declares. Raises `ReportError` where it is not there or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        # libyaml where the wheel has it: the pure reader costs a report forty milliseconds
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)
    except (OSError, yaml.YAMLError) as error:
        raise ReportError(f"{path} cannot be read: {error}") from error


@cache
def _planned(report: Report, given: tuple[str, ...]) -> tuple[Step, ...]:
    """All steps in their order; reading them takes longer than a small report, and a worker makes many."""
    theirs = {table.casefold() for table in given}
    shared = [
        step for step in read_steps(concepts.FOLDER, report.codes) if step.name.casefold() not in theirs
    ]
    own = [*read_steps(report.steps_folder, report.codes), *list_steps(report.registry)]
    return tuple(plan([*own, *shared], [*report.registry.files, *given, *report.given]))


@cache
def _counting(report: Report) -> Mapping[str, tuple[Step, Opened]]:
    from .counted_rows import opened  # loads the parser, which making a report does not need

    files = [p for p in step_files(report.steps_folder) if "\n-- Members:" in p.read_text("utf-8")]
    return {step.name: (step, opened(step)) for step in (read_step(path, report.codes) for path in files)}
