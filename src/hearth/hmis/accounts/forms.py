"""django-allauth's forms in our words: labels instead of placeholders."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MfaReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from hearth.hmis.accounts import passwords
from hearth.hmis.ui.forms import PlainWords

OLD_PASSWORD = (
    f"Your password is weaker than this site now asks for (at least {passwords.SHORTEST} characters, and none"
    " that is often used). Change it soon: in the menu behind your name, “Change password”."
)
THE_SAME = "Choose another one than the password that you have now."


def _say(form: Form, labels: dict[str, str]) -> None:
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)


class SignInForm(PlainWords, LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"login": "E-mail", "password": "Password"})
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, or go to the second step; a password that today's rules would refuse still opens the door,
        and its user is told to change it."""
        if self.user is not None and not passwords.is_good(self.cleaned_data["password"], self.user):
            messages.warning(request, OLD_PASSWORD)
        return super().login(request, redirect_url)


class PasswordForm(PlainWords, ChangePasswordForm):
    """The password now, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            {
                "oldpassword": "Current password",
                "password1": "New password",
                "password2": "New password again",
            },
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password1") and values["password1"] == values.get("oldpassword"):
            self.add_error("password1", THE_SAME)
        return values


class ConfirmForm(PlainWords, ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"password": "Password"})


class LostPasswordForm(PlainWords, ResetPasswordForm):
    """The address to send a link to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": "E-mail"})
        self.fields["email"].widget.attrs["autocomplete"] = "username"


class NewPasswordForm(PlainWords, ResetPasswordKeyForm):
    """The new password twice, behind such a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"password1": "New password", "password2": "New password again"})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = values.get("password1")
        if chosen and self.user.password_due and self.user.check_password(chosen):
            self.add_error("password1", THE_SAME)
        return values


class SignForm(PlainWords, Form):
    """One's name under an agreement that one has read, and its version."""

    agreed = forms.BooleanField(label="I have read this, and agree to it.")
    name = forms.CharField(
        label="Your name", max_length=200, help_text="First and last, as your signature.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class _Counted:
    """A code is not looked at while the account is locked from where it comes: wrong ones were counted with
    wrong passwords (accounts/sign_in_log.py), over all processes."""

    user: Any

    def clean_code(self) -> str:
        request, credentials = context.request, {"email": self.user.email}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out, request.axes_credentials = True, credentials
            raise ValidationError("Too many tries. Wait a few minutes, then try again.", code="locked")
        return super().clean_code()


class SecondStepForm(PlainWords, _Counted, AuthenticateForm):
    """The code of the second step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"code": "Code"})


class ConfirmSecondStepForm(PlainWords, _Counted, MfaReauthenticateForm):
    """The code once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"code": "Code"})


class ActivateForm(PlainWords, ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"code": "Six-digit code"})
