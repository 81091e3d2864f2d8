"""Invented people and places for tests. Each function makes one row and returns it.

Rows of client data are written under row-level security like everywhere: call them inside
`acting(administrator)`, or use the fixture `as_administrator`.
"""

import json
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import Auditor, HmisUser, Role, SystemAdministrator
from hearth.hmis.access.scopes import OrganizationScope, Scope, StateScope
from hearth.hmis.clients.models import Client, Restriction
from hearth.hmis.enrollments.models import Enrollment
from hearth.hmis.organizations.models import DataSource, Organization, Project

_numbers = count(1)
PASSWORD = "correct horse battery staple"
WHEN = datetime(2026, 1, 5, 9, 30)


def make_user(role: type | None = None, *organizations: Organization, **fields: Any) -> User:
    """A user with one role; an HMIS user for each of `organizations`. Without a password (hashing is slow
    on purpose): tests use `force_login`, or give `password=PASSWORD`."""
    number = next(_numbers)
    fields.setdefault("email", f"person{number}@example.org")
    fields.setdefault("display_name", f"Person {number}")
    user = User.objects.create_user(**fields)
    if role is HmisUser:
        for organization in organizations:
            give_role(user, role, organization)
    elif role is not None:
        give_role(user, role)
    return user


def give_role(user: User, role: type[Role], organization: Organization | None = None) -> int:
    """A grant from today on, in the organization or everywhere."""
    return give_grant(user, role, OrganizationScope(organization.pk) if organization else StateScope())


def give_grant(user: User, role: type[Role], scope: Scope, **fields: Any) -> int:
    """A grant past the policy that lets only administrators give them (`tests.testdatabase`); its id.

    `fields`: `begins_on`, `ends_on`, `reason`. The user's rights are read anew afterwards.
    """
    stored = {"user_id": user.pk, "role": role.code, **scope.values(), **fields}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests_give_grant(%s)", [json.dumps(stored, default=str)])
        made: int = cursor.fetchone()[0]
    user.__dict__.pop("rights", None)
    return made


def end_grants(user: User) -> None:
    """All grants of a user are over, past the policies. Their rights are read anew afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests_end_grants(%s)", [user.pk])
    user.__dict__.pop("rights", None)


def take_rights(monkeypatch: Any, *permissions: Permission) -> None:
    """Nobody holds these permissions for the length of a test: as if a role without them was given."""
    read = User.rights.func

    def rights(user: User) -> dict[Permission, Any]:
        if "kept_rights" not in user.__dict__:
            held = read(user).items()
            user.__dict__["kept_rights"] = {one: where for one, where in held if one not in permissions}
        return user.__dict__["kept_rights"]

    monkeypatch.setattr(User, "rights", property(rights))


def works_for(user: User) -> int:
    """The organization of a user's only grant of one."""
    with acting(user):
        organization: int = user.grants_now.get(scope="organization").organization_id
    return organization


def make_administrator(**fields: Any) -> User:
    return make_user(SystemAdministrator, **fields)


def make_hmis_user(*organizations: Organization, **fields: Any) -> User:
    return make_user(HmisUser, *organizations, **fields)


def make_auditor(**fields: Any) -> User:
    return make_user(Auditor, **fields)


def make_source(**fields: Any) -> DataSource:
    return DataSource.objects.create(name=fields.pop("name", f"Source {next(_numbers)}"), **fields)


def record(**fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    if "data_source" not in fields:
        fields["data_source"] = DataSource.objects.get_or_create(name="Test source")[0]
    fields.setdefault("hud_id", f"T{number}")
    fields.setdefault("date_created", WHEN)
    fields.setdefault("date_updated", WHEN)
    return fields


def make_organization(**fields: Any) -> Organization:
    fields.setdefault("organization_name", f"Invented Agency {next(_numbers)}")
    return Organization.objects.create(**record(**fields))


def make_project(organization: Organization | None = None, **fields: Any) -> Project:
    fields.setdefault("project_name", f"Invented Project {next(_numbers)}")
    fields.setdefault("project_type", 0)
    fields.setdefault("operating_start_date", date(2020, 1, 1))
    fields.setdefault("continuum_project", 1)
    return Project.objects.create(organization=organization or make_organization(), **record(**fields))


def make_client(**fields: Any) -> Client:
    fields.setdefault("first_name", "Invented")
    fields.setdefault("last_name", f"Person{next(_numbers)}")
    fields.setdefault("name_data_quality", 1)
    fields.setdefault("dob", date(1990, 4, 1))
    fields.setdefault("dob_data_quality", 1)
    return Client.objects.create(**record(**fields))


def make_enrollment(
    client: Client | None = None, project: Project | None = None, **fields: Any
) -> Enrollment:
    fields.setdefault("entry_date", date(2026, 1, 5))
    fields.setdefault("relationship_to_hoh", 1)
    fields.setdefault("household_id", f"H{next(_numbers)}")
    return Enrollment.objects.create(
        client=client or make_client(), project=project or make_project(), **record(**fields)
    )


def restrict(client: Client, **fields: Any) -> Restriction:
    """A restriction from today on, set by whoever acts. The client's mark is read anew."""
    fields.setdefault("begins_on", timezone.localdate())
    fields.setdefault("reason", "Somebody looks for this person")
    made = Restriction.objects.create(client=client, **fields)
    client.refresh_from_db(fields=["is_restricted"])
    return made


def lift_restrictions(client: Client) -> None:
    """All restrictions of a client that the acting user may end are ended."""
    for one in Restriction.objects.filter(client=client, ended_at=None):
        one.end_reason = "Over"
        one.save(update_fields=["end_reason"])
