"""Which model keeps which HMIS CSV file, and how its columns map, all derived from the registry.

Import and export loop over `standards.files` with this module; there is no class per file.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.db import models

from hearth.hmis.hud.fields import HudSSN
from hearth.hmis.hud.names import python_name
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Files whose model is not named like the file.
_MODEL_OF_FILE = {"User": "SourceUser"}
#: Keys that are stored as they are, because no record may be there which they name, and the field that says
#: whose keys they are.
_DATA_SOURCES = {"UserID": "user_data_source", "HouseholdID": "household_data_source"}


@dataclass(frozen=True)
class Stored:
    """How one HUD column is stored.

    `kind`: `value` (its own column), `key` (the record's `hud_id`), `relation` (a foreign key to the
    record of file `target`), `through_enrollment` (PersonalID of a record that reaches its client
    through the enrollment), or `not_stored` (ExportID). `data_source`: of a value that is a key (UserID,
    HouseholdID) the database column with the data source whose key it is, where not the record's own.
    """

    column: str
    kind: str
    field: str = ""
    db_column: str = ""
    target: str = ""
    data_source: str = ""


@lru_cache(maxsize=1)
def models_of_files() -> dict[str, type[models.Model]]:
    """The model of each HMIS CSV file, in HUD's order of files."""
    found = {model.__name__: model for model in apps.get_models() if hasattr(model, "hud_id")}
    return {name: found[_MODEL_OF_FILE.get(name, name)] for name in load(MODEL_YEAR).files}


def model_of(file: str) -> type[models.Model]:
    """The model of one HMIS CSV file. Raises KeyError for a file that HUD does not have."""
    return models_of_files()[file]


@lru_cache(maxsize=1)
def _file_of_key() -> dict[str, str]:
    return {file.key: name for name, file in load(MODEL_YEAR).files.items()}


@lru_cache(maxsize=64)
def stored_columns(file: str) -> tuple[Stored, ...]:
    """How each column of a file is stored, in the file's order of columns."""
    definition = load(MODEL_YEAR).file(file)
    model = model_of(file)
    fields = {field.name: field for field in model._meta.get_fields() if hasattr(field, "column")}
    result = []
    for column in definition.columns:
        name = column.name
        if name == definition.key:
            result.append(Stored(name, "key", "hud_id", "hud_id"))
        elif name == "ExportID":
            result.append(Stored(name, "not_stored"))
        elif name == "ResProjectID":
            result.append(Stored(name, "relation", "res_project", "res_project_id", "Project"))
        elif name in _file_of_key() and name != "UserID":
            target = _file_of_key()[name]
            relation = python_name(target)
            if relation in fields:
                result.append(Stored(name, "relation", relation, fields[relation].column, target))
            else:
                result.append(Stored(name, "through_enrollment", "enrollment__client", "", target))
        else:
            field = fields[python_name(name)]
            source = fields[_DATA_SOURCES[name]].column if name in _DATA_SOURCES else ""
            result.append(Stored(name, "value", field.name, field.column, data_source=source))
    return tuple(result)


def is_sealed(file: str, field: str) -> bool:
    """Whether a stored field is sealed (an SSN)."""
    return isinstance(model_of(file)._meta.get_field(field), HudSSN)
