"""What other applications put on a client's page.

Enrollments stand above clients and may not be imported here, so they hand in their part when Django
starts (`AppConfig.ready`): a template, and a function that reads what it shows for one user and client.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.models import Client


class Part(NamedTuple):
    """One part of the page. `read` gives what its templates know as `part`; asked when the user may.

    `side`: a second template, for the narrow column; `top`: one above both columns; `beside_identity`: one in
    the card of the identity.
    """

    name: str
    template: str
    permission: Permission
    read: Callable[[User, Client], dict[str, Any]]
    side: str = ""
    top: str = ""
    beside_identity: str = ""


_parts: dict[str, Part] = {}


def add(part: Part) -> None:
    """Put a part on the page, after those that are there. The same name again replaces it."""
    _parts[part.name] = part


def parts(user: User, client: Client) -> list[tuple[Part, dict[str, Any]]]:
    """Each part that the user may see, with what was read for it."""
    return [(part, part.read(user, client)) for part in _parts.values() if user.may(part.permission)]
