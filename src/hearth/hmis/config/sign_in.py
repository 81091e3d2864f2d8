"""How Hearth uses django-allauth and django-axes: accounts are made by administrators only, the second
factor is stored encrypted, and guessing locks the account whatever way its name is written."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import MultiFernet
from django.conf import settings
from django.http import HttpRequest

from hearth.hmis.config.client_address import client_address
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
        return client_address(request)


class MfaAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticator apps and recovery codes with a key made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

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
    """The account a sign-in was tried on, one spelling for all ways to write it (for django-axes)."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or request.POST.get("login", "")
    return str(name).strip().casefold()[:254]
