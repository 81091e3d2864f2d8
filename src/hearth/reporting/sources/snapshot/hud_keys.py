"""HUD's keys where one database holds the records of several data sources.

A key is unique within its data source only. Keys of people, their stays and what hangs on those are written
as they are where they are of the first data source; those of any other have its number in front (`3.C100`),
or are a digest where that would be longer than HUD allows. Files about projects are few rows and always read
whole: there only a key that an earlier source uses as well gets the number, as in an export, because HUD
knows projects by these keys.
"""

from hearth.reporting.engine import text

LENGTH = 32


def numbered(source: str, key: str) -> str:
    """SQL of the key with the number of its data source in front, or of a digest where that is longer than
    HUD allows; both are SQL of a number and a text."""
    joined = f"concat({source}, '.', {key})"
    return f"CASE WHEN length({joined}) <= {LENGTH} THEN {joined} ELSE md5(concat({source}, '|', {key})) END"


def written(source: str, key: str, first: int) -> str:
    """SQL of a key of people's files; NULL for none. `first`: the data source that keeps its keys."""
    return f"CASE WHEN {source} = {first} OR {key} IS NULL THEN {key} ELSE {numbered(source, key)} END"


def as_came(column: str) -> str:
    """SQL of the text that another system sent in a key that could not be stored; NULL for nearly all."""
    return f"json_extract_string(r.as_it_came, {text('$.' + column)})"
