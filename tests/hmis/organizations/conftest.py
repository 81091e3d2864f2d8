"""People who look at these pages."""

from typing import Any

import pytest


@pytest.fixture
def site(db: None) -> Any:
    """`site(user).get(path)`: a signed-in test client."""
    from django.test import Client

    def signed_in(user: Any) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
