"""Fixtures of the application's tests."""

from collections.abc import Iterator

import pytest
from tests.factories import make_administrator

from hearth.hmis.access.context import acting
from hearth.hmis.access.models import User


@pytest.fixture
def administrator(db: None) -> User:
    return make_administrator()


@pytest.fixture
def as_administrator(administrator: User) -> Iterator[User]:
    """The test itself acts as a system administrator."""
    with acting(administrator):
        yield administrator
