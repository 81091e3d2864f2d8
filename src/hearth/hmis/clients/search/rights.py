"""What of a search somebody may ask: nobody is found by a field that they may not see."""

from dataclasses import replace

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.access.permissions import Permission
from hearth.hmis.clients.search.question import Question


def allowed(user: User, asked: Question) -> tuple[Question, list[str]]:
    """The question without what the user may not ask, and what that is called, whoever it would find.

    Of all of an SSN the last four are asked for who may see those alone; four figures that may be a year or
    the end of an SSN are asked as what is left.
    """
    lost = field_rights.all_missing(user)
    unasked = []
    if asked.names and Permission.CLIENT_NAME_VIEW in lost:
        asked = replace(asked, names=())
        unasked.append("name")
    if asked.birth and Permission.DOB_VIEW in lost:
        asked = replace(asked, birth=None)
        unasked.append("birth date")
    if (asked.ssn or asked.last4) and Permission.SSN_LAST_FOUR_VIEW in lost:
        asked = replace(asked, ssn="", last4="")
        unasked.append("Social Security number")
    if asked.ssn and Permission.SSN_REVEAL in lost:
        asked = replace(asked, ssn="")
        unasked.append("more than the last four of an SSN")
    return asked, unasked
