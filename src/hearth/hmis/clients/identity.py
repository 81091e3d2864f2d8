"""Who a client is, as the page shows it."""

from dataclasses import dataclass

from hearth.hmis.clients.models import Client
from hearth.hmis.hud import display
from hearth.hmis.hud.display import Fact
from hearth.hmis.hud.ssn import normalized

RACES = (
    "AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific",
    "White",
)  # fmt: skip
_IN_HEAD = frozenset({
    "FirstName", "MiddleName", "LastName", "NameSuffix", "NameDataQuality", "SSNDataQuality", "DOB",
    "DOBDataQuality", "Sex", "RaceNone", "AdditionalRaceEthnicity", "VeteranStatus", *RACES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """Values in words, empty where not recorded. `service` are the facts of V1 for veterans."""

    name_quality: str
    masked_ssn: str
    ssn_quality: str
    birth_quality: str
    sex: str
    races: list[str]
    race_none: str
    race_detail: str
    veteran: str
    service: list[Fact]
    came_as: list[Fact]


def identity(client: Client) -> Identity:
    """What the head of a client's page shows."""
    facts = list(display.facts(client))
    races = [column for column in RACES if getattr(client, display.python_name(column)) == 1]
    return Identity(
        name_quality=display.words(client, "name_data_quality"),
        masked_ssn=masked(client.ssn),
        ssn_quality=display.words(client, "ssn_data_quality"),
        birth_quality=display.words(client, "dob_data_quality"),
        sex=display.words(client, "sex"),
        races=[display.column_words(f"Client.{column}") for column in races],
        race_none=display.words(client, "race_none"),
        race_detail=client.additional_race_ethnicity or "",
        veteran=display.words(client, "veteran_status"),
        service=[fact for fact in facts if fact.column not in _IN_HEAD and fact.value],
        came_as=[fact for fact in facts if fact.came_as],
    )


def masked(ssn: str | None) -> str:
    """`•••-••-6789`; unknown figures as x. Empty without an SSN."""
    if not ssn:
        return ""
    text = normalized(ssn)
    # A hashed export has the last four in clear before the hash.
    last4 = text[:4] if len(text) > 9 else text[-4:].rjust(4, "x")
    return f"•••-••-{last4}"


def written_out(ssn: str) -> str:
    """`123-45-6789`; a hashed or partial one as it is."""
    text = normalized(ssn)
    return f"{text[:3]}-{text[3:5]}-{text[5:]}" if len(text) == 9 else ssn
