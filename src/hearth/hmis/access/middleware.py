"""One transaction around each request, with the rights of the person who signed in."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from hearth.hmis.access.context import set_acting_user

#: Requests that must answer without the database.
WITHOUT_DATABASE = ("/health/", "/static/", "/metrics")


class ActingUserMiddleware:
    """Opens the request's transaction and sets the acting user in it. Stands last in MIDDLEWARE.

    A response of 500 and above undoes what the request wrote. A refusal (403, 404) is kept, because
    the access log must remember it. Templates are rendered inside the transaction; a streamed body is
    not, so that views never stream client data from the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(WITHOUT_DATABASE):
            return self.get_response(request)
        with transaction.atomic():
            user = request.user
            set_acting_user(user.pk if user.is_authenticated else None)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
