from hearth.hmis.consent.models.document import ConsentDocument

__all__ = ["ConsentDocument"]
