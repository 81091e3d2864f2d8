"""What a record carries that is entered or corrected here: whose it is, its key, who wrote it and when.

HMIS CSV Format Specifications FY2026, 5.01–5.07. Keys are random, so that no export tells how many records
there are or in which order they came. A record of another data source that is corrected here keeps its key
and its data source; the user who corrected it is one of this data source, and its row stands in User.csv.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.hud.models import UserStamped
from hearth.hmis.organizations.models import DataSource, SourceUser

#: What `stamp` writes to a record that is there: for `update_fields`.
STAMPED = ("date_updated", "updated_by", "updated_at", "user_id", "user_data_source")
_NAME = "Entered here"
_SECOND = timedelta(seconds=1)
_MOST_LETTERS = 50  # HUD's length of UserFirstName and UserLastName


def new_key() -> str:
    """A key of a record, or of a household, that is entered here: 32 random hexadecimal digits."""
    return uuid4().hex


def key_of_form(by: User, token: str) -> str:
    """The key of what a form adds, of the random token that the form had when it was shown to `by`. So the
    same form sent again finds what it added, and nobody can make a key that is another's."""
    return sha256(f"{by.pk}|{token}".encode("utf-8", "replace")).hexdigest()[:32]


def entered_here() -> DataSource:
    """The data source of what is entered here."""
    return DataSource.objects.get_or_create(is_hearth=True, defaults={"name": _NAME})[0]


class Stamp:
    """What `by` puts on records that are saved together; the database is asked once for all of them."""

    def __init__(self, by: User) -> None:
        self.by, self.here = by, entered_here()
        self.user_id = _user_row(self.here, by).hud_id

    def put(self, record: UserStamped, *, key: str = "") -> None:
        """Give a record what says who writes it, and a new one its key: `key`, where it was made before with
        `new_key`.

        DateUpdated is now, in the installation's time, and later than before whatever stood there.
        """
        here, now = self.here, _now()
        entry: Any = record
        if entry.pk is None:
            entry.data_source, entry.hud_id = here, key or new_key()
            entry.date_created, entry.created_by = now, self.by
        elif entry.date_updated is not None and entry.date_updated >= now:
            now = entry.date_updated + _SECOND
        entry.date_updated, entry.updated_by, entry.updated_at = now, self.by, timezone.now()
        entry.user_id = self.user_id
        entry.user_data_source = None if entry.data_source_id == here.pk else here


def stamp(record: UserStamped, *, by: User, key: str = "") -> None:
    """Put the stamp of `by` on one record."""
    Stamp(by).put(record, key=key)


def _user_row(here: DataSource, by: User) -> SourceUser:
    """The row of User.csv of somebody who signs in here, with the name and address of today."""
    first, _, last = by.display_name.strip().rpartition(" ")
    said = {
        "user_first_name": first[:_MOST_LETTERS] or None,
        "user_last_name": (last or by.email)[:_MOST_LETTERS],
        "user_email": by.email,
    }
    now = _now()
    row, is_new = SourceUser.objects.get_or_create(
        account=by,
        defaults={
            "data_source": here, "hud_id": new_key(), "date_created": now, "date_updated": now, **said,
        },
    )  # fmt: skip
    if not is_new and any(getattr(row, field) != value for field, value in said.items()):
        SourceUser.objects.filter(pk=row.pk).update(date_updated=now, updated_at=timezone.now(), **said)
    return row


def _now() -> datetime:
    """HUD's wall-clock time without zone, in whole seconds."""
    return timezone.localtime().replace(tzinfo=None, microsecond=0)
