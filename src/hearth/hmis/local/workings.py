"""The workings of computed local elements for one stay: the values that a rule needs, as they are stored."""

from datetime import date
from decimal import Decimal

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.clients.intake.birth import years_old
from hearth.hmis.clients.intake.identity import ADULT
from hearth.hmis.enrollments.models import Enrollment, IncomeBenefits
from hearth.hmis.local import queries
from hearth.hmis.local.computed import Guideline, Working, income_200, youth_by_law
from hearth.hmis.local.element import LocalElement
from hearth.hmis.local.form import local_questions
from hearth.hmis.local.mn.reading import data
from hearth.hmis.local.mn.registry import registry
from hearth.hmis.local.stored import asking_of
from hearth.standards.gates import LOCAL_PROGRAM

_START = "start"
#: Of list 1.8.
_YES, _NO = 1, 0


def workings(user: User, enrollment: Enrollment) -> list[tuple[LocalElement, Working]]:
    """Each computed element that is asked at the start of this stay, with its working."""
    day = enrollment.entry_date
    if day is None:
        return []
    beside = asking_of(user, enrollment, _START, day).beside
    has = queries.programs_of(user, enrollment, day) | queries.attached_to(beside.project)
    answers: dict[str, str | None] = {
        f"{LOCAL_PROGRAM}.{code}": "1" if code in has else "0" for code in registry().programs
    }
    asked = local_questions(registry(), beside.project, beside.stage, beside.person, day, answers)
    elements = {
        one.element.number: one.element for one in asked if one.asked != "hidden" and one.element.computed
    }
    found = []
    for element in elements.values():
        work = _income if element.computed == "income_200" else _youth
        found.append((element, work(user, enrollment, day)))
    return found


def guidelines() -> list[Guideline]:
    """The table of poverty guidelines."""
    return [
        Guideline(one["year"], date.fromisoformat(one["since"]), one["one"], one["further"])
        for one in data("poverty_guidelines")["guidelines"]
    ]


def _income(user: User, enrollment: Enrollment, day: date) -> Working:
    stays = list(
        Enrollment.objects.restrict(user)
        .filter(pk__in=queries.household(user, enrollment), entry_date__lte=day)
        .select_related("client")
        .order_by("relationship_to_hoh", "pk")
    )
    rows = IncomeBenefits.objects.restrict(user).filter(
        enrollment__in=[one.pk for one in stays], date_deleted=None, information_date__lte=day
    )
    latest = {one.enrollment_id: one for one in rows.order_by("information_date", "pk")}
    members = []
    for number, one in enumerate(stays, start=1):
        who = "the head of household" if one.relationship_to_hoh == 1 else f"member {number}"
        members.append((who, _monthly(one, latest.get(one.pk), day)))
    return income_200(guidelines(), day, members)


def _monthly(stay: Enrollment, row: IncomeBenefits | None, day: date) -> Decimal | None:
    """The monthly income of a member; None where it is not known. What a child has is recorded with the
    head."""
    born = stay.client.dob
    if row is None:
        is_child = stay.relationship_to_hoh != 1 and born is not None and years_old(born, day) < ADULT
        return Decimal(0) if is_child else None
    if row.income_from_any_source == _NO:
        return Decimal(0)
    return row.total_monthly_income if row.income_from_any_source == _YES else None


def _youth(user: User, enrollment: Enrollment, day: date) -> Working:
    rows = queries.answers_of(user, [enrollment.pk]).filter(element="MN-Y03", stage=_START)
    said = {one.field: one.value_code for one in reversed(rows)}
    born = enrollment.client.dob
    sees = field_rights.may_see(user, "Enrollment.LivingSituation")
    situation = enrollment.living_situation if sees else None
    return youth_by_law(
        age=None if born is None else years_old(born, day),
        without_guardian=said.get("WithoutGuardian"),
        living_situation=None if situation is None else str(situation),
        lasting_place_offered=said.get("LastingPlaceOffered"),
        detained=said.get("DetainedUnderLaw"),
        at_risk=said.get("AtRiskCircumstance"),
    )
