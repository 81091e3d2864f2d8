"""Social Security numbers of a whole import, sealed in batches.

The engine hands over each SSN with its row; sealed bytes and look-up hashes go back as a table
`sealed(rid, ssn, ssn_index, ssn_last4_index)` in PostgreSQL's hex form. Nothing in clear leaves the
engine's own files, which lie in the import's private folder and go with it.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from hearth.hmis.hud import ssn
from hearth.reporting.engine import Connection, name, text

_BATCH = 20_000
SEALED_COLUMNS = ("ssn", "ssn_index", "ssn_last4_index")


def seal_ssns(
    connection: Connection,
    file: str,
    column: str,
    rows: str,
    folder: Path,
    on_progress: Callable[[int], None],
) -> None:
    """Make the table `sealed` for the staged rows whose rowid is in the query `rows`."""
    path = folder / "sealed.csv"
    reader = connection.cursor()
    try:
        reader.execute(
            f"SELECT s.rowid, s.{name(column)} FROM {name(file)} s"
            f" WHERE s.{name(column)} IS NOT NULL AND s.rowid IN ({rows})"
        )
        with path.open("w", encoding="ascii") as out:
            path.chmod(0o600)
            while batch := reader.fetchmany(_BATCH):
                out.writelines(
                    f"{rid},\\x{ssn.encrypt(value).hex()},{_hex(ssn.index(value))},{_last4(value)}\n"
                    for rid, value in batch
                )
                on_progress(len(batch))
        connection.execute(
            f"CREATE OR REPLACE TABLE sealed AS SELECT * FROM read_csv({text(path)}, auto_detect = false,"
            " header = false, delim = ',', nullstr = '', columns = {'rid': 'BIGINT', 'ssn': 'VARCHAR',"
            " 'ssn_index': 'VARCHAR', 'ssn_last4_index': 'VARCHAR'})"
        )
    finally:
        reader.close()
        path.unlink(missing_ok=True)


def _last4(value: str) -> str:
    # Of a full number only the last four count, and there are ten thousand of those.
    return _last4_of(value[-4:] if len(value) == 9 and value.isdigit() else value)


@lru_cache(maxsize=20_000)
def _last4_of(value: str) -> str:
    return _hex(ssn.last4_index(value))


def _hex(value: bytes | None) -> str:
    return "" if value is None else f"\\x{value.hex()}"
