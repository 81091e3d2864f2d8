"""What stands beside a client in a list of hits: the last project and the household, as far as visible.

Enrollments stand above clients and may not be imported here, so they hand in their reader when Django
starts (`AppConfig.ready`), as with the parts of a client's page (`clients/page.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client


@dataclass(frozen=True, slots=True)
class Beside:
    """The last enrollment that the user may see, from `since` to `until` (None: not known to have ended),
    and the other people of its household that they may see."""

    project: str
    organization: str
    since: date | None
    until: date | None
    household: list[Client] = field(default_factory=list)


Reader = Callable[[User, Iterable[int]], Mapping[int, Beside]]
_readers: list[Reader] = []


def hand_in(reader: Reader) -> None:
    """Set who reads it. `reader(user, clients)` asks the same number of queries for one client and for many,
    returns by client, and leaves out those of whom the user sees no enrollment."""
    _readers[:] = [reader]


def beside(user: User, clients: Iterable[int]) -> Mapping[int, Beside]:
    """By client; absent where the user sees no enrollment."""
    return _readers[0](user, clients) if _readers else {}
