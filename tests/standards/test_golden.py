"""The resolved registry against the tables of facts, fact by fact."""

import re
from fnmatch import fnmatchcase

import pytest

from hearth.standards import Column, load, load_upgrades
from hearth.standards.element import STAGES
from hearth.standards.model import element_numbers
from tests.standards.reference import facts

pytestmark = pytest.mark.golden

STAGE_COLUMNS = {"after exit": "post_exit"}
STAGE_CODES = dict(zip(("RC", "SU", "PS", "OC", "UP", "AA", "PX", "PE"), STAGES, strict=True))
# The table of elements says that these belong to an element, the table of columns leaves it out.
IN_AN_ELEMENT = {"Organization.OrganizationCommonName", "Project.ProjectCommonName", "Project.PITCount"}
# Facts that the registry says in another form than the table's one text.
SAID_OTHERWISE = {
    "Disabilities.DisabilityResponse",
    "Services.TypeProvided",
    "Services.SubTypeProvided",
    "Disabilities.IndefiniteAndImpairs",
}


#: Whom an element is asked of, where the table says it in more words than persons have groups.
SAID_SHORTER = {
    "all organisations": "organizations",
    "all projects": "projects",
    "all continuum projects": "projects",
    "residential projects (not RRH services-only)": "projects",
    "clients receiving services": "all clients",
    "clients receiving assistance": "all clients",
    "head of household / veteran": "head of household and veterans",
    "every record": "",
}


def is_added(number: str, code: str) -> bool:
    """Whether a value of today's lists is not in HUD's tables: see `test_lists_equal_the_table`."""
    return code not in {row["value"] for row in facts("lists") if row["list"] == number}


def american(text: str) -> str:
    for british, ours in (
        ("rganisation", "rganization"),
        ("ubsidised", "ubsidized"),
        ("judgement", "judgment"),
    ):
        text = text.replace(british, ours)
    return text


def rule_of(column: Column) -> str:
    """The table's rule, which the registry keeps in parts that a program can read."""
    parts = []
    if column.only_if:
        parts.append(f"null unless {column.only_if}")
    if column.asked_if:
        parts.append(f"asked when {column.asked_if}")
    if column.minimum is not None:
        parts.append("> 0" if column.maximum is None else f"{column.minimum}..{column.maximum}")
    return plain("; ".join(filter(None, (*parts, column.rule))))


def plain(text: str) -> str:
    """A rule without the spelling that does not change its meaning."""
    text = american(text).replace(" is not null", " not null").replace(" IS NOT NULL", " not null").lower()
    # Money that is never negative says so by its type (M+).
    text = text.removesuffix("; >= 0") if text.startswith("null unless") else text
    return re.sub(r"[\s():;]+", "", text)


def privacy_of(column: Column) -> str:
    """The table's class; it leaves out that trafficking and HIV assistance are sensitive too."""
    if {"R15", "R16", "W3"} & set(column.elements):
        assert column.privacy == "sensitive" or column.is_key or column.name == "InformationDate"
        return ""
    return "direct" if column.privacy in ("name", "ssn", "dob") else column.privacy


def test_columns_of_2026_equal_the_table() -> None:
    first_edition = {(row["table"], row["column"]) for row in facts("columns")}
    columns = list(load(2026).columns())
    added = [column for column in columns if (column.file, column.name) not in first_edition]
    assert [column.id for column in added if not column.note] == [], (
        "say in 'note' which text of HUD added it"
    )
    told, position = [], 0
    for column in (column for column in columns if column not in added):
        position = position + 1 if told and told[-1]["table"] == column.file else 1
        if column.is_key or not column.among:
            reference = column.references or ""
        else:
            reference = f"{column.among.file}.{column.among.columns[-1]}"
            if len(column.among.columns) > 1:
                reference = f"{column.among.file}.({','.join(column.among.columns)})"
        told.append(
            {
                "table": column.file,
                "position": str(position),
                "column": column.name,
                "data_type": column.hud_type,
                "max_length": str(column.max_length or ""),
                "nullable": "Y" if column.nullable else "N",
                "is_key": "Y" if column.is_key else "N",
                "foreign_key": reference,
                "list": set(column.lists),
                "data_element": "" if column.id in IN_AN_ELEMENT else column.element or "",
                "rule": "" if column.id in SAID_OTHERWISE else rule_of(column),
                "format": column.pattern or column.format or "",
                "hashed_as": column.hashed_as or "",
                "privacy": privacy_of(column),
                "other_spellings": tuple(s.strip() for s in column.other_spellings),
            }
        )
    expected = []
    for row in facts("columns"):
        identity = f"{row['table']}.{row['column']}"
        spelling = row["other_spellings"].replace("'", "").split(" with trailing")[0].split(" (")[0]
        # A spelling of an earlier year is the column's earlier name, tested below.
        spelled = () if not spelling or "(FY2024)" in row["other_spellings"] else (spelling.strip(),)
        expected.append(
            {
                **{key: row[key] for key in told[0] if key in row},
                "data_element": row["data_element"].replace("(CSV)", ""),
                "list": set(filter(None, row["list"].split("|"))),
                "rule": "" if identity in SAID_OTHERWISE else plain(row["rule"]),
                "other_spellings": spelled,
            }
        )
    assert len(expected) == 519  # of HUD's first edition
    assert told == expected


def test_files_of_2026_equal_the_table() -> None:
    for year, flag in ((2022, "in_fy2022"), (2024, "in_fy2024"), (2026, "in_fy2026")):
        expected = [row["table"] for row in facts("tables") if row[flag] == "Y"]
        assert list(load(year).files) == expected
    for row in facts("tables"):
        if row["in_fy2026"] == "N":
            continue
        file = load(2026).file(row["table"])
        assert (file.order, file.section, file.key) == (int(row["order"]), row["section"], row["key_column"])
        if row["table"] != "User":  # nothing but metadata
            assert set(file.elements) == set(element_numbers(row["data_elements"]))
        assert file.row_is == american(row["row_is"])
        assert file.rows == american(row["cardinality"])
        assert file.exported == american(row["when_required"])
        assert file.note == american(row["notes"])
        assert ("Eva" in file.needed_by, "LSA" in file.needed_by) == (
            row["eva_needs_file"] == "Y",
            row["lsa_uses"] == "Y",
        )


@pytest.mark.parametrize(("year", "position"), [(2022, "fy2022_position"), (2024, "fy2024_position")])
def test_order_of_earlier_years_equals_the_table(year: int, position: str) -> None:
    told = {
        (column.file, column.position): {column.name, *column.earlier_names.values()}
        for column in load(year).columns()
    }
    for row in facts("columns"):
        if row[position]:
            names = told.pop((row["table"], int(row[position])))
            # The table names a renamed column by its newest name; the newest registry has both.
            newest = load(2026).column(f"{row['table']}.{row['column']}")
            assert names & {newest.name, *newest.earlier_names.values()}, row
    gone = {(file, name) for (file, _), names in told.items() for name in names}
    assert {file for file, _ in gone} <= {
        "Client", "Project", "Enrollment", "IncomeBenefits", "HealthAndDV", "EnrollmentCoC",
    }  # fmt: skip


def test_changes_since_2024_equal_the_table() -> None:
    before, now = load(2024), load(2026)
    for row in facts("columns"):
        column = now.column(f"{row['table']}.{row['column']}")
        change = row["change_fy2024_to_fy2026"]
        if change.startswith("new"):
            assert column.since == 2026
            continue
        old = before.column(f"{column.file}.{column.earlier_names.get(2024, column.name)}")
        if change.startswith("list 1."):
            was, _, became = change.removeprefix("list ").partition(" -> ")
            assert (old.list, column.list) == (was, became)
        elif change.startswith("length"):
            assert (old.max_length or 0) < (column.max_length or 0)
        elif change.startswith("renamed"):
            assert old.name != column.name
        elif change == "unchanged":
            assert old.name == column.name
            assert (old.hud_type, old.nullable, old.lists) == (column.hud_type, column.nullable, column.lists)


def test_lists_equal_the_table() -> None:
    before = {"FY2018": 2020, "FY2022": 2024, "FY2024": 2026, "FY2024 (deprecated)": 2026}
    expected: dict[tuple[str, int], list[tuple[str, ...]]] = {}
    told: dict[tuple[str, int], list[tuple[str, ...]]] = {}
    for row in facts("lists"):
        number, _, year = row["list"].partition("@FY")
        key = (number, int(year or 2026))
        status = "current" if year else row["status"]
        expected.setdefault(key, []).append((row["value"], american(row["label"]), status))
        registry = load(key[1])
        option = registry.list(number).option(row["value"])
        if not year:
            if number != "2.03.1":
                assert option.category == row["category"], row
            if row["added"]:
                assert f"FY{option.since}" == row["added"], row
            if row["last_version"] in before:
                assert option.status_since == before[row["last_version"]], row
    for number, year in expected:
        options = load(year).list(number).options
        known = {code for code, _, _ in expected[number, year]}
        # A value that the table has not is one of a test kit, or its note says where it is from.
        assert [o for o in options if o.code not in known and not (o.note or o.status == "test")] == []
        told[number, year] = [(o.code, o.label, o.status) for o in options if o.code in known]
    for key in expected:
        assert sorted(told[key]) == sorted(expected[key]), key
    assert {number for number, year in expected if year == 2026} == set(load(2026).lists)


def test_exit_destinations_equal_the_table() -> None:
    groups = {
        "exit_from_SO": "SO",
        "exit_from_ES-EE": "ES-EE",
        "exit_from_ES-NbN": "ES-NbN",
        "exit_from_TH": "TH",
        "exit_from_HP & PH (all)": "HP and PH",
        "exit_from_SH": "SH",
        "exit_from_SSO": "SSO",
    }
    destinations = load(2026).list("3.12.1")
    table = facts("exit_destinations")
    assert {row["destination"] for row in table} == {
        o.code for o in destinations.options if "destination" in o.used_for
    }
    for row in table:
        option = destinations.option(row["destination"])
        for name, group in groups.items():
            assert option.exit_outcome.get(group, "neither") == row[name], (row["destination"], group)


def test_elements_equal_the_table() -> None:
    for row in facts("elements"):
        retired = row["group"] == "Retired"
        year = int(row["change"].split("FY")[1][:4]) if retired else 2026
        element = load(year).element(row["element"])
        assert element.name == row["name"]
        assert element.until == (year if retired else None)
        named = {file for file in load(year).files if file in row["tables"].split(", ")}
        assert row["tables"] == "all" or set(element.files) == named
        columns = {c.name for c in element.columns} | set(re.findall(r"\w+", element.rows or element.fields))
        identifiers = {c.references.split(".")[1] for c in load(year).columns() if c.references}
        every = {c.name for c in load(year).columns()} - identifiers
        assert set(re.findall(r"\w+", row["columns_or_fields"])) & every <= columns, row["element"]
        if retired:
            continue
        assert element.group == row["group"]
        assert element.asked_of in (american(row["asked_of"]), SAID_SHORTER.get(row["asked_of"]))
        if re.fullmatch(r"[\d,]+", row["project_types"]):
            assert ",".join(element.project_types) == row["project_types"]
        assert element.change == row["change"]
        stages = [name for name in STAGES if row[STAGE_COLUMNS.get(name, name.replace(" ", "_"))] == "Y"]
        assert sorted(element.collected_at) == sorted(stages)


def test_every_rule_of_the_table_has_its_check() -> None:
    rules = {row["id"] for row in facts("rules")}
    origins = {origin for check in load(2026).checks.values() for origin in check.origin}
    assert {r for r in rules if not any(fnmatchcase(r, origin) for origin in origins)} == set()
    assert {o for o in origins if "*" not in o} <= rules


# Said by the table in words about several columns, or about software and not about the standards.
NOT_ABOUT_COLUMNS = {"all", "all strings", "CEParticipation"}


def test_the_history_of_columns_is_in_the_registry() -> None:
    told = 0
    for row in facts("history"):
        if row["from_version"] == "FY2020" or row["table"] in NOT_ABOUT_COLUMNS or "|" in row["table"]:
            continue
        before, after = load(int(row["from_version"][2:])), load(int(row["to_version"][2:]))
        table, old, new = row["table"], row["column_from"], row["column_to"]
        if table == "Services" and new == "InformationDate":
            continue  # decided against: it exists in no specification
        match row["change"]:
            case "renamed":
                assert old in before.file(table), row
                assert new in after.file(table), row
                step = next(s for s in load_upgrades(before.year) if s.to_year == after.year)
                assert {c.source for c in step.files[table].columns if c.name == new} == {old}, row
            case "removed" if old:
                assert old in before.file(table), row
                assert old not in after.file(table), row
            case "added" if new:
                assert new not in before.file(table), row
                assert new in after.file(table), row
            case "length":
                assert before.column(f"{table}.{old}").max_length == int(row["from_value"]), row
                assert after.column(f"{table}.{new}").max_length == int(row["to_value"]), row
            case "list":
                assert before.column(f"{table}.{old}").list == row["from_value"], row
                assert after.column(f"{table}.{new}").list == row["to_value"], row
            case "file removed":
                assert table in before.files and table not in after.files, row
            case _:
                continue
        told += 1
    assert told > 70


def test_the_history_of_codes_is_in_the_upgrades() -> None:
    (step,) = [s for s in load_upgrades(2022) if s.to_year == 2024]
    situation = {c.name: c.sql for c in step.files["Exit"].columns}
    told = 0
    for row in facts("history"):
        if row["change"] != "code map":
            continue
        code, _, subsidy = row["to_value"].partition(" + subsidy ")
        if code != row["from_value"]:
            assert f"WHEN '{row['from_value']}' THEN '{code}'" in situation["Destination"], row
        if subsidy:
            assert f"WHEN '{row['from_value']}' THEN '{subsidy}'" in situation["DestinationSubsidyType"], row
        told += 1
    assert told == 38
