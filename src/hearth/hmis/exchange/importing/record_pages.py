"""The stored records that findings of an import are about, with their pages, as far as a user sees them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.exchange.models import ImportRun
from hearth.hmis.hud.records import models_of_files
from hearth.hmis.organizations.models import Organization, Project

#: Files whose records have a page of their own; what hangs on an enrollment or a project is on its page.
_PAGES = {
    "Client": (Permission.CLIENT_VIEW, "clients:detail"),
    "Enrollment": (Permission.ENROLLMENT_VIEW, "enrollments:detail"),
    "Project": (Permission.PROJECT_VIEW, "organizations:project"),
    "Organization": (Permission.PROJECT_VIEW, "organizations:organization"),
}


def names(user: User, run: ImportRun, keys: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Names of organizations and projects by HUD's key, as far as they are stored and the user may see them.
    `keys`: by `organization` and `project`. Records that were imported before are found by their names even
    where this import wrote nothing."""
    models = {"organization": Organization, "project": Project}
    source = _source_of(run)
    if source is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for kind, wanted in keys.items():
        rows = models[kind].objects.restrict(user).filter(data_source=source, hud_id__in=set(wanted))
        found[kind] = {row.hud_id: str(row) for row in rows}
    return found


def addresses(
    user: User, run: ImportRun, findings: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    """By file and HUD's key, the page of the record that is stored under it in the import's data source.

    Absent: no such record, none that the user may see, or one without a page; the three are not told apart.
    One query for each file that is among the findings.
    """
    keys = defaultdict(set)
    for one in findings:
        if one["file"] and one["key"]:
            keys[one["file"]].add(one["key"])
    found = {}
    source = _source_of(run)
    for file, wanted in keys.items():
        model = models_of_files().get(file)
        if model is None or source is None:
            continue
        parent = "" if file in _PAGES else _parent(model)
        permission, view = _PAGES.get(parent or file, (None, ""))
        if permission is None or not user.may(permission):
            continue
        rows = model.objects.restrict(user).filter(data_source=source, hud_id__in=wanted)
        if not user.sees_all:
            rows = rows.filter(date_deleted__isnull=True)
        for key, pk in rows.values_list("hud_id", f"{parent.lower()}_id" if parent else "pk"):
            found[file, key] = reverse(view, args=[pk])
    return found


def _source_of(run: ImportRun) -> int | None:
    """Where its records are stored; of one that wrote nothing, what it was compared with."""
    return run.data_source_id or run.parameters.get("compared_with")


def _parent(model: Any) -> str:
    names = {one.name for one in model._meta.fields}
    return "Enrollment" if "enrollment" in names else "Project" if "project" in names else ""
