"""Hashing against digests computed outside of the project, and the SQL form against the Python form."""

import pytest

from hearth.reporting import engine
from hearth.reporting.outputs import hashing

# printf A261 | sha256sum, and so on.
DIGESTS = {
    "A261": "300272248a5faf24396019a72ed261cdfaa34b7772936e9b2d352e295f9d35b9",
    "N520": "ed72458858e4f21edd9e21dafd4964f3aba4095db9a58052b9e8aef58319b350",
    "0000": "9af15b336e6a9619928537df30b2e6a2376569fcf9d7e773eccede65606529a0",
    "123456789": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    "xxxxx6789": "67976810cdbd72c56e6eb4862f532cc1b9add5166b0723a32cab55c1eaa2a2b7",
}

NAMES = [
    "Ashcraft", "ashcraft", "Robert", "Tymczak", "Pfister", "Honeyman", "Núñez", "Åse", "Øystein", "Æbi",
    "O'Neil", "van der Berg", "bob-lee", "Strauß", "Þóra", "李", "Hwang", "A", "1st", "Xiong", "Waaban",
    "  ", "", None,
]  # fmt: skip
SSNS = [
    "123456789", "xxxxx6789", "XXXXX6789", "6789", "123-45-6789", "12345678X", "000000000", "000001234",
    "xxxxxxxxx", "1234567890", "abc", " ", "", None,
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ashcraft", "A261"),  # H does not separate S and C
        ("Tymczak", "T522"),  # a vowel does separate Z and K
        ("Pfister", "P236"),  # the first letter's own code counts
        ("Honeyman", "H555"),
        ("Robert", "R163"),
        ("Rupert", "R163"),
        ("Núñez", "N520"),
        ("nunez", "N520"),
        ("Øystein", "O235"),
        ("O'Neil", "O540"),
        ("A", "A000"),
        ("李", "0000"),
    ],
)
def test_soundex(name, code):
    assert hashing.soundex(name) == code


def test_names_hash_their_soundex():
    assert hashing.hash_name("Ashcraft") == DIGESTS["A261"]
    assert hashing.hash_name("NÚÑEZ") == DIGESTS["N520"]
    assert hashing.hash_name("???") == DIGESTS["0000"]
    assert hashing.hash_name("  ") is None
    assert hashing.hash_name(None) is None


def test_ssn_keeps_the_last_four_and_hashes_nine():
    assert hashing.hash_ssn("123456789") == "6789" + DIGESTS["123456789"]
    assert hashing.hash_ssn("123-45-6789") == "6789" + DIGESTS["123456789"]
    for partial in ("xxxxx6789", "XXXXX6789", "6789"):
        assert hashing.hash_ssn(partial) == "6789" + DIGESTS["xxxxx6789"]
    for nothing in ("000000000", "xxxxxxxxx", "", None, "1234567890"):
        assert hashing.hash_ssn(nothing) is None


@pytest.mark.parametrize(
    ("sql", "python", "values"),
    [(hashing.sql_name, hashing.hash_name, NAMES), (hashing.sql_ssn, hashing.hash_ssn, SSNS)],
)
def test_the_engine_hashes_the_same(sql, python, values):
    with engine.connected() as connection:
        found = engine.rows(
            connection, f"SELECT {sql('v')} FROM (SELECT unnest(?::VARCHAR[]) AS v)", [values]
        )
    assert [row[0] for row in found] == [python(value) for value in values]
