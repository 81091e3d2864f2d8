"""A client's page: who the person is, with parts of other applications, and what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hearth.hmis.access import field_rights, limits
from hearth.hmis.access.guard import refuse_as_missing, require
from hearth.hmis.access.permissions import Permission
from hearth.hmis.audit import changes, pages
from hearth.hmis.clients import actions, page, queries, restrictions
from hearth.hmis.clients.account import NOT_ALL as ACCOUNT_NOT_ALL
from hearth.hmis.clients.account import NOT_LISTED, account_of
from hearth.hmis.clients.contact import queries as contacts
from hearth.hmis.clients.family import queries as families
from hearth.hmis.clients.identity import identity, written_out
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.other_names import queries as names
from hearth.hmis.clients.record_source import next_versions, record_sources
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.clients.views.search import stopped_or

#: Said of every history, whether something is left out of it or not.
NOT_ALL = (
    "Changes are listed where users of an organization wrote them in which you see an enrollment of this"
    " person. Other changes, if there are any, are not."
)

NONE = "There are none that you may see."


@require_safe
@require(Permission.CLIENT_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one client that this user may see."""
    client = _client(request, pk)
    actions.open_client(by=request.user, client=client)
    return render(request, "clients/detail.html", _context(request, client))


@require_POST
@require(Permission.CLIENT_VIEW, Permission.SSN_REVEAL)
def ssn(request: HttpRequest, pk: int) -> HttpResponse:
    """The SSN in full: as a part of the page for htmx, else the page with it. Written to the access log."""
    client = _client(request, pk)
    told: dict[str, str] = {}
    if stopped := limits.use(by=request.user, what=limits.SSNS):
        told["ssn_stopped"] = stopped
    else:
        told["shown_ssn"] = written_out(actions.reveal_ssn(by=request.user, client=client))
    if request.headers.get("HX-Request"):
        response = render(request, "clients/parts/ssn.html", {"client": client} | told)
    else:
        response = render(request, "clients/detail.html", _context(request, client) | told)
    return stopped_or(response, stopped)


@require_safe
@require(Permission.CLIENT_VIEW)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed in a client's record, when and by whom."""
    client = _client(request, pk)
    actions.open_client(by=request.user, client=client, page="client history")
    user = request.user
    kind = changes.Kind(
        "Client", "the client", queries.clients_of(user).filter(pk=pk), tells_first=user.sees_all
    )
    told = changes.history(
        user,
        [kind],
        withholds=field_rights.withholds,
        before=pages.before(request.GET),
        followers=next_versions,
    )
    context = pages.context(told, lambda _: request.path) | {
        "client": client,
        "eyebrow": full_name(client),
        "lead": "The identity of this person, as it was recorded before. The latest change comes first.",
        "note": "" if user.sees_all else NOT_ALL,
        "nothing": "The record is as it was first written." if user.sees_all else NONE,
    }
    return render(request, "clients/history.html", context)


@require_safe
@require(Permission.CLIENT_VIEW, Permission.CLIENT_ACCOUNT_VIEW)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Who looked at a client's record, to print for the client. Written to the access log like a look."""
    client = _client(request, pk)
    found = account_of(request.user, client)
    actions.open_client(by=request.user, client=client, page="client account")
    context = {
        "client": client,
        "account": found,
        "not_all": ACCOUNT_NOT_ALL,
        "not_listed": NOT_LISTED,
        "printed_at": timezone.now(),
    }
    return render(request, "clients/account.html", context)


def _client(request: HttpRequest, pk: int) -> Client:
    client = queries.client(request.user, pk)
    if client is None:
        refuse_as_missing(request, client=pk)
    return client


def _may_family(request: HttpRequest, client: Client) -> bool:
    may = request.user.may(Permission.CLIENT_EDIT) and client.date_deleted is None
    return may and families.sees_stay(request.user, client)


def _context(request: HttpRequest, client: Client) -> dict:
    known_as = list(names.of(request.user, client))
    called = names.called(known_as)
    return {
        "client": client,
        "identity": identity(client),
        "heading": f"{full_name(client)} “{called}”" if called else full_name(client),
        "names": known_as,
        "contacts": contacts.holding(request.user, client),
        "language": contacts.language(request.user, client),
        "family": families.family_of(request.user, client),
        "may_family": _may_family(request, client),
        "parts": page.parts(request.user, client),
        "may_edit": request.user.may(Permission.CLIENT_EDIT) and client.date_deleted is None,
        "is_restricted": restrictions.is_in_force(client),
        "may_restrict": restrictions.may_restrict(request.user, client),
        "without_stay": restrictions.is_reached_without_a_stay(request.user, client),
        "source": record_sources(request.user, [client.pk]).get(client.pk),
    }
