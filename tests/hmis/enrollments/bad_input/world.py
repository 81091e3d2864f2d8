"""A household, its project and the addresses of every page on which somebody types about clients."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, reverse
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.clients import urls as client_urls
from hearth.hmis.clients.contact.actions import add_contact
from hearth.hmis.clients.family.actions import add_family
from hearth.hmis.clients.models import Client, Contact, FamilyTie, NameKind, OtherName
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.clients.other_names.actions import add_name
from hearth.hmis.enrollments import urls as enrollment_urls
from hearth.hmis.enrollments.household.forms import FORMS
from hearth.hmis.enrollments.models import CurrentLivingSituation, Enrollment, Exit
from hearth.hmis.enrollments.stages.correcting import TITLES as CORRECTED
from hearth.hmis.enrollments.stages.points import BY_SLUG
from hearth.hmis.enrollments.stages.questions import TITLES as STAGES
from hearth.hmis.local import urls as local_urls
from hearth.hmis.local.views import TITLES as LOCAL
from hearth.hmis.organizations.models import Funder, Project, ProjectCoC
from tests import factories

APPS = (client_urls, enrollment_urls, local_urls)
#: In which nothing is typed about a client.
NO_FORMS = {
    "clients:account", "enrollments:drafts", "enrollments:roster", "enrollments:due", "local:counts",
    "local:given",
}  # fmt: skip
#: Answered by scripts, never shown as a page.
OF_SCRIPTS = {"enrollments:save_answer"}


class World:
    """An administrator; a head, a partner and a child who are enrolled where many funding sources ask; others
    who were, or who are to be."""

    def __init__(self) -> None:
        self.user = factories.make_administrator()
        self.browser = Browser()
        self.browser.force_login(self.user)
        self.today = timezone.localdate()
        self.start = self.today - timedelta(days=40)
        with acting(self.user):
            self.agency = factories.make_organization()
            self.housing = self.project(3, 3, 18, 20, 23, 33, 35, 43)
            self.outreach = self.project(4, 21, 25, 4)
            self.entry = self.project(14, 3)
            self.head, *others = [self.somebody(age) for age in (40, 38, 7)]
            self.stays = [self.stay(self.head, self.housing, 1, "H-A")]
            self.stays += [
                self.stay(one, self.housing, code, "H-A") for one, code in zip(others, (3, 2), strict=True)
            ]
            self.outside = self.stay(self.somebody(50), self.outreach, 1, "H-B")
            self.contact = CurrentLivingSituation.objects.create(**factories.record(
                enrollment=self.outside, information_date=self.start, current_living_situation=116
            ))  # fmt: skip
            self.in_line = self.stay(self.somebody(60), self.entry, 1, "H-C")
            self.over = self.stay(self.somebody(17), self.project(2, 23, 22), 1, "H-D")
            Exit.objects.create(**factories.record(enrollment=self.over, exit_date=self.today))
            self.new = [self.somebody(age) for age in (33, 5)]
            add_name(by=self.user, client=self.head, kind=NameKind.ALIAS, name="Toya")
            add_family(by=self.user, client=self.head, others={others[0].pk: Kinship.PARTNER}, since=None)
            add_contact(by=self.user, client=self.head, organization=self.agency, values={
                "kind": "phone", "value": "651 555 0100", "whose": "", "may_call": True, "may_text": False,
                "may_leave_word": False, "since": None, "until": None,
            })  # fmt: skip
            self.hidden = self.somebody(70)
            factories.restrict(self.hidden)
        answer = self.browser.post(reverse("clients:search"), {"q": "Nobody Alike 3/14/1985"})
        self.kept = answer.headers["Location"].rstrip("/").split("/")[-1]

    def somebody(self, age: int) -> Client:
        born = self.today - timedelta(days=age * 366)
        return factories.make_client(dob=born, veteran_status=1 if age >= 18 else None)

    def project(self, kind: int, *funders: int) -> Project:
        made: Project = factories.make_project(self.agency, project_type=kind)
        for funder in funders:
            Funder.objects.create(
                **factories.record(project=made, funder=funder, grant_id="G", start_date=date(2020, 1, 1))
            )
        for coc in ("MN-500", "MN-501"):
            ProjectCoC.objects.create(**factories.record(project=made, coc_code=coc))
        return made

    def stay(self, client: Client, project: Project, code: int, household: str) -> Enrollment:
        return factories.make_enrollment(
            client, project, entry_date=self.start, relationship_to_hoh=code, household_id=household,
            disabling_condition=0,
        )  # fmt: skip

    # ------------------------------------------------------------------ addresses

    def addresses(self) -> Iterator[str]:
        """Of every page of these applications; a parameter that nobody knows is an error, so that a new page
        has to say here of whom it is."""
        for urls in APPS:
            for one in urls.urlpatterns:
                name = f"{urls.app_name}:{one.name}"
                if name not in NO_FORMS | OF_SCRIPTS:
                    yield from self._of(name, one)

    def _of(self, name: str, pattern: URLPattern) -> Iterator[str]:
        wanted = tuple(pattern.pattern.converters)
        asked = f"?start={self.today.isoformat()}"
        match name, wanted:
            case "enrollments:start", _:
                several = f"&who={self.new[0].pk}-{self.new[1].pk}.2"
                alone = reverse(name, args=[self.new[0].pk, self.housing.pk])
                yield from (alone + asked, alone + asked + several)
            case "enrollments:gather", _:
                yield reverse(name, args=[self.new[0].pk, self.housing.pk]) + asked
            case (("enrollments:join" | "enrollments:join_start"), _):
                yield reverse(name, args=[self.stays[0].pk]) + f"{asked}&who={self.new[0].pk}.4"
            case "enrollments:stage", _:
                yield from (reverse(name, args=[self.stays[0].pk, stage]) for stage in STAGES)
                yield reverse(name, args=[self.over.pk, "post_exit"])
            case "enrollments:point", _:
                for stay in (self.stays[0], self.outside, self.in_line):
                    yield from (reverse(name, args=[stay.pk, slug]) for slug in BY_SLUG)
            case (("enrollments:correct_answers" | "enrollments:remove_answers"), _):
                for stage in CORRECTED:
                    yield reverse(name, args=[self.stays[0].pk, stage, self.start.isoformat()])
            case "enrollments:stage_of_household", _:
                stages = (*STAGES, "exit")
                yield from (reverse(name, args=[self.stays[0].pk, stage]) for stage in stages)
            case (("enrollments:correct_record" | "enrollments:remove_record"), _):
                yield reverse(name, args=[self.outside.pk, "contact", self.contact.pk])
            case "enrollments:correct", _:
                yield from (reverse(name, args=[self.stays[0].pk, what]) for what in FORMS)
                yield reverse(name, args=[self.over.pk, "reopen"])
            case "local:answer", _:
                yield from (reverse(name, args=[self.stays[0].pk, stage]) for stage in LOCAL)
            case "clients:restriction", _:
                yield from (reverse(name, args=[one.pk]) for one in (self.head, self.hidden))
            case "enrollments:choose", _:
                yield reverse(name, args=[self.new[0].pk])
            case _, ("kept",):
                yield reverse(name, args=[self.kept])
            case _, ("pk",):
                is_of_stay = name.startswith("enrollments:")
                yield reverse(name, args=[self.stays[0].pk if is_of_stay else self.head.pk])
            case _, ("pk", part):
                whose = self.hidden if part == "restriction" else self.head
                yield reverse(name, args=[whose.pk, self._part(part)])
            case _, ():
                yield reverse(name)
            case _:
                raise LookupError(f"{name}: of whom is the page? {wanted}")

    def _part(self, part: str) -> int:
        models: dict[str, Any] = {"name": OtherName, "contact": Contact, "tie": FamilyTie}
        with acting(self.user):
            if part == "restriction":
                return int(self.hidden.restrictions.get().pk)
            if part not in models:
                return 0  # a page that only shows
            return int(models[part].objects.filter(client=self.head).values_list("pk", flat=True)[0])

    def post(self, address: str, body: bytes) -> HttpResponse:
        return self.browser.post(address, body, content_type="application/x-www-form-urlencoded")
