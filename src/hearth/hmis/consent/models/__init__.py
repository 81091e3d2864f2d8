from hearth.hmis.consent.models.consent import Consent, ConsentTaking
from hearth.hmis.consent.models.document import ConsentDocument
from hearth.hmis.consent.models.sealed_file import SealedFile

__all__ = ["Consent", "ConsentDocument", "ConsentTaking", "SealedFile"]
