"""Fixtures of the application's tests. Models are imported inside: this file loads before Django does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

if TYPE_CHECKING:
    from hearth.hmis.access.models import User


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose (`accounts/test_sessions.py` holds how it is for real)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def administrator(db: None) -> "User":
    from tests.factories import make_administrator

    return make_administrator()


@pytest.fixture
def as_administrator(administrator: "User") -> Iterator["User"]:
    """The test itself acts as a system administrator."""
    from hearth.hmis.access.context import acting

    with acting(administrator):
        yield administrator


@pytest.fixture(autouse=True)
def nobody_signed_in_before() -> None:
    """Sign-ins of earlier tests from the same address count in the cache, and would be too many."""
    cache.clear()
