"""Who sees what is recorded of a client beside HUD's columns."""

from django.db.models import Q

from hearth.hmis.access.row_policies import RowPolicy, Viewer
from hearth.hmis.clients.models.client import Client

KNOWN = "EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)"


class OfClient(RowPolicy):
    """Read like the client, by whoever works with clients; of a restricted client by those who know them.
    Old versions tell who wrote them, and are for administrators of the installation."""

    reads = f"(SELECT hearth_somewhere('client_view')) AND {KNOWN}"
    writes = f"(SELECT hearth_somewhere('client_edit')) AND {KNOWN}"
    removes = "false"
    history_reads = "(SELECT hearth_everywhere('client_edit'))"

    @staticmethod
    def visible(user: Viewer) -> Q:
        return Q(client__in=Client.objects.restrict(user).values("pk"))


class OfClientSearched(OfClient):
    """The same; the owner's functions keep the keys of the search from it."""

    owner_reads_all = True
