"""Help pages on using Hearth, the same in every state."""

from typing import Any

from django.conf import settings

from hearth.hmis.ui.glossary import TERMS, answer_lists, standards_year
from hearth.hmis.ui.help_topics import Topic


def _glossary() -> dict[str, Any]:
    return {"terms": TERMS, "lists": answer_lists(), "year": f"FY {standards_year()}"}


def _reports() -> dict[str, Any]:
    return {"kept_days": settings.REPORT_KEPT_DAYS}


TOPICS = (
    Topic(
        "privacy",
        "Privacy and consent",
        "What clients are told, what they decide, and what never to do.",
        "lock",
    ),
    Topic(
        "get-help",
        "Get help",
        "Whom to ask, and what to say when something does not work.",
        "support_agent",
    ),
    Topic(
        "reports",
        "Reports",
        "Making the LSA and the HIC, and opening a number to the people behind it.",
        "assessment",
        _reports,
    ),
    Topic("keyboard", "Keyboard and accessibility", "How to use every page without a mouse.", "keyboard"),
    Topic(
        "glossary",
        "Glossary",
        "The words of HMIS, and HUD’s answers to the main questions.",
        "list",
        _glossary,
    ),
)
