"""Django settings of Hearth, all from the environment, with defaults that are right for one machine.

Environment: `HEARTH_HOME` (data folder), `DATABASE_URL`, `HEARTH_OWNER_URL`, `HEARTH_LOADER_URL` (own
PostgreSQL), `HEARTH_DB_ROLE` (web, owner or loader: which database role this process connects as),
`HEARTH_SECRET_KEY`, `HEARTH_SSN_KEY`, `HEARTH_FILES_KEY`, `HEARTH_ALLOWED_HOSTS`, `HEARTH_ORIGINS`,
`HEARTH_TLS` (1 behind TLS), `HEARTH_PROXIES` (how many reverse proxies stand before this server),
`HEARTH_IDLE_MINUTES` and `HEARTH_SESSION_HOURS` (when a session ends), `HEARTH_INACTIVE_DAYS` (without
a sign-in, until an account is locked), `HEARTH_SECOND_STEP_FOR` (roles that
need a second step), `HEARTH_SECOND_STEP_FOR_NAMES` (0: exports with names take a password too),
`HEARTH_ASK_AGAIN_MINUTES` (after which somebody is asked again before exports and changes of rights),
`HEARTH_SEARCHES_PER_HOUR`, `HEARTH_SSNS_PER_HOUR` and `HEARTH_LIMIT_MINUTES` (how much one user may look up,
and how long it is refused beyond), `HEARTH_MAIL_URL` and `HEARTH_MAIL_FROM` (the mail server and the sender),
`HEARTH_METRICS_TOKEN`, `HEARTH_LOG_LEVEL`,
`HEARTH_MAX_UPLOAD_MB`, `HEARTH_SITE_NAME` (shown beside the logo), `HEARTH_IMPLEMENTATION_ID` (of
exports; the name of the site otherwise), `HEARTH_REPORT_MEMORY` (what one report may use, as 2GB),
`HEARTH_REPORT_DAYS` (how long the files of reports are kept), `HEARTH_DRAFT_DAYS` (how long a form that
nobody finished is kept), `HEARTH_DEMO` (1: a banner says that
everybody is invented), `HEARTH_COMPARABLE_DATABASE` (1: a victim service provider's own installation),
`HEARTH_DEBUG` (never in service).
"""

import os
from datetime import timedelta
from pathlib import Path

import pghistory
from django.db.models import DO_NOTHING

from hearth.hmis.config import logs
from hearth.hmis.consent.choices import Scheme
from hearth.hmis.ui.help_contact import HelpContact
from hearth.reporting.runtime.parameters import Vendor
from hearth.server import database, keys
from hearth.server.home import Home
from hearth.server.mail_server import MailServer

HMIS = Path(__file__).resolve().parent.parent
HOME = Home.find()

SECRET_KEY = keys.secret_key()
DEBUG = os.environ.get("HEARTH_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HEARTH_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("HEARTH_ORIGINS", "").split(",") if o]
TLS = os.environ.get("HEARTH_TLS") == "1"
TRUSTED_PROXIES = int(os.environ.get("HEARTH_PROXIES", "0"))
SITE_NAME = os.environ.get("HEARTH_SITE_NAME", "Minnesota HMIS")
# Export.ImplementationID: stays the same for every export of this installation.
IMPLEMENTATION_ID = os.environ.get("HEARTH_IMPLEMENTATION_ID", SITE_NAME)
# Who is named in reports that are uploaded to HUD: HEARTH_REPORT_VENDOR, _SOFTWARE, _CONTACT, _EMAIL.
REPORT_VENDOR = Vendor.of(os.environ)
REPORT_MEMORY = os.environ.get("HEARTH_REPORT_MEMORY", "")  # one report's; the engine's default if blank
DRAFT_KEPT_DAYS = int(os.environ.get("HEARTH_DRAFT_DAYS", "30"))  # since something was typed in it last
REPORT_KEPT_DAYS = int(os.environ.get("HEARTH_REPORT_DAYS", "90"))  # files of reports; figures stay
HELP_CONTACT = HelpContact.of(os.environ)
IS_DEMO = os.environ.get("HEARTH_DEMO") == "1"
#: A victim service provider's own installation: nothing of a client leaves it (access/comparable.py).
COMPARABLE_DATABASE = os.environ.get("HEARTH_COMPARABLE_DATABASE") == "1"
DEMO_ACCOUNTS = HOME.keys / "demo_accounts"  # log-ins of invented people, listed at their sign-in

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "hearth.hmis.ui",
    "hearth.hmis.hud",
    "hearth.hmis.access_log",
    "hearth.hmis.audit",
    "hearth.hmis.access",
    "hearth.hmis.accounts",
    "hearth.hmis.lists",
    "hearth.hmis.jobs",
    "hearth.hmis.site",
    "hearth.hmis.organizations",
    "hearth.hmis.clients",
    "hearth.hmis.enrollments",
    "hearth.hmis.coordinated_entry",
    "hearth.hmis.consent",
    "hearth.hmis.exchange",
    "hearth.hmis.reports",
    "hearth.hmis.local",
    "hearth.hmis.local.mn",
]

AUTH_USER_MODEL = "access.User"

# Old versions are looked up by record, never by what they pointed to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(
    db_index=False, db_constraint=False, on_delete=DO_NOTHING, related_name="+", related_query_name="+"
)
ROOT_URLCONF = "hearth.hmis.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Hearth opens one transaction around the whole of every request itself (access.middleware), because
# the acting user is set for the transaction and row-level security reads it there.
DATABASES = {
    "default": database.django_settings(os.environ.get("HEARTH_DB_ROLE", "web")),
}
# A connection that broke while it waited in the pool (the database was restarted) is replaced, not used.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Chicago"
USE_I18N = True
USE_TZ = True

# Middleware, outermost first. Sign-in is checked before the body of a request is read (CSRF reads it), so
# that strangers cannot make the server take in large files. ActingUserMiddleware stays last.
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "hearth.hmis.config.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hearth.hmis.config.headers.ResponseHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hearth.hmis.site.error_pages.ErrorPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hearth.hmis.accounts.sessions.SessionLimitMiddleware",
    "hearth.hmis.accounts.sessions.SignInRequiredMiddleware",
    "hearth.hmis.site.input_guard.InputGuardMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hearth.hmis.accounts.second_factor.SecondFactorDueMiddleware",
    "hearth.hmis.accounts.due.DueMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "hearth.hmis.accounts.known_device.KnownDeviceMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "hearth.hmis.access.middleware.ActingUserMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps' own, so that our pages stand in front of django-allauth's and Django's.
        "DIRS": [HMIS / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["hearth.hmis.ui.templatetags.formats"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hearth.hmis.ui.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "hearth.hmis.ui.forms.UswdsRenderer"

# Static files: collected once, named by content, compressed, kept by browsers for ever.
STATIC_URL = "/static/"
STATIC_ROOT = HOME.path / "static"
STATIC_ROOT.mkdir(mode=0o755, exist_ok=True)  # WhiteNoise warns about a folder that is missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hearth.hmis.ui.storage.StaticStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = HOME.files  # uploads and exports; no address leads here, views hand files out
MAX_UPLOAD_BYTES = int(os.environ.get("HEARTH_MAX_UPLOAD_MB", "4096")) * 1024 * 1024
MAX_FORM_BYTES = 5 * 1024 * 1024  # of every page that does not take uploads
SMALL_BODY_BYTES = 64 * 1024  # what strangers may send; received before a thread is given (config/asgi.py)
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "hearth.hmis.site.uploads.ScratchUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Mail is sent by workers (site/mailing.py). Where no server is named, to their terminal.
MAIL_SERVER = MailServer.of(os.environ)
EMAIL_BACKEND = "django.core.mail.backends.{}.EmailBackend".format("smtp" if MAIL_SERVER else "console")
EMAIL_HOST = MAIL_SERVER.host if MAIL_SERVER else ""
EMAIL_PORT = MAIL_SERVER.port if MAIL_SERVER else 0
EMAIL_HOST_USER = MAIL_SERVER.user if MAIL_SERVER else ""
EMAIL_HOST_PASSWORD = MAIL_SERVER.password if MAIL_SERVER else ""
EMAIL_USE_TLS = bool(MAIL_SERVER and MAIL_SERVER.encryption == "starttls")
EMAIL_USE_SSL = bool(MAIL_SERVER and MAIL_SERVER.encryption == "tls")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = MAIL_SERVER.sender if MAIL_SERVER else "Hearth <hearth@localhost>"

# Sign-in.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "ui:home"
ACCOUNT_ADAPTER = "hearth.hmis.accounts.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Failed sign-ins and second steps are counted by django-axes, in the database, over all processes; "None"
# switches off allauth's own limit of both, which each process would keep for itself.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": None,
    "reset_password": "20/h/ip",
    "reset_password_from_key": "60/h/ip",
}
ACCOUNT_FORMS = {
    "login": "hearth.hmis.accounts.forms.SignInForm",
    "change_password": "hearth.hmis.accounts.forms.PasswordForm",
    "reauthenticate": "hearth.hmis.accounts.forms.ConfirmForm",
    "reset_password": "hearth.hmis.accounts.forms.LostPasswordForm",
    "reset_password_from_key": "hearth.hmis.accounts.forms.NewPasswordForm",
}
MFA_FORMS = {
    "authenticate": "hearth.hmis.accounts.forms.SecondStepForm",
    "reauthenticate": "hearth.hmis.accounts.forms.ConfirmSecondStepForm",
    "activate_totp": "hearth.hmis.accounts.forms.ActivateForm",
    "add_webauthn": "hearth.hmis.accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "hearth.hmis.accounts.passkeys.RenamePasskeyForm",
    "login_webauthn": "hearth.hmis.accounts.passkeys.SignInByPasskeyForm",
    "authenticate_webauthn": "hearth.hmis.accounts.passkeys.SecondStepByPasskeyForm",
    "reauthenticate_webauthn": "hearth.hmis.accounts.passkeys.ConfirmByPasskeyForm",
}
MFA_ADAPTER = "hearth.hmis.accounts.sign_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # one address may be that of a whole office
# Roles of which each user has a second step before anything else: codes with commas, or nothing for none.
# None: administrators. In the demonstration nobody.
SECOND_STEP_FOR = "" if IS_DEMO else os.environ.get("HEARTH_SECOND_STEP_FOR")
# Exports and lists with names are confirmed with a second step, never with a password alone.
SECOND_STEP_FOR_NAMES = not IS_DEMO and os.environ.get("HEARTH_SECOND_STEP_FOR_NAMES", "1") == "1"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"hearth.hmis.accounts.passwords.{rule}"}
    for rule in ("NotLikeOneself", "LongEnough", "NotCommon", "NotDigitsAlone")
]
PASSWORD_RESET_TIMEOUT = 60 * 60  # a link to set a new password, in seconds
# Links of invitations hold longer than those of forgotten passwords. The name of a class, and no secret.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "hearth.hmis.accounts.people.invitation_link.LinkKeys"  # noqa: S105
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # so that the second step is asked for
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address without an account gets no mail, and the page is the same
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of changes of what one signs in with
# An account without a sign-in for so many days is locked at night; mails warn 30, 15 and 5 days before.
# 0: never, as in the demo.
INACTIVE_DAYS = 0 if IS_DEMO else int(os.environ.get("HEARTH_INACTIVE_DAYS", "90"))
RESETS_PER_HOUR = 3  # mails to one account; more requests look the same and send nothing
LOCK_MINUTES = 15
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=LOCK_MINUTES)
AXES_LOCKOUT_PARAMETERS = "hearth.hmis.accounts.sign_in.counted_by"
AXES_HANDLER = "hearth.hmis.accounts.sign_in.LockHandler"
FAILURES_FROM_ANYWHERE = 25  # of one account, from whatever addresses, lock it for devices it does not know
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# What is typed is not stored: a password may stand in the field of the name. Sign-ins are in our own log.
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code", "oldpassword", "password1", "password2"]
AXES_DISABLE_ACCESS_LOG = True
# Asks for the address too; but then whoever has many addresses may guess on.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "hearth.hmis.accounts.sign_in.account_tried"
AXES_CLIENT_IP_CALLABLE = "hearth.hmis.site.client_address.client_address"
AXES_LOCKOUT_CALLABLE = "hearth.hmis.site.error_pages.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# How often an hour one user may search, and see SSNs in full; beyond, it is refused for some minutes. 0: no
# limit.
SEARCHES_PER_HOUR = int(os.environ.get("HEARTH_SEARCHES_PER_HOUR", "600"))
SSNS_PER_HOUR = int(os.environ.get("HEARTH_SSNS_PER_HOUR", "60"))
LIMIT_MINUTES = int(os.environ.get("HEARTH_LIMIT_MINUTES", "15"))

# Before exports, lists that are taken along, and changes of rights somebody is asked again who they are whose
# last time is so many minutes ago (access/recent.py). 0: never.
ASK_AGAIN_MINUTES = int(os.environ.get("HEARTH_ASK_AGAIN_MINUTES", "10"))

# Sessions end after idle time and after a working day, and with the browser.
IDLE_SECONDS = int(os.environ.get("HEARTH_IDLE_MINUTES", "15")) * 60
SESSION_SECONDS = int(os.environ.get("HEARTH_SESSION_HOURS", "12")) * 3600
SESSION_COOKIE_AGE = SESSION_SECONDS
SESSION_ENGINE = "hearth.hmis.accounts.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The prefix makes browsers refuse the cookie from other hosts and without TLS.
SESSION_COOKIE_NAME = "__Host-hearth_session" if TLS else "hearth_session"
SESSION_COOKIE_SECURE = TLS
DEVICE_COOKIE_NAME = "__Host-hearth_device" if TLS else "hearth_device"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-hearth_csrf" if TLS else "hearth_csrf"
CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hearth.hmis.site.error_pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'none'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "worker-src": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS and TRUSTED_PROXIES else None

# Help pages, in reading order; a state brings its own.
HELP_TOPICS = [
    "hearth.hmis.ui.help_basics",
    "hearth.hmis.local.mn.help",
    "hearth.hmis.accounts.help_roles",
    "hearth.hmis.ui.help_guides",
]

# What clients are given and sign. A state has its own languages, and a folder of texts to begin with
# (consent/example_documents.py); the first language is the one that the others are translated from.
CONSENT_LANGUAGES = {
    "en": "English", "es": "Spanish", "hmn": "Hmong", "so": "Somali", "ksw": "Karen", "ru": "Russian",
}  # fmt: skip
CONSENT_DOCUMENTS = HMIS / "local" / "mn" / "consent_documents"
# What is asked, what each answer opens and how long it holds (consent/choices.py): Minnesota's.
CONSENT_SCHEME = Scheme()

# Logs and metrics.
logs.configure()
LOGGING = logs.dict_config(os.environ.get("HEARTH_LOG_LEVEL", "INFO"))
METRICS_TOKEN = os.environ.get("HEARTH_METRICS_TOKEN", "")
PROMETHEUS_EXPORT_MIGRATIONS = False
