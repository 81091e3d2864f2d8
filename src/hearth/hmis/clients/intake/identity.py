"""Who somebody is (3.01–3.04, 3.07, 4.21), as it is asked on one page and stored in Client.csv.

Quality codes follow from what was typed, and are asked only where they cannot follow: why something is not
known. What nobody asked is "Data not collected", which nobody chooses.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from hearth.hmis.clients.identity import RACES
from hearth.hmis.clients.intake import birth, number
from hearth.hmis.clients.other_names.forms import name_field, read, read_several
from hearth.hmis.hud.answers import AnswerField, not_collected
from hearth.hmis.hud.display import column_words
from hearth.hmis.hud.names import python_name
from hearth.hmis.ui.forms import PlainWords
from hearth.standards import load
from hearth.standards.load import MODEL_YEAR

ADULT = 18
#: Older people are asked about, not refused.
VERY_OLD = 105
_NAMES = ("first_name", "middle_name", "last_name", "name_suffix")
_QUALITIES = load(MODEL_YEAR).list("3.01.5").names
_NO, _YES = (int(load(MODEL_YEAR).list("1.8").names[name]) for name in ("NO", "YES"))
_LONGEST = 50  # HUD's length of a name
_LONGEST_DETAIL = 100


def _text(label: str, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto", **attrs})
    return forms.CharField(label=label, required=False, max_length=_LONGEST, widget=widget)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are answered together. `questions`: fields of the form; `stored`: of Client."""

    label: str
    questions: tuple[str, ...]
    stored: tuple[str, ...]


GROUPS = {
    "name": Group("Name", (*_NAMES, "name_is_partial", "name_unknown"), (*_NAMES, "name_data_quality")),
    "birth": Group(
        "Birth date", ("birth_date", "birth_is_approximate", "birth_unknown"), ("dob", "dob_data_quality")
    ),
    "ssn": Group("Social Security number", ("ssn", "ssn_unknown"), ("ssn", "ssn_data_quality")),
    "race": Group(
        "Race and ethnicity",
        ("races", "race_unknown", "additional_race_ethnicity"),
        (*(python_name(one) for one in RACES), "race_none", "additional_race_ethnicity"),
    ),
    "sex": Group("Sex", ("sex",), ("sex",)),
    "veteran": Group("Veteran", ("veteran_status",), ("veteran_status",)),
}


class IdentityForm(PlainWords, forms.Form):
    """The identity of one person. `values` holds what is stored, by model field, once the form is valid."""

    first_name = _text("First name")
    middle_name = _text("Middle name")
    last_name = _text("Last name")
    name_suffix = _text("Suffix")
    name_is_partial = forms.BooleanField(
        label="This is a street name, a code name or a part of the name", required=False
    )
    preferred_name = name_field(
        "Preferred name", required=False, help_text="What the client wants to be called"
    )
    other_names = forms.CharField(
        label="Also known as",
        required=False,
        max_length=500,
        help_text="Former names, nicknames and other names, with commas between them",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )
    name_unknown = AnswerField("Client.NameDataQuality", only_unknown=True, label="Why no name is known")
    birth_date = forms.CharField(
        label="Birth date",
        required=False,
        max_length=40,
        help_text="A date, a month such as 3/1985, a year, or an age",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_is_approximate = forms.BooleanField(label="The client is not sure of it", required=False)
    birth_is_right = forms.BooleanField(label="Yes, the age is right", required=False)
    birth_unknown = AnswerField(
        "Client.DOBDataQuality", only_unknown=True, label="Why no birth date is known"
    )
    ssn = forms.CharField(
        label="Social Security number",
        required=False,
        max_length=40,
        help_text="All nine figures, or the last four. The client need not give it to be served.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "data-hide-figures": ""}
        ),
    )
    ssn_unknown = AnswerField("Client.SSNDataQuality", only_unknown=True, label="Why no number is known")
    races = forms.MultipleChoiceField(
        label="Race and ethnicity",
        required=False,
        help_text="Choose all that the client says.",
        choices=[(column, column_words(f"Client.{column}")) for column in RACES],
        widget=forms.CheckboxSelectMultiple,
    )
    race_unknown = AnswerField("Client.RaceNone", only_unknown=True, label="Why none is known")
    additional_race_ethnicity = forms.CharField(
        label="More about race and ethnicity, in the client's words",
        required=False,
        max_length=_LONGEST_DETAIL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    sex = AnswerField("Client.Sex")
    veteran_status = AnswerField(
        "Client.VeteranStatus", label="Veteran: ever served on active duty", help_text="Asked of adults"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.values: dict[str, Any] = {}
        #: How the birth date was understood, once it was.
        self.birth_words = ""
        #: Whether the age is asked about.
        self.asks_age = False
        #: The birth date that is stored, where none is read.
        self.known_birth: date | None = None

    def clean(self) -> dict[str, Any]:
        """Work out `values`, or say at each field what is wrong and how to mend it."""
        said = super().clean() or {}
        values: dict[str, Any] = {}
        if self.reads("name"):
            values |= self._name(said)
        if self.reads("birth"):
            values |= self._birth(said)
        if self.reads("ssn"):
            values |= self._ssn(said)
        if self.reads("race"):
            values |= self._race(said)
        if self.reads("sex"):
            values["sex"] = _or_not_collected(said.get("sex"), "Client.Sex")
        if self.reads("veteran"):
            values |= self._veteran(said, values.get("dob", self.known_birth))
        self.values = values
        return said

    def clean_preferred_name(self) -> str:
        """In one line, and with a letter."""
        return read(self.cleaned_data["preferred_name"])

    def clean_other_names(self) -> list[str]:
        """Each name once."""
        return read_several(self.cleaned_data["other_names"])

    def reads(self, group: str) -> bool:
        """Whether a group of questions (`GROUPS`) is read: all of them, where somebody is added."""
        return group in GROUPS

    def _name(self, said: dict[str, Any]) -> dict[str, Any]:
        names = {field: " ".join(said.get(field, "").split()) for field in _NAMES}
        unknown = said.get("name_unknown")
        is_known = bool(names["first_name"] or names["last_name"])
        if is_known and unknown is not None:
            self.add_error("name_unknown", "A name is typed. Take back this answer, or the name.")
        elif not is_known and unknown is None and not any(self.has_error(field) for field in _NAMES):
            self.add_error("first_name", "Type a name, or choose why no name is known.")
        is_partial = said.get("name_is_partial") or not (names["first_name"] and names["last_name"])
        quality = int(_QUALITIES["PARTIAL" if is_partial else "FULL"]) if is_known else unknown
        return {**{field: text or None for field, text in names.items()}, "name_data_quality": quality}

    def _birth(self, said: dict[str, Any]) -> dict[str, Any]:
        typed, unknown = said.get("birth_date", ""), said.get("birth_unknown")
        if not typed:
            return {"dob": None, "dob_data_quality": _or_not_collected(unknown, "Client.DOBDataQuality")}
        if unknown is not None:
            self.add_error("birth_unknown", "A birth date is typed. Take back this answer, or the date.")
        try:
            found = birth.read(typed, self.today, approximate=bool(said.get("birth_is_approximate")))
        except birth.BirthRefused as refused:
            self.add_error("birth_date", str(refused))
            return {}
        self.birth_words = found.words
        age = birth.years_old(found.day, self.today)
        self.asks_age = age > VERY_OLD
        if self.asks_age and not said.get("birth_is_right"):
            self.add_error("birth_date", f"{age} years old? Correct it, or answer below that it is right.")
        return {"dob": found.day, "dob_data_quality": found.quality}

    def _ssn(self, said: dict[str, Any]) -> dict[str, Any]:
        typed, unknown = said.get("ssn", ""), said.get("ssn_unknown")
        if not typed:
            return {"ssn": None, "ssn_data_quality": _or_not_collected(unknown, "Client.SSNDataQuality")}
        if unknown is not None:
            self.add_error("ssn_unknown", "A number is typed. Take back this answer, or the number.")
        try:
            found = number.read(typed)
        except number.NumberRefused as refused:
            self.add_error("ssn", str(refused))
            return {}
        return {"ssn": found.text, "ssn_data_quality": found.quality}

    def _race(self, said: dict[str, Any]) -> dict[str, Any]:
        chosen, unknown = said.get("races", []), said.get("race_unknown")
        if chosen and unknown is not None:
            self.add_error("race_unknown", "An answer is chosen above. Take back one of the two.")
        none = None if chosen else _or_not_collected(unknown, "Client.RaceNone")
        values: dict[str, Any] = {python_name(one): _YES if one in chosen else _NO for one in RACES}
        detail = said.get("additional_race_ethnicity", "")
        return {**values, "race_none": none, "additional_race_ethnicity": detail or None}

    def _veteran(self, said: dict[str, Any], born: date | None) -> dict[str, Any]:
        """HUD asks adults, and stores "Data not collected" for children (HMIS CSV, Client, rule of 3.07)."""
        answer = said.get("veteran_status")
        is_child = born is not None and birth.years_old(born, self.today) < ADULT
        if is_child and answer == _YES:
            self.add_error("veteran_status", "Somebody under 18 is no veteran. Check the birth date.")
        return {"veteran_status": _or_not_collected(None if is_child else answer, "Client.VeteranStatus")}


def _or_not_collected(answer: int | None, column: str) -> int:
    return not_collected(column) if answer is None else answer
