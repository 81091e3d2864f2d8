"""HUD's keys in an export of several data sources.

A key is unique within its data source. Rows of one source go out under the keys they came with. Where two
sources in one export use the same key in the same file, the older source keeps it and the others' get the
number of their source in front (`3.P100`), or, where that is longer than HUD allows, a digest of it; the
same key always becomes the same. References follow.

While rows are gathered, every key is `source|key` (source: the number of its data source).
"""

from collections.abc import Mapping

from hearth.hmis.hud.records import stored_columns
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name, text
from hearth.reporting.sources.snapshot.hud_keys import numbered
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR


def space_of(file: str, column: str) -> str | None:
    """In which file's keys a column's values are looked up; None for a column that is no key."""
    for stored in stored_columns(file):
        if stored.column == column and stored.kind == "key":
            return file
        if stored.column == column and stored.kind in ("relation", "through_enrollment"):
            return stored.target
    return {"UserID": "User", "HouseholdID": "Household"}.get(column)


def find_collisions(connection: Connection, gathered: list[str]) -> int:
    """Make the table `other_key` (space, given, written) and return its number of rows, mostly none."""
    connection.execute("CREATE TABLE other_key (space VARCHAR, given VARCHAR, written VARCHAR)")
    spaces = {file: load(MODEL_YEAR).file(file).key for file in gathered if file != "Export"}
    for space, (file, key) in {
        **{file: (file, key) for file, key in spaces.items()},
        "Household": ("Enrollment", "HouseholdID"),
    }.items():
        if file not in gathered:
            continue
        connection.execute(
            f"""
            INSERT INTO other_key
            WITH keys AS (
                SELECT DISTINCT {name(key)} AS given,
                       CAST(split_part({name(key)}, '|', 1) AS BIGINT) AS source,
                       {_plain(name(key))} AS plain
                FROM {name(file)} WHERE {name(key)} IS NOT NULL),
            shared AS (SELECT plain, min(source) AS first FROM keys GROUP BY plain HAVING count(*) > 1)
            SELECT {text(space)}, given, {numbered("source", "plain")}
            FROM keys JOIN shared USING (plain) WHERE source <> first
            """
        )
    return int(engine.scalar(connection, "SELECT count(*) FROM other_key"))


def relation(file: str, columns: list[str], collisions: bool) -> str:
    """The query that gives one gathered file with its keys as they are written, in the order gathered."""
    return of_table(file, {column: space_of(file, column) for column in columns}, collisions)


def of_table(file: str, columns: Mapping[str, str | None], collisions: bool) -> str:
    """The same of any gathered table; of each column that is a key the file in whose keys it is."""
    selected, joins = [], []
    for number, (column, space) in enumerate(columns.items()):
        if space is None:
            selected.append(f"g.{name(column)}")
            continue
        plain = _plain(f"g.{name(column)}")
        if not collisions:
            selected.append(f"{plain} AS {name(column)}")
            continue
        alias = f"k{number}"
        joins.append(
            f" LEFT JOIN other_key AS {alias}"
            f" ON {alias}.space = {text(space)} AND {alias}.given = g.{name(column)}"
        )
        selected.append(f"coalesce({alias}.written, {plain}) AS {name(column)}")
    order = " ORDER BY g._id" if joins else ""
    return f"(SELECT {', '.join(selected)} FROM {name(file)} AS g{''.join(joins)}{order})"


def _plain(key: str) -> str:
    return f"substr({key}, strpos({key}, '|') + 1)"
