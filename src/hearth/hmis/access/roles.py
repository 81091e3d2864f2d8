"""Who may do what, on one page. A role is a class; its description is what administrators read.

The database says the same for rows of client data: `hearth_sees_all()`, `hearth_sees_clients()` and
`hearth_organizations()` (migration 0002) read the same memberships, and tests/hmis/access compares.
"""

from hearth.hmis.access.permissions import Permission


class Role:
    """Base of all roles. `code` is stored in a membership and never changes."""

    code: str
    name: str
    description: str
    #: Held for one organization at a time (True), or for the whole installation (False).
    per_organization: bool
    permissions: frozenset[Permission]


class SystemAdministrator(Role):
    code = "system_administrator"
    name = "System administrator"
    description = (
        "Sees and changes everything: all clients, all organizations, users, imports, reports and logs."
    )
    per_organization = False
    permissions = frozenset(Permission)


class HmisUser(Role):
    code = "hmis_user"
    name = "HMIS user"
    description = (
        "Works for one or more organizations. Finds every client by name, and sees enrollments and what "
        "hangs on them only of the own organizations, or where they were marked as shared. Makes reports "
        "of the projects of the own organizations."
    )
    per_organization = True
    permissions = frozenset(
        {
            Permission.CLIENT_VIEW,
            Permission.CLIENT_SEARCH,
            Permission.CLIENT_EDIT,
            Permission.CLIENT_NAME_VIEW,
            Permission.DOB_VIEW,
            Permission.SSN_LAST_FOUR_VIEW,
            Permission.SSN_REVEAL,
            Permission.HIV_VIEW,
            Permission.DV_VIEW,
            Permission.ENROLLMENT_VIEW,
            Permission.ENROLLMENT_EDIT,
            Permission.PROJECT_VIEW,
            Permission.REGION_VIEW,
            Permission.DATA_EXPORT,
            Permission.REPORT_VIEW,
            Permission.REPORT_RUN,
        }
    )


class Auditor(Role):
    code = "auditor"
    name = "Auditor"
    description = "Reads the access log: who saw, searched, imported and exported what. Sees no client data."
    per_organization = False
    permissions = frozenset({Permission.ACCESS_LOG_VIEW, Permission.PROJECT_VIEW, Permission.REGION_VIEW})


ROLES: dict[str, type[Role]] = {role.code: role for role in (SystemAdministrator, HmisUser, Auditor)}
