"""Sessions in the database, of which a request stores only what it changed itself.

Requests of one browser overlap: somebody types, a draft saves itself, a second tab is open. Django's own
store writes the whole session, so that the one that ends last takes back what the others stored meanwhile: a
search that is kept, or the time of the last activity.
"""

import copy
from typing import Any

from django.contrib.sessions.backends import db
from django.db import transaction


class SessionStore(db.SessionStore):
    """Django's, plus: `save` changes, under a lock, the keys whose values differ from what was read."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        #: The session as it was last read or written; what differs from it was changed here.
        self._read: dict[str, Any] = {}

    def load(self) -> dict[str, Any]:
        read = super().load()
        self._read = copy.deepcopy(read)
        return read

    def save(self, must_create: bool = False) -> None:
        """Store what was changed. Raises `UpdateError` where the session has ended meanwhile."""
        if self.session_key is None:
            return self.create()
        mine = self._get_session(no_load=must_create)
        with transaction.atomic():
            if not must_create and (row := self._stored()):
                self._session_cache = mine = self._merged(row.get_decoded(), mine)
            super().save(must_create=must_create)
        self._read = copy.deepcopy(mine)
        return None

    def _stored(self) -> Any:
        return self.model.objects.select_for_update().filter(pk=self.session_key).first()

    def _merged(self, stored: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
        """What stands in the database, with this request's own changes."""
        merged = {key: value for key, value in stored.items() if key in mine or key not in self._read}
        merged |= {key: value for key, value in mine.items() if self._is_changed(key, value)}
        return merged

    def _is_changed(self, key: str, value: Any) -> bool:
        return key not in self._read or self._read[key] != value
