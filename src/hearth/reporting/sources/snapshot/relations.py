"""Which table and column of the database holds what of an HMIS CSV file, and what a snapshot leaves out.

Every table has `id` (the record's own number), `hud_id` (HUD's key) and `data_source_id`; and it may have
`as_it_came` (jsonb: text of cells that could not be stored, by HUD's name).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hearth.standards.model import File

# Kept because reports and uploads need it: names of organizations and projects, addresses of projects.
_WITHHELD_PRIVACY = frozenset({"name", "ssn", "contact", "staff", "free text"})
_WITHHELD_COLUMNS = frozenset({"UserID", "ExportID"})
_PERSON = "PersonalID"
_HOUSEHOLD = "HouseholdID"


@dataclass(frozen=True, slots=True)
class Text:
    """A sealed column of Client and the keyed hash of its nine digits: database columns."""

    sealed: str
    index: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One HMIS CSV file in the database.

    `values`: HUD's column → database column. `key`: HUD's name of the key. `references`: HUD's column →
    (database column with the other record's `id`, its file). `person_through_enrollment`: PersonalID is not
    stored, but that of the enrollment. `history`: the table with a row (`pgh_id`, `pgh_obj_id`) for every
    change and removal of a row; None: the file is small and is always copied whole.
    `household_data_source`: the column with the data source whose HouseholdID is, where not the row's own.
    """

    file: File
    table: str
    key: str
    values: Mapping[str, str]
    references: Mapping[str, tuple[str, str]]
    person_through_enrollment: bool = False
    keeps_text: bool = True
    history: str | None = None
    household_data_source: str = ""
    ssn: Text | None = None

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def columns(self) -> dict[str, str]:
        """Database columns that a snapshot reads → HUD type of the value, or 'key' for a number."""
        types = {column.name: column.type for column in self.file.columns}
        kept = {self.values[c]: types[c] for c in self.values if c not in withheld(self.file)}
        return {
            "id": "key",
            "data_source_id": "key",
            "hud_id": "S",
            **({"as_it_came": "S"} if self.keeps_text else {}),
            **{column: "key" for column, _ in self.references.values()},
            **({self.household_data_source: "key"} if self.household_data_source else {}),
            **kept,
        }

    @property
    def is_whole(self) -> bool:
        """Whether all of it is copied every time: files about projects, of some thousand rows at most."""
        return self.history is None


@dataclass(frozen=True, slots=True)
class Relations:
    """The whole database: its files in HUD's order, the year whose they are, and the query for the number of
    the data source whose keys are written as they are (see `hud_keys`)."""

    files: tuple[Relation, ...]
    year: int
    first_source: str

    def __getitem__(self, file: str) -> Relation:
        return next(one for one in self.files if one.name == file)


def withheld(file: File) -> frozenset[str]:
    """Columns of a file that a snapshot does not hold.

    Names, Social Security numbers, contacts, staff and free text by the registry's class of privacy; of files
    about people every text that is neither a key nor a code; and who typed a record or exported it.
    """
    about_people = any(column.name == _PERSON for column in file.columns)
    return frozenset(
        column.name
        for column in file.columns
        if column.privacy in _WITHHELD_PRIVACY
        or (column.name in _WITHHELD_COLUMNS and not column.is_key)
        or (
            about_people
            and column.type == "S"
            and not (column.is_key or column.references or column.list or column.name == _HOUSEHOLD)
        )
    )
