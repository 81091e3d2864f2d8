"""A run has one year, fixed when it is made: reports of two years stand beside each other in one process.

FY2028 is invented: a column with another name, a new one, and a new code for what FY2026 says with two.
"""

import csv
import importlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hearth.reporting import cli, engine
from hearth.reporting.making import How, Made, make, parameters_of
from hearth.reporting.opening import compare, members
from hearth.reporting.opening.bundle import BundleError, open_bundle, record_of, report_of
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.report import Report, ReportError
from hearth.reporting.sources import Source, SourceFault, stage
from hearth.reporting.sources.snapshot import SnapshotError, opened
from hearth.reporting.sources.snapshot.states import FORMAT
from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards.load import FOLDER, YEARS, load

EXAMPLE = Path(__file__).parent / "open_stays"
COC = "MN-500"
NOW, NEXT = 2026, 2028
MOVED_IN_WITH_FAMILY = "424"  # of list 3.12.1: staying with family, permanent
UPGRADE = f"""
from: {NOW}
to: {NEXT}
reference: invented
files:
  Exit:
    columns:
      WentTo: {{from: Destination, codes: {{422: {MOVED_IN_WITH_FAMILY}}}}}
      ToldBy: {{value: 1}}
"""
#: A report that says what only FY2028 has: the renamed column, the new one, and the new code by its name.
EXITS = """-- Section: 1 Exits to family
-- Grain: one row per ToldBy
-- Inputs: exits_parameters, Enrollment, Exit
-- Members: x.EnrollmentID
SELECT
    x.ToldBy,
    count(x.EnrollmentID) AS Value
FROM Exit AS x
JOIN Enrollment AS e ON e.EnrollmentID = x.EnrollmentID
CROSS JOIN exits_parameters AS r
WHERE e.EnrollmentCoC = r.ReportCoC AND x.WentTo IN ({WentTo.FAMILY})
GROUP BY x.ToldBy
"""


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of reports of two years, where the registry finds it."""
    folder = tmp_path_factory.mktemp("years")
    overlay = folder / "standards"
    shutil.copytree(FOLDER, overlay, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    _edit(
        overlay / "files/Exit.yaml",
        "  Destination: {type: I, required: yes, list: 3.12.1, use: destination, element: 3.12.1}\n",
        "  WentTo: {type: I, required: yes, list: 3.12.1, use: destination, element: 3.12.1,"
        f" earlier: [{{until: {NOW}, name: Destination}}]}}\n"
        f"  ToldBy: {{type: I, list: 1.7, since: {NEXT}}}\n",
    )
    _edit(
        overlay / next(path.relative_to(FOLDER) for path in FOLDER.glob("lists/3.12.1_*.yaml")),
        "options:\n",
        f"  FAMILY: {MOVED_IN_WITH_FAMILY}\noptions:\n"
        f"  {MOVED_IN_WITH_FAMILY}: {{label: Family, category: permanent, since: {NEXT}}}\n",
    )
    (overlay / f"upgrades/{NOW}_to_{NEXT}.yaml").write_text(UPGRADE, encoding="utf-8")
    reports = folder / "reports"
    reports.mkdir()
    for report in registry.reports().values():
        (reports / report.name).symlink_to(report.folder)
    shutil.copytree(EXAMPLE, reports / "open_stays")
    _edit(reports / "open_stays/report.yaml", f"years: [{NOW}]", f"years: [{NOW}, {NEXT}]")
    shutil.copytree(EXAMPLE, reports / "exits")
    (reports / "exits/report.yaml").write_text(
        f"specification: Invented\nyears: [{NEXT}]\nkinds:\n  exits: {{title: Exits, short: Exits}}\n"
    )
    (reports / "exits/tables.yaml").write_text(
        "Exits:\n  table: exits_to_family\n  measure: Value\n  counted_by: exits_to_family\n"
        "  columns: ToldBy Value\n"
    )
    (reports / "exits/facts.yaml").write_text("counted:\n  exits_to_family: [{unit: enrollment}]\n")
    (reports / "exits/words.yaml").write_text(
        "columns: {ToldBy: [Told, ~]}\nfiles: {Exits: {title: Exits, unit: enrollment, section: '1'}}\n"
    )
    (reports / "exits/steps/01_counts/open_stays_by_project.sql").unlink()
    (reports / "exits/steps/01_counts/exits_to_family.sql").write_text(EXITS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("hearth.standards.load"), "YEARS", (*YEARS, NEXT))
        patch.setattr(registry, "STANDARDS", overlay)
        patch.setattr(registry, "FOLDER", reports)
        registry.reports.cache_clear()
        yield reports
    registry.reports.cache_clear()


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    generate(WorldSettings(clients=300, seed=5, cocs=(COC,)), load(NOW), path, version="0")
    return path


@pytest.fixture(scope="module")
def made(invented: Path, export: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """Reports of both years, in turn, of one export of FY2026 in one process."""
    out = tmp_path_factory.mktemp("made")
    stays = registry.by_name("open_stays")
    reports = {
        "lsa": registry.by_name("lsa"),
        "exits": registry.by_name("exits"),
        "now": stays,
        "next": replace(stays, year=NEXT),
        "lsa again": registry.by_name("lsa"),
    }
    made_at = datetime(2026, 11, 2, 8, 30)
    days = {"start": date(2025, 10, 1), "end": date(2026, 9, 30), "made_at": made_at}
    return {
        name: make(
            report,
            export,
            parameters_of(report, report.scopes[0] if report.scopes else "", coc=COC, **days),
            out / name,
            How("0", keep=True),
        )
        for name, report in reports.items()
    }


def test_each_run_keeps_its_year(made: dict[str, Made]) -> None:
    assert {name: record_of(one.folder).year for name, one in made.items()} == {
        "lsa": NOW, "exits": NEXT, "now": NOW, "next": NEXT, "lsa again": NOW,
    }  # fmt: skip


def test_a_report_of_another_year_leaves_the_first_as_it_was(made: dict[str, Made]) -> None:
    for path in sorted(made["lsa"].folder.glob("*.csv")):
        assert path.read_bytes() == (made["lsa again"].folder / path.name).read_bytes()
    assert made["lsa"].rows["LSAPerson"] > 0


@pytest.mark.parametrize(
    ("more", "status", "year"),
    [([], 0, NOW), (["--year", str(NEXT)], 0, NEXT), (["--year", "2024"], 2, None)],
)
def test_the_command_is_told_the_year(
    invented: Path,
    export: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: list[str],
    status: int,
    year: int | None,
) -> None:
    monkeypatch.setattr(cli, "app", typer.Typer())
    for name in ("open_stays", "exits"):
        cli.add_command(registry.by_name(name))
    days = ["--coc", COC, "--start", "2025-10-01", "--end", "2026-09-30"]
    said = CliRunner().invoke(
        cli.app, ["open_stays", str(export), *days, "--out", str(tmp_path / "out"), *more]
    )
    assert said.exit_code == status, said.output
    if year is None:
        assert "standards of FY2024; --year may be 2026 and 2028." in " ".join(said.output.split())
        assert not (tmp_path / "out").exists()
    else:
        assert record_of(tmp_path / "out").year == year


def test_an_export_is_brought_to_the_year_of_the_report(made: dict[str, Made], export: Path) -> None:
    """The renamed column, the new one and the new code are there, and the number opens."""
    (row,) = members.rows(made["exits"].folder, "Exits").rows
    assert row.values["ToldBy"] == "1"
    page = members.members(made["exits"].folder, "Exits", row.values)
    assert page.total == row.count == _exits_to_family(export) > 0


def _exits_to_family(export: Path) -> int:
    with zipfile.ZipFile(export) as zipped:

        def rows(file: str) -> list[dict[str, str]]:
            return list(csv.DictReader(io.StringIO(zipped.read(f"{file}.csv").decode("utf-8-sig"))))

        here = {row["EnrollmentID"] for row in rows("Enrollment") if row["EnrollmentCoC"] == COC}
        return sum(
            row["Destination"] == "422" and row["EnrollmentID"] in here and not row["DateDeleted"]
            for row in rows("Exit")
        )


def test_a_bundle_is_opened_by_its_own_year(made: dict[str, Made]) -> None:
    for name, year in (("now", NOW), ("next", NEXT), ("now", NOW)):
        with open_bundle(made[name].folder) as bundle:
            assert bundle.report.year == year
            assert ("WentTo" in bundle.report.registry.file("Exit")) == (year == NEXT)
        assert members.rows(made[name].folder, "OpenStays").total > 0


def test_runs_of_two_years_say_so_when_they_are_compared(made: dict[str, Made]) -> None:
    found = compare.compare(made["now"].folder, made["next"].folder)
    assert any("different years (FY2026 before, FY2028 after)" in one for one in found.notices)
    assert found.people == 0  # nobody differs: neither does what was recorded of stays
    same = compare.compare(made["lsa"].folder, made["lsa again"].folder)
    assert not any("different years" in one for one in same.notices)


def test_the_run_of_a_year_that_the_report_is_not_made_by_is_refused(
    made: dict[str, Made], tmp_path: Path
) -> None:
    shutil.copytree(made["now"].folder, tmp_path / "run")
    path = tmp_path / "run/run.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"year": 2024}))
    with pytest.raises(BundleError, match=r"a report \(open_stays, FY2024\) that this version"):
        record_of(tmp_path / "run")
    with pytest.raises(BundleError, match="does not make such a report"):
        report_of(replace(record_of(made["now"].folder), year=2024))
    path.write_text(json.dumps(said | {"year": "2026"}))
    with pytest.raises(BundleError, match="cannot be read"):
        record_of(tmp_path / "run")


def test_a_report_of_a_year_that_it_does_not_declare_is_refused() -> None:
    with pytest.raises(ReportError, match=r"not made by the standards of FY2028: report.yaml says 2026\."):
        Report(EXAMPLE, NEXT)


def test_a_report_says_its_years(tmp_path: Path) -> None:
    for said in ("", "years: []\n", "years: [soon]\n"):
        folder = tmp_path / "stays"
        shutil.copytree(EXAMPLE, folder)
        _edit(folder / "report.yaml", f"years: [{NOW}]\n", said)
        with pytest.raises(ReportError, match=r"does not say its years"):
            Report(folder)
        shutil.rmtree(folder)


def test_the_usual_year_is_the_newest_that_the_application_goes_by(invented: Path) -> None:
    assert registry.by_name("open_stays").year == NOW
    assert registry.by_name("exits").year == NEXT


def test_there_is_no_way_back_from_a_newer_export(tmp_path: Path) -> None:
    newer = Source(tmp_path / "export.zip", tmp_path, year=NEXT)
    with engine.connected(threads=1) as connection, pytest.raises(SourceFault, match="an export of FY2028"):
        stage(newer, connection, load(NOW), check=False)


def test_a_database_of_another_year_is_refused(tmp_path: Path) -> None:
    state = {
        "format": FORMAT, "layout": "", "origin": {}, "year": NEXT, "first_source": 1, "taken_at": "",
        "checked_at": "", "checked_xmin": 0, "files": {},
    }  # fmt: skip
    (tmp_path / "state.json").write_text(json.dumps(state))
    with (
        engine.connected(threads=1) as connection,
        pytest.raises(SnapshotError, match="files of FY2028, and this goes by the standards of FY2026"),
        opened(tmp_path, connection, load(NOW)),
    ):
        raise AssertionError("it opened")
