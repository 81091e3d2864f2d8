"""Correcting who somebody is: the identity form on a client who is stored, and two people at once.

What nobody touches is neither read nor written, so that what another system sent stays as it came, and what
the user may not see is neither shown nor overwritten. The form carries a base version: of each group of
questions keyed digests of what it showed and of what was stored. Where somebody else has changed a group that
is changed here as well, both values are shown and one is chosen; the answer names the version that it was
given for, and is asked again where that changed once more.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.crypto import salted_hmac

from hearth.hmis.access import field_rights
from hearth.hmis.access.models import User
from hearth.hmis.clients.identity import RACES, identity, masked
from hearth.hmis.clients.intake import birth
from hearth.hmis.clients.intake.identity import ADULT, GROUPS, IdentityForm
from hearth.hmis.clients.models import Client
from hearth.hmis.clients.templatetags.clients import full_name
from hearth.hmis.hud import ssn
from hearth.hmis.hud.answers import answers, not_collected, why_unknown
from hearth.hmis.hud.names import python_name
from hearth.hmis.ui import formats

#: What of a group says whether the user may see it.
_SHOWN_BY = {"name": "Client.LastName", "birth": "Client.DOB", "ssn": "Client.SSN"}
_PARTIAL_NAME = 2  # 3.01.5
_YES = 1  # 1.8
_DOTS = "•"
_DIGITS = 24


class CorrectionForm(IdentityForm):
    """The identity of a client who is stored. `values` has only what is changed here."""

    preferred_name = None  # other names have a page of their own, with their days
    other_names = None
    base = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    follows_is_right = forms.BooleanField(label="Yes, that is right", required=False)

    def __init__(self, *args: Any, client: Client, user: User, **kwargs: Any) -> None:
        self.client = client
        self.groups = [
            name for name in GROUPS if field_rights.may_see(user, _SHOWN_BY.get(name, "Client.Sex"), client)
        ]
        shown = shown_values(client)
        super().__init__(*args, initial=shown | {"base": base_of(client, self.groups)}, **kwargs)
        #: What follows from a change and is asked about before it is stored, in sentences.
        self.follows: list[str] = []
        for name, group in GROUPS.items():
            if name not in self.groups:
                for field in group.questions:
                    del self.fields[field]
        if "birth" in self.groups:
            self.known_birth = client.dob

    def reads(self, group: str) -> bool:
        """Only what was changed here, and what follows from it."""
        if group not in self.groups:
            return False
        if group == "veteran" and not self._is_touched(group):
            return self._is_touched("birth") and self.client.veteran_status != _NOT_ASKED
        return self._is_touched(group)

    def clean(self) -> dict[str, Any]:
        """As the identity form, for what is changed; then ask about what follows."""
        said = super().clean()
        unread = [name for name in self.groups if not self.reads(name)]
        for name in unread:
            for field in GROUPS[name].questions:
                self._errors.pop(field, None)
        if self.reads("veteran") and not self._is_touched("veteran") and not self._is_child(self._born()):
            self.values.pop("veteran_status", None)  # nothing follows for an adult
        self._ask_what_follows(said)
        return said

    def _ssn(self, said: dict[str, Any]) -> dict[str, Any]:
        typed = said.get("ssn", "")
        if _DOTS in typed:
            self.add_error(
                "ssn", "The dots stand for figures that are hidden. Type all nine figures, or the last four."
            )
            return {}
        found = super()._ssn(said)
        return {} if _says_nothing_new(found.get("ssn"), self.client.ssn) else found

    def _is_touched(self, group: str) -> bool:
        if group not in self.groups:
            return False
        questions = GROUPS[group].questions
        typed = {field: self[field].data for field in questions}
        shown, _ = self.base_versions().get(group, ("", ""))
        return _digest(self.client, group, _plain(typed)) != shown

    def base_versions(self) -> dict[str, tuple[str, str]]:
        """By group, the digests of what the form showed and of what was stored then; what cannot be read is
        left out, and counts as changed."""
        found = {}
        for one in str(self["base"].data or "").split():
            group, _, digests = one.partition("=")
            shown, _, stored = digests.partition(".")
            if group in GROUPS:
                found[group] = (shown, stored)
        return found

    def _born(self) -> date | None:
        return self.values.get("dob", self.known_birth)

    def _is_child(self, born: date | None) -> bool:
        return is_child(born, self.today)

    def _ask_what_follows(self, said: dict[str, Any]) -> None:
        if "dob" in self.values:
            was, now = self._is_child(self.client.dob), self._is_child(self._born())
            if now and not was:
                self.follows.append(
                    "With this birth date the person is a child. Forms no longer ask what is asked of adults,"
                    " reports count a child, and veteran status becomes “Data not collected”."
                )
            elif was and not now:
                self.follows.append(
                    "With this birth date the person is no child. Forms ask what is asked of adults, veteran"
                    " status among it, and reports count an adult."
                )
        if self.client.veteran_status == _YES and self.values.get("veteran_status", _YES) != _YES:
            self.follows.append(
                "The person is no veteran any more. What is recorded of military service stays, and counts"
                " for nothing."
            )
        if self.follows and not self.errors and not said.get("follows_is_right"):
            self.add_error(None, "Read below what follows from this change, and answer that it is right.")


def is_child(born: date | None, today: date) -> bool:
    """Whether somebody is known to be under 18."""
    return born is not None and birth.years_old(born, today) < ADULT


_NOT_ASKED = not_collected("Client.VeteranStatus")


def shown_values(client: Client) -> dict[str, Any]:
    """What the identity form shows of a client, by its fields."""
    born, is_about = client.dob, client.dob_data_quality == birth.APPROXIMATE
    is_year = is_about and born is not None and (born.month, born.day) == (1, 1)
    typed = "" if born is None else str(born.year) if is_year else formats.in_a_field(born)
    has_name = bool(client.first_name and client.last_name)
    return {
        "first_name": client.first_name or "",
        "middle_name": client.middle_name or "",
        "last_name": client.last_name or "",
        "name_suffix": client.name_suffix or "",
        "name_is_partial": has_name and client.name_data_quality == _PARTIAL_NAME,
        "name_unknown": "" if client.first_name or client.last_name else _code(client, "NameDataQuality"),
        "birth_date": typed,
        "birth_is_approximate": is_about and born is not None and not is_year,
        "birth_unknown": "" if born else _code(client, "DOBDataQuality"),
        "ssn": masked(client.ssn),
        "ssn_unknown": "" if client.ssn else _code(client, "SSNDataQuality"),
        "races": [column for column in RACES if getattr(client, python_name(column)) == _YES],
        "race_unknown": _code(client, "RaceNone"),
        "additional_race_ethnicity": client.additional_race_ethnicity or "",
        "sex": _code(client, "Sex"),
        "veteran_status": _code(client, "VeteranStatus"),
    }


def _code(client: Client, column: str) -> str:
    """An answer as the form offers it; empty for what it does not, which then stays as it is."""
    value = str(getattr(client, python_name(column)))
    offers = answers if column in ("Sex", "VeteranStatus") else why_unknown
    return value if value in dict(offers(f"Client.{column}")) else ""


def base_of(client: Client, groups: list[str]) -> str:
    """The base version of a client, for the form."""
    shown = shown_values(client)
    return " ".join(
        f"{name}={_digest(client, name, _plain({field: shown[field] for field in GROUPS[name].questions}))}"
        f".{stored_version(client, name)}"
        for name in groups
    )


def stored_version(client: Client, group: str) -> str:
    """A digest of what is stored in a group: another one wherever that changed."""
    return _digest(client, group, {field: str(getattr(client, field)) for field in GROUPS[group].stored})


def _digest(client: Client, group: str, values: Mapping[str, Any]) -> str:
    text = json.dumps([client.pk, group, sorted(values.items())])
    return salted_hmac("clients.correcting", text, algorithm="sha256").hexdigest()[:_DIGITS]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of form fields in one shape, whether shown or sent."""
    found: dict[str, Any] = {}
    for field, value in values.items():
        if isinstance(value, bool):
            found[field] = value
        elif isinstance(value, list):
            found[field] = " ".join(sorted(value))
        else:
            found[field] = " ".join(str(value or "").split())
    return found


def _says_nothing_new(typed: str | None, stored: str | None) -> bool:
    """Whether an SSN with unknown figures agrees with all that is stored: the last four, typed once more."""
    known = ssn.normalized(stored or "")
    if typed is None or "x" not in typed or len(known) != len(typed):
        return False
    return all(one in ("x", other) for one, other in zip(typed, known, strict=True))


def in_words(group: str, client: Client) -> str:
    """What is stored in a group, as pages say it."""
    said = identity(client)
    if group == "name":
        return full_name(client)
    if group == "birth":
        day = formats.day(client.dob) if client.dob else ""
        return ", ".join(one for one in (day, said.birth_quality) if one)
    if group == "ssn":
        return ", ".join(one for one in (said.masked_ssn, said.ssn_quality) if one)
    if group == "race":
        return "; ".join(one for one in (*said.races, said.race_none, said.race_detail) if one)
    return said.sex if group == "sex" else said.veteran
