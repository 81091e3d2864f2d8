"""The help page on roles. The page frame knows no roles, so their descriptions are brought to it here."""

from typing import Any

from hearth.hmis.access.roles import ROLES
from hearth.hmis.ui.help_topics import Topic


def _context() -> dict[str, Any]:
    return {
        "columns": ["Role", "What it may see and do", "Holds for"],
        "rows": [
            (role.name, role.description, "; ".join(scope.name for scope in role.scopes))
            for role in ROLES.values()
        ],
    }


TOPICS = (
    Topic(
        "roles",
        "Roles and who sees what",
        "What each role may see and do, and what is written down.",
        "people",
        _context,
    ),
)
