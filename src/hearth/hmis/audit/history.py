"""History of every record: old versions kept by database triggers, complete under bulk writes.

Only the row as it was is stored, when it is changed or deleted: the current row and its old versions
are the whole history, and a bulk import of new rows pays nothing for it.
"""

from typing import Any

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Func


class HearthUserId(Func):
    """`hearth_user_id()`: who acts in the current transaction (access migration 0001)."""

    function = "hearth_user_id"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class OldVersion(pghistory.models.Event):
    """Base of all history tables: the row before a change, when it changed, and by whom."""

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_changed_by = models.BigIntegerField(null=True, db_default=HearthUserId(), editable=False)

    class Meta:
        abstract = True


def keep_history(model: type[models.Model], version: type[OldVersion] = OldVersion) -> type[models.Model]:
    """Class decorator: every UPDATE and DELETE of the model stores the old row in `<Model>History`.

    `version`: the base of that model, where an old version says more than the row did.
    """
    return pghistory.track(
        pghistory.UpdateEvent("before_change", row=pghistory.Old, level=pgtrigger.Statement),
        pghistory.DeleteEvent("before_delete", row=pghistory.Old, level=pgtrigger.Statement),
        base_model=version,
        model_name=f"{model.__name__}History",
        context_field=None,
        context_id_field=None,
        append_only=False,
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=True),
    )(model)


def history_model(model: type[models.Model]) -> Any:
    """The model of a model's old versions."""
    return model._meta.apps.get_model(model._meta.app_label, f"{model.__name__}History")


def history_of(record: models.Model) -> Any:
    """The old versions of a record, newest first, as its history model's query set."""
    return history_model(type(record)).objects.filter(pgh_obj_id=record.pk).order_by("-pgh_id")
