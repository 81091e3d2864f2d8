"""How Hearth uses django-allauth and django-axes: accounts are made by administrators only, the second
factor is stored encrypted, and guessing locks the account whatever way its name is written.

Wrong passwords and wrong codes are counted together, for an account and an address; tries from many
addresses lock the account for all of them. A device on which the user has signed in before counts for
itself (accounts/known_device.py), so that no stranger locks it.
"""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.utils import build_absolute_uri
from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from cryptography.fernet import MultiFernet
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from hearth.hmis.access.models import User
from hearth.hmis.access.models.user import ACCOUNT
from hearth.hmis.accounts import known_device
from hearth.hmis.accounts.people.invitation_link import has_links_left
from hearth.hmis.audit.actions import record_access
from hearth.hmis.audit.models.access_log import Access
from hearth.hmis.site.actions import send
from hearth.hmis.site.client_address import client_address
from hearth.server import seals


class AccountAdapter(DefaultAccountAdapter):
    """No public sign-up; our words where sign-in fails."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many tries. Wait a few minutes, then try again.",
        "incorrect_password": "The password is not right.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104  (of a socket without address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail down for a worker. Of links to set a password an account gets a few an hour."""
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        if user is None:
            return
        is_link = template_prefix == "account/email/password_reset_key"
        if is_link and not may_have_link(self.request, user):
            return
        reset_url = build_absolute_uri(self.request, reverse("account_reset_password"))
        words = {**context, "site_name": settings.SITE_NAME, "reset_url": reset_url}
        mail = self.render_mail(template_prefix, email, words)
        send(
            by=None,
            user=user,
            kind="password_reset" if is_link else "account_changed",
            subject=str(mail.subject),
            body=str(mail.body),
            lifetime=timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) if is_link else None,
        )

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {subject}"


def may_have_link(request: HttpRequest, user: User) -> bool:
    """Whether the account may be sent one more link to set a password; written down either way."""
    is_sent = has_links_left(user)
    record_access(
        by=request.user.pk if request.user.is_authenticated else None,
        action=Access.PASSWORD_RESET_ASKED, account=user.pk, address=client_address(request),
        **({} if is_sent else {"sent": False}),
    )  # fmt: skip
    return is_sent


class MfaAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticator apps and recovery codes with a key made from SECRET_KEY. Of a
    passkey the site has only the public half."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right. Enter the one that the app shows now.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def build_totp_svg(self, url: str) -> str:
        """The QR code as SVG without style attributes, which the Content-Security-Policy forbids."""
        import qrcode

        code = qrcode.QRCode(border=2)
        code.add_data(url)
        rows = code.get_matrix()
        size = len(rows)
        squares = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" class="hearth-qr" '
            f'role="img" aria-label="QR code for your authenticator app" shape-rendering="crispEdges">'
            f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{squares}" fill="#000"/></svg>'
        )


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([seals.second_factor_cipher(key) for key in keys])


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The key by which tries are counted (for django-axes): `account 17`, or `account 17 device …` on a
    device that the account knows. Of a name that no account has a keyed hash: what was typed is not kept."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or request.POST.get("login", "")
    name = str(typed).strip().casefold()[:254].replace("\x00", "")
    known = request.__dict__.setdefault("_hearth_accounts", {})
    if name not in known:
        known[name] = User.objects.filter(email__iexact=name).values_list("pk", flat=True).first()
    account = known[name]
    if account is None:
        return "unknown " + salted_hmac("hearth account tried", name, algorithm="sha256").hexdigest()[:40]
    device = known_device.of_account(request, account)
    return f"{ACCOUNT}{account}" + (f" device {device}" if device else "")


def counted_by(request: Any, credentials: dict[str, Any] | None = None) -> list[Any]:
    """What the tries of one key have in common to lock it (for django-axes): a known device needs no more."""
    key = account_tried(request, credentials) if isinstance(request, HttpRequest) else request.username
    return ["username"] if " device " in key else [["username", "ip_address"]]


class LockHandler(AxesDatabaseHandler):
    """Counts failures; many from different addresses lock an account for all devices it does not know."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        failures = super().get_failures(request, credentials)
        key = account_tried(request, credentials)
        if " device " in key or failures >= settings.AXES_FAILURE_LIMIT:
            return failures
        anywhere = self.get_anywhere(request, key)
        return settings.AXES_FAILURE_LIMIT if anywhere >= settings.FAILURES_FROM_ANYWHERE else failures

    @staticmethod
    def get_anywhere(request: HttpRequest, key: str) -> int:
        """Failures of a key in the time that locks last, from all addresses."""
        recent = AccessAttempt.objects.filter(username=key, attempt_time__gte=get_cool_off_threshold(request))
        return recent.aggregate(all=Sum("failures_since_start"))["all"] or 0
