from hearth.hmis.clients.models.client import Client
from hearth.hmis.clients.models.contact import Contact, ContactKind, SpokenLanguage
from hearth.hmis.clients.models.family import FamilyTie, Kinship
from hearth.hmis.clients.models.not_the_same import NotTheSame
from hearth.hmis.clients.models.other_name import NameKind, OtherName
from hearth.hmis.clients.models.recent import RecentClient
from hearth.hmis.clients.models.restriction import Restriction

__all__ = [
    "Client",
    "Contact",
    "ContactKind",
    "FamilyTie",
    "Kinship",
    "NameKind",
    "NotTheSame",
    "OtherName",
    "RecentClient",
    "Restriction",
    "SpokenLanguage",
]
