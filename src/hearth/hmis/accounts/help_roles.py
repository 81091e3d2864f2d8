"""The help page on roles. The page frame knows no roles, so their descriptions are brought to it here."""

from typing import Any

from hearth.hmis.access.permissions import WORDS
from hearth.hmis.access.roles import ROLES
from hearth.hmis.ui.help_topics import Topic


def _context() -> dict[str, Any]:
    return {
        "columns": ["Role", "What it may see and do", "Holds for"],
        "rows": [
            (role.name, role.description, "; ".join(scope.name for scope in role.scopes))
            for role in ROLES.values()
        ],
        "permission_columns": ["May", *(role.name for role in ROLES.values())],
        "permission_rows": [
            (
                words[0].upper() + words[1:],
                *("Yes" if one in role.permissions else "–" for role in ROLES.values()),
            )
            for one, words in WORDS.items()
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
