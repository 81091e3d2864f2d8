"""The link of an invitation holds for days, other links to set a password for an hour.

Both lead to django-allauth's page of a new password. An account is invited as long as it never had a password
and never signed in: the first use of the link ends that, and with it every link of the account.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int

from hearth.hmis.access.models import User
from hearth.hmis.site.models import Mail

INVITED_FOR = timedelta(days=7)


def is_invited(user: User) -> bool:
    """Whether nobody has ever had the account in use."""
    return bool(user.is_active) and user.last_login is None and not user.has_usable_password()


def has_links_left(user: User) -> bool:
    """Whether the account may be sent one more link within the hour, whoever asks, and of whichever kind."""
    since = timezone.now() - timedelta(hours=1)
    sent = Mail.objects.filter(user=user, kind__in=("password_reset", "invitation"), created_at__gt=since)
    return sent.count() < settings.RESETS_PER_HOUR


class LinkKeys(PasswordResetTokenGenerator):
    """The keys of these links (setting ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR)."""

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the key is this user's and still holds."""
        if super().check_token(user, token):
            return True
        if user is None or not token or not is_invited(user):
            return False
        try:
            stamp = base36_to_int(token.split("-")[0])
        except ValueError:
            return False
        if not 0 <= self._num_seconds(self._now()) - stamp <= INVITED_FOR.total_seconds():
            return False
        return constant_time_compare(self._make_token_with_timestamp(user, stamp, self.secret), token)
