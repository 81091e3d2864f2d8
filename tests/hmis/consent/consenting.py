"""A small world for the tests of consent: two agencies, one person at a time, and whoever looks."""

from datetime import date
from typing import Any

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.models import Client
from hearth.hmis.consent.actions import Recorded, record_consent
from hearth.hmis.consent.choices import Method
from hearth.hmis.enrollments.models import CurrentLivingSituation, Enrollment, Services
from tests import factories

OPEN, CLOSED = True, False


class World:
    """The shelter's worker asks and enters; the stranger works for another agency and looks."""

    def __init__(self, administrator: User) -> None:
        self.administrator = administrator
        with acting(administrator):
            self.shelter, self.clinic = factories.make_organization(), factories.make_organization()
            self.project = factories.make_project(self.shelter)
            self.elsewhere = factories.make_project(self.clinic)
            self.person = factories.make_client()
        self.worker = factories.make_hmis_user(self.shelter)
        self.stranger = factories.make_hmis_user(self.clinic)

    def stay(self, day: date = date(2026, 1, 5), **fields: Any) -> Enrollment:
        fields = {"client": self.person, "project": self.project, "entry_date": day} | fields
        with acting(self.administrator):
            return factories.make_enrollment(**fields)

    def service(self, stay: Enrollment, day: date | None) -> Services:
        with acting(self.administrator):
            return Services.objects.create(
                **factories.record(enrollment=stay, record_type=141, date_provided=day)
            )

    def situation(self, stay: Enrollment, day: date | None) -> CurrentLivingSituation:
        with acting(self.administrator):
            return CurrentLivingSituation.objects.create(
                **factories.record(enrollment=stay, information_date=day, current_living_situation=116)
            )

    def answers(
        self, choice: str, day: date, client: Client | None = None, by: User | None = None, **more: Any
    ) -> Recorded:
        by = by or self.worker
        given = {
            "organization": self.shelter, "method": Method.SIGNED_PAPER, "form_version": "1",
            "language": "en",
        } | more  # fmt: skip
        with acting(by):
            return record_consent(by=by, client=client or self.person, choice=choice, given_on=day, **given)

    def seen(self, *records: Any) -> list[bool]:
        """Which of the records the stranger sees today."""
        with acting(self.stranger):
            return [type(one).objects.filter(pk=one.pk).exists() for one in records]
