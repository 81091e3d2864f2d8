"""What step files were found to be is kept, and parsed anew when a file, a code or what is kept changed."""

from pathlib import Path

import pytest

from hearth.reporting.runtime import step_files
from hearth.reporting.runtime.codes import Codes, of_year
from hearth.reporting.runtime.plan import PlanError
from hearth.reporting.runtime.step_files import read_steps
from hearth.standards.load import MODEL_YEAR, load

CODES = of_year(MODEL_YEAR)

PEOPLE = (
    "-- Section: 1\n-- Grain: one row per client\n-- Inputs: Client\n-- Members: c.PersonalID\n"
    "SELECT count(c.PersonalID) AS n FROM Client AS c WHERE c.VeteranStatus = {YES}"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "home"))
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "people.sql").write_text(PEOPLE)
    return tmp_path / "steps"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were parsed, one after the other."""
    names: list[str] = []
    before = step_files._parsed

    def noted(path: Path, text: str) -> object:
        names.append(path.name)
        return before(path, text)

    monkeypatch.setattr(step_files, "_parsed", noted)
    return names


def cache(folder: Path) -> list[Path]:
    return list((folder.parent / "home" / "cache").iterdir())


def test_the_second_process_parses_nothing_and_reads_the_same(folder: Path, parsed: list[str]) -> None:
    first = read_steps(folder, CODES)
    assert read_steps(folder, CODES) == first
    assert parsed == ["people.sql"]
    assert first[0].members == "c.PersonalID"
    assert first[0].columns == {"PersonalID", "VeteranStatus"}
    assert [path.suffix for path in cache(folder)] == [".json"]  # nothing half-written stays


def test_a_changed_file_is_parsed_anew(folder: Path, parsed: list[str]) -> None:
    read_steps(folder, CODES)
    (folder / "people.sql").write_text(PEOPLE.replace("{YES}", "{NO}"))
    assert read_steps(folder, CODES)[0].sql.endswith("= 0")
    assert parsed == ["people.sql"] * 2


def test_another_file_or_name_is_parsed_anew(folder: Path, parsed: list[str]) -> None:
    read_steps(folder, CODES)
    (folder / "people.sql").rename(folder / "clients.sql")
    assert [step.name for step in read_steps(folder, CODES)] == ["clients"]
    assert parsed == ["people.sql", "clients.sql"]


@pytest.mark.parametrize("what", ["_FORM", "version"])
def test_what_another_version_kept_is_parsed_anew(
    folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Of Hearth, whose form of what is kept may be another, or of the parser."""
    read_steps(folder, CODES)
    monkeypatch.setattr(step_files, what, 999 if what == "_FORM" else lambda _: "999")
    read_steps(folder, CODES)
    assert parsed == ["people.sql"] * 2


def test_what_is_kept_is_closed_to_other_users(folder: Path) -> None:
    """Whoever can write there says what columns a report keeps."""
    read_steps(folder, CODES)
    assert (folder.parent / "home" / "cache").stat().st_mode & 0o777 == 0o700


def test_other_codes_are_other_steps(folder: Path) -> None:
    (folder / "people.sql").write_text(PEOPLE.replace("{YES}", "{Own.A}"))
    read = [read_steps(folder, Codes(load(2026), {"Own": {"A": (code,)}}))[0].sql[-1] for code in "12"]
    assert read == ["1", "2"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[[1]]", b"[]", b"\xff", b"null", b'"text"'])
def test_a_damaged_cache_is_passed_over(folder: Path, damage: bytes) -> None:
    first = read_steps(folder, CODES)
    cache(folder)[0].write_bytes(damage)
    assert read_steps(folder, CODES) == first
    assert cache(folder)[0].read_bytes() != damage


def test_without_a_data_folder_that_can_be_written_it_works_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("HEARTH_HOME", str(folder.parent / "file"))
    assert [step.name for step in read_steps(folder, CODES)] == ["people"]


def test_two_files_of_one_table_are_refused(folder: Path) -> None:
    (folder / "03_universe").mkdir()
    (folder / "03_universe" / "People.sql").write_text(PEOPLE)
    with pytest.raises(PlanError, match="make the same table"):
        read_steps(folder, CODES)


def test_files_in_folders_are_read_by_the_names_of_their_tables(folder: Path) -> None:
    for part, table in (("11_report", "adults"), ("03_universe", "zebras")):
        (folder / part).mkdir()
        (folder / part / f"{table}.sql").write_text(PEOPLE)
    assert [step.name for step in read_steps(folder, CODES)] == ["adults", "people", "zebras"]


def test_a_stale_header_is_never_kept(folder: Path) -> None:
    (folder / "people.sql").write_text(PEOPLE.replace("Inputs: Client", "Inputs: Exit"))
    for _ in range(2):
        with pytest.raises(PlanError, match="differ"):
            read_steps(folder, CODES)


def test_of_many_versions_the_last_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_files, "_KEPT", 2)
    for number in range(4):
        (folder / "people.sql").write_text(f"{PEOPLE} AND {number} = {number}")
        read_steps(folder, CODES)
    assert len(cache(folder)) == 2
