"""Who may do what, on one page. A role is a class; its description is what administrators read.

A grant (`models/grant.py`) gives a role to a user in one scope, over a time. The database reads the same
permissions (`rights_sql.py`), which are brought there after every migration.
"""

from typing import ClassVar

from hearth.hmis.access.comparable import permitted
from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.requirements import AgencyAgreement, PrivacyTraining, Requirement, UserAgreement
from hearth.hmis.access.scopes import (
    CocScope,
    FundingScope,
    OrganizationScope,
    ProjectGroupScope,
    ProjectScope,
    Scope,
    StateScope,
)


class Role:
    """Base of all roles. `code` is stored in a grant and never changes."""

    code: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str]
    #: The kinds of scope that it may be given in.
    scopes: ClassVar[tuple[type[Scope], ...]]
    permissions: ClassVar[frozenset[Permission]]
    #: What must be met before its grants count. A system administrator can meet all of theirs alone, so that
    #: nobody is shut out for good.
    requires: ClassVar[tuple[type[Requirement], ...]] = (UserAgreement, PrivacyTraining)


class HmisUser(Role):
    code = "hmis_user"
    name = "HMIS user"
    description = (
        "Works for one or more organizations or projects. Finds every client by name, and sees enrollments "
        "and what hangs on them only of the own projects, or where the client shares them. Makes reports and "
        "exports of the own projects."
    )
    scopes = (OrganizationScope, ProjectScope, ProjectGroupScope)
    requires = (UserAgreement, PrivacyTraining, AgencyAgreement)
    permissions = frozenset(
        {
            Permission.CLIENT_VIEW,
            Permission.CLIENT_SEARCH,
            Permission.CLIENT_EDIT,
            Permission.CLIENT_ACCOUNT_VIEW,
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


class AgencyAdministrator(Role):
    code = "agency_administrator"
    name = "Agency administrator"
    description = (
        "Everything an HMIS user of the organization may do. Adds the organization's users, gives and ends "
        "their grants, and helps with passwords, second steps and sessions."
    )
    scopes = (OrganizationScope,)
    requires = HmisUser.requires
    permissions = HmisUser.permissions | {
        Permission.USER_EDIT,
        Permission.CLIENT_RESTRICT,
        Permission.PROJECT_NAME_PROTECT,
    }


#: For whoever reads figures, and nobody behind them.
_FIGURES_ALONE = frozenset(
    {
        Permission.PROJECT_VIEW,
        Permission.REGION_VIEW,
        Permission.REPORT_VIEW,
        Permission.REPORT_RUN,
        Permission.REPORT_OF_SCOPE,
    }
)


class CocCoordinator(Role):
    code = "coc_coordinator"
    name = "CoC coordinator"
    description = (
        "Works for a Continuum of Care. Has reports made of everything in the CoC, and reads their figures "
        "without the people behind them; downloads the upload for HUD. Sees no client, no enrollment and no "
        "name, and searches for nobody."
    )
    scopes = (CocScope,)
    permissions = _FIGURES_ALONE | {Permission.REPORT_UPLOAD}


class LocalSystemAdministrator(Role):
    code = "local_system_administrator"
    name = "Local system administrator"
    description = (
        "Named by a Continuum of Care. Sees and changes what an HMIS user may, in every project that lists "
        "the CoC, and administers the users whose grants lie in those projects."
    )
    scopes = (CocScope,)
    permissions = (
        HmisUser.permissions
        | CocCoordinator.permissions
        | {
            Permission.USER_EDIT,
            Permission.CLIENT_RESTRICT,
            Permission.PROJECT_NAME_PROTECT,
        }
    )


class Funder(Role):
    code = "funder"
    name = "Funder"
    description = (
        "Pays for projects. Has reports made of everything in the projects with its funding, and reads their "
        "figures without the people behind them. Sees no client, no enrollment and no name, and searches for "
        "nobody."
    )
    scopes = (FundingScope,)
    permissions = _FIGURES_ALONE


class SystemAdministrator(Role):
    code = "system_administrator"
    name = "System administrator"
    description = (
        "Sees and changes everything: all clients, all organizations, users, imports, reports and logs."
    )
    scopes = (StateScope,)
    requires = (UserAgreement,)
    permissions = frozenset(Permission)


class Auditor(Role):
    code = "auditor"
    name = "Auditor"
    description = "Reads the access log: who saw, searched, imported and exported what. Sees no client data."
    scopes = (StateScope,)
    permissions = frozenset({Permission.ACCESS_LOG_VIEW, Permission.PROJECT_VIEW, Permission.REGION_VIEW})


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        HmisUser,
        AgencyAdministrator,
        CocCoordinator,
        LocalSystemAdministrator,
        Funder,
        SystemAdministrator,
        Auditor,
    )
}

for _role in ROLES.values():
    _role.permissions = permitted(_role.permissions)
