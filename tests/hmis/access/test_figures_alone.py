"""Roles that read figures and see nobody: CoC coordinators and funders."""

import pytest

from hearth.hmis.access.permissions import Permission
from hearth.hmis.access.roles import ROLES, CocCoordinator, Funder, Role

#: What would show them a person, or somebody's record.
OF_PEOPLE = {
    one
    for one in Permission
    if one.startswith(("client_", "ssn_", "dob_", "hiv_", "dv_", "enrollment_", "data_", "finding_"))
} | {Permission.ACCESS_LOG_VIEW, Permission.USER_EDIT}


@pytest.mark.parametrize("role", [CocCoordinator, Funder])
def test_they_may_do_nothing_with_people(role: type[Role]) -> None:
    assert len(OF_PEOPLE) > 12
    assert not role.permissions & OF_PEOPLE
    assert Permission.REPORT_VIEW in role.permissions
    assert ROLES[role.code] is role
    assert "no client" in role.description
