"""How the columns of one HMIS CSV file become columns of its table, as SQL over the staged file.

The staged file has the alias `s`; the records that it refers to are `to_<field>`, tables of `matching`
named `known_<file>` with (hud_id, id) and what rows inherit from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hearth.hmis.hud.records import Stored, is_sealed, model_of, stored_columns
from hearth.reporting.engine import name, text
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Files whose records others refer to, in the order in which they must be written.
TARGETS = ("Organization", "Project", "Client", "Enrollment", "Assessment")
#: A foreign key that may be empty: the export may name a residential project that it lacks.
OPTIONAL = frozenset({"res_project"})
#: What every record of an enrollment repeats of it, so that a row's visibility is decided by the row alone.
REPEATED = {
    "organization_id": "BIGINT",
    "project_id": "BIGINT",
    "is_shared": "BOOLEAN",
    "shared_until": "DATE",
    "is_restricted": "BOOLEAN",
}


@dataclass(frozen=True)
class Layout:
    """One file and its table. `key` is HUD's key column, `stored` how every column is kept."""

    file: str
    table: str
    key: str
    stored: tuple[Stored, ...]
    fields: frozenset[str]

    @property
    def relations(self) -> tuple[Stored, ...]:
        return tuple(column for column in self.stored if column.kind == "relation")

    @property
    def required(self) -> tuple[Stored, ...]:
        return tuple(column for column in self.relations if column.field not in OPTIONAL)

    @property
    def hangs_on_enrollment(self) -> bool:
        return any(column.field == "enrollment" for column in self.relations)

    @property
    def is_visible_by_organization(self) -> bool:
        """Whether rows repeat the organization and the sharing of their enrollment."""
        return "is_shared" in self.fields

    @property
    def searched(self) -> list[str]:
        """The database columns by which many rows are joined or chosen."""
        columns = ["data_source_id", *(column.db_column for column in self.relations)]
        others = ("date_deleted", "household_id", "is_faulty", "is_shared")
        columns += [column for column in others if column in self.fields]
        return columns + ["organization_id"] * self.is_visible_by_organization

    @property
    def data_sources(self) -> list[str]:
        """Database columns that say whose UserID and HouseholdID are: empty where the export says them."""
        return [column.data_source for column in self.stored if column.data_source]

    @property
    def sealed(self) -> str | None:
        """The column that is sealed (SSN), by HUD's name."""
        return _sealed(self.file)

    def joins(self) -> str:
        """LEFT JOINs to the records that the staged rows refer to."""
        return "".join(
            f" LEFT JOIN known_{column.target} AS to_{column.field}"
            f" ON to_{column.field}.hud_id = s.{name(column.column)}"
            for column in self.relations
        )

    def can_be_stored(self) -> str:
        """A condition: every record that a row cannot be stored without is known."""
        return " AND ".join(f"to_{column.field}.id IS NOT NULL" for column in self.required) or "TRUE"

    def values(self) -> Iterator[tuple[str, str]]:
        """(database column, SQL) of everything that the export says, hash and marks included."""
        yield "row_hash", "s._hash"
        yield "as_it_came", self._as_it_came()
        if "is_faulty" in self.fields:
            yield "is_faulty", "s._faulty"
        for column in self.stored:
            if column.kind == "relation":
                yield column.db_column, f"to_{column.field}.id"
            elif column.kind == "value" and column.column != self.sealed:
                yield column.db_column, f"s.{name(column.column)}"
        if self.hangs_on_enrollment:
            for column in REPEATED:
                yield column, f"to_enrollment.{column}"
        elif self.is_visible_by_organization:
            yield "organization_id", "to_project.organization_id"
            yield "is_restricted", "to_client.is_restricted"

    def _as_it_came(self) -> str:
        """The cells that were not to the letter, and keys that contradict or name what is not there."""
        parts = []
        for column in self.stored:
            cell = f"s.{name(column.column)}"
            if column.kind == "through_enrollment":
                wrong = f"{cell} IS DISTINCT FROM to_enrollment.person AND to_enrollment.id IS NOT NULL"
            elif column.kind == "relation" and column.field in OPTIONAL:
                wrong = f"{cell} IS NOT NULL AND to_{column.field}.id IS NULL"
            else:
                continue
            parts.append((wrong, f"json_object({text(column.column)}, coalesce({cell}, ''))"))
        expression = "s._raw"
        for wrong, kept in parts:
            expression = (
                f"CASE WHEN {wrong} THEN json_merge_patch(coalesce({expression}, '{{}}'), {kept})::VARCHAR"
                f" ELSE {expression} END"
            )
        return expression


@lru_cache(maxsize=64)
def layout(file: str) -> Layout:
    """The layout of one HMIS CSV file, by HUD's name of it."""
    model = model_of(file)
    return Layout(
        file=file,
        table=model._meta.db_table,
        key=load(MODEL_YEAR).file(file).key,
        stored=stored_columns(file),
        fields=frozenset(field.name for field in model._meta.local_concrete_fields),
    )


@lru_cache(maxsize=64)
def _sealed(file: str) -> str | None:
    values = (column for column in stored_columns(file) if column.kind == "value")
    return next((column.column for column in values if is_sealed(file, column.field)), None)


def layouts() -> list[Layout]:
    """All files in HUD's order, in which whatever a record refers to comes before it."""
    return [layout(file) for file in load(MODEL_YEAR).files]
