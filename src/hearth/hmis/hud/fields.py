"""`hud_field("HealthAndDV.WhenOccurred")`: a model field from the standards registry.

A field carries only what the database must know: its type. Labels, help and choices come from the
registry at run time and stay out of migrations, so that a new wording or list value of a HUD year is
no migration, while a change of type is one. All HUD columns may be null in the database: a faulty row
of another vendor is stored as it came (see `hearth.hmis.hud.models.Record`).
"""

from datetime import datetime
from typing import Any

from django.db import models

from hearth.hmis.hud import ssn
from hearth.standards import MODEL_YEAR, load


class HudField:
    """Mixin: knows its HUD column (`File.Column`), and leaves words and choices out of migrations."""

    def __init__(self, *args: Any, hud: str = "", **kwargs: Any) -> None:
        self.hud = hud
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[Any, ...]:
        name, path, args, kwargs = super().deconstruct()
        for word in ("verbose_name", "help_text", "choices", "blank", "null"):
            kwargs.pop(word, None)
        if self.hud:
            kwargs["hud"] = self.hud
        return name, path, args, kwargs


class HudText(HudField, models.TextField):
    """HUD type S. The length is checked by findings and forms, not by the database."""


class HudInteger(HudField, models.IntegerField):
    """HUD type I: a code of a list, a count or a year."""


class HudDate(HudField, models.DateField):
    """HUD type D."""


class HudDateTime(HudField, models.DateTimeField):
    """HUD type T: wall-clock time of the sending system, without zone, and kept so."""

    def db_type(self, connection: Any) -> str:
        return "timestamp"

    def get_prep_value(self, value: Any) -> Any:
        return models.Field.get_prep_value(self, self.to_python(value))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value


class HudMoney(HudField, models.DecimalField):
    """HUD type M: U.S. dollars, two decimals; negative only where HUD allows refunds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class HudSSN(HudField, models.BinaryField):
    """A Social Security number: text in Python, sealed bytes in the database.

    Setting it through `save` or `bulk_create` also fills `<name>_index` and `<name>_last4_index`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else ssn.decrypt(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or value == "":
            return None
        sealed = value if isinstance(value, bytes | memoryview) else ssn.encrypt(value)
        return super().get_db_prep_value(sealed, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("A Social Security number is not serialized")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        setattr(model_instance, f"{self.attname}_index", ssn.index(value) if value else None)
        setattr(model_instance, f"{self.attname}_last4_index", ssn.last4_index(value) if value else None)
        return value


_FIELD_OF_TYPE = {"S": HudText, "I": HudInteger, "D": HudDate, "T": HudDateTime, "M": HudMoney}


def hud_field(column: str, **kwargs: Any) -> models.Field:
    """The model field of a HUD column, named `File.Column` in HUD's spelling.

    Raises the registry's error, which names the nearest spelling, when HUD has no such column.
    """
    definition = load(MODEL_YEAR).column(column)
    field = HudSSN if definition.privacy == "ssn" else _FIELD_OF_TYPE[definition.type]
    return field(hud=column, **kwargs)
