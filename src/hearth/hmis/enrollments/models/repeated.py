"""Columns that repeat what the record above says, so that a row's visibility is decided by the row alone."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models


class _Repeated(models.Field):
    """Takes the value that the record `of` has, when a row is added through a model.

    Triggers (migrations 0002 and 0003) see to it for every other way of writing. They could fill it in
    before a row is added, too, but where a table has such a trigger PostgreSQL's COPY takes one row at a
    time, even while triggers are off. In migrations it is the plain field.

    Raises IntegrityError where the record above is not there for the acting user.
    """

    of: str

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add:
            try:
                above = getattr(model_instance, self.of)
            except ObjectDoesNotExist:
                said = f"The {self.of} of this record is not there, or not yours to use"
                raise IntegrityError(said) from None
            setattr(model_instance, self.attname, getattr(above, self.attname))
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        plain = next(kind for kind in type(self).__mro__ if kind.__module__.startswith("django."))
        return name, f"django.db.models.{plain.__name__}", args, kwargs


class _Organization(_Repeated, models.ForeignKey):
    def __init__(self, to: Any = "organizations.Organization", **kwargs: Any) -> None:
        super().__init__(to, **({"on_delete": models.PROTECT, "related_name": "+"} | kwargs))


class OrganizationOfProject(_Organization):
    """The organization of an enrollment's project."""

    of = "project"


class OrganizationOfEnrollment(_Organization):
    """The organization of a record's enrollment."""

    of = "enrollment"


class ProjectOfEnrollment(_Repeated, models.ForeignKey):
    """The project of a record's enrollment."""

    of = "enrollment"

    def __init__(self, to: Any = "organizations.Project", **kwargs: Any) -> None:
        super().__init__(to, **({"on_delete": models.PROTECT, "related_name": "+"} | kwargs))


class SharingOfEnrollment(_Repeated, models.BooleanField):
    """Whether a record's enrollment is shared."""

    of = "enrollment"


class EndOfSharingOfEnrollment(_Repeated, models.DateField):
    """The first day on which a record's enrollment is no longer shared; null: no end."""

    of = "enrollment"


class RestrictionOfClient(_Repeated, models.BooleanField):
    """Whether an enrollment's client is restricted."""

    of = "client"


class RestrictionOfEnrollment(_Repeated, models.BooleanField):
    """Whether the client of a record's enrollment is restricted."""

    of = "enrollment"
