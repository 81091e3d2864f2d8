"""What is found in rows: keys, references, families of checks, declared checks, and what stops an import."""

from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.sources import Staged
from hearth.reporting.sources.findings import find
from hearth.standards.load import load

from .exports import STAMP, Export, checks, csv_bytes, found, staged, write_zip

SERVICE = {"ServicesID": "S1", "EnrollmentID": "E1", "PersonalID": "C1", "DateProvided": "2025-11-05",
           "RecordType": 141, "TypeProvided": 1, "DateCreated": STAMP, "DateUpdated": STAMP, "UserID": "U1",
           "ExportID": "X1"}  # fmt: skip


def test_nothing_is_wrong_with_a_good_export(tmp_path: Path) -> None:
    for year in (2022, 2024, 2026):
        with staged(Export(year).zip(tmp_path)) as result:
            assert result.summary == []
            assert not result.stops
            assert engine.scalar(result.connection, f"SELECT count(*) FROM '{result.findings_path}'") == 0


def test_two_rows_with_one_key(tmp_path: Path) -> None:
    export = Export()
    export.tables["Client"].append({**export.row("Client"), "FirstName": "Ida"})
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "key_twice") == [
            ("Client", "PersonalID", 4, "C1", "also on line 2", "high", True)
        ]
        assert result.stops


def test_a_row_without_a_key(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["ExitID"] = None
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "key_blank") == [("Exit", "ExitID", 2, None, "blank", "high", True)]


def test_a_blank_key_does_not_hide_a_double_one(tmp_path: Path) -> None:
    export = Export()
    export.tables["Client"] += [{**export.row("Client"), "PersonalID": None}, export.row("Client")]
    with staged(export.zip(tmp_path)) as result:
        assert [f[2] for f in found(result, "key_blank")] == [4]
        assert [f[2] for f in found(result, "key_twice")] == [5]


def test_a_row_without_its_parent_stops_unless_deleted(tmp_path: Path) -> None:
    export, added, expected = Export(), [], []
    for table, column in (
        ("Enrollment", "PersonalID"), ("Enrollment", "ProjectID"), ("Exit", "EnrollmentID"),
        ("Project", "OrganizationID"), ("ProjectCoC", "ProjectID"),
    ):  # fmt: skip
        parent = f"not in {column.removesuffix('ID').replace('Personal', 'Client')}.csv"
        for value, value_class in (("nowhere", parent), (None, "blank")):
            rows = export.tables[table]
            key = f"N{len(rows)}"
            rows.append({**export.row(table), load(2026).file(table).key: key, column: value})
            added.append(rows[-1])
            expected.append((table, column, len(rows) + 1, key, value_class, "high", True))
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "reference_missing") == sorted(expected, key=lambda finding: finding[:3])
        assert result.stops
    for row in added:
        row["DateDeleted"] = STAMP
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "reference_missing") == []
        assert not result.stops


def test_an_assessment_question_without_its_assessment(tmp_path: Path) -> None:
    export = Export()
    export.tables["AssessmentQuestions"] = [
        {**SERVICE, "AssessmentQuestionID": "Q1", "AssessmentID": "A1", "AssessmentQuestion": "7"}
    ]
    with staged(export.zip(tmp_path)) as result:
        assert [f[:2] for f in found(result, "reference_missing")] == [
            ("AssessmentQuestions", "AssessmentID")
        ]
        assert result.stops


def test_the_client_beside_an_enrollment_is_reported_and_the_row_kept(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["PersonalID"] = "nobody"
    with staged(export.zip(tmp_path)) as result:
        (finding,) = found(result, "reference_missing")
        assert finding == ("Exit", "PersonalID", 2, "T2", "not in Client.csv", "error", False)
        assert not result.stops


def test_a_user_that_is_missing_does_not_stop(tmp_path: Path) -> None:
    export = Export()
    export.row("Client")["UserID"] = "U9"
    with staged(export.zip(tmp_path)) as result:
        assert [f[:4] for f in found(result, "user_missing")] == [("Client", "UserID", 2, "C1")]
        assert not result.stops


def test_an_export_id_of_another_export(tmp_path: Path) -> None:
    export = Export()
    export.row("Client")["ExportID"] = "X0"
    with staged(export.zip(tmp_path)) as result:
        assert [f[:4] for f in found(result, "export_id_differs")] == [("Client", "ExportID", 2, "C1")]


@pytest.mark.parametrize("count", [0, 10])
def test_export_csv_with_other_than_one_row_is_reported_and_does_not_stop(tmp_path: Path, count: int) -> None:
    export = Export()
    row = export.row("Export")
    export.tables["Export"] = [{**row, "ExportID": f"X{n + 1}"} for n in range(count)]
    with staged(export.zip(tmp_path)) as result:
        (finding,) = found(result, "export_not_one_row")
        assert finding == ("Export", None, None, None, f"{count} rows", "error", False)
        assert not result.stops


def test_a_missing_file_is_said_once_and_not_once_per_row(tmp_path: Path) -> None:
    files = Export().all_files()
    del files["User.csv"]
    with staged(write_zip(tmp_path / "export.zip", files)) as result:
        assert checks(result) == {("file_missing", "User", None): 1}


def test_structure_faults_and_faults_in_rows_are_found_together(tmp_path: Path) -> None:
    export = Export()
    export.tables["Client"].append(export.row("Client"))
    columns = [c.name for c in load(2026).file("Exit").columns if c.name != "OtherDestination"]
    export.files["Exit.csv"] = csv_bytes("Exit", export.tables["Exit"], columns=columns)
    export.files["Event.csv"] = csv_bytes("Event", []) + b'"V1"\r\n'
    export.row("Enrollment")["ProjectID"] = "P9"
    with staged(export.zip(tmp_path)) as result:
        stopping = {(s.check, s.file) for s in result.summary if s.stops}
        assert stopping == {
            ("column_missing", "Exit"),
            ("broken_line", "Event"),
            ("key_twice", "Client"),
            ("reference_missing", "Enrollment"),
        }
        written = engine.rows(
            result.connection, f"""SELECT DISTINCT "check" FROM '{result.findings_path}' WHERE stops"""
        )
        assert {check for (check,) in written} == {check for check, _ in stopping}


def test_the_code_is_told_only_where_it_says_nothing_about_a_person(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["Destination"] = 434
    export.tables["HealthAndDV"] = [
        {**SERVICE, "HealthAndDVID": "D1", "InformationDate": "2025-11-02", "DataCollectionStage": 1,
         "DomesticViolenceSurvivor": 77}
    ]  # fmt: skip
    with staged(export.zip(tmp_path)) as result:
        assert [(f[1], f[4]) for f in found(result, "code_not_in_list")] == [
            ("Destination", "code 434 of list 3.12.1"),
            ("DomesticViolenceSurvivor", "a code of list 1.8"),
        ]


def test_no_finding_holds_a_value_that_identifies_a_person(tmp_path: Path) -> None:
    """Something of its own kind is wrong with every cell of Client and User."""
    export = Export()
    secrets = []
    for table in ("Client", "User"):
        for number, column in enumerate(load(2026).file(table).columns):
            if column.is_key or column.references:
                continue
            secrets.append(f"Zq{number}<{table}>" + "w" * 400)
            export.row(table)[column.name] = secrets[-1]
    with staged(export.zip(tmp_path)) as result:
        assert all((s.severity == "high") == s.stops for s in result.summary)
        assert len(found(result, "text_too_long")) > 5
        assert len(found(result, "number_unreadable")) > 20
        everything = str(engine.rows(result.connection, f"SELECT * FROM '{result.findings_path}'"))
        everything += str(result.summary) + str(result.problems)
        assert "Zq" not in everything
        assert "www" not in everything


def test_a_list_that_depends_on_another_column(tmp_path: Path) -> None:
    export = Export()
    export.tables["Services"] = [
        {**SERVICE, "ServicesID": "S1", "RecordType": 141, "TypeProvided": 8},
        {**SERVICE, "ServicesID": "S2", "RecordType": 152, "TypeProvided": 8},
        {**SERVICE, "ServicesID": "S3", "RecordType": 152, "TypeProvided": 77},
    ]
    with staged(export.zip(tmp_path)) as result:
        assert [(f[3], f[4]) for f in found(result, "code_not_in_list") if f[1] == "TypeProvided"] == [
            ("S3", f"code 77 of list {load(2026).column('Services.TypeProvided').list_by.cases['152']}")
        ]


def test_a_hashed_export_has_other_lengths_and_forms(tmp_path: Path) -> None:
    export = Export()
    export.row("Client").update(FirstName="a" * 64, SSN="1234" + "b" * 64)
    with staged(export.zip(tmp_path)) as result:
        assert {f[1] for f in found(result, "text_too_long")} == {"FirstName", "SSN"}
        assert [f[1] for f in found(result, "format_wrong")] == ["SSN"]
    export.row("Export")["HashStatus"] = 4
    with staged(export.zip(tmp_path)) as result:
        assert not found(result, "text_too_long") + found(result, "format_wrong")


def faulty(result: Staged, table: str) -> set[str]:
    key = load(2026).file(table).key
    marked = engine.rows(result.connection, f"SELECT {key}, _hash FROM {table} WHERE _faulty")
    unmarked = engine.rows(result.connection, f"SELECT _hash FROM {table} WHERE NOT _faulty")
    assert all(value < 0 for _, value in marked), "the mark is part of the hash"
    assert all(value >= 0 for (value,) in unmarked)
    return {key for key, _ in marked}


def test_an_exit_before_its_entry_is_marked(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["ExitDate"] = "2025-11-01"
    with staged(export.zip(tmp_path)) as result:
        assert [f[:4] for f in found(result, "exit_before_entry")] == [("Exit", "ExitDate", 2, "T2")]
        assert faulty(result, "Exit") == {"T2"}
        assert not result.stops
    export.row("Exit")["ExitDate"] = "2025-11-02"
    with staged(export.zip(tmp_path)) as result:
        assert faulty(result, "Exit") == set()


def test_two_heads_of_one_household_are_both_marked(tmp_path: Path) -> None:
    export = Export()
    export.row("Enrollment", 1)["RelationshipToHoH"] = 1
    with staged(export.zip(tmp_path)) as result:
        assert faulty(result, "Enrollment") == {"E1", "E2"}
        assert not result.stops
    export.row("Enrollment", 1)["DateDeleted"] = STAMP
    with staged(export.zip(tmp_path)) as result:
        assert faulty(result, "Enrollment") == set()


def test_two_exits_of_one_enrollment_are_both_marked(tmp_path: Path) -> None:
    export = Export()
    export.tables["Exit"].append({**export.row("Exit"), "ExitID": "T3"})
    with staged(export.zip(tmp_path)) as result:
        assert faulty(result, "Exit") == {"T2", "T3"}
    export.row("Exit", 1)["DateDeleted"] = STAMP
    with staged(export.zip(tmp_path)) as result:
        assert faulty(result, "Exit") == set()


def test_a_row_that_joins_several_is_reported_once(tmp_path: Path) -> None:
    """Two exits of one enrollment, both before the date of engagement."""
    export = Export()
    export.row("Enrollment", 1)["DateOfEngagement"] = "2026-01-01"
    export.tables["Exit"].append({**export.row("Exit"), "ExitID": "T3"})
    with staged(export.zip(tmp_path)) as result:
        assert [f[3] for f in found(result, "engagement_outside_stay")] == ["E2"]
        assert checks(result)["engagement_outside_stay", "Enrollment", "DateOfEngagement"] == 1


def test_declared_checks_leave_deleted_rows_out_and_families_do_not(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit").update(ExitDate="2025-11-01", Destination=9999, DateDeleted=STAMP)
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "exit_before_entry") == []
        assert len(found(result, "code_not_in_list")) == 1


def test_a_check_over_groups_points_at_the_first_row(tmp_path: Path) -> None:
    export = Export()
    export.row("Enrollment", 0)["RelationshipToHoH"] = 2
    with staged(export.zip(tmp_path)) as result:
        (finding,) = found(result, "household_without_one_head")
        assert finding[:4] == ("Enrollment", "RelationshipToHoH", 2, "E1")
        assert not result.stops, "the receiver may refuse it; we store it as it came"


def test_a_dependent_column(tmp_path: Path) -> None:
    export = Export()
    export.row("Client")["YearEnteredService"] = 1999
    with staged(export.zip(tmp_path)) as result:
        assert [f[:4] for f in found(result, "not_asked.Client.YearEnteredService")] == [
            ("Client", "YearEnteredService", 2, "C1")
        ]


def test_every_declared_check_runs(tmp_path: Path) -> None:
    """On rows in every file, so that every predicate is bound and executed."""
    export = Export()
    for file in load(2026).files.values():
        if not export.tables[file.name]:
            export.tables[file.name] = [{file.key: "K1"}]
    with staged(export.zip(tmp_path)) as result:
        assert ("reference_missing", "Services", "EnrollmentID") in checks(result)


def test_many_findings_of_one_kind_are_counted_but_not_all_listed(tmp_path: Path) -> None:
    export = Export()
    export.tables["Services"] = [{**SERVICE, "ServicesID": f"S{n}", "RecordType": 999} for n in range(50)]
    with staged(export.zip(tmp_path), check=False) as result:
        path = tmp_path / "findings.parquet"
        summary = find(
            result.connection, result.registry, [], path, exported_year=2026, absent=set(), listed=7
        )
        counts = {s.check: s.count for s in summary}
        assert counts["code_not_in_list"] == 50
        written = engine.rows(
            result.connection, f"""SELECT line FROM '{path}' WHERE "check" = 'code_not_in_list'"""
        )
        assert [line for (line,) in written] == list(range(2, 9))


def test_the_gravest_come_first(tmp_path: Path) -> None:
    export = Export()
    export.row("Client")["UserID"] = "U9"
    export.row("Exit")["Destination"] = 434
    export.row("Enrollment")["ProjectID"] = "P9"
    with staged(export.zip(tmp_path)) as result:
        order = ["high", "error", "warning", "info"]
        severities = [
            s for (s,) in engine.rows(result.connection, f"SELECT severity FROM '{result.findings_path}'")
        ]
        assert severities == sorted(severities, key=order.index)
        assert [s.severity for s in result.summary] == sorted(
            (s.severity for s in result.summary), key=order.index
        )


def test_a_column_that_the_year_did_not_have_is_not_missed(tmp_path: Path) -> None:
    """ImplementationID and others are required since FY2024."""
    export = Export(2022)
    export.row("Export").pop("ImplementationID")
    with staged(export.zip(tmp_path)) as result:
        assert found(result, "required_blank") == []
    later = Export(2026)
    later.row("Export").pop("ImplementationID")
    with staged(later.zip(tmp_path)) as result:
        assert [f[1] for f in found(result, "required_blank")] == ["ImplementationID"]


def test_the_staged_tables_are_left_as_they_were_found(tmp_path: Path) -> None:
    with staged(Export().zip(tmp_path)) as result:
        names = engine.rows(
            result.connection,
            "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY 1",
        )
        assert [n for (n,) in names] == sorted(f"main.{f}" for f in load(2026).files)
        assert engine.scalar(result.connection, "SELECT current_schema()") == "main"


def test_findings_say_whose_rows_they_are(tmp_path: Path) -> None:
    """By the project of the row, or of its enrollment; a client and the export as a whole are nobody's."""
    export = Export()
    second = {**export.row("Project"), "ProjectID": "P2", "OrganizationID": "O2", "ProjectName": "Hill House"}
    export.tables["Project"].append(second | {"ContinuumProject": None})
    export.tables["Organization"].append({**export.row("Organization"), "OrganizationID": "O2"})
    export.tables["Organization"][1]["OrganizationName"] = None
    export.tables["Exit"][0]["ExitDate"] = "2025-10-01"
    export.tables["Enrollment"][0]["ProjectID"] = "P2"
    export.tables["Enrollment"][0]["LivingSituation"] = 9999
    export.row("Client")["DOB"] = "unknown"
    with staged(export.zip(tmp_path)) as result:
        places = engine.rows(
            result.connection,
            f"SELECT DISTINCT file, key, organization, project FROM '{result.findings_path}' ORDER BY ALL",
        )
    assert {
        ("Client", "C1", None, None), ("Enrollment", "E1", "O2", "P2"), ("Exit", "T2", "O1", "P1"),
        ("Organization", "O2", "O2", None), ("Project", "P2", "O2", "P2"),
    } <= set(places)  # fmt: skip


def test_a_row_of_a_missing_parent_is_nobodys(tmp_path: Path) -> None:
    export = Export()
    export.row("Exit")["EnrollmentID"] = "nowhere"
    files = export.all_files()
    with staged(write_zip(tmp_path / "x.zip", files)) as result:
        found_places = engine.rows(
            result.connection,
            f"SELECT DISTINCT organization, project FROM '{result.findings_path}' WHERE file = 'Exit'",
        )
    assert found_places == [(None, None)]
