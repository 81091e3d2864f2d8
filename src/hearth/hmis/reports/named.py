"""How a report is called in the access log: "LSA MN-500, October 1, 2025 – September 30, 2026"."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.jobs.rights import may_open
from hearth.hmis.reports import catalog
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui import formats


def reports(viewer: User, ids: Iterable[int]) -> dict[int, Named]:
    """Reports by what was asked for, which is no client data; a link where the viewer may open them."""
    own = set(ReportRun.objects.restrict(viewer).filter(pk__in=list(ids)).values_list("pk", flat=True))
    may_view = viewer.may(Permission.REPORT_VIEW)
    found = {}
    for pk, run in ReportRun.objects.in_bulk(list(ids)).items():
        asked = run.parameters
        time = formats.period(asked.get("start"), asked.get("end"))
        words = f"{catalog.by_code(run.report).short} {asked.get('coc', '')}, {time}"
        opens = may_view and pk in own and may_open(viewer, run)
        found[pk] = Named(words, reverse("reports:run", args=[pk]) if opens else "")
    return found
