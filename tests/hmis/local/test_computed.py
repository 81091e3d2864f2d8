"""Computed local elements: each branch of each rule, its working, and that unknown is never a No."""

from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client as Browser
from django.urls import reverse

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.enrollments.models import IncomeBenefits
from hearth.hmis.local.actions import record_answers
from hearth.hmis.local.computed import income_200, youth_by_law
from hearth.hmis.local.workings import guidelines, workings
from tests import factories

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "computed.yaml").read_text(encoding="utf-8"))
START = date(2026, 11, 2)


def ids(cases: list[dict[str, Any]]) -> list[str]:
    return [one["case"] for one in cases]


@pytest.mark.parametrize("case", CASES["income"], ids=ids(CASES["income"]))
def test_income(case: dict[str, Any]) -> None:
    members = [(f"member {n}", None if one is None else Decimal(one)) for n, one in enumerate(case["months"])]
    found = income_200(guidelines(), case["day"], members)
    assert found.code == case["code"]
    assert bool(found.missing) is (case["code"] is None or None in case["months"])


def youth(said: list[Any]) -> Any:
    names = ("age", "without_guardian", "living_situation", "lasting_place_offered", "detained", "at_risk")
    return youth_by_law(**dict(zip(names, said, strict=True)))


@pytest.mark.parametrize("case", CASES["youth"], ids=ids(CASES["youth"]))
def test_youth(case: dict[str, Any]) -> None:
    found = youth(case["of"])
    assert found.code == case["code"]
    assert found.source and len(found.steps) == 5


def test_what_is_not_known_can_still_become_either() -> None:
    """Where a rule says that not enough is known, some answers make it one thing and some another; where it
    decides, no answer that is still missing changes it."""
    values = ([17, 25], ["0", "1"], ["116", "336", "410"], ["0", "1"], ["0", "1"], ["0", "1"])
    for blanks in product([False, True], repeat=6):
        for said in product(*values):
            known = [None if blank else one for blank, one in zip(blanks, said, strict=True)]
            found = youth(known).code
            options = [each if one is None else [one] for one, each in zip(known, values, strict=True)]
            outcomes = {youth(list(one)).code for one in product(*options)}
            if found is not None:
                assert outcomes == {found}, known


@pytest.mark.django_db
def test_the_page_shows_the_working(client: Browser, administrator: User) -> None:
    with acting(administrator):
        organization = factories.make_organization()
        worker = factories.make_hmis_user(organization)
        project = factories.make_project(organization, project_type=12)
        head = factories.make_enrollment(
            factories.make_client(dob=date(2004, 1, 1)), project, entry_date=START, living_situation=116
        )
        adult, child = (
            factories.make_enrollment(
                factories.make_client(dob=born), project, entry_date=START, relationship_to_hoh=3,
                household_id=head.household_id,
            )
            for born in (date(1990, 1, 1), date(2020, 1, 1))
        )  # fmt: skip
        income: dict[str, Any] = {"information_date": START, "income_from_any_source": 1}
        IncomeBenefits.objects.create(
            **factories.record(enrollment=head, total_monthly_income=Decimal("1200.00"), **income)
        )
    with acting(worker):
        assert workings(worker, head) == []  # no program asks
        record_answers(
            by=worker, enrollment=head, stage="start", day=START, programs=frozenset({"FHPAP", "HYA"}),
            values={("MN-Y03", 1, "WithoutGuardian"): "1", ("MN-Y03", 1, "DetainedUnderLaw"): "0"},
        )  # fmt: skip
        found = {element.number: working for element, working in workings(worker, head)}
        # Of the other adult nothing is known; a child counts with the head.
        assert found["MN-F03"].code is None
        assert found["MN-F03"].missing == ("Monthly income of member 2 (4.02)",)
        assert found["MN-Y03"].code == "1"
    with acting(administrator):
        IncomeBenefits.objects.create(
            **factories.record(enrollment=adult, **income | {"income_from_any_source": 0})
        )
    with acting(worker):
        found = {element.number: working for element, working in workings(worker, head)}
        assert found["MN-F03"].code == "1"
        assert workings(worker, child) == []
    client.force_login(worker)
    page = client.get(reverse("enrollments:detail", args=[head.pk])).content.decode()
    for part in (
        "Yes, at or below it",
        "$54,640.00 a year",
        "Guidelines of 2026",
        "Homeless youth",
        "How this",
    ):
        assert part in page
