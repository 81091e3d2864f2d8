"""How imports and exports are called in the access log. Names of files are not: people choose them."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.exchange.models import ExportRun, ImportRun
from hearth.hmis.ui import formats


def imports(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Imports by their data source; a link where the viewer may open them."""
    own = set(ImportRun.objects.restrict(viewer).filter(pk__in=list(ids)).values_list("pk", flat=True))
    may_view = viewer.may(Permission.DATA_IMPORT)
    found = {}
    for run in ImportRun.objects.filter(pk__in=list(ids)).select_related("data_source"):
        source = f" of {run.data_source}" if run.data_source else ""
        href = reverse("exchange:import", args=[run.pk]) if may_view and run.pk in own else ""
        found[run.pk] = Named(f"import {run.pk}{source}", href)
    return found


def exports(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Exports by their places and period; a link where the viewer may open them."""
    own = set(ExportRun.objects.restrict(viewer).filter(pk__in=list(ids)).values_list("pk", flat=True))
    may_view = viewer.may(Permission.DATA_EXPORT)
    found = {}
    for pk, run in ExportRun.objects.in_bulk(list(ids)).items():
        asked = run.parameters
        places = list(asked.get("cocs") or ())
        if asked.get("projects"):
            places.append(formats.counted(len(asked["projects"]), "project"))
        said = [", ".join(places) or "all projects", formats.period(asked.get("start"), asked.get("end"))]
        href = reverse("exchange:export", args=[pk]) if may_view and pk in own else ""
        found[pk] = Named(f"export {pk} ({', '.join(filter(None, said))})", href)
    return found
