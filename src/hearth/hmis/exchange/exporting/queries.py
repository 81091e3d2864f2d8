"""What the pages of exports show."""

from typing import Any

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.exchange.exporting.left_out import Omitted
from hearth.hmis.exchange.households import REASONS
from hearth.hmis.exchange.models import ExportRun
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR


def exports(user: User) -> Any:
    """The exports this user may see, newest first."""
    return ExportRun.objects.restrict(user).select_related("created_by")


def export_run(user: User, pk: int) -> ExportRun | None:
    """One export, if it is there for this user."""
    return exports(user).filter(pk=pk).first()


def counts(run: ExportRun) -> list[tuple[str, int]]:
    """Rows of each file, in HUD's order."""
    return [(file, run.counts[file]) for file in load(MODEL_YEAR).files if run.counts.get(file)]


def left_out_households(user: User, run: ExportRun) -> list[tuple[Enrollment, str]]:
    """One enrollment of each listed household that is in no CoC's export, and why, as far as the user sees it
    now."""
    reasons = dict(Omitted.from_json(run.parameters.get("left_out")).enrollments)
    with acting(user):
        found = (
            Enrollment.objects.restrict(user).filter(pk__in=reasons).select_related("project").order_by("pk")
        )
        return [(enrollment, REASONS[reasons[enrollment.pk]]) for enrollment in found]
