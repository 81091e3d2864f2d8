"""Hashed exports: the four Client columns that HUD hides behind SHA-256.

HMIS CSV Format Specifications FY2026 v1.0, section "Hash Status", SHA-256 (HashStatus 4):

- FirstName, MiddleName and LastName become the SHA-256 of the SOUNDEX of the value (64 characters).
- SSN becomes its last four characters as they are, followed by the SHA-256 of all nine (68 characters);
  a lower-case x stands for each missing digit before hashing.
- Nothing else changes; the date of birth stays readable.

Where the specification is silent, and what we do:

- Which SOUNDEX: the one of the U.S. National Archives, which SQL Server also follows since 2012 (H and W
  do not separate equal codes: Ashcraft is A261). Letters lose their marks first ("Núñez" as "Nunez"),
  everything but A to Z is passed over, so case, spaces, hyphens and apostrophes do not count.
- A name without a single letter A to Z hashes the code 0000, as SQL Server answers: the receiver still
  sees that there is a name. A blank name stays null.
- Digests are written in lower-case hexadecimal, over the UTF-8 (here ASCII) bytes.
- An SSN keeps only digits and x; a shorter one is filled with x from the left, because agencies that
  hold a part hold the last four. One without any digit, or of zeros alone, is null: it says nothing
  (section "General Rules", Export, rule 7). One longer than nine is null: no nine of them are sure.

The functions here are the readable definition; `sql_name` and `sql_ssn` say the same to the engine.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE_LETTERS = {
    "Æ": "AE", "Ø": "O", "Œ": "OE", "ẞ": "SS", "ß": "SS", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH",
}  # fmt: skip
_CODES = dict(
    zip("BFPVCGJKQSXZDTLMNR", "111122222222334556", strict=True),
)
NO_LETTERS = "0000"
SSN_LENGTH = 9


def soundex(name: str) -> str:
    """The four-character SOUNDEX of a name: soundex("Ashcraft") == "A261"; "0000" without letters."""
    letters = _plain_letters(name)
    if not letters:
        return NO_LETTERS
    code = letters[0]
    previous = _CODES.get(letters[0], "")
    for letter in letters[1:]:
        if letter in "HW":  # do not separate equal codes
            continue
        digit = _CODES.get(letter, "")
        if digit and digit != previous:
            code += digit
        previous = digit
    return (code + "000")[:4]


def _plain_letters(name: str) -> str:
    upper = name.upper()
    for whole, plain in _WHOLE_LETTERS.items():
        upper = upper.replace(whole, plain)
    return re.sub("[^A-Z]", "", unicodedata.normalize("NFD", upper))


def hash_name(name: str | None) -> str | None:
    """The hashed form of a name: 64 hexadecimal characters, or None for a blank one."""
    if name is None or not name.strip():
        return None
    return _sha256(soundex(name))


def ssn_says_nothing(ssn: str) -> bool:
    """Whether an SSN is a placeholder: no digit in it, or zeros alone. It is null in every export."""
    return not re.sub("[^1-9]", "", ssn)


def hash_ssn(ssn: str | None) -> str | None:
    """The hashed form of an SSN: last four plain and 64 hexadecimal characters, or None without digits."""
    kept = re.sub("[^0-9x]", "", (ssn or "").lower())
    if ssn_says_nothing(kept) or len(kept) > SSN_LENGTH:
        return None
    nine = kept.rjust(SSN_LENGTH, "x")
    return nine[-4:] + _sha256(nine)


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def sql_name(value: str) -> str:
    """SQL for `hash_name` of a VARCHAR expression."""
    upper = f"upper({value})"
    for whole, plain in _WHOLE_LETTERS.items():
        upper = f"replace({upper}, '{whole}', '{plain}')"
    letters = f"regexp_replace(strip_accents({upper}), '[^A-Z]', '', 'g')"
    # Vowels become 0 and separate; H and W vanish after the first letter. Runs of one digit shrink to
    # one, the first letter's own code counts as the start of a run, and the zeros go last.
    digits = "translate(l[1:1] || regexp_replace(l[2:], '[HW]', '', 'g'), '{}', '{}')".format(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "01230120022455012623010202"
    )
    for digit in "123456":
        digits = f"regexp_replace({digits}, '{digit}+', '{digit}', 'g')"
    tail = f"replace(({digits})[2:], '0', '')"
    code = (
        f"list_transform([{letters}], lambda l: CASE WHEN l = '' THEN '{NO_LETTERS}' "
        f"ELSE rpad((l[1:1] || {tail})[1:4], 4, '0') END)[1]"
    )
    return f"CASE WHEN trim({value}) <> '' THEN sha256({code}) END"


def sql_ssn(value: str) -> str:
    """SQL for `hash_ssn` of a VARCHAR expression."""
    return (
        f"list_transform([regexp_replace(lower({value}), '[^0-9x]', '', 'g')], lambda s: "
        f"CASE WHEN trim(s, 'x0') <> '' AND length(s) <= {SSN_LENGTH} "
        f"THEN right(lpad(s, {SSN_LENGTH}, 'x'), 4) || sha256(lpad(s, {SSN_LENGTH}, 'x')) END)[1]"
    )
