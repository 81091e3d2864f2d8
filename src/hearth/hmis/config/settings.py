"""Django settings of Hearth, all from the environment, with defaults that are right for one machine.

Environment: `HEARTH_HOME` (data folder), `DATABASE_URL`, `HEARTH_OWNER_URL`, `HEARTH_LOADER_URL` (own
PostgreSQL), `HEARTH_DB_ROLE` (web, owner or loader: which database role this process connects as),
`HEARTH_SECRET_KEY`, `HEARTH_SSN_KEY`, `HEARTH_ALLOWED_HOSTS`, `HEARTH_ORIGINS`, `HEARTH_TLS` (1 behind
TLS), `HEARTH_DEBUG` (never in service).
"""

import os
from pathlib import Path

import pghistory
from django.db.models import DO_NOTHING

from hearth.server import database, keys
from hearth.server.home import Home

HMIS = Path(__file__).resolve().parent.parent
HOME = Home.find()

SECRET_KEY = keys.secret_key()
DEBUG = os.environ.get("HEARTH_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HEARTH_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("HEARTH_ORIGINS", "").split(",") if o]
TLS = os.environ.get("HEARTH_TLS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "hearth.hmis.ui",
    "hearth.hmis.hud",
    "hearth.hmis.audit",
    "hearth.hmis.access",
    "hearth.hmis.organizations",
    "hearth.hmis.clients",
    "hearth.hmis.enrollments",
    "hearth.hmis.coordinated_entry",
    "hearth.hmis.exchange",
    "hearth.hmis.local.mn",
]

AUTH_USER_MODEL = "access.User"

# Old versions are looked up by record, never by what they pointed to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(
    db_index=False, db_constraint=False, on_delete=DO_NOTHING, related_name="+", related_query_name="+"
)
ROOT_URLCONF = "hearth.hmis.config.urls"
WSGI_APPLICATION = "hearth.hmis.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Hearth opens one transaction around the whole of every request itself (access.middleware), because
# the acting user is set for the transaction and row-level security reads it there.
DATABASES = {
    "default": database.django_settings(os.environ.get("HEARTH_DB_ROLE", "web")),
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Chicago"
USE_I18N = True
USE_TZ = True

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hearth.hmis.access.middleware.ActingUserMiddleware",
]
