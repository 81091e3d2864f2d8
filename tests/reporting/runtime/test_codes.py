"""Names of codes in steps stand for the codes of HUD's lists, or of the report's own."""

from pathlib import Path

import pytest

from hearth.reporting import engine
from hearth.reporting.runtime.codes import CodeError, Codes, of_year, own_bands, own_lists
from hearth.reporting.runtime.plan import PlanError
from hearth.reporting.runtime.step_files import read_step
from hearth.standards import MODEL_YEAR, load

OWN = {"LSAProjectType": {"RRH": ("13",), "rrh_psh": ("13", "3")}}


@pytest.mark.parametrize(
    ("sql", "filled"),
    [
        ("RelationshipToHoH = {RelationshipToHoH.HEAD}", "RelationshipToHoH = 1"),
        ("Destination IN ({Destination.homeless})", "Destination IN (116, 101, 118)"),
        ("ProjectType IN ({ProjectType.other_permanent_housing})", "ProjectType IN (9, 10)"),
        ("VeteranStatus IN ({YES}, {NOT_COLLECTED})", "VeteranStatus IN (1, 99)"),
        ("t IN ({LSAProjectType.rrh_psh})", "t IN (13, 3)"),
        ("{DisabilityResponse.YES} {DisabilityResponse.BOTH} {DisabilityResponse.NO}", "1 3 0"),
        ("{'a': 1} AND '[0-9]{9}'", "{'a': 1} AND '[0-9]{9}'"),  # the engine's own braces
    ],
)
def test_names_become_codes(sql: str, filled: str) -> None:
    assert Codes(load(2026), OWN).filled(sql) == filled


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("{RelationshipToHoH.HAED}", "no name or group HAED; the nearest is HEAD"),
        ("{RelationshipToHead.HEAD}", "no column with a list in FY2026"),
        ("{EntryDate.HEAD}", "no column with a list in FY2026"),
        ("{TypeProvided.HEAD}", "TypeProvided has several lists in FY2026; HEAD stands for nothing in them"),
        ("{DisabilityResponse.OTHER}", "DisabilityResponse has several lists .*; OTHER stands for nothing"),
        ("{MAYBE}", "no name or group MAYBE"),
        ("{Days.of_stay(Days)}", "Days has no bands of_stay; the nearest is of_stays"),
        ("{Hours.of_stay(Days)}", "Hours has no bands of_stay"),
        ("{LSAProjectType.RHH}", "LSAProjectType has no code or group RHH; the nearest is RRH"),
    ],
)
def test_what_stands_for_nothing_is_told(sql: str, told: str) -> None:
    with pytest.raises(CodeError, match=told):
        Codes(load(2026), OWN, {"Days": {"of_stays": ((0, None), (None, 1))}}).filled(sql)


def test_a_number_falls_into_a_band() -> None:
    said = {"Days": {"bands": {"of_stay": {"itself": 1, "more": 31, 30: 30, 7: 5}}}, "T": {"codes": {"A": 1}}}
    assert own_lists(said) == {"T": {"A": ("1",)}}
    codes = Codes(load(2026), own_lists(said), own_bands(said))
    days = {-1: -1, 0: 0, 1: 1, 2: 5, 7: 5, 8: 30, 30: 30, 31: 31, 999: 31}
    with engine.connected(threads=1) as connection:
        found = {
            day: engine.scalar(
                connection, codes.filled(f"SELECT {{Days.of_stay(d.n)}} FROM (SELECT {day} AS n) d")
            )
            for day in days
        }
    assert found == days


def test_a_code_that_the_year_does_not_have_is_no_name_in_it() -> None:
    assert of_year(2026).of("LivingSituation", "STREET") == ("116",)
    with pytest.raises(CodeError, match="STREET"):
        of_year(2022).of("LivingSituation", "STREET")


def test_a_step_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "people.sql"
    path.write_text("-- Section: 1\n-- Grain: one\n-- Inputs: Client\nSELECT {HEAD} FROM Client")
    with pytest.raises(PlanError, match=r"people\.sql: .*HEAD"):
        read_step(path, of_year(MODEL_YEAR))


def test_groups_are_made_of_codes_and_of_groups_before_them() -> None:
    said = {"T": {"codes": {"A": 1, "B": 2, "C": 3}, "groups": {"ab": "A, B", "abc": "ab, C"}}}
    assert own_lists(said)["T"] == {
        "A": ("1",),
        "B": ("2",),
        "C": ("3",),
        "ab": ("1", "2"),
        "abc": ("1", "2", "3"),
    }
