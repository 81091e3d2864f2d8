"""Where a version of a record came from: an import of its data source, or work in Hearth itself.

A version carries its data source, the account it was written by, and the moment of the transaction that wrote
it; an import writes in one transaction between its start and its end. Imports stand above this application,
so they hand in how they are found when Django starts (`AppConfig.ready`).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hearth.hmis.audit.subjects import Named


class Written(NamedTuple):
    """When something was written, in a record of which data source, and by which account; None: nobody was
    signed in, which only a command on the server does."""

    source: int
    account: int | None
    at: datetime


HERE = Named("entered in Hearth")
COMMAND = Named("a command on the server")
NOT_KNOWN = Named("not known")
WITHHELD = Named("not told")

#: `reader(viewer, written)`: the import of each, as far as there was one; one query or two for all.
Reader = Callable[[Any, Collection[Written]], Mapping[Written, Named]]
_readers: list[Reader] = []


def hand_in(reader: Reader) -> None:
    """Set who finds imports."""
    _readers[:] = [reader]


def imports(viewer: Any, written: Collection[Written]) -> Mapping[Written, Named]:
    """Of those that an import wrote, which one."""
    return _readers[0](viewer, written) if _readers and written else {}
