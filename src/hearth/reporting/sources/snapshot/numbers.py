"""What a snapshot may know of Social Security numbers: their form, and who has the same nine digits.

The database holds them sealed. They are unsealed in batches in this process, and looked at by the one rule
of `concepts/tables/client_ssn.sql` in an engine of its own that has no disk. What comes out is the form, and
for nine digits a number made of the database's keyed hash, which is equal for equal digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hearth.reporting import concepts, engine
from hearth.reporting.engine import Connection, name, text

from .reading import Reading
from .relations import Relation

#: Opens sealed numbers: as many texts as bytes, in the same order.
Unseal = Callable[[Sequence[bytes]], list[str]]

TABLE = "_numbers"
_BATCH = 50_000
_BETWEEN = "\x1e"  # the control character made to stand between records
_GROUP_BYTES = 8


def open_numbers(
    reading: Reading,
    relation: Relation,
    where: str,
    unseal: Unseal,
    folder: Path,
    on_batch: Callable[[], None],
) -> None:
    """Make the engine's table `_numbers` (id, SSNForm, SSNGroup) of the clients that have a number.

    `where` is PostgreSQL's SQL, '' for all. `on_batch` is called between batches and may raise. `folder` is
    for files of the results.
    """
    connection = reading.connection
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} (id BIGINT, SSNForm VARCHAR, SSNGroup BIGINT)")
    assert relation.ssn is not None
    sealed, index = name(relation.ssn.sealed), name(relation.ssn.index)
    condition = f"{sealed} IS NOT NULL AND ({where})" if where else f"{sealed} IS NOT NULL"
    last = -1
    with engine.connected(memory_limit="300MB", threads=1, temp_directory="") as apart:
        while found := reading.rows(
            f"SELECT id, {sealed} AS sealed, {index} AS index FROM {name(relation.table)}"
            f" WHERE {condition} AND id > {last} ORDER BY id LIMIT {_BATCH}"
        ):
            last = found[-1][0]
            path = folder / "numbers.parquet"
            _look_at(apart, found, unseal, path)
            connection.execute(f"INSERT INTO {TABLE} SELECT * FROM read_parquet({text(path)})")
            path.unlink()
            on_batch()


def _look_at(
    apart: Connection, found: list[tuple[int, bytes, bytes | None]], unseal: Unseal, path: Path
) -> None:
    numbers = [one.replace(_BETWEEN, "") for one in unseal([sealed for _, sealed, _ in found])]
    groups = ["" if index is None else str(_group(index)) for _, _, index in found]
    # Long texts instead of many values: the engine takes long over each single value.
    texts = [_BETWEEN.join(part) for part in ([str(i) for i, *_ in found], numbers, groups)]
    cells = ", ".join(
        f"unnest(string_split(${place}, chr({ord(_BETWEEN)}))) AS {column}"
        for place, column in enumerate(("PersonalID", "SSN", "SSNIndex"), 1)
    )
    apart.execute(f"CREATE OR REPLACE TABLE Client AS SELECT {cells}", texts)
    rule = (concepts.FOLDER / "client_ssn.sql").read_text(encoding="utf-8")
    apart.execute(
        "COPY (SELECT CAST(s.PersonalID AS BIGINT) AS id, s.SSNForm, CASE WHEN s.SSNGroup IS NOT NULL THEN"
        " TRY_CAST(c.SSNIndex AS BIGINT) END AS SSNGroup"
        f" FROM ({rule}) AS s JOIN Client AS c ON c.PersonalID = s.PersonalID) TO {text(path)}"
        " (FORMAT parquet)"
    )


def _group(index: bytes) -> int:
    return int.from_bytes(bytes(index)[:_GROUP_BYTES], "big") >> 1
