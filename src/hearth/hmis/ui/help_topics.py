"""The help pages: what each is called, where its text is, and what it is filled with.

A state adds its own: the setting HELP_TOPICS names modules with a `TOPICS` of `Topic`, in reading order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings


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


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in the order of HELP_TOPICS."""
    return tuple(topic for module in settings.HELP_TOPICS for topic in import_module(module).TOPICS)


def find(slug: str) -> Topic | None:
    """The topic of that slug."""
    return next((topic for topic in topics() if topic.slug == slug), None)
