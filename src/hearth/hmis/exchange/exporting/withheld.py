"""Fields that the user may not see (`access/field_rights.py`): blank in an export, counted and said.

Where HUD has a code for an answer that nobody gives (data quality 99), every row says it, so that a blank
tells nothing of its own; what is counted is rows, not values. An export holds records of several
organizations: what is missing in one of them is blank in all of it.
"""

from hearth.hmis.access import field_rights
from hearth.hmis.access.field_rights import FieldRight
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.hud import ssn
from hearth.reporting import engine
from hearth.reporting.engine import Connection, name

#: SSNDataQuality of a part of the number (list 3.02.1).
_PART_OF_SSN = 2


def withhold(tables: Connection, user: User) -> dict[str, int]:
    """Take what this user may not see out of the gathered files, all of whose cells are text; returns in how
    many rows each column ("File.Column") is withheld."""
    lost = field_rights.all_missing(user)
    found: dict[str, int] = {}
    for right in field_rights.field_rights():
        if right.permission in lost:
            for hud in sorted(right.written):
                found[hud] = _withhold(tables, right, hud)
    if not may_tell_whole_ssns(user) and Permission.SSN_LAST_FOUR_VIEW not in lost:
        found["Client.SSN"] = _count(tables, "Client", "SSN IS NOT NULL")
        tables.execute(f"UPDATE \"Client\" SET SSNDataQuality = '{_PART_OF_SSN}' WHERE SSN IS NOT NULL")
    return {hud: count for hud, count in found.items() if count}


def may_tell_whole_ssns(user: User) -> bool:
    """Whether whole SSNs go out; else the last four of them."""
    return Permission.SSN_REVEAL not in field_rights.all_missing(user)


def last_four(number: str) -> str:
    """An SSN with its last four alone, as HUD writes a part of one: xxxxx6789."""
    text = ssn.normalized(number)
    known = text[:4] if len(text) > 9 else text[-4:]  # a hashed one begins with them
    return known.rjust(9, "x")


def _withhold(tables: Connection, right: FieldRight, hud: str) -> int:
    file, _, column = hud.partition(".")
    of = f"DisabilityType = '{field_rights.HIV}'" if hud in field_rights.OF_HIV_ROWS else "TRUE"
    value = f"'{right.instead[hud]}'" if hud in right.instead else "NULL"
    tables.execute(f"UPDATE {name(file)} SET {name(column)} = {value} WHERE {of}")
    return _count(tables, file, of)


def _count(tables: Connection, file: str, where: str) -> int:
    return int(engine.scalar(tables, f"SELECT count(*) FROM {name(file)} WHERE {where}"))
