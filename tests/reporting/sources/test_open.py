"""Opening an export: every bad input has its own clear sentence, and all faults are told together."""

import io
import os
import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from hearth.reporting.sources import Limits, SourceFault, open_source

from .exports import Export, csv_bytes, opened, write_zip


def problems(path: Path, **how: object) -> dict[str, list]:
    """What is wrong, by check."""
    told: dict[str, list] = {}
    with opened(path, **how) as source:
        for problem in source.problems:
            told.setdefault(problem.check, []).append(problem)
    return told


def only(path: Path, check: str, **how: object):
    """The one problem there must be; it stops the import and says what to do."""
    told = problems(path, **how)
    assert list(told) == [check]
    (problem,) = told[check]
    assert problem.stops
    assert problem.severity == "high"
    assert problem.sentence.endswith(".")
    assert problem.remedy.endswith(".")
    return problem


def test_a_good_export_has_no_problems(tmp_path: Path) -> None:
    with opened(Export().zip(tmp_path)) as source:
        assert source.problems == []
        assert not source.stops
        assert source.year == 2026
        assert len(source.files) == 24
        assert source.files["Client"].lines == 3
        assert source.lines == sum(len(rows) for rows in Export().tables.values())


def test_a_folder_is_as_good_as_a_zip_and_is_read_in_place(tmp_path: Path) -> None:
    for name, content in Export().all_files().items():
        (tmp_path / name).write_bytes(content)
    with opened(tmp_path) as source:
        assert source.problems == []
        assert source.files["Client"].path == tmp_path / "Client.csv"


def test_the_temporary_folder_is_gone_afterwards(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    with opened(path) as source:
        assert source.work.exists()
        assert source.files["Client"].path.is_relative_to(source.work)
    assert not source.work.exists()
    with pytest.raises(RuntimeError, match="boom"), opened(path) as source:
        raise RuntimeError("boom")
    assert not source.work.exists()


def test_not_there(tmp_path: Path) -> None:
    assert "nowhere.zip" in only(tmp_path / "nowhere.zip", "source_missing").sentence


def test_not_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(b"PersonalID,FirstName\r\n")
    assert "not a zip" in only(path, "not_a_zip").sentence


def test_half_a_zip(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    only(path, "not_a_zip")


def test_damaged_member(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("Client.csv")
        start = info.header_offset + 30 + len("Client.csv") + 4
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    told = problems(path)
    assert [p.file for p in told["file_damaged"]] == ["Client"]
    assert "file_missing" not in told, "a damaged file is not a missing one"


def test_encrypted_zip(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    content = path.read_bytes()
    # Bit 0 of the flags, in every local header and every entry of the directory.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = -1
        while (position := content.find(signature, position + 1)) >= 0:
            flags = struct.unpack_from("<H", content, position + offset)[0] | 1
            content = (
                content[: position + offset] + struct.pack("<H", flags) + content[position + offset + 2 :]
            )
    path.write_bytes(content)
    assert "password" in only(path, "zip_encrypted").sentence


def test_zip_bomb_by_total_size(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    problem = only(path, "too_large", limits=Limits(total_bytes=2048))
    assert "2.0 KB" in problem.sentence


def test_zip_bomb_by_ratio(tmp_path: Path) -> None:
    files = Export().all_files()
    files["Services.csv"] += b"\r\n" * 2_000_000
    path = write_zip(tmp_path / "bomb.zip", files)
    only(path, "zip_bomb", limits=Limits(ratio=100, ratio_from_bytes=1_000_000))
    told = problems(path, limits=Limits(ratio=100, ratio_from_bytes=100_000_000))
    assert "zip_bomb" not in told, "small files may be as dense as they like"


def test_zip_bomb_by_overlapping_entries(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0].header_offset
    # The second entry of the directory points at the bytes of the first.
    entry = content.find(b"PK\x01\x02", content.find(b"PK\x01\x02") + 1)
    path.write_bytes(content[: entry + 42] + struct.pack("<I", first) + content[entry + 46 :])
    only(path, "zip_bomb")


def test_a_size_that_lies_does_not_unpack_more_than_it_says(tmp_path: Path) -> None:
    """The directory claims a few bytes for a member that unpacks to many."""
    files = Export().all_files()
    files["Services.csv"] += b'"x"\r\n' * 500_000
    path = write_zip(tmp_path / "liar.zip", files)
    content = path.read_bytes()
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"Services.csv"))
    path.write_bytes(content[: entry + 24] + struct.pack("<I", 1000) + content[entry + 28 :])
    with opened(path) as source:
        assert sum(f.stat().st_size for f in source.work.iterdir()) < 1_000_000
        assert source.stops


@pytest.mark.parametrize(
    "name", ["../Client.csv", "/etc/Client.csv", "a/../../Client.csv", "..\\Client.csv", "C:\\Client.csv"]
)
def test_path_traversal(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "export.zip", {**Export().all_files(), name: b"x"})
    only(path, "zip_path_leads_out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["export.zip"]


def test_link_in_the_zip(tmp_path: Path) -> None:
    path = Export().zip(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("Link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    only(path, "zip_path_leads_out")


def test_too_many_files(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {f"{n}.csv": b"" for n in range(12)})
    only(path, "too_many_files", limits=Limits(members=10))


def test_no_csv_files(tmp_path: Path) -> None:
    told = problems(write_zip(tmp_path / "export.zip", {"readme.txt": b"hello"}))
    assert set(told) == {"no_csv_files", "unknown_file"}


def test_one_folder_in_the_zip_is_read_and_reported(tmp_path: Path) -> None:
    files = {f"2026 export/{name}": content for name, content in Export().all_files().items()}
    with opened(write_zip(tmp_path / "export.zip", files)) as source:
        assert [p.check for p in source.problems] == ["folder_in_zip"]
        assert not source.stops
        assert len(source.files) == 24


def test_folders_separated_by_backslashes(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in Export().all_files().items():
            info = zipfile.ZipInfo()
            info.filename = f"export\\{name}"
            archive.writestr(info, content)
    with opened(path) as source:
        assert [p.check for p in source.problems] == ["folder_in_zip"]
        assert len(source.files) == 24


def test_a_folder_is_not_searched_deeper_when_it_holds_the_export(tmp_path: Path) -> None:
    for name, content in Export().all_files().items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "Client.csv").write_bytes(b"x")
    with opened(tmp_path) as source:
        assert source.problems == []


def test_several_exports_in_one_zip(tmp_path: Path) -> None:
    files = {f"{folder}/{n}": c for folder in ("north", "south") for n, c in Export().all_files().items()}
    path = write_zip(tmp_path / "export.zip", files)
    assert "north and south" in only(path, "several_exports").sentence
    with opened(path, folder="south") as source:
        assert source.problems == []
        assert len(source.files) == 24
    only(path, "folder_missing", folder="west")


def test_what_systems_leave_in_zips_is_ignored(tmp_path: Path) -> None:
    debris = {"__MACOSX/._Client.csv": b"x", ".DS_Store": b"x", "Thumbs.db": b"x"}
    with opened(write_zip(tmp_path / "export.zip", {**Export().all_files(), **debris})) as source:
        assert source.problems == []


def test_files_that_are_not_hud_s_are_named_and_not_read(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "export.zip", {**Export().all_files(), "Custom.csv": b"a,b\r\n", "notes.pdf": b""}
    )
    with opened(path) as source:
        assert [(p.check, p.severity) for p in source.problems] == [("unknown_file", "info")] * 2
        assert "Custom" not in source.files


def test_missing_files_are_all_told(tmp_path: Path) -> None:
    files = Export().all_files()
    del files["Exit.csv"], files["Funder.csv"]
    told = problems(write_zip(tmp_path / "export.zip", files))
    assert {p.file for p in told["file_missing"]} == {"Exit", "Funder"}
    assert all(p.stops for p in told["file_missing"])


def test_file_twice_in_two_spellings(tmp_path: Path) -> None:
    files = Export().all_files()
    files["CLIENT.csv"] = files["Client.csv"]
    assert only(write_zip(tmp_path / "export.zip", files), "file_twice").file == "Client"


def test_file_names_in_any_case(tmp_path: Path) -> None:
    files = {name.upper(): content for name, content in Export().all_files().items()}
    with opened(write_zip(tmp_path / "export.zip", files)) as source:
        assert source.problems == []
        assert "HealthAndDV" in source.files


def test_missing_columns_are_all_told(tmp_path: Path) -> None:
    export = Export()
    columns = [c for c in columns_of("Client") if c not in ("DOB", "VeteranStatus")]
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"], columns=columns)
    told = problems(export.zip(tmp_path))
    assert {(p.file, p.column) for p in told["column_missing"]} == {
        ("Client", "DOB"),
        ("Client", "VeteranStatus"),
    }


def test_faults_of_every_kind_are_told_together(tmp_path: Path) -> None:
    export = Export()
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"], delimiter=";")
    export.files["Funder.csv"] = b""
    export.files["User.csv"] = csv_bytes("User", export.tables["User"]) + b"\0\0"
    files = export.all_files()
    del files["Event.csv"]
    told = problems(write_zip(tmp_path / "export.zip", files))
    assert set(told) == {"wrong_delimiter", "header_missing", "nul_byte", "file_missing"}


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_wrong_delimiter(tmp_path: Path, delimiter: str, word: str) -> None:
    export = Export()
    export.files["Enrollment.csv"] = csv_bytes("Enrollment", export.tables["Enrollment"], delimiter=delimiter)
    problem = only(export.zip(tmp_path), "wrong_delimiter")
    assert problem.file == "Enrollment"
    assert word in problem.sentence


def test_every_file_with_the_wrong_delimiter(tmp_path: Path) -> None:
    told = problems(Export().zip(tmp_path, delimiter=";"))
    assert len(told["wrong_delimiter"]) == 24


def test_nul_bytes_are_counted_and_placed(tmp_path: Path) -> None:
    export = Export()
    export.row("Client", 1)["LastName"] = "Exa\0mp\0le"
    problem = only(export.zip(tmp_path), "nul_byte")
    assert (problem.file, problem.line) == ("Client", 3)
    assert "2 NUL" in problem.sentence


def test_header_in_any_case_and_order(tmp_path: Path) -> None:
    export = Export()
    for name in export.tables:
        order = list(reversed(columns_of(name)))
        export.files[f"{name}.csv"] = csv_bytes(
            name, export.tables[name], columns=order, header=lambda c: f" {c.upper()} "
        )
    with opened(export.zip(tmp_path)) as source:
        assert {p.check for p in source.problems} == {"column_spelling", "column_order"}
        assert not source.stops
        assert source.files["Client"].columns[0] == "ExportID"


def test_unknown_columns_are_not_read_and_their_names_not_repeated(tmp_path: Path) -> None:
    """Where the header is missing, the first row of data stands in its place."""
    export = Export()
    content = csv_bytes("Client", export.tables["Client"])
    export.files["Client.csv"] = content.replace(b"PersonalID,", b"PersonalID,Una Example,", 1)
    with opened(export.zip(tmp_path)) as source:
        (problem,) = source.problems
        assert problem.check == "column_unknown"
        assert "Una" not in problem.sentence + problem.remedy
        assert source.files["Client"].columns[:2] == ("PersonalID", None)


def test_header_missing(tmp_path: Path) -> None:
    export = Export()
    content = csv_bytes("Client", export.tables["Client"])
    export.files["Client.csv"] = content.partition(b"\r\n")[2]
    told = problems(export.zip(tmp_path))
    assert "column_missing" in told
    assert all("Una" not in p.sentence for faults in told.values() for p in faults)


def test_column_twice(tmp_path: Path) -> None:
    export = Export()
    columns = [*columns_of("Client"), "DOB"]
    export.files["Client.csv"] = csv_bytes("Client", export.tables["Client"], columns=columns)
    assert only(export.zip(tmp_path), "column_twice").column == "DOB"


def test_text_without_quotes_is_noted(tmp_path: Path) -> None:
    export = Export()
    content = csv_bytes("ProjectCoC", export.tables["ProjectCoC"])
    export.files["ProjectCoC.csv"] = content.replace(b'"55401"', b"55401")
    with opened(export.zip(tmp_path)) as source:
        (problem,) = source.problems
        assert problem.check == "quotes_missing"
        assert "ZIP" in problem.sentence
        assert not problem.stops


@pytest.mark.parametrize("year", [2022, 2024, 2026])
def test_the_year_is_read_from_the_version(tmp_path: Path, year: int) -> None:
    with opened(Export(year).zip(tmp_path)) as source:
        assert source.year == year
        assert source.problems == []


@pytest.mark.parametrize("year", [2022, 2024, 2026])
@pytest.mark.parametrize("version", [None, "", "v8"])
def test_the_year_is_seen_from_the_columns(tmp_path: Path, year: int, version: str | None) -> None:
    export = Export(year)
    export.row("Export")["CSVVersion"] = version
    with opened(export.zip(tmp_path)) as source:
        assert source.year == year
        assert [p.check for p in source.problems] == ["version_guessed"]
        assert not source.stops


def test_a_version_that_the_vendor_forgot_to_change(tmp_path: Path) -> None:
    export = Export(2026)
    export.row("Export")["CSVVersion"] = "2024 v1.2"
    with opened(export.zip(tmp_path)) as source:
        assert source.year == 2026
        assert "says 2024" in source.problems[0].sentence


@pytest.mark.parametrize("version", ["2020 v1.1", "FY2032", "2018", "2028 v1.0"])
def test_a_year_that_we_do_not_know(tmp_path: Path, version: str) -> None:
    """Although its columns are those of a year that we know: its codes need not be."""
    export = Export(2026)
    export.row("Export")["CSVVersion"] = version
    problem = only(export.zip(tmp_path), "export_year_unknown")
    assert "a year that we do not know" in problem.sentence
    assert "FY2022" in problem.remedy


def test_a_year_between_two_formats(tmp_path: Path) -> None:
    export = Export(2024)
    export.row("Export")["CSVVersion"] = "FY2025"
    with opened(export.zip(tmp_path)) as source:
        assert source.year == 2024
        assert [p.check for p in source.problems] == ["version_guessed"]


def test_a_version_that_is_missing_with_columns_of_no_year(tmp_path: Path) -> None:
    files = {"Client.csv": b"Id,Name\r\n1,x\r\n", "Export.csv": b"a,b\r\n1,2\r\n"}
    only(write_zip(tmp_path / "export.zip", files), "export_year_unknown")


def test_disk_full_before_it_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Export().zip(tmp_path)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    assert "disk is full" in only(path, "disk_full").sentence


def test_disk_full_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Export().zip(tmp_path)
    real_open = Path.open

    class Full(io.FileIO):
        def write(self, _data: object) -> int:
            raise OSError(28, os.strerror(28))

    def full(self: Path, mode: str = "r", *how: object, **named: object):
        if "w" in mode and self.name == "Client.csv":
            return Full(self, "w")
        return real_open(self, mode, *how, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", full)
    only(path, "disk_full")


def test_no_room_even_for_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_how: object) -> str:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(SourceFault, match="disk is full"), open_source(tmp_path):
        pass


def test_progress_reaches_the_total(tmp_path: Path) -> None:
    calls: list[tuple] = []
    with opened(Export().zip(tmp_path), on_progress=lambda *told: calls.append(told)):
        pass
    assert {stage for stage, *_ in calls} == {"open"}
    assert calls[-1][4] == calls[-1][5] > 0
    assert [told[4] for told in calls] == sorted(told[4] for told in calls)


def test_progress_may_cancel(tmp_path: Path) -> None:
    def stop(*_told: object) -> None:
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        opened(Export().zip(tmp_path), on_progress=stop),
    ):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["export.zip"]


def columns_of(name: str, year: int = 2026) -> list[str]:
    return csv_bytes(name, [], year).decode().strip().split(",")


@pytest.mark.parametrize("version", ["2026 v1.0", "", "2024 v1.2"])
def test_a_year_after_the_one_it_is_read_for(tmp_path: Path, version: str) -> None:
    """There is no way back from a newer format, whether its version says so or its columns alone."""
    export = Export(2026)
    export.row("Export")["CSVVersion"] = version
    path = export.zip(tmp_path)
    with open_source(path, newest=2024) as source:
        (problem,) = (one for one in source.problems if one.stops)
        assert source.year is None and problem.check == "export_year_unknown"
    assert problem.sentence == (
        "This export has HUD's format of FY2026, and this Hearth works with FY2024 and earlier."
    )
    assert "FY2022 and FY2024." in problem.remedy and "FY2026" not in problem.remedy
    with open_source(path, newest=2026) as source:
        assert source.year == 2026
