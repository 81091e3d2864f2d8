"""Changing what Hearth knows about regions and organizations beyond HUD's columns.

Every change is kept in the history with who made it.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.organizations.models import Organization, Project, Region, RegionContact, TribalNation

CONTACT_FIELDS = frozenset({"role", "name", "organization", "email", "phone"})


@transaction.atomic
def add_contact(*, by: User, region: Region, values: dict[str, Any]) -> RegionContact:
    """Add a contact to a region. Raises PermissionDenied unless `by` may edit regions."""
    _check(by)
    return RegionContact.objects.create(region=region, created_by=by, updated_by=by, **_known(values))


@transaction.atomic
def change_contact(*, by: User, contact: RegionContact, values: dict[str, Any]) -> RegionContact:
    """Change a contact. An example that gets another name is an example no more."""
    _check(by)
    contact.is_example = contact.is_example and values.get("name", contact.name) == contact.name
    for name, value in _known(values).items():
        setattr(contact, name, value)
    contact.updated_by = by
    contact.updated_at = timezone.now()
    contact.save()
    return contact


@transaction.atomic
def remove_contact(*, by: User, contact: RegionContact) -> None:
    """Remove a contact; the history keeps what it was."""
    _check(by)
    contact.delete()


@transaction.atomic
def set_nation(*, by: User | None, organization: Organization, nation: TribalNation | None) -> None:
    """Say which tribal nation runs an organization, or that none does.

    HUD has no column for it, so an import neither brings nor changes it. `by`: None for the
    installation itself. Raises PermissionDenied unless `by` may edit projects.
    """
    if by is not None and not by.may(Permission.PROJECT_EDIT):
        raise PermissionDenied
    organization.tribal_nation = nation
    organization.updated_by = by
    organization.updated_at = timezone.now()
    organization.save(update_fields=["tribal_nation", "updated_by", "updated_at"])


@transaction.atomic
def set_confidential_name(*, by: User, project: Project, is_confidential: bool | None) -> None:
    """Say whether a project's name is confidential; None: as its organization. Raises PermissionDenied unless
    `by` may say so of this project; the database refuses it too."""
    if not by.may(Permission.PROJECT_NAME_PROTECT, project=project.pk):
        raise PermissionDenied
    project.name_is_confidential = is_confidential
    project.updated_by = by
    project.updated_at = timezone.now()
    project.save(update_fields=["name_is_confidential", "updated_by", "updated_at"])


def _check(by: User) -> None:
    if not by.may(Permission.REGION_EDIT):
        raise PermissionDenied


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - CONTACT_FIELDS
    if unknown:
        raise ValueError(f"Not a field of a contact: {', '.join(sorted(unknown))}")
    return values
