"""A report is a folder: the one of docs/how_to/add_a_report.md, from the command to the people and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hearth.reporting.opening import compare, members
from hearth.reporting.opening.bundle import BundleError, record_of
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.report import Report, ReportError, ReportFile
from hearth.reporting.synthetic.generate import generate
from hearth.reporting.synthetic.world_settings import WorldSettings
from hearth.standards.load import load

from .lsa.random_world import random_world
from .test_standing import Asked, make

EXAMPLE = Path(__file__).parent / "open_stays"
YEAR = ("--coc", "MN-500", "--start", "2025-10-01", "--end", "2026-09-30")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of reports with the example in it."""
    folder = tmp_path_factory.mktemp("reports")
    shutil.copytree(EXAMPLE, folder / "open_stays")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "FOLDER", folder)
        registry.reports.cache_clear()
        yield folder
    registry.reports.cache_clear()


@pytest.fixture(scope="module")
def made(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of two invented exports, made by the command that the registry gives."""
    from hearth.reporting import cli

    out = tmp_path_factory.mktemp("made")
    commands = list(cli.app.registered_commands)
    cli.add_command(registry.by_name("open_stays"))
    try:
        for name, seed in (("before", 3), ("after", 4)):
            export = out / f"{name}.zip"
            generate(WorldSettings(clients=100, seed=seed, cocs=("MN-500",)), load(), export, version="0")
            said = CliRunner().invoke(
                cli.app, ["open_stays", str(export), *YEAR, "--out", str(out / name), "--keep"]
            )
            assert said.exit_code == 0, said.output
    finally:
        cli.app.registered_commands[:] = commands
    return {name: out / name for name in ("before", "after")}


def test_the_command_writes_what_the_folder_declares(made: dict[str, Path]) -> None:
    written = sorted(path.name for path in made["before"].iterdir())
    assert written == [
        "OpenStays.csv", "flags.csv", "flags.json", "open_stays-MN-500-2025-10-01.zip", "run.json", "tables",
    ]  # fmt: skip
    record = record_of(made["before"])
    assert (record.report, record.specification) == ("open_stays", "Example of the guide")


def test_every_number_opens(made: dict[str, Path]) -> None:
    found = members.rows(made["before"], "OpenStays")
    assert found.total > 5
    for row in found.rows:
        page = members.members(made["before"], "OpenStays", row.values)
        assert page.value == page.total == row.count
        assert row.title == f"Project: {row.values['ProjectID']}"
        assert {stay.project_id for one in page.members for stay in one.stays} == {row.values["ProjectID"]}
        assert all(one.unit == "enrollment" and one.why.startswith("Counted with") for one in page.members)


def test_who_may_not_see_an_enrollment_of_the_household_is_told_a_count(made: dict[str, Path]) -> None:
    row = members.rows(made["before"], "OpenStays").rows[0]
    everybody = members.members(made["before"], "OpenStays", row.values)
    hidden = members.members(made["before"], "OpenStays", row.values, may_see=lambda asked: ())
    assert (hidden.members, hidden.hidden, hidden.value) == ((), everybody.total, everybody.value)
    one = everybody.members[0]
    some = members.members(
        made["before"],
        "OpenStays",
        row.values,
        may_see=lambda asked: set(asked) - set(one.enrollment_ids),
    )
    assert some.hidden >= 1
    assert one.enrollment_ids not in [other.enrollment_ids for other in some.members]


def test_a_stay_without_a_household_rests_on_all_stays_of_its_person(folder: Path, tmp_path: Path) -> None:
    """It is shown to who may see these all, and to nobody else."""
    asked = Asked(registry.by_name("open_stays"), "")
    rows = random_world(11, 20)
    first = rows["Enrollment"][0]
    alone = [
        first | {"EnrollmentID": "alone", "PersonalID": "P", "HouseholdID": None, "EntryDate": "2025-11-01"},
        first | {"EnrollmentID": "other", "PersonalID": "P", "HouseholdID": None, "EntryDate": "2026-11-01"},
    ]
    rows |= {
        "Client": [*rows["Client"], rows["Client"][0] | {"PersonalID": "P"}],
        "Enrollment": [*rows["Enrollment"], *(one | {"DateDeleted": None} for one in alone)],
    }
    out = make(asked, rows, tmp_path / "out")
    values = {"ProjectID": first["ProjectID"]}
    for may_see, is_shown in (
        (None, True),
        (lambda ids: ids, True),
        (lambda ids: set(ids) - {"other"}, False),
    ):
        page = members.members(out, "OpenStays", values, limit=10_000, may_see=may_see)
        assert (("alone",) in [one.enrollment_ids for one in page.members]) == is_shown


def test_two_runs_are_compared(made: dict[str, Path]) -> None:
    found = compare.compare(made["before"], made["after"])
    before, after = (
        sum(row.count for row in members.rows(made[name], "OpenStays", limit=1000).rows)
        for name in ("before", "after")
    )
    (figure,) = found.headline
    assert (figure.label, figure.before, figure.after) == ("Open stays", before, after)
    assert found.people > 0
    people = compare.changed_people(made["before"], made["after"], may_see=lambda asked: ())
    assert (people.people, people.hidden) == ((), people.total)


def test_the_run_of_a_report_that_is_gone_is_refused_in_a_sentence(
    made: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "of_run", lambda kind, year: None)
    with pytest.raises(
        BundleError,
        match=r"before holds a report \(open_stays, FY2026\) that this version of Hearth does not make",
    ):
        members.rows(made["before"], "OpenStays")


def test_two_reports_of_one_kind_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open_stays", "another"):
        shutil.copytree(EXAMPLE, tmp_path / name)
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    registry.reports.cache_clear()
    with pytest.raises(ReportError, match="same kind: open_stays"):
        registry.reports()
    registry.reports.cache_clear()


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "broken")
    (tmp_path / "broken" / "report.yaml").write_text("kinds: [", encoding="utf-8")
    with pytest.raises(ReportError, match=r"broken/report\.yaml cannot be read"):
        Report(tmp_path / "broken")


def test_what_a_file_of_counts_opens_by() -> None:
    file = ReportFile(
        "Counts", "counts", ("ReportID", "A", "B"), measure="Value", each="Column", of_the_run=("ReportID",)
    )
    assert file.opened_columns == ("Column", "Value")
    assert file.dimensions == ("Column",)
