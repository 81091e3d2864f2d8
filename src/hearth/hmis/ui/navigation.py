"""Main navigation: which entries there are, in which order, and which one is current.

An entry shows once the app behind it has its address, and to users who have one of its permissions.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def may(user: Any, *permissions: str) -> bool:
    """Whether the user has one of the permissions, named as in `access.permissions` ("client_search")."""
    return any(permission in getattr(user, "permissions", ()) for permission in permissions)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `view` is the URL name it leads to, `sections` the first parts of the paths it covers.

    `permissions`: having one of them is enough; none named means everybody who is signed in.
    """

    label: str
    view: str
    sections: tuple[str, ...]
    icon: str
    permissions: tuple[str, ...] = ()
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as shown to one request."""

    label: str
    href: str
    icon: str
    is_current: bool


ENTRIES = (
    Entry("Home", "ui:home", ("",), "home"),
    Entry("Clients", "clients:search", ("clients",), "people", ("client_search",)),
    Entry(
        "Organizations & projects",
        "organizations:index",
        ("organizations", "projects"),
        "location_city",
        ("project_view",),
    ),
    Entry("CoCs", "organizations:regions", ("regions",), "map", ("region_view",)),
    Entry("Reports", "reports:index", ("reports",), "assessment", ("report_view",)),
    Entry("Import/Export", "exchange:index", ("exchange",), "upload_file", ("data_import", "data_export")),
    Entry("People", "people:index", ("people",), "groups", ("user_edit",)),
    Entry("Documents", "consent:documents", ("consent",), "topic", ("consent_document_edit",)),
    Entry("Access log", "audit:log", ("audit",), "history", ("access_log_view",)),
    Entry("Help", "ui:help", ("help",), "help_outline", is_public=True),
)


def items(request: HttpRequest | None) -> list[Item]:
    """The entries this request's user sees. Without a request (error pages): the public ones."""
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    section = request.path.strip("/").split("/")[0] if request is not None else None
    shown: list[Item] = []
    for entry in ENTRIES:
        if not entry.is_public and not signed_in:
            continue
        if entry.permissions and not may(user, *entry.permissions):
            continue
        try:
            href = reverse(entry.view)
        except NoReverseMatch:
            continue
        shown.append(Item(entry.label, href, entry.icon, section in entry.sections))
    return shown
