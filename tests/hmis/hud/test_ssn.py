"""Social Security numbers: what is sealed opens as it came, and which can be found again by what."""

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from hearth.hmis.exchange.importing.ssn_sealing import seal_ssns
from hearth.hmis.hud import ssn
from hearth.reporting import engine

FULL = "900456789"
HASHED = "6789" + "ab" * 32
OLDER_HASHED = "6789" + "AB" * 20


@pytest.mark.parametrize("value", [FULL, "xxxxx6789", HASHED, "not known", "é"])
def test_what_is_sealed_opens_as_it_came_and_never_looks_the_same(value: str) -> None:
    sealed = ssn.encrypt(value)
    assert ssn.decrypt(sealed) == value
    assert ssn.decrypt(memoryview(sealed)) == value  # as the database gives it
    assert value.encode() not in sealed
    assert ssn.encrypt(value) != sealed


def test_what_was_changed_does_not_open() -> None:
    sealed = bytearray(ssn.encrypt(FULL))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        ssn.decrypt(bytes(sealed))


def test_only_nine_digits_are_found_as_a_whole() -> None:
    key = ssn.index(FULL)
    assert key is not None and len(key) == ssn.INDEX_BYTES == 16
    assert ssn.index("900-45-6789") == ssn.index(" 900 45 6789") == key
    assert ssn.index("900456780") != key
    for unknown in ("", "90045678", "9004567890", "xxxxx6789", "90045678x", HASHED, "٩٠٠٤٥٦٧٨٩"):
        assert ssn.index(unknown) is None, unknown


def test_last_four_are_found_where_they_are_known() -> None:
    key = ssn.last4_index(FULL)
    assert key is not None and len(key) == ssn.INDEX_BYTES
    for same in ("6789", "900-45-6789", "xxxxx6789", "XXX-XX-6789", HASHED, OLDER_HASHED):
        assert ssn.last4_index(same) == key, same
    assert ssn.last4_index("6780") != key
    assert ssn.last4_index("6789") != ssn.index("000006789")
    for unknown in ("", "789", "56789", "90045678", "9004567890", "xxxxx678x", "abcd" + "ab" * 32):
        assert ssn.last4_index(unknown) is None, unknown


@pytest.mark.parametrize("rows_at_once", [1, 100])
def test_an_import_is_sealed_row_by_row_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr("hearth.hmis.exchange.importing.ssn_sealing._BATCH", rows_at_once)
    values = [FULL, "xxxxx6789", None, HASHED, "9004567890", "left out"]
    done: list[int] = []

    def on_progress(rows: int) -> None:
        done.append(rows)
        (working,) = tmp_path.iterdir()
        assert working.stat().st_mode & 0o777 == 0o600

    with engine.connected() as connection:
        connection.execute("CREATE TABLE Client (SSN VARCHAR)")
        for value in values:
            connection.execute("INSERT INTO Client VALUES (?)", [value])
        seal_ssns(
            connection, "Client", "SSN", "SELECT rowid FROM Client WHERE rowid < 5", tmp_path, done.append
        )
        found = {
            rid: (sealed, index, last4)
            for rid, sealed, index, last4 in connection.execute("FROM sealed ORDER BY rid").fetchall()
        }
    assert sum(done) == 4 and len(done) == (4 if rows_at_once == 1 else 1)
    assert set(found) == {0, 1, 3, 4}
    for rid, (sealed, index, last4) in found.items():
        value = values[rid]
        assert value is not None
        assert sealed.startswith("\\x") and ssn.decrypt(bytes.fromhex(sealed[2:])) == value
        assert index == _hex(ssn.index(value))
        assert last4 == _hex(ssn.last4_index(value))
    assert list(tmp_path.iterdir()) == []


def _hex(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"
