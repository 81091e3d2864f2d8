"""Whom the help and error pages say to ask: settings of the installation, none by default."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpContact:
    """The help desk: an e-mail address, a phone number, and words such as its name and hours; any of them."""

    email: str = ""
    phone: str = ""
    text: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "HelpContact | None":
        """From HEARTH_HELP_EMAIL, HEARTH_HELP_PHONE and HEARTH_HELP_TEXT; None where none is set."""
        found = cls(
            *(environment.get(f"HEARTH_HELP_{name}", "").strip() for name in ("EMAIL", "PHONE", "TEXT"))
        )
        return found if found != cls() else None

    @property
    def dial(self) -> str:
        """The phone number as a link dials it: figures, and a plus sign before them."""
        return re.sub(r"(?!^)\+|[^0-9+]", "", self.phone)
