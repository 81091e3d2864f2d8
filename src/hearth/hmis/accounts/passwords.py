"""What a password must be, in plain words: the same wherever one is set.

Django's rules (12 characters or more, none of its 20,000 common passwords, nothing like the own name or
address, not digits alone), each with a sentence that says what to do. A password from before these rules goes
on working: who signs in with one is told to change it.
"""

from django.contrib.auth import password_validation as rules
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hearth.hmis.access.models import User

SHORTEST = 12


class LongEnough(rules.MinimumLengthValidator):
    """`SHORTEST` characters or more."""

    def __init__(self) -> None:
        super().__init__(SHORTEST)

    def get_error_message(self) -> str:
        return f"Make it longer: at least {SHORTEST} characters. Several words are easy to remember."


class NotCommon(rules.CommonPasswordValidator):
    """Not on Django's list of common passwords."""

    def get_error_message(self) -> str:
        return "Choose another one: many people use this password, so it is tried first."


class NotLikeOneself(rules.UserAttributeSimilarityValidator):
    """Nothing like the own address or name."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "display_name"))

    def get_error_message(self) -> str:
        return "Choose another one: it is too much like your name or e-mail address."


class NotDigitsAlone(rules.NumericPasswordValidator):
    """Not a number."""

    def get_error_message(self) -> str:
        return "Add words or letters: a password of digits alone is guessed."


def is_good(password: str, user: User) -> bool:
    """Whether it might be set today."""
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True
