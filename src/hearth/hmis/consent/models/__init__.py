from hearth.hmis.consent.models.consent import Consent, ConsentTaking
from hearth.hmis.consent.models.document import ConsentDocument

__all__ = ["Consent", "ConsentDocument", "ConsentTaking"]
