"""Rows that a user may not add are refused by each table's INSERT policy itself.

`INSERT … RETURNING` also asks the SELECT policy, and Django's own INSERT returns the id: a policy that lets
everything in would go unnoticed behind it. These rows are added without RETURNING, and where a row can be one
that SELECT would show to the user (a shared enrollment's), it is.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.roles import AgencyAdministrator
from hearth.hmis.access.row_policies import OfProject, Open
from hearth.hmis.consent.models import Consent
from hearth.hmis.coordinated_entry.models import Assessment
from hearth.hmis.enrollments.models import Draft, DraftAnswer, Enrollment
from hearth.hmis.enrollments.models.base import EnrollmentRecord
from hearth.hmis.organizations.models import ProjectGroup
from tests import factories

pytestmark = pytest.mark.django_db

OF_PROJECTS = [
    model for model in apps.get_models() if issubclass(getattr(model, "row_policy", Open), OfProject)
]
HISTORIES = [
    model
    for model in apps.get_models()
    if getattr(getattr(model, "pgh_tracked_model", None), "row_policy", Open) is not Open
]
#: Tables whose INSERT policy has a test of its own below.
OTHERS = {
    "clients_client", "clients_contact", "clients_familytie", "clients_notthesame", "clients_othername",
    "clients_recentclient", "clients_restriction", "clients_spokenlanguage",
    "audit_accesslog", "access_grant", "access_usecount", "access_requirementversion",
    "access_requirementmet",
    "consent_consent", "consent_consentdocument", "consent_consenttaking", "consent_sealedfile",
    "lists_keptview", "exchange_importrun", "exchange_exportrun", "exchange_keptrecord",
    "jobs_shareduse", "reports_reportrun",
    "organizations_projectgroup", "organizations_projectgroup_projects",
    "enrollments_casemanager", "enrollments_checkanswer", "enrollments_draft", "enrollments_draftanswer",
    "enrollments_formerclient",
}  # fmt: skip


#: Tables of what is said of a client beside HUD's columns, and what else a row of each needs.
OF_CLIENTS: dict[str, dict[str, object]] = {
    "clients_othername": {"kind": "alias", "name": "Kit"},
    "clients_spokenlanguage": {"language": "Somali", "needs_interpreter": False, "asked_on": "2026-11-30"},
}


class Place:
    """A user of one organization, and another organization's shared enrollment with an assessment."""

    def __init__(self, administrator: User) -> None:
        with acting(administrator):
            self.own, self.other = factories.make_organization(), factories.make_organization()
            self.projects = {
                organization.pk: factories.make_project(organization)
                for organization in (self.own, self.other)
            }
            self.stays = {
                pk: factories.make_enrollment(project=project, is_shared=True)
                for pk, project in self.projects.items()
            }
            self.assessments = {
                pk: Assessment.objects.create(**factories.record(enrollment=stay))
                for pk, stay in self.stays.items()
            }
            self.user = factories.make_hmis_user(self.own)
            self.source = self.stays[self.own.pk].data_source_id

    def row(self, model: type[models.Model], organization: int) -> dict[str, Any]:
        """What an INSERT must give for a shared row of that organization."""
        values: dict[str, Any] = {
            "data_source_id": self.source, "hud_id": "added", "organization_id": organization,
            "is_shared": True, "project_id": self.projects[organization].pk,
        }  # fmt: skip
        if model is Enrollment:
            values |= {"client_id": self.stays[organization].client_id}
        else:
            values["enrollment_id"] = self.stays[organization].pk
        if "assessment" in {field.name for field in model._meta.fields}:
            values["assessment_id"] = self.assessments[organization].pk
        return values


@pytest.fixture
def place(administrator: User) -> Place:
    return Place(administrator)


def add(table: str, values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values.values()))


def refused(doing: Callable[[], None]) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        doing()


@pytest.mark.parametrize("model", OF_PROJECTS, ids=lambda model: model.__name__)
def test_only_to_ones_own_organization(place: Place, model: type[models.Model]) -> None:
    table = model._meta.db_table
    with acting(place.user):
        refused(lambda: add(table, place.row(model, place.other.pk)))
        add(table, place.row(model, place.own.pk))
        assert model.objects.filter(hud_id="added").get().organization_id == place.own.pk
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(lambda: add(table, place.row(model, place.own.pk) | {"hud_id": "again"}))


@pytest.mark.parametrize("model", OF_PROJECTS, ids=lambda model: model.__name__)
def test_no_row_is_moved_to_another_organization(place: Place, model: type[models.Model]) -> None:
    """The same of UPDATE: neither theirs to the own organization, nor an own one out of it."""
    if issubclass(model, EnrollmentRecord):
        with acting(place.user):
            add(model._meta.db_table, place.row(model, place.own.pk))
            row = model.objects.get(hud_id="added")
            refused(lambda: model.objects.filter(pk=row.pk).update(enrollment=place.stays[place.other.pk].pk))
    with acting(place.user):
        theirs = model.objects.filter(organization_id=place.other.pk)
        assert theirs.update(percent_ami=1) == 0 if model is Enrollment else theirs.update(hud_id="x") == 0


@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model.__name__)
def test_old_versions_are_written_by_triggers_alone(place: Place, model: type[models.Model]) -> None:
    """Nobody invents what a record said before."""
    table = model._meta.db_table
    values: dict[str, Any] = {"pgh_created_at": "2026-01-01", "pgh_label": "before_change", "pgh_obj_id": 1}
    for field in model._meta.local_concrete_fields:
        if not field.null and field.column not in values and field.column != "pgh_id":
            kind = field.get_internal_type()
            values[field.column] = {
                "BooleanField": True,
                "DateTimeField": "2026-01-01",
                "DateField": "2026-01-01",
            }.get(kind, 1)
    if "organization_id" in values:
        values["organization_id"] = place.own.pk
    with acting(place.user):
        refused(lambda: add(table, values))


def test_clients_are_added_by_who_works_with_them(place: Place) -> None:
    values = {"data_source_id": place.source, "hud_id": "added"}
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(lambda: add("clients_client", values))
    with acting(place.user):
        add("clients_client", values)


def test_what_is_said_of_a_client_is_added_by_whoever_edits_those_they_know(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        hidden = factories.make_client()
        factories.restrict(hidden)
    one = next(iter(place.stays.values())).client_id
    for table, more in OF_CLIENTS.items():
        values = {"client_id": one, "added_by_id": place.user.pk} | more
        with acting(place.user):
            refused(lambda table=table, values=values: add(table, values | {"client_id": hidden.pk}))
            add(table, values)
        for nobody in (factories.make_auditor(), factories.make_user(), None):
            with acting(nobody):
                refused(lambda table=table, values=values: add(table, values))


def test_a_contact_is_added_in_ones_own_name_for_ones_own_organization(
    place: Place, administrator: User
) -> None:
    one = place.stays[place.own.pk].client_id
    values = {
        "client_id": one, "organization_id": place.own.pk, "added_by_id": place.user.pk, "kind": "phone",
        "value": "612 555 0142",
    }  # fmt: skip
    with acting(place.user):
        refused(lambda: add("clients_contact", values | {"organization_id": place.other.pk}))
        refused(lambda: add("clients_contact", values | {"added_by_id": administrator.pk}))
        add("clients_contact", values)
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(lambda: add("clients_contact", values))


def test_family_is_added_by_who_sees_stays_of_both_who_are_not_restricted(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        project = place.projects[place.own.pk]
        hidden = factories.make_enrollment(project=project).client
        factories.restrict(hidden)
        unseen = factories.make_enrollment(project=place.projects[place.other.pk]).client
        stranger = factories.make_client()
    one, other = (stay.client_id for stay in place.stays.values())
    values = {"client_id": one, "other_id": other, "added_by_id": place.user.pk, "kinship": "child"}
    with acting(place.user):
        for nobody in (hidden, unseen, stranger):
            refused(lambda nobody=nobody: add("clients_familytie", values | {"other_id": nobody.pk}))
            refused(lambda nobody=nobody: add("clients_familytie", values | {"client_id": nobody.pk}))
        refused(lambda: add("clients_familytie", values | {"added_by_id": administrator.pk}))
        add("clients_familytie", values)
    with acting(factories.make_auditor()):
        refused(lambda: add("clients_familytie", values))


def test_what_stays_against_an_import_is_said_by_imports_alone(place: Place, administrator: User) -> None:
    values = {"file": "Client", "record_id": 1, "kept_by_id": administrator.pk}
    for user in (administrator, place.user, None):
        with acting(user):
            refused(lambda: add("exchange_keptrecord", values))


def test_clients_are_told_apart_in_ones_own_name_of_those_one_may_know(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        hidden = factories.make_client()
        factories.restrict(hidden)
    one, other = (stay.client_id for stay in place.stays.values())
    values = {"client_id": one, "other_id": other, "said_by_id": place.user.pk}
    with acting(place.user):
        refused(lambda: add("clients_notthesame", values | {"said_by_id": administrator.pk}))
        refused(lambda: add("clients_notthesame", values | {"other_id": hidden.pk}))
        refused(lambda: add("clients_notthesame", values | {"client_id": hidden.pk}))
        add("clients_notthesame", values)
    auditor = factories.make_auditor()
    with acting(auditor):
        refused(lambda: add("clients_notthesame", values | {"said_by_id": auditor.pk}))


def test_checks_are_answered_in_ones_own_name_of_stays_of_ones_projects(
    place: Place, administrator: User
) -> None:
    own, foreign = place.stays.values()
    values = {"enrollment_id": own.pk, "check_id": "age_over_100", "values": "v", "said_by_id": place.user.pk}
    with acting(place.user):
        refused(lambda: add("enrollments_checkanswer", values | {"said_by_id": administrator.pk}))
        refused(lambda: add("enrollments_checkanswer", values | {"enrollment_id": foreign.pk}))
        add("enrollments_checkanswer", values)
    auditor = factories.make_auditor()
    with acting(auditor):
        refused(lambda: add("enrollments_checkanswer", values | {"said_by_id": auditor.pk}))


def test_clients_are_restricted_by_administrators_where_they_have_a_stay(
    place: Place, administrator: User
) -> None:
    stay = place.stays[place.other.pk]
    values = {
        "client_id": stay.client_id, "organization_id": place.own.pk, "reason": "x",
        "begins_on": "2026-01-01",
    }  # fmt: skip
    agency = factories.make_user()
    factories.give_role(agency, AgencyAdministrator, place.own)
    for user in (place.user, agency, factories.make_auditor(), None):
        with acting(user):
            refused(lambda: add("clients_restriction", values))
    factories.give_role(agency, AgencyAdministrator, place.other)
    with acting(agency):
        add("clients_restriction", values | {"organization_id": place.other.pk})


def test_only_to_ones_own_list_of_recent_clients(place: Place, administrator: User) -> None:
    client = place.stays[place.own.pk].client_id
    with acting(place.user):
        refused(lambda: add("clients_recentclient", {"user_id": administrator.pk, "client_id": client}))
        add("clients_recentclient", {"user_id": place.user.pk, "client_id": client})


def test_the_access_log_is_added_to_in_ones_own_name(place: Place, administrator: User) -> None:
    values = {"action": "searched", "subject": "", "details": "{}"}
    auditor = factories.make_auditor()  # who may read every row of it
    for user in (place.user, auditor):
        with acting(user):
            refused(lambda: add("audit_accesslog", values | {"user_id": administrator.pk}))
            add("audit_accesslog", values | {"user_id": user.pk})


def test_texts_that_are_signed_are_added_by_administrators_alone(place: Place, administrator: User) -> None:
    values = {"kind": "release", "language": "xx", "version": 1, "begins_on": "2026-01-01"}
    for user in (place.user, factories.make_auditor(), None):
        with acting(user):
            refused(lambda: add("consent_consentdocument", values))


def test_nobody_counts_for_somebody_else(place: Place, administrator: User) -> None:
    values = {"kind": "search", "began_at": "2026-01-01", "used": -1000}
    auditor = factories.make_auditor()  # who may read every count
    for user in (place.user, auditor):
        with acting(user):
            refused(lambda: add("access_usecount", values | {"user_id": administrator.pk}))
            add("access_usecount", values | {"user_id": user.pk})


def test_nobody_keeps_a_view_for_somebody_else(place: Place, administrator: User) -> None:
    values = {"list": "people", "name": "", "asked": "sort=name"}
    with acting(place.user):
        refused(lambda: add("lists_keptview", values | {"user_id": administrator.pk}))
        add("lists_keptview", values | {"user_id": place.user.pk})
    with acting(None):
        refused(lambda: add("lists_keptview", values | {"user_id": place.user.pk}))


def test_nobody_takes_an_answer_for_others(place: Place) -> None:
    """Of clients by who sees them, and in the name of one's own organization."""
    client = place.stays[place.own.pk].client_id
    consent = {"client_id": client, "choice": "share", "given_on": "2026-01-01", "form_version": ""}
    taking = {
        "opens": True, "applies": "all", "method": "", "language": "", "witness": "", "guardian": "",
        "signature_due": False,
    }  # fmt: skip
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(lambda: add("consent_consent", consent))
    with acting(place.user):
        add("consent_consent", consent)
        taking["consent_id"] = Consent.objects.get().pk
        theirs, nobodys = taking | {"organization_id": place.other.pk}, taking | {"organization_id": None}
        refused(lambda: add("consent_consenttaking", theirs))
        refused(lambda: add("consent_consenttaking", nobodys))
        add("consent_consenttaking", taking | {"organization_id": place.own.pk})


def test_a_file_is_stored_for_ones_own_organization(place: Place) -> None:
    client = place.stays[place.own.pk].client_id
    values = {
        "client_id": client, "purpose": "signature", "kind": "png", "size": 1, "sha256": "",
        "created_by_id": place.user.pk,
    }  # fmt: skip
    own = values | {"name": "a", "organization_id": place.own.pk}
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(
                lambda: add("consent_sealedfile", values | {"name": "a", "organization_id": place.own.pk})
            )
    with acting(place.user):
        theirs = values | {"name": "b", "organization_id": place.other.pk}
        refused(lambda: add("consent_sealedfile", theirs))
        add("consent_sealedfile", own)


def test_a_draft_is_begun_in_ones_own_name_and_project_of_a_client_one_may_know(
    place: Place, administrator: User
) -> None:
    with acting(administrator):
        hidden = factories.make_client()
        factories.restrict(hidden)
    own, other = place.stays[place.own.pk], place.stays[place.other.pk]
    values = {
        "kind": "exit", "client_id": own.client_id, "project_id": own.project_id, "enrollment_id": own.pk,
        "started_by_id": place.user.pk, "changed_by_id": place.user.pk, "expires_on": "2099-01-01",
    }  # fmt: skip
    wrong: list[dict[str, Any]] = [
        {"project_id": other.project_id, "enrollment_id": None},
        {"enrollment_id": other.pk},
        {"client_id": hidden.pk, "enrollment_id": None},
        {"started_by_id": administrator.pk},
    ]
    for nobody in (factories.make_auditor(), factories.make_user(), None):
        with acting(nobody):
            refused(lambda: add("enrollments_draft", values))
    with acting(place.user):
        for one in wrong:
            refused(lambda one=one: add("enrollments_draft", values | one))
        add("enrollments_draft", values)
        draft = Draft.objects.get()
    answer = {
        "draft_id": draft.pk, "client_id": own.client_id, "name": "x", "sealed": b"x", "version": 1,
        "changed_by_id": place.user.pk,
    }  # fmt: skip
    with acting(place.user):
        refused(lambda: add("enrollments_draftanswer", answer | {"client_id": hidden.pk}))
        refused(lambda: add("enrollments_draftanswer", answer | {"changed_by_id": administrator.pk}))
        add("enrollments_draftanswer", answer)
    elsewhere = factories.make_hmis_user(place.other)
    with acting(elsewhere):
        assert not Draft.objects.exists()
        assert not DraftAnswer.objects.exists()
        refused(lambda: add("enrollments_draftanswer", answer | {"changed_by_id": elsewhere.pk, "name": "y"}))


def test_grants_are_given_by_administrators_alone(place: Place, administrator: User) -> None:
    """What else decides is in test_grants.py."""
    values = {
        "user_id": place.user.pk, "role": "system_administrator", "scope": "state", "begins_on": "2026-01-01",
    }  # fmt: skip
    for user in (place.user, factories.make_auditor(), None):
        with acting(user):
            refused(lambda: add("access_grant", values))
    with acting(administrator):
        add("access_grant", values)


def test_what_is_required_and_who_met_it_is_written_by_administrators(
    place: Place, administrator: User
) -> None:
    """What else decides is in test_requirements.py."""
    version = {"kind": "user_agreement", "version": 2, "text": "", "accepts_from": 1}
    met = {"kind": "privacy_training", "version": 1, "user_id": place.user.pk, "met_on": "2026-01-01"}
    for user in (place.user, factories.make_auditor(), None):
        with acting(user):
            refused(lambda: add("access_requirementversion", version))
            refused(lambda: add("access_requirementmet", met))
    with acting(administrator):
        add("access_requirementversion", version)
        add("access_requirementmet", met)


def test_groups_of_projects_are_made_by_administrators_alone(place: Place, administrator: User) -> None:
    with acting(administrator):
        group = ProjectGroup.objects.create(name="Both")
    member = {"projectgroup_id": group.pk, "project_id": place.projects[place.own.pk].pk}
    for user in (place.user, factories.make_auditor(), None):
        with acting(user):
            refused(lambda: add("organizations_projectgroup", {"name": "Mine"}))
            refused(lambda: add("organizations_projectgroup_projects", member))
    with acting(administrator):
        add("organizations_projectgroup_projects", member)


@pytest.mark.parametrize(
    ("table", "more"),
    [
        ("exchange_importrun", {"findings_summary": "[]", "findings_file": ""}),
        ("exchange_exportrun", {}),
        ("reports_reportrun", {"report": "lsa", "result": "{}"}),
    ],
)
def test_nobody_starts_a_run_in_the_name_of_somebody_else(
    place: Place, administrator: User, table: str, more: dict[str, str]
) -> None:
    values: dict[str, Any] = dict.fromkeys(("file_name", "file", "sha256", "message"), "") | more
    values |= dict.fromkeys(("parameters", "progress", "counts"), "{}")
    for user in (place.user, factories.make_auditor()):
        with acting(user):
            refused(lambda: add(table, values | {"created_by_id": administrator.pk}))
            add(table, values | {"created_by_id": user.pk})


def test_nobody_notes_what_a_run_of_somebody_else_used(place: Place, administrator: User) -> None:
    values = {"kind": "reports_reportrun", "run_id": 1, "enrollments": "{}"}
    for user in (place.user, factories.make_auditor(), administrator):
        others = values | {"user_id": (administrator if user == place.user else place.user).pk}
        with acting(user):
            refused(lambda others=others: add("jobs_shareduse", others))
    with acting(place.user):
        add("jobs_shareduse", values | {"user_id": place.user.pk})


def test_every_insert_policy_is_tested_here_and_asks_something() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, with_check FROM pg_policies WHERE schemaname = 'public'"
            " AND cmd IN ('INSERT', 'ALL') AND permissive = 'PERMISSIVE'"
            # Tables without clients that are open to everybody, but for hearth_counts, which adds nothing.
            " AND policyname <> 'everybody'"
        )
        policies = cursor.fetchall()
    tested = {model._meta.db_table for model in [*OF_PROJECTS, *HISTORIES]} | OTHERS
    assert {table for table, _ in policies} <= tested
    assert {table for table, check in policies if check in (None, "true", "(true)")} == set()
    assert len(OF_PROJECTS) == 15
