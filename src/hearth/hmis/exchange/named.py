"""How imports and exports are called in the access log and in histories; files are not: people name them."""

from collections.abc import Collection, Iterable

from django.db import connection
from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.came_from import Written
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


_WROTE = """
    SELECT w.place, (
        SELECT r.id FROM exchange_importrun r
        WHERE r.data_source_id = w.source AND r.created_by_id = w.account AND r.state = 'finished'
          AND w.at BETWEEN r.started_at AND r.finished_at ORDER BY r.id LIMIT 1)
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) WITH ORDINALITY
        AS w (source, account, at, place)
"""


def imports_that_wrote(viewer: User, written: Collection[Written]) -> dict[Written, Named]:
    """The import that wrote something: the one of that data source and account that ran at that moment."""
    asked = list(written)
    with connection.cursor() as cursor:
        cursor.execute(_WROTE, [[one[place] for one in asked] for place in range(3)])
        runs = {asked[place - 1]: run for place, run in cursor.fetchall() if run is not None}
    names = imports(viewer, set(runs.values())) if runs else {}
    return {one: names[run] for one, run in runs.items()}


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
