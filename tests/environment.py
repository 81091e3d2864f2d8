"""The environment of every test process: a data folder and a database of its own, never the user's.

A pytest plugin (`-p tests.environment` in pyproject.toml), because it has to come before everything else:
pytest-xdist starts a worker with the environment of the process that hands out the tests, and pytest-django
reads the settings, and with them the database's name, before a worker comes to any conftest. Each worker is a
process and so has a database of its own; a run without workers has one.

The folder is `var/test-home` in the checkout, or `HEARTH_TEST_HOME`; it is kept between runs, so that a
run starts in about two seconds. Several runs at once share the server and have a database each. Tests
connect as `hearth_web`, so row-level security is in force in them.
"""

import os
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
TEST_HOME = Path(os.environ.get("HEARTH_TEST_HOME") or CHECKOUT / "var" / "test-home")
# Folders whose tests need no Django; naming only these on the command line does not load it.
WITHOUT_DJANGO = ("standards", "server", "reporting", "proof")

for variable in (
    "DATABASE_URL", "HEARTH_OWNER_URL", "HEARTH_LOADER_URL", "HEARTH_REPORT_URL",
    "HEARTH_COUNTS_URL", "HEARTH_SUPERUSER_URL",
):  # fmt: skip
    os.environ.pop(variable, None)  # tests write and truncate: never in a database somebody named
for variable in (
    "HEARTH_DB_ROLE", "HEARTH_SECRET_KEY", "HEARTH_SSN_KEY", "HEARTH_FILES_KEY", "HEARTH_TLS",
    "HEARTH_DEBUG", "HEARTH_MAIL_URL", "HEARTH_MAIL_FROM",
):  # fmt: skip
    os.environ.pop(variable, None)
os.environ["HEARTH_HOME"] = str(TEST_HOME)
# Commands that a test calls in this process turn the log down for themselves and for what starts later.
os.environ["HEARTH_LOG_LEVEL"] = "INFO"
# Whom tests sign in has no second step (`hmis/accounts/test_second_factor.py` tells when one is needed).
os.environ["HEARTH_SECOND_STEP_FOR"] = ""
# Nor is it asked again (`hmis/access/test_recent.py`).
os.environ["HEARTH_ASK_AGAIN_MINUTES"] = "0"
os.environ["HEARTH_DB_NAME"] = f"test_{os.getpid()}"
# Only `pytest_configure` loads Django: pytest-django would at once, where a worker inherits the name.
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
# An import steps back for pages, for good (`exchange.importing.priority`): this process has other tests to
# run after it, and would be the last in line for every one of them.
os.setpriority = lambda which, who, priority: None
# PySpark takes a process without a main file, which a worker is, for a run of its own doctests.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = pytest.__file__


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew-query-counts", action="store_true", help="write tests/house/query_counts.yaml anew"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set Django up where a test may import a model; pytest-django then guards the database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "hearth.hmis.config.settings"
    if not config.pluginmanager.has_plugin("django") or hands_out_tests(config):
        return
    named = [Path(str(argument).split("::")[0]).resolve() for argument in config.args]
    free = [CHECKOUT / "tests" / folder for folder in WITHOUT_DJANGO]
    if all(any(path.is_relative_to(folder) for folder in free) for path in named):
        return
    import django

    django.setup()


def hands_out_tests(config: pytest.Config) -> bool:
    """Whether this process runs no test itself but hands them out to workers."""
    return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
