"""What every test shares: a data folder and a PostgreSQL of its own, never the user's.

The folder is `var/test-home` in the checkout, or `HEARTH_TEST_HOME`; it is kept between runs, so that a
run starts in about two seconds. Several runs at once share the server and have a database each. Tests
connect as `hearth_web`, so row-level security is in force in them.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
TEST_HOME = Path(os.environ.get("HEARTH_TEST_HOME") or CHECKOUT / "var" / "test-home")
# Folders whose tests need no Django; naming only these on the command line does not load it.
WITHOUT_DJANGO = ("standards", "server", "reporting")

for variable in (
    "DATABASE_URL", "HEARTH_OWNER_URL", "HEARTH_LOADER_URL", "HEARTH_REPORT_URL", "HEARTH_SUPERUSER_URL",
):  # fmt: skip
    os.environ.pop(variable, None)  # tests write and truncate: never in a database somebody named
for variable in ("HEARTH_DB_ROLE", "HEARTH_SECRET_KEY", "HEARTH_SSN_KEY", "HEARTH_TLS", "HEARTH_DEBUG"):
    os.environ.pop(variable, None)
os.environ["HEARTH_HOME"] = str(TEST_HOME)
# Commands that a test calls in this process turn the log down for themselves and for what starts later.
os.environ["HEARTH_LOG_LEVEL"] = "INFO"
os.environ["HEARTH_DB_NAME"] = f"test_{os.getpid()}"
os.environ["DJANGO_SETTINGS_MODULE"] = "hearth.hmis.config.settings"


def pytest_configure(config: pytest.Config) -> None:
    """Set Django up where a test may import a model; pytest-django then guards the database."""
    if not config.pluginmanager.has_plugin("django"):
        return
    named = [Path(str(argument).split("::")[0]).resolve() for argument in config.args]
    free = [Path(__file__).resolve().parent / folder for folder in WITHOUT_DJANGO]
    if all(any(path.is_relative_to(folder) for folder in free) for path in named):
        return
    import django

    django.setup()


@pytest.fixture(scope="session")
def test_database() -> Iterator[object]:
    """The migrated database of this run, made from a template that is kept until a migration changes."""
    from tests.testdatabase import TestDatabase

    with TestDatabase(CHECKOUT, TEST_HOME, os.environ["HEARTH_DB_NAME"]) as database:
        yield database


@pytest.fixture(scope="session")
def django_db_setup(test_database, django_test_environment, django_db_blocker) -> Iterator[None]:
    """Replace pytest-django's: the database is ready, and emptying it means making it again.

    `hearth_web` may not TRUNCATE, and what migrations put into tables has to be there for the next test.
    """
    from django.db import connections
    from django.test import TransactionTestCase

    def close() -> None:
        for connection in connections.all(initialized_only=True):
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()

    def teardown(case: TransactionTestCase) -> None:
        close()
        test_database.reset()

    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        close()
