"""What is asked when somebody is enrolled, and what follows from the answers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.intake.birth import years_old
from hearth.hmis.clients.intake.identity import ADULT
from hearth.hmis.clients.models import Client
from hearth.hmis.enrollments.checks.form import CheckedForm
from hearth.hmis.enrollments.checks.looked_at import START_STAGE, Entered
from hearth.hmis.enrollments.disabling import DISABLING, disabling_condition
from hearth.hmis.enrollments.last_answers import LastAnswers, with_last
from hearth.hmis.hud.answers import not_collected
from hearth.hmis.hud.display import coc_words
from hearth.hmis.hud.names import python_name
from hearth.hmis.hud.questions import Section
from hearth.hmis.organizations.choices import cocs_of
from hearth.hmis.organizations.form_project import form_project
from hearth.hmis.organizations.models import Project
from hearth.standards import load
from hearth.standards.form import Project as FormProject
from hearth.standards.form import Question, questions
from hearth.standards.gates import Answers
from hearth.standards.load import MODEL_YEAR

STAGE = "start"
HEAD = int(load(MODEL_YEAR).list("3.15.1").names["HEAD"])
NIGHT_BY_NIGHT = int(load(MODEL_YEAR).list("2.02.6").names["ES_NBN"])
#: Never offered from before: asked alone, each time.
_ASKED_ANEW = frozenset({"4.11"})
#: Of the client's record, asked with the first stay that asks it: military service, of veterans.
SERVICE = "V1"
_SERVICE = {
    python_name(one.column.name): not_collected(one.name) if one.column.list else None
    for one in load(MODEL_YEAR).element(SERVICE).asks
}
_IS_VETERAN = int(load(MODEL_YEAR).list("1.8").names["YES"])
#: Said elsewhere on the page, or worked out.
_ELSEWHERE = ("Enrollment.EntryDate", "Enrollment.RelationshipToHoH", "Enrollment.EnrollmentCoC")


def person_of(client: Client, relationship: int, on: date) -> str:
    """hoh_adult, hoh_child, adult or child. Of unknown age a head is an adult and a member a child (P28)."""
    is_head = relationship == HEAD
    is_adult = is_head if client.dob is None else years_old(client.dob, on) >= ADULT
    return ("hoh_" if is_head else "") + ("adult" if is_adult else "child")


class StartForm(CheckedForm):
    """The questions at the start of a stay. `disabling_because`: what makes the disabling condition.

    `asks`: the project as a form sees it on that day, where the caller has it for several people already;
    `last`: what was answered in earlier stays, which the form offers.
    """

    def __init__(
        self,
        *args: Any,
        user: User,
        client: Client,
        place: Project,
        start: date,
        relationship: int,
        asks: FormProject | None = None,
        last: LastAnswers | None = None,
        **kwargs: Any,
    ) -> None:
        self.user, self.client, self.place = user, client, place
        self.start, self.relationship, self._last = start, relationship, last
        self._asks_service = (
            is_veteran(client) and not is_service_recorded(client) and user.may(Permission.CLIENT_EDIT)
        )
        super().__init__(
            *args,
            project=asks or form_project(place, start),
            stage=STAGE,
            person=person_of(client, relationship, start),
            known=known_of(client),
            **kwargs,
        )
        self.disabling_because: list[str] = []
        cocs = cocs_of(place) if relationship == HEAD else []
        self._only_coc = cocs[0] if len(cocs) == 1 else None
        if len(cocs) > 1:
            choices = [("", "Choose one"), *((one, coc_words(one)) for one in cocs)]
            self.fields["coc"] = forms.ChoiceField(label="CoC of this stay", choices=choices)

    def asked(self, answers: Answers | None = None) -> tuple[Question, ...]:
        """With military service, where nothing of it is recorded yet."""
        found = super().asked(answers)
        if self._asks_service:
            found += questions(load(MODEL_YEAR), self.project, "record", self.person, answers, only=SERVICE)
        return found

    def kept(self, asked: list[Question]) -> list[Question]:
        """Without what stands elsewhere, what is not for this user, and what follows from other answers."""
        found = [one for one in asked if one.name not in _ELSEWHERE and not is_withheld(self.user, one.name)]
        if any(one.column.file == "Disabilities" for one in found):
            found = [one for one in found if one.name != DISABLING]
        return found

    @property
    def sections(self) -> Iterator[Section]:
        """The questions by element, each with what was answered to it last."""
        yield from with_last(self, super().sections, self._last, _ASKED_ANEW)

    def clean(self) -> dict[str, Any]:
        """Add what follows: the CoC of the head (3.16), and the disabling condition where its parts are asked
        (3.08)."""
        said = super().clean()
        enrollment = self.answered.records.setdefault("Enrollment", {})
        enrollment["EnrollmentCoC"] = said.get("coc") or self._only_coc
        if not any(one.name == DISABLING for one in self.questions):
            code, self.disabling_because = disabling_condition(self.answered.records)
            enrollment["DisablingCondition"] = code
        return said

    def entered(self) -> Entered:
        """The start as checks look at it."""
        return Entered(
            client=self.client,
            project=self.place,
            records=self.answered.records,
            day=self.start,
            stage=START_STAGE,
            entry_date=self.start,
            relationship=self.relationship,
        )


def known_of(client: Client) -> dict[str, str | None]:
    """Earlier answers on which questions hang."""
    return {"Client.VeteranStatus": _text(client.veteran_status)}


def is_veteran(client: Client) -> bool:
    """Whether somebody is known to be a veteran."""
    return client.veteran_status == _IS_VETERAN


def is_service_recorded(client: Client) -> bool:
    """Whether anything is recorded of somebody's military service (V1)."""
    return any(getattr(client, name) not in (None, missing) for name, missing in _SERVICE.items())


def is_withheld(user: User, name: str) -> bool:
    """Whether a question's answers are not for a user to see, and so not for them to give."""
    column, _, row = name.partition("[")
    if row == f"{field_rights.HIV}]":
        return Permission.HIV_VIEW in field_rights.all_missing(user)
    return not field_rights.may_see(user, column)


def _text(code: int | None) -> str | None:
    return None if code is None else str(code)
