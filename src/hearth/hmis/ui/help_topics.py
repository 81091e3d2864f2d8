"""The help pages: what each is called and where its text is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Topic:
    """One help page. Its text is the template `ui/help/<slug>.html`."""

    slug: str
    title: str
    summary: str
    icon: str
    context: Callable[[], dict[str, Any]] = field(default=dict)

    @property
    def template(self) -> str:
        return f"ui/help/{self.slug.replace('-', '_')}.html"


TOPICS = (
    Topic(
        "what-is-hmis", "What HMIS is", "What the system is for, and who has to use it.", "lightbulb_outline"
    ),
    Topic(
        "minnesota",
        "HMIS in Minnesota",
        "Who runs it, the ten Continuums of Care and the Minnesota Tribal Collaborative.",
        "map",
    ),
    Topic(
        "roles",
        "Roles and who sees what",
        "What each role may see and do, and what is written down.",
        "people",
    ),
    Topic(
        "privacy",
        "Privacy and consent",
        "What clients are told, what they decide, and what never to do.",
        "lock",
    ),
    Topic(
        "get-help", "Get help", "Whom to ask, and what to say when something does not work.", "support_agent"
    ),
    Topic("keyboard", "Keyboard and accessibility", "How to use every page without a mouse.", "keyboard"),
)


def find(slug: str) -> Topic | None:
    """The topic of that slug."""
    return next((topic for topic in TOPICS if topic.slug == slug), None)
