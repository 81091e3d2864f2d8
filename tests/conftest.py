"""What every test shares: a migrated database of its own (`tests/environment.py` has named it)."""

import gc
import os
from collections.abc import Callable, Generator, Iterator

import pytest

from tests import sparing
from tests.environment import CHECKOUT, TEST_HOME
from tests.sharing import Shared


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay to the end: looking for garbage among them takes a quarter of the time to
    collect them, and some of every later test's."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    sparing.begin(all_threads=any(item.get_closest_marker(name) for name in ("golden", "all_threads")))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """What all workers of this run use together."""
    mine = tmp_path_factory.getbasetemp()
    used = Shared(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine)
    yield used
    used.leave()


@pytest.fixture(scope="session")
def test_database() -> Iterator[object]:
    """The migrated database of this run, made from a template that is kept until a migration changes."""
    from tests.testdatabase import TestDatabase

    with TestDatabase(CHECKOUT, TEST_HOME, os.environ["HEARTH_DB_NAME"]) as database:
        yield database


@pytest.fixture(scope="module")
def database_of_module(django_db_setup, django_db_blocker, test_database) -> Iterator[None]:
    """What a module's tests write stays for the next of them, so that a world is built once for all.

    For modules without the mark `django_db`. At the end the database is as new; at the beginning, too: tests
    that are undone leave its sequences where they were, and who asks every address with every number asks
    many more where numbers are far apart.
    """
    with django_db_blocker.unblock():
        _close_connections()
        test_database.reset()
        yield
        _close_connections()
    test_database.reset()


@pytest.fixture
def kept_world(transactional_db: None, test_database) -> Callable[[str, Callable[[], object]], None]:
    """`kept_world(name, make)`: the database holds what `make` left there for the first test of this process
    that asked for the name. Each test has it whole, whatever the others did to theirs."""

    def hold(name: str, make: Callable[[], object]) -> None:
        _close_connections()
        test_database.hold(name, make)

    return hold


def _close_connections() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@pytest.fixture(scope="session")
def django_db_setup(test_database, django_test_environment, django_db_blocker) -> Iterator[None]:
    """Replace pytest-django's: the database is ready, and emptying it means making it again.

    `hearth_web` may not TRUNCATE, and what migrations put into tables has to be there for the next test.
    """
    from django.test import TransactionTestCase

    def teardown(case: TransactionTestCase) -> None:
        _close_connections()
        test_database.reset()

    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        _close_connections()
