"""A random household, lived through the forms' own code: from the search that found nobody to the exit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.clients.actions import add_client
from hearth.hmis.clients.intake.birth import years_old
from hearth.hmis.clients.intake.identity import ADULT, RACES, IdentityForm
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.actions import Leaving, enroll_household, exit_household, exit_stay
from hearth.hmis.enrollments.checks.form import look_together
from hearth.hmis.enrollments.exiting import ExitForm
from hearth.hmis.enrollments.household import cards
from hearth.hmis.enrollments.household.actions import carry_out
from hearth.hmis.enrollments.household.forms import FORMS
from hearth.hmis.enrollments.household.presenting import CHILD, RELATIONS, SPOUSE, sentences
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.enrollments.stages import actions, of_household, points
from hearth.hmis.enrollments.stages import questions as stages
from hearth.hmis.enrollments.stages.correcting import CorrectForm, stored_of
from hearth.hmis.enrollments.stages.points import Point, PointForm
from hearth.hmis.enrollments.stages.questions import ANNUAL, POST_EXIT, UPDATE, StageForm
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.hud.questions import field_name
from hearth.hmis.organizations.models import Project
from tests.hmis.enrollments.lives.filling import fill, query

#: Of years.
_AGES = (0, 1, 5, 12, 16, 17, 18, 20, 24, 35, 50, 61, 62, 80)
_YEAR = 365
#: Kinds of projects that PATH pays for.
_PATH = (4, 6)


@dataclass(slots=True)
class Life:
    """One household in one project. `open_of_ten`: of ten questions so many stay open on purpose;
    `of_veterans`: the head is one; `told`: what happened, for whoever reads a failure. Each step is a
    transaction, as it is for users."""

    user: User
    place: Project
    random: Random
    open_of_ten: int
    of_veterans: bool = False
    told: list[str] = field(default_factory=list)
    stays: list[int] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate()

    def chance(self, of_ten: int) -> bool:
        """Whether something happens that happens so often in ten."""
        return self.random.randrange(10) < of_ten

    def live(self) -> None:
        """From the start to the exit, or to today."""
        start = self.today - timedelta(days=self.random.choice((0, 3, 40, 200, _YEAR, _YEAR + 10, 700)))
        people = self._people(start)
        late = people.pop() if len(people) > 2 and self.chance(4) else None
        self.enroll(people, start)
        if self.chance(2):
            self.undo()
            self.stays = []
            self.enroll(people, start)
        if self.chance(3):
            start = self._another_start(start)
        if late is not None and start + timedelta(days=5) <= self.today:
            self.enroll([late], start + timedelta(days=5))
        end = min(self.today, start + timedelta(days=self.random.choice((6, 30, _YEAR + 20, 800))))
        for pk in list(self.stays):
            self._between(pk, start + timedelta(days=6), end)
        if self.chance(3) and len(self.stays) > 1:
            self._another_head()
        if self.chance(8) and end >= start + timedelta(days=5):
            self._leave(end)

    # ------------------------------------------------------------------ steps

    def _step(self, what: str, do: Callable[[], Any]) -> Any:
        self.told.append(what)
        with acting(self.user):
            return do()

    def _people(self, on: date) -> list[tuple[Client, int]]:
        """One to four, the eldest the head; youth without an adult are each a household of their own."""
        first, *ages = sorted(self.random.choices(_AGES, k=self.random.randint(1, 4)), reverse=True)
        first = max(first, ADULT if self.of_veterans else 12)
        people = [(self._somebody(first, on, is_veteran=self.of_veterans), HEAD)]
        relations = [SPOUSE, *(code for code, _ in RELATIONS if code not in (SPOUSE, CHILD))]
        for age in ages if first >= ADULT else ():
            said = self.random.choice((CHILD, *relations) if age < first else relations)
            if said == SPOUSE and age < ADULT:
                said = CHILD
            if said == SPOUSE:
                relations.remove(SPOUSE)
            people.append((self._somebody(age, on), said))
        assert not sentences(people, on)  # of which the page of a household speaks
        return people

    def _somebody(self, age: int, on: date, *, is_veteran: bool = False) -> Client:
        born = on - timedelta(days=round(age * 365.25) + self.random.randrange(300))
        asked = self.random.choice
        typed: dict[str, Any] = {
            "first_name": asked(("Ana", "Bo", "Çelik", "D'Arcy")),
            "last_name": asked(("Invented", "O’Nobody")), "sex": asked(("0", "1")),
            "birth_date": min(born, on).isoformat(),
            "ssn": asked(("078-05-1121", "4321", "")), "races": self.random.sample(RACES, asked((0, 1, 2))),
        }  # fmt: skip
        if age >= 18:
            typed["veteran_status"] = "1" if is_veteran else asked(("0", "1"))
        if not typed["ssn"]:
            typed["ssn_unknown"] = asked(("8", "9", ""))
        form = IdentityForm(query(typed), today=self.today)
        assert form.is_valid(), form.errors.as_json()
        add = partial(add_client, by=self.user, values=form.values)
        client: Client = self._step(f"somebody of {age}", add)
        return client

    def enroll(self, people: Sequence[tuple[Client, int]], start: date) -> None:
        """Enroll people; who comes later joins the household."""

        def do() -> None:
            made: list[cards.Card] = []

            def page(sent: QueryDict | None) -> list[Any]:
                whole = not self.stays
                made[:] = cards.cards(self.user, people, self.place, start, sent, is_whole=whole)
                return [one.form for one in made]

            fill(self.random, page, start, {}, self.open_of_ten)
            assert all(one.is_ready for one in made)
            household = Enrollment.objects.get(pk=self.stays[0]) if self.stays else None
            self.stays += [one.pk for one in enroll_household(
                by=self.user, members=cards.members(made), project=self.place, entry_date=start,
                household=household,
            )]  # fmt: skip

        self._step(f"{len(people)} enrolled on {start}", do)

    def _another_start(self, start: date) -> date:
        day = start + timedelta(days=self.random.choice((-3, -1, 1, 4)))
        if day > self.today:
            return start
        with acting(self.user):
            born = max(one.client.dob for one in self._members() if one.client.dob)
        if day < born:
            return start
        if not self.correct("start", {"day": day.isoformat(), "together": "on", "without_nights": "on"}):
            return start
        if self.chance(3):
            self.undo()
            return start
        return day

    def _another_head(self) -> None:
        with acting(self.user):
            old, *others = self._members()
            there = [one for one in others if one.entry_date == old.entry_date and _is_adult(one)]
        if not there:
            return
        new = self.random.choice(there)
        said = {"head": str(new.pk)}
        for one in (old, *others):
            if one.pk != new.pk:
                said[f"relation-{one.pk}"] = str(RELATIONS[-1][0])
        self.correct("head", said)

    def undo(self) -> None:
        """Take back what was done last."""
        self.correct("undo", {})

    def correct(self, what: str, said: dict[str, str]) -> bool:
        """Look at what would be changed, then change it; not another start of which something is said."""

        def do() -> bool:
            with_removed = Enrollment.objects.select_related("client", "project").get(pk=self.stays[0])
            form = FORMS[what](query(said), user=self.user, enrollment=with_removed)
            assert form.is_valid(), form.errors.as_json()
            plan = form.plan()
            assert not plan.impossible, plan.impossible
            if what == "start" and plan.notes:
                return False
            carry_out(
                by=self.user, household=form.household, planned=form.plan, seen=plan.token, what=what,
                **form.details,
            )  # fmt: skip
            return True

        return bool(self._step(f"{what} {said}", do))

    def _between(self, pk: int, first: date, last: date) -> None:
        for point in points.POINTS:
            if first <= last and self.chance(3):
                self._step(f"{point.slug} of {pk}", partial(self._point, pk, point, self._day(first, last)))
        if first <= last and self.chance(6):
            self._step(f"update of {pk}", partial(self._stage, pk, UPDATE, self._day(first, last)))
            if self.chance(2):
                self.undo()
        with acting(self.user):
            since = stages.household_start(self.user, self._stay(pk))
        if since is not None and first <= since + timedelta(days=_YEAR) <= last and self.chance(8):
            self._step(f"annual of {pk}", partial(self._stage, pk, ANNUAL, since + timedelta(days=_YEAR)))
        if self.chance(4):
            self._step(f"start of {pk} corrected", partial(self._answers, pk))

    def _leave(self, end: date) -> None:
        with acting(self.user):
            members = self._members()
        for one in members if self.place.project_type in _PATH else ():  # HUD demands it by the exit (P3)
            if one.date_of_path_status is None:
                do = partial(self._point, one.pk, points.BY_SLUG["path"], one.entry_date)
                self._step(f"path of {one.pk} at last", do)
        if len(members) > 1 and self.chance(6):
            self._exit_together(members, end)
        else:
            for one in (*members[1:], members[0]):
                self._exit(one.pk, end)
        if self.chance(2):
            self.correct("reopen", {"whole": "on", "reason": "mistake"})
            if self.chance(5):
                self.undo()
            else:
                return
        for one in members:
            self._step(f"after the exit of {one.pk}", partial(self._stage, one.pk, POST_EXIT, end))

    # ------------------------------------------------------------------ forms

    def _point(self, pk: int, point: Point, day: date) -> None:
        made: list[PointForm] = []

        def page(sent: QueryDict | None) -> list[Any]:
            stay = self._stay(pk)
            made[:] = [PointForm(sent, user=self.user, enrollment=stay, point=point, day=day)]
            return made

        if not page(None)[0].questions:
            return
        fill(self.random, page, day, {field_name(point.day): day.isoformat()}, self.open_of_ten)
        (form,) = made
        actions.record_point(
            by=self.user, enrollment=self._stay(pk), point=point, day=day,
            values=form.answered.records.get(point.file, {}), version=form.version,
        )  # fmt: skip

    def _stage(self, pk: int, stage: str, day: date) -> None:
        made: list[StageForm] = []
        fixed = {"information_date": day.isoformat()}

        def page(sent: QueryDict | None) -> list[Any]:
            made[:] = [StageForm(sent, user=self.user, enrollment=self._stay(pk), stage=stage, day=day)]
            return made

        if not page(None)[0].questions or stages.why_not(self.user, self._stay(pk), stage, day):
            return
        fill(self.random, page, day, fixed, min(self.open_of_ten, 8))
        (form,) = made
        actions.record_stage(
            by=self.user, enrollment=self._stay(pk), stage=stage, day=day, records=form.answered.records,
            disabling=form.disabling(), unchanged=form.unchanged(), right=form.right,
        )  # fmt: skip

    def _answers(self, pk: int) -> None:
        """Other answers of the start."""
        made: list[CorrectForm] = []
        stay = self._stay(pk)
        day = stay.entry_date
        assert day is not None

        def page(sent: QueryDict | None) -> list[Any]:
            stored = stored_of(self.user, stay, "start", day)
            made[:] = [CorrectForm(
                sent, user=self.user, enrollment=stay, stage="start", day=day, stored=stored
            )]  # fmt: skip
            return made

        fill(self.random, page, day, {}, self.open_of_ten)
        (form,) = made
        actions.correct_stage(
            by=self.user, enrollment=stay, stage="start", day=day, changes=form.changes(),
            records=form.answered.records, kinds=form.kinds, version=form.version, right=form.right,
        )  # fmt: skip

    def _exit_together(self, members: Sequence[Enrollment], day: date) -> None:
        def do() -> None:
            made: list[cards.Card] = []

            def page(sent: QueryDict | None) -> list[Any]:
                made[:] = of_household.cards(self.user, members, "exit", day, sent)
                if sent is not None:
                    look_together([one.form for one in made], is_whole=False)
                return [one.form for one in made]

            fill(self.random, page, day, {}, self.open_of_ten)
            exit_household(by=self.user, exit_date=day, leaving=[
                Leaving(one.enrollment, one.form.answered.records, one.form.right)
                for one in made if one.enrollment is not None
            ])  # fmt: skip

        self._step(f"all leave on {day}", do)

    def _exit(self, pk: int, day: date) -> None:
        def do() -> None:
            made: list[ExitForm] = []
            stay = self._stay(pk)

            def page(sent: QueryDict | None) -> list[Any]:
                made[:] = [ExitForm(sent, user=self.user, enrollment=stay)]
                return made

            fill(self.random, page, day, {"exit_date": day.isoformat()}, self.open_of_ten)
            (form,) = made
            exit_stay(
                by=self.user, enrollment=stay, exit_date=day, records=form.answered.records, right=form.right
            )

        self._step(f"exit of {pk} on {day}", do)

    # ------------------------------------------------------------------ what there is

    def _stay(self, pk: int) -> Enrollment:
        rows = Enrollment.objects.restrict(self.user).select_related("client", "project")
        found: Enrollment = rows.get(pk=pk)
        return found

    def _members(self) -> list[Enrollment]:
        """The head first."""
        found = [self._stay(pk) for pk in self.stays]
        return sorted(found, key=lambda one: one.relationship_to_hoh != HEAD)

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, (last - first).days))


def _is_adult(stay: Enrollment) -> bool:
    born, first = stay.client.dob, stay.entry_date
    return born is not None and first is not None and years_old(born, first) >= ADULT
