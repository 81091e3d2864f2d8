"""How a report is called in the access log: "LSA MN-500, October 1, 2025 – September 30, 2026"; and a number
of it: "Households: adults only", "HDX flag 1353"."""

from collections.abc import Iterable

from django.urls import reverse

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit.subjects import Named
from hearth.hmis.jobs.rights import may_open
from hearth.hmis.reports import catalog, figures
from hearth.hmis.reports.models import ReportRun
from hearth.hmis.ui import formats
from hearth.reporting.runtime import registry
from hearth.reporting.runtime.flags import declared_flag

#: Of an LSA those who were served, of a HIC those on its night.
_EVERYBODY = {"people": "all people", "households": "all households"}


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


def figure(key: str) -> str:
    """A main figure by its key; the key where this version has no such figure."""
    return _EVERYBODY.get(key) or figures.titles().get(key, f"figure {key}")


def flag(key: str) -> str:
    """A data quality flag by its numbers in HUD's list; its id where this version has no such flag."""
    known = declared_flag(registry.by_name("lsa"), key)
    if known is None:
        return f"flag {key}"
    return f"HDX flag {' or '.join(map(str, (*known.hdx, *known.hdx_below)))}"
