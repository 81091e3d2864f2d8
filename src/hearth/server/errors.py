"""The one error of this package: a sentence a user can act on."""


class ServerError(Exception):
    """Something on this machine stands in the way. The text says what it is and what to do about it."""
