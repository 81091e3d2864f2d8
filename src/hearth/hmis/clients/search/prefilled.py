"""What a search said of a person who is added after it: the first answers of the identity form."""

import re

from hearth.hmis.clients.search.names import words
from hearth.hmis.clients.search.question import Question
from hearth.hmis.ui import formats


def prefilled(text: str, asked: Question) -> dict[str, str]:
    """Initial values of `intake.identity.IdentityForm`; what is not clear is left empty.

    A last name stands last, or first with a comma behind it. Names typed in small letters get capitals.
    """
    tokens = [one for one in re.split(r"[\s,;]+", text) if words(one) and set(words(one)) <= set(asked.names)]
    names = [one.capitalize() if one == one.lower() else one for one in tokens]
    if re.match(r"\s*[^\s,]+\s*,", text) and len(names) > 1:
        names = [*names[1:], names[0]]
    values = {"first_name": names[0] if names else "", "last_name": names[-1] if len(names) > 1 else ""}
    values["middle_name"] = " ".join(names[1:-1])
    birth = asked.birth
    if birth is not None and birth.is_day:
        values["birth_date"] = formats.in_a_field(birth.first)
    elif birth is not None and birth.first.month == birth.last.month:
        values["birth_date"] = f"{birth.first.month}/{birth.first.year}"
    # Four figures alone may be a year as well.
    if asked.ssn or (asked.last4 and (birth is None or birth.is_day)):
        values["ssn"] = asked.ssn or asked.last4
    return {field: value for field, value in values.items() if value}
