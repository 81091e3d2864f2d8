"""docs/security/model.md names every role and scope there is, and only files that are there."""

import re
from pathlib import Path

from hearth.hmis.access.roles import ROLES
from hearth.hmis.access.scopes import SCOPES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security" / "model.md").read_text(encoding="utf-8")


def test_every_role_and_scope_is_described() -> None:
    rows = {line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("|")}
    assert {role.name for role in ROLES.values()} <= rows
    assert {scope.name for scope in SCOPES.values()} <= rows


def test_the_files_that_it_names_are_there() -> None:
    names = set(re.findall(r"`([a-z_/0-9]+\.(?:py|sql))`", PAGE))
    assert len(names) > 8
    for name in names:
        found = list((ROOT / "src" / "hearth" / "hmis").glob(f"**/{name}")) + list(ROOT.glob(f"**/{name}"))
        assert found or list((ROOT / "tests").glob(f"**/{name}")), name
