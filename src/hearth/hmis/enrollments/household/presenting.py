"""Who presents together: as the address of a page has them, and what is said of them before it is written.

An address lists ids of clients with their relationship to the head, `11-12.3-13` (3: spouse or partner; 13 is
not said yet); names never stand in it. Back, reload and a second tab keep the list, and no table holds it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef

from hearth.hmis.access.models import User
from hearth.hmis.clients import queries as clients
from hearth.hmis.clients.family.queries import Relative, family_of
from hearth.hmis.clients.intake.birth import years_old
from hearth.hmis.clients.intake.identity import ADULT
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.models.family import Kinship
from hearth.hmis.enrollments import queries
from hearth.hmis.enrollments.models import Enrollment, Exit
from hearth.hmis.enrollments.start.choose import why_not_each
from hearth.hmis.enrollments.start.questions import HEAD
from hearth.hmis.organizations.models import Project
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

#: Larger households are entered in two goes.
MOST = 20
#: So many others are offered before anybody is searched for.
OFFERED = 8
_LIST = load(MODEL_YEAR).list("3.15.1")
CHILD, SPOUSE, OTHER_RELATIVE, NOT_RELATED = (
    int(_LIST.names[name]) for name in ("CHILD", "SPOUSE", "OTHER_RELATIVE", "NOT_RELATED")
)
#: What somebody of the head's family is to the head (3.15); any other kinship is another relation.
OF_FAMILY = {Kinship.CHILD: CHILD, Kinship.PARTNER: SPOUSE, Kinship.OTHER: NOT_RELATED}
#: The other way; nothing is proposed where more than one kinship fits.
AS_FAMILY = {CHILD: Kinship.CHILD, SPOUSE: Kinship.PARTNER, OTHER_RELATIVE: Kinship.RELATIVE}
#: What a member can be to the head.
RELATIONS = (
    (CHILD, "Child"),
    (SPOUSE, "Spouse or partner"),
    (OTHER_RELATIVE, "Other relation"),
    (NOT_RELATED, "Not related"),
)
RELATION_WORDS = {HEAD: "Head of household", **dict(RELATIONS)}
_CODES = frozenset(code for code, _ in RELATIONS)

#: (client, relationship to the head; None where that is not said yet)
Listed = tuple[int, int | None]


@dataclass(slots=True)
class Presenting:
    """One person who presents. `elsewhere`: where they are enrolled now, as far as the user may see;
    `refused`: what makes enrolling them impossible, in a sentence; `error`: that, or what is to be said."""

    client: Client
    relationship: int | None
    elsewhere: list[Enrollment] = field(default_factory=list)
    refused: str = ""
    error: str = ""

    @property
    def is_head(self) -> bool:
        return self.relationship == HEAD


def read(text: str, *, has_head: bool) -> list[Listed]:
    """The people of an address, each once; with a head, the first is it. What cannot be read is left out."""
    found: dict[int, int | None] = {}
    for part in text.split("-")[: 2 * MOST]:
        key, _, code = part.partition(".")
        if key.isascii() and key.isdigit() and len(key) < 19 and int(key):
            known = code.isascii() and code.isdigit() and len(code) < 3 and int(code) in _CODES
            found.setdefault(int(key), int(code) if known else None)
    listed = list(found.items())[:MOST]
    if has_head and listed:
        listed[0] = (listed[0][0], HEAD)
    return listed


def written(listed: Iterable[Listed]) -> str:
    """People as an address has them."""
    return "-".join(f"{key}.{code}" if code in _CODES else str(key) for key, code in listed)


def people(user: User, listed: Sequence[Listed], project: Project, day: date) -> list[Presenting]:
    """The people that the user may see, with where they are enrolled already; in the order listed."""
    found = clients.clients_of(user).filter(pk__in=[key for key, _ in listed], date_deleted=None).in_bulk()
    refused = why_not_each(user, found.values(), project, day)
    members = {
        key: Presenting(found[key], code, refused=refused.get(key, ("", ""))[1])
        for key, code in listed
        if key in found
    }
    over = Exit.objects.restrict(user).filter(enrollment=OuterRef("pk"), date_deleted=None)
    stays = Enrollment.objects.restrict(user).filter(
        ~Exists(over), client__in=list(members), date_deleted=None
    )
    for stay in stays.exclude(project=project).select_related("project").order_by("-entry_date", "pk"):
        members[stay.client_id].elsewhere.append(stay)
    return list(members.values())


def family(
    user: User, client: Client, head: int | None, listed: Iterable[int]
) -> list[tuple[Listed, Relative]]:
    """The client's standing family who are not listed yet, as far as the user sees stays of both, with what
    they are to the head where that is the client."""
    known = set(listed)
    found = {one.client.pk: one for one in family_of(user, client) if one.client.pk not in known}
    is_head = head == client.pk
    return [
        ((pk, OF_FAMILY.get(one.kinship, OTHER_RELATIVE) if is_head else None), one)
        for pk, one in found.items()
    ]


def offered(user: User, client: Client, listed: Iterable[int]) -> list[Client]:
    """Whom to offer before anybody is searched for: who was enrolled together with the client, then the
    clients opened last; as far as the user may see them."""
    together = [member.enrollment.client for stay in queries.stays_of(user, client) for member in stay.others]
    known = {one.pk: one for one in together + [one.client for one in clients.recent(user)]}
    left = [key for key in known if key not in set(listed) and key != client.pk][:OFFERED]
    alive = clients.clients_of(user).filter(pk__in=left, date_deleted=None).in_bulk()
    return [alive[key] for key in left if key in alive]


def sentences(members: Iterable[tuple[Client, int | None]], day: date) -> list[str]:
    """What is unusual in a household and may be a slip: said, and nobody is kept from it."""
    household = list(members)
    ages = {client.pk: _age(client, day) for client, _ in household}
    known = {key: age for key, age in ages.items() if age is not None}
    adults = [key for key, age in known.items() if age >= ADULT]
    said = []
    if len(household) > 1 and len(known) == len(household) and not adults:
        said.append(
            "There is no adult in this household. Add the adult who is with the children, if there is."
        )
    for client, relationship in household:
        age, head = ages[client.pk], _head(household)
        if relationship == HEAD and age is not None and age < ADULT and adults:
            said.append(
                f"The head is {age}, and an adult is in the household. See whether the head is right."
            )
        if relationship == CHILD and head and _is_older(client, head):
            said.append(
                "Somebody is named a child of the head, and is older. See whether the relationship is right."
            )
    if sum(relationship == SPOUSE for _, relationship in household) > 1:
        said.append("Two are named spouse or partner of the head. See whether both relationships are right.")
    return list(dict.fromkeys(said))


def _head(household: Iterable[tuple[Client, int | None]]) -> Client | None:
    return next((client for client, relationship in household if relationship == HEAD), None)


def _age(client: Client, day: date) -> int | None:
    return None if "dob" in client.withheld or client.dob is None else years_old(client.dob, day)


def _is_older(client: Client, head: Client) -> bool:
    known = all("dob" not in one.withheld and one.dob is not None for one in (client, head))
    return known and client.dob < head.dob
