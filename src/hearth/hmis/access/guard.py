"""`@require(Permission.CLIENT_VIEW)` above a view, and how a view refuses by itself.

The implementation is in `audit`, whose own pages need it and may not import this application.
"""

from hearth.hmis.audit.guard import refuse, refuse_as_missing, require, require_one

__all__ = ["refuse", "refuse_as_missing", "require", "require_one"]
