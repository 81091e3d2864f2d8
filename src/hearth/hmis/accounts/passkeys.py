"""Passkeys (WebAuthn) in our words: adding, naming and signing in with one.

The library that checks what a browser answers raises many kinds of exceptions for an answer that is none, and
another for a signature that is wrong; whatever it is, the answer is not taken, and the sentence is the same.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.db import Error

from hearth.hmis.ui.forms import PlainWords

LONGEST_NAME = 60
REFUSED = "The passkey was not accepted. Try again, or sign in another way."


def _named(form: forms.Form) -> None:
    field = form.fields["name"]
    field.label = "Name"
    field.help_text = "So that you know it again: “Work laptop”, “Key on my key ring”."
    field.max_length = LONGEST_NAME
    field.validators.append(forms.CharField(max_length=LONGEST_NAME).validators[0])
    field.widget.attrs.update(maxlength=LONGEST_NAME, autocomplete="off")


class AddPasskeyForm(PlainWords, AddWebAuthnForm):
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self)
        field = self.fields["passwordless"]
        field.label = "Sign in with it alone, without the password"
        field.help_text = "It then asks for your finger, face or PIN each time."
        field.initial = True

    def clean(self) -> dict[str, Any]:
        return _or_refused(super().clean)


class RenamePasskeyForm(PlainWords, EditWebAuthnForm):
    """Another name for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self)


class _Checked:
    """An answer that is wrong is written down like a wrong code, where it is known whose it should be."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            return _or_refused(super().clean_credential)
        except ValidationError:
            if self.user is not None:
                authentication_failed.send(
                    sender=Authenticator, request=context.request, user=self.user,
                    authenticator=None, reauthentication=False,
                )  # fmt: skip
            raise


class SignInByPasskeyForm(PlainWords, _Checked, LoginWebAuthnForm):
    """Signing in without address and password."""


class SecondStepByPasskeyForm(PlainWords, _Checked, AuthenticateWebAuthnForm):
    """The second step."""


class ConfirmByPasskeyForm(PlainWords, _Checked, ReauthenticateWebAuthnForm):
    """Asked again."""


def _or_refused(check: Any) -> Any:
    try:
        return check()
    except ValidationError as error:
        if error.message == get_adapter().error_messages["incorrect_code"]:
            raise ValidationError(REFUSED) from error
        raise
    except Error:
        raise
    except Exception as error:
        raise ValidationError(REFUSED) from error
